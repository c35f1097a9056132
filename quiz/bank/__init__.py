"""The question bank: the files of `questions/` as frozen values.

Only this package opens the files of a bank. `load` returns a `Bank` or raises `BankError` with every problem, each
with its file, its line and a hint. `quiz.admin.bank_lint` checks the wording of the questions.
"""

from __future__ import annotations

from pathlib import Path

from quiz.bank.agreed_action import MAX_ACTION_LENGTH, MAX_ACTIONS, OUTCOMES, AgreedAction, Outcome
from quiz.bank.csv_columns import (
    AGREED_COLUMNS,
    CSV_COLUMNS,
    CSV_GOAL_COLUMNS,
    CSV_RESULT_COLUMNS,
    FEEDBACK_COLUMN,
    FEEDBACK_PREFIX,
    FOLLOW_UP_BASE,
    FOLLOW_UP_PREFIX,
)
from quiz.bank.model import (
    OTHER_WORK_SHARES,
    WISHES,
    AnswerOption,
    Bank,
    FollowUpOption,
    FollowUps,
    JobGoal,
    OtherWork,
    Responsibility,
    Role,
    Stage,
    TitleWords,
    ViewerTexts,
    Wish,
)
from quiz.bank.reader import BankReader
from quiz.bank.talking_point import CONDITIONS, TalkingPoint
from quiz.bank.toml_lines import line_of
from quiz.bank.toml_tables import BankError, Problem

__all__ = [
    "AGREED_COLUMNS",
    "CONDITIONS",
    "CSV_COLUMNS",
    "CSV_GOAL_COLUMNS",
    "CSV_RESULT_COLUMNS",
    "FEEDBACK_COLUMN",
    "FEEDBACK_PREFIX",
    "FOLLOW_UP_BASE",
    "FOLLOW_UP_PREFIX",
    "MAX_ACTIONS",
    "MAX_ACTION_LENGTH",
    "OTHER_WORK_SHARES",
    "OUTCOMES",
    "WISHES",
    "AgreedAction",
    "AnswerOption",
    "Bank",
    "BankError",
    "FollowUpOption",
    "FollowUps",
    "JobGoal",
    "OtherWork",
    "Outcome",
    "Problem",
    "Responsibility",
    "Role",
    "Stage",
    "TalkingPoint",
    "TitleWords",
    "ViewerTexts",
    "Wish",
    "line_of",
    "load",
]


def load(folder: Path) -> Bank:
    """The bank in `folder`.

    Raises
    ------
    BankError
        With every structural problem of its files.
    """
    reader = BankReader(folder)
    bank = reader.bank()
    if reader.problems or bank is None:
        raise BankError(sorted(reader.problems))
    return bank
