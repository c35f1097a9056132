"""What an anonymous team may see: rounds, told as bands. Open teams are in `quiz.open_team`.

`publish` is the one gate. Pages, print, CSV and JSON know a round only as the `Published` it gives, which holds no
answers and nothing to count them back from; whatever else they say is derived from that value alone.

Three things hide a person. A responsibility is told as a band, so the count itself is never known. The mix is told to
5 %, without roles that fewer than three people hold. And what a team has been told stays until more has moved than one
person can move: else two rounds of the same people, before and after one of them came, would tell that person's week.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import fsum
from typing import Any, Literal, NamedTuple

import numpy as np

from quiz.bank import Bank
from quiz.scoring import Scheme, score, shown_shares

#: How many must have finished before a round can be closed: one of these, chosen when the team is made.
MINIMUMS = (5, 8, 10, 20)
#: With fewer people than this left, a published round is withdrawn, whatever its team's minimum is.
FLOOR = MINIMUMS[0]

#: A responsibility counts as done from this level on: weekly or more, on the shipped scale.
OFTEN = 0.5
#: From so many people on, bands are parts of the team instead of heads.
LARGE = 20
#: A role held by fewer people is told only among the other roles.
NAMED_FROM = 3
#: A share from here on is told as "most or all": nobody may be the visible exception.
MOST = 80
#: Shares are told to so many percent.
STEP = 5

#: Every band in words, from the fewest people to the most: three for small teams, then four for large ones.
BANDS = {
    "one-at-most": "one at most",
    "two-or-three": "two or three",
    "four-or-more": "four or more",
    "under-a-quarter": "under a quarter",
    "to-a-half": "a quarter to a half",
    "to-three-quarters": "a half to three quarters",
    "over-three-quarters": "more than three quarters",
}
HEADS, PARTS = tuple(BANDS)[:3], tuple(BANDS)[3:]
FEWEST, _MOST = {HEADS[0], PARTS[0]}, {HEADS[-1], PARTS[-1]}


@dataclass(frozen=True)
class Member:
    """What one finished response brings into a round: answers by question, and the roles its person works with.

    There is no place here for titles, wishes and free words, so none of them can reach a team.
    """

    answers: Mapping[str, str]
    contacts: Collection[str] = ()


# Rules of rounds


def may_close(finished: int, minimum: int) -> bool:
    """Whether a round with so many finished responses can be closed, which publishes it.

    Raises
    ------
    ValueError
        Where `minimum` is not one of `MINIMUMS`.
    """
    if minimum not in MINIMUMS:
        raise ValueError(f"the minimum is one of {MINIMUMS}, not {minimum}")
    return finished >= minimum


def may_change_minimum(old: int, new: int) -> bool:
    """Whether a team's minimum may become `new`: it can be raised, never lowered."""
    return new in MINIMUMS and new >= old


def eligible(finished: str | None, *, counted: bool, elsewhere: bool, last_closed: str | None) -> bool:
    """Whether a response may be in a team's open round.

    Parameters
    ----------
    finished : str or None
        The day on which it was finished (`2026-05-31`). No finer time is kept, so the day of closing itself passes;
        `counted` keeps out those that the closed round took.
    counted : bool
        Whether any round of any team has ever counted it, withdrawn rounds among them.
    elsewhere : bool
        Whether it is in another team.
    last_closed : str or None
        The day on which this team's last round was closed, withdrawn or not.
    """
    fresh = finished is not None and (last_closed is None or finished >= last_closed)
    return fresh and not counted and not elsewhere


def must_withdraw(counted: int, erased: int) -> bool:
    """Whether a published round goes, after `erased` of the `counted` responses in it were deleted by their people.

    Responses that expire do not count as erased. A withdrawn round is served to nobody, but storage keeps its bands
    until the next round is published against them (`before`), and its responses stay counted: either way round, the
    remaining people's next result would otherwise give away who left.
    """
    return counted - erased < FLOOR


# What a round publishes


@dataclass(frozen=True)
class Part:
    """One role of the team's mix.

    `held` says whether three people or more combine it. `percent` is its share, None where it is not told: for a role
    that is not held, and for all others beside one that makes most or all of the mix.
    """

    role: str
    name: str
    held: bool
    percent: int | None


@dataclass(frozen=True)
class Covered:
    """How many people do one responsibility weekly or more, as a band."""

    responsibility: str
    name: str
    role: str
    band: str


@dataclass(frozen=True)
class HandOver:
    """How many people stand between two neighbours on the map, as a band.

    Counted is who combines both, or combines one and works with the other at least weekly.
    """

    roles: tuple[str, str]
    band: str


@dataclass(frozen=True)
class Published:
    """All that is ever known of a closed round. It carries its names, so it outlives changes of the bank.

    `people` is how many had finished, which the lead saw while the round was open. `bank` is the bank's version then.
    `others` is the percent of the mix that is not told by role: `STEP` says "5% or less", and 20 beside a role of
    `MOST` says "20% or less". All roles and responsibilities are there, in the order of the flow.
    """

    people: int
    bank: str
    mix: tuple[Part, ...]
    others: int
    coverage: tuple[Covered, ...]
    hand_overs: tuple[HandOver, ...]

    @property
    def large(self) -> bool:
        """Whether bands are parts of the team instead of heads."""
        return self.people >= LARGE

    @property
    def held(self) -> tuple[Part, ...]:
        """Roles that three people or more combine, largest share first."""
        return tuple(sorted((p for p in self.mix if p.held), key=lambda part: -(part.percent or 0)))

    @property
    def not_held(self) -> tuple[Part, ...]:
        """Roles that few people combine, or nobody: which of the two is not told."""
        return tuple(part for part in self.mix if not part.held)

    @property
    def strengths(self) -> tuple[Covered, ...]:
        """Responsibilities that many do."""
        return tuple(item for item in self.coverage if item.band in _MOST)

    @property
    def thin(self) -> tuple[Covered, ...]:
        """Responsibilities that rest on one person at most; in a large team, on under a quarter."""
        return tuple(item for item in self.coverage if item.band in FEWEST)

    @property
    def overlaps(self) -> tuple[Part, ...]:
        """Roles of which many people do more than half of the responsibilities: worth agreeing who takes what."""
        all_of = Counter(item.role for item in self.coverage)
        strong = Counter(item.role for item in self.strengths)
        return tuple(part for part in self.mix if 2 * strong[part.role] > all_of[part.role])

    @property
    def quiet(self) -> tuple[HandOver, ...]:
        """Neighbours with few contacts, of which the team holds one at least; none where all are so.

        Contacts are asked on a page that may be left out: where no hand-over shows any, most likely nobody gave them.
        """
        if all(item.band in FEWEST for item in self.hand_overs):
            return ()
        held = {part.role for part in self.held}
        return tuple(item for item in self.hand_overs if item.band in FEWEST and held.intersection(item.roles))

    def to_data(self) -> dict[str, Any]:
        """This as plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Published:
        """What `to_data` gave, also after a way through JSON.

        Raises
        ------
        ValueError
            Where `data` is anything else.
        """
        try:
            hand_overs = [HandOver(tuple(item["roles"]), item["band"]) for item in data["hand_overs"]]
            made = cls(
                **{
                    **data,
                    "mix": tuple(Part(**part) for part in data["mix"]),
                    "coverage": tuple(Covered(**item) for item in data["coverage"]),
                    "hand_overs": tuple(hand_overs),
                }
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is no published round: {error!r}") from error
        bands = {item.band for item in made.coverage} | {item.band for item in made.hand_overs}
        if strange := bands - BANDS.keys():
            raise ValueError(f"this is no published round: unknown bands {sorted(strange)}")
        return made


def publish(
    bank: Bank, scheme: Scheme, members: Sequence[Member], minimum: int, before: Published | None = None
) -> Published | None:
    """The one gate: what closing a round publishes, or None with fewer members than the minimum.

    Parameters
    ----------
    members : sequence of Member
        Every `eligible` finished response of the round. Their order plays no part.
    minimum : int
        One of `MINIMUMS`.
    before : Published, optional
        What the team's last round published, withdrawn or not. A band or a mix stays as it was unless it moved further
        than one person who came, left or was exchanged could have moved it. So after the first round a band may be off
        by one person, and pages have to say that.

    Raises
    ------
    ValueError
        Where `minimum` is not one of `MINIMUMS`.
    """
    if not may_close(len(members), minimum):
        return None
    levels = scheme.worth[np.concatenate([scheme.steps(member.answers) for member in members])]
    people = len(members)
    done = (np.nan_to_num(levels) >= OFTEN).sum(axis=0).tolist()
    scores = score(scheme, levels)
    told = {item.responsibility: item.band for item in before.coverage} if before else {}
    stood = {item.roles: item.band for item in before.hand_overs} if before else {}
    combined = [{scheme.roles[n] for n in np.flatnonzero(row)} for row in scores.mix]
    return Published(
        people=people,
        bank=bank.version,
        **_mix(bank, combined, dict(zip(scheme.roles, scores.share.T.tolist(), strict=True)), before),
        coverage=tuple(
            Covered(id, bank.responsibility[id].name, bank.responsibility[id].role, _band(often, people, told.get(id)))
            for id, often in zip(scheme.questions, done, strict=True)
        ),
        hand_overs=tuple(
            HandOver(pair, _band(_between(pair, combined, members), people, stood.get(pair)))
            for pair in sorted(bank.contacts)
        ),
    )


def _band(heads: int, people: int, before: str | None) -> str:
    """The band of so many heads, or the one before as long as one person more or less would still be in it."""
    near = {_fresh_band(heads + change, people) for change in (-1, 0, 1)}
    return before if before is not None and before in near else _fresh_band(heads, people)


def _fresh_band(heads: int, people: int) -> str:
    if people < LARGE:
        return HEADS[(heads >= 2) + (heads >= 4)]
    return PARTS[(4 * heads >= people) + (2 * heads >= people) + (4 * heads > 3 * people)]


def _between(pair: tuple[str, str], combined: Sequence[set[str]], members: Sequence[Member]) -> int:
    """How many members stand between the two roles."""
    return sum(
        bool(mix.intersection(pair)) and mix.union(member.contacts).issuperset(pair)
        for mix, member in zip(combined, members, strict=True)
    )


class _Mix(NamedTuple):
    mix: tuple[Part, ...]
    others: int


def _mix(
    bank: Bank, combined: Sequence[set[str]], shares: Mapping[str, Sequence[float]], before: Published | None
) -> dict[str, Any]:
    """`mix` and `others` of what is published: the mean of all people's shares, or as before if little has moved."""
    people = len(combined)
    holders = Counter(role for mix in combined for role in mix)
    # Exact sums: adding in another order must not tip a share over a step.
    named = {role: fsum(each) / people for role, each in shares.items() if holders[role] >= NAMED_FROM}
    # Never quite zero, or the page would tell that nobody at all holds any other role.
    told = shown_shares({**named, "": max(1 - fsum(named.values()), 1e-6)})
    others = told.pop("")
    if most := [role for role, percent in told.items() if percent >= MOST]:
        told, others = {most[0]: MOST}, 100 - MOST
    parts = tuple(Part(role.id, role.name, role.id in named, told.get(role.id)) for role in bank.roles)
    if before is not None and _little_moved(before, parts, people):
        parts, others = before.mix, before.others
    return _Mix(parts, others)._asdict()


def _little_moved(before: Published, parts: Sequence[Part], people: int) -> bool:
    """Whether one person could have made the difference between two mixes."""
    old, new = ({part.role: part.percent for part in mix if part.percent} for mix in (before.mix, parts))
    both = old.keys() & new.keys()
    moved = [abs((old[role] or 0) - (new[role] or 0)) for role in both]
    moved.append(abs(sum(old[role] or 0 for role in both) - sum(new[role] or 0 for role in both)))
    # One person's whole share, and what rounding can add on both sides.
    reach = 100 / min(before.people, people) + 2 * STEP
    # A role that is told on one side alone: one person can tip it there only while as few hold it as make it named, or
    # beside a role of most, which hides all others.
    tipped = all(
        (percent or 0) <= 100 * NAMED_FROM / of + 2 * STEP
        for told, other, of in ((old, new, before.people), (new, old, people))
        for role, percent in told.items()
        if role not in other and MOST not in other.values()
    )
    return {part.role for part in before.mix} == {part.role for part in parts} and max(moved) <= reach and tipped


# What is said about it


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
    bounded = published.others <= STEP or any(part.percent == MOST for part in published.mix)
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
    return "most or all" if part.percent >= MOST else f"{part.percent}%"


def _gone(published: Published, bank: Bank) -> Iterator[Fact]:
    for part in published.mix:
        if part.role not in bank.role:
            yield Fact("gone", part.role, part.name, "no longer in the quiz")
    for item in published.coverage:
        if item.responsibility not in bank.responsibility:
            yield Fact("gone", item.responsibility, item.name, "no longer in the quiz")


class Prompt(NamedTuple):
    """One prompt of the agenda: which part of the hour, which text, and the ids of what it is about."""

    part: Literal["alone", "patterns", "actions"]
    id: str
    about: tuple[str, ...]


#: Minutes of the hour for each part of the agenda; what is left is for arriving and closing.
MINUTES = {"alone": 10, "patterns": 20, "actions": 20}


def agenda(published: Published) -> tuple[Prompt, ...]:
    """The prompts that fit a published round, in the order of the hour, each with what triggered it."""
    fitting = (
        Prompt("alone", "recognise", tuple(part.role for part in published.held)),
        Prompt("alone", "missing", ()),
        Prompt("patterns", "strengths", tuple(item.responsibility for item in published.strengths)),
        Prompt("patterns", "thin", tuple(item.responsibility for item in published.thin)),
        Prompt("patterns", "overlaps", tuple(part.role for part in published.overlaps)),
        Prompt("patterns", "not-held", tuple(part.role for part in published.not_held)),
        Prompt("patterns", "quiet", tuple(role for item in published.quiet for role in item.roles)),
        Prompt("actions", "share-the-load", tuple(item.responsibility for item in published.thin)),
        Prompt("actions", "meet", tuple(role for item in published.quiet for role in item.roles)),
        Prompt("actions", "agree", tuple(part.role for part in published.overlaps)),
        Prompt("actions", "two-actions", ()),
    )
    always = {"recognise", "missing", "two-actions"}
    return tuple(prompt for prompt in fitting if prompt.about or prompt.id in always)
