"""The questions for a conversation about one result, chosen from the talking points of the bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quiz.bank import Responsibility, Role, TalkingPoint
from quiz.results.talking_point_conditions import CONDITION_FUNCTIONS, ConditionMatch
from quiz.results.talking_point_context import TalkingPointContext

#: General talking points fill up to the minimum; a bank with few of them may give fewer.
MIN_TALKING_POINTS = 4
MAX_TALKING_POINTS = 6
#: The condition of a general talking point, which suits every result.
_GENERAL = "always"


@dataclass(frozen=True)
class ChosenTalkingPoint:
    """A talking point that suits a result, with the values of its slots and what it is about."""

    talking_point: TalkingPoint
    slots: Mapping[str, str]
    targets: frozenset[Responsibility | Role]

    @property
    def text(self) -> str:
        """The question as people read it."""
        return self.talking_point.text.format(**self.slots)


def choose_talking_points(context: TalkingPointContext) -> tuple[ChosenTalkingPoint, ...]:
    """Four to six questions about this result, the most specific first.

    Talking points are tried by priority, highest first; equal ones in the order of the bank. There is at most one for
    each condition, and never two about the same responsibility or role. General ones come last.
    """
    chosen: list[ChosenTalkingPoint] = []
    used_conditions: set[str] = set()
    used_targets: set[Responsibility | Role] = set()
    for talking_point in sorted(context.bank.talking_points, key=_order):
        is_general = talking_point.when == _GENERAL
        if len(chosen) >= (MIN_TALKING_POINTS if is_general else MAX_TALKING_POINTS):
            continue
        if talking_point.when in used_conditions and not is_general:
            continue
        condition_match = _first_unused_match(context, talking_point.when, used_targets)
        if condition_match is None:
            continue
        chosen.append(ChosenTalkingPoint(talking_point, condition_match.slots, condition_match.targets))
        used_conditions.add(talking_point.when)
        used_targets |= condition_match.targets
    return tuple(chosen)


def _order(talking_point: TalkingPoint) -> tuple[bool, float]:
    return talking_point.when == _GENERAL, -talking_point.priority


def _first_unused_match(
    context: TalkingPointContext, condition: str, used_targets: set[Responsibility | Role]
) -> ConditionMatch | None:
    for condition_match in CONDITION_FUNCTIONS[condition](context):
        if not condition_match.targets & used_targets:
            return condition_match
    return None
