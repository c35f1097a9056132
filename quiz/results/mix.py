"""The mix of a result as its page shows it: the share of each role, the two mixes of a tie, a card for each role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from quiz.bank import Bank, Role
from quiz.bank.answer_sheet import SheetRow
from quiz.results.shelf import Shelf, shelf
from quiz.scoring import Match, share_percentages

#: With more roles than this, the headline says how many there are, and the cards of the others are folded.
MAX_NAMED_ROLES = 3


@dataclass(frozen=True)
class MixShare:
    """One role of the mix, its share in percent, and its rows of the answer sheet, highest level first."""

    role: Role
    percent: int
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True)
class Tie:
    """The roles that both mixes of a tie have, and the roles that only one of them has."""

    shared: tuple[Role, ...]
    only_in_mix: tuple[Role, ...]
    only_in_alternative: tuple[Role, ...]

    @property
    def kind(self) -> Literal["separate", "exchanged", "optional"]:
        """`separate`: no role is in both. `exchanged`: each has roles of its own. `optional`: only one of them has."""
        if not self.shared:
            return "separate"
        return "exchanged" if self.only_in_mix and self.only_in_alternative else "optional"

    @property
    def optional(self) -> tuple[Role, ...]:
        """If one mix only adds roles to the other: these roles."""
        return self.only_in_mix or self.only_in_alternative

    @property
    def tentative(self) -> tuple[Role, ...]:
        """The roles that only one of the two mixes has."""
        return self.only_in_mix + self.only_in_alternative

    @property
    def hat_counts(self) -> tuple[int, int]:
        """How many roles the smaller and the larger of the two mixes have."""
        counts = len(self.shared) + len(self.only_in_mix), len(self.shared) + len(self.only_in_alternative)
        return min(counts), max(counts)


@dataclass(frozen=True)
class RoleCard:
    """A role of the mix with the answers that speak for it, highest level first.

    `percent` is None if no share is shown: for a single role, and in a tie of mixes neither of which has all roles.
    `is_tentative` marks a role that only one of two mixes of a tie has.
    """

    role: Role
    percent: int | None
    rows: tuple[SheetRow, ...]
    is_tentative: bool


def mix_shares(bank: Bank, result_match: Match, rows: Mapping[str, tuple[SheetRow, ...]]) -> tuple[MixShare, ...]:
    """The roles of the mix, largest share first. `rows` are by role id."""
    if not result_match.mix:
        return ()
    percents = share_percentages({id: result_match.roles[id].share for id in result_match.mix})
    # Rounding may give one of two equal shares more than the other, so the order of the mix is not enough.
    largest_first = sorted(result_match.mix, key=lambda id: -percents[id])
    return tuple(MixShare(bank.role[id], percents[id], rows[id]) for id in largest_first)


def compare_mixes(mix: Sequence[Role], alternative: Sequence[Role]) -> Tie:
    """The two mixes of a tie."""
    shared = tuple(role for role in mix if role in alternative)
    return Tie(
        shared,
        tuple(role for role in mix if role not in shared),
        tuple(role for role in alternative if role not in shared),
    )


def mix_cards(shares: Sequence[MixShare]) -> tuple[RoleCard, ...]:
    """A card for each role of the mix, largest share first."""
    has_percents = len(shares) > 1
    return tuple(RoleCard(each.role, each.percent if has_percents else None, each.rows, False) for each in shares)


def tie_cards(
    tie: Tie, coverage: Mapping[str, float], rows: Mapping[str, tuple[SheetRow, ...]]
) -> tuple[RoleCard, ...]:
    """A card for each role of the two mixes, by falling coverage. `coverage` and `rows` are by role id.

    If one mix only adds roles to the other, the shares are those of the larger one.
    """
    roles = sorted(tie.shared + tie.tentative, key=lambda role: -coverage[role.id])
    percents = share_percentages({role.id: coverage[role.id] for role in roles})
    return tuple(
        RoleCard(role, percents[role.id] if tie.kind == "optional" else None, rows[role.id], role in tie.tentative)
        for role in sorted(roles, key=lambda role: -percents[role.id])
    )


def cards_shelf(cards: Sequence[RoleCard], coverage: Mapping[str, float]) -> Shelf:
    """The shelf of these roles. Without percentages the parts are as wide as the roles’ coverage is high."""
    total = sum(coverage[card.role.id] for card in cards)
    return shelf(
        [
            (card.role, card.percent if card.percent is not None else 100 * coverage[card.role.id] / total)
            for card in cards
        ],
        tentative=[card.role for card in cards if card.is_tentative],
        show_numbers=all(card.percent is not None for card in cards),
    )


def equal_shelf(roles: Sequence[Role]) -> Shelf | None:
    """A shelf with equal parts, for a result in which no role stands out; None without a role."""
    return shelf([(role, 100 / len(roles)) for role in roles], show_numbers=False) if roles else None
