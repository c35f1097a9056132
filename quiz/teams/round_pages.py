"""Everything that the page of a published round shows, as values."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from quiz.bank import Bank, Role
from quiz.results.role_map import RoleMap, role_map
from quiz.results.shelf import Shelf, shelf
from quiz.scoring import ScoringModel
from quiz.teams import anonymous
from quiz.teams.rounds import ClosedRound

#: People in the made-up round that the join page shows.
EXAMPLE_PEOPLE = 12
#: A prompt of the agenda names at most this number of items.
MAX_PROMPT_ITEMS = 4


@dataclass(frozen=True)
class MixItem:
    """One line of the list next to the shelf. `role` is None if the role has no part of its own on the shelf."""

    name: str
    value: str
    role: Role | None


@dataclass(frozen=True)
class CoverageCell:
    """One responsibility in the table of coverage. `level` is the place of its band, from 0 to `max_level`."""

    name: str
    label: str
    level: int
    max_level: int


@dataclass(frozen=True)
class CoverageRow:
    """One role in the table of coverage, with its responsibilities."""

    role: str
    name: str
    cells: tuple[CoverageCell, ...]


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

    `gap_amount` says how many of the responsibilities are gaps: it chooses the sentence about them.
    """

    published: anonymous.Published
    mix: tuple[MixItem, ...]
    shelf: Shelf
    map: RoleMap
    contacts: tuple[anonymous.Fact, ...]
    coverage: tuple[CoverageRow, ...]
    removed: tuple[str, ...]
    gap_amount: Literal["none", "some", "most", "all"]
    covered: tuple[str, ...]
    weak_contacts: tuple[tuple[str, str], ...]
    agenda: tuple[AgendaSection, ...]


@dataclass(frozen=True)
class RoundComparison:
    """The mix of several rounds: their numbers, and for each role its name and its share in each round, as text."""

    numbers: tuple[int, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def round_page(bank: Bank, published: anonymous.Published) -> RoundPage:
    """The page of a published round."""
    facts = anonymous.facts(published, bank)
    common_roles = {share.role for share in published.common_roles}
    mix = []
    for fact in facts:
        if fact.kind == "mix":
            mix.append(MixItem(fact.name, fact.value, bank.role.get(fact.id) if fact.id in common_roles else None))
    contacts = [fact for fact in facts if fact.kind == "contact"]
    removed = [fact.name for fact in facts if fact.kind == "removed"]

    gaps = {item.responsibility for item in published.gaps}
    covered = [item.name for item in published.coverage if item.responsibility not in gaps]
    role_names = {share.role: share.name for share in published.mix}
    return RoundPage(
        published=published,
        mix=tuple(mix),
        shelf=_shelf(bank, published),
        map=_map(bank, published),
        contacts=tuple(contacts),
        coverage=_coverage_rows(published),
        removed=tuple(removed),
        gap_amount=_gap_amount(len(gaps), len(published.coverage)),
        covered=tuple(covered),
        weak_contacts=_contact_names(published.weak_contacts, role_names),
        agenda=_agenda(published),
    )


def compare_rounds(published: anonymous.Published, rounds: Sequence[ClosedRound]) -> RoundComparison | None:
    """The mix in each of `rounds` that is not withdrawn, first to last. None if there are fewer than two of them.

    The rows are the roles of `published`. A role that another round does not have gets an empty text there.
    """
    mixes = {}
    for round in sorted(rounds, key=lambda round: round.number):
        if round.published is not None:
            mixes[round.number] = {share.role: share for share in round.published.mix}
    if len(mixes) < 2:
        return None
    rows = []
    for share in published.mix:
        texts = [anonymous.share_text(mix[share.role]) if share.role in mix else "" for mix in mixes.values()]
        rows.append((share.name, tuple(texts)))
    return RoundComparison(tuple(mixes), tuple(rows))


def example_page(bank: Bank, model: ScoringModel) -> RoundPage:
    """The page of a made-up round: people who join see before that what the lead will see."""
    rng = random.Random(8)  # noqa: S311 - the same example every time
    often = [point.id for point in bank.scale[-2:]]
    rarely = [point.id for point in bank.scale[:3]]
    contributions = []
    for n in range(EXAMPLE_PEOPLE):
        roles = {bank.roles[(n * n + k) % len(bank.roles)].id for k in range(1 + n % 2)}
        answers = {}
        for id, responsibility in bank.responsibility.items():
            answers[id] = rng.choice(often if responsibility.role in roles else rarely)
        neighbours = sorted({neighbour.id for role in roles for neighbour in bank.neighbours(role)})
        contacts = [role for role in neighbours if rng.random() < 0.6]
        contributions.append(anonymous.Contribution(answers, contacts))
    published = anonymous.publish(bank, model, contributions, anonymous.MIN_ROUND_SIZE)
    assert published is not None, "the example has more people than the minimum"
    return round_page(bank, published)


def _shelf(bank: Bank, published: anonymous.Published) -> Shelf:
    """The roles whose share is published, largest first, then all other roles as one part without a hat."""
    shares: list[tuple[Role | None, int]] = []
    for share in published.common_roles:
        if share.percent:
            shares.append((bank.role.get(share.role), share.percent))
    return shelf([*shares, (None, published.other_percent)])


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


def _coverage_rows(published: anonymous.Published) -> tuple[CoverageRow, ...]:
    rows = []
    for share in published.mix:
        cells = [_coverage_cell(item) for item in published.coverage if item.role == share.role]
        rows.append(CoverageRow(share.role, share.name, tuple(cells)))
    return tuple(rows)


def _coverage_cell(item: anonymous.PublishedCoverage) -> CoverageCell:
    bands = anonymous.COUNT_BANDS if item.band in anonymous.COUNT_BANDS else anonymous.FRACTION_BANDS
    label = anonymous.BAND_LABELS[item.band]
    return CoverageCell(item.name, label, level=bands.index(item.band), max_level=len(bands) - 1)


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
