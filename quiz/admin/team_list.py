"""The teams of an instance as `quiz teams` lists them: no link, and nothing about a round that is still open."""

from __future__ import annotations

from collections.abc import Iterator

from quiz.storage import Storage
from quiz.teams import Team, open_team, rounds
from quiz.terminal import escape_line

_HEADER = ("id", "kind", "people", "rounds", "name")


def team_lines(storage: Storage) -> Iterator[str]:
    """A header and a line for each team, from the oldest to the newest, in columns. Only a header if there is none."""
    rows = [_HEADER, *(_row(storage, team) for team in storage.load_all_teams())]
    # The name is last: some characters are wider than others, and it has no width of its own.
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEADER) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[-1]])


def _row(storage: Storage, team: Team) -> tuple[str, str, str, str, str]:
    people = _people(storage, team)
    return str(team.id), team.kind, "-" if people is None else str(people), _rounds(team), escape_line(team.name)


def _people(storage: Storage, team: Team) -> int | None:
    """How many people are in an open team, or how many the last round of an anonymous team published, if any.

    Who has answered in an open round stays unknown to everybody: a number that changes would tell.
    """
    if team.kind == "open":
        return len(open_team.members_by_name(storage.load_open_members(team.id)))
    published = [round.published for round in rounds.closed_rounds(team) if round.published]
    return published[0].people if published else None


def _rounds(team: Team) -> str:
    if team.kind == "open":
        return "-"
    closed = f"{len(team.closed_rounds)} closed"
    return f"{closed}, 1 open" if team.open_round else closed
