"""The pages with questions, and the page with follow-up questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import BooleanField, RadioField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm

from quiz.bank import Bank, Responsibility
from quiz.web.forms.base import FormMeta

if TYPE_CHECKING:
    from quiz.results.follow_up_page import FollowUpPage


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
        super().__init__({**self.questions, "skip_unanswered": BooleanField()}, meta=FormMeta())
        self.process(formdata, data=data)

    @property
    def answers(self) -> dict[str, str]:
        not_answers = {*self.missing, "skip_unanswered"}
        return {field.name: field.data for field in self if field.name not in not_answers}

    @property
    def missing(self) -> list[str]:
        return [name for name in self.errors if name]


def question_page_form(bank: Bank, page: tuple[Responsibility, ...]) -> type[QuestionPageForm]:
    """The form class of one page of questions, with a field for each question, named by its id."""
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
