"""The instance folder: it holds the secret key and, with SQLite, the database. Readable by its owner only."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


def create_folder(folder: Path) -> None:
    """Create the folder of an instance, readable by its owner only. An existing unused folder gets that mode too.

    A folder with other files keeps its mode, and `quiz doctor` reports it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077 and is_unused(folder):
        with contextlib.suppress(PermissionError):  # the folder of another user
            folder.chmod(0o700)


def is_unused(folder: Path) -> bool:
    """Whether the folder contains only what it may contain before the first start: settings and git's placeholder."""
    return {path.name for path in folder.iterdir()} <= {".gitkeep", "config.py"}


@contextlib.contextmanager
def start_lock(folder: Path) -> Iterator[None]:
    """Hold the lock that lets one process at a time create the key, or create, migrate or replace an SQLite file."""
    handle = os.open(folder / "start.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
