"""The answers of one person next to the questions of the bank, without any scoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from quiz.bank import AnswerOption, Bank, Responsibility

#: If at least this share of all answers is the same, the person may not have read the questions.
MIN_UNIFORM_SHARE = 0.9
#: How many of the things that a person does most and least often are named.
MAX_EXTREME_ROWS = 3


class SheetRow(NamedTuple):
    """One question with its answer, None if there is none yet. `page` counts from 1."""

    responsibility: Responsibility
    answer: AnswerOption | None
    page: int

    @property
    def level(self) -> float:
        """The level of the answer; 0 if the question is open or skipped."""
        return (self.answer and self.answer.level) or 0.0


class AnswerGroup(NamedTuple):
    """The questions to which a person gave the same answer, in the order in which they are asked."""

    answer: AnswerOption
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True)
class AnswerSheet:
    """The rows in the order in which the questions are asked.

    `uniform_answer` is the answer in nearly all rows, None if there is no such answer.
    """

    rows: tuple[SheetRow, ...]
    uniform_answer: AnswerOption | None

    @property
    def question_count(self) -> int:
        """The number of questions in the bank."""
        return len(self.rows)

    @property
    def answered_count(self) -> int:
        """The number of questions with an answer; `skip` is an answer too."""
        return sum(row.answer is not None for row in self.rows)

    @property
    def is_complete(self) -> bool:
        """Whether every question has an answer."""
        return self.answered_count == self.question_count

    @property
    def left_out(self) -> tuple[SheetRow, ...]:
        """The rows without a level: open or skipped."""
        return tuple(row for row in self.rows if row.answer is None or row.answer.level is None)

    @property
    def most_often(self) -> tuple[SheetRow, ...]:
        """The first rows whose answer is above the middle one of all answers, the highest first."""
        rows = self._answered_rows()
        return tuple(row for row in rows if row.level > rows[len(rows) // 2].level)[:MAX_EXTREME_ROWS]

    @property
    def least_often(self) -> tuple[SheetRow, ...]:
        """The first rows whose answer is below the middle one of all answers, the lowest first."""
        rows = self._answered_rows()
        return tuple(row for row in rows[::-1] if row.level < rows[len(rows) // 2].level)[:MAX_EXTREME_ROWS]

    def _answered_rows(self) -> list[SheetRow]:
        """The rows with a level, the highest first."""
        answered = [row for row in self.rows if row.answer is not None and row.answer.level is not None]
        return sorted(answered, key=lambda row: -row.level)

    @property
    def reported(self) -> tuple[SheetRow, ...]:
        """The rows with a level above 0, the highest first."""
        return tuple(sorted((row for row in self.rows if row.level > 0), key=lambda row: -row.level))

    @property
    def first_open_page(self) -> int:
        """The first page with an open question; the last page if no question is open."""
        for row in self.rows:
            if row.answer is None:
                return row.page
        return self.rows[-1].page

    def by_answer(self) -> tuple[AnswerGroup, ...]:
        """The answered rows in groups with the same answer: first those without a level, then the highest level first.

        An answer that nobody gave has no group.
        """
        answers = {row.answer.id: row.answer for row in self.rows if row.answer is not None}
        order = sorted(answers.values(), key=lambda answer: (answer.level is not None, -(answer.level or 0)))
        return tuple(AnswerGroup(answer, tuple(row for row in self.rows if row.answer == answer)) for answer in order)

    def by_role(self, role: str) -> tuple[SheetRow, ...]:
        """The rows about the responsibilities of one role, the highest level first."""
        rows = [row for row in self.rows if row.responsibility.role == role]
        return tuple(sorted(rows, key=lambda row: -row.level))


def answer_sheet(bank: Bank, answers: Mapping[str, str]) -> AnswerSheet:
    """The sheet of `answers`, question id to answer id. Questions and answers that the bank does not know are ignored.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> sheet = answer_sheet(shipped, {"pipelines": "daily", "unknown-question": "daily"})
    >>> sheet.answered_count, sheet.question_count == len(shipped.questions_in_order), sheet.first_open_page
    (1, True, 1)
    """
    rows = []
    for page, items in enumerate(bank.pages, 1):
        for item in items:
            answer = bank.option.get(answers.get(item.id, ""))
            rows.append(SheetRow(item, answer, page))
    return AnswerSheet(tuple(rows), _uniform_answer(bank, rows))


def _uniform_answer(bank: Bank, rows: list[SheetRow]) -> AnswerOption | None:
    """The answer on the scale that nearly all rows have."""
    counts = Counter(row.answer.id for row in rows if row.answer and row.answer.level is not None)
    if not counts:
        return None
    ((answer, count),) = counts.most_common(1)
    return bank.option[answer] if count >= MIN_UNIFORM_SHARE * len(rows) else None
