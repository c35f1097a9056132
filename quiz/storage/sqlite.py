"""Connections to the SQLite file, and two kinds of transaction: one that reads and one that writes.

These settings apply to every connection: a write is on disk before it is acknowledged (`synchronous=FULL`), references
are enforced (`foreign_keys`), and deleted content is overwritten (`secure_delete`). A write transaction takes the write
lock with its first statement: one that reads first and writes later would fail under load.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # the SQLite module that sqlite-utils chose

from quiz.storage.migrations import migrations

#: How long a writer waits for another writer before it gives up.
BUSY_TIMEOUT_S = 5.0

_PRAGMAS = ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF")
_PROGRAMMING_ERRORS = (sqlite3.IntegrityError, sqlite3.ProgrammingError)


class UnavailableError(Exception):
    """Nothing was read or written: the database is locked, full, read-only or damaged. Trying again may work."""


class CorruptDatabaseError(UnavailableError):
    """The file is not a database, or is damaged. Trying again does not help."""


def safe_journal_mode() -> str:
    """The journal mode that is safe with this SQLite: `wal`, or `truncate` if WAL could lose a commit.

    SQLite 3.7.0 to 3.51.2 can, rarely, lose committed writes when one connection resets the write-ahead log while
    another writes. Fixed in 3.51.3 and backported to 3.50.7 and 3.44.6 (https://sqlite.org/wal.html).
    """
    version = sqlite3.sqlite_version_info
    is_fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "wal" if is_fixed else "truncate"


def prepare(file: Path) -> None:
    """Make the database `file` ready to use: its folder, file modes, journal mode and every migration.

    Many processes may call this at the same time on an empty folder: a lock file lets one process in at a time.
    """
    create_folder(file.parent)
    with translate_errors(file), start_lock(file.parent):
        # Created here to set its mode: SQLite would use the umask. An existing file is never opened and closed outside
        # SQLite: closing it would drop the locks that other threads of this process hold on it.
        with contextlib.suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
        if file.stat().st_mode & 0o077:  # a restored copy has the mode that the umask gave it
            with contextlib.suppress(PermissionError):  # the file of another user, or a disk that keeps no modes
                file.chmod(0o600)
        with contextlib.closing(connect(file)) as db:
            mode = next(db.query("PRAGMA journal_mode"))["journal_mode"]
            if mode != safe_journal_mode():
                raise UnavailableError(f"{file}: journal mode stays {mode}; is another program using it?")
            migrations.apply(db)


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
    """Hold the lock that lets one process at a time create, migrate or replace the database in `folder`."""
    handle = os.open(folder / "start.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


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
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
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


class SqliteFile:
    """One database file. Safe to share between threads: each thread gets its own connection.

    Every method raises `UnavailableError` if the database cannot be used.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._local = threading.local()
        self._must_truncate_wal = False
        self._corrupt_file_id: tuple[int, int] | None = None

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
    def write_transaction(self) -> Iterator[Database]:
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
        if self._must_truncate_wal:
            self.truncate_wal()

    @contextlib.contextmanager
    def read_transaction(self) -> Iterator[Database]:
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

    def truncate_wal(self) -> bool:
        """Empty the write-ahead log, so that nothing deleted stays in it.

        False if a reader has it open or the disk is full: the next write tries again. Everything that was written is
        stored in both cases.
        """
        self._must_truncate_wal = True
        with contextlib.suppress(UnavailableError), self._reconnect_after_error():
            self._must_truncate_wal = bool(next(self.connection.query("PRAGMA wal_checkpoint(TRUNCATE)"))["busy"])
        return not self._must_truncate_wal
