"""What a bank holds, as frozen values that read no file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

#: What a person can wish about a responsibility: the ids are fixed, the words for them are the bank's.
WISHES = ("more", "as-is", "less", "hand-over", "start")

#: The columns of CSV files beside those of the questions, which are called by their ids.
COLUMNS = ("id", "title", "works-with", "text")

_ROLE = ("role", "roles")
_TWO_ROLES = (*_ROLE, "other_role", "other_roles")
_ITEM = ("responsibility", "frequency", *_ROLE)
#: What a prompt can wait for, and the slots that its text may then use. `quiz.results.talking_points`
#: says when each one holds.
#: `role` is a role's name and `roles` its plural, `other` and `others` the same of a second role; `often` is how often
#: somebody does the responsibility.
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
    "answer-changed": (*_ITEM, "previous_frequency"),
    "mix-changed": _ROLE,
    "mix-unchanged": (),
    "always": (),
}


@dataclass(frozen=True)
class AnswerOption:
    """One answer on the scale. `level` is what it is worth, 0 to 1; None for the answer that leaves a question out."""

    id: str
    label: str
    phrase: str
    level: float | None


@dataclass(frozen=True)
class Stage:
    """One part of the flow of data, in which roles stand."""

    id: str
    name: str
    description: str


@dataclass(frozen=True)
class Responsibility:
    """One thing that a role answers for, with the question asked about it.

    `weekly_example` is one sentence on what doing it looks like in a week, empty where the bank has none. `vocabulary`
    holds phrases by which people name such work; free text is compared with them.
    """

    id: str
    role: str
    name: str
    question: str
    hint: str
    weekly_example: str
    vocabulary: tuple[str, ...] = field(repr=False)  # hundreds of phrases
    file: Path = field(compare=False)
    line: int = field(compare=False)


@dataclass(frozen=True)
class Role:
    """One role: what it is for, where it stands in the flow of data, and whom it usually works with.

    `titles` are job titles, beside its own names, that clearly mean this role.
    """

    id: str
    name: str
    plural: str
    purpose: str
    contact_label: str
    stage: str
    position: float
    works_with: tuple[str, ...]
    responsibilities: tuple[Responsibility, ...] = field(repr=False)
    titles: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name as it stands at the start of a sentence."""
        return self.name[:1].upper() + self.name[1:]


@dataclass(frozen=True)
class Wish:
    """What a person can want of a responsibility. `id` is one of `WISHES`."""

    id: str
    label: str
    phrase: str


@dataclass(frozen=True)
class TalkingPoint:
    """A question worth asking in a talk about a result, once the condition `when` holds.

    `text` has slots in braces for what the condition found. Of two that hold, the greater `priority` is asked first.
    """

    id: str
    when: str
    text: str
    priority: float


@dataclass(frozen=True)
class Bank:
    """All roles, responsibilities, questions, the answer scale and the pages.

    `roles` are in the order of the flow, `scale` is from least to most and does not contain `skip`. `wishes` and
    `talking_points` are empty where a bank has none.
    """

    name: str
    stem: str
    scale: tuple[AnswerOption, ...]
    skip: AnswerOption
    stages: tuple[Stage, ...]
    roles: tuple[Role, ...]
    min_page_size: int
    max_page_size: int
    wishes: tuple[Wish, ...] = ()
    talking_points: tuple[TalkingPoint, ...] = ()

    @cached_property
    def role(self) -> dict[str, Role]:
        """Roles by id."""
        return {role.id: role for role in self.roles}

    @cached_property
    def responsibility(self) -> dict[str, Responsibility]:
        """Responsibilities by id, role by role: the order of every vector of levels."""
        return {r.id: r for role in self.roles for r in role.responsibilities}

    @cached_property
    def option(self) -> dict[str, AnswerOption]:
        """Every possible answer by id, `skip` last."""
        return {option.id: option for option in (*self.scale, self.skip)}

    @cached_property
    def wish(self) -> dict[str, Wish]:
        """Wishes by id."""
        return {wish.id: wish for wish in self.wishes}

    @cached_property
    def questions_in_order(self) -> tuple[Responsibility, ...]:
        """All responsibilities in the order of asking, no two neighbours of one role where that can be.

        Rounds over all roles, each role's next question in each round. Roles that are neighbours in the flow are
        kept apart, and each round starts with another role, so that no rhythm shows.
        """
        circle = [*self.roles[0::2], *self.roles[1::2]]
        rounds = max((len(role.responsibilities) for role in self.roles), default=0)
        order: list[Responsibility] = []
        for n in range(rounds):
            shift = 2 * n % len(circle)
            turn = [r.responsibilities[n] for r in circle[shift:] + circle[:shift] if n < len(r.responsibilities)]
            if order and len(turn) > 1 and order[-1].role == turn[0].role:
                turn.append(turn.pop(0))
            order += turn
        return tuple(order)

    @cached_property
    def pages(self) -> tuple[tuple[Responsibility, ...], ...]:
        """The questions of each page: as few pages as `max_page_size` allows, of sizes that differ by one at most."""
        count = -(-len(self.questions_in_order) // self.max_page_size)
        small, larger = divmod(len(self.questions_in_order), count)
        ends = [n * small + min(n, larger) for n in range(count + 1)]
        return tuple(self.questions_in_order[a:b] for a, b in pairwise(ends))

    @cached_property
    def contacts(self) -> frozenset[tuple[str, str]]:
        """Pairs of roles that usually work together, each pair sorted; naming it in one role's file is enough."""
        return frozenset((min(role.id, other), max(role.id, other)) for role in self.roles for other in role.works_with)

    def neighbours(self, role: str) -> tuple[Role, ...]:
        """The roles that `role` usually works with, in the order of the flow."""
        return tuple(r for r in self.roles if (min(r.id, role), max(r.id, role)) in self.contacts)

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits that change when what people are asked changes, and only then."""
        asked = [
            self.stem,
            [(p.id, p.label) for p in self.option.values()],
            sorted((r.id, r.question, r.hint) for r in self.questions_in_order),
        ]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]
