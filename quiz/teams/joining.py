"""Whether a response that exists already may join a team."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from quiz.teams.anonymous.rules import is_eligible
from quiz.teams.names import name_key
from quiz.teams.team import Team

#: The page of an open team shows every member, so it has a limit.
MAX_OPEN_MEMBERS = 200


class JoinDecision(Enum):
    """What happens to a response that its owner brings to a team."""

    JOIN = "it joins the team, or stays in it"
    ALREADY_COUNTED = "it is in the team, and a round of the team counted it"
    IN_OTHER_TEAM = "it is in another team"
    NAME_TAKEN = "another member of the open team has this name"
    TEAM_IS_FULL = "the open team has as many members as it can have"
    NOT_ELIGIBLE = "it was finished before the last round closed, or a round of another team counted it"


def join_decision(
    team: Team,
    *,
    finished: str | None,
    counted: bool,
    current_team: int | None,
    name: str = "",
    other_names: Collection[str] = (),
) -> JoinDecision:
    """Whether a response may join `team`.

    Parameters
    ----------
    finished
        The day on which the response was finished.
    counted
        Whether any round of any team has counted it.
    current_team
        The id of the team that it is in.
    name, other_names
        In an open team the name to show, and the names of all members, without other responses of the same person.
    """
    if current_team not in (None, team.id):
        return JoinDecision.IN_OTHER_TEAM
    if team.kind == "open":
        return _open_join_decision(name, other_names, is_member=current_team is not None)
    if counted and current_team == team.id:
        return JoinDecision.ALREADY_COUNTED
    if finished is None:
        return JoinDecision.JOIN
    if is_eligible(finished, counted=counted, in_other_team=False, last_closed=team.last_closed):
        return JoinDecision.JOIN
    return JoinDecision.NOT_ELIGIBLE


def is_name_taken(name: str, other_names: Collection[str]) -> bool:
    """Whether `name` equals one of `other_names` after NFKC and case folding."""
    return name_key(name) in map(name_key, other_names)


def _open_join_decision(name: str, other_names: Collection[str], *, is_member: bool) -> JoinDecision:
    # A person who took the quiz again has two responses in the team, under one name.
    other_people = set(map(name_key, other_names))
    if not is_member and len(other_people) >= MAX_OPEN_MEMBERS:
        return JoinDecision.TEAM_IS_FULL
    return JoinDecision.NAME_TAKEN if is_name_taken(name, other_names) else JoinDecision.JOIN
