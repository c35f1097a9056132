"""What an open team sees: what one person alone does, or nobody, and everybody by name.

Nothing here is anonymous; the join page says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from quiz.bank import Bank, Role
from quiz.results.role_map import RoleMap, role_map
from quiz.scoring import ScoringModel
from quiz.teams.hand_overs import HandOver, hand_overs
from quiz.teams.names import name_key
from quiz.teams.needs import Needs, known_needs
from quiz.teams.open_agenda import OpenAgendaSection, open_agenda
from quiz.teams.team import OpenMember
from quiz.teams.team_people import TeamPerson, team_people
from quiz.teams.team_work import SoleWork, WorkItem, sole_work, team_work
from quiz.teams.wishes import MeetingWishes, meeting_wishes

_NO_NEEDS: Needs = MappingProxyType({})


@dataclass(frozen=True)
class OpenTeam:
    """Everything that the page of an open team shows.

    `answers` contains for each responsibility, in the order of the flow, everybody's answer in the order of `people`;
    None if there is none, because the question is newer than the response. `work` has an item for each responsibility,
    `sole_work` an entry for each person who is the only one to do something regularly. `needs` are by responsibility;
    there are none before the lead sets them.
    """

    people: tuple[TeamPerson, ...]
    needs: Needs
    answers: Mapping[str, tuple[str | None, ...]]
    work: tuple[WorkItem, ...]
    sole_work: tuple[SoleWork, ...]
    hand_overs: tuple[HandOver, ...]
    map: RoleMap
    wishes: tuple[MeetingWishes, ...]
    agenda: tuple[OpenAgendaSection, ...]

    @property
    def has_needs(self) -> bool:
        """Whether the lead set any need."""
        return bool(self.needs)

    @property
    def mix_counts(self) -> tuple[int, ...]:
        """For each role, in the order of the flow, the number of people who combine it."""
        columns = zip(*(person.coverage for person in self.people), strict=True)
        return tuple(sum(cell.in_mix for cell in column) for column in columns)

    @property
    def hand_overs_between(self) -> tuple[HandOver, ...]:
        """The hand-overs from one person to another."""
        return tuple(hand_over for hand_over in self.hand_overs if hand_over.kind == "between")

    @property
    def hand_overs_elsewhere(self) -> tuple[HandOver, ...]:
        """The other hand-overs: within one person, or with another team."""
        return tuple(hand_over for hand_over in self.hand_overs if hand_over.kind != "between")

    def work_of_role(self, role: Role) -> tuple[WorkItem, ...]:
        """The work that belongs to one role."""
        return tuple(item for item in self.work if item.responsibility.role == role.id)

    @cached_property
    def uncovered(self) -> tuple[WorkItem, ...]:
        """With needs what is below its need, first what nobody does; without needs what nobody does."""
        return _uncovered(self.work)

    @property
    def done_by_nobody(self) -> int:
        """How many things of `uncovered` nobody does."""
        return sum(not item.doers for item in self.uncovered)

    @property
    def surplus(self) -> tuple[WorkItem, ...]:
        """What more people do than are needed, also if nobody is needed; nothing where no needs are set."""
        return tuple(item for item in self.work if item.has_surplus) if self.has_needs else ()

    @property
    def sole_count(self) -> int:
        """The number of things that one person alone does, of those in `sole_work`."""
        return sum(len(work.responsibilities) for work in self.sole_work)

    @property
    def shared_count(self) -> int:
        """The number of things that enough people do: as many as needed and two at least, or two without needs."""
        return sum(len(item.doers) >= 2 and not item.missing for item in self.work)

    @property
    def substituted_work(self) -> tuple[SoleWork, ...]:
        """The sole work of which somebody else does a part."""
        return tuple(work for work in self.sole_work if work.substitutes)

    @property
    def unsubstituted_work(self) -> tuple[SoleWork, ...]:
        """The sole work that nobody else does any of."""
        return tuple(work for work in self.sole_work if not work.substitutes)


def open_team(bank: Bank, model: ScoringModel, members: Sequence[OpenMember], needs: Needs = _NO_NEEDS) -> OpenTeam:
    """The open team of `members`, in their order. A team without members is possible."""
    needs = known_needs(bank, needs)
    people = team_people(bank, model, members)
    work = team_work(bank, members, needs)
    rests_on_one = [item for item in work if item.need == 1] if needs else work
    sole = sole_work(rests_on_one, [member.name for member in members])
    passes = hand_overs(bank, [person.roles for person in people])
    wishes = meeting_wishes(work, members)
    return OpenTeam(
        people=people,
        needs=needs,
        answers=_answers(bank, members),
        work=work,
        sole_work=sole,
        hand_overs=passes,
        map=_map(bank, people, passes),
        wishes=wishes,
        agenda=open_agenda(
            bank,
            uncovered=_uncovered(work),
            has_needs=bool(needs),
            sole=[id for one in sole for id in one.responsibilities],
            hand_overs=passes,
            wishes=wishes,
        ),
    )


def _uncovered(work: Sequence[WorkItem]) -> tuple[WorkItem, ...]:
    if any(item.need for item in work):
        below = [item for item in work if item.missing]
        return tuple(sorted(below, key=lambda item: (bool(item.doers), -item.missing)))
    return tuple(item for item in work if not item.doers)


def _map(bank: Bank, people: Sequence[TeamPerson], passes: Sequence[HandOver]) -> RoleMap:
    """The role map of the team: the arc of a role is the part of the people who combine it."""
    counts = Counter(role.id for person in people for role in person.roles)
    parts = {role.id: counts[role.id] / len(people) if people else 0.0 for role in bank.roles}
    edges = []
    for hand_over in passes:
        if hand_over.kind != "outside":
            one, other = sorted(role.id for role in hand_over.roles)
            edges.append((one, other))
    return role_map(bank, parts, counts, edges)


def latest_responses(members: Sequence[OpenMember]) -> tuple[OpenMember, ...]:
    """The finished responses of a team, for each person only the latest one."""
    finished = [member for member in members if member.is_finished]
    repeated = {response for member in finished for response in member.earlier}
    return tuple(member for member in finished if member.response not in repeated)


def members_by_name(members: Sequence[OpenMember]) -> tuple[OpenMember, ...]:
    """One response of each person of a team: the latest finished one, or an unfinished one; by name."""
    people = [*latest_responses(members), *_unfinished(members)]
    return tuple(sorted(people, key=lambda member: (name_key(member.name), member.response)))


def count_unfinished(members: Sequence[OpenMember]) -> int:
    """How many people joined and have no finished response in the team."""
    return len(_unfinished(members))


def _unfinished(members: Sequence[OpenMember]) -> list[OpenMember]:
    responses = {member.response for member in members}
    unfinished = [member for member in members if not member.is_finished]
    return [member for member in unfinished if responses.isdisjoint(member.earlier)]


def _answers(bank: Bank, members: Sequence[OpenMember]) -> dict[str, tuple[str | None, ...]]:
    answers = {}
    for id in bank.responsibility:
        ids = [member.answers.get(id) for member in members]
        answers[id] = tuple(answer if answer in bank.option else None for answer in ids)
    return answers
