"""Follow-up questions, which compare the time that two roles' work took.

The ratings alone decide whom to ask. The **base** is the role of highest coverage. A person is asked about the roles
whose coverage is near the point where a role enters the mix, nearest first. An answer fixes its role: some put it into
the mix, others keep it out. Coverage and similarity stay those of the ratings.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quiz.bank import FollowUps
from quiz.scoring.kernel import TOLERANCE, FixedRoles, Mixes, RoleTotals, best_mixes
from quiz.scoring.scoring_model import Bools, Counts, Floats, ScoringModel

#: At this ratio to the base's coverage a role enters the mix, in the middle of many simulated people.
ENTRY_RATIO = 0.47
#: Roles are asked about whose ratio differs from `ENTRY_RATIO` by less than this, as a natural logarithm.
MAX_LOG_DISTANCE = 0.5
#: At most this number of roles is asked about.
MAX_ASKED_ROLES = 4

NO_ANSWER = -1


class FollowUpQuestions(NamedTuple):
    """What the ratings call for: a role id to compare with, and the ids of the roles to compare, nearest first."""

    base: str
    roles: tuple[str, ...]


class FollowUpSheets(NamedTuple):
    """The follow-up answers of many sheets."""

    base: Counts  # (sheets,): index of the base, NO_ANSWER without one
    step: NDArray[np.int8]  # (roles, sheets): index of the answer about a role, NO_ANSWER without one

    def take(self, sheets: Counts | slice) -> FollowUpSheets:
        """The answers of some of the sheets."""
        return FollowUpSheets(self.base[sheets], self.step[:, sheets])


def follow_up_sheets(model: ScoringModel, rows: Sequence[FollowUps | None]) -> FollowUpSheets:
    """The answers of many people as arrays. Roles and answers that the bank does not know are ignored."""
    base = np.full(len(rows), NO_ANSWER, dtype=np.intp)
    step = np.full((len(model.roles), len(rows)), NO_ANSWER, dtype=np.int8)
    index = {role: number for number, role in enumerate(model.roles)}
    for row, follow_ups in enumerate(rows):
        if follow_ups is None or follow_ups.base not in index:
            continue
        base[row] = index[follow_ups.base]
        for role, answer in follow_ups.answers.items():
            if role in index and role != follow_ups.base and answer in model.step_of_follow_up:
                step[index[role], row] = model.step_of_follow_up[answer]
    return FollowUpSheets(base, step)


def counted_answers(totals: RoleTotals, sheets: FollowUpSheets) -> Bools:
    """Which answers count, shape (roles, sheets): base and role are judged, and the person does something of each."""
    is_done = totals.coverage > TOLERANCE
    base_is_done = (sheets.base != NO_ANSWER) & is_done[sheets.base, np.arange(len(sheets.base))]
    counted: Bools = (sheets.step != NO_ANSWER) & is_done & base_is_done
    return counted


def fixed_roles(model: ScoringModel, totals: RoleTotals, sheets: FollowUpSheets) -> FixedRoles:
    """The roles that the answers put into the mix, and those that they keep out."""
    counted = counted_answers(totals, sheets)
    puts_in = np.append(model.follow_up_in_mix, False)[sheets.step]  # the last one stands for NO_ANSWER
    return FixedRoles(in_mix=counted & puts_in, kept_out=counted & ~puts_in)


def roles_to_compare(model: ScoringModel, coverage: Floats, judged: Bools, has_ranking: Bools) -> tuple[Counts, Floats]:
    """Whom the ratings call for.

    Parameters
    ----------
    coverage, judged : arrays of shape (rows, roles)
    has_ranking : bool array of shape (rows,)

    Returns
    -------
    base : int array of shape (rows,)
        Index of the base.
    distance : array of shape (rows, roles)
        Infinite for a role that is not asked about; else the smaller, the earlier.
    """
    by_id = np.argsort(np.array(model.roles))  # of equals, the first id
    ranked = np.where(judged, coverage, -1.0)
    base = by_id[ranked[:, by_id].argmax(axis=1)]
    base_coverage = ranked[np.arange(len(ranked)), base]
    is_asked = judged & (coverage > 0) & has_ranking[:, None] & (base_coverage > 0)[:, None]
    is_asked[np.arange(len(ranked)), base] = False
    ratio = np.where(is_asked, coverage, 1.0) / np.where(base_coverage > 0, base_coverage, 1.0)[:, None]
    distance = np.abs(np.log(ratio / ENTRY_RATIO))
    return base, np.where(is_asked & (distance < MAX_LOG_DISTANCE), distance.round(9), np.inf)


def follow_up_questions(
    model: ScoringModel, coverage: Floats, judged: Bools, has_ranking: Bools
) -> list[FollowUpQuestions | None]:
    """For each row the questions that its ratings call for, None if there are none. Arrays as in `roles_to_compare`."""
    if not model.step_of_follow_up:
        return [None] * len(coverage)
    base, distance = roles_to_compare(model, coverage, judged, has_ranking)
    by_id = np.argsort(np.array(model.roles))  # of equals, the first id
    nearest_first = by_id[distance[:, by_id].argsort(axis=1, kind="stable")][:, :MAX_ASKED_ROLES]
    counts = np.isfinite(distance).sum(axis=1).clip(max=MAX_ASKED_ROLES)
    rows = zip(base.tolist(), nearest_first.tolist(), counts.tolist(), strict=True)
    return [_questions(model.roles, base, *nearest[:count]) if count else None for base, nearest, count in rows]


@lru_cache(10_000)  # many rows have the same questions
def _questions(role_ids: tuple[str, ...], base: int, *roles: int) -> FollowUpQuestions:
    """The questions about roles by their indices."""
    return FollowUpQuestions(role_ids[base], tuple(role_ids[role] for role in roles))


def follow_up_stability(
    model: ScoringModel, totals: RoleTotals, sheets: FollowUpSheets, mixes: Mixes
) -> tuple[Counts, Counts]:
    """How many one-step changes of one follow-up answer leave the mix unchanged, and how many there are, by sheet.

    Only answers that count are changed.
    """
    sheet_count = len(sheets.base)
    unchanged, tried = np.zeros(sheet_count, dtype=np.intp), np.zeros(sheet_count, dtype=np.intp)
    role, sheet = np.nonzero(counted_answers(totals, sheets) & mixes.has_ranking)
    for change in (-1, 1):
        new_step = sheets.step[role, sheet] + change
        possible = (new_step >= 0) & (new_step < len(model.step_of_follow_up))
        changed_role, changed_sheet = role[possible], sheet[possible]
        changed = sheets.take(changed_sheet)
        changed.step[changed_role, np.arange(len(changed_sheet))] = new_step[possible]
        changed_totals = totals.take(changed_sheet)
        new_mixes = best_mixes(changed_totals, fixed_roles(model, changed_totals, changed))
        is_unchanged = (new_mixes.in_mix == mixes.in_mix[:, changed_sheet]).all(0)
        unchanged += np.bincount(changed_sheet[is_unchanged], minlength=sheet_count)
        tried += np.bincount(changed_sheet, minlength=sheet_count)
    return unchanged, tried
