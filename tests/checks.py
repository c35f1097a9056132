"""Lookups and checks that several tests use: rows of the database, and the headers of an HTTP response."""

from __future__ import annotations

from sqlite_utils import Database
from werkzeug.test import TestResponse

from quiz.storage import Response, Storage
from quiz.teams import Team, anonymous
from quiz.web.app import App
from tests.factories import link_hash


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


def dump_database(app: App) -> dict[str, object]:
    """The whole content of the database: its schema, and every row of every table."""
    db = Database(app.storage.file)
    try:
        return {"schema": db.schema} | {name: list(db[name].rows) for name in db.table_names()}
    finally:
        db.close()


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
    db = Database(app.storage.file)
    try:
        return db[table].count
    finally:
        db.close()


def stored_response(database: Storage, owner_hash: str) -> Response:
    """The stored response with this owner hash."""
    response = database.load_response(owner_hash)
    assert response is not None
    return response
