"""The kernel: what mix comes of any number of answer sheets.

Arrays stand as (roles, sheets), a sheet being one set of answers, so that every operation runs along many sheets.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quiz.scoring.scoring_model import Bools, Counts, Floats, Moves, ScoringModel, Steps

# What one more role costs a mix. Each role added lets the mix bend further towards any answers at all, so without a
# cost nearly everybody would combine nearly everything. Found by simulation: one value serves one role and five.
COST_PER_ROLE = 0.035
# Below this part of all questions answered, what was left out could turn the result around.
MIN_ANSWERED_SHARE = 0.8
# A role of which less than this part was answered is not judged: with three questions, one answer is an anecdote.
JUDGED = 2 / 3
# Roles whose coverages all lie this close together have no order worth telling.
ALIKE = 0.10
# From this mean coverage on, "all alike" means all of it rather than little of it.
HIGH = 0.5
# One daily activity's worth. Levels that sum to less are too little to say anything about.
LEAST_TOTAL = 1.0
# How far the best mix must lead the next best. In simulation, mixes under, between and over these were exactly right
# in about a half, two thirds and five sixths of cases.
TIE, LEANING = 0.02, 0.06

EVIDENCE = ("not-enough", "all-alike", "tie", "leaning", "clear")
NOT_ENOUGH, ALL_ALIKE, A_TIE, A_LEANING, CLEAR = range(len(EVIDENCE))

# Sums of the same levels in another order differ in their last bits. Sums are rounded to so many digits and whatever
# comes of them is compared with so much slack, so that the order of questions and roles never matters.
DIGITS, SLACK = 9, 1e-9


class Sheets(NamedTuple):
    """All that a mix depends on: a cosine with summed 0/1 vectors needs sums and counts, not the levels one by one."""

    sums: Floats  # (roles, sheets): a role's levels together
    counts: NDArray[np.int16]  # (roles, sheets): how many of its questions were answered
    coverage: Floats  # (roles, sheets); -1 where the role is not judged, so that it comes last
    squares: Floats  # (sheets,): squared length of all levels
    enough: Bools  # (sheets,): enough answered altogether

    @property
    def judged(self) -> Bools:
        return self.coverage >= 0

    def beside(self, other: Sheets) -> Sheets:
        """These sheets, then the others."""
        return Sheets._make(np.concatenate([self[n], other[n]], axis=-1) for n in range(len(self)))

    def cosine(self, mix: Bools) -> Floats:
        """Cosine between the levels and the summed vectors of `mix`, shape (sheets,); 0 for no roles or no levels."""
        return ratio((self.sums * mix).sum(0).round(DIGITS), np.sqrt(self.squares * (self.counts * mix).sum(0)))


class Mixes(NamedTuple):
    """The best mix of each sheet, and every other that was weighed. The last axis of each array is that of sheets."""

    values: Floats  # (roles, sheets): fit less cost of the mix that ends with this role; -inf where not judged
    best: Floats  # (sheets,): the greatest of them
    least: Floats  # (sheets,): the lowest coverage in the mix
    member: Bools  # (roles, sheets)
    alike: Bools  # (sheets,)
    ranked: Bools  # (sheets,)


class Changes(NamedTuple):
    """Sheets with one answer moved: for each its row of origin, the role whose answer moves, and the move's number.

    The same move of two of a role's answers gives the same mix, so it is tried once, and `times` says for how many.
    """

    sheets: Sheets
    row: Counts
    role: Counts
    move: Counts
    times: Floats


def sheets_of(model: ScoringModel, levels: Floats) -> Sheets:
    """The sheets of rows of levels, shape (rows, questions), NaN where a question was left out."""
    by_question = np.ascontiguousarray(levels.T)
    answered = ~np.isnan(by_question)
    held = np.where(answered, by_question, 0.0)
    # Not `@`: for products of this shape BLAS would wake threads that cost more than they bring.
    counts = np.einsum("qs,qr->rs", answered, model.role_matrix).astype(np.int16)
    judged = (counts >= JUDGED * model.questions_per_role - SLACK) & (counts > 0)
    sums = np.einsum("qs,qr->rs", held, model.role_matrix).round(DIGITS)
    return Sheets(
        sums=sums,
        counts=counts,
        coverage=_coverage(sums, counts, judged),
        squares=np.einsum("qs,qs->s", held, held).round(DIGITS),
        enough=counts.sum(0) >= MIN_ANSWERED_SHARE * len(model.questions) - SLACK,
    )


def _coverage(sums: Floats, counts: NDArray[np.int16], judged: Bools) -> Floats:
    return np.where(judged, sums / np.maximum(counts, 1), -1.0)


def changes(model: ScoringModel, steps: Steps, sheets: Sheets, moves: Moves) -> Changes:
    """Every sheet that comes of moving one answer of `steps`, whose sheets are `sheets`, by one of `moves`."""
    standing = (steps == np.arange(model.skip, dtype=np.uint8)[:, None, None]) @ model.role_matrix
    able = standing[moves.before]
    possible = np.flatnonzero(able)
    move, row, role = np.unravel_index(possible, able.shape)

    sums, counts, coverage = sheets.sums.take(row, 1), sheets.counts.take(row, 1), sheets.coverage.take(row, 1)
    at = role * len(row) + np.arange(len(row))  # of each sheet the role that moves, as a flat index
    moved = sums.take(at) + moves.gain[move]
    np.put(sums, at, moved)
    np.put(coverage, at, _coverage(moved, counts.take(at), coverage.take(at) >= 0))
    squares = sheets.squares[row] + moves.gain_in_squares[move]
    changed = Sheets(sums, counts, coverage, squares, sheets.enough[row])
    return Changes(changed, row, role, move, able.take(possible))


def best_mixes(sheets: Sheets) -> Mixes:
    """The best mix of each sheet under all the rules.

    A mix is "this role and all that are covered at least as much", once for each role. So no sorting is needed, and
    roles of equal coverage enter and leave together by themselves.
    """
    sums, counts, coverage, squares, enough = sheets
    judged = sheets.judged
    at_least = coverage >= (coverage - SLACK)[:, None]  # [the role that a mix ends with, role, sheet]
    together = np.einsum("crs,rs->cs", at_least, sums)
    answered = np.einsum("crs,rs->cs", at_least, counts)
    length = np.sqrt(np.maximum(squares, SLACK) * np.maximum(answered, 1))
    values = together / length - COST_PER_ROLE * at_least.sum(1, dtype=np.int16)
    values = np.where(judged, values, -np.inf)
    best, least = _best(values, coverage)

    lowest = np.where(judged, coverage, np.inf).min(0)
    alike = enough & (coverage.max(0) - lowest <= ALIKE + SLACK)
    high = np.where(judged, coverage - HIGH, 0.0).sum(0) >= -SLACK
    ranked = enough & ~alike & (sums.sum(0) >= LEAST_TOTAL - SLACK)
    # Where nothing is ranked, "all that are covered at least as much as" nothing at all, or as more than can be.
    least = np.where(ranked, least, np.where(alike & high, 0.0, np.inf))
    return Mixes(values, best, least, coverage >= least - SLACK, alike, ranked)


def fit(sheets: Sheets, mixes: Mixes) -> Floats:
    """Cosine between the levels and the best mix, shape (sheets,)."""
    return np.minimum(sheets.cosine(mixes.member), 1.0)


def _best(values: Floats, coverage: Floats) -> tuple[Floats, Floats]:
    """The greatest value of each sheet and the coverage at which that mix ends; of equal values, the fewest roles."""
    best = values.max(0)
    return best, np.where(values >= best - SLACK, coverage, -1.0).max(0)


def next_best(sheets: Sheets, mixes: Mixes) -> tuple[Floats, Bools]:
    """Value and members of the mix that comes second: another cut, or the last in exchanged for the first one out.

    The value is -inf where there is no other mix.
    """
    coverage, member = sheets.coverage, mixes.member
    value, least = _best(np.where(np.abs(coverage - mixes.least) <= SLACK, -np.inf, mixes.values), coverage)
    outside = np.where(sheets.judged & ~member, coverage, -1.0)
    highest = outside.max(0)
    swapped = (coverage > mixes.least + SLACK) | ((outside >= highest - SLACK) & (highest >= 0))
    swapped_value = np.where(highest >= 0, sheets.cosine(swapped) - COST_PER_ROLE * swapped.sum(0), -np.inf)
    swap = swapped_value > value + SLACK
    return np.where(swap, swapped_value, value), np.where(swap, swapped, sheets.judged & (coverage >= least - SLACK))


def ratio(over: Floats, under: Floats) -> Floats:
    """`over / under`, and 0 where there is nothing to divide by."""
    return over / np.where(under > 0, under, np.inf)
