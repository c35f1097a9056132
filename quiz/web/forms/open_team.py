"""What an open team needs, and what a new person of it would do."""

from __future__ import annotations

from wtforms import SelectField
from wtforms.fields import SelectChoice

from quiz.bank import Bank
from quiz.web.forms.advert import optional_advert_field
from quiz.web.forms.base import Form

#: Names of the fields of needs: followed by the id of a responsibility, and by the id of a role.
NEED_PREFIX, HEADS_PREFIX = "need-", "heads-"
NEED_LABELS = ("nobody", "one", "two", "three", "four or more")


class NeedsForm(Form):
    """How many people of an open team should do each responsibility; the heads and the advert fill that in.

    `needs` and `heads` are by the id of the responsibility or role.
    """

    text = optional_advert_field()

    @property
    def needs(self) -> dict[str, int]:
        return self._numbers(NEED_PREFIX)

    @property
    def heads(self) -> dict[str, int]:
        return self._numbers(HEADS_PREFIX)

    def _numbers(self, prefix: str) -> dict[str, int]:
        fields = [field for field in self if field.name.startswith(prefix)]
        return {field.name.removeprefix(prefix): int(field.data or 0) for field in fields}


def needs_form(bank: Bank) -> type[NeedsForm]:
    """The form class of needs, with a field for each responsibility and for each role."""
    need_choices = [SelectChoice(str(number), label) for number, label in enumerate(NEED_LABELS)]
    names = [NEED_PREFIX + id for id in bank.responsibility] + [HEADS_PREFIX + id for id in bank.role]
    return type("BankNeedsForm", (NeedsForm,), {name: SelectField(choices=need_choices, default="0") for name in names})


class HireForm(Form):
    """What a new person of an open team would do: one or two roles, or what an advert asks for."""

    role: SelectField
    second_role: SelectField
    text = optional_advert_field()

    @property
    def roles(self) -> list[str]:
        """The ids of the chosen roles, each once."""
        return list(dict.fromkeys(id for id in (self.role.data, self.second_role.data) if id))


def hire_form(bank: Bank) -> type[HireForm]:
    """The form class of a new person, with the roles of `bank` to choose from."""
    roles = [SelectChoice(role.id, role.title) for role in bank.roles]
    fields = {
        "role": SelectField(choices=[SelectChoice("", "Choose a role"), *roles], default=""),
        "second_role": SelectField(choices=[SelectChoice("", "No second role"), *roles], default=""),
    }
    return type("BankHireForm", (HireForm,), fields)
