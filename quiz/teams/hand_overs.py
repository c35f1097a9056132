"""The hand-overs of an open team: between which neighbouring roles work passes, and between whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from quiz.bank import Bank, Role

#: The order in which the page shows them.
_KINDS = ("between", "inside", "outside")


@dataclass(frozen=True)
class HandOver:
    """Two roles that usually work together, and who of the team combines which. People are places in the team.

    `both` combine both roles, `first` and `second` one of them only.
    """

    roles: tuple[Role, Role]
    both: tuple[int, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]

    @property
    def kind(self) -> Literal["between", "inside", "outside"]:
        """`inside` if somebody combines both, `between` if only different people do, `outside` if one side is missing.

        Outside means that the work passes to another team, or to nobody.
        """
        if self.both:
            return "inside"
        return "between" if self.first and self.second else "outside"

    @property
    def missing_role(self) -> Role:
        """Of a hand-over to the outside, the role that nobody of the team combines."""
        return self.roles[0] if self.second else self.roles[1]

    @property
    def present_people(self) -> tuple[int, ...]:
        """Of a hand-over to the outside, the people on the side that the team has."""
        return self.second or self.first


def hand_overs(bank: Bank, mixes: Sequence[Sequence[Role]]) -> tuple[HandOver, ...]:
    """The hand-overs of a team whose people combine these roles: between people first, then inside, then outside.

    A pair of which nobody combines either role is left out.
    """
    found = []
    for number, one in enumerate(bank.roles):
        for other in bank.roles[number + 1 :]:
            if (min(one.id, other.id), max(one.id, other.id)) not in bank.contacts:
                continue
            has_one = {place for place, mix in enumerate(mixes) if one in mix}
            has_other = {place for place, mix in enumerate(mixes) if other in mix}
            if has_one or has_other:
                both = tuple(sorted(has_one & has_other))
                first, second = tuple(sorted(has_one - has_other)), tuple(sorted(has_other - has_one))
                found.append(HandOver((one, other), both, first, second))
    return tuple(sorted(found, key=lambda hand_over: _KINDS.index(hand_over.kind)))
