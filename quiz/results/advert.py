"""Reads a job advert: which roles the job combines, and which responsibilities it asks for. Nothing is stored."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from quiz.bank import Bank, OtherWork
from quiz.text import matcher
from quiz.text.advert_parts import AdvertParts, find_parts, is_cv
from quiz.text.languages import EnglishText, english_part
from quiz.text.matcher import TextMatch
from quiz.text.plain_text import blank_markup
from quiz.text.tokenizer import tokens

MAX_ADVERT_CHARACTERS = 100_000
#: A role belongs to the mix if it is the most similar one, if its strength (see `_role_strengths`) is at least this
#: share of the highest, or if the text asks for all of its responsibilities. The rule for answers would name more,
#: because adverts have some words of most roles.
MIN_ROLE_SHARE = 0.7
#: A responsibility is asked for from this value on (see `_asked_values`).
MIN_ASKED_VALUE = 0.06
#: Otherwise it is mentioned briefly if the marks for it have at least so many different words.
MIN_MENTIONED_WORDS = 2
#: A text with fewer words that is not recognised is called short.
MIN_WORDS = 25

#: Why a text is not recognised: it has no words; it is short; another language; a curriculum vitae; no part of it is
#: about the work; it is about work that the bank does not ask about; its words are those of no role.
NotRecognised = Literal["empty", "short", "other-language", "cv", "no-work", "other-work", "unknown"]


@dataclass(frozen=True)
class Mark:
    """A part of the text as it was given, `text[start:end]`, that speaks for a responsibility. Both are ids."""

    start: int
    end: int
    role: str
    responsibility: str


@dataclass(frozen=True)
class Advert:
    """What an advert says.

    Attributes
    ----------
    text : str
        As it was given.
    reason : str or None
        Why it is not recognised; None if it is.
    mix : tuple of str
        The ids of the roles that the job combines, the most similar first; empty if it is not recognised.
    roles, responsibilities : dict of str to float
        Cosine similarity by id, 0 to 1. It can be above 0 in a text that is not recognised: that is chance.
    asked, mentioned : tuple of str
        The ids of the responsibilities that it asks for, at least one if it is recognised, and of those that it
        mentions only briefly; strongest first.
    marks : tuple of Mark
        In order, never overlapping.
    left_out : tuple of (int, int)
        Where the text is not about the work, in order, as positions like those of a mark.
    subjects : tuple of str
        What the text is about there.
    other_work : tuple of OtherWork
        Work outside the roles that it is about too.
    """

    text: str
    reason: NotRecognised | None
    mix: tuple[str, ...]
    roles: Mapping[str, float]
    responsibilities: Mapping[str, float]
    asked: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    left_out: tuple[tuple[int, int], ...] = ()
    subjects: tuple[str, ...] = ()
    other_work: tuple[OtherWork, ...] = ()

    @property
    def recognised(self) -> bool:
        """Whether the text is about the work of a role."""
        return self.reason is None


def read_advert(bank: Bank, text: str) -> Advert:
    """What the advert `text` says: up to `MAX_ADVERT_CHARACTERS`, in English, with or without HTML.

    Imports scikit-learn. Parts that are not about the work (benefits, the company, how to apply) do not count.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> advert = read_advert(shipped, "You build data pipelines with Airflow. You load our data warehouse.")
    >>> advert.recognised, advert.mix, advert.text[advert.marks[0].start : advert.marks[0].end]
    (True, ('data-engineer',), 'build data pipelines with Airflow')
    >>> read_advert(shipped, "Shall I compare thee to a summer's day?").reason
    'short'
    """
    plain_text = blank_markup(text)
    text_matcher = matcher.matcher_for(bank)
    english = english_part(plain_text)
    parts = find_parts(english.text, list(tokens(english.text)), text_matcher.work_weight)
    text_match = text_matcher.match_stems([[token.stem for token in parts.tokens]])[0]
    other_work = tuple(work for work in bank.other_work if work.id in text_match.other_work)
    left_out = tuple(sorted({*parts.left_out, *english.left_out}))
    subjects = (*parts.subjects, "another language") if english.left_out else parts.subjects
    reason = _reason(english, parts, text_match)
    if reason:
        return Advert(
            text=text,
            reason=reason,
            mix=(),
            roles=text_match.roles,
            responsibilities=text_match.responsibilities,
            left_out=left_out,
            subjects=subjects,
            other_work=other_work,
        )
    strengths = _role_strengths(bank, text_match)
    values = _asked_values(bank, text_match, strengths)
    strongest, *others = sorted(values, key=lambda id: -values[id])
    asked = (strongest, *(id for id in others if values[id] >= MIN_ASKED_VALUE))
    highlights = text_matcher.highlight_tokens(plain_text, parts.tokens)
    marks = tuple(Mark(phrase.start, phrase.end, phrase.role, phrase.responsibility) for phrase in highlights)
    marked = _marked_responsibilities(plain_text, marks)
    return Advert(
        text=text,
        reason=None,
        mix=_mix(bank, text_match, strengths, asked),
        roles=text_match.roles,
        responsibilities=text_match.responsibilities,
        asked=asked,
        mentioned=tuple(id for id in others if id in marked and id not in asked),
        marks=marks,
        left_out=left_out,
        subjects=subjects,
        other_work=other_work,
    )


def _reason(english: EnglishText, parts: AdvertParts, text_match: TextMatch) -> NotRecognised | None:
    """Why the text is not recognised, or None."""
    is_mostly_other_language = english.left_out and len(english.text.split()) < MIN_WORDS
    if is_mostly_other_language or english.is_other_language:
        return "other-language"
    if is_cv(english.text):
        return "cv"
    names_work = any(text_match.responsibilities.values())  # and not only languages and tools
    if text_match.recognised and names_work:
        return None
    return _reason_of_content(english.text, parts, text_match)


def _reason_of_content(plain_text: str, parts: AdvertParts, text_match: TextMatch) -> NotRecognised:
    if not plain_text.strip():
        return "empty"
    if text_match.other_work:
        return "other-work"
    if parts.left_out and not parts.tokens:
        return "no-work"
    return "short" if len(plain_text.split()) < MIN_WORDS else "unknown"


def _marked_responsibilities(plain_text: str, marks: Iterable[Mark]) -> set[str]:
    """The ids of the responsibilities for which enough different words are marked."""
    words: dict[str, set[str]] = {}
    for mark in marks:
        words.setdefault(mark.responsibility, set()).update(plain_text[mark.start : mark.end].lower().split())
    return {id for id, marked in words.items() if len(marked) >= MIN_MENTIONED_WORDS}


def _role_strengths(bank: Bank, text_match: TextMatch) -> dict[str, float]:
    """How clearly the job is about each role, 0 to 1.

    The geometric mean of the similarity with all its words and the mean similarity with its responsibilities. An advert
    names languages and databases of roles whose work it does not ask for, and these say little about a responsibility.
    """
    strengths = {}
    for role in bank.roles:
        similarities = [text_match.responsibilities[item.id] for item in role.responsibilities]
        strengths[role.id] = math.sqrt(text_match.roles[role.id] * sum(similarities) / len(similarities))
    return strengths


def _mix(bank: Bank, text_match: TextMatch, strengths: Mapping[str, float], asked: Collection[str]) -> tuple[str, ...]:
    """The roles that the job combines, the most similar first."""
    most_similar, *others = sorted(text_match.roles, key=lambda id: -text_match.roles[id])
    minimum = MIN_ROLE_SHARE * max(strengths.values())
    mix = [most_similar]
    for id in others:
        asks_for_all = all(item.id in asked for item in bank.role[id].responsibilities)
        if strengths[id] >= minimum or asks_for_all:
            mix.append(id)
    return tuple(mix)


def _asked_values(bank: Bank, text_match: TextMatch, strengths: Mapping[str, float]) -> dict[str, float]:
    """How clearly each responsibility is asked for, 0 to 1.

    The geometric mean of its own similarity and the strength of its role: the work of one role mostly comes together,
    so a few words for it say more in an advert that is about the role anyway. It is no share of the highest one,
    because then an advert that is mostly about one thing would ask for nothing else.
    """
    values = {}
    for id, similarity in text_match.responsibilities.items():
        values[id] = math.sqrt(similarity * strengths[bank.responsibility[id].role])
    return values
