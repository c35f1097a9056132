"""Tombstones: what people ended, so that restoring a backup does not bring it back (see `quiz.storage.restore`).

A tombstone is a hash and a day, nothing else. The hash is that of a link, or of a membership.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from quiz.storage.engine import Connection


def insert_tombstone(db: Connection, hash: str, *, day: str) -> None:
    """Record that what has this hash was ended on `day`. The first day stays."""
    db.execute("INSERT INTO tombstone (hash, day) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING", (hash, day))


def insert_tombstones(db: Connection, hashes: Iterable[str], *, day: str) -> None:
    """Record that everything that has one of these hashes was ended on `day`."""
    for hash in hashes:
        insert_tombstone(db, hash, day=day)


def delete_tombstone(db: Connection, hash: str) -> None:
    """Forget that what has this hash was ended: it exists again."""
    db.execute("DELETE FROM tombstone WHERE hash = ?", (hash,))


def membership_hash(owner_hash: str, team: int) -> str:
    """The hash that stands for the membership of a response in a team (an id)."""
    return hashlib.sha256(f"{owner_hash} in team {team}".encode()).hexdigest()
