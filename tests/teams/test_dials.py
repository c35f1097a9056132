"""The geometry of dials: the filled part is as large as what it shows, and each kind of nothing looks different."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.teams.dials import ANSWER_DIAL_SIZE, ROLE_DIAL_SIZE, Dial, answer_dial, role_dial
from tests.factories import BANK

ARC = re.compile(r"M([\d.]+) ([\d.]+)A([\d.]+) [\d.]+ 0 ([01]) 1 ([\d.]+) ([\d.]+)")


def turn(path: str, size: int) -> float:
    """The part of the whole turn that the outer arcs of a path cover, clockwise."""
    covered = 0.0
    for x1, y1, _, is_large, x2, y2 in ARC.findall(path):
        start, end = (math.atan2(float(x) - size / 2, size / 2 - float(y)) for x, y in ((x1, y1), (x2, y2)))
        part = (end - start) / (2 * math.pi) % 1
        assert part == pytest.approx(0.5, abs=0.01) or (part > 0.5) is (is_large == "1"), path
        covered += part
    return covered


def filled_and_empty(dial: Dial) -> tuple[float, float]:
    """The parts of the whole turn that are filled and not."""
    filled = sum(turn(path, dial.size) for path, is_filled in dial.parts if is_filled)
    return filled, sum(turn(path, dial.size) for path, is_filled in dial.parts if not is_filled)


@given(percent=st.integers(1, 100), in_mix=st.booleans())
def test_the_ring_of_a_role_is_filled_up_to_the_coverage(percent, in_mix):
    filled, empty = filled_and_empty(role_dial(percent, in_mix=in_mix))
    assert filled == pytest.approx(percent / 100, abs=0.002)
    assert filled + empty == pytest.approx(1, abs=0.002)


@pytest.mark.parametrize("percent", [None, 0, 1, 100])
def test_only_a_role_of_the_mix_has_a_filled_middle_that_the_ring_does_not_touch(percent):
    assert role_dial(percent, in_mix=False).middle == 0
    in_mix = role_dial(percent, in_mix=True)
    assert in_mix.middle > 0
    radii = [float(radius) for path, _ in in_mix.parts for radius in re.findall(r"A([\d.]+)", path)]
    assert all(in_mix.middle + 2 <= radius < ROLE_DIAL_SIZE / 2 for radius in radii)


def test_nothing_too_few_answers_and_one_percent_look_different():
    dials = [role_dial(percent, in_mix=False) for percent in (0, None, 1)]
    assert [dial.sign for dial in dials] == ["nothing", "unknown", "parts"]
    assert [bool(dial.parts) for dial in dials] == [False, False, True]


def test_an_answer_fills_a_quarter_for_each_step_above_never():
    dials = [answer_dial(point, BANK.scale) for point in BANK.scale]
    assert [dial.sign for dial in dials] == ["nothing", *4 * ["parts"]]
    quarters = [filled_and_empty(dial)[0] for dial in dials]
    assert quarters == pytest.approx([0, 0.25, 0.5, 0.75, 1], abs=0.002)
    assert {dial.size for dial in dials} == {ANSWER_DIAL_SIZE}


def test_never_and_left_out_look_different():
    assert answer_dial(BANK.skip, BANK.scale).sign == "unknown"
    assert answer_dial(BANK.scale[0], BANK.scale).sign == "nothing"


@pytest.mark.parametrize("count", [2, 3, 7])
def test_another_scale_fills_equal_steps_up_to_the_whole(count):
    scale = BANK.scale[:1] + (BANK.scale * 2)[1 : count - 1] + BANK.scale[-1:]
    assert filled_and_empty(answer_dial(scale[1], scale))[0] == pytest.approx(1 / (len(scale) - 1), abs=0.002)
    last = answer_dial(scale[-1], scale[:1] + scale[-1:])
    assert filled_and_empty(last) == pytest.approx((1, 0), abs=0.002)
