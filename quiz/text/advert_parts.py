"""Finds the parts of a job advert that are not about the work: benefits, the company, how to apply.

A heading opens a part. Whether a part or a single sentence is about the work is decided by its own words: those of
`advert_words.toml` against those that the vocabularies of the bank know.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from quiz.text.tokenizer import Token, stems

_LISTS = tomllib.loads(Path(__file__).with_name("advert_words.toml").read_text(encoding="utf-8"))
#: How much the stems of a sentence speak for the work of the roles.
WorkWeight = Callable[[Sequence[str]], float]

#: A line that is longer than this is no heading.
MAX_HEADING_CHARACTERS = 60
MAX_HEADING_WORDS = 8
#: Under a heading of another subject, a sentence is about the work only if it has more words of it than this.
MIN_WORK_WEIGHT = 8
#: Two words next to each other say more than each of them alone.
_PAIR_WEIGHT = 2
#: An e-mail signature is at the end and short.
MAX_SIGNATURE_LINES = 12
#: A CV names at least so many periods, such as "2019 – 2022".
MIN_CV_PERIODS = 2
#: Or it has so many headings of a CV.
MIN_CV_HEADINGS = 3

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BULLET = re.compile(r"\s*(?:[•*#>|–—-]+|\d{1,2}[.)])\s+")
_SIGNATURE = re.compile(
    r"\s*(?:--\s*|(?:(?:with )?(?:kind|best|warm|many)? ?(?:regards|wishes|greetings)|yours (?:sincerely|faithfully)"
    r"|sincerely|cheers|best|thanks|thank you),?\s*)",
    re.IGNORECASE,
)
_ABOUT_NAME = re.compile(
    r"about (?!you\b|your\b|the (?:role|job|position|work|project|opportunity)\b|this\b)", re.IGNORECASE
)
_PERIOD = re.compile(
    r"\b(?:19|20)\d\d\s*(?:[-–—/]|to|until)\s*(?:[A-Za-z]{3,9}\.?\s*)?(?:(?:19|20)\d\d\b|present\b|now\b|today\b|current\b)",
    re.IGNORECASE,
)
_ADDRESSES_READER = re.compile(r"\byou(?:r|['’]ll|['’]re)?\b|\bwe\b|\bapply\b|\bcandidates?\b", re.IGNORECASE)


@dataclass(frozen=True)
class AdvertParts:
    """The words of an advert, and which of its sentences are about the work.

    `tokens` are the words that are, with gaps between sentences. `left_out` are the stretches of the text that are not,
    in order. `subjects` name what they are about, without repetition.
    """

    tokens: tuple[Token, ...]
    left_out: tuple[tuple[int, int], ...]
    subjects: tuple[str, ...]


class _Sentence:
    """The words between two gaps; `start` and `end` are where its first and its last character are in the text."""

    def __init__(self, words: Sequence[Token], start: int, end: int, work_weight: WorkWeight) -> None:
        self.words = words
        self.start, self.end = start, end
        word_stems = [word.stem for word in words]
        self.work = work_weight(word_stems)
        self.weights = _subject_weights(word_stems)

    @property
    def other(self) -> float:
        """How much it speaks for subjects other than the work."""
        return sum(self.weights.values())

    @property
    def subject(self) -> str | None:
        """The subject other than the work for which it speaks most."""
        return max(self.weights, key=lambda name: self.weights[name], default=None)

    def is_work(self, part_subject: str | None) -> bool:
        """Whether it is about the work, in a part about `part_subject`, or about the work if that is None."""
        if part_subject:
            return not self.other and self.work > MIN_WORK_WEIGHT
        return not self.other or self.work > self.other


class _Line:
    """One line of the text with its sentences."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.content = text[start:end]
        blanks = len(self.content) - len(self.content.lstrip())
        self.start, self.end = start + blanks, start + len(self.content.rstrip())
        self.sentences: list[_Sentence] = []

    @property
    def is_blank(self) -> bool:
        return not self.content.strip()

    @property
    def is_bullet(self) -> bool:
        return bool(_BULLET.match(self.content)) and not self.content.lstrip().startswith("#")


def find_parts(text: str, tokens: Sequence[Token], work_weight: WorkWeight) -> AdvertParts:
    """The parts of `text`, which has no markup (`quiz.text.plain_text`), from its `tokens`."""
    lines = _lines(text, tokens, work_weight)
    signature_start = _signature_start(lines)
    work_tokens: list[Token] = []
    left_out = [(line.start, line.end) for line in lines[signature_start:] if not line.is_blank]
    subjects: list[str] = []
    part_subject: str | None = None  # None: the part is about the work
    for number, line in enumerate(lines[:signature_start]):
        is_heading = _is_heading(lines, number)
        if is_heading:
            part_subject = _heading_subject(line)
        if is_heading and part_subject:
            left_out.append((line.start, line.end))
            subjects.append(part_subject)
            continue
        for sentence in line.sentences:
            if sentence.is_work(part_subject):
                work_tokens += [*sentence.words, Token("", sentence.end, sentence.end)]
            else:
                left_out.append((sentence.start, sentence.end))
                subjects.append(sentence.subject or part_subject or "")
    return AdvertParts(tuple(work_tokens), tuple(sorted(left_out)), tuple(dict.fromkeys(filter(None, subjects))))


def is_cv(text: str) -> bool:
    """Whether `text` is a curriculum vitae: periods and headings of a life, and hardly a word to a reader."""
    lines = text.splitlines()
    headings = {_normalised(line) for line in lines if len(line) <= MAX_HEADING_CHARACTERS} & _CV_HEADINGS
    has_title = bool(headings & {"curriculum vitae", "cv"})
    has_periods = len(_PERIOD.findall(text)) >= MIN_CV_PERIODS
    if not has_title and not has_periods and len(headings) < MIN_CV_HEADINGS:
        return False
    return len(_ADDRESSES_READER.findall(text)) <= 2 + len(lines) // 20


def _lines(text: str, tokens: Sequence[Token], work_weight: WorkWeight) -> list[_Line]:
    lines: list[_Line] = []
    start = 0
    for content in text.split("\n"):
        lines.append(_Line(text, start, start + len(content)))
        start += len(content) + 1
    number = 0
    sentence_start = 0
    words: list[Token] = []
    for token in (*tokens, Token("", len(text), len(text))):
        if token.stem:
            words.append(token)
            continue
        if words:
            while lines[number].end < words[0].start:
                number += 1
            content = text[sentence_start : token.start]
            first = sentence_start + len(content) - len(content.lstrip())
            lines[number].sentences.append(_Sentence(words, first, sentence_start + len(content.rstrip()), work_weight))
            words = []
        sentence_start = token.end
    return lines


def _signature_start(lines: Sequence[_Line]) -> int:
    """The number of the line with which an e-mail signature begins; that of lines if there is none."""
    count = len(lines)
    while count and lines[count - 1].is_blank:
        count -= 1
    for number in range(max(1, count - MAX_SIGNATURE_LINES), count):
        if _SIGNATURE.fullmatch(lines[number].content):
            return number
    return len(lines)


def _is_heading(lines: Sequence[_Line], number: int) -> bool:
    """A short line without a full stop, after a blank line or before a list, or one that ends in a colon."""
    line = lines[number]
    content = line.content.strip()
    if not content or len(content) > MAX_HEADING_CHARACTERS or len(_WORD.findall(content)) > MAX_HEADING_WORDS:
        return False
    if content.endswith(":") or content.startswith("#") or (content.startswith("**") and content.endswith("**")):
        return True
    if line.is_bullet or content[-1] in ".,;":
        return False
    if _normalised(content) in _SUBJECT_OF_HEADING or _normalised(content) in _WORK_HEADINGS:
        return True
    is_after_blank = number == 0 or lines[number - 1].is_blank
    following = lines[number + 1] if number + 1 < len(lines) else None
    return (
        is_after_blank
        and following is not None
        and (following.is_bullet or following.is_blank or len(following.content) > len(line.content))
    )


def _heading_subject(line: _Line) -> str | None:
    """What the part under a heading is about; None if it is about the work."""
    words = _normalised(line.content)
    if words in _WORK_HEADINGS:
        return None
    work = sum(sentence.work for sentence in line.sentences)
    strongest = max(line.sentences, key=lambda sentence: sentence.other, default=None)
    if strongest and strongest.other > work:
        return strongest.subject
    is_about_company = bool(_ABOUT_NAME.match(words)) and not work
    return _SUBJECT_OF_HEADING.get(words, _COMPANY if is_about_company else None)


def _normalised(line: str) -> str:
    return " ".join(_WORD.findall(line.lower().replace("’", "'")))


def _subject_weights(word_stems: Sequence[str]) -> dict[str, float]:
    """How much the stems of a sentence speak for each subject that is not the work."""
    weights: dict[str, float] = {}
    previous = ""
    for stem in word_stems:
        for name in _SUBJECTS_OF_WORD.get(stem, ()):
            weights[name] = weights.get(name, 0) + 1
        for name in _SUBJECTS_OF_PAIR.get((previous, stem), ()):
            weights[name] = weights.get(name, 0) + _PAIR_WEIGHT
        previous = stem
    return weights


def _read_subjects() -> tuple[dict[str, set[str]], dict[tuple[str, str], set[str]]]:
    """The subjects of each word and of each pair of words."""
    words: dict[str, set[str]] = {}
    pairs: dict[tuple[str, str], set[str]] = {}
    for part in _LISTS["parts"]:
        for phrase in part["words"]:
            phrase_stems = [stem for stem in stems(phrase) if stem]
            if len(phrase_stems) == 1 and len(phrase.split()) == 1:
                words.setdefault(phrase_stems[0], set()).add(part["name"])
            for pair in pairwise(phrase_stems):
                pairs.setdefault(pair, set()).add(part["name"])
    return words, pairs


_SUBJECTS_OF_WORD, _SUBJECTS_OF_PAIR = _read_subjects()
_COMPANY = "the company"
_SUBJECT_OF_HEADING = {_normalised(heading): part["name"] for part in _LISTS["parts"] for heading in part["headings"]}
_WORK_HEADINGS = frozenset(map(_normalised, _LISTS["work-headings"]))
_CV_HEADINGS = frozenset(map(_normalised, _LISTS["cv"]["headings"]))
