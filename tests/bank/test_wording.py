"""A desk test of the wording: the answers of seven imagined full-time holders of a role give that role alone."""

import tomllib

import pytest

from quiz.scoring import ScoringModel, match
from tests.factories import GOLDEN

HOLDERS = tomllib.loads((GOLDEN / "holders.toml").read_text(encoding="utf-8"))

for_each_holder = pytest.mark.parametrize("role", HOLDERS)
for_each_hesitation = pytest.mark.parametrize(
    ("role", "question"), [(role, question) for role, sheet in HOLDERS.items() for question in sheet["hesitations"]]
)


def test_every_role_has_a_holder(bank):
    assert set(HOLDERS) == set(bank.role)


@for_each_holder
def test_a_holder_answers_every_question_and_says_why_they_hesitate(bank, role):
    answers, hesitations = HOLDERS[role]["answers"], HOLDERS[role]["hesitations"]
    scale = [option.id for option in bank.scale]
    assert set(answers) == set(bank.responsibility)
    assert set(answers.values()) <= set(scale)
    for question, hesitation in hesitations.items():
        # A hesitation over two steps of the scale means vague wording; over three, the question would be unusable.
        assert 1 <= abs(scale.index(hesitation["alternative"]) - scale.index(answers[question])) <= 2
        assert len(hesitation["why"].split()) >= 5


@for_each_holder
def test_a_holder_does_at_least_two_of_their_three_responsibilities_weekly_or_daily(bank, role):
    own = [HOLDERS[role]["answers"][r.id] for r in bank.role[role].responsibilities]
    assert sum(answer in ("weekly", "daily") for answer in own) >= 2


@for_each_holder
def test_a_holders_answers_give_their_role_alone(bank, role):
    result = match(ScoringModel.from_bank(bank), HOLDERS[role]["answers"])
    assert (result.mix, result.evidence) == ((role,), "clear")


@for_each_hesitation
def test_the_alternative_of_one_hesitation_still_gives_the_role_alone(bank, role, question):
    alternative = HOLDERS[role]["hesitations"][question]["alternative"]
    result = match(ScoringModel.from_bank(bank), HOLDERS[role]["answers"] | {question: alternative})
    assert result.mix == (role,)
    assert result.evidence in ("leaning", "clear")


@for_each_holder
def test_the_alternatives_of_all_hesitations_keep_the_role_first(bank, role):
    alternatives = {
        question: hesitation["alternative"] for question, hesitation in HOLDERS[role]["hesitations"].items()
    }
    assert match(ScoringModel.from_bank(bank), HOLDERS[role]["answers"] | alternatives).mix[0] == role
