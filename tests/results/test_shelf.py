"""The shelf: parts as wide as their shares, and a hat that stands on each."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.results.shelf import BAR_TOP, HEIGHT, MIN_LABELLED_PERCENT, WIDTH, ShelfPart, example_shelf, shelf
from tests.factories import BANK


@st.composite
def shares(draw) -> list[int]:
    """Percentages in steps of five that add up to 100."""
    cuts = sorted(draw(st.sets(st.integers(1, 19), max_size=6)))
    return [5 * (end - start) for start, end in zip([0, *cuts], [*cuts, 20], strict=True)]


def extent(part: ShelfPart) -> tuple[float, float]:
    """The left and the right end of a part, from its path."""
    start = float(re.match(r"M([\d.]+)", part.path)[1])  # type: ignore[index]
    first_line = float(re.search(r"H([\d.]+)", part.path)[1])  # type: ignore[index]
    radius = 12 if "a12" in part.path.split("V")[0] else 0
    return start, first_line + radius


@given(shares())
def test_parts_fill_the_bar_in_the_order_of_the_shares(percents: list[int]):
    parts = shelf(list(zip(BANK.roles, percents, strict=False))).parts
    middles = [part.centre for part in parts]
    assert middles == sorted(middles)
    for part, percent, start in zip(parts, percents, [sum(percents[:n]) for n in range(len(percents))], strict=True):
        assert part.centre == pytest.approx(WIDTH * (start + percent / 2) / 100, abs=2)


@given(shares())
def test_hats_stand_on_the_bar_inside_the_drawing_without_overlap(percents: list[int]):
    parts = shelf(list(zip(BANK.roles, percents, strict=False))).parts
    right_end = 0.0
    for part in parts:
        x, y = part.hat_corner
        assert x >= right_end - 0.2
        assert y >= 0
        assert y + part.hat_size > BAR_TOP, "the brim touches the bar"
        right_end = x + part.hat_size
    assert right_end <= WIDTH


@given(shares())
def test_a_number_stands_only_where_there_is_room(percents: list[int]):
    parts = shelf(list(zip(BANK.roles, percents, strict=False))).parts
    has_room = [percent >= MIN_LABELLED_PERCENT and len(percents) > 1 for percent in percents]
    assert [part.percent is not None for part in parts] == has_room


def test_one_role_is_a_full_bar_without_a_number():
    (part,) = shelf([(BANK.roles[0], 100)]).parts
    assert part.percent is None
    assert (part.centre, part.hat_size) == (WIDTH / 2, 132)
    assert part.path.count("a12") == 4, "round corners at both ends"


def test_roles_without_a_name_have_no_hat():
    drawing = shelf([(BANK.roles[0], 60), (None, 40)])
    assert [part.hat_size > 0 for part in drawing.parts] == [True, False]
    assert [part.role for part in drawing.parts] == [BANK.roles[0], None]


def test_a_role_that_belongs_to_the_mix_perhaps_is_marked():
    first, second, *_ = BANK.roles
    drawing = shelf([(first, 60), (second, 40)], tentative=[second])
    assert [part.is_tentative for part in drawing.parts] == [False, True]
    assert (drawing.width, drawing.height) == (WIDTH, HEIGHT)


@pytest.mark.parametrize(("count", "percents"), [(1, [None]), (2, [60, 40]), (3, [50, 30, 20]), (7, [50, 30, 20])])
def test_the_example_has_up_to_three_hats_of_different_roles(count, percents):
    parts = example_shelf(BANK.roles[:count]).parts
    assert [part.percent for part in parts] == percents
    assert len({part.role for part in parts}) == len(parts)
