"""Reads the columns with answers to follow-up questions: the base, and one for each role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from quiz.bank import FOLLOW_UP_BASE, FOLLOW_UP_PREFIX, Bank
from quiz.exchange.csv_scoring.cells import CellProblem, CellReader
from quiz.exchange.personal_data import follow_up_columns
from quiz.exchange.spellings import FollowUpSpellings
from quiz.scoring.follow_ups import NO_ANSWER, FollowUpSheets
from quiz.scoring.scoring_model import ScoringModel

_BASE_COLUMN = FOLLOW_UP_PREFIX + FOLLOW_UP_BASE
# The number of a blank cell. Those of roles and answers follow, so that they are `NO_ANSWER` and indices less one.
_BLANK = 0


class FollowUpColumns:
    """The columns of a file with answers to follow-up questions.

    `places` are the places of the known columns by name. Columns of other names are ignored.
    """

    def __init__(self, bank: Bank, model: ScoringModel, places: Mapping[str, int]) -> None:
        self._places = {column: places[column] for column in follow_up_columns(bank) if column in places}
        self._roles = model.roles
        self._base = _base_reader(bank, model)
        self._answer = _answer_reader(bank, model)

    @property
    def exist(self) -> bool:
        """Whether the file has such a column."""
        return bool(self._places)

    def read(
        self, columns: Sequence[Sequence[str]], count: int
    ) -> tuple[FollowUpSheets, list[tuple[int, CellProblem]]]:
        """The answers of a chunk of `count` rows, and the problems, each with the place of its column."""
        numbers = {column: np.full(count, _BLANK, dtype=np.intp) for column in (_BASE_COLUMN, *self._places)}
        problems = []
        for column, place in self._places.items():
            reader = self._base if column == _BASE_COLUMN else self._answer
            numbers[column], column_problems = reader.read(columns[place])
            problems += [(place, problem) for problem in column_problems]

        base = numbers[_BASE_COLUMN].astype(np.intp) - 1
        step = np.full((len(self._roles), count), NO_ANSWER, dtype=np.int8)
        for role, id in enumerate(self._roles):
            column = FOLLOW_UP_PREFIX + id
            if column in self._places:
                step[role] = numbers[column].astype(np.int8) - 1
        sheets = FollowUpSheets(base, step)
        if not problems:
            problems += self._contradictions(sheets)
        return sheets, problems

    def _contradictions(self, sheets: FollowUpSheets) -> Iterator[tuple[int, CellProblem]]:
        """Answers that compare a role with nothing, or with itself."""
        for role, row in np.argwhere(sheets.step != NO_ANSWER).tolist():
            place = self._places[FOLLOW_UP_PREFIX + self._roles[role]]
            if sheets.base[row] == NO_ANSWER:
                hint = f"name the role that it was compared with in {_BASE_COLUMN}"
                yield place, CellProblem(row, "an answer, but no base", hint)
            elif sheets.base[row] == role:
                hint = "leave it blank, or name another base"
                yield place, CellProblem(row, "compares the base with itself", hint)


def _base_reader(bank: Bank, model: ScoringModel) -> CellReader:
    spellings = FollowUpSpellings(bank)
    numbers = {"": _BLANK} | {role: number for number, role in enumerate(model.roles, _BLANK + 1)}

    def number_of(cell: str) -> int | None:
        role = spellings.role(cell)
        return None if role is None else numbers[role]

    return CellReader(number_of, blank=_BLANK, kind="role", hint=f"use one of {', '.join(model.roles)}")


def _answer_reader(bank: Bank, model: ScoringModel) -> CellReader:
    spellings = FollowUpSpellings(bank)
    numbers = {bank.skip.id: _BLANK} | {id: step + _BLANK + 1 for id, step in model.step_of_follow_up.items()}

    def number_of(cell: str) -> int | None:
        answer = spellings.answer(cell)
        return None if answer is None else numbers[answer]

    hint = f"use one of {', '.join(bank.follow_up_option)}, or their labels"
    return CellReader(number_of, blank=_BLANK, kind="answer", hint=hint)
