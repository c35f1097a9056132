"""Taking the quiz: question pages, the optional page, check your answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.bank.answer_sheet import AnswerSheet, answer_sheet
from quiz.web.app import current
from quiz.web.views.owner_pages import abort_if_deleted, current_response, owner_pages

pages = owner_pages("take")
_NOTHING: Mapping[str, str] = MappingProxyType({})


def _sheet(new: Mapping[str, str] = _NOTHING) -> AnswerSheet:
    return answer_sheet(current().bank, {**current_response().answers, **new})


@pages.route("/<int:number>", methods=["GET", "POST"])
def questions(number: int) -> str | Response | tuple[str, int]:
    """One page of questions. What was answered is saved even where something is missing."""
    app = current()
    if not 1 <= number <= len(app.bank.pages):
        abort(404)
    make = app.forms.pages[number - 1]
    before = _sheet()
    if request.method != "POST":
        return _questions(number, before, current_response().answers)
    form = make(request.form)
    complete = form.validate()
    answers = form.answers
    if form["leave_out"].data:
        answers |= dict.fromkeys(form.missing, app.bank.skip.id)
        complete = True
    abort_if_deleted(app.storage.save_answers(g.link_hash, answers, bank=app.bank.version, day=app.today()))
    if not complete:
        return _questions(number, _sheet(answers), form.data, {id: form[id].errors[0] for id in form.missing}), 422
    return redirect(_next(number, before, answers), 303)


def _questions(
    number: int, answered: AnswerSheet, chosen: Mapping[str, str], wrong: Mapping[str, str] = _NOTHING
) -> str:
    bank = current().bank
    missing = [(id, f"… {bank.responsibility[id].question}?") for id in wrong]
    return render_template(
        "take/questions.html", number=number, sheet=answered, chosen=chosen, wrong=wrong, missing=missing, bank=bank
    )


def _next(number: int, before: AnswerSheet, new: Mapping[str, str]) -> str:
    """Where to go on: to the next page at first, straight back where somebody came to change one answer."""
    if current_response().finished:
        after = _sheet(new)
        # What is still open can only be questions that the bank has got since.
        return url_for("result.show") if after.is_complete else url_for("take.questions", number=after.first_open_page)
    if before.is_complete:
        return url_for("take.check")
    return url_for("take.more") if number == len(current().bank.pages) else url_for("take.questions", number=number + 1)


@pages.route("/more", methods=["GET", "POST"])
def more() -> str | Response | tuple[str, int]:
    """The optional page: contacts, job title, free words."""
    app, kept = current(), current_response()
    if request.method != "POST":
        form = app.forms.more(data={"contacts": kept.contacts, "title": kept.title, "text": kept.text})
        return render_template("take/more.html", form=form, sheet=_sheet())
    form = app.forms.more(request.form)
    if not form.validate():
        wrong = [
            (name, f"{form[name].label.text}: {said[:1].lower()}{said[1:]}") for name, (said, *_) in form.errors.items()
        ]
        return render_template("take/more.html", form=form, sheet=_sheet(), wrong=wrong), 422
    saved = app.storage.save_details(
        g.link_hash,
        contacts=form.contacts.data or [],
        title=form.title.data or "",
        text=form.text.data or "",
        bank=app.bank.version,
        day=app.today(),
    )
    abort_if_deleted(saved)
    if form.text.data:
        app.warm()
    return redirect(url_for("result.show" if kept.finished and _sheet().is_complete else "take.check"), 303)


@pages.route("/check", methods=["GET", "POST"])
def check() -> str | Response:
    """Every answer on one page, each with a way to change it; sending it finishes the quiz."""
    app, answered = current(), _sheet()
    if not answered.is_complete:
        return redirect(url_for("take.questions", number=answered.first_open_page), 303)
    if request.method != "POST":
        return render_template("take/check.html", sheet=answered, response=current_response(), bank=app.bank)
    abort_if_deleted(app.storage.finish_response(g.link_hash, bank=app.bank.version, day=app.today()))
    return redirect(url_for("result.show"), 303)
