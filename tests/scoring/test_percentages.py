"""Shares as percentages for display."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.scoring import share_percentages
from tests.scoring.samples import no_deadline


@no_deadline
@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=60), st.randoms())
def test_percentages_sum_to_100_in_steps_of_5_and_forget_no_role(parts, random):
    shares = {f"r{n}": part / sum(parts) for n, part in enumerate(parts)}
    percentages = share_percentages(shares)
    step = 5 if len(parts) <= 20 else 1
    assert sum(percentages.values()) == 100
    assert all(percentage >= step and percentage % step == 0 for percentage in percentages.values())
    shuffled = list(shares.items())
    random.shuffle(shuffled)
    assert share_percentages(dict(shuffled)) == percentages
    for one, other in permutations(shares, 2):
        if shares[one] > shares[other] + 1e-9:
            assert percentages[one] >= percentages[other]


@pytest.mark.parametrize("last", [0.001, 1 / 3, 0.5])
def test_shares_that_differ_only_in_their_last_bit_count_as_equal(last):
    """The order of a sum can change its last bit: then neither the order nor the bit may change a percentage."""
    parts = {"r0": 0.9999999999999999, "r1": 1.0, "r2": last}
    shares = {role: part / sum(parts.values()) for role, part in parts.items()}
    assert shares["r0"] < shares["r1"]
    equal_shares = {**shares, "r0": shares["r1"]}
    results = [share_percentages(dict(items)) for items in permutations(shares.items())]
    assert results == [share_percentages(equal_shares)] * len(results)
    assert results[0]["r0"] >= results[0]["r1"], "the first by id gets the remaining step"


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=20))
def test_no_percentage_is_a_step_or_more_above_its_share_unless_it_is_the_smallest(parts):
    shares = {f"r{n}": 100 * part / sum(parts) for n, part in enumerate(parts)}
    percentages = share_percentages(shares)
    assert all(percentages[role] < share + 5 + 1e-6 or percentages[role] == 5 for role, share in shares.items())
    missing = {role: shares[role] - percentages[role] for role in shares}
    for one, other in combinations(shares, 2):
        # Moving a step from one role to another would not bring the two closer to their shares.
        if percentages[one] > 5:
            assert missing[other] - missing[one] <= 5 + 1e-6
        if percentages[other] > 5:
            assert missing[one] - missing[other] <= 5 + 1e-6


@pytest.mark.parametrize(
    ("shares", "percentages"),
    [
        ({}, {}),
        ({"a": 0.0}, {"a": 0}),
        ({"a": 1.0, "b": 0.0}, {"a": 100, "b": 0}),
        ({"b": 1 / 3, "c": 1 / 3, "a": 1 / 3}, {"a": 35, "b": 35, "c": 30}),
        ({"a": 0.47, "b": 0.33, "c": 0.2}, {"a": 45, "b": 35, "c": 20}),
        ({"a": 0.98, "b": 0.01, "c": 0.01}, {"a": 90, "b": 5, "c": 5}),
        ({"a": 0.625, "b": 0.375}, {"a": 65, "b": 35}),
        ({"a": 0.375, "b": 0.625}, {"a": 35, "b": 65}),
        ({"a": 1, "b": 3}, {"a": 25, "b": 75}),
        ({"a": 0.125, "b": 0.375, "c": 0.5}, {"a": 10, "b": 40, "c": 50}),
        ({f"{n:02}": 0.04 + 0.2 * (n == 7) for n in range(20)}, {f"{n:02}": 5 for n in range(20)}),
        ({f"{n:02}": 1 / 21 for n in range(21)}, {f"{n:02}": 5 if n < 16 else 4 for n in range(21)}),
    ],
)
def test_percentages_of_some_mixes(shares, percentages):
    assert share_percentages(shares) == percentages
