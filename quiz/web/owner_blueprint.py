"""Pages under an owner link. Everybody who has the link can see, change and delete its response."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import Blueprint, abort, g

from quiz.bank.answer_sheet import answer_sheet
from quiz.storage import Response
from quiz.web.app import current
from quiz.web.link_blueprint import link_blueprint

if TYPE_CHECKING:
    from quiz.results.follow_up_page import FollowUpPage
    from quiz.results.result import Result
    from quiz.results.since_last_time import Taking

_EMPTY: Mapping[str, str] = MappingProxyType({})


def owner_blueprint(name: str, prefix: str = "/r/<link:link>") -> Blueprint:
    """A blueprint of pages with an owner link in their address. Views get the response from `current_response()`.

    With another `prefix`, each route has to contain `<link:link>` itself.
    """
    return link_blueprint(name, prefix, lambda owner_hash: current().storage.load_response(owner_hash))


def current_response() -> Response:
    """The response behind this request's link."""
    response: Response = g.record
    return response


def current_result() -> Result:
    """The result of the response behind this request's link."""
    # Imports numpy. Views import it when they need it, so that the first page of a new server does not wait for it.
    from quiz.results.result import build_result

    app, response = current(), current_response()
    return build_result(
        app.bank,
        app.scoring_model,
        response.answers,
        response.contacts,
        response.wishes,
        title=response.title,
        text=response.text,
        follow_ups=response.follow_ups,
        other_work_share=response.other_work_share,
    )


def taking(response: Response) -> Taking:
    """What is compared of a response with that of another taking."""
    from quiz.results.since_last_time import Taking  # imports numpy: see `current_result`

    return Taking(
        response.answers,
        response.wishes,
        response.goals,
        follow_ups=response.follow_ups,
        agreed_actions=response.agreed_actions,
    )


def earlier_response() -> Response | None:
    """The response that the one behind this request's link repeats; None without one."""
    if current_response().earlier is None:
        return None
    return current().storage.load_earlier_response(g.link_hash)


def current_follow_up_page(new_answers: Mapping[str, str] = _EMPTY) -> FollowUpPage | None:
    """The page with follow-up questions for the response behind this link; None if there is nothing to ask.

    `new_answers` were just saved. There is none before all questions have an answer.
    """
    from quiz.results.follow_up_page import follow_up_page  # imports numpy: see `current_result`

    app, response = current(), current_response()
    answers = {**response.answers, **new_answers}
    if not app.bank.follow_ups or not answer_sheet(app.bank, answers).is_complete:
        return None
    return follow_up_page(app.bank, app.scoring_model, answers, response.follow_ups)


def require_finished() -> None:
    """Answer 404 if the quiz is not finished: these pages need a result."""
    if not current_response().finished:
        abort(404)


def abort_if_deleted(was_saved: bool) -> None:
    """Answer 404 if nothing was saved, because the response was deleted during this request."""
    if not was_saved:
        abort(404)
