"""What storage needs of a database engine: connections, two kinds of transaction, and errors that say what to do.

Each engine is a module: `quiz.storage.sqlite` and `quiz.storage.postgresql`, with its tables in an SQL file of the same
name. Everything else in this package uses the interface below, and SQL that both engines understand.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

#: How long a writer waits for another writer before it gives up.
LOCK_TIMEOUT_S = 5.0

#: Where a database is: an SQLite file, or the URL of a PostgreSQL database.
Address = Path | str


class UnavailableError(Exception):
    """Nothing was read or written: the database is locked, full, read-only or damaged. Trying again may work."""


class CorruptDatabaseError(UnavailableError):
    """The file is not a database, or is damaged. Trying again does not help."""


class Rows(Protocol):
    """The result of a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """The remaining rows."""


class Connection(Protocol):
    """A connection in a transaction."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Rows:
        """Run a statement that both engines understand, with `?` for each parameter."""


@dataclass(frozen=True)
class DatabaseReport:
    """The state of a database. `problems` is empty if it is intact; the next start applies the migrations in `pending`.

    `unsafe` is what can lose saved answers, with a hint. `overdue` counts responses that should be
    deleted by now. `key_fingerprint` is that of the secret key with which the database is used, or None if it is not
    known.
    """

    problems: tuple[str, ...]
    unsafe: tuple[str, ...]
    pending: tuple[str, ...]
    responses: int
    overdue: int
    key_fingerprint: str | None


def key_fingerprint(db: Connection) -> str | None:
    """The fingerprint of the secret key with which a database is used, or None."""
    fingerprint: str | None = db.execute("SELECT key_fingerprint FROM database_identity").fetchone()[0]
    return fingerprint


class Engine(ABC):
    """One database. Safe to share between threads; every method raises `UnavailableError` if it cannot be used.

    `name` is where the database is, for messages: without a password.
    """

    name: str

    @property
    @abstractmethod
    def version(self) -> dict[str, str]:
        """The engine and its version, for monitoring; it contains nothing secret."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the database ready to use, with every migration. Many processes may call this at the same time."""

    @abstractmethod
    def write_transaction(self) -> AbstractContextManager[Connection]:
        """A transaction that holds the write lock from its first statement. It is committed whole, or rolled back."""

    @abstractmethod
    def read_transaction(self) -> AbstractContextManager[Connection]:
        """A transaction in which all statements see the same state of the database."""

    @abstractmethod
    def stream(self, connection: Connection, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, also of one with too many rows for the memory, in a transaction of this engine."""

    @abstractmethod
    def purge_deleted(self) -> bool:
        """Remove what was deleted from where the engine still keeps it (see docs/trust.md for what that means).

        False if something prevents it now, such as another reader. What was deleted cannot be read in both cases.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connections. The next use opens new ones."""

    @abstractmethod
    def availability_problems(self) -> list[str]:
        """Why answers cannot be read or saved now, a sentence each, without a path. Empty if they can."""

    @abstractmethod
    def inspect(self, *, before: str) -> DatabaseReport:
        """The state of the database. Responses that were last changed before the day `before` are overdue."""


class Tables:
    """The base of the classes that read and write tables: the database that they use."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def read_transaction(self) -> AbstractContextManager[Connection]:
        """See `Engine.read_transaction`."""
        return self.engine.read_transaction()

    def write_transaction(self) -> AbstractContextManager[Connection]:
        """See `Engine.write_transaction`."""
        return self.engine.write_transaction()

    def purge_deleted(self) -> bool:
        """See `Engine.purge_deleted`."""
        return self.engine.purge_deleted()

    def close(self) -> None:
        """See `Engine.close`."""
        self.engine.close()
