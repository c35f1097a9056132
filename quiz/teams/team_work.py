"""Who of an open team does what weekly or more, and who else is near: the values that its pages are built from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from quiz.bank import AnswerOption, Bank, Responsibility
from quiz.results.goals import MIN_REGULAR_LEVEL
from quiz.teams.names import name_key
from quiz.teams.needs import MAX_NEED, Needs
from quiz.teams.team import OpenMember

#: More people than this are not named for the work of one person.
MAX_SUBSTITUTES = 3


class NearPerson(NamedTuple):
    """A person who does something less often than weekly. `person` is a place in the team."""

    person: int
    option: AnswerOption


@dataclass(frozen=True)
class WorkItem:
    """One responsibility: how many people should do it weekly or more, and who does. People are places in the team.

    `near` are those who do it less often, the most often first.
    """

    responsibility: Responsibility
    need: int
    doers: tuple[int, ...]
    near: tuple[NearPerson, ...]

    @property
    def missing(self) -> int:
        """How many people are missing for the need."""
        return max(0, self.need - len(self.doers))

    @property
    def is_open_ended(self) -> bool:
        """Whether the need means this number of people or more."""
        return self.need == MAX_NEED

    @property
    def has_surplus(self) -> bool:
        """Whether more people do it than are needed."""
        return len(self.doers) > self.need and not self.is_open_ended

    @property
    def nearest(self) -> tuple[NearPerson, ...]:
        """Of the near people those who do it most often, at most `MAX_SUBSTITUTES`."""
        return tuple(one for one in self.near if one.option == self.near[0].option)[:MAX_SUBSTITUTES]

    def without(self, absent: Collection[int]) -> WorkItem:
        """The same without some people."""
        doers = tuple(person for person in self.doers if person not in absent)
        near = tuple(one for one in self.near if one.person not in absent)
        return WorkItem(self.responsibility, self.need, doers, near)


def team_work(bank: Bank, members: Sequence[OpenMember], needs: Needs) -> tuple[WorkItem, ...]:
    """An item for each responsibility, in the order of the flow. A question without an answer counts as not done."""
    places_by_answer = _places_by_answer(bank, members)
    regular = [option for option in bank.scale if (option.level or 0) >= MIN_REGULAR_LEVEL]
    less_often = [option for option in reversed(bank.scale) if 0 < (option.level or 0) < MIN_REGULAR_LEVEL]
    items = []
    for id, responsibility in bank.responsibility.items():
        places = places_by_answer[id]
        doers = sorted(place for option in regular for place in places.get(option.id, ()))
        near = [NearPerson(place, option) for option in less_often for place in places.get(option.id, ())]
        items.append(WorkItem(responsibility, needs.get(id, 0), tuple(doers), tuple(near)))
    return tuple(items)


def _places_by_answer(bank: Bank, members: Sequence[OpenMember]) -> dict[str, dict[str, list[int]]]:
    """For each responsibility the places of the people by their answer."""
    places: dict[str, dict[str, list[int]]] = {id: {} for id in bank.responsibility}
    for place, member in enumerate(members):
        for id, answer in member.answers.items():
            if id in places:
                places[id].setdefault(answer, []).append(place)
    return places


class SoleWork(NamedTuple):
    """What one person alone does regularly, and who else does most of it. People are places in the team.

    `responsibilities` are ids. Each of the `substitutes` does `substitute_count` of them, less often than regularly;
    there are none if nobody else does any.
    """

    person: int
    responsibilities: tuple[str, ...]
    substitutes: tuple[int, ...]
    substitute_count: int

    @property
    def coverage(self) -> Literal["nothing", "the-only-thing", "everything", "a-part"]:
        """How much of it the substitutes do."""
        if not self.substitutes:
            return "nothing"
        if self.substitute_count < len(self.responsibilities):
            return "a-part"
        return "the-only-thing" if len(self.responsibilities) == 1 else "everything"


def sole_work(work: Sequence[WorkItem], names: Sequence[str]) -> tuple[SoleWork, ...]:
    """What each person is the only one to do regularly, and who does most of it.

    Two responses under one name are of one person, who cannot substitute for herself. Most means: the most
    responsibilities, then the highest sum of levels.
    """
    keys = [name_key(name) for name in names]
    items_of_person: dict[int, list[WorkItem]] = {}
    for item in work:
        if item.doers and len({keys[person] for person in item.doers}) == 1:
            for person in item.doers:
                items_of_person.setdefault(person, []).append(item)
    return tuple(_sole_work(person, items_of_person[person], keys) for person in sorted(items_of_person))


def _sole_work(person: int, items: Sequence[WorkItem], keys: Sequence[str]) -> SoleWork:
    levels: dict[int, list[float]] = {}
    for item in items:
        for near in item.near:
            if keys[near.person] != keys[person]:
                levels.setdefault(near.person, []).append(near.option.level or 0)
    amounts = {place: (len(values), round(sum(values), 9)) for place, values in levels.items()}
    most = max(amounts.values(), default=(0, 0.0))
    substitutes = sorted(place for place, amount in amounts.items() if amount == most)
    return SoleWork(
        person=person,
        responsibilities=tuple(item.responsibility.id for item in items),
        substitutes=tuple(substitutes[:MAX_SUBSTITUTES]),
        substitute_count=most[0],
    )
