"""What leaves the house: a person's own data as JSON and CSV, and the object that other programs get for a result."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quiz.bank import Bank
from quiz.scoring import Match

_DIGITS = 4
_DANGEROUS = "=+-@\t\r\n"


def scored(id: str, found: Match, text: Mapping[str, float] | None = None) -> dict[str, Any]:
    """A result as other programs get it, ready for JSON; numbers rounded to 4 places.

    Parameters
    ----------
    id
        Whatever names the person to whoever asked.
    text
        Similarity of their free text by role id, None where there was no text.
    """
    return {
        "id": id,
        "evidence": found.evidence,
        "mix": list(found.mix),
        "alternative": list(found.alternative) or None,
        "fit": _rounded(found.fit),
        "stability": {"unchanged": found.unchanged, "tried": found.tried},
        "roles": {
            role: {
                "coverage": _rounded(standing.coverage),
                "similarity": _rounded(standing.similarity),
                "share": _rounded(standing.share),
            }
            for role, standing in found.roles.items()
        },
        "text": None if text is None else {role: _rounded(value) for role, value in text.items()},
    }


def own_sheet(
    bank: Bank, answers: Mapping[str, str], *, contacts: Sequence[str], title: str, text: str
) -> tuple[list[str], list[str]]:
    """Header and row of a person's own CSV, such as `quiz score` reads again."""
    questions = [item.id for item in bank.questions_in_order]
    known = {id: answers.get(id, "") for id in questions}
    header = [*questions, "works-with", "title", "text"]
    return header, [*known.values(), " ".join(contacts), title, text]


def to_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV with every cell quoted, none of which a spreadsheet takes for a formula.

    >>> to_csv([["id", "=1+1"]])
    '"id","\\'=1+1"\\r\\n'
    """
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell with an apostrophe before it where its first sign would start a formula.

    Full-width forms count too, as some spreadsheets fold them; so do blanks that hide such a sign.
    """
    first = unicodedata.normalize("NFKC", cell.lstrip(" \u00a0\u200b\ufeff"))[:1]
    dangerous = (first, cell[:1])
    return f"'{cell}" if any(sign and sign in _DANGEROUS for sign in dangerous) else cell


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
