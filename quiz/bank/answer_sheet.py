"""An answer sheet beside its bank: how far it is, what is open, and how it looks before any scoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from quiz.bank import Bank, Point, Responsibility

#: From this part of all answers being the same, a sheet counts as answered in one straight line.
STRAIGHT = 0.9


class Line(NamedTuple):
    """One question with its answer, None where there is none yet. `page` counts from 1."""

    responsibility: Responsibility
    answer: Point | None
    page: int


@dataclass(frozen=True)
class Sheet:
    """All lines in the order of asking.

    `straight` is the answer that nearly all lines share, None where they differ as they mostly do.
    """

    lines: tuple[Line, ...]
    straight: Point | None

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def done(self) -> int:
        """How many questions have an answer, `skip` among them."""
        return sum(line.answer is not None for line in self.lines)

    @property
    def complete(self) -> bool:
        return self.done == self.total

    @property
    def first_open(self) -> int:
        """The first page with an open question, the last page where none is."""
        return next((line.page for line in self.lines if line.answer is None), self.lines[-1].page)

    def by_role(self, role: str) -> tuple[Line, ...]:
        """The lines about one role's responsibilities, most often done first."""
        own = (line for line in self.lines if line.responsibility.role == role)
        return tuple(sorted(own, key=lambda line: -((line.answer and line.answer.level) or 0)))


def sheet(bank: Bank, answers: Mapping[str, str]) -> Sheet:
    """The sheet of `answers`, question id to answer id. Questions or answers that the bank does not know are ignored.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.shipped("questions"))
    >>> one = sheet(shipped, {"pipelines": "daily", "no-such-question": "daily"})
    >>> one.done, one.total == len(shipped.asked), one.first_open
    (1, True, 1)
    """
    lines = tuple(
        Line(item, bank.point.get(answers.get(item.id, "")), number)
        for number, page in enumerate(bank.pages, 1)
        for item in page
    )
    counts = Counter(line.answer.id for line in lines if line.answer and line.answer.level is not None)
    often, times = counts.most_common(1)[0] if counts else ("", 0)
    return Sheet(lines, bank.point[often] if times >= STRAIGHT * len(lines) else None)
