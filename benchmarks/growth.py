"""Compares a large database with a small one, and scores many rows."""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # the SQLite of storage

from benchmarks import batch
from benchmarks.floors import WsgiRequest
from benchmarks.pages import Person, checked, fresh, in_turns
from benchmarks.table import Row, compare, row_of_pairs
from quiz.web import links
from quiz.web.app import App

#: How many of the stored responses or teams are requested. They are spread over the whole file.
SAMPLE_SIZE = 200
#: The most memory that `quiz score` may use.
MAX_MEMORY_MIB = 200.0


def submits(many: int = 100_000, few: int = 10_000, rounds: int = 15) -> Iterator[Row]:
    """A page submit with many stored responses, each with all its answers, compared with few."""
    with fresh() as (small, _), fresh() as (large, _):
        work, floor = ([checked(one, 303) for one in _submits(app, n)] for app, n in ((large, many), (small, few)))
        name = f"page submit, {many:,} responses stored"
        yield compare(name, in_turns(work), in_turns(floor), floor_name=f"with {few:,}", target=1.2, rounds=rounds)


def teams(many: int = 10_000, few: int = 100, rounds: int = 15) -> Iterator[Row]:
    """A team's page with many stored teams of five people, compared with few."""
    with fresh() as (small, _), fresh() as (large, _):
        work, floor = ([checked(one, 200) for one in _teams(app, n)] for app, n in ((large, many), (small, few)))
        name = f"team page, {many:,} teams stored"
        yield compare(name, in_turns(work), in_turns(floor), floor_name=f"with {few:,}", target=1.5, rounds=rounds)


def scored(rows: int = 100_000, rounds: int = 3) -> Iterator[Row]:
    """`quiz score` of `rows` rows, compared with csv.reader and json.dumps."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        batch.write_people(file, rows)
        floor = [sys.executable, "-c", batch.FLOOR, str(file)]
        command = [sys.executable, "-m", "quiz", "score", str(file), "--format", "jsonl"]
        runs = [(batch.run(floor), batch.run(command)) for _ in range(rounds)]
    peak = statistics.median(memory for _, (_, memory) in runs)
    verdict = "" if peak <= MAX_MEMORY_MIB else ", OVER"
    note = f"{peak:.0f} MiB at most{verdict} ({MAX_MEMORY_MIB:.0f} allowed)"
    pairs = [(floor_seconds, seconds) for (floor_seconds, _), (seconds, _) in runs]
    yield row_of_pairs(f"quiz score, {rows:,} rows", pairs, floor_name="csv.reader and json.dumps", target=3, note=note)


def _submits(app: App, stored: int) -> list[WsgiRequest]:
    """Submits of people spread evenly over `stored` responses, which are inserted by SQL because they are many."""
    person = Person(app)
    step = max(1, stored // SAMPLE_SIZE)
    links_by_id = {n: links.new_link() for n in range(2, stored + 2, step)}
    fill(app, stored, {n: links.hash_link(link) for n, link in links_by_id.items()})
    rng = random.Random(1)
    requests = []
    for link in rng.sample(sorted(links_by_id.values()), len(links_by_id)):
        person.path = f"/r/{link}"
        for point in ("weekly", "daily"):
            requests.append(person.submit({item.id: point for item in app.bank.pages[1]}))
    rng.shuffle(requests)
    return requests


def _teams(app: App, stored: int) -> list[WsgiRequest]:
    """The lead's pages of teams spread evenly over `stored` teams."""
    fill(app, 5 * stored, {})
    step = max(1, stored // SAMPLE_SIZE)
    links_by_id = {n: links.new_link() for n in range(1, stored + 1, step)}
    today = app.today()
    with closing(_fast_connection(app)) as db, db:
        db.executemany(
            "INSERT INTO team (id, lead_hash, join_hash, number, name, kind, minimum, created)"
            " VALUES (?, ?, lower(hex(randomblob(32))), 1, ?, 'anonymous', 5, ?)",
            (
                (n, links.hash_link(links_by_id[n] if n in links_by_id else links.new_link()), f"Team {n}", today)
                for n in range(1, stored + 1)
            ),
        )
        db.execute("INSERT INTO round (team, number, opened) SELECT id, 1, created FROM team")
        # The response of `_fill` with id 1 stays out; the others join five to a team, in mixed order.
        db.execute(
            "INSERT INTO member (response, team) SELECT id, 1 + (id * 7919) % ? FROM response WHERE id > 1", (stored,)
        )
        db.execute("ANALYZE")
    return [
        WsgiRequest(app.wsgi_app, f"/t/{link}")
        for link in random.Random(1).sample(sorted(links_by_id.values()), len(links_by_id))
    ]


def fill(app: App, stored: int, owners: dict[int, str]) -> None:
    """Insert `stored` finished responses with all their answers by SQL. `owners` are owner hashes by id."""
    today, points = app.today(), [point.id for point in app.bank.scale]
    with closing(_fast_connection(app)) as db, db:
        db.execute("CREATE TEMP TABLE known (id INTEGER PRIMARY KEY, owner_hash TEXT)")
        db.executemany("INSERT INTO known VALUES (?, ?)", owners.items())
        db.execute(
            "WITH RECURSIVE number (id) AS (VALUES (2) UNION ALL SELECT id + 1 FROM number WHERE id < ?)"
            " INSERT INTO response (id, owner_hash, bank, started, changed, finished) SELECT number.id,"
            " coalesce(known.owner_hash, lower(hex(randomblob(32)))), ?, ?, ?, ?"
            " FROM number LEFT JOIN known USING (id)",
            (stored + 1, app.bank.version, today, today, today),
        )
        db.execute("CREATE TEMP TABLE sheet (question TEXT PRIMARY KEY, answer TEXT) WITHOUT ROWID")
        sheet = [(id, points[n % len(points)]) for n, id in enumerate(app.bank.responsibility)]
        db.executemany("INSERT INTO sheet VALUES (?, ?)", sheet)
        # In the order of the primary key, so that pages are appended to the file.
        db.execute(
            "INSERT OR IGNORE INTO answer SELECT response.id, question, answer"
            " FROM response CROSS JOIN sheet ORDER BY response.id, question"
        )


def _fast_connection(app: App) -> sqlite3.Connection:
    """A fast connection without durability, for inserting."""
    db = sqlite3.connect(app.storage.file)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA foreign_keys=OFF")
    return db
