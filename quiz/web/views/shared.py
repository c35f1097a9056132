"""The page behind a share link: a result that its reader cannot change."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from quiz.web import links
from quiz.web.app import current

pages = Blueprint("shared", __name__)


@pages.get("/s/<link:link>")
def show(link: str) -> str:
    """The answers and the result, with the content of the optional page and the wishes if the owner shares them."""
    from quiz.results.result import build_result  # imports numpy: see quiz.web.owner_blueprint.current_result

    app = current()
    loaded = app.storage.load_shared_response(links.hash_link(link))
    if loaded is None:
        abort(404)
    response, share_link = loaded
    if not response.finished:
        abort(404)
    contacts = response.contacts if share_link.shares_text else ()
    title = response.title if share_link.shares_text else ""
    text = response.text if share_link.shares_text else ""
    wishes = response.wishes if share_link.shares_wishes else {}
    result = build_result(
        app.bank,
        app.scoring_model,
        response.answers,
        contacts,
        wishes,
        title=title,
        text=text,
        follow_ups=response.follow_ups,
        other_work_share=response.other_work_share if share_link.shares_text else "",
    )
    # The result shows a recognised text with its phrases marked; any other text is shown as it is.
    is_recognised = result.free_text is not None and result.free_text.recognised
    return render_template(
        "shared/show.html",
        result=result,
        finished_day=response.finished,
        unrecognised_text="" if is_recognised else text,
    )
