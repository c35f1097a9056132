"""The lines of a CSV file, limited so that no file fills the memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from quiz.exchange.score_request import MAX_TEXT_CHARACTERS

#: A quote that is never closed makes one row of the rest of the file: stop long before the end of a large one.
MAX_ROW_CHARACTERS = 10 * MAX_TEXT_CHARACTERS


class RowTooLongError(csv.Error):
    """A row of more than `MAX_ROW_CHARACTERS` characters."""

    def __init__(self) -> None:
        super().__init__(f"a row of more than {MAX_ROW_CHARACTERS:,} characters")


class LimitedLines(Iterator[str]):
    """The lines of a text, with their line ends.

    The line by which a row becomes longer than `MAX_ROW_CHARACTERS` is left out and raises RowTooLongError. The next
    call returns the line after it.

    Attributes
    ----------
    row_characters : int
        Characters since the beginning of the row. Whoever reads rows sets it to 0 after each.
    left_out : int
        Lines that were left out.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.row_characters = self.left_out = 0

    def __next__(self) -> str:
        line = self._text.readline(MAX_ROW_CHARACTERS + 1)
        if not line:
            raise StopIteration
        self.row_characters += len(line)
        if self.row_characters > MAX_ROW_CHARACTERS:
            self._leave_out(line)
            raise RowTooLongError
        return line

    def _leave_out(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(MAX_ROW_CHARACTERS)
        self.left_out += 1
        self.row_characters = 0
