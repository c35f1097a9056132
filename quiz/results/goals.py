"""Where a person could go, and how far they have come: the distance to a role, and what changed between two results."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quiz.bank import Bank, Point, Responsibility, Role
from quiz.scoring import ALL_ALIKE, NOT_ENOUGH, Match, Scheme, match, score

# More than three things to learn at once is a curriculum, not a next step.
STEPS = 3
# An answer worth at least this much means that the work is a regular part of the weeks.
REGULAR = 0.5

Verdict = Literal["same", "noise", "changed", "unknown"]


@dataclass(frozen=True)
class Step:
    """One responsibility to take up: how often it is done now, and how often it would be. `item.week` says how."""

    item: Responsibility
    now: Point
    to: Point


@dataclass(frozen=True)
class Teachers:
    """Whom to learn a role from on the map.

    `holders` is the role itself, `met` whether the person works with such people already, `through` those of the
    person's contacts who usually work with them.
    """

    holders: Role
    met: bool
    through: tuple[Role, ...]


@dataclass(frozen=True)
class Distance:
    """How far a person is from a role, and what would bring them closest.

    `steps` are at most three, the one that adds most coverage first; the same teachers serve them all. `unknown` are
    the role's responsibilities that were left out: whether they are steps, nobody can say. `now` is the person's match,
    `then` the match of the same answers with every step taken, `roles_then` its mix.
    """

    role: Role
    steps: tuple[Step, ...]
    unknown: tuple[Responsibility, ...]
    teachers: Teachers
    now: Match
    then: Match
    roles_then: tuple[Role, ...]

    @property
    def percent_now(self) -> int | None:
        """How much of the role the person does, in percent; None where too little of it was answered."""
        return _percent(self.now, self.role)

    @property
    def percent_then(self) -> int | None:
        """The same once every step is taken."""
        return _percent(self.then, self.role)

    @property
    def reached(self) -> bool:
        """Whether everything that the role answers for is a regular part of the weeks already."""
        return not self.steps and not self.unknown


@dataclass(frozen=True)
class Move:
    """One answer that is no longer the same.

    `by` counts the points of the scale that it moved up or, below zero, down; it is 0 where one of the two was left
    out, since leaving out is no point of the scale.
    """

    item: Responsibility
    before: Point
    after: Point
    by: int

    @property
    def direction(self) -> Literal["up", "down", "answered", "left-out"]:
        if self.by:
            return "up" if self.by > 0 else "down"
        return "answered" if self.before.level is None else "left-out"


@dataclass(frozen=True)
class Change:
    """Two results of one person side by side.

    `moves` are the answers that moved, the greatest change of level first. `joined` and `left` are the roles that one
    mix has and the other has not, `leads` the role of the greatest coverage where that is another one than before;
    they are empty where the verdict is `unknown`. See `compare` for the verdicts.
    """

    before: Match
    after: Match
    moves: tuple[Move, ...]
    joined: tuple[Role, ...]
    left: tuple[Role, ...]
    leads: Role | None
    verdict: Verdict


def regular(bank: Bank) -> Point:
    """The least answer that makes a responsibility a regular part of the weeks: weekly, on the usual scale."""
    return next(point for point in bank.scale if (point.level or 0) >= REGULAR)


def steps(bank: Bank, answers: Mapping[str, str], role: str) -> tuple[Step, ...]:
    """The responsibilities of `role` whose reaching a regular answer would add most coverage, greatest first.

    Coverage is a mean, so that is the order of the lowest answers; equal ones keep the bank's order. What was left out
    is never a step: a skip is not a zero.
    """
    to = regular(bank)
    found = [
        Step(item, now, to)
        for item, now in _answered(bank, answers, role)
        if now.level is not None and now.level < (to.level or 0)
    ]
    return tuple(sorted(found, key=lambda step: step.now.level or 0)[:STEPS])


def distance(
    bank: Bank, scheme: Scheme, answers: Mapping[str, str], role: str, contacts: Collection[str] = ()
) -> Distance:
    """How far the person of `answers` (question id to answer id) and `contacts` (role ids) is from `role`.

    Raises
    ------
    KeyError
        Where the bank knows no such role.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.shipped("questions"))
    >>> answers = dict.fromkeys(shipped.responsibility, "never")
    >>> answers |= {"insights": "daily", "dashboards": "daily", "trends": "weekly", "exploration": "weekly"}
    >>> far = distance(shipped, Scheme.of(shipped), answers, "data-scientist", ["data-engineer"])
    >>> [step.item.id for step in far.steps], far.percent_now, far.percent_then
    (['predictive-models', 'model-handover'], 22, 65)
    >>> far.now.mix, far.then.mix, far.teachers.met, [role.id for role in far.teachers.through]
    (('data-analyst',), ('data-analyst', 'data-scientist'), False, ['data-engineer'])
    """
    target = bank.role[role]
    found = steps(bank, answers, role)
    raised = {**answers, **{step.item.id: step.to.id for step in found}}
    then = match(scheme, raised)
    return Distance(
        role=target,
        steps=found,
        unknown=tuple(item for item, now in _answered(bank, answers, role) if now.level is None),
        teachers=Teachers(
            holders=target,
            met=role in contacts,
            through=tuple(other for other in bank.neighbours(role) if other.id in contacts),
        ),
        now=match(scheme, answers),
        then=then,
        roles_then=tuple(bank.role[id] for id in then.mix),
    )


def compare(bank: Bank, scheme: Scheme, before: Mapping[str, str], after: Mapping[str, str]) -> Change:
    """What changed from the answers `before` to the answers `after`, each question id to answer id.

    A result is read as the roles of its mix and which of them leads. The verdict on two results is

    - `unknown` where one of them rests on too few answers to be read,
    - `same` where both read the same, whichever answers moved,
    - `noise` where they read differently, but no more so than stability allows for: one is the other mix of the other's
      tie, or moving a single answer of either sheet by one step makes it read as the other does,
    - `changed` otherwise.

    `same` and `noise` both mean "no real change". Swapping the two sheets never changes the verdict, and two sheets
    that differ by one step of one answer are never `changed`.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.shipped("questions"))
    >>> before = dict.fromkeys(shipped.responsibility, "never") | {"insights": "daily", "dashboards": "daily"}
    >>> after = before | {"pipelines": "daily", "data-quality": "daily", "dashboards": "monthly"}
    >>> change = compare(shipped, Scheme.of(shipped), before, after)
    >>> change.verdict, [(move.item.id, move.by) for move in change.moves]
    ('changed', [('pipelines', 4), ('data-quality', 4), ('dashboards', -2)])
    """
    first, second = match(scheme, before), match(scheme, after)
    earlier, later = _read(first), _read(second)
    verdict: Verdict = "changed"
    if "not-enough" in (first.evidence, second.evidence):
        verdict = "unknown"
    elif earlier == later:
        verdict = "same"
    elif later in _near(scheme, before, first) or earlier in _near(scheme, after, second):
        verdict = "noise"
    known = verdict != "unknown"
    return Change(
        before=first,
        after=second,
        moves=tuple(sorted(_moves(bank, before, after), key=_how_far, reverse=True)),
        joined=tuple(bank.role[id] for id in second.mix if known and id not in first.mix),
        left=tuple(bank.role[id] for id in first.mix if known and id not in second.mix),
        leads=bank.role[later.leads] if known and later.leads and later.leads != earlier.leads else None,
        verdict=verdict,
    )


@dataclass(frozen=True)
class _Reading:
    """What a person takes from a result: the roles of the mix, and the one that leads unless all are alike."""

    mix: frozenset[str]
    leads: str | None


def _read(found: Match) -> _Reading:
    return _Reading(frozenset(found.mix), found.mix[0] if found.margin is not None else None)


def _near(scheme: Scheme, answers: Mapping[str, str], found: Match) -> set[_Reading]:
    """How a sheet could as well read: by the other mix of its tie, and after one step of any one answer."""
    near = {_Reading(frozenset(found.alternative), found.alternative[0])} if found.alternative else set()
    row = scheme.steps(answers)[0].astype(int)
    points = scheme.skip
    moves = [(q, at + by) for q, at in enumerate(row) if at < points for by in (-1, 1) if 0 <= at + by < points]
    question, to = np.array(moves).T
    tried = np.repeat(row[None], len(moves), axis=0)
    tried[np.arange(len(moves)), question] = to
    scores = score(scheme, scheme.worth[tried])
    for evidence, mix, order in zip(scores.evidence, scores.mix, scores.ranking(), strict=True):
        if evidence != NOT_ENOUGH:
            roles = frozenset(scheme.roles[n] for n in np.flatnonzero(mix))
            near.add(_Reading(roles, scheme.roles[order[0]] if evidence != ALL_ALIKE else None))
    return near


def _answered(bank: Bank, answers: Mapping[str, str], role: str) -> Iterator[tuple[Responsibility, Point]]:
    """The responsibilities of `role`, each with its answer; what has none counts as left out."""
    for item in bank.role[role].responsibilities:
        yield item, bank.point.get(answers.get(item.id, ""), bank.skip)


def _moves(bank: Bank, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Move]:
    for role in bank.role:
        for (item, old), (_, new) in zip(_answered(bank, before, role), _answered(bank, after, role), strict=True):
            if old != new:
                apart = bank.skip in (old, new)
                yield Move(item, old, new, 0 if apart else bank.scale.index(new) - bank.scale.index(old))


def _how_far(move: Move) -> float:
    return abs((move.after.level or 0) - (move.before.level or 0)) if move.by else -1.0


def _percent(found: Match, role: Role) -> int | None:
    coverage = found.roles[role.id].coverage
    return None if coverage is None else round(100 * coverage)
