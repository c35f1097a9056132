"""Goals: how far a person is from a role or from a job, and which steps lead there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from quiz.bank import AnswerOption, Bank, FollowUps, JobGoal, Responsibility, Role
from quiz.scoring import Match, ScoringModel, coverage_percentage, match

#: Few, because nobody can learn many things at the same time.
MAX_STEPS = 3
#: Nothing that a person wants less of, or wants to hand over, is a step to a goal: these are the ids of such wishes.
UNWANTED_WISHES = ("less", "hand-over")
_NO_WISHES: Mapping[str, str] = MappingProxyType({})
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
    the role that have no answer: whether they are steps is not known. `unwanted` would be steps, but the person wants
    less of them or to hand them over. `match_now` is the person's match,
    `match_after` the match of the same answers after every step, `roles_after` its mix. `works_with_role` says whether
    the person works with people of this role; `helpful_contacts` are the person's contacts who usually work with them.
    """

    role: Role
    steps: tuple[GoalStep, ...]
    skipped: tuple[Responsibility, ...]
    unwanted: tuple[Responsibility, ...]
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
    def kind(self) -> Literal["reached", "unwanted", "unknown", "steps"]:
        """`steps` if there are any, else why not: all that is missing is skipped or unwanted, or nothing is missing."""
        if self.steps:
            return "steps"
        if self.skipped:
            return "unknown"
        return "unwanted" if self.unwanted else "reached"

    @property
    def has_one_step(self) -> bool:
        return len(self.steps) == 1

    @property
    def kind_after(self) -> Literal["mix", "all-alike", "none"]:
        """Whether the match after every step has a `mix` of some of the roles, has all roles alike, or has neither.

        It has neither with too few answers, or if little of any role would be done.
        """
        if self.match_after.evidence == "all-alike":
            return "all-alike"
        return "mix" if self.match_after.mix else "none"


@dataclass(frozen=True)
class JobGoalDistance:
    """What a job asks for, next to what a person does.

    `done` are the responsibilities that the person does regularly. `steps` are the next ones to do regularly, at most
    `MAX_STEPS`; `later` are those after them. `skipped` have no answer. `unwanted` would be steps, but the person wants
    less of them or to hand them over. What the bank does not know is left out.
    """

    name: str
    done: tuple[Responsibility, ...]
    steps: tuple[GoalStep, ...]
    later: tuple[Responsibility, ...]
    skipped: tuple[Responsibility, ...]
    unwanted: tuple[Responsibility, ...]

    @property
    def asked_count(self) -> int:
        """How many things the job asks for, as far as the bank knows them."""
        return sum(map(len, (self.done, self.steps, self.later, self.skipped, self.unwanted)))


def regular_option(bank: Bank) -> AnswerOption:
    """The lowest answer that means regular work: weekly, on the shipped scale."""
    return next(option for option in bank.scale if (option.level or 0) >= MIN_REGULAR_LEVEL)


def goal_steps(
    bank: Bank, answers: Mapping[str, str], goal: str | JobGoal, wishes: Mapping[str, str] = _NO_WISHES
) -> tuple[GoalStep, ...]:
    """The next steps to a goal, at most `MAX_STEPS`: what it asks for and the person does not do regularly yet.

    `goal` is a role id or a job; `answers` are answer ids by question id. The lowest answers come first, because they
    add most coverage; equal ones keep the bank's order. A skipped responsibility is never a step, because it is not
    known how often it is done; nor is one that the person wants less of or to hand over (`wishes`, by responsibility).
    """
    steps = _all_steps(bank, answers, goal)
    return tuple(step for step in steps if wishes.get(step.responsibility.id) not in UNWANTED_WISHES)[:MAX_STEPS]


def _unwanted(
    bank: Bank, answers: Mapping[str, str], goal: str | JobGoal, wishes: Mapping[str, str]
) -> tuple[Responsibility, ...]:
    """What would be a step to a goal if the person did not want less of it or to hand it over."""
    items = [step.responsibility for step in _all_steps(bank, answers, goal)]
    return tuple(item for item in items if wishes.get(item.id) in UNWANTED_WISHES)


def _all_steps(bank: Bank, answers: Mapping[str, str], goal: str | JobGoal) -> tuple[GoalStep, ...]:
    """What a goal asks for and is not done regularly, wanted or not, the lowest answers first."""
    target = regular_option(bank)
    target_level = target.level or 0
    steps = []
    for responsibility, answer in _goal_answers(bank, answers, goal):
        if answer.level is not None and answer.level < target_level:
            steps.append(GoalStep(responsibility, answer, target))
    steps.sort(key=lambda step: step.current.level or 0)
    return tuple(steps)


def job_goal_distance(
    bank: Bank, answers: Mapping[str, str], job_goal: JobGoal, wishes: Mapping[str, str] = _NO_WISHES
) -> JobGoalDistance:
    """What `job_goal` asks for, next to `answers` (question id to answer id) and `wishes` (by responsibility id).

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> job_goal = JobGoal("Data team of a bakery", ("pipelines", "dashboards", "trends"))
    >>> distance = job_goal_distance(shipped, {"pipelines": "daily", "dashboards": "rarely"}, job_goal)
    >>> [item.id for item in distance.done], [step.responsibility.id for step in distance.steps]
    (['pipelines'], ['dashboards'])
    >>> [item.id for item in distance.skipped]
    ['trends']
    """
    target_level = regular_option(bank).level or 0
    sheet = _goal_answers(bank, answers, job_goal)
    unwanted = _unwanted(bank, answers, job_goal, wishes)
    steps = [step for step in _all_steps(bank, answers, job_goal) if step.responsibility not in unwanted]
    return JobGoalDistance(
        name=job_goal.name,
        done=tuple(item for item, answer in sheet if answer.level is not None and answer.level >= target_level),
        steps=tuple(steps[:MAX_STEPS]),
        later=tuple(step.responsibility for step in steps[MAX_STEPS:]),
        skipped=tuple(item for item, answer in sheet if answer.level is None),
        unwanted=unwanted,
    )


def goal_distance(
    bank: Bank,
    model: ScoringModel,
    answers: Mapping[str, str],
    role: str,
    contacts: Collection[str] = (),
    *,
    follow_ups: FollowUps | None = None,
    wishes: Mapping[str, str] = _NO_WISHES,
) -> GoalDistance:
    """How far the person with `answers` (question id to answer id) and `contacts` (role ids) is from `role`.

    `wishes` are wish ids by responsibility id. With `follow_ups`, `match_after` leaves out the comparison of this role:
    it is about the work of today.

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
    steps = goal_steps(bank, answers, role, wishes)
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
        unwanted=_unwanted(bank, answers, role, wishes),
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
    wishes: Mapping[str, str] = _NO_WISHES,
) -> tuple[GoalDistance, ...]:
    """The distance to each role of `goals`, in the order of the bank; roles that it does not know are ignored."""
    known_goals = [role for role in bank.role if role in goals]
    return tuple(
        goal_distance(bank, model, answers, role, contacts, follow_ups=follow_ups, wishes=wishes)
        for role in known_goals
    )


def role_answers(bank: Bank, answers: Mapping[str, str], role: str) -> list[tuple[Responsibility, AnswerOption]]:
    """The responsibilities of `role`, each with its answer; a missing or unknown answer counts as skipped."""
    return _goal_answers(bank, answers, role)


def _goal_answers(
    bank: Bank, answers: Mapping[str, str], goal: str | JobGoal
) -> list[tuple[Responsibility, AnswerOption]]:
    """The same for a role id or a job, in the order of the bank."""
    if isinstance(goal, JobGoal):
        responsibilities = tuple(item for id, item in bank.responsibility.items() if id in goal.responsibilities)
    else:
        responsibilities = bank.role[goal].responsibilities
    return [(item, bank.option.get(answers.get(item.id, ""), bank.skip)) for item in responsibilities]


def _coverage_percent(role_match: Match, role: Role) -> int | None:
    coverage = role_match.roles[role.id].coverage
    return None if coverage is None else coverage_percentage(coverage)
