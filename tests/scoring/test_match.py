"""The match of one person: the rules, their laws, stability and the closest role."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quiz.bank import Bank
from quiz.scoring import COST_PER_ROLE, ScoringModel, match, score
from tests.scoring.samples import (
    LEVELS,
    RANKED,
    SCALE,
    SEVEN_ROLES,
    SKIP,
    answers_of,
    no_deadline,
    sheets,
)
from tests.scoring.slow_rules import SlowRules

# The rules


@no_deadline
@given(sheets())
def test_every_sheet_gets_the_result_of_the_slow_rules(sheet):
    model, steps = sheet
    result = match(model, answers_of(model, steps))
    slow = SlowRules(model, steps)
    evidence, mix, alternative, margin = slow.result()
    assert (result.evidence, set(result.mix), set(result.alternative)) == (evidence, mix, alternative)
    assert result.margin == (None if margin is None else pytest.approx(margin, abs=1e-8))
    assert result.fit == (pytest.approx(slow.cosine(sorted(mix))) if mix else None)
    assert result.answered == len(slow.levels)
    for role, scores in result.roles.items():
        if role in slow.coverage:
            assert scores.coverage == pytest.approx(slow.coverage[role])
            assert scores.similarity == pytest.approx(slow.cosine([role]) if slow.length else 0)
        else:
            assert scores == (None, None, 0)


@no_deadline
@given(sheets(SEVEN_ROLES, skips=False))
def test_no_other_set_of_roles_is_a_better_mix(sheet):
    model, steps = sheet
    result = match(model, answers_of(model, steps))
    assume(result.margin is not None)
    slow = SlowRules(model, steps)
    assert slow.fit_minus_cost(result.mix) == pytest.approx(max(map(slow.fit_minus_cost, slow.unions())))


@no_deadline
@given(sheets(SEVEN_ROLES), st.randoms())
def test_the_order_of_questions_and_roles_does_not_matter(sheet, random):
    model, steps = sheet
    question_order, role_order = list(range(len(model.questions))), list(range(len(model.roles)))
    random.shuffle(question_order)
    random.shuffle(role_order)
    shuffled = ScoringModel(
        roles=tuple(model.roles[n] for n in role_order),
        questions=tuple(model.questions[n] for n in question_order),
        role_matrix=model.role_matrix[question_order][:, role_order],
        level_of_step=model.level_of_step,
        step_of_answer=model.step_of_answer,
        step_of_follow_up=model.step_of_follow_up,
        follow_up_in_mix=model.follow_up_in_mix,
    )
    one, other = (match(each, answers_of(model, steps)) for each in (model, shuffled))
    assert (one.evidence, one.unchanged, one.tried) == (other.evidence, other.unchanged, other.tried)
    assert (one.fit, one.margin) == pytest.approx((other.fit, other.margin), abs=1e-8)
    assert set(one.mix) == set(other.mix)
    assert set(one.alternative) == set(other.alternative)
    assert {role: pytest.approx(scores) for role, scores in one.roles.items() if scores.coverage is not None} == {
        role: scores for role, scores in other.roles.items() if scores.coverage is not None
    }


@no_deadline
@given(st.integers(0, 6), st.sampled_from([None, 0, 1, 2]), st.integers(3, 4))
def test_a_person_with_one_full_role_gets_that_role_alone_with_fit_1(role, skipped, step):
    steps = [step if n // 3 == role else 0 for n in range(21)]
    if skipped is not None:
        steps[3 * role + skipped] = SKIP
    result = match(SEVEN_ROLES, answers_of(SEVEN_ROLES, steps))
    assert result.mix == (SEVEN_ROLES.roles[role],)
    assert result.fit is not None
    assert 1 - 1e-9 < result.fit <= 1
    assert result.roles[SEVEN_ROLES.roles[role]] == pytest.approx((LEVELS[step], 1, 1))


@no_deadline
@given(st.sets(st.integers(0, 6), min_size=2, max_size=2), st.sampled_from([None, *range(21)]))
def test_two_full_roles_give_both_with_equal_shares_also_when_a_question_is_skipped(roles, skipped):
    steps = [4 if n // 3 in roles else 0 for n in range(21)]
    if skipped is not None:
        steps[skipped] = SKIP
    result = match(SEVEN_ROLES, answers_of(SEVEN_ROLES, steps))
    assert set(result.mix) == {SEVEN_ROLES.roles[role] for role in roles}
    assert result.fit == pytest.approx(1)
    assert [result.roles[role].share for role in result.mix] == [0.5, 0.5]


@pytest.mark.parametrize(("step", "mix"), [(0, ()), (1, ()), (2, ()), (3, SEVEN_ROLES.roles), (4, SEVEN_ROLES.roles)])
def test_equal_answers_give_every_role_or_none(step, mix):
    result = match(SEVEN_ROLES, answers_of(SEVEN_ROLES, [step] * 21))
    assert (result.evidence, result.mix, result.alternative, result.margin) == ("all-alike", mix, (), None)
    assert result.fit == (pytest.approx(1) if mix else None)
    assert sum(scores.share for scores in result.roles.values()) == pytest.approx(1 if mix else 0)


@pytest.mark.parametrize(("step", "mix"), [(3, SEVEN_ROLES.roles[1:]), (2, ())])
def test_all_alike_leaves_out_a_role_that_is_not_judged(step, mix):
    result = match(SEVEN_ROLES, answers_of(SEVEN_ROLES, [SKIP, SKIP] + [step] * 19))
    assert (result.evidence, result.mix) == ("all-alike", mix)
    assert result.roles["a"] == (None, None, 0)


@pytest.mark.parametrize(
    ("answered", "evidence"), [(0, "not-enough"), (3, "not-enough"), (16, "not-enough"), (17, "all-alike")]
)
def test_with_too_few_answers_the_evidence_is_not_enough_even_if_all_are_alike(answered, evidence):
    steps = [4] * answered + [SKIP] * (21 - answered)
    assert match(SEVEN_ROLES, answers_of(SEVEN_ROLES, steps)).evidence == evidence


@pytest.mark.parametrize(("steps", "evidence"), [([3], "not-enough"), ([3, 2], "clear"), ([4], "clear")])
def test_levels_that_sum_to_less_than_one_daily_activity_are_not_enough(steps, evidence):
    assert match(SEVEN_ROLES, answers_of(SEVEN_ROLES, steps + [0] * (21 - len(steps)))).evidence == evidence


def test_unknown_questions_and_answers_are_ignored_and_missing_answers_count_as_skipped(bank: Bank):
    model = ScoringModel.from_bank(bank)
    known = dict.fromkeys(model.questions[:-1], "weekly")
    with_unknown = known | {"juggling": "daily", model.questions[-1]: "hourly"}
    assert match(model, with_unknown) == match(model, known)
    assert match(model, known).answered == len(known)


# Stability


@no_deadline
@given(sheets())
def test_stability_counts_every_single_step_up_and_down(sheet):
    model, steps = sheet
    result = match(model, answers_of(model, steps))
    changed_sheets = [
        [*steps[:n], step + change, *steps[n + 1 :]]
        for n, step in enumerate(steps)
        for change in (-1, 1)
        if step != SKIP and 0 <= step + change < SKIP
    ]
    is_unchanged = [set(match(model, answers_of(model, each)).mix) == set(result.mix) for each in changed_sheets]
    assert (result.unchanged, result.tried) == (sum(is_unchanged), len(is_unchanged))


# The closest role


@no_deadline
@given(sheets())
def test_the_closest_role_comes_in_with_the_smallest_change_of_one_answer(sheet):
    model, steps = sheet
    mix = match(model, answers_of(model, steps)).mix
    steps_up = {}
    for n, step in enumerate(steps):
        role = model.questions[n][0]
        for higher_step in range(step + 1, SKIP) if role not in mix else ():
            changed = [*steps[:n], higher_step, *steps[n + 1 :]]
            if role in match(model, answers_of(model, changed)).mix:
                steps_up[role, model.questions[n], SCALE[higher_step]] = higher_step - step
                break
    closest_role = match(model, answers_of(model, steps)).closest_role
    if closest_role is None:
        assert not steps_up
    else:
        assert steps_up[closest_role] == min(steps_up.values())


def test_of_equally_small_changes_the_closest_role_is_the_one_with_the_better_mix():
    # Both b and c come in by one step. More of b is done, so the mix with b is better.
    steps = [4, 4, 4, 3, 3, 0, 3, 2, 0, *[0] * 12]
    closest_role = match(SEVEN_ROLES, answers_of(SEVEN_ROLES, steps)).closest_role
    assert closest_role is not None
    assert closest_role.role == "b"


def test_the_closest_role_is_chosen_by_steps_then_by_the_mix_then_by_the_order_of_the_bank():
    rng = np.random.default_rng(4)
    sheets_with_a_choice = 0
    for _ in range(60):
        steps = rng.integers(0, SKIP, 21) * (rng.random(21) < 0.6)
        changes = [(n, higher_step) for n in range(21) for higher_step in range(steps[n] + 1, SKIP)]
        rows = np.repeat(steps[None], 1 + len(changes), axis=0)
        for row, (n, higher_step) in enumerate(changes, 1):
            rows[row, n] = higher_step
        scores = score(SEVEN_ROLES, SEVEN_ROLES.level_of_step[rows])
        ranked = np.isin(scores.evidence, RANKED)
        value = np.where(ranked, scores.fit - COST_PER_ROLE * scores.mix.sum(1), 0.0).round(9)
        entering = [
            (higher_step - steps[n], -value[row], n, higher_step)
            for row, (n, higher_step) in enumerate(changes, 1)
            if scores.mix[row, n // 3] and not scores.mix[0, n // 3]
        ]
        values_of_fewest_steps = {value for steps_up, value, *_ in entering if steps_up == min(entering)[0]}
        sheets_with_a_choice += len(values_of_fewest_steps) > 1
        expected = [
            (SEVEN_ROLES.roles[n // 3], SEVEN_ROLES.questions[n], SCALE[higher_step])
            for *_, n, higher_step in sorted(entering)[:1]
        ]
        closest_role = match(SEVEN_ROLES, answers_of(SEVEN_ROLES, steps.tolist())).closest_role
        assert closest_role == (expected[0] if expected else None)
    assert sheets_with_a_choice > 5
