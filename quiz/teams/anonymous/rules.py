"""When a round may be closed, which responses it counts, and when it is withdrawn."""

from __future__ import annotations

#: How many finished responses a round needs to be closed: one of these, chosen when the team is created.
MINIMUMS = (5, 8, 10, 20)
#: A published round with fewer people than this left is withdrawn, whatever the minimum of its team is.
MIN_ROUND_SIZE = MINIMUMS[0]


def may_close(finished: int, minimum: int) -> bool:
    """Whether a round with this many finished responses may be closed, which publishes it.

    Raises
    ------
    ValueError
        If `minimum` is not one of `MINIMUMS`.
    """
    if minimum not in MINIMUMS:
        raise ValueError(f"the minimum is one of {MINIMUMS}, not {minimum}")
    return finished >= minimum


def is_eligible(finished: str | None, *, counted: bool, in_other_team: bool, last_closed: str | None) -> bool:
    """Whether the open round of a team may count a response.

    Parameters
    ----------
    finished : str or None
        The day on which it was finished (`2026-05-31`). Days are the finest time that is stored, so a response that was
        finished on the day of the last closing is eligible; `counted` excludes those that the closed round counted.
    counted : bool
        Whether any round of any team has counted it, withdrawn rounds included.
    in_other_team : bool
        Whether it is in another team.
    last_closed : str or None
        The day on which this team's last round was closed, withdrawn or not.
    """
    if finished is None or counted or in_other_team:
        return False
    return last_closed is None or finished >= last_closed


def must_withdraw(counted: int, deleted: int) -> bool:
    """Whether a published round is withdrawn, after their owners deleted `deleted` of its `counted` responses.

    Expired responses are not deleted ones. A withdrawn round is shown to nobody, but storage keeps what it published as
    the `previous` of the next round, and its responses stay counted. Without both, the next result of the remaining
    people would reveal the answers of those who left.
    """
    return counted - deleted < MIN_ROUND_SIZE
