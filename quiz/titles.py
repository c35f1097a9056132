"""Job titles to roles: which role a typed title clearly names, if any."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank import Bank, Role

_Words = tuple[str, ...]


def role_named(bank: Bank, title: str) -> str | None:
    """The id of the one role that `title` names, None where it names none or more than one.

    A role is named by its name, its plural, the parts of both ("DevOps" of "DevOps/SRE") and the `titles` of its file,
    whole words in any case, in the singular or the plural. Of two names that share a word of the title the longer
    counts: an "ML platform engineer" is no "platform engineer".

    Examples
    --------
    >>> from quiz import bank, paths
    >>> shipped = bank.load(paths.shipped("questions"))
    >>> role_named(shipped, "Senior Data Engineer (Team Lead)")
    'data-engineer'
    >>> role_named(shipped, "Data analyst / data scientist") is None
    True
    """
    said = _words(title)
    found = [
        (range(start, start + len(name)), role.id)
        for role in bank.roles
        for name in _names(role)
        for start in range(len(said) - len(name) + 1)
        if said[start : start + len(name)] == name
    ]
    clear = {
        role
        for place, role in found
        if not any(len(other) > len(place) and set(other) & set(place) for other, _ in found)
    }
    return clear.pop() if len(clear) == 1 else None


def _names(role: Role) -> Iterator[_Words]:
    parts = [part for name in (role.name, role.plural) for part in re.split(r"/|,| and | or ", name)]
    for name in filter(None, map(_words, [role.name, *parts, *role.titles])):
        yield name
        yield (*name[:-1], f"{name[-1]}s")


def _words(text: str) -> _Words:
    return tuple(re.findall(r"\w+", text.casefold()))
