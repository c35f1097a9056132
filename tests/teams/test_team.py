"""The values of teams."""

from __future__ import annotations

from quiz.teams import Round, Team

CLOSED = Round(1, "2026-01-01", "2026-02-01", '{"people": 6}', 6, 0)
OPEN = Round(2, "2026-02-01", None, None, 0, 0)


def team(*rounds: Round) -> Team:
    return Team(1, 1, "The crew", "anonymous", 5, "2026-01-01", rounds)


def test_the_last_round_is_open_until_it_is_closed():
    assert team(CLOSED, OPEN).open_round == OPEN
    assert team(CLOSED).open_round is None
    assert team().open_round is None


def test_a_team_has_the_day_and_the_published_data_of_its_last_closed_round():
    with_closed = team(CLOSED, OPEN)
    assert (with_closed.closed_rounds, with_closed.last_closed, with_closed.last_published) == (
        (CLOSED,),
        "2026-02-01",
        '{"people": 6}',
    )
    without_closed = team(OPEN)
    assert (without_closed.closed_rounds, without_closed.last_closed, without_closed.last_published) == ((), None, None)
