"""Goals: how far a person is from a role, and which steps lead there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from quiz.bank import AnswerOption, Bank, FollowUps, Responsibility, Role
from quiz.scoring import Match, ScoringModel, coverage_percentage, match

#: Few, because nobody can learn many things at the same time.
MAX_STEPS = 3
#: An answer of at least this level means that the work is done regularly.
MIN_REGULAR_LEVEL = 0.5


@dataclass(frozen=True)
class GoalStep:
    """One responsibility to do regularly: `current` is how often the person does it now."""

    responsibility: Responsibility
    current: AnswerOption
    target: AnswerOption


@dataclass(frozen=True)
class GoalDistance:
    """How far a person is from a role, and the steps that bring the person closest to it.

    `steps` are at most `MAX_STEPS`; the one that adds most coverage comes first. `skipped` are the responsibilities of
    the role that have no answer: whether they are steps is not known. `match_now` is the person's match,
    `match_after` the match of the same answers after every step, `roles_after` its mix. `works_with_role` says whether
    the person works with people of this role; `helpful_contacts` are the person's contacts who usually work with them.
    """

    role: Role
    steps: tuple[GoalStep, ...]
    skipped: tuple[Responsibility, ...]
    works_with_role: bool
    helpful_contacts: tuple[Role, ...]
    match_now: Match
    match_after: Match
    roles_after: tuple[Role, ...]

    @property
    def percent_now(self) -> int | None:
        """How much of the role the person does, in percent; None if too few of its questions were answered."""
        return _coverage_percent(self.match_now, self.role)

    @property
    def percent_after(self) -> int | None:
        """The same after every step."""
        return _coverage_percent(self.match_after, self.role)

    @property
    def kind(self) -> Literal["reached", "unknown", "steps"]:
        """`steps` if there are steps, `unknown` if there are only skipped questions, `reached` if there is neither."""
        if self.steps:
            return "steps"
        return "unknown" if self.skipped else "reached"

    @property
    def has_one_step(self) -> bool:
        return len(self.steps) == 1

    @property
    def names_roles_after(self) -> bool:
        """Whether the match after every step has a mix of some of the roles."""
        return bool(self.match_after.mix) and self.match_after.evidence != "all-alike"


def regular_option(bank: Bank) -> AnswerOption:
    """The lowest answer that means regular work: weekly, on the shipped scale."""
    return next(option for option in bank.scale if (option.level or 0) >= MIN_REGULAR_LEVEL)


def goal_steps(bank: Bank, answers: Mapping[str, str], role: str) -> tuple[GoalStep, ...]:
    """The responsibilities of `role` that would add most coverage once they are done regularly, greatest first.

    Coverage is a mean, so the lowest answers come first; equal ones keep the bank's order. A skipped responsibility is
    never a step, because it is not known how often it is done.
    """
    target = regular_option(bank)
    target_level = target.level or 0
    steps = []
    for responsibility, answer in role_answers(bank, answers, role):
        if answer.level is not None and answer.level < target_level:
            steps.append(GoalStep(responsibility, answer, target))
    steps.sort(key=lambda step: step.current.level or 0)
    return tuple(steps[:MAX_STEPS])


def goal_distance(
    bank: Bank,
    model: ScoringModel,
    answers: Mapping[str, str],
    role: str,
    contacts: Collection[str] = (),
    *,
    follow_ups: FollowUps | None = None,
) -> GoalDistance:
    """How far the person with `answers` (question id to answer id) and `contacts` (role ids) is from `role`.

    With `follow_ups`, `match_after` leaves out the comparison of this role: it is about the work of today.

    Raises
    ------
    KeyError
        If the bank has no such role.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> answers = dict.fromkeys(shipped.responsibility, "never")
    >>> answers |= {"insights": "daily", "dashboards": "daily", "trends": "weekly", "exploration": "weekly"}
    >>> model = ScoringModel.from_bank(shipped)
    >>> distance = goal_distance(shipped, model, answers, "data-scientist", ["data-engineer"])
    >>> [step.responsibility.id for step in distance.steps], distance.percent_now, distance.percent_after
    (['predictive-models', 'model-handover'], 22, 65)
    >>> distance.match_now.mix, distance.match_after.mix
    (('data-analyst',), ('data-analyst', 'data-scientist'))
    >>> distance.works_with_role, [role.id for role in distance.helpful_contacts]
    (False, ['data-engineer'])
    """
    steps = goal_steps(bank, answers, role)
    new_answers = {step.responsibility.id: step.target.id for step in steps}
    answers_after = {**answers, **new_answers}
    match_after = match(model, answers_after, _without_comparison(follow_ups, role))
    roles_after = [bank.role[id] for id in match_after.mix]
    skipped = [responsibility for responsibility, answer in role_answers(bank, answers, role) if answer.level is None]
    helpful_contacts = [neighbour for neighbour in bank.neighbours(role) if neighbour.id in contacts]
    return GoalDistance(
        role=bank.role[role],
        steps=steps,
        skipped=tuple(skipped),
        works_with_role=role in contacts,
        helpful_contacts=tuple(helpful_contacts),
        match_now=match(model, answers, follow_ups),
        match_after=match_after,
        roles_after=tuple(roles_after),
    )


def _without_comparison(follow_ups: FollowUps | None, role: str) -> FollowUps | None:
    """The follow-up answers without that about `role`: what it says of today would not hold after the steps."""
    if follow_ups is None:
        return None
    answers = {other: answer for other, answer in follow_ups.answers.items() if other != role}
    return FollowUps(follow_ups.base, answers)


def goal_distances(
    bank: Bank,
    model: ScoringModel,
    answers: Mapping[str, str],
    goals: Collection[str],
    contacts: Collection[str],
    *,
    follow_ups: FollowUps | None = None,
) -> tuple[GoalDistance, ...]:
    """The distance to each role of `goals`, in the order of the bank; roles that it does not know are ignored."""
    known_goals = [role for role in bank.role if role in goals]
    return tuple(goal_distance(bank, model, answers, role, contacts, follow_ups=follow_ups) for role in known_goals)


def role_answers(bank: Bank, answers: Mapping[str, str], role: str) -> list[tuple[Responsibility, AnswerOption]]:
    """The responsibilities of `role`, each with its answer; a missing or unknown answer counts as skipped."""
    return [
        (responsibility, bank.option.get(answers.get(responsibility.id, ""), bank.skip))
        for responsibility in bank.role[role].responsibilities
    ]


def _coverage_percent(role_match: Match, role: Role) -> int | None:
    coverage = role_match.roles[role.id].coverage
    return None if coverage is None else coverage_percentage(coverage)
