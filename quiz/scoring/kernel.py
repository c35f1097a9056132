"""The vectorised core of scoring: the best mix of any number of answer sheets.

A sheet is one set of answers. Arrays have the shape (roles, sheets) or (sheets,), so that each operation runs along
many sheets.

Examples
--------
The same in plain Python, for one person who answered every question. `levels` contains the levels of each role:

>>> def best_mix(levels):
...     coverage = {role: sum(own) / len(own) for role, own in levels.items()}
...     length = sqrt(sum(level**2 for own in levels.values() for level in own))
...     def fit_minus_cost(mix):
...         own = [level for role in mix for level in levels[role]]
...         return sum(own) / (length * sqrt(len(own))) - COST_PER_ROLE * len(mix)
...     ranking = sorted(levels, key=lambda role: -coverage[role])
...     mixes = [[role for role in ranking if coverage[role] >= coverage[last]] for last in ranking]
...     return max(mixes, key=fit_minus_cost)

>>> from math import sqrt
>>> from quiz import bank
>>> from quiz.config import paths
>>> model = ScoringModel.from_bank(bank.load(paths.project_folder("questions")))
>>> sheets = np.random.default_rng(1).choice([0.0, 0.1, 0.35, 0.65, 1.0], (50, len(model.questions)))
>>> mixes = best_mixes(role_totals(model, sheets))
>>> for levels, in_mix, has_ranking in zip(sheets, mixes.in_mix.T, mixes.has_ranking):
...     mix = best_mix({role: levels[column == 1] for role, column in enumerate(model.role_matrix.T)})
...     assert sorted(mix) == np.flatnonzero(in_mix).tolist() or not has_ranking
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quiz.scoring.scoring_model import Bools, Counts, Floats, ScaleMoves, ScoringModel, Steps

# The cost of each role in a mix. A mix with more roles fits any answers better, so without a cost nearly everybody
# would combine nearly all roles. Chosen by simulation: the same value works for mixes of one role and of five.
COST_PER_ROLE = 0.035
# If a smaller share of all questions was answered, the skipped questions could change the result completely.
MIN_ANSWERED_SHARE = 0.8
# A role is judged only if at least this share of its questions was answered. One answer of three says too little.
MIN_ANSWERED_SHARE_OF_ROLE = 2 / 3
# If all coverages lie within this range, the ranking of the roles means nothing.
MAX_COVERAGE_RANGE_OF_ALL_ALIKE = 0.10
# From this mean coverage on, "all alike" means that all roles are in the mix, otherwise none is.
MIN_MEAN_COVERAGE_OF_ALL_ALIKE = 0.5
# The level of one daily activity. If all levels sum to less, there is too little to name a role.
MIN_LEVEL_SUM = 1.0
# The margin is how much better the best mix is than the next best. Below the first limit the result is a tie, from the
# second limit on it is clear. In simulation the mix was exactly right in about half of the ties, in two thirds of the
# leaning results and in five sixths of the clear ones.
MIN_MARGIN_LEANING, MIN_MARGIN_CLEAR = 0.02, 0.06
# The same where follow-up answers fixed a role: then the best mix and the next best differ in other roles only, which
# takes a larger margin. In simulation the mix was exactly right in seven of ten leaning results and in five of six
# clear ones.
MIN_MARGIN_CLEAR_WITH_FOLLOW_UPS = 0.10

EVIDENCE = ("not-enough", "all-alike", "tie", "leaning", "clear")
NOT_ENOUGH, ALL_ALIKE, TIE, LEANING, CLEAR = range(len(EVIDENCE))

# Sums of the same levels in another order differ in their last bits. So that the order of questions and roles never
# matters, sums are rounded to `DIGITS` decimals and values that come from them are compared with a tolerance.
DIGITS, TOLERANCE = 9, 1e-9


class RoleTotals(NamedTuple):
    """Everything that a mix depends on.

    The cosine with a sum of 0/1 vectors needs the sums and counts of each role, not its single levels.
    """

    sums: Floats  # (roles, sheets): sum of the levels of a role
    counts: NDArray[np.int16]  # (roles, sheets): number of its answered questions
    coverage: Floats  # (roles, sheets): mean level; -1 for a role that is not judged, so that it ranks last
    squared_length: Floats  # (sheets,): squared length of the vector of all levels
    enough_answered: Bools  # (sheets,)

    @property
    def judged(self) -> Bools:
        """Whether enough questions of the role were answered, shape (roles, sheets)."""
        return self.coverage >= 0

    def concatenate(self, other: RoleTotals) -> RoleTotals:
        """The sheets of `self`, then those of `other`."""
        return RoleTotals._make(np.concatenate([self[n], other[n]], axis=-1) for n in range(len(self)))

    def take(self, sheets: Counts | slice) -> RoleTotals:
        """The totals of some of the sheets."""
        return RoleTotals._make(values[..., sheets] for values in self)

    def cosine(self, in_mix: Bools) -> Floats:
        """Cosine between the levels and the summed vectors of a mix, shape (sheets,); 0 for no roles or no levels."""
        dot_product = (self.sums * in_mix).sum(0).round(DIGITS)
        squared_length_of_mix = (self.counts * in_mix).sum(0)
        return safe_divide(dot_product, np.sqrt(self.squared_length * squared_length_of_mix))


class FixedRoles(NamedTuple):
    """Roles that the answers to follow-up questions fix. Both arrays have shape (roles, sheets)."""

    in_mix: Bools
    kept_out: Bools

    @property
    def any_fixed(self) -> Bools:
        """Whether a role of the sheet is fixed, shape (sheets,)."""
        any_fixed: Bools = (self.in_mix | self.kept_out).sum(axis=0) > 0
        return any_fixed


class Mixes(NamedTuple):
    """The best mix of each sheet. The last axis of each array is that of the sheets."""

    fit_minus_cost: Floats  # (roles, sheets): of the mix that ends with this role; -inf if it is not judged
    best_fit_minus_cost: Floats  # (sheets,): the maximum over the roles
    lowest_coverage: Floats  # (sheets,): the lowest coverage in the mix
    in_mix: Bools  # (roles, sheets)
    all_alike: Bools  # (sheets,)
    has_ranking: Bools  # (sheets,): False if not enough was answered or reported, or if all roles are alike

    def take(self, sheets: slice) -> Mixes:
        """The mixes of some of the sheets."""
        return Mixes._make(values[..., sheets] for values in self)


class SingleAnswerChanges(NamedTuple):
    """Sheets that differ from an original sheet in one answer. Each array has shape (changes,).

    The same move of two answers of one role gives the same totals, so it is one change with `multiplicity` 2.
    """

    totals: RoleTotals
    row: Counts  # index of the original sheet
    role: Counts  # role of the changed answer
    move: Counts  # index of the move
    multiplicity: Floats  # number of answers that this change stands for


def role_totals(model: ScoringModel, levels: Floats) -> RoleTotals:
    """The totals of rows of levels, shape (rows, questions), NaN for a skipped question."""
    by_question = np.ascontiguousarray(levels.T)
    answered = ~np.isnan(by_question)
    known_levels = np.where(answered, by_question, 0.0)
    # einsum instead of `@`: for products of this shape, the threads that BLAS starts cost more than they save.
    counts = np.einsum("qs,qr->rs", answered, model.role_matrix).astype(np.int16)
    sums = np.einsum("qs,qr->rs", known_levels, model.role_matrix).round(DIGITS)
    min_counts = MIN_ANSWERED_SHARE_OF_ROLE * model.questions_per_role
    judged = (counts >= min_counts - TOLERANCE) & (counts > 0)
    return RoleTotals(
        sums=sums,
        counts=counts,
        coverage=_coverage(sums, counts, judged),
        squared_length=np.einsum("qs,qs->s", known_levels, known_levels).round(DIGITS),
        enough_answered=counts.sum(0) >= MIN_ANSWERED_SHARE * len(model.questions) - TOLERANCE,
    )


def _coverage(sums: Floats, counts: NDArray[np.int16], judged: Bools) -> Floats:
    return np.where(judged, sums / np.maximum(counts, 1), -1.0)


def single_answer_changes(
    model: ScoringModel, steps: Steps, totals: RoleTotals, moves: ScaleMoves
) -> SingleAnswerChanges:
    """Every sheet that results from applying one of `moves` to one answer of `steps`, ordered by move.

    Parameters
    ----------
    model : ScoringModel
    steps : int array of shape (rows, questions)
    totals : RoleTotals
        The totals of these rows.
    moves : ScaleMoves
    """
    all_steps = np.arange(model.skip_step, dtype=np.uint8)[:, None, None]
    answers_at_step = (steps == all_steps) @ model.role_matrix  # [step, row, role]
    movable_answers = answers_at_step[moves.from_step]  # [move, row, role]
    change_indices = np.flatnonzero(movable_answers)
    move, row, role = np.unravel_index(change_indices, movable_answers.shape)

    # Start with copies of the totals of the original sheets, then replace the values of the role that changes.
    # Flat indices with `take` and `put` are twice as fast as indexing with two arrays.
    sums, counts, coverage = totals.sums.take(row, 1), totals.counts.take(row, 1), totals.coverage.take(row, 1)
    changed = role * len(row) + np.arange(len(row))
    changed_sums = sums.take(changed) + moves.level_change[move]
    judged = coverage.take(changed) >= 0
    np.put(sums, changed, changed_sums)
    np.put(coverage, changed, _coverage(changed_sums, counts.take(changed), judged))
    squared_length = totals.squared_length[row] + moves.squared_level_change[move]

    changed_totals = RoleTotals(sums, counts, coverage, squared_length, totals.enough_answered[row])
    return SingleAnswerChanges(changed_totals, row, role, move, multiplicity=movable_answers.take(change_indices))


def best_mixes(totals: RoleTotals, fixed: FixedRoles | None = None) -> Mixes:
    """The best mix of each sheet.

    For each role, one mix is compared: the role and all roles with at least its coverage. So roles of equal coverage
    are in the mix together, and no sorting is needed. Roles that are `fixed` are in every mix that is compared, or in
    none.
    """
    sums, counts, coverage, squared_length, enough_answered = totals
    judged = totals.judged
    in_cut = _cuts(coverage, fixed)
    allowed = judged if fixed is None else judged & ~fixed.kept_out
    dot_product = np.einsum("crs,rs->cs", in_cut, sums)
    squared_length_of_mix = np.einsum("crs,rs->cs", in_cut, counts)
    # The maxima only avoid a division by zero.
    lengths = np.sqrt(np.maximum(squared_length, TOLERANCE) * np.maximum(squared_length_of_mix, 1))
    cost = COST_PER_ROLE * in_cut.sum(1, dtype=np.int16)
    fit_minus_cost = np.where(allowed, dot_product / lengths - cost, -np.inf)
    best, lowest_coverage = _best_cut(fit_minus_cost, coverage)

    lowest_judged = np.where(judged, coverage, np.inf).min(0)
    coverage_range = coverage.max(0) - lowest_judged
    all_alike = enough_answered & (coverage_range <= MAX_COVERAGE_RANGE_OF_ALL_ALIKE + TOLERANCE)
    enough_reported = sums.sum(0) >= MIN_LEVEL_SUM - TOLERANCE
    has_ranking = enough_answered & ~all_alike & enough_reported

    # Without a ranking: threshold 0 puts every judged role into the mix, infinity puts in none.
    distance_from_mean = np.where(judged, coverage - MIN_MEAN_COVERAGE_OF_ALL_ALIKE, 0.0).sum(0)
    all_high = all_alike & (distance_from_mean >= -TOLERANCE)
    lowest_coverage = np.where(has_ranking, lowest_coverage, np.where(all_high, 0.0, np.inf))
    in_mix = coverage >= lowest_coverage - TOLERANCE
    if fixed is not None:
        in_mix = np.where(has_ranking, _with_fixed(in_mix, fixed), in_mix)
    return Mixes(fit_minus_cost, best, lowest_coverage, in_mix, all_alike, has_ranking)


def _cuts(coverage: Floats, fixed: FixedRoles | None) -> Bools:
    """For each role the mix that ends with it, as [last role of the mix, role, sheet]."""
    in_cut: Bools = coverage >= (coverage - TOLERANCE)[:, None]
    return in_cut if fixed is None else _with_fixed(in_cut, fixed)


def _with_fixed(in_mix: Bools, fixed: FixedRoles) -> Bools:
    return (in_mix & ~fixed.kept_out) | fixed.in_mix


def fit(totals: RoleTotals, mixes: Mixes) -> Floats:
    """Cosine between the levels and the best mix, shape (sheets,)."""
    return np.minimum(totals.cosine(mixes.in_mix), 1.0)


def _best_cut(fit_minus_cost: Floats, coverage: Floats) -> tuple[Floats, Floats]:
    """The greatest value of each sheet and the lowest coverage in that mix; of equal values, that with fewest roles."""
    best = fit_minus_cost.max(0)
    lowest_coverage = np.where(fit_minus_cost >= best - TOLERANCE, coverage, -1.0).max(0)
    return best, lowest_coverage


def next_best(totals: RoleTotals, mixes: Mixes, fixed: FixedRoles | None = None) -> tuple[Floats, Bools]:
    """The mix that comes second: its fit minus cost, shape (sheets,), and its roles, shape (roles, sheets).

    Without another mix the value is -inf and no role is in it.
    """
    coverage, allowed = totals.coverage, totals.judged
    if fixed is not None:
        allowed = allowed & ~fixed.kept_out

    # First candidate: the best mix that ends at another coverage. With fixed roles, two ends can give the same mix.
    is_best_mix = (_cuts(coverage, fixed) == mixes.in_mix).all(1)
    other_cuts = np.where(is_best_mix, -np.inf, mixes.fit_minus_cost)
    cut_value, cut_lowest_coverage = _best_cut(other_cuts, coverage)
    cut = totals.judged & (coverage >= cut_lowest_coverage - TOLERANCE)
    if fixed is not None:
        cut = _with_fixed(cut, fixed)

    # Second candidate: the best mix with its last role replaced by the first role outside it.
    coverage_outside = np.where(allowed & ~mixes.in_mix, coverage, -1.0)
    highest_outside = coverage_outside.max(0)
    removable = mixes.in_mix if fixed is None else mixes.in_mix & ~fixed.in_mix
    lowest_removable = np.where(removable, coverage, np.inf).min(0)
    is_possible = (highest_outside >= 0) & np.isfinite(lowest_removable)
    remaining = mixes.in_mix & ~(removable & (coverage <= lowest_removable + TOLERANCE))
    added = (coverage_outside >= highest_outside - TOLERANCE) & is_possible
    exchange = remaining | added
    exchange_value = totals.cosine(exchange) - COST_PER_ROLE * exchange.sum(0)
    exchange_value = np.where(is_possible, exchange_value, -np.inf)

    exchange_is_better = exchange_value > cut_value + TOLERANCE
    value = np.where(exchange_is_better, exchange_value, cut_value)
    in_mix = np.where(exchange_is_better, exchange, cut) & (value > -np.inf)
    return value, in_mix


def safe_divide(dividend: Floats, divisor: Floats) -> Floats:
    """`dividend / divisor`, and 0 where the divisor is 0."""
    return dividend / np.where(divisor > 0, divisor, np.inf)
