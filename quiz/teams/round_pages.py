"""Everything that the page of a published round shows, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from quiz.bank import Bank, Role
from quiz.results.role_map import RoleMap, role_map
from quiz.results.shelf import Shelf, shelf
from quiz.teams import anonymous
from quiz.teams.bands import BANDS, Band, band_scale
from quiz.teams.rounds import ClosedRound

#: A prompt of the agenda names at most this number of items.
MAX_PROMPT_ITEMS = 4
_COMPARED_KINDS = {"mix", "coverage", "contact"}


@dataclass(frozen=True)
class MixItem:
    """One line of the list next to the shelf. `role` is None for the other roles, and for a role without a hat."""

    name: str
    value: str
    role: Role | None


@dataclass(frozen=True)
class CoverageItem:
    """How many people do one responsibility."""

    name: str
    band: Band


@dataclass(frozen=True)
class CoverageGroup:
    """One role with the coverage of its responsibilities. `role` is None if it is no longer in the bank."""

    role: Role | None
    name: str
    items: tuple[CoverageItem, ...]


@dataclass(frozen=True)
class AgendaItem:
    """One prompt of the agenda, with the names that its text contains.

    `names` are at most `MAX_PROMPT_ITEMS`, those of responsibilities in quotation marks; "others" follows if there are
    more. `pairs` are for prompts about contacts.
    """

    id: str
    names: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AgendaSection:
    """One part of the hour."""

    part: anonymous.AgendaPart
    minutes: int
    items: tuple[AgendaItem, ...]


@dataclass(frozen=True)
class RoundPage:
    """Everything that the page of a published round shows; all of it is derived from `published`.

    `mix` has the common roles in the order of the shelf, then the other roles together. `mix_stages` are the stages of
    the flow that have a role with a published share, in quotation marks. `connected_pairs` counts the `contacts` above
    the lowest band. `bands` is the scale of the coverage, lowest first. `gap_amount` says how many of the
    responsibilities are gaps: it chooses the sentence about them.
    """

    published: anonymous.Published
    mix: tuple[MixItem, ...]
    shelf: Shelf
    map: RoleMap
    mix_stages: tuple[str, ...]
    contacts: tuple[anonymous.Fact, ...]
    connected_pairs: int
    bands: tuple[Band, ...]
    coverage: tuple[CoverageGroup, ...]
    removed: tuple[str, ...]
    gap_amount: Literal["none", "some", "most", "all"]
    covered: tuple[str, ...]
    weak_contacts: tuple[tuple[str, str], ...]
    agenda: tuple[AgendaSection, ...]


@dataclass(frozen=True)
class RoundComparison:
    """What several rounds published differently: their numbers, and for each fact its name and its value in each."""

    numbers: tuple[int, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def round_page(bank: Bank, published: anonymous.Published) -> RoundPage:
    """The page of a published round."""
    facts = anonymous.facts(published, bank)
    contacts = [fact for fact in facts if fact.kind == "contact"]
    connected = [contact for contact in published.contacts if contact.band not in anonymous.LOWEST_BANDS]
    removed = [fact.name for fact in facts if fact.kind == "removed"]

    gaps = {item.responsibility for item in published.gaps}
    covered = [item.name for item in published.coverage if item.responsibility not in gaps]
    role_names = {share.role: share.name for share in published.mix}
    drawn_map = _map(bank, published)
    return RoundPage(
        published=published,
        mix=_mix(bank, published, facts),
        shelf=_shelf(bank, published),
        map=drawn_map,
        mix_stages=tuple(f"“{stage.name}”" for stage in drawn_map.stages if stage.has_mix),
        contacts=tuple(contacts),
        connected_pairs=len(connected),
        bands=band_scale(published),
        coverage=_coverage(bank, published),
        removed=tuple(removed),
        gap_amount=_gap_amount(len(gaps), len(published.coverage)),
        covered=tuple(covered),
        weak_contacts=_contact_names(published.weak_contacts, role_names),
        agenda=_agenda(published),
    )


def compare_rounds(bank: Bank, published: anonymous.Published, rounds: Sequence[ClosedRound]) -> RoundComparison | None:
    """The facts of `published` that are not the same in all of `rounds`, first to last; withdrawn ones do not count.

    None if there are fewer than two rounds. A fact that another round does not have gets an empty text there.
    """
    values = {}
    for round in sorted(rounds, key=lambda round: round.number):
        if round.published is not None:
            facts = anonymous.facts(round.published, bank)
            values[round.number] = {(fact.kind, fact.id): fact.value for fact in facts}
    if len(values) < 2:
        return None
    rows = []
    for fact in anonymous.facts(published, bank):
        texts = tuple(values_of_round.get((fact.kind, fact.id), "") for values_of_round in values.values())
        if fact.kind in _COMPARED_KINDS and len(set(texts)) > 1:
            rows.append((fact.name, texts))
    return RoundComparison(tuple(values), tuple(rows))


def _mix(bank: Bank, published: anonymous.Published, facts: Sequence[anonymous.Fact]) -> tuple[MixItem, ...]:
    items = []
    for share in published.common_roles:
        items.append(MixItem(share.name, anonymous.share_text(share), bank.role.get(share.role)))
    *_, others = (fact for fact in facts if fact.kind == "mix")
    return (*items, MixItem(others.name, others.value, None))


def _shelf(bank: Bank, published: anonymous.Published) -> Shelf:
    """The roles whose share is published, largest first, then all other roles as one part without a hat.

    Next to a role that makes most or all of the mix there are no numbers, since its exact share is not published.
    """
    shares: list[tuple[Role | None, int]] = []
    for share in published.common_roles:
        if share.percent:
            shares.append((bank.role.get(share.role), share.percent))
    has_exact_shares = not any(share.is_most for share in published.mix)
    return shelf([*shares, (None, published.other_percent)], show_numbers=has_exact_shares)


def _map(bank: Bank, published: anonymous.Published) -> RoleMap:
    """The role map of the team: arcs by published share, lines for contacts above the lowest band."""
    shares = {}
    for share in published.mix:
        if share.percent and share.role in bank.role:
            shares[share.role] = share.percent / 100
    edges = []
    for contact in published.contacts:
        is_known = all(role in bank.role for role in contact.roles)
        if is_known and contact.band not in anonymous.LOWEST_BANDS:
            edges.append(contact.roles)
    return role_map(bank, shares, shares, edges)


def _coverage(bank: Bank, published: anonymous.Published) -> tuple[CoverageGroup, ...]:
    groups = []
    for share in published.mix:
        items = [CoverageItem(item.name, BANDS[item.band]) for item in published.coverage if item.role == share.role]
        groups.append(CoverageGroup(bank.role.get(share.role), share.name, tuple(items)))
    return tuple(groups)


def _gap_amount(gaps: int, responsibilities: int) -> Literal["none", "some", "most", "all"]:
    if gaps == 0:
        return "none"
    if gaps == responsibilities:
        return "all"
    return "most" if 2 * gaps > responsibilities else "some"


def _contact_names(
    contacts: Sequence[anonymous.ContactBand], role_names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    names = []
    for contact in contacts:
        one, other = contact.roles
        names.append((role_names[one], role_names[other]))
    return tuple(names)


def _agenda(published: anonymous.Published) -> tuple[AgendaSection, ...]:
    """The agenda in its sections, with names instead of ids."""
    role_names = {share.role: share.name for share in published.mix}
    names = {item.responsibility: f"“{item.name}”" for item in published.coverage} | role_names
    pairs = _contact_names(published.weak_contacts[:MAX_PROMPT_ITEMS], role_names)
    sections = []
    for part, minutes in anonymous.AGENDA_MINUTES.items():
        items = []
        for prompt in anonymous.agenda(published):
            if prompt.part == part:
                prompt_names = [names[id] for id in prompt.about[:MAX_PROMPT_ITEMS]]
                if len(prompt.about) > MAX_PROMPT_ITEMS:
                    prompt_names.append("others")
                items.append(AgendaItem(prompt.id, tuple(prompt_names), pairs))
        sections.append(AgendaSection(part, minutes, tuple(items)))
    return tuple(sections)
