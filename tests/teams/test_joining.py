"""Which responses may join a team."""

from __future__ import annotations

import pytest

from quiz.teams import Round, Team, TeamKind
from quiz.teams.joining import JoinDecision, join_decision

THIS_TEAM, OTHER_TEAM = 1, 2


def team(kind: TeamKind = "anonymous", last_closed: str | None = None) -> Team:
    rounds = (Round(1, "2026-01-01", last_closed, "{}", 6, 0),) if last_closed else ()
    return Team(THIS_TEAM, 1, "The crew", kind, 5, "2026-01-01", rounds)


@pytest.mark.parametrize("kind", ["anonymous", "open"])
@pytest.mark.parametrize("finished", [None, "2026-02-01"])
@pytest.mark.parametrize("counted", [False, True])
def test_a_response_in_another_team_does_not_join(kind, finished, counted):
    decision = join_decision(team(kind), finished=finished, counted=counted, current_team=OTHER_TEAM)
    assert decision is JoinDecision.IN_OTHER_TEAM


@pytest.mark.parametrize("current_team", [None, THIS_TEAM])
@pytest.mark.parametrize("finished", [None, "2026-01-01"])
@pytest.mark.parametrize("counted", [False, True])
def test_an_open_team_takes_every_response_that_is_in_no_other_team(current_team, finished, counted):
    open_team = team("open", last_closed="2026-02-01")
    decision = join_decision(open_team, finished=finished, counted=counted, current_team=current_team)
    assert decision is JoinDecision.JOIN


@pytest.mark.parametrize(
    ("finished", "counted", "current_team", "decision"),
    [
        (None, False, None, JoinDecision.JOIN),
        (None, False, THIS_TEAM, JoinDecision.JOIN),
        ("2026-02-01", False, None, JoinDecision.JOIN),  # on the day of the last closing
        ("2026-02-02", False, THIS_TEAM, JoinDecision.JOIN),
        ("2026-01-31", False, None, JoinDecision.NOT_ELIGIBLE),
        ("2026-01-31", False, THIS_TEAM, JoinDecision.NOT_ELIGIBLE),
        ("2026-02-02", True, None, JoinDecision.NOT_ELIGIBLE),
        ("2026-02-02", True, THIS_TEAM, JoinDecision.ALREADY_COUNTED),
        ("2026-01-31", True, THIS_TEAM, JoinDecision.ALREADY_COUNTED),
    ],
)
def test_an_anonymous_team_takes_responses_that_its_open_round_may_count(finished, counted, current_team, decision):
    anonymous = team(last_closed="2026-02-01")
    assert join_decision(anonymous, finished=finished, counted=counted, current_team=current_team) is decision


def test_before_the_first_closing_every_uncounted_response_may_join():
    decision = join_decision(team(), finished="2001-01-01", counted=False, current_team=None)
    assert decision is JoinDecision.JOIN
