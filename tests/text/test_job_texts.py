"""Texts of people whose job is near to a role but has another name: which roles and which other work they are about."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from quiz.bank import load
from quiz.bank.answer_sheet import answer_sheet
from quiz.config import paths
from quiz.results.free_text import read_free_text
from quiz.text.matcher import matcher_for
from tests.factories import ROOT

FOLDER = ROOT / "tests" / "job_texts"
BANK = load(paths.project_folder("questions"))

#: Of the texts of each file, how many are read as a person would read them, and how many there are. The mistakes in
#: seen.toml are two texts in which a role that is not theirs comes second, far behind the first.
RIGHT = {"seen.toml": (63, 65), "unseen.toml": (27, 32)}


def texts_of(name: str) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))["texts"]
    return tables


def mistakes(example: dict[str, Any]) -> list[str]:
    """What is read otherwise than a person would read it; the person behind the text answered "never" everywhere."""
    sheet = answer_sheet(BANK, dict.fromkeys(BANK.responsibility, "never"))
    result = read_free_text(BANK, sheet, example["text"])
    match = matcher_for(BANK).match(example["text"])
    ranked = sorted(match.roles, key=lambda role: -match.roles[role])
    found = []
    if result.recognised != example.get("recognised", True):
        found.append(f"recognised: {result.recognised}")
    if "other-work" in example and example["other-work"] not in match.other_work:
        found.append(f"other work: {match.other_work}")
    if example.get("recognised", True):
        if ranked[0] not in example["first"]:
            found.append(f"first: {ranked[0]}")
        if unwanted := set(ranked[:2]) & set(example["never"]):
            found.append(f"among the first two: {unwanted}")
        contradicting_roles = {row.responsibility.role for row in result.contradictions}
        if unwanted := contradicting_roles & set(example["never"]):
            found.append(f"a remark about: {unwanted}")
    return found


@pytest.mark.parametrize("name", RIGHT)
def test_texts_are_read_as_a_person_would_read_them(name):
    examples = texts_of(name)
    wrong = {example["text"].strip()[:40]: found for example in examples if (found := mistakes(example))}
    assert (len(examples) - len(wrong), len(examples)) == RIGHT[name], wrong


def test_each_text_is_in_one_file_only():
    seen, unseen = ({example["text"] for example in texts_of(name)} for name in ("seen.toml", "unseen.toml"))
    assert not seen & unseen
