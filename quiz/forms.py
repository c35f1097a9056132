"""Forms, made by WTForms from the bank. The messages are what people see beside a field."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import BooleanField, Form, RadioField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from quiz.bank import Bank, Responsibility

TITLE_LENGTH = 80
WORDS_LENGTH = 4000


class _Plain(Form):
    class Meta:
        locales = False  # the pages bring their own words


class Answered:
    """Refuses a question without an answer on the scale."""

    field_flags: ClassVar[dict[str, Any]] = {}

    def __call__(self, form: Form, field: RadioField) -> None:
        if field.data not in dict.fromkeys(choice.value for choice in field.choices):
            raise ValidationError("Choose how often, or “I can’t say”.")


class Page(_Plain):
    """The questions of one page. `answers` holds what was answered, `missing` the ids of what was not."""

    leave_out = BooleanField()

    @property
    def answers(self) -> dict[str, str]:
        return {f.name: f.data for f in self if f.name != "leave_out" and f.name not in self.missing}

    @property
    def missing(self) -> list[str]:
        return [name for name in self.errors if name]


def _tidy(text: str | None) -> str:
    """Text as it is kept: no outer blanks, line ends as one character, no NUL, which no database likes."""
    return (text or "").replace("\r\n", "\n").replace("\x00", "").strip()


def _at_most(length: int) -> Length:
    return Length(max=length, message=f"Use {length:,} characters or fewer.")


class More(_Plain):
    """The optional page. Every field may stay empty."""

    contacts: SelectMultipleField
    title = StringField(filters=[_tidy], validators=[_at_most(TITLE_LENGTH)])
    words = TextAreaField(filters=[_tidy], validators=[_at_most(WORDS_LENGTH)])


class Forms:
    """The forms of a bank: each class is built once, since building costs more than using.

    Attributes
    ----------
    pages
        A form class a page, its fields named by question id.
    more
        The optional page: contacts, job title, free words.
    """

    def __init__(self, bank: Bank) -> None:
        points = [SelectChoice(point.id, point.label) for point in bank.point.values()]
        self.pages = tuple(
            type("QuestionPage", (Page,), {item.id: self._question(item, points) for item in page})
            for page in bank.pages
        )
        people = [SelectChoice(role.id, role.people) for role in bank.roles]
        self.more = type("More", (More,), {"contacts": SelectMultipleField(choices=people)})

    @staticmethod
    def _question(item: Responsibility, points: list[SelectChoice]) -> RadioField:
        return RadioField(item.question, [Answered()], choices=points, validate_choice=False, description=item.hint)
