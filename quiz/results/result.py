"""Everything that a result page shows, as values. The templates contain its text."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from quiz.bank import AnswerOption, Bank, Role, Wish
from quiz.bank.answer_sheet import AnswerSheet, SheetRow, answer_sheet
from quiz.results.contacts import Contacts, compare_contacts, contact_edges
from quiz.results.free_text import FreeTextResult, read_free_text
from quiz.results.job_title import JobTitle, read_job_title
from quiz.results.role_map import RoleMap, role_map
from quiz.scoring import (
    MIN_ANSWERED_SHARE,
    Match,
    ScoringModel,
    coverage_percentage,
    match,
    share_percentages,
)

ResultKind = Literal["mix", "tie", "all", "little", "not-enough"]

#: Below this coverage, in percent, a person does only a part even of the main role.
MIN_FULL_ROLE_PERCENT = 50
#: Space between two parts of the mix bar, in percent of its width.
_BAR_GAP = 0.3


@dataclass(frozen=True)
class MixShare:
    """One role of the mix, its share in percent, and its rows of the answer sheet, highest level first.

    `start_percent` is where its part of the mix bar begins.
    """

    role: Role
    percent: int
    start_percent: int
    rows: tuple[SheetRow, ...]

    @property
    def bar_left(self) -> float:
        """Where the visible part of the bar begins: after a gap, unless it is the first."""
        return self.start_percent + _BAR_GAP if self.start_percent else 0

    @property
    def bar_width(self) -> float:
        """The width of the visible part of the bar, in percent."""
        return self.percent - _BAR_GAP if self.start_percent else self.percent


@dataclass(frozen=True)
class CoverageBar:
    """One role's coverage in percent, None if too few of its questions were answered."""

    role: Role
    percent: int | None
    in_mix: bool
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True)
class SmallestChange:
    """The smallest change of one answer that would bring `role` into the mix: `row` answered with `answer`."""

    role: Role
    row: SheetRow
    answer: AnswerOption


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


@dataclass(frozen=True)
class Result:
    """Everything that a result page shows.

    `kind` chooses the sentences of the page; `match` has the scores. `alternative_mix` is the other mix of a tie,
    `next_mix` the mix that comes second, whether it is a tie or not. `bars` are all roles by coverage. `job_title` is
    None if the title names no role. `wishes` are by responsibility id, `contact_ids` are role ids.
    `new_question_count` counts the questions that were added to the bank after the person answered.
    """

    kind: ResultKind
    match: Match
    shares: tuple[MixShare, ...]
    alternative_mix: tuple[Role, ...]
    next_mix: tuple[Role, ...]
    bars: tuple[CoverageBar, ...]
    map: RoleMap
    closest_role: SmallestChange | None
    contacts: Contacts
    contact_ids: frozenset[str]
    job_title: JobTitle | None
    free_text: FreeTextResult | None
    wishes: Mapping[str, Wish]
    sheet: AnswerSheet
    new_question_count: int
    skipped_count: int

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles of the mix, largest share first."""
        return tuple(share.role for share in self.shares)

    @property
    def has_mix(self) -> bool:
        """Whether the result names some of the roles: neither all of them nor none."""
        return self.kind in ("mix", "tie")

    @property
    def has_several_roles(self) -> bool:
        return len(self.shares) > 1

    @property
    def is_partial(self) -> bool:
        """Whether the person does less than half of every role, the main role too."""
        return (self.bars[0].percent or 0) < MIN_FULL_ROLE_PERCENT

    @property
    def is_stable(self) -> bool:
        """Whether no small change of one answer changes the mix."""
        return self.match.unchanged == self.match.tried

    @property
    def tie(self) -> Tie:
        """The two mixes of a tie."""
        shared = [role for role in self.roles if role in self.alternative_mix]
        only_in_mix = [role for role in self.roles if role not in shared]
        only_in_alternative = [role for role in self.alternative_mix if role not in shared]
        return Tie(tuple(shared), tuple(only_in_mix), tuple(only_in_alternative))

    @property
    def unanswered_count(self) -> int:
        """How many questions have no answer with a level."""
        return self.sheet.question_count - self.match.answered

    @property
    def answers_needed(self) -> int:
        """How many questions must be answered for a result."""
        return _answers_needed(self.sheet.question_count)

    @property
    def questions_per_role(self) -> int:
        """How many questions the first role of the table has."""
        return len(self.bars[0].rows)


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

    `contacts` are role ids, `wishes` are by responsibility id, `title` and `text` are as typed. All of these are shown
    with the result and never scored. A text loads scikit-learn.
    """
    result_match = match(model, answers)
    sheet = answer_sheet(bank, answers)
    rows = {role.id: sheet.by_role(role.id) for role in bank.roles}
    kind = result_kind(result_match, sheet.question_count)
    shares = _mix_shares(bank, result_match, rows)
    next_mix = tuple(bank.role[id] for id in result_match.next_mix)
    alternative_mix = next_mix if kind == "tie" else ()
    coverage = {id: score.coverage for id, score in result_match.roles.items() if score.coverage is not None}

    known_wishes = {id: bank.wish[wish] for id, wish in wishes.items() if wish in bank.wish}
    return Result(
        kind=kind,
        match=result_match,
        shares=shares,
        alternative_mix=alternative_mix,
        next_mix=next_mix,
        bars=_coverage_bars(bank, result_match, coverage, rows),
        map=role_map(bank, coverage, result_match.mix, contact_edges(bank, result_match.mix, contacts)),
        closest_role=_smallest_change(bank, result_match, sheet),
        contacts=compare_contacts(bank, result_match.mix, contacts),
        contact_ids=frozenset(contacts),
        job_title=read_job_title(
            bank,
            title,
            mix=[share.role for share in shares],
            alternative=alternative_mix,
            has_mix=kind in ("mix", "tie"),
        ),
        free_text=read_free_text(bank, sheet, text) if text else None,
        wishes=known_wishes,
        sheet=sheet,
        new_question_count=sum(row.answer is None for row in sheet.rows),
        skipped_count=sum(row.answer == bank.skip for row in sheet.rows),
    )


def _answers_needed(question_count: int) -> int:
    return math.ceil(MIN_ANSWERED_SHARE * question_count - 1e-9)


def result_kind(result_match: Match, question_count: int) -> ResultKind:
    """Which kind of result a match is, for a bank with this number of questions."""
    if result_match.evidence == "tie":
        return "tie"
    if result_match.evidence == "all-alike":
        return "all" if result_match.mix else "little"
    if result_match.evidence == "not-enough":
        # A person who answered enough questions does little of this work. The answers are not too few.
        answered_enough = result_match.answered >= _answers_needed(question_count)
        return "little" if answered_enough else "not-enough"
    return "mix"


def _mix_shares(bank: Bank, result_match: Match, rows: Mapping[str, tuple[SheetRow, ...]]) -> tuple[MixShare, ...]:
    if not result_match.mix:
        return ()
    percents = share_percentages({id: result_match.roles[id].share for id in result_match.mix})
    # Rounding may give one of two equal shares more than the other, so the order of the mix is not enough.
    largest_first = sorted(result_match.mix, key=lambda id: -percents[id])
    shares = []
    start_percent = 0
    for id in largest_first:
        shares.append(MixShare(bank.role[id], percents[id], start_percent, rows[id]))
        start_percent += percents[id]
    return tuple(shares)


def _coverage_bars(
    bank: Bank, result_match: Match, coverage: Mapping[str, float], rows: Mapping[str, tuple[SheetRow, ...]]
) -> tuple[CoverageBar, ...]:
    """All roles, highest coverage first; those without one are last."""
    bars = []
    for role in sorted(bank.roles, key=lambda role: -coverage.get(role.id, -1)):
        percent = coverage_percentage(coverage[role.id]) if role.id in coverage else None
        bars.append(CoverageBar(role, percent, role.id in result_match.mix, rows[role.id]))
    return tuple(bars)


def _smallest_change(bank: Bank, result_match: Match, sheet: AnswerSheet) -> SmallestChange | None:
    closest = result_match.closest_role
    if closest is None:
        return None
    row = next(row for row in sheet.rows if row.responsibility.id == closest.question)
    return SmallestChange(bank.role[closest.role], row, bank.option[closest.answer])
