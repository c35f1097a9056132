"""`/health`: 200 while answers can be kept, else 503 with what is wrong; it keeps nothing and tells nothing."""

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
from quiz.storage import health
from quiz.web.app import App
from tests.checks import dump_database
from tests.clients import Visitor
from tests.fault_injection import damage_table

Usage = namedtuple("Usage", "total used free")


def wrong(visitor: Visitor) -> list[str]:
    """What `/health` says is wrong; each a sentence without a path."""
    answer = visitor.get("/health")
    told = json.loads(answer.data)
    lines: list[str] = told["problems"]
    assert (answer.status_code, told["status"]) == ((503, "failing") if lines else (200, "ok"))
    assert not [line for line in lines if "/" in line or not line.endswith(".")]
    return lines


def test_all_is_well_with_a_fresh_server(visitor: Visitor, bank):
    assert wrong(visitor) == []
    told = json.loads(visitor.get("/health").data)
    assert told["bank"] == bank.version
    assert told["journal"] == storage.safe_journal_mode()
    assert re.fullmatch(r"3\.\d+\.\d+", told["sqlite"])
    assert re.match(r"\d+\.\d+", told["version"])


def test_it_erases_what_is_past_its_time_as_any_first_request_of_a_day_does(app: App, visitor: Visitor):
    """So that what somebody gave goes in time too where nobody comes but whatever watches over the server."""
    app.storage.create_response("a" * 64, bank="1", day="2020-01-01")
    assert wrong(visitor) == []
    assert app.storage.load_response("a" * 64) is None


def test_it_keeps_nothing_and_counts_nobody(app: App, visitor: Visitor):
    before, said = dump_database(app), visitor.get("/health").data
    assert dump_database(app) == before
    visitor.start()
    assert visitor.get("/health").data == said


def test_a_database_that_went_away_is_told_and_not_made_anew(app: App, visitor: Visitor):
    file, away = app.storage.file, app.storage.file.with_name("away")
    app.storage.close()
    file.rename(away)
    assert wrong(visitor) == ["The database cannot be read or written."]
    assert not file.exists()
    away.rename(file)
    assert wrong(visitor) == []


def test_a_database_that_is_taken_away_under_the_running_server_is_told(app: App, visitor: Visitor):
    file, away = app.storage.file, app.storage.file.with_name("away")
    assert wrong(visitor) == []
    file.rename(away)
    assert wrong(visitor) == ["The database cannot be read or written."]
    away.rename(file)
    assert wrong(visitor) == []


def test_a_broken_database_is_told(app: App, visitor: Visitor):
    app.storage.close()
    for file in app.storage.file.parent.glob(f"{app.storage.file.name}*"):
        file.write_bytes(b"not a database" * 1000)
    assert wrong(visitor) == ["The database cannot be read or written."]


def test_a_database_that_is_broken_in_one_place_is_told_once_that_was_read(app: App, visitor: Visitor):
    own = visitor.start()
    app.storage.close()
    damage_table(app.storage.file, "answer")
    assert wrong(visitor) == []
    assert visitor.get(f"{own}/1").status_code == 503
    assert wrong(visitor) == ["The database cannot be read or written."]


def test_a_database_without_its_tables_is_told(app: App, visitor: Visitor):
    app.storage.close()
    for file in app.storage.file.parent.glob(f"{app.storage.file.name}*"):
        file.write_bytes(b"")
    assert wrong(visitor) == ["The database cannot be read or written."]


def test_a_database_that_somebody_holds_is_told_until_it_is_given_back(app: App, visitor: Visitor, monkeypatch):
    app.storage.close()
    monkeypatch.setattr("quiz.storage.sqlite.BUSY_TIMEOUT_S", 0.05)
    other = Database(app.storage.file)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert wrong(visitor) == ["The database cannot be read or written."]
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert wrong(visitor) == []


def test_a_read_only_folder_is_told(app: App, visitor: Visitor, monkeypatch):
    folder, access = app.storage.file.parent, os.access
    # As on a disk that the system has made read-only: modes would not keep root from writing.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder and access(path, mode))
    assert wrong(visitor) == ["The folder of the database cannot be written to."]


@pytest.mark.parametrize(
    ("free", "well"), [(0, False), (health.MIN_FREE_BYTES - 1, False), (health.MIN_FREE_BYTES, True)]
)
def test_a_disk_that_is_nearly_full_is_told(visitor: Visitor, monkeypatch, free, well):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, free))
    assert wrong(visitor) == ([] if well else ["The disk that the database lies on is nearly full."])


def test_it_can_be_asked_without_a_body_and_not_be_sent_to(visitor: Visitor):
    assert visitor.client.head("/health").status_code == 200
    assert visitor.client.post("/health").status_code == 405
