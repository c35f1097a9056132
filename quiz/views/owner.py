"""Pages that hang on an owner link: whoever has the link may see, change and delete the response behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, g

from quiz import links
from quiz.app import current
from quiz.storage import Response

if TYPE_CHECKING:
    from quiz.report import Result


def owner_pages(name: str, prefix: str = "/r/<link:link>") -> Blueprint:
    """A blueprint of pages with an owner link in their address. Views find the response in `response()`.

    A wrong link is a 404. With another `prefix`, the link has to stand in each view's own rule.
    """
    pages = Blueprint(name, __name__, url_prefix=prefix)

    @pages.url_value_preprocessor
    def read(endpoint: str | None, values: dict[str, Any] | None) -> None:
        link = (values or {}).pop("link")
        g.link, g.owner = link, links.fingerprint(link)

    # Runs after the guard, so that what is forged or too large is refused before anything is looked up.
    @pages.before_request
    def find() -> None:
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


def result() -> Result:
    """What the response behind this request's link comes to."""
    # numpy comes with the first result, so that the first question of a fresh server need not wait for it.
    from quiz import report

    app, kept = current(), response()
    return report.result(app.bank, app.scheme, kept.answers, kept.contacts, kept.wishes)


def or_gone(changed: bool) -> None:
    """A 404 where the response was deleted while the request was on its way."""
    if not changed:
        abort(404)
