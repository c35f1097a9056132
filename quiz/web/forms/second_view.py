"""A second view: how the two people call each other, and what matters most in the role."""

from __future__ import annotations

from wtforms import SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from quiz.bank import Bank
from quiz.web.forms.base import Form, name_field

MAX_PRIORITIES = 5


class SecondViewForm(Form):
    """Asking somebody for a second view: how the two call each other."""

    owner_name = name_field("Enter the name by which the other person knows you.")
    viewer_name = name_field("Enter the name of the person you ask.")


class PrioritiesForm(Form):
    """What matters most in the role, as a viewer sees it. It may stay empty."""

    priorities: SelectMultipleField


def priorities_form(bank: Bank) -> type[PrioritiesForm]:
    """The form class of priorities, with the responsibilities of `bank` to choose from."""
    choices = [SelectChoice(item.id, item.name) for item in bank.responsibility.values()]
    at_most = Length(max=MAX_PRIORITIES, message="Choose five at most.")
    fields = {"priorities": SelectMultipleField(choices=choices, validators=[at_most])}
    return type("BankPrioritiesForm", (PrioritiesForm,), fields)
