"""Splits a text into words that can be compared: one stem for all forms and spellings of a word.

Nothing here depends on roles: `quiz.text.matcher` compares the words with the vocabularies of a bank. The word lists
are in `word_lists.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

_TOKEN = re.compile(
    r"""
      (?P<gap> <[^<>\n]{1,200}> | [.;:!?](?=\s|$) | [\n•|…] )             # a tag, a stop or a new line ends a phrase
    | (?<![^\W_]) (?P<sign> c\+\+ | [cf]\# | (?:asp)?\.net\b | ci\s?[/-]\s?cd\b | a/b\b | 24\s?[/x]\s?7\b
        | 1 (?: :1s? | -1s | on1s? | -on-1s? ) \b )
    | (?<![^\W_]) (?P<letter> (?-i:[CR]) ) (?![\w&'’+\#-]|\.\w)           # the languages C and R
    | (?P<word> [^\W_]+ (?:['’][^\W_]+)* (?:\.js\b)? )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Longer runs of letters and digits are no words.
_MAX_WORD_CHARACTERS = 40
_STEM_CACHE_SIZE = 1 << 15

_LISTS = tomllib.loads(Path(__file__).with_name("word_lists.toml").read_text(encoding="utf-8"))
STOP_WORDS = frozenset(_LISTS["stop_words"].split())
_ALIASES: Mapping[str, str] = _LISTS["aliases"]
_SUFFIXES: Sequence[Sequence[str]] = _LISTS["suffixes"]


@dataclass(frozen=True)
class Token:
    """A word, `text[start:end]`, by its stem. The stem "" is a gap, which no phrase crosses."""

    stem: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of `text` in order, without stop words and numbers; a compound is one word.

    >>> [token.stem for token in tokens("Optimised the C++ back-end; on call")]
    ['optimis', 'cplusplus', 'backend', '', 'oncal']
    """
    phrase: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, start, end = match.lastgroup, match.start(), match.end()
        if kind == "gap":
            yield from _meaningful_tokens(phrase)
            yield Token("", start, end)
            phrase = []
        elif kind == "letter":
            phrase.append(Token(f"{match[0].lower()}language", start, end))
        elif end - start <= _MAX_WORD_CHARACTERS:
            phrase.append(Token(stem(match[0]), start, end))
    yield from _meaningful_tokens(phrase)


def stems(text: str) -> list[str]:
    """The stems of `tokens`."""
    return [token.stem for token in tokens(text)]


def is_specific(stem: str) -> bool:
    """Whether this is a word, and no everyday one: only these say alone what kind of work a text is about."""
    return bool(stem) and stem not in _EVERYDAY_STEMS


def specific_words(stems: Sequence[str]) -> list[str]:
    """The words that are not everyday ones."""
    return [stem for stem in stems if stem and stem not in _EVERYDAY_STEMS]


def pair_feature(first: str, second: str) -> str:
    """The feature of two neighbours, the same in either order."""
    return f"{first} {second}" if first < second else f"{second} {first}"


def features(stems: Sequence[str]) -> list[str]:
    """What two texts can have in common: words that are not everyday ones, and pairs of neighbours in either order.

    >>> features(stems("performance of the queries"))
    ['performanc', 'queri', 'performanc queri']
    """
    words = specific_words(stems)
    pairs = [pair_feature(first, second) for first, second in pairwise(stems) if first and second]
    return words + pairs


def _meaningful_tokens(phrase: list[Token]) -> Iterator[Token]:
    """The tokens of a phrase without stop words and numbers, those of a compound joined."""
    position = 0
    while position < len(phrase):
        compound = _compound_at(phrase, position)
        if compound:
            stem, length = compound
            yield Token(stem, phrase[position].start, phrase[position + length - 1].end)
            position += length
            continue
        token = phrase[position]
        if len(token.stem) > 1 and token.stem not in STOP_WORDS and not token.stem.isdecimal():
            yield token
        position += 1


def _compound_at(phrase: list[Token], position: int) -> tuple[str, int] | None:
    """The stem and the number of words of the compound that begins at `position`, if one does."""
    for length in _COMPOUND_LENGTHS.get(phrase[position].stem, ()):
        words = tuple(token.stem for token in phrase[position : position + length])
        if words in _COMPOUNDS:
            return _COMPOUNDS[words], length
    return None


@lru_cache(maxsize=_STEM_CACHE_SIZE)
def stem(word: str) -> str:
    """`word` in lower case and British spelling, without plural and common endings, so that its forms are equal.

    >>> {stem(word) for word in ("Modeling", "modelling", "models", "modelled")}
    {'model'}
    """
    word = re.sub(r"\s", "", word.lower()).replace("’", "'").removesuffix("'s")
    if word in _ALIASES:
        return _ALIASES[word]
    if word in STOP_WORDS or len(word) < 4:
        return word
    if len(word) == 4:
        return word.removesuffix("s").removesuffix("e")  # APIs, GPUs; code as in coding
    word = word.removesuffix(".js")
    if len(word) > 5:
        word = word.removesuffix("js")  # reactjs, angularjs
    word = _without_suffix(_one_spelling(word))
    if len(word) > 4:
        word = _without_double_letter(word).removesuffix("e")
    if word.endswith("y") and len(word) > 3:
        word = word[:-1] + "i"
    return word


def _one_spelling(word: str) -> str:
    """British and American spellings of a word made equal: optimise, behavior, catalog, program, center."""
    word = re.sub(r"(?<=[iy])z(?=e$|es$|ed$|ers?$|ing$|ations?$)", "s", word)
    word = re.sub(r"(?<=\w{3})our(?=$|s$|al)", "or", word)
    word = re.sub(r"tre(?=s?$)", "ter", word)
    word = re.sub(r"mme(?=s?$)", "m", word)
    return re.sub(r"ogue(?=s?$)", "og", word)


def _without_suffix(word: str) -> str:
    """`word` with the first suffix that fits replaced, if enough of the word remains."""
    for suffix, replacement in _SUFFIXES:
        min_remaining = 2 if replacement else 3
        if word.endswith(suffix) and len(word) - len(suffix) >= min_remaining:
            return word.removesuffix(suffix) + replacement
    return word


def _without_double_letter(word: str) -> str:
    """`word` without the second of two equal last letters: "modell" of "modelling" is "model", "process" stays."""
    last = word[-1]
    can_be_dropped = last not in "aelosz" or (last == "l" and len(word) > 5)
    return word[:-1] if last == word[-2] and can_be_dropped else word


def _read_compounds() -> dict[tuple[str, ...], str]:
    """The stems of the words of each compound, and its own stem."""
    compounds: dict[tuple[str, ...], str] = {}
    for compound in _LISTS["compounds"]:
        words = tuple(map(stem, compound.split()))
        compounds[words] = stem(compound.replace(" ", ""))
    for phrase, short_form in _LISTS["abbreviations"].items():
        compounds[tuple(map(stem, phrase.split()))] = short_form
    return compounds


_EVERYDAY_STEMS = frozenset(map(stem, _LISTS["everyday_words"].split()))
_COMPOUNDS = _read_compounds()
# By first word the numbers of words that a compound can have. No compound begins with another.
_COMPOUND_LENGTHS: dict[str, set[int]] = defaultdict(set)
for _words in _COMPOUNDS:
    _COMPOUND_LENGTHS[_words[0]].add(len(_words))
