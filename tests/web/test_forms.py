"""The forms that are made from the bank: what they take, what they give, what they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from quiz.bank import Bank, load
from quiz.config import paths
from quiz.web.forms import Forms

BANK = load(paths.project_folder("questions"))
FORMS = Forms(BANK)


def sent(**fields: str | list[str]) -> MultiDict[str, str]:
    return MultiDict(fields)


# A page of questions


def test_there_is_a_form_for_every_page_with_a_field_for_every_question():
    assert len(FORMS.question_pages) == len(BANK.pages)
    for make, items in zip(FORMS.question_pages, BANK.pages, strict=True):
        form = make()
        for item in items:
            assert form[item.id].label.text == item.question
            assert form[item.id].description == item.hint
            assert [choice.value for choice in form[item.id].iter_choices()] == list(BANK.option)


def test_a_page_with_an_answer_to_every_question_is_valid():
    answers = {item.id: point for item, point in zip(BANK.pages[0], [*BANK.option, "daily"], strict=False)}
    form = FORMS.question_pages[0](MultiDict(answers))
    assert form.validate()
    assert form.answers == answers
    assert form.missing == []


def test_what_is_missing_is_listed_in_the_order_of_asking():
    second = BANK.pages[0][1].id
    form = FORMS.question_pages[0](sent(**{second: "weekly"}))
    assert not form.validate()
    assert form.answers == {second: "weekly"}
    assert form.missing == [item.id for item in BANK.pages[0] if item.id != second]
    assert form[form.missing[0]].errors == ["Choose how often, or “I can’t say”."]


def test_nothing_at_all_is_all_missing():
    form = FORMS.question_pages[0](MultiDict())
    assert not form.validate()
    assert form.answers == {}


def test_the_first_of_two_answers_to_one_question_counts():
    fields = MultiDict([(item.id, "weekly") for item in BANK.pages[0]])
    fields.add(BANK.pages[0][0].id, "daily")
    form = FORMS.question_pages[0](fields)
    assert form.validate()
    assert set(form.answers.values()) == {"weekly"}


def test_what_was_kept_is_chosen_when_a_page_is_shown():
    kept = {item.id: "rarely" for item in BANK.questions_in_order}
    form = FORMS.question_pages[1](data=kept)
    assert all(form[item.id].data == "rarely" for item in BANK.pages[1])


@given(
    st.dictionaries(
        st.sampled_from([item.id for item in BANK.questions_in_order] + ["skip_unanswered", "other", ""]), st.text()
    )
)
def test_a_page_only_ever_gives_answers_that_are_on_the_scale_to_its_own_questions(fields):
    form = FORMS.question_pages[0](MultiDict(fields))
    complete = form.validate()
    own = [item.id for item in BANK.pages[0]]
    assert {id: fields[id] for id in own if fields.get(id) in BANK.option} == form.answers
    assert sorted([*form.answers, *form.missing]) == sorted(own)
    assert complete == (not form.missing)


@pytest.mark.parametrize("id", ["data", "errors", "process", "validate", "answers", "missing", "meta", "questions"])
def test_a_question_may_have_any_id(small_bank, id):
    baker = small_bank / "roles" / "baker.toml"
    baker.write_text(baker.read_text(encoding="utf-8").replace('id = "dough"', f'id = "{id}"'), encoding="utf-8")
    bank = load(small_bank)
    number = next(n for n, items in enumerate(bank.pages) if id in [item.id for item in items])
    answers = {item.id: "weekly" for item in bank.pages[number]}
    form = Forms(bank).question_pages[number](MultiDict(answers))
    assert form.validate()
    assert form.answers == answers
    assert form[id].data == "weekly"
    form = Forms(bank).question_pages[number](MultiDict())
    assert not form.validate()
    assert id in form.missing


# The optional page


def test_the_optional_page_may_be_empty():
    form = FORMS.details(MultiDict())
    assert form.validate()
    assert (form.contacts.data, form.title.data, form.text.data) == ([], "", "")


def test_contacts_are_offered_by_what_people_do_in_the_order_of_the_flow(bank: Bank):
    choices = [(choice.value, choice.label) for choice in FORMS.details().contacts.iter_choices()]
    assert choices == [(role.id, role.contact_label) for role in bank.roles]


def test_any_of_the_contacts_can_be_chosen(bank: Bank):
    form = FORMS.details(sent(contacts=list(bank.role)))
    assert form.validate()
    assert form.contacts.data == list(bank.role)


def test_a_contact_that_is_not_offered_is_an_error():
    form = FORMS.details(sent(contacts=["data-analyst", "nobody"]))
    assert not form.validate()
    assert list(form.errors) == ["contacts"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Analyst  ", "Analyst"),
        ("a\r\nb\r\n\r\nc", "a\nb\n\nc"),
        ("nul\x00l", "null"),
        (" \r\n\t ", ""),
        ("🎩", "🎩"),
    ],
)
def test_texts_are_tidied(typed, kept):
    form = FORMS.details(sent(title=typed, text=typed))
    assert form.validate()
    assert (form.title.data, form.text.data) == (kept, kept)


@pytest.mark.parametrize(("name", "limit", "said"), [("title", 80, "80"), ("text", 4000, "4,000")])
def test_a_text_may_be_so_long_and_no_longer(name, limit, said):
    assert FORMS.details(sent(**{name: f" {'🎩' * limit} "})).validate()
    form = FORMS.details(sent(**{name: "🎩" * (limit + 1)}))
    assert not form.validate()
    assert form.errors == {name: [f"Use {said} characters or fewer."]}
