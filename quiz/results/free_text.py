"""What a person's free text says, next to the ratings and never part of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from quiz.bank import Bank, Role
from quiz.bank.answer_sheet import AnswerSheet, SheetRow
from quiz.text import matcher
from quiz.text.matcher import Mark, Reading

#: Of so many responsibilities that a text speaks of most, a low answer is worth a second look.
LOUD = 3
#: From this part of the strongest similarity on, in percent, a text is said to sound like a second role as well.
NOT_FAR = 60
#: A marked text with more characters than this is folded away, so that the page stays calm.
LONG = 700
#: Up to this level an answer says "hardly ever".
SELDOM = 0.1


@dataclass(frozen=True)
class Piece:
    """A stretch of a person's own text, with the number of the role it speaks for in `Heard.roles`, if it does."""

    text: str
    number: int | None


@dataclass(frozen=True)
class Sound:
    """How much a text sounds like one role: `similarity` from 0 to 1, `percent` of the strongest, by which words."""

    role: Role
    similarity: float
    percent: int
    carriers: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """What a person's own words sound like, beside the ratings and never part of them.

    Without `recognised` the text has too little in common with any role, and nothing else is to be shown. `doubts` are
    lines where words and ratings disagree: written about, but answered with hardly ever.
    """

    recognised: bool
    roles: tuple[Sound, ...] = ()
    pieces: tuple[Piece, ...] = ()
    doubts: tuple[SheetRow, ...] = ()

    @property
    def loudest(self) -> tuple[Sound, ...]:
        """The role that it sounds most like, and the next one where that is not far behind."""
        return tuple(sound for sound in self.roles[:2] if sound.percent >= NOT_FAR)

    @property
    def long(self) -> bool:
        """Whether the text is so long that a page had better show it only when asked."""
        return sum(len(piece.text) for piece in self.pieces) > LONG


def read_free_text(bank: Bank, lines: AnswerSheet, text: str) -> Heard:
    reader = matcher.of(bank)
    reading = reader.read(text)
    if not reading.recognised:
        return Heard(recognised=False)
    marks = reader.marks(text)
    carriers = matcher.carriers(text, marks)
    strongest = max(reading.roles.values())
    sounds = tuple(
        Sound(bank.role[id], value, round(100 * value / strongest), carriers.get(id, ()))
        for id, value in sorted(reading.roles.items(), key=lambda pair: -pair[1])
    )
    number = {sound.role.id: n for n, sound in enumerate(sounds, 1)}
    return Heard(True, sounds, tuple(_pieces(text, marks, number)), tuple(_doubts(lines, reading)))


def _pieces(text: str, marks: Sequence[Mark], number: Mapping[str, int]) -> Iterator[Piece]:
    end = 0
    for mark in marks:
        if mark.start > end:
            yield Piece(text[end : mark.start], None)
        yield Piece(text[mark.start : mark.end], number[mark.role])
        end = mark.end
    if end < len(text):
        yield Piece(text[end:], None)


def _doubts(lines: AnswerSheet, reading: Reading) -> Iterator[SheetRow]:
    """What the text speaks of most, where the answer was one of the two lowest."""
    loudest = max(reading.responsibilities.values())
    for line in sorted(lines.rows, key=lambda line: -reading.responsibilities[line.responsibility.id])[:LOUD]:
        seldom = line.answer is not None and line.answer.level is not None and line.answer.level <= SELDOM
        if seldom and reading.responsibilities[line.responsibility.id] >= loudest / 2:
            yield line
