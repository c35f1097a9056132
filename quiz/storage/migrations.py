"""The migrations of SQLite, in order; those of PostgreSQL, with the same names, are in `quiz.storage.postgresql`.

A released migration is never edited: a change of the schema is a new migration.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from quiz.storage.ids import random_identity
from quiz.storage.schema import read_script, statements

migrations = Migrations("many-hats")


@migrations()
def m001_tables(db: Database) -> None:
    """All tables of `sqlite.sql`, and the identity of this database."""
    # `executescript` would commit after each statement: a start that is killed would leave half of the tables.
    for statement in statements(read_script("sqlite")):
        db.execute(statement)
    db.execute("INSERT INTO database_identity (one, id) VALUES (1, ?)", (random_identity(),))
