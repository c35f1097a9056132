"""What a person wants: wishes, goals, and a job that the person has as a goal."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from quiz.bank import Bank
from quiz.web.forms.base import Form, name_field, required

MAX_GOALS = 2
#: Name of a wish field, without the id of the responsibility that follows.
WISH_PREFIX = "wish-"


class GoalsForm(Form):
    """What a person wants. `wishes` holds the wish of each responsibility that has one."""

    goals: SelectMultipleField

    @property
    def wishes(self) -> dict[str, str]:
        wish_fields = [field for field in self if field.name.startswith(WISH_PREFIX)]
        return {field.name.removeprefix(WISH_PREFIX): field.data for field in wish_fields if field.data}


class JobGoalForm(Form):
    """A job that a person has as a goal: a name, and the responsibilities that an advert asks for."""

    name = name_field("Give the job a name.")
    responsibilities: SelectMultipleField


def goals_form(bank: Bank) -> type[GoalsForm]:
    """The form class of wishes and goals, with a field for each responsibility, and one for the roles."""
    wish_choices = [SelectChoice("", "No wish")]
    for wish in bank.wishes:
        wish_choices.append(SelectChoice(wish.id, wish.phrase[:1].upper() + wish.phrase[1:]))
    role_choices = [SelectChoice(role.id, role.title) for role in bank.roles]
    max_goals = Length(max=MAX_GOALS, message="Choose two roles at most.")
    fields: dict[str, Any] = {
        WISH_PREFIX + id: SelectField(choices=wish_choices, default="") for id in bank.responsibility
    }
    fields["goals"] = SelectMultipleField(choices=role_choices, validators=[max_goals])
    return type("BankGoalsForm", (GoalsForm,), fields)


def job_goal_form(bank: Bank) -> type[JobGoalForm]:
    """The form class of a job goal, with the responsibilities of `bank` to choose from."""
    choices = [SelectChoice(item.id, item.name) for item in bank.responsibility.values()]
    responsibilities = SelectMultipleField(choices=choices, validators=[required("Read an advert first.")])
    return type("BankJobGoalForm", (JobGoalForm,), {"responsibilities": responsibilities})
