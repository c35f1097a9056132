"""The forms that are built from the bank: validation, values and error messages."""

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


def form_data(**fields: str | list[str]) -> MultiDict[str, str]:
    """Submitted fields."""
    return MultiDict(fields)


# A page of questions


def test_there_is_a_form_for_every_page_with_a_field_for_every_question():
    assert len(FORMS.question_pages) == len(BANK.pages)
    for form_class, items in zip(FORMS.question_pages, BANK.pages, strict=True):
        form = form_class()
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


def test_missing_answers_are_listed_in_the_order_of_the_questions():
    second = BANK.pages[0][1].id
    form = FORMS.question_pages[0](form_data(**{second: "weekly"}))
    assert not form.validate()
    assert form.answers == {second: "weekly"}
    assert form.missing == [item.id for item in BANK.pages[0] if item.id != second]
    assert form[form.missing[0]].errors == ["Choose how often, or “I can’t say”."]


def test_an_empty_form_has_no_answers():
    form = FORMS.question_pages[0](MultiDict())
    assert not form.validate()
    assert form.answers == {}


def test_the_first_of_two_answers_to_one_question_counts():
    fields = MultiDict([(item.id, "weekly") for item in BANK.pages[0]])
    fields.add(BANK.pages[0][0].id, "daily")
    form = FORMS.question_pages[0](fields)
    assert form.validate()
    assert set(form.answers.values()) == {"weekly"}


def test_stored_answers_are_selected_in_the_form():
    stored = {item.id: "rarely" for item in BANK.questions_in_order}
    form = FORMS.question_pages[1](data=stored)
    assert all(form[item.id].data == "rarely" for item in BANK.pages[1])


@given(
    st.dictionaries(
        st.sampled_from([item.id for item in BANK.questions_in_order] + ["skip_unanswered", "other", ""]), st.text()
    )
)
def test_a_page_has_only_answers_of_the_scale_to_its_own_questions(fields):
    form = FORMS.question_pages[0](MultiDict(fields))
    complete = form.validate()
    ids = [item.id for item in BANK.pages[0]]
    assert {id: fields[id] for id in ids if fields.get(id) in BANK.option} == form.answers
    assert sorted([*form.answers, *form.missing]) == sorted(ids)
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


def test_the_optional_page_can_be_empty():
    form = FORMS.details(MultiDict())
    assert form.validate()
    assert (form.contacts.data, form.title.data, form.text.data) == ([], "", "")


def test_the_choices_of_contacts_are_the_roles_in_the_order_of_the_bank(bank: Bank):
    choices = [(choice.value, choice.label) for choice in FORMS.details().contacts.iter_choices()]
    assert choices == [(role.id, role.contact_label) for role in bank.roles]


def test_any_of_the_contacts_can_be_chosen(bank: Bank):
    form = FORMS.details(form_data(contacts=list(bank.role)))
    assert form.validate()
    assert form.contacts.data == list(bank.role)


def test_an_unknown_contact_is_an_error():
    form = FORMS.details(form_data(contacts=["data-analyst", "nobody"]))
    assert not form.validate()
    assert list(form.errors) == ["contacts"]


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Analyst  ", "Analyst"),
        ("nul\x00l", "null"),
        (" \r\n\t ", ""),
        ("🎩", "🎩"),
    ],
)
def test_texts_are_cleaned(typed, cleaned):
    form = FORMS.details(form_data(title=typed, text=typed))
    assert form.validate()
    assert (form.title.data, form.text.data) == (cleaned, cleaned)


def test_a_text_keeps_its_lines_and_a_title_is_one_line():
    form = FORMS.details(form_data(title="a\r\nb", text="a\r\nb\r\n\r\nc"))
    assert (form.title.data, form.text.data) == ("a b", "a\nb\n\nc")


@pytest.mark.parametrize("name", ["\u200d", "\u3164 \u2800", "\u202e", "\u0301"])
def test_a_name_needs_a_visible_character(name):
    for form in (FORMS.join["open"](form_data(name=name)), FORMS.team(form_data(name=name, kind="open", minimum="5"))):
        assert not form.validate()
        assert list(form.errors) == ["name"]


@pytest.mark.parametrize(("name", "limit", "limit_text"), [("title", 80, "80"), ("text", 4000, "4,000")])
def test_a_text_can_be_as_long_as_its_limit_but_not_longer(name, limit, limit_text):
    assert FORMS.details(form_data(**{name: f" {'🎩' * limit} "})).validate()
    form = FORMS.details(form_data(**{name: "🎩" * (limit + 1)}))
    assert not form.validate()
    assert form.errors == {name: [f"Use {limit_text} characters or fewer."]}
