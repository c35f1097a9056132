"""Finds the roles that a job title names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from quiz.bank import Bank, TitleWords

_Words = tuple[str, ...]
_Roles = frozenset[str]
#: What separates the parts of a title: two titles, or a title and a field, a place, a level.
_SEPARATOR = re.compile(r"[/|&,;:()\[\]]|\s[-–—+]\s|\b(?:and|or)\b")
#: In words; a longer run of words cannot be one name.
MAX_NAME_WORDS = 8


@dataclass(frozen=True)
class TitleMatch:
    """The roles that a title names, by id and in the order of the bank.

    `is_own_name` is true if the title names each of them by the role's own name: a "data engineer" and a "DevOps lead",
    but not an "ETL developer".
    """

    roles: tuple[str, ...] = ()
    is_own_name: bool = False


class _RoleNames(NamedTuple):
    """All names of one role, as its file has them."""

    id: str
    name: str
    plural: str
    titles: tuple[str, ...]
    whole_titles: tuple[str, ...]


class _Mention(NamedTuple):
    """A known name in a part of a title: the words from position `start` up to `end`."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class _Names:
    """The known names of a bank, each without spaces, with the roles that it means.

    `anywhere` are names that count inside a longer title; a name without roles is that of a job that the bank does not
    have. `alone` are names that count only if the title has nothing else but `levels`. `own` has the roles' own names.
    `last_words` are those of all names: a part of a title that ends in one of them is a job too, even if it is unknown.
    """

    anywhere: dict[str, _Roles]
    alone: dict[str, _Roles]
    own: frozenset[str]
    levels: frozenset[str]
    last_words: frozenset[str]


def match_title(bank: Bank, title: str) -> TitleMatch:
    """The roles that `title` names; none if it names no role, or a job that is none of the bank's roles.

    A role is named by its `name`, its `plural`, the parts of both ("DevOps" of "DevOps/SRE") and the `titles` in its
    file, as whole words in any case, in the singular or plural, written apart, with a hyphen or as one word. A title in
    the files of two roles names both. If two names share words, only the longer one counts: an "ML platform engineer"
    is no "platform engineer". In "data engineer/analyst" and "software/data engineer" a word counts twice. A title that
    names an unknown job too ("nurse analyst / data analyst") names none of the roles.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> match_title(shipped, "Senior Data Engineer (Team Lead)").roles
    ('data-engineer',)
    >>> match_title(shipped, "Data analyst / scientist").roles
    ('data-analyst', 'data-scientist')
    >>> match_title(shipped, "Data science manager").roles
    ()
    """
    parts = _parts_of_title(title)
    if not parts:  # the result of a person without a title needs no search
        return TitleMatch()
    role_names = tuple(
        _RoleNames(role.id, role.name, role.plural, role.titles, role.whole_titles) for role in bank.roles
    )
    names = _names_of(role_names, bank.title_words)
    mentioned = _whole_title(parts, names) or _mentioned_names(parts, names)
    meanings = [names.anywhere.get(name) or names.alone.get(name) for name in mentioned]
    known_meanings = [meaning for meaning in meanings if meaning]
    if len(known_meanings) < len(meanings):
        return TitleMatch()
    roles = tuple(role.id for role in bank.roles if any(role.id in meaning for meaning in known_meanings))
    return TitleMatch(roles, is_own_name=bool(roles) and names.own.issuperset(mentioned))


def _parts_of_title(title: str) -> list[_Words]:
    """The words of each part of `title`, without empty parts."""
    text = unicodedata.normalize("NFKC", title).casefold()
    parts = [_words(part) for part in _SEPARATOR.split(text)]
    return [part for part in parts if part]


def _whole_title(parts: Sequence[_Words], names: _Names) -> set[str]:
    """The names of which the title consists, apart from words for a level; empty if it has other words too."""
    found = set()
    for part in parts:
        name = "".join(word for word in part if word not in names.levels)
        if name and name not in names.alone:
            return set()
        if name:
            found.add(name)
    return found


def _mentioned_names(parts: Sequence[_Words], names: _Names) -> set[str]:
    """The known names in the parts of a title. A part that is an unknown job counts as one name without a meaning."""
    found: set[str] = set()
    left: _Words = ()  # the part before, if it names a role
    following: list[_Words] = [*parts[1:], ()]
    for part, right in zip(parts, following, strict=True):
        words = part
        if len(part) == 1 and not _mentions(part, names):
            shares_beginning = left[:-1] + part  # "data analyst" in "data engineer/analyst"
            shares_end = part + right[-1:]  # "software engineer" in "software/data engineer"
            if left and _mentions(shares_beginning, names):
                words = shares_beginning
            elif _mentions(right, names) and _mentions(shares_end, names):
                words = shares_end
        mentioned = _mentions(words, names)
        found.update(mentioned)
        if not mentioned and part[-1] in names.last_words:
            found.add("")
        left = words if mentioned else ()
    return found


def _mentions(part: _Words, names: _Names) -> list[str]:
    """The known names in `part`; of two that share words, only the longer one."""
    mentions: list[_Mention] = []
    for start in range(len(part)):
        for end in range(start + 1, min(start + MAX_NAME_WORDS, len(part)) + 1):
            name = "".join(part[start:end])
            if name in names.anywhere:
                mentions.append(_Mention(name, start, end))
    return [mention.name for mention in mentions if not _is_part_of_longer(mention, mentions)]


def _is_part_of_longer(mention: _Mention, mentions: Sequence[_Mention]) -> bool:
    """Whether a longer name shares words with this one."""
    length = mention.end - mention.start
    for other in mentions:
        overlaps = other.start < mention.end and mention.start < other.end
        if overlaps and other.end - other.start > length:
            return True
    return False


@lru_cache(maxsize=8)
def _names_of(roles: tuple[_RoleNames, ...], title_words: TitleWords) -> _Names:
    own: dict[str, _Roles] = {}
    titles: dict[str, _Roles] = {name: frozenset() for name in _spellings(title_words.other_jobs)}
    alone: dict[str, _Roles] = {}
    for role in roles:
        _add(own, _spellings([*_parts_of_name(role.name), *_parts_of_name(role.plural)]), role.id)
        _add(titles, _spellings(role.titles), role.id)
        _add(alone, _spellings(role.whole_titles), role.id)
    levels = frozenset(word for text in title_words.levels for word in _words(text.casefold()))
    texts = [text for role in roles for text in (role.name, role.plural, *role.titles, *role.whole_titles)]
    last_words = frozenset(_words(text.casefold())[-1] for text in texts if _words(text)) - levels
    # A role's own name means this role only, whatever titles other roles claim.
    return _Names(anywhere=titles | own, alone=alone, own=frozenset(own), levels=levels, last_words=last_words)


def _add(meanings: dict[str, _Roles], names: Iterator[str], role: str) -> None:
    for name in names:
        meanings[name] = meanings.get(name, frozenset()) | {role}


def _spellings(texts: Sequence[str]) -> Iterator[str]:
    """Each of `texts` without spaces, and the same with an "s" added."""
    for text in texts:
        name = "".join(_words(text.casefold()))
        if name:
            yield name
            yield f"{name}s"


def _parts_of_name(name: str) -> list[str]:
    """A role's name and the names that it consists of: "DevOps" and "SRE" of "DevOps/SRE"."""
    return [name, *re.split(r"/|,| and | or ", name)]


def _words(text: str) -> _Words:
    return tuple(re.findall(r"\w+", text))
