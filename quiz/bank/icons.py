"""Marks, the pictures of a bank: what must hold of one so that it can be drawn into pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

#: A page that shows roles holds all their marks.
MOST_BYTES = 20_000

_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan")
_ELEMENTS = {*_SHAPES, "svg", "g", "title", "desc"}
# In a page, these would name or fetch something that is not of the mark, or have no effect.
_REFUSED = {"class", "href", "id", "src", "style"}
# From a brace, the language of the templates would read on; a declaration can make anything of a name.
_NO_PICTURE = re.compile(r"[{}]|<!(?!--|\[CDATA\[)")


def faults(text: str) -> Iterator[tuple[int, str, str]]:
    """What keeps the SVG picture `text` from being part of a page: the line, what is wrong, and the mend.

    >>> list(faults('<svg><path d="M4 4H44"/></svg>'))
    []
    """
    if found := _NO_PICTURE.search(text):
        yield 1 + text.count("\n", 0, found.start()), f"holds {found[0]!r}", "remove it: a mark holds shapes alone"
        return
    lines: dict[tuple[str, str], int] = {}  # each fault once, where it is first
    parser = expat.ParserCreate()

    def started(name: str, attributes: dict[str, str]) -> None:
        for fault in _of_element(name, attributes):
            lines.setdefault(fault, parser.CurrentLineNumber)

    parser.StartElementHandler = started
    try:
        parser.Parse(text.rstrip(), True)
    except expat.ExpatError as error:
        yield error.lineno, f"is not SVG ({expat.ErrorString(error.code)})", "save it as plain SVG"
        return
    for (what, hint), line in lines.items():
        yield line, what, hint


def _of_element(name: str, attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    if name not in _ELEMENTS:
        yield f"holds <{name:.60}>", f"draw with {', '.join(_SHAPES)} alone"
        return
    for attribute, value in attributes.items():
        plain = attribute.rpartition(":")[2].lower()
        if plain in _REFUSED or plain.startswith("on") or "url(" in value.lower():
            yield f"<{name}> has {attribute:.60}", "remove it: d, fill, stroke and the like are enough"
