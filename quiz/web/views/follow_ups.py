"""The page with follow-up questions, after the last question page and from the result."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.bank import FollowUps
from quiz.bank.answer_sheet import answer_sheet
from quiz.web.app import current
from quiz.web.forms.questions import follow_up_form
from quiz.web.owner_blueprint import abort_if_deleted, current_follow_up_page, current_response, owner_blueprint
from quiz.web.page_saves import other_button, script_refusal, sent_page_save

if TYPE_CHECKING:
    from quiz.results.follow_up_page import FollowUpPage

pages = owner_blueprint("follow_ups")
_EMPTY: Mapping[str, str] = MappingProxyType({})


@pages.route("/compare", methods=["GET", "POST"])
def questions() -> str | Response | tuple[str, int]:
    """All follow-up questions at once. Every button saves the answers, also if some are missing."""
    app = current()
    page = current_follow_up_page()
    if page is None:
        return redirect(_next_url(), 303)
    if request.method != "POST":
        return _render(page, {question.id: question.answer.id for question in page.questions if question.answer})
    if request.form.get("base") != page.base_id:
        return _refuse_older_page()
    form = follow_up_form(app.bank, page)(request.form)
    is_complete = form.validate()
    answers = form.answers
    if form["skip_unanswered"].data:
        answers |= dict.fromkeys(form.missing, app.bank.skip.id)
        is_complete = True
    by_role = {question.role: answers[question.id] for question in page.questions if question.id in answers}
    was_saved = app.storage.save_follow_ups(
        g.link_hash,
        FollowUps(page.base, by_role),
        bank=app.bank.version,
        day=app.today(),
        page_save=sent_page_save(),
    )
    abort_if_deleted(was_saved)
    if (button := other_button(url_for("take.questions", number=len(app.bank.pages)))) is not None:
        return button
    if not is_complete:
        return _render(page, form.data, {id: form[id].errors[0] for id in form.missing}), 422
    return redirect(_next_url(), 303)


def _refuse_older_page() -> Response:
    """The ratings have changed since the page was opened, so it compares with something else now."""
    message = "Your answers have changed: open this page again."
    return script_refusal(message) or redirect(url_for("follow_ups.questions"), 303)


def _next_url() -> str:
    """The result, or the optional page if the quiz is not finished; the check page if that was sent already."""
    response = current_response()
    sheet = answer_sheet(current().bank, response.answers)
    if not sheet.is_complete:
        return url_for("take.questions", number=sheet.first_open_page)
    if response.finished:
        return url_for("result.show")
    return url_for("take.check" if response.details_sent else "take.details")


def _render(page: FollowUpPage, answers: Mapping[str, str], errors: Mapping[str, str] = _EMPTY) -> str:
    return render_template(
        "follow_ups/questions.html",
        page=page,
        has_previous_page=True,
        options=current().bank.follow_up_option.values(),
        answers=answers,
        errors=errors,
        summary=[(question.id, f"… {question.text}?") for question in page.questions if question.id in errors],
    )
