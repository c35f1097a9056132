"""The distance to a goal role, and the steps that lead there."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank import FollowUps, JobGoal, Responsibility, Role, load
from quiz.results.goals import (
    MAX_STEPS,
    GoalDistance,
    goal_distance,
    goal_distances,
    goal_steps,
    job_goal_distance,
    regular_option,
)
from quiz.scoring import match
from tests.factories import ALL_NEVER, BANK, MODEL

ANALYST = ALL_NEVER | {"insights": "daily", "dashboards": "daily", "trends": "weekly"}

sheets = st.fixed_dictionaries({id: st.sampled_from(list(BANK.option)) for id in BANK.responsibility})
roles = st.sampled_from(list(BANK.role))


def ids(items: Iterable[Role | Responsibility]) -> list[str]:
    return [item.id for item in items]


def step_ids(distance: GoalDistance) -> list[str]:
    return ids(step.responsibility for step in distance.steps)


# Steps


@pytest.mark.parametrize("wish", ["less", "hand-over"])
def test_what_is_wanted_less_or_handed_over_is_no_step(wish):
    wishes = {"pipelines": wish, "data-quality": "more", "insights": wish, "sailing": wish}
    distance = goal_distance(BANK, MODEL, ALL_NEVER, "data-engineer", wishes=wishes)
    assert (step_ids(distance), ids(distance.unwanted)) == (["ingest-transform-serve", "data-quality"], ["pipelines"])
    assert distance.percent_after == 43
    job_goal = JobGoal("A job", ("pipelines", "insights", "dashboards"))
    job = job_goal_distance(BANK, ANALYST, job_goal, wishes)
    assert (ids(job.done), ids(job.unwanted), job.steps) == (["insights", "dashboards"], ["pipelines"], ())


def test_a_goal_of_which_only_unwanted_work_is_missing_is_not_reached():
    answers = ANALYST | {"trends": "monthly"}
    distance = goal_distance(BANK, MODEL, answers, "data-analyst", wishes={"trends": "less"})
    assert (distance.kind, distance.steps) == ("unwanted", ())
    skips = answers | {"insights": "skip"}
    assert goal_distance(BANK, MODEL, skips, "data-analyst", wishes={"trends": "less"}).kind == "unknown"


def test_work_that_is_done_regularly_is_not_unwanted():
    assert goal_distance(BANK, MODEL, ANALYST, "data-analyst", wishes={"trends": "less"}).kind == "reached"


def test_regular_means_weekly_on_the_shipped_scale():
    assert regular_option(BANK).id == "weekly"


def test_steps_are_the_answers_below_weekly_lowest_first():
    answers = ANALYST | {"predictive-models": "monthly", "exploration": "weekly", "model-handover": "rarely"}
    steps = goal_steps(BANK, answers, "data-scientist")
    assert [(step.responsibility.id, step.current.id, step.target.id) for step in steps] == [
        ("model-handover", "rarely", "weekly"),
        ("predictive-models", "monthly", "weekly"),
    ]


def test_steps_from_equal_answers_keep_the_order_of_the_bank():
    assert ids(step.responsibility for step in goal_steps(BANK, ALL_NEVER, "data-engineer")) == [
        "pipelines",
        "ingest-transform-serve",
        "data-quality",
    ]


def test_there_are_at_most_three_steps(small_bank):
    for file in (small_bank / "roles").iterdir():
        text = file.read_text(encoding="utf-8")
        for n in range(3):
            text += f'\n[[responsibilities]]\nid = "{file.stem}-{n}"\nname = "n"\nquestion = "q"\nhint = "h"\n'
        file.write_text(text, encoding="utf-8")
    bank = load(small_bank)
    answers = dict.fromkeys(bank.responsibility, "rarely") | {"baker-1": "never"}
    steps = goal_steps(bank, answers, "baker")
    assert ids(step.responsibility for step in steps) == ["baker-1", "dough", "oven"]


@given(sheets, roles)
def test_after_every_step_no_step_is_left(answers, role):
    steps = goal_steps(BANK, answers, role)
    answers_after = answers | {step.responsibility.id: step.target.id for step in steps}
    assert goal_steps(BANK, answers_after, role) == ()


@given(sheets, roles)
def test_no_step_adds_more_coverage_than_an_earlier_one(answers, role):
    coverages = []
    for step in goal_steps(BANK, answers, role):
        answers_after = answers | {step.responsibility.id: "weekly"}
        coverages.append(match(MODEL, answers_after).roles[role].coverage or 0)
    assert coverages == sorted(coverages, reverse=True)


# The distance to a role


def test_the_distance_has_the_coverage_now_and_the_mix_after_every_step():
    distance = goal_distance(BANK, MODEL, ANALYST | {"exploration": "weekly"}, "data-scientist")
    assert (distance.percent_now, distance.percent_after) == (22, 65)
    assert distance.match_now.mix == ("data-analyst",)
    assert distance.match_after.mix == ("data-analyst", "data-scientist")
    assert distance.kind == "steps"
    assert distance.kind_after == "mix"


def test_daily_answers_stay_daily_after_every_step():
    answers = ANALYST | {"exploration": "daily"}
    distance = goal_distance(BANK, MODEL, answers, "data-scientist")
    answers_after = answers | {"predictive-models": "weekly", "model-handover": "weekly"}
    assert distance.match_after == match(MODEL, answers_after)


def test_a_role_of_the_mix_can_have_steps():
    distance = goal_distance(BANK, MODEL, ANALYST | {"trends": "rarely"}, "data-analyst")
    assert step_ids(distance) == ["trends"]
    assert distance.has_one_step
    assert (distance.percent_now, distance.percent_after) == (70, 88)


def test_a_role_that_is_done_regularly_is_reached():
    distance = goal_distance(BANK, MODEL, ANALYST, "data-analyst")
    assert distance.kind == "reached"
    assert (distance.steps, distance.skipped) == ((), ())
    assert distance.match_after == distance.match_now


@pytest.mark.parametrize("skipped", [{"trends": "skip"}, {"trends": "no such answer"}, {}])
def test_a_skipped_responsibility_is_no_step(skipped):
    answers = {id: answer for id, answer in ANALYST.items() if id != "trends"} | {"insights": "rarely"} | skipped
    distance = goal_distance(BANK, MODEL, answers, "data-analyst")
    assert step_ids(distance) == ["insights"]
    assert ids(distance.skipped) == ["trends"]
    assert (distance.percent_now, distance.percent_after) == (55, 82)


def test_a_role_with_too_few_answers_has_no_percent_and_is_not_reached():
    distance = goal_distance(BANK, MODEL, {}, "data-analyst")
    assert (distance.percent_now, distance.percent_after) == (None, None)
    assert ids(distance.skipped) == ["insights", "dashboards", "trends"]
    assert distance.kind == "unknown"


def test_why_no_roles_can_be_named_after_the_steps():
    all_weekly = dict.fromkeys(BANK.responsibility, "weekly")
    all_alike = goal_distance(BANK, MODEL, all_weekly | {"trends": "monthly"}, "data-analyst")
    assert all_alike.kind_after == "all-alike"
    half_skipped = dict.fromkeys(list(BANK.responsibility)[::2], "skip")
    too_few = goal_distance(BANK, MODEL, ANALYST | half_skipped | {"insights": "never"}, "data-analyst")
    too_little = goal_distance(
        BANK, MODEL, ALL_NEVER, "data-analyst", wishes=dict.fromkeys(["insights", "trends"], "less")
    )
    for distance in (too_few, too_little):
        assert distance.steps
        assert (distance.kind_after, distance.roles_after) == ("none", ())


def test_contacts_can_help_if_they_have_the_role_or_usually_work_with_it():
    contacts = ["devops-sre", "software-engineer", "ml-engineer"]
    distance = goal_distance(BANK, MODEL, ANALYST, "ml-engineer", contacts)
    assert distance.role.id == "ml-engineer"
    assert (distance.works_with_role, ids(distance.helpful_contacts)) == (True, ["devops-sre"])
    without_contacts = goal_distance(BANK, MODEL, ANALYST, "ml-engineer")
    assert (without_contacts.works_with_role, without_contacts.helpful_contacts) == (False, ())


def test_a_role_that_the_bank_does_not_have_is_an_error():
    with pytest.raises(KeyError):
        goal_distance(BANK, MODEL, ANALYST, "sailor")


def test_distances_are_in_the_order_of_the_bank_and_leave_out_unknown_roles():
    distances = goal_distances(BANK, MODEL, ANALYST, ["ml-engineer", "sailor", "data-analyst"], ["data-engineer"])
    assert distances == tuple(
        goal_distance(BANK, MODEL, ANALYST, role, ["data-engineer"]) for role in ("data-analyst", "ml-engineer")
    )


@given(sheets, roles)
def test_steps_never_lower_coverage_and_never_change_another_role(answers, role):
    distance = goal_distance(BANK, MODEL, answers, role)
    assert (distance.percent_after or 0) >= (distance.percent_now or 0)
    assert {step.responsibility.role for step in distance.steps} <= {role}
    for other in BANK.role:
        if other != role:
            assert distance.match_after.roles[other].coverage == distance.match_now.roles[other].coverage


def test_the_mix_after_the_steps_leaves_out_the_comparison_of_the_goal():
    answers = ALL_NEVER | {"pipelines": "daily", "data-quality": "daily", "infrastructure": "weekly", "ci-cd": "weekly"}
    follow_ups = FollowUps("data-engineer", {"devops-sre": "hardly"})
    distance = goal_distance(BANK, MODEL, answers, "devops-sre", follow_ups=follow_ups)
    assert "devops-sre" not in distance.match_now.mix
    assert "devops-sre" in distance.match_after.mix


# A job


def test_the_steps_to_a_job_are_what_it_asks_for_and_is_not_done_yet():
    answers = {"pipelines": "weekly", "dashboards": "rarely", "trends": "monthly", "insights": "never", "ci-cd": "skip"}
    job_goal = JobGoal("A job", ("ci-cd", "insights", "dashboards", "pipelines", "exploration", "removed-since"))
    assert ids(step.responsibility for step in goal_steps(BANK, answers, job_goal)) == ["insights", "dashboards"]
    distance = job_goal_distance(BANK, answers, job_goal)
    assert (distance.name, distance.steps) == ("A job", goal_steps(BANK, answers, job_goal))
    assert ids(distance.done) == ["pipelines"]
    assert set(ids(distance.skipped)) == {"ci-cd", "exploration"}


def test_a_job_that_asks_for_much_has_few_steps_now_and_the_others_later():
    job_goal = JobGoal("Everything", tuple(BANK.responsibility))
    distance = job_goal_distance(BANK, ALL_NEVER, job_goal)
    assert len(distance.steps) == MAX_STEPS
    together = [*ids(step.responsibility for step in distance.steps), *ids(distance.later)]
    assert together == list(BANK.responsibility)
