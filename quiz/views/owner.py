"""Pages that hang on an owner link: whoever has the link may see, change and delete the response behind it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g

from quiz import links
from quiz.app import current
from quiz.storage import Response


def owner_pages(name: str) -> Blueprint:
    """A blueprint below `/r/<link>`. Its views find the response in `response()`; a wrong link is a 404."""
    pages = Blueprint(name, __name__, url_prefix="/r/<link:link>")

    @pages.url_value_preprocessor
    def find(endpoint: str | None, values: dict[str, Any] | None) -> None:
        link = (values or {}).pop("link")
        g.link, g.owner = link, links.fingerprint(link)
        g.response = current().storage.response(g.owner)
        if g.response is None:
            abort(404)

    @pages.url_defaults
    def stay(endpoint: str, values: dict[str, Any]) -> None:
        if "link" in g:
            values.setdefault("link", g.link)

    return pages


def response() -> Response:
    """The response behind this request's link."""
    found: Response = g.response
    return found


def or_gone(changed: bool) -> None:
    """A 404 where the response was deleted while the request was on its way."""
    if not changed:
        abort(404)
