"""What became of the wishes, goals and agreed actions of an earlier response, and of how much of each role is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from quiz.bank import AgreedAction, AnswerOption, Bank, FollowUps, Responsibility, Role, Wish
from quiz.results.changes import ResultComparison, compare_results
from quiz.results.goals import role_answers
from quiz.scoring import Match, ScoringModel, coverage_percentage

#: In which direction an answer has to change to fulfil a wish, by the id of the wish.
_WISHED_DIRECTION = {"more": "up", "start": "up", "less": "down", "hand-over": "down", "as-is": "same"}

#: Lengths of the drawing of a coverage change, in its units.
_TRACK_LENGTH, _MARK_RADIUS = 120.0, 5.0

Movement = Literal["up", "down", "same", "unknown"]


@dataclass(frozen=True)
class Taking:
    """What a person entered when taking the quiz once, as far as two takings are compared.

    `answers` are answer ids by question id, `wishes` wish ids by responsibility id, `goals` role ids.
    """

    answers: Mapping[str, str]
    wishes: Mapping[str, str]
    goals: Sequence[str]
    follow_ups: FollowUps | None = None
    agreed_actions: tuple[AgreedAction, ...] = ()


@dataclass(frozen=True)
class WishChange:
    """A wish of last time, and how often the person did this work then and does it now.

    `before` and `after` are None if the bank did not ask at that time, or has another answer today. `wish_now` is the
    wish of this time, None if there is none.
    """

    responsibility: Responsibility
    wish: Wish
    wish_now: Wish | None
    before: AnswerOption | None
    after: AnswerOption | None
    movement: Movement

    @property
    def is_fulfilled(self) -> bool:
        """Whether the answer went in the direction of the wish."""
        return self.movement == _WISHED_DIRECTION[self.wish.id]

    @property
    def unknown_because(self) -> Literal["", "not-asked-before", "not-asked-now", "left-out-before", "left-out-now"]:
        """Why the two answers cannot be compared; empty if they can."""
        if self.movement != "unknown":
            return ""
        if self.before is None:
            return "not-asked-before"
        if self.before.level is None:
            return "left-out-before"
        return "not-asked-now" if self.after is None else "left-out-now"


class CoverageDrawing(NamedTuple):
    """Two marks on a line from nothing to all of a role, in the units of the drawing.

    `before` and `after` are the centres of the marks, None if the coverage is not known. `line` connects them, from
    left to right; None if there is nothing between them.
    """

    before: float | None
    after: float | None
    line: tuple[float, float] | None
    start: float
    end: float
    middle: float
    radius: float
    width: float
    height: float


@dataclass(frozen=True)
class CoverageChange:
    """How much of a role the person did then and does now, in percent; None if too few questions were answered.

    `has_same_questions` says whether the same questions of the role were answered both times. If not, a part of the
    change comes from that. `was_goal` and `is_goal` say whether the role was and is a goal.
    """

    role: Role
    before: int | None
    after: int | None
    has_same_questions: bool
    was_goal: bool
    is_goal: bool

    @property
    def movement(self) -> Movement:
        if self.before is None or self.after is None:
            return "unknown"
        if self.before == self.after:
            return "same"
        return "up" if self.after > self.before else "down"

    @property
    def drawing(self) -> CoverageDrawing:
        """The two marks and the line between them. The filled mark covers the hollow one where they overlap."""
        before, after = _mark(self.before), _mark(self.after)
        line = None
        if before is not None and after is not None and before != after:
            line = (min(before, after), max(before, after))
        middle = _MARK_RADIUS + 1.0
        width, height = _TRACK_LENGTH + 2 * middle, 2 * middle
        return CoverageDrawing(before, after, line, middle, middle + _TRACK_LENGTH, middle, _MARK_RADIUS, width, height)


def _mark(percent: int | None) -> float | None:
    """The place of a coverage on the line."""
    return None if percent is None else round(_MARK_RADIUS + 1.0 + _TRACK_LENGTH * percent / 100, 1)


@dataclass(frozen=True)
class SinceLastTime:
    """Two takings of one person next to each other.

    `wish_changes` are those of the wishes of last time: first what changed as wished, then what changed otherwise, then
    what stayed, then what is not known; equal ones in the order of the bank. `coverage_changes` have every role, the
    one that is done most now first. `actions` were agreed after the earlier taking.
    """

    comparison: ResultComparison
    wish_changes: tuple[WishChange, ...]
    coverage_changes: tuple[CoverageChange, ...]
    actions: tuple[AgreedAction, ...]

    @property
    def goal_changes(self) -> tuple[CoverageChange, ...]:
        """The coverage of the roles that were goals last time."""
        return tuple(change for change in self.coverage_changes if change.was_goal)

    @property
    def has_different_questions(self) -> bool:
        """Whether some role has questions that were answered in one of the two takings only."""
        return any(not change.has_same_questions for change in self.coverage_changes)


def compare_takings(bank: Bank, model: ScoringModel, before: Taking, after: Taking) -> SinceLastTime:
    """What changed from the taking `before` to the taking `after`.

    Wishes and goals that the bank does not know any more are left out. The results are compared by `compare_results`.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> never = dict.fromkeys(shipped.responsibility, "never")
    >>> before = Taking(never | {"infrastructure": "daily"}, {"infrastructure": "less"}, ["data-analyst"])
    >>> after = Taking(never | {"infrastructure": "monthly", "insights": "daily"}, {}, [])
    >>> since = compare_takings(shipped, ScoringModel.from_bank(shipped), before, after)
    >>> [(change.responsibility.id, change.before.id, change.after.id) for change in since.wish_changes]
    [('infrastructure', 'daily', 'monthly')]
    >>> [(change.role.id, change.before, change.after) for change in since.goal_changes]
    [('data-analyst', 0, 33)]
    """
    comparison = compare_results(
        bank,
        model,
        before.answers,
        after.answers,
        follow_ups_before=before.follow_ups,
        follow_ups_after=after.follow_ups,
    )
    return SinceLastTime(
        comparison=comparison,
        wish_changes=_wish_changes(bank, before, after),
        coverage_changes=_coverage_changes(bank, comparison, before, after),
        actions=before.agreed_actions,
    )


def _wish_changes(bank: Bank, before: Taking, after: Taking) -> tuple[WishChange, ...]:
    changes = []
    for id, responsibility in bank.responsibility.items():
        wish = bank.wish.get(before.wishes.get(id, ""))
        if wish is None:
            continue
        old, new = bank.option.get(before.answers.get(id, "")), bank.option.get(after.answers.get(id, ""))
        wish_now = bank.wish.get(after.wishes.get(id, ""))
        changes.append(WishChange(responsibility, wish, wish_now, old, new, _movement(old, new)))
    changes.sort(key=_wish_change_order)
    return tuple(changes)


def _movement(before: AnswerOption | None, after: AnswerOption | None) -> Movement:
    if before is None or before.level is None or after is None or after.level is None:
        return "unknown"
    if before.level == after.level:
        return "same"
    return "up" if after.level > before.level else "down"


def _wish_change_order(change: WishChange) -> int:
    if change.movement == "unknown":
        return 3
    if change.movement == "same":
        return 2
    return 0 if change.is_fulfilled else 1


def _coverage_changes(
    bank: Bank, comparison: ResultComparison, before: Taking, after: Taking
) -> tuple[CoverageChange, ...]:
    changes = []
    for role in bank.roles:
        answered_before = _answered(bank, before.answers, role)
        answered_after = _answered(bank, after.answers, role)
        change = CoverageChange(
            role=role,
            before=_percent(comparison.before, role),
            after=_percent(comparison.after, role),
            has_same_questions=answered_before == answered_after,
            was_goal=role.id in before.goals,
            is_goal=role.id in after.goals,
        )
        changes.append(change)
    changes.sort(key=lambda change: -1 if change.after is None else change.after, reverse=True)
    return tuple(changes)


def _answered(bank: Bank, answers: Mapping[str, str], role: Role) -> list[str]:
    """The ids of the questions of a role that have an answer of the scale."""
    return [item.id for item, answer in role_answers(bank, answers, role.id) if answer.level is not None]


def _percent(match: Match, role: Role) -> int | None:
    coverage = match.roles[role.id].coverage
    return None if coverage is None else coverage_percentage(coverage)
