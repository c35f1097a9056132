"""Restores a backup without what was deleted since it was made.

The restored database takes four things from the current one: its tombstones (deleted responses and teams), which share
links were deleted, who left a team, and replaced links of teams. Only the database that was backed up has tombstones
for everything that was deleted since; the table `database_identity` shows whether the current database is that one.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from quiz.files import draft_for, move_into_place, remove_drafts
from quiz.storage.backup import SIDECAR_SUFFIXES
from quiz.storage.health import integrity_problems, is_internal_table, schema_problem
from quiz.storage.migrations import migrations
from quiz.storage.responses import delete_responses
from quiz.storage.sqlite import create_folder, open_database, prepare, start_lock, translate_errors


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


def restore(copy: Path, file: Path, *, day: str, tombstone_days: int, replace: bool = False) -> Restored:
    """Replace the database `file` with the backup `copy`, without what was deleted since. All of it or nothing.

    Parameters
    ----------
    day
        Today.
    tombstone_days
        For how many days a database keeps tombstones.
    replace
        Restore even if the current database has data, or if the backup is older than its tombstones.

    Raises
    ------
    RestoreError
        If `copy` is not an intact database of Many Hats, if `file` is in use, or if `replace` is needed.
    UnavailableError
        If reading or writing fails.
    """
    if copy.exists() and file.exists() and copy.samefile(file):
        raise RestoreError(f"{copy} is the database itself; name a backup")
    if not copy.is_file():
        raise RestoreError(f"{copy} is not there; name a file that `quiz backup` wrote")
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
                raise RestoreError(f"{warnings[0]}; add --force to restore it in spite of that")
            responses_in_backup = _count_responses(draft)
            warnings += _replace_database(file, draft, replace=replace)
    prepare(file)
    responses = _count_responses(file)
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


def _replace_database(file: Path, draft: Path, *, replace: bool) -> list[str]:
    """Replace `file` with the draft, less what was deleted since. Returns warnings about deletions that are unknown."""
    backup_identity = _database_identity(draft)
    with _exclusive_lock(file) as current:
        if file.exists() and not replace:
            if current is None:
                raise RestoreError(f"{file} cannot be read; add --force to replace it")
            if _has_data(current):
                raise RestoreError(f"{file} holds data; add --force to replace it")
        if current is not None and _apply_deletions(current, draft):
            is_same_database = _database_identity(draft) == backup_identity
            # Overwritten through SQLite, not replaced by a new file: a process that has the database open waits for
            # the lock and then sees the new content, and does not write to a deleted file.
            with open_database(draft) as db:
                db.conn.backup(current.conn, pages=-1)
            current.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return [] if is_same_database else [_OTHER_DATABASE.format(file)]
    with open_database(draft) as db, db.atomic():
        # A new identity: this database has no tombstones for what was deleted since any other backup was made.
        db.execute(f"INSERT OR REPLACE INTO database_identity VALUES (1, {_RANDOM_ID})")
    for suffix in SIDECAR_SUFFIXES:  # SQLite would apply an old log to the new file of this name
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    move_into_place(draft, file)
    return ["there is no database that lists the responses deleted since the backup was made"]


_OTHER_DATABASE = (
    "{} is not the database that the backup was made of, so it does not list every response that was deleted since the"
    " backup was made"
)
_RANDOM_ID = "lower(hex(randomblob(16)))"


def _database_identity(file: Path) -> str:
    with open_database(file) as db:
        return str(db.execute("SELECT id FROM database_identity").fetchone())


def _count_responses(file: Path) -> int:
    with open_database(file) as db:
        return int(db["response"].count)


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
                _has_data(db)
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise RestoreError(f"{file} is in use; stop the server first") from error
            raise
        except sqlite3.DatabaseError:
            stack.close()
            db = None
        yield db


def _has_data(db: Database) -> bool:
    """Whether any table holds a row. Tombstones and the identity of the database do not count as data."""
    tables = [name for name in db.table_names() if not is_internal_table(name)]
    return any(
        db.execute(f"SELECT EXISTS (SELECT 1 FROM [{name}])").fetchone()[0]
        for name in tables
        if name not in {"tombstone", "database_identity"}
    )


#: Responses that both databases have. Their share links and memberships are taken from the current database.
_RESPONSES_IN_BOTH = "SELECT old.id FROM draft.response AS old JOIN main.response AS new USING (owner_hash)"
#: Teams that both databases have. In the backup a team may have a lead link that was replaced since.
_TEAMS_IN_BOTH = """SELECT old.id AS draft_id, new.* FROM draft.team AS old JOIN main.team AS new
            ON old.lead_hash = new.lead_hash
            OR old.lead_hash IN (SELECT lead_hash FROM main.replaced_link WHERE team = new.id)"""
_COPY_DELETIONS = (
    "INSERT INTO draft.tombstone SELECT * FROM main.tombstone WHERE true ON CONFLICT DO NOTHING",
    f"""INSERT OR REPLACE INTO draft.database_identity
            SELECT 1, coalesce((SELECT id FROM main.database_identity), {_RANDOM_ID})""",
    f"""DELETE FROM draft.share_link WHERE response IN ({_RESPONSES_IN_BOTH})
            AND share_hash NOT IN (SELECT share_hash FROM main.share_link)""",
    f"""DELETE FROM draft.member WHERE response IN ({_RESPONSES_IN_BOTH} WHERE NOT EXISTS (
            SELECT 1 FROM main.member AS current WHERE current.response = new.id AND current.team = member.team))""",
    f"""INSERT INTO draft.replaced_link SELECT replaced_link.lead_hash, draft_id
            FROM main.replaced_link JOIN ({_TEAMS_IN_BOTH}) AS both_teams ON both_teams.id = team
            WHERE true ON CONFLICT DO NOTHING""",
    f"""UPDATE draft.team SET (lead_hash, join_hash, number) =
            (SELECT lead_hash, join_hash, number FROM ({_TEAMS_IN_BOTH}) WHERE draft_id = team.id)
            WHERE id IN (SELECT draft_id FROM ({_TEAMS_IN_BOTH}))""",
)


def _apply_deletions(current: Database, draft: Path) -> bool:
    """Delete from `draft` what was deleted in `current`. False if `current` is too damaged to be read."""
    try:
        migrations.apply(current)
        current.execute("ATTACH ? AS draft", (draft.absolute().as_uri(),))  # a path may not be valid text, a URI is
        with current.atomic():
            for statement in _COPY_DELETIONS:
                current.execute(statement)
        current.execute("DETACH draft")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False
    with open_database(draft) as db, db.atomic():
        # Expired responses first: rounds count only those that their owners deleted.
        db.execute("DELETE FROM response WHERE owner_hash IN (SELECT link_hash FROM tombstone WHERE expired)")
        delete_responses(db, "owner_hash IN (SELECT link_hash FROM tombstone)")
        is_deleted = "lead_hash IN (SELECT link_hash FROM tombstone)"
        db.execute(f"DELETE FROM team WHERE {is_deleted} OR id IN (SELECT team FROM replaced_link WHERE {is_deleted})")
    return True
