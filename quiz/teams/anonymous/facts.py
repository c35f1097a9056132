"""The facts of a published round, for the page, print, CSV and JSON."""

from __future__ import annotations

from typing import NamedTuple

from quiz.bank import Bank
from quiz.teams.anonymous.published import BAND_LABELS, SHARE_STEP_PERCENT, Published, PublishedShare


class Fact(NamedTuple):
    """One fact of a published round. `value` is text for a table cell."""

    kind: str
    id: str
    name: str
    value: str


def facts(published: Published, bank: Bank) -> list[Fact]:
    """Everything that a published round says, one fact a row: page, print, CSV and JSON show these and no others.

    The last rows name the roles and responsibilities that are no longer in the bank.
    """
    rows = [Fact("people", "people", "finished", str(published.people))]
    for share in published.mix:
        rows.append(Fact("mix", share.role, share.name, share_text(share)))
    rows.append(Fact("mix", "others", "other roles", _other_roles_text(published)))
    for item in published.coverage:
        rows.append(Fact("coverage", item.responsibility, item.name, BAND_LABELS[item.band]))
    role_names = {share.role: share.name for share in published.mix}
    for contact in published.contacts:
        names = [role_names[role] for role in contact.roles]
        rows.append(Fact("contact", " ".join(contact.roles), " – ".join(names), BAND_LABELS[contact.band]))
    for share in published.mix:
        if share.role not in bank.role:
            rows.append(Fact("removed", share.role, share.name, "no longer in the quiz"))
    for item in published.coverage:
        if item.responsibility not in bank.responsibility:
            rows.append(Fact("removed", item.responsibility, item.name, "no longer in the quiz"))
    return rows


def share_text(share: PublishedShare) -> str:
    """The share of a role as text: a percentage, or what is published instead."""
    if share.is_most:
        return "most or all"
    if share.percent is not None:
        return f"{share.percent}%"
    return "three or more people, share not shown" if share.is_common else "few or nobody"


def _other_roles_text(published: Published) -> str:
    is_upper_limit = published.other_percent <= SHARE_STEP_PERCENT or any(share.is_most for share in published.mix)
    return f"{published.other_percent}% or less" if is_upper_limit else f"{published.other_percent}%"
