"""Exports for the operator: all responses, or what an anonymous team published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from quiz.bank import Bank
from quiz.exchange import export
from quiz.storage import Response, Storage
from quiz.teams import Team, anonymous, rounds
from quiz.web import links

#: How many responses one transaction reads. Between two of them others can write.
_CHUNK_SIZE = 500


class UnknownTeamError(Exception):
    """There is no such team, or it may not be exported; the message says why."""


def all_responses(bank: Bank, storage: Storage, *, format: str) -> Iterator[str]:
    """All responses, one line each: as `csv` what `quiz score` can read, as `jsonl` everything that is stored."""
    if format == "csv":
        header, _ = export.personal_csv_rows(bank, {}, contacts=(), title="", text="")
        yield export.csv_file([["id", *header]])
    for response in _load_all(storage):
        yield _csv_line(bank, response) if format == "csv" else _json_line(asdict(response))


def published_rounds(bank: Bank, team: Team, *, format: str) -> Iterator[str]:
    """The published rounds of an anonymous team, first to last: a line for each fact (`csv`) or each round (`jsonl`).

    They contain only what the pages show: both use `rounds.closed_rounds` and `anonymous.facts`.
    """
    if format == "csv":
        yield export.csv_file([["round", "closed", *anonymous.Fact._fields]])
    for round in reversed(rounds.closed_rounds(team)):
        facts = anonymous.facts(round.published, bank) if round.published else []
        if format == "csv":
            yield export.to_csv([[str(round.number), round.closed, *fact] for fact in facts])
        else:
            published_round = {
                "team": team.name,
                "round": round.number,
                "closed": round.closed,
                "withdrawn": round.published is None,
                "facts": [fact._asdict() for fact in facts],
            }
            yield _json_line(published_round)


def find_team(storage: Storage, link_or_id: str) -> Team:
    """The anonymous team with this lead link (the whole address, or its last part) or this id.

    Raises
    ------
    UnknownTeamError
    """
    teams = storage.load_all_teams()
    if link_or_id.isdecimal():
        team = next((team for team in teams if team.id == int(link_or_id)), None)
    else:
        link = links.find_link(link_or_id, "t")
        team = storage.load_team(links.hash_link(link)) if link else None
    if team is None:
        known = ", ".join(f"{team.id} ({team.name!r}, {team.kind})" for team in teams[:20])
        raise UnknownTeamError(f"no team has this lead link or id; there are {known or 'none'}")
    if team.kind != "anonymous":
        raise UnknownTeamError(f"team {team.name!r} is open: only its members may see it, on its page")
    return team


def _load_all(storage: Storage) -> Iterator[Response]:
    last_id = 0
    while responses := storage.load_responses_after(last_id, limit=_CHUNK_SIZE):
        yield from responses
        last_id = responses[-1].id


def _csv_line(bank: Bank, response: Response) -> str:
    _, row = export.personal_csv_rows(
        bank, response.answers, contacts=response.contacts, title=response.title, text=response.text
    )
    return export.to_csv([[str(response.id), *row]])


def _json_line(values: object) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"
