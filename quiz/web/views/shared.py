"""What somebody sees who was given a share link: the result, and nothing that could change it."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from quiz.web import links
from quiz.web.app import current

pages = Blueprint("shared", __name__)


@pages.get("/s/<link:link>")
def show(link: str) -> str:
    """The result behind a share link."""
    from quiz.results.result import result  # see quiz.web.views.owner_pages.result

    app = current()
    found = app.storage.shared(links.fingerprint(link))
    if found is None or not found[0].finished:
        abort(404)
    kept, share = found
    found_result = result(
        app.bank,
        app.scheme,
        kept.answers,
        kept.contacts,
        kept.wishes if share.wishes else {},
        title=kept.title if share.words else "",
        text=kept.words if share.words else "",
    )
    return render_template(
        "shared/show.html",
        result=found_result,
        own=False,
        day=kept.finished,
        bank=app.bank,
        words=kept.words if share.words else "",
    )
