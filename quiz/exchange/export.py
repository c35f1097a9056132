"""Data for other programs: a result as an object for JSON, and a person's own answers as CSV."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson

from quiz.bank import (
    CSV_GOAL_COLUMNS,
    CSV_RESULT_COLUMNS,
    FEEDBACK_COLUMN,
    FEEDBACK_PREFIX,
    FOLLOW_UP_BASE,
    FOLLOW_UP_PREFIX,
    MAX_ACTIONS,
    AgreedAction,
    Bank,
    FollowUps,
    JobGoal,
)
from quiz.results.feedback import Feedback
from quiz.scoring import FollowUpQuestions, Match

#: Decimal places of every number in a result.
DIGITS = 4
#: Without it, some spreadsheets read UTF-8 as another encoding.
BYTE_ORDER_MARK = "\ufeff"
#: Characters that make a spreadsheet read a cell as a formula, if the cell begins with one of them.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NO_WISHES: Mapping[str, str] = MappingProxyType({})
#: Blanks that a spreadsheet may ignore at the beginning of a cell.
_IGNORED_BLANKS = " \u00a0\u200b\ufeff"


def match_object(id: str | None, match: Match, text: Mapping[str, float] | None = None) -> dict[str, Any]:
    """The result of one person as other programs get it, numbers rounded to `DIGITS` places.

    Parameters
    ----------
    id : str or None
        What the caller calls this person.
    match : Match
    text : mapping of str to float, or None
        Similarity of their free text with each role, by role id; None if there is no text.
    """
    roles: dict[str, dict[str, float | None]] = {}
    for role, score in match.roles.items():
        roles[role] = {
            "coverage": _rounded(score.coverage),
            "similarity": _rounded(score.similarity),
            "share": _rounded(score.share),
        }
    return result_object(
        id=id,
        evidence=match.evidence,
        mix=list(match.mix),
        alternative=list(match.alternative) or None,
        fit=_rounded(match.fit),
        unchanged=match.unchanged,
        tried=match.tried,
        follow_up=follow_up_object(match.follow_up_questions),
        roles=roles,
        text=text,
    )


def result_object(
    *,
    id: str | None,
    evidence: str,
    mix: list[str],
    alternative: list[str] | None,
    fit: float | None,
    unchanged: int,
    tried: int,
    follow_up: dict[str, Any] | None,
    roles: dict[str, dict[str, float | None]],
    text: Mapping[str, float] | None,
) -> dict[str, Any]:
    """The object of a result: the shape that the JSON API, `quiz score` and personal exports share.

    All numbers but those of `text` are already rounded. `roles` has coverage, similarity and share by role id.
    """
    text_similarity = None if text is None else {role: round(value, DIGITS) for role, value in text.items()}
    return {
        "id": id,
        "evidence": evidence,
        "mix": mix,
        "alternative": alternative,
        "fit": fit,
        "stability": {"unchanged": unchanged, "tried": tried},
        "follow_up": follow_up,
        "roles": roles,
        "text": text_similarity,
    }


def follow_up_object(questions: FollowUpQuestions | None) -> dict[str, Any] | None:
    """The follow-up questions that the ratings call for: the base, and the roles to compare with it, nearest first."""
    return None if questions is None else {"base": questions.base, "roles": list(questions.roles)}


@lru_cache(1000)  # many people have the same questions
def follow_up_cell(questions: FollowUpQuestions | None) -> str:
    """The same in a CSV file: `base:role role`, empty if no question is called for."""
    return "" if questions is None else f"{questions.base}:{' '.join(questions.roles)}"


def result_columns(roles: Iterable[str]) -> list[str]:
    """The columns of `result_cells`, for a bank with these role ids."""
    roles = list(roles)
    role_columns = [f"{role}.{number}" for role in roles for number in ("coverage", "similarity", "share")]
    text_columns = [f"text.{role}" for role in roles]
    return [*CSV_RESULT_COLUMNS, *role_columns, *text_columns]


def result_cells(result: Mapping[str, Any]) -> list[str]:
    """The cells of a result (`result_object`) in a CSV file: numbers and ids of the bank, which need no quotes."""
    stability, text = result["stability"], result["text"]
    numbers = [number for role in result["roles"].values() for number in role.values()]
    numbers += [None] * len(result["roles"]) if text is None else text.values()
    follow_up = result["follow_up"]
    questions = follow_up and FollowUpQuestions(follow_up["base"], tuple(follow_up["roles"]))
    fit, *number_cells = _number_cells([result["fit"], *numbers])
    return [
        result["evidence"],
        " ".join(result["mix"]),
        " ".join(result["alternative"] or ()),
        fit,
        # Not "11/17", which a spreadsheet would turn into a date.
        f"{stability['unchanged']} of {stability['tried']}",
        follow_up_cell(questions),
        *number_cells,
    ]


def _number_cells(numbers: list[float | None]) -> list[str]:
    """The numbers as cells, empty for None. orjson formats numbers several times faster than `repr`."""
    return orjson.dumps(numbers)[1:-1].replace(b"null", b"").decode().split(",")


def personal_csv_rows(
    bank: Bank,
    answers: Mapping[str, str],
    *,
    follow_ups: FollowUps | None,
    contacts: Sequence[str],
    title: str,
    text: str,
    other_work_share: str = "",
    wishes: Mapping[str, str] = _NO_WISHES,
    goals: Sequence[str] = (),
    job_goal: JobGoal | None = None,
    feedback: Feedback | None = None,
) -> tuple[list[str], list[str]]:
    """Header and row of a person's own CSV, which `quiz score` can read.

    An answer that the bank no longer has is left out.
    """
    questions = [item.id for item in bank.questions_in_order]
    details = ["works-with", "title", "text", "other-work", *CSV_GOAL_COLUMNS]
    header = [*questions, *follow_up_columns(bank), *details, *feedback_columns(bank)]
    answer_cells = [answers[question] if answers.get(question) in bank.option else "" for question in questions]
    detail_cells = [" ".join(contacts), title, text, other_work_share, *_goal_cells(wishes, goals, job_goal)]
    return header, [*answer_cells, *_follow_up_cells(bank, follow_ups), *detail_cells, *_feedback_cells(bank, feedback)]


def _goal_cells(wishes: Mapping[str, str], goals: Sequence[str], job_goal: JobGoal | None) -> list[str]:
    """The cells of `CSV_GOAL_COLUMNS`: `responsibility:wish` pairs, role ids, a name, and responsibility ids."""
    return [
        " ".join(f"{responsibility}:{wish}" for responsibility, wish in wishes.items()),
        " ".join(goals),
        job_goal.name if job_goal else "",
        " ".join(job_goal.responsibilities) if job_goal else "",
    ]


def agreed_cells(actions: Sequence[AgreedAction], next_look: str | None) -> list[str]:
    """The cells of `AGREED_COLUMNS` in a person's own CSV; blank for places without an action."""
    action_of_number = {action.number: action for action in actions}
    cells = []
    for number in range(1, MAX_ACTIONS + 1):
        action = action_of_number.get(number, AgreedAction(number, ""))
        cells += [action.text, action.due, action.outcome]
    return [*cells, next_look or ""]


def follow_up_answers_object(follow_ups: FollowUps | None) -> dict[str, str] | None:
    """A person's follow-up answers as `POST /api/score` takes them: the base, and the answer about each role."""
    return None if follow_ups is None else {FOLLOW_UP_BASE: follow_ups.base, **follow_ups.answers}


def follow_up_columns(bank: Bank) -> list[str]:
    """The columns with answers to follow-up questions: the base, then each role; none if the bank has no answers."""
    if not bank.follow_ups:
        return []
    return [FOLLOW_UP_PREFIX + name for name in (FOLLOW_UP_BASE, *bank.role)]


def _follow_up_cells(bank: Bank, follow_ups: FollowUps | None) -> list[str]:
    """The cells of `follow_up_columns`; blank if the bank no longer has the base."""
    if not bank.follow_ups:
        return []
    if follow_ups is None or follow_ups.base not in bank.role:
        return [""] * (1 + len(bank.role))
    known = {role: answer for role, answer in follow_ups.answers.items() if answer in bank.follow_up_option}
    known.pop(follow_ups.base, None)
    return [follow_ups.base, *(known.get(role, "") for role in bank.role)]


def feedback_columns(bank: Bank) -> list[str]:
    """The columns with what a person says about the result: whether it fits, then each role."""
    return [FEEDBACK_COLUMN, *(FEEDBACK_PREFIX + role for role in bank.role)]


def _feedback_cells(bank: Bank, feedback: Feedback | None) -> list[str]:
    """The cells of `feedback_columns`."""
    if feedback is None:
        return [""] * (1 + len(bank.role))
    return [feedback.fits, *(feedback.roles.get(role, "") for role in bank.role)]


def csv_file(rows: Iterable[Sequence[str]]) -> str:
    """Rows as a CSV file that a spreadsheet opens: `to_csv` after a byte-order mark, which says that it is UTF-8."""
    return BYTE_ORDER_MARK + to_csv(rows)


def to_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV with every cell quoted; no spreadsheet reads a cell as a formula.

    >>> to_csv([["id", "=1+1"]])
    '"id","\\'=1+1"\\r\\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([escape_formula(cell) for cell in row])
    return out.getvalue()


def escape_formula(cell: str) -> str:
    """The cell, with an apostrophe in front if a spreadsheet could read it as a formula.

    This includes full-width and other forms of the signs that begin a formula, since some spreadsheets treat them like
    the plain ones, and signs behind blanks. A cell that has such an apostrophe gets another one, so that
    `unescape_formula` gives every cell back.
    """
    first = cell[:1]
    if first.isascii() and first.isalnum():  # most cells, quickly
        return cell
    return f"'{cell}" if _is_formula(cell.lstrip("'")) else cell


def unescape_formula(cell: str) -> str:
    """The cell that `escape_formula` was given.

    >>> unescape_formula("'=1+1"), unescape_formula("'quoted'")
    ('=1+1', "'quoted'")
    """
    return cell[1:] if cell.startswith("'") and _is_formula(cell.lstrip("'")) else cell


def _is_formula(cell: str) -> bool:
    first_visible = unicodedata.normalize("NFKC", cell.lstrip(_IGNORED_BLANKS))[:1]
    return cell[:1] in _FORMULA_SIGNS or first_visible in _FORMULA_SIGNS


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
