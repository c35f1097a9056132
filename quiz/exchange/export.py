"""Data for other programs: a result as an object for JSON or as cells, and CSV files that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from quiz.bank import CSV_RESULT_COLUMNS
from quiz.scoring import FollowUpQuestions, Match

#: Decimal places of every number in a result.
DIGITS = 4
#: Without it, some spreadsheets read UTF-8 as another encoding.
BYTE_ORDER_MARK = "\ufeff"
#: Characters that make a spreadsheet read a cell as a formula, if the cell begins with one of them.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
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
