"""The page with follow-up questions: the work that is compared, by its responsibilities, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from quiz.bank import AnswerOption, Bank, FollowUpOption, FollowUps
from quiz.bank.answer_sheet import AnswerSheet, SheetRow, answer_sheet
from quiz.results.comparisons import open_roles
from quiz.scoring import ScoringModel, match


class FollowUpQuestion(NamedTuple):
    """One question: how much time the work of a role took.

    `id` names the question in forms and addresses. It is the id of the role's first responsibility, because people do
    not see roles before their result. `names` are those of the responsibilities that the person does at all.
    """

    id: str
    role: str
    names: tuple[str, ...]
    answer: FollowUpOption | AnswerOption | None

    @property
    def text(self) -> str:
        """The responsibilities in one line. A semicolon separates names that contain a comma."""
        separator = "; " if any("," in name for name in self.names) else ", "
        return separator.join(self.names)


@dataclass(frozen=True)
class FollowUpPage:
    """The page.

    `base` is a role id, `base_id` stands for it in the form, like the id of a question. `base_names` are the
    responsibilities of the base that the person does at all. `open_count` questions have no answer yet.
    """

    base: str
    base_id: str
    base_names: tuple[str, ...]
    questions: tuple[FollowUpQuestion, ...]
    open_count: int


def follow_up_page(
    bank: Bank, model: ScoringModel, answers: Mapping[str, str], follow_ups: FollowUps | None
) -> FollowUpPage | None:
    """The page for a person with these answers, None if there is nothing to ask.

    It has the questions that the ratings call for, and, if they have the same base, those that were answered and still
    count. Where the ratings call for nothing, it has the answers that count, so that they can be changed.
    """
    result_match = match(model, answers, follow_ups)
    asked = result_match.follow_up_questions
    counted = tuple(comparison.role for comparison in result_match.comparisons)
    if asked is not None:
        base, roles = asked.base, asked.roles
        if follow_ups is not None and follow_ups.base == base:
            roles += tuple(role for role in counted if role not in roles)
    elif follow_ups is not None and counted:
        base, roles = follow_ups.base, counted
    else:
        return None
    sheet = answer_sheet(bank, answers)
    stored = follow_ups.answers if follow_ups is not None and follow_ups.base == base else {}
    questions = [
        FollowUpQuestion(
            id=question_id(bank, role),
            role=role,
            names=_names(sheet, role),
            answer=bank.follow_up_option.get(stored.get(role, "")),
        )
        for role in roles
    ]
    return FollowUpPage(
        base=base,
        base_id=question_id(bank, base),
        base_names=_names(sheet, base),
        questions=tuple(questions),
        open_count=len(open_roles(result_match, follow_ups)),
    )


def question_id(bank: Bank, role: str) -> str:
    """The id of the question about a role."""
    return bank.role[role].responsibilities[0].id


def _names(sheet: AnswerSheet, role: str) -> tuple[str, ...]:
    """The responsibilities of a role that the person does at all, most often first, as parts of a sentence."""
    rows: list[SheetRow] = [row for row in sheet.by_role(role) if row.level > 0]
    return tuple(row.responsibility.name[:1].lower() + row.responsibility.name[1:] for row in rows)
