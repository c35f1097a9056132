"""All that one result page says, as values: which words say it is the templates' business."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from quiz.bank import AnswerOption, Bank, Role, Wish
from quiz.bank.answer_sheet import AnswerSheet, SheetRow, answer_sheet
from quiz.results.free_text import Heard, read_free_text
from quiz.results.role_map import RoleMap, role_map
from quiz.scoring import MIN_ANSWERED_SHARE, Match, ScoringModel, match, share_percentages
from quiz.text.job_titles import role_named

Kind = Literal["mix", "tie", "all", "little", "not-enough"]


@dataclass(frozen=True)
class Share:
    """One role of the mix: its share in percent, and the lines of the sheet that made it, most often done first.

    `start` is where its part of the mix bar begins, in percent.
    """

    role: Role
    percent: int
    start: int
    lines: tuple[SheetRow, ...]


@dataclass(frozen=True)
class Bar:
    """One role's coverage in percent, None where too few of its questions were answered."""

    role: Role
    percent: int | None
    own: bool
    lines: tuple[SheetRow, ...]


@dataclass(frozen=True)
class Step:
    """The smallest change of one answer that would bring a role into the mix."""

    role: Role
    line: SheetRow
    to: AnswerOption


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
    got since these answers were given. `titled` is the role that the job title clearly names, `heard` what the free
    text sounds like. `wishes` are by responsibility.
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
    titled: Role | None
    heard: Heard | None
    contacts: frozenset[str]
    wishes: Mapping[str, Wish]
    sheet: AnswerSheet
    new: int
    skipped: int

    @property
    def needed(self) -> int:
        """How many questions have to be answered before there is enough to go by."""
        return _needed(self.sheet.question_count)

    @property
    def part(self) -> bool:
        """Whether even the role that is done most fills less than half of what it could."""
        return (self.bars[0].percent or 0) < 50

    @property
    def tie(self) -> tuple[tuple[Role, ...], tuple[Role, ...], tuple[Role, ...]]:
        """On a tie: the roles of both mixes, those of the first alone, and those of the other one alone."""
        both = tuple(role for role in self.roles if role in self.other)
        first, other = (tuple(role for role in mix if role not in both) for mix in (self.roles, self.other))
        return both, first, other

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles of the mix, largest share first."""
        return tuple(share.role for share in self.shares)


def build_result(
    bank: Bank,
    model: ScoringModel,
    answers: Mapping[str, str],
    contacts: Collection[str] = (),
    wishes: Mapping[str, str] = MappingProxyType({}),
    *,
    title: str = "",
    text: str = "",
) -> Result:
    """The result of `answers` (question id to answer id).

    `contacts` are role ids, `wishes` are by responsibility id, `title` and `text` are as typed: all of these are shown
    beside the result and never scored. A text loads scikit-learn.
    """
    found, lines = match(model, answers), answer_sheet(bank, answers)
    by_role = {role.id: lines.by_role(role.id) for role in bank.roles}
    shares = _shares(bank, found, by_role) if found.mix else ()
    kind = _kind(found, lines.question_count)
    percents = {share.role.id: share.percent for share in shares}
    coverage = {id: standing.coverage for id, standing in found.roles.items() if standing.coverage is not None}
    ranked = sorted(bank.roles, key=lambda role: -coverage.get(role.id, -1))
    return Result(
        kind=kind,
        match=found,
        shares=shares,
        other=tuple(bank.role[id] for id in found.alternative),
        bars=tuple(
            Bar(
                role,
                round(100 * coverage[role.id]) if role.id in coverage else None,
                role.id in percents,
                by_role[role.id],
            )
            for role in ranked
        ),
        absent=tuple(role for role in bank.roles if coverage.get(role.id) == 0),
        map=role_map(
            bank,
            coverage,
            percents if kind != "all" and len(percents) > 1 else dict.fromkeys(percents),
            _edges(bank, found.mix, contacts),
        ),
        nearest=_nearest(bank, found, lines),
        company=_company(bank, found.mix, contacts),
        titled=bank.role[named] if (named := role_named(bank, title)) else None,
        heard=read_free_text(bank, lines, text) if text else None,
        contacts=frozenset(contacts),
        wishes={id: bank.wish[wish] for id, wish in wishes.items() if wish in bank.wish},
        sheet=lines,
        new=sum(line.answer is None for line in lines.rows),
        skipped=sum(line.answer == bank.skip for line in lines.rows),
    )


def _needed(questions: int) -> int:
    return math.ceil(MIN_ANSWERED_SHARE * questions - 1e-9)


def _kind(found: Match, questions: int) -> Kind:
    if found.evidence == "not-enough":
        # Whoever answered, and does next to nothing of it, did not answer too little.
        return "little" if found.answered >= _needed(questions) else "not-enough"
    if found.evidence == "all-alike":
        return "all" if found.mix else "little"
    return "tie" if found.evidence == "tie" else "mix"


def _shares(bank: Bank, found: Match, lines: Mapping[str, tuple[SheetRow, ...]]) -> tuple[Share, ...]:
    percents = share_percentages({id: found.roles[id].share for id in found.mix})
    shares, start = [], 0
    # Of two equal shares that do not both go into whole steps, the rounding puts one before the other.
    for id in sorted(found.mix, key=lambda id: -percents[id]):
        shares.append(Share(bank.role[id], percents[id], start, lines[id]))
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


def _nearest(bank: Bank, found: Match, lines: AnswerSheet) -> Step | None:
    if found.closest_role is None:
        return None
    role, question, answer = found.closest_role
    line = next(line for line in lines.rows if line.responsibility.id == question)
    return Step(bank.role[role], line, bank.option[answer])


def _company(bank: Bank, mix: Collection[str], contacts: Collection[str]) -> Company:
    usual = {role.id for id in mix for role in bank.neighbours(id)} - set(mix)
    return Company(
        usual=tuple(role for role in bank.roles if role.id in contacts and (role.id in usual or role.id in mix)),
        missing=tuple(role for role in bank.roles if role.id in usual and role.id not in contacts),
        extra=tuple(role for role in bank.roles if role.id in contacts and role.id not in usual and role.id not in mix),
    )
