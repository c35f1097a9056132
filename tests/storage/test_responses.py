"""What is kept: safe on disk once acknowledged, whole or not at all, and gone when it is erased."""

from __future__ import annotations

import os
import re
import secrets
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from quiz import storage
from quiz.storage import ShareLink, Storage, UnavailableError
from quiz.web import links
from tests.checks import stored_response
from tests.clients import Visitor
from tests.factories import CANARY, WHEN, fill_response, make_owner, start_response
from tests.fault_injection import (
    FIXED_SQLITE,
    LOSSY_SQLITE,
    UNPRIVILEGED,
    bytes_on_disk,
    run_script,
    set_sqlite_version,
)

MORE: dict[str, Any] = {"contacts": ["baker"], "title": "Miller", "text": "I grind flour."}


def columns(file: Path) -> list[dict[str, Any]]:
    """Every column of our own tables, with the table's name."""
    with Database(sqlite3.connect(file)) as db:
        tables = [name for name in db.table_names() if not name.startswith("_sqlite")]
        return [{"table": name} | row for name in tables for row in db.query(f"PRAGMA table_xinfo({name})")]


# What is kept


def test_a_response_is_kept_whole(kept):
    who = start_response(kept)
    assert kept.save_answers(who, {"dough": "daily", "oven": "skip"}, bank="2", day="2026-06-01")
    assert kept.save_details(who, **MORE, bank="3", day="2026-06-02")
    assert kept.finish_response(who, bank="4", day="2026-06-03")
    found = kept.load_response(who)
    assert (found.bank, found.started, found.changed, found.finished) == ("4", "2026-05-31", "2026-06-03", "2026-06-03")
    assert (found.answers, found.contacts) == ({"dough": "daily", "oven": "skip"}, ("baker",))
    assert (found.title, found.text) == ("Miller", "I grind flour.")


def test_a_page_sent_again_replaces_its_own_answers_only(kept):
    who = start_response(kept)
    kept.save_answers(who, {"dough": "daily", "oven": "never"}, **WHEN)
    kept.save_answers(who, {"oven": "weekly", "cake": "rarely"}, **WHEN)
    assert kept.load_response(who).answers == {"dough": "daily", "oven": "weekly", "cake": "rarely"}


def test_the_optional_page_sent_again_replaces_all_of_it(kept):
    who = start_response(kept)
    kept.save_details(who, **MORE, **WHEN)
    kept.save_details(who, contacts=["seller", "seller"], title="", text="", **WHEN)
    found = kept.load_response(who)
    assert (found.contacts, found.title, found.text) == (("seller",), "", "")


def test_the_first_day_of_finishing_stays(kept):
    who = start_response(kept)
    kept.finish_response(who, **WHEN)
    kept.finish_response(who, bank="1", day="2026-07-01")
    assert (kept.load_response(who).finished, kept.load_response(who).changed) == ("2026-05-31", "2026-07-01")


def test_one_response_knows_nothing_of_another(kept):
    mine, yours = start_response(kept), start_response(kept)
    kept.save_answers(mine, {"dough": "daily"}, **WHEN)
    kept.save_details(mine, **MORE, **WHEN)
    kept.delete_response(yours)
    assert kept.load_response(mine).answers == {"dough": "daily"}
    assert kept.load_response(yours) is None


def test_nothing_is_changed_for_an_owner_who_is_not_there(kept):
    nobody = make_owner()
    assert kept.load_response(nobody) is None
    assert not kept.save_answers(nobody, {"dough": "daily"}, **WHEN)
    assert not kept.save_details(nobody, **MORE, **WHEN)
    assert not kept.finish_response(nobody, **WHEN)
    assert not kept.delete_response(nobody)


def test_starting_twice_with_one_owner_begins_one_response(kept):
    who = start_response(kept)
    kept.save_answers(who, {"dough": "daily"}, **WHEN)
    kept.create_response(who, bank="2", day="2026-07-01")
    assert (kept.load_response(who).id, kept.load_response(who).started) == (1, "2026-05-31")
    assert kept.load_response(who).answers == {"dough": "daily"}
    assert kept.connection["response"].count == 1


def test_eight_threads_that_start_at_once_with_one_owner_begin_one_response(kept):
    who, gate = make_owner(), threading.Barrier(8)

    def start(_: int) -> int:
        gate.wait(10)
        kept.create_response(who, **WHEN)
        return stored_response(kept, who).id

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(start, range(8))) == {1}
    assert kept.connection["response"].count == 1


def test_a_page_is_kept_whole_or_not_at_all(kept):
    who = start_response(kept)
    with pytest.raises(sqlite3.IntegrityError):
        kept.save_answers(who, {"dough": "daily", "oven": ""}, bank="9", day="2026-07-01")
    assert (kept.load_response(who).answers, kept.load_response(who).bank, kept.load_response(who).changed) == (
        {},
        "1",
        "2026-05-31",
    )


def test_what_is_read_belongs_to_one_moment(kept, file, monkeypatch):
    """The id of an erased response may be given to the next one, whose answers must not be read for it."""
    monkeypatch.setattr(storage.sqlite, "BUSY_TIMEOUT_S", 0.05)
    mine, yours, other = start_response(kept), make_owner(), Storage(file)
    kept.save_answers(mine, {"dough": "daily"}, **WHEN)
    tracer = []

    def meanwhile(sql: str, _: Any) -> None:
        tracer.append(sql)
        if "FROM answer" in sql:
            # With a rollback journal the others have to wait for the reader; with WAL they need not.
            try:
                other.delete_response(mine)
                other.create_response(yours, **WHEN)
                other.save_answers(yours, {"dough": "never"}, **WHEN)
            except UnavailableError:
                tracer.append("waits")

    with kept.connection.tracer(meanwhile):
        assert kept.load_response(mine).answers == {"dough": "daily"}
    assert any("FROM answer" in sql for sql in tracer)
    if "waits" not in tracer:
        assert kept.load_response(yours).answers == {"dough": "never"}
    other.close()


# The file and its connections


def test_every_connection_is_set_to_keep_and_to_erase_for_good(kept):
    wanted = {"synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}

    def found(_: int = 0) -> dict[str, Any]:
        db = kept.connection
        return {name: next(iter(next(db.query(f"PRAGMA {name}")).values())) for name in [*wanted, "journal_mode"]}

    expected = wanted | {"journal_mode": storage.safe_journal_mode()}
    assert found() == expected
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(found).result() == expected
    kept.close()
    assert found() == expected


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "truncate"),
        ((3, 44, 5), "truncate"),
        ((3, 44, 6), "wal"),
        ((3, 45, 0), "truncate"),
        ((3, 50, 6), "truncate"),
        ((3, 50, 7), "wal"),
        ((3, 51, 0), "truncate"),
        (LOSSY_SQLITE, "truncate"),
        (FIXED_SQLITE, "wal"),
        ((3, 52, 0), "wal"),
        ((4, 0, 0), "wal"),
    ],
    ids=str,
)
def test_wal_is_used_only_where_it_cannot_lose_a_commit(file, monkeypatch, version, mode):
    set_sqlite_version(monkeypatch, version)
    storage.prepare(file)
    kept = Storage(file)
    assert next(kept.connection.query("PRAGMA journal_mode"))["journal_mode"] == mode
    kept.close()
    # Bytes 18 and 19 of the file tell every other program: 2 is WAL, 1 a rollback journal.
    assert file.read_bytes()[18:20] == (b"\2\2" if mode == "wal" else b"\1\1")


def test_a_file_in_wal_mode_moves_to_an_affected_sqlite_with_all_that_it_holds(file, monkeypatch):
    for version, mode in ((FIXED_SQLITE, "wal"), (LOSSY_SQLITE, "truncate"), (FIXED_SQLITE, "wal")):
        set_sqlite_version(monkeypatch, version)
        storage.prepare(file)
        kept = Storage(file)
        who = start_response(kept)
        assert next(kept.connection.query("PRAGMA journal_mode"))["journal_mode"] == mode
        kept.close()
    again = Storage(file)
    assert again.load_response(who) is not None
    assert again.connection["response"].count == 3
    again.close()


def test_an_affected_sqlite_does_not_start_while_another_process_holds_the_file_in_wal_mode(file, monkeypatch):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    storage.prepare(file)
    held = Storage(file)
    start_response(held)
    monkeypatch.setattr(storage.sqlite, "BUSY_TIMEOUT_S", 0.05)
    set_sqlite_version(monkeypatch, LOSSY_SQLITE)
    with pytest.raises(UnavailableError):
        storage.prepare(file)
    held.close()
    storage.prepare(file)


def test_migrating_twice_changes_nothing(file, kept):
    who = start_response(kept)
    kept.close()
    before = bytes_on_disk(file)
    storage.prepare(file)
    assert bytes_on_disk(file) == before
    assert kept.load_response(who) is not None


def test_files_are_for_their_owner_alone_whatever_the_umask_says(tmp_path):
    old = os.umask(0)
    try:
        file = tmp_path / "deep" / "instance" / "many-hats.db"
        storage.prepare(file)
        kept = Storage(file)
        start_response(kept)
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (file.parent, *file.parent.iterdir())}
    kept.close()
    assert modes.pop("instance") == 0o700
    assert {"many-hats.db", "start.lock"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_a_restored_file_that_others_can_read_is_closed_to_them(file):
    file.chmod(0o644)
    storage.prepare(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_database_that_went_away_does_not_come_back_empty(kept, file):
    file.unlink()
    with pytest.raises(UnavailableError, match=re.escape(str(file))):
        kept.create_response(make_owner(), **WHEN)
    assert not file.exists()


@pytest.mark.parametrize("change", ["removed", "replaced"])
def test_a_file_that_is_gone_takes_nothing_more_from_whoever_holds_it_open(kept, file, tmp_path, change):
    who, other = start_response(kept), tmp_path / "other" / "many-hats.db"
    if change == "removed":
        file.unlink()
        for change_or_look in (
            lambda: kept.save_answers(who, {"dough": "daily"}, **WHEN),
            lambda: kept.load_response(who),
        ):
            with pytest.raises(UnavailableError, match="not there"):
                change_or_look()
    # As an operator puts another in its place: the log goes along with the database that it belongs to.
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    storage.prepare(other)
    other.replace(file)
    assert not kept.save_answers(who, {"dough": "daily"}, **WHEN)
    later = start_response(kept)
    again = Storage(file)
    assert again.load_response(later)
    again.close()


def test_a_file_that_is_no_database_is_named(file):
    file.write_bytes(b"no database " * 1000)
    with pytest.raises(UnavailableError, match=re.escape(str(file))):
        storage.prepare(file)


@pytest.mark.server
def test_preparing_again_drops_no_lock_of_this_process(file, kept, monkeypatch):
    """Closing any handle of a file drops all locks of the process on it: two writers at once would damage it."""
    set_sqlite_version(monkeypatch, LOSSY_SQLITE)
    storage.prepare(file)
    who = start_response(kept)
    with kept.write_transaction() as db:
        db.execute("UPDATE response SET title = 'held'")
        storage.prepare(file)
        other = run_script(f"kept.create_response({make_owner()!r}, **WHEN)", file)
        assert "database is locked" in other.stderr
    assert kept.load_response(who).title == "held"


# The schema


def test_no_unique_column_may_be_empty(file):
    """To SQLite every NULL differs from every other, so a UNIQUE column that may be NULL guards nothing."""
    required = {(column["table"], column["name"]) for column in columns(file) if column["notnull"]}
    unique = set()
    with Database(sqlite3.connect(file)) as db:
        for name in {column["table"] for column in columns(file)}:
            for index in db[name].indexes:
                if index.unique:
                    unique |= {(name, column) for column in index.columns}
    assert ("response", "owner_hash") in unique
    assert unique <= required


def test_every_table_is_strict(file):
    with Database(sqlite3.connect(file)) as db:
        lax = [t["name"] for t in db.query("PRAGMA table_list") if t["schema"] == "main" and not t["strict"]]
    assert [name for name in lax if not name.startswith(("sqlite_", "_sqlite_"))] == []


def test_no_column_is_made_for_who_somebody_is_or_when_exactly_they_came(file):
    telling = re.compile(r"time|hour|stamp|agent|mail|phone|cookie|browser|host|addr|^ip$|_ip$|_at$")
    assert [column["name"] for column in columns(file) if telling.search(column["name"])] == []


@pytest.mark.parametrize(
    ("change", "values"),
    [
        ("UPDATE response SET owner_hash = ?", ["short"]),
        ("UPDATE response SET owner_hash = ?", [None]),
        ("UPDATE response SET started = ?", ["2026-05-31T10:00"]),
        ("UPDATE response SET changed = ?", ["31.05.2026"]),
        ("UPDATE response SET finished = ?", ["today"]),
        ("UPDATE response SET title = ?", ["x" * 81]),
        ("UPDATE response SET text = ?", ["x" * 4001]),
        ("UPDATE response SET text = ?", [b"bytes"]),
        ("UPDATE response SET id = ?", ["<script>"]),
        ("UPDATE answer SET answer = ?", [""]),
        ("UPDATE answer SET answer = ?", ["x" * 21]),
        ("UPDATE answer SET question = ?", [""]),
        ("UPDATE answer SET response = ?", [404]),
        ("UPDATE contact SET role = ?", ["x" * 81]),
        ("UPDATE contact SET response = ?", [404]),
        ("INSERT INTO answer SELECT * FROM answer WHERE ?", [1]),
    ],
)
def test_the_database_itself_refuses_what_must_not_be_kept(kept, change, values):
    who = start_response(kept)
    kept.save_answers(who, {"dough": "daily"}, **WHEN)
    kept.save_details(who, **MORE, **WHEN)
    before = kept.load_response(who)
    with pytest.raises(sqlite3.IntegrityError), kept.write_transaction() as db:
        db.execute(change, values)
    assert kept.load_response(who) == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE database_identity SET id = 'short'",
        "UPDATE database_identity SET one = 2",
        f"INSERT INTO database_identity VALUES (2, '{'a' * 32}')",
    ],
)
def test_there_is_one_memory_of_what_was_deleted(kept, change):
    with pytest.raises(sqlite3.IntegrityError), kept.write_transaction() as db:
        db.execute(change)
    with kept.read_transaction() as db:
        assert db["database_identity"].count == 1


def test_an_empty_folder_is_closed_to_others_and_one_that_holds_something_is_left_as_it_is(tmp_path):
    fresh, strange, ours = tmp_path / "instance", tmp_path / "strange", tmp_path / "ours"
    for folder in (fresh, strange):
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)
        (folder / ".gitkeep").touch()
    (fresh / "config.py").touch()
    (strange / "letter.txt").touch()
    for folder in (fresh, strange, ours):
        storage.prepare(folder / "many-hats.db")
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (fresh, strange, ours)] == [0o700, 0o755, 0o700]


def test_the_longest_allowed_texts_are_kept(kept):
    who = start_response(kept)
    kept.save_details(who, contacts=[], title="ü" * 80, text="ü" * 4000, **WHEN)
    assert (kept.load_response(who).title, kept.load_response(who).text) == ("ü" * 80, "ü" * 4000)


# Links and days


def test_a_link_is_nowhere_at_rest(app, bank):
    person = Visitor(app)
    own = person.take(dict.fromkeys(bank.responsibility, "daily"))
    link = own.rsplit("/", 1)[1]
    everything = bytes_on_disk(app.storage.file)
    assert links.hash_link(link).encode() in everything
    assert link.encode() not in everything


def test_no_time_finer_than_the_day_is_kept_of_a_person(app, bank):
    Visitor(app).take(dict.fromkeys(bank.responsibility, "daily"), text="a word")
    with Database(sqlite3.connect(app.storage.file)) as db:
        ours = [name for name in db.table_names() if not name.startswith("_sqlite")]
        cells = [str(cell) for name in ours for row in db[name].rows for cell in row.values()]
    assert app.today() in cells
    assert [cell for cell in cells if re.search(r"\d\d:\d\d|^\d{9,}(\.\d+)?$", cell)] == []


# Erasing


def references(file: Path) -> set[str]:
    """The tables that hang on a response."""
    with Database(sqlite3.connect(file)) as db:
        return {name for name in db.table_names() for key in db[name].foreign_keys if key.other_table == "response"}


@pytest.mark.parametrize("version", [LOSSY_SQLITE, FIXED_SQLITE], ids=["truncate", "wal"])
def test_erasing_leaves_nothing_in_any_file(file, monkeypatch, version):
    set_sqlite_version(monkeypatch, version)
    storage.prepare(file)
    kept = Storage(file)
    gone, stays = start_response(kept), start_response(kept)
    fill_response(kept, gone, CANARY)
    fill_response(kept, stays, "stays")
    assert CANARY.encode() in bytes_on_disk(file)
    assert kept.delete_response(gone)
    # Still open: nothing is owed to SQLite's own tidying at the last close.
    left = bytes_on_disk(file)
    assert CANARY.encode() not in left
    # The fingerprint of a link that leads nowhere any more stays in one place for a while, with the day: without it, a
    # backup from before would bring back what was erased.
    assert [row["link_hash"] for row in kept.connection["tombstone"].rows] == [gone]
    assert left.count(gone.encode()) == 1
    assert stored_response(kept, stays).text == "then stays"
    kept.close()


@pytest.mark.server
def test_erasing_empties_every_table_that_hangs_on_a_response(kept, file):
    who = start_response(kept)
    fill_response(kept, who, "flour")
    tables = references(file)
    assert {"answer", "contact"} <= tables
    assert [name for name in tables if not kept.connection[name].count] == [], "keep something of it in fill()"
    kept.delete_response(who)
    # Another process, so that what it sees is on disk and not in this connection.
    left = run_script(f"print([name for name in {sorted(tables)} if kept.connection[name].count])", file)
    assert (left.stdout, left.stderr) == ("[]\n", "")


def test_a_reader_in_the_way_of_erasing_is_said_and_swept_after(file, monkeypatch):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    monkeypatch.setattr(storage.sqlite, "BUSY_TIMEOUT_S", 0.05)
    storage.prepare(file)
    kept, reader = Storage(file), Storage(file)
    who = start_response(kept)
    kept.save_details(who, contacts=[], title=CANARY, text="", **WHEN)
    with reader.read_transaction() as db:
        assert db["response"].count == 1
        assert kept.delete_response(who)
        assert not kept.truncate_wal()
    assert kept.truncate_wal()
    assert CANARY.encode() not in bytes_on_disk(file)
    kept.close()
    reader.close()


def test_what_a_process_could_not_sweep_before_it_ended_is_swept_with_the_next_expiry(file, monkeypatch):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    monkeypatch.setattr(storage.sqlite, "BUSY_TIMEOUT_S", 0.05)
    storage.prepare(file)
    ended, reader, later = Storage(file), Storage(file), Storage(file)
    who = start_response(ended)
    ended.save_details(who, contacts=[], title=CANARY, text="", **WHEN)
    with reader.read_transaction() as db:
        assert db["response"].count == 1
        assert ended.delete_response(who)
    later.create_response(make_owner(), **WHEN)
    assert CANARY.encode() in bytes_on_disk(file)
    assert later.delete_expired("2000-01-01", tombstones_before="2000-01-01") == 0
    assert CANARY.encode() not in bytes_on_disk(file)
    for one in (ended, reader, later):
        one.close()


NO_ROOM = """
storage.sqlite.sqlite3.sqlite_version_info = (3, 51, 3)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
people = [f"{number:064}" for number in range(60)]
for who in people:
    kept.create_response(who, **WHEN)
    kept.save_details(who, contacts=[], title="", text=("canary " if who == people[-1] else "") + "w" * 3900, **WHEN)
kept.truncate_wal()
# Room for the note in the log that it is deleted, but none to write the pages anew.
resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size // 2, resource.RLIM_INFINITY))
print(kept.delete_response(people[-1]), kept.load_response(people[-1]), kept.truncate_wal())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
def held():
    return any(b"canary" in path.read_bytes() for path in file.parent.iterdir())
before = held()
kept.create_response("z" * 64, **WHEN)
print(before, held())
"""


@pytest.mark.server
def test_what_is_deleted_is_so_also_where_the_disk_has_no_room_to_sweep_and_is_swept_later(file, monkeypatch):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    storage.prepare(file)
    run = run_script(NO_ROOM, file)
    assert (run.stdout, run.stderr) == ("True None False\nTrue False\n", "")


@pytest.mark.parametrize("instead", [{"title": "", "text": ""}, {"title": "Baker", "text": "I bake."}], ids=str)
def test_own_words_that_were_taken_back_are_in_no_file(file, monkeypatch, instead):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    storage.prepare(file)
    kept = Storage(file)
    who = start_response(kept)
    kept.save_details(who, contacts=[], title=CANARY, text=f"{CANARY} " * 100, **WHEN)
    assert kept.save_details(who, contacts=[], **instead, **WHEN)
    assert CANARY.encode() not in bytes_on_disk(file)
    kept.close()


def test_a_response_deleted_on_the_page_is_in_no_file(app, bank):
    person = Visitor(app)
    own = person.take(dict.fromkeys(bank.responsibility, "daily"), title=CANARY, text=f"{CANARY} all day")
    assert CANARY.encode() in bytes_on_disk(app.storage.file)
    assert person.send(f"{own}/delete").status_code == 303
    assert CANARY.encode() not in bytes_on_disk(app.storage.file)
    assert person.get(own).status_code == 404


# Faults


def test_a_busy_database_is_said_after_the_patience_and_answers_afterwards(kept, file, monkeypatch):
    monkeypatch.setattr(storage.sqlite, "BUSY_TIMEOUT_S", 0.05)
    other, who = Storage(file), make_owner()
    with kept.write_transaction(), pytest.raises(UnavailableError, match="locked"):
        other.create_response(who, **WHEN)
    assert kept.load_response(who) is None
    other.create_response(who, **WHEN)
    assert kept.load_response(who) is not None
    other.close()


def test_a_writer_waits_for_another_that_is_soon_done(kept, file):
    other, who, begun = Storage(file), make_owner(), threading.Event()

    def start() -> None:
        begun.set()
        other.create_response(who, **WHEN)
        other.close()

    waiting = threading.Thread(target=start)
    with kept.write_transaction():
        waiting.start()
        assert begun.wait(10)
        waiting.join(0.2)
        assert waiting.is_alive()
    waiting.join(10)
    assert kept.load_response(who) is not None


def test_a_mistake_of_ours_is_not_taken_for_a_fault_of_the_disk(kept):
    with pytest.raises(sqlite3.ProgrammingError), kept.write_transaction() as db:
        db.execute("DELETE FROM answer WHERE response = ?")
    who = start_response(kept)
    assert kept.load_response(who) is not None


READ_ONLY = """
who = "a" * 64
kept.create_response(who, **WHEN)
kept.close()
mode = place.stat().st_mode
place.chmod(0o400 if place == file else 0o500)
refused = []
for attempt in (lambda: kept.create_response("b" * 64, **WHEN), lambda: kept.delete_response(who)):
    try:
        attempt()
    except UnavailableError as error:
        refused.append(str(file) in str(error))
place.chmod(mode)
kept.create_response("c" * 64, **WHEN)
print(refused, sorted(row["owner_hash"][0] for row in kept.connection["response"].rows))
"""


@pytest.mark.server
@pytest.mark.parametrize("place", ["file", "file.parent"])
def test_a_read_only_place_is_said_and_writing_goes_on_once_it_is_mended(file, place):
    run = run_script(f"place = {place}" + READ_ONLY, file, *UNPRIVILEGED)
    assert (run.stdout, run.stderr) == ("[True, True] ['a', 'c']\n", "")


FULL = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = 300_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
acknowledged, refused = [], 0
for number in range(200):
    who = f"{number:064}"
    try:
        kept.create_response(who, **WHEN)
        kept.save_details(who, contacts=[], title=str(number), text="w" * 4000, **WHEN)
        acknowledged.append(who)
    except UnavailableError:
        refused += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
lost = [who for who in acknowledged if len(kept.load_response(who).text) != 4000]
kept.create_response("z" * 64, **WHEN)
check = next(kept.connection.query("PRAGMA integrity_check"))["integrity_check"]
print(len(acknowledged) > 10, refused > 10, lost, check, kept.load_response("z" * 64) is not None)
"""


@pytest.mark.server
def test_a_full_disk_is_said_and_loses_nothing_acknowledged(file):
    run = run_script(FULL, file)
    assert (run.stdout, run.stderr) == ("True True [] ok True\n", "")


# Processes and threads


@pytest.mark.server
def test_a_forked_process_has_a_connection_of_its_own(file):
    run = run_script(
        """
import warnings
warnings.simplefilter("error")
who = "a" * 64
kept.create_response(who, **WHEN)
mine = kept.connection
child = os.fork()
if not child:
    kept.save_answers(who, {"dough": "daily"}, **WHEN)
    os._exit(0 if kept.connection is not mine else 1)
assert os.waitpid(child, 0)[1] == 0
kept.save_answers(who, {"oven": "daily"}, **WHEN)
assert kept.connection is mine
print(dict(kept.load_response(who).answers), next(mine.query("PRAGMA integrity_check"))["integrity_check"])
""",
        file,
    )
    assert (run.stdout, run.stderr) == ("{'dough': 'daily', 'oven': 'daily'} ok\n", "")


def test_eight_threads_share_a_storage_and_lose_nothing(kept, file):
    who = start_response(kept)

    def save(thread: int) -> object:
        for number in range(15):
            assert kept.save_answers(who, {f"{thread}-{number}": "daily"}, **WHEN)
            assert f"{thread}-{number}" in kept.load_response(who).answers
        connection = kept.connection
        kept.close()
        return connection

    with ThreadPoolExecutor(8) as pool:
        connections = list(pool.map(save, range(8)))
    assert kept.connection not in connections
    assert len(kept.load_response(who).answers) == 8 * 15


def test_eight_threads_that_share_at_once_make_no_more_links_than_there_can_be(kept, file):
    who, gate = start_response(kept), threading.Barrier(8)

    def share(thread: int) -> list[bool]:
        gate.wait(10)
        numbers = [1 + thread * 4 + number for number in range(4)]
        try:
            return [
                kept.create_share_link(who, ShareLink(number, "", False, False, WHEN["day"]), share_hash=make_owner())
                for number in numbers
            ]
        finally:
            kept.close()

    with ThreadPoolExecutor(8) as pool:
        made = [one for several in pool.map(share, range(8)) for one in several]
    assert made.count(True) == len(stored_response(kept, who).share_links) == storage.MAX_SHARE_LINKS


def test_a_copy_taken_while_others_write_is_whole(kept, file, tmp_path):
    stop, who = threading.Event(), start_response(kept)

    def write() -> int:
        other, pages = Storage(file), 0
        while not stop.is_set() or not pages:
            word = secrets.token_hex(4)
            other.save_answers(who, dict.fromkeys(["dough", "oven", "cake"], word), **WHEN)
            pages += 1
        other.close()
        return pages

    copy = tmp_path / "copy.db"
    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write) for _ in range(2)]
        with Database(sqlite3.connect(copy)) as target:
            kept.connection.conn.backup(target.conn, pages=-1)
        stop.set()
        assert all(writer.result() for writer in writers)
    storage.prepare(copy)
    restored = Storage(copy)
    assert next(restored.connection.query("PRAGMA integrity_check"))["integrity_check"] == "ok"
    assert list(restored.connection.query("PRAGMA foreign_key_check")) == []
    assert len(set(stored_response(restored, who).answers.values())) <= 1
    assert restored.save_answers(who, {"dough": "daily"}, **WHEN)
    restored.close()
