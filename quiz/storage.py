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
from typing import Any

from sqlite_utils import Database, Migrations
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # whichever SQLite it chose

#: Seconds that a writer waits for another before it gives up.
PATIENCE = 5.0

_PRAGMAS = ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF")
_MISTAKES = (sqlite3.IntegrityError, sqlite3.ProgrammingError)

migrations = Migrations("many-hats")


class Unavailable(Exception):
    """Nothing was read or written: the database is locked, full, read-only or broken. Trying again may work."""


@dataclass(frozen=True)
class Share:
    """A link by which others may see a result. `made` is a day.

    The link is worked out from the owner link and `number`, which is random, so that no link that was ended comes back.
    """

    number: int
    label: str
    words: bool
    wishes: bool
    made: str


@dataclass(frozen=True)
class Response:
    """One person's pass through the quiz, as it is kept. Dates are days (`2026-05-31`), never finer.

    `earlier` is the id of the response that this one takes again. `wishes` are by responsibility, `heading` are role
    ids, `answers` by question, `contacts` role ids.
    """

    id: int
    bank: str
    started: str
    changed: str
    finished: str | None
    title: str
    words: str
    earlier: int | None
    answers: Mapping[str, str]
    contacts: tuple[str, ...]
    wishes: Mapping[str, str]
    heading: tuple[str, ...]
    shares: tuple[Share, ...]


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


@migrations()
def m002_wishes_and_shares(db: Database) -> None:
    """What a person wants, which response they take again, and the links by which others may see their result."""
    db.execute("ALTER TABLE response ADD COLUMN earlier INTEGER REFERENCES response (id) ON DELETE SET NULL")
    db.execute("CREATE INDEX response_earlier ON response (earlier) WHERE earlier IS NOT NULL")
    db.execute("CREATE INDEX response_changed ON response (changed)")
    db.execute("""
        CREATE TABLE wish (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            responsibility TEXT NOT NULL CHECK (length(responsibility) BETWEEN 1 AND 80),
            wish TEXT NOT NULL CHECK (length(wish) BETWEEN 1 AND 20),
            PRIMARY KEY (response, responsibility)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE heading (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 80),
            PRIMARY KEY (response, role)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE share (
            response INTEGER NOT NULL REFERENCES response (id) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number > 0),
            link TEXT NOT NULL UNIQUE CHECK (length(link) = 64),
            label TEXT NOT NULL CHECK (length(label) <= 80),
            words INTEGER NOT NULL CHECK (words IN (0, 1)),
            wishes INTEGER NOT NULL CHECK (wishes IN (0, 1)),
            made TEXT NOT NULL CHECK (made GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            PRIMARY KEY (response, number)
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
def _translated(file: Path) -> Iterator[None]:
    """Faults of the disk or of the lock, said as `Unavailable`; anything else is a mistake of ours and passes."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        if isinstance(error, _MISTAKES):
            raise
        raise Unavailable(f"{file}: {error}") from error


def _connect(file: Path) -> Database:
    # Each thread has its own connection; the check is off so that another thread may close them all at the end.
    if file.exists() and not os.access(file, os.W_OK):
        # SQLite would open it for reading, and leave a read-only log beside it that outlives the mend.
        raise PermissionError("the file is read-only")
    # Never made here (`mode=rw`): a database that went away must not come back as an empty one.
    uri = f"{file.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, check_same_thread=False)
    db = Database(connection, execute_plugins=False)
    try:
        for pragma in _PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
        # The file itself remembers `wal` only; any other mode is for each connection to say.
        db.execute(f"PRAGMA journal_mode={journal()}")
    except BaseException:
        db.close()
        raise
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
        # A forked process must not go on with its parent's connection, nor close it: that is the parent's to do.
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.inherited = getattr(self._local, "db", None)
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
        """Faults as `Unavailable`. The next try opens the file anew: a file opened read-only would stay so for good."""
        try:
            with _translated(self.file):
                yield
        except Unavailable:
            self.close()
            raise

    def close(self) -> None:
        """Close this thread's connection."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.db.close()
            self._local.pid = None

    def empty(self) -> bool:
        """Whether no response is kept at all."""
        with self._read() as db:
            return not db.execute("SELECT EXISTS (SELECT 1 FROM response)").fetchone()[0]

    def start(self, owner: str, *, bank: str, day: str, earlier: str | None = None) -> None:
        """Begin a response, which may take again the one behind the owner link `earlier`.

        A second start with the same owner link changes nothing.
        """
        with self._write() as db:
            db.execute(
                "INSERT INTO response (owner, bank, started, changed, earlier)"
                " VALUES (?, ?, ?, ?, (SELECT id FROM response WHERE owner = ?)) ON CONFLICT DO NOTHING",
                (owner, bank, day, day, earlier),
            )

    def response(self, owner: str) -> Response | None:
        """The response behind an owner link, whole, or None."""
        with self._read() as db:
            return _response(db, "owner = ?", owner)

    def earlier(self, owner: str) -> Response | None:
        """The response that the one behind an owner link takes again, or None."""
        with self._read() as db:
            return _response(db, "id = (SELECT earlier FROM response WHERE owner = ?)", owner)

    def shared(self, link: str) -> tuple[Response, Share] | None:
        """The response behind the fingerprint of a share link, with that share; None where there is none (any more)."""
        with self._read() as db:
            found = _response(db, "id = (SELECT response FROM share WHERE link = ?)", link)
            if found is None:
                return None
            number = db.execute("SELECT number FROM share WHERE link = ?", (link,)).fetchone()[0]
        return found, next(share for share in found.shares if share.number == number)

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

    def save_wishes(
        self, owner: str, *, wishes: Mapping[str, str], heading: Sequence[str], bank: str, day: str
    ) -> bool:
        """Keep what a person wants: wishes by responsibility, and the roles they are heading for. Replaces both."""
        with self._write() as db:
            id = self._touch(db, owner, bank=bank, day=day)
            if id is None:
                return False
            db.execute("DELETE FROM wish WHERE response = ?", (id,))
            db.execute("DELETE FROM heading WHERE response = ?", (id,))
            for responsibility, wish in wishes.items():
                db.execute("INSERT INTO wish VALUES (?, ?, ?)", (id, responsibility, wish))
            for role in dict.fromkeys(heading):
                db.execute("INSERT INTO heading VALUES (?, ?)", (id, role))
            return True

    def keep(self, owner: str, *, day: str) -> bool:
        """Count the time until expiry from `day` on."""
        with self._write() as db:
            return bool(db.execute("UPDATE response SET changed = ? WHERE owner = ?", (day, owner)).rowcount)

    def share(self, owner: str, share: Share, *, link: str) -> bool:
        """Let the share link with this fingerprint show the response. The same number twice makes one link."""
        with self._write() as db:
            db.execute(
                "INSERT INTO share SELECT id, ?, ?, ?, ?, ?, ? FROM response WHERE owner = ? ON CONFLICT DO NOTHING",
                (share.number, link, share.label, share.words, share.wishes, share.made, owner),
            )
            return bool(db.execute("SELECT EXISTS (SELECT 1 FROM share WHERE link = ?)", (link,)).fetchone()[0])

    def end_share(self, owner: str, number: int) -> bool:
        """End a share link: it leads nowhere from now on."""
        ended = "DELETE FROM share WHERE number = ? AND response = (SELECT id FROM response WHERE owner = ?)"
        with self._write() as db:
            return bool(db.execute(ended, (number, owner)).rowcount)

    def expire(self, before: str) -> int:
        """Erase every response that was last changed before the day `before`; gives how many."""
        with self._write() as db:
            gone = db.execute("DELETE FROM response WHERE changed < ?", (before,)).rowcount
        if gone:
            self.sweep()
        return int(gone)

    def erase(self, owner: str) -> bool:
        """Delete a response, the earlier ones that it takes again, and all that hangs on them.

        The space is overwritten in the file and its journal.
        """
        erased = """
            WITH RECURSIVE own (id) AS (
                SELECT id FROM response WHERE owner = ?
                UNION SELECT earlier FROM response JOIN own USING (id) WHERE earlier IS NOT NULL
            )
            DELETE FROM response WHERE id IN own"""
        with self._write() as db:
            gone = db.execute(erased, (owner,)).rowcount > 0
        if gone:
            self.sweep()
        return gone

    def sweep(self) -> bool:
        """Empty the write-ahead log, so that nothing deleted stays in it. False where a reader kept it open."""
        with self._fresh_after_a_fault():
            return not next(self._db.query("PRAGMA wal_checkpoint(TRUNCATE)"))["busy"]

    @staticmethod
    def _touch(db: Database, owner: str, *, bank: str, day: str) -> int | None:
        """Note that a response changed, under which bank and on which day; gives its id, or None."""
        row = db.execute("SELECT id FROM response WHERE owner = ?", (owner,)).fetchone()
        if row is None:
            return None
        db.execute("UPDATE response SET bank = ?, changed = ? WHERE id = ?", (bank, day, row[0]))
        return int(row[0])


def _response(db: Database, where: str, value: str) -> Response | None:
    """The one response that `where` finds, with all that hangs on it. `where` is ours, never what somebody sent."""
    columns = "id, bank, started, changed, finished, title, words, earlier"
    rows = list(db.query(f"SELECT {columns} FROM response WHERE {where}", (value,)))  # noqa: S608
    if not rows:
        return None

    def hanging(columns: str, table: str) -> list[tuple[Any, ...]]:
        select = f"SELECT {columns} FROM {table} WHERE response = ?"  # noqa: S608
        return db.execute(select, (rows[0]["id"],)).fetchall()

    return Response(
        **rows[0],
        answers=dict(hanging("question, answer", "answer")),
        contacts=tuple(role for (role,) in hanging("role", "contact")),
        wishes=dict(hanging("responsibility, wish", "wish")),
        heading=tuple(role for (role,) in hanging("role", "heading")),
        shares=tuple(
            Share(number, label, bool(words), bool(wishes), made)
            for number, label, words, wishes, made in hanging("number, label, words, wishes, made", "share")
        ),
    )
