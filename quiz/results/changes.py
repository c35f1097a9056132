"""What changed between two results of one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quiz.bank import AnswerOption, Bank, FollowUpOption, FollowUps, Responsibility, Role
from quiz.results.goals import role_answers
from quiz.results.result import result_kind
from quiz.scoring import ALL_ALIKE, NOT_ENOUGH, Match, ScoringModel, follow_up_sheets, match, score

Verdict = Literal["same", "noise", "changed", "unknown"]


@dataclass(frozen=True)
class AnswerChange:
    """One answer that is not the same as before.

    `steps` counts the points of the scale by which it rose or, below zero, fell. It is 0 if one of the two answers is
    `skip`, which is no point of the scale.
    """

    responsibility: Responsibility
    before: AnswerOption
    after: AnswerOption
    steps: int

    @property
    def direction(self) -> Literal["up", "down", "answered", "skipped"]:
        if self.steps > 0:
            return "up"
        if self.steps < 0:
            return "down"
        return "answered" if self.before.level is None else "skipped"

    @property
    def level_difference(self) -> float:
        """By how much the level changed, up or down; -1 if one of the two answers is `skip`."""
        if not self.steps:
            return -1.0
        return abs((self.after.level or 0) - (self.before.level or 0))


class ComparisonChange(NamedTuple):
    """A role that was compared with the base both times, with different answers."""

    role: Role
    before: FollowUpOption
    after: FollowUpOption


@dataclass(frozen=True)
class ResultComparison:
    """Two results of one person, and the differences between them.

    `answer_changes` are ordered by the change of level, greatest first. `comparison_changes` are in the order of the
    bank; there are none unless the follow-up answers of both count. `added_roles` and `removed_roles` are the roles
    that only one of the two mixes has. `new_main_role` is the role of the mix with the greatest coverage, if that was
    another role before. All three are empty if the verdict is `unknown`. See `compare_results` for the verdicts.

    `counts_follow_ups` says whether the follow-up answers of both count; `leaves_out_follow_ups` whether there are any
    that do not, because the two takings did not compare the same roles. `has_same_answers` says whether no answer
    differs, neither a rating nor a comparison. `has_too_few_answers` says whether one of them has too few for a result.
    """

    before: Match
    after: Match
    answer_changes: tuple[AnswerChange, ...]
    comparison_changes: tuple[ComparisonChange, ...]
    added_roles: tuple[Role, ...]
    removed_roles: tuple[Role, ...]
    new_main_role: Role | None
    verdict: Verdict
    counts_follow_ups: bool
    leaves_out_follow_ups: bool
    has_same_answers: bool
    has_too_few_answers: bool

    @property
    def unknown_because(self) -> Literal["", "too-few-answers", "too-little-work"]:
        """Why the two results cannot be compared; empty if they can."""
        if self.verdict != "unknown":
            return ""
        return "too-few-answers" if self.has_too_few_answers else "too-little-work"

    @property
    def change_count(self) -> int:
        """How many answers differ, ratings and comparisons together."""
        return len(self.answer_changes) + len(self.comparison_changes)


def compare_results(
    bank: Bank,
    model: ScoringModel,
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    follow_ups_before: FollowUps | None = None,
    follow_ups_after: FollowUps | None = None,
) -> ResultComparison:
    """What changed from the answers `before` to the answers `after`, both question id to answer id.

    Follow-up answers count only if both takings compared the same roles with the same base. Otherwise a mix could
    change because another question was asked.

    Two results are compared by the roles of the mix and by the main role. The verdict is

    - `unknown` if one of them has too few answers, or too little work to name a role,
    - `same` if both have the same roles and the same main role, whichever answers changed,
    - `noise` if they differ, but one step of one answer explains it: one result is the alternative mix of the other's
      tie, or changing a single answer of either sheet by one step gives the other result,
    - `changed` otherwise.

    `same` and `noise` both mean "no real change". Swapping the two sheets does not change the verdict, and two sheets
    that differ by one step of one answer are never `changed`.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> before = dict.fromkeys(shipped.responsibility, "never") | {"insights": "daily", "dashboards": "daily"}
    >>> after = before | {"pipelines": "daily", "data-quality": "daily", "dashboards": "monthly"}
    >>> comparison = compare_results(shipped, ScoringModel.from_bank(shipped), before, after)
    >>> comparison.verdict, [(change.responsibility.id, change.steps) for change in comparison.answer_changes]
    ('changed', [('pipelines', 4), ('data-quality', 4), ('dashboards', -2)])
    """
    match_before, match_after = match(model, before, follow_ups_before), match(model, after, follow_ups_after)
    has_comparisons = bool(match_before.comparisons or match_after.comparisons)
    counts_follow_ups = _have_same_comparisons(match_before, follow_ups_before, match_after, follow_ups_after)
    comparison_changes = _comparison_changes(bank, match_before, match_after) if counts_follow_ups else ()
    answer_changes = _answer_changes(bank, before, after)
    has_same_comparisons = _given_comparisons(bank, follow_ups_before) == _given_comparisons(bank, follow_ups_after)
    if not counts_follow_ups:
        follow_ups_before = follow_ups_after = None
        match_before, match_after = match(model, before), match(model, after)
    taking_before = _Taking(before, follow_ups_before, match_before)
    taking_after = _Taking(after, follow_ups_after, match_after)
    summary_before, summary_after = _summary(match_before), _summary(match_after)
    added_roles: list[Role] = []
    removed_roles: list[Role] = []
    new_main_role = None

    verdict: Verdict
    if "not-enough" in (match_before.evidence, match_after.evidence):
        verdict = "unknown"
    else:
        added_roles = [bank.role[id] for id in match_after.mix if id not in match_before.mix]
        removed_roles = [bank.role[id] for id in match_before.mix if id not in match_after.mix]
        if summary_after.main_role and summary_after.main_role != summary_before.main_role:
            new_main_role = bank.role[summary_after.main_role]

        if summary_before == summary_after:
            verdict = "same"
        elif _is_noise(model, taking_before, taking_after):
            verdict = "noise"
        else:
            verdict = "changed"

    return ResultComparison(
        before=match_before,
        after=match_after,
        answer_changes=answer_changes,
        comparison_changes=comparison_changes,
        added_roles=tuple(added_roles),
        removed_roles=tuple(removed_roles),
        new_main_role=new_main_role,
        verdict=verdict,
        counts_follow_ups=counts_follow_ups,
        leaves_out_follow_ups=has_comparisons and not counts_follow_ups,
        has_same_answers=not answer_changes and has_same_comparisons,
        has_too_few_answers=any(_has_too_few_answers(model, result) for result in (match_before, match_after)),
    )


def _has_too_few_answers(model: ScoringModel, result: Match) -> bool:
    kind = result_kind(
        result.evidence,
        has_mix=bool(result.mix),
        answered=result.answered,
        question_count=len(model.questions),
    )
    return kind == "not-enough"


class _Taking(NamedTuple):
    """One of the two results, and what it comes from."""

    answers: Mapping[str, str]
    follow_ups: FollowUps | None
    match: Match


def _have_same_comparisons(
    match_before: Match, before: FollowUps | None, match_after: Match, after: FollowUps | None
) -> bool:
    """Whether both results count comparisons of the same roles with the same base."""
    if before is None or after is None or before.base != after.base:
        return False
    roles_before = [comparison.role for comparison in match_before.comparisons]
    roles_after = [comparison.role for comparison in match_after.comparisons]
    return bool(roles_before) and roles_before == roles_after


def _comparison_changes(bank: Bank, before: Match, after: Match) -> tuple[ComparisonChange, ...]:
    """The comparisons whose answers differ. Both results count comparisons of the same roles."""
    option = {option.id: option for option in bank.follow_ups}
    changes = []
    for old, new in zip(before.comparisons, after.comparisons, strict=True):
        if old.answer != new.answer:
            changes.append(ComparisonChange(bank.role[old.role], option[old.answer], option[new.answer]))
    return tuple(changes)


def _given_comparisons(bank: Bank, follow_ups: FollowUps | None) -> FollowUps | None:
    """The follow-up answers that compare something: without “I can’t say”; None if none is left."""
    if follow_ups is None:
        return None
    ids = [option.id for option in bank.follow_ups]
    answers = {role: answer for role, answer in follow_ups.answers.items() if answer in ids}
    return FollowUps(follow_ups.base, answers) if answers else None


@dataclass(frozen=True)
class _Summary:
    """The parts of a result that are compared: the roles of the mix, and the main role.

    There is none if all roles are alike, or if two roles share the greatest coverage.
    """

    mix: frozenset[str]
    main_role: str | None


def _summary(result: Match) -> _Summary:
    is_ranked = result.margin is not None
    return _Summary(frozenset(result.mix), _main_role(result, result.mix) if is_ranked else None)


def _main_role(result: Match, mix: Sequence[str]) -> str | None:
    """The role of `mix` with the greatest coverage, None if two have it."""
    highest = max(result.roles[role].coverage or 0 for role in mix)
    main_roles = [role for role in mix if result.roles[role].coverage == highest]
    return main_roles[0] if len(main_roles) == 1 else None


def _is_noise(model: ScoringModel, before: _Taking, after: _Taking) -> bool:
    """Whether one step of one answer, or a tie, explains the difference between two results."""
    if _summary(after.match) in _summaries_within_noise(model, before):
        return True
    return _summary(before.match) in _summaries_within_noise(model, after)


def _summaries_within_noise(model: ScoringModel, taking: _Taking) -> set[_Summary]:
    """The alternative mix of a tie, and every result after one step of one answer or of one comparison."""
    summaries = set()
    result = taking.match
    if result.alternative:
        summaries.add(_Summary(frozenset(result.alternative), _main_role(result, result.alternative)))

    steps = _one_step_variants(model, taking.answers)
    follow_ups = [taking.follow_ups] * len(steps)
    changed_comparisons = _one_step_comparisons(model, taking)
    unchanged_steps = model.steps(taking.answers).repeat(len(changed_comparisons), axis=0)
    sheets = follow_up_sheets(model, [*follow_ups, *changed_comparisons])
    scores = score(model, model.level_of_step[np.concatenate([steps, unchanged_steps])], sheets)
    # Of the mix alone: a comparison can keep out a role with a greater coverage.
    coverage_in_mix = np.where(scores.mix, scores.coverage, -1.0)
    for row, evidence in enumerate(scores.evidence):
        if evidence == NOT_ENOUGH:
            continue
        mix = frozenset(model.roles[role] for role in np.flatnonzero(scores.mix[row]))
        main_roles = np.flatnonzero(coverage_in_mix[row] == coverage_in_mix[row].max())
        has_main_role = evidence != ALL_ALIKE and len(main_roles) == 1
        summaries.add(_Summary(mix, model.roles[main_roles[0]] if has_main_role else None))
    return summaries


def _one_step_comparisons(model: ScoringModel, taking: _Taking) -> list[FollowUps]:
    """The follow-up answers with one comparison that counts changed by one step."""
    if taking.follow_ups is None:
        return []
    ids = tuple(model.step_of_follow_up)
    variants = []
    for comparison in taking.match.comparisons:
        step = ids.index(comparison.answer)
        for new_step in (step - 1, step + 1):
            if 0 <= new_step < len(ids):
                answers = {**taking.follow_ups.answers, comparison.role: ids[new_step]}
                variants.append(FollowUps(taking.follow_ups.base, answers))
    return variants


def _one_step_variants(model: ScoringModel, answers: Mapping[str, str]) -> NDArray[np.intp]:
    """Every sheet that differs from `answers` by one step of one answer, as steps of shape (variants, questions)."""
    steps = model.steps(answers)[0].astype(np.intp)
    highest_step = model.skip_step - 1
    variants = []
    for question, step in enumerate(steps):
        if step == model.skip_step:
            continue
        for new_step in (step - 1, step + 1):
            if 0 <= new_step <= highest_step:
                variant = steps.copy()
                variant[question] = new_step
                variants.append(variant)
    return np.array(variants)


def _answer_changes(bank: Bank, before: Mapping[str, str], after: Mapping[str, str]) -> tuple[AnswerChange, ...]:
    changes = []
    for role in bank.role:
        answers_before, answers_after = role_answers(bank, before, role), role_answers(bank, after, role)
        for (responsibility, old), (_, new) in zip(answers_before, answers_after, strict=True):
            if old == new:
                continue
            is_skip = bank.skip in (old, new)
            steps = 0 if is_skip else bank.scale.index(new) - bank.scale.index(old)
            changes.append(AnswerChange(responsibility, old, new, steps))
    changes.sort(key=lambda change: change.level_difference, reverse=True)
    return tuple(changes)
