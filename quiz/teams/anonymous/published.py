"""What a round published, as values: bands, shares in steps of 5 %, and what is derived from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

#: From this number of people on, bands are fractions of the team instead of numbers of people.
LARGE_TEAM_SIZE = 20
#: A role that fewer people combine is published only as part of the other roles.
MIN_HOLDERS_NAMED = 3
#: A larger share is published as this one ("most or all"): the exact share could show that one person is different.
MAX_SHARE_PERCENT = 80
#: Shares are published in steps of this size.
SHARE_STEP_PERCENT = 5

#: The id and the label of each band, lowest first: three for small teams, then four for large ones.
BAND_LABELS = {
    "one-at-most": "one at most",
    "two-or-three": "two or three",
    "four-or-more": "four or more",
    "under-a-quarter": "under a quarter",
    "to-a-half": "a quarter to a half",
    "to-three-quarters": "a half to three quarters",
    "over-three-quarters": "more than three quarters",
}
COUNT_BANDS = tuple(BAND_LABELS)[:3]
FRACTION_BANDS = tuple(BAND_LABELS)[3:]
LOWEST_BANDS = {COUNT_BANDS[0], FRACTION_BANDS[0]}
HIGHEST_BANDS = {COUNT_BANDS[-1], FRACTION_BANDS[-1]}


@dataclass(frozen=True)
class PublishedShare:
    """One role and its share of the team's mix.

    `is_common` says whether at least `MIN_HOLDERS_NAMED` people combine the role. `percent` is None if it is not
    published: for a role that is not common, and next to a role that makes most or all of the mix.
    """

    role: str
    name: str
    is_common: bool
    percent: int | None

    @property
    def is_most(self) -> bool:
        """Whether the role makes most or all of the mix; the exact share is not published."""
        return self.percent is not None and self.percent >= MAX_SHARE_PERCENT


@dataclass(frozen=True)
class PublishedCoverage:
    """How many people do one responsibility weekly or more, as a band."""

    responsibility: str
    name: str
    role: str
    band: str


@dataclass(frozen=True)
class ContactBand:
    """How many people connect two roles that usually work together, as a band.

    Connects: combines both roles, or combines one and works with the other at least weekly.
    """

    roles: tuple[str, str]
    band: str


@dataclass(frozen=True)
class Published:
    """Everything that is known of a closed round. It contains its names, so it is valid after a change of the bank.

    `people` is the number of counted responses. `bank` is the version of the bank at that time. `other_percent` is the
    share of all roles without a published percent together: `SHARE_STEP_PERCENT` means "5% or less", and 20 next to a
    role of `MAX_SHARE_PERCENT` means "20% or less". All roles and responsibilities are included, in the order of the
    flow.
    """

    people: int
    bank: str
    mix: tuple[PublishedShare, ...]
    other_percent: int
    coverage: tuple[PublishedCoverage, ...]
    contacts: tuple[ContactBand, ...]

    @property
    def is_large(self) -> bool:
        """Whether bands are fractions of the team instead of numbers of people."""
        return self.people >= LARGE_TEAM_SIZE

    @property
    def common_roles(self) -> tuple[PublishedShare, ...]:
        """The roles that at least three people combine, largest share first."""
        common = [share for share in self.mix if share.is_common]
        return tuple(sorted(common, key=lambda share: share.percent or 0, reverse=True))

    @property
    def rare_roles(self) -> tuple[PublishedShare, ...]:
        """The roles that few people combine, or nobody: which of the two is not published."""
        return tuple(share for share in self.mix if not share.is_common)

    @property
    def strengths(self) -> tuple[PublishedCoverage, ...]:
        """The responsibilities that many people do."""
        return tuple(item for item in self.coverage if item.band in HIGHEST_BANDS)

    @property
    def gaps(self) -> tuple[PublishedCoverage, ...]:
        """The responsibilities that one person at most does; in a large team, under a quarter."""
        return tuple(item for item in self.coverage if item.band in LOWEST_BANDS)

    @property
    def overlaps(self) -> tuple[PublishedShare, ...]:
        """The roles of which many people do more than half of the responsibilities."""
        responsibilities = Counter(item.role for item in self.coverage)
        strengths = Counter(item.role for item in self.strengths)
        return tuple(share for share in self.mix if 2 * strengths[share.role] > responsibilities[share.role])

    @property
    def weak_contacts(self) -> tuple[ContactBand, ...]:
        """The pairs in the lowest band with at least one common role; empty if all pairs are in the lowest band.

        The question about contacts is optional. If no pair is above the lowest band, most likely nobody answered it.
        """
        if all(item.band in LOWEST_BANDS for item in self.contacts):
            return ()
        common = {share.role for share in self.common_roles}
        return tuple(item for item in self.contacts if item.band in LOWEST_BANDS and common.intersection(item.roles))

    def to_data(self) -> dict[str, Any]:
        """This as plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Published:
        """The inverse of `to_data`, also after JSON turned tuples into lists.

        Raises
        ------
        ValueError
            If `data` is anything else.
        """
        try:
            fields = dict(data)
            fields["mix"] = tuple(PublishedShare(**item) for item in data["mix"])
            fields["coverage"] = tuple(PublishedCoverage(**item) for item in data["coverage"])
            fields["contacts"] = tuple(ContactBand(tuple(item["roles"]), item["band"]) for item in data["contacts"])
            published = cls(**fields)
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is no published round: {error!r}") from error
        bands = {item.band for item in published.coverage} | {item.band for item in published.contacts}
        if unknown := bands - BAND_LABELS.keys():
            raise ValueError(f"this is no published round: unknown bands {sorted(unknown)}")
        return published
