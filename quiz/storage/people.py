"""The responses of one person, who has taken the quiz several times, and their places in teams."""

from __future__ import annotations

from quiz.storage.engine import Connection
from quiz.storage.tombstones import insert_tombstone, membership_hash

#: Of one response. Nobody has so many; it ends the search in a damaged database in which responses repeat each other.
MAX_EARLIER_RESPONSES = 1000


def responses_of_person(db: Connection, response: int) -> set[int]:
    """The ids of all responses of one person: this one, those that it repeats, and those that repeat it."""
    found, to_visit = {response}, [response]
    while to_visit:
        id = to_visit.pop()
        rows = db.execute(
            "SELECT earlier FROM response WHERE id = ? AND earlier IS NOT NULL"
            " UNION SELECT id FROM response WHERE earlier = ?",
            (id, id),
        ).fetchall()
        new = {linked for (linked,) in rows} - found
        found |= new
        to_visit += new
    return found


def earlier_responses(db: Connection, response: int) -> tuple[int, ...]:
    """The ids of the responses that the one with this id repeats, the latest first."""
    # One query, however often the person has taken the quiz: a page of an open team asks this for each of its members.
    rows = db.execute(
        """WITH RECURSIVE repeated (id, place) AS (
            SELECT earlier, 1 FROM response WHERE id = ? AND earlier IS NOT NULL
            UNION ALL
            SELECT response.earlier, place + 1 FROM repeated JOIN response ON response.id = repeated.id
            WHERE response.earlier IS NOT NULL AND place < ?
        )
        SELECT id FROM repeated ORDER BY place""",
        (response, MAX_EARLIER_RESPONSES),
    ).fetchall()
    return tuple(dict.fromkeys(id for (id,) in rows))


def members_of_person(db: Connection, team: int, response: int) -> list[tuple[int, str]]:
    """The responses in a team that are of the person of `response`: their ids and owner hashes."""
    own = responses_of_person(db, response)
    rows = db.execute(
        "SELECT response.id, response.owner_hash FROM member JOIN response ON response.id = member.response"
        " WHERE member.team = ?",
        (team,),
    ).fetchall()
    return [(id, owner_hash) for id, owner_hash in rows if id in own]


def end_memberships(db: Connection, team: int, response: int, *, day: str) -> list[int]:
    """Remove the person of `response` from a team. Returns the ids of their responses that were in it."""
    members = members_of_person(db, team, response)
    for id, owner_hash in members:
        insert_tombstone(db, membership_hash(owner_hash, team), day=day)
        db.execute("DELETE FROM member WHERE member.response = ?", (id,))
    return [id for id, _ in members]


def end_replaced_memberships(db: Connection, owner_hash: str, *, day: str) -> None:
    """Let a finished response take the place of other responses of its person in its team.

    So a round counts a person once, and an open team shows them once, also if they took the quiz again twice from the
    same response. In an open team those that the response repeats stay: the team shows the latest one only, and the
    owner of an earlier one still sees the team. In an anonymous team those that a round has counted stay: their owner
    still sees what it published.
    """
    row = db.execute(
        "SELECT response.id, team.id, team.kind FROM response"
        " JOIN member ON member.response = response.id JOIN team ON team.id = member.team"
        " WHERE response.owner_hash = ? AND response.finished IS NOT NULL",
        (owner_hash,),
    ).fetchone()
    if row is None:
        return
    id, team, kind = row
    is_replaced = _is_replaced_in_open_team if kind == "open" else _is_replaced_in_anonymous_team
    for other, other_hash in members_of_person(db, team, id):
        if other != id and is_replaced(db, other, by=id):
            insert_tombstone(db, membership_hash(other_hash, team), day=day)
            db.execute("DELETE FROM member WHERE member.response = ?", (other,))


def _is_replaced_in_open_team(db: Connection, response: int, *, by: int) -> bool:
    repeats_one_another = response in earlier_responses(db, by) or by in earlier_responses(db, response)
    return _is_finished(db, response) and not repeats_one_another


def _is_replaced_in_anonymous_team(db: Connection, response: int, *, by: int) -> bool:
    if _is_counted(db, by) or _is_counted(db, response):
        return False
    return _is_finished(db, response) or response in earlier_responses(db, by)


def _is_finished(db: Connection, response: int) -> bool:
    (finished,) = db.execute("SELECT finished FROM response WHERE id = ?", (response,)).fetchone()
    return finished is not None


def _is_counted(db: Connection, response: int) -> bool:
    return db.execute("SELECT 1 FROM counted_response WHERE response = ?", (response,)).fetchone() is not None
