"""Random ids of rows and of databases.

Ids that count up would tell who joined a team first: the order of the rows of `member` and `counted_response` would be
the order of joining.
"""

from __future__ import annotations

import secrets

from quiz.storage.engine import Connection

#: 15 decimal digits: spreadsheets and JavaScript round longer integers.
_ID_BITS = 49


def new_id(db: Connection, table: str) -> int:
    """A random id that no row of `table` has. `db` is in a write transaction, so it stays free until it is used."""
    while True:
        id = secrets.randbits(_ID_BITS)
        if db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (id,)).fetchone() is None:
            return id


def random_identity() -> str:
    """The identity of a new database: 32 hexadecimal digits."""
    return secrets.token_hex(16)
