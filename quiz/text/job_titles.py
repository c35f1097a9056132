"""Job titles to roles: which role a typed title clearly names, if any."""

from __future__ import annotations

import re
from functools import lru_cache

from quiz.bank import Bank

_Words = tuple[str, ...]


def role_named(bank: Bank, title: str) -> str | None:
    """The id of the one role that `title` names, None where it names none or more than one.

    A role is named by its name, its plural, the parts of both ("DevOps" of "DevOps/SRE") and the `titles` of its file,
    whole words in any case, in the singular or the plural. Of two names that share a word of the title the longer
    counts: an "ML platform engineer" is no "platform engineer".

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> role_named(shipped, "Senior Data Engineer (Team Lead)")
    'data-engineer'
    >>> role_named(shipped, "Data analyst / data scientist") is None
    True
    """
    said = _words(title)
    if not said:
        return None
    found = [
        (range(start, start + len(name)), role.id)
        for role in bank.roles
        for name in _names((role.name, role.plural), role.titles)
        for start in range(len(said) - len(name) + 1)
        if said[start : start + len(name)] == name
    ]
    clear = {
        role
        for place, role in found
        if not any(len(other) > len(place) and set(other) & set(place) for other, _ in found)
    }
    return clear.pop() if len(clear) == 1 else None


@lru_cache(maxsize=256)
def _names(own: tuple[str, str], titles: tuple[str, ...]) -> tuple[_Words, ...]:
    """All names of a role, in the singular and the plural; `own` are the name and the plural of its file."""
    parts = [part for name in own for part in re.split(r"/|,| and | or ", name)]
    singular = list(filter(None, map(_words, [own[0], *parts, *titles])))
    return tuple(form for name in singular for form in (name, (*name[:-1], f"{name[-1]}s")))


def _words(text: str) -> _Words:
    return tuple(re.findall(r"\w+", text.casefold()))
