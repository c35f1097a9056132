"""The values that the conditions of talking points use: one result, and what the person wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from quiz.bank import AnswerOption, Bank, Responsibility, Role
from quiz.results.changes import ResultComparison
from quiz.results.goals import regular_option
from quiz.results.result import Result
from quiz.results.second_view import SecondViewComparison


@dataclass(frozen=True)
class TalkingPointContext:
    """Everything that decides which talking points are chosen.

    `wishes` is responsibility id to wish id, `goals` are role ids, `comparison` is with an earlier result. Ids that the
    bank does not know are ignored. `second_view` is None without one, and if its owner does not show its questions.
    """

    bank: Bank
    result: Result
    wishes: Mapping[str, str] = field(default_factory=dict)
    goals: tuple[str, ...] = ()
    comparison: ResultComparison | None = None
    second_view: SecondViewComparison | None = None

    @cached_property
    def answers(self) -> dict[str, AnswerOption]:
        """The answer about each responsibility, in the order of the bank; `skip` if there is none."""
        answers = {row.responsibility.id: row.answer or self.bank.skip for row in self.result.sheet.rows}
        return {id: answers[id] for id in self.bank.responsibility}

    @property
    def mix(self) -> tuple[Role, ...]:
        """The roles of the mix, largest share first; empty if the result names no roles or all of them."""
        return self.result.roles if self.result.has_mix else ()

    @property
    def has_one_mix(self) -> bool:
        """Whether the result names one mix and no alternative."""
        return self.result.kind == "mix"

    @property
    def mix_and_alternative(self) -> tuple[Role, ...]:
        """The roles of the mix and, on a tie, those of the alternative."""
        return (*self.mix, *self.result.alternative_mix)

    @property
    def goal_roles(self) -> tuple[Role, ...]:
        return tuple(self.bank.role[id] for id in self.goals if id in self.bank.role)

    def responsibilities_with_wish(self, *wishes: str) -> list[Responsibility]:
        """The responsibilities with one of `wishes`: those of goal roles first, then by level, highest first."""
        marked = [self.bank.responsibility[id] for id in self.answers if self.wishes.get(id) in wishes]
        return sorted(marked, key=lambda item: (item.role not in self.goals, -self.level(item)))

    def level(self, item: Responsibility) -> float:
        """The level of the answer about `item`, 0 if it was skipped."""
        return self.answers[item.id].level or 0.0

    def is_regular(self, item: Responsibility) -> bool:
        """Whether the person does `item` regularly."""
        return self.level(item) >= (regular_option(self.bank).level or 0)
