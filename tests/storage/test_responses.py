"""An acknowledged save is on disk, a save is complete or has no effect, and a deleted response is in no file."""

from __future__ import annotations

import os
import re
import secrets
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from quiz import storage
from quiz.bank import FollowUps
from quiz.results.feedback import Feedback
from quiz.storage import ShareLink, Storage, UnavailableError
from quiz.web import links
from tests.checks import REFUSED, count_stored, dump_database, sqlite_connection, stored_response
from tests.clients import Client
from tests.factories import CANARY, DAY, WHEN, fill_response, make_owner, run_expiry, start_response
from tests.fault_injection import (
    FIXED_SQLITE,
    LOSSY_SQLITE,
    UNPRIVILEGED,
    bytes_on_disk,
    run_script,
    set_sqlite_version,
)

pytestmark = pytest.mark.both_engines

MORE: dict[str, Any] = {"contacts": ["baker"], "title": "Miller", "text": "I grind flour."}


def columns(file: Path) -> list[dict[str, Any]]:
    """Every column of our own tables, with the table's name."""
    with Database(sqlite3.connect(file)) as db:
        tables = [name for name in db.table_names() if not name.startswith("_sqlite")]
        return [{"table": name} | row for name in tables for row in db.query(f"PRAGMA table_xinfo({name})")]


# Saving and loading


def test_a_response_is_loaded_as_it_was_saved(database):
    owner_hash = start_response(database)
    assert database.save_answers(owner_hash, {"dough": "daily", "oven": "skip"}, bank="2", day="2026-06-01")
    assert database.save_details(owner_hash, **MORE, day="2026-06-02")
    assert database.finish_response(owner_hash, day="2026-06-03")
    response = database.load_response(owner_hash)
    assert (response.bank, response.started, response.changed, response.finished) == (
        "2",  # only answers set it: the version of the questions that were answered
        "2026-05-31",
        "2026-06-03",
        "2026-06-03",
    )
    assert (response.answers, response.contacts) == ({"dough": "daily", "oven": "skip"}, ("baker",))
    assert (response.title, response.text) == ("Miller", "I grind flour.")


def test_saving_a_page_again_replaces_only_its_answers(database):
    owner_hash = start_response(database)
    database.save_answers(owner_hash, {"dough": "daily", "oven": "never"}, **WHEN)
    database.save_answers(owner_hash, {"oven": "weekly", "cake": "rarely"}, **WHEN)
    assert database.load_response(owner_hash).answers == {"dough": "daily", "oven": "weekly", "cake": "rarely"}


def test_saving_the_optional_page_again_replaces_all_of_it(database):
    owner_hash = start_response(database)
    database.save_details(owner_hash, **MORE, day=WHEN["day"])
    database.save_details(owner_hash, contacts=["seller", "seller"], title="", text="", day=WHEN["day"])
    response = database.load_response(owner_hash)
    assert (response.contacts, response.title, response.text) == (("seller",), "", "")


def test_saving_follow_up_answers_again_replaces_all_of_them_also_with_another_base(database):
    owner_hash = start_response(database)
    assert database.load_response(owner_hash).follow_ups is None
    database.save_follow_ups(owner_hash, FollowUps("baker", {"miller": "half", "shop-keeper": "skip"}), **WHEN)
    database.save_follow_ups(owner_hash, FollowUps("baker", {"miller": "more"}), **WHEN)
    assert database.load_response(owner_hash).follow_ups == FollowUps("baker", {"miller": "more"})
    database.save_follow_ups(owner_hash, FollowUps("miller", {"shop-keeper": "hardly"}), **WHEN)
    assert database.load_response(owner_hash).follow_ups == FollowUps("miller", {"shop-keeper": "hardly"})
    assert not database.save_follow_ups(make_owner(), FollowUps("miller", {"baker": "half"}), **WHEN)


def test_the_first_day_of_finishing_is_kept(database):
    owner_hash = start_response(database)
    database.finish_response(owner_hash, day=WHEN["day"])
    database.finish_response(owner_hash, day="2026-07-01")
    assert (database.load_response(owner_hash).finished, database.load_response(owner_hash).changed) == (
        "2026-05-31",
        "2026-07-01",
    )


def test_responses_do_not_affect_each_other(database):
    mine, yours = start_response(database), start_response(database)
    database.save_answers(mine, {"dough": "daily"}, **WHEN)
    database.save_details(mine, **MORE, day=WHEN["day"])
    database.delete_response(yours, day=DAY)
    assert database.load_response(mine).answers == {"dough": "daily"}
    assert database.load_response(yours) is None


def test_an_unknown_owner_hash_changes_nothing(database):
    unknown = make_owner()
    assert database.load_response(unknown) is None
    assert not database.save_answers(unknown, {"dough": "daily"}, **WHEN)
    assert not database.save_details(unknown, **MORE, day=WHEN["day"])
    assert not database.finish_response(unknown, day=WHEN["day"])
    assert not database.delete_response(unknown, day=DAY)


def test_creating_a_response_twice_creates_one(database):
    owner_hash = start_response(database)
    database.save_answers(owner_hash, {"dough": "daily"}, **WHEN)
    before = database.load_response(owner_hash)
    database.create_response(owner_hash, bank="2", day="2026-07-01")
    assert database.load_response(owner_hash) == before
    assert count_stored(database, "response") == 1


def test_eight_threads_that_create_one_response_at_once_create_one(database):
    owner_hash, barrier = make_owner(), threading.Barrier(8)

    def start(_: int) -> int:
        barrier.wait(10)
        database.create_response(owner_hash, **WHEN)
        return stored_response(database, owner_hash).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1
    assert count_stored(database, "response") == 1


def test_a_page_is_saved_completely_or_not_at_all(database):
    owner_hash = start_response(database)
    with pytest.raises(REFUSED):
        database.save_answers(owner_hash, {"dough": "daily", "oven": ""}, bank="9", day="2026-07-01")
    assert (
        database.load_response(owner_hash).answers,
        database.load_response(owner_hash).bank,
        database.load_response(owner_hash).changed,
    ) == (
        {},
        "1",
        "2026-05-31",
    )


def test_a_response_is_read_in_one_transaction(database, file, monkeypatch):
    """SQLite may give the id of a deleted response to the next one, whose answers must not be read for it."""
    monkeypatch.setattr(storage.engine, "LOCK_TIMEOUT_S", 0.05)
    mine, yours, other = start_response(database), make_owner(), Storage(file)
    database.save_answers(mine, {"dough": "daily"}, **WHEN)
    statements = []

    def write_during_read(sql: str, _: Any) -> None:
        statements.append(sql)
        if "FROM answer" in sql:
            # With a rollback journal a writer has to wait for the reader; with WAL it does not.
            try:
                other.delete_response(mine, day=DAY)
                other.create_response(yours, **WHEN)
                other.save_answers(yours, {"dough": "never"}, **WHEN)
            except UnavailableError:
                statements.append("waits")

    with sqlite_connection(database).tracer(write_during_read):
        assert database.load_response(mine).answers == {"dough": "daily"}
    assert any("FROM answer" in sql for sql in statements)
    if "waits" not in statements:
        assert database.load_response(yours).answers == {"dough": "never"}
    other.close()


# The file and its connections


@pytest.mark.sqlite_only
def test_every_connection_has_the_pragmas_for_durability_and_deletion(database):
    fixed = {"synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}

    def pragmas(_: int = 0) -> dict[str, Any]:
        db = sqlite_connection(database)
        return {name: next(iter(next(db.query(f"PRAGMA {name}")).values())) for name in [*fixed, "journal_mode"]}

    expected = fixed | {"journal_mode": storage.safe_journal_mode()}
    assert pragmas() == expected
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(pragmas).result() == expected
    database.close()
    assert pragmas() == expected


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
    database = Storage(file)
    assert next(sqlite_connection(database).query("PRAGMA journal_mode"))["journal_mode"] == mode
    database.close()
    # Bytes 18 and 19 of the file hold the journal mode: 2 is WAL, 1 a rollback journal.
    assert file.read_bytes()[18:20] == (b"\2\2" if mode == "wal" else b"\1\1")


def test_a_file_in_wal_mode_keeps_its_data_under_an_affected_sqlite(file, monkeypatch):
    for version, mode in ((FIXED_SQLITE, "wal"), (LOSSY_SQLITE, "truncate"), (FIXED_SQLITE, "wal")):
        set_sqlite_version(monkeypatch, version)
        storage.prepare(file)
        database = Storage(file)
        owner_hash = start_response(database)
        assert next(sqlite_connection(database).query("PRAGMA journal_mode"))["journal_mode"] == mode
        database.close()
    again = Storage(file)
    assert again.load_response(owner_hash) is not None
    assert count_stored(again, "response") == 3
    again.close()


def test_an_affected_sqlite_does_not_start_while_another_process_uses_wal_mode(file, monkeypatch):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    storage.prepare(file)
    other = Storage(file)
    start_response(other)
    monkeypatch.setattr(storage.engine, "LOCK_TIMEOUT_S", 0.05)
    set_sqlite_version(monkeypatch, LOSSY_SQLITE)
    with pytest.raises(UnavailableError):
        storage.prepare(file)
    other.close()
    storage.prepare(file)


def test_migrating_twice_changes_nothing(file, database):
    owner_hash = start_response(database)
    database.close()
    before = bytes_on_disk(file)
    storage.prepare(file)
    assert bytes_on_disk(file) == before
    assert database.load_response(owner_hash) is not None


def test_files_are_readable_by_their_owner_only_for_any_umask(tmp_path):
    old = os.umask(0)
    try:
        file = tmp_path / "deep" / "instance" / "many-hats.db"
        storage.prepare(file)
        database = Storage(file)
        start_response(database)
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (file.parent, *file.parent.iterdir())}
    database.close()
    assert modes.pop("instance") == 0o700
    assert {"many-hats.db", "start.lock"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_prepare_closes_a_readable_file_to_others(file):
    file.chmod(0o644)
    storage.prepare(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_removed_database_is_not_created_again(database, file):
    file.unlink()
    with pytest.raises(UnavailableError, match=re.escape(str(file))):
        database.create_response(make_owner(), **WHEN)
    assert not file.exists()


@pytest.mark.parametrize("change", ["removed", "replaced"])
def test_a_connection_does_not_write_to_a_removed_or_replaced_file(database, file, tmp_path, change):
    owner_hash, other = start_response(database), tmp_path / "other" / "many-hats.db"
    if change == "removed":
        file.unlink()
        for write_or_read in (
            lambda: database.save_answers(owner_hash, {"dough": "daily"}, **WHEN),
            lambda: database.load_response(owner_hash),
        ):
            with pytest.raises(UnavailableError, match="does not exist"):
                write_or_read()
    # An operator who replaces the database also removes its log.
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()
    storage.prepare(other)
    other.replace(file)
    assert not database.save_answers(owner_hash, {"dough": "daily"}, **WHEN)
    later = start_response(database)
    again = Storage(file)
    assert again.load_response(later)
    again.close()


def test_an_error_about_an_invalid_database_names_the_file(file):
    file.write_bytes(b"no database " * 1000)
    with pytest.raises(UnavailableError, match=re.escape(str(file))):
        storage.prepare(file)


@pytest.mark.server
def test_preparing_a_second_time_keeps_the_locks_of_this_process(file, database, monkeypatch):
    """Closing a file handle drops all locks of the process on the file: two writers at once would damage it."""
    set_sqlite_version(monkeypatch, LOSSY_SQLITE)
    storage.prepare(file)
    owner_hash = start_response(database)
    with database.write_transaction() as db:
        db.execute("UPDATE response SET title = 'locked'")
        storage.prepare(file)
        other = run_script(f"database.create_response({make_owner()!r}, **WHEN)", file)
        assert "database is locked" in other.stderr
    assert database.load_response(owner_hash).title == "locked"


# The schema


def test_no_unique_column_may_be_null(file):
    """To SQLite two NULLs differ, so a UNIQUE column that may be NULL can hold several."""
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
        not_strict = [t["name"] for t in db.query("PRAGMA table_list") if t["schema"] == "main" and not t["strict"]]
    assert [name for name in not_strict if not name.startswith(("sqlite_", "_sqlite_"))] == []


def test_no_column_is_for_identity_or_exact_time(file):
    revealing_name = re.compile(r"time|hour|stamp|agent|mail|phone|cookie|browser|host|addr|^ip$|_ip$|_at$")
    assert [column["name"] for column in columns(file) if revealing_name.search(column["name"])] == []


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
        ("UPDATE response SET save_number = ?", ["many"]),
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
def test_the_schema_refuses_invalid_values(database, change, values):
    owner_hash = start_response(database)
    database.save_answers(owner_hash, {"dough": "daily"}, **WHEN)
    database.save_details(owner_hash, **MORE, day=WHEN["day"])
    before = database.load_response(owner_hash)
    refused = (*REFUSED, psycopg.ProgrammingError)  # PostgreSQL has an error of its own for a type
    with pytest.raises(refused), database.write_transaction() as db:
        db.execute(change, values)
    assert database.load_response(owner_hash) == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE database_identity SET id = 'short'",
        "UPDATE database_identity SET one = 2",
        f"INSERT INTO database_identity (one, id) VALUES (2, '{'a' * 32}')",
    ],
)
def test_there_is_one_database_identity(database, change):
    with pytest.raises(REFUSED), database.write_transaction() as db:
        db.execute(change)
    assert count_stored(database, "database_identity") == 1


def test_an_unused_folder_is_closed_to_others_and_a_used_one_keeps_its_mode(tmp_path):
    unused, used, missing = tmp_path / "unused", tmp_path / "used", tmp_path / "missing"
    for folder in (unused, used):
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)
        (folder / ".gitkeep").touch()
    (unused / "config.py").touch()
    (used / "letter.txt").touch()
    for folder in (unused, used, missing):
        storage.prepare(folder / "many-hats.db")
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (unused, used, missing)] == [0o700, 0o755, 0o700]


def test_texts_of_the_maximum_length_are_saved(database):
    owner_hash = start_response(database)
    database.save_details(owner_hash, contacts=[], title="ü" * 80, text="ü" * 4000, day=WHEN["day"])
    assert (database.load_response(owner_hash).title, database.load_response(owner_hash).text) == ("ü" * 80, "ü" * 4000)


# Links and days


@pytest.mark.sqlite_only
def test_no_link_is_stored(app, bank):
    client = Client(app)
    own = client.take(dict.fromkeys(bank.responsibility, "daily"))
    link = own.rsplit("/", 1)[1]
    content = bytes_on_disk(app.storage.file)
    assert links.hash_link(link).encode() in content
    assert link.encode() not in content


@pytest.mark.sqlite_only
def test_no_time_finer_than_a_day_is_stored(app, bank):
    Client(app).take(dict.fromkeys(bank.responsibility, "daily"), text="a word")
    content = dump_database(app)
    ids = {row["id"] for row in content["response"]}
    cells = [cell for rows in content.values() for row in rows for cell in row.values() if cell not in ids]
    assert app.today() in cells
    assert [cell for cell in cells if re.search(r"\d\d:\d\d|^\d{9,}(\.\d+)?$", str(cell))] == []


# Deleting


def references(file: Path) -> set[str]:
    """The tables that reference a response, or another table that does and belongs to one response."""
    with Database(sqlite3.connect(file)) as db:
        keys = [(name, key.other_table) for name in db.table_names() for key in db[name].foreign_keys]
    return {name for name, other in keys if other in ("response", "second_view")}


@pytest.mark.parametrize("version", [LOSSY_SQLITE, FIXED_SQLITE], ids=["truncate", "wal"])
def test_a_deleted_response_leaves_only_its_tombstone_in_the_files(file, monkeypatch, version):
    set_sqlite_version(monkeypatch, version)
    storage.prepare(file)
    database = Storage(file)
    deleted, stays = start_response(database), start_response(database)
    fill_response(database, deleted, CANARY)
    fill_response(database, stays, "stays")
    assert CANARY.encode() in bytes_on_disk(file)
    assert database.delete_response(deleted, day=DAY)
    # The connection is still open: SQLite cleans up only when the last one closes.
    content = bytes_on_disk(file)
    assert CANARY.encode() not in content
    # Only the tombstone holds the hash of the deleted link: without it, a backup would bring the response back.
    assert [row["hash"] for row in sqlite_connection(database)["tombstone"].rows] == [deleted]
    assert content.count(deleted.encode()) == 1
    assert stored_response(database, stays).text == "then stays"
    database.close()


@pytest.mark.server
def test_deleting_a_response_empties_every_table_that_references_it(database, file):
    owner_hash = start_response(database)
    fill_response(database, owner_hash, "flour")
    tables = references(file)
    assert {"answer", "contact"} <= tables
    assert [name for name in tables if not count_stored(database, name)] == [], "store a row of it in fill_response"
    database.delete_response(owner_hash, day=DAY)
    # Another process sees only what is on disk.
    run = run_script(f"print([name for name in {sorted(tables)} if database.engine.connection[name].count])", file)
    assert (run.stdout, run.stderr) == ("[]\n", "")


def test_a_reader_delays_truncating_the_log_after_a_deletion(file, monkeypatch):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    monkeypatch.setattr(storage.engine, "LOCK_TIMEOUT_S", 0.05)
    storage.prepare(file)
    database, reader = Storage(file), Storage(file)
    owner_hash = start_response(database)
    database.save_details(owner_hash, contacts=[], title=CANARY, text="", day=WHEN["day"])
    with reader.read_transaction() as db:
        assert db.execute("SELECT count(*) FROM response").fetchone()[0] == 1
        assert database.delete_response(owner_hash, day=DAY)
        assert not database.purge_deleted()
    assert database.purge_deleted()
    assert CANARY.encode() not in bytes_on_disk(file)
    database.close()
    reader.close()


def test_the_next_expiry_truncates_a_log_that_a_deletion_could_not_truncate(file, monkeypatch):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    monkeypatch.setattr(storage.engine, "LOCK_TIMEOUT_S", 0.05)
    storage.prepare(file)
    writer, reader, later = Storage(file), Storage(file), Storage(file)
    owner_hash = start_response(writer)
    writer.save_details(owner_hash, contacts=[], title=CANARY, text="", day=WHEN["day"])
    with reader.read_transaction() as db:
        assert db.execute("SELECT count(*) FROM response").fetchone()[0] == 1
        assert writer.delete_response(owner_hash, day=DAY)
    later.create_response(make_owner(), **WHEN)
    assert CANARY.encode() in bytes_on_disk(file)
    run_expiry(later, DAY)
    assert CANARY.encode() not in bytes_on_disk(file)
    for connection in (writer, reader, later):
        connection.close()


NO_ROOM = """
storage.sqlite.sqlite3.sqlite_version_info = (3, 51, 3)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
people = [f"{number:064}" for number in range(60)]
ids = iter(range(1, 100))
storage.response_rows.new_id = lambda db, table: next(ids)  # the last row is at the end of the file
for owner_hash in people:
    database.create_response(owner_hash, **WHEN)
    canary = "canary " if owner_hash == people[-1] else ""
    database.save_details(owner_hash, contacts=[], title="", text=canary + "w" * 3900, day=WHEN["day"])
database.purge_deleted()
# Enough space to log the deletion, and too little to rewrite the pages.
resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size // 2, resource.RLIM_INFINITY))
is_deleted = database.delete_response(people[-1], day=WHEN["day"])
print(is_deleted, database.load_response(people[-1]), database.purge_deleted())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
def has_canary():
    return any(b"canary" in path.read_bytes() for path in file.parent.iterdir())
before = has_canary()
database.create_response("z" * 64, **WHEN)
print(before, has_canary())
"""


@pytest.mark.server
def test_a_deletion_on_a_full_disk_succeeds_and_the_log_is_truncated_later(file, monkeypatch):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    storage.prepare(file)
    run = run_script(NO_ROOM, file)
    assert (run.stdout, run.stderr) == ("True None False\nTrue False\n", "")


@pytest.mark.parametrize("replacement", [{"title": "", "text": ""}, {"title": "Baker", "text": "I bake."}], ids=str)
def test_free_text_that_was_replaced_is_in_no_file(file, monkeypatch, replacement):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    storage.prepare(file)
    database = Storage(file)
    owner_hash = start_response(database)
    database.save_details(owner_hash, contacts=[], title=CANARY, text=f"{CANARY} " * 100, day=WHEN["day"])
    assert database.save_details(owner_hash, contacts=[], **replacement, day=WHEN["day"])
    assert CANARY.encode() not in bytes_on_disk(file)
    database.close()


def test_feedback_that_was_taken_back_is_in_no_file(file, monkeypatch):
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    storage.prepare(file)
    database = Storage(file)
    owner_hash = start_response(database)
    database.save_feedback(owner_hash, Feedback("no", {CANARY: "too-much"}), day=WHEN["day"])
    assert database.save_feedback(owner_hash, None, day=WHEN["day"])
    assert CANARY.encode() not in bytes_on_disk(file)
    database.close()


@pytest.mark.sqlite_only
def test_a_response_deleted_on_the_page_is_in_no_file(app, bank):
    client = Client(app)
    own = client.take(dict.fromkeys(bank.responsibility, "daily"), title=CANARY, text=f"{CANARY} all day")
    assert CANARY.encode() in bytes_on_disk(app.storage.file)
    assert client.send(f"{own}/delete").status_code == 303
    assert CANARY.encode() not in bytes_on_disk(app.storage.file)
    assert client.get(own).status_code == 404


# Errors


def test_a_locked_database_is_unavailable_after_the_timeout_and_works_later(database, address, monkeypatch):
    monkeypatch.setattr(storage.engine, "LOCK_TIMEOUT_S", 0.05)
    other, owner_hash = Storage(address), make_owner()
    with database.write_transaction(), pytest.raises(UnavailableError, match="locked"):
        other.create_response(owner_hash, **WHEN)
    assert database.load_response(owner_hash) is None
    other.create_response(owner_hash, **WHEN)
    assert database.load_response(owner_hash) is not None
    other.close()


def test_a_writer_waits_for_a_short_write_of_another(database, address):
    other, owner_hash, has_started = Storage(address), make_owner(), threading.Event()

    def start() -> None:
        has_started.set()
        other.create_response(owner_hash, **WHEN)
        other.close()

    writer = threading.Thread(target=start)
    with database.write_transaction():
        writer.start()
        assert has_started.wait(10)
        writer.join(0.2)
        assert writer.is_alive()
    writer.join(10)
    assert database.load_response(owner_hash) is not None


def test_a_programming_error_is_not_reported_as_unavailable(database):
    with pytest.raises((sqlite3.ProgrammingError, psycopg.ProgrammingError)), database.write_transaction() as db:
        db.execute("DELETE FROM answer WHERE response = ?")
    owner_hash = start_response(database)
    assert database.load_response(owner_hash) is not None


READ_ONLY = """
owner_hash = "a" * 64
database.create_response(owner_hash, **WHEN)
database.close()
mode = path.stat().st_mode
path.chmod(0o400 if path == file else 0o500)
errors_name_file = []
for attempt in (
    lambda: database.create_response("b" * 64, **WHEN),
    lambda: database.delete_response(owner_hash, day=WHEN["day"]),
):
    try:
        attempt()
    except UnavailableError as error:
        errors_name_file.append(str(file) in str(error))
path.chmod(mode)
database.create_response("c" * 64, **WHEN)
print(errors_name_file, sorted(row["owner_hash"][0] for row in database.engine.connection["response"].rows))
"""


@pytest.mark.server
@pytest.mark.parametrize("path", ["file", "file.parent"])
def test_a_read_only_file_or_folder_is_unavailable_until_it_is_writable(file, path):
    run = run_script(f"path = {path}" + READ_ONLY, file, *UNPRIVILEGED)
    assert (run.stdout, run.stderr) == ("[True, True] ['a', 'c']\n", "")


FULL = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = 300_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
acknowledged, error_count = [], 0
for number in range(200):
    owner_hash = f"{number:064}"
    try:
        database.create_response(owner_hash, **WHEN)
        database.save_details(owner_hash, contacts=[], title=str(number), text="w" * 4000, day=WHEN["day"])
        acknowledged.append(owner_hash)
    except UnavailableError:
        error_count += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
lost = [owner_hash for owner_hash in acknowledged if len(database.load_response(owner_hash).text) != 4000]
database.create_response("z" * 64, **WHEN)
check = next(database.engine.connection.query("PRAGMA integrity_check"))["integrity_check"]
print(len(acknowledged) > 10, error_count > 10, lost, check, database.load_response("z" * 64) is not None)
"""


@pytest.mark.server
def test_a_full_disk_is_unavailable_and_loses_no_acknowledged_write(file):
    run = run_script(FULL, file)
    assert (run.stdout, run.stderr) == ("True True [] ok True\n", "")


# Processes and threads


@pytest.mark.server
def test_a_forked_process_opens_its_own_connection(file):
    run = run_script(
        """
import warnings
warnings.simplefilter("error")
owner_hash = "a" * 64
database.create_response(owner_hash, **WHEN)
mine = database.engine.connection
child = os.fork()
if not child:
    database.save_answers(owner_hash, {"dough": "daily"}, **WHEN)
    os._exit(0 if database.engine.connection is not mine else 1)
assert os.waitpid(child, 0)[1] == 0
database.save_answers(owner_hash, {"oven": "daily"}, **WHEN)
assert database.engine.connection is mine
print(dict(database.load_response(owner_hash).answers), next(mine.query("PRAGMA integrity_check"))["integrity_check"])
""",
        file,
    )
    assert (run.stdout, run.stderr) == ("{'dough': 'daily', 'oven': 'daily'} ok\n", "")


def test_eight_threads_share_a_storage_and_lose_no_write(database, engine):
    owner_hash = start_response(database)

    def save(thread: int) -> object:
        for number in range(15):
            assert database.save_answers(owner_hash, {f"{thread}-{number}": "daily"}, **WHEN)
            assert f"{thread}-{number}" in database.load_response(owner_hash).answers
        connection = sqlite_connection(database) if engine == "sqlite" else None
        database.close()
        return connection

    with ThreadPoolExecutor(8) as pool:
        connections = list(pool.map(save, range(8)))
    assert engine == "postgresql" or sqlite_connection(database) not in connections
    assert len(database.load_response(owner_hash).answers) == 8 * 15


def test_eight_threads_cannot_exceed_the_maximum_of_share_links(database, file):
    owner_hash, barrier = start_response(database), threading.Barrier(8)

    def share(thread: int) -> list[int | None]:
        barrier.wait(10)
        numbers = [1 + thread * 4 + number for number in range(4)]
        try:
            return [
                database.create_share_link(
                    owner_hash, ShareLink(number, "", False, False, WHEN["day"]), share_hash=make_owner()
                )
                for number in numbers
            ]
        finally:
            database.close()

    with ThreadPoolExecutor(8) as pool:
        created = [number for numbers in pool.map(share, range(8)) for number in numbers if number]
    assert len(created) == len(stored_response(database, owner_hash).share_links) == storage.MAX_SHARE_LINKS


def test_a_copy_made_during_two_writers_is_complete(database, file, tmp_path):
    stop, owner_hash = threading.Event(), start_response(database)

    def write() -> int:
        other, pages = Storage(file), 0
        while not stop.is_set() or not pages:
            word = secrets.token_hex(4)
            other.save_answers(owner_hash, dict.fromkeys(["dough", "oven", "cake"], word), **WHEN)
            pages += 1
        other.close()
        return pages

    copy = tmp_path / "copy.db"
    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write) for _ in range(2)]
        with Database(sqlite3.connect(copy)) as target:
            sqlite_connection(database).conn.backup(target.conn, pages=-1)
        stop.set()
        assert all(writer.result() for writer in writers)
    storage.prepare(copy)
    restored = Storage(copy)
    assert next(sqlite_connection(restored).query("PRAGMA integrity_check"))["integrity_check"] == "ok"
    assert list(sqlite_connection(restored).query("PRAGMA foreign_key_check")) == []
    assert len(set(stored_response(restored, owner_hash).answers.values())) <= 1
    assert restored.save_answers(owner_hash, {"dough": "daily"}, **WHEN)
    restored.close()
