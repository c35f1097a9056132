"""The comparison of two frozen sheets: its groups, its order, its drawing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank import load
from quiz.results.second_view import MIN_DIFFERENCE_STEPS, SecondViewComparison, SecondViewRow, compare_views
from tests.factories import ALL_NEVER, BANK, SMALL_BANK

SCALE = [option.id for option in BANK.scale]
ITEMS = list(BANK.responsibility)
sheets = st.dictionaries(st.sampled_from([*ITEMS, "sailing"]), st.sampled_from([*BANK.option, "often"]))


def compare(own: dict[str, str], seen: dict[str, str], priorities: Sequence[str] = ()) -> SecondViewComparison:
    return compare_views(BANK, ALL_NEVER | own, ALL_NEVER | seen, priorities, owner_name="Ada", viewer_name="Kim")


def ids(rows: Sequence[SecondViewRow]) -> list[str]:
    return [row.responsibility.id for row in rows]


@pytest.mark.parametrize(
    ("own", "seen", "kind"),
    [
        ("daily", "never", "not-seen"),
        ("weekly", "never", "not-seen"),
        ("weekly", "skip", "not-seen"),
        ("monthly", "skip", "unknown"),
        ("skip", "daily", "unknown"),
        ("skip", "skip", "unknown"),
        ("monthly", "never", "seen-less"),
        ("rarely", "never", "alike"),
        ("daily", "monthly", "seen-less"),
        ("daily", "weekly", "alike"),
        ("weekly", "daily", "alike"),
        ("monthly", "daily", "seen-more"),
        ("never", "monthly", "seen-more"),
        ("never", "rarely", "alike"),
        ("never", "never", "alike"),
    ],
)
def test_the_kind_of_a_row(own, seen, kind):
    (row,) = (row for row in compare({"insights": own}, {"insights": seen}).rows if row.responsibility.id == "insights")
    assert row.kind == kind


def test_never_and_unable_to_see_are_two_groups():
    views = compare(
        {"insights": "daily", "trends": "weekly", "pipelines": "daily"},
        {"insights": "never", "trends": "skip", "pipelines": "monthly"},
    )
    assert (ids(views.seen_never), ids(views.cannot_be_seen), ids(views.seen_less)) == (
        ["insights"],
        ["trends"],
        ["pipelines"],
    )
    (cannot_see,) = views.cannot_be_seen
    assert (cannot_see.seen.phrase, cannot_see.seen.label) == ("cannot see it", "I can’t see this")


def test_both_see_as_regular_what_both_do_weekly_or_more():
    views = compare(
        {"insights": "weekly", "trends": "daily", "pipelines": "daily"},
        {"insights": "daily", "trends": "weekly", "pipelines": "monthly"},
    )
    assert ids(views.both_regular) == ["trends", "insights"], "the most frequent first"


def test_priorities_are_hardly_done_or_done_or_unknown():
    own = {"insights": "rarely", "trends": "monthly", "pipelines": "skip"}
    views = compare(own, {}, ["insights", "trends", "pipelines", "dashboards", "sailing"])
    assert sorted(ids(views.priorities_hardly_done)) == ["dashboards", "insights"]
    assert sorted(ids(views.other_priorities)) == ["pipelines", "trends"]


@pytest.mark.parametrize(
    ("own", "seen", "headline"),
    [
        ({"insights": "daily"}, {"insights": "never", "trends": "daily"}, "not-seen"),
        ({"insights": "daily"}, {"insights": "daily", "trends": "daily"}, "seen-more"),
        ({"insights": "daily"}, {"insights": "monthly"}, "seen-less"),
        ({"insights": "daily"}, {"insights": "weekly"}, "alike"),
        ({}, {}, "nothing-regular"),
        ({}, dict.fromkeys(BANK.responsibility, "skip"), "unknown"),
        (dict.fromkeys(BANK.responsibility, "skip"), {"insights": "daily"}, "unknown"),
    ],
)
def test_the_headline_is_the_finding_that_nobody_else_gives(own, seen, headline):
    assert compare(own, seen).headline == headline


def test_the_greatest_differences_are_on_top_and_the_rest_in_the_order_of_the_bank():
    views = compare(
        {"insights": "daily", "trends": "daily", "pipelines": "weekly"},
        {"insights": "monthly", "trends": "skip", "pipelines": "never", "exploration": "rarely"},
    )
    assert ids(views.rows)[:3] == ["trends", "pipelines", "insights"]
    assert ids(views.others) == [id for id in ITEMS if id not in ("trends", "pipelines", "insights")]


@given(sheets, sheets, st.lists(st.sampled_from([*ITEMS, "sailing"]), max_size=5, unique=True))
def test_every_responsibility_is_in_one_row_and_no_group_contradicts_its_answers(own, seen, priorities):
    views = compare_views(BANK, own, seen, priorities, owner_name="Ada", viewer_name="Kim")
    assert sorted(ids(views.rows)) == sorted(ITEMS)
    assert [*views.differences, *views.others] == list(views.rows)
    groups = [views.seen_never, views.cannot_be_seen, views.seen_less, views.seen_more]
    assert sorted(id for group in groups for id in ids(group)) == sorted(ids(views.differences))
    for row in views.differences:
        assert row.kind == "not-seen" or abs(row.steps or 0) >= MIN_DIFFERENCE_STEPS
    for row in (*views.not_seen, *views.both_regular):
        assert (row.own.level or 0) >= 0.5
    assert set(ids(views.priorities)) == set(priorities) & set(ITEMS)
    assert views == compare_views(BANK, own, seen, priorities, owner_name="Ada", viewer_name="Kim")


@given(sheets, sheets)
def test_the_drawing_has_both_marks_on_the_scale_or_apart_from_it(own, seen):
    for row in compare_views(BANK, own, seen, (), owner_name="Ada", viewer_name="Kim").rows:
        drawing = row.drawing
        for mark, answer in ((drawing.own, row.own), (drawing.seen, row.seen)):
            place = drawing.ticks[SCALE.index(answer.id)] if answer.id in SCALE else None
            assert (mark.is_known, mark.x if mark.is_known else None) == (place is not None, place)
            assert 0 < mark.x < drawing.width
            assert mark.is_known or mark.x < drawing.ticks[0] - 20
        assert (drawing.line is None) is (not row.steps)


def test_a_bank_without_texts_for_viewers_is_compared_with_its_own():
    small = load(SMALL_BANK)
    assert small.for_viewers is small
    first = next(iter(small.responsibility))
    views = compare_views(small, {first: "daily"}, {}, (), owner_name="Ada", viewer_name="Kim")
    assert ids(views.cannot_be_seen) == [first]
