"""Scoring: laws that hold for any answers, a slow twin of the rules, and golden results.

After a wanted change of the rules, `python -m tests.scoring.test_scoring` writes the golden results
anew; read the diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from quiz.bank import Bank, load
from quiz.config import paths
from quiz.scoring import COST_PER_ROLE, EVIDENCE, ScoringModel, match, score, share_percentages, stability
from tests.factories import GOLDEN

SCORES = GOLDEN / "scoring.json"
SCALE = ("never", "rarely", "monthly", "weekly", "daily")
WORTH = (0.0, 0.1, 0.35, 0.65, 1.0)
SKIP = len(SCALE)
# A slow or busy computer is no reason to fail.
steady = settings(deadline=None)
RANKED = [EVIDENCE.index(evidence) for evidence in ("tie", "leaning", "clear")]


def made(sizes: Sequence[int]) -> ScoringModel:
    """A model of roles a, b, c … with so many questions a0, a1, …"""
    roles = [chr(ord("a") + n) for n in range(len(sizes))]
    owners = [role for role, size in zip(roles, sizes, strict=True) for _ in range(size)]
    return ScoringModel(
        roles=tuple(roles),
        questions=tuple(f"{role}{n}" for role, size in zip(roles, sizes, strict=True) for n in range(size)),
        role_matrix=(np.array(owners)[:, None] == np.array(roles)).astype(float),
        level_of_step=np.array([*WORTH, np.nan]),
        step={id: n for n, id in enumerate([*SCALE, "skip"])},
    )


SEVEN = made([3] * 7)
schemes = st.sampled_from(
    [SEVEN, made([3] * 4), made([4] * 5), made([2] * 3), made([3]), made([1] * 6), made([2, 3, 4])]
)


@st.composite
def sheets(draw: st.DrawFn, model: ScoringModel | None = None, skips: bool = True) -> tuple[ScoringModel, list[int]]:
    """A model and a step for each of its questions; few distinct steps, so that ties are common."""
    model = model or draw(schemes)
    steps = draw(st.lists(st.integers(0, 4), min_size=1, max_size=5))
    step = st.sampled_from(steps) if draw(st.booleans()) else st.integers(0, 4)
    size = len(model.questions)
    found = draw(st.lists(step, min_size=size, max_size=size))
    for place in draw(st.sets(st.integers(0, size - 1), max_size=size // 4)) if skips else ():
        found[place] = SKIP
    return model, found


def answers(model: ScoringModel, steps: Sequence[int]) -> dict[str, str]:
    ids = list(model.step)
    return {question: ids[step] for question, step in zip(model.questions, steps, strict=True)}


def levels(steps: Sequence[int]) -> np.ndarray:
    return np.array([[*WORTH, np.nan][step] for step in steps])[None]


# --- The rules once more, slowly and in plain Python ----------------------------------------------------------------


class Slow:
    """The mix of one sheet by trying sets of roles, without numpy and without looking at quiz.scoring."""

    def __init__(self, model: ScoringModel, steps: Sequence[int]) -> None:
        self.length = sqrt(sum(WORTH[step] ** 2 for step in steps if step != SKIP))
        self.own: dict[str, list[float]] = {role: [] for role in model.roles}
        asked = dict.fromkeys(model.roles, 0)
        for question, step in zip(model.questions, steps, strict=True):
            asked[question[0]] += 1
            if step != SKIP:
                self.own[question[0]].append(WORTH[step])
        self.coverage = {
            role: round(sum(own) / len(own), 9)
            for role, own in self.own.items()
            if own and 3 * len(own) >= 2 * asked[role]
        }
        self.all = [WORTH[step] for step in steps if step != SKIP]
        self.answered = len(self.all) / len(steps)

    def cosine(self, roles: Sequence[str]) -> float:
        together = [level for role in roles for level in self.own[role]]
        return sum(together) / (self.length * sqrt(len(together)))

    def value(self, roles: Sequence[str]) -> float:
        return self.cosine(roles) - COST_PER_ROLE * len(roles)

    def groups(self) -> list[list[str]]:
        heights = sorted(set(self.coverage.values()), reverse=True)
        return [[role for role, own in self.coverage.items() if own == height] for height in heights]

    def unions(self) -> Iterator[list[str]]:
        """Every set of judged roles in which roles of equal coverage stand together."""
        groups = self.groups()
        for size in range(1, len(groups) + 1):
            for chosen in combinations(groups, size):
                yield [role for group in chosen for role in group]

    def result(self) -> tuple[str, set[str], set[str], float | None]:
        """Evidence, mix, the other mix of a tie, margin."""
        if self.answered < 0.8:
            return "not-enough", set(), set(), None
        height = list(self.coverage.values())
        if max(height) - min(height) <= 0.1 + 1e-9:
            return "all-alike", set(self.coverage) if sum(height) / len(height) >= 0.5 - 1e-9 else set(), set(), None
        if sum(self.all) < 1 - 1e-9:
            return "not-enough", set(), set(), None
        groups = self.groups()
        tops = [[role for group in groups[:k] for role in group] for k in range(1, len(groups) + 1)]
        best = max(tops, key=self.value)
        k = tops.index(best) + 1
        others = [top for top in tops if top is not best]
        if k < len(groups):
            others.append([role for group in [*groups[: k - 1], groups[k]] for role in group])
        second = max(others, key=self.value)
        margin = self.value(best) - self.value(second)
        evidence = "tie" if margin < 0.02 else "leaning" if margin < 0.06 else "clear"
        return evidence, set(best), set(second) if evidence == "tie" else set(), margin


@steady
@given(sheets())
def test_every_sheet_gets_what_the_rules_say_in_slow_motion(sheet):
    model, steps = sheet
    found = match(model, answers(model, steps))
    slow = Slow(model, steps)
    evidence, mix, other, margin = slow.result()
    assert (found.evidence, set(found.mix), set(found.alternative)) == (evidence, mix, other)
    assert found.margin == (None if margin is None else pytest.approx(margin, abs=1e-8))
    assert found.fit == (pytest.approx(slow.cosine(sorted(mix))) if mix else None)
    assert found.answered == len(slow.all)
    for role, standing in found.roles.items():
        if role in slow.coverage:
            assert standing.coverage == pytest.approx(slow.coverage[role])
            assert standing.similarity == pytest.approx(slow.cosine([role]) if slow.length else 0)
        else:
            assert standing == (None, None, 0)


@steady
@given(sheets(SEVEN, skips=False))
def test_no_other_set_of_roles_is_a_better_mix(sheet):
    model, steps = sheet
    found = match(model, answers(model, steps))
    if found.margin is not None:
        slow = Slow(model, steps)
        assert slow.value(found.mix) == pytest.approx(max(map(slow.value, slow.unions())))


@pytest.mark.parametrize(
    ("sizes", "usual", "surprises"),
    [([3] * 24, [0.04, 0.0, 0.02, 0.9, 0.04], 0.1), ([1, 2, 3, 4, 5] * 5, [0.01, 0.0, 0.0, 0.2, 0.79], 0.0)],
    ids=["roles alike in size", "and not"],
)
def test_with_many_roles_the_next_best_mix_may_exchange_one_role_for_another(sizes, usual, surprises):
    """With as few roles as the shipped bank has, one role more or less is always the better of the other mixes."""
    model, rng = made(sizes), np.random.default_rng(6)
    many = rng.choice(SKIP, (300, len(sizes)), p=usual)[:, model.role_matrix.argmax(1)]
    many = np.where(rng.random(many.shape) < surprises, rng.integers(0, SKIP, many.shape), many)
    found = score(model, model.level_of_step[many])
    roles, exchanges = np.array(model.roles), 0
    for row, steps in enumerate(many):
        slow = Slow(model, steps.tolist())
        evidence, mix, other, margin = slow.result()
        assert EVIDENCE[found.evidence[row]] == evidence
        assert set(roles[found.mix[row]]) == mix
        assert set(roles[found.alternative[row]]) == other
        assert found.margin[row] == pytest.approx(margin or 0, abs=1e-8)
        exchanges += bool(other - mix and mix - other)
    assert exchanges > 5


# --- Laws -----------------------------------------------------------------------------------------------------------


@steady
@given(sheets(SEVEN), st.randoms())
def test_the_order_of_questions_and_roles_does_not_matter(sheet, random):
    model, steps = sheet
    asked, shown = list(range(len(model.questions))), list(range(len(model.roles)))
    random.shuffle(asked)
    random.shuffle(shown)
    turned = ScoringModel(
        roles=tuple(model.roles[n] for n in shown),
        questions=tuple(model.questions[n] for n in asked),
        role_matrix=model.role_matrix[asked][:, shown],
        level_of_step=model.level_of_step,
        step=model.step,
    )
    one, other = (match(each, answers(model, steps)) for each in (model, turned))
    assert (one.evidence, one.unchanged, one.tried) == (other.evidence, other.unchanged, other.tried)
    assert (one.fit, one.margin) == pytest.approx((other.fit, other.margin), abs=1e-8)
    assert set(one.mix) == set(other.mix)
    assert set(one.alternative) == set(other.alternative)
    assert {role: pytest.approx(standing) for role, standing in one.roles.items() if standing.coverage is not None} == {
        role: standing for role, standing in other.roles.items() if standing.coverage is not None
    }


@steady
@given(sheets(), st.floats(0.2, 1))
def test_scaling_all_levels_leaves_similarity_mix_and_fit_unchanged(sheet, factor):
    model, steps = sheet
    before, after = score(model, levels(steps)), score(model, factor * levels(steps))
    assert after.similarity == pytest.approx(before.similarity)
    if before.evidence[0] in RANKED and after.evidence[0] in RANKED:
        assert (after.mix == before.mix).all()
        assert after.fit == pytest.approx(before.fit)
        assert after.margin == pytest.approx(before.margin, abs=1e-8)


@steady
@given(sheets(), st.data())
def test_one_more_step_on_a_roles_answer_never_lowers_its_rank(sheet, data):
    model, steps = sheet
    movable = [n for n, step in enumerate(steps) if step < SKIP - 1]
    if not movable:
        return
    place = data.draw(st.sampled_from(movable))
    role = int(model.role_matrix[place].argmax())
    more = [*steps]
    more[place] += 1
    before, after = score(model, levels(steps)).coverage[0], score(model, levels(more)).coverage[0]
    assert (after > after[role]).sum() <= (before > before[role]).sum()
    assert (after >= after[role]).sum() <= (before >= before[role]).sum()


@steady
@given(st.integers(0, 6), st.sampled_from([None, 0, 1, 2]), st.integers(3, 4))
def test_a_pure_role_gives_itself_alone_with_fit_1(role, skipped, step):
    steps = [step if n // 3 == role else 0 for n in range(21)]
    if skipped is not None:
        steps[3 * role + skipped] = SKIP
    found = match(SEVEN, answers(SEVEN, steps))
    assert found.mix == (SEVEN.roles[role],)
    assert found.fit is not None
    assert 1 - 1e-9 < found.fit <= 1
    assert found.roles[SEVEN.roles[role]] == pytest.approx((WORTH[step], 1, 1))


@steady
@given(st.sets(st.integers(0, 6), min_size=2, max_size=2), st.sampled_from([None, *range(21)]))
def test_two_full_roles_give_both_with_equal_shares_also_when_a_question_is_skipped(roles, skipped):
    steps = [4 if n // 3 in roles else 0 for n in range(21)]
    if skipped is not None:
        steps[skipped] = SKIP
    found = match(SEVEN, answers(SEVEN, steps))
    assert set(found.mix) == {SEVEN.roles[role] for role in roles}
    assert found.fit == pytest.approx(1)
    assert [found.roles[role].share for role in found.mix] == [0.5, 0.5]


@pytest.mark.parametrize(("step", "mix"), [(0, ()), (1, ()), (2, ()), (3, SEVEN.roles), (4, SEVEN.roles)])
def test_answering_all_alike_gives_every_role_or_none(step, mix):
    found = match(SEVEN, answers(SEVEN, [step] * 21))
    assert (found.evidence, found.mix, found.alternative, found.margin) == ("all-alike", mix, (), None)
    assert found.fit == (pytest.approx(1) if mix else None)
    assert sum(standing.share for standing in found.roles.values()) == pytest.approx(1 if mix else 0)


@pytest.mark.parametrize(("step", "mix"), [(3, SEVEN.roles[1:]), (2, ())])
def test_all_alike_leaves_out_a_role_that_is_not_judged(step, mix):
    found = match(SEVEN, answers(SEVEN, [SKIP, SKIP] + [step] * 19))
    assert (found.evidence, found.mix) == ("all-alike", mix)
    assert found.roles["a"] == (None, None, 0)


@pytest.mark.parametrize(
    ("answered", "evidence"), [(0, "not-enough"), (3, "not-enough"), (16, "not-enough"), (17, "all-alike")]
)
def test_too_few_answers_come_before_all_alike(answered, evidence):
    assert match(SEVEN, answers(SEVEN, [4] * answered + [SKIP] * (21 - answered))).evidence == evidence


@pytest.mark.parametrize(("steps", "evidence"), [([3], "not-enough"), ([3, 2], "clear"), ([4], "clear")])
def test_levels_that_sum_to_less_than_one_daily_activity_are_not_enough(steps, evidence):
    assert match(SEVEN, answers(SEVEN, steps + [0] * (21 - len(steps)))).evidence == evidence


@pytest.mark.parametrize(("lowest", "alike"), [(0.7, True), (0.695, False)])
def test_roles_are_alike_up_to_a_tenth_between_the_most_and_the_least(lowest, alike):
    found = score(SEVEN, np.array([[0.8] * 3 + [lowest] * 18]))
    assert (EVIDENCE[found.evidence[0]] == "all-alike") is alike


@pytest.mark.parametrize(("mean", "roles"), [(0.5, 7), (0.498, 0)])
def test_all_alike_means_every_role_from_a_half_on(mean, roles):
    found = score(SEVEN, np.array([[mean] * 21]))
    assert (EVIDENCE[found.evidence[0]], found.mix.sum()) == ("all-alike", roles)


@pytest.mark.parametrize(("level", "evidence"), [(0.5, "clear"), (0.498, "not-enough")])
def test_one_daily_activity_is_enough_whatever_it_is_made_of(level, evidence):
    found = score(SEVEN, np.array([[level, level] + [0.0] * 19]))
    assert EVIDENCE[found.evidence[0]] == evidence


def test_the_margin_alone_says_how_clear_a_mix_is():
    found = score(SEVEN, np.random.default_rng(5).choice(WORTH, (5000, 21)))
    ranked = np.isin(found.evidence, RANKED)
    margin, evidence = found.margin[ranked], found.evidence[ranked]
    for weaker, bound, stronger in ((RANKED[0], 0.02, RANKED[1]), (RANKED[1], 0.06, RANKED[2])):
        assert bound - 0.001 < margin[evidence == weaker].max() < bound
        assert bound <= margin[evidence == stronger].min() < bound + 0.001


@steady
@given(st.lists(sheets(SEVEN), min_size=1, max_size=20))
def test_a_row_scores_the_same_alone_and_among_others(many):
    steps = np.array([steps for _, steps in many], dtype=np.uint8)
    together = score(SEVEN, SEVEN.level_of_step[steps])
    held, of = stability(SEVEN, steps, together.mix)
    for row in {0, len(many) // 2, len(many) - 1}:
        alone = score(SEVEN, SEVEN.level_of_step[steps[row : row + 1]])
        for name, value in vars(alone).items():
            assert (value[0] == getattr(together, name)[row]).all(), name
        assert [part[0] for part in stability(SEVEN, steps[row : row + 1], alone.mix)] == [held[row], of[row]]


@steady
@given(sheets(), st.integers(0, 12))
def test_nothing_is_ever_nan(sheet, skipped):
    model, steps = sheet
    steps = [SKIP] * skipped + steps[skipped:]
    steps = steps[: len(model.questions)]
    for name, value in vars(score(model, levels(steps))).items():
        assert np.isfinite(value).all(), name


@steady
@given(sheets())
def test_similarity_is_scikit_learns_cosine_similarity(sheet):
    model, steps = sheet
    answered = [n for n, step in enumerate(steps) if step != SKIP]
    theirs = cosine_similarity(levels(steps)[:, answered], model.role_matrix[answered].T)
    scores = score(model, levels(steps))
    assert scores.similarity == pytest.approx(np.where(scores.judged, theirs, 0))


def test_no_cosine_is_ever_above_1():
    """Sums are rounded, so that the quotient of two equal lengths may come out a little too great."""
    level = np.linspace(0.34, 1, 5000)[:, None]
    scores = score(SEVEN, np.hstack([np.repeat(level, 3, axis=1), np.zeros((len(level), 18))]))
    assert scores.similarity.max() == scores.fit.max() == 1


def test_what_does_not_apply_is_0():
    scores = score(SEVEN, np.array([[np.nan] * 21, [np.nan, np.nan] + [0.65] * 19]))
    assert [EVIDENCE[evidence] for evidence in scores.evidence] == ["not-enough", "all-alike"]
    assert scores.margin.tolist() == [0, 0]
    assert not scores.fit[0]
    for value in (scores.coverage, scores.similarity, scores.share):
        assert not value[0].any()
        assert not value[1][0]


def test_what_is_counted_is_whole():
    steps = np.zeros((2, 21), dtype=np.uint8)
    scores = score(SEVEN, SEVEN.level_of_step[steps])
    counts = (scores.evidence, scores.answered, scores.ranking(), *stability(SEVEN, steps, scores.mix))
    assert {count.dtype for count in counts} == {np.dtype(np.intp)}


def test_levels_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"shape \(1, 20\), not \(rows, 21\)"):
        score(SEVEN, np.zeros((1, 20)))


# --- Stability, and what would change the mix -----------------------------------------------------------------------


@steady
@given(sheets())
def test_stability_counts_every_single_step_up_and_down(sheet):
    model, steps = sheet
    found = match(model, answers(model, steps))
    changed = [
        [*steps[:n], step + by, *steps[n + 1 :]]
        for n, step in enumerate(steps)
        for by in (-1, 1)
        if step != SKIP and 0 <= step + by < SKIP
    ]
    same = [set(match(model, answers(model, each)).mix) == set(found.mix) for each in changed]
    assert (found.unchanged, found.tried) == (sum(same), len(same))


def test_stability_of_many_rows_is_that_of_each():
    steps = np.random.default_rng(1).integers(0, SKIP + 1, (700, 21)).astype(np.uint8)
    mix = score(SEVEN, SEVEN.level_of_step[steps]).mix
    held, of = stability(SEVEN, steps, mix)
    for row in (0, 255, 256, 511, 512, 699):
        one = match(SEVEN, answers(SEVEN, steps[row].tolist()))
        assert (held[row], of[row]) == (one.unchanged, one.tried)


@steady
@given(sheets())
def test_nearest_is_the_smallest_single_change_that_brings_a_role_in(sheet):
    model, steps = sheet
    mix = match(model, answers(model, steps)).mix
    climbs = {}
    for n, step in enumerate(steps):
        role = model.questions[n][0]
        for up in range(step + 1, SKIP) if role not in mix else ():
            if role in match(model, answers(model, [*steps[:n], up, *steps[n + 1 :]])).mix:
                climbs[role, model.questions[n], SCALE[up]] = up - step
                break
    found = match(model, answers(model, steps)).closest_role
    if found is None:
        assert not climbs
    else:
        assert climbs[found] == min(climbs.values())


def test_of_equally_small_changes_the_nearest_is_the_one_with_the_better_mix():
    # Both b and c come in by one step: b, of which more is done, makes the better mix.
    steps = [4, 4, 4, 3, 3, 0, 3, 2, 0, *[0] * 12]
    found = match(SEVEN, answers(SEVEN, steps)).closest_role
    assert found is not None
    assert found[0] == "b"


def test_the_nearest_is_chosen_by_steps_then_by_the_mix_then_by_the_order_of_the_bank():
    rng = np.random.default_rng(4)
    choices = 0
    for _ in range(60):
        steps = rng.integers(0, SKIP, 21) * (rng.random(21) < 0.6)
        moves = [(n, up) for n in range(21) for up in range(steps[n] + 1, SKIP)]
        tried = np.repeat(steps[None], 1 + len(moves), axis=0)
        for row, (n, up) in enumerate(moves, 1):
            tried[row, n] = up
        scores = score(SEVEN, SEVEN.level_of_step[tried])
        ranked = np.isin(scores.evidence, RANKED)
        value = np.where(ranked, scores.fit - COST_PER_ROLE * scores.mix.sum(1), 0.0).round(9)
        entering = [
            (up - steps[n], -value[row], n, up)
            for row, (n, up) in enumerate(moves, 1)
            if scores.mix[row, n // 3] and not scores.mix[0, n // 3]
        ]
        choices += len({value for climb, value, *_ in entering if climb == min(entering)[0]}) > 1
        wanted = [(SEVEN.roles[n // 3], SEVEN.questions[n], SCALE[up]) for *_, n, up in sorted(entering)[:1]]
        assert match(SEVEN, answers(SEVEN, steps.tolist())).closest_role == (wanted[0] if wanted else None)
    assert choices > 5


# --- Shares for showing ---------------------------------------------------------------------------------------------


@steady
@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=60), st.randoms())
def test_share_percentages_sum_to_100_in_steps_of_5_and_forget_no_role(parts, random):
    shares = {f"r{n}": part / sum(parts) for n, part in enumerate(parts)}
    shown = share_percentages(shares)
    unit = 5 if len(parts) <= 20 else 1
    assert sum(shown.values()) == 100
    assert all(percent >= unit and percent % unit == 0 for percent in shown.values())
    mixed = list(shares.items())
    random.shuffle(mixed)
    assert share_percentages(dict(mixed)) == shown
    ranked = sorted(shares, key=lambda role: -shares[role])
    assert [shown[role] for role in ranked] == sorted(shown.values(), reverse=True) or len(set(parts)) < len(parts)


@pytest.mark.parametrize(
    ("shares", "shown"),
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
def test_share_percentages_of_some_mixes(shares, shown):
    assert share_percentages(shares) == shown


# --- The shipped bank -----------------------------------------------------------------------------------------------


def test_a_scheme_holds_a_banks_roles_questions_and_levels(bank: Bank):
    model = ScoringModel.from_bank(bank)
    assert model.roles == tuple(role.id for role in bank.roles)
    assert model.questions == tuple(bank.responsibility)
    assert [model.roles[n] for n in model.role_matrix.argmax(1)] == [r.role for r in bank.responsibility.values()]
    assert (model.role_matrix.sum(0) == 3).all()
    assert model.level_of_step[:-1].tolist() == [point.level for point in bank.scale]
    assert np.isnan(model.level_of_step[model.step[bank.skip.id]])


def test_what_the_bank_does_not_know_is_ignored_and_what_is_missing_is_left_out(bank: Bank):
    model = ScoringModel.from_bank(bank)
    known = dict.fromkeys(model.questions[:-1], "weekly")
    strange = known | {"juggling": "daily", model.questions[-1]: "hourly"}
    assert match(model, strange) == match(model, known)
    assert match(model, known).answered == len(known)


def golden(bank: Bank) -> str:
    """The golden file as it should be: its sheets, each with the result of today's rules."""
    model, cases = ScoringModel.from_bank(bank), json.loads(SCORES.read_text(encoding="utf-8"))
    for case in cases:
        given = {
            responsibility.id: answer
            for role, line in case["answers"].items()
            for responsibility, answer in zip(bank.role[role].responsibilities, line.split(), strict=True)
        }
        found = match(model, given)
        case["result"] = {
            "evidence": found.evidence,
            "mix": share_percentages({role: found.roles[role].share for role in found.mix}),
            "alternative": " ".join(found.alternative),
            "fit": found.fit and round(found.fit, 3),
            "margin": found.margin and round(found.margin, 3),
            "stability": f"{found.unchanged} of {found.tried}",
            "coverage": " ".join("-" if r.coverage is None else f"{r.coverage:.3f}" for r in found.roles.values()),
            "similarity": " ".join("-" if r.coverage is None else f"{r.similarity:.3f}" for r in found.roles.values()),
        }
    return json.dumps(cases, indent=2) + "\n"


def test_the_golden_sheets_score_as_they_did(bank: Bank):
    assert golden(bank).splitlines() == SCORES.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    SCORES.write_text(golden(load(paths.project_folder("questions"))), encoding="utf-8")
