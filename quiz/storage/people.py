"""The responses of one person, who has taken the quiz several times, and their places in teams."""

from __future__ import annotations

from quiz.storage.engine import Connection
from quiz.storage.response_rows import Response
from quiz.storage.tombstones import insert_tombstone, membership_hash


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


def earlier_responses(db: Connection, response: Response) -> tuple[int, ...]:
    """The ids of the responses that `response` repeats, the latest first."""
    ids: list[int] = []
    earlier = response.earlier
    while earlier is not None and earlier not in ids:
        ids.append(earlier)
        (earlier,) = db.execute("SELECT earlier FROM response WHERE id = ?", (earlier,)).fetchone()
    return tuple(ids)


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
