"""The one gate: answers on this side, what may be told of them on the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any, NamedTuple

import numpy as np

from quiz.bank import Bank
from quiz.results.goals import MIN_REGULAR_LEVEL
from quiz.scoring import ScoringModel, score, share_percentages
from quiz.teams.anonymous.published import (
    HEADS,
    LARGE,
    MOST,
    NAMED_FROM,
    PARTS,
    STEP,
    Covered,
    HandOver,
    Part,
    Published,
)
from quiz.teams.anonymous.rules import may_close


@dataclass(frozen=True)
class Member:
    """What one finished response brings into a round: answers by question, and the roles its person works with.

    There is no place here for titles, wishes and free words, so none of them can reach a team.
    """

    answers: Mapping[str, str]
    contacts: Collection[str] = ()


def publish(
    bank: Bank, model: ScoringModel, members: Sequence[Member], minimum: int, before: Published | None = None
) -> Published | None:
    """The one gate: what closing a round publishes, or None with fewer members than the minimum.

    Parameters
    ----------
    members : sequence of Member
        Every `eligible` finished response of the round. Their order plays no part.
    minimum : int
        One of `MINIMUMS`.
    before : Published, optional
        What the team's last round published, withdrawn or not. A band or a mix stays as it was unless it moved further
        than one person who came, left or was exchanged could have moved it. So after the first round a band may be off
        by one person, and pages have to say that.

    Raises
    ------
    ValueError
        Where `minimum` is not one of `MINIMUMS`.
    """
    if not may_close(len(members), minimum):
        return None
    levels = model.level_of_step[np.concatenate([model.steps(member.answers) for member in members])]
    people = len(members)
    done = (np.nan_to_num(levels) >= MIN_REGULAR_LEVEL).sum(axis=0).tolist()
    scores = score(model, levels)
    told = {item.responsibility: item.band for item in before.coverage} if before else {}
    stood = {item.roles: item.band for item in before.hand_overs} if before else {}
    combined = [{model.roles[n] for n in np.flatnonzero(row)} for row in scores.mix]
    return Published(
        people=people,
        bank=bank.version,
        **_mix(bank, combined, dict(zip(model.roles, scores.share.T.tolist(), strict=True)), before),
        coverage=tuple(
            Covered(id, bank.responsibility[id].name, bank.responsibility[id].role, _band(often, people, told.get(id)))
            for id, often in zip(model.questions, done, strict=True)
        ),
        hand_overs=tuple(
            HandOver(pair, _band(_between(pair, combined, members), people, stood.get(pair)))
            for pair in sorted(bank.contacts)
        ),
    )


def _band(heads: int, people: int, before: str | None) -> str:
    """The band of so many heads, or the one before as long as one person more or less would still be in it."""
    near = {_fresh_band(heads + change, people) for change in (-1, 0, 1)}
    return before if before is not None and before in near else _fresh_band(heads, people)


def _fresh_band(heads: int, people: int) -> str:
    if people < LARGE:
        return HEADS[(heads >= 2) + (heads >= 4)]
    return PARTS[(4 * heads >= people) + (2 * heads >= people) + (4 * heads > 3 * people)]


def _between(pair: tuple[str, str], combined: Sequence[set[str]], members: Sequence[Member]) -> int:
    """How many members stand between the two roles."""
    return sum(
        bool(mix.intersection(pair)) and mix.union(member.contacts).issuperset(pair)
        for mix, member in zip(combined, members, strict=True)
    )


class _Mix(NamedTuple):
    mix: tuple[Part, ...]
    others: int


def _mix(
    bank: Bank, combined: Sequence[set[str]], shares: Mapping[str, Sequence[float]], before: Published | None
) -> dict[str, Any]:
    """`mix` and `others` of what is published: the mean of all people's shares, or as before if little has moved."""
    people = len(combined)
    holders = Counter(role for mix in combined for role in mix)
    # Exact sums: adding in another order must not tip a share over a step.
    named = {role: fsum(each) / people for role, each in shares.items() if holders[role] >= NAMED_FROM}
    # Never quite zero, or the page would tell that nobody at all holds any other role.
    told = share_percentages({**named, "": max(1 - fsum(named.values()), 1e-6)})
    others = told.pop("")
    if most := [role for role, percent in told.items() if percent >= MOST]:
        told, others = {most[0]: MOST}, 100 - MOST
    parts = tuple(Part(role.id, role.name, role.id in named, told.get(role.id)) for role in bank.roles)
    if before is not None and _little_moved(before, parts, people, holders):
        parts, others = before.mix, before.others
    return _Mix(parts, others)._asdict()


def _little_moved(before: Published, parts: Sequence[Part], people: int, holders: Mapping[str, int]) -> bool:
    """Whether one person could have made the difference between two mixes; `holders` are those of the new one."""
    if {part.role for part in before.mix} != {part.role for part in parts}:
        return False
    old, new = ({part.role: part.percent for part in mix if part.percent} for mix in (before.mix, parts))
    both = old.keys() & new.keys()
    moved = [abs((old[role] or 0) - (new[role] or 0)) for role in both]
    moved.append(abs(sum(old[role] or 0 for role in both) - sum(new[role] or 0 for role in both)))
    # One person's whole share, and what rounding can add on both sides.
    reach = 100 / min(before.people, people) + 2 * STEP
    # One person makes a role held, or no longer held, only as the last one that it takes.
    tipped = all(
        part.held == (holders[part.role] >= NAMED_FROM) or holders[part.role] in (NAMED_FROM - 1, NAMED_FROM)
        for part in before.mix
    )
    return max(moved) <= reach and tipped
