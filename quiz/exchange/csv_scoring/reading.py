"""A CSV file of answers, read a chunk of people at a time; whatever cannot be read is noted with its line."""

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
from quiz.exchange.score_request import LONGEST_TEXT, UNREADABLE, shown
from quiz.scoring.scoring_model import ScoringModel, Steps

SHOWN_PROBLEMS = 20
# Columns that are read beside those of the questions; of the others, scoring has no use.
_ID, _TEXT = "id", "text"
# Rows at a time: enough to spread the cost of a call, few enough to stay in the processor's cache. Texts are long.
CHUNK, _CHUNK_WITH_TEXTS = 512, 64
# A quote that is never closed would swallow the rest of the file into one cell: give up long before that.
_LONGEST_CELL = 10 * LONGEST_TEXT
_LINE_BREAK = re.compile("\r\n?|\n")


class CsvInputError(click.ClickException):
    """A file that cannot be scored: one line for each problem, `FILE:LINE: column: what is wrong; how to mend it`."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=True)


class Problem(NamedTuple):
    line: int
    column: str
    what: str
    hint: str


class People(NamedTuple):
    """The readable rows of one chunk."""

    ids: list[str]
    steps: Steps  # (rows, questions)
    texts: list[str]


class Table:
    """A CSV file with a header, read as chunks of people; notes what it could not read.

    `rows` counts the rows seen, `left_out` those among them with a problem.
    """

    def __init__(self, text: TextIO, name: str, model: ScoringModel) -> None:
        csv.field_size_limit(_LONGEST_CELL)
        self.name, self.model = name, model
        self.rows = self.left_out = 0
        self.problems: list[Problem] = []
        self.step = _StepOfCell(model)
        self._read_header(text)

    def _read_header(self, text: TextIO) -> None:
        first: list[str] = []
        for line in text:
            first.append(line if first else line.removeprefix("\ufeff"))
            if first[-1].strip():
                break
        header = "".join(first)
        self.reader = csv.reader(chain(first, text), delimiter=_delimiter(header), strict=True)
        if UNREADABLE.search(header):
            raise self._refusal("header", "is not UTF-8 text", "save the file as CSV in UTF-8")
        try:
            names = next((row for row in self.reader if row), [])
        except csv.Error as error:
            raise self._refusal("header", *_unread(error)) from error
        if not any(name.strip() for name in names):
            raise self._refusal("header", "is missing", "begin with a line of column names")
        self.columns = [name.strip().lower() for name in names]
        known = [*self.model.questions, *CSV_COLUMNS]
        for n, column in enumerate(self.columns):
            if not column:
                self._note(self.reader.line_num, "header", f"column {n + 1} has no name", "name or remove it")
            elif column in self.columns[:n]:
                self._note(self.reader.line_num, shown(column), "this column stands twice", "remove one")
            elif column not in known:
                near = get_close_matches(column, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else "use a question id of the bank, id or text"
                self._note(self.reader.line_num, shown(column), "unknown column", hint)
        if self.problems:
            raise CsvInputError("\n".join(map(self.said, self.problems[:SHOWN_PROBLEMS])))

    def chunks(self, *, patient: bool) -> Iterator[People]:
        """People, a chunk at a time. Unless `patient`, reading ends soon after enough problems for one message."""
        size = _CHUNK_WITH_TEXTS if _TEXT in self.columns else CHUNK
        while patient or len(self.problems) < SHOWN_PROBLEMS:
            if patient:
                self.problems.clear()
            rows: list[list[str]] = []
            before = self.reader.line_num
            error = None
            try:
                for row in islice(self.reader, size):
                    rows.append(row)
            except csv.Error as caught:
                error = caught
            if not rows and not error:
                break
            lines = _Lines(rows, before)
            if rows:
                yield self._people(rows, lines)
            if error:
                self.rows += 1
                self.left_out += 1
                what, hint = _unread(error)
                self._note(lines[len(rows)], "row", f"cannot be read ({what})", hint)

    def _people(self, rows: list[list[str]], lines: Sequence[int]) -> People:
        """The people in `rows`, column by column, since that is many times faster than row by row."""
        bad: set[int] = set()
        width = len(self.columns)
        if set(map(len, rows)) != {width}:
            rows, lines = self._of_width(rows, lines, bad)
        before, self.rows = self.rows, self.rows + len(rows)
        cells = dict(zip(self.columns, zip(*rows, strict=True), strict=True)) if rows else {}
        nothing = ("",) * len(rows)
        steps = np.full((len(rows), len(self.model.questions)), self.model.skip_step, dtype=np.uint8)
        for n, question in enumerate(self.model.questions):
            if question in cells:
                steps[:, n] = self._steps(question, cells[question], lines, bad)
        ids = [id or str(number) for number, id in enumerate(cells.get(_ID, nothing), before + 1)]
        texts = list(cells.get(_TEXT, nothing))
        self._check_texts(_ID, ids, lines, bad)
        self._check_texts(_TEXT, texts, lines, bad)
        if not bad:
            return People(ids, steps, texts)
        self.left_out += len(bad)
        good = [n for n in range(len(rows)) if n not in bad]
        return People([ids[n] for n in good], steps[good], [texts[n] for n in good])

    def _of_width(
        self, rows: list[list[str]], lines: Sequence[int], bad: set[int]
    ) -> tuple[list[list[str]], list[int]]:
        """The rows and their lines without blank ones; one with too many or too few cells is noted and emptied."""
        width = len(self.columns)
        kept = [(row, lines[n]) for n, row in enumerate(rows) if row]
        for n, (row, line) in enumerate(kept):
            if len(row) != width:
                bad.add(n)
                what = f"{len(row)} cells where the header has {width}"
                self._note(line, "row", what, "check for a missing or an unquoted delimiter")
        return [row if n not in bad else [""] * width for n, (row, _) in enumerate(kept)], [line for _, line in kept]

    def _steps(self, column: str, cells: Sequence[str], lines: Sequence[int], bad: set[int]) -> NDArray[np.uint8]:
        try:
            return np.frombuffer(bytes(map(self.step.__getitem__, cells)), dtype=np.uint8)
        except KeyError:
            hint = f"use one of {', '.join(self.model.step_of_answer)}, or 0 to {self.model.skip_step - 1}"
        steps = np.full(len(cells), self.model.skip_step, dtype=np.uint8)
        for n, cell in enumerate(cells):
            try:
                steps[n] = self.step[cell]
            except KeyError:
                bad.add(n)
                self._note(lines[n], column, f"unknown answer '{shown(cell)}'", hint)
        return steps

    def _check_texts(self, column: str, cells: Sequence[str], lines: Sequence[int], bad: set[int]) -> None:
        if not UNREADABLE.search("".join(cells)) and max(map(len, cells), default=0) <= LONGEST_TEXT:
            return
        for n, cell in enumerate(cells):
            if len(cell) > LONGEST_TEXT:
                bad.add(n)
                self._note(lines[n], column, f"{len(cell):,} characters", f"keep to {LONGEST_TEXT:,}")
            elif found := UNREADABLE.search(cell):
                bad.add(n)
                what = "holds a NUL byte" if found[0] == "\0" else "is not UTF-8 text"
                self._note(lines[n], column, what, "save the file as CSV in UTF-8")

    def _note(self, line: int, column: str, what: str, hint: str) -> None:
        self.problems.append(Problem(line, column, what, hint))

    def _refusal(self, column: str, what: str, hint: str) -> CsvInputError:
        return CsvInputError(self.said(Problem(max(self.reader.line_num, 1), column, what, hint)))

    def said(self, problem: Problem) -> str:
        """One line for people and for programs."""
        return f"{self.name}:{problem.line}: {problem.column}: {problem.what}; {problem.hint}"


class _Lines(Sequence[int]):
    """The line on which each of a chunk's rows begins, and the one after them; counted only when somebody asks."""

    def __init__(self, rows: Sequence[Sequence[str]], before: int) -> None:
        self.rows, self.before = rows, before

    def __len__(self) -> int:
        return len(self.rows) + 1

    @cached_property
    def _starts(self) -> list[int]:
        lengths = (1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row) for row in self.rows)
        return list(accumulate(lengths, initial=self.before + 1))

    def __getitem__(self, n: Any) -> Any:
        return self._starts[n]


class _StepOfCell(dict[str, int]):
    """The step that a cell means: an answer id, or the place of an answer on the scale. KeyError for anything else."""

    def __init__(self, model: ScoringModel) -> None:
        places = {str(n): n for n in range(model.skip_step)}
        super().__init__({**places, **model.step_of_answer, "": model.skip_step})

    def __missing__(self, cell: str) -> int:
        plain = cell.strip().lower()
        if plain == cell or plain not in self:
            raise KeyError(cell)
        if len(self) < 1000:  # remember the spelling, but not every spelling there can be
            self[cell] = self[plain]
        return self[plain]


def _unread(error: csv.Error) -> tuple[str, str]:
    """Why the reader gave up, and how to mend it. It gives up on a cell that is too long whatever made it so."""
    if "field limit" in str(error):
        return f"a cell of more than {_LONGEST_CELL:,} characters", f"keep texts to {LONGEST_TEXT:,}, or close a quote"
    return str(error), "mend the quotes"


def _delimiter(header: str) -> str:
    return next((sign for sign in ";\t" if sign in header), ",")
