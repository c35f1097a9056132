"""When a round may be closed, whom it counts, and when it is withdrawn."""

from __future__ import annotations

#: How many must have finished before a round can be closed: one of these, chosen when the team is made.
MINIMUMS = (5, 8, 10, 20)
#: With fewer people than this left, a published round is withdrawn, whatever its team's minimum is.
FLOOR = MINIMUMS[0]


def may_close(finished: int, minimum: int) -> bool:
    """Whether a round with so many finished responses can be closed, which publishes it.

    Raises
    ------
    ValueError
        Where `minimum` is not one of `MINIMUMS`.
    """
    if minimum not in MINIMUMS:
        raise ValueError(f"the minimum is one of {MINIMUMS}, not {minimum}")
    return finished >= minimum


def eligible(finished: str | None, *, counted: bool, elsewhere: bool, last_closed: str | None) -> bool:
    """Whether a response may be in a team's open round.

    Parameters
    ----------
    finished : str or None
        The day on which it was finished (`2026-05-31`). No finer time is kept, so the day of closing itself passes;
        `counted` keeps out those that the closed round took.
    counted : bool
        Whether any round of any team has ever counted it, withdrawn rounds among them.
    elsewhere : bool
        Whether it is in another team.
    last_closed : str or None
        The day on which this team's last round was closed, withdrawn or not.
    """
    fresh = finished is not None and (last_closed is None or finished >= last_closed)
    return fresh and not counted and not elsewhere


def must_withdraw(counted: int, erased: int) -> bool:
    """Whether a published round goes, after `erased` of the `counted` responses in it were deleted by their people.

    Responses that expire do not count as erased. A withdrawn round is served to nobody, but storage keeps its bands
    until the next round is published against them (`before`), and its responses stay counted: either way round, the
    remaining people's next result would otherwise give away who left.
    """
    return counted - erased < FLOOR
