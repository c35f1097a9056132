"""From stored rounds to what may be shown of them, and back: the only way between storage and the gate of `teams`."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from quiz.bank import Bank, Role
from quiz.results.role_map import RoleMap, role_map
from quiz.scoring import ScoringModel
from quiz.teams import anonymous
from quiz.teams.open_team import OpenTeam
from quiz.teams.team import Candidate, Publication, Publish, RoundMember, Team

#: People in the made-up round that joiners are shown.
EXAMPLE = 12


@dataclass(frozen=True)
class Shown:
    """A closed round as pages show it. `result` is None where it was withdrawn."""

    number: int
    closed: str
    result: anonymous.Published | None


@dataclass(frozen=True)
class Standing:
    """How far a team's open round is: who joined, how many of them can be counted, and how many it takes."""

    joined: int
    finished: int
    minimum: int

    @property
    def enough(self) -> bool:
        return anonymous.may_close(self.finished, self.minimum)


@dataclass(frozen=True)
class Cell:
    """One responsibility in the table of coverage; `strength` counts from 0, the fewest people, to `of`."""

    name: str
    said: str
    strength: int
    of: int


@dataclass(frozen=True)
class Row:
    """One role in the table of coverage, with its place in the mix."""

    part: anonymous.Part
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Stretch:
    """A part of the mix bar, in percent: the role whose share it is, or "others". `colour` is the name of its token."""

    id: str
    percent: int
    start: int
    colour: str


@dataclass(frozen=True)
class Page:
    """Everything that the page of one published round shows; all of it comes from `result`."""

    result: anonymous.Published
    map: RoleMap
    rows: tuple[Row, ...]
    bar: tuple[Stretch, ...]
    agenda: tuple[tuple[str, int, tuple[anonymous.Prompt, ...]], ...]
    names: dict[str, str]
    facts: tuple[anonymous.Fact, ...]


def standing(team: Team, seats: Sequence[RoundMember]) -> Standing:
    """How far the open round of `team` is."""
    countable = sum(_eligible(seat, team.last_closed) for seat in seats)
    return Standing(joined=sum(not seat.counted for seat in seats), finished=countable, minimum=team.minimum)


def publisher(bank: Bank, model: ScoringModel) -> Publish:
    """What `Storage.close_round` needs to publish a round."""

    def publish(team: Team, candidates: Sequence[Candidate]) -> Publication | None:
        counted = [candidate for candidate in candidates if _eligible(candidate, team.last_closed)]
        members = [anonymous.Member(candidate.answers, candidate.contacts) for candidate in counted]
        previous = anonymous.Published.from_data(json.loads(team.last_published)) if team.last_published else None
        published = anonymous.publish(bank, model, members, team.minimum, before=previous)
        if published is None:
            return None
        return Publication(json.dumps(published.to_data()), [candidate.response for candidate in counted])

    return publish


def shown(team: Team) -> tuple[Shown, ...]:
    """The closed rounds of `team`, latest first."""
    return tuple(
        Shown(
            number=round.number,
            closed=round.closed or "",
            result=None
            if anonymous.must_withdraw(round.people, round.deleted)
            else anonymous.Published.from_data(json.loads(round.published or "")),
        )
        for round in reversed(team.closed_rounds)
    )


def page(bank: Bank, result: anonymous.Published) -> Page:
    """All that a page says of a published round."""
    percents = {part.role: part.percent for part in result.mix if part.percent and part.role in bank.role}
    few = {item.roles for item in result.hand_overs if item.band in anonymous.FEWEST}
    pairs = {item.roles: item.roles not in few for item in result.hand_overs if set(item.roles) <= bank.role.keys()}
    names = {part.role: part.name for part in result.mix} | {c.responsibility: c.name for c in result.coverage}
    prompts = anonymous.agenda(result)
    return Page(
        result=result,
        map=role_map(bank, {role: percent / 100 for role, percent in percents.items()}, percents, pairs),
        rows=tuple(
            Row(part, tuple(_cell(item) for item in result.coverage if item.role == part.role)) for part in result.mix
        ),
        bar=_bar(result),
        agenda=tuple(
            (part, minutes, tuple(prompt for prompt in prompts if prompt.part == part))
            for part, minutes in anonymous.MINUTES.items()
        ),
        names=names,
        facts=tuple(anonymous.facts(result, bank)),
    )


def open_map(bank: Bank, shown: OpenTeam) -> tuple[tuple[Role, tuple[str, ...]], ...]:
    """Each role, in the order of the flow, with the initials of those whose mix has it."""
    return tuple(
        (role, tuple(person.initials for person in shown.people if role.id in person.match.mix)) for role in bank.roles
    )


def example(bank: Bank, model: ScoringModel) -> Page:
    """The page of a made-up round, so that whoever joins sees beforehand what the lead will see."""
    rng = random.Random(8)  # noqa: S311 - the same example every time
    often, seldom = [point.id for point in bank.scale[-2:]], [point.id for point in bank.scale[:3]]
    members = []
    for n in range(EXAMPLE):
        own = {bank.roles[(n * n + k) % len(bank.roles)].id for k in range(1 + n % 2)}
        answers = {id: rng.choice(often if item.role in own else seldom) for id, item in bank.responsibility.items()}
        near = {role.id for id in own for role in bank.neighbours(id)}
        members.append(anonymous.Member(answers, [id for id in sorted(near) if rng.random() < 0.6]))
    made = anonymous.publish(bank, model, members, anonymous.FLOOR)
    assert made is not None, "the example has more people than the minimum"
    return page(bank, made)


def _eligible(seat: RoundMember, last_closed: str | None) -> bool:
    return anonymous.eligible(seat.finished, counted=seat.counted, elsewhere=False, last_closed=last_closed)


def _cell(item: anonymous.Covered) -> Cell:
    scale = next(bands for bands in (anonymous.HEADS, anonymous.PARTS) if item.band in bands)
    return Cell(item.name, anonymous.BANDS[item.band], scale.index(item.band), len(scale) - 1)


def _bar(result: anonymous.Published) -> tuple[Stretch, ...]:
    """The roles whose share is told, largest first, and then all others together."""
    told = [(part.role, part.percent) for part in result.held if part.percent]
    parts = [(id, percent, f"part-{n % 3}") for n, (id, percent) in enumerate(told)]
    starts = accumulate((percent for _, percent in told), initial=0)
    return tuple(
        Stretch(id, percent, start, colour)
        for (id, percent, colour), start in zip([*parts, ("others", result.others, "part-rest")], starts, strict=True)
    )
