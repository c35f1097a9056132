"""The JSON schemas of everything that the API receives and sends (the `components` of the OpenAPI document)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from quiz.bank import FOLLOW_UP_BASE, MAX_ACTIONS, OTHER_WORK_SHARES, OUTCOMES, WISHES, Bank
from quiz.exchange import score_request
from quiz.results.feedback import FITS, IN_MIX, MISSING, TOO_MUCH

Schema = dict[str, Any]

_FRACTION = {"type": "number", "minimum": 0, "maximum": 1}
_FRACTION_OR_NULL = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_COUNT = {"type": "integer", "minimum": 0}
_STRING = {"type": "string"}
_DAY = {"type": "string", "format": "date"}


def ref(name: str) -> Schema:
    """A reference to the schema `name` of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Mapping[str, Schema], *, optional: Iterable[str] = ()) -> Schema:
    """An object with these members and no others; all but the `optional` ones are required."""
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def score_request_schema() -> Schema:
    """The body of `POST /api/score`."""
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
            "id": id | {"description": "Your id for this person; the result has the same id."},
            "answers": ref("Answers"),
            "follow_ups": {"oneOf": [{"type": "null"}, ref("FollowUps")]},
            "text": text | {"description": "What they write about their work. It never changes the mix."},
        },
        optional=("id", "follow_ups", "text"),
    )


def follow_up_answer_schema(bank: Bank) -> Schema:
    """An answer to a follow-up question."""
    if not bank.follow_ups:
        return {"not": {}}
    labels = "; ".join(f"{option.id}: {option.label}" for option in bank.follow_up_option.values())
    return {"enum": list(bank.follow_up_option), "description": labels}


def follow_ups_schema(bank: Bank) -> Schema:
    """Follow-up answers in a request: the base, and an answer for each role that was compared with it."""
    if not bank.follow_ups:
        return {"type": "null"}
    base = ref("RoleId") | {"description": "The role that the others were compared with."}
    answers = {role: ref("FollowUpAnswer") for role in bank.role}
    schema = _object({FOLLOW_UP_BASE: base, **answers}, optional=bank.role)
    compares_itself = [
        {"properties": {FOLLOW_UP_BASE: {"const": role}}, "required": [FOLLOW_UP_BASE, role]} for role in bank.role
    ]
    return schema | {
        "not": {"anyOf": compares_itself},
        "description": "Answers to follow-up questions by role, but none for the base. The `follow_up` of a result says"
        " which roles to ask about.",
    }


def result_schema(bank: Bank) -> Schema:
    """The object of a result, as `quiz.exchange.export.result_object` builds it."""
    # Imported here: NumPy is loaded when the document is first requested, not when the server starts.
    from quiz.scoring import EVIDENCE

    role = _object({"coverage": _FRACTION_OR_NULL, "similarity": _FRACTION_OR_NULL, "share": _FRACTION})
    mix = _list(ref("RoleId")) | {"uniqueItems": True}
    text = _object({item.id: _FRACTION for item in bank.roles})
    follow_up = _object({"base": ref("RoleId"), "roles": mix | {"minItems": 1}})
    return _object(
        {
            "id": {"type": ["string", "null"]},
            "evidence": {"enum": list(EVIDENCE)},
            "mix": mix,
            "alternative": mix
            | {"type": ["array", "null"], "description": "On a tie the other mix that fits about as well, else null."},
            "fit": _FRACTION_OR_NULL,
            "stability": _object({"unchanged": _COUNT, "tried": _COUNT}),
            "follow_up": follow_up
            | {
                "type": ["object", "null"],
                "description": "The follow-up questions for these ratings, whether they are answered or not: a base,"
                " and up to four roles to compare with it. Null if there is nothing to ask.",
            },
            "roles": _object({item.id: role for item in bank.roles}),
            "text": text | {"type": ["object", "null"]},
        },
    )


def read_request_schema() -> Schema:
    """The body of `POST /api/read`."""
    text = {
        "type": "string",
        "maxLength": score_request.MAX_TEXT_CHARACTERS,
        "pattern": score_request.TEXT_PATTERN,
        "description": "A job advert or description in English, as plain text or HTML.",
    }
    return _object({"text": text})


def advert_schema(bank: Bank) -> Schema:
    """The object that `quiz.exchange.advert_reading.advert_object` builds."""
    # Imported here, like the scoring above.
    from quiz.results.advert import NotRecognised

    responsibilities = _list(ref("QuestionId")) | {"uniqueItems": True}
    position = _COUNT | {"description": "Counted in characters of the text."}
    mark = {"start": position, "end": position, "role": ref("RoleId"), "responsibility": ref("QuestionId")}
    return _object(
        {
            "recognised": {"type": "boolean"},
            "reason": {"enum": [None, *get_args(NotRecognised)], "description": "Why it is not recognised."},
            "mix": _list(ref("RoleId")) | {"uniqueItems": True},
            "roles": _object({item.id: _FRACTION for item in bank.roles}),
            "responsibilities": _object(dict.fromkeys(bank.responsibility, _FRACTION)),
            "asked": responsibilities,
            "mentioned": responsibilities | {"description": "Those that it mentions only briefly."},
            "marks": _list(_object(mark)),
        }
    )


def bank_schema() -> Schema:
    """The object that `quiz.exchange.openapi.bank_object` builds."""
    role = {
        "id": ref("RoleId"),
        "name": _STRING,
        "purpose": _STRING,
        "stage": _STRING,
        "works-with": _list(ref("RoleId")),
    }
    question = {"id": ref("QuestionId"), "responsibility": _STRING, "text": _STRING, "hint": _STRING}
    point = {"id": ref("Answer"), "label": _STRING, "level": _FRACTION_OR_NULL}
    follow_up = {"id": ref("FollowUpAnswer"), "label": _STRING, "in-mix": {"type": ["boolean", "null"]}}
    return _object(
        {
            "name": _STRING,
            "version": _STRING | {"description": "Changes only if the questions or answers that people see change."},
            "roles": _list(_object(role)),
            "responsibilities": _list(_object({"id": _STRING, "role": ref("RoleId"), "name": _STRING})),
            "stem": _STRING | {"description": "The beginning of every question; its text continues it."},
            "questions": _list(_object(question)),
            "scale": _list(_object(point)),
            "follow-ups": _list(_object(follow_up))
            | {"description": "Answers to follow-up questions. `in-mix`: whether it puts the role into the mix."},
        }
    )


def health_schema() -> Schema:
    """The response of `GET /health`."""
    return _object(
        {
            "status": {"enum": ["ok", "failing"]},
            "problems": _list(_STRING),
            "version": _STRING,
            "bank": _STRING,
            "sqlite": _STRING,
            "journal": {"enum": ["wal", "truncate"]},
            "postgresql": _STRING,
        },
        optional=["sqlite", "journal", "postgresql"],
    )


def personal_data_schema() -> Schema:
    """What the download of a person's own data contains.

    Unlike the other schemas this one allows members that it does not list, since more may be stored later.
    """
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
    verdicts = {"enum": [IN_MIX, TOO_MUCH, MISSING]}
    feedback = _object({"fits": {"enum": list(FITS)}, "roles": {"type": "object", "additionalProperties": verdicts}})
    agreed_action = _object(
        {
            "number": {"type": "integer", "minimum": 1, "maximum": MAX_ACTIONS},
            "text": _STRING,
            "due": {"oneOf": [{"const": ""}, _DAY]},
            "outcome": {"enum": ["", *OUTCOMES]},
        }
    )
    return {
        "type": "object",
        "properties": {
            "bank": _STRING,
            "started": _DAY,
            "changed": _DAY,
            "finished": _DAY | {"type": ["string", "null"]},
            "title": _STRING,
            "text": _STRING,
            "other_work_share": {"enum": ["", *OTHER_WORK_SHARES]},
            "answers": {"type": "object", "additionalProperties": _STRING},
            "follow_ups": {
                "type": ["object", "null"],
                "additionalProperties": _STRING,
                "description": "As in a request for a score: the base, and the answer about each role.",
            },
            "contacts": _list(_STRING),
            "wishes": wishes,
            "goals": _list(_STRING),
            "feedback": {"oneOf": [{"type": "null"}, feedback]},
            "job_goal": {"oneOf": [{"type": "null"}, _object({"name": _STRING, "responsibilities": _list(_STRING)})]},
            "agreed_actions": _list(agreed_action),
            "earlier_agreed_actions": _list(agreed_action),
            "next_look": _DAY | {"type": ["string", "null"]},
            "earlier": {"type": "boolean", "description": "Whether this response repeats an earlier one."},
            "share_links": _list(share_link),
            "team": {"oneOf": [{"type": "null"}, team]},
            "result": {"type": "object", "required": ["evidence", "mix", "roles"]},
        },
        "required": ["bank", "started", "changed", "finished", "title", "text", "answers", "contacts", "result"],
    }


def problem_schema() -> Schema:
    """A problem document (RFC 9457)."""
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
