"""A new role needs one more file and nothing else: the quiz and the result work with eight roles as with seven."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from quiz import create_app
from quiz.admin import bank_lint
from quiz.bank import load
from quiz.config import paths
from tests.clients import Client
from tests.factories import EIGHTH_ROLE

NEW_QUESTIONS = ("finding", "describing", "teaching")
SHIPPED = load(paths.project_folder("questions"))
ROLES, QUESTIONS = len(SHIPPED.roles) + 1, len(SHIPPED.questions_in_order) + len(NEW_QUESTIONS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped bank with the file of an eighth role."""
    copy = shutil.copytree(paths.project_folder("questions"), tmp_path / "bank")
    (copy / "roles" / "data-librarian.toml").write_text(EIGHTH_ROLE, encoding="utf-8")
    return copy


@pytest.fixture
def client(folder: Path, tmp_path: Path) -> Client:
    """A visitor of an app with that bank."""
    return Client(create_app({"TESTING": True, "QUESTION_BANK": str(folder)}, instance=tmp_path / "instance"))


def test_the_bank_is_valid(folder: Path):
    assert bank_lint.problems(folder) == []


def test_the_quiz_asks_its_three_questions(client: Client):
    bank = client.app.bank
    assert len(bank.questions_in_order) == QUESTIONS
    assert f"{QUESTIONS} questions" in client.see("/").text
    own = client.start()
    question_ids = [
        tag["name"]
        for number in range(1, len(bank.pages) + 1)
        for name, tag in client.see(f"{own}/{number}").tags
        if name == "input" and tag["type"] == "radio"
    ]
    assert len(set(question_ids)) == QUESTIONS
    assert set(NEW_QUESTIONS) <= set(question_ids)


def test_the_result_names_it_on_the_map_and_among_the_bars(client: Client):
    answers = dict.fromkeys(client.app.bank.responsibility, "never") | dict.fromkeys(NEW_QUESTIONS, "daily")
    page = client.see(client.take(answers, contacts=["data-librarian"]))
    assert "You wear one hat: data librarian" in page.text
    assert f"All {ROLES} roles" in page.text
    bars = page.text.split(f"All {ROLES} roles", 1)[1]
    assert "Data librarian 100%" in bars
    chart = page.text.split("the list below says the same in words", 1)[1].split("The same in words")[0]
    assert "Data librarian" in chart
    assert "100%" not in chart, "a mix of one role has no shares"
    assert "Data librarian, in the mix. 100% of it is done." in page.text
    assert "Finding data daily or almost daily" in page.text


def test_without_an_icon_its_letter_is_shown(client: Client):
    answers = dict.fromkeys(client.app.bank.responsibility, "never") | dict.fromkeys(NEW_QUESTIONS, "daily")
    page = client.get(client.take(answers)).text
    assert page.count(">D</text>") == 1, "each icon is defined once on a page"
    assert page.count('href="#icon-data-librarian"') == 4, "on the shelf, the card and the map, and next to the bar"
    assert page.count(">S</text>") == 0, "the other roles have icons"


def test_it_can_be_in_a_mix_with_another_role(client: Client):
    answers = dict.fromkeys(client.app.bank.responsibility, "never")
    answers |= dict.fromkeys((*NEW_QUESTIONS, "insights", "dashboards", "trends"), "daily")
    page = client.see(client.take(answers))
    assert "You combine data analyst and data librarian" in page.text
    assert "Data librarian 50%" in page.text


def test_it_can_be_chosen_as_a_contact(client: Client):
    own = client.start()
    assert "People who help others find data" in client.see(f"{own}/more").text
    client.answer(own, dict.fromkeys(client.app.bank.responsibility, "never"), contacts=["data-librarian"])
    assert "People who help others find data" in client.see(f"{own}/check").text


def test_answers_from_before_the_role_was_added_still_give_a_result(folder: Path, tmp_path: Path):
    before = create_app({"TESTING": True}, instance=tmp_path / "instance")
    answers = dict.fromkeys(before.bank.responsibility, "never") | {"insights": "daily", "trends": "daily"}
    own = Client(before).take(answers)
    before.storage.close()
    page = Client(create_app({"TESTING": True, "QUESTION_BANK": str(folder)}, instance=tmp_path / "instance")).see(own)
    assert "You wear one hat: data analyst" in page.text
    assert "The quiz has 3 questions that you have not seen." in page.text
