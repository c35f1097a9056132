"""All SQL and all migrations: responses in one SQLite file. It speaks plain values and knows no page.

What holds for every connection: writes are on disk before they are acknowledged (`synchronous=FULL`), references
are enforced, deleted content is overwritten (`secure_delete`). Every write goes through `Storage._write`, which takes
the write lock at its beginning: a transaction that reads first and writes later would fail under load.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database, Migrations
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # whichever SQLite it chose

#: Seconds that a writer waits for another before it gives up.
PATIENCE = 5.0

migrations = Migrations("many-hats")


class Unavailable(Exception):
    """Nothing was read or written: the database is locked, full, read-only or broken. Trying again may work."""


@dataclass(frozen=True)
class Response:
    """One person's pass through the quiz, as it is kept. Dates are days (`2026-05-31`), never finer."""

    id: int
    bank: str
    started: str
    changed: str
    finished: str | None
    title: str
    words: str
    answers: Mapping[str, str]
    contacts: tuple[str, ...]


@migrations()
def m001_responses(db: Database) -> None:
    """A response, its answers by question, and its contacts by role."""
    day = "GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
    db.execute(f"""
        CREATE TABLE response (
            id INTEGER PRIMARY KEY,
            owner TEXT NOT NULL UNIQUE CHECK (length(owner) = 64),
            bank TEXT NOT NULL,
            started TEXT NOT NULL CHECK (started {day}),
            changed TEXT NOT NULL CHECK (changed {day}),
            finished TEXT CHECK (finished {day}),
            title TEXT NOT NULL DEFAULT '' CHECK (length(title) <= 80),
            words TEXT NOT NULL DEFAULT '' CHECK (length(words) <= 4000)
        ) STRICT""")
    db.execute("""
        CREATE TABLE answer (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            question TEXT NOT NULL CHECK (length(question) BETWEEN 1 AND 80),
            answer TEXT NOT NULL CHECK (length(answer) BETWEEN 1 AND 20),
            PRIMARY KEY (response, question)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE contact (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
            PRIMARY KEY (response, role)
        ) STRICT, WITHOUT ROWID""")


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
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _translated(), _first_start(file.parent / "start.lock"):
        # Made here with its mode, or SQLite would make it with whatever the umask says.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        db = _connect(file)
        try:
            mode = next(db.query(f"PRAGMA journal_mode={journal()}"))["journal_mode"]
            if mode != journal():
                raise Unavailable(f"{file}: journal mode stays {mode}; is another program using it?")
            migrations.apply(db)
        finally:
            db.close()


@contextlib.contextmanager
def _first_start(lock: Path) -> Iterator[None]:
    handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Faults of the disk or of the lock, said as `Unavailable`; anything else is a mistake of ours and passes."""
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise Unavailable(str(error)) from error


def _connect(file: Path) -> Database:
    # Each thread has its own connection; the check is off so that another thread may close them all at the end.
    connection = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False)
    db = Database(connection, execute_plugins=False)
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF"):
        db.execute(f"PRAGMA {pragma}")
    return db


class Storage:
    """The responses in one database file. Safe to share between threads: each gets its own connection.

    Every method raises `Unavailable` where the database cannot answer. Responses are found by the fingerprint of
    their owner link (see `quiz.links`); a method that changes one gives False where there is none.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._local = threading.local()

    @property
    def _db(self) -> Database:
        # A forked process must not go on with its parent's connection.
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.db, self._local.pid = _connect(self.file), os.getpid()
        db: Database = self._local.db
        return db

    @contextlib.contextmanager
    def _write(self) -> Iterator[Database]:
        """One transaction that holds the write lock from its first statement; all of it is kept, or nothing."""
        with _translated():
            db = self._db
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.commit()
            except BaseException:
                db.rollback()
                raise

    def close(self) -> None:
        """Close this thread's connection."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.db.close()
            self._local.pid = None

    def empty(self) -> bool:
        """Whether no response is kept at all."""
        with _translated():
            return self._db.execute("SELECT NOT EXISTS (SELECT 1 FROM response)").fetchone()[0] == 1

    def start(self, owner: str, *, bank: str, day: str) -> None:
        """Begin a response. A second start with the same owner link changes nothing."""
        with self._write() as db:
            db.execute(
                "INSERT INTO response (owner, bank, started, changed) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (owner, bank, day, day),
            )

    def response(self, owner: str) -> Response | None:
        """The response behind an owner link, whole, or None."""
        with _translated():
            rows = list(
                self._db.query(
                    "SELECT id, bank, started, changed, finished, title, words FROM response WHERE owner = ?", (owner,)
                )
            )
            if not rows:
                return None
            key = (rows[0]["id"],)
            answers = self._db.execute("SELECT question, answer FROM answer WHERE response = ?", key).fetchall()
            contacts = self._db.execute("SELECT role FROM contact WHERE response = ?", key).fetchall()
        return Response(**rows[0], answers=dict(answers), contacts=tuple(role for (role,) in contacts))

    def save_answers(self, owner: str, answers: Mapping[str, str], *, bank: str, day: str) -> bool:
        """Keep the answers of one page, by question; earlier answers to the same questions are replaced."""
        with self._write() as db:
            id = self._touch(db, owner, bank=bank, day=day)
            if id is None:
                return False
            for question, answer in answers.items():
                db.execute(
                    "INSERT INTO answer VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET answer = excluded.answer",
                    (id, question, answer),
                )
            return True

    def save_more(self, owner: str, *, contacts: Sequence[str], title: str, words: str, bank: str, day: str) -> bool:
        """Keep the optional page: contacts by role, job title, free words."""
        with self._write() as db:
            id = self._touch(db, owner, bank=bank, day=day)
            if id is None:
                return False
            db.execute("UPDATE response SET title = ?, words = ? WHERE id = ?", (title, words, id))
            db.execute("DELETE FROM contact WHERE response = ?", (id,))
            for role in dict.fromkeys(contacts):
                db.execute("INSERT INTO contact VALUES (?, ?)", (id, role))
            return True

    def finish(self, owner: str, *, bank: str, day: str) -> bool:
        """Note the day on which the quiz was finished; the first such day stays."""
        with self._write() as db:
            id = self._touch(db, owner, bank=bank, day=day)
            if id is None:
                return False
            db.execute("UPDATE response SET finished = coalesce(finished, ?) WHERE id = ?", (day, id))
            return True

    def erase(self, owner: str) -> bool:
        """Delete a response and all that hangs on it, and overwrite it in the file and its journal."""
        with self._write() as db:
            gone = db.execute("DELETE FROM response WHERE owner = ?", (owner,)).rowcount > 0
        if gone:
            self.sweep()
        return gone

    def sweep(self) -> bool:
        """Empty the write-ahead log, so that nothing deleted stays in it. False where a reader kept it open."""
        with _translated():
            return not next(self._db.query("PRAGMA wal_checkpoint(TRUNCATE)"))["busy"]

    @staticmethod
    def _touch(db: Database, owner: str, *, bank: str, day: str) -> int | None:
        """Note that a response changed, under which bank and on which day; gives its id, or None."""
        row = db.execute("SELECT id FROM response WHERE owner = ?", (owner,)).fetchone()
        if row is None:
            return None
        db.execute("UPDATE response SET bank = ?, changed = ? WHERE id = ?", (bank, day, row[0]))
        return int(row[0])
