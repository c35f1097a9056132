"""PostgreSQL servers that tests start: in a temporary folder, on a Unix socket or a local port, and fast."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

#: Why tests of PostgreSQL are skipped.
NO_POSTGRESQL = "no PostgreSQL found; the tests that use it need one (Debian: apt install postgresql)"
#: The server loses everything in a crash of the machine, and starts and writes fast.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
DATABASE = "hats"
_START_TIMEOUT_S = 30


def find_programs() -> Path | None:
    """The folder with the programs of the newest PostgreSQL, or None. Debian does not put it into the search path."""
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


@dataclass
class Server:
    """A running PostgreSQL server. `data` is its data folder, `options` are settings it was started with."""

    folder: Path
    options: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = DATABASE) -> str:
        """The URL of a database, through the Unix socket."""
        return f"postgresql://postgres@/{database}?host={self.folder}&port={self.options.get('port', '5432')}"

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL as the user of the server."""
        run = subprocess.run(
            [_program(program), *arguments], capture_output=True, text=True, check=False, **user_options()
        )
        assert run.returncode == 0, run.stderr

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.folder)} | self.options
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            command = [_program("postgres"), "-D", str(self.data), *arguments]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **user_options())
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return

    def stop(self, number: signal.Signals = signal.SIGQUIT) -> None:
        """Stop the server without waiting for connections."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(30)
            self.process = None

    def remove(self) -> None:
        """Stop the server and delete its folder."""
        self.stop()
        shutil.rmtree(self.folder)

    def execute(self, statement: str, database: str = DATABASE) -> list[tuple[Any, ...]]:
        """Run a statement as the superuser. Returns its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def new_server(**options: str) -> Iterator[Server]:
    """A new server with an empty database, until the block ends."""
    folder = new_folder()
    try:
        server = Server(folder, options)
        initdb = ["--pgdata", str(server.data), "--no-sync", "--auth=trust", "--username=postgres"]
        server.run("initdb", *initdb, "--encoding=UTF8", "--locale=C")
        server.start()
        try:
            server.execute(f"CREATE DATABASE {DATABASE}", "postgres")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def new_folder() -> Path:
    """A new temporary folder of the user that runs the servers."""
    folder = Path(tempfile.mkdtemp(prefix="hats-"))
    if user := user_options():
        os.chown(folder, user["user"], user["group"])
    return folder


def empty(url: str) -> None:
    """Delete all rows of a database, and forget its identity."""
    with psycopg.connect(url, autocommit=True) as connection:
        exists = connection.execute("SELECT to_regclass('schema_migration') IS NOT NULL").fetchone()
        if exists and exists[0]:
            connection.execute(
                b"DELETE FROM response; DELETE FROM team; DELETE FROM tombstone; DELETE FROM database_identity"
            )


def _program(name: str) -> str:
    programs = find_programs()
    assert programs, NO_POSTGRESQL
    return str(programs / name)


def user_options() -> dict[str, Any]:
    """Options of `subprocess`: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}
