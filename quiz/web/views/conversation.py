"""The page for a career conversation, made to be printed."""

from __future__ import annotations

from flask import g, render_template, request

from quiz.web.app import current
from quiz.web.owner_blueprint import current_response, owner_blueprint, require_finished

pages = owner_blueprint("conversation")


@pages.get("/conversation")
def page() -> str:
    """One page to print for a career conversation; `?listener` adds a page for the person who listens."""
    from quiz.results.conversation import build_conversation  # imports numpy: see owner_blueprint.current_result

    require_finished()
    app, response = current(), current_response()
    earlier = app.storage.load_earlier_response(g.link_hash)
    conversation = build_conversation(
        app.bank,
        app.scoring_model,
        response.answers,
        contacts=response.contacts,
        title=response.title,
        wishes=response.wishes,
        goals=response.goals,
        earlier_answers=earlier.answers if earlier else None,
        follow_ups=response.follow_ups,
        other_work_share=response.other_work_share,
        earlier_follow_ups=earlier.follow_ups if earlier else None,
    )
    return render_template(
        "conversation/page.html",
        conversation=conversation,
        day=app.today(),
        shows_listener_page="listener" in request.args,
    )
