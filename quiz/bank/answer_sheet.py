"""An answer sheet beside its bank: how far it is, what is open, and how it looks before any scoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from quiz.bank import AnswerOption, Bank, Responsibility

#: From this part of all answers being the same, a sheet counts as answered in one straight line.
MIN_UNIFORM_SHARE = 0.9


class SheetRow(NamedTuple):
    """One question with its answer, None where there is none yet. `page` counts from 1."""

    responsibility: Responsibility
    answer: AnswerOption | None
    page: int


@dataclass(frozen=True)
class AnswerSheet:
    """All lines in the order of asking.

    `uniform_answer` is the answer that nearly all lines share, None where they differ as they mostly do.
    """

    rows: tuple[SheetRow, ...]
    uniform_answer: AnswerOption | None

    @property
    def question_count(self) -> int:
        return len(self.rows)

    @property
    def answered_count(self) -> int:
        """How many questions have an answer, `skip` among them."""
        return sum(line.answer is not None for line in self.rows)

    @property
    def is_complete(self) -> bool:
        return self.answered_count == self.question_count

    @property
    def first_open_page(self) -> int:
        """The first page with an open question, the last page where none is."""
        return next((line.page for line in self.rows if line.answer is None), self.rows[-1].page)

    def by_role(self, role: str) -> tuple[SheetRow, ...]:
        """The lines about one role's responsibilities, most often done first."""
        own = (line for line in self.rows if line.responsibility.role == role)
        return tuple(sorted(own, key=lambda line: -((line.answer and line.answer.level) or 0)))


def answer_sheet(bank: Bank, answers: Mapping[str, str]) -> AnswerSheet:
    """The sheet of `answers`, question id to answer id. Questions or answers that the bank does not know are ignored.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> one = answer_sheet(shipped, {"pipelines": "daily", "no-such-question": "daily"})
    >>> one.answered_count, one.question_count == len(shipped.questions_in_order), one.first_open_page
    (1, True, 1)
    """
    lines = tuple(
        SheetRow(item, bank.option.get(answers.get(item.id, "")), number)
        for number, page in enumerate(bank.pages, 1)
        for item in page
    )
    counts = Counter(line.answer.id for line in lines if line.answer and line.answer.level is not None)
    often, times = counts.most_common(1)[0] if counts else ("", 0)
    return AnswerSheet(lines, bank.option[often] if times >= MIN_UNIFORM_SHARE * len(lines) else None)
