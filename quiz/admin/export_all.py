"""What whoever runs this may take out: all responses, or what an anonymous team published."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from quiz.bank import Bank
from quiz.exchange import export
from quiz.storage import Response, Storage
from quiz.storage.backup import draft_for, move_into_place
from quiz.teams import Team, anonymous, round_pages
from quiz.web import links

#: Responses that are read at once. Between two such readings others get at the database.
_CHUNK = 500


class UnknownTeamError(Exception):
    """There is no such team, or nothing of it may be taken out; the message says why."""


def everything(bank: Bank, kept: Storage, *, format: str) -> Iterator[str]:
    """All responses, a row a piece of text: as `csv` what `quiz score` reads again, as `jsonl` all that is kept."""
    if format == "csv":
        header, _ = export.personal_csv_rows(bank, {}, contacts=(), title="", text="")
        yield export.to_csv([["id", *header]])
    for response in _all(kept):
        yield _row(bank, response) if format == "csv" else _line(asdict(response))


def published(bank: Bank, team: Team, *, format: str) -> Iterator[str]:
    """The rounds that an anonymous team published, first to last, each fact a row (`csv`) or each round (`jsonl`).

    They come through the same gate as the pages: `quiz.teams.round_pages.shown` and `quiz.teams.anonymous.facts`.
    """
    if format == "csv":
        yield export.to_csv([["round", "closed", *anonymous.Fact._fields]])
    for shown in reversed(round_pages.shown(team)):
        facts = anonymous.facts(shown.result, bank) if shown.result else []
        if format == "csv":
            yield export.to_csv([[str(shown.number), shown.closed, *fact] for fact in facts])
        else:
            yield _line(
                {
                    "team": team.name,
                    "round": shown.number,
                    "closed": shown.closed,
                    "withdrawn": shown.result is None,
                    "facts": [fact._asdict() for fact in facts],
                }
            )


def team(kept: Storage, named: str) -> Team:
    """The anonymous team behind a lead link (the whole address, or the link alone) or with an id.

    Raises
    ------
    UnknownTeamError
    """
    every = kept.load_all_teams()
    if named.isdecimal():
        found = next((team for team in every if team.id == int(named)), None)
    else:
        link = re.search(rf"(?:^|/t/)({links.LINK_PATTERN})(?=$|[/?#])", named)
        found = kept.load_team(links.hash_link(link[1])) if link else None
    if found is None:
        known = ", ".join(f"{team.id} ({team.name!r}, {team.kind})" for team in every[:20])
        raise UnknownTeamError(f"no team has this lead link or id; there are {known or 'none'}")
    if found.kind != "anonymous":
        raise UnknownTeamError(f"team {found.name!r} is open: what it shows is for its members, on its page alone")
    return found


def write(pieces: Iterable[str], file: Path, *, private: bool) -> None:
    """Write to `file`, which is replaced once all is written, or stays as it was. `private`: for its owner alone."""
    if file.exists() and not file.is_file():  # a device or a named pipe
        with file.open("w", encoding="utf-8", newline="") as target:
            target.writelines(pieces)
        return
    with draft_for(file.resolve()) as draft:
        mode = 0o600 if private else 0o666
        with open(os.open(draft, os.O_CREAT | os.O_WRONLY, mode), "w", encoding="utf-8", newline="") as target:  # noqa: PTH123 - a mode
            target.writelines(pieces)
        move_into_place(draft, file.resolve())


def _all(kept: Storage) -> Iterator[Response]:
    last = 0
    while chunk := kept.load_responses_after(last, limit=_CHUNK):
        yield from chunk
        last = chunk[-1].id


def _row(bank: Bank, response: Response) -> str:
    # An answer that the bank no longer knows would stop `quiz score`.
    known = {question: answer for question, answer in response.answers.items() if answer in bank.option}
    _, row = export.personal_csv_rows(bank, known, contacts=response.contacts, title=response.title, text=response.text)
    return export.to_csv([[str(response.id), *row]])


def _line(values: object) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"
