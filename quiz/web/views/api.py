"""The JSON API: the bank, scoring that stores nothing, and the document that describes both."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from quiz.exchange import openapi, score_request
from quiz.exchange.score_request import Fault
from quiz.web.app import current
from quiz.web.views.errors import problem

pages = Blueprint("api", __name__, url_prefix="/api")


@pages.get("/bank")
def bank() -> Response:
    """Roles, responsibilities, questions and the scale."""
    return _json(openapi.bank_object(current().bank))


@pages.post("/score")
def score() -> Response:
    """The result of the answers sent, and of the text where there is one. Nothing is stored."""
    from quiz import scoring
    from quiz.exchange import export
    from quiz.text import matcher  # see quiz.web.views.owner_pages.current_result

    app = current()
    if request.mimetype != "application/json":
        sent = f"is {request.mimetype[:40]}" if request.mimetype else "is missing"
        return problem(415, [Fault("Content-Type", sent, "send application/json")])
    request.max_content_length = score_request.MOST_BYTES
    try:
        person = score_request.person(app.bank, request.get_data(cache=False))
    except score_request.InvalidRequestError as refused:
        return problem(400 if isinstance(refused, score_request.InvalidJsonError) else 422, refused.faults)
    text = None if not person.text.strip() else matcher.of(app.bank).read(person.text).roles
    return _json(export.scored("", scoring.match(app.scoring_model, person.answers), text) | {"id": person.id})


@pages.get("/openapi.json")
def document() -> Response:
    """This API described for programs (OpenAPI 3.1)."""
    return _json(openapi.document(current().bank))


def _json(told: dict[str, Any]) -> Response:
    # Not `jsonify`, which would sort the keys: here, as in `quiz score`, they stand in an order that can be read.
    return Response(json.dumps(told) + "\n", mimetype="application/json")
