"""Which link a form uses for what it creates: one of several candidates (see `quiz.web.seeds`), given as hashes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from quiz.storage.engine import Connection


def existing_hashes(db: Connection, table: str, column: str, hashes: Iterable[str]) -> list[str]:
    """Those of `hashes` that a row of `table` has, in their order. `table` and `column` are names of this package."""
    candidates = list(hashes)
    if not candidates:
        return []
    sql = f"SELECT {column} FROM {table} WHERE {column} IN ({_placeholders(candidates)})"
    existing = {hash for (hash,) in db.execute(sql, candidates).fetchall()}
    return [hash for hash in candidates if hash in existing]


def free_hashes(db: Connection, table: str, column: str, hashes: Iterable[str]) -> list[str]:
    """Those of `hashes` that no row of `table` has and that have no tombstone: what was ended never exists again."""
    candidates = list(hashes)
    used = {*existing_hashes(db, table, column, candidates), *existing_hashes(db, "tombstone", "hash", candidates)}
    return [hash for hash in candidates if hash not in used]


def _placeholders(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
