"""What somebody sees who was given a share link: the result, and nothing that could change it."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from quiz.web import links
from quiz.web.app import current

pages = Blueprint("shared", __name__)


@pages.get("/s/<link:link>")
def show(link: str) -> str:
    """The result behind a share link."""
    from quiz.results.result import build_result  # see quiz.web.views.owner_pages.current_result

    app = current()
    found = app.storage.load_shared_response(links.hash_link(link))
    if found is None or not found[0].finished:
        abort(404)
    kept, share = found
    found_result = build_result(
        app.bank,
        app.scoring_model,
        kept.answers,
        kept.contacts,
        kept.wishes if share.shares_wishes else {},
        title=kept.title if share.shares_text else "",
        text=kept.text if share.shares_text else "",
    )
    return render_template(
        "shared/show.html",
        result=found_result,
        own=False,
        day=kept.finished,
        bank=app.bank,
        text=kept.text if share.shares_text else "",
    )
