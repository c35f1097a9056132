"""The roles that a person works with, compared with those that people with the same mix usually work with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from quiz.bank import Bank, Role

#: More missing contacts than this are not named: that a person works with few roles is no news about each of them.
MAX_NAMED_MISSING = 2


@dataclass(frozen=True)
class Contacts:
    """The roles that a person works with, compared with those that such a mix usually works with.

    `usual` and `unusual` were reported, `missing` are usual but were not reported.
    """

    usual: tuple[Role, ...]
    missing: tuple[Role, ...]
    unusual: tuple[Role, ...]

    @property
    def reported(self) -> tuple[Role, ...]:
        return (*self.usual, *self.unusual)

    @property
    def named_missing(self) -> tuple[Role, ...]:
        """The missing contacts, if they are few enough to be named."""
        return self.missing if len(self.missing) <= MAX_NAMED_MISSING else ()


def compare_contacts(bank: Bank, mix: Collection[str], contacts: Collection[str]) -> Contacts:
    """The reported `contacts` compared with the usual ones of `mix`. All are role ids."""
    neighbours_of_mix = {neighbour.id for id in mix for neighbour in bank.neighbours(id)}
    usual, missing, unusual = [], [], []
    for role in bank.roles:
        is_in_mix = role.id in mix
        is_neighbour = role.id in neighbours_of_mix
        if role.id in contacts:
            if is_in_mix or is_neighbour:
                usual.append(role)
            else:
                unusual.append(role)
        elif is_neighbour and not is_in_mix:
            missing.append(role)
    return Contacts(tuple(usual), tuple(missing), tuple(unusual))


def contact_edges(bank: Bank, mix: Sequence[str], contacts: Collection[str]) -> list[tuple[str, str]]:
    """The reported contacts to draw on the map, as pairs of role ids.

    A contact is connected with the roles of the mix that usually work with it, else with the main role. If no role
    stands out, usual contacts of which both were reported are connected.
    """
    usual_pairs = sorted(bank.contacts)
    if not mix or len(mix) == len(bank.roles):
        return [(a, b) for a, b in usual_pairs if a in contacts and b in contacts]

    edges = []
    for a, b in usual_pairs:
        is_reported = (a in mix and b in contacts) or (b in mix and a in contacts)
        if is_reported:
            edges.append((a, b))
    connected_roles = {role for pair in edges for role in pair}
    main_role = mix[0]
    for contact in bank.role:
        if contact in contacts and contact not in mix and contact not in connected_roles:
            edges.append((main_role, contact))
    return edges
