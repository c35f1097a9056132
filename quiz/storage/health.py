"""Whether the database could be read and written now, and which SQLite it has. Nothing is written to find out."""

from __future__ import annotations

import os
import shutil

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # whichever SQLite it chose

from quiz.storage.sqlite import Connected, UnavailableError

SQLITE: str = sqlite3.sqlite_version
#: Bytes that must be free where the database lies: the log, and what a sweep writes anew, need room.
MIN_FREE_BYTES = 64 * 1024 * 1024


def obstacles(database: Connected) -> list[str]:
    """What keeps answers from being read or kept now, a sentence each, without a path; empty where nothing does."""
    folder = database.file.parent
    found = []
    try:
        with database._write() as db:  # takes the lock that every write needs, and gives it back
            db.execute("SELECT EXISTS (SELECT 1 FROM response)").fetchone()
        readable = not database.broken
    except (UnavailableError, OSError):
        readable = False
    if not readable:
        found.append("The database cannot be read or written.")
    if not os.access(folder, os.W_OK | os.X_OK):
        found.append("The folder of the database cannot be written to.")
    elif shutil.disk_usage(folder).free < MIN_FREE_BYTES:
        found.append("The disk that the database lies on is nearly full.")
    return found
