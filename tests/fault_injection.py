"""Faults that tests cause: missing permissions, other SQLite versions, damaged files, processes that end early."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from tests.factories import WHEN

#: The newest version of SQLite that can lose a commit in WAL mode, and the first that cannot.
LOSSY_SQLITE, FIXED_SQLITE = (3, 51, 2), (3, 51, 3)


#: A command prefix: root ignores file modes, so this drops the capability that allows it (CAP_DAC_OVERRIDE).
UNPRIVILEGED = [
    sys.executable,
    "-c",
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(24, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])",
]


def read_only_disk(folder: Path) -> list[str]:
    """A command prefix: to the command and its processes, `folder` is on a disk that is mounted read-only.

    Skips the test on a machine where that is not allowed.
    """
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    prefix = ["unshare", "--mount", "sh", "-c", script, str(folder)]
    try:
        subprocess.run([*prefix, "true"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine allows no mount of a folder")
    return prefix


def set_sqlite_version(monkeypatch, version: tuple[int, int, int]) -> None:
    """Make storage believe that SQLite has this version."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)


def bytes_on_disk(file: Path) -> bytes:
    """The content of all files in the instance folder, read by another process.

    Opening and closing the database file in this process would drop its locks on it.
    """
    names = sorted(str(path) for path in file.parent.iterdir() if path.is_file())
    assert str(file) in names
    return subprocess.run(["cat", *names], capture_output=True, check=True).stdout


def run_script(code: str, file: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in a new process in which `file`, `database` and `WHEN` are defined."""
    head = f"""
import os, resource, signal, sys
from pathlib import Path
from quiz import storage
from quiz.storage import Storage, UnavailableError
file, WHEN = Path({str(file)!r}), {WHEN!r}
storage.engine.LOCK_TIMEOUT_S = 0.05
database = Storage(file)
"""
    return subprocess.run(
        [*before, sys.executable, "-c", head + code], capture_output=True, text=True, check=False, timeout=60
    )


@contextmanager
def open_database(file: Path) -> Iterator[Database]:
    """The database as any other program opens it."""
    with Database(sqlite3.connect(file)) as db:
        yield db


def damage_table(file: Path, table: str) -> None:
    """Overwrite the first page of a table with random bytes."""
    with open_database(file) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        page = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]).fetchone()[0]
        size = next(db.query("PRAGMA page_size"))["page_size"]
    with file.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(secrets.token_bytes(size))
