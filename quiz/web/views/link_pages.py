"""Pages that hang on a link: whoever has it has its one right, and to everybody else there is nothing there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, g

from quiz.web import links


def linked(name: str, prefix: str, find: Callable[[str], object | None]) -> Blueprint:
    """A blueprint whose addresses hold a link.

    `find` gets the link's fingerprint and gives what is behind it, or None for a 404. Views find the link in `g.link`,
    its fingerprint in `g.key` and what is behind it in `g.found`; addresses made on these pages keep the link.
    """
    pages = Blueprint(name, __name__, url_prefix=prefix)

    @pages.url_value_preprocessor
    def read(endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.link = (values or {}).pop("link")
        g.key = links.fingerprint(g.link)

    # Runs after the guard, so that what is forged or too large is refused before anything is looked up.
    @pages.before_request
    def look_up() -> None:
        g.found = find(g.key)
        if g.found is None:
            abort(404)

    @pages.url_defaults
    def stay(endpoint: str, values: dict[str, Any]) -> None:
        if "link" in g:
            values.setdefault("link", g.link)

    return pages
