"""The question bank: the files of `questions/` read into frozen values.

Only this package opens the data files. `load` gives a `Bank` or raises `BankError` with every problem found, each
naming its file, its line and the mend. The wording of questions is judged elsewhere, in `quiz.admin.bank_lint`.
"""

from __future__ import annotations

from pathlib import Path

from quiz.bank.model import (
    COLUMNS,
    CONDITIONS,
    WISHES,
    AnswerOption,
    Bank,
    Responsibility,
    Role,
    Stage,
    TalkingPoint,
    Wish,
)
from quiz.bank.reader import Reader
from quiz.bank.toml_tables import BankError, Problem, line_of

__all__ = [
    "COLUMNS",
    "CONDITIONS",
    "WISHES",
    "AnswerOption",
    "Bank",
    "BankError",
    "Problem",
    "Responsibility",
    "Role",
    "Stage",
    "TalkingPoint",
    "Wish",
    "line_of",
    "load",
]


def load(folder: Path) -> Bank:
    """The bank in `folder`.

    Raises
    ------
    BankError
        With every structural problem found in its files.
    """
    reader = Reader(folder)
    bank = reader.bank()
    if reader.problems or bank is None:
        raise BankError(sorted(reader.problems))
    return bank
