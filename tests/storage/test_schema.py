"""The tables are the same on both engines: the statements of the two SQL files say the same, each in its own words."""

from __future__ import annotations

import re

import pytest

from quiz.storage import Storage
from quiz.storage.schema import COLUMNS, TABLES, read_script, statements

#: What each engine writes in its own way, and the common way in which this test compares it.
SQLITE_WAYS = {
    r"\) STRICT(, WITHOUT ROWID)?$": ")",
    r"INTEGER NOT NULL DEFAULT 0 CHECK \((\w+) IN \(0, 1\)\)": "BOOLEAN NOT NULL DEFAULT false",
    r"INTEGER NOT NULL CHECK \((\w+) IN \(0, 1\)\)": "BOOLEAN NOT NULL",
    r"\bINTEGER\b": "BIGINT",
    r"(\w+) GLOB '\[0-9\]\[0-9\]\[0-9\]\[0-9\]-\[0-9\]\[0-9\]-\[0-9\]\[0-9\]'": r"is_day(\1)",
    r"CHECK \(json_valid\((\w+)\)\)": r"CHECK (is_json(\1))",
}
POSTGRESQL_WAYS = {
    r'TEXT COLLATE "C"': "TEXT",
    r"(\w+) ~ '\^\[0-9\]\{4\}-\[0-9\]\{2\}-\[0-9\]\{2\}\$'": r"is_day(\1)",
    r"CHECK \((\w+) IS NULL OR \1::json IS NOT NULL\)": r"CHECK (is_json(\1))",
}


def common_statements(engine: str, ways: dict[str, str]) -> list[str]:
    """The statements of an engine's SQL file, in words that both engines share."""
    found = []
    for statement in statements(read_script(engine)):
        lines = [line for line in statement.splitlines() if not line.strip().startswith("--")]
        text = "\n".join(lines)
        for pattern, replacement in ways.items():
            text = re.sub(pattern, replacement, text)
        found.append(text)
    return found


def test_both_engines_have_the_same_tables_columns_constraints_and_indexes():
    sqlite = common_statements("sqlite", SQLITE_WAYS)
    postgresql = common_statements("postgresql", POSTGRESQL_WAYS)
    hint = "change sqlite.sql and postgresql.sql together (CONTRIBUTING.md, A table or a column)"
    for ours, theirs in zip(sqlite, postgresql, strict=False):
        assert theirs == ours, hint
    assert len(sqlite) == len(postgresql), hint


def test_text_of_postgresql_is_compared_byte_by_byte():
    """Otherwise the order of rows would depend on the language of the server."""
    assert re.findall(r'^.*\bTEXT\b(?! COLLATE "C").*$', read_script("postgresql"), re.MULTILINE) == []


@pytest.mark.both_engines
def test_the_list_of_tables_and_columns_is_that_of_the_database(database: Storage, engine: str):
    for table in TABLES:
        with database.read_transaction() as db:
            if engine == "sqlite":
                rows = db.execute(f"SELECT name, pk FROM pragma_table_info('{table}') ORDER BY cid").fetchall()
                keys = {name for name, number in rows if number}
            else:
                sql = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ?"
                rows = db.execute(f"{sql} ORDER BY ordinal_position", (table,)).fetchall()
                booleans = [name for name, type in rows if type == "boolean"]
                assert booleans == [column.name for column in COLUMNS[table] if column.is_boolean]
                sql = "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)"
                keys = {
                    name
                    for (name,) in db.execute(f"{sql} WHERE indisprimary AND indrelid = '{table}'::regclass").fetchall()
                }
        assert [name for name, _ in rows] == [column.name for column in COLUMNS[table]]
        assert keys == {column.name for column in COLUMNS[table] if column.is_key}
