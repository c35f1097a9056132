"""Lookups and checks that several tests use: rows of the database, and the headers of an HTTP response."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]
from werkzeug.test import TestResponse

from quiz.storage import Response, Storage
from quiz.storage.schema import COLUMNS, TABLES
from quiz.storage.sqlite import SqliteFile
from quiz.teams import Team, anonymous
from quiz.web.app import App
from tests.factories import link_hash

#: What the engines raise for a row that breaks a constraint.
REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.DataError)


def assert_private(name: str, response: TestResponse) -> None:
    """Fail if an HTTP response lacks a header that keeps it private. `name` is shown in the failure."""
    headers = response.headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'", name
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", name
    assert policy["form-action"] == "'self'", name
    assert set(policy.values()) == {"'none'", "'self'"}, name
    assert headers["X-Content-Type-Options"] == "nosniff", name
    assert headers["Referrer-Policy"] == "no-referrer", name
    assert "noindex" in headers["X-Robots-Tag"], name
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin", name
    assert "camera=()" in headers["Permissions-Policy"], name
    if not (response.request.path.startswith("/static/") and response.status_code == 200):
        assert headers["Cache-Control"] == "no-store", name
        assert "ETag" not in headers, name


def stored_rows(database: Storage, table: str) -> list[dict[str, Any]]:
    """All rows of a table, in the order of its first two columns."""
    names = [column.name for column in COLUMNS[table]]
    with database.read_transaction() as db:
        found = db.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1, 2").fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def dump_database(app: App) -> dict[str, list[dict[str, Any]]]:
    """The whole content of the database: every row of every table, and with SQLite its schema."""
    content = {table: stored_rows(app.storage, table) for table in TABLES}
    if isinstance(app.storage.engine, SqliteFile):
        content["schema"] = list(sqlite_connection(app.storage).query("SELECT name, sql FROM sqlite_schema"))
    return content


def sqlite_connection(database: Storage) -> Database:
    """The connection of this thread to an SQLite file."""
    assert isinstance(database.engine, SqliteFile)
    return database.engine.connection


def count_stored(database: Storage, table: str) -> int:
    """The number of rows of a table."""
    with database.read_transaction() as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def load_team(app: App, lead: str) -> Team:
    """The team behind the path of a lead link."""
    team = app.storage.load_team(link_hash(lead))
    assert team is not None
    return team


def count_finished(app: App, lead: str) -> int:
    """How many responses the open round of the team behind a lead link would count. No page shows this number."""
    team = load_team(app, lead)
    members = app.storage.load_round_members(team.id)
    return sum(
        anonymous.is_eligible(
            member.finished, counted=member.counted, in_other_team=False, last_closed=team.last_closed
        )
        for member in members
    )


def load_response(app: App, owner_path: str) -> Response:
    """The response behind the path of an owner link."""
    response = app.storage.load_response(link_hash(owner_path))
    assert response is not None
    return response


def count_rows(app: App, table: str) -> int:
    """The number of rows of a table."""
    return count_stored(app.storage, table)


def stored_response(database: Storage, owner_hash: str) -> Response:
    """The stored response with this owner hash."""
    response = database.load_response(owner_hash)
    assert response is not None
    return response


def logged_messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the project and its server logged. Other loggers can write at any time: asyncio does so in a later test."""
    return [record.getMessage() for record in caplog.records if record.name.split(".")[0] in ("quiz", "waitress")]
