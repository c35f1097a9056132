"""What a restored database takes from the current one, so that ended things stay ended and published ones published.

The table in `quiz.storage.restore` lists the rules. Rows are matched by their ids: these are random, so two databases
have an id in common only if one comes from a backup of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from quiz.storage.engine import Connection
from quiz.storage.ids import random_identity
from quiz.storage.schema import COLUMNS
from quiz.storage.tombstones import membership_hash

_TABLES_WITH_NOTES = ("response", "second_view", "team", "round", "tombstone")
#: The tables of a second view, in the order in which they reference each other. Their first column is the response.
_SECOND_VIEW_TABLES = ("second_view", "viewer", "second_view_answer", "priority")


@dataclass(frozen=True)
class CurrentState:
    """The rows of the current database that a restore keeps, as `read_current_state` selects them."""

    identity: str | None
    tombstones: list[tuple[str, str]]
    teams: list[tuple[int, str, str, int, int]]
    rounds: list[tuple[int, int, int, str, str | None, str | None, int, int]]
    counted_responses: list[tuple[int, int | None]]
    without_title: list[tuple[int]]
    without_text: list[tuple[int]]
    without_feedback: list[tuple[int]]
    agreed_actions: list[tuple[int, int]]
    job_goals: list[tuple[int, str]]
    hides_wishes: list[tuple[int, int]]
    member_names: list[tuple[str, int, int]]
    responses: list[tuple[int]]
    removals: list[tuple[int, str, str]]
    second_views: Mapping[str, list[tuple[Any, ...]]]


def read_current_state(db: Connection) -> CurrentState:
    """The rows that a restore keeps. Everything is read before anything is written."""
    identity = db.execute("SELECT id FROM database_identity").fetchone()
    return CurrentState(
        identity=identity[0] if identity else None,
        tombstones=db.execute("SELECT hash, day FROM tombstone").fetchall(),
        teams=db.execute("SELECT id, lead_hash, join_hash, number, minimum FROM team").fetchall(),
        rounds=db.execute("SELECT id, team, number, opened, closed, published, people, deleted FROM round").fetchall(),
        counted_responses=db.execute("SELECT response, round FROM counted_response").fetchall(),
        without_title=db.execute("SELECT id FROM response WHERE title = ''").fetchall(),
        without_text=db.execute("SELECT id FROM response WHERE text = ''").fetchall(),
        without_feedback=db.execute(
            "SELECT id FROM response WHERE id NOT IN (SELECT response FROM feedback)"
        ).fetchall(),
        agreed_actions=db.execute("SELECT response, number FROM agreed_action").fetchall(),
        job_goals=db.execute("SELECT DISTINCT response, name FROM job_goal").fetchall(),
        hides_wishes=db.execute("SELECT response, team FROM member WHERE NOT shares_wishes").fetchall(),
        member_names=db.execute("SELECT name, response, team FROM member").fetchall(),
        responses=db.execute("SELECT id FROM response").fetchall(),
        removals=db.execute("SELECT response, team_name, day FROM removal").fetchall(),
        second_views={table: _rows(db, table) for table in _SECOND_VIEW_TABLES},
    )


def apply_current_state(db: Database, current: CurrentState) -> None:
    """Change the restored database `db`: remove what was ended since, and take over what is kept. One transaction."""
    with db.atomic():
        for hash, day in current.tombstones:
            db.execute("INSERT INTO tombstone (hash, day) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING", (hash, day))
        # First the links: a team of the backup may have a link that was replaced since and has a tombstone.
        for id, lead_hash, join_hash, number, minimum in current.teams:
            db.execute(
                "UPDATE team SET lead_hash = ?, join_hash = ?, number = ?,"
                " minimum = CASE WHEN minimum < ? THEN ? ELSE minimum END WHERE id = ?",
                (lead_hash, join_hash, number, minimum, minimum, id),
            )
        _delete_ended(db)
        _keep_rounds(db, current)
        _keep_emptied(db, current)
        _delete_ended_job_goals(db, current)
        _keep_removals(db, current)
        _keep_second_views(db, current)
        for table in _TABLES_WITH_NOTES:  # judged anew
            db.execute(f"UPDATE {table} SET overdue_since = NULL WHERE overdue_since IS NOT NULL")
        set_identity(db, current.identity)


def set_identity(db: Connection, identity: str | None) -> None:
    """Give a restored database the identity of the current one, or a new one. The key fingerprint stays."""
    db.execute("UPDATE database_identity SET id = ?", (identity or random_identity(),))


def _delete_ended(db: Connection) -> None:
    """Delete responses, teams, share links, second views and memberships that have a tombstone."""
    for table, column in (
        ("response", "owner_hash"),
        ("team", "lead_hash"),
        ("share_link", "share_hash"),
        ("second_view", "view_hash"),
    ):
        db.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT hash FROM tombstone)")
    memberships = db.execute(
        "SELECT response.owner_hash, member.team, member.response"
        " FROM member JOIN response ON response.id = member.response"
    ).fetchall()
    tombstones = {hash for (hash,) in db.execute("SELECT hash FROM tombstone").fetchall()}
    for owner_hash, team, response in memberships:
        if membership_hash(owner_hash, team) in tombstones:
            db.execute("DELETE FROM member WHERE response = ?", (response,))


def _keep_rounds(db: Connection, current: CurrentState) -> None:
    """Replace the rounds of each team that both databases have, and take over which responses they counted."""
    restored_teams = _ids(db, "team")
    teams_in_both = {row[0] for row in current.teams} & restored_teams
    rounds = [row for row in current.rounds if row[1] in teams_in_both]
    current_rounds = {row[0] for row in rounds}
    for id, team in db.execute("SELECT id, team FROM round").fetchall():
        if team in teams_in_both and id not in current_rounds:
            db.execute("DELETE FROM round WHERE id = ?", (id,))
    for row in rounds:
        db.execute(
            "INSERT INTO round (id, team, number, opened, closed, published, people, deleted)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET closed = excluded.closed,"
            " published = excluded.published, people = excluded.people, deleted = excluded.deleted",
            row,
        )
    restored_responses, restored_rounds = _ids(db, "response"), _ids(db, "round")
    for response, round in current.counted_responses:
        if response in restored_responses:
            db.execute(
                "INSERT INTO counted_response (response, round) VALUES (?, ?)"
                " ON CONFLICT (response) DO UPDATE SET round = excluded.round",
                (response, round if round in restored_rounds else None),
            )


def _keep_emptied(db: Connection, current: CurrentState) -> None:
    """Empty titles and texts, take back feedback, remove agreed actions, hide wishes, and change names in teams.

    All of it as people did since the backup.
    """
    _execute_many(db, "UPDATE response SET title = '' WHERE id = ? AND title <> ''", current.without_title)
    _execute_many(db, "UPDATE response SET text = '' WHERE id = ? AND text <> ''", current.without_text)
    _execute_many(db, "DELETE FROM feedback_role WHERE response = ?", current.without_feedback)
    _execute_many(db, "DELETE FROM feedback WHERE response = ?", current.without_feedback)
    remove = "DELETE FROM agreed_action WHERE response = ? AND number = ?"
    _execute_many(db, remove, _removed_actions(db, current))
    hide = "UPDATE member SET shares_wishes = false WHERE response = ? AND team = ? AND shares_wishes"
    _execute_many(db, hide, current.hides_wishes)
    _execute_many(db, "UPDATE member SET name = ? WHERE response = ? AND team = ?", current.member_names)


def _removed_actions(db: Connection, current: CurrentState) -> list[tuple[int, int]]:
    """Response and number of the agreed actions that the person has removed since the backup."""
    in_both, still_agreed = set(current.responses), set(current.agreed_actions)
    restored = db.execute("SELECT response, number FROM agreed_action").fetchall()
    return [row for row in restored if row[:1] in in_both and row not in still_agreed]


def _delete_ended_job_goals(db: Connection, current: CurrentState) -> None:
    """Delete the job goals that people removed or replaced since the backup."""
    current_responses = {id for (id,) in current.responses}
    restored = db.execute("SELECT DISTINCT response, name FROM job_goal").fetchall()
    ended = [row for row in restored if row[0] in current_responses and row not in current.job_goals]
    _execute_many(db, "DELETE FROM job_goal WHERE response = ? AND name = ?", ended)


def _keep_removals(db: Connection, current: CurrentState) -> None:
    """Take over who is to be told that a team removed them: nobody who has read it is told again."""
    _execute_many(db, "DELETE FROM removal WHERE response = ?", current.responses)
    restored = _ids(db, "response")
    removals = [row for row in current.removals if row[0] in restored]
    _execute_many(db, "INSERT INTO removal (response, team_name, day) VALUES (?, ?, ?)", removals)


def _keep_second_views(db: Connection, current: CurrentState) -> None:
    """Take over the second views of the responses that both databases have, each with everything in it.

    So one that was opened is not sealed again for people who know the other side, and answers that the viewer took back
    or changed cannot be opened.
    """
    restored = _ids(db, "response")
    replaced = [row[:1] for row in current.second_views["second_view"]]
    _execute_many(db, "DELETE FROM second_view WHERE response = ?", replaced)
    for table, rows in current.second_views.items():
        insert = f"INSERT INTO {table} ({_column_names(table)}) VALUES ({', '.join('?' * len(COLUMNS[table]))})"
        _execute_many(db, insert, [row for row in rows if row[0] in restored])


def _rows(db: Connection, table: str) -> list[tuple[Any, ...]]:
    return db.execute(f"SELECT {_column_names(table)} FROM {table}").fetchall()


def _column_names(table: str) -> str:
    return ", ".join(column.name for column in COLUMNS[table])


def _execute_many(db: Connection, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        db.execute(sql, row)


def _ids(db: Connection, table: str) -> set[int]:
    return {id for (id,) in db.execute(f"SELECT id FROM {table}").fetchall()}
