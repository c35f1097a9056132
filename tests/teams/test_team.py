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


def test_the_last_closed_round_says_when_it_closed_and_what_it_published():
    both = team(CLOSED, OPEN)
    assert (both.closed_rounds, both.last_closed, both.last_published) == ((CLOSED,), "2026-02-01", '{"people": 6}')
    new = team(OPEN)
    assert (new.closed_rounds, new.last_closed, new.last_published) == ((), None, None)
