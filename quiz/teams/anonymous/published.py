"""What a round published, as values: bands, shares to 5 %, and what follows from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

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
FEWEST, _MANY = {HEADS[0], PARTS[0]}, {HEADS[-1], PARTS[-1]}


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

    @property
    def most(self) -> bool:
        """Whether it makes most or all of the mix: how much exactly is not told."""
        return self.percent is not None and self.percent >= MOST


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
        return tuple(item for item in self.coverage if item.band in _MANY)

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
