"""Many people at once: their mixes, and how well these hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quiz.scoring.kernel import (
    A_TIE,
    ALL_ALIKE,
    DIGITS,
    LEANING,
    NOT_ENOUGH,
    TIE,
    Mixes,
    Sheets,
    best_mixes,
    changes,
    fit,
    next_best,
    ratio,
    sheets_of,
)
from quiz.scoring.scoring_model import Bools, Counts, Floats, ScoringModel, Steps

# So many rows' changes at a time keep the kernel's arrays small enough for the processor's cache.
_BLOCK = 256


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
    margin : array of shape (rows,)
        Lead over the next best mix in `fit` less the cost of its roles; 0 where nothing was ranked.
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
    margin: Floats
    judged: Bools
    coverage: Floats
    similarity: Floats
    share: Floats
    answered: Counts

    def ranking(self) -> Counts:
        """Places of the roles from most to least covered, shape (rows, roles); a mix is always the top of it."""
        return np.argsort(-self.coverage, axis=1, kind="stable")


def score(model: ScoringModel, levels: Floats) -> Scores:
    """The mix and all that stands beside it, for each row of levels.

    Parameters
    ----------
    model : ScoringModel
    levels : array of shape (rows, questions)
        From 0 to 1 in the order of `model.questions`; NaN for a question left out, which then counts neither for nor
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
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> from quiz.scoring import EVIDENCE
    >>> model = ScoringModel.from_bank(bank.load(paths.project_folder("questions")))
    >>> levels = np.array([[1.0 if role == 0 else 0.0 for role in model.role_matrix.argmax(axis=1)]])
    >>> scores = score(model, levels)
    >>> EVIDENCE[scores.evidence[0]], int(scores.mix.sum()), float(scores.fit[0].round(4))
    ('clear', 1, 1.0)
    """
    if levels.ndim != 2 or levels.shape[1] != len(model.questions):
        raise ValueError(f"levels have shape {levels.shape}, not (rows, {len(model.questions)})")
    sheets = sheets_of(model, levels)
    return scores_of(sheets, best_mixes(sheets))


def scores_of(sheets: Sheets, mixes: Mixes) -> Scores:
    """What `score` gives, once the best mixes are known."""
    second, other = next_best(sheets, mixes)
    ranked = mixes.ranked
    found = fit(sheets, mixes)
    margin = np.where(ranked, (mixes.best - np.where(second > -np.inf, second, 0.0)).round(DIGITS), 0.0)
    strength = A_TIE + (margin >= TIE) + (margin >= LEANING)
    evidence = np.where(ranked, strength, np.where(mixes.alike, ALL_ALIKE, NOT_ENOUGH))
    judged = sheets.judged
    coverage = np.where(judged, sheets.coverage, 0.0).round(DIGITS)
    similarity = ratio(sheets.sums * judged, np.sqrt(sheets.squares * sheets.counts))
    in_mix = coverage * mixes.member
    return Scores(
        evidence=evidence,
        mix=mixes.member.T,
        alternative=(other & (evidence == A_TIE)).T,
        fit=found,
        margin=margin,
        judged=judged.T,
        coverage=coverage.T,
        similarity=np.minimum(similarity, 1.0).T,
        share=ratio(in_mix, in_mix.sum(0).round(DIGITS)).T,
        answered=sheets.counts.sum(0).astype(np.intp),
    )


def stability(model: ScoringModel, steps: Steps, mix: Bools) -> tuple[Counts, Counts]:
    """How many of all one-step changes of one answer leave the mix as it is, and how many changes are possible.

    Parameters
    ----------
    model : ScoringModel
    steps : int array of shape (rows, questions)
        Places in `model.level_of_step`. An answer can move up and down, except off the ends; one left out cannot.
    mix : bool array of shape (rows, roles)
        The mix that `score` gave for these rows.

    Returns
    -------
    held, of : int arrays of shape (rows,)
    """
    held, of = np.zeros(len(steps), dtype=np.intp), np.zeros(len(steps), dtype=np.intp)
    for first in range(0, len(steps), _BLOCK):
        rows = slice(first, first + _BLOCK)
        block = steps[rows]
        tried = changes(model, block, sheets_of(model, model.level_of_step[block]), model.small_moves)
        same = (best_mixes(tried.sheets).member == mix[rows].T.take(tried.row, axis=1)).all(0)
        held[rows] = np.bincount(tried.row, tried.times * same, len(block))
        of[rows] = np.bincount(tried.row, tried.times, len(block))
    return held, of
