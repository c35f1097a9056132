"""What a person says about their result: whether it fits, and which roles it misses or gives too much room."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quiz.bank import Bank, Role

if TYPE_CHECKING:
    from quiz.scoring import Match

#: Whether a result fits, in the person's view.
FITS = ("yes", "partly", "no")
#: What the person says about a role that the result names, and about one that it does not name.
IN_MIX, TOO_MUCH, MISSING = "in-mix", "too-much", "missing"


@dataclass(frozen=True)
class Feedback:
    """What a person says about their result. It never changes the result.

    `fits` is one of `FITS`. `roles` has, by role id, `IN_MIX` or `TOO_MUCH` for each role that the result named at that
    time, and `MISSING` for others. The roles that were named are stored, because the result can change later.
    """

    fits: str
    roles: Mapping[str, str]

    @property
    def named_roles(self) -> frozenset[str]:
        """The ids of the roles that the result named."""
        return frozenset(role for role, verdict in self.roles.items() if verdict != MISSING)


@dataclass(frozen=True)
class FeedbackQuestion:
    """The question whether a result fits.

    `named` are the roles that the result names, `others` all other roles; both in the order of the bank. `feedback` is
    what the person says about this result; None if nothing. `has_older_answer` says whether the person said it about
    a result with other roles.
    """

    named: tuple[Role, ...]
    others: tuple[Role, ...]
    feedback: Feedback | None
    has_older_answer: bool

    @property
    def named_ids(self) -> str:
        """The ids of the named roles in one line. A form sends them: its answer is about the result that it shows."""
        return " ".join(role.id for role in self.named)

    @property
    def asks_about_roles(self) -> bool:
        """Whether to ask which roles are missing or too much."""
        return self.feedback is not None and self.feedback.fits != FITS[0]

    @property
    def too_much(self) -> tuple[Role, ...]:
        """The named roles that are too much, in the person's view."""
        return self._with_verdict(self.named, TOO_MUCH)

    @property
    def missing(self) -> tuple[Role, ...]:
        """The other roles that are missing, in the person's view."""
        return self._with_verdict(self.others, MISSING)

    def _with_verdict(self, roles: tuple[Role, ...], verdict: str) -> tuple[Role, ...]:
        verdicts = self.feedback.roles if self.feedback else {}
        return tuple(role for role in roles if verdicts.get(role.id) == verdict)

    def answer(self, fits: str, *, too_much: Collection[str] = (), missing: Collection[str] = ()) -> Feedback:
        """The feedback on this result. Roles that cannot be meant are ignored; a result that fits has none."""
        verdicts = {role.id: IN_MIX for role in self.named}
        if fits != FITS[0]:
            verdicts |= {role.id: TOO_MUCH for role in self.named if role.id in too_much}
            verdicts |= {role.id: MISSING for role in self.others if role.id in missing}
        return Feedback(fits, verdicts)


def feedback_question(bank: Bank, result_match: Match, feedback: Feedback | None) -> FeedbackQuestion:
    """The question about a result with this match. A tie names the roles of both mixes."""
    named_ids = {*result_match.mix, *result_match.alternative}
    is_about_this = feedback is not None and feedback.named_roles == named_ids
    return FeedbackQuestion(
        named=tuple(role for role in bank.roles if role.id in named_ids),
        others=tuple(role for role in bank.roles if role.id not in named_ids),
        feedback=feedback if is_about_this else None,
        has_older_answer=feedback is not None and not is_about_this,
    )
