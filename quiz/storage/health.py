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

    `journal_mode` is `wal` or the name of a rollback journal. `overdue` counts responses that should have expired.
    """

    journal_mode: str
    problems: tuple[str, ...]
    pending: tuple[str, ...]
    responses: int
    overdue: int


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
    """The state of the database `file`. A response that was last changed before the day `before` counts as overdue.

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
        )


def integrity_problems(db: Database) -> list[str]:
    """What is wrong with the pages, values and references of a database, a phrase each. Empty if it is intact."""
    lines = db.execute("PRAGMA integrity_check(10)").fetchall()
    problems = [" ".join(line.split()) for (line,) in lines if line != "ok"]
    tables = {row["table"] for row in db.query("PRAGMA foreign_key_check")}
    problems += [f"rows of {table} refer to rows that do not exist" for table in sorted(tables)]
    return problems


def schema_problem(db: Database) -> str | None:
    """How a fully migrated database differs from our schema, or None. Additional tables and indexes are allowed."""
    with Database(memory=True) as new:
        migrations.apply(new)
        expected = _schema(new)
    actual = _schema(db)
    if different := sorted(name for name, sql in expected.items() if actual.get(name) != sql):
        return f"{different[0]} is not as this version creates it"
    if triggers := sorted(name for name, sql in actual.items() if sql.upper().startswith("CREATE TRIGGER")):
        return f"there is a trigger, {triggers[0]}"
    return None


def is_internal_table(name: str) -> bool:
    """Whether a table belongs to SQLite or to the migrations."""
    return name.startswith(("sqlite_", "_sqlite_", "idx__sqlite_"))


def _schema(db: Database) -> dict[str, str]:
    """The SQL of each table, index and trigger, by name."""
    rows = db.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.split()) for name, sql in rows if not is_internal_table(name)}
