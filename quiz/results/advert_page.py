"""What the page about an advert shows, as values, and the advert next to a person's own work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quiz.bank import AnswerOption, Bank, Responsibility, Role
from quiz.bank.answer_sheet import SheetRow, answer_sheet
from quiz.results.advert import Advert, read_advert
from quiz.results.goals import regular_option
from quiz.results.role_map import RoleMap, role_map
from quiz.results.shelf import Shelf, shelf
from quiz.scoring import share_percentages

#: An advert with this many roles asks for more than one job: what it is mainly about is hard to see.
MIN_WIDE_ROLES = 3
#: The first role is the main one if its similarity is at least this many times that of the second.
MIN_MAIN_RATIO = 1.2
#: A longer text is hidden until the reader asks for it.
MAX_UNFOLDED_CHARACTERS = 2500
#: Marks that the page shows at most. Adverts have fewer; a text made of a book must not become a page of megabytes.
MAX_SHOWN_MARKS = 500
#: Phrases of the text that are quoted for one responsibility.
MAX_QUOTES = 3
MAX_QUOTE_CHARACTERS = 60


@dataclass(frozen=True)
class AdvertSegment:
    """A part of the text: marked for `role`, left out because it is not about the work, or neither."""

    text: str
    role: Role | None = None
    is_left_out: bool = False


@dataclass(frozen=True)
class AskedFor:
    """A responsibility that an advert asks for, with some phrases of it as they are written there."""

    responsibility: Responsibility
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class AskedOfRole:
    """What an advert asks for and only mentions of one role."""

    role: Role
    in_mix: bool
    asked: tuple[AskedFor, ...]
    mentioned: tuple[AskedFor, ...]


@dataclass(frozen=True)
class AdvertPage:
    """Everything that the page shows. `shelf` and `map` are None if the advert is not recognised.

    `roles` are those of the mix. `asked_of_roles` are the roles of which the advert asks for or mentions something,
    those of the mix first.
    """

    advert: Advert
    roles: tuple[Role, ...]
    has_main_role: bool
    shelf: Shelf | None
    map: RoleMap | None
    asked_of_roles: tuple[AskedOfRole, ...]
    segments: tuple[AdvertSegment, ...]

    @property
    def is_wide(self) -> bool:
        """Whether it asks for so many roles that its mix is weak."""
        return len(self.roles) >= MIN_WIDE_ROLES

    @property
    def is_long(self) -> bool:
        """Whether the text is too long to be shown before the reader opens it."""
        return len(self.advert.text) > MAX_UNFOLDED_CHARACTERS

    @property
    def mentioned(self) -> tuple[Responsibility, ...]:
        """What it mentions only briefly."""
        return tuple(item.responsibility for each in self.asked_of_roles for item in each.mentioned)


@dataclass(frozen=True)
class AdvertStep:
    """A responsibility that an advert asks for and the person does not do regularly.

    `target` is the answer that means regular work; `row` has the answer of now.
    """

    row: SheetRow
    target: AnswerOption

    @property
    def is_answered(self) -> bool:
        return self.row.answer is not None and self.row.answer.level is not None


@dataclass(frozen=True)
class AdvertComparison:
    """An advert next to a person's answers.

    `done` is what it asks for and the person does regularly, `steps` what it asks for and the person does not,
    `not_mentioned` what the person does regularly and it neither asks for nor mentions.
    """

    done: tuple[SheetRow, ...]
    steps: tuple[AdvertStep, ...]
    not_mentioned: tuple[SheetRow, ...]

    @property
    def asked_count(self) -> int:
        return len(self.done) + len(self.steps)

    @property
    def asked(self) -> tuple[Responsibility, ...]:
        """What it asks for, done or not."""
        return tuple(row.responsibility for row in (*self.done, *(step.row for step in self.steps)))


def advert_page(bank: Bank, text: str) -> AdvertPage:
    """The page about the advert `text`. Imports scikit-learn."""
    advert = read_advert(bank, text)
    if not advert.recognised:
        return AdvertPage(advert, (), False, None, None, (), ())
    roles = tuple(bank.role[id] for id in advert.mix)
    values = [advert.roles[role.id] for role in roles]
    percents = share_percentages({role.id: advert.roles[role.id] for role in roles})
    return AdvertPage(
        advert=advert,
        roles=roles,
        has_main_role=len(roles) == 1 or values[0] >= MIN_MAIN_RATIO * values[1],
        shelf=shelf([(role, percents[role.id]) for role in roles], show_numbers=False),
        map=role_map(bank, {id: value / values[0] for id, value in advert.roles.items()}, advert.mix, ()),
        asked_of_roles=_asked_of_roles(bank, advert),
        segments=_segments(bank, advert),
    )


def compare_with_answers(bank: Bank, advert: Advert, answers: Mapping[str, str]) -> AdvertComparison:
    """The recognised `advert` next to `answers` (question id to answer id)."""
    target = regular_option(bank)
    rows = {row.responsibility.id: row for row in answer_sheet(bank, answers).rows}
    regular = {id for id, row in rows.items() if row.answer and (row.answer.level or 0) >= (target.level or 0)}
    named = {*advert.asked, *advert.mentioned}
    not_mentioned = [rows[id] for id in rows if id in regular and id not in named]
    not_mentioned.sort(key=lambda row: -((row.answer and row.answer.level) or 0))
    return AdvertComparison(
        done=tuple(rows[id] for id in advert.asked if id in regular),
        steps=tuple(AdvertStep(rows[id], target) for id in advert.asked if id not in regular),
        not_mentioned=tuple(not_mentioned),
    )


def _asked_of_roles(bank: Bank, advert: Advert) -> tuple[AskedOfRole, ...]:
    quotes = _quotes(advert)
    other_roles = [id for id in sorted(advert.roles, key=lambda id: -advert.roles[id]) if id not in advert.mix]
    asked_of_roles = []
    for id in (*advert.mix, *other_roles):
        ids = [item.id for item in bank.role[id].responsibilities]
        asked = [AskedFor(bank.responsibility[item], quotes.get(item, ())) for item in advert.asked if item in ids]
        mentioned = [
            AskedFor(bank.responsibility[item], quotes.get(item, ())) for item in advert.mentioned if item in ids
        ]
        if asked or mentioned:
            asked_of_roles.append(AskedOfRole(bank.role[id], id in advert.mix, tuple(asked), tuple(mentioned)))
    return tuple(asked_of_roles)


def _quotes(advert: Advert) -> dict[str, tuple[str, ...]]:
    """By responsibility the first different phrases of the text that speak for it; case makes no difference."""
    quotes: dict[str, dict[str, str]] = {}
    for mark in advert.marks:
        of_responsibility = quotes.setdefault(mark.responsibility, {})
        phrase = " ".join(advert.text[mark.start : mark.end].split())
        if len(of_responsibility) < MAX_QUOTES and len(phrase) <= MAX_QUOTE_CHARACTERS and "<" not in phrase:
            of_responsibility.setdefault(phrase.lower(), phrase)
    return {id: tuple(phrases.values()) for id, phrases in quotes.items()}


def _segments(bank: Bank, advert: Advert) -> tuple[AdvertSegment, ...]:
    """The text in parts that join to it."""
    stretches: list[tuple[int, int, Role | None]] = [
        (mark.start, mark.end, bank.role[mark.role]) for mark in advert.marks[:MAX_SHOWN_MARKS]
    ]
    stretches += [(start, end, None) for start, end in advert.left_out[:MAX_SHOWN_MARKS]]
    stretches.sort(key=lambda stretch: stretch[:2])
    segments = []
    position = 0
    for start, end, role in stretches:
        if start > position:
            segments.append(AdvertSegment(advert.text[position:start]))
        segments.append(AdvertSegment(advert.text[start:end], role, is_left_out=role is None))
        position = end
    if position < len(advert.text):
        segments.append(AdvertSegment(advert.text[position:]))
    return tuple(segments)
