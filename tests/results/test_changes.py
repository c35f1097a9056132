"""What changed between two results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank import FollowUps, Role
from quiz.results.changes import ResultComparison, Verdict, compare_results
from quiz.scoring import match
from tests.factories import ALL_NEVER, BANK, MODEL

OPTIONS = [option.id for option in BANK.scale]
ALL_DAILY = dict.fromkeys(BANK.responsibility, "daily")
ANALYST = ALL_NEVER | {"insights": "daily", "dashboards": "daily", "trends": "weekly"}

sheets = st.fixed_dictionaries({id: st.sampled_from(list(BANK.option)) for id in BANK.responsibility})


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> ResultComparison:
    return compare_results(BANK, MODEL, before, after)


def verdict(before: Mapping[str, str], after: Mapping[str, str]) -> Verdict:
    return compare(before, after).verdict


def ids(roles: Iterable[Role]) -> list[str]:
    return [role.id for role in roles]


def roles_are_the_same(comparison: ResultComparison) -> bool:
    """Whether the comparison has no added, removed or new main role."""
    return not (comparison.added_roles or comparison.removed_roles or comparison.new_main_role)


# The main role


def test_of_two_equal_roles_none_is_the_new_main_role():
    engineer = dict.fromkeys(("pipelines", "ingest-transform-serve", "data-quality"), "daily")
    analyst = dict.fromkeys(("insights", "dashboards", "trends"), "daily")
    only_little = ALL_NEVER | engineer | dict.fromkeys(analyst, "weekly")
    equal = compare(only_little, ALL_NEVER | engineer | analyst)
    assert (equal.verdict, equal.new_main_role) == ("noise", None), (
        "one step of one answer makes one of them the main role"
    )
    again = compare(ALL_NEVER | engineer | analyst, only_little)
    assert again.new_main_role == BANK.role["data-engineer"]


# The answers


def test_equal_answers_have_no_changes():
    comparison = compare(ANALYST, ANALYST)
    assert comparison.verdict == "same"
    assert comparison.answer_changes == ()
    assert roles_are_the_same(comparison)


def test_answers_can_change_while_the_mix_stays_the_same():
    comparison = compare(ANALYST, ANALYST | {"exploration": "monthly", "trends": "daily"})
    assert comparison.verdict == "same"
    assert [
        (change.responsibility.id, change.before.id, change.after.id, change.steps, change.direction)
        for change in comparison.answer_changes
    ] == [
        ("trends", "weekly", "daily", 1, "up"),
        ("exploration", "never", "monthly", 2, "up"),
    ]


def test_changes_are_ordered_by_level_and_those_from_or_to_a_skip_are_last():
    before = ANALYST | {"governance": "skip"}
    after = ANALYST | {"insights": "rarely", "dashboards": "skip", "pipelines": "rarely"}
    changes = compare(before, after).answer_changes
    assert [(change.responsibility.id, change.steps, change.direction) for change in changes] == [
        ("insights", -3, "down"),
        ("pipelines", 1, "up"),
        ("governance", 0, "answered"),
        ("dashboards", 0, "skipped"),
    ]


def test_an_answer_that_the_bank_does_not_have_counts_as_skipped():
    assert compare({"trends": "hourly", "sailing": "daily"}, {"trends": "skip"}).answer_changes == ()


# The mix


def test_an_added_or_removed_role_is_a_change():
    engineer = ALL_NEVER | {"pipelines": "daily", "ingest-transform-serve": "daily", "data-quality": "daily"}
    both = ANALYST | {id: answer for id, answer in engineer.items() if answer == "daily"}
    added = compare(ANALYST, both)
    assert (added.verdict, ids(added.added_roles), ids(added.removed_roles)) == ("changed", ["data-engineer"], [])
    removed = compare(both, engineer)
    assert (removed.verdict, ids(removed.added_roles), ids(removed.removed_roles)) == ("changed", [], ["data-analyst"])
    assert removed.new_main_role is None


def test_a_new_main_role_is_a_change_although_the_roles_are_the_same():
    before = ANALYST | {"pipelines": "weekly", "data-quality": "weekly", "ingest-transform-serve": "monthly"}
    after = before | {"pipelines": "daily", "data-quality": "daily", "insights": "monthly"}
    comparison = compare(before, after)
    assert set(comparison.before.mix) == set(comparison.after.mix) == {"data-analyst", "data-engineer"}
    assert (comparison.verdict, comparison.added_roles, comparison.removed_roles) == ("changed", (), ())
    assert comparison.new_main_role == BANK.role["data-engineer"]


def test_a_main_role_that_one_step_would_replace_is_noise():
    before = ANALYST | {"pipelines": "daily", "data-quality": "daily", "ingest-transform-serve": "monthly"}
    after = before | {"ingest-transform-serve": "weekly", "trends": "monthly"}
    comparison = compare(before, after)
    assert comparison.before.mix[0] == "data-analyst"
    assert comparison.after.mix[0] == "data-engineer"
    assert comparison.verdict == "noise"


def test_a_mix_that_one_step_would_give_is_noise_even_after_many_changes():
    before = ANALYST | {"pipelines": "weekly", "data-quality": "monthly"}
    one_step = next(
        changed
        for id in BANK.responsibility
        for changed in [before | {id: OPTIONS[min(OPTIONS.index(before[id]) + 1, 4)]}]
        if set(match(MODEL, changed).mix) != set(match(MODEL, before).mix)
    )
    # Two more small changes, which do not change the mix.
    after = one_step | {"governance": "rarely", "code-quality": "rarely"}
    assert set(match(MODEL, after).mix) == set(match(MODEL, one_step).mix)
    comparison = compare(before, after)
    assert (comparison.verdict, len(comparison.answer_changes)) == ("noise", 3)
    assert comparison.added_roles + comparison.removed_roles


def test_the_alternative_mix_of_a_tie_is_noise():
    daily = ["scalable-architecture", "insights", "trends", "predictive-models"]
    tie = ALL_NEVER | dict.fromkeys(daily, "daily") | {"code-quality": "weekly", "ci-cd": "monthly"}
    tie |= {"model-optimisation": "rarely"}
    tie_match = match(MODEL, tie)
    assert tie_match.mix == ("data-analyst", "data-architect", "data-scientist")
    assert (tie_match.evidence, tie_match.alternative) == ("tie", ("data-analyst",))
    assert verdict(tie, ANALYST) == verdict(ANALYST, tie) == "noise"
    # With one more daily answer there is no tie, and the difference is a change.
    assert verdict(tie | {"model-handover": "daily"}, ANALYST) == "changed"


@pytest.mark.parametrize(
    ("few", "reason"),
    [
        ({}, "too-few-answers"),
        ({"pipelines": "daily"}, "too-few-answers"),
        (ALL_NEVER | {"pipelines": "monthly"}, "too-little-work"),
    ],
)
def test_too_few_answers_or_too_little_work_cannot_be_compared(few, reason):
    for before, after in ((few, ANALYST), (ANALYST, few), (few, few)):
        comparison = compare(before, after)
        assert (comparison.verdict, comparison.unknown_because) == ("unknown", reason)
        assert roles_are_the_same(comparison)
    assert compare({}, few).unknown_because == compare(few, {}).unknown_because == "too-few-answers"
    assert compare(ANALYST, ANALYST).unknown_because == ""


def test_all_daily_and_all_never_are_not_the_same():
    assert verdict(ALL_NEVER, ALL_DAILY) == "changed"
    assert verdict(ALL_DAILY, ALL_DAILY) == verdict(ALL_NEVER, ALL_NEVER) == "same"


@given(sheets, sheets)
def test_swapping_the_two_results_keeps_the_verdict_and_reverses_the_changes(before, after):
    forward, backward = compare(before, after), compare(after, before)
    assert forward.verdict == backward.verdict
    assert {(change.responsibility, change.steps) for change in forward.answer_changes} == {
        (change.responsibility, -change.steps) for change in backward.answer_changes
    }
    assert set(forward.added_roles) == set(backward.removed_roles)


@given(sheets, st.sampled_from(list(BANK.responsibility)), st.sampled_from([-1, 1]))
def test_one_step_of_one_answer_is_never_a_change(before, id, direction):
    if before[id] == "skip" or not 0 <= OPTIONS.index(before[id]) + direction < len(OPTIONS):
        before = before | {id: "monthly"}
    after = before | {id: OPTIONS[OPTIONS.index(before[id]) + direction]}
    assert verdict(before, after) != "changed"


# Comparisons of time


TWO_ROLES = ALL_NEVER | {"pipelines": "daily", "data-quality": "daily", "infrastructure": "weekly", "ci-cd": "weekly"}


def compare_with(before: FollowUps | None, after: FollowUps | None) -> ResultComparison:
    return compare_results(BANK, MODEL, TWO_ROLES, TWO_ROLES, follow_ups_before=before, follow_ups_after=after)


def devops(answer: str) -> FollowUps:
    return FollowUps("data-engineer", {"devops-sre": answer})


def test_comparisons_count_if_both_takings_compared_the_same_roles():
    comparison = compare_with(devops("more"), devops("hardly"))
    assert (comparison.counts_follow_ups, comparison.leaves_out_follow_ups) == (True, False)
    assert [role.id for role in comparison.removed_roles] == ["devops-sre"]
    assert comparison.verdict == "changed"


def test_one_step_of_one_comparison_is_no_real_change():
    assert compare_with(devops("half"), devops("quarter")).verdict == "noise"
    assert compare_with(devops("quarter"), devops("half")).verdict == "noise"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, devops("hardly")),
        (devops("hardly"), None),
        (devops("skip"), devops("hardly")),
        (devops("hardly"), FollowUps("devops-sre", {"data-engineer": "hardly"})),
        (devops("hardly"), FollowUps("data-engineer", {"devops-sre": "hardly", "data-analyst": "half"})),
    ],
)
def test_two_takings_are_compared_by_their_ratings_if_they_compared_different_work(before, after):
    answers = TWO_ROLES | {"insights": "monthly"}
    comparison = compare_results(BANK, MODEL, answers, answers, follow_ups_before=before, follow_ups_after=after)
    assert (comparison.counts_follow_ups, comparison.leaves_out_follow_ups) == (False, True)
    assert comparison.verdict == "same"


def test_a_role_that_a_comparison_keeps_out_of_the_mix_is_not_its_main_role():
    before = ALL_NEVER | {"apis-services": "weekly", "ci-cd": "rarely", "monitoring": "monthly"}
    before |= {"governance": "monthly", "predictive-models": "rarely", "model-monitoring": "daily"}
    answers = {"data-engineer": "half", "software-engineer": "same", "ml-engineer": "quarter"}
    comparisons = FollowUps("devops-sre", answers)
    comparison = compare_results(
        BANK,
        MODEL,
        before,
        before | {"ci-cd": "monthly"},
        follow_ups_before=comparisons,
        follow_ups_after=comparisons,
    )
    assert comparison.before.mix == ("software-engineer", "devops-sre")
    assert comparison.after.mix == ("devops-sre", "software-engineer")
    coverage = {role: scores.coverage or 0 for role, scores in comparison.after.roles.items()}
    assert max(coverage, key=coverage.__getitem__) == "ml-engineer"
    assert comparison.new_main_role == BANK.role["devops-sre"]
    assert comparison.verdict == "noise", "one step of one answer"


def test_without_comparisons_nothing_is_left_out():
    comparison = compare_with(None, devops("skip"))
    assert (comparison.counts_follow_ups, comparison.leaves_out_follow_ups) == (False, False)
    assert comparison.has_same_answers, "“I can’t say” compares nothing"


def test_a_comparison_that_differs_is_a_changed_answer():
    comparison = compare_with(devops("more"), devops("same"))
    assert (comparison.verdict, comparison.answer_changes, comparison.change_count) == ("same", (), 1)
    (change,) = comparison.comparison_changes
    assert (change.role.id, change.before.id, change.after.id) == ("devops-sre", "more", "same")
    assert not comparison.has_same_answers


def test_comparisons_belong_to_the_answers_that_are_the_same_or_not():
    assert compare_with(devops("half"), devops("half")).has_same_answers
    assert not compare_with(None, devops("half")).has_same_answers
    analyst = "data-analyst"  # nothing of it is done, so the comparison does not count
    not_done = compare_with(
        FollowUps("data-engineer", {analyst: "half"}), FollowUps("data-engineer", {analyst: "more"})
    )
    assert (not_done.leaves_out_follow_ups, not_done.has_same_answers, not_done.change_count) == (False, False, 0)
