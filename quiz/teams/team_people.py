"""The people of an open team as the others see them: their mix, and how much of each role they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from quiz.bank import Bank, Role
from quiz.results.result import ResultKind, result_kind
from quiz.scoring import EVIDENCE, ScoringModel, coverage_percentage, follow_up_sheets, score, share_percentages
from quiz.teams.names import marks
from quiz.teams.team import OpenMember


class RoleCoverage(NamedTuple):
    """How much of a role a person does, in whole percent, None after too few answers; and whether the mix has it."""

    role: Role
    percent: int | None
    in_mix: bool


@dataclass(frozen=True)
class TeamPerson:
    """One person as the team sees them. `initials` are unique in the team; `response` is the id of the response.

    `mark` is a number if the name looks like another one of the team, else None. `kind` chooses the sentence about the
    person; `mix` has the roles with their shares in percent, None for a single role. `alternative` is the other mix of
    a tie. `coverage` has all roles in the order of the flow.
    """

    response: int
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


def team_people(bank: Bank, model: ScoringModel, members: Sequence[OpenMember]) -> tuple[TeamPerson, ...]:
    """The people with their results: the same as on their own pages, but scored together, which is faster."""
    if not members:
        return ()
    steps = np.concatenate([model.steps(member.answers) for member in members])
    follow_ups = follow_up_sheets(model, [member.follow_ups for member in members])
    scores = score(model, model.level_of_step[steps], follow_ups)
    ranking, alternative = scores.ranking(), scores.alternative
    names = [member.name for member in members]
    people = []
    for n, (member, mark, initials) in enumerate(zip(members, marks(names), _initials(names), strict=True)):
        mix = [bank.roles[role] for role in ranking[n].tolist() if scores.mix[n, role]]
        percents = share_percentages(dict(zip(model.roles, scores.share[n].tolist(), strict=True)))
        in_mix, judged, coverage = scores.mix[n].tolist(), scores.judged[n].tolist(), scores.coverage[n].tolist()
        cells = []
        for role, is_in_mix, is_judged, value in zip(bank.roles, in_mix, judged, coverage, strict=True):
            cells.append(RoleCoverage(role, coverage_percentage(value) if is_judged else None, is_in_mix))
        kind = result_kind(
            EVIDENCE[scores.evidence[n]],
            has_mix=bool(mix),
            answered=int(scores.answered[n]),
            question_count=len(bank.responsibility),
        )
        people.append(
            TeamPerson(
                response=member.response,
                name=member.name,
                mark=mark,
                initials=initials,
                kind=kind,
                mix=tuple((role, percents[role.id] if len(mix) > 1 else None) for role in mix),
                alternative=tuple(bank.roles[role] for role in ranking[n].tolist() if alternative[n, role]),
                coverage=tuple(cells),
            )
        )
    return tuple(people)


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
