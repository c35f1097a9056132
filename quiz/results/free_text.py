"""What a person's free text says. It is shown next to the ratings and never changes the match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quiz.bank import Bank, OtherWork, Role
from quiz.bank.answer_sheet import AnswerSheet, SheetRow
from quiz.text import matcher
from quiz.text.matcher import HighlightedPhrase, TextMatch

#: Only this many responsibilities, those that the text mentions most, are checked for contradicting answers.
MAX_CHECKED_RESPONSIBILITIES = 3
#: Further roles are named too if their similarity is at least this share of the strongest one.
MIN_NAMED_SHARE = 0.6
#: From this share on, two roles are too near each other for the text to say which of them comes first.
MIN_EQUAL_SHARE = 0.9
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
    """How similar a text is to one role, from 0 to 1, and by which phrases."""

    role: Role
    similarity: float
    phrases: tuple[str, ...]

    @property
    def percent(self) -> float:
        """The length of its bar, in percent of the track: similarity 1 fills it."""
        return round(100 * self.similarity, 1)


@dataclass(frozen=True)
class FreeTextResult:
    """What a person's free text says.

    If it is not `recognised`, the text has too little in common with any role, and all but `other_work` is empty: the
    work in it that the quiz does not ask about. `roles` are ordered by similarity, strongest first. `segments` join to
    the text. `contradictions` are rows of the sheet where the text speaks of a responsibility that was answered with
    "hardly ever".
    """

    recognised: bool
    other_work: tuple[OtherWork, ...] = ()
    roles: tuple[RoleSimilarity, ...] = ()
    segments: tuple[TextSegment, ...] = ()
    contradictions: tuple[SheetRow, ...] = ()

    @property
    def closest_roles(self) -> tuple[Role, ...]:
        """The most similar role, and those that are too near it to be ranked behind it."""
        return tuple(each.role for each in self.roles if each.similarity >= MIN_EQUAL_SHARE * self._highest_similarity)

    @property
    def further_roles(self) -> tuple[Role, ...]:
        """The roles behind `closest_roles` that are similar enough to be named."""
        min_similarity = MIN_NAMED_SHARE * self._highest_similarity
        named = [each.role for each in self.roles if each.similarity >= min_similarity]
        return tuple(named[len(self.closest_roles) :])

    @property
    def is_ranked(self) -> bool:
        """Whether one role is clearly the most similar."""
        return len(self.closest_roles) == 1

    @property
    def _highest_similarity(self) -> float:
        return max((each.similarity for each in self.roles), default=0.0)

    @property
    def is_long(self) -> bool:
        """Whether the text is too long to be shown before the reader opens it."""
        return sum(len(segment.text) for segment in self.segments) > MAX_UNFOLDED_CHARACTERS


def read_free_text(bank: Bank, sheet: AnswerSheet, text: str) -> FreeTextResult:
    """What `text` says, and which answers of `sheet` contradict it. Imports scikit-learn."""
    text_matcher = matcher.matcher_for(bank)
    text_match = text_matcher.match(text)
    other_work = tuple(work for work in bank.other_work if work.id in text_match.other_work)
    if not text_match.recognised:
        return FreeTextResult(recognised=False, other_work=other_work)
    highlights = text_matcher.highlights(text)
    roles = _role_similarities(bank, text_match, matcher.strongest_phrases(text, highlights))
    role_numbers = {similarity.role.id: number for number, similarity in enumerate(roles, 1)}
    return FreeTextResult(
        recognised=True,
        other_work=other_work,
        roles=roles,
        segments=_segments(text, highlights, role_numbers),
        contradictions=_contradictions(sheet, text_match),
    )


def _role_similarities(
    bank: Bank, text_match: TextMatch, phrases: Mapping[str, tuple[str, ...]]
) -> tuple[RoleSimilarity, ...]:
    similarities = []
    for id, similarity in text_match.roles.items():
        similarities.append(RoleSimilarity(bank.role[id], similarity, phrases.get(id, ())))
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
    """Of the responsibilities that the text mentions most, those that were answered with a very low level.

    Only those of roles that are similar enough to be named: a few words can suggest a single responsibility by chance.
    """
    similarity = text_match.responsibilities
    min_similarity = max(similarity.values()) / 2
    min_role_similarity = MIN_NAMED_SHARE * max(text_match.roles.values())
    most_mentioned = sorted(sheet.rows, key=lambda row: -similarity[row.responsibility.id])
    contradictions = []
    for row in most_mentioned[:MAX_CHECKED_RESPONSIBILITIES]:
        level = row.answer.level if row.answer else None
        is_low = level is not None and level <= MAX_CONTRADICTING_LEVEL
        is_named = text_match.roles[row.responsibility.role] >= min_role_similarity
        if is_low and is_named and similarity[row.responsibility.id] >= min_similarity:
            contradictions.append(row)
    return tuple(contradictions)
