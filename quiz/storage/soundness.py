"""Whether a database is sound: its pages, its references, its tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from quiz.storage.migrations import migrations
from quiz.storage.sqlite import _translated, opened


@dataclass(frozen=True)
class Soundness:
    """The state of a database. `faults` are empty where it is sound, `pending` are migrations that the next start runs.

    `journal` is its journal mode: `wal`, or else it is written with a rollback journal. `overdue` counts the
    responses that were last changed before the day that was asked for.
    """

    journal: str
    faults: tuple[str, ...]
    pending: tuple[str, ...]
    responses: int
    overdue: int


def soundness(file: Path, *, before: str) -> Soundness:
    """The state of the database `file`, with `overdue` counted by the day `before`. Nothing is changed.

    Raises
    ------
    UnavailableError
        Where it cannot be read at all.
    """
    with _translated(file), opened(file) as db:
        db.execute("PRAGMA query_only = ON")
        found, ours = faults(db), db["response"].exists()
        pending = tuple(migration.name for migration in migrations.pending(db))
        if not found and not pending and (why := strange(db)):
            found = [why]
        return Soundness(
            journal=next(db.query("PRAGMA journal_mode"))["journal_mode"],
            faults=tuple(found),
            pending=pending,
            responses=db["response"].count if ours else 0,
            overdue=db["response"].count_where("changed < ?", [before]) if ours else 0,
        )


def faults(db: Database) -> list[str]:
    """What is wrong with the pages, values and references of a database, a phrase each; none where all is well."""
    checked = db.execute("PRAGMA integrity_check(10)").fetchall()
    found = [" ".join(line.split()) for (line,) in checked if line != "ok"]
    dangling = {row["table"] for row in db.query("PRAGMA foreign_key_check")}
    return found + [f"rows of {table} refer to what is not there" for table in sorted(dangling)]


def strange(db: Database) -> str | None:
    """Why the tables of a fully migrated database are not ours, or None. More tables and indexes than ours may be."""
    with Database(memory=True) as fresh:
        migrations.apply(fresh)
        ours = _schema(fresh)
    theirs = _schema(db)
    if wrong := sorted(name for name, sql in ours.items() if theirs.get(name) != sql):
        return f"{wrong[0]} is not as this version makes it"
    triggers = sorted(name for name, sql in theirs.items() if sql.upper().startswith("CREATE TRIGGER"))
    return f"there is a trigger, {triggers[0]}" if triggers else None


def own(name: str) -> bool:
    """Whether a table is neither SQLite's nor that of the migrations."""
    return not name.startswith(("sqlite_", "_sqlite_", "idx__sqlite_"))


def _schema(db: Database) -> dict[str, str]:
    """How each table, index and trigger was made, by name."""
    rows = db.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.split()) for name, sql in rows if own(name)}
