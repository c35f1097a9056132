"""PostgreSQL: what is particular to it, and moving between the engines with a backup."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from quiz import create_app, storage
from quiz.cli import main
from quiz.storage import Storage, UnavailableError, open_engine
from quiz.storage.backup import BackupError, back_up
from quiz.storage.restore import RestoreError, restore
from quiz.storage.rows import Totals, count_rows
from tests.checks import dump_database
from tests.clients import Client, Page
from tests.factories import (
    BANK,
    CANARY,
    DAY,
    WHEN,
    fill_response,
    make_closed_round,
    page_answers,
    run_expiry,
    start_response,
)
from tests.fault_injection import open_database

SECRET = "a/strange@password"
URL = "postgresql://hats:a%2Fstrange%40password@127.0.0.1:1/hats"


@pytest.fixture
def address(postgresql_url: str) -> str:
    """A PostgreSQL database with tables and no rows."""
    storage.prepare(postgresql_url)
    return postgresql_url


@pytest.fixture
def database(address: str) -> Iterator[Storage]:
    """Storage on that database."""
    with closing(Storage(address)) as database:
        yield database


def totals(address: Path | str) -> Totals:
    with closing(open_engine(address)) as engine:
        return count_rows(engine)


def quiz(instance: Path, *arguments: str, url: str = "") -> str:
    """Run a command of `quiz`. Returns what it prints."""
    environ = {"MANY_HATS_INSTANCE": str(instance), "MANY_HATS_DATABASE_URL": url}
    return CliRunner().invoke(main, arguments, env=environ, prog_name="quiz").output


# From one engine to the other


def test_everything_moves_to_postgresql_and_back(tmp_path, postgresql_url):
    app = create_app({"TESTING": True}, instance=tmp_path / "instance")
    client = Client(app)
    make_closed_round(app, client)
    fill_response(app.storage, start_response(app.storage), "flour’ü\n🎩")
    app.storage.delete_response(start_response(app.storage), day=DAY)
    before = dump_database(app)
    app.storage.close()
    printed = []
    places = [(tmp_path / "instance", ""), (tmp_path / "servers", postgresql_url), (tmp_path / "back", "")]
    for number, (instance, url) in enumerate(places):
        if number:
            instance.mkdir(mode=0o700)
            restored = quiz(instance, "restore", str(tmp_path / f"{number - 1}.db"), url=url)
            assert " responses restored; 0 left out (deleted since)." in restored, restored
            printed.append(restored.splitlines()[-1])
        backup = quiz(instance, "backup", str(tmp_path / f"{number}.db"), url=url)
        printed.append(backup.splitlines()[-1])
    assert len(set(printed)) == 1, printed
    assert printed[0].startswith("Rows: ")
    moved = create_app({"TESTING": True}, instance=tmp_path / "back")
    after = dump_database(moved)
    assert after.pop("database_identity") != before.pop("database_identity")
    assert after == before


def test_the_checksum_changes_with_every_value(address, database, tmp_path):
    owner_hash = start_response(database)
    fill_response(database, owner_hash, "flour")
    seen = {totals(address).checksum}
    changes = [
        "UPDATE answer SET answer = 'x'",
        "UPDATE member SET shares_wishes = NOT shares_wishes",
        "UPDATE response SET finished = '2026-01-01'",
        "DELETE FROM wish",
    ]
    for change in changes:
        with database.write_transaction() as db:
            assert db.execute(change).rowcount == 1
        seen.add(totals(address).checksum)
    assert len(seen) == 1 + len(changes)


def test_a_text_that_postgresql_cannot_store_stops_a_restore_and_changes_nothing(address, database, tmp_path):
    file, copy = tmp_path / "instance" / "many-hats.db", tmp_path / "copy.db"
    storage.prepare(file)
    with closing(Storage(file)) as other:
        start_response(other)
    with open_database(file) as db:
        db.execute("UPDATE response SET title = 'a' || char(0)")
    back_up(file, copy, day=DAY)
    stays = start_response(database)
    with pytest.raises(RestoreError, match="cannot be stored in PostgreSQL"):
        restore(copy, address, day=DAY, tombstone_days=30, replace=True, folder=tmp_path)
    assert database.load_response(stays)


def test_a_database_without_tables_is_no_backup(postgresql_server, tmp_path):
    postgresql_server.execute("CREATE DATABASE empty")
    with pytest.raises(BackupError, match="has no tables"):
        back_up(postgresql_server.url("empty"), tmp_path / "copy.db", day=DAY)
    assert list(tmp_path.iterdir()) == []


def test_a_restore_into_a_database_that_is_being_written_to_is_refused(address, database, tmp_path, monkeypatch):
    copy = tmp_path / "copy.db"
    start_response(database)
    back_up(address, copy, day=DAY)
    monkeypatch.setattr(storage.engine, "LOCK_TIMEOUT_S", 0.05)
    with database.write_transaction(), pytest.raises(UnavailableError, match="lock"):
        restore(copy, address, day=DAY, tombstone_days=30, replace=True, folder=tmp_path)
    assert restore(copy, address, day=DAY, tombstone_days=30, replace=True, folder=tmp_path).responses == 1


# Errors


def test_no_message_shows_the_password(tmp_path, caplog, monkeypatch):
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o700)
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("quiz.storage.postgresql.CONNECT_TIMEOUT_S", 0.2)
    broken = "postgresql://hats:a%2Fstrange%40password@127.0.0.1:port/hats?x=1"
    outputs = [quiz(instance, *command, url=url) for url in (URL, broken) for command in (["doctor"], ["serve"])]
    outputs.append(quiz(instance, "teams", url="mysql://hats:a%2Fstrange%40password@db/hats"))
    for output in [*outputs, caplog.text]:
        assert "strange" not in output
    assert "127.0.0.1:1/hats" in outputs[0]
    assert "MANY_HATS_DATABASE_URL=…" in outputs[4]


def test_a_lost_connection_is_unavailable_once_and_works_again_without_a_restart(database, postgresql_server):
    owner_hash = start_response(database)
    end_others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'many-hats'"
    with pytest.raises(UnavailableError), database.write_transaction() as db:
        db.execute("DELETE FROM response")
        postgresql_server.execute(end_others)
        db.execute("DELETE FROM team")
    postgresql_server.execute(end_others)
    assert database.load_response(owner_hash), "the pool replaces connections that were lost"


def test_answers_are_kept_on_the_error_page_while_the_database_is_locked_or_gone(
    tmp_path, address, database, postgresql_server, monkeypatch
):
    app = create_app({"TESTING": True, "DATABASE_URL": address}, instance=tmp_path / "instance")
    client = Client(app)
    page = f"{client.start()}/1"
    answers = page_answers(BANK, 1, "daily") | client.token()
    with monkeypatch.context() as patch:
        patch.setattr(storage.engine, "LOCK_TIMEOUT_S", 0.2)
        with database.write_transaction():
            locked = client.post(page, answers)
        patch.setattr("quiz.storage.postgresql.CONNECT_TIMEOUT_S", 0.2)
        postgresql_server.stop(signal.SIGINT)  # it writes everything to disk first
        gone, health = client.post(page, answers), client.get("/health")
    postgresql_server.start()
    for response in (locked, gone):
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
        assert page_answers(BANK, 1, "daily").items() <= dict(Page.of(response).fields).items()
    assert (health.status_code, health.json["problems"]) == (503, ["The database cannot be read or written."])  # type: ignore[index]
    assert client.post(page, answers).status_code == 303, "the app was not restarted"
    app.storage.close()


def test_a_removed_table_is_unavailable_and_no_programming_error(postgresql_server):
    postgresql_server.execute("CREATE DATABASE other")
    url = postgresql_server.url("other")
    storage.prepare(url)
    with closing(Storage(url)) as database:
        postgresql_server.execute("DROP TABLE answer", "other")
        with pytest.raises(UnavailableError):
            database.save_answers(start_response(database), {"dough": "daily"}, **WHEN)


def test_a_read_sees_one_state(database, address):
    owner_hash = start_response(database)
    database.save_answers(owner_hash, {"dough": "daily"}, **WHEN)
    with closing(Storage(address)) as other, database.read_transaction() as db:
        count = "SELECT count(*) FROM answer"
        assert db.execute(count).fetchone()[0] == 1
        other.delete_response(owner_hash, day=DAY)
        assert db.execute(count).fetchone()[0] == 1
    assert database.load_response(owner_hash) is None


def test_a_read_transaction_cannot_write(database):
    with pytest.raises(UnavailableError, match="read-only"), database.read_transaction() as db:
        db.execute("DELETE FROM response")


# What is deleted


def test_deleted_rows_are_removed_from_the_tables(database, postgresql_server):
    """No dead row is left that a tool could read; see docs/trust.md for what stays in the files."""
    owner_hash = start_response(database)
    fill_response(database, owner_hash, CANARY)
    database.delete_response(owner_hash, day=DAY)
    postgresql_server.execute("CREATE EXTENSION IF NOT EXISTS pgstattuple")
    for table in ("response", "answer", "wish", "member"):
        (row,) = postgresql_server.execute(f"SELECT dead_tuple_count FROM pgstattuple('{table}')")
        assert row == (0,), table


def test_what_expires_is_deleted_once_by_two_servers_at_the_same_time(address, database):
    for _ in range(20):
        start_response(database, "2020-01-01")
    run_expiry(database, "2026-01-01", responses_before="2021-01-01")
    with closing(Storage(address)) as other, ThreadPoolExecutor(2) as pool:
        runs = pool.map(
            lambda server: run_expiry(server, "2026-02-01", responses_before="2021-01-01"), (database, other)
        )
        assert sorted(run.deleted["response"] for run in runs) == [0, 20]


# The operator


def test_doctor_checks_a_postgresql_database(tmp_path, address, postgresql_server):
    instance = tmp_path / "instance"
    with closing(create_app({"DATABASE_URL": address}, instance=instance).storage) as database:
        start_response(database)
    output = quiz(instance, "doctor", url=address)
    assert "fsync is off, so saved answers can be lost" in output, "this server is fast and not safe"
    assert "PostgreSQL  " in output
    assert "all applied" in output


def test_health_names_the_engine_and_says_when_it_is_gone(tmp_path, address):
    app = create_app({"TESTING": True, "DATABASE_URL": address}, instance=tmp_path / "instance")
    client = Client(app)
    health: Any = client.get("/health").json
    assert health["status"] == "ok"
    assert health["postgresql"].split(".")[0].isdigit()
    assert "sqlite" not in health
    app.storage.close()
