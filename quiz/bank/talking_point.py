"""Talking points: questions for a conversation about a result, and the conditions under which they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Slots in the text of a talking point. `role` and `roles` are the name of a role in singular and plural, `other_role`
# and `other_roles` those of a second role, `frequency` is how often the person does the responsibility. `viewer` is the
# name of the person who gave a second view.
_ROLE = ("role", "roles")
_TWO_ROLES = (*_ROLE, "other_role", "other_roles")
_ITEM = ("responsibility", "frequency", *_ROLE)
#: The conditions of talking points, each with the slots that a text may use.
#: `quiz.results.talking_point_conditions` defines when a condition holds.
CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "daily-but-hand-over": _ITEM,
    "hand-over": _ITEM,
    "wants-less": _ITEM,
    "wants-less-of-main-role": _ROLE,
    "wants-more": _ITEM,
    "wish-to-start": _ITEM,
    "goal-and-wish": _ITEM,
    "goal-but-less": _ITEM,
    "goal-started": _ITEM,
    "goal-not-started": _ITEM,
    "goal-reached": _ROLE,
    "title-role-not-in-mix": _TWO_ROLES,
    "role-hidden-by-title": _TWO_ROLES,
    "daily-outside-mix": _ITEM,
    "tie": _ROLE,
    "leaning": (),
    "one-role": _ROLE,
    "two-roles": _TWO_ROLES,
    "many-roles": _ROLE,
    "all-alike": (),
    "little": (),
    "not-enough": (),
    "missing-contact": _ROLE,
    "extra-contact": _ROLE,
    "answer-changed": (*_ITEM, "earlier_frequency"),
    "mix-changed": _ROLE,
    "mix-unchanged": (),
    "work-not-seen": (*_ITEM, "viewer"),
    "seen-more": (*_ITEM, "viewer", "seen_frequency"),
    "matters-most-not-done": (*_ITEM, "viewer"),
    "always": (),
}


@dataclass(frozen=True)
class TalkingPoint:
    """A question to ask in a conversation about a result, if the condition `when` holds.

    `text` has slots in braces, which the condition fills. Questions of higher `priority` are asked first.
    """

    id: str
    when: str
    text: str
    priority: float
