"""All rows of a database: counted, with a checksum, and copied between PostgreSQL and an SQLite file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from quiz.storage.engine import Connection, Engine
from quiz.storage.schema import COLUMNS, TABLES

_CHECKSUM_DIGITS = 16


@dataclass(frozen=True)
class Totals:
    """How many rows a database has, and a checksum over all of them.

    Databases of both engines with the same rows have the same totals. Without what differs in each database: its
    identity, and the notes of what is overdue.
    """

    rows: int
    checksum: str


def count_rows(engine: Engine) -> Totals:
    """The totals of a database, as it is at one moment."""
    checksum, rows = hashlib.sha256(), 0
    with engine.read_transaction() as db:
        for table in TABLES:
            if table == "database_identity":
                continue
            names = [column.name for column in COLUMNS[table] if column.name != "overdue_since"]
            checksum.update(f"{table} {names}\n".encode())
            for row in engine.stream(db, _select(table, names)):
                values = [int(value) if isinstance(value, bool) else value for value in row]
                checksum.update(json.dumps(values).encode() + b"\n")
                rows += 1
    return Totals(rows, checksum.hexdigest()[:_CHECKSUM_DIGITS])


def _select(table: str, names: list[str]) -> str:
    keys = [column.name for column in COLUMNS[table] if column.is_key]
    return f"SELECT {', '.join(names)} FROM {table} ORDER BY {', '.join(keys)}"


def copy_to_sqlite(engine: Engine, source: Connection, target: Database) -> None:
    """Copy all rows of a transaction of `engine` into the empty tables of an SQLite file.

    The references are not checked.
    """
    target.execute("PRAGMA foreign_keys = OFF")
    with target.atomic():
        target.execute("DELETE FROM database_identity")
        for table in TABLES:
            names = [column.name for column in COLUMNS[table]]
            insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
            target.conn.executemany(insert, engine.stream(source, _select(table, names)))


def replace_rows(source: Database, target: Connection) -> None:
    """Replace all rows of a PostgreSQL database, in its transaction `target`, with those of an SQLite file."""
    from quiz.storage.postgresql import copy_in

    target.execute(f"TRUNCATE {', '.join(TABLES)}")
    for table in TABLES:
        names = [column.name for column in COLUMNS[table]]
        copy_in(target, table, names, _rows_with_booleans(source, table, names))


def _rows_with_booleans(source: Database, table: str, names: list[str]) -> Iterator[list[Any]]:
    booleans = [number for number, column in enumerate(COLUMNS[table]) if column.is_boolean]
    for stored in source.execute(f"SELECT {', '.join(names)} FROM {table}"):
        row = list(stored)
        for number in booleans:
            row[number] = bool(row[number])
        yield row
