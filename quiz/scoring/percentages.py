"""Coverages and shares of a mix as whole percentages for display."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum

#: Percentages are multiples of this. Answers on a scale of five steps are not more precise.
SHARE_STEP_PERCENT = 5
# Shares are compared in units of this part of a step, so that their last bits do not matter.
_UNITS_PER_STEP = 10**9


def coverage_percentage(coverage: float) -> int:
    """A coverage from 0 to 1 as a whole percentage. Only exactly nothing is 0, only exactly everything is 100.

    >>> [coverage_percentage(coverage) for coverage in (0, 0.001, 0.335, 0.999, 1)]
    [0, 1, 34, 99, 100]
    """
    if coverage in (0, 1):
        return round(100 * coverage)
    return min(99, max(1, round(100 * coverage)))


def share_percentages(shares: Mapping[str, float]) -> dict[str, int]:
    """Shares as percentages in steps of 5 that sum to 100, at least 5 for every role with a share.

    Every role gets one step. Each further step goes to the role that is furthest below its exact share, then to the
    role with the greater share, then to the first by id. So the order of the mapping does not matter. With more than
    20 roles the steps are of 1 %.

    Examples
    --------
    >>> share_percentages({"a": 0.56, "b": 0.42, "c": 0.02, "d": 0.0})
    {'a': 55, 'b': 40, 'c': 5, 'd': 0}
    """
    roles = [role for role, share in shares.items() if share > 0]
    step_percent = SHARE_STEP_PERCENT if len(roles) <= 100 // SHARE_STEP_PERCENT else 1
    step_count = 100 // step_percent
    total = fsum(shares[role] for role in roles)  # correctly rounded, so the same in any order
    exact_units = {role: round(shares[role] / total * step_count * _UNITS_PER_STEP) for role in roles}
    steps = dict.fromkeys(roles, 1)

    def priority(role: str) -> tuple[int, int, str]:
        missing_units = exact_units[role] - steps[role] * _UNITS_PER_STEP
        return -missing_units, -exact_units[role], role

    remaining_steps = step_count - len(roles) if roles else 0
    for _ in range(remaining_steps):
        steps[min(roles, key=priority)] += 1
    return {role: step_percent * steps.get(role, 0) for role in shares}
