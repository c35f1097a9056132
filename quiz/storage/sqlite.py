"""Connections to the one SQLite file, and the two ways to use them: one that reads and one that writes.

What holds for every connection: writes are on disk before they are acknowledged (`synchronous=FULL`), references
are enforced, deleted content is overwritten (`secure_delete`). Every write takes the write lock at its beginning: a
transaction that reads first and writes later would fail under load.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # whichever SQLite it chose

from quiz.storage.migrations import migrations

#: Seconds that a writer waits for another before it gives up.
BUSY_TIMEOUT_S = 5.0

_PRAGMAS = ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF")
_MISTAKES = (sqlite3.IntegrityError, sqlite3.ProgrammingError)


class UnavailableError(Exception):
    """Nothing was read or written: the database is locked, full, read-only or broken. Trying again may work."""


class CorruptDatabaseError(UnavailableError):
    """The file is no database, or is damaged: trying again does not help."""


def journal() -> str:
    """The journal mode that is safe with this SQLite: `wal`, or `truncate` where WAL could lose a commit.

    SQLite 3.7.0 to 3.51.2 can, rarely, lose committed writes when one connection resets the write-ahead log while
    another writes; fixed in 3.51.3 and carried back to 3.50.7 and 3.44.6 (https://sqlite.org/wal.html).
    """
    version = sqlite3.sqlite_version_info
    mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "wal" if mended else "truncate"


def prepare(file: Path) -> None:
    """Make the database `file` ready: its folder, modes, journal and every migration.

    Many processes may call this at once on an empty folder: a lock file lets them pass one by one.
    """
    make_folder(file.parent)
    with _translated(file), _first_start(file.parent / "start.lock"):
        # Made here with its mode, or SQLite would make it with whatever the umask says. A file that is there is never
        # opened and closed beside SQLite: that would drop the locks which other threads of this process hold on it.
        with contextlib.suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
        if file.stat().st_mode & 0o077:  # a restored copy came with what the umask said
            file.chmod(0o600)
        db = _connect(file)
        try:
            mode = next(db.query("PRAGMA journal_mode"))["journal_mode"]
            if mode != journal():
                raise UnavailableError(f"{file}: journal mode stays {mode}; is another program using it?")
            migrations.apply(db)
        finally:
            db.close()


def make_folder(folder: Path) -> None:
    """Make the folder of an instance, for its owner alone; one that is there and still empty is closed to others too.

    A folder that holds anything of somebody else's keeps its mode, which `quiz doctor` tells.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077 and is_unused(folder):
        with contextlib.suppress(PermissionError):  # another user's
            folder.chmod(0o700)


def is_unused(folder: Path) -> bool:
    """Whether nothing was ever kept in the folder: git keeps it by one file, and the operator writes the other."""
    return {path.name for path in folder.iterdir()} <= {".gitkeep", "config.py"}


@contextlib.contextmanager
def _first_start(lock: Path) -> Iterator[None]:
    handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _translated(file: Path) -> Iterator[None]:
    """Faults of the disk or of the lock, said as `UnavailableError`; anything else is a mistake of ours and passes."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        if isinstance(error, _MISTAKES):
            raise
        # Of the lock, the disk and the modes SQLite tells as operational; what is left lies in the file itself.
        broken = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        raise (CorruptDatabaseError if broken else UnavailableError)(f"{file}: {error}") from error


@contextlib.contextmanager
def opened(file: Path) -> Iterator[Database]:
    """A database that is only looked at, or that nobody else uses: its journal mode stays as it is."""
    with _open(file, *_PRAGMAS) as db:
        yield db


def _open(file: Path, *pragmas: str) -> Database:
    if not os.access(file, os.W_OK):
        # SQLite would open it for reading, and leave a read-only log beside it that outlives the mend.
        raise PermissionError("the file is read-only" if file.exists() else "the file is not there")
    # Never made here (`mode=rw`): a database that went away must not come back as an empty one.
    uri = f"{file.absolute().as_uri()}?mode=rw"
    # Each thread has its own connection; the check is off so that another thread may close them all at the end.
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    db = Database(connection, execute_plugins=False)
    try:
        for pragma in pragmas:
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db


def _connect(file: Path) -> Database:
    # The file itself remembers `wal` only; any other mode is for each connection to say.
    return _open(file, *_PRAGMAS, f"journal_mode={journal()}")


def _standing(file: Path) -> tuple[int, int] | None:
    """Which file bears that name now, or None: one that is held open may have been removed or replaced since."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


class Connected:
    """One database file. Safe to share between threads: each gets its own connection.

    Every method raises `UnavailableError` where the database cannot answer.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._local = threading.local()
        self._wal_not_truncated = False
        self._broken: tuple[int, int] | None = None

    @property
    def _db(self) -> Database:
        # A file that was removed or replaced takes every write and loses it. While a connection holds it open, no other
        # file is given its number.
        if getattr(self._local, "pid", None) == os.getpid() and self._local.standing != _standing(self.file):
            self.close()
        # A forked process must not go on with its parent's connection, nor close it: that is the parent's to do.
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.inherited = getattr(self._local, "db", None)
            self._local.standing = _standing(self.file)  # before: one that is replaced meanwhile shows at the next use
            self._local.db, self._local.pid = _connect(self.file), os.getpid()
        db: Database = self._local.db
        return db

    @contextlib.contextmanager
    def _write(self) -> Iterator[Database]:
        """One transaction that holds the write lock from its first statement; all of it is kept, or nothing."""
        with self._fresh_after_a_fault():
            db = self._db
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.commit()
            except BaseException:
                db.rollback()
                raise
        if self._wal_not_truncated:
            self.truncate_wal()

    @contextlib.contextmanager
    def _read(self) -> Iterator[Database]:
        """One view of the database that no write in between can change: all statements see the same moment."""
        with self._fresh_after_a_fault():
            db = self._db
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.rollback()

    @contextlib.contextmanager
    def _fresh_after_a_fault(self) -> Iterator[None]:
        """Raise faults as `UnavailableError`; the next try opens the file again, or a read-only file would stay so."""
        try:
            with _translated(self.file):
                yield
        except UnavailableError as error:
            if isinstance(error, CorruptDatabaseError):
                self._broken = self._local.standing
            self.close()
            raise

    @property
    def broken(self) -> bool:
        """Whether the file that stands there now was found to be broken, be it in a part that is seldom read."""
        return self._broken is not None and self._broken == _standing(self.file)

    def close(self) -> None:
        """Close this thread's connection."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.db.close()
            self._local.pid = None

    def truncate_wal(self) -> bool:
        """Empty the write-ahead log, so that nothing deleted stays in it.

        False where a reader kept it open, or the disk has no room for it; the next write then tries again. Whatever
        was written before is kept all the same.
        """
        self._wal_not_truncated = True
        with contextlib.suppress(UnavailableError), self._fresh_after_a_fault():
            self._wal_not_truncated = bool(next(self._db.query("PRAGMA wal_checkpoint(TRUNCATE)"))["busy"])
        return not self._wal_not_truncated
