"""The JSON API: the bank, scoring that stores nothing, and the OpenAPI document that describes both."""

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
    if request.mimetype != "application/json":
        detail = f"is {request.mimetype[:40]}" if request.mimetype else "is missing"
        return problem_response(415, [HeaderProblem("Content-Type", detail, "send application/json")])
    request.max_content_length = score_request.MAX_BODY_BYTES
    try:
        person = score_request.read_request(app.bank, request.get_data(cache=False))
    except score_request.InvalidJsonError as error:
        return problem_response(400, error.problems)
    except score_request.InvalidRequestError as error:
        return problem_response(422, error.problems)
    match = scoring.match(app.scoring_model, person.answers, person.follow_ups)
    text_similarity = matcher_for(app.bank).match(person.text).roles if person.text.strip() else None
    return _json_response(export.match_object(person.id, match, text_similarity))


@pages.get("/openapi.json")
def document() -> Response:
    """This API described for programs (OpenAPI 3.1)."""
    return _json_response(openapi.document(current().bank))


def _json_response(content: dict[str, Any]) -> Response:
    # Not `jsonify`, which sorts the keys: here they keep the order that `quiz score` writes them in.
    return Response(json.dumps(content) + "\n", mimetype="application/json")
