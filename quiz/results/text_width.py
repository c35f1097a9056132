"""Estimated widths of texts in drawings, and how to fit a name into a given width.

An SVG drawing is made on the server, which has no typeface to measure. The estimates are for Inter at a weight of 640,
and rather too wide than too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_NARROW = frozenset("ijl.,:;'’|!I()[]/ -tfr")
_WIDE = frozenset("mwMW@%—…")
# Widths in parts of the font size.
_NARROW_WIDTH, _NORMAL_WIDTH, _CAPITAL_WIDTH, _WIDE_WIDTH = 0.37, 0.59, 0.7, 0.95


def text_width(text: str, font_size: float) -> float:
    """The estimated width of `text`, in the unit of `font_size`."""
    return font_size * sum(_character_width(character) for character in text)


def _character_width(character: str) -> float:
    if character in _NARROW:
        return _NARROW_WIDTH
    if character in _WIDE or ord(character) > 0x2E7F:  # East Asian scripts and emoji are as wide as they are high
        return 1.0 if ord(character) > 0x2E7F else _WIDE_WIDTH
    return _CAPITAL_WIDTH if character.isupper() else _NORMAL_WIDTH


@dataclass(frozen=True)
class FittedText:
    """A text as one or two lines that fit into a width. `is_small`: in the smaller of two font sizes."""

    lines: tuple[str, ...]
    is_small: bool
    width: float


@cache
def fit_text(text: str, *, one_line: float, two_lines: float, font_size: float, small_font_size: float) -> FittedText:
    """Fit a name into one line if it is short, else into two lines, in smaller letters or cut off if need be.

    `one_line` and `two_lines` are the widths that a single line and each of two lines may have.
    """
    if text_width(text, font_size) <= one_line:
        return FittedText((text,), False, text_width(text, font_size))
    lines = _split_in_two(text)
    for size, is_small in ((font_size, False), (small_font_size, True)):
        width = max(text_width(line, size) for line in lines)
        if width <= two_lines:
            return FittedText(lines, is_small, width)
    cut = tuple(_cut(line, two_lines, small_font_size) for line in lines)
    return FittedText(cut, True, max(text_width(line, small_font_size) for line in cut))


def _split_in_two(text: str) -> tuple[str, ...]:
    """A text split at the space that makes its longer line shortest; one line if there is no space.

    >>> _split_in_two("Software engineer"), _split_in_two("Bookkeeper")
    (('Software', 'engineer'), ('Bookkeeper',))
    """
    words = text.split()
    if len(words) < 2:
        return (text,)
    splits = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    return min(splits, key=lambda lines: max(text_width(line, 1) for line in lines))


def _cut(line: str, width: float, font_size: float) -> str:
    """The line, shortened to fit and ended with … if it is too long."""
    if text_width(line, font_size) <= width:
        return line
    while line and text_width(line + "…", font_size) > width:
        line = line[:-1]
    return line.rstrip() + "…"
