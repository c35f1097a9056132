"""An answer sheet beside its bank."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank import load
from quiz.bank.answer_sheet import MIN_UNIFORM_SHARE, answer_sheet
from quiz.config import paths

BANK = load(paths.project_folder("questions"))
IDS = [item.id for item in BANK.questions_in_order]
NEARLY = math.ceil(MIN_UNIFORM_SHARE * len(IDS))

answers = st.dictionaries(st.sampled_from([*IDS, "since-removed"]), st.sampled_from([*BANK.option, "hourly", ""]))


def test_an_empty_sheet_starts_on_the_first_page():
    empty = answer_sheet(BANK, {})
    assert (empty.answered_count, empty.question_count, empty.is_complete, empty.first_open_page) == (
        0,
        len(IDS),
        False,
        1,
    )


def test_a_full_sheet_is_complete_whatever_the_answers():
    for point in BANK.option:
        full = answer_sheet(BANK, dict.fromkeys(IDS, point))
        assert full.is_complete
        assert full.first_open_page == len(BANK.pages)


def test_the_first_open_page_is_the_first_with_a_gap():
    gap = BANK.pages[1][2].id
    assert answer_sheet(BANK, {id: "weekly" for id in IDS if id != gap}).first_open_page == 2
    assert answer_sheet(BANK, {item.id: "weekly" for item in BANK.pages[1]}).first_open_page == 1


def test_lines_stand_in_the_order_of_asking_with_their_pages():
    lines = answer_sheet(BANK, {}).rows
    assert [line.responsibility.id for line in lines] == IDS
    assert [line.page for line in lines] == [n for n, items in enumerate(BANK.pages, 1) for _ in items]


@given(answers)
def test_what_the_bank_does_not_know_is_ignored(given):
    known = {id: value for id, value in given.items() if id in IDS and value in BANK.option}
    assert answer_sheet(BANK, given) == answer_sheet(BANK, known)
    assert answer_sheet(BANK, given).answered_count == len(known)


@given(answers)
def test_a_sheet_is_complete_exactly_where_nothing_is_open(given):
    found = answer_sheet(BANK, given)
    assert found.is_complete == all(line.answer for line in found.rows)
    assert all(line.answer for line in found.rows if line.page < found.first_open_page)


@given(answers, st.sampled_from(list(BANK.role)))
def test_a_roles_lines_are_its_own_with_what_is_most_often_done_first(given, role):
    lines = answer_sheet(BANK, given).by_role(role)
    assert {line.responsibility.id for line in lines} == {item.id for item in BANK.role[role].responsibilities}
    levels = [line.answer.level or 0 if line.answer else 0 for line in lines]
    assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize("point", BANK.scale)
def test_nearly_all_the_same_is_a_straight_line(point):
    other = BANK.scale[point == BANK.scale[0]].id
    assert answer_sheet(BANK, dict.fromkeys(IDS, point.id)).uniform_answer == point
    nearly = dict.fromkeys(IDS, other) | dict.fromkeys(IDS[:NEARLY], point.id)
    assert answer_sheet(BANK, nearly).uniform_answer == point
    fewer = dict.fromkeys(IDS, other) | dict.fromkeys(IDS[: NEARLY - 1], point.id)
    assert answer_sheet(BANK, fewer).uniform_answer is None


def test_leaving_everything_out_is_no_straight_line():
    assert answer_sheet(BANK, dict.fromkeys(IDS, BANK.skip.id)).uniform_answer is None
    assert answer_sheet(BANK, {}).uniform_answer is None


def test_a_few_answers_alike_among_many_left_out_are_no_straight_line():
    some = dict.fromkeys(IDS, BANK.skip.id) | dict.fromkeys(IDS[:8], "weekly")
    assert answer_sheet(BANK, some).uniform_answer is None
