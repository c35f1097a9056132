"""What a person says about their result, sent from the page of the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from quiz.results.feedback import feedback_question
from quiz.web.app import current
from quiz.web.owner_blueprint import abort_if_deleted, current_response, owner_blueprint, require_finished

if TYPE_CHECKING:
    from quiz.results.feedback import Feedback, FeedbackQuestion

pages = owner_blueprint("feedback")


@pages.post("/feedback")
def save() -> Response:
    """Save whether the result fits. The roles that were chosen before stay chosen."""
    form = current().forms.feedback(request.form)
    if not form.validate():
        abort(400)
    question = _sent_question()
    if question is None:
        return _to_result()
    too_much, missing = [role.id for role in question.too_much], [role.id for role in question.missing]
    return _store(question.answer(form.fits.data or "", too_much=too_much, missing=missing))


@pages.post("/feedback/roles")
def save_roles() -> Response:
    """Save which roles are too much, and which are missing."""
    question = _sent_question()
    if question is None or question.feedback is None:
        return _to_result()
    fits = question.feedback.fits
    too_much, missing = request.form.getlist("too_much"), request.form.getlist("missing")
    return _store(question.answer(fits, too_much=too_much, missing=missing))


@pages.post("/feedback/delete")
def delete() -> Response:
    """Take back what was said about the result."""
    return _store(None)


def _store(feedback: Feedback | None) -> Response:
    require_finished()
    app = current()
    abort_if_deleted(app.storage.save_feedback(g.link_hash, feedback, day=app.today()))
    return _to_result()


def _sent_question() -> FeedbackQuestion | None:
    """The question about the result; None if the form was about other roles, because the result has changed since."""
    from quiz.scoring import match  # imports numpy: see quiz.web.owner_blueprint.current_result

    require_finished()
    app, response = current(), current_response()
    result_match = match(app.scoring_model, response.answers, response.follow_ups)
    question = feedback_question(app.bank, result_match, response.feedback)
    return question if request.form.get("named") == question.named_ids else None


def _to_result() -> Response:
    return redirect(url_for("result.show", _anchor="feedback"), 303)
