"""Reads a job advert: which roles the job combines, and which responsibilities it asks for. Nothing is stored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from quiz.bank import Bank, OtherWork
from quiz.text import matcher
from quiz.text.advert_parts import AdvertParts, find_parts, is_cv, is_other_language
from quiz.text.matcher import TextMatch
from quiz.text.plain_text import blank_markup
from quiz.text.tokenizer import tokens

MAX_ADVERT_CHARACTERS = 100_000
#: Each further role of a mix must add more than this to the cosine with the text. It is higher than for the answers to
#: the questions, because every advert has some words of roles that it does not ask for.
ROLE_COST = 0.07
#: A responsibility is asked for from this value on (see `_asked_values`), and mentioned in passing from the lower one.
MIN_ASKED_VALUE = 0.55
MIN_MENTIONED_VALUE = 0.35
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
        The ids of the roles that the job combines, strongest first; empty if it is not recognised.
    roles, responsibilities : dict of str to float
        Cosine similarity by id, 0 to 1. It can be above 0 in a text that is not recognised: that is chance.
    asked, mentioned : tuple of str
        The ids of the responsibilities that it asks for, and of those that it mentions in passing; strongest first.
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
    parts = find_parts(plain_text, list(tokens(plain_text)), text_matcher.work_weight)
    text_match = text_matcher.match_stems([[token.stem for token in parts.tokens]])[0]
    other_work = tuple(work for work in bank.other_work if work.id in text_match.other_work)
    reason = _reason(plain_text, parts, text_match)
    if reason:
        return Advert(
            text=text,
            reason=reason,
            mix=(),
            roles=text_match.roles,
            responsibilities=text_match.responsibilities,
            left_out=parts.left_out,
            subjects=parts.subjects,
            other_work=other_work,
        )
    values = _asked_values(bank, text_match)
    strongest_first = sorted(values, key=lambda id: -values[id])
    highlights = text_matcher.highlight_tokens(plain_text, parts.tokens)
    return Advert(
        text=text,
        reason=None,
        mix=_mix(bank, text_match),
        roles=text_match.roles,
        responsibilities=text_match.responsibilities,
        asked=tuple(id for id in strongest_first if values[id] >= MIN_ASKED_VALUE),
        mentioned=tuple(id for id in strongest_first if MIN_MENTIONED_VALUE <= values[id] < MIN_ASKED_VALUE),
        marks=tuple(Mark(phrase.start, phrase.end, phrase.role, phrase.responsibility) for phrase in highlights),
        left_out=parts.left_out,
        subjects=parts.subjects,
        other_work=other_work,
    )


def _reason(plain_text: str, parts: AdvertParts, text_match: TextMatch) -> NotRecognised | None:
    """Why the text is not recognised, or None."""
    if is_other_language(plain_text):
        return "other-language"
    if is_cv(plain_text):
        return "cv"
    return None if text_match.recognised else _reason_of_content(plain_text, parts, text_match)


def _reason_of_content(plain_text: str, parts: AdvertParts, text_match: TextMatch) -> NotRecognised:
    if not plain_text.strip():
        return "empty"
    if text_match.other_work:
        return "other-work"
    if parts.left_out and not parts.tokens:
        return "no-work"
    return "short" if len(plain_text.split()) < MIN_WORDS else "unknown"


def _mix(bank: Bank, text_match: TextMatch) -> tuple[str, ...]:
    """The strongest roles together, as many as fit best: the rule of `quiz.scoring` with a higher cost.

    The fit of the first k roles is the cosine of the text's responsibilities with the sum of the roles' vectors, less
    the cost of k roles.
    """
    ranking = sorted(text_match.roles, key=lambda id: -text_match.roles[id])
    length = math.hypot(*text_match.responsibilities.values())
    total, count = 0.0, 0
    best_fit, best_size = -math.inf, 0
    for size, id in enumerate(ranking, 1):
        items = bank.role[id].responsibilities
        total += sum(text_match.responsibilities[item.id] for item in items)
        count += len(items)
        fit = total / (length * math.sqrt(count)) - ROLE_COST * size
        if fit > best_fit:
            best_fit, best_size = fit, size
    return tuple(ranking[:best_size])


def _asked_values(bank: Bank, text_match: TextMatch) -> dict[str, float]:
    """How clearly each responsibility is asked for, 0 to 1.

    The geometric mean of its own similarity and that of its role, each as a share of the highest one: the work of one
    role mostly comes together, so a few words for it say more in an advert that is about the role anyway.
    """
    highest = max(text_match.responsibilities.values())
    highest_role = max(text_match.roles.values())
    values = {}
    for id, similarity in text_match.responsibilities.items():
        role_similarity = text_match.roles[bank.responsibility[id].role]
        values[id] = math.sqrt(similarity / highest * role_similarity / highest_role)
    return values
