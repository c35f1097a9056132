"""Statements that read and write use only SQL that SQLite and PostgreSQL share. The tables are in a file for each."""

from __future__ import annotations

import re

import pytest

from quiz.config import paths

MODULES = sorted(paths.project_folder("questions").parent.glob("quiz/storage/*.py"))
#: SQL that only one of the two engines understands, or that they understand differently.
NOT_SHARED = {
    "INSERT OR REPLACE": r"\bINSERT OR\b",
    "IN table": r"\bIN (?!\(|\{)\w",
    "iif": r"\biif\(",
    "GLOB": r"\bGLOB\b",
    "json_valid": r"\bjson_valid\(",
    "randomblob": r"\brandomblob\(",
    "date('now')": r"\bdate\('",
    "an upsert without a target": r"\bON CONFLICT DO UPDATE\b",
    "booleans as numbers": r"\b(?:shares_text|shares_wishes)\s*=\s*[01]\b",
    "rowid": r"\browid\b",
}


def statements(source: str) -> list[str]:
    """String literals that contain SQL."""
    literals = re.findall(r'"""(?:.|\n)*?"""|"(?:[^"\\\n]|\\.)*"', source)
    return [text for text in literals if re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|ON CONFLICT)\b", text)]


@pytest.mark.parametrize("name", NOT_SHARED)
def test_no_statement_uses_what_only_one_engine_understands(name):
    found = [
        f"{module.name}: {statement}"
        for module in MODULES
        for statement in statements(module.read_text(encoding="utf-8"))
        if re.search(NOT_SHARED[name], statement)
    ]
    assert found == []


def test_statements_are_found():
    assert sum(len(statements(module.read_text(encoding="utf-8"))) for module in MODULES) > 50
