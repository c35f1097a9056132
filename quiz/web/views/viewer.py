"""The viewer of a second view: the request, the questions about the owner, sending, and the comparison.

The owner makes the view link and so knows it. Everything that the viewer enters is under a viewer link, which only the
viewer gets.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.bank.answer_sheet import AnswerSheet, answer_sheet
from quiz.storage import DRAFT_DAYS, SecondView
from quiz.web import links, seeds
from quiz.web.app import current, days_after
from quiz.web.forms.second_view import PrioritiesForm
from quiz.web.link_blueprint import link_blueprint
from quiz.web.page_saves import is_main_button, other_button, script_refusal, sent_page_save
from quiz.web.qr_code import qr_code
from quiz.web.views.second_view import compare

view_request = link_blueprint(
    "view_request", "/v/<link:link>", lambda view_hash: current().storage.load_requested_view(view_hash)
)
pages = link_blueprint("viewer", "/w/<link:link>", lambda viewer_hash: current().storage.load_viewer(viewer_hash))
_EMPTY: Mapping[str, str] = MappingProxyType({})
_WAS_SENT = "You have sent your answers already."


# The request


@view_request.get("")
def page() -> str:
    """Who asks for what, what both will see, and that one may refuse."""
    second_view: SecondView = g.record
    return render_template(
        "viewer/request.html",
        second_view=second_view,
        last_day=days_after(second_view.draft_since, DRAFT_DAYS),
        seed=links.new_link(),
    )


@view_request.post("/begin")
def begin() -> Response:
    """Begin, once: the viewer gets a link of their own. The same form sent twice gives the same link."""
    viewer_links = seeds.candidate_links("viewer", g.link_hash)
    viewer_hash = current().storage.begin_second_view(g.link_hash, list(viewer_links))
    if viewer_hash is None:
        return redirect(url_for("view_request.page"), 303)
    return redirect(url_for("viewer.later", link=viewer_links[viewer_hash]), 303)


# The answers


def _second_view() -> SecondView:
    """The second view behind this request’s viewer link."""
    second_view: SecondView = g.record
    return second_view


def _sheet(new_answers: Mapping[str, str] = _EMPTY) -> AnswerSheet:
    return answer_sheet(current().bank.for_viewers, {**_second_view().viewer_answers, **new_answers})


def _refuse_if_sent() -> Response | None:
    """What was sent cannot be changed: the page that says so, or for the script the sentence itself."""
    if _second_view().sent is None:
        return None
    return script_refusal(_WAS_SENT) or redirect(url_for("viewer.show"), 303)


def _after_saving(was_saved: bool) -> None:
    """Answer 404 if nothing was saved, because the second view was ended during this request."""
    if not was_saved:
        abort(404)


@pages.get("")
def show() -> str | Response:
    """The next page to answer; what was sent; or the comparison once it is opened."""
    second_view, sheet = _second_view(), _sheet()
    if second_view.opened is not None:
        return render_template("viewer/opened.html", second_view=second_view, comparison=compare(second_view))
    if second_view.sent is not None:
        return render_template(
            "viewer/sent.html", second_view=second_view, sheet=sheet, priority_names=_priority_names()
        )
    if not sheet.is_complete:
        return redirect(url_for("viewer.questions", number=sheet.first_open_page), 303)
    return redirect(url_for("viewer.check" if second_view.has_sent_priorities else "viewer.priorities"), 303)


@pages.route("/<int:number>", methods=["GET", "POST"])
def questions(number: int) -> str | Response | tuple[str, int]:
    """One page of questions about the owner. Every button saves the answers, also if some are missing."""
    app = current()
    if not 1 <= number <= len(app.bank.pages):
        abort(404)
    if (refusal := _refuse_if_sent()) is not None:
        return refusal
    if request.method != "POST":
        return _render_questions(number, _sheet(), _second_view().viewer_answers)
    form = app.forms.viewer_pages[number - 1](request.form)
    is_complete = form.validate()
    answers = form.answers
    _after_saving(app.storage.save_viewer_answers(g.link_hash, answers, page_save=sent_page_save()))
    previous = url_for("viewer.questions", number=number - 1) if number > 1 else None
    if (button := other_button(previous, later="viewer.later")) is not None:
        return button
    if not is_complete:
        errors = {id: form[id].errors[0] for id in form.missing}
        return _render_questions(number, _sheet(answers), form.data, errors), 422
    return redirect(_next_page(number, answers), 303)


def _next_page(number: int, new_answers: Mapping[str, str]) -> str:
    """The page after question page `number`: the next one, or the page before the viewer changed an answer."""
    if _sheet(new_answers).is_complete and _second_view().has_sent_priorities:
        return url_for("viewer.check")
    if number < len(current().bank.pages):
        return url_for("viewer.questions", number=number + 1)
    return url_for("viewer.priorities")


def _render_questions(
    number: int, sheet: AnswerSheet, answers: Mapping[str, str], errors: Mapping[str, str] = _EMPTY
) -> str:
    bank = current().bank.for_viewers
    stem_before, _, stem_after = bank.stem.partition("{name}")
    return render_template(
        "viewer/questions.html",
        second_view=_second_view(),
        number=number,
        page=bank.pages[number - 1],
        sheet=sheet,
        answers=answers,
        errors=errors,
        summary=[(id, f"… {bank.responsibility[id].question}?") for id in errors],
        has_previous_page=number > 1,
        bank=bank,
        stem_before=stem_before,
        stem_after=stem_after,
    )


@pages.route("/priorities", methods=["GET", "POST"])
def priorities() -> str | Response | tuple[str, int]:
    """What matters most in the role now: up to five, or none."""
    app = current()
    if (refusal := _refuse_if_sent()) is not None:
        return refusal
    if request.method != "POST":
        return _render_priorities(app.forms.priorities(data={"priorities": _second_view().priorities}))
    form = app.forms.priorities(request.form)
    if not form.validate():
        return script_refusal(form.priorities.errors[0]) or (_render_priorities(form), 422)
    saved = app.storage.save_priorities(
        g.link_hash,
        form.priorities.data or [],
        is_sent=is_main_button(),
        page_save=sent_page_save(),
    )
    _after_saving(saved)
    previous = url_for("viewer.questions", number=len(app.bank.pages))
    if (button := other_button(previous, later="viewer.later")) is not None:
        return button
    return redirect(url_for("viewer.check"), 303)


def _render_priorities(form: PrioritiesForm) -> str:
    bank = current().bank.for_viewers
    return render_template(
        "viewer/priorities.html",
        second_view=_second_view(),
        sheet=_sheet(),
        form=form,
        chosen=form.priorities.data or [],
        items=bank.questions_in_order,
        error=form.priorities.errors[0] if form.errors else "",
    )


def _priority_names() -> list[str]:
    """The names of what the viewer ticked, in the order of the questions."""
    return [item.name for item in current().bank.questions_in_order if item.id in _second_view().priorities]


@pages.route("/check", methods=["GET", "POST"])
def check() -> str | Response:
    """Every answer on one page, each with a link to change it. Sending it ends the changes."""
    app, sheet = current(), _sheet()
    if (refusal := _refuse_if_sent()) is not None:
        return refusal
    if not sheet.is_complete:
        return redirect(url_for("viewer.questions", number=sheet.first_open_page), 303)
    if request.method != "POST":
        return render_template(
            "viewer/check.html", second_view=_second_view(), sheet=sheet, priority_names=_priority_names()
        )
    _after_saving(app.storage.send_second_view(g.link_hash, day=app.today()))
    return redirect(url_for("viewer.show"), 303)


@pages.get("/later")
def later() -> str:
    """The viewer link, before the first question, and for a viewer who stops before the end."""
    return render_template("viewer/later.html", second_view=_second_view(), sheet=_sheet())


@pages.get("/qr.svg")
def qr() -> Response:
    """The viewer link as a QR code, to continue on a phone."""
    return qr_code(current().absolute_url("viewer.show"))


# Taking back and deleting


@pages.post("/take-back")
def take_back() -> Response:
    """Make what was sent a draft again, unless the owner has opened it."""
    current().storage.take_back_second_view(g.link_hash, day=current().today())
    return redirect(url_for("viewer.show"), 303)


@pages.route("/delete", methods=["GET", "POST"])
def delete() -> str | Response:
    """Delete the second view with everything in it, after asking once."""
    if request.method != "POST":
        return render_template("viewer/delete.html", second_view=_second_view())
    current().storage.withdraw_second_view(g.link_hash, day=current().today())
    return redirect(url_for("start.deleted", view=1), 303)
