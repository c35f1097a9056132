"""A person's result."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.bank.answer_sheet import answer_sheet
from quiz.results.feedback import feedback_question
from quiz.web.app import current
from quiz.web.owner_blueprint import (
    current_follow_up_page,
    current_response,
    current_result,
    earlier_response,
    owner_blueprint,
)
from quiz.web.qr_code import qr_code

pages = owner_blueprint("result")


@pages.get("")
def show() -> str | Response:
    """The result. If the quiz is not finished, a redirect to the next page of it."""
    app, response = current(), current_response()
    removal = app.storage.load_removal(g.link_hash)
    if removal and not response.finished:
        return render_template("member/removed.html", removal=removal)
    if not response.finished:
        sheet = answer_sheet(app.bank, response.answers)
        if not sheet.is_complete:
            return redirect(url_for("take.questions", number=sheet.first_open_page), 303)
        follow_up_page = current_follow_up_page()
        if follow_up_page is not None and follow_up_page.open_count:
            return redirect(url_for("follow_ups.questions"), 303)
        return redirect(url_for("take.check" if response.details_sent else "take.details"), 303)
    membership = app.storage.load_membership(g.link_hash)
    earlier = earlier_response()
    result = current_result()
    names_roles = result.kind != "not-enough"
    return render_template(
        "result/show.html",
        result=result,
        feedback_question=feedback_question(app.bank, result.match, response.feedback) if names_roles else None,
        finished_day=response.finished,
        questions_url=url_for("take.questions", number=1).removesuffix("1"),  # once: the page has forty such links
        has_left_team="left" in request.args,
        has_earlier_response=earlier is not None,
        agreed_actions=response.agreed_actions,
        next_look=response.next_look,
        open_action_count=sum(not action.outcome for action in earlier.agreed_actions) if earlier else 0,
        team_name=membership.team.name if membership else None,
        removal=removal,
    )


@pages.get("/qr.svg")
def qr() -> Response:
    """The owner link as a QR code, to continue on a phone."""
    return qr_code(current().absolute_url("result.show"))
