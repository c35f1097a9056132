"""Measures the two engines: `python -m benchmarks.engines [--many 1000000] [--move 100000]`. Needs PostgreSQL.

A submit on PostgreSQL with few and with many stored responses, the processor time of the app and of the database for a
submit on each engine, the bytes of a stored response, a submit through pgbouncer, and moving between the engines.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks import growth
from benchmarks.floors import WsgiRequest
from benchmarks.pages import Person, checked
from quiz import create_app
from quiz.storage import open_engine
from quiz.storage.backup import back_up
from quiz.storage.restore import restore
from quiz.storage.rows import count_rows
from quiz.web import links
from quiz.web.app import App
from tests import postgresql
from tests.clients import free_port

FEW = 10_000
#: How many of the stored responses get answers, spread over all of them, and how often each database is measured.
SAMPLE_SIZE, ROUNDS = 200, 7
FILL = """
INSERT INTO response (id, owner_hash, bank, started, changed, finished)
SELECT (n::bigint * 7919 * 104729) % 562949953421312, encode(sha256(n::text::bytea), 'hex'), '{bank}',
'{day}', '{day}', '{day}' FROM generate_series(1, {number}) AS n;
ALTER TABLE answer DROP CONSTRAINT answer_pkey, DROP CONSTRAINT answer_response_fkey;
INSERT INTO answer SELECT response.id, question, 'never'
FROM response CROSS JOIN unnest(string_to_array('{questions}', ' ')) AS question ORDER BY response.id;
ALTER TABLE answer ADD PRIMARY KEY (response, question);
ALTER TABLE answer ADD FOREIGN KEY (response) REFERENCES response (id) ON DELETE CASCADE NOT VALID;
"""


def main() -> None:
    """Measure everything, and print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__.partition("\n")[0])
    parser.add_argument("--many", type=int, default=1_000_000, help="stored responses to compare with 10,000")
    parser.add_argument("--move", type=int, default=100_000, help="responses that are moved between the engines")
    arguments = parser.parse_args()
    with postgresql.new_server(shared_buffers="512MB", max_wal_size="8GB", checkpoint_timeout="1h") as server:
        for name in ("few", "many", "moved"):
            server.execute(f"CREATE DATABASE {name}", "postgres")
        with app_on(server.url("few")) as few, app_on(server.url("many")) as many:
            compare_sizes(server, few, many, arguments.many)
            compare_engines(server, few)
        through_pgbouncer(server)
        with app_on(server.url("moved")) as app:
            fill(server, app, arguments.move)
        move(server.url("moved"))


@contextmanager
def app_on(url: str) -> Iterator[App]:
    """An app on a database: a PostgreSQL URL, or "" for a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"RATE_LIMITS": False, "DATABASE_URL": url, "SECRET_KEY": "k" * 32}, instance=Path(folder))
        with closing(app.storage):
            yield app


def fill(server: postgresql.Server, app: App, number: int) -> None:
    """Insert that many finished responses with all their answers."""
    database = app.config["DATABASE_URL"].partition("@/")[2].partition("?")[0]
    questions = " ".join(app.bank.responsibility)
    script = FILL.format(bank=app.bank.version, day=app.today(), number=number, questions=questions)
    for statement in script.split(";\n"):
        server.execute(statement, database)
    server.execute("VACUUM (ANALYZE)", database)


def submits(app: App) -> list[WsgiRequest]:
    """Submits of a page of people spread over the stored responses."""
    person, requests = Person(app), []
    with app.storage.read_transaction() as db:
        count = db.execute("SELECT count(*) FROM response").fetchone()[0]
        rows = db.execute("SELECT owner_hash FROM response ORDER BY id").fetchall()[:: max(1, count // SAMPLE_SIZE)]
    for (old_hash,) in rows:
        link = links.new_link()
        with app.storage.write_transaction() as db:
            sql = "UPDATE response SET owner_hash = ? WHERE owner_hash = ? AND owner_hash <> ?"
            db.execute(sql, (links.hash_link(link), old_hash, person.owner_hash))
        if old_hash != person.owner_hash:
            person.path = f"/r/{link}"
            for point in ("weekly", "daily"):
                requests.append(checked(person.submit({item.id: point for item in app.bank.pages[1]}), 303))
    random.Random(1).shuffle(requests)
    return requests


def seconds(requests: list[WsgiRequest]) -> float:
    """The time for one request, on average."""
    start = time.perf_counter()
    for request in requests:
        request()
    return (time.perf_counter() - start) / len(requests)


def compare_sizes(server: postgresql.Server, few: App, many: App, number: int) -> None:
    fill(server, few, FEW)
    start = time.perf_counter()
    fill(server, many, number)
    print(f"filled with {number:,} responses in {time.perf_counter() - start:.0f} s", flush=True)
    size = server.execute("SELECT pg_database_size('many')", "postgres")[0][0]
    print(f"PostgreSQL: {size / number:,.0f} bytes for a response with all its answers", flush=True)
    small, large = submits(few), submits(many)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for pair in zip(small, large, strict=False):  # in turns, so that other work of the machine slows both
            for request, column in zip(pair, times, strict=True):
                column.append(seconds([request]))
    before, after = (1000 * statistics.median(column) for column in times)
    print(
        f"submit on PostgreSQL: {before:.2f} ms with {FEW:,} responses, {after:.2f} ms with {number:,}:"
        f" {after / before:.2f} times (target: 1.2)",
        flush=True,
    )


def compare_engines(server: postgresql.Server, on_postgresql: App) -> None:
    with app_on("") as on_sqlite:
        growth.fill(on_sqlite, FEW, {})
        size = on_sqlite.storage.file.stat().st_size
        print(f"SQLite: {size / FEW:,.0f} bytes for a response with all its answers")
        for name, app in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
            requests = submits(app)
            app_before, database_before, start = time.process_time(), database_seconds(server), time.perf_counter()
            for _ in range(ROUNDS):
                seconds(requests)
            number = ROUNDS * len(requests)
            app_ms = 1000 * (time.process_time() - app_before) / number
            database_ms = 1000 * (database_seconds(server) - database_before) / number
            elapsed = time.perf_counter() - start
            print(
                f"submit on {name}: processor time {app_ms:.2f} ms in the app, {database_ms:.2f} ms in the database"
                f" server; {number / elapsed:.0f} a second one after another",
                flush=True,
            )


def database_seconds(server: postgresql.Server) -> float:
    """Processor time that the processes of a server have used, those that have ended too."""
    assert server.process
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(folder.name) == server.process.pid:
            ticks += sum(map(int, fields[11:15]))  # with its ended children
        elif int(fields[1]) == server.process.pid:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def through_pgbouncer(server: postgresql.Server) -> None:
    """Take a page through pgbouncer in transaction mode, with one server connection for several threads."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        print("pgbouncer is not installed")
        return
    folder, port = postgresql.new_folder(), free_port()
    settings = f"""[databases]
few = host={server.folder} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
"""
    (folder / "pgbouncer.ini").write_text(settings)
    with (folder / "log").open("wb") as log:
        command = [program, str(folder / "pgbouncer.ini")]
        process = subprocess.Popen(command, stdout=log, stderr=log, **postgresql.user_options())
    try:
        time.sleep(1)
        with app_on(f"postgresql://postgres@127.0.0.1:{port}/few") as app:
            requests = submits(app)
            print(f"submit through pgbouncer in transaction mode: {1000 * seconds(requests):.2f} ms", flush=True)
    except Exception:
        print((folder / "log").read_text())
        raise
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def move(url: str) -> None:
    """Move everything from PostgreSQL into an SQLite file, and back."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, first, second = folder / "instance" / "many-hats.db", folder / "first.db", folder / "second.db"
        day = "2026-01-01"
        for step, source, target in (("PostgreSQL to SQLite", url, file), ("SQLite to PostgreSQL", file, url)):
            copy = first if target == file else second
            start = time.perf_counter()
            back_up(source, copy, day=day)
            backed_up = time.perf_counter()
            restore(copy, target, day=day, tombstone_days=30, replace=True, folder=folder)
            restored = time.perf_counter()
            with closing(open_engine(source)) as old, closing(open_engine(target)) as new:
                totals = count_rows(old), count_rows(new)
            print(
                f"{step}: backup {backed_up - start:.1f} s ({copy.stat().st_size / 1e6:.0f} MB), restore"
                f" {restored - backed_up:.1f} s; rows {totals[0].rows:,} and {totals[1].rows:,}, checksums"
                f" {totals[0].checksum} and {totals[1].checksum}",
                flush=True,
            )


if __name__ == "__main__":
    main()
