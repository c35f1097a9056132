"""What another program sends to be scored: bytes read into one `Person`, or every fault in them said with its mend."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from quiz.bank import Bank

#: Characters that a text, and that an id, may have.
LONGEST_TEXT, LONGEST_ID = 100_000, 200
#: What texts and ids may hold, as a pattern: no NUL, which some systems take for the end.
READABLE = r"^[^\u0000]*$"
#: Bytes that a body may have. JSON may spell a character with twelve of them.
MOST_BYTES = 12 * LONGEST_TEXT + 64 * 1024
#: So many faults are told at once.
MOST_FAULTS = 20

_KEYS = ("answers", "text", "id")
#: What no text may hold: NUL, and what stands for bytes that are no text.
UNREADABLE = re.compile("[\0\ud800-\udfff]")


class Fault(NamedTuple):
    """One thing wrong with what was sent: where, what, and how to mend it."""

    field: str
    what: str
    hint: str


class InvalidRequestError(Exception):
    """JSON that says something else than was asked for; `faults` holds what is wrong, at most `MOST_FAULTS`."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.what for fault in faults))
        self.faults = tuple(faults)


class InvalidJsonError(InvalidRequestError):
    """Bytes that cannot be read as JSON, or that two programs could read differently."""


class Person(NamedTuple):
    """One person to be scored: answers by question, and "" where there is no text."""

    id: str | None
    answers: Mapping[str, str]
    text: str


def person(bank: Bank, body: bytes) -> Person:
    """The person in the JSON `body`.

    Raises
    ------
    InvalidJsonError, InvalidRequestError
        With every fault found, up to `MOST_FAULTS`.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> person(shipped, b'{"answers": {"pipelines": "daily"}}')
    Person(id=None, answers={'pipelines': 'daily'}, text='')
    >>> person(shipped, b'{"answers": {"pipelines": "dayly"}}')
    Traceback (most recent call last):
    quiz.exchange.score_request.InvalidRequestError: 'dayly' is not an answer
    """
    sent = _parsed(body)
    if not isinstance(sent, dict):
        raise InvalidRequestError([Fault("body", f"is {_kind(sent)}", 'send an object, {"answers": {…}}')])
    # All of it is looked at, but a body full of faults must not cost more than one with a few.
    faults = [fault for fault, _ in zip(_faults(bank, sent), range(MOST_FAULTS), strict=False)]
    if faults:
        raise InvalidRequestError(faults)
    return Person(sent.get("id"), sent["answers"], sent.get("text") or "")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_once,
            parse_constant=_no_constant,
            parse_int=float,  # no number is asked for, and a very long one would not be read as a whole number
        )
    except UnicodeDecodeError:
        fault = Fault("body", "is not UTF-8 text", "send JSON in UTF-8")
    except json.JSONDecodeError as error:
        fault = Fault("body", f"is no JSON: {error.msg}, line {error.lineno}, column {error.colno}", "mend it there")
    except RecursionError:
        fault = Fault("body", "is nested too deeply", 'send an object, {"answers": {…}}')
    raise InvalidJsonError([fault])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise InvalidJsonError([Fault(shown(twice), "stands twice in one object", "remove one")])
    return found


def _no_constant(name: str) -> Any:
    raise InvalidJsonError([Fault("body", f"holds {name}, which JSON does not know", "remove it")])


def _faults(bank: Bank, sent: Mapping[str, Any]) -> Iterator[Fault]:
    for name in sent:
        if name not in _KEYS:
            yield Fault(shown(name), "is not known here", _near(name, _KEYS) or f"use {', '.join(_KEYS)}")
    yield from _wrong_text("id", sent.get("id"), LONGEST_ID)
    yield from _wrong_text("text", sent.get("text"), LONGEST_TEXT)
    answers = sent.get("answers")
    if isinstance(answers, dict):
        yield from _wrong_answers(bank, answers)
    else:
        what = f"is {_kind(answers)}" if "answers" in sent else "is missing"
        yield Fault("answers", what, "send an object of question ids and answers; it may be empty")


def _wrong_answers(bank: Bank, answers: Mapping[str, Any]) -> Iterator[Fault]:
    questions, points = bank.responsibility, bank.option
    for question, answer in answers.items():
        if question not in questions:
            hint = _near(question, questions) or "use an id that /api/bank lists"
            yield Fault(f"answers.{shown(question)}", "is no question of this bank", hint)
        elif not isinstance(answer, str):
            yield Fault(f"answers.{question}", f"is {_kind(answer)}", f"send one of {', '.join(points)}")
        elif answer not in points:
            what = f"'{shown(answer)}' is not an answer"
            yield Fault(f"answers.{question}", what, _near(answer, points) or f"send one of {', '.join(points)}")


def _wrong_text(field: str, value: Any, longest: int) -> Iterator[Fault]:
    if value is None:
        return
    if not isinstance(value, str):
        yield Fault(field, f"is {_kind(value)}", "send a string, or leave it out")
    elif len(value) > longest:
        yield Fault(field, f"has {len(value):,} characters", f"keep to {longest:,}")
    elif found := UNREADABLE.search(value):
        what = "holds a NUL character" if found[0] == "\0" else "holds half of a surrogate pair"
        yield Fault(field, what, "remove it")


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name[:80], known, 1)
    return f"did you mean {near[0]}?" if near else ""


def _kind(value: Any) -> str:
    """What a JSON value is called."""
    kinds = {bool: "true or false", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")


def shown(name: str) -> str:
    """A name for showing: no control characters, not too long."""
    return repr(name if len(name) <= 40 else name[:39] + "…")[1:-1]
