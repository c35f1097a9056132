"""`/health`: 200 while answers can be saved, else 503 with the problems. It stores nothing and reveals nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from sqlite_utils import Database

from quiz import storage
from quiz.storage import sqlite
from quiz.web.app import App
from tests.checks import dump_database
from tests.clients import Client
from tests.fault_injection import damage_table

Usage = namedtuple("Usage", "total used free")


def problems(client: Client) -> list[str]:
    """The problems that `/health` reports; each is a sentence without a path."""
    response = client.get("/health")
    content = json.loads(response.data)
    reported: list[str] = content["problems"]
    assert (response.status_code, content["status"]) == ((503, "failing") if reported else (200, "ok"))
    assert not [line for line in reported if "/" in line or not line.endswith(".")]
    return reported


def test_a_fresh_server_has_no_problems(client: Client, bank):
    assert problems(client) == []
    content = json.loads(client.get("/health").data)
    assert content["bank"] == bank.version
    assert content["journal"] == storage.safe_journal_mode()
    assert re.fullmatch(r"3\.\d+\.\d+", content["sqlite"])
    assert re.match(r"\d+\.\d+", content["version"])


def test_it_deletes_expired_responses_like_every_first_request_of_a_day(app: App, client: Client, monkeypatch):
    """Responses are deleted on time even if only a monitor sends requests."""
    app.storage.create_response("a" * 64, bank="1", day="2020-01-01")
    for day, exists in (("2026-05-01", True), ("2026-05-02", True), ("2026-05-03", True), ("2026-05-04", False)):
        monkeypatch.setattr(app, "today", lambda day=day: day)
        assert problems(client) == []
        assert bool(app.storage.load_response("a" * 64)) == exists


def test_it_stores_nothing_and_does_not_depend_on_the_number_of_responses(app: App, client: Client):
    before, content = dump_database(app), client.get("/health").data
    assert dump_database(app) == before
    client.start()
    assert client.get("/health").data == content


def test_a_missing_database_is_reported_and_not_created_again(app: App, client: Client):
    file, moved = app.storage.file, app.storage.file.with_name("moved")
    app.storage.close()
    file.rename(moved)
    assert problems(client) == ["The database cannot be read or written."]
    assert not file.exists()
    moved.rename(file)
    assert problems(client) == []


def test_a_database_that_is_moved_while_the_server_runs_is_reported(app: App, client: Client):
    file, moved = app.storage.file, app.storage.file.with_name("moved")
    assert problems(client) == []
    file.rename(moved)
    assert problems(client) == ["The database cannot be read or written."]
    moved.rename(file)
    assert problems(client) == []


def test_a_corrupt_database_is_reported(app: App, client: Client):
    app.storage.close()
    for file in app.storage.file.parent.glob(f"{app.storage.file.name}*"):
        file.write_bytes(b"not a database" * 1000)
    assert problems(client) == ["The database cannot be read or written."]


def test_a_database_that_is_corrupt_in_one_place_is_reported_once_that_place_was_read(app: App, client: Client):
    owner_path = client.start()
    app.storage.close()
    damage_table(app.storage.file, "response")
    assert problems(client) == []
    assert client.get(f"{owner_path}/1").status_code == 503
    assert problems(client) == ["The database cannot be read or written."]


def test_a_database_without_its_tables_is_reported(app: App, client: Client):
    app.storage.close()
    for file in app.storage.file.parent.glob(f"{app.storage.file.name}*"):
        file.write_bytes(b"")
    assert problems(client) == ["The database cannot be read or written."]


def test_a_locked_database_is_reported_until_it_is_unlocked(app: App, client: Client, monkeypatch):
    app.storage.close()
    monkeypatch.setattr("quiz.storage.engine.LOCK_TIMEOUT_S", 0.05)
    other = Database(app.storage.file)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert problems(client) == ["The database cannot be read or written."]
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert problems(client) == []


def test_a_read_only_folder_is_reported(app: App, client: Client, monkeypatch):
    folder, access = app.storage.file.parent, os.access
    # File modes do not stop root from writing, so `os.access` is replaced.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder and access(path, mode))
    assert problems(client) == ["The folder of the database cannot be written to."]


@pytest.mark.parametrize(
    ("free", "is_enough"), [(0, False), (sqlite.MIN_FREE_BYTES - 1, False), (sqlite.MIN_FREE_BYTES, True)]
)
def test_a_disk_that_is_nearly_full_is_reported(client: Client, monkeypatch, free, is_enough):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, free))
    assert problems(client) == ([] if is_enough else ["The disk of the database is nearly full."])


@pytest.mark.parametrize(
    "host", ["10.1.2.3", "pod-7f9c:8000", "evil.example", "[::2]", "a..b", "<b>", "x" * 300, "", "\xff"]
)
def test_it_answers_whatever_the_host_is(client: Client, monkeypatch, host):
    statuses = []
    for free in (sqlite.MIN_FREE_BYTES, 0):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Usage(1, 1, free))
        response = client.test_client.get("/health", headers={"Host": host})
        assert response.is_json
        statuses.append(response.status_code)
    assert statuses == [200, 503]


def test_it_answers_head_requests_and_refuses_post(client: Client):
    assert client.test_client.head("/health").status_code == 200
    assert client.test_client.post("/health").status_code == 405
