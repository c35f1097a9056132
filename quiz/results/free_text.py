"""What a person's free text says. It is shown next to the ratings and never changes the match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quiz.bank import Bank, Role
from quiz.bank.answer_sheet import AnswerSheet, SheetRow
from quiz.text import matcher
from quiz.text.matcher import HighlightedPhrase, TextMatch

#: Only this many responsibilities, those that the text mentions most, are checked for contradicting answers.
MAX_CHECKED_RESPONSIBILITIES = 3
#: A second role is named too if its similarity is at least this much of the strongest one, in percent.
MIN_SECOND_ROLE_PERCENT = 60
#: A longer text is hidden until the reader asks for it.
MAX_UNFOLDED_CHARACTERS = 700
#: An answer up to this level contradicts a text about the same work.
MAX_CONTRADICTING_LEVEL = 0.1


@dataclass(frozen=True)
class TextSegment:
    """A part of the text. `role_number` counts `FreeTextResult.roles` from 1; None for a part without a role."""

    text: str
    role_number: int | None


@dataclass(frozen=True)
class RoleSimilarity:
    """How similar a text is to one role: from 0 to 1, in percent of the strongest, and by which phrases."""

    role: Role
    similarity: float
    percent: int
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class FreeTextResult:
    """What a person's free text says.

    If it is not `recognised`, the text has too little in common with any role, and all else is empty. `roles` are
    ordered by similarity, strongest first. `segments` join to the text. `contradictions` are rows of the sheet where
    the text speaks of a responsibility that was answered with "hardly ever".
    """

    recognised: bool
    roles: tuple[RoleSimilarity, ...] = ()
    segments: tuple[TextSegment, ...] = ()
    contradictions: tuple[SheetRow, ...] = ()

    @property
    def closest_roles(self) -> tuple[RoleSimilarity, ...]:
        """The most similar role, and the second one if it is nearly as similar."""
        return tuple(similarity for similarity in self.roles[:2] if similarity.percent >= MIN_SECOND_ROLE_PERCENT)

    @property
    def is_long(self) -> bool:
        """Whether the text is too long to be shown before the reader opens it."""
        return sum(len(segment.text) for segment in self.segments) > MAX_UNFOLDED_CHARACTERS


def read_free_text(bank: Bank, sheet: AnswerSheet, text: str) -> FreeTextResult:
    """What `text` says, and which answers of `sheet` contradict it. Imports scikit-learn."""
    text_matcher = matcher.matcher_for(bank)
    text_match = text_matcher.match(text)
    if not text_match.recognised:
        return FreeTextResult(recognised=False)
    highlights = text_matcher.highlights(text)
    roles = _role_similarities(bank, text_match, matcher.strongest_phrases(text, highlights))
    role_numbers = {similarity.role.id: number for number, similarity in enumerate(roles, 1)}
    return FreeTextResult(
        recognised=True,
        roles=roles,
        segments=_segments(text, highlights, role_numbers),
        contradictions=_contradictions(sheet, text_match),
    )


def _role_similarities(
    bank: Bank, text_match: TextMatch, phrases: Mapping[str, tuple[str, ...]]
) -> tuple[RoleSimilarity, ...]:
    strongest = max(text_match.roles.values())
    similarities = []
    for id, similarity in text_match.roles.items():
        percent = round(100 * similarity / strongest)
        similarities.append(RoleSimilarity(bank.role[id], similarity, percent, phrases.get(id, ())))
    similarities.sort(key=lambda each: -each.similarity)
    return tuple(similarities)


def _segments(
    text: str, highlights: Sequence[HighlightedPhrase], role_numbers: Mapping[str, int]
) -> tuple[TextSegment, ...]:
    segments = []
    end = 0
    for phrase in highlights:
        if phrase.start > end:
            segments.append(TextSegment(text[end : phrase.start], None))
        segments.append(TextSegment(text[phrase.start : phrase.end], role_numbers[phrase.role]))
        end = phrase.end
    if end < len(text):
        segments.append(TextSegment(text[end:], None))
    return tuple(segments)


def _contradictions(sheet: AnswerSheet, text_match: TextMatch) -> tuple[SheetRow, ...]:
    """Of the responsibilities that the text mentions most, those that were answered with a very low level."""
    similarity = text_match.responsibilities
    min_similarity = max(similarity.values()) / 2
    most_mentioned = sorted(sheet.rows, key=lambda row: -similarity[row.responsibility.id])
    contradictions = []
    for row in most_mentioned[:MAX_CHECKED_RESPONSIBILITIES]:
        level = row.answer.level if row.answer else None
        is_low = level is not None and level <= MAX_CONTRADICTING_LEVEL
        if is_low and similarity[row.responsibility.id] >= min_similarity:
            contradictions.append(row)
    return tuple(contradictions)
