"""The match of one person: mix, evidence, stability and the closest role outside the mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from quiz.bank import FollowUps
from quiz.scoring.follow_ups import (
    FollowUpQuestions,
    FollowUpSheets,
    counted_answers,
    fixed_roles,
    follow_up_questions,
    follow_up_sheets,
    follow_up_stability,
)
from quiz.scoring.kernel import (
    DIGITS,
    EVIDENCE,
    TIE,
    Mixes,
    RoleTotals,
    SingleAnswerChanges,
    best_mixes,
    role_totals,
    single_answer_changes,
)
from quiz.scoring.scores import Scores, scores_of_mixes
from quiz.scoring.scoring_model import ScoringModel


class RoleScore(NamedTuple):
    """The scores of one role for one person, each from 0 to 1; None if too few of its questions were answered."""

    coverage: float | None
    similarity: float | None
    share: float


class ClosestRole(NamedTuple):
    """A role outside the mix, and the smallest change of one answer that would add it. All three are ids."""

    role: str
    question: str
    answer: str


class Comparison(NamedTuple):
    """A follow-up answer that counted: the role and the answer, both ids, and whether it puts the role into the mix."""

    role: str
    answer: str
    in_mix: bool


@dataclass(frozen=True)
class Match:
    """The result of one person.

    Attributes
    ----------
    evidence : str
        One of `EVIDENCE`.
    mix : tuple of str
        Role ids by falling coverage. For `all-alike` it contains every judged role or none.
    next_mix : tuple of str
        The mix that comes second, by falling coverage; empty without a ranking or without another mix.
    fit : float or None
        Cosine with the mix, 0 to 1; None without a mix.
    margin : float or None
        Fit minus cost of the mix, less that of the next best mix; None without a ranking.
    unchanged, tried : int
        The number of one-step changes of one answer that leave the mix unchanged, and of all such changes.
    closest_role : ClosestRole or None
        The role that is easiest to add: with the fewest steps up of one answer, then with the best resulting mix, then
        by the first question of the bank. None if no single answer would add one.
    answered : int
        The number of answered questions.
    roles : mapping of str to RoleScore
        The scores of every role by its id.
    follow_up_questions : FollowUpQuestions or None
        What the ratings alone call for, whether it was answered or not.
    comparisons : tuple of Comparison
        The follow-up answers that counted, in the order of the bank.
    mix_of_ratings : tuple of str
        The mix that the ratings alone give, by falling coverage. The same as `mix` if no comparison counted.
    """

    evidence: str
    mix: tuple[str, ...]
    next_mix: tuple[str, ...]
    fit: float | None
    margin: float | None
    unchanged: int
    tried: int
    closest_role: ClosestRole | None
    answered: int
    roles: Mapping[str, RoleScore]
    follow_up_questions: FollowUpQuestions | None
    comparisons: tuple[Comparison, ...]
    mix_of_ratings: tuple[str, ...]

    @property
    def alternative(self) -> tuple[str, ...]:
        """The other mix of a tie, else empty."""
        return self.next_mix if self.evidence == EVIDENCE[TIE] else ()


def match(model: ScoringModel, answers: Mapping[str, str], follow_ups: FollowUps | None = None) -> Match:
    """The match of one person.

    Parameters
    ----------
    model : ScoringModel
    answers : mapping of str to str
        Question id to answer id. Questions and answers that the bank does not know are ignored; missing ones count as
        skipped.
    follow_ups : FollowUps, optional
        The answers to follow-up questions. One counts while its role and the base are judged and done at all.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> model = ScoringModel.from_bank(bank.load(paths.project_folder("questions")))
    >>> answers = dict.fromkeys(model.questions, "never")
    >>> answers |= dict.fromkeys(["pipelines", "data-quality", "dashboards", "trends"], "daily")
    >>> result = match(model, answers)
    >>> result.evidence, result.mix, round(result.fit, 2)
    ('clear', ('data-engineer', 'data-analyst'), 0.82)
    >>> result.roles["data-analyst"].share
    0.5
    """
    steps = model.steps(answers)
    totals = role_totals(model, model.level_of_step[steps])
    changes = single_answer_changes(model, steps, totals, model.moves)
    # One call for the person and for all changes: the kernel takes hardly longer for a hundred sheets than for one.
    all_totals = totals.concatenate(changes.totals)
    sheets = follow_up_sheets(model, [follow_ups]) if follow_ups else None
    fixed = None
    if sheets:
        fixed = fixed_roles(model, all_totals, sheets.take(np.zeros(1 + len(changes.row), dtype=np.intp)))
    mixes = best_mixes(all_totals, fixed)
    own_mix, changed_mixes = mixes.take(slice(1)), mixes.take(slice(1, None))
    scores = scores_of_mixes(totals, own_mix, fixed_roles(model, totals, sheets) if sheets else None)

    ranking = scores.ranking()[0].tolist()

    def ranked(in_mix: Sequence[bool]) -> tuple[str, ...]:
        return tuple(model.roles[role] for role in ranking if in_mix[role])

    in_mix = scores.mix[0].tolist()
    mix = ranked(in_mix)
    evidence = int(scores.evidence[0])
    unchanged, tried = _stability(model, changes, own_mix, changed_mixes)
    if sheets:
        more_unchanged, more_tried = follow_up_stability(model, totals, sheets, own_mix)
        unchanged, tried = unchanged + int(more_unchanged[0]), tried + int(more_tried[0])
    return Match(
        evidence=EVIDENCE[evidence],
        mix=mix,
        next_mix=ranked(scores.next_mix[0].tolist()),
        fit=float(scores.fit[0]) if mix else None,
        margin=float(scores.margin[0]) if evidence >= TIE else None,
        unchanged=unchanged,
        tried=tried,
        closest_role=_closest_role(model, steps[0].tolist(), in_mix, changes, changed_mixes),
        answered=int(scores.answered[0]),
        roles=_role_scores(model, scores),
        follow_up_questions=follow_up_questions(model, scores.coverage, scores.judged, own_mix.has_ranking)[0],
        comparisons=_comparisons(model, totals, sheets) if sheets else (),
        mix_of_ratings=ranked(best_mixes(totals).in_mix[:, 0].tolist()) if sheets else mix,
    )


def _comparisons(model: ScoringModel, totals: RoleTotals, sheets: FollowUpSheets) -> tuple[Comparison, ...]:
    """The follow-up answers that counted, of the only sheet."""
    answer_ids = tuple(model.step_of_follow_up)
    comparisons = []
    for role in np.flatnonzero(counted_answers(totals, sheets)[:, 0]).tolist():
        step = int(sheets.step[role, 0])
        comparisons.append(Comparison(model.roles[role], answer_ids[step], bool(model.follow_up_in_mix[step])))
    return tuple(comparisons)


def _role_scores(model: ScoringModel, scores: Scores) -> dict[str, RoleScore]:
    """The scores of every role by its id, from the only row of `scores`."""
    judged, coverage = scores.judged[0].tolist(), scores.coverage[0].tolist()
    similarity, share = scores.similarity[0].tolist(), scores.share[0].tolist()
    role_scores = {}
    for role, id in enumerate(model.roles):
        if judged[role]:
            role_scores[id] = RoleScore(coverage[role], similarity[role], share[role])
        else:
            role_scores[id] = RoleScore(None, None, 0.0)
    return role_scores


def _stability(
    model: ScoringModel, changes: SingleAnswerChanges, own_mix: Mixes, changed_mixes: Mixes
) -> tuple[int, int]:
    """How many one-step changes leave the mix unchanged, and how many there are."""
    # Changes are ordered by move, and the one-step moves come first.
    count = int(changes.move.searchsorted(len(model.one_step_moves.from_step)))
    is_unchanged = (changed_mixes.in_mix[:, :count] == own_mix.in_mix).all(0)
    multiplicity = changes.multiplicity[:count]
    return int(multiplicity @ is_unchanged), int(multiplicity.sum())


def _closest_role(
    model: ScoringModel,
    steps: Sequence[int],
    in_mix: Sequence[bool],
    changes: SingleAnswerChanges,
    changed_mixes: Mixes,
) -> ClosestRole | None:
    """The role that is easiest to add to the mix, as `Match.closest_role`."""
    roles = changes.role.tolist()
    from_steps, to_steps = model.moves.from_step[changes.move].tolist(), model.moves.to_step[changes.move].tolist()
    is_role_in_changed_mix = changed_mixes.in_mix[changes.role, np.arange(len(roles))].tolist()
    values = np.where(changed_mixes.has_ranking, changed_mixes.best_fit_minus_cost, 0.0).round(DIGITS).tolist()

    # One change stands for all answers of a role at one step: the first of these questions is reported.
    first_question: dict[tuple[int, int], int] = {}
    for question, role in enumerate(model.role_of_question):
        first_question.setdefault((role, steps[question]), question)

    candidates = []
    for n, role in enumerate(roles):
        steps_up = to_steps[n] - from_steps[n]
        if steps_up > 0 and is_role_in_changed_mix[n] and not in_mix[role]:
            question = first_question[role, from_steps[n]]
            candidates.append((steps_up, -values[n], question, role, to_steps[n]))
    if not candidates:
        return None
    _, _, question, role, to_step = min(candidates)
    return ClosestRole(model.roles[role], model.questions[question], model.answer_ids[to_step])
