"""The comparisons of time that a result counted, how they changed its mix, and which ones are still open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from quiz.bank import Bank, FollowUpOption, FollowUps, Role
from quiz.scoring import Match


class CountedComparison(NamedTuple):
    """The role that was compared with the base, and the answer."""

    role: Role
    answer: FollowUpOption


@dataclass(frozen=True)
class Comparisons:
    """The follow-up questions of one result.

    Attributes
    ----------
    base : Role or None
        The role that the others were compared with; None if no comparison counted.
    counted : tuple of CountedComparison
        In the order of the bank.
    added, removed : tuples of Role
        The roles of the mix that the ratings alone would not name, and those that they would name and the mix does not.
    open_count : int
        How many follow-up questions the ratings call for that have no answer.
    """

    base: Role | None
    counted: tuple[CountedComparison, ...]
    added: tuple[Role, ...]
    removed: tuple[Role, ...]
    open_count: int

    @property
    def changed_mix(self) -> bool:
        """Whether the mix has other roles than the ratings alone would name."""
        return bool(self.added or self.removed)


def read_comparisons(bank: Bank, result_match: Match, follow_ups: FollowUps | None) -> Comparisons:
    """The comparisons of a result with these follow-up answers."""
    option = {option.id: option for option in bank.follow_ups}
    counted = [CountedComparison(bank.role[role], option[answer]) for role, answer, _ in result_match.comparisons]
    added = [bank.role[role] for role in result_match.mix if role not in result_match.mix_of_ratings]
    removed = [bank.role[role] for role in result_match.mix_of_ratings if role not in result_match.mix]
    return Comparisons(
        base=bank.role[follow_ups.base] if counted and follow_ups else None,
        counted=tuple(counted),
        added=tuple(added),
        removed=tuple(removed),
        open_count=len(open_roles(result_match, follow_ups)),
    )


def open_roles(result_match: Match, follow_ups: FollowUps | None) -> tuple[str, ...]:
    """The ids of the roles that the ratings call for and that were not compared with their base."""
    questions = result_match.follow_up_questions
    if questions is None:
        return ()
    has_same_base = follow_ups is not None and follow_ups.base == questions.base
    answered = follow_ups.answers if follow_ups and has_same_base else {}
    return tuple(role for role in questions.roles if role not in answered)
