"""What a round shows differently from the one before: from the two published rounds alone."""

from __future__ import annotations

import dataclasses

import pytest

from quiz.teams import anonymous
from quiz.teams.anonymous import Contribution, Published
from quiz.teams.round_changes import RoundChange, RoundChanges, round_changes
from quiz.teams.rounds import ClosedRound
from tests.factories import BANK, MODEL, member

ENGINEERS, ANALYSTS = [member("data-engineer")], [member("data-analyst")]


def publish(people: list[Contribution], previous: Published | None = None) -> Published:
    published = anonymous.publish(BANK, MODEL, people, 5, previous)
    assert published is not None
    return published


def changes(number: int, *published: Published | None) -> RoundChanges | None:
    rounds = [ClosedRound(n, "2026-05-31", one) for n, one in enumerate(published, 1)]
    return round_changes(BANK, number, rounds[::-1])


def names(group: tuple[RoundChange, ...], *fields: str) -> list[tuple[str, ...]]:
    return [tuple(getattr(change, field) for field in ("name", *fields)) for change in group]


def test_the_first_round_and_a_withdrawn_one_differ_from_nothing():
    first = publish(6 * ENGINEERS)
    assert changes(1, first) is None
    assert changes(2, first, None) is None
    assert changes(2, None, first) is None


def test_a_round_that_moved_no_further_than_one_person_can_move_it_is_the_same():
    first = publish(6 * ENGINEERS)
    second = publish(6 * ENGINEERS + ANALYSTS, first)
    difference = changes(2, first, second)
    assert difference is not None
    assert difference.is_empty
    assert (difference.is_previous, difference.number, difference.people) == (True, 1, 6)


def test_each_band_that_moved_is_listed_with_its_texts():
    first = publish(6 * ENGINEERS)
    second = publish(4 * ANALYSTS + 3 * ENGINEERS, first)
    third = publish(7 * ANALYSTS, second)
    difference = changes(2, first, second)
    assert difference is not None
    analysis = [item.name for item in BANK.role["data-analyst"].responsibilities]
    assert names(difference.more, "before", "now") == [(name, "one at most", "four or more") for name in analysis]
    assert difference.fewer == (), "three still do it, and four would still be “four or more”"
    engineering = [item.name for item in BANK.role["data-engineer"].responsibilities]
    fewer = changes(3, first, second, third)
    assert fewer is not None
    assert names(fewer.fewer, "now") == [(name, "one at most") for name in engineering]
    assert fewer.number == 2
    assert ("data analyst", "55%", "most or all") in names(fewer.mix, "before", "now")


def test_after_a_withdrawn_round_the_last_one_that_is_shown_is_compared():
    first, third = publish(6 * ENGINEERS), publish(6 * ANALYSTS)
    difference = changes(3, first, None, third)
    assert difference is not None
    assert (difference.number, difference.is_previous, difference.is_empty) == (1, False, False)


def test_bands_of_two_kinds_are_not_compared():
    first = publish(19 * ENGINEERS)
    second = publish(21 * ENGINEERS, first)
    difference = changes(2, first, second)
    assert difference is not None
    assert (difference.has_same_bands, difference.fewer, difference.more, difference.contacts) == (False, (), (), ())


@pytest.mark.parametrize("missing_in", [0, 1])
def test_what_only_one_round_asked_about_is_not_compared(missing_in):
    two = [publish(6 * ENGINEERS), publish(6 * ANALYSTS)]
    shorter = two[missing_in]
    two[missing_in] = dataclasses.replace(shorter, coverage=shorter.coverage[:1], contacts=())
    difference = changes(2, *two)
    assert difference is not None
    assert (difference.fewer, difference.more, difference.contacts) == ((), (), ())


def test_the_gaps_of_a_prompt_begin_with_those_of_the_largest_role():
    people = 4 * [member("ml-engineer", model_deployment="never")] + 3 * [
        member("software-engineer", code_quality="never")
    ]
    published = publish(people)
    prompts = {prompt.id: prompt for prompt in anonymous.agenda(published)}
    assert prompts["gaps"].about[:2] == ("model-deployment", "code-quality")
    in_patterns = [prompt.id for prompt in anonymous.agenda(published) if prompt.part == "patterns"]
    assert in_patterns[:2] == ["gaps", "rare-roles"]
