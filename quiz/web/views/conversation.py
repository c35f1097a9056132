"""The page for a career conversation, made to be printed."""

from __future__ import annotations

from flask import g, render_template, request

from quiz.web.app import current
from quiz.web.views.owner_pages import current_response, owner_pages, require_finished

pages = owner_pages("conversation")


@pages.get("/conversation")
def page() -> str:
    """One page to print for a career conversation; `?listener` adds one for who listens."""
    from quiz.results import conversation  # see quiz.web.views.owner_pages.current_result

    require_finished()
    app, kept = current(), current_response()
    before = app.storage.load_earlier_response(g.link_hash)
    said = conversation.build_conversation(
        app.bank,
        app.scoring_model,
        kept.answers,
        contacts=kept.contacts,
        title=kept.title,
        wishes=kept.wishes,
        goals=kept.goals,
        earlier_answers=before.answers if before else None,
    )
    return render_template(
        "conversation/page.html",
        talk=said,
        result=said.result,
        bank=app.bank,
        day=app.today(),
        listener="listener" in request.args,
    )
