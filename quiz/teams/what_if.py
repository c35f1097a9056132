"""What changes in an open team if somebody is away, or if somebody joins. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from quiz.bank import Role
from quiz.teams.names import name_key
from quiz.teams.open_team import OpenTeam
from quiz.teams.team_work import WorkItem

#: Without needs, work that this many people do already is called plenty.
PLENTY_WITHOUT_NEED = 3


@dataclass(frozen=True)
class Helper:
    """One person who stays, and the work for which this person is nearest. `person` is a place in the team."""

    person: int
    work: tuple[WorkItem, ...]


@dataclass(frozen=True)
class Away:
    """What changes while the people at the places `absent` are away.

    Each item has only the people who stay. What is not needed is in `not_needed` alone, if needs are set.

    Attributes
    ----------
    without_doer : tuple of WorkItem
        What nobody would do weekly; somebody who stays does it less often.
    nobody_can_take : tuple of WorkItem
        What nobody who stays does at all.
    below_need : tuple of WorkItem
        What somebody still does, but fewer people than needed, and fewer than before.
    on_one_person : tuple of WorkItem
        What one person alone would do, and did not before; as many as needed still do it.
    not_needed : tuple of WorkItem
        What nobody would do weekly and is not needed.
    helpers : tuple of Helper
        Those who are nearest to doing what nobody or too few would do, the most work first.
    """

    absent: tuple[int, ...]
    without_doer: tuple[WorkItem, ...]
    nobody_can_take: tuple[WorkItem, ...]
    below_need: tuple[WorkItem, ...]
    on_one_person: tuple[WorkItem, ...]
    not_needed: tuple[WorkItem, ...]
    helpers: tuple[Helper, ...]

    @property
    def is_covered(self) -> bool:
        """Whether all that is needed and has enough people now still has enough."""
        return not (self.without_doer or self.nobody_can_take or self.below_need)


def away(team: OpenTeam, absent: Collection[int]) -> Away:
    """What changes in `team` while the people at the places `absent` are away."""
    absent = _with_same_names(team, absent)
    without_doer, nobody_can_take, below_need, on_one_person, not_needed = [], [], [], [], []
    for before in team.work:
        now = before.without(absent)
        if len(now.doers) == len(before.doers):
            continue
        if not now.doers and team.has_needs and not now.need:
            not_needed.append(now)
        elif not now.doers and now.near:
            without_doer.append(now)
        elif not now.doers:
            nobody_can_take.append(now)
        elif now.missing:
            below_need.append(now)
        elif len(now.doers) == 1 and (now.need or not team.has_needs):
            on_one_person.append(now)
    return Away(
        absent=absent,
        without_doer=tuple(without_doer),
        nobody_can_take=tuple(nobody_can_take),
        below_need=tuple(below_need),
        on_one_person=tuple(on_one_person),
        not_needed=tuple(not_needed),
        helpers=_helpers([*without_doer, *below_need]),
    )


def _with_same_names(team: OpenTeam, absent: Collection[int]) -> tuple[int, ...]:
    """The places `absent`, and all others with the same name: two responses under one name are of one person."""
    keys = [name_key(person.name) for person in team.people]
    absent_keys = {keys[place] for place in absent}
    return tuple(place for place, key in enumerate(keys) if key in absent_keys)


def _helpers(work: Sequence[WorkItem]) -> tuple[Helper, ...]:
    items_of_person: dict[int, list[WorkItem]] = {}
    for item in work:
        for near in item.nearest:
            items_of_person.setdefault(near.person, []).append(item)
    helpers = [Helper(person, tuple(items)) for person, items in items_of_person.items()]
    return tuple(sorted(helpers, key=lambda helper: (-len(helper.work), helper.person)))


@dataclass(frozen=True)
class Hire:
    """What a new person adds who does some responsibilities weekly or more.

    Each item is as it is before the person joins.

    Attributes
    ----------
    roles : tuple of Role
        What the person was described by; empty for an advert.
    work : tuple of WorkItem
        Everything that the person does.
    fills : tuple of WorkItem
        Of that, what is below its need; without needs what nobody does.
    second : tuple of WorkItem
        Of that, what one person alone does now, and no longer would.
    plenty : tuple of WorkItem
        Of that, what enough people do already: as many as needed, not counting what is in `second`; without needs
        `PLENTY_WITHOUT_NEED` or more.
    stays_open : tuple of WorkItem
        What is still below its need with the new person; without needs what nobody would do.
    """

    roles: tuple[Role, ...]
    work: tuple[WorkItem, ...]
    fills: tuple[WorkItem, ...]
    second: tuple[WorkItem, ...]
    plenty: tuple[WorkItem, ...]
    stays_open: tuple[WorkItem, ...]

    @property
    def others(self) -> tuple[WorkItem, ...]:
        """What the person does and none of the other lists has: without needs what two people do."""
        named = (*self.fills, *self.second, *self.plenty)
        return tuple(item for item in self.work if item not in named)


def hire(team: OpenTeam, responsibilities: Collection[str], roles: Sequence[Role] = ()) -> Hire:
    """What changes in `team` with a new person who does `responsibilities` (ids) weekly or more."""
    work = tuple(item for item in team.work if item.responsibility.id in responsibilities)
    fills, second, plenty = [], [], []
    for item in work:
        if _is_open(team, item, len(item.doers)):
            fills.append(item)
        elif len(item.doers) == 1 and (item.need or not team.has_needs):
            second.append(item)
        elif team.has_needs or len(item.doers) >= PLENTY_WITHOUT_NEED:
            plenty.append(item)
    stays_open = []
    for item in team.work:
        people = len(item.doers) + (item in work)
        if _is_open(team, item, people):
            stays_open.append(item)
    return Hire(tuple(roles), work, tuple(fills), tuple(second), tuple(plenty), tuple(stays_open))


def hires_by_role(team: OpenTeam, roles: Sequence[Role]) -> tuple[Hire, ...]:
    """A hire for each role alone: first the one that fills most, then the one that relieves most single persons."""
    hires = [hire(team, work_of_roles([role]), [role]) for role in roles]
    return tuple(sorted(hires, key=lambda each: (-len(each.fills), -len(each.second))))


def _is_open(team: OpenTeam, item: WorkItem, people: int) -> bool:
    """Whether something is below its need if so many people do it; without needs, whether nobody does it."""
    return people < item.need if team.has_needs else people == 0


def work_of_roles(roles: Sequence[Role]) -> tuple[str, ...]:
    """The ids of what a person does who does all of some roles."""
    return tuple(item.id for role in roles for item in role.responsibilities)
