"""What became of earlier wishes, goals and agreed actions: hand-made cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank import WISHES, AgreedAction
from quiz.results.since_last_time import SinceLastTime, Taking, WishChange, compare_takings
from tests.factories import ALL_NEVER, BANK, MODEL

ANALYST = ("insights", "dashboards", "trends")


def compare(
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    wishes: Mapping[str, str] | None = None,
    wishes_now: Mapping[str, str] | None = None,
    goals: Sequence[str] = (),
    goals_now: Sequence[str] = (),
) -> SinceLastTime:
    """The comparison of two takings with "never" as the answer to everything else."""
    return compare_takings(
        BANK,
        MODEL,
        Taking(ALL_NEVER | dict(before), wishes or {}, goals),
        Taking(ALL_NEVER | dict(after), wishes_now or {}, goals_now),
    )


def wish_change(wish: str, before: str, after: str) -> WishChange:
    """The change of one wish about pipelines."""
    (change,) = compare({"pipelines": before}, {"pipelines": after}, wishes={"pipelines": wish}).wish_changes
    return change


# Wishes


@pytest.mark.parametrize(
    ("wish", "before", "after", "movement", "is_fulfilled"),
    [
        ("less", "daily", "monthly", "down", True),
        ("less", "daily", "daily", "same", False),
        ("less", "monthly", "daily", "up", False),
        ("more", "monthly", "weekly", "up", True),
        ("more", "weekly", "never", "down", False),
        ("hand-over", "weekly", "rarely", "down", True),
        ("start", "never", "rarely", "up", True),
        ("start", "never", "never", "same", False),
        ("as-is", "weekly", "weekly", "same", True),
        ("as-is", "weekly", "daily", "up", False),
    ],
)
def test_a_wish_is_fulfilled_if_the_answer_went_its_way(wish, before, after, movement, is_fulfilled):
    change = wish_change(wish, before, after)
    assert (change.movement, change.is_fulfilled, change.unknown_because) == (movement, is_fulfilled, "")
    assert change.before and change.after
    assert (change.before.id, change.after.id) == (before, after)


@pytest.mark.parametrize(
    ("before", "after", "because"),
    [
        ("skip", "daily", "left-out-before"),
        ("daily", "skip", "left-out-now"),
        ("skip", "skip", "left-out-before"),
        ("hourly", "daily", "not-asked-before"),
        ("daily", "hourly", "not-asked-now"),
    ],
    ids=str,
)
@pytest.mark.parametrize("wish", ["more", "as-is"])
def test_a_wish_without_two_answers_is_unknown_and_says_why(wish, before, after, because):
    change = wish_change(wish, before, after)
    assert (change.movement, change.is_fulfilled, change.unknown_because) == ("unknown", False, because)


def test_a_question_that_is_new_in_the_bank_was_not_asked_before():
    old_sheet = {id: answer for id, answer in ALL_NEVER.items() if id != "pipelines"}
    before, after = Taking(old_sheet, {"pipelines": "start"}, []), Taking(ALL_NEVER, {}, [])
    (change,) = compare_takings(BANK, MODEL, before, after).wish_changes
    assert (change.before, change.unknown_because) == (None, "not-asked-before")
    (change,) = compare_takings(BANK, MODEL, Taking(ALL_NEVER, {"pipelines": "start"}, []), before).wish_changes
    assert (change.after, change.unknown_because) == (None, "not-asked-now")


def test_wishes_that_the_bank_does_not_know_any_more_are_left_out():
    since = compare({}, {}, wishes={"sailing": "more", "pipelines": "rest", "trends": "start"})
    assert [change.responsibility.id for change in since.wish_changes] == ["trends"]


def test_the_wish_of_this_time_is_named_or_none():
    wishes = {"pipelines": "more", "trends": "more", "insights": "more"}
    wishes_now = {"pipelines": "more", "trends": "less", "insights": "rest"}
    since = compare({}, {}, wishes=wishes, wishes_now=wishes_now)
    wish_now = {change.responsibility.id: change.wish_now and change.wish_now.id for change in since.wish_changes}
    assert wish_now == {"pipelines": "more", "trends": "less", "insights": None}
    assert compare({}, {}, wishes_now=wishes_now).wish_changes == (), "wishes of this time only are no change"


def test_what_changed_as_wished_comes_first_and_what_is_unknown_last():
    before = {"pipelines": "daily", "trends": "daily", "insights": "skip", "dashboards": "weekly", "ci-cd": "daily"}
    after = before | {"dashboards": "daily", "ci-cd": "rarely"}
    since = compare(before, after, wishes=dict.fromkeys(before, "less"))
    assert [change.responsibility.id for change in since.wish_changes] == [
        "ci-cd",
        "dashboards",
        "pipelines",
        "trends",
        "insights",
    ]


# Goals and coverage


def test_goals_show_the_coverage_of_both_times_and_whether_they_still_are_goals():
    since = compare(
        {"insights": "daily"},
        dict.fromkeys(ANALYST, "daily"),
        goals=["data-analyst", "ml-engineer", "sailor"],
        goals_now=["ml-engineer", "data-engineer"],
    )
    goals = [(each.role.id, each.before, each.after, each.movement, each.is_goal) for each in since.goal_changes]
    assert goals == [("data-analyst", 33, 100, "up", False), ("ml-engineer", 0, 0, "same", True)]


def test_every_role_has_its_coverage_of_both_times_most_done_now_first():
    since = compare(dict.fromkeys(ANALYST, "daily"), {"pipelines": "daily", "insights": "daily"} | {"ci-cd": "weekly"})
    changes = [(each.role.id, each.before, each.after) for each in since.coverage_changes]
    assert len(changes) == len(BANK.roles)
    assert set(changes[:2]) == {("data-analyst", 100, 33), ("data-engineer", 0, 33)}
    assert changes[2] == ("devops-sre", 0, 22)
    assert {each.movement for each in since.coverage_changes} == {"up", "down", "same"}


def test_a_role_with_too_few_answers_has_no_coverage_and_comes_last():
    left_out = dict.fromkeys(("insights", "dashboards"), "skip")
    since = compare({"insights": "daily"}, left_out, goals=["data-analyst"])
    last = since.coverage_changes[-1]
    assert (last.role.id, last.before, last.after, last.movement) == ("data-analyst", 33, None, "unknown")
    assert compare(left_out, {}, goals=["data-analyst"]).goal_changes[0].before is None


def test_a_role_with_other_questions_than_last_time_says_so():
    since = compare({"insights": "skip"}, {"insights": "daily"})
    different = [change.role.id for change in since.coverage_changes if not change.has_same_questions]
    assert (different, since.has_different_questions) == (["data-analyst"], True)
    assert not compare({"insights": "skip"}, {"insights": "skip", "trends": "daily"}).has_different_questions


# Agreed actions


def test_the_actions_are_those_that_were_agreed_after_the_earlier_taking():
    actions = (
        AgreedAction(1, "Ask Kim"),
        AgreedAction(2, "Read", outcome="done"),
        AgreedAction(3, "Try", "2026-08-31"),
    )
    before = Taking(ALL_NEVER, {}, [], agreed_actions=actions)
    since = compare_takings(BANK, MODEL, before, Taking(ALL_NEVER, {}, [], agreed_actions=(AgreedAction(1, "New"),)))
    assert since.actions == actions


sheets = st.dictionaries(st.sampled_from([*BANK.responsibility, "sailing"]), st.sampled_from([*BANK.option, "hourly"]))
wishes = st.dictionaries(st.sampled_from([*BANK.responsibility, "sailing"]), st.sampled_from([*WISHES, "rest"]))
takings = st.builds(Taking, sheets, wishes, st.lists(st.sampled_from([*BANK.role, "sailor"]), max_size=2, unique=True))


@given(takings, takings)
def test_going_back_reverses_every_movement(before, after):
    reverse = {"up": "down", "down": "up", "same": "same", "unknown": "unknown"}
    forward = compare_takings(BANK, MODEL, before, after)
    backward = compare_takings(BANK, MODEL, after, before)
    there = {change.role: (change.movement, change.was_goal) for change in forward.coverage_changes}
    back = {change.role: (reverse[change.movement], change.is_goal) for change in backward.coverage_changes}
    assert there == back
    for change in forward.wish_changes:
        assert bool(change.unknown_because) == (change.movement == "unknown")
        assert not (change.is_fulfilled and change.unknown_because)
