"""What other programs may rely on, said in data: the bank as an object, and the HTTP interface as OpenAPI 3.1.

The document is built from the bank, so that every id that a program may send or get is listed in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from quiz.bank import WISHES, Bank
from quiz.exchange import score_request

Schema = dict[str, Any]

_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_SHARE_OR_NULL = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
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
    """The OpenAPI document of everything that programs may ask here."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Many Hats",
            "version": version("many-hats"),
            "description": "Which data roles a person’s daily work combines. Scoring through this interface stores"
            " nothing. Every error is a problem document (RFC 9457) whose `errors` say what to mend.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/api/bank": {"get": _get_bank(bank)},
            "/api/score": {"post": _post_score(bank)},
            "/api/openapi.json": {"get": _get_document()},
            "/health": {"get": _get_health()},
            "/r/{link}.json": {"get": _get_own_json()},
            "/r/{link}.csv": {"get": _get_own_csv()},
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
                    "description": "Answers by question. A question that is missing counts as left out.",
                    "properties": {item.id: _ref("Answer") for item in bank.questions_in_order},
                    "additionalProperties": False,
                },
                "Person": _person(),
                "Result": _result(bank),
                "Bank": _bank(),
                "Health": _health(),
                "Kept": _kept(),
                "Problem": _problem(),
            },
            "headers": {
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
            },
        },
    }


# What programs ask


def _get_bank(bank: Bank) -> Schema:
    return {
        "operationId": "getBank",
        "summary": "Roles, responsibilities, questions and the scale",
        "responses": {"200": _json("The bank.", "Bank", bank_object(bank)), **_problems(429)},
    }


def _post_score(bank: Bank) -> Schema:
    sent = _example(bank)
    return {
        "operationId": "score",
        "summary": "The result of one person’s answers; nothing is stored",
        "requestBody": {"required": True, **_json("", "Person", sent)},
        "responses": {
            "200": _json("The result.", "Result", _example_result(bank, sent)),
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
        "summary": "Whether this server can do its work",
        "responses": {
            "200": _json("It can.", "Health"),
            "503": _json("It cannot; `wrong` says why.", "Health"),
            **_problems(429),
        },
    }


def _get_own_json() -> Schema:
    return {
        "operationId": "getOwnData",
        "summary": "Everything that is kept about the person whose private link this is, and their result",
        "parameters": [_LINK],
        "responses": {"200": _json("What is kept.", "Kept"), **_problems(404, 429, 503)},
    }


def _get_own_csv() -> Schema:
    page: Schema = {"content": {"text/html": {}}}
    return {
        "operationId": "getOwnSheet",
        "summary": "The same person’s answers, such as `quiz score` reads them",
        "parameters": [_LINK],
        "responses": {
            "200": {"description": "One line under a header.", "content": {"text/csv": {}}},
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
_TOLD = {
    400: "The body is no JSON.",
    403: "Sent by a page of another site.",
    404: "No such link.",
    413: f"The body has over {score_request.MOST_BYTES:,} bytes.",
    415: "The body is not sent as application/json.",
    422: "The body is JSON, with something unknown or of the wrong type in it.",
    429: "Too many requests from this address.",
    503: "The database does not answer.",
}


def _problems(*codes: int) -> dict[str, Schema]:
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    return {
        str(code): {
            "description": _TOLD[code],
            "content": content,
            **({"headers": _RETRY} if code in {429, 503} else {}),
        }
        for code in codes
    }


def _json(description: str, schema: str, example: object = None) -> Schema:
    content = {"schema": _ref(schema), **({"example": example} if example else {})}
    return {**({"description": description} if description else {}), "content": {"application/json": content}}


def _example(bank: Bank) -> dict[str, Any]:
    """Somebody who does all of the bank's first role every day, and the rest never."""
    daily = {item.id for item in bank.roles[0].responsibilities}
    least, most = bank.scale[0].id, bank.scale[-1].id
    return {"id": "7", "answers": {item.id: most if item.id in daily else least for item in bank.questions_in_order}}


def _example_result(bank: Bank, sent: Mapping[str, Any]) -> dict[str, Any]:
    from quiz import scoring
    from quiz.exchange import export  # numpy is loaded when it is needed, not when the server starts

    return export.scored(sent["id"], scoring.match(scoring.ScoringModel.from_bank(bank), sent["answers"]))


# What goes over the wire


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Mapping[str, Schema], *, optional: Iterable[str] = ()) -> Schema:
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _person() -> Schema:
    id = {"type": ["string", "null"], "maxLength": score_request.LONGEST_ID, "pattern": score_request.READABLE}
    text = {"type": ["string", "null"], "maxLength": score_request.LONGEST_TEXT, "pattern": score_request.READABLE}
    return _object(
        {
            "id": id | {"description": "Whatever names the person to you; it comes back as it is."},
            "answers": _ref("Answers"),
            "text": text | {"description": "What they say about their work. It never moves the mix."},
        },
        optional=("id", "text"),
    )


def _result(bank: Bank) -> Schema:
    from quiz.scoring import EVIDENCE

    standing = _object({"coverage": _SHARE_OR_NULL, "similarity": _SHARE_OR_NULL, "share": _SHARE})
    mix = _list(_ref("RoleId")) | {"uniqueItems": True}
    text = _object({role.id: _SHARE for role in bank.roles})
    return _object(
        {
            "id": {"type": ["string", "null"]},
            "evidence": {"enum": list(EVIDENCE)},
            "mix": mix,
            "alternative": mix | {"type": ["array", "null"], "description": "On a tie the other mix, else null."},
            "fit": _SHARE_OR_NULL,
            "stability": _object({"unchanged": _COUNT, "tried": _COUNT}),
            "roles": _object({role.id: standing for role in bank.roles}),
            "text": text | {"type": ["object", "null"]},
        },
    )


def _bank() -> Schema:
    role = {"id": _ref("RoleId"), "name": _TEXT, "purpose": _TEXT, "stage": _TEXT, "works-with": _list(_ref("RoleId"))}
    question = {"id": _ref("QuestionId"), "responsibility": _TEXT, "text": _TEXT, "hint": _TEXT}
    point = {"id": _ref("Answer"), "label": _TEXT, "level": _SHARE_OR_NULL}
    return _object(
        {
            "name": _TEXT,
            "version": _TEXT | {"description": "Changes when what people are asked changes."},
            "roles": _list(_object(role)),
            "responsibilities": _list(_object({"id": _TEXT, "role": _ref("RoleId"), "name": _TEXT})),
            "stem": _TEXT | {"description": "What every question’s text goes on from."},
            "questions": _list(_object(question)),
            "scale": _list(_object(point)),
        }
    )


def _health() -> Schema:
    return _object(
        {
            "status": {"enum": ["ok", "failing"]},
            "wrong": _list(_TEXT),
            "version": _TEXT,
            "bank": _TEXT,
            "sqlite": _TEXT,
            "journal": {"enum": ["wal", "truncate"]},
        }
    )


def _kept() -> Schema:
    """What may still grow, so unlike the rest it allows for what is not named here."""
    wishes = {"type": "object", "additionalProperties": {"enum": list(WISHES)}}
    return {
        "type": "object",
        "properties": {
            "bank": _TEXT,
            "started": _DAY,
            "changed": _DAY,
            "finished": _DAY | {"type": ["string", "null"]},
            "title": _TEXT,
            "text": _TEXT,
            "answers": {"type": "object", "additionalProperties": _TEXT},
            "contacts": _list(_TEXT),
            "wishes": wishes,
            "goals": _list(_TEXT),
            "result": {"type": "object", "required": ["evidence", "mix", "roles"]},
        },
        "required": ["bank", "started", "changed", "finished", "title", "text", "answers", "contacts", "result"],
    }


def _problem() -> Schema:
    return _object(
        {
            "type": {"const": "about:blank"},
            "title": _TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _TEXT,
            "errors": _list(_object({"field": _TEXT, "what": _TEXT, "hint": _TEXT})),
        }
    )
