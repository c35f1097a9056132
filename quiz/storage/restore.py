"""Restores a backup without what people ended since it was made.

| taken from the backup | kept from the current database |
| --- | --- |
| responses with what belongs to them, memberships, teams with needs | closed rounds, and which responses they counted |
| except those that have a tombstone in the current database | links of teams |
| | titles and texts that were emptied, feedback that was taken back |
| | agreed actions and job goals that were removed |
| | wishes that are no longer shown to a team, and names in teams |
| | who was removed from a team and has not read it yet |
| | second views, if their response is in the backup |

So what was deleted stays deleted, and what was published stays published. Responses that expired have no
tombstone: they are restored, and expire again if they are still overdue. Only the database that was backed up has
tombstones for everything that was ended since; `database_identity` shows whether the current database is that one.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from quiz.files import draft_for, move_into_place, remove_drafts
from quiz.storage import open_engine, prepare
from quiz.storage.backup import SIDECAR_SUFFIXES
from quiz.storage.engine import Address, Connection
from quiz.storage.health import integrity_problems, schema_problem
from quiz.storage.instance import create_folder, start_lock
from quiz.storage.migrations import migrations
from quiz.storage.restore_rules import CurrentState, apply_current_state, read_current_state, set_identity
from quiz.storage.rows import replace_rows
from quiz.storage.schema import TABLES, has_tables
from quiz.storage.sqlite import open_database, translate_errors


class RestoreError(Exception):
    """Nothing was restored or changed; the message says why and what to do."""


@dataclass(frozen=True)
class Restored:
    """How many responses were restored, and how many of the backup were not, because they were deleted since.

    `warnings` are sentences about deletions that the restore may have undone.
    """

    responses: int
    deleted: int
    warnings: tuple[str, ...]


def restore(
    copy: Path, address: Address, *, day: str, tombstone_days: int, replace: bool = False, folder: Path | None = None
) -> Restored:
    """Replace the database at `address` with the backup `copy`, without what was deleted since. All of it or nothing.

    Parameters
    ----------
    day
        Today.
    tombstone_days
        For how many days a database keeps tombstones.
    replace
        Restore even if the current database has data, or if the backup is older than its tombstones.
    folder
        The folder of the instance. By default that of the database file.

    Raises
    ------
    RestoreError
        If `copy` is not an intact database of Many Hats, if the database is in use, or if `replace` is needed.
    UnavailableError
        If reading or writing fails.
    """
    file = address if isinstance(address, Path) else (folder or Path.cwd()) / "postgresql"  # drafts are named after it
    if copy.exists() and file.exists() and copy.samefile(file):
        raise RestoreError(f"{copy} is the database itself; name a backup")
    if not copy.is_file():
        raise RestoreError(f"{copy} does not exist; choose a file that `quiz backup` wrote")
    tombstones_since = (date.fromisoformat(day) - timedelta(tombstone_days)).isoformat()
    with translate_errors(file):
        create_folder(file.parent)
    # The lock prevents a server from starting now: it would create an empty database if there is none.
    with translate_errors(file), start_lock(file.parent):
        remove_drafts(file)  # of a restore that was killed
        with draft_for(file) as draft:
            backup_day = _write_draft(copy, draft)
            warnings = _age_warnings(copy, backup_day, tombstones_since)
            if warnings and not replace:
                raise RestoreError(f"{warnings[0]}; add --force to restore it anyway")
            responses_in_backup = _count_responses(draft)
            if isinstance(address, Path):
                warnings += _replace_file(address, draft, replace=replace)
            else:
                warnings += _replace_rows(address, draft, replace=replace)
    prepare(address)
    responses = _count_responses(address)
    return Restored(responses, responses_in_backup - responses, tuple(warnings))


def _write_draft(copy: Path, draft: Path) -> str | None:
    """Copy `copy` to `draft`, check and migrate the draft. Returns the day that the backup was made, if it says so.

    `copy` is only read: it may be on a read-only disk.
    """
    for suffix in ("", "-wal", "-journal"):  # a copy that another program made may have its log next to it
        part = copy.with_name(copy.name + suffix)
        if part.exists():
            shutil.copyfile(part, draft.with_name(draft.name + suffix))
    try:
        with open_database(draft) as db:
            _check_and_migrate(db, copy)
            db.execute("PRAGMA journal_mode = DELETE")  # all in one file, which can be renamed
            user_version = next(db.query("PRAGMA user_version"))["user_version"]
            db.execute("PRAGMA user_version = 0")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorname != "SQLITE_ERROR":
            raise  # an error of this disk, not of the backup
        raise RestoreError(f"{copy} is damaged, or not an SQLite file: {error}") from error
    with contextlib.suppress(ValueError):
        return date.fromisoformat(str(user_version)).isoformat()
    return None


def _check_and_migrate(db: Database, copy: Path) -> None:
    # First, so that no trigger runs during a migration
    if refused := db.execute("SELECT type, name FROM sqlite_schema WHERE type NOT IN ('table', 'index')").fetchone():
        raise RestoreError(f"{copy} is not a database of Many Hats: there is a {refused[0]}, {refused[1]}")
    if problems := integrity_problems(db):
        raise RestoreError(f"{copy} is damaged: {problems[0]}")
    applied = {migration.name for migration in migrations.applied(db)}
    if not applied:
        raise RestoreError(f"{copy} is not a database of Many Hats")
    with Database(memory=True) as empty:
        known = {migration.name for migration in migrations.pending(empty)}
    if unknown := applied - known:
        raise RestoreError(f"{copy} was written by a newer version, with {max(unknown)}; upgrade first")
    migrations.apply(db)
    if problem := schema_problem(db):
        raise RestoreError(f"{copy} is not a database of Many Hats: {problem}")


def _age_warnings(copy: Path, backup_day: str | None, tombstones_since: str) -> list[str]:
    """A warning if the backup may be older than the oldest tombstones of the current database."""
    known = f"deletions are known only since {tombstones_since}"
    if backup_day is None:
        return [f"{copy} does not say on which day it was made, and {known}"]
    if backup_day < tombstones_since:
        return [f"{copy} is from {backup_day}, and {known}"]
    return []


def _replace_rows(url: str, draft: Path, *, replace: bool) -> list[str]:
    """Replace all rows of a PostgreSQL database with the draft, less what was ended since. Returns warnings.

    A server that runs meanwhile waits, and then sees the new content.
    """
    with contextlib.closing(open_engine(url)) as engine:
        with engine.read_transaction() as db:
            is_new = not has_tables(db)
        engine.prepare()
        with engine.write_transaction() as current, open_database(draft) as db:
            if not replace and _has_data(current, TABLES):
                raise RestoreError(f"{engine.name} holds data; add --force to replace it")
            state = read_current_state(current)
            is_same_database = _identity(db) == state.identity
            _apply_current_state(db, state, engine.name)
            try:
                replace_rows(db, current)
            except ValueError as error:
                raise RestoreError(f"the backup has a value that cannot be stored in PostgreSQL: {error}") from error
    if is_new:
        return [_NO_DATABASE]
    return [] if is_same_database else [_OTHER_DATABASE.format(engine.name)]


def _apply_current_state(db: Database, state: CurrentState, name: str) -> None:
    try:
        apply_current_state(db, state)
    except sqlite3.IntegrityError as error:
        raise RestoreError(f"the backup and {name} contradict each other: {error}") from error


def _replace_file(file: Path, draft: Path, *, replace: bool) -> list[str]:
    """Replace `file` with the draft, less what was ended since. Returns warnings about deletions that are unknown."""
    with _exclusive_lock(file) as current:
        if file.exists() and not replace:
            if current is None:
                raise RestoreError(f"{file} cannot be read; add --force to replace it")
            if _has_data(current, _table_names(current)):
                raise RestoreError(f"{file} holds data; add --force to replace it")
        if current is not None and (state := _current_state(current)):
            with open_database(draft) as db:
                is_same_database = _identity(db) == state.identity
                _apply_current_state(db, state, str(file))
            # Overwritten through SQLite, not replaced by a new file: a process that has the database open waits for
            # the lock and then sees the new content, and does not write to a deleted file.
            with open_database(draft) as db:
                db.conn.backup(current.conn, pages=-1)
            current.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return [] if is_same_database else [_OTHER_DATABASE.format(file)]
    with open_database(draft) as db, db.atomic():
        # A new identity: this database has no tombstones for what was deleted since any other backup was made.
        set_identity(db, None)
    for suffix in SIDECAR_SUFFIXES:  # SQLite would apply an old log to the new file of this name
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    move_into_place(draft, file)
    return [_NO_DATABASE]


_NO_DATABASE = "there is no database that lists the responses deleted since the backup was made"
_OTHER_DATABASE = (
    "{} is not the database that the backup was made of, so it does not list every response that was deleted since the"
    " backup was made"
)


def _identity(db: Connection) -> str | None:
    row = db.execute("SELECT id FROM database_identity").fetchone()
    return row[0] if row else None


def _count_responses(address: Address) -> int:
    with contextlib.closing(open_engine(address)) as engine, engine.read_transaction() as db:
        return int(db.execute("SELECT count(*) FROM response").fetchone()[0])


@contextlib.contextmanager
def _exclusive_lock(file: Path) -> Iterator[Database | None]:
    """The database `file`, locked against all other processes; None if it does not exist or cannot be read."""
    with contextlib.ExitStack() as stack:
        db = None
        try:
            if file.exists():
                db = stack.enter_context(open_database(file))
                db.execute("PRAGMA main.locking_mode = EXCLUSIVE")
                db.execute("BEGIN EXCLUSIVE")
                db.commit()  # ends the transaction and keeps the lock
                _has_data(db, _table_names(db))
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise RestoreError(f"{file} is in use; stop the server first") from error
            raise
        except sqlite3.DatabaseError:
            stack.close()
            db = None
        yield db


def _has_data(db: Connection, tables: Iterable[str]) -> bool:
    """Whether one of these tables holds a row. Tombstones and the identity of the database do not count as data."""
    no_data = {"tombstone", "database_identity", migrations.migrations_table}
    return any(
        db.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")').fetchone()[0] for name in tables if name not in no_data
    )


def _table_names(db: Database) -> list[str]:
    """All tables of an SQLite database, also those that an operator added."""
    return [name for name in db.table_names() if not name.startswith("sqlite_")]


def _current_state(current: Database) -> CurrentState | None:
    """What the restored database takes from the current one; None if that is too damaged to be read."""
    try:
        migrations.apply(current)
        return read_current_state(current)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return None
