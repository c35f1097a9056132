"""Exports for the operator: all responses, or what an anonymous team published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from quiz.bank import Bank
from quiz.exchange import export, personal_data
from quiz.storage import Response, Storage
from quiz.teams import Team, anonymous, rounds

#: How many responses one transaction reads. Between two of them others can write.
_CHUNK_SIZE = 500
#: What two people agreed is theirs: the fields of a response that no export for the operator contains.
_AGREED = {"agreed_actions", "next_look"}


class OpenTeamError(Exception):
    """Only the members of an open team may see it."""


def all_responses(bank: Bank, storage: Storage, *, format: str) -> Iterator[str]:
    """All responses, one line each: as `csv` what `quiz score` can read, as `jsonl` what belongs to a response.

    What two people agreed in a conversation is in neither.
    """
    if format == "csv":
        yield export.csv_file([["id", *personal_data.csv_columns(bank)]])
    for response in load_all(storage):
        yield _csv_line(bank, response) if format == "csv" else _json_line(_stored_values(response))


def published_rounds(bank: Bank, team: Team, *, format: str) -> Iterator[str]:
    """The published rounds of an anonymous team, first to last: a line for each fact (`csv`) or each round (`jsonl`).

    They contain only what the pages show: both use `rounds.closed_rounds` and `anonymous.facts`.

    Raises
    ------
    OpenTeamError
    """
    if team.kind != "anonymous":
        raise OpenTeamError(f"team {team.name!r} is open: only its members may see it, on its page")
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


def load_all(storage: Storage) -> Iterator[Response]:
    """All responses by id. Between two of them others can write."""
    last_id = 0
    while responses := storage.load_responses_after(last_id, limit=_CHUNK_SIZE):
        yield from responses
        last_id = responses[-1].id


def _csv_line(bank: Bank, response: Response) -> str:
    return export.to_csv([[str(response.id), *personal_data.csv_cells(bank, response)]])


def _stored_values(response: Response) -> dict[str, Any]:
    values = asdict(response) | {"follow_ups": personal_data.follow_up_answers_object(response.follow_ups)}
    return {name: value for name, value in values.items() if name not in _AGREED}


def _json_line(values: object) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"
