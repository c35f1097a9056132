"""Reads a CSV file of answers, a chunk of rows at a time, and reports what cannot be read with its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cached_property
from itertools import accumulate, chain, islice
from typing import IO, Any, NamedTuple, TextIO

import click
import numpy as np
from numpy.typing import NDArray

from quiz.bank import CSV_COLUMNS
from quiz.exchange.export import result_columns
from quiz.exchange.score_request import INVALID_CHARACTER, MAX_TEXT_CHARACTERS, printable
from quiz.scoring.scoring_model import ScoringModel, Steps

MAX_PROBLEMS = 20
# The columns that are read apart from those of the questions. Scoring ignores the other CSV_COLUMNS.
_ID_COLUMN, _TEXT_COLUMN = "id", "text"
# Rows are scored many at a time, which is faster for each, but few enough for the processor's cache. Texts are long.
CHUNK_ROWS, _CHUNK_ROWS_WITH_TEXTS = 512, 64
# A quote that is never closed makes one cell of the rest of the file: stop long before the end of a large one.
_MAX_CELL_CHARACTERS = 10 * MAX_TEXT_CHARACTERS
# Spellings of cells that are remembered at most.
_MAX_SPELLINGS = 1000
_LINE_BREAK = re.compile("\r\n?|\n")
_ENCODING_HINT = "save the file as CSV in UTF-8"


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


class AnswerRows(NamedTuple):
    """The readable rows of one chunk."""

    ids: list[str]
    steps: Steps  # shape (rows, questions)
    texts: list[str]


class AnswerTable:
    """A CSV file with a header, read as chunks of rows.

    Attributes
    ----------
    problems : list of CsvProblem
        What could not be read so far.
    row_count : int
        Rows read so far.
    skipped_count : int
        Those among them that have a problem.

    Raises
    ------
    CsvInputError
        If the header cannot be used.
    """

    def __init__(self, text: TextIO, name: str, model: ScoringModel) -> None:
        csv.field_size_limit(_MAX_CELL_CHARACTERS)
        self.name, self.model = name, model
        self.row_count = self.skipped_count = 0
        self.problems: list[CsvProblem] = []
        self._step_of_cell = _StepOfCell(model)
        self._read_header(text)

    def error_line(self, problem: CsvProblem) -> str:
        """The problem as one line of an error message."""
        return f"{self.name}:{problem.line}: {problem.column}: {problem.detail}; {problem.hint}"

    # The header

    def _read_header(self, text: TextIO) -> None:
        first_lines = _lines_of_header(text)
        header = "".join(first_lines)
        self._reader = csv.reader(chain(first_lines, text), delimiter=_delimiter(header), strict=True)
        if INVALID_CHARACTER.search(header):
            raise self._header_error("is not UTF-8 text", _ENCODING_HINT)
        try:
            names = next((row for row in self._reader if row), [])
        except csv.Error as error:
            raise self._header_error(*_explain(error)) from error
        if not any(name.strip() for name in names):
            raise self._header_error("is missing", "begin with a line of column names")
        self.columns = [name.strip().lower() for name in names]
        self._check_columns()
        if self.problems:
            raise CsvInputError("\n".join(map(self.error_line, self.problems[:MAX_PROBLEMS])))

    def _check_columns(self) -> None:
        known_columns = [*self.model.questions, *CSV_COLUMNS, *result_columns(self.model.roles)]
        line = self._reader.line_num
        for n, column in enumerate(self.columns):
            if not column:
                self._add_problem(line, "header", f"column {n + 1} has no name", "name or remove it")
            elif column in self.columns[:n]:
                self._add_problem(line, printable(column), "this column occurs twice", "remove one")
            elif column not in known_columns:
                similar = get_close_matches(column, known_columns, 1)
                hint = f"did you mean {similar[0]!r}?" if similar else "use a question id of the bank, id or text"
                self._add_problem(line, printable(column), "unknown column", hint)

    def _header_error(self, detail: str, hint: str) -> CsvInputError:
        line = max(self._reader.line_num, 1)
        return CsvInputError(self.error_line(CsvProblem(line, "header", detail, hint)))

    # The rows

    def chunks(self, *, skip_bad: bool) -> Iterator[AnswerRows]:
        """The readable rows, a chunk at a time.

        Unless `skip_bad`, reading ends soon after `MAX_PROBLEMS` problems. With `skip_bad` problems are only counted.
        """
        chunk_rows = _CHUNK_ROWS_WITH_TEXTS if _TEXT_COLUMN in self.columns else CHUNK_ROWS
        while skip_bad or len(self.problems) < MAX_PROBLEMS:
            if skip_bad:
                self.problems.clear()
            last_line = self._reader.line_num
            rows, error = self._next_rows(chunk_rows)
            if not rows and not error:
                break
            lines = _LineNumbers(rows, last_line)
            if rows:
                yield self._answer_rows(rows, lines)
            if error:
                self.row_count += 1
                self.skipped_count += 1
                detail, hint = _explain(error)
                self._add_problem(lines[len(rows)], "row", f"cannot be read ({detail})", hint)

    def _next_rows(self, count: int) -> tuple[list[list[str]], csv.Error | None]:
        """Up to `count` rows. Before a row that is not CSV there are fewer, and the error that the reader raised."""
        rows: list[list[str]] = []
        try:
            for row in islice(self._reader, count):
                rows.append(row)
        except csv.Error as error:
            return rows, error
        return rows, None

    def _answer_rows(self, rows: list[list[str]], lines: Sequence[int]) -> AnswerRows:
        """The readable ones of `rows`. Works column by column, which is many times faster than row by row."""
        bad_rows: set[int] = set()
        if set(map(len, rows)) != {len(self.columns)}:
            rows, lines = self._with_equal_lengths(rows, lines, bad_rows)
        first_number = self.row_count + 1
        self.row_count += len(rows)

        cells: dict[str, Sequence[str]] = {}
        if rows:
            cells = dict(zip(self.columns, zip(*rows, strict=True), strict=True))
        no_cells = ("",) * len(rows)
        steps = np.full((len(rows), len(self.model.questions)), self.model.skip_step, dtype=np.uint8)
        for n, question in enumerate(self.model.questions):
            if question in cells:
                steps[:, n] = self._steps(question, cells[question], lines, bad_rows)
        ids = [id or str(number) for number, id in enumerate(cells.get(_ID_COLUMN, no_cells), first_number)]
        texts = list(cells.get(_TEXT_COLUMN, no_cells))
        self._check_texts(_ID_COLUMN, ids, lines, bad_rows)
        self._check_texts(_TEXT_COLUMN, texts, lines, bad_rows)

        if not bad_rows:
            return AnswerRows(ids, steps, texts)
        self.skipped_count += len(bad_rows)
        good_rows = [n for n in range(len(rows)) if n not in bad_rows]
        return AnswerRows([ids[n] for n in good_rows], steps[good_rows], [texts[n] for n in good_rows])

    def _with_equal_lengths(
        self, rows: list[list[str]], lines: Sequence[int], bad_rows: set[int]
    ) -> tuple[list[list[str]], list[int]]:
        """The rows that are not blank, and their lines. Rows with too many or too few cells are emptied."""
        length = len(self.columns)
        equal_rows: list[list[str]] = []
        row_lines: list[int] = []
        for n, row in enumerate(rows):
            if not row:
                continue
            if len(row) == length:
                equal_rows.append(row)
            else:
                bad_rows.add(len(equal_rows))
                equal_rows.append([""] * length)
                detail = f"{len(row)} cells where the header has {length}"
                self._add_problem(lines[n], "row", detail, "check for a missing or an unquoted delimiter")
            row_lines.append(lines[n])
        return equal_rows, row_lines

    def _steps(self, column: str, cells: Sequence[str], lines: Sequence[int], bad_rows: set[int]) -> NDArray[np.uint8]:
        """The steps that the cells of one column mean, `skip` for unknown ones."""
        try:
            return np.frombuffer(bytes(map(self._step_of_cell.__getitem__, cells)), dtype=np.uint8)
        except KeyError:
            hint = f"use one of {', '.join(self.model.step_of_answer)}, or 0 to {self.model.skip_step - 1}"
        steps = np.full(len(cells), self.model.skip_step, dtype=np.uint8)
        for n, cell in enumerate(cells):
            try:
                steps[n] = self._step_of_cell[cell]
            except KeyError:
                bad_rows.add(n)
                self._add_problem(lines[n], column, f"unknown answer '{printable(cell)}'", hint)
        return steps

    def _check_texts(self, column: str, cells: Sequence[str], lines: Sequence[int], bad_rows: set[int]) -> None:
        longest = max(map(len, cells), default=0)
        if longest <= MAX_TEXT_CHARACTERS and not INVALID_CHARACTER.search("".join(cells)):
            return
        for n, cell in enumerate(cells):
            if len(cell) > MAX_TEXT_CHARACTERS:
                bad_rows.add(n)
                self._add_problem(lines[n], column, f"{len(cell):,} characters", f"use at most {MAX_TEXT_CHARACTERS:,}")
            elif invalid := INVALID_CHARACTER.search(cell):
                bad_rows.add(n)
                detail = "contains a NUL byte" if invalid[0] == "\0" else "is not UTF-8 text"
                self._add_problem(lines[n], column, detail, _ENCODING_HINT)

    def _add_problem(self, line: int, column: str, detail: str, hint: str) -> None:
        self.problems.append(CsvProblem(line, column, detail, hint))


class _LineNumbers(Sequence[int]):
    """The line on which each row of a chunk begins, then the line after the chunk. Counted when first used."""

    def __init__(self, rows: Sequence[Sequence[str]], last_line: int) -> None:
        self._rows, self._last_line = rows, last_line

    def __len__(self) -> int:
        return len(self._rows) + 1

    @cached_property
    def _first_lines(self) -> list[int]:
        line_counts = (1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row) for row in self._rows)
        return list(accumulate(line_counts, initial=self._last_line + 1))

    def __getitem__(self, n: Any) -> Any:
        return self._first_lines[n]


class _StepOfCell(dict[str, int]):
    """The step that a cell means: an answer id, or its number on the scale. KeyError for any other cell."""

    def __init__(self, model: ScoringModel) -> None:
        numbers = {str(n): n for n in range(model.skip_step)}
        super().__init__({**numbers, **model.step_of_answer, "": model.skip_step})

    def __missing__(self, cell: str) -> int:
        plain = cell.strip().lower()
        if plain == cell or plain not in self:
            raise KeyError(cell)
        if len(self) < _MAX_SPELLINGS:
            self[cell] = self[plain]
        return self[plain]


def _lines_of_header(text: TextIO) -> list[str]:
    """The lines up to the first one that is not blank, without a byte-order mark."""
    lines: list[str] = []
    for line in text:
        lines.append(line if lines else line.removeprefix("\ufeff"))
        if lines[-1].strip():
            break
    return lines


def _delimiter(header: str) -> str:
    if ";" in header:
        return ";"
    return "\t" if "\t" in header else ","


def _explain(error: csv.Error) -> tuple[str, str]:
    """Detail and hint for an error of `csv.reader`."""
    if "field limit" in str(error):
        detail = f"a cell of more than {_MAX_CELL_CHARACTERS:,} characters"
        return detail, f"keep texts to {MAX_TEXT_CHARACTERS:,}, or close a quote"
    return str(error), "correct the quotes"
