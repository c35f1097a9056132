"""What a published round shows differently from the one before, worked out from what the two rounds published alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quiz.bank import Bank
from quiz.teams import anonymous
from quiz.teams.anonymous import BAND_LABELS, Published
from quiz.teams.rounds import ClosedRound

_BANDS = tuple(BAND_LABELS)


@dataclass(frozen=True)
class RoundChange:
    """One fact that is different: its name, and its text in the earlier round and now."""

    name: str
    before: str
    now: str


@dataclass(frozen=True)
class RoundChanges:
    """What is different from an earlier round.

    Attributes
    ----------
    number, people : int
        The number of the earlier round, and how many people it counted.
    fewer, more : tuple of RoundChange
        The responsibilities that a lower or a higher band of people does now; the lowest band first.
    mix, contacts : tuple of RoundChange
        The roles whose share is different, and the pairs of roles that fewer or more people connect.
    has_same_bands : bool
        Whether both rounds have bands of the same kind. If not, only the mix is compared.
    is_previous : bool
        Whether no other round was closed in between. Then each change is larger than one person can make it.
    """

    number: int
    people: int
    fewer: tuple[RoundChange, ...]
    more: tuple[RoundChange, ...]
    mix: tuple[RoundChange, ...]
    contacts: tuple[RoundChange, ...]
    has_same_bands: bool
    is_previous: bool

    @property
    def is_empty(self) -> bool:
        """Whether every band and every share that both rounds have is the same."""
        return not (self.fewer or self.more or self.mix or self.contacts)


def round_changes(bank: Bank, number: int, rounds: Sequence[ClosedRound]) -> RoundChanges | None:
    """What the round with this number shows differently from the last one before it that is not withdrawn.

    None if one of the two is missing. What only one of the rounds asked about is not compared.
    """
    by_number = {round.number: round.published for round in rounds if round.published is not None}
    earlier_numbers = [other for other in by_number if other < number]
    if number not in by_number or not earlier_numbers:
        return None
    earlier_number = max(earlier_numbers)
    earlier, published = by_number[earlier_number], by_number[number]
    has_same_bands = earlier.is_large == published.is_large
    fewer, more = _coverage_changes(earlier, published) if has_same_bands else ((), ())
    return RoundChanges(
        number=earlier_number,
        people=earlier.people,
        fewer=fewer,
        more=more,
        mix=_changed_facts(bank, earlier, published, "mix"),
        contacts=_changed_facts(bank, earlier, published, "contact") if has_same_bands else (),
        has_same_bands=has_same_bands,
        is_previous=earlier_number == number - 1,
    )


def _coverage_changes(
    earlier: Published, published: Published
) -> tuple[tuple[RoundChange, ...], tuple[RoundChange, ...]]:
    bands_before = {item.responsibility: item.band for item in earlier.coverage}
    fewer, more = [], []
    for item in sorted(published.coverage, key=lambda item: _BANDS.index(item.band)):
        before = bands_before.get(item.responsibility, item.band)
        change = RoundChange(item.name, BAND_LABELS[before], BAND_LABELS[item.band])
        if _BANDS.index(item.band) < _BANDS.index(before):
            fewer.append(change)
        elif item.band != before:
            more.append(change)
    return tuple(fewer), tuple(more)


def _changed_facts(bank: Bank, earlier: Published, published: Published, kind: str) -> tuple[RoundChange, ...]:
    before = {fact.id: fact.value for fact in anonymous.facts(earlier, bank) if fact.kind == kind}
    changes = []
    for fact in anonymous.facts(published, bank):
        if fact.kind == kind and before.get(fact.id, fact.value) != fact.value:
            changes.append(RoundChange(fact.name, before[fact.id], fact.value))
    return tuple(changes)
