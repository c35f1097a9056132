"""What a person says about their result."""

from __future__ import annotations

from quiz.results.feedback import Feedback, feedback_question
from quiz.scoring import match
from tests.factories import ALL_NEVER, BANK, MODEL

ENGINEER_AND_ANALYST = ALL_NEVER | dict.fromkeys(("pipelines", "data-quality", "insights", "dashboards"), "daily")
RESULT = match(MODEL, ENGINEER_AND_ANALYST)
QUESTION = feedback_question(BANK, RESULT, None)


def test_it_asks_about_the_roles_that_the_result_names_and_about_all_others():
    assert QUESTION.named_ids == "data-engineer data-analyst"
    assert len(QUESTION.named) + len(QUESTION.others) == len(BANK.roles)
    assert (QUESTION.feedback, QUESTION.has_older_answer, QUESTION.asks_about_roles) == (None, False, False)


def test_a_tie_names_the_roles_of_both_mixes():
    tie = match(MODEL, ALL_NEVER | {"insights": "monthly", "pipelines": "weekly"})
    assert tie.evidence == "tie"
    assert {role.id for role in feedback_question(BANK, tie, None).named} == {*tie.mix, *tie.alternative}


def test_an_answer_has_a_verdict_about_each_role_that_is_named_and_about_those_that_are_missing():
    feedback = QUESTION.answer("partly", too_much=["data-analyst"], missing=["ml-engineer"])
    roles = {"data-engineer": "in-mix", "data-analyst": "too-much", "ml-engineer": "missing"}
    assert (feedback.fits, feedback.roles) == ("partly", roles)
    assert feedback.named_roles == {"data-engineer", "data-analyst"}
    question = feedback_question(BANK, RESULT, feedback)
    assert [role.id for role in question.too_much + question.missing] == ["data-analyst", "ml-engineer"]
    assert question.asks_about_roles


def test_roles_that_cannot_be_meant_are_ignored():
    feedback = QUESTION.answer("no", too_much=["ml-engineer", "pilot"], missing=["data-analyst", ""])
    assert feedback.roles == {"data-engineer": "in-mix", "data-analyst": "in-mix"}


def test_a_result_that_fits_has_no_role_that_is_missing_or_too_much():
    feedback = QUESTION.answer("yes", too_much=["data-analyst"], missing=["ml-engineer"])
    assert set(feedback.roles.values()) == {"in-mix"}
    assert not feedback_question(BANK, RESULT, feedback).asks_about_roles


def test_an_answer_about_other_roles_is_older_and_does_not_count_as_one_about_this_result():
    for roles in ({}, {"data-engineer": "in-mix"}, {"data-engineer": "in-mix", "data-analyst": "missing"}):
        question = feedback_question(BANK, RESULT, Feedback("no", roles))
        assert (question.feedback, question.has_older_answer) == (None, True)


def test_a_result_that_names_no_role_can_fit_too():
    question = feedback_question(BANK, match(MODEL, ALL_NEVER), Feedback("yes", {}))
    assert (question.named, question.has_older_answer) == ((), False)
    assert question.feedback == Feedback("yes", {})
