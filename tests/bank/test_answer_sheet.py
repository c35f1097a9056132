"""The answers of one person next to the questions of the bank."""

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
MIN_EQUAL_ANSWERS = math.ceil(MIN_UNIFORM_SHARE * len(IDS))

answers = st.dictionaries(st.sampled_from([*IDS, "since-removed"]), st.sampled_from([*BANK.option, "hourly", ""]))


def test_an_empty_sheet_is_open_from_the_first_page():
    empty = answer_sheet(BANK, {})
    assert (empty.answered_count, empty.question_count, empty.is_complete, empty.first_open_page) == (
        0,
        len(IDS),
        False,
        1,
    )


def test_a_sheet_with_all_answers_is_complete():
    for option in BANK.option:
        full = answer_sheet(BANK, dict.fromkeys(IDS, option))
        assert full.is_complete
        assert full.first_open_page == len(BANK.pages)


def test_the_first_open_page_is_the_first_with_an_open_question():
    gap = BANK.pages[1][2].id
    assert answer_sheet(BANK, {id: "weekly" for id in IDS if id != gap}).first_open_page == 2
    assert answer_sheet(BANK, {item.id: "weekly" for item in BANK.pages[1]}).first_open_page == 1


def test_rows_are_in_the_order_of_asking_with_their_pages():
    rows = answer_sheet(BANK, {}).rows
    assert [row.responsibility.id for row in rows] == IDS
    assert [row.page for row in rows] == [n for n, items in enumerate(BANK.pages, 1) for _ in items]


@given(answers)
def test_unknown_questions_and_answers_are_ignored(raw_answers):
    known = {id: value for id, value in raw_answers.items() if id in IDS and value in BANK.option}
    assert answer_sheet(BANK, raw_answers) == answer_sheet(BANK, known)
    assert answer_sheet(BANK, raw_answers).answered_count == len(known)


@given(answers)
def test_a_sheet_is_complete_exactly_if_no_question_is_open(raw_answers):
    sheet = answer_sheet(BANK, raw_answers)
    assert sheet.is_complete == all(row.answer for row in sheet.rows)
    assert all(row.answer for row in sheet.rows if row.page < sheet.first_open_page)


@given(answers, st.sampled_from(list(BANK.role)))
def test_the_rows_of_a_role_are_those_of_its_responsibilities_with_the_highest_level_first(raw_answers, role):
    rows = answer_sheet(BANK, raw_answers).by_role(role)
    assert {row.responsibility.id for row in rows} == {item.id for item in BANK.role[role].responsibilities}
    levels = [row.answer.level or 0 if row.answer else 0 for row in rows]
    assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize("option", BANK.scale)
def test_nearly_equal_answers_have_a_uniform_answer(option):
    other = BANK.scale[option == BANK.scale[0]].id
    assert answer_sheet(BANK, dict.fromkeys(IDS, option.id)).uniform_answer == option
    enough_equal = dict.fromkeys(IDS, other) | dict.fromkeys(IDS[:MIN_EQUAL_ANSWERS], option.id)
    assert answer_sheet(BANK, enough_equal).uniform_answer == option
    too_few_equal = dict.fromkeys(IDS, other) | dict.fromkeys(IDS[: MIN_EQUAL_ANSWERS - 1], option.id)
    assert answer_sheet(BANK, too_few_equal).uniform_answer is None


def test_skipping_everything_is_not_a_uniform_answer():
    assert answer_sheet(BANK, dict.fromkeys(IDS, BANK.skip.id)).uniform_answer is None
    assert answer_sheet(BANK, {}).uniform_answer is None


def test_a_few_equal_answers_among_many_skipped_are_not_a_uniform_answer():
    mostly_skipped = dict.fromkeys(IDS, BANK.skip.id) | dict.fromkeys(IDS[:8], "weekly")
    assert answer_sheet(BANK, mostly_skipped).uniform_answer is None


@given(answers)
def test_groups_by_answer_hold_every_answered_row_once_with_skipped_ones_first_and_then_the_most_frequent(raw_answers):
    sheet = answer_sheet(BANK, raw_answers)
    groups = sheet.by_answer()
    order = ["skip", "daily", "weekly", "monthly", "rarely", "never"]
    ids = [group.answer.id for group in groups]
    assert ids == [id for id in order if id in ids]
    for group in groups:
        assert group.rows == tuple(row for row in sheet.rows if row.answer == group.answer)
        assert group.rows
    assert sum(len(group.rows) for group in groups) == sheet.answered_count


@given(answers)
def test_every_row_is_left_out_or_answered_and_only_answers_above_the_lowest_are_reported(raw_answers):
    sheet = answer_sheet(BANK, raw_answers)
    assert [row for row in sheet.rows if row.level > 0] == sorted(sheet.reported, key=sheet.rows.index)
    assert all(row.level == 0 for row in sheet.left_out)
    levels = [row.level for row in sheet.reported]
    assert levels == sorted(levels, reverse=True)


def test_what_is_done_most_and_least_often_lies_on_both_sides_of_the_middle_answer():
    weekly = dict.fromkeys(IDS, "weekly")
    assert answer_sheet(BANK, weekly).most_often == answer_sheet(BANK, weekly).least_often == ()
    sheet = answer_sheet(BANK, weekly | dict.fromkeys(IDS[:4], "daily") | {IDS[4]: "rarely", IDS[5]: "skip"})
    assert [row.responsibility.id for row in sheet.most_often] == [
        row.responsibility.id for row in sheet.rows if row.responsibility.id in IDS[:4]
    ][:3]
    assert [row.responsibility.id for row in sheet.least_often] == [IDS[4]]
    assert answer_sheet(BANK, dict.fromkeys(IDS, "skip")).most_often == ()
