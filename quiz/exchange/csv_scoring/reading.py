"""Reads a CSV file of answers, a chunk of rows at a time, and reports what cannot be read with its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain, islice
from typing import Any, NamedTuple, TextIO

import numpy as np

from quiz.bank import Bank
from quiz.exchange import export
from quiz.exchange.csv_scoring.cells import CellProblem, CellReader
from quiz.exchange.csv_scoring.follow_up_columns import FollowUpColumns
from quiz.exchange.csv_scoring.header import Header, read_header
from quiz.exchange.csv_scoring.lines import MAX_ROW_CHARACTERS, LimitedLines
from quiz.exchange.csv_scoring.problems import (
    CsvProblem,
    CsvProblems,
    explain_csv_error,
    explain_invalid_character,
)
from quiz.exchange.score_request import INVALID_CHARACTER, MAX_TEXT_CHARACTERS
from quiz.exchange.spellings import AnswerSpellings, is_blank
from quiz.scoring import FollowUpSheets
from quiz.scoring.scoring_model import Bools, ScoringModel, Steps

# Rows are scored many at a time, which is faster for each, but few enough for the processor's cache. Texts are long.
CHUNK_ROWS, _CHUNK_ROWS_WITH_TEXTS = 1024, 64
# A chunk ends early if its rows are as long as this together.
_MAX_CHUNK_CHARACTERS = 4 * MAX_ROW_CHARACTERS
_LINE_BREAK = re.compile("\r\n?|\n")


class AnswerRows(NamedTuple):
    """The readable rows of one chunk."""

    ids: list[str]
    steps: Steps  # shape (rows, questions)
    texts: list[str]  # "" for no text
    follow_ups: FollowUpSheets | None  # None if the file has no column of them


class AnswerTable:
    """A CSV file with a header, read as chunks of rows.

    Attributes
    ----------
    header : Header
    problems : CsvProblems
        What could not be read so far.
    row_count : int
        Rows read so far, without blank ones.
    skipped_count : int
        Those among them that have a problem.

    Raises
    ------
    CsvInputError
        If the header cannot be used. Without `skip_columns`, it must have known columns only.
    """

    def __init__(self, text: TextIO, name: str, bank: Bank, model: ScoringModel, *, skip_columns: bool) -> None:
        csv.field_size_limit(MAX_ROW_CHARACTERS)
        self.model = model
        self.row_count = self.skipped_count = 0
        self.problems = CsvProblems(name)
        self._chunk_problems: list[CsvProblem] = []
        self._question_number = {question: n for n, question in enumerate(model.questions)}
        self._answer_reader = _answer_reader(bank, model)
        self._lines = LimitedLines(text)
        self.header: Header = read_header(self._lines, bank, self.problems, skip_columns=skip_columns)
        self._follow_up_columns = FollowUpColumns(bank, model, self.header.known)
        lines = chain(self.header.next_lines, self._lines)
        self._reader = csv.reader(lines, delimiter=self.header.delimiter, strict=True)

    def chunks(self) -> Iterator[AnswerRows]:
        """The readable rows, a chunk at a time."""
        chunk_rows = _CHUNK_ROWS_WITH_TEXTS if "text" in self.header.known else CHUNK_ROWS
        while True:
            last_line = self.header.line + self._lines.left_out + self._reader.line_num
            rows, error = self._next_rows(chunk_rows)
            if not rows and not error:
                break
            lines = _LineNumbers(rows, last_line)
            answer_rows = self._answer_rows(rows, lines)
            if error:
                self.row_count += 1
                self.skipped_count += 1
                detail, hint = explain_csv_error(error)
                self._add_problem(lines[len(rows)], "row", f"cannot be read ({detail})", hint)
            self.problems.add_block(self._chunk_problems)
            self._chunk_problems = []
            yield answer_rows

    def _next_rows(self, count: int) -> tuple[list[list[str]], csv.Error | None]:
        """Up to `count` rows. Before a row that is not CSV there are fewer, and the error that the reader raised."""
        rows: list[list[str]] = []
        characters = 0
        try:
            for row in islice(self._reader, count):
                rows.append(row)
                characters += self._lines.row_characters
                self._lines.row_characters = 0
                if characters > _MAX_CHUNK_CHARACTERS:
                    break
        except csv.Error as error:
            self._lines.row_characters = 0
            return rows, error
        return rows, None

    def _answer_rows(self, rows: list[list[str]], lines: Sequence[int]) -> AnswerRows:
        """The readable ones of `rows`. Works column by column, which is many times faster than row by row."""
        is_bad = np.zeros(len(rows), dtype=bool)
        self._check_lengths(rows, lines, is_bad)
        columns: list[Sequence[str]] = list(zip(*rows, strict=True))

        steps = self._steps(columns, len(rows), lines, is_bad)
        follow_ups = self._follow_ups(columns, len(rows), lines, is_bad)
        is_blank_row = self._blank_rows(rows, steps) & ~is_bad
        numbers = self.row_count + np.cumsum(~is_blank_row)
        ids = self._ids(columns, numbers.tolist())
        texts = self._texts(columns, len(rows))
        self._check_texts("id", ids, lines, is_bad)
        self._check_texts("text", texts, lines, is_bad)
        self.row_count += len(rows) - int(is_blank_row.sum())
        self.skipped_count += int(is_bad.sum())

        is_left_out = is_blank_row | is_bad
        if not is_left_out.any():
            return AnswerRows(ids, steps, texts, follow_ups)
        places = np.flatnonzero(~is_left_out)
        return AnswerRows(
            ids=[ids[n] for n in places],
            steps=steps[places],
            texts=[texts[n] for n in places],
            follow_ups=follow_ups.take(places) if follow_ups else None,
        )

    def _check_lengths(self, rows: list[list[str]], lines: Sequence[int], is_bad: Bools) -> None:
        """Replace rows with too many or too few cells by empty ones. They are bad unless all their cells are blank."""
        length = len(self.header.labels)
        if set(map(len, rows)) == {length}:
            return
        for n, row in enumerate(rows):
            if len(row) == length:
                continue
            rows[n] = [""] * length
            if not all(map(is_blank, row)):
                is_bad[n] = True
                detail = f"{len(row):,} cell{'' if len(row) == 1 else 's'} where the header has {length}"
                self._add_problem(lines[n], "row", detail, "check for a missing or an unquoted delimiter")

    def _blank_rows(self, rows: Sequence[Sequence[str]], steps: Steps) -> Bools:
        """Which rows have only blank cells."""
        is_blank_row: Bools = (steps == self.model.skip_step).all(axis=1)
        for n in np.flatnonzero(is_blank_row).tolist():
            is_blank_row[n] = all(map(is_blank, rows[n]))
        return is_blank_row

    def _steps(self, columns: Sequence[Sequence[str]], count: int, lines: Sequence[int], is_bad: Bools) -> Steps:
        """The steps of the answers, shape (rows, questions)."""
        steps = np.full((count, len(self.model.questions)), self.model.skip_step, dtype=np.uint8)
        for column, place in self.header.known.items():
            if column in self._question_number and count:
                steps[:, self._question_number[column]], problems = self._answer_reader.read(columns[place])
                for problem in problems:
                    self._add_cell_problem(place, problem, lines, is_bad)
        return steps

    def _follow_ups(
        self, columns: Sequence[Sequence[str]], count: int, lines: Sequence[int], is_bad: Bools
    ) -> FollowUpSheets | None:
        """The answers to follow-up questions, None if the file has no column of them."""
        if not self._follow_up_columns.exist or not count:
            return None
        sheets, problems = self._follow_up_columns.read(columns, count)
        for place, problem in problems:
            self._add_cell_problem(place, problem, lines, is_bad)
        return sheets

    def _add_cell_problem(self, place: int, problem: CellProblem, lines: Sequence[int], is_bad: Bools) -> None:
        is_bad[problem.row] = True
        self._add_problem(lines[problem.row], self.header.labels[place], problem.detail, problem.hint)

    def _ids(self, columns: Sequence[Sequence[str]], numbers: Sequence[int]) -> list[str]:
        """The ids; where there is none, the number of the row."""
        if "id" not in self.header.known or not columns:
            return [str(number) for number in numbers]
        cells = columns[self.header.known["id"]]
        ids = [str(number) if not id or id.isspace() else id for id, number in zip(cells, numbers, strict=True)]
        return [export.unescape_formula(id) if id[0] == "'" else id for id in ids]

    def _texts(self, columns: Sequence[Sequence[str]], count: int) -> list[str]:
        if "text" not in self.header.known or not columns:
            return [""] * count
        return ["" if is_blank(text) else text for text in columns[self.header.known["text"]]]

    def _check_texts(self, column: str, cells: Sequence[str], lines: Sequence[int], is_bad: Bools) -> None:
        longest = max(map(len, cells), default=0)
        if longest <= MAX_TEXT_CHARACTERS and not INVALID_CHARACTER.search("".join(cells)):
            return
        label = self.header.labels[self.header.known[column]]
        for n, cell in enumerate(cells):
            if len(cell) > MAX_TEXT_CHARACTERS:
                is_bad[n] = True
                self._add_problem(lines[n], label, f"{len(cell):,} characters", f"use at most {MAX_TEXT_CHARACTERS:,}")
            elif invalid := INVALID_CHARACTER.search(cell):
                is_bad[n] = True
                self._add_problem(lines[n], label, *explain_invalid_character(invalid[0]))

    def _add_problem(self, line: int, column: str, detail: str, hint: str) -> None:
        self._chunk_problems.append(CsvProblem(line, column, detail, hint))


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


def _answer_reader(bank: Bank, model: ScoringModel) -> CellReader:
    """Reads answers as steps."""
    spellings = AnswerSpellings(bank)

    def step_of(cell: str) -> int | None:
        answer = spellings.answer(cell)
        return None if answer is None else model.step_of_answer[answer]

    hint = f"use one of {', '.join(model.step_of_answer)}, their labels, or 0 to {model.skip_step - 1}"
    return CellReader(step_of, blank=model.skip_step, kind="answer", hint=hint)
