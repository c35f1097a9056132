"""What a person's job title says, next to what the answers say. It never changes the match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from quiz.bank import Bank, Role
from quiz.text.job_titles import match_title

TitleVerdict = Literal["same", "more-roles", "in-alternative", "in-both-mixes", "part", "not-in-mix", "undecided"]


@dataclass(frozen=True)
class JobTitle:
    """A title that names at least one role, as typed, compared with the mix.

    `is_own_name` is true if the title has the roles' own names, and false if it is only counted as them.
    `missing_roles` are those of `roles` that neither the mix nor the alternative has; `other_roles` are the roles of
    the mix that the title does not name. The verdicts:

    - `same`: the mix has exactly the roles of the title; `more-roles`: it has them and `other_roles`
    - `in-alternative`: the other mix of a tie has all roles of the title; `in-both-mixes`: each mix has some of them
    - `part`: the answers name some of them, but not `missing_roles`; `not-in-mix`: they name none of them
    - `undecided`: the answers name no roles
    """

    text: str
    roles: tuple[Role, ...]
    is_own_name: bool
    verdict: TitleVerdict
    missing_roles: tuple[Role, ...]
    other_roles: tuple[Role, ...]


def read_job_title(
    bank: Bank, title: str, *, mix: Sequence[Role], alternative: Sequence[Role], has_mix: bool
) -> JobTitle | None:
    """What `title` says; None if it names no role. `has_mix` is false if the answers name all roles or none."""
    title_match = match_title(bank, title)
    if not title_match.roles:
        return None
    roles = tuple(bank.role[id] for id in title_match.roles)
    ids, mix_ids, alternative_ids = ({role.id for role in group} for group in (roles, mix, alternative))
    return JobTitle(
        text=" ".join(title.split()),
        roles=roles,
        is_own_name=title_match.is_own_name,
        verdict=_verdict(ids, mix_ids, alternative_ids) if has_mix else "undecided",
        missing_roles=tuple(role for role in roles if role.id not in mix_ids | alternative_ids),
        other_roles=tuple(role for role in mix if role.id not in ids),
    )


def _verdict(roles: set[str], mix: set[str], alternative: set[str]) -> TitleVerdict:
    if roles == mix:
        return "same"
    if roles < mix:
        return "more-roles"
    if roles <= alternative:
        return "in-alternative"
    if roles <= mix | alternative:
        return "in-both-mixes"
    return "part" if roles & (mix | alternative) else "not-in-mix"
