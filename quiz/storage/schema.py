"""The tables, from the SQL file of each engine: `sqlite.sql` and `postgresql.sql`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from quiz.storage.engine import Connection


def read_script(engine: str) -> str:
    """The SQL file of an engine."""
    return files("quiz.storage").joinpath(f"{engine}.sql").read_text(encoding="utf-8")


def statements(script: str) -> list[str]:
    """The statements of an SQL file, without the comments between them.

    Each ends with a line that ends with ";", and no other line does.
    """
    found: list[str] = []
    lines: list[str] = []
    for line in script.splitlines():
        if not lines and (not line or line.startswith("--")):
            continue
        lines.append(line)
        if line.endswith(";"):
            found.append("\n".join(lines).rstrip(";"))
            lines = []
    return found


#: The names of all tables. A table comes after those that it references.
TABLES = tuple(re.findall(r"^CREATE TABLE (\w+)", read_script("sqlite"), re.MULTILINE))


@dataclass(frozen=True)
class Column:
    """A column: its name, whether it holds true and false (which SQLite stores as 1 and 0), and whether it is part of
    the primary key."""

    name: str
    is_boolean: bool
    is_key: bool


def _columns(definition: str) -> tuple[Column, ...]:
    """The columns of a table, from the lines of its definition in `sqlite.sql`."""
    key_line = re.search(r"^    PRIMARY KEY \((.+)\)", definition, re.MULTILINE)
    keys = key_line[1].split(", ") if key_line else []
    found = []
    for name, rest in re.findall(r"^    ([a-z]\w*) (?:INTEGER|TEXT)\b(.*)$", definition, re.MULTILINE):
        found.append(Column(name, "IN (0, 1)" in rest, name in keys or "PRIMARY KEY" in rest))
    return tuple(found)


def _definition(table: str) -> str:
    return next(sql for sql in statements(read_script("sqlite")) if sql.startswith(f"CREATE TABLE {table} ("))


#: The columns of each table, in their order.
COLUMNS = {table: _columns(_definition(table)) for table in TABLES}


def has_tables(db: Connection) -> bool:
    """Whether the tables exist in a PostgreSQL database."""
    return bool(db.execute("SELECT to_regclass('schema_migration') IS NOT NULL").fetchone()[0])
