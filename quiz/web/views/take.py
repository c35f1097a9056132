"""Taking the quiz: the question pages, the optional page, and the page to check the answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.bank.answer_sheet import AnswerSheet, answer_sheet
from quiz.web.app import current
from quiz.web.forms.base import lower_first
from quiz.web.forms.details import OTHER_WORK_LABELS, DetailsForm
from quiz.web.owner_blueprint import abort_if_deleted, current_follow_up_page, current_response, owner_blueprint
from quiz.web.page_saves import is_main_button, other_button, script_refusal, sent_page_save

pages = owner_blueprint("take")
_EMPTY: Mapping[str, str] = MappingProxyType({})


def _current_sheet(new_answers: Mapping[str, str] = _EMPTY) -> AnswerSheet:
    return answer_sheet(current().bank, {**current_response().answers, **new_answers})


@pages.route("/<int:number>", methods=["GET", "POST"])
def questions(number: int) -> str | Response | tuple[str, int]:
    """One page of questions. Every button saves the answers, also if some are missing."""
    app = current()
    if not 1 <= number <= len(app.bank.pages):
        abort(404)
    if request.method != "POST":
        return _render_questions(number, _current_sheet(), current_response().answers)
    form = app.forms.question_pages[number - 1](request.form)
    is_complete = form.validate()
    answers = form.answers
    if form["skip_unanswered"].data:
        answers |= dict.fromkeys(form.missing, app.bank.skip.id)
        is_complete = True
    was_saved = app.storage.save_answers(
        g.link_hash, answers, bank=app.bank.version, day=app.today(), page_save=sent_page_save()
    )
    abort_if_deleted(was_saved)
    if (button := other_button(_previous_url(number))) is not None:
        return button
    if not is_complete:
        errors = {id: form[id].errors[0] for id in form.missing}
        return _render_questions(number, _current_sheet(answers), form.data, errors), 422
    return redirect(_next_page(number, answers), 303)


def _render_questions(
    number: int, sheet: AnswerSheet, answers: Mapping[str, str], errors: Mapping[str, str] = _EMPTY
) -> str:
    bank = current().bank
    return render_template(
        "take/questions.html",
        number=number,
        page=bank.pages[number - 1],
        sheet=sheet,
        answers=answers,
        errors=errors,
        summary=[(id, f"… {bank.responsibility[id].question}?") for id in errors],
        has_previous_page=number > 1,
        bank=bank,
    )


def _previous_url(number: int) -> str | None:
    """The page before question page `number`."""
    return url_for("take.questions", number=number - 1) if number > 1 else None


def _page_before_details() -> str:
    """The page with follow-up questions if there are any, otherwise the last question page."""
    if current_follow_up_page() is not None:
        return url_for("follow_ups.questions")
    return url_for("take.questions", number=len(current().bank.pages))


def _next_page(number: int, new_answers: Mapping[str, str]) -> str:
    """The page after question page `number`: the next one, or the page before the person changed an answer."""
    response, sheet = current_response(), _current_sheet(new_answers)
    if response.finished:
        if sheet.is_complete:
            return url_for("result.show")
        # Only questions that were added to the bank later can be open.
        return url_for("take.questions", number=sheet.first_open_page)
    if sheet.is_complete and response.details_sent:
        return url_for("take.check")  # which links to the comparisons that changed answers call for
    if number < len(current().bank.pages):
        return url_for("take.questions", number=number + 1)
    page = current_follow_up_page(new_answers)
    if page is not None and page.open_count:
        return url_for("follow_ups.questions")
    return url_for("take.details")


@pages.route("/more", methods=["GET", "POST"])
def details() -> str | Response | tuple[str, int]:
    """The optional page: contacts, other work, job title, free text."""
    app, response = current(), current_response()
    if request.method != "POST":
        stored = {
            "contacts": response.contacts,
            "other_work_share": response.other_work_share,
            "title": response.title,
            "text": response.text,
        }
        form = app.forms.details(data=stored)
        return render_template("take/details.html", form=form, sheet=_current_sheet())
    form = app.forms.details(request.form)
    if not form.validate():
        errors = _labelled_errors(form)
        page = render_template("take/details.html", form=form, sheet=_current_sheet(), errors=errors)
        return script_refusal(errors[0][1]) or (page, 422)
    saved = app.storage.save_details(
        g.link_hash,
        contacts=form.contacts.data or [],
        other_work_share=form.other_work_share.data,
        title=form.title.data or "",
        text=form.text.data or "",
        day=app.today(),
        is_sent=is_main_button(),
        page_save=sent_page_save(),
    )
    abort_if_deleted(saved)
    if form.text.data:
        app.preload_text_matcher()
    if (button := other_button(_page_before_details())) is not None:
        return button
    has_result = response.finished and _current_sheet().is_complete
    return redirect(url_for("result.show" if has_result else "take.check"), 303)


@pages.get("/later")
def later() -> str:
    """The private link, for a person who stops before the end of the quiz."""
    return render_template(
        "take/later.html", sheet=_current_sheet(), is_finished=current_response().finished is not None
    )


def _labelled_errors(form: DetailsForm) -> list[tuple[str, str]]:
    """The name of each field with an error, and its message after the field's label."""
    errors = []
    for name, messages in form.errors.items():
        message = messages[0]
        errors.append((name, f"{form[name].label.text}: {lower_first(message)}"))
    return errors


@pages.route("/check", methods=["GET", "POST"])
def check() -> str | Response:
    """Every answer on one page, each with a link to change it. Sending it finishes the quiz."""
    app, sheet = current(), _current_sheet()
    if not sheet.is_complete:
        return redirect(url_for("take.questions", number=sheet.first_open_page), 303)
    if request.method != "POST":
        response = current_response()
        contacts = [role for role in app.bank.roles if role.id in response.contacts]
        return render_template(
            "take/check.html",
            sheet=sheet,
            response=response,
            contacts=contacts,
            follow_up_page=current_follow_up_page(),
            other_work_label=OTHER_WORK_LABELS.get(response.other_work_share),
            bank=app.bank,
        )
    abort_if_deleted(app.storage.finish_response(g.link_hash, day=app.today()))
    return redirect(url_for("result.show"), 303)
