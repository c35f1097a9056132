"""Everything that the conversation page shows: one result, what the person wants, and questions to ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from quiz.bank import Bank, FollowUps, Responsibility, Wish
from quiz.results.changes import ResultComparison, compare_results
from quiz.results.goals import GoalDistance, goal_distances
from quiz.results.result import Result, build_result
from quiz.results.second_view import SecondViewComparison
from quiz.results.talking_point_context import TalkingPointContext
from quiz.results.talking_points import choose_talking_points
from quiz.scoring import ScoringModel

#: The wish to leave a responsibility as it is. It needs no conversation.
_AS_IS = "as-is"
#: With more roles than this, their answers are printed in narrower columns.
MAX_WIDE_COLUMNS = 4


class WishGroup(NamedTuple):
    """One wish with all responsibilities that it was chosen for."""

    wish: Wish
    responsibilities: tuple[Responsibility, ...]


@dataclass(frozen=True)
class Conversation:
    """Everything on the conversation page.

    `title` is the job title as typed. `wish_groups` have the wishes other than "as it is", in the order of the bank.
    `goals` are the distances to the goal roles. `comparison` is with the earlier response.
    """

    result: Result
    title: str
    wish_groups: tuple[WishGroup, ...]
    goals: tuple[GoalDistance, ...]
    comparison: ResultComparison | None
    questions: tuple[str, ...]

    @property
    def noted_wishes(self) -> dict[str, Wish]:
        """The wishes other than "as it is", by responsibility id."""
        return {id: wish for id, wish in self.result.wishes.items() if wish.id != _AS_IS}

    @property
    def has_many_roles(self) -> bool:
        """Whether the answers need narrow columns to fit on one sheet of paper."""
        return len(self.result.cards) > MAX_WIDE_COLUMNS

    @property
    def has_background(self) -> bool:
        """Whether there is anything to say about the title, comparisons, the contacts or an earlier response."""
        result = self.result
        return bool(result.job_title or result.comparisons.changed_mix or result.contacts.reported or self.comparison)


def build_conversation(
    bank: Bank,
    model: ScoringModel,
    answers: Mapping[str, str],
    *,
    contacts: Collection[str],
    title: str,
    wishes: Mapping[str, str],
    goals: Sequence[str],
    earlier_answers: Mapping[str, str] | None,
    follow_ups: FollowUps | None = None,
    earlier_follow_ups: FollowUps | None = None,
    other_work_share: str = "",
    second_view: SecondViewComparison | None = None,
) -> Conversation:
    """The conversation page of one response. `earlier_answers` are None without an earlier response.

    `second_view` is None if there is none, or if its questions are not to be on the page.
    """
    result = build_result(
        bank,
        model,
        answers,
        contacts,
        wishes,
        title=title,
        follow_ups=follow_ups,
        other_work_share=other_work_share,
    )
    comparison = None
    if earlier_answers:
        comparison = compare_results(
            bank,
            model,
            earlier_answers,
            answers,
            follow_ups_before=earlier_follow_ups,
            follow_ups_after=follow_ups,
        )
    context = TalkingPointContext(
        bank, result, wishes=wishes, goals=tuple(goals), comparison=comparison, second_view=second_view
    )
    questions = tuple(talking_point.text for talking_point in choose_talking_points(context))
    return Conversation(
        result=result,
        title=title,
        wish_groups=_wish_groups(bank, wishes),
        goals=goal_distances(bank, model, answers, goals, contacts, follow_ups=follow_ups),
        comparison=comparison,
        questions=questions,
    )


def _wish_groups(bank: Bank, wishes: Mapping[str, str]) -> tuple[WishGroup, ...]:
    groups = []
    for wish in bank.wishes:
        responsibilities = tuple(item for id, item in bank.responsibility.items() if wishes.get(id) == wish.id)
        if responsibilities and wish.id != _AS_IS:
            groups.append(WishGroup(wish, responsibilities))
    return tuple(groups)
