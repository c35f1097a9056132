"""The engine PostgreSQL: a pool of connections, and two kinds of transaction, one that reads and one that writes.

A write takes one lock first, as SQLite's BEGIN IMMEDIATE does, and runs in READ COMMITTED: it sees everything that was
committed before. A read sees one state (REPEATABLE READ). Nothing lives longer in a connection than a transaction, so
that a pooler that gives each transaction another connection, such as pgbouncer, can be in between.

One process connects to PostgreSQL with at most `MAX_CONNECTIONS` connections.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import conninfo, errors
from psycopg_pool import ConnectionPool, PoolClosed

from quiz.storage import engine
from quiz.storage.engine import (
    Connection,
    CorruptDatabaseError,
    DatabaseReport,
    Engine,
    Rows,
    UnavailableError,
    key_fingerprint,
)
from quiz.storage.ids import random_identity
from quiz.storage.schema import TABLES, has_tables, read_script, statements

#: As many as the server has threads (see `quiz.admin.server`).
MAX_CONNECTIONS = 8
#: How long a request waits for a connection before it gives up.
CONNECT_TIMEOUT_S = 5.0
#: The oldest version of PostgreSQL that is accepted. The tests run on the one that is installed.
MIN_VERSION = 14
#: The number of the advisory lock that every write takes: any number that no other program in the database uses.
WRITE_LOCK = 4_218_177_105
_STREAM_ROWS = 5000

#: libpq finds out in this time that a server does not answer. The URL can say otherwise.
_DEFAULTS = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "target_session_attrs": "read-write",
    "application_name": "many-hats",
    "client_encoding": "UTF8",
}
#: Errors of the database as it is now, which are not errors of our statements.
_UNAVAILABLE = (
    psycopg.OperationalError,
    psycopg.InternalError,
    psycopg.InterfaceError,
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.InsufficientPrivilege,
    errors.InvalidSchemaName,
)

#: The migrations in order, each with its statements. A released migration is never edited.
MIGRATIONS = {"m001_tables": lambda: statements(read_script("postgresql"))}


@lru_cache(maxsize=500)
def _translate(sql: str) -> bytes:
    """A statement with psycopg's placeholders. No statement has a "?" that is not a parameter."""
    return sql.replace("%", "%%").replace("?", "%s").encode()


class PostgresqlConnection:
    """A connection in a transaction, for statements with `?` for each parameter."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.psycopg = connection

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Rows:
        """Run one statement."""
        return self.psycopg.execute(_translate(sql), parameters)


class PostgresqlDatabase(Engine):
    """One PostgreSQL database, named by a URL, which may have several hosts.

    Raises
    ------
    UnavailableError
        If the URL cannot be read. No message contains a password.
    """

    def __init__(self, url: str) -> None:
        try:
            self._parameters = _DEFAULTS | {key: str(value) for key, value in conninfo.conninfo_to_dict(url).items()}
        except psycopg.Error:  # its message may quote the password
            raise UnavailableError(
                "the URL of the database cannot be read; write postgresql://USER:PASSWORD@HOST:PORT/DATABASE,"
                " with %40 for an @ in the password"
            ) from None
        self._password = self._parameters.get("password") or ""
        self.name = f"postgresql://{_hosts(self._parameters)}/{self._parameters.get('dbname', '')}"
        self._lock = threading.Lock()
        self._pool: ConnectionPool | None = None
        self._pid = 0
        self._must_purge = False
        self._is_corrupt = False
        self._version = "unknown"
        logging.getLogger("psycopg.pool").addFilter(self._hide_password_in_log)

    @property
    def version(self) -> dict[str, str]:
        """The version of the PostgreSQL server to which the last connection was made."""
        return {"postgresql": self._version}

    # Connections

    def _open_pool(self) -> ConnectionPool:
        with self._lock:
            if self._pool is None or self._pid != os.getpid():  # a forked process does not use its parent's connections
                self._inherited = self._pool
                self._pid = os.getpid()
                self._pool = ConnectionPool(
                    conninfo.make_conninfo("", **self._parameters),
                    kwargs={"autocommit": True, "prepare_threshold": None},
                    min_size=0,
                    max_size=MAX_CONNECTIONS,
                    num_workers=1,
                    open=True,
                    name=self.name,
                    reconnect_timeout=CONNECT_TIMEOUT_S,
                    check=ConnectionPool.check_connection,
                )
            return self._pool

    def _take_connection(self) -> tuple[ConnectionPool, psycopg.Connection[Any]]:
        while True:
            pool = self._open_pool()
            with contextlib.suppress(PoolClosed):  # by another thread: the next pool is open
                return pool, pool.getconn(timeout=CONNECT_TIMEOUT_S)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection of the pool. What was begun in it is committed at the end, or rolled back after an error."""
        try:
            pool, connection = self._take_connection()
            try:
                self._version = connection.info.parameter_status("server_version") or "unknown"
                with connection:
                    yield connection
            finally:
                pool.putconn(connection)
        except (errors.DataCorrupted, errors.IndexCorrupted) as error:
            self._is_corrupt = True
            raise CorruptDatabaseError(self._message(error)) from error
        except _UNAVAILABLE as error:
            raise UnavailableError(self._message(error)) from error

    def _message(self, error: psycopg.Error) -> str:
        if isinstance(error, errors.LockNotAvailable):
            return f"{self.name}: the database is locked by another program"
        lines = str(error).split("\n")
        return self._hide_password(f"{self.name}: {lines[0] or type(error).__name__}")

    def _hide_password(self, text: str) -> str:
        for password in {self._password, quote(self._password)} - {""}:
            text = text.replace(password, "…")
        return text

    def _hide_password_in_log(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._hide_password(record.getMessage()), ()
        return True

    def close(self) -> None:
        """Close the connections. The next use opens new ones."""
        with self._lock:
            if self._pool is not None and self._pid == os.getpid():
                self._pool.close()
                self._pool = None

    # Transactions

    @contextlib.contextmanager
    def write_transaction(self) -> Iterator[Connection]:
        """A transaction that holds the lock of all writes."""
        lock_timeout_ms = int(engine.LOCK_TIMEOUT_S * 1000)
        with self._connection() as connection:
            # One message to the server: a round trip less for each write.
            begin = f"BEGIN; SET LOCAL lock_timeout = {lock_timeout_ms}; SELECT pg_advisory_xact_lock({WRITE_LOCK})"
            connection.execute(begin.encode())
            yield PostgresqlConnection(connection)
        if self._must_purge:
            self.purge_deleted()

    @contextlib.contextmanager
    def read_transaction(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with self._connection() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresqlConnection(connection)

    def stream(self, connection: Connection, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a few thousand at a time."""
        assert isinstance(connection, PostgresqlConnection)
        with connection.psycopg.cursor(name="stream") as cursor:
            cursor.itersize = _STREAM_ROWS
            cursor.execute(_translate(sql), ())
            yield from cursor

    def purge_deleted(self) -> bool:
        """Remove deleted rows from the tables, so that no statement and no tool for tables finds them.

        Their bytes stay in the files until the space is used again, and in the write-ahead log (see docs/trust.md).
        """
        self._must_purge = True
        with contextlib.suppress(UnavailableError), self._connection() as connection:
            connection.execute(f"VACUUM (SKIP_LOCKED, TRUNCATE off) {', '.join(TABLES)}".encode())
            self._must_purge = False
        return not self._must_purge

    # Start and state

    def prepare(self) -> None:
        """Create or migrate the tables. One process at a time does so, all of it or nothing."""
        with self.write_transaction() as db:
            self._check_server(db)
            if not has_tables(db):
                db.execute('CREATE TABLE schema_migration (name TEXT COLLATE "C" PRIMARY KEY)')
            for name in _pending(db):
                for statement in MIGRATIONS[name]():
                    db.execute(statement)
                db.execute("INSERT INTO schema_migration (name) VALUES (?)", (name,))
            if db.execute("SELECT count(*) FROM database_identity").fetchone()[0] == 0:
                db.execute("INSERT INTO database_identity (one, id) VALUES (1, ?)", (random_identity(),))

    def _check_server(self, db: Connection) -> None:
        number = int(db.execute("SHOW server_version_num").fetchone()[0])
        if number < MIN_VERSION * 10_000:
            raise UnavailableError(f"{self.name}: PostgreSQL {number // 10_000} is too old; use {MIN_VERSION} or newer")
        encoding = db.execute("SHOW server_encoding").fetchone()[0]
        if encoding != "UTF8":
            hint = "create the database with: createdb --encoding UTF8 --template template0"
            raise UnavailableError(f"{self.name}: the database has the encoding {encoding}; {hint}")

    def availability_problems(self) -> list[str]:
        """Whether a write can begin."""
        try:
            with self.write_transaction() as db:  # takes and releases the lock that every write needs
                db.execute("SELECT EXISTS (SELECT 1 FROM response)").fetchone()
        except UnavailableError:
            return ["The database cannot be read or written."]
        return ["The database is damaged."] if self._is_corrupt else []

    def inspect(self, *, before: str) -> DatabaseReport:
        """The state of the database. Nothing is changed."""
        with self.read_transaction() as db:
            self._check_server(db)
            pending = tuple(_pending(db)) if has_tables(db) else tuple(MIGRATIONS)
            if pending:
                return DatabaseReport((), _unsafe(db), pending, 0, 0, None)
            responses = db.execute("SELECT count(*) FROM response").fetchone()[0]
            overdue = db.execute("SELECT count(*) FROM response WHERE changed < ?", (before,)).fetchone()[0]
            return DatabaseReport((), _unsafe(db), (), responses, overdue, key_fingerprint(db))


def _hosts(parameters: dict[str, str]) -> str:
    """The hosts and ports of a database, as in its URL."""
    hosts = parameters.get("host", "").split(",")
    ports = parameters.get("port", "").split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return ",".join(f"{host}:{port}" if port else host for host, port in zip(hosts, ports, strict=False))


def copy_in(db: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows into a table, in a transaction of this engine.

    Raises
    ------
    ValueError
        If the table cannot hold a row, such as a text with a NUL character.
    """
    assert isinstance(db, PostgresqlConnection)
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()
    try:
        with db.psycopg.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise ValueError(f"{table}: {str(error).splitlines()[0]}") from error


def _pending(db: Connection) -> list[str]:
    """The migrations that were not applied, in order."""
    applied = {name for (name,) in db.execute("SELECT name FROM schema_migration").fetchall()}
    return [name for name in MIGRATIONS if name not in applied]


def _unsafe(db: Connection) -> tuple[str, ...]:
    """Settings of the server with which saved answers can be lost."""
    found = []
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        if db.execute(f"SHOW {setting}").fetchone()[0] == "off":
            found.append(f"{setting} is off, so saved answers can be lost; set it to on in postgresql.conf")
    return tuple(found)
