"""Copies of the database, made while the server goes on.

`VACUUM INTO` and not SQLite's online backup: it writes every row anew, so that nothing that was deleted travels along
in an unused corner of a page, whatever program deleted it. Both see one moment and let others write meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from quiz.storage.soundness import faults
from quiz.storage.sqlite import UnavailableError, _connect, _translated, opened

#: Files that SQLite may keep beside a database, by what is put behind its name.
BESIDE = ("-wal", "-shm", "-journal")


class RefusedError(Exception):
    """Nothing was changed; the message says why, and what to do."""


@dataclass(frozen=True)
class Copied:
    """A copy that was made: its size in bytes, and how many responses it holds."""

    size: int
    responses: int


def back_up(file: Path, copy: Path, *, day: str, replace: bool = False) -> Copied:
    """Write what the database `file` holds at this moment to the file `copy`, checked, readable by its owner alone.

    Others may go on writing meanwhile. The copy notes `day`. It is at its place once it is whole, or not at all.

    Raises
    ------
    RefusedError
        Where there is nothing to copy, or something at `copy` and not `replace`.
    UnavailableError
        Where reading or writing fails.
    """
    copy = copy.resolve()
    if why := _unwritable(copy, file.resolve(), replace=replace):
        raise RefusedError(why)
    if not file.exists():
        raise RefusedError(f"{file} is not there, so there is nothing to back up; is MANY_HATS_INSTANCE right?")
    with _translated(copy), beside(copy) as draft:
        with _translated(file):
            db = _connect(file)
        with contextlib.closing(db):
            try:
                db.execute("VACUUM INTO ?", (draft.absolute().as_uri(),))  # a path need not be text
            except sqlite3.DatabaseError as error:
                raise UnavailableError(f"{file} could not be copied to {copy}: {error}") from error
        draft.chmod(0o600)
        with opened(draft) as db:
            if found := faults(db):
                raise RefusedError(f"{file} is damaged: {found[0]}; keep your last backup, and run: quiz doctor")
            db.execute(f"PRAGMA user_version = {date.fromisoformat(day):%Y%m%d}")
            responses = int(db["response"].count)
        made = Copied(draft.stat().st_size, responses)
        put(draft, copy)
    return made


@contextlib.contextmanager
def beside(file: Path) -> Iterator[Path]:
    """A place for a draft of `file` on the same disk, in a folder of its own that nobody else can look into."""
    with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
        yield Path(folder) / file.name


def put(draft: Path, file: Path) -> None:
    """Move a draft to its place, after its content and before anybody is told: on disk, then there, for good."""
    _sync(draft)
    draft.replace(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(copy: Path, file: Path, *, replace: bool) -> str | None:
    if copy in {file, *(file.with_name(file.name + name) for name in BESIDE)}:
        return f"{copy} belongs to the database itself; name another file"
    if not copy.parent.is_dir():
        return f"there is no folder {copy.parent}; make it first"
    if copy.exists() and not copy.is_file():
        return f"{copy} is no ordinary file; name another"
    if copy.exists() and not replace:
        return f"{copy} is there already; add --force to replace it"
    return None
