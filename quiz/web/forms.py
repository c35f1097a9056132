"""Forms, made by WTForms from the bank. The messages are what people see beside a field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import (
    BooleanField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.validators import DataRequired, Length

from quiz.bank import Bank, Responsibility
from quiz.teams.anonymous import MINIMUMS

MAX_TITLE_LENGTH = 80
MAX_TEXT_LENGTH = 4000
MAX_GOALS = 2
#: What the names of wish fields begin with; a responsibility's id follows.
WISH = "wish-"


class _Meta(DefaultMeta):
    locales = False  # the pages bring their own words


class _Plain(Form):
    Meta = _Meta


class Answered:
    """Refuses a question without an answer on the scale."""

    field_flags: ClassVar[dict[str, Any]] = {}

    def __call__(self, form: BaseForm, field: RadioField) -> None:
        if field.data not in dict.fromkeys(choice.value for choice in field.choices):
            raise ValidationError("Choose how often, or “I can’t say”.")


class Page(BaseForm):
    """The questions of one page. `answers` holds what was answered, `missing` the ids of what was not.

    A bare form: a declared one makes every field an attribute, and a question called `data` would hide the form's own.
    """

    questions: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, formdata: Any = None, data: Mapping[str, str] | None = None) -> None:
        super().__init__({**self.questions, "leave_out": BooleanField()}, meta=_Meta())
        self.process(formdata, data=data)

    @property
    def answers(self) -> dict[str, str]:
        missing = {*self.missing, "leave_out"}
        return {f.name: f.data for f in self if f.name not in missing}

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
    title = StringField("Your job title", filters=[_tidy], validators=[_at_most(MAX_TITLE_LENGTH)])
    text = TextAreaField("Your own words", filters=[_tidy], validators=[_at_most(MAX_TEXT_LENGTH)])


class ShareForm(_Plain):
    """A new share link: whom it is for, and what it leaves out."""

    label = StringField(filters=[_tidy], validators=[_at_most(MAX_TITLE_LENGTH)])
    shares_text = BooleanField()
    shares_wishes = BooleanField()


def _needed(message: str) -> DataRequired:
    return DataRequired(message=message)


class TeamForm(_Plain):
    """A new team."""

    name = StringField(filters=[_tidy], validators=[_needed("Give the team a name."), _at_most(MAX_TITLE_LENGTH)])
    kind = RadioField(
        choices=[SelectChoice("anonymous", "Anonymous rounds"), SelectChoice("open", "Open, by name")],
        validators=[_needed("Choose one of the two kinds.")],
    )
    minimum = SelectField(choices=[SelectChoice(str(n), f"{n} people") for n in MINIMUMS], default=str(MINIMUMS[0]))


class JoinForm(_Plain):
    """Joining an anonymous team; `link` is for bringing a response along."""

    link = StringField(filters=[_tidy])
    name = StringField(filters=[_tidy], validators=[_at_most(MAX_TITLE_LENGTH)])
    shares_wishes = BooleanField()


class OpenJoinForm(JoinForm):
    """Joining an open team, under a name."""

    name = StringField(
        filters=[_tidy], validators=[_needed("Give a name that your team knows you by."), _at_most(MAX_TITLE_LENGTH)]
    )


class Ahead(_Plain):
    """What a person wants. `wishes` holds the wish of each responsibility that has one."""

    heading: SelectMultipleField

    @property
    def wishes(self) -> dict[str, str]:
        return {f.name.removeprefix(WISH): f.data for f in self if f.name.startswith(WISH) and f.data}


class Forms:
    """The forms of a bank: each class is built once, since building costs more than using.

    Attributes
    ----------
    pages
        A form class a page, its fields named by question id.
    more
        The optional page: contacts, job title, free words.
    ahead
        Wishes and the roles somebody is heading for.
    share
        A new share link.
    team, join
        A new team, and joining one, by the team's kind.
    """

    def __init__(self, bank: Bank) -> None:
        points = [SelectChoice(point.id, point.label) for point in bank.option.values()]
        self.pages = tuple(
            type("QuestionPage", (Page,), {"questions": {item.id: self._question(item, points) for item in page}})
            for page in bank.pages
        )
        self.share = ShareForm
        self.team = TeamForm
        self.join = {"anonymous": JoinForm, "open": OpenJoinForm}
        self.ahead = type("AheadForm", (Ahead,), self._ahead(bank))
        people = [SelectChoice(role.id, role.contact_label) for role in bank.roles]
        self.more = type("More", (More,), {"contacts": SelectMultipleField("Whom you work with", choices=people)})

    @staticmethod
    def _ahead(bank: Bank) -> dict[str, Any]:
        wishes = [SelectChoice("", "No wish"), *(SelectChoice(wish.id, wish.label) for wish in bank.wishes)]
        roles = [SelectChoice(role.id, role.title) for role in bank.roles]
        few = Length(max=MAX_GOALS, message="Choose two roles at most: one direction is easier to walk than three.")
        return {f"{WISH}{id}": SelectField(choices=wishes, default="") for id in bank.responsibility} | {
            "goals": SelectMultipleField(choices=roles, validators=[few])
        }

    @staticmethod
    def _question(item: Responsibility, points: list[SelectChoice]) -> RadioField:
        return RadioField(item.question, [Answered()], choices=points, validate_choice=False, description=item.hint)
