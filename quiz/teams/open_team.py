"""What an open team sees: everybody by name, who could stand in for whom, who could learn from whom.

Nothing here is anonymous; whoever joins is told so before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from quiz.bank import Bank
from quiz.results.goals import MIN_REGULAR_LEVEL
from quiz.scoring import Match, ScoringModel, match, share_percentages
from quiz.teams.team import OpenMember

#: From this part of somebody's work on, another could take over without learning most of it first.
NEAR = 0.5


@dataclass(frozen=True)
class Person:
    """One person as the team sees them. `initials` differ from everybody else's; `shares` are in percent."""

    name: str
    initials: str
    match: Match = field(repr=False)
    shares: Mapping[str, int]


class StandIn(NamedTuple):
    """Who could stand in for whom, as places in `OpenTeam.people`, and how much of the work they do too, 0 to 1."""

    person: int
    other: int
    part: float

    @property
    def near(self) -> bool:
        """Whether the other does enough of it already."""
        return self.part >= NEAR


class Lesson(NamedTuple):
    """Who could learn something from whom: the places of those who wish to start it, and of those who do it daily."""

    responsibility: str
    learners: tuple[int, ...]
    teachers: tuple[int, ...]


@dataclass(frozen=True)
class OpenTeam:
    """Everything that the page of an open team shows.

    `answers` holds for each responsibility, in the order of the flow, everybody's answer in the order of `people`;
    `skip` where there is none. `stand_ins` has one entry for everybody to whom anybody comes near.
    """

    people: tuple[Person, ...]
    answers: Mapping[str, tuple[str, ...]]
    stand_ins: tuple[StandIn, ...]
    lessons: tuple[Lesson, ...]


def open_team(bank: Bank, model: ScoringModel, members: Sequence[OpenMember]) -> OpenTeam:
    """The open team of `members`, in their order; any number of them, none included."""
    matches = [match(model, member.answers) for member in members]
    initials = _initials(member.name for member in members)
    points = list(bank.option)
    steps = [model.steps(member.answers)[0] for member in members]
    return OpenTeam(
        people=tuple(
            Person(member.name, short, found, share_percentages({id: found.roles[id].share for id in model.roles}))
            for member, short, found in zip(members, initials, matches, strict=True)
        ),
        answers={id: tuple(points[row[n]] for row in steps) for n, id in enumerate(model.questions)},
        stand_ins=tuple(_stand_ins(model, steps, [bool(found.mix) for found in matches])),
        lessons=tuple(_lessons(bank, model, members)),
    )


def _stand_ins(model: ScoringModel, steps: Sequence[Any], busy: Sequence[bool]) -> Iterator[StandIn]:
    """For each person whoever does most of what they do, over what both answered; of equals, whoever comes first.

    Not a cosine: that says how alike two weeks are, not whether the other does as much. Only who is `busy` with any
    mix at all can stand in for somebody.
    """
    levels = model.level_of_step[np.array(steps, dtype=np.uint8).reshape(len(steps), len(model.questions))]
    answered, held = (~np.isnan(levels)).astype(np.float64), np.nan_to_num(levels)
    for person, done in enumerate(held):  # one by one: all pairs at once would take memory by the square of the team
        own = answered @ done  # what the other answered too
        both = np.minimum(held, done).sum(1) * busy
        both[person] = 0.0
        part = np.divide(both, own, out=np.zeros_like(both), where=own > 0).round(9)
        if part.any():
            yield StandIn(person, int(part.argmax()), float(part.max()))


def _lessons(bank: Bank, model: ScoringModel, members: Sequence[OpenMember]) -> Iterator[Lesson]:
    """Among those who show their wishes; nobody starts what they already do often."""
    level = {point.id: point.level or 0.0 for point in bank.option.values()}
    showing = [(place, member) for place, member in enumerate(members) if member.wishes is not None]
    for id in model.questions:
        does = {place: level.get(member.answers.get(id, ""), 0.0) for place, member in showing}
        teachers = tuple(place for place, often in does.items() if often == 1)
        learners = tuple(
            place
            for place, member in showing
            if (member.wishes or {}).get(id) == "start" and does[place] < MIN_REGULAR_LEVEL
        )
        if learners and teachers:
            yield Lesson(id, learners, teachers)


def _initials(names: Iterable[str]) -> list[str]:
    """First letters of the first and the last word of each name, numbered from the second alike on."""
    given: dict[str, None] = {}
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(2))
    for name in names:
        words = name.split() or ["?"]
        short = letters = "".join(word[0] for word in dict.fromkeys((words[0], words[-1]))).upper()
        while short in given:
            short = f"{letters}{next(numbers[letters])}"
        given[short] = None
    return list(given)
