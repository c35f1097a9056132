"""What several forms share: their base class, and fields and validators that they have in common."""

from __future__ import annotations

from collections.abc import Mapping

import wtforms
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.meta import DefaultMeta
from wtforms.validators import AnyOf, DataRequired, Length

from quiz.web.typed_text import clean_line

#: Of a job title, a name, and every other text of one line without a length of its own.
MAX_TITLE_LENGTH = 80


class FormMeta(DefaultMeta):
    """The options of every form."""

    locales = False  # WTForms' own messages are not used, so they need no translation


class Form(wtforms.Form):
    """The base class of the forms."""

    Meta = FormMeta


def max_length(length: int) -> Length:
    """A validator that refuses a text of more than `length` characters."""
    return Length(max=length, message=f"Use {length:,} characters or fewer.")


def required(message: str) -> DataRequired:
    """A validator that refuses an empty field with `message`."""
    return DataRequired(message=message)


def line_field(label: str | None = None) -> StringField:
    """A field for a text of one line, such as a job title. It may stay empty."""
    return StringField(label, filters=[clean_line], validators=[max_length(MAX_TITLE_LENGTH)])


def name_field(message: str) -> StringField:
    """A field for a name. If it is empty, it is refused with `message`."""
    return StringField(filters=[clean_line], validators=[required(message), max_length(MAX_TITLE_LENGTH)])


def optional_choice_field(label: str, labels: Mapping[str, str], *, no_answer: str) -> RadioField:
    """A field with one answer of `labels`, which are by the value, or none: "", which is shown as `no_answer`."""
    return RadioField(
        label,
        choices=[*(SelectChoice(*item) for item in labels.items()), SelectChoice("", no_answer)],
        default="",
        filters=[lambda value: value or ""],
        validate_choice=False,
        validators=[AnyOf(("", *labels), message="Choose one of the answers.")],
    )


def lower_first(message: str) -> str:
    """A message after a colon."""
    return message[:1].lower() + message[1:]
