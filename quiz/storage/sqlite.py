"""The engine SQLite: connections to one file, and two kinds of transaction, one that reads and one that writes.

These settings apply to every connection: a write is on disk before it is acknowledged (`synchronous=FULL`), references
are enforced (`foreign_keys`), and deleted content is overwritten (`secure_delete`). A write transaction takes the write
lock with its first statement: one that reads first and writes later would fail under load.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # the SQLite module that sqlite-utils chose

from quiz.files import remove_drafts
from quiz.storage import engine
from quiz.storage.engine import (
    Connection,
    CorruptDatabaseError,
    DatabaseReport,
    Engine,
    UnavailableError,
    key_fingerprint,
)
from quiz.storage.health import integrity_problems, schema_problem
from quiz.storage.instance import create_folder, start_lock
from quiz.storage.migrations import migrations

SQLITE_VERSION: str = sqlite3.sqlite_version
#: Free space that the disk of the database needs: for the log, and for the pages that a deletion rewrites.
MIN_FREE_BYTES = 64 * 1024 * 1024

_PRAGMAS = ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF")
_PROGRAMMING_ERRORS = (sqlite3.IntegrityError, sqlite3.ProgrammingError)


def safe_journal_mode() -> str:
    """The journal mode that is safe with this SQLite: `wal`, or `truncate` if WAL could lose a commit.

    SQLite 3.7.0 to 3.51.2 can, rarely, lose committed writes when one connection resets the write-ahead log while
    another writes. Fixed in 3.51.3 and backported to 3.50.7 and 3.44.6 (https://sqlite.org/wal.html).
    """
    version = sqlite3.sqlite_version_info
    is_fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "wal" if is_fixed else "truncate"


@contextlib.contextmanager
def translate_errors(file: Path) -> Iterator[None]:
    """Raise errors of the disk, the lock and the file as `UnavailableError`. Programming errors pass unchanged."""
    try:
        yield
    except _PROGRAMMING_ERRORS:
        raise
    except sqlite3.OperationalError as error:
        raise UnavailableError(f"{file}: {error}") from error
    except OSError as error:
        raise UnavailableError(f"{error.filename or file}: {error.strerror or error}") from error
    except sqlite3.DatabaseError as error:  # SQLite reports locks, disk and modes as operational: this is the file
        raise CorruptDatabaseError(f"{file}: {error}") from error


def connect(file: Path) -> Database:
    """A connection that sets the safe journal mode. SQLite stores only `wal` in the file; other modes are set here."""
    return _connect(file, *_PRAGMAS, f"journal_mode={safe_journal_mode()}")


@contextlib.contextmanager
def open_database(file: Path) -> Iterator[Database]:
    """A connection that leaves the journal mode as it is, for a database that is only read or that nobody else uses."""
    with _connect(file, *_PRAGMAS) as db:
        yield db


def _connect(file: Path, *pragmas: str) -> Database:
    if not os.access(file, os.W_OK):
        # SQLite would open it for reading, and create a read-only log next to it that stays read-only.
        raise PermissionError("the file is read-only" if file.exists() else "the file does not exist")
    # `mode=rw` never creates the file: a database that was removed must not come back empty.
    uri = f"{file.absolute().as_uri()}?mode=rw"
    # Each thread has its own connection. The check is off so that another thread can close them at the end.
    connection = sqlite3.connect(uri, uri=True, timeout=engine.LOCK_TIMEOUT_S, check_same_thread=False)
    db = Database(connection, execute_plugins=False)
    try:
        for pragma in pragmas:
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db


def _file_id(file: Path) -> tuple[int, int] | None:
    """Device and inode of the file at this path, or None. They change when the file is replaced."""
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


class SqliteFile(Engine):
    """One database file. Safe to share between threads: each thread gets its own connection."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.name = str(file)
        self._local = threading.local()
        self._must_purge = False
        self._corrupt_file_id: tuple[int, int] | None = None

    @property
    def version(self) -> dict[str, str]:
        """The version of SQLite, and the journal mode that is safe with it."""
        return {"sqlite": SQLITE_VERSION, "journal": safe_journal_mode()}

    def prepare(self) -> None:
        """Create the file and its folder if needed; set file modes and journal mode; apply every migration.

        What a restore that was killed left next to the file is removed.

        Many processes may call this at the same time on an empty folder: a lock file lets one process in at a time.
        """
        file = self.file
        create_folder(file.parent)
        with translate_errors(file), start_lock(file.parent):
            # Created here to set its mode: SQLite would use the umask. An existing file is never opened and closed
            # outside SQLite: closing it would drop the locks that other threads of this process hold on it.
            with contextlib.suppress(FileExistsError):
                os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
            if file.stat().st_mode & 0o077:  # a restored copy has the mode that the umask gave it
                with contextlib.suppress(PermissionError):  # the file of another user, or a disk that keeps no modes
                    file.chmod(0o600)
            # A restore that was killed leaves its draft: the whole backup, also with what was deleted since.
            with contextlib.suppress(PermissionError):  # the folder of another user
                remove_drafts(file)
            with contextlib.closing(connect(file)) as db:
                mode = next(db.query("PRAGMA journal_mode"))["journal_mode"]
                if mode != safe_journal_mode():
                    raise UnavailableError(f"{file}: journal mode stays {mode}; is another program using it?")
                migrations.apply(db)

    @property
    def connection(self) -> Database:
        """This thread's connection, opened if needed."""
        # Reconnect if the file at this path changed: SQLite would continue to write to the deleted file. No other file
        # gets the same inode while a connection has the old file open.
        if self._has_connection() and self._local.file_id != _file_id(self.file):
            self.close()
        if not self._has_connection():
            # A forked process must not use its parent's connection, nor close it: keep a reference to it.
            self._local.inherited = getattr(self._local, "db", None)
            # Read before connecting: if the file is replaced between the two lines, the next use notices it.
            self._local.file_id = _file_id(self.file)
            self._local.db = connect(self.file)
            self._local.pid = os.getpid()
        db: Database = self._local.db
        return db

    def _has_connection(self) -> bool:
        """Whether this thread opened a connection in this process."""
        return getattr(self._local, "pid", None) == os.getpid()

    @contextlib.contextmanager
    def write_transaction(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its first statement. It is committed whole, or rolled back."""
        with self._reconnect_after_error():
            db = self.connection
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.commit()
            except BaseException:
                db.rollback()
                raise
        if self._must_purge:
            self.purge_deleted()

    @contextlib.contextmanager
    def read_transaction(self) -> Iterator[Connection]:
        """A transaction in which all statements see the same state of the database."""
        with self._reconnect_after_error():
            db = self.connection
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.rollback()

    @contextlib.contextmanager
    def _reconnect_after_error(self) -> Iterator[None]:
        """Raise errors as `UnavailableError` and close the connection, which could stay read-only after the error."""
        try:
            with translate_errors(self.file):
                yield
        except UnavailableError as error:
            if isinstance(error, CorruptDatabaseError):
                self._corrupt_file_id = self._local.file_id
            self.close()
            raise

    @property
    def is_corrupt(self) -> bool:
        """Whether an earlier read or write showed that the file now at this path is damaged."""
        return self._corrupt_file_id is not None and self._corrupt_file_id == _file_id(self.file)

    def close(self) -> None:
        """Close this thread's connection."""
        if self._has_connection():
            self._local.db.close()
            self._local.pid = None

    def stream(self, connection: Connection, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, read one after another."""
        while_reading = connection.execute(sql)
        while (row := while_reading.fetchone()) is not None:
            yield row

    def purge_deleted(self) -> bool:
        """Empty the write-ahead log, so that nothing deleted stays in it.

        False if a reader has it open or the disk is full: the next write tries again. Everything that was written is
        stored in both cases.
        """
        self._must_purge = True
        with contextlib.suppress(UnavailableError), self._reconnect_after_error():
            self._must_purge = bool(next(self.connection.query("PRAGMA wal_checkpoint(TRUNCATE)"))["busy"])
        return not self._must_purge

    def availability_problems(self) -> list[str]:
        """Whether the file, its folder and its disk can be written."""
        folder = self.file.parent
        problems = []
        if not self._is_usable():
            problems.append("The database cannot be read or written.")
        if not os.access(folder, os.W_OK | os.X_OK):
            problems.append("The folder of the database cannot be written to.")
        elif shutil.disk_usage(folder).free < MIN_FREE_BYTES:
            problems.append("The disk of the database is nearly full.")
        return problems

    def _is_usable(self) -> bool:
        try:
            with self.write_transaction() as db:  # takes and releases the lock that every write needs
                db.execute("SELECT EXISTS (SELECT 1 FROM response)").fetchone()
        except (UnavailableError, OSError):
            return False
        return not self.is_corrupt

    def inspect(self, *, before: str) -> DatabaseReport:
        """The state of the file. Nothing is changed."""
        with translate_errors(self.file), open_database(self.file) as db:
            db.execute("PRAGMA query_only = ON")
            problems = integrity_problems(db)
            pending = tuple(migration.name for migration in migrations.pending(db))
            if not problems and not pending and (problem := schema_problem(db)):
                problems = [problem]
            has_responses = db["response"].exists()
            return DatabaseReport(
                problems=tuple(problems),
                unsafe=_unsafe(db),
                pending=pending,
                responses=db["response"].count if has_responses else 0,
                overdue=db["response"].count_where("changed < ?", [before]) if has_responses else 0,
                key_fingerprint=None if problems or pending else key_fingerprint(db),
            )


def _unsafe(db: Database) -> tuple[str, ...]:
    is_wal = next(db.query("PRAGMA journal_mode"))["journal_mode"] == "wal"
    if not is_wal or safe_journal_mode() == "wal":
        return ()
    problem = f"is in WAL mode, in which SQLite {SQLITE_VERSION} can lose writes"
    return (f"{problem}; restart `quiz serve`, which changes the mode",)
