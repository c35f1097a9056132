"""Reads the header of a CSV file: the delimiter, and what each column contains."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from quiz.bank import Bank
from quiz.exchange.csv_scoring.known_columns import KnownColumns
from quiz.exchange.csv_scoring.lines import LimitedLines, RowTooLongError
from quiz.exchange.csv_scoring.problems import (
    ENCODING_HINT,
    MAX_PROBLEMS,
    CsvProblem,
    CsvProblems,
    explain_csv_error,
    explain_invalid_character,
)
from quiz.exchange.score_request import INVALID_CHARACTER

#: More columns are refused, whatever they are: rows of them would fill the memory.
MAX_COLUMNS = 1000
_DELIMITERS = (",", ";", "\t")
# The line by which a file tells a spreadsheet its delimiter. A program that saved the file may have added delimiters.
_DELIMITER_LINE = re.compile(r'"?sep=(.?)"?[,;\t]*\s*', re.IGNORECASE)
# A row of only these characters has only blank cells.
_BLANK_ROW_CHARACTERS = ' ,;\t"\r\n'
# Longer names are shortened in messages. Questions often begin alike, so more of the end is shown.
_MAX_NAME_CHARACTERS, _START_CHARACTERS, _END_CHARACTERS = 70, 15, 50
_SKIP_HINT = "leave it out with --skip-columns"


class Header(NamedTuple):
    """The columns of a file.

    Attributes
    ----------
    delimiter : str
    labels : list of str
        For each column its name in messages.
    known : dict of str to int
        For each known column its place from 0, by question id or by name.
    unknown : list of int
        The places of the unknown columns.
    line : int
        The last line of the header.
    next_lines : list of str
        Lines after the header that have been read already.
    """

    delimiter: str
    labels: list[str]
    known: dict[str, int]
    unknown: list[int]
    line: int
    next_lines: list[str]


class HeaderError(Exception):
    """The header cannot be read: `line`, `detail` and `hint` of the problem."""

    def __init__(self, line: int, detail: str, hint: str) -> None:
        super().__init__(detail)
        self.line, self.detail, self.hint = line, detail, hint


def read_header(lines: LimitedLines, bank: Bank, problems: CsvProblems, *, skip_columns: bool) -> Header:
    """The header at the beginning of `lines`: the first row that is not blank.

    Raises
    ------
    CsvInputError
        If it cannot be used. Without `skip_columns`, every unknown column is a problem.
    """
    known_columns = KnownColumns(bank)
    try:
        header, names = _read_columns(lines, known_columns)
    except HeaderError as error:
        problems.add_block([CsvProblem(error.line, "header", error.detail, error.hint)])
        raise problems.error() from error
    lines.row_characters = 0
    column_problems = _repeated_columns(header, names, known_columns)
    if not skip_columns:
        column_problems += _unknown_columns(header, names, known_columns)
    elif not header.known:
        hint = "name columns by question ids or by the texts of the questions"
        column_problems.append(CsvProblem(header.line, "header", "no column is known", hint))
    if column_problems:
        problems.add_block(column_problems)
        raise problems.error()
    return header


def _read_columns(lines: LimitedLines, known_columns: KnownColumns) -> tuple[Header, list[str]]:
    """The header, and the names of its columns as they are in the file."""
    first_row = _FirstRow()
    try:
        first_row.read(lines)
        _check_encoding(first_row)
        delimiter = first_row.delimiter or _most_likely_delimiter(first_row.lines, known_columns)
        rows = csv.reader(first_row.lines, delimiter=delimiter, strict=True)
        names = next(rows, [])
    except RowTooLongError as error:
        hint = f"use at most {MAX_COLUMNS:,} columns, or add the missing quotation mark"
        raise HeaderError(first_row.line, str(error), hint) from error
    except csv.Error as error:
        raise HeaderError(first_row.line, *explain_csv_error(error)) from error
    line = first_row.line + rows.line_num - 1
    if not names:
        raise HeaderError(max(line, 1), "is missing", "begin with a line of column names")
    if len(names) > MAX_COLUMNS:
        raise HeaderError(line, f"has {len(names):,} columns", f"use at most {MAX_COLUMNS:,}")
    known: dict[str, int] = {}
    unknown: list[int] = []
    for place, name in enumerate(names):
        column = known_columns.find(name)
        if column is None:
            unknown.append(place)
        else:
            known.setdefault(column, place)
    return Header(delimiter, _labels(names), known, unknown, line, first_row.lines[rows.line_num :]), names


class _FirstRow:
    """The lines of the first row that is not blank, and the delimiter if a line before it names one."""

    def __init__(self) -> None:
        self.line = 1  # the first of `lines`
        self.lines: list[str] = []
        self.delimiter: str | None = None

    def read(self, lines: LimitedLines) -> None:
        """Read up to the end of the row: the first line after which all quotes are closed."""
        quote_count = 0
        for line in lines:
            text = line.removeprefix("\ufeff") if self.line == 1 and not self.lines else line
            if not self.lines and self._is_before_row(text):
                self.line += 1
                continue
            self.lines.append(text)
            quote_count += text.count('"')
            if quote_count % 2 == 0:
                break

    def _is_before_row(self, text: str) -> bool:
        delimiter_line = _DELIMITER_LINE.fullmatch(text) if self.line == 1 else None
        if delimiter_line:
            self.delimiter = _checked_delimiter(delimiter_line[1])
            return True
        return not text.strip(_BLANK_ROW_CHARACTERS)


def _checked_delimiter(delimiter: str) -> str:
    if delimiter not in _DELIMITERS:
        raise HeaderError(1, f"the delimiter {delimiter!r} is not understood", "use a comma, a semicolon or a tab")
    return delimiter


def _check_encoding(first_row: _FirstRow) -> None:
    text = "".join(first_row.lines)
    if text.startswith(("\udcff\udcfe", "\udcfe\udcff")):  # the bytes of its byte-order mark
        raise HeaderError(1, "is UTF-16 text", ENCODING_HINT)
    if invalid := INVALID_CHARACTER.search(text):
        raise HeaderError(first_row.line, *explain_invalid_character(invalid[0]))


def _most_likely_delimiter(first_lines: Sequence[str], known_columns: KnownColumns) -> str:
    """The delimiter with which most columns are known; of several, that with most columns."""

    def column_counts(delimiter: str) -> tuple[int, int]:
        try:
            names = next(csv.reader(first_lines, delimiter=delimiter, strict=True), [])
        except csv.Error:
            return 0, 0
        known = [name for name in names[:MAX_COLUMNS] if known_columns.find(name)]
        return len(known), len(names)

    return max(_DELIMITERS, key=column_counts)


def _labels(names: Sequence[str]) -> list[str]:
    """The names for messages: printable, not too long, and all different."""
    counts = Counter(names)
    labels = []
    for place, name in enumerate(names):
        short_name = " ".join(name.split())
        is_long = len(short_name) > _MAX_NAME_CHARACTERS
        if is_long:
            short_name = f"{short_name[:_START_CHARACTERS]} … {short_name[-_END_CHARACTERS:]}"
        label = repr(short_name)[1:-1]
        if not label:
            label = f"column {place + 1}"
        elif is_long or counts[name] > 1:
            label = f"{label} (column {place + 1})"
        labels.append(label)
    return labels


def _repeated_columns(header: Header, names: Sequence[str], known_columns: KnownColumns) -> list[CsvProblem]:
    problems = []
    for place, name in enumerate(names):
        column = known_columns.find(name)
        if column is not None and header.known[column] != place:
            detail = f"{column} is already column {header.known[column] + 1}"
            problems.append(CsvProblem(header.line, header.labels[place], detail, "remove one of the two"))
    return problems


def _unknown_columns(header: Header, names: Sequence[str], known_columns: KnownColumns) -> list[CsvProblem]:
    problems = []
    for number, place in enumerate(header.unknown):
        detail, hint = "unknown column", _SKIP_HINT
        if not names[place].strip():
            detail, hint = "has no name", f"name it, or {_SKIP_HINT}"
        elif number < MAX_PROBLEMS:  # further ones are not shown, and searching takes long
            similar = known_columns.similar(names[place])
            hint = f"did you mean {similar!r}? Otherwise {_SKIP_HINT}" if similar else _SKIP_HINT
        problems.append(CsvProblem(header.line, header.labels[place], detail, hint))
    return problems
