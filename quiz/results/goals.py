"""Goals: how far a person is from a role, and which steps lead there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from quiz.bank import AnswerOption, Bank, Responsibility, Role
from quiz.scoring import Match, ScoringModel, match

# More than three things to learn at once is a curriculum, not a next step.
STEPS = 3
# An answer worth at least this much means that the work is a regular part of the weeks.
REGULAR = 0.5


@dataclass(frozen=True)
class Step:
    """One responsibility to take up: how often it is done now, and how often it would be. `item.week` says how."""

    responsibility: Responsibility
    now: AnswerOption
    to: AnswerOption


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


def regular(bank: Bank) -> AnswerOption:
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
        for item, now in answered(bank, answers, role)
        if now.level is not None and now.level < (to.level or 0)
    ]
    return tuple(sorted(found, key=lambda step: step.now.level or 0)[:STEPS])


def distance(
    bank: Bank, model: ScoringModel, answers: Mapping[str, str], role: str, contacts: Collection[str] = ()
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
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> answers = dict.fromkeys(shipped.responsibility, "never")
    >>> answers |= {"insights": "daily", "dashboards": "daily", "trends": "weekly", "exploration": "weekly"}
    >>> far = distance(shipped, ScoringModel.from_bank(shipped), answers, "data-scientist", ["data-engineer"])
    >>> [step.responsibility.id for step in far.steps], far.percent_now, far.percent_then
    (['predictive-models', 'model-handover'], 22, 65)
    >>> far.now.mix, far.then.mix, far.teachers.met, [role.id for role in far.teachers.through]
    (('data-analyst',), ('data-analyst', 'data-scientist'), False, ['data-engineer'])
    """
    target = bank.role[role]
    found = steps(bank, answers, role)
    raised = {**answers, **{step.responsibility.id: step.to.id for step in found}}
    then = match(model, raised)
    return Distance(
        role=target,
        steps=found,
        unknown=tuple(item for item, now in answered(bank, answers, role) if now.level is None),
        teachers=Teachers(
            holders=target,
            met=role in contacts,
            through=tuple(other for other in bank.neighbours(role) if other.id in contacts),
        ),
        now=match(model, answers),
        then=then,
        roles_then=tuple(bank.role[id] for id in then.mix),
    )


def answered(bank: Bank, answers: Mapping[str, str], role: str) -> Iterator[tuple[Responsibility, AnswerOption]]:
    """The responsibilities of `role`, each with its answer; what has none counts as left out."""
    for item in bank.role[role].responsibilities:
        yield item, bank.option.get(answers.get(item.id, ""), bank.skip)


def _percent(found: Match, role: Role) -> int | None:
    coverage = found.roles[role.id].coverage
    return None if coverage is None else round(100 * coverage)
