"""The bank as an object for other programs, and the OpenAPI 3.1 document of everything they can request.

The document is built from the bank, so it lists every id that a program can send or receive.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from quiz.bank import Bank
from quiz.exchange import score_request
from quiz.exchange.openapi_schemas import (
    Schema,
    advert_schema,
    bank_schema,
    follow_up_answer_schema,
    follow_ups_schema,
    health_schema,
    personal_data_schema,
    problem_schema,
    read_request_schema,
    ref,
    result_schema,
    score_request_schema,
)


def bank_object(bank: Bank) -> dict[str, Any]:
    """Roles, responsibilities and questions of `bank`, its scale, and the answers to follow-up questions.

    The questions are in the order in which they are asked; `skip` is the last point of the scale and the last answer.
    """
    roles = []
    for role in bank.roles:
        neighbour_ids = [neighbour.id for neighbour in bank.neighbours(role.id)]
        roles.append(
            {
                "id": role.id,
                "name": role.name,
                "purpose": role.purpose,
                "stage": role.stage,
                "works-with": neighbour_ids,
            }
        )
    responsibilities = [{"id": item.id, "role": item.role, "name": item.name} for item in bank.responsibility.values()]
    questions = [
        {"id": item.id, "responsibility": item.id, "text": item.question, "hint": item.hint}
        for item in bank.questions_in_order
    ]
    scale = [{"id": option.id, "label": option.label, "level": option.level} for option in bank.option.values()]
    follow_ups = []
    if bank.follow_ups:
        follow_ups = [
            {"id": option.id, "label": option.label, "in-mix": option.in_mix} for option in bank.follow_ups
        ] + [{"id": bank.skip.id, "label": bank.skip.label, "in-mix": None}]
    return {
        "name": bank.name,
        "version": bank.version,
        "roles": roles,
        "responsibilities": responsibilities,
        "stem": bank.stem,
        "questions": questions,
        "scale": scale,
        "follow-ups": follow_ups,
    }


def document(bank: Bank, *, path: str = "/") -> dict[str, Any]:
    """The OpenAPI document of this server. `path` is the path below which it is served."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Many Hats",
            "version": version("many-hats"),
            "description": "Which data roles a person’s daily work combines. Scoring and reading through this"
            " interface store nothing. An error is a problem document (RFC 9457) whose `errors` say"
            " what to correct; the download as CSV answers errors with a page.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": path}],
        "paths": {
            "/api/bank": {"get": _get_bank(bank)},
            "/api/score": {"post": _post_score(bank)},
            "/api/read": {"post": _post_read(bank)},
            "/api/openapi.json": {"get": _get_document()},
            "/health": {"get": _get_health()},
            "/r/{link}.json": {"get": _get_personal_json()},
            "/r/{link}.csv": {"get": _get_personal_csv()},
        },
        "components": {
            "schemas": {
                "RoleId": {"enum": [role.id for role in bank.roles]},
                "QuestionId": {"enum": [item.id for item in bank.questions_in_order]},
                "Answer": {
                    "enum": list(bank.option),
                    "description": "; ".join(f"{point.id}: {point.label}" for point in bank.option.values()),
                },
                "Answers": {
                    "type": "object",
                    "description": "Answers by question. A question that is missing counts as skipped.",
                    "properties": {item.id: ref("Answer") for item in bank.questions_in_order},
                    "additionalProperties": False,
                },
                "FollowUpAnswer": follow_up_answer_schema(bank),
                "FollowUps": follow_ups_schema(bank),
                "ScoreRequest": score_request_schema(),
                "Result": result_schema(bank),
                "ReadRequest": read_request_schema(),
                "Advert": advert_schema(bank),
                "Bank": bank_schema(),
                "Health": health_schema(),
                "PersonalData": personal_data_schema(),
                "Problem": problem_schema(),
            },
            "headers": {
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
            },
        },
    }


# Requests


def _get_bank(bank: Bank) -> Schema:
    return {
        "operationId": "getBank",
        "summary": "Roles, responsibilities, questions, the scale, and the answers to follow-up questions",
        "responses": {"200": _json("The bank.", "Bank", bank_object(bank)), **_problems(429)},
    }


def _post_score(bank: Bank) -> Schema:
    request = _example_request(bank)
    return {
        "operationId": "score",
        "summary": "The result of one person’s answers; nothing is stored",
        "requestBody": {"required": True, **_json("", "ScoreRequest", request)},
        "responses": {
            "200": _json("The result.", "Result", _example_result(bank, request)),
            **_problems(400, 403, 413, 415, 422, 429),
        },
    }


def _post_read(bank: Bank) -> Schema:
    return {
        "operationId": "read",
        "summary": "What a job advert asks for; nothing is stored",
        "requestBody": {"required": True, **_json("", "ReadRequest", {"text": "You build data pipelines."})},
        "responses": {
            "200": _json("What it asks for.", "Advert"),
            **_problems(400, 403, 413, 415, 422, 429),
        },
    }


def _get_document() -> Schema:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "getDocument",
        "summary": "This document",
        "responses": {"200": {"description": "OpenAPI 3.1.", "content": content}, **_problems(429)},
    }


def _get_health() -> Schema:
    return {
        "operationId": "getHealth",
        "summary": "Whether this server works",
        "responses": {
            "200": _json("It works.", "Health"),
            "503": _json("It does not; `problems` says why.", "Health"),
            **_problems(429),
        },
    }


def _get_personal_json() -> Schema:
    return {
        "operationId": "getPersonalData",
        "summary": "Everything that is stored about the person with this private link, and their result",
        "parameters": [_LINK],
        "responses": {"200": _json("What is stored.", "PersonalData"), **_problems(404, 429, 503)},
    }


def _get_personal_csv() -> Schema:
    page: Schema = {"content": {"text/html": {}}}
    return {
        "operationId": "getPersonalCsv",
        "summary": "The same person’s answers and result, in the columns that `quiz score` reads and writes",
        "parameters": [_LINK],
        "responses": {
            "200": {"description": "A header and one row.", "content": {"text/csv": {}}},
            "404": {"description": "No such link.", **page},
            "429": {"description": "Too many wrong links.", "headers": _RETRY, **page},
            "503": {"description": "The database does not answer.", "headers": _RETRY, **page},
        },
    }


_LINK = {
    "name": "link",
    "in": "path",
    "required": True,
    "description": "The 22 characters of a private link.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"},
}
_RETRY = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
_STATUS_DESCRIPTIONS = {
    400: "The body is not JSON.",
    403: "Sent by a page of another site.",
    404: "No such link.",
    413: f"The body has more than {score_request.MAX_BODY_BYTES:,} bytes.",
    415: "The Content-Type is not application/json.",
    422: "The body is JSON, but contains something unknown or of the wrong type.",
    429: "Too many requests from this address.",
    503: "The database does not answer.",
}


def _problems(*statuses: int) -> dict[str, Schema]:
    """The error responses with these statuses."""
    responses: dict[str, Schema] = {}
    for status in statuses:
        response: Schema = {
            "description": _STATUS_DESCRIPTIONS[status],
            "content": {"application/problem+json": {"schema": ref("Problem")}},
        }
        if status in {429, 503}:
            response["headers"] = _RETRY
        responses[str(status)] = response
    return responses


def _json(description: str, schema: str, example: object = None) -> Schema:
    """A response (without `description`: a request body) of JSON."""
    content: Schema = {"schema": ref(schema)}
    if example:
        content["example"] = example
    response: Schema = {"description": description} if description else {}
    response["content"] = {"application/json": content}
    return response


def _example_request(bank: Bank) -> dict[str, Any]:
    """A person who does everything of the bank's first role most often, and nothing else."""
    lowest, highest = bank.scale[0].id, bank.scale[-1].id
    answers = {item.id: lowest for item in bank.questions_in_order}
    for item in bank.roles[0].responsibilities:
        answers[item.id] = highest
    return {"id": "7", "answers": answers}


def _example_result(bank: Bank, request: Mapping[str, Any]) -> dict[str, Any]:
    # Imported here: NumPy is loaded when the document is first requested, not when the server starts.
    from quiz import scoring
    from quiz.exchange import export

    model = scoring.ScoringModel.from_bank(bank)
    return export.match_object(request["id"], scoring.match(model, request["answers"]))
