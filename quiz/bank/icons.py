"""Checks of the icons of a bank, which are drawn inline in pages: what an SVG file must not contain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

#: Limited, because a page that shows roles contains all icons.
MAX_ICON_BYTES = 20_000

_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan")
_ALLOWED_ELEMENTS = {*_SHAPES, "svg", "g", "title", "desc"}
# In a page, these could refer to or load something outside the icon, or have no effect.
_FORBIDDEN_ATTRIBUTES = {"class", "href", "id", "src", "style"}
# Icons are Jinja templates, where a brace can begin an expression. A document type can redefine names.
_FORBIDDEN_SYNTAX = re.compile(r"[{}]|<!(?!--|\[CDATA\[)")


def icon_problems(text: str) -> Iterator[tuple[int, str, str]]:
    """The problems of an SVG file with this text: line, message and hint of each.

    >>> list(icon_problems('<svg><path d="M4 4H44"/></svg>'))
    []
    """
    if match := _FORBIDDEN_SYNTAX.search(text):
        line = 1 + text.count("\n", 0, match.start())
        yield line, f"contains {match[0]!r}", "remove it: an icon contains only shapes"
        return
    first_lines: dict[tuple[str, str], int] = {}  # message and hint, and the first line with this problem
    parser = expat.ParserCreate()

    def check_element(name: str, attributes: dict[str, str]) -> None:
        for problem in _element_problems(name, attributes):
            first_lines.setdefault(problem, parser.CurrentLineNumber)

    parser.StartElementHandler = check_element
    try:
        parser.Parse(text.rstrip(), True)
    except expat.ExpatError as error:
        yield error.lineno, f"is not SVG ({expat.ErrorString(error.code)})", "save it as plain SVG"
        return
    for (message, hint), line in first_lines.items():
        yield line, message, hint


def _element_problems(element: str, attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Message and hint of each problem of one element."""
    if element not in _ALLOWED_ELEMENTS:
        yield f"contains <{element:.60}>", f"draw only with {', '.join(_SHAPES)}"
        return
    for attribute, value in attributes.items():
        name = attribute.rpartition(":")[2].lower()  # without the namespace, as in xlink:href
        if name in _FORBIDDEN_ATTRIBUTES or name.startswith("on") or "url(" in value.lower():
            yield f"<{element}> has {attribute:.60}", "remove it: d, fill, stroke and the like are enough"
