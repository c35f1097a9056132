"""What two people agreed in a conversation, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from wtforms import StringField, ValidationError
from wtforms.form import BaseForm

from quiz.bank import MAX_ACTION_LENGTH, MAX_ACTIONS, AgreedAction, Outcome
from quiz.web.forms.base import Form, lower_first, max_length, optional_choice_field
from quiz.web.typed_text import clean_line

#: A day of an agreement is at most so many years before or after today: others are mistyped.
MAX_YEARS_FROM_NOW = 5
#: What became of an agreed action, as people choose it. They are `quiz.bank.OUTCOMES`.
OUTCOME_LABELS: dict[str, str] = {"done": "Done", "not-yet": "Not yet", "dropped": "Dropped"}
#: Name of a field for an outcome, without the number of the action that follows.
OUTCOME_PREFIX = "outcome-"


class PlausibleDay:
    """A validator for a day in a text field: empty, or a date within `MAX_YEARS_FROM_NOW` of the form's `today`."""

    field_flags: ClassVar[dict[str, Any]] = {}

    def __call__(self, form: BaseForm, field: StringField) -> None:
        if not field.data:
            return
        try:
            day = date.fromisoformat(field.data)
        except ValueError:
            day = None
        # Python also reads other forms of a date, such as 20270131.
        if day is None or day.isoformat() != field.data:
            raise ValidationError("Enter a day of the calendar as year-month-day, such as 2027-01-31.")
        year = int(form.today[:4])
        if abs(day.year - year) > MAX_YEARS_FROM_NOW:
            raise ValidationError(f"Enter a day between {year - MAX_YEARS_FROM_NOW} and {year + MAX_YEARS_FROM_NOW}.")


class AgreementForm(Form):
    """What two people agreed: up to three actions, each with a day, and the day of the next look. `today` is a day."""

    next_look: StringField

    def __init__(self, formdata: Any = None, *, today: str, data: Mapping[str, str] | None = None) -> None:
        self.today = today
        super().__init__(formdata, data=data)

    @property
    def lines(self) -> list[tuple[int, StringField, StringField]]:
        """The number of each line, its field for the action, and its field for the day."""
        numbers = range(1, MAX_ACTIONS + 1)
        return [(number, self[f"action_{number}"], self[f"due_{number}"]) for number in numbers]

    @property
    def actions(self) -> tuple[AgreedAction, ...]:
        """The actions of the lines that are filled in."""
        return tuple(AgreedAction(number, text.data, due.data) for number, text, due in self.lines if text.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every line is right; a day alone is not."""
        is_valid = bool(super().validate(extra_validators))
        for _, text, due in self.lines:
            if due.data and not text.data:
                text.errors = ["Write what you agreed, or remove its day."]
                is_valid = False
        return is_valid

    @property
    def labelled_errors(self) -> list[tuple[str, str]]:
        """The name of each field with an error, and its message after what the field is about."""
        labels = {"next_look": "Next look"}
        for number, text, due in self.lines:
            labels |= {text.name: f"Action {number}", due.name: f"Action {number}, by when"}
        return [(name, f"{labels[name]}: {lower_first(messages[0])}") for name, messages in self.errors.items()]


def agreement_form() -> type[AgreementForm]:
    """The form class with a line for each action that two people can agree."""
    fields: dict[str, Any] = {}
    for number in range(1, MAX_ACTIONS + 1):
        fields[f"action_{number}"] = StringField(filters=[clean_line], validators=[max_length(MAX_ACTION_LENGTH)])
        fields[f"due_{number}"] = StringField(filters=[clean_line], validators=[PlausibleDay()])
    fields["next_look"] = StringField(filters=[clean_line], validators=[PlausibleDay()])
    return type("FullAgreementForm", (AgreementForm,), fields)


class OutcomesForm(Form):
    """What became of the actions that were agreed last time. `outcomes` are by number."""

    @property
    def outcomes(self) -> dict[int, Outcome]:
        return {int(field.name.removeprefix(OUTCOME_PREFIX)): field.data for field in self}


def outcomes_form(actions: Iterable[AgreedAction]) -> type[OutcomesForm]:
    """The form class for what became of `actions`, with a field for each, named by its number."""
    fields = {
        f"{OUTCOME_PREFIX}{action.number}": optional_choice_field(
            action.text, OUTCOME_LABELS, no_answer="Nothing to say yet"
        )
        for action in actions
    }
    return type("ActionOutcomesForm", (OutcomesForm,), fields)
