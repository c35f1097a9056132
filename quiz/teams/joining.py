"""Whether a response that exists already may join a team."""

from __future__ import annotations

from enum import Enum

from quiz.teams.anonymous.rules import is_eligible
from quiz.teams.team import Team


class JoinDecision(Enum):
    """What happens to a response that its owner brings to a team."""

    JOIN = "it joins the team, or stays in it"
    ALREADY_COUNTED = "it is in the team, and a round of the team counted it"
    IN_OTHER_TEAM = "it is in another team"
    NOT_ELIGIBLE = "it was finished before the last round closed, or a round of another team counted it"


def join_decision(team: Team, *, finished: str | None, counted: bool, current_team: int | None) -> JoinDecision:
    """Whether a response may join `team`.

    Parameters
    ----------
    finished
        The day on which the response was finished.
    counted
        Whether any round of any team has counted it.
    current_team
        The id of the team that it is in.
    """
    if current_team not in (None, team.id):
        return JoinDecision.IN_OTHER_TEAM
    if team.kind == "open":
        return JoinDecision.JOIN
    if counted and current_team == team.id:
        return JoinDecision.ALREADY_COUNTED
    if finished is None:
        return JoinDecision.JOIN
    if is_eligible(finished, counted=counted, in_other_team=False, last_closed=team.last_closed):
        return JoinDecision.JOIN
    return JoinDecision.NOT_ELIGIBLE
