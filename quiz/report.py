"""All that one result page says, as values: which words say it is the templates' business."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from quiz.bank import Bank, Point, Role, Wish
from quiz.charts import RoleMap, role_map
from quiz.scoring import Match, Scheme, match, nearest, shown_shares
from quiz.sheet import Line, Sheet, sheet

Kind = Literal["mix", "tie", "all", "little", "not-enough"]


@dataclass(frozen=True)
class Share:
    """One role of the mix: its share in percent, and the lines of the sheet that made it, most often done first.

    `start` is where its part of the mix bar begins, in percent.
    """

    role: Role
    percent: int
    start: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Bar:
    """One role's coverage in percent, None where too few of its questions were answered."""

    role: Role
    percent: int | None
    own: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Step:
    """The smallest change of one answer that would bring a role into the mix."""

    role: Role
    line: Line
    to: Point


@dataclass(frozen=True)
class Company:
    """Whom a person works with, against whom such a mix usually works with."""

    usual: tuple[Role, ...]
    missing: tuple[Role, ...]
    extra: tuple[Role, ...]

    @property
    def reported(self) -> bool:
        """Whether any contact was reported at all."""
        return bool(self.usual or self.extra)


@dataclass(frozen=True)
class Result:
    """Everything that a result page shows.

    `kind` says which page it is; `match` is the scoring behind it. `other` holds the other mix of a tie, `bars` every
    role by coverage, `absent` the roles of which nothing was reported. `new` counts the questions that the bank has
    got since these answers were given. `wishes` are by responsibility.
    """

    kind: Kind
    match: Match
    shares: tuple[Share, ...]
    other: tuple[Role, ...]
    bars: tuple[Bar, ...]
    absent: tuple[Role, ...]
    map: RoleMap
    nearest: Step | None
    company: Company
    contacts: frozenset[str]
    wishes: Mapping[str, Wish]
    sheet: Sheet
    new: int
    skipped: int

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles of the mix, largest share first."""
        return tuple(share.role for share in self.shares)


def result(
    bank: Bank,
    scheme: Scheme,
    answers: Mapping[str, str],
    contacts: Collection[str] = (),
    wishes: Mapping[str, str] = MappingProxyType({}),
) -> Result:
    """The result of `answers` (question id to answer id).

    `contacts` are role ids; `wishes` are by responsibility id and only shown, never scored.
    """
    found, lines = match(scheme, answers), sheet(bank, answers)
    shares = _shares(bank, found, lines) if found.mix else ()
    percents = {share.role.id: share.percent for share in shares}
    coverage = {id: standing.coverage for id, standing in found.roles.items() if standing.coverage is not None}
    ranked = sorted(bank.roles, key=lambda role: -coverage.get(role.id, -1))
    return Result(
        kind=_kind(found),
        match=found,
        shares=shares,
        other=tuple(bank.role[id] for id in found.alternative),
        bars=tuple(
            Bar(
                role,
                round(100 * coverage[role.id]) if role.id in coverage else None,
                role.id in percents,
                lines.by_role(role.id),
            )
            for role in ranked
        ),
        absent=tuple(role for role in bank.roles if coverage.get(role.id) == 0),
        map=role_map(bank, coverage, percents, _edges(bank, found.mix, contacts)),
        nearest=_nearest(bank, scheme, answers, lines),
        company=_company(bank, found.mix, contacts),
        contacts=frozenset(contacts),
        wishes={id: bank.wish[wish] for id, wish in wishes.items() if wish in bank.wish},
        sheet=lines,
        new=sum(line.answer is None for line in lines.lines),
        skipped=sum(line.answer == bank.skip for line in lines.lines),
    )


def _kind(found: Match) -> Kind:
    if found.evidence == "not-enough":
        return "not-enough"
    if found.evidence == "all-alike":
        return "all" if found.mix else "little"
    return "tie" if found.evidence == "tie" else "mix"


def _shares(bank: Bank, found: Match, lines: Sheet) -> tuple[Share, ...]:
    percents = shown_shares({id: found.roles[id].share for id in found.mix})
    shares, start = [], 0
    for id in found.mix:
        shares.append(Share(bank.role[id], percents[id], start, lines.by_role(id)))
        start += percents[id]
    return tuple(shares)


def _edges(bank: Bank, mix: Collection[str], contacts: Collection[str]) -> dict[tuple[str, str], bool]:
    """Contacts to draw: those between the mix and its usual or reported company; without a mix, all usual ones."""
    if not mix or len(mix) == len(bank.roles):
        return {pair: pair[0] in contacts and pair[1] in contacts for pair in sorted(bank.contacts)}
    edges = {
        (a, b): (a in mix and b in contacts) or (b in mix and a in contacts)
        for a, b in sorted(bank.contacts)
        if a in mix or b in mix
    }
    main = next(iter(mix))
    for other in contacts:
        linked = any(other in pair for pair in edges)
        if other in bank.role and other not in mix and not linked:
            edges[main, other] = True
    return edges


def _nearest(bank: Bank, scheme: Scheme, answers: Mapping[str, str], lines: Sheet) -> Step | None:
    found = nearest(scheme, answers)
    if found is None:
        return None
    role, question, answer = found
    line = next(line for line in lines.lines if line.item.id == question)
    return Step(bank.role[role], line, bank.point[answer])


def _company(bank: Bank, mix: Collection[str], contacts: Collection[str]) -> Company:
    usual = {role.id for id in mix for role in bank.neighbours(id)} - set(mix)
    return Company(
        usual=tuple(role for role in bank.roles if role.id in contacts and (role.id in usual or role.id in mix)),
        missing=tuple(role for role in bank.roles if role.id in usual and role.id not in contacts),
        extra=tuple(role for role in bank.roles if role.id in contacts and role.id not in usual and role.id not in mix),
    )
