"""The scores and the stability of many people at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quiz.scoring.follow_ups import FollowUpSheets, fixed_roles, follow_up_stability
from quiz.scoring.kernel import (
    ALL_ALIKE,
    CLEAR,
    DIGITS,
    LEANING,
    MIN_MARGIN_CLEAR,
    MIN_MARGIN_CLEAR_WITH_FOLLOW_UPS,
    MIN_MARGIN_LEANING,
    NOT_ENOUGH,
    TIE,
    FixedRoles,
    Mixes,
    RoleTotals,
    best_mixes,
    fit,
    next_best,
    role_totals,
    safe_divide,
    single_answer_changes,
)
from quiz.scoring.scoring_model import Bools, Counts, Floats, ScoringModel, Steps

# The changes of this many rows fit into the processor's cache.
_ROWS_PER_BLOCK = 256


@dataclass(frozen=True, eq=False)
class Scores:
    """The scores of many rows of answers. No array contains NaN; a value that does not apply is 0.

    Attributes
    ----------
    evidence : int array of shape (rows,)
        Indices into `EVIDENCE`.
    mix, next_mix : bool arrays of shape (rows, roles)
        The roles of the mix, and those of the mix that comes second; no role without a ranking.
    fit : array of shape (rows,)
        Cosine between levels and the mix's summed vectors, 0 to 1; 0 without a mix.
    margin : array of shape (rows,)
        Fit minus cost of the mix, less that of the next best mix; 0 without a ranking.
    judged : bool array of shape (rows, roles)
        Whether enough of the role's questions were answered.
    coverage, similarity, share : arrays of shape (rows, roles)
        From 0 to 1. Coverage and similarity are 0 if the role is not judged, share is 0 outside the mix.
    answered : int array of shape (rows,)
        The number of answered questions.
    totals : RoleTotals
        What the mixes were computed from.
    """

    evidence: Counts
    mix: Bools
    next_mix: Bools
    fit: Floats
    margin: Floats
    judged: Bools
    coverage: Floats
    similarity: Floats
    share: Floats
    answered: Counts
    totals: RoleTotals

    @property
    def alternative(self) -> Bools:
        """On a tie the roles of the other mix, shape (rows, roles)."""
        is_tie: Bools = self.evidence == TIE
        return np.logical_and(self.next_mix, is_tie[:, None])

    @property
    def has_ranking(self) -> Bools:
        """Whether the row has a mix that the ranking of its roles gives, shape (rows,)."""
        has_ranking: Bools = self.evidence >= TIE
        return has_ranking

    def ranking(self) -> Counts:
        """Indices of the roles from highest to lowest coverage, shape (rows, roles).

        A mix is the top of it, unless follow-up answers put a role in or keep one out.
        """
        return np.argsort(-self.coverage, axis=1, kind="stable")


def score(model: ScoringModel, levels: Floats, follow_ups: FollowUpSheets | None = None) -> Scores:
    """The scores of each row of levels.

    Parameters
    ----------
    model : ScoringModel
    levels : array of shape (rows, questions)
        From 0 to 1 in the order of `model.questions`; NaN for a skipped question, which is left out of every
        calculation.
    follow_ups : FollowUpSheets, optional
        The answers of these rows to follow-up questions.

    Returns
    -------
    scores : Scores

    Raises
    ------
    ValueError
        If `levels` has another shape.

    Notes
    -----
    Similarity is the cosine of the vector space model (Salton, Wong and Yang, "A vector space model for automatic
    indexing", 1975). With 0/1 vectors of equal size, the k roles of highest coverage have the best fit of all sets of
    k roles. So it is enough to compare one mix for each length of the ranking.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> from quiz.scoring import EVIDENCE
    >>> model = ScoringModel.from_bank(bank.load(paths.project_folder("questions")))
    >>> levels = model.role_matrix[:, :1].T  # a person who does everything of the first role and nothing else
    >>> scores = score(model, levels)
    >>> EVIDENCE[scores.evidence[0]], int(scores.mix.sum()), float(scores.fit[0].round(4))
    ('clear', 1, 1.0)
    """
    if levels.ndim != 2 or levels.shape[1] != len(model.questions):
        raise ValueError(f"levels have shape {levels.shape}, not (rows, {len(model.questions)})")
    totals = role_totals(model, levels)
    fixed = fixed_roles(model, totals, follow_ups) if follow_ups else None
    return scores_of_mixes(totals, best_mixes(totals, fixed), fixed)


def scores_of_mixes(totals: RoleTotals, mixes: Mixes, fixed: FixedRoles | None = None) -> Scores:
    """The scores of sheets whose best mixes are already known."""
    judged, has_ranking = totals.judged, mixes.has_ranking

    next_value, next_in_mix = next_best(totals, mixes, fixed)
    # With a single judged role there is no next best mix; its value then counts as 0.
    next_value = np.where(next_value > -np.inf, next_value, 0.0)
    margin = np.where(has_ranking, (mixes.best_fit_minus_cost - next_value).round(DIGITS), 0.0)

    evidence = np.full(margin.shape, CLEAR, dtype=np.intp)
    min_margin_clear: Floats | float = MIN_MARGIN_CLEAR
    if fixed is not None:
        min_margin_clear = np.where(fixed.any_fixed, MIN_MARGIN_CLEAR_WITH_FOLLOW_UPS, MIN_MARGIN_CLEAR)
    evidence[margin < min_margin_clear] = LEANING
    evidence[margin < MIN_MARGIN_LEANING] = TIE
    evidence[~has_ranking] = NOT_ENOUGH
    evidence[mixes.all_alike] = ALL_ALIKE

    coverage = np.where(judged, totals.coverage, 0.0).round(DIGITS)
    role_lengths = np.sqrt(totals.squared_length * totals.counts)
    similarity = np.minimum(safe_divide(totals.sums * judged, role_lengths), 1.0)
    coverage_in_mix = coverage * mixes.in_mix
    share = safe_divide(coverage_in_mix, coverage_in_mix.sum(0).round(DIGITS))

    return Scores(
        evidence=evidence,
        mix=mixes.in_mix.T,
        next_mix=(next_in_mix & has_ranking).T,
        fit=fit(totals, mixes),
        margin=margin,
        judged=judged.T,
        coverage=coverage.T,
        similarity=similarity.T,
        share=share.T,
        answered=totals.counts.sum(0).astype(np.intp),
        totals=totals,
    )


def stability(
    model: ScoringModel, steps: Steps, scores: Scores, follow_ups: FollowUpSheets | None = None
) -> tuple[Counts, Counts]:
    """How many of all one-step changes of one answer leave the mix unchanged, and how many such changes exist.

    Follow-up answers that count are changed too.

    Parameters
    ----------
    model : ScoringModel
    steps : int array of shape (rows, questions)
        Indices into `model.level_of_step`. An answer can move one step up and one step down within the scale; a
        skipped one cannot move.
    scores : Scores
        What `score` gave for these rows.

    Returns
    -------
    unchanged, tried : int arrays of shape (rows,)
    """
    unchanged, tried = np.zeros(len(steps), dtype=np.intp), np.zeros(len(steps), dtype=np.intp)
    for start in range(0, len(steps), _ROWS_PER_BLOCK):
        rows = slice(start, start + _ROWS_PER_BLOCK)
        block = steps[rows]
        totals = scores.totals.take(rows)
        changes = single_answer_changes(model, block, totals, model.one_step_moves)
        original_mix = scores.mix[rows].T.take(changes.row, axis=1)
        block_follow_ups = follow_ups.take(rows) if follow_ups else None
        fixed = None
        if block_follow_ups:
            fixed = fixed_roles(model, changes.totals, block_follow_ups.take(changes.row))
        is_unchanged = (best_mixes(changes.totals, fixed).in_mix == original_mix).all(0)
        unchanged[rows] = np.bincount(changes.row, changes.multiplicity * is_unchanged, len(block))
        tried[rows] = np.bincount(changes.row, changes.multiplicity, len(block))
        if block_follow_ups:
            mixes = best_mixes(totals, fixed_roles(model, totals, block_follow_ups))
            more_unchanged, more_tried = follow_up_stability(model, totals, block_follow_ups, mixes)
            unchanged[rows] += more_unchanged
            tried[rows] += more_tried
    return unchanged, tried
