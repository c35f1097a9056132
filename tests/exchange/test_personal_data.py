"""A person's own CSV: columns, and cells that follow the bank."""

from __future__ import annotations

from quiz.bank import Bank, FollowUps, JobGoal
from quiz.exchange import personal_data
from quiz.results.feedback import Feedback
from quiz.storage import Response
from tests.factories import stored_response


def filled_cells(bank: Bank, response: Response) -> dict[str, str]:
    """The cells that are not empty, by column."""
    cells = zip(personal_data.csv_columns(bank), personal_data.csv_cells(bank, response), strict=True)
    return {column: cell for column, cell in cells if cell}


def test_a_personal_csv_has_the_follow_up_answers_that_the_bank_knows(bank: Bank):
    follow_ups = FollowUps("data-engineer", {"devops-sre": "half", "ml-engineer": "removed", "no-role": "half"})
    assert filled_cells(bank, stored_response(follow_ups=follow_ups)) == {
        "follow-up.base": "data-engineer",
        "follow-up.devops-sre": "half",
    }


def test_a_personal_csv_has_no_follow_up_answers_to_a_base_that_the_bank_does_not_know(bank: Bank):
    follow_ups = FollowUps("no-role", {"devops-sre": "half"})
    assert filled_cells(bank, stored_response(follow_ups=follow_ups)) == {}


def test_a_personal_csv_has_a_column_for_every_question(bank: Bank):
    first, last = bank.questions_in_order[0].id, bank.questions_in_order[-1].id
    removed = {"since-removed": "daily", bank.questions_in_order[1].id: "since-removed"}
    answers = {last: "daily", first: "never", **removed}
    response = stored_response(
        answers=answers,
        contacts=["data-engineer", "ml-engineer"],
        title="Boss",
        text="all day",
        wishes={"pipelines": "less", "trends": "more"},
        goals=["data-analyst", "devops-sre"],
        job_goal=JobGoal("Data team of a bakery", ("trends", "dashboards")),
    )
    follow_up_columns = ["follow-up.base", *(f"follow-up.{role}" for role in bank.role)]
    details = ["works-with", "title", "text", "other-work"]
    goal_columns = ["wishes", "goals", "job-goal", "job-goal-responsibilities"]
    feedback_columns = ["feedback", *(f"feedback.{role}" for role in bank.role)]
    questions = [item.id for item in bank.questions_in_order]
    assert personal_data.csv_columns(bank) == [
        *questions,
        *follow_up_columns,
        *details,
        *goal_columns,
        *feedback_columns,
    ]
    assert personal_data.csv_cells(bank, response) == [
        "never",
        *[""] * (len(bank.questions_in_order) - 2),
        "daily",
        *[""] * len(follow_up_columns),
        "data-engineer ml-engineer",
        "Boss",
        "all day",
        "",
        "pipelines:less trends:more",
        "data-analyst devops-sre",
        "Data team of a bakery",
        "trends dashboards",
        *[""] * len(feedback_columns),
    ]


def test_a_personal_csv_has_the_share_of_other_work_and_the_feedback(bank: Bank):
    feedback = Feedback("partly", {"data-engineer": "in-mix", "ml-engineer": "missing", "no-role": "too-much"})
    response = stored_response(other_work_share="half", feedback=feedback)
    roles = {"feedback.data-engineer": "in-mix", "feedback.ml-engineer": "missing"}
    assert filled_cells(bank, response) == {"other-work": "half", "feedback": "partly"} | roles
