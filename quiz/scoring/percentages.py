"""Shares as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from quiz.scoring.kernel import DIGITS


def share_percentages(shares: Mapping[str, float]) -> dict[str, int]:
    """Shares as whole percent for showing: steps of 5, together exactly 100, at least 5 for every role in the mix.

    What remains after rounding goes to whoever is furthest below their true share, then to the greater share, then by
    id, so the order of the mapping plays no part. More than 20 roles get steps of 1 instead.

    Examples
    --------
    >>> share_percentages({"a": 0.56, "b": 0.42, "c": 0.02, "d": 0.0})
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
        return -round(share * units - given[role], DIGITS), -round(share, DIGITS), role

    for _ in range(units - sum(given.values()) if parts else 0):
        given[min(parts, key=short)] += 1
    return {role: unit * given.get(role, 0) for role in shares}
