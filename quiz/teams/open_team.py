"""What an open team sees: everybody by name, who could substitute for whom, and who could learn from whom.

Nothing here is anonymous; the join page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from quiz.bank import Bank, Role
from quiz.results.goals import MIN_REGULAR_LEVEL
from quiz.results.result import ResultKind, result_kind
from quiz.scoring import Match, ScoringModel, coverage_percentage, match, share_percentages
from quiz.teams.names import marks, name_key
from quiz.teams.team import OpenMember

#: More people than this are not named for the work of one person.
MAX_SUBSTITUTES = 3


class RoleCoverage(NamedTuple):
    """How much of a role a person does, in whole percent, None after too few answers; and whether the mix has it."""

    role: Role
    percent: int | None
    in_mix: bool


@dataclass(frozen=True)
class TeamPerson:
    """One person as the team sees them. `initials` are unique in the team.

    `mark` is a number if the name looks like another one of the team, else None. `kind` chooses the sentence about the
    person; `mix` has the roles with their shares in percent, None for a single role. `alternative` is the other mix of
    a tie. `coverage` has all roles in the order of the flow.
    """

    name: str
    mark: int | None
    initials: str
    kind: ResultKind
    mix: tuple[tuple[Role, int | None], ...]
    alternative: tuple[Role, ...]
    coverage: tuple[RoleCoverage, ...]

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles of the mix."""
        return tuple(role for role, _ in self.mix)


class SoleWork(NamedTuple):
    """What one person alone does regularly, and who else does most of it. People are places in `OpenTeam.people`.

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


class LearningGroup(NamedTuple):
    """The people who wish to start a responsibility, and those who do it daily, as places in `OpenTeam.people`."""

    responsibility: str
    learners: tuple[int, ...]
    teachers: tuple[int, ...]


@dataclass(frozen=True)
class OpenTeam:
    """Everything that the page of an open team shows.

    `answers` contains for each responsibility, in the order of the flow, everybody's answer in the order of `people`;
    None if there is none, because the question is newer than the response. `sole_work` has an entry for each person
    who is the only one to do something regularly.
    """

    people: tuple[TeamPerson, ...]
    answers: Mapping[str, tuple[str | None, ...]]
    sole_work: tuple[SoleWork, ...]
    learning_groups: tuple[LearningGroup, ...]

    @property
    def mix_counts(self) -> tuple[int, ...]:
        """For each role, in the order of the flow, the number of people who combine it."""
        columns = zip(*(person.coverage for person in self.people), strict=True)
        return tuple(sum(cell.in_mix for cell in column) for column in columns)

    @property
    def substituted_work(self) -> tuple[SoleWork, ...]:
        """The sole work of which somebody else does a part."""
        return tuple(work for work in self.sole_work if work.substitutes)

    @property
    def unsubstituted_work(self) -> tuple[SoleWork, ...]:
        """The sole work that nobody else does any of."""
        return tuple(work for work in self.sole_work if not work.substitutes)


def open_team(bank: Bank, model: ScoringModel, members: Sequence[OpenMember]) -> OpenTeam:
    """The open team of `members`, in their order. A team without members is possible."""
    matches = [match(model, member.answers, member.follow_ups) for member in members]
    return OpenTeam(
        people=_people(bank, members, matches),
        answers=_answers(bank, members),
        sole_work=tuple(_sole_work(model, members)),
        learning_groups=tuple(_learning_groups(bank, model, members)),
    )


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


def _people(bank: Bank, members: Sequence[OpenMember], matches: Sequence[Match]) -> tuple[TeamPerson, ...]:
    people = []
    names = [member.name for member in members]
    for name, mark, initials, result in zip(names, marks(names), _initials(names), matches, strict=True):
        percents = share_percentages({id: score.share for id, score in result.roles.items()})
        has_several_roles = len(result.mix) > 1
        people.append(
            TeamPerson(
                name=name,
                mark=mark,
                initials=initials,
                kind=result_kind(result, len(bank.responsibility)),
                mix=tuple((bank.role[id], percents[id] if has_several_roles else None) for id in result.mix),
                alternative=tuple(bank.role[id] for id in result.alternative),
                coverage=tuple(_role_coverage(role, result) for role in bank.roles),
            )
        )
    return tuple(people)


def _role_coverage(role: Role, result: Match) -> RoleCoverage:
    coverage = result.roles[role.id].coverage
    percent = None if coverage is None else coverage_percentage(coverage)
    return RoleCoverage(role, percent, in_mix=role.id in result.mix)


def _answers(bank: Bank, members: Sequence[OpenMember]) -> dict[str, tuple[str | None, ...]]:
    answers = {}
    for id in bank.responsibility:
        ids = [member.answers.get(id) for member in members]
        answers[id] = tuple(answer if answer in bank.option else None for answer in ids)
    return answers


def _sole_work(model: ScoringModel, members: Sequence[OpenMember]) -> Iterator[SoleWork]:
    """What each person is the only one to do regularly, and who does most of it.

    Somebody who never does a thing, or left the question out, does not do it. Two responses under one name are of one
    person, who cannot substitute for herself. Most means: the most responsibilities, then the highest sum of levels.
    """
    if not members:
        return
    steps = np.concatenate([model.steps(member.answers) for member in members])
    levels = np.nan_to_num(model.level_of_step[steps])
    keys = np.array([name_key(member.name) for member in members])
    is_regular = levels >= MIN_REGULAR_LEVEL
    for person, key in enumerate(keys):
        is_other = keys != key
        is_sole = is_regular[person] & ~is_regular[is_other].any(axis=0)
        questions = np.flatnonzero(is_sole)
        if not questions.size:
            continue
        work = levels[:, questions] * is_other[:, np.newaxis]
        counts, sums = (work > 0).sum(axis=1), work.sum(axis=1).round(9)
        best = max(zip(counts.tolist(), sums.tolist(), strict=True))
        substitutes = np.flatnonzero((counts == best[0]) & (sums == best[1])) if best[0] else np.array([], dtype=int)
        yield SoleWork(
            person=person,
            responsibilities=tuple(model.questions[question] for question in questions),
            substitutes=tuple(substitutes[:MAX_SUBSTITUTES].tolist()),
            substitute_count=int(best[0]),
        )


def _learning_groups(bank: Bank, model: ScoringModel, members: Sequence[OpenMember]) -> list[LearningGroup]:
    """The learning groups of the people who show their wishes. A learner does not do the responsibility regularly."""
    levels = {option.id: option.level or 0.0 for option in bank.option.values()}
    groups = []
    for id in model.questions:
        learners, teachers = [], []
        for place, member in enumerate(members):
            if member.wishes is None:
                continue
            level = levels.get(member.answers.get(id, ""), 0.0)
            if level == 1:
                teachers.append(place)
            if member.wishes.get(id) == "start" and level < MIN_REGULAR_LEVEL:
                learners.append(place)
        if learners and teachers:
            groups.append(LearningGroup(id, tuple(learners), tuple(teachers)))
    return groups


def _initials(names: Iterable[str]) -> list[str]:
    """The first letters of the first and the last word of each name; repeated initials get a number, from 2 on."""
    initials: list[str] = []
    used: set[str] = set()
    next_number: dict[str, int] = {}
    for name in names:
        words = name.split() or ["?"]
        letters = words[0][0].upper()
        if words[-1] != words[0]:
            letters += words[-1][0].upper()
        unique = letters
        while unique in used:
            number = next_number.get(letters, 2)
            next_number[letters] = number + 1
            unique = f"{letters}{number}"
        used.add(unique)
        initials.append(unique)
    return initials
