"""The scores and the stability of many rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from quiz.scoring import EVIDENCE, match, score, stability
from tests.scoring.samples import (
    LEVELS,
    RANKED,
    SEVEN_ROLES,
    SKIP,
    answers_of,
    levels_of,
    make_model,
    no_deadline,
    sheets,
)
from tests.scoring.slow_rules import SlowRules

# The mix and the evidence


@pytest.mark.parametrize(
    ("sizes", "usual_steps", "random_share"),
    [([3] * 24, [0.04, 0.0, 0.02, 0.9, 0.04], 0.1), ([1, 2, 3, 4, 5] * 5, [0.01, 0.0, 0.0, 0.2, 0.79], 0.0)],
    ids=["roles of equal size", "roles of different sizes"],
)
def test_with_many_roles_the_next_best_mix_may_exchange_one_role_for_another(sizes, usual_steps, random_share):
    """With as few roles as the shipped bank has, one role more or less is always the better of the other mixes."""
    model, rng = make_model(sizes), np.random.default_rng(6)
    rows = rng.choice(SKIP, (300, len(sizes)), p=usual_steps)[:, model.role_matrix.argmax(1)]
    rows = np.where(rng.random(rows.shape) < random_share, rng.integers(0, SKIP, rows.shape), rows)
    scores = score(model, model.level_of_step[rows])
    roles, exchanges = np.array(model.roles), 0
    for row, steps in enumerate(rows):
        evidence, mix, alternative, margin = SlowRules(model, steps.tolist()).result()
        assert EVIDENCE[scores.evidence[row]] == evidence
        assert set(roles[scores.mix[row]]) == mix
        assert set(roles[scores.alternative[row]]) == alternative
        assert scores.margin[row] == pytest.approx(margin or 0, abs=1e-8)
        exchanges += bool(alternative - mix and mix - alternative)
    assert exchanges > 5


@pytest.mark.parametrize(("lowest", "is_alike"), [(0.7, True), (0.695, False)])
def test_roles_are_alike_if_their_coverages_differ_by_a_tenth_at_most(lowest, is_alike):
    scores = score(SEVEN_ROLES, np.array([[0.8] * 3 + [lowest] * 18]))
    assert (EVIDENCE[scores.evidence[0]] == "all-alike") is is_alike


@pytest.mark.parametrize(("mean", "roles"), [(0.5, 7), (0.498, 0)])
def test_all_alike_means_every_role_from_a_mean_of_a_half_on(mean, roles):
    scores = score(SEVEN_ROLES, np.array([[mean] * 21]))
    assert (EVIDENCE[scores.evidence[0]], scores.mix.sum()) == ("all-alike", roles)


@pytest.mark.parametrize(("level", "evidence"), [(0.5, "clear"), (0.498, "not-enough")])
def test_levels_that_sum_to_one_daily_activity_are_enough(level, evidence):
    scores = score(SEVEN_ROLES, np.array([[level, level] + [0.0] * 19]))
    assert EVIDENCE[scores.evidence[0]] == evidence


def test_the_margin_alone_decides_between_tie_leaning_and_clear():
    scores = score(SEVEN_ROLES, np.random.default_rng(5).choice(LEVELS, (5000, 21)))
    ranked = np.isin(scores.evidence, RANKED)
    margin, evidence = scores.margin[ranked], scores.evidence[ranked]
    for weaker, bound, stronger in ((RANKED[0], 0.02, RANKED[1]), (RANKED[1], 0.06, RANKED[2])):
        assert bound - 0.001 < margin[evidence == weaker].max() < bound
        assert bound <= margin[evidence == stronger].min() < bound + 0.001


# Laws


@no_deadline
@given(sheets(), st.floats(0.2, 1))
def test_scaling_all_levels_leaves_similarity_mix_and_fit_unchanged(sheet, factor):
    model, steps = sheet
    before, after = score(model, levels_of(steps)), score(model, factor * levels_of(steps))
    assert after.similarity == pytest.approx(before.similarity)
    if before.evidence[0] in RANKED and after.evidence[0] in RANKED:
        assert (after.mix == before.mix).all()
        assert after.fit == pytest.approx(before.fit)
        assert after.margin == pytest.approx(before.margin, abs=1e-8)


@no_deadline
@given(sheets(), st.data())
def test_a_higher_answer_about_a_role_never_lowers_its_rank(sheet, data):
    model, steps = sheet
    movable = [n for n, step in enumerate(steps) if step < SKIP - 1]
    assume(movable)
    question = data.draw(st.sampled_from(movable))
    role = int(model.role_matrix[question].argmax())
    higher = [*steps]
    higher[question] += 1
    before, after = score(model, levels_of(steps)).coverage[0], score(model, levels_of(higher)).coverage[0]
    assert (after > after[role]).sum() <= (before > before[role]).sum()
    assert (after >= after[role]).sum() <= (before >= before[role]).sum()


@no_deadline
@given(st.lists(sheets(SEVEN_ROLES), min_size=1, max_size=20))
def test_a_row_scores_the_same_alone_and_among_others(drawn_sheets):
    steps = np.array([steps for _, steps in drawn_sheets], dtype=np.uint8)
    together = score(SEVEN_ROLES, SEVEN_ROLES.level_of_step[steps])
    unchanged, tried = stability(SEVEN_ROLES, steps, together)
    for row in {0, len(steps) // 2, len(steps) - 1}:
        alone_steps = steps[row : row + 1]
        alone = score(SEVEN_ROLES, SEVEN_ROLES.level_of_step[alone_steps])
        for name, value in vars(alone).items():
            if name != "totals":
                assert (value[0] == getattr(together, name)[row]).all(), name
        totals = together.totals.take(slice(row, row + 1))
        for name, value in alone.totals._asdict().items():
            assert (value == getattr(totals, name)).all(), name
        alone_stability = stability(SEVEN_ROLES, alone_steps, alone)
        assert [values[0] for values in alone_stability] == [unchanged[row], tried[row]]


@no_deadline
@given(sheets(), st.integers(0, 12))
def test_no_score_is_ever_nan(sheet, skipped):
    model, steps = sheet
    steps = ([SKIP] * skipped + steps[skipped:])[: len(model.questions)]
    values = vars(score(model, levels_of(steps)))
    values |= values.pop("totals")._asdict()
    for name, value in values.items():
        assert np.isfinite(value).all(), name


@no_deadline
@given(sheets())
def test_similarity_is_scikit_learns_cosine_similarity(sheet):
    model, steps = sheet
    answered = [n for n, step in enumerate(steps) if step != SKIP]
    expected = cosine_similarity(levels_of(steps)[:, answered], model.role_matrix[answered].T)
    scores = score(model, levels_of(steps))
    assert scores.similarity == pytest.approx(np.where(scores.judged, expected, 0))


def test_no_cosine_is_ever_above_1():
    """Sums are rounded, so the quotient of two equal lengths may come out a little too great."""
    level = np.linspace(0.34, 1, 5000)[:, None]
    scores = score(SEVEN_ROLES, np.hstack([np.repeat(level, 3, axis=1), np.zeros((len(level), 18))]))
    assert scores.similarity.max() == scores.fit.max() == 1


def test_a_value_that_does_not_apply_is_0():
    scores = score(SEVEN_ROLES, np.array([[np.nan] * 21, [np.nan, np.nan] + [0.65] * 19]))
    assert [EVIDENCE[evidence] for evidence in scores.evidence] == ["not-enough", "all-alike"]
    assert scores.margin.tolist() == [0, 0]
    assert not scores.fit[0]
    for value in (scores.coverage, scores.similarity, scores.share):
        assert not value[0].any()
        assert not value[1][0]


def test_counts_and_indices_are_integers():
    steps = np.zeros((2, 21), dtype=np.uint8)
    scores = score(SEVEN_ROLES, SEVEN_ROLES.level_of_step[steps])
    counts = (scores.evidence, scores.answered, scores.ranking(), *stability(SEVEN_ROLES, steps, scores))
    assert {count.dtype for count in counts} == {np.dtype(np.intp)}


def test_levels_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"shape \(1, 20\), not \(rows, 21\)"):
        score(SEVEN_ROLES, np.zeros((1, 20)))


# Stability


def test_the_stability_of_many_rows_is_that_of_each():
    steps = np.random.default_rng(1).integers(0, SKIP + 1, (700, 21)).astype(np.uint8)
    scores = score(SEVEN_ROLES, SEVEN_ROLES.level_of_step[steps])
    unchanged, tried = stability(SEVEN_ROLES, steps, scores)
    for row in (0, 255, 256, 511, 512, 699):
        result = match(SEVEN_ROLES, answers_of(SEVEN_ROLES, steps[row].tolist()))
        assert (unchanged[row], tried[row]) == (result.unchanged, result.tried)
