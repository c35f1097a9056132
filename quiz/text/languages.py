"""Finds text in a language other than English, as far as common words and letters show."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from quiz.text.tokenizer import STOP_WORDS

#: A line with fewer words is not judged alone: a job title or a list of tools has no common words of any language.
MIN_LINE_WORDS = 6
#: A longer text with fewer words of other languages has no line in one.
MIN_FOREIGN_WORDS = 3
MIN_QUICK_CHARACTERS = 500

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LINE = re.compile(r"[^\n]+")
_NON_LATIN_LETTER = re.compile(r"[^\W\d_\u0000-\u024f]")
_LISTS = tomllib.loads(Path(__file__).with_name("advert_words.toml").read_text(encoding="utf-8"))
_FOREIGN_WORDS = frozenset(_LISTS["other-languages"]["words"].split()) - STOP_WORDS


class EnglishText(NamedTuple):
    """A text with blanks for its lines in other languages, of the same length; `left_out` are their positions.

    `is_other_language` says whether what remains is in another language too.
    """

    text: str
    left_out: tuple[tuple[int, int], ...] = ()
    is_other_language: bool = False


def is_other_language(text: str) -> bool:
    """Whether `text` has more common words of other languages than of English, or mostly letters of another script.

    >>> is_other_language("Wir suchen eine Person für das Team"), is_other_language("We need you for the team")
    (True, False)
    """
    words = _WORD.findall(text.lower())
    letter_count = sum(map(len, words))
    if not text.isascii() and len(_NON_LATIN_LETTER.findall(text)) > letter_count / 2:
        return True
    foreign = sum(word in _FOREIGN_WORDS for word in words)
    english = sum(word in STOP_WORDS for word in words)
    return foreign > english and foreign >= len(words) / 20


def english_part(text: str) -> EnglishText:
    """`text` without its lines in other languages: some adverts say everything twice.

    >>> english_part("You build pipelines.\\nTu construis des flux de données pour nous.").left_out
    ((21, 64),)
    """
    if not _may_have_other_language(text):
        return EnglishText(text)
    stretches = []
    for line in _LINE.finditer(text):
        if len(line[0].split()) >= MIN_LINE_WORDS and is_other_language(line[0]):
            stretches.append(line.span())
    parts, position = [], 0
    for start, end in stretches:
        parts += [text[position:start], " " * (end - start)]
        position = end
    english = "".join(parts) + text[position:]
    return EnglishText(english, tuple(stretches), is_other_language(english))


def _may_have_other_language(text: str) -> bool:
    """A quick look, which spares most adverts the exact one."""
    if len(text) < MIN_QUICK_CHARACTERS or _NON_LATIN_LETTER.search(text):
        return True
    return sum(map(_FOREIGN_WORDS.__contains__, text.lower().split())) >= MIN_FOREIGN_WORDS
