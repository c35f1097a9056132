"""What an open team sees: everybody by name, who could substitute for whom, and who could learn from whom.

Nothing here is anonymous; the join page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quiz.bank import Bank, Role
from quiz.results.goals import MIN_REGULAR_LEVEL
from quiz.scoring import Match, ScoringModel, match, share_percentages
from quiz.teams.team import OpenMember

#: Who does at least this fraction of another person's work can take it over without learning most of it first.
MIN_SUBSTITUTE_FRACTION = 0.5


@dataclass(frozen=True)
class TeamPerson:
    """One person as the team sees them. `initials` are unique in the team; `shares` are in percent, by role."""

    name: str
    initials: str
    match: Match = field(repr=False)
    shares: Mapping[str, int]


class Substitute(NamedTuple):
    """Who could substitute for whom, as places in `OpenTeam.people`.

    `fraction` is the part of the person's work that the substitute does too, 0 to 1.
    """

    person: int
    substitute: int
    fraction: float

    @property
    def does_enough(self) -> bool:
        """Whether the substitute does at least half of the work already."""
        return self.fraction >= MIN_SUBSTITUTE_FRACTION


class LearningGroup(NamedTuple):
    """The people who wish to start a responsibility, and those who do it daily, as places in `OpenTeam.people`."""

    responsibility: str
    learners: tuple[int, ...]
    teachers: tuple[int, ...]


@dataclass(frozen=True)
class OpenTeam:
    """Everything that the page of an open team shows.

    `answers` contains for each responsibility, in the order of the flow, everybody's answer in the order of `people`;
    `skip` if there is none. `substitutes` has at most one entry for each person.
    """

    people: tuple[TeamPerson, ...]
    answers: Mapping[str, tuple[str, ...]]
    substitutes: tuple[Substitute, ...]
    learning_groups: tuple[LearningGroup, ...]


def open_team(bank: Bank, model: ScoringModel, members: Sequence[OpenMember]) -> OpenTeam:
    """The open team of `members`, in their order. A team without members is possible."""
    matches = [match(model, member.answers) for member in members]
    steps = np.array([model.steps(member.answers)[0] for member in members], dtype=np.uint8)
    steps = steps.reshape(len(members), len(model.questions))  # also without members
    levels = model.level_of_step[steps]
    has_mix = [bool(result.mix) for result in matches]
    return OpenTeam(
        people=_people(model, members, matches),
        answers=_answers(bank, model, steps),
        substitutes=tuple(_substitutes(levels, has_mix)),
        learning_groups=tuple(_learning_groups(bank, model, members)),
    )


def people_of_roles(bank: Bank, team: OpenTeam) -> tuple[tuple[Role, tuple[int, ...]], ...]:
    """Each role, in the order of the flow, with the places in `OpenTeam.people` of those who combine it."""
    rows = []
    for role in bank.roles:
        places = [place for place, person in enumerate(team.people) if role.id in person.match.mix]
        rows.append((role, tuple(places)))
    return tuple(rows)


def _people(model: ScoringModel, members: Sequence[OpenMember], matches: Sequence[Match]) -> tuple[TeamPerson, ...]:
    people = []
    all_initials = _initials(member.name for member in members)
    for member, initials, result in zip(members, all_initials, matches, strict=True):
        shares = share_percentages({role: result.roles[role].share for role in model.roles})
        people.append(TeamPerson(member.name, initials, result, shares))
    return tuple(people)


def _answers(bank: Bank, model: ScoringModel, steps: NDArray[np.uint8]) -> dict[str, tuple[str, ...]]:
    options = list(bank.option)
    answers = {}
    for id, column in zip(model.questions, steps.T, strict=True):
        answers[id] = tuple(options[step] for step in column)
    return answers


def _substitutes(levels: NDArray[np.float64], has_mix: Sequence[bool]) -> list[Substitute]:
    """For each person the one who does most of the same work, by the questions that both answered; the first of equals.

    Not computed as a cosine, which measures how similar two people are, not how much of the work the other does. Only a
    person who has a mix can be a substitute.

    Parameters
    ----------
    levels
        Shape (people, questions), NaN for skipped questions.
    """
    answered = (~np.isnan(levels)).astype(np.float64)
    work = np.nan_to_num(levels)
    can_substitute = np.array(has_mix, dtype=np.float64)
    substitutes = []
    # One person at a time: all pairs at once would need memory by the square of the team.
    for person, own_work in enumerate(work):
        shared_work = np.minimum(work, own_work).sum(axis=1) * can_substitute
        shared_work[person] = 0.0
        comparable_work = answered @ own_work
        fractions = np.zeros(len(work))
        np.divide(shared_work, comparable_work, out=fractions, where=comparable_work > 0)
        fractions = fractions.round(9)
        best = int(fractions.argmax())
        if fractions[best] > 0:
            substitutes.append(Substitute(person, best, float(fractions[best])))
    return substitutes


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
