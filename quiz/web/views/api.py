"""The JSON API: the bank, scoring and reading adverts, which store nothing, and the OpenAPI document about them."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from quiz.exchange import openapi, score_request
from quiz.web.app import current
from quiz.web.views.errors import HeaderProblem, problem_response

pages = Blueprint("api", __name__, url_prefix="/api")


@pages.get("/bank")
def bank() -> Response:
    """Roles, responsibilities, questions, the scale and the answers to follow-up questions."""
    return _json_response(openapi.bank_object(current().bank))


@pages.post("/score")
def score() -> Response:
    """The result of the answers in the request, and of its text if there is one. Nothing is stored."""
    # Imported with the first request: see quiz.web.owner_blueprint.current_result.
    from quiz import scoring
    from quiz.exchange import export
    from quiz.text.matcher import matcher_for

    app = current()
    if problem := _media_type_problem():
        return problem
    try:
        person = score_request.read_request(app.bank, _body())
    except score_request.InvalidRequestError as error:
        return _problem_of(error)
    match = scoring.match(app.scoring_model, person.answers, person.follow_ups)
    text_similarity = matcher_for(app.bank).match(person.text).roles if person.text.strip() else None
    return _json_response(export.match_object(person.id, match, text_similarity))


@pages.post("/read")
def read() -> Response:
    """What the advert in the request asks for. Nothing is stored."""
    from quiz.exchange.advert_reading import advert_object  # imports numpy
    from quiz.results.advert import read_advert

    if problem := _media_type_problem():
        return problem
    try:
        text = score_request.read_text_request(_body())
    except score_request.InvalidRequestError as error:
        return _problem_of(error)
    return _json_response(advert_object(read_advert(current().bank, text)))


@pages.get("/openapi.json")
def document() -> Response:
    """This API described for programs (OpenAPI 3.1)."""
    return _json_response(openapi.document(current().bank, path=request.script_root or "/"))


def _media_type_problem() -> Response | None:
    if request.mimetype == "application/json":
        return None
    detail = f"is {request.mimetype[:40]}" if request.mimetype else "is missing"
    return problem_response(415, [HeaderProblem("Content-Type", detail, "send application/json")])


def _body() -> bytes:
    """The body of the request, up to the limit of the API, which is higher than that of forms."""
    request.max_content_length = score_request.MAX_BODY_BYTES
    return request.get_data(cache=False)


def _problem_of(error: score_request.InvalidRequestError) -> Response:
    status = 400 if isinstance(error, score_request.InvalidJsonError) else 422
    return problem_response(status, error.problems)


def _json_response(content: dict[str, Any]) -> Response:
    # Not `jsonify`, which sorts the keys: here they keep the order that `quiz score` writes them in.
    return Response(json.dumps(content) + "\n", mimetype="application/json")
