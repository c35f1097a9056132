"""Follow-up questions: whom the ratings ask, what an answer fixes, and what it never changes."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank import FollowUps, load
from quiz.scoring import FollowUpQuestions, Match, ScoringModel, follow_up_sheets, match, score, stability
from quiz.scoring.follow_ups import ENTRY_RATIO, MAX_ASKED_ROLES, MAX_LOG_DISTANCE
from tests.factories import BANK, MODEL
from tests.scoring.samples import FOLLOW_UP_ANSWERS, SEVEN_ROLES, answers_of, no_deadline, sheets

PUT_IN, KEEP_OUT = FOLLOW_UP_ANSWERS[:3], FOLLOW_UP_ANSWERS[3:]


@st.composite
def people(draw: st.DrawFn) -> tuple[ScoringModel, dict[str, str], FollowUps]:
    """A model, answers, and any follow-up answers, also to questions that the ratings do not call for."""
    model, steps = draw(sheets())
    roles = st.sampled_from(model.roles)
    answers = draw(st.dictionaries(roles, st.sampled_from([*FOLLOW_UP_ANSWERS, "skip"])))
    return model, answers_of(model, steps), FollowUps(draw(roles), answers)


def person(**levels: str) -> dict[str, str]:
    """Answers of the seven roles a to g; one letter for each role's three questions: n, r, m, w or d."""
    names = {"n": "never", "r": "rarely", "m": "monthly", "w": "weekly", "d": "daily"}
    return {f"{role}{n}": names[letter] for role, word in levels.items() for n, letter in enumerate(word)} | {
        f"{role}{n}": "never" for role in "abcdefg" if role not in levels for n in range(3)
    }


# Whom to ask


def expected_questions(result: Match) -> FollowUpQuestions | None:
    """The rule in plain Python."""
    coverage = {role: own.coverage for role, own in result.roles.items() if own.coverage is not None}
    if result.evidence not in ("tie", "leaning", "clear"):
        return None
    base = min(coverage, key=lambda role: (-coverage[role], role))
    distances = []
    for role, own in coverage.items():
        if role != base and own > 0:
            distance = round(abs(math.log(own / coverage[base] / ENTRY_RATIO)), 9)
            if distance < MAX_LOG_DISTANCE:
                distances.append((distance, role))
    roles = tuple(role for _, role in sorted(distances)[:MAX_ASKED_ROLES])
    return FollowUpQuestions(base, roles) if roles else None


@no_deadline
@given(people())
def test_the_ratings_alone_decide_whom_to_ask(person):
    model, answers, follow_ups = person
    result = match(model, answers, follow_ups)
    assert result.follow_up_questions == match(model, answers).follow_up_questions == expected_questions(result)


def test_a_role_near_the_entry_is_asked_about_and_others_are_not():
    answers = person(a="ddd", b="wmm", c="ddw", d="rnn")
    assert match(SEVEN_ROLES, answers).follow_up_questions == FollowUpQuestions("a", ("b",))


def test_a_clear_specialist_is_asked_nothing():
    assert match(SEVEN_ROLES, person(a="ddd")).follow_up_questions is None


@pytest.mark.parametrize("answers", [person(), dict.fromkeys(SEVEN_ROLES.questions, "weekly"), {"a0": "daily"}])
def test_without_a_ranking_nothing_is_asked(answers):
    assert match(SEVEN_ROLES, answers).follow_up_questions is None


# What an answer does


@pytest.mark.parametrize("answer", FOLLOW_UP_ANSWERS)
def test_an_answer_puts_its_role_into_the_mix_or_keeps_it_out(answer):
    for word in ("wmm", "wwm", "mmr", "www"):
        result = match(SEVEN_ROLES, person(a="ddd", b=word), FollowUps("a", {"b": answer}))
        assert ("b" in result.mix) == (answer in PUT_IN)
        assert "a" in result.mix
        assert [comparison.answer for comparison in result.comparisons] == [answer]


def test_skipping_changes_nothing():
    answers = person(a="ddd", b="wmm", c="mmm")
    without = match(SEVEN_ROLES, answers)
    assert match(SEVEN_ROLES, answers, FollowUps("a", {"b": "skip"})) == without
    assert match(SEVEN_ROLES, answers, FollowUps("a", {})) == without


@pytest.mark.parametrize(
    "follow_ups",
    [
        FollowUps("b", {"a": "hardly"}),  # the person does nothing of the base
        FollowUps("a", {"b": "same"}),  # the person does nothing of the role
        FollowUps("a", {"a": "hardly"}),  # the base with itself
        FollowUps("unknown", {"c": "same"}),
        FollowUps("a", {"unknown": "same", "c": "unknown"}),
    ],
)
def test_an_answer_about_what_is_not_done_or_not_known_does_not_count(follow_ups):
    answers = person(a="ddd", c="mmr")
    result, without = match(SEVEN_ROLES, answers, follow_ups), match(SEVEN_ROLES, answers)
    assert result.comparisons == ()
    assert (result.mix, result.margin, result.evidence) == (without.mix, without.margin, without.evidence)


def test_an_answer_counts_also_when_changed_ratings_no_longer_call_for_it():
    answers = person(a="ddd", b="rrr")
    assert match(SEVEN_ROLES, answers).follow_up_questions is None
    assert match(SEVEN_ROLES, answers, FollowUps("a", {"b": "same"})).mix == ("a", "b")


@no_deadline
@given(people())
def test_coverage_similarity_and_the_kinds_without_a_ranking_are_those_of_the_ratings(person):
    model, answers, follow_ups = person
    result, ratings = match(model, answers, follow_ups), match(model, answers)
    for role in model.roles:
        assert result.roles[role][:2] == ratings.roles[role][:2]
    unranked = ("not-enough", "all-alike")
    assert (result.evidence in unranked) == (ratings.evidence in unranked)
    if ratings.evidence in unranked:
        assert (result.evidence, result.mix) == (ratings.evidence, ratings.mix)
    assert result.mix_of_ratings == ratings.mix


@no_deadline
@given(people())
def test_every_answer_that_counts_is_obeyed_and_the_rest_is_the_best_cut(person):
    model, answers, follow_ups = person
    result = match(model, answers, follow_ups)
    if result.evidence not in ("tie", "leaning", "clear"):
        return
    put_in = {comparison.role for comparison in result.comparisons if comparison.in_mix}
    kept_out = {comparison.role for comparison in result.comparisons if not comparison.in_mix}
    assert put_in <= set(result.mix)
    assert not kept_out & set(result.mix)
    coverage = {role: own.coverage for role, own in result.roles.items() if own.coverage is not None}
    lowest_chosen = min((coverage[role] for role in result.mix if role not in put_in), default=math.inf)
    left_out = [role for role in coverage if role not in kept_out and role not in result.mix]
    assert all(coverage[role] <= lowest_chosen for role in left_out)
    assert not set(result.next_mix) & kept_out
    assert put_in <= set(result.next_mix) or not result.next_mix
    assert set(result.next_mix) != set(result.mix)


@no_deadline
@given(people(), st.randoms(use_true_random=False))
def test_the_order_of_roles_and_answers_plays_no_part(person, random):
    model, answers, follow_ups = person
    items = list(follow_ups.answers.items())
    random.shuffle(items)
    assert match(model, answers, FollowUps(follow_ups.base, dict(items))) == match(model, answers, follow_ups)


# Stability, and many people at once


def brute_force(model: ScoringModel, answers: dict[str, str], follow_ups: FollowUps) -> tuple[int, int]:
    """Every change of one answer by one step, each scored on its own."""
    result = match(model, answers, follow_ups)
    scale = model.answer_ids[:-1]
    unchanged = tried = 0
    for question, change in product(model.questions, (-1, 1)):
        answer = answers.get(question, "skip")
        if answer in scale and 0 <= scale.index(answer) + change < len(scale):
            changed = answers | {question: scale[scale.index(answer) + change]}
            unchanged += set(match(model, changed, follow_ups).mix) == set(result.mix)
            tried += 1
    has_ranking = result.evidence in ("tie", "leaning", "clear")
    for comparison, change in product(result.comparisons if has_ranking else (), (-1, 1)):
        step = FOLLOW_UP_ANSWERS.index(comparison.answer) + change
        if 0 <= step < len(FOLLOW_UP_ANSWERS):
            other = dict(follow_ups.answers) | {comparison.role: FOLLOW_UP_ANSWERS[step]}
            unchanged += set(match(model, answers, FollowUps(follow_ups.base, other)).mix) == set(result.mix)
            tried += 1
    return unchanged, tried


@no_deadline
@given(people())
def test_stability_counts_changes_of_ratings_and_of_follow_up_answers(person):
    model, answers, follow_ups = person
    result = match(model, answers, follow_ups)
    assert (result.unchanged, result.tried) == brute_force(model, answers, follow_ups)


@no_deadline
@given(st.lists(people(), min_size=1, max_size=6))
def test_many_people_at_once_get_the_same_as_one_by_one(group):
    model = group[0][0]
    same_model = [(answers, follow_ups) for own_model, answers, follow_ups in group if own_model is model]
    rows = [follow_ups if n % 2 == 0 else None for n, (_, follow_ups) in enumerate(same_model)]
    steps = np.vstack([model.steps(answers) for answers, _ in same_model])
    follow_ups = follow_up_sheets(model, rows)
    scores = score(model, model.level_of_step[steps], follow_ups)
    unchanged, tried = stability(model, steps, scores, follow_ups)
    for n, (answers, _) in enumerate(same_model):
        single = match(model, answers, rows[n])
        assert {role for role, own in zip(model.roles, scores.mix[n], strict=True) if own} == set(single.mix)
        assert scores.margin[n] == pytest.approx(single.margin or 0)
        assert (unchanged[n], tried[n]) == (single.unchanged, single.tried)


# The shipped bank


def test_the_shipped_bank_has_three_answers_that_put_a_role_in_and_two_that_keep_it_out():
    assert [(option.id, option.in_mix) for option in BANK.follow_ups] == [
        *((id, True) for id in PUT_IN),
        *((id, False) for id in KEEP_OUT),
    ]


def test_a_bank_without_follow_ups_asks_nothing(small_bank):
    model = ScoringModel.from_bank(load(small_bank))
    answers = dict.fromkeys(model.questions, "never") | {model.questions[0]: "daily", model.questions[-1]: "weekly"}
    assert match(model, answers).follow_up_questions is None
    assert match(model, answers, FollowUps(model.roles[0], {model.roles[1]: "same"})).comparisons == ()


def test_a_made_up_person_of_the_shipped_bank_is_asked_about_the_second_role():
    answers = dict.fromkeys(MODEL.questions, "never")
    answers |= {
        "pipelines": "daily",
        "data-quality": "daily",
        "ingest-transform-serve": "daily",
        "dashboards": "weekly",
    }
    answers |= {"trends": "monthly", "insights": "monthly"}
    questions = match(MODEL, answers).follow_up_questions
    assert questions == FollowUpQuestions("data-engineer", ("data-analyst",))
