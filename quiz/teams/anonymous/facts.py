"""What is said about a published round: facts for the page, print, CSV and JSON, and an hour's agenda."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from quiz.bank import Bank
from quiz.teams.anonymous.published import BANDS, STEP, Part, Published


class Fact(NamedTuple):
    """One thing that a published round says. `value` is in words that can stand in a table cell."""

    kind: str
    id: str
    name: str
    value: str


def facts(published: Published, bank: Bank) -> list[Fact]:
    """Everything that a published round says, one thing a row: page, print, CSV and JSON hold these and no others.

    The last rows name what the bank no longer has.
    """
    name = {part.role: part.name for part in published.mix}
    rows = [Fact("people", "people", "finished", str(published.people))]
    rows += [Fact("mix", part.role, part.name, _said(part)) for part in published.mix]
    bounded = published.others <= STEP or any(part.most for part in published.mix)
    rows.append(Fact("mix", "others", "other roles", f"{published.others}%" + " or less" * bounded))
    rows += [Fact("coverage", item.responsibility, item.name, BANDS[item.band]) for item in published.coverage]
    for item in published.hand_overs:
        rows.append(
            Fact("hand-over", " ".join(item.roles), " – ".join(map(name.__getitem__, item.roles)), BANDS[item.band])
        )
    return [*rows, *_gone(published, bank)]


def _said(part: Part) -> str:
    if part.percent is None:
        return "held, share not told" if part.held else "few or nobody"
    return "most or all" if part.most else f"{part.percent}%"


def _gone(published: Published, bank: Bank) -> Iterator[Fact]:
    for part in published.mix:
        if part.role not in bank.role:
            yield Fact("gone", part.role, part.name, "no longer in the quiz")
    for item in published.coverage:
        if item.responsibility not in bank.responsibility:
            yield Fact("gone", item.responsibility, item.name, "no longer in the quiz")
