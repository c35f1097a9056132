"""Pages that hang on an owner link: whoever has the link may see, change and delete the response behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, g

from quiz.storage import Response
from quiz.web.app import current
from quiz.web.views.link_pages import linked

if TYPE_CHECKING:
    from quiz.results.result import Result


def owner_pages(name: str, prefix: str = "/r/<link:link>") -> Blueprint:
    """A blueprint of pages with an owner link in their address. Views find the response in `response()`.

    With another `prefix`, the link has to stand in each view's own rule.
    """
    return linked(name, prefix, lambda owner: current().storage.load_response(owner))


def response() -> Response:
    """The response behind this request's link."""
    found: Response = g.found
    return found


def result() -> Result:
    """What the response behind this request's link comes to."""
    # numpy comes with the first result, so that the first question of a fresh server need not wait for it.
    from quiz.results import result

    app, kept = current(), response()
    return result.result(
        app.bank, app.scoring_model, kept.answers, kept.contacts, kept.wishes, title=kept.title, text=kept.text
    )


def require_finished() -> None:
    """A 404 where the quiz is not finished: these pages need a result."""
    if not response().finished:
        abort(404)


def or_gone(changed: bool) -> None:
    """A 404 where the response was deleted while the request was on its way."""
    if not changed:
        abort(404)
