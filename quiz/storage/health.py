"""Checks of an SQLite file, a database or a backup: whether content and schema are intact. Nothing is changed."""

from __future__ import annotations

from sqlite_utils import Database

from quiz.storage.migrations import migrations


def integrity_problems(db: Database) -> list[str]:
    """What is wrong with the pages, values and references of a database, a phrase each. Empty if it is intact."""
    lines = db.execute("PRAGMA integrity_check(10)").fetchall()
    problems = [" ".join(line.split()) for (line,) in lines if line != "ok"]
    tables = {row["table"] for row in db.query("PRAGMA foreign_key_check")}
    problems += [f"rows of {table} refer to rows that do not exist" for table in sorted(tables)]
    return problems


def schema_problem(db: Database) -> str | None:
    """How a fully migrated database differs from our schema, or None.

    An operator may have added a table or an index. Refused, whatever its name is: what could change or stop our own
    statements, such as a trigger, a view, a unique index, or a table that references ours.
    """
    with Database(memory=True) as new:
        migrations.apply(new)
        expected = _schema(new)
    actual = _schema(db)
    if different := sorted(key for key, sql in expected.items() if actual.get(key) != sql):
        return f"{different[0][1]} is not as this version creates it"
    additional = {key: sql for key, sql in actual.items() if key not in expected}
    for (type, name), sql in sorted(additional.items()):
        changes_statements = type not in {"table", "index"} or "UNIQUE" in sql.upper() or "REFERENCES" in sql.upper()
        if changes_statements:
            return f"there is a {type} that could change our data, {name}"
    return None


def _schema(db: Database) -> dict[tuple[str, str], str]:
    """The SQL of each table, index, trigger and view by type and name.

    Without the tables and indexes of sqlite-utils, which another version of it may create in another way.
    """
    rows = db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    schema = {(type, name): " ".join(sql.split()) for type, name, sql in rows}
    with Database(memory=True) as empty:
        migrations.ensure_migrations_table(empty)
        own = [tuple(row) for row in empty.execute("SELECT type, name FROM sqlite_schema").fetchall()]
    return {key: sql for key, sql in schema.items() if key not in own}
