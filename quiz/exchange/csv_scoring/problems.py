"""What cannot be read in a CSV file, as lines of an error message."""

from __future__ import annotations

import csv
from typing import IO, Any, NamedTuple

import click

from quiz.exchange.csv_scoring.lines import RowTooLongError
from quiz.exchange.score_request import MAX_TEXT_CHARACTERS

#: Problems that an error message lists at most.
MAX_PROBLEMS = 20
ENCODING_HINT = "save the file as CSV in UTF-8"


class CsvInputError(click.ClickException):
    """A file that cannot be scored: one line for each problem, `FILE:LINE: column: what is wrong; hint`."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=True)


class CsvProblem(NamedTuple):
    """One thing in a CSV file that cannot be read. `line` counts as an editor does, from 1."""

    line: int
    column: str
    detail: str
    hint: str


class CsvProblems:
    """The first problems of a file, and how many there are.

    Attributes
    ----------
    count : int
        All problems so far.
    """

    def __init__(self, file_name: str) -> None:
        self.count = 0
        self._file_name = file_name
        self._first: list[CsvProblem] = []

    @property
    def is_full(self) -> bool:
        """Whether further problems are only counted."""
        return len(self._first) == MAX_PROBLEMS

    def add_block(self, problems: list[CsvProblem]) -> None:
        """Add problems in any order; those of one line stay in this order. Later ones must be on later lines."""
        self.count += len(problems)
        if not self.is_full:
            self._first = sorted([*self._first, *problems], key=lambda problem: problem.line)[:MAX_PROBLEMS]

    def error(self) -> CsvInputError:
        """The first problems as an error message, and how many more there are."""
        name = self._file_name
        lines = [f"{name}:{line}: {column}: {detail}; {hint}" for line, column, detail, hint in self._first]
        more = self.count - len(self._first)
        if more:
            lines.append(f"{name}: {more:,} more problem{'' if more == 1 else 's'}")
        return CsvInputError("\n".join(lines))


def explain_csv_error(error: csv.Error) -> tuple[str, str]:
    """Detail and hint for an error of `csv.reader` or `LimitedLines`."""
    if isinstance(error, RowTooLongError):
        return str(error), f"keep texts to {MAX_TEXT_CHARACTERS:,} characters, or add the missing quotation mark"
    return str(error), "correct the quotes"


def explain_invalid_character(character: str) -> tuple[str, str]:
    """Detail and hint for a cell with a character of `INVALID_CHARACTER`."""
    return "contains a NUL byte" if character == "\0" else "is not UTF-8 text", ENCODING_HINT
