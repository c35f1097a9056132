"""The page for a career conversation, made to be printed, and what the two people agreed in it."""

from __future__ import annotations

from flask import g, render_template, request
from werkzeug.wrappers import Response

from quiz.bank import MAX_ACTION_LENGTH
from quiz.web.app import current
from quiz.web.forms.agreement import AgreementForm
from quiz.web.owner_blueprint import (
    abort_if_deleted,
    current_response,
    earlier_response,
    owner_blueprint,
    require_finished,
    taking,
)
from quiz.web.page_saves import saved_page, script_refusal, sent_page_save
from quiz.web.views.second_view import compare

pages = owner_blueprint("conversation")


@pages.route("/conversation", methods=["GET", "POST"])
def page() -> str | Response | tuple[str, int]:
    """One page to print for a conversation, and below it the form for what was agreed.

    `?listener` adds a page for the person who listens. A script sends the form after every change.
    """
    require_finished()
    app = current()
    if request.method != "POST":
        return _render(app.forms.agreement(data=_stored_agreement(), today=app.today()))
    form = app.forms.agreement(request.form, today=app.today())
    if not form.validate():
        return script_refusal(form.labelled_errors[0][1]) or (_render(form), 422)
    was_saved = app.storage.save_agreed_actions(
        g.link_hash,
        form.actions,
        next_look=form.next_look.data or None,
        day=app.today(),
        page_save=sent_page_save(),
    )
    abort_if_deleted(was_saved)
    return saved_page("conversation.page", anchor="agreement")


def _stored_agreement() -> dict[str, str]:
    """The values of the form as they are stored."""
    response = current_response()
    values = {"next_look": response.next_look or ""}
    for action in response.agreed_actions:
        values |= {f"action_{action.number}": action.text, f"due_{action.number}": action.due}
    return values


def _render(form: AgreementForm) -> str:
    from quiz.results.conversation import build_conversation  # imports numpy: see owner_blueprint.current_result

    app, response = current(), current_response()
    second_view = app.storage.load_second_view(g.link_hash)
    shows_second_view = second_view is not None and second_view.opened is not None and second_view.on_sheet
    earlier = earlier_response()
    conversation = build_conversation(
        app.bank,
        app.scoring_model,
        taking(response),
        contacts=response.contacts,
        title=response.title,
        other_work_share=response.other_work_share,
        next_look=response.next_look or "",
        job_goal=response.job_goal,
        earlier=taking(earlier) if earlier else None,
        second_view=compare(second_view) if second_view and shows_second_view else None,
    )
    return render_template(
        "conversation/page.html",
        conversation=conversation,
        day=response.finished,
        form=form,
        errors=form.labelled_errors,
        max_action_length=MAX_ACTION_LENGTH,
        shows_listener_page="listener" in request.args,
        was_saved="saved" in request.args and not form.errors,
        second_view=second_view,
        offers_second_view=app.bank.viewer_texts is not None,
    )
