"""Reads the bodies of `POST /api/score` and `POST /api/read`, or reports every problem in them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any, NamedTuple

from quiz.bank import FOLLOW_UP_BASE, Bank, FollowUps
from quiz.exchange.spellings import AnswerSpellings, FollowUpSpellings

MAX_TEXT_CHARACTERS = 100_000
MAX_ID_CHARACTERS = 200
#: In JSON one character can take twelve bytes: two escaped surrogates.
MAX_BODY_BYTES = 12 * MAX_TEXT_CHARACTERS + 64 * 1024
#: Problems that one error response lists at most.
MAX_PROBLEMS = 20
#: Longer names are not repeated in full in an error response.
MAX_NAME_CHARACTERS = 40

#: What texts and ids may contain, as a pattern for OpenAPI: no NUL, because some systems read it as the end of a text.
TEXT_PATTERN = r"^[^\u0000]*$"
#: What no text may contain: NUL and lone surrogates, which represent bytes that are not UTF-8.
INVALID_CHARACTER = re.compile("[\0\ud800-\udfff]")

# Of a longer text, only the beginning is compared with what is known.
_MAX_COMPARED_CHARACTERS = 80
_MEMBERS = ("answers", "follow_ups", "text", "id")
_ROLE_HINT = "use a role id that /api/bank lists"
_FOLLOW_UPS_HINT = "send an object with the base and an answer for each role, or leave it out"
_BODY_HINT = 'send an object, {"answers": {…}}'
_TEXT_BODY_HINT = 'send an object, {"text": "…"}'


class InputProblem(NamedTuple):
    """One problem in a request body.

    Attributes
    ----------
    pointer : str
        Where it is, as a JSON pointer (RFC 6901); "" is the whole body.
    detail : str
        What is wrong there.
    hint : str
        How to correct it.
    """

    pointer: str
    detail: str
    hint: str


class InvalidRequestError(Exception):
    """The body is JSON, but not a request as it should be. `problems` has at most `MAX_PROBLEMS` items."""

    def __init__(self, problems: Sequence[InputProblem]) -> None:
        super().__init__("; ".join(problem.detail for problem in problems))
        self.problems = tuple(problems)


class InvalidJsonError(InvalidRequestError):
    """The body is not JSON, or JSON that two programs could read differently."""


class ScoreRequest(NamedTuple):
    """One person to score: answer ids by question id, follow-up answers, and the free text ("" if there is none)."""

    id: str | None
    answers: Mapping[str, str]
    follow_ups: FollowUps | None
    text: str


def read_request(bank: Bank, body: bytes) -> ScoreRequest:
    """The request in the JSON `body`.

    Raises
    ------
    InvalidJsonError, InvalidRequestError
        With every problem of the body, up to `MAX_PROBLEMS`.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> read_request(shipped, b'{"answers": {"pipelines": "daily"}}')
    ScoreRequest(id=None, answers={'pipelines': 'daily'}, follow_ups=None, text='')
    >>> read_request(shipped, b'{"answers": {"pipelines": "dayly"}}')
    Traceback (most recent call last):
    quiz.exchange.score_request.InvalidRequestError: 'dayly' is not an answer
    """
    content = _parse_object(body, _BODY_HINT)
    # islice: a body with many problems must not take longer than one with a few.
    problems = list(islice(_problems(bank, content), MAX_PROBLEMS))
    if problems:
        raise InvalidRequestError(problems)
    follow_ups = _follow_ups(content.get("follow_ups"))
    return ScoreRequest(content.get("id"), content["answers"], follow_ups, content.get("text") or "")


def read_text_request(body: bytes) -> str:
    """The text in the JSON `body`, an object with the member `text` and no other.

    Raises
    ------
    InvalidJsonError, InvalidRequestError
        With every problem of the body, up to `MAX_PROBLEMS`.

    Examples
    --------
    >>> read_text_request(b'{"text": "You build data pipelines."}')
    'You build data pipelines.'
    >>> read_text_request(b"{}")
    Traceback (most recent call last):
    quiz.exchange.score_request.InvalidRequestError: is missing
    """
    content = _parse_object(body, _TEXT_BODY_HINT)
    problems = list(islice(_text_request_problems(content), MAX_PROBLEMS))
    if problems:
        raise InvalidRequestError(problems)
    text: str = content["text"]
    return text


def _text_request_problems(content: Mapping[str, Any]) -> Iterator[InputProblem]:
    for name in content:
        if name != "text":
            yield _unknown_name("", name, "is not known here", ("text",), "use text")
    if content.get("text") is None:
        detail = "is null" if "text" in content else "is missing"
        yield InputProblem("/text", detail, "send the advert as a string")
    yield from _text_problems("/text", content.get("text"), MAX_TEXT_CHARACTERS)


def _follow_ups(content: dict[str, str] | None) -> FollowUps | None:
    """The follow-up answers of a request without problems."""
    if content is None:
        return None
    answers = {role: answer for role, answer in content.items() if role != FOLLOW_UP_BASE}
    return FollowUps(content[FOLLOW_UP_BASE], answers)


def printable(name: str) -> str:
    """`name` for an error message: without control characters, shortened to `MAX_NAME_CHARACTERS`."""
    shortened = name if len(name) <= MAX_NAME_CHARACTERS else name[: MAX_NAME_CHARACTERS - 1] + "…"
    return repr(shortened)[1:-1]


def _parse_object(body: bytes, hint: str) -> dict[str, Any]:
    """The JSON object in `body`; `hint` says what to send instead of anything else."""
    content = _parse_json(body, hint)
    if not isinstance(content, dict):
        raise InvalidRequestError([InputProblem("", f"is {_type_name(content)}", hint)])
    return content


def _parse_json(body: bytes, hint: str) -> Any:
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_object_without_duplicates,
            parse_constant=_refuse_constant,
            parse_int=float,  # no request contains numbers, and Python refuses to read an integer of many digits
        )
    except UnicodeDecodeError:
        problem = InputProblem("", "is not UTF-8 text", "send JSON in UTF-8")
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        problem = InputProblem("", f"is not JSON: {error.msg}, {place}", "correct it there")
    except RecursionError:
        problem = InputProblem("", "is nested too deeply", hint)
    raise InvalidJsonError([problem])


def _object_without_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) < len(members):
        name = Counter(name for name, _ in members).most_common(1)[0][0]
        # The parser does not say where this object is in the body.
        raise InvalidJsonError([InputProblem("", f"has '{printable(name)}' twice in one object", "remove one")])
    return value


def _refuse_constant(name: str) -> Any:
    raise InvalidJsonError([InputProblem("", f"contains {name}, which is not JSON", "remove it")])


def _problems(bank: Bank, content: Mapping[str, Any]) -> Iterator[InputProblem]:
    for name in content:
        if name not in _MEMBERS:
            yield _unknown_name("", name, "is not known here", _MEMBERS, f"use {', '.join(_MEMBERS)}")
    yield from _text_problems("/id", content.get("id"), MAX_ID_CHARACTERS)
    yield from _text_problems("/text", content.get("text"), MAX_TEXT_CHARACTERS)
    answers = content.get("answers")
    if isinstance(answers, dict):
        yield from _answer_problems(bank, answers)
    else:
        detail = f"is {_type_name(answers)}" if "answers" in content else "is missing"
        yield InputProblem("/answers", detail, "send an object of question ids and answers; it can be empty")
    yield from _follow_up_problems(bank, content.get("follow_ups"))


def _answer_problems(bank: Bank, answers: Mapping[str, Any]) -> Iterator[InputProblem]:
    for question, answer in answers.items():
        pointer = f"/answers/{question}"  # ids of the bank need no escaping
        if question not in bank.responsibility:
            detail = "is not a question of this bank"
            yield _unknown_name("/answers", question, detail, bank.responsibility, "use an id that /api/bank lists")
        elif not isinstance(answer, str) or answer not in bank.option:
            yield InputProblem(pointer, _wrong_value(answer, "an answer"), _answer_hint(bank, answer))


def _follow_up_problems(bank: Bank, follow_ups: Any) -> Iterator[InputProblem]:
    """The problems of the member `follow_ups`: null, or the base and answers by role id."""
    if follow_ups is None:
        return
    if not isinstance(follow_ups, dict):
        yield InputProblem("/follow_ups", f"is {_type_name(follow_ups)}", _FOLLOW_UPS_HINT)
        return
    if not bank.follow_ups:
        yield InputProblem("/follow_ups", "this bank has no follow-up questions", "leave it out")
        return
    base = follow_ups.get(FOLLOW_UP_BASE)
    if FOLLOW_UP_BASE not in follow_ups:
        yield InputProblem("/follow_ups/base", "is missing", "send the role that the others are compared with")
    elif not isinstance(base, str) or base not in bank.role:
        hint = isinstance(base, str) and _suggestion(base, bank.role)
        yield InputProblem("/follow_ups/base", _wrong_value(base, "a role"), hint or _ROLE_HINT)
    for role, answer in follow_ups.items():
        pointer = f"/follow_ups/{role}"  # ids of the bank need no escaping
        if role == FOLLOW_UP_BASE:
            continue
        if role not in bank.role:
            yield _unknown_name("/follow_ups", role, "is not a role of this bank", bank.role, _ROLE_HINT)
        elif role == base:
            yield InputProblem(pointer, "compares the base with itself", "leave it out, or send another base")
        elif not isinstance(answer, str) or answer not in bank.follow_up_option:
            hint = isinstance(answer, str) and _follow_up_suggestion(bank, answer)
            all_answers = f"send one of {', '.join(bank.follow_up_option)}"
            yield InputProblem(pointer, _wrong_value(answer, "an answer"), hint or all_answers)


def _follow_up_suggestion(bank: Bank, answer: str) -> str:
    meant = FollowUpSpellings(bank).answer(answer[:_MAX_COMPARED_CHARACTERS])
    return f"did you mean {meant}?" if meant else _suggestion(answer, bank.follow_up_option)


def _wrong_value(value: Any, expected: str) -> str:
    """What is wrong with a value that is not one of the expected texts."""
    return f"'{printable(value)}' is not {expected}" if isinstance(value, str) else f"is {_type_name(value)}"


def _answer_hint(bank: Bank, answer: Any) -> str:
    """Which answer was meant: one that files for `quiz score` may spell like this, or the most similar one."""
    hint = f"send one of {', '.join(bank.option)}"
    if not isinstance(answer, str | float):
        return hint
    text = str(answer)[:_MAX_COMPARED_CHARACTERS]
    meant = AnswerSpellings(bank).answer(text)
    return f"did you mean {meant}?" if meant else _suggestion(text, bank.option) or hint


def _text_problems(pointer: str, value: Any, max_characters: int) -> Iterator[InputProblem]:
    if value is None:
        return
    if not isinstance(value, str):
        yield InputProblem(pointer, f"is {_type_name(value)}", "send a string, or leave it out")
    elif len(value) > max_characters:
        yield InputProblem(pointer, f"has {len(value):,} characters", f"use at most {max_characters:,}")
    elif invalid := INVALID_CHARACTER.search(value):
        detail = "contains a NUL character" if invalid[0] == "\0" else "contains half of a surrogate pair"
        yield InputProblem(pointer, detail, "remove it")


def _unknown_name(parent: str, name: str, detail: str, known: Collection[str], hint: str) -> InputProblem:
    """The problem that the object at `parent` has a member `name`."""
    hint = _suggestion(name, known) or hint
    if len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        # Such a name is not repeated as it is: point to the object that has it.
        return InputProblem(parent, f"'{printable(name)}' {detail}", hint)
    escaped_name = name.replace("~", "~0").replace("/", "~1")
    return InputProblem(f"{parent}/{escaped_name}", detail, hint)


def _suggestion(name: str, known: Collection[str]) -> str:
    similar = get_close_matches(name[:_MAX_COMPARED_CHARACTERS], known, 1)
    return f"did you mean {similar[0]}?" if similar else ""


def _type_name(value: Any) -> str:
    """The type of a JSON value in words."""
    names = {bool: "true or false", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), "null")
