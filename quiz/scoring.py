"""Levels to a match: which roles a person combines, how surely, and what would change it.

One vectorised kernel serves everybody: one person is a batch of one row. Inside, arrays stand as (roles, sheets), a
sheet being one set of answers, so that every operation runs along many sheets; what callers get is (rows, roles).

The rule, in short: rank the judged roles by coverage; for every cut through that ranking, take the roles above it and
compare the person's levels with those roles' vectors together (cosine), less a cost for each role; the best is the mix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quiz.bank import Bank

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Steps = NDArray[np.uint8]
Counts = NDArray[np.intp]

# What one more role costs a mix. Each role added lets the mix bend further towards any answers at all, so without a
# cost nearly everybody would combine nearly everything. Found by simulation: one value serves one role and five.
COST_PER_ROLE = 0.035
# Below this part of all questions answered, what was left out could turn the result around.
ENOUGH_ANSWERED = 0.8
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
_DIGITS, _SLACK = 9, 1e-9
# So many rows' changes at a time keep the kernel's arrays small enough for the processor's cache.
_BLOCK = 256


@dataclass(frozen=True, eq=False)
class Scheme:
    """All of a bank that scoring needs.

    Attributes
    ----------
    roles : tuple of str
        Role ids: the order of every axis of roles.
    questions : tuple of str
        Responsibility ids: the order of every axis of questions.
    belongs : array of shape (questions, roles)
        1 where the responsibility is the role's, else 0: the roles' vectors as columns.
    worth : array of shape (points + 1,)
        Level of each point of the scale, rising from 0 to 1, and NaN for the answer that leaves a question out.
    step : dict of str to int
        Answer id to its place in `worth`.
    """

    roles: tuple[str, ...]
    questions: tuple[str, ...]
    belongs: Floats
    worth: Floats
    step: Mapping[str, int]

    @classmethod
    def of(cls, bank: Bank) -> Scheme:
        """The scheme of `bank`."""
        owners = np.array([item.role for item in bank.responsibility.values()])
        roles = tuple(role.id for role in bank.roles)
        return cls(
            roles=roles,
            questions=tuple(bank.responsibility),
            belongs=(owners[:, None] == np.array(roles)).astype(np.float64),
            worth=np.array([*(point.level for point in bank.scale), np.nan], dtype=np.float64),
            step={id: n for n, id in enumerate(bank.point)},
        )

    @cached_property
    def needed(self) -> Floats:
        """How many answers each role needs to be judged, shape (roles, 1)."""
        asked: Floats = self.belongs.sum(0)[:, None]
        return JUDGED * asked - _SLACK

    @property
    def skip(self) -> int:
        """The step of a question that was left out."""
        return len(self.worth) - 1

    @cached_property
    def moves(self) -> tuple[Steps, Floats, Floats]:
        """All moves of one answer by one step: the step moved from, the gain in level, the gain in its square."""
        worth = self.worth[:-1]
        points = np.arange(len(worth), dtype=np.uint8)
        before, after = np.concatenate([points[:-1], points[1:]]), np.concatenate([points[1:], points[:-1]])
        return before, worth[after] - worth[before], worth[after] ** 2 - worth[before] ** 2

    def steps(self, answers: Mapping[str, str]) -> Steps:
        """One row of steps, shape (1, questions). What is missing or unknown to the bank counts as left out."""
        skip = self.skip
        return np.array([[self.step.get(answers.get(id, ""), skip) for id in self.questions]], dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class Scores:
    """What `score` gives for many rows. No array ever holds NaN; what does not apply is 0.

    Attributes
    ----------
    evidence : int array of shape (rows,)
        Places in `EVIDENCE`.
    mix, alternative : bool arrays of shape (rows, roles)
        The roles combined, and on a tie those of the other mix.
    fit : array of shape (rows,)
        Cosine between levels and the mix's summed vectors, 0 to 1; 0 without a mix.
    value : array of shape (rows,)
        `fit` less the cost of the mix's roles: what mixes are compared by; 0 where nothing was ranked.
    margin : array of shape (rows,)
        Lead of that value over the next best mix's; 0 where nothing was ranked.
    judged : bool array of shape (rows, roles)
        Whether enough of the role's questions were answered.
    coverage, similarity, share : arrays of shape (rows, roles)
        From 0 to 1. Coverage and similarity are 0 where the role is not judged, share is 0 outside the mix.
    answered : int array of shape (rows,)
        How many questions were answered.
    """

    evidence: Counts
    mix: Bools
    alternative: Bools
    fit: Floats
    value: Floats
    margin: Floats
    judged: Bools
    coverage: Floats
    similarity: Floats
    share: Floats
    answered: Counts

    def ranking(self) -> Counts:
        """Places of the roles from most to least covered, shape (rows, roles); a mix is always the top of it."""
        return np.argsort(-self.coverage, axis=1, kind="stable")


class Standing(NamedTuple):
    """How one role stands for one person, each from 0 to 1; None where too little of the role was answered."""

    coverage: float | None
    similarity: float | None
    share: float


@dataclass(frozen=True)
class Match:
    """One person's result.

    `mix` is in order of coverage; for `all-alike` it holds every judged role or none. `alternative` is the other mix of
    a tie, else empty. `fit` is None without a mix, `margin` (over the next best mix) where nothing was ranked. `held`
    of the `of` possible small changes leave the mix as it is. `answered` counts questions.
    """

    evidence: str
    mix: tuple[str, ...]
    alternative: tuple[str, ...]
    fit: float | None
    margin: float | None
    held: int
    of: int
    answered: int
    roles: Mapping[str, Standing]


class _Sheets(NamedTuple):
    """All that a mix depends on: a cosine with summed 0/1 vectors needs sums and counts, not the levels one by one."""

    sums: Floats  # (roles, sheets): a role's levels together
    counts: NDArray[np.int16]  # (roles, sheets): how many of its questions were answered
    coverage: Floats  # (roles, sheets); -1 where the role is not judged, so that it comes last
    squares: Floats  # (sheets,): squared length of all levels
    enough: Bools  # (sheets,): enough answered altogether

    @property
    def judged(self) -> Bools:
        return self.coverage >= 0

    def cosine(self, mix: Bools) -> Floats:
        """Cosine between the levels and the summed vectors of `mix`, shape (sheets,); 0 for no roles or no levels."""
        return _ratio((self.sums * mix).sum(0).round(_DIGITS), np.sqrt(self.squares * (self.counts * mix).sum(0)))


class _Mixes(NamedTuple):
    """The best mix of each sheet, and every other that was weighed."""

    values: Floats  # (roles, sheets): of the mix that ends with this role; -inf where not judged
    best: Floats  # (sheets,)
    least: Floats  # (sheets,): the lowest coverage in the mix
    member: Bools  # (roles, sheets)
    alike: Bools  # (sheets,)
    ranked: Bools  # (sheets,)


def score(scheme: Scheme, levels: Floats) -> Scores:
    """The mix and all that stands beside it, for each row of levels.

    Parameters
    ----------
    scheme : Scheme
    levels : array of shape (rows, questions)
        From 0 to 1 in the order of `scheme.questions`; NaN for a question left out, which then counts neither for nor
        against anything.

    Returns
    -------
    scores : Scores

    Raises
    ------
    ValueError
        Where `levels` has another shape.

    Notes
    -----
    Similarity is the cosine of the vector space model (Salton, Wong and Yang, "A vector space model for automatic
    indexing", 1975). With 0/1 vectors of equal size, the roles of the k greatest coverages are the best of all sets of
    k roles, so trying every cut through the ranking finds the best of all sets.

    Examples
    --------
    >>> from quiz import bank, paths
    >>> scheme = Scheme.of(bank.load(paths.shipped("questions")))
    >>> levels = np.array([[1.0 if role == 0 else 0.0 for role in scheme.belongs.argmax(axis=1)]])
    >>> scores = score(scheme, levels)
    >>> EVIDENCE[scores.evidence[0]], int(scores.mix.sum()), float(scores.fit[0].round(4))
    ('clear', 1, 1.0)
    """
    if levels.ndim != 2 or levels.shape[1] != len(scheme.questions):
        raise ValueError(f"levels have shape {levels.shape}, not (rows, {len(scheme.questions)})")
    return _scores(_sheets(scheme, levels))


def _scores(sheets: _Sheets) -> Scores:
    mixes = _mixes(sheets)
    second, other = _next_best(sheets, mixes)
    ranked = mixes.ranked
    fit = _fit(sheets, mixes)
    margin = np.where(ranked, (mixes.best - np.where(second > -np.inf, second, 0.0)).round(_DIGITS), 0.0)
    strength = A_TIE + (margin >= TIE) + (margin >= LEANING)
    evidence = np.where(ranked, strength, np.where(mixes.alike, ALL_ALIKE, NOT_ENOUGH))
    judged = sheets.judged
    coverage = np.where(judged, sheets.coverage, 0.0).round(_DIGITS)
    similarity = _ratio(sheets.sums * judged, np.sqrt(sheets.squares * sheets.counts))
    in_mix = coverage * mixes.member
    return Scores(
        evidence=evidence,
        mix=mixes.member.T,
        alternative=(other & (evidence == A_TIE)).T,
        fit=fit,
        value=_value(mixes, fit),
        margin=margin,
        judged=judged.T,
        coverage=coverage.T,
        similarity=np.minimum(similarity, 1.0).T,
        share=_ratio(in_mix, in_mix.sum(0).round(_DIGITS)).T,
        answered=sheets.counts.sum(0).astype(np.intp),
    )


def stability(scheme: Scheme, steps: Steps, mix: Bools) -> tuple[Counts, Counts]:
    """How many of all one-step changes of one answer leave the mix as it is, and how many changes are possible.

    Parameters
    ----------
    scheme : Scheme
    steps : int array of shape (rows, questions)
        Places in `scheme.worth`. An answer can move up and down, except off the ends; one left out cannot.
    mix : bool array of shape (rows, roles)
        The mix that `score` gave for these rows.

    Returns
    -------
    held, of : int arrays of shape (rows,)
    """
    held, of = np.zeros(len(steps), dtype=np.intp), np.zeros(len(steps), dtype=np.intp)
    for first in range(0, len(steps), _BLOCK):
        rows = slice(first, first + _BLOCK)
        sheets = _sheets(scheme, scheme.worth[steps[rows]])
        held[rows], of[rows] = _small_changes(scheme, steps[rows], sheets, mix[rows])
    return held, of


def _small_changes(scheme: Scheme, steps: Steps, sheets: _Sheets, mix: Bools) -> tuple[Counts, Counts]:
    """`stability` of a block of rows; `sheets` are theirs."""
    before, gain, gain_in_squares = scheme.moves
    # The same move of two of a role's answers gives the same mix: count how many can make it, and try it once.
    standing = (steps == np.arange(scheme.skip, dtype=np.uint8)[:, None, None]) @ scheme.belongs
    able = standing[before]
    possible = np.flatnonzero(able)
    move, row, role = np.unravel_index(possible, able.shape)
    times = able.take(possible)

    sums, counts, coverage = sheets.sums.take(row, 1), sheets.counts.take(row, 1), sheets.coverage.take(row, 1)
    at = role * len(row) + np.arange(len(row))  # of each sheet the role that moves, as a flat index
    moved = sums.take(at) + gain[move]
    np.put(sums, at, moved)
    np.put(coverage, at, _coverage(moved, counts.take(at), coverage.take(at) >= 0))
    squares = sheets.squares[row] + gain_in_squares[move]
    mixes = _mixes(_Sheets(sums, counts, coverage, squares, sheets.enough[row]))
    same = (mixes.member == mix.T.take(row, axis=1)).all(0)
    held, of = np.bincount(row, times * same, len(steps)), np.bincount(row, times, len(steps))
    return held.astype(np.intp), of.astype(np.intp)


def match(scheme: Scheme, answers: Mapping[str, str]) -> Match:
    """One person's mix, its evidence and its stability.

    Parameters
    ----------
    scheme : Scheme
    answers : mapping of str to str
        Question id to answer id. Questions and answers that the bank does not know are ignored; missing ones count as
        left out.

    Examples
    --------
    >>> from quiz import bank, paths
    >>> scheme = Scheme.of(bank.load(paths.shipped("questions")))
    >>> answers = dict.fromkeys(scheme.questions, "never")
    >>> answers |= dict.fromkeys(["pipelines", "data-quality", "dashboards", "trends"], "daily")
    >>> found = match(scheme, answers)
    >>> found.evidence, found.mix, round(found.fit, 2)
    ('clear', ('data-engineer', 'data-analyst'), 0.82)
    >>> found.roles["data-analyst"].share
    0.5
    """
    steps = scheme.steps(answers)
    sheets = _sheets(scheme, scheme.worth[steps])
    scores = _scores(sheets)
    held, of = _small_changes(scheme, steps, sheets, scores.mix)
    evidence = int(scores.evidence[0])
    standing = zip(scores.coverage[0].tolist(), scores.similarity[0].tolist(), scores.share[0].tolist(), strict=True)
    order = scores.ranking()[0].tolist()
    chosen, other, judged = scores.mix[0].tolist(), scores.alternative[0].tolist(), scores.judged[0].tolist()
    mix = tuple(scheme.roles[n] for n in order if chosen[n])
    return Match(
        evidence=EVIDENCE[evidence],
        mix=mix,
        alternative=tuple(scheme.roles[n] for n in order if other[n]),
        fit=float(scores.fit[0]) if mix else None,
        margin=float(scores.margin[0]) if evidence >= A_TIE else None,
        held=int(held[0]),
        of=int(of[0]),
        answered=int(scores.answered[0]),
        roles={
            role: Standing(*values) if known else Standing(None, None, 0.0)
            for role, values, known in zip(scheme.roles, standing, judged, strict=True)
        },
    )


def nearest(scheme: Scheme, answers: Mapping[str, str]) -> tuple[str, str, str] | None:
    """The role outside the mix that is easiest to bring in: (role id, question id, the answer that would do it).

    Looked for among all single answers moved up: the fewest steps first, then the mix of the best value, then the
    order of the bank. None where no single answer would bring a role in.
    """
    now = scheme.steps(answers)
    question, after = np.nonzero(np.arange(scheme.skip) > now[0, :, None])
    tried = np.repeat(now, 1 + len(question), axis=0)  # the first row stays as it is
    change = np.arange(1, len(tried))
    tried[change, question] = after
    sheets = _sheets(scheme, scheme.worth[tried])
    mixes = _mixes(sheets)
    owner = scheme.belongs.argmax(axis=1)[question]
    enters = mixes.member[owner, change] & ~mixes.member[owner, 0]
    if not enters.any():
        return None
    value = _value(mixes, _fit(sheets, mixes))[change].round(_DIGITS)
    first = np.lexsort((-value, np.where(enters, after - now[0, question], scheme.skip)))[0]
    point = list(scheme.step)[int(after[first])]
    return scheme.roles[int(owner[first])], scheme.questions[int(question[first])], point


def shown_shares(shares: Mapping[str, float]) -> dict[str, int]:
    """Shares as whole percent for showing: steps of 5, together exactly 100, at least 5 for every role in the mix.

    What remains after rounding goes to whoever is furthest below their true share, then to the greater share, then by
    id, so the order of the mapping plays no part. More than 20 roles get steps of 1 instead.

    Examples
    --------
    >>> shown_shares({"a": 0.56, "b": 0.42, "c": 0.02, "d": 0.0})
    {'a': 55, 'b': 40, 'c': 5, 'd': 0}
    """
    parts = {role: share for role, share in shares.items() if share > 0}
    unit = 5 if len(parts) <= 20 else 1
    units = 100 // unit
    total = sum(parts.values())
    # Nobody ends further below their true share than there are others that are held above theirs.
    given = {role: max(1, int(share / total * units) - len(parts)) for role, share in parts.items()}

    def short(role: str) -> tuple[float, float, str]:
        share = parts[role] / total
        return -round(share * units - given[role], _DIGITS), -round(share, _DIGITS), role

    for _ in range(units - sum(given.values()) if parts else 0):
        given[min(parts, key=short)] += 1
    return {role: unit * given.get(role, 0) for role in shares}


def _ratio(over: Floats, under: Floats) -> Floats:
    """`over / under`, and 0 where there is nothing to divide by."""
    return np.divide(over, under, out=np.zeros(np.broadcast(over, under).shape), where=under > 0)


def _sheets(scheme: Scheme, levels: Floats) -> _Sheets:
    by_question = np.ascontiguousarray(levels.T)
    answered = ~np.isnan(by_question)
    held = np.where(answered, by_question, 0.0)
    # Not `@`: for products of this shape BLAS would wake threads that cost more than they bring.
    counts = np.einsum("qs,qr->rs", answered, scheme.belongs).astype(np.int16)
    judged = (counts >= scheme.needed) & (counts > 0)
    sums = np.einsum("qs,qr->rs", held, scheme.belongs).round(_DIGITS)
    return _Sheets(
        sums=sums,
        counts=counts,
        coverage=_coverage(sums, counts, judged),
        squares=np.einsum("qs,qs->s", held, held).round(_DIGITS),
        enough=counts.sum(0) >= ENOUGH_ANSWERED * len(scheme.questions) - _SLACK,
    )


def _coverage(sums: Floats, counts: NDArray[np.int16], judged: Bools) -> Floats:
    return np.where(judged, sums / np.maximum(counts, 1), -1.0)


def _mixes(sheets: _Sheets) -> _Mixes:
    """The kernel: the best mix of each sheet under all the rules.

    A mix is "this role and all that are covered at least as much", once for each role. So no sorting is needed, and
    roles of equal coverage enter and leave together by themselves.
    """
    sums, counts, coverage, squares, enough = sheets
    judged = sheets.judged
    at_least = coverage >= (coverage - _SLACK)[:, None]  # [the role that a mix ends with, role, sheet]
    together = np.einsum("crs,rs->cs", at_least, sums)
    answered = np.einsum("crs,rs->cs", at_least, counts)
    length = np.sqrt(np.maximum(squares, _SLACK) * np.maximum(answered, 1))
    values = together / length - COST_PER_ROLE * at_least.sum(1, dtype=np.int16)
    values = np.where(judged, values, -np.inf)
    best, least = _best(values, coverage)

    lowest = np.where(judged, coverage, np.inf).min(0)
    alike = enough & (coverage.max(0) - lowest <= ALIKE + _SLACK)
    high = np.where(judged, coverage - HIGH, 0.0).sum(0) >= -_SLACK
    ranked = enough & ~alike & (sums.sum(0) >= LEAST_TOTAL - _SLACK)
    # Where nothing is ranked, "all that are covered at least as much as" nothing at all, or as more than can be.
    least = np.where(ranked, least, np.where(alike & high, 0.0, np.inf))
    return _Mixes(values, best, least, coverage >= least - _SLACK, alike, ranked)


def _fit(sheets: _Sheets, mixes: _Mixes) -> Floats:
    return np.minimum(sheets.cosine(mixes.member), 1.0)


def _value(mixes: _Mixes, fit: Floats) -> Floats:
    return np.where(mixes.ranked, fit - COST_PER_ROLE * mixes.member.sum(0), 0.0)


def _best(values: Floats, coverage: Floats) -> tuple[Floats, Floats]:
    """The greatest value of each sheet and the coverage at which that mix ends; of equal values, the fewest roles."""
    best = values.max(0)
    return best, np.where(values >= best - _SLACK, coverage, -1.0).max(0)


def _next_best(sheets: _Sheets, mixes: _Mixes) -> tuple[Floats, Bools]:
    """Value and members of the mix that comes second: another cut, or the last in exchanged for the first one out.

    The value is -inf where there is no other mix.
    """
    coverage, member = sheets.coverage, mixes.member
    value, least = _best(np.where(np.abs(coverage - mixes.least) <= _SLACK, -np.inf, mixes.values), coverage)
    outside = np.where(sheets.judged & ~member, coverage, -1.0)
    highest = outside.max(0)
    swapped = (coverage > mixes.least + _SLACK) | ((outside >= highest - _SLACK) & (highest >= 0))
    swapped_value = np.where(highest >= 0, sheets.cosine(swapped) - COST_PER_ROLE * swapped.sum(0), -np.inf)
    swap = swapped_value > value + _SLACK
    return np.where(swap, swapped_value, value), np.where(swap, swapped, sheets.judged & (coverage >= least - _SLACK))
