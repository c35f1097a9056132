"""Blanks what is no word in a pasted text: HTML tags, scripts, entities, control characters.

The result is as long as the text, so that a position in one is the same position in the other.
"""

from __future__ import annotations

import html
import re

# A tag, or the beginning or end of a comment. The length is limited so that no text takes long.
_MARKUP = re.compile(r"<!--|-->|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,15})\b[^<>]{0,2000}>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,9});")
# Where text was copied without its line ends, a sentence or an item of a list follows another one without a blank.
_LOST_LINE_END = re.compile(r"(?<=[a-z)])[.,;](?=[A-Z][a-z]+[ ,])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: Their content is not text.
_HIDDEN_ELEMENTS = {"script", "style"}
#: Tags inside a line; all others begin a new line.
_INLINE_ELEMENTS = {"a", "abbr", "b", "code", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u"}
#: Bullets that the tokenizer does not know, as one that it knows.
_BULLETS = str.maketrans(dict.fromkeys("·▪▫●○◦‣∙■□►▸➢➤✓✔★❖", "•"))


def blank_markup(text: str) -> str:
    """`text` with blanks for all that is no word, of the same length. The beginning of a block is a line end.

    So is a stop or a comma that a capital letter follows without a blank.

    >>> blank_markup("<li>Build&nbsp;<b>pipelines</b></li>").split()
    ['Build', 'pipelines']
    >>> blank_markup("a\\0b <script>var x</script>").split()
    ['a', 'b']
    """
    if not text.isascii():
        text = text.translate(_BULLETS)
    if "<" in text:
        text = _without_tags(text)
    if "&" in text:
        text = _ENTITY.sub(_unescaped, text)
    text = _LOST_LINE_END.sub("\n", text)
    return _CONTROL.sub(" ", text)


def _without_tags(text: str) -> str:
    parts: list[str] = []
    position = 0
    hidden_until = ""  # the name of the element whose content is skipped
    for tag in _MARKUP.finditer(text):
        content = text[position : tag.start()]
        name = (tag["name"] or tag[0]).lower()
        is_end = bool(tag["end"]) or name == "-->"
        if hidden_until:
            parts.append(_blanks(content))
            if is_end and name == hidden_until:
                hidden_until = ""
        else:
            parts.append(content)
            if name == "<!--":
                hidden_until = "-->"
            elif name in _HIDDEN_ELEMENTS and not is_end:
                hidden_until = name
        blanks = " " * len(tag[0])
        parts.append(blanks if name in _INLINE_ELEMENTS else "\n" + blanks[1:])
        position = tag.end()
    rest = text[position:]
    parts.append(_blanks(rest) if hidden_until else rest)
    return "".join(parts)


def _blanks(content: str) -> str:
    return " " * len(content)


def _unescaped(entity: re.Match[str]) -> str:
    """The character of an entity, followed by blanks up to the same length."""
    character = html.unescape(entity[0])
    if len(character) != 1 or character == "<":
        character = " "
    return character.ljust(len(entity[0]))
