"""What a person entered, as other programs get it: the columns and cells of their own CSV file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from quiz.bank import (
    CSV_GOAL_COLUMNS,
    FEEDBACK_COLUMN,
    FEEDBACK_PREFIX,
    FOLLOW_UP_BASE,
    FOLLOW_UP_PREFIX,
    MAX_ACTIONS,
    AgreedAction,
    Bank,
    FollowUps,
    JobGoal,
)
from quiz.results.feedback import Feedback

if TYPE_CHECKING:
    from quiz.storage import Response


def csv_columns(bank: Bank) -> list[str]:
    """The columns of `csv_cells`, which `quiz score` can read."""
    questions = [item.id for item in bank.questions_in_order]
    details = ["works-with", "title", "text", "other-work", *CSV_GOAL_COLUMNS]
    return [*questions, *follow_up_columns(bank), *details, *feedback_columns(bank)]


def csv_cells(bank: Bank, response: Response) -> list[str]:
    """The cells of a response. An answer that the bank no longer has is left out."""
    answers = [response.answers.get(item.id, "") for item in bank.questions_in_order]
    answer_cells = [answer if answer in bank.option else "" for answer in answers]
    detail_cells = [" ".join(response.contacts), response.title, response.text, response.other_work_share]
    return [
        *answer_cells,
        *_follow_up_cells(bank, response.follow_ups),
        *detail_cells,
        *_goal_cells(response.wishes, response.goals, response.job_goal),
        *_feedback_cells(bank, response.feedback),
    ]


def _goal_cells(wishes: Mapping[str, str], goals: Sequence[str], job_goal: JobGoal | None) -> list[str]:
    """The cells of `CSV_GOAL_COLUMNS`: `responsibility:wish` pairs, role ids, a name, and responsibility ids."""
    return [
        " ".join(f"{responsibility}:{wish}" for responsibility, wish in wishes.items()),
        " ".join(goals),
        job_goal.name if job_goal else "",
        " ".join(job_goal.responsibilities) if job_goal else "",
    ]


def agreed_cells(response: Response) -> list[str]:
    """The cells of `AGREED_COLUMNS` in a person's own CSV; blank for places without an action."""
    action_of_number = {action.number: action for action in response.agreed_actions}
    cells = []
    for number in range(1, MAX_ACTIONS + 1):
        action = action_of_number.get(number, AgreedAction(number, ""))
        cells += [action.text, action.due, action.outcome]
    return [*cells, response.next_look or ""]


def follow_up_answers_object(follow_ups: FollowUps | None) -> dict[str, str] | None:
    """A person's follow-up answers as `POST /api/score` takes them: the base, and the answer about each role."""
    return None if follow_ups is None else {FOLLOW_UP_BASE: follow_ups.base, **follow_ups.answers}


def follow_up_columns(bank: Bank) -> list[str]:
    """The columns with answers to follow-up questions: the base, then each role; none if the bank has no answers."""
    if not bank.follow_ups:
        return []
    return [FOLLOW_UP_PREFIX + name for name in (FOLLOW_UP_BASE, *bank.role)]


def _follow_up_cells(bank: Bank, follow_ups: FollowUps | None) -> list[str]:
    """The cells of `follow_up_columns`; blank if the bank no longer has the base."""
    if not bank.follow_ups:
        return []
    if follow_ups is None or follow_ups.base not in bank.role:
        return [""] * (1 + len(bank.role))
    known = {role: answer for role, answer in follow_ups.answers.items() if answer in bank.follow_up_option}
    known.pop(follow_ups.base, None)
    return [follow_ups.base, *(known.get(role, "") for role in bank.role)]


def feedback_columns(bank: Bank) -> list[str]:
    """The columns with what a person says about the result: whether it fits, then each role."""
    return [FEEDBACK_COLUMN, *(FEEDBACK_PREFIX + role for role in bank.role)]


def _feedback_cells(bank: Bank, feedback: Feedback | None) -> list[str]:
    """The cells of `feedback_columns`."""
    if feedback is None:
        return [""] * (1 + len(bank.role))
    return [feedback.fits, *(feedback.roles.get(role, "") for role in bank.role)]
