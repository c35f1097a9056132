"""Copies of the database, made while the server runs. A copy is an SQLite file, whatever the engine is.

SQLite copies itself with `VACUUM INTO`, not with its online backup: it rewrites every row, so the copy never
contains deleted content, also if another program deleted it. From PostgreSQL all rows are read in one transaction. Both
copy one state of the database while others write.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from quiz.files import atomic_write
from quiz.storage import open_engine
from quiz.storage.engine import Address, UnavailableError
from quiz.storage.health import integrity_problems
from quiz.storage.migrations import migrations
from quiz.storage.rows import copy_to_sqlite
from quiz.storage.schema import has_tables
from quiz.storage.sqlite import connect, open_database, translate_errors

#: Files that SQLite may keep next to a database: its name, and one of these.
SIDECAR_SUFFIXES = ("-wal", "-shm", "-journal")


class BackupError(Exception):
    """No backup was made; the message says why and what to do."""


@dataclass(frozen=True)
class Backup:
    """A finished backup: its size and its number of responses."""

    size_bytes: int
    responses: int


def back_up(address: Address, copy: Path, *, day: str, replace: bool = False) -> Backup:
    """Copy the database at `address` to the file `copy`, check the copy, and make it readable by its owner only.

    Others can write to the database at the same time. The copy stores `day`. If anything fails, no file `copy`
    is created, or the old one is unchanged.

    Raises
    ------
    BackupError
        If there is no database, if it is damaged, or if `copy` exists and `replace` is False.
    UnavailableError
        If reading or writing fails.
    """
    copy = copy.resolve()
    if problem := _target_problem(copy, address, replace=replace):
        raise BackupError(problem)
    if isinstance(address, Path) and not address.exists():
        raise BackupError(f"{address} does not exist, so there is nothing to back up; check MANY_HATS_INSTANCE")
    with translate_errors(copy), atomic_write(copy, is_private=True) as draft:
        if isinstance(address, Path):
            _copy_file(address, draft, target=copy)
        else:
            _copy_rows(address, draft)
        with open_database(draft) as db:
            if problems := integrity_problems(db):
                name = open_engine(address).name
                raise BackupError(f"{name} is damaged: {problems[0]}; keep your last backup, and run: quiz doctor")
            db.execute(f"PRAGMA user_version = {date.fromisoformat(day):%Y%m%d}")
            responses = int(db["response"].count)
        return Backup(draft.stat().st_size, responses)


def _copy_file(file: Path, draft: Path, *, target: Path) -> None:
    with translate_errors(file):
        db = connect(file)
    with contextlib.closing(db):
        try:
            db.execute("VACUUM INTO ?", (draft.absolute().as_uri(),))  # a path may not be valid text, a URI is
        except sqlite3.DatabaseError as error:
            raise UnavailableError(f"{file} could not be copied to {target}: {error}") from error


def _copy_rows(url: str, draft: Path) -> None:
    """Write all rows of a PostgreSQL database, as they are at one moment, to the empty file `draft`."""
    with contextlib.closing(open_engine(url)) as engine, engine.read_transaction() as source:
        if not has_tables(source):
            raise BackupError(f"{engine.name} has no tables, so there is nothing to back up; check DATABASE_URL")
        with open_database(draft) as target:
            migrations.apply(target)
            copy_to_sqlite(engine, source, target)


def _target_problem(copy: Path, address: Address, *, replace: bool) -> str | None:
    """Why no backup can be written to `copy`, or None."""
    if isinstance(address, Path) and copy in _database_files(address.resolve()):
        return f"{copy} belongs to the database itself; choose another file"
    if not copy.parent.is_dir():
        return f"there is no folder {copy.parent}; create it first"
    if not os.access(copy.parent, os.W_OK | os.X_OK):
        return f"{copy.parent} cannot be written to; name a file in another folder, or use a user who may write there"
    if copy.exists() and not copy.is_file():
        return f"{copy} is not an ordinary file; choose another"
    if copy.exists() and not replace:
        return f"{copy} exists; add --force to replace it"
    return None


def _database_files(file: Path) -> set[Path]:
    """The files that SQLite uses for the database `file`."""
    return {file, *(file.with_name(file.name + suffix) for suffix in SIDECAR_SUFFIXES)}
