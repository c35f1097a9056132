"""Checks of the database: whether it can be read and written, and whether its content is intact. Nothing is changed."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # the SQLite module that sqlite-utils chose

from quiz.storage.migrations import migrations
from quiz.storage.sqlite import SqliteFile, UnavailableError, open_database, translate_errors

SQLITE_VERSION: str = sqlite3.sqlite_version
#: Free space that the disk of the database needs: for the log, and for the pages that a deletion rewrites.
MIN_FREE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class DatabaseReport:
    """The state of a database. `problems` is empty if it is intact; the next start applies the migrations in `pending`.

    `journal_mode` is `wal` or the name of a rollback journal. `overdue` counts responses that should be deleted by now.
    `key_fingerprint` is that of the secret key with which the database is used, or None if it is not known.
    """

    journal_mode: str
    problems: tuple[str, ...]
    pending: tuple[str, ...]
    responses: int
    overdue: int
    key_fingerprint: str | None


def availability_problems(database: SqliteFile) -> list[str]:
    """Why answers cannot be read or saved now, a sentence each, without a path. Empty if they can."""
    folder = database.file.parent
    problems = []
    if not _is_usable(database):
        problems.append("The database cannot be read or written.")
    if not os.access(folder, os.W_OK | os.X_OK):
        problems.append("The folder of the database cannot be written to.")
    elif shutil.disk_usage(folder).free < MIN_FREE_BYTES:
        problems.append("The disk of the database is nearly full.")
    return problems


def _is_usable(database: SqliteFile) -> bool:
    try:
        with database.write_transaction() as db:  # takes and releases the lock that every write needs
            db.execute("SELECT EXISTS (SELECT 1 FROM response)").fetchone()
    except (UnavailableError, OSError):
        return False
    return not database.is_corrupt


def inspect_database(file: Path, *, before: str) -> DatabaseReport:
    """The state of the database `file`. `overdue` counts the responses that were last changed before the day `before`.

    Raises
    ------
    UnavailableError
        If it cannot be read at all.
    """
    with translate_errors(file), open_database(file) as db:
        db.execute("PRAGMA query_only = ON")
        problems = integrity_problems(db)
        pending = tuple(migration.name for migration in migrations.pending(db))
        if not problems and not pending and (problem := schema_problem(db)):
            problems = [problem]
        has_responses = db["response"].exists()
        return DatabaseReport(
            journal_mode=next(db.query("PRAGMA journal_mode"))["journal_mode"],
            problems=tuple(problems),
            pending=pending,
            responses=db["response"].count if has_responses else 0,
            overdue=db["response"].count_where("changed < ?", [before]) if has_responses else 0,
            key_fingerprint=None if problems or pending else _key_fingerprint(db),
        )


def _key_fingerprint(db: Database) -> str | None:
    fingerprint: str | None = db.execute("SELECT key_fingerprint FROM database_identity").fetchone()[0]
    return fingerprint


def integrity_problems(db: Database) -> list[str]:
    """What is wrong with the pages, values and references of a database, a phrase each. Empty if it is intact."""
    lines = db.execute("PRAGMA integrity_check(10)").fetchall()
    problems = [" ".join(line.split()) for (line,) in lines if line != "ok"]
    tables = {row["table"] for row in db.query("PRAGMA foreign_key_check")}
    problems += [f"rows of {table} refer to rows that do not exist" for table in sorted(tables)]
    return problems


def schema_problem(db: Database) -> str | None:
    """How a fully migrated database differs from our schema, or None.

    An operator may have added a table or an index. Refused, whatever its name is: what could change or stop our own
    statements, such as a trigger, a view, a unique index, or a table that references ours.
    """
    with Database(memory=True) as new:
        migrations.apply(new)
        expected = _schema(new)
    actual = _schema(db)
    if different := sorted(key for key, sql in expected.items() if actual.get(key) != sql):
        return f"{different[0][1]} is not as this version creates it"
    additional = {key: sql for key, sql in actual.items() if key not in expected}
    for (type, name), sql in sorted(additional.items()):
        changes_statements = type not in {"table", "index"} or "UNIQUE" in sql.upper() or "REFERENCES" in sql.upper()
        if changes_statements:
            return f"there is a {type} that could change our data, {name}"
    return None


def _schema(db: Database) -> dict[tuple[str, str], str]:
    """The SQL of each table, index, trigger and view by type and name.

    Without the tables and indexes of sqlite-utils, which another version of it may create in another way.
    """
    rows = db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    schema = {(type, name): " ".join(sql.split()) for type, name, sql in rows}
    with Database(memory=True) as empty:
        migrations.ensure_migrations_table(empty)
        own = [tuple(row) for row in empty.execute("SELECT type, name FROM sqlite_schema").fetchall()]
    return {key: sql for key, sql in schema.items() if key not in own}
