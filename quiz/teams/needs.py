"""Needs: how many people of an open team should do each responsibility weekly or more. Set by its lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quiz.bank import Bank

#: The highest need. It means: this number of people, or more.
MAX_NEED = 4
#: For each responsibility, by its id, from 1 to `MAX_NEED`. What is missing is not needed.
Needs = Mapping[str, int]


def known_needs(bank: Bank, needs: Needs) -> dict[str, int]:
    """The needs of responsibilities that the bank has, in its order, without those for nobody."""
    return {id: min(needs[id], MAX_NEED) for id in bank.responsibility if needs.get(id, 0) > 0}


def needs_of_heads(bank: Bank, heads: Mapping[str, int]) -> dict[str, int]:
    """The needs of a team with so many people for each role: everybody does all of one role.

    >>> from quiz.bank import load
    >>> from quiz.config import paths
    >>> bank = load(paths.project_folder("questions"))
    >>> sorted(needs_of_heads(bank, {"data-engineer": 2, "data-analyst": 0}).items())
    [('data-quality', 2), ('ingest-transform-serve', 2), ('pipelines', 2)]
    """
    needs = {}
    for id, responsibility in bank.responsibility.items():
        needs[id] = heads.get(responsibility.role, 0)
    return known_needs(bank, needs)


def needs_with_asked(bank: Bank, needs: Needs, asked: Iterable[str]) -> dict[str, int]:
    """`needs`, with at least one person for each responsibility of `asked`, such as those that an advert asks for."""
    at_least_one = {id: max(1, needs.get(id, 0)) for id in asked}
    return known_needs(bank, {**needs, **at_least_one})
