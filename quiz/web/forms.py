"""The forms, made by WTForms from the bank. Their messages are what people see next to a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

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
from wtforms.validators import AnyOf, DataRequired, Length

from quiz.bank import MAX_ACTION_LENGTH, MAX_ACTIONS, AgreedAction, Bank, Outcome, Responsibility
from quiz.results.feedback import FITS
from quiz.teams.anonymous import MINIMUMS
from quiz.web.typed_text import clean_line, clean_text

if TYPE_CHECKING:
    from quiz.results.follow_up_page import FollowUpPage

MAX_TITLE_LENGTH = 80
MAX_TEXT_LENGTH = 4000
MAX_ADVERT_LENGTH = 100_000
MAX_GOALS = 2
MAX_PRIORITIES = 5
#: The answers about other work as people see them. They are `quiz.bank.OTHER_WORK_SHARES`.
OTHER_WORK_LABELS = {
    "none": "None of it",
    "quarter": "About a quarter",
    "half": "About half",
    "three-quarters": "About three quarters",
}
#: A day of an agreement is at most so many years before or after today: others are mistyped.
MAX_YEARS_FROM_NOW = 5
#: What became of an agreed action, as people choose it. They are `quiz.bank.OUTCOMES`.
OUTCOME_LABELS: dict[str, str] = {"done": "Done", "not-yet": "Not yet", "dropped": "Dropped"}
#: Name of a field for an outcome, without the number of the action that follows.
OUTCOME_PREFIX = "outcome-"
#: Name of a wish field, without the id of the responsibility that follows.
WISH_PREFIX = "wish-"
#: Names of the fields of needs: followed by the id of a responsibility, and by the id of a role.
NEED_PREFIX, HEADS_PREFIX = "need-", "heads-"
NEED_LABELS = ("nobody", "one", "two", "three", "four or more")


class _Meta(DefaultMeta):
    locales = False  # WTForms' own messages are not used, so they need no translation


class _BaseForm(Form):
    Meta = _Meta


def _max_length(length: int) -> Length:
    return Length(max=length, message=f"Use {length:,} characters or fewer.")


def _required(message: str) -> DataRequired:
    return DataRequired(message=message)


class AnswerRequired:
    """A validator that refuses a question without an answer of the scale."""

    field_flags: ClassVar[dict[str, Any]] = {}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: BaseForm, field: RadioField) -> None:
        if field.data not in [choice.value for choice in field.choices]:
            raise ValidationError(self.message)


class QuestionPageForm(BaseForm):
    """The questions of one page. `answers` holds the valid answers, `missing` the ids of the questions without one.

    It derives from `BaseForm`, since `Form` makes every field an attribute, and a question with the id `data` would
    hide the form's own attribute.
    """

    questions: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, formdata: Any = None, data: Mapping[str, str] | None = None) -> None:
        super().__init__({**self.questions, "skip_unanswered": BooleanField()}, meta=_Meta())
        self.process(formdata, data=data)

    @property
    def answers(self) -> dict[str, str]:
        not_answers = {*self.missing, "skip_unanswered"}
        return {field.name: field.data for field in self if field.name not in not_answers}

    @property
    def missing(self) -> list[str]:
        return [name for name in self.errors if name]


class DetailsForm(_BaseForm):
    """The optional page. Every field may stay empty."""

    contacts: SelectMultipleField
    other_work_share = RadioField(
        "Other work",
        choices=[*(SelectChoice(*item) for item in OTHER_WORK_LABELS.items()), SelectChoice("", "I can’t say")],
        default="",
        filters=[lambda value: value or ""],
        validate_choice=False,
        validators=[AnyOf(("", *OTHER_WORK_LABELS), message="Choose one of the answers.")],
    )
    title = StringField("Your job title", filters=[clean_line], validators=[_max_length(MAX_TITLE_LENGTH)])
    text = TextAreaField("Your own words", filters=[clean_text], validators=[_max_length(MAX_TEXT_LENGTH)])


class AdvertForm(_BaseForm):
    """A job advert to read. It is not stored."""

    text = TextAreaField(
        filters=[clean_text],
        validators=[_required("Paste the text of an advert first."), _max_length(MAX_ADVERT_LENGTH)],
    )


class GoalsForm(_BaseForm):
    """What a person wants. `wishes` holds the wish of each responsibility that has one."""

    goals: SelectMultipleField

    @property
    def wishes(self) -> dict[str, str]:
        wish_fields = [field for field in self if field.name.startswith(WISH_PREFIX)]
        return {field.name.removeprefix(WISH_PREFIX): field.data for field in wish_fields if field.data}


class JobGoalForm(_BaseForm):
    """A job that a person heads for: a name, and the responsibilities that an advert asks for."""

    name = StringField(
        filters=[clean_line], validators=[_required("Give the job a name."), _max_length(MAX_TITLE_LENGTH)]
    )
    responsibilities: SelectMultipleField


def lower_first(message: str) -> str:
    """A message after a colon."""
    return message[:1].lower() + message[1:]


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


class AgreementForm(_BaseForm):
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


class OutcomesForm(_BaseForm):
    """What became of the actions that were agreed last time. `outcomes` are by number."""

    @property
    def outcomes(self) -> dict[int, Outcome]:
        return {int(field.name.removeprefix(OUTCOME_PREFIX)): field.data for field in self}


class ShareForm(_BaseForm):
    """A new share link: who it is for, and what it shows."""

    label = StringField(filters=[clean_line], validators=[_max_length(MAX_TITLE_LENGTH)])
    shares_text = BooleanField()
    shares_wishes = BooleanField()


class FeedbackForm(_BaseForm):
    """Whether a result fits, in the person's view."""

    fits = StringField(validators=[AnyOf(FITS)])


class SecondViewForm(_BaseForm):
    """Asking somebody for a second view: how the two call each other."""

    owner_name = StringField(
        filters=[clean_line],
        validators=[_required("Enter the name by which the other person knows you."), _max_length(MAX_TITLE_LENGTH)],
    )
    viewer_name = StringField(
        filters=[clean_line],
        validators=[_required("Enter the name of the person you ask."), _max_length(MAX_TITLE_LENGTH)],
    )


class PrioritiesForm(_BaseForm):
    """What matters most in the role, as a viewer sees it. It may stay empty."""

    priorities: SelectMultipleField


class TeamForm(_BaseForm):
    """A new team."""

    name = StringField(
        filters=[clean_line], validators=[_required("Give the team a name."), _max_length(MAX_TITLE_LENGTH)]
    )
    kind = RadioField(
        choices=[SelectChoice("anonymous", "Anonymous rounds"), SelectChoice("open", "Open, by name")],
        validators=[_required("Choose one of the two kinds.")],
    )
    minimum = SelectField(choices=[SelectChoice(str(n), f"{n} people") for n in MINIMUMS], default=str(MINIMUMS[0]))


class JoinForm(_BaseForm):
    """Joining an anonymous team. `link` is the owner link of a response that already exists."""

    link = StringField(filters=[clean_text])
    name = StringField(filters=[clean_line], validators=[_max_length(MAX_TITLE_LENGTH)])
    shares_wishes = BooleanField()


class OpenJoinForm(JoinForm):
    """Joining an open team, under a name."""

    name = StringField(
        filters=[clean_line],
        validators=[_required("Enter a name that your team knows."), _max_length(MAX_TITLE_LENGTH)],
    )


class RenameForm(_BaseForm):
    """A member of an open team changes the name to show."""

    name = StringField(
        filters=[clean_line],
        validators=[_required("Enter a name that your team knows."), _max_length(MAX_TITLE_LENGTH)],
    )


class NeedsForm(_BaseForm):
    """How many people of an open team should do each responsibility; the heads and the advert fill that in.

    `needs` and `heads` are by the id of the responsibility or role.
    """

    text = TextAreaField(filters=[clean_text], validators=[_max_length(MAX_ADVERT_LENGTH)])

    @property
    def needs(self) -> dict[str, int]:
        return self._numbers(NEED_PREFIX)

    @property
    def heads(self) -> dict[str, int]:
        return self._numbers(HEADS_PREFIX)

    def _numbers(self, prefix: str) -> dict[str, int]:
        fields = [field for field in self if field.name.startswith(prefix)]
        return {field.name.removeprefix(prefix): int(field.data or 0) for field in fields}


class HireForm(_BaseForm):
    """What a new person of an open team would do: one or two roles, or what an advert asks for."""

    role: SelectField
    second_role: SelectField
    text = TextAreaField(filters=[clean_text], validators=[_max_length(MAX_ADVERT_LENGTH)])

    @property
    def roles(self) -> list[str]:
        """The ids of the chosen roles, each once."""
        return list(dict.fromkeys(id for id in (self.role.data, self.second_role.data) if id))


class Forms:
    """The form classes of a bank. Each class is built once, because building it takes longer than using it.

    Attributes
    ----------
    question_pages
        A form class for each page, with a field for each question, named by its id.
    details
        The optional page: contacts, job title, free text.
    goals
        Wishes and goals.
    job_goal
        A job that a person heads for.
    agreement
        What two people agreed in a conversation.
    share
        A new share link.
    feedback
        Whether a result fits.
    viewer_pages
        The question pages for the viewer of a second view.
    priorities
        What matters most in the role.
    second_view
        Asking for a second view.
    team
        A new team.
    join
        Joining a team, by the team's kind.
    rename
        Another name in an open team.
    needs
        What an open team needs.
    hire
        What a new person of an open team would do.
    """

    def __init__(self, bank: Bank) -> None:
        self.question_pages = tuple(_question_page_form(bank, page) for page in bank.pages)
        self.details = _details_form(bank)
        self.goals = _goals_form(bank)
        self.job_goal = _job_goal_form(bank)
        self.agreement = _agreement_form()
        self.share = ShareForm
        self.feedback = FeedbackForm
        self.viewer_pages = tuple(_question_page_form(bank.for_viewers, page) for page in bank.for_viewers.pages)
        self.priorities = _priorities_form(bank)
        self.second_view = SecondViewForm
        self.team = TeamForm
        self.join = {"anonymous": JoinForm, "open": OpenJoinForm}
        self.rename = RenameForm
        self.needs = _needs_form(bank)
        self.hire = _hire_form(bank)


def _question_page_form(bank: Bank, page: tuple[Responsibility, ...]) -> type[QuestionPageForm]:
    choices = [SelectChoice(point.id, point.label) for point in bank.option.values()]
    required = AnswerRequired(f"Choose how often, or “{bank.skip.label}”.")
    questions = {
        item.id: RadioField(item.question, [required], choices=choices, validate_choice=False, description=item.hint)
        for item in page
    }
    return type("BankQuestionPageForm", (QuestionPageForm,), {"questions": questions})


def follow_up_form(bank: Bank, page: FollowUpPage) -> type[QuestionPageForm]:
    """The form class of the page with follow-up questions, with a field for each question, named by its id."""
    choices = [SelectChoice(option.id, option.label) for option in bank.follow_up_option.values()]
    required = AnswerRequired("Choose how much time, or “I can’t say”.")
    questions = {
        question.id: RadioField(question.text, [required], choices=choices, validate_choice=False)
        for question in page.questions
    }
    return type("FollowUpForm", (QuestionPageForm,), {"questions": questions})


def _agreement_form() -> type[AgreementForm]:
    fields: dict[str, Any] = {}
    for number in range(1, MAX_ACTIONS + 1):
        fields[f"action_{number}"] = StringField(filters=[clean_line], validators=[_max_length(MAX_ACTION_LENGTH)])
        fields[f"due_{number}"] = StringField(filters=[clean_line], validators=[PlausibleDay()])
    fields["next_look"] = StringField(filters=[clean_line], validators=[PlausibleDay()])
    return type("FullAgreementForm", (AgreementForm,), fields)


def outcomes_form(actions: Iterable[AgreedAction]) -> type[OutcomesForm]:
    """The form class for what became of `actions`, with a field for each, named by its number."""
    choices = [*(SelectChoice(*item) for item in OUTCOME_LABELS.items()), SelectChoice("", "Nothing to say yet")]
    fields: dict[str, Any] = {}
    for action in actions:
        one_of = AnyOf(("", *OUTCOME_LABELS), message="Choose one of the answers.")
        fields[f"{OUTCOME_PREFIX}{action.number}"] = RadioField(
            action.text,
            choices=choices,
            default="",
            filters=[lambda value: value or ""],
            validate_choice=False,
            validators=[one_of],
        )
    return type("ActionOutcomesForm", (OutcomesForm,), fields)


def _details_form(bank: Bank) -> type[DetailsForm]:
    choices = [SelectChoice(role.id, role.contact_label) for role in bank.roles]
    contacts = SelectMultipleField("Whom you work with", choices=choices)
    return type("BankDetailsForm", (DetailsForm,), {"contacts": contacts})


def _goals_form(bank: Bank) -> type[GoalsForm]:
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


def _job_goal_form(bank: Bank) -> type[JobGoalForm]:
    choices = [SelectChoice(item.id, item.name) for item in bank.responsibility.values()]
    responsibilities = SelectMultipleField(choices=choices, validators=[_required("Read an advert first.")])
    return type("BankJobGoalForm", (JobGoalForm,), {"responsibilities": responsibilities})


def _priorities_form(bank: Bank) -> type[PrioritiesForm]:
    choices = [SelectChoice(item.id, item.name) for item in bank.responsibility.values()]
    at_most = Length(max=MAX_PRIORITIES, message="Choose five at most.")
    fields = {"priorities": SelectMultipleField(choices=choices, validators=[at_most])}
    return type("BankPrioritiesForm", (PrioritiesForm,), fields)


def _needs_form(bank: Bank) -> type[NeedsForm]:
    need_choices = [SelectChoice(str(number), label) for number, label in enumerate(NEED_LABELS)]
    names = [NEED_PREFIX + id for id in bank.responsibility] + [HEADS_PREFIX + id for id in bank.role]
    return type("BankNeedsForm", (NeedsForm,), {name: SelectField(choices=need_choices, default="0") for name in names})


def _hire_form(bank: Bank) -> type[HireForm]:
    roles = [SelectChoice(role.id, role.title) for role in bank.roles]
    fields = {
        "role": SelectField(choices=[SelectChoice("", "Choose a role"), *roles], default=""),
        "second_role": SelectField(choices=[SelectChoice("", "No second role"), *roles], default=""),
    }
    return type("BankHireForm", (HireForm,), fields)
