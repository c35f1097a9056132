"""Made-up people, and the examples of what a team of them sees."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from quiz.bank import Bank, load
from quiz.config import paths
from quiz.scoring import ScoringModel
from quiz.teams import made_up
from tests.factories import BANK, MODEL, SMALL_BANK

SMALL = load(SMALL_BANK)


def pair_of_roles(folder: Path) -> Bank:
    """A bank with two roles."""
    shutil.copytree(SMALL_BANK, folder)
    (folder / "roles" / "cake-maker.toml").unlink()
    return load(folder)


def test_the_example_can_be_published_for_every_bank(tmp_path: Path, bank: Bank):
    for each_bank in (bank, SMALL, pair_of_roles(tmp_path / "bank")):
        page = made_up.example_page(each_bank, ScoringModel.from_bank(each_bank))
        assert page.published.people == made_up.EXAMPLE_PEOPLE
        assert len(page.coverage) == len(each_bank.roles)
        assert page.published.common_roles, "an example without any role in its mix is useless"


def test_the_example_is_the_same_every_time():
    assert made_up.example_page(BANK, MODEL) == made_up.example_page(load(paths.project_folder("questions")), MODEL)


def test_the_example_shows_bands_from_few_to_many():
    page = made_up.example_page(BANK, MODEL)
    assert {item.band for group in page.coverage for item in group.items} == set(page.bands)


def test_both_kinds_of_an_example_are_made_of_the_same_people(tmp_path: Path):
    for bank in (BANK, SMALL, pair_of_roles(tmp_path / "bank")):
        examples = made_up.team_examples(bank, ScoringModel.from_bank(bank))
        assert [example.people for example in examples] == [6, 12, 25]
        for example in examples:
            assert example.round.published.people == len(example.team.people) == example.people
            assert len({person.name for person in example.team.people}) == example.people
            done_by_few = {item.responsibility.id for item in example.team.work if len(item.doers) <= 1}
            if not example.round.published.is_large:
                assert {item.responsibility for item in example.round.published.gaps} == done_by_few
    assert [example.is_small for example in made_up.team_examples(BANK, MODEL)] == [True, False, False]


def test_there_is_no_example_of_fewer_people_than_the_minimum():
    with pytest.raises(ValueError, match="4 people"):
        made_up.example_page(BANK, MODEL, 4)
