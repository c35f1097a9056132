"""The forms, made by WTForms from the bank. Their messages are what people see next to a field."""

from __future__ import annotations

from quiz.bank import Bank
from quiz.web.forms.agreement import agreement_form
from quiz.web.forms.details import details_form
from quiz.web.forms.goals import goals_form, job_goal_form
from quiz.web.forms.open_team import hire_form, needs_form
from quiz.web.forms.questions import question_page_form
from quiz.web.forms.result import FeedbackForm, ShareForm
from quiz.web.forms.second_view import SecondViewForm, priorities_form
from quiz.web.forms.teams import JoinForm, OpenJoinForm, RenameForm, TeamForm


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
        A job that a person has as a goal.
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
        self.question_pages = tuple(question_page_form(bank, page) for page in bank.pages)
        self.details = details_form(bank)
        self.goals = goals_form(bank)
        self.job_goal = job_goal_form(bank)
        self.agreement = agreement_form()
        self.share = ShareForm
        self.feedback = FeedbackForm
        self.viewer_pages = tuple(question_page_form(bank.for_viewers, page) for page in bank.for_viewers.pages)
        self.priorities = priorities_form(bank)
        self.second_view = SecondViewForm
        self.team = TeamForm
        self.join = {"anonymous": JoinForm, "open": OpenJoinForm}
        self.rename = RenameForm
        self.needs = needs_form(bank)
        self.hire = hire_form(bank)
