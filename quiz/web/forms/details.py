"""The optional page after the questions: contacts, other work, job title, free text."""

from __future__ import annotations

from wtforms import SelectMultipleField, TextAreaField
from wtforms.fields import SelectChoice

from quiz.bank import Bank
from quiz.web.forms.base import Form, line_field, max_length, optional_choice_field
from quiz.web.typed_text import clean_text

MAX_TEXT_LENGTH = 4000
#: The answers about other work as people see them. They are `quiz.bank.OTHER_WORK_SHARES`.
OTHER_WORK_LABELS = {
    "none": "None of it",
    "quarter": "About a quarter",
    "half": "About half",
    "three-quarters": "About three quarters",
}


class DetailsForm(Form):
    """The optional page. Every field may stay empty."""

    contacts: SelectMultipleField
    other_work_share = optional_choice_field("Other work", OTHER_WORK_LABELS, no_answer="I can’t say")
    title = line_field("Your job title")
    text = TextAreaField("Your own words", filters=[clean_text], validators=[max_length(MAX_TEXT_LENGTH)])


def details_form(bank: Bank) -> type[DetailsForm]:
    """The form class of the optional page, with the roles as contacts."""
    choices = [SelectChoice(role.id, role.contact_label) for role in bank.roles]
    contacts = SelectMultipleField("Whom you work with", choices=choices)
    return type("BankDetailsForm", (DetailsForm,), {"contacts": contacts})
