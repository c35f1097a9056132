"""Everything that a result page shows, as values. The templates contain its text."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from quiz.bank import OTHER_WORK_SHARES, AnswerOption, Bank, FollowUps, Role, Wish
from quiz.bank.answer_sheet import AnswerSheet, SheetRow, answer_sheet
from quiz.results.comparisons import Comparisons, read_comparisons
from quiz.results.contacts import Contacts, compare_contacts, contact_edges
from quiz.results.flow import FlowPosition, flow_position
from quiz.results.free_text import FreeTextResult, read_free_text
from quiz.results.job_title import JobTitle, read_job_title
from quiz.results.mix import (
    MAX_NAMED_ROLES,
    MixShare,
    RoleCard,
    Tie,
    cards_shelf,
    compare_mixes,
    equal_shelf,
    mix_cards,
    mix_shares,
    tie_cards,
)
from quiz.results.role_map import RoleMap, role_map
from quiz.results.shelf import Shelf
from quiz.scoring import (
    MIN_ANSWERED_SHARE,
    Match,
    ScoringModel,
    coverage_percentage,
    match,
)

ResultKind = Literal["mix", "tie", "all", "little", "not-enough"]

#: Below this coverage, in percent, a person does only a part even of the main role.
MIN_FULL_ROLE_PERCENT = 50


@dataclass(frozen=True)
class CoverageBar:
    """One role's coverage in percent, None if too few of its questions were answered.

    `in_mix` marks the roles of the mix; in a tie those of both mixes.
    """

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
class Result:
    """Everything that a result page shows.

    `kind` chooses the sentences of the page; `match` has the scores. `shares` are the mix; `cards` are the same roles,
    in a tie those of both mixes. `shelf` and `position` are None if no role is named. `alternative_mix` is the other
    mix of a tie, `next_mix` the mix that comes second, whether it is a tie or not. `bars` are all roles by coverage.
    `job_title` is None if the title names no role. `wishes` are by responsibility id, `contact_ids` are role ids.
    `new_question_count` counts the questions that were added to the bank after the person answered.
    `other_work_share` is one of `OTHER_WORK_SHARES` or "".
    """

    kind: ResultKind
    match: Match
    shares: tuple[MixShare, ...]
    cards: tuple[RoleCard, ...]
    shelf: Shelf | None
    position: FlowPosition | None
    alternative_mix: tuple[Role, ...]
    next_mix: tuple[Role, ...]
    bars: tuple[CoverageBar, ...]
    map: RoleMap
    closest_role: SmallestChange | None
    comparisons: Comparisons
    other_work_share: str
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
    def certainty(self) -> int:
        """How clearly the answers point to the mix: 3 clear, 2 a leaning, 1 a tie, 0 if no role stands out."""
        return {"clear": 3, "leaning": 2, "tie": 1}.get(self.match.evidence, 0)

    @property
    def names_fit_headline(self) -> bool:
        """Whether the roles are few enough to be named in the headline."""
        return len(self.cards) <= MAX_NAMED_ROLES

    @property
    def tie(self) -> Tie:
        """The two mixes of a tie."""
        return compare_mixes(self.roles, self.alternative_mix)

    @property
    def is_closest_role_on_card(self) -> bool:
        """Whether the closest role has a card already, because the other mix of a tie has it."""
        return self.closest_role is not None and self.closest_role.role in self.alternative_mix

    @property
    def judged_bars(self) -> tuple[CoverageBar, ...]:
        """The bars of the roles with enough answers."""
        return tuple(bar for bar in self.bars if bar.percent is not None)

    @property
    def percent_range(self) -> tuple[int, int]:
        """The lowest and the highest coverage in percent of all roles that have one."""
        percents = [bar.percent or 0 for bar in self.judged_bars]
        return min(percents), max(percents)

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
    follow_ups: FollowUps | None = None,
    other_work_share: str = "",
) -> Result:
    """The result of `answers` (question id to answer id).

    `contacts` are role ids, `wishes` are by responsibility id, `title` and `text` are as typed. All of these are shown
    with the result and never scored. `follow_ups` are the follow-up answers. A text loads scikit-learn.
    """
    result_match = match(model, answers, follow_ups)
    sheet = answer_sheet(bank, answers)
    rows = {role.id: sheet.by_role(role.id) for role in bank.roles}
    kind = result_kind(
        result_match.evidence,
        has_mix=bool(result_match.mix),
        answered=result_match.answered,
        question_count=sheet.question_count,
    )
    shares = mix_shares(bank, result_match, rows)
    next_mix = tuple(bank.role[id] for id in result_match.next_mix)
    alternative_mix = next_mix if kind == "tie" else ()
    coverage = {id: score.coverage for id, score in result_match.roles.items() if score.coverage is not None}
    tie = compare_mixes([share.role for share in shares], alternative_mix) if kind == "tie" else None
    cards = tie_cards(tie, coverage, rows) if tie else mix_cards(shares) if kind == "mix" else ()
    # The roles that the map and the bars emphasise: in a tie those of both mixes.
    own_roles = [card.role.id for card in cards] or result_match.mix
    tentative = {card.role.id for card in cards if card.is_tentative}
    known_wishes = {id: bank.wish[wish] for id, wish in wishes.items() if wish in bank.wish}
    return Result(
        kind=kind,
        match=result_match,
        shares=shares,
        cards=cards,
        shelf=cards_shelf(cards, coverage) if cards else equal_shelf([share.role for share in shares]),
        position=flow_position(bank, own_roles, contacts),
        alternative_mix=alternative_mix,
        next_mix=next_mix,
        bars=_coverage_bars(bank, own_roles, coverage, rows),
        map=role_map(bank, coverage, own_roles, contact_edges(bank, own_roles, contacts), tentative=tentative),
        closest_role=_smallest_change(bank, result_match, sheet),
        other_work_share=other_work_share if other_work_share in OTHER_WORK_SHARES else "",
        comparisons=read_comparisons(bank, result_match, follow_ups),
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


def result_kind(evidence: str, *, has_mix: bool, answered: int, question_count: int) -> ResultKind:
    """Which kind of result it is, from the evidence, whether there is a mix, and how many questions were answered."""
    if evidence == "tie":
        return "tie"
    if evidence == "all-alike":
        return "all" if has_mix else "little"
    if evidence == "not-enough":
        # A person who answered enough questions does little of this work. The answers are not too few.
        return "little" if answered >= _answers_needed(question_count) else "not-enough"
    return "mix"


def _coverage_bars(
    bank: Bank, own_roles: Collection[str], coverage: Mapping[str, float], rows: Mapping[str, tuple[SheetRow, ...]]
) -> tuple[CoverageBar, ...]:
    """All roles, highest coverage first; those without one are last."""
    bars = []
    for role in sorted(bank.roles, key=lambda role: -coverage.get(role.id, -1)):
        percent = coverage_percentage(coverage[role.id]) if role.id in coverage else None
        bars.append(CoverageBar(role, percent, role.id in own_roles, rows[role.id]))
    return tuple(bars)


def _smallest_change(bank: Bank, result_match: Match, sheet: AnswerSheet) -> SmallestChange | None:
    closest = result_match.closest_role
    if closest is None:
        return None
    row = next(row for row in sheet.rows if row.responsibility.id == closest.question)
    return SmallestChange(bank.role[closest.role], row, bank.option[closest.answer])
