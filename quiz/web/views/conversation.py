"""The page for a career conversation, made to be printed."""

from __future__ import annotations

from flask import g, render_template, request

from quiz.web.app import current
from quiz.web.owner_blueprint import current_response, owner_blueprint, require_finished
from quiz.web.views.second_view import compare

pages = owner_blueprint("conversation")


@pages.get("/conversation")
def page() -> str:
    """One page to print for a career conversation; `?listener` adds a page for the person who listens."""
    from quiz.results.conversation import build_conversation  # imports numpy: see owner_blueprint.current_result

    require_finished()
    app, response = current(), current_response()
    second_view = app.storage.load_second_view(g.link_hash)
    shows_second_view = second_view is not None and second_view.opened is not None and second_view.on_sheet
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
        second_view=compare(second_view) if second_view and shows_second_view else None,
    )
    return render_template(
        "conversation/page.html",
        conversation=conversation,
        day=app.today(),
        shows_listener_page="listener" in request.args,
        second_view=second_view,
        offers_second_view=app.bank.viewer_texts is not None,
    )
