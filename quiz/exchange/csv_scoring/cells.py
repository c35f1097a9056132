"""Reads the cells of a column: each cell stands for a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quiz.exchange.csv_scoring.problems import explain_invalid_character
from quiz.exchange.score_request import INVALID_CHARACTER, printable

# Spellings of cells that are remembered at most.
_MAX_SPELLINGS = 1000


class CellProblem(NamedTuple):
    """A cell that cannot be read: the number of its row in the chunk, what is wrong, and a hint."""

    row: int
    detail: str
    hint: str


class CellReader:
    """Reads the cells of one kind of column.

    Parameters
    ----------
    number_of : callable
        Gives the number, from 0, that a cell stands for, None if it is unknown.
    blank : int
        The number of an empty cell, which an unknown one gets too.
    kind, hint : str
        For the message about an unknown cell.
    """

    def __init__(self, number_of: Callable[[str], int | None], *, blank: int, kind: str, hint: str) -> None:
        self._numbers = _NumberOfCell(number_of)
        self._blank, self._kind, self._hint = blank, kind, hint

    def read(self, cells: Sequence[str]) -> tuple[NDArray[Any], list[CellProblem]]:
        """The numbers of the cells, shape (cells,), and the problems."""
        try:
            # Twice as fast as an array of larger numbers.
            return np.frombuffer(bytes(map(self._numbers.__getitem__, cells)), dtype=np.uint8), []
        except (KeyError, ValueError):  # an unknown cell, or a number over 255
            return self._read_each(cells)

    def _read_each(self, cells: Sequence[str]) -> tuple[NDArray[Any], list[CellProblem]]:
        numbers = np.full(len(cells), self._blank, dtype=np.intp)
        problems = []
        for row, cell in enumerate(cells):
            try:
                numbers[row] = self._numbers[cell]
            except KeyError:
                problems.append(CellProblem(row, *self._explain(cell)))
        return numbers, problems

    def _explain(self, cell: str) -> tuple[str, str]:
        """Detail and hint for a cell that is unknown."""
        if invalid := INVALID_CHARACTER.search(cell):
            return explain_invalid_character(invalid[0])
        return f"unknown {self._kind} '{printable(cell)}'", self._hint


class _NumberOfCell(dict[str, int]):
    """The number that a cell stands for. KeyError if it is unknown."""

    def __init__(self, number_of: Callable[[str], int | None]) -> None:
        super().__init__()
        self._number_of = number_of

    def __missing__(self, cell: str) -> int:
        number = self._number_of(cell)
        if number is None:
            raise KeyError(cell)
        if len(self) < _MAX_SPELLINGS:
            self[cell] = number
        return number
