"""Finds the role that a job title names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from quiz.bank import Bank

_Words = tuple[str, ...]


class _Mention(NamedTuple):
    """A role's name in a title: the words from position `start` up to `end`."""

    role: str
    start: int
    end: int


def role_named(bank: Bank, title: str) -> str | None:
    """The id of the only role that `title` names; None if it names no role or several.

    The names of a role are its `name`, its `plural`, the parts of both ("DevOps" of "DevOps/SRE") and the `titles` in
    its file. A title names a role if it contains one of them as whole words, in any case, in the singular or plural. If
    two names share words of the title, only the longer one counts: an "ML platform engineer" is no "platform engineer".

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
    words = _words(title)
    if not words:  # the result of a person without a title needs no search
        return None
    mentions = _mentions(bank, words)
    roles = {mention.role for mention in mentions if not _is_part_of_longer(mention, mentions)}
    return roles.pop() if len(roles) == 1 else None


def _mentions(bank: Bank, title: _Words) -> list[_Mention]:
    """Every name of a role that `title` contains."""
    mentions: list[_Mention] = []
    for role in bank.roles:
        for name in _names(role.name, role.plural, role.titles):
            for start in range(len(title) - len(name) + 1):
                end = start + len(name)
                if title[start:end] == name:
                    mentions.append(_Mention(role.id, start, end))
    return mentions


def _is_part_of_longer(mention: _Mention, mentions: list[_Mention]) -> bool:
    """Whether a longer name shares words of the title with this one."""
    length = mention.end - mention.start
    for other in mentions:
        overlaps = other.start < mention.end and mention.start < other.end
        if overlaps and other.end - other.start > length:
            return True
    return False


@lru_cache(maxsize=256)
def _names(name: str, plural: str, titles: tuple[str, ...]) -> tuple[_Words, ...]:
    """All names of a role as words, each also with an "s" added."""
    texts = [name, *_parts(name), *_parts(plural), *titles]
    names: list[_Words] = []
    for words in map(_words, texts):
        if words:
            with_s = (*words[:-1], f"{words[-1]}s")
            names += [words, with_s]
    return tuple(names)


def _parts(name: str) -> list[str]:
    """The names that a combined name consists of: "DevOps" and "SRE" of "DevOps/SRE"."""
    return re.split(r"/|,| and | or ", name)


def _words(text: str) -> _Words:
    return tuple(re.findall(r"\w+", text.casefold()))
