"""The migrations, in order. A released migration is never edited: a change of the schema is a new migration."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from sqlite_utils import Database, Migrations
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # the SQLite module that sqlite-utils chose

from quiz.storage.ids import random_identity

migrations = Migrations("many-hats")


@migrations()
def m001_tables(db: Database) -> None:
    """All tables of `sqlite.sql`, and the identity of this database."""
    for statement in _statements(files("quiz.storage").joinpath("sqlite.sql").read_text(encoding="utf-8")):
        db.execute(statement)
    db.execute("INSERT INTO database_identity (one, id) VALUES (1, ?)", (random_identity(),))


def _statements(script: str) -> Iterator[str]:
    """The statements of an SQL script, without the comments between them.

    `executescript` would commit after each statement: a start that is killed would leave half of the tables.
    """
    lines: list[str] = []
    for line in script.splitlines():
        if not lines and (not line or line.startswith("--")):
            continue
        lines.append(line)
        statement = "\n".join(lines)
        if sqlite3.complete_statement(statement):
            yield statement.rstrip(";")
            lines = []
