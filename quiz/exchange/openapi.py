"""The bank as an object for other programs, and the OpenAPI 3.1 document of everything they can request.

The document is built from the bank, so it lists every id that a program can send or receive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from quiz.bank import WISHES, Bank
from quiz.exchange import score_request

Schema = dict[str, Any]

_FRACTION = {"type": "number", "minimum": 0, "maximum": 1}
_FRACTION_OR_NULL = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_COUNT = {"type": "integer", "minimum": 0}
_STRING = {"type": "string"}
_DAY = {"type": "string", "format": "date"}


def bank_object(bank: Bank) -> dict[str, Any]:
    """Roles, responsibilities and questions of `bank` (these in the order of asking) and its scale, `skip` last."""
    return {
        "name": bank.name,
        "version": bank.version,
        "roles": [
            {
                "id": role.id,
                "name": role.name,
                "purpose": role.purpose,
                "stage": role.stage,
                "works-with": [other.id for other in bank.neighbours(role.id)],
            }
            for role in bank.roles
        ],
        "responsibilities": [{"id": r.id, "role": r.role, "name": r.name} for r in bank.responsibility.values()],
        "stem": bank.stem,
        "questions": [
            {"id": r.id, "responsibility": r.id, "text": r.question, "hint": r.hint} for r in bank.questions_in_order
        ],
        "scale": [{"id": point.id, "label": point.label, "level": point.level} for point in bank.option.values()],
    }


def document(bank: Bank) -> dict[str, Any]:
    """The OpenAPI document of this server."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Many Hats",
            "version": version("many-hats"),
            "description": "Which data roles a person’s daily work combines. Scoring through this interface stores"
            " nothing. Every error is a problem document (RFC 9457) whose `errors` say what to correct.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/api/bank": {"get": _get_bank(bank)},
            "/api/score": {"post": _post_score(bank)},
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
                    "properties": {item.id: _ref("Answer") for item in bank.questions_in_order},
                    "additionalProperties": False,
                },
                "ScoreRequest": _score_request(),
                "Result": _result(bank),
                "Bank": _bank(),
                "Health": _health(),
                "PersonalData": _personal_data(),
                "Problem": _problem(),
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
        "summary": "Roles, responsibilities, questions and the scale",
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
        "summary": "The same person’s answers, in the columns that `quiz score` reads",
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
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
        if status in {429, 503}:
            response["headers"] = _RETRY
        responses[str(status)] = response
    return responses


def _json(description: str, schema: str, example: object = None) -> Schema:
    """A response (without `description`: a request body) of JSON."""
    content: Schema = {"schema": _ref(schema)}
    if example:
        content["example"] = example
    response: Schema = {"description": description} if description else {}
    response["content"] = {"application/json": content}
    return response


def _example_request(bank: Bank) -> dict[str, Any]:
    """Somebody who does everything of the bank's first role most often, and the rest never."""
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


# Schemas


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Mapping[str, Schema], *, optional: Iterable[str] = ()) -> Schema:
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _score_request() -> Schema:
    id = {
        "type": ["string", "null"],
        "maxLength": score_request.MAX_ID_CHARACTERS,
        "pattern": score_request.TEXT_PATTERN,
    }
    text = {
        "type": ["string", "null"],
        "maxLength": score_request.MAX_TEXT_CHARACTERS,
        "pattern": score_request.TEXT_PATTERN,
    }
    return _object(
        {
            "id": id | {"description": "What you call this person; the result has the same id."},
            "answers": _ref("Answers"),
            "text": text | {"description": "What they write about their work. It never changes the mix."},
        },
        optional=("id", "text"),
    )


def _result(bank: Bank) -> Schema:
    from quiz.scoring import EVIDENCE

    role = _object({"coverage": _FRACTION_OR_NULL, "similarity": _FRACTION_OR_NULL, "share": _FRACTION})
    mix = _list(_ref("RoleId")) | {"uniqueItems": True}
    text = _object({item.id: _FRACTION for item in bank.roles})
    return _object(
        {
            "id": {"type": ["string", "null"]},
            "evidence": {"enum": list(EVIDENCE)},
            "mix": mix,
            "alternative": mix
            | {"type": ["array", "null"], "description": "On a tie the other mix that fits about as well, else null."},
            "fit": _FRACTION_OR_NULL,
            "stability": _object({"unchanged": _COUNT, "tried": _COUNT}),
            "roles": _object({item.id: role for item in bank.roles}),
            "text": text | {"type": ["object", "null"]},
        },
    )


def _bank() -> Schema:
    role = {
        "id": _ref("RoleId"),
        "name": _STRING,
        "purpose": _STRING,
        "stage": _STRING,
        "works-with": _list(_ref("RoleId")),
    }
    question = {"id": _ref("QuestionId"), "responsibility": _STRING, "text": _STRING, "hint": _STRING}
    point = {"id": _ref("Answer"), "label": _STRING, "level": _FRACTION_OR_NULL}
    return _object(
        {
            "name": _STRING,
            "version": _STRING | {"description": "Changes when what people are asked changes."},
            "roles": _list(_object(role)),
            "responsibilities": _list(_object({"id": _STRING, "role": _ref("RoleId"), "name": _STRING})),
            "stem": _STRING | {"description": "The beginning of every question; its text continues it."},
            "questions": _list(_object(question)),
            "scale": _list(_object(point)),
        }
    )


def _health() -> Schema:
    return _object(
        {
            "status": {"enum": ["ok", "failing"]},
            "problems": _list(_STRING),
            "version": _STRING,
            "bank": _STRING,
            "sqlite": _STRING,
            "journal": {"enum": ["wal", "truncate"]},
        }
    )


def _personal_data() -> Schema:
    """Unlike the other schemas this one allows members that it does not list, since more may be stored later."""
    wishes = {"type": "object", "additionalProperties": {"enum": list(WISHES)}}
    flag: Schema = {"type": "boolean"}
    share_link = _object(
        {
            "number": {"type": "integer", "minimum": 1},
            "label": _STRING,
            "shares_text": flag,
            "shares_wishes": flag,
            "created": _DAY,
        }
    )
    team = {
        "type": "object",
        "properties": {
            "name": _STRING,
            "kind": {"enum": ["anonymous", "open"]},
            "display_name": _STRING,
            "shares_wishes": flag,
            "counted_in_round": flag,
        },
        "required": ["counted_in_round"],
    }
    return {
        "type": "object",
        "properties": {
            "bank": _STRING,
            "started": _DAY,
            "changed": _DAY,
            "finished": _DAY | {"type": ["string", "null"]},
            "title": _STRING,
            "text": _STRING,
            "answers": {"type": "object", "additionalProperties": _STRING},
            "contacts": _list(_STRING),
            "wishes": wishes,
            "goals": _list(_STRING),
            "earlier": {"type": "boolean", "description": "Whether this response repeats an earlier one."},
            "share_links": _list(share_link),
            "team": {"oneOf": [{"type": "null"}, team]},
            "result": {"type": "object", "required": ["evidence", "mix", "roles"]},
        },
        "required": ["bank", "started", "changed", "finished", "title", "text", "answers", "contacts", "result"],
    }


def _problem() -> Schema:
    pointer = _STRING | {"description": "Where in the body, as a JSON pointer (RFC 6901); empty for the whole body."}
    header = _STRING | {"description": "The header, where the problem is not in the body."}
    detail = _STRING | {"description": "What is wrong there."}
    hint = _STRING | {"description": "How to correct it."}
    in_body = _object({"pointer": pointer, "detail": detail, "hint": hint})
    in_header = _object({"header": header, "detail": detail, "hint": hint})
    return _object(
        {
            "type": {"const": "about:blank"},
            "title": _STRING,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _STRING,
            "errors": _list({"oneOf": [in_body, in_header]}),
        }
    )
