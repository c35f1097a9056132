"""Text that people type into forms, as it is stored.

Control characters and characters that change the direction of a line are removed: they can make a page, a file or a
terminal show something else than what is stored. Zero-width joiners stay, because names and emoji need them.
"""

from __future__ import annotations

import unicodedata

#: Characters that change the direction of text: marks, embeddings, overrides, isolates, and deprecated ones.
_DIRECTION_CHARACTERS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
) | frozenset(map(chr, range(0x206A, 0x2070)))
#: Letters and symbols to Unicode that no font draws.
_BLANK_CHARACTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean_text(text: str | None) -> str:
    """Text of several lines: stripped, with `\\n` as line end, empty if no character of it can be seen. Tabs stay."""
    lines = (text or "").replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    if not lines.isprintable():
        lines = "".join(character for character in lines if _is_kept(character))
    return lines.strip() if has_visible_character(lines) else ""


def clean_line(text: str | None) -> str:
    """Text of one line, such as a name: like `clean_text`, with a single space for each run of blanks.

    >>> clean_line(" Ada\\n\\u202eLovelace "), clean_line("\\u200d")
    ('Ada Lovelace', '')
    """
    return " ".join(clean_text(text).split())


def has_visible_character(text: str) -> bool:
    """Whether `text` has a character that can be seen: no space, control, format or combining character.

    >>> has_visible_character("Ada"), has_visible_character("\\u200d \\u0301"), has_visible_character("🎩")
    (True, False, True)
    """
    for character in text:
        if unicodedata.category(character)[0] not in "CMZ" and character not in _BLANK_CHARACTERS:
            return True
    return False


def _is_kept(character: str) -> bool:
    is_control = unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
    return not is_control and character not in _DIRECTION_CHARACTERS
