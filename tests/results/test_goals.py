"""The distance to a role, and what changed between two results."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank import load
from quiz.config import paths
from quiz.results.changes import Verdict, compare
from quiz.results.goals import distance, regular, steps
from quiz.scoring import ScoringModel, match

BANK = load(paths.project_folder("questions"))
MODEL = ScoringModel.from_bank(BANK)
POINTS = [point.id for point in BANK.scale]
NEVER = dict.fromkeys(BANK.responsibility, "never")
ANALYST = NEVER | {"insights": "daily", "dashboards": "daily", "trends": "weekly"}

sheets = st.fixed_dictionaries({id: st.sampled_from(list(BANK.option)) for id in BANK.responsibility})
roles = st.sampled_from(list(BANK.role))


def ids(items) -> list[str]:
    return [item.id for item in items]


def verdict(before, after) -> Verdict:
    return compare(BANK, MODEL, before, after).verdict


# The distance to a role


def test_regular_means_weekly_on_the_shipped_scale():
    assert regular(BANK).id == "weekly"


def test_steps_are_what_is_below_weekly_the_least_done_first():
    answers = ANALYST | {"predictive-models": "monthly", "exploration": "weekly", "model-handover": "rarely"}
    found = steps(BANK, answers, "data-scientist")
    assert [(step.responsibility.id, step.now.id, step.to.id) for step in found] == [
        ("model-handover", "rarely", "weekly"),
        ("predictive-models", "monthly", "weekly"),
    ]


def test_steps_from_equal_answers_keep_the_order_of_the_bank():
    assert [step.responsibility.id for step in steps(BANK, NEVER, "data-engineer")] == [
        "pipelines",
        "ingest-transform-serve",
        "data-quality",
    ]


def test_there_are_three_steps_at_most(small_bank):
    for file in (small_bank / "roles").iterdir():
        text = file.read_text(encoding="utf-8")
        for n in range(3):
            text += f'\n[[responsibilities]]\nid = "{file.stem}-{n}"\nname = "n"\nquestion = "q"\nhint = "h"\n'
        file.write_text(text, encoding="utf-8")
    bank = load(small_bank)
    answers = dict.fromkeys(bank.responsibility, "rarely") | {"baker-1": "never"}
    assert [step.responsibility.id for step in steps(bank, answers, "baker")] == ["baker-1", "dough", "oven"]


def test_the_distance_says_how_much_is_done_now_and_what_the_mix_would_be_then():
    far = distance(BANK, MODEL, ANALYST | {"exploration": "weekly"}, "data-scientist")
    assert (far.percent_now, far.percent_then) == (22, 65)
    assert far.now.mix == ("data-analyst",)
    assert far.then.mix == ("data-analyst", "data-scientist")
    assert not far.reached


def test_what_is_already_done_daily_stays_daily():
    answers = ANALYST | {"exploration": "daily"}
    far = distance(BANK, MODEL, answers, "data-scientist")
    raised = answers | {"predictive-models": "weekly", "model-handover": "weekly"}
    assert far.then == match(MODEL, raised)


def test_a_role_already_in_the_mix_can_still_have_steps():
    far = distance(BANK, MODEL, ANALYST | {"trends": "rarely"}, "data-analyst")
    assert ids(step.responsibility for step in far.steps) == ["trends"]
    assert (far.percent_now, far.percent_then) == (70, 88)


def test_a_role_that_is_done_already_is_reached():
    far = distance(BANK, MODEL, ANALYST, "data-analyst")
    assert far.reached
    assert (far.steps, far.unknown) == ((), ())
    assert far.then == far.now


@pytest.mark.parametrize("left_out", [{"trends": "skip"}, {"trends": "no such answer"}, {}])
def test_what_was_left_out_is_unknown_and_never_a_step(left_out):
    answers = {id: answer for id, answer in ANALYST.items() if id != "trends"} | {"insights": "rarely"} | left_out
    far = distance(BANK, MODEL, answers, "data-analyst")
    assert ids(step.responsibility for step in far.steps) == ["insights"]
    assert ids(far.unknown) == ["trends"]
    assert (far.percent_now, far.percent_then) == (55, 82)


def test_a_role_of_which_too_little_was_answered_has_no_percent_and_is_not_reached():
    far = distance(BANK, MODEL, {}, "data-analyst")
    assert (far.percent_now, far.percent_then) == (None, None)
    assert ids(far.unknown) == ["insights", "dashboards", "trends"]
    assert not far.reached


def test_teachers_are_those_who_hold_the_role_and_the_contacts_who_work_with_them():
    near = distance(BANK, MODEL, ANALYST, "ml-engineer", ["devops-sre", "software-engineer", "ml-engineer"]).teachers
    assert (near.holders.id, near.met, ids(near.through)) == ("ml-engineer", True, ["devops-sre"])
    alone = distance(BANK, MODEL, ANALYST, "ml-engineer").teachers
    assert (alone.met, alone.through) == (False, ())


def test_a_role_that_the_bank_does_not_know_is_an_error():
    with pytest.raises(KeyError):
        distance(BANK, MODEL, ANALYST, "sailor")


@given(sheets, roles)
def test_steps_never_lower_coverage_nor_touch_another_role(answers, role):
    far = distance(BANK, MODEL, answers, role)
    assert (far.percent_then or 0) >= (far.percent_now or 0)
    assert {step.responsibility.role for step in far.steps} <= {role}
    assert [far.then.roles[id].coverage for id in BANK.role if id != role] == [
        far.now.roles[id].coverage for id in BANK.role if id != role
    ]


@given(sheets, roles)
def test_taking_every_step_leaves_no_step(answers, role):
    taken = answers | {step.responsibility.id: step.to.id for step in steps(BANK, answers, role)}
    assert steps(BANK, taken, role) == ()


@given(sheets, roles)
def test_no_other_step_would_add_more_coverage_than_the_first(answers, role):
    def coverage(raised):
        return match(MODEL, answers | {raised: "weekly"}).roles[role].coverage or 0

    found = [coverage(step.responsibility.id) for step in steps(BANK, answers, role)]
    assert found == sorted(found, reverse=True)


# What changed


def test_the_same_answers_are_the_same_result_without_a_move():
    change = compare(BANK, MODEL, ANALYST, ANALYST)
    assert (change.verdict, change.moves, change.joined, change.left, change.leads) == ("same", (), (), (), None)


def test_answers_can_move_while_the_mix_stays():
    change = compare(BANK, MODEL, ANALYST, ANALYST | {"exploration": "monthly", "trends": "daily"})
    assert change.verdict == "same"
    assert [
        (move.responsibility.id, move.before.id, move.after.id, move.by, move.direction) for move in change.moves
    ] == [
        ("trends", "weekly", "daily", 1, "up"),
        ("exploration", "never", "monthly", 2, "up"),
    ]


def test_moves_stand_by_the_size_of_their_change_and_those_from_or_to_a_skip_come_last():
    before = ANALYST | {"governance": "skip"}
    after = ANALYST | {"insights": "rarely", "dashboards": "skip", "pipelines": "rarely"}
    assert [
        (move.responsibility.id, move.by, move.direction) for move in compare(BANK, MODEL, before, after).moves
    ] == [
        ("insights", -3, "down"),
        ("pipelines", 1, "up"),
        ("governance", 0, "answered"),
        ("dashboards", 0, "left-out"),
    ]


def test_an_answer_that_the_bank_does_not_know_counts_as_left_out():
    assert compare(BANK, MODEL, {"trends": "hourly", "sailing": "daily"}, {"trends": "skip"}).moves == ()


def test_a_role_that_joins_or_leaves_is_a_change():
    engineer = NEVER | {"pipelines": "daily", "ingest-transform-serve": "daily", "data-quality": "daily"}
    both = ANALYST | {id: answer for id, answer in engineer.items() if answer == "daily"}
    joins = compare(BANK, MODEL, ANALYST, both)
    assert (joins.verdict, ids(joins.joined), ids(joins.left)) == ("changed", ["data-engineer"], [])
    leaves = compare(BANK, MODEL, both, engineer)
    assert (leaves.verdict, ids(leaves.joined), ids(leaves.left)) == ("changed", [], ["data-analyst"])
    assert leaves.leads is None


def test_another_role_in_the_lead_is_a_change_though_the_roles_are_the_same():
    before = ANALYST | {"pipelines": "weekly", "data-quality": "weekly", "ingest-transform-serve": "monthly"}
    after = before | {"pipelines": "daily", "data-quality": "daily", "insights": "monthly"}
    change = compare(BANK, MODEL, before, after)
    assert set(change.before.mix) == set(change.after.mix) == {"data-analyst", "data-engineer"}
    assert (change.verdict, change.joined, change.left) == ("changed", (), ())
    assert change.leads == BANK.role["data-engineer"]


def test_a_lead_that_one_step_would_turn_is_noise():
    before = ANALYST | {"pipelines": "daily", "data-quality": "daily", "ingest-transform-serve": "monthly"}
    after = before | {"ingest-transform-serve": "weekly", "trends": "monthly"}
    change = compare(BANK, MODEL, before, after)
    assert (change.before.mix[0], change.after.mix[0], change.verdict) == ("data-analyst", "data-engineer", "noise")


def test_a_mix_within_reach_of_one_step_is_noise_even_after_many_moves():
    edge = ANALYST | {"pipelines": "weekly", "data-quality": "monthly"}
    over = next(
        moved
        for id in BANK.responsibility
        for moved in [edge | {id: POINTS[min(POINTS.index(edge[id]) + 1, 4)]}]
        if set(match(MODEL, moved).mix) != set(match(MODEL, edge).mix)
    )
    # Small things elsewhere that leave the mix alone.
    moved = over | {"governance": "rarely", "code-quality": "rarely"}
    assert set(match(MODEL, moved).mix) == set(match(MODEL, over).mix)
    change = compare(BANK, MODEL, edge, moved)
    assert (change.verdict, len(change.moves)) == ("noise", 3)
    assert change.joined + change.left


def test_the_other_mix_of_a_tie_is_noise():
    often = ["scalable-architecture", "insights", "trends", "predictive-models"]
    tie = NEVER | dict.fromkeys(often, "daily") | {"code-quality": "weekly", "ci-cd": "monthly"}
    tie |= {"model-optimisation": "rarely"}
    found = match(MODEL, tie)
    assert found.mix == ("data-analyst", "data-architect", "data-scientist")
    assert (found.evidence, found.alternative) == ("tie", ("data-analyst",))
    assert verdict(tie, ANALYST) == verdict(ANALYST, tie) == "noise"
    # One more such answer, and there is no tie: from there it is a change.
    assert verdict(tie | {"model-handover": "daily"}, ANALYST) == "changed"


@pytest.mark.parametrize("few", [{}, {"pipelines": "daily"}, NEVER | {"pipelines": "monthly"}])
def test_nothing_is_said_of_a_change_from_or_to_too_few_answers(few):
    for before, after in ((few, ANALYST), (ANALYST, few), (few, few)):
        change = compare(BANK, MODEL, before, after)
        assert (change.verdict, change.joined, change.left, change.leads) == ("unknown", (), (), None)


def test_doing_all_of_it_and_doing_none_of_it_are_not_the_same():
    daily = dict.fromkeys(BANK.responsibility, "daily")
    assert verdict(NEVER, daily) == "changed"
    assert verdict(daily, daily) == verdict(NEVER, NEVER) == "same"


@given(sheets, sheets)
def test_swapping_the_two_results_keeps_the_verdict_and_turns_the_moves_round(before, after):
    there, back = compare(BANK, MODEL, before, after), compare(BANK, MODEL, after, before)
    assert there.verdict == back.verdict
    assert {(move.responsibility, move.by) for move in there.moves} == {
        (move.responsibility, -move.by) for move in back.moves
    }
    assert set(there.joined) == set(back.left)


@given(sheets, st.sampled_from(list(BANK.responsibility)), st.sampled_from([-1, 1]))
def test_one_step_of_one_answer_is_never_a_change(before, id, by):
    if before[id] == "skip" or not 0 <= POINTS.index(before[id]) + by < len(POINTS):
        before = before | {id: "monthly"}
    after = before | {id: POINTS[POINTS.index(before[id]) + by]}
    assert verdict(before, after) != "changed"
