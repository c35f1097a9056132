"""Copies of the database, made while the server runs.

Made with `VACUUM INTO`, not with SQLite's online backup: it rewrites every row, so the copy never
contains deleted content, also if another program deleted it. Both copy one state of the database while others write.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from quiz.files import atomic_write
from quiz.storage.health import integrity_problems
from quiz.storage.sqlite import UnavailableError, connect, open_database, translate_errors

#: Files that SQLite may keep next to a database: its name, and one of these.
SIDECAR_SUFFIXES = ("-wal", "-shm", "-journal")


class BackupError(Exception):
    """No backup was made; the message says why and what to do."""


@dataclass(frozen=True)
class Backup:
    """A finished backup: its size and its number of responses."""

    size_bytes: int
    responses: int


def back_up(file: Path, copy: Path, *, day: str, replace: bool = False) -> Backup:
    """Copy the database `file` to the file `copy`, check the copy, and make it readable by its owner only.

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
    if problem := _target_problem(copy, file.resolve(), replace=replace):
        raise BackupError(problem)
    if not file.exists():
        raise BackupError(f"{file} does not exist, so there is nothing to back up; check MANY_HATS_INSTANCE")
    with translate_errors(copy), atomic_write(copy, is_private=True) as draft:
        _copy_database(file, draft, target=copy)
        with open_database(draft) as db:
            if problems := integrity_problems(db):
                raise BackupError(f"{file} is damaged: {problems[0]}; keep your last backup, and run: quiz doctor")
            db.execute(f"PRAGMA user_version = {date.fromisoformat(day):%Y%m%d}")
            responses = int(db["response"].count)
        return Backup(draft.stat().st_size, responses)


def _copy_database(file: Path, draft: Path, *, target: Path) -> None:
    with translate_errors(file):
        db = connect(file)
    with contextlib.closing(db):
        try:
            db.execute("VACUUM INTO ?", (draft.absolute().as_uri(),))  # a path may not be valid text, a URI is
        except sqlite3.DatabaseError as error:
            raise UnavailableError(f"{file} could not be copied to {target}: {error}") from error


def _target_problem(copy: Path, file: Path, *, replace: bool) -> str | None:
    """Why no backup can be written to `copy`, or None."""
    database_files = {file, *(file.with_name(file.name + suffix) for suffix in SIDECAR_SUFFIXES)}
    if copy in database_files:
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
