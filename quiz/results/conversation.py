"""All that the conversation page says, as values: one result, what the person wants, and what is worth asking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from quiz.bank import Bank, Responsibility, Role, Wish
from quiz.results.changes import Change, compare
from quiz.results.goals import Distance, distance
from quiz.results.result import Result, build_result
from quiz.results.talking_points import Situation, choose
from quiz.scoring import ScoringModel
from quiz.text.job_titles import role_named


@dataclass(frozen=True)
class Conversation:
    """Everything on the conversation page.

    `titled` is the role that the job title clearly names, if it does; `fits` whether the answers say so too, None where
    they name no roles. `wished` are the
    wishes other than "as it is", in the order of the bank's wishes; `heading` the distances to the roles headed for.
    """

    result: Result
    title: str
    titled: Role | None
    wished: tuple[tuple[Wish, tuple[Responsibility, ...]], ...]
    goals: tuple[Distance, ...]
    change: Change | None
    questions: tuple[str, ...]

    @property
    def fits(self) -> bool | None:
        """Whether the role named by the title is in the mix, or in one of the two of a tie."""
        if self.result.kind not in ("mix", "tie"):
            return None
        return self.titled in (*self.result.roles, *self.result.other)


def distances(
    bank: Bank, model: ScoringModel, answers: Mapping[str, str], goals: Sequence[str], contacts: Collection[str]
) -> tuple[Distance, ...]:
    """The distance to each role headed for, in the order of the bank; roles that it does not know are ignored."""
    return tuple(distance(bank, model, answers, role, contacts) for role in bank.role if role in goals)


def build_conversation(
    bank: Bank,
    model: ScoringModel,
    answers: Mapping[str, str],
    *,
    contacts: Collection[str],
    title: str,
    wishes: Mapping[str, str],
    goals: Sequence[str],
    before: Mapping[str, str] | None,
) -> Conversation:
    """The conversation page of one response; `before` are the answers it takes again, if it does."""
    found = build_result(bank, model, answers, contacts, wishes)
    change = compare(bank, model, before, answers) if before else None
    titled = role_named(bank, title)
    situation = Situation(bank, found, wishes=wishes, title_role=titled, goals=tuple(goals), change=change)
    return Conversation(
        result=found,
        title=title,
        titled=bank.role[titled] if titled else None,
        wished=tuple(_wished(bank, wishes)),
        goals=distances(bank, model, answers, goals, contacts),
        change=change,
        questions=tuple(chosen.text for chosen in choose(situation)),
    )


def _wished(bank: Bank, wishes: Mapping[str, str]) -> list[tuple[Wish, tuple[Responsibility, ...]]]:
    by_wish = [
        (wish, tuple(item for id, item in bank.responsibility.items() if wishes.get(id) == wish.id))
        for wish in bank.wishes
        if wish.id != "as-is"
    ]
    return [(wish, items) for wish, items in by_wish if items]
