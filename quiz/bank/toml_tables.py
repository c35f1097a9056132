"""Reads TOML files. Every problem is recorded with its line and a hint, and reading continues."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quiz.bank.toml_lines import LineNumbers, decode, find_line, line_numbers_of
from quiz.terminal import escape_line

#: In characters. The database stores no longer ids.
MAX_ID_LENGTH = 80
MAX_TEXT_LENGTH = 1000
_MAX_FILE_BYTES = 1_000_000
_MAX_QUOTE_LENGTH = 60

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, order=True)
class Problem:
    """One problem of a bank. As a string: `file:line: message; hint`."""

    file: Path
    line: int
    message: str
    hint: str

    def __str__(self) -> str:
        return escape_line(f"{self.file}:{self.line}: {self.message}; {self.hint}")


class BankError(Exception):
    """A bank that cannot be used. `problems` has every `Problem`, in order of file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class ProblemLog:
    """Reads files and collects the problems in them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.line_numbers: dict[Path, LineNumbers] = {}

    def add(self, file: Path, message: str, hint: str, line: int = 1) -> None:
        """Record one problem."""
        self.problems.append(Problem(file, line, message, hint))

    def open(self, file: Path) -> TomlTable | None:
        """The whole of `file` as a table; None, and a problem, if it cannot be read."""
        text = self.read(file)
        if text is None:
            return None
        lines = text.rstrip("\n").split("\n")
        # If the parser names no line, the longest line is the most likely one.
        longest = 1 + max(range(len(lines)), key=lambda n: len(lines[n]))
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            position = re.search(r"at line (\d+), column \d+\)$", str(error))
            line = int(position[1]) if position else len(lines)
            self.add(file, f"is not TOML: {error!s:.200}", "correct the syntax", line)
        except ValueError:
            self.add(file, "contains a number with too many digits", "write a shorter one", longest)
        except RecursionError:
            self.add(file, "is nested too deeply", "write it without brackets in brackets", longest)
        else:
            self.line_numbers[file] = line_numbers_of(text)
            return TomlTable(self, file, data, "")
        return None

    def read(self, file: Path, max_bytes: int = _MAX_FILE_BYTES) -> str | None:
        """The text of `file`; None, and a problem, if it cannot be read or is larger than `max_bytes`."""
        line = 1
        try:
            if file.is_symlink() and not file.exists():
                message, hint = "is a broken symbolic link", "repair or remove it"
            elif not file.exists():
                message, hint = "is missing", "a bank is a folder with bank.toml and roles/<role>.toml"
            elif not file.is_file():  # reading a named pipe would never end
                message, hint = "is not a file", "replace it by a file"
            elif (size := file.stat().st_size) > max_bytes:
                message, hint = f"has {size:,} bytes", f"use at most {max_bytes:,}"
            else:
                return decode(file.read_bytes())
        except UnicodeDecodeError as error:
            message, hint = "is not UTF-8 text", "save it as UTF-8"
            line = 1 + error.object[: error.start].count(b"\n")
        except OSError as error:
            message, hint = f"cannot be read ({error.strerror})", "make it readable"
        self.add(file, message, hint, line)
        return None

    def without_problems(self) -> ProblemLog:
        """A log of the same files whose problems are ignored."""
        log = ProblemLog()
        log.line_numbers = self.line_numbers
        return log


class TomlTable:
    """A TOML table that records a problem with its line, instead of failing, for a missing or wrong value.

    `header` is the name of the table and `index` its place among the tables with this header.
    """

    def __init__(self, log: ProblemLog, file: Path, data: dict[str, Any], header: str, index: int = 0) -> None:
        self.log, self.file, self.data, self.header, self.index = log, file, data, header, index
        self.known_keys: set[str] = set()

    def line(self, key: str = "") -> int:
        """The line of `key`, or that of the table."""
        return find_line(self.log.line_numbers[self.file], key, self.header, self.index)

    def add_problem(self, key: str, message: str, hint: str) -> None:
        """Record a problem on the line of `key`."""
        self.log.add(self.file, message, hint, self.line(key))

    def text(self, key: str, *, optional: bool = False) -> str:
        """The text of `key`; empty, and a problem, if it is missing or wrong."""
        if optional and self._is_absent(key):
            return ""
        value: str | None = self._value(key, str, f'write {key} = "some text"')
        if value is not None and (problem := _text_problem(value)):
            self.add_problem(key, f"{key} {problem[0]}", problem[1])
        return value or ""

    def id(self, max_length: int = MAX_ID_LENGTH) -> str:
        """The id of the table."""
        value: str | None = self._value("id", str, 'write id = "some-text"')
        if value is not None and (problem := id_problem(value, max_length)):
            self.add_problem("id", f"id {quote(value)} {problem[0]}", problem[1])
        return value or ""

    def number(self, key: str, minimum: float, maximum: float) -> float:
        """The number of `key`, always within the two limits; a number outside them is a problem."""
        return float(self._within(key, (int, float), "a number", minimum, maximum))

    def whole_number(self, key: str, minimum: int, maximum: int) -> int:
        """The whole number of `key`, always within the two limits; a number outside them is a problem."""
        return int(self._within(key, int, "a whole number", minimum, maximum))

    def boolean(self, key: str) -> bool:
        """True or false."""
        return bool(self._value(key, bool, f"write {key} = true or {key} = false"))

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        """The list of texts of `key`."""
        if optional and self._is_absent(key):
            return ()
        values = self._value(key, list, f'write {key} = ["one", "two"]') or []
        if not all(isinstance(value, str) for value in values):
            self.add_problem(key, f"{key} contains an item that is not a text", "put each item in quotes")
            return ()
        for value in values:
            if problem := _text_problem(value):
                self.add_problem(key, f"{key} contains a text that {problem[0]}", problem[1])
        return tuple(values)

    def choice(self, key: str, choices: Collection[str], kind: str) -> str:
        """One of `choices`, which messages call a `kind`. If `choices` is empty, any text is accepted."""
        value = self.text(key)
        if value and choices and value not in choices:
            self.add_problem(key, f"unknown {kind} {quote(value)}", f"use one of {', '.join(choices)}")
        return value

    def tables(self, key: str, *, optional: bool = False) -> Iterator[TomlTable]:
        """The tables of the list `key`."""
        if optional and self._is_absent(key):
            return
        rows = self._value(key, list, f"write it as [[{key}]] tables") or []
        header = f"{self.header}.{key}".lstrip(".")
        for index, row in enumerate(rows):
            if isinstance(row, dict):
                yield TomlTable(self.log, self.file, row, header, index)
            else:
                self.add_problem(key, f"{key} contains an item that is not a table", f"write it as [[{key}]]")

    def table(self, key: str, *, optional: bool = False) -> TomlTable:
        """The table `key`. If it is missing, that is the only problem: its keys are not reported as missing."""
        if optional and self._is_absent(key):
            return TomlTable(self.log, self.file, {}, key)
        data = self._value(key, dict, f"write it as a [{key}] table")
        log = self.log if data is not None else self.log.without_problems()
        return TomlTable(log, self.file, data or {}, key)

    def report_unknown_keys(self) -> None:
        """Record every key that was not read: most are misspelt."""
        for key in self.data.keys() - self.known_keys:
            known_keys = ", ".join(sorted(self.known_keys))
            self.add_problem(key, f"unknown key {quote(key)}", f"remove it or use one of {known_keys}")

    def _value(self, key: str, kind: type | tuple[type, ...], hint: str) -> Any:
        """The value of `key`; None, and a problem, if it is missing or of another type."""
        self.known_keys.add(key)
        value = self.data.get(key)
        # For Python, a boolean is a whole number too.
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        state = "is missing" if value is None else "has the wrong type"
        self.add_problem(key, f"{key} {state}", hint)
        return None

    def _is_absent(self, key: str) -> bool:
        self.known_keys.add(key)
        return key not in self.data

    def _within(self, key: str, kind: type | tuple[type, ...], name: str, minimum: float, maximum: float) -> float:
        expected = f"{name} from {minimum:g} to {maximum:g}"
        value: float | None = self._value(key, kind, f"write {key} = {expected}")
        if value is None:
            return minimum
        if not minimum <= value <= maximum:
            # Python does not format integers of thousands of digits.
            is_short = isinstance(value, float) or abs(value) < 10**15
            number = f"{value:g}" if is_short else "a number with too many digits"
            self.add_problem(key, f"{key} is {number}", f"use {expected}")
            return maximum if value > maximum else minimum
        return value


def with_unique_ids(tables: Iterator[TomlTable], kind: str) -> Iterator[TomlTable]:
    """The same tables; an id that an earlier table has is recorded as a problem. `kind` is what messages call them."""
    ids: set[str] = set()
    for table in tables:
        id = table.data.get("id")
        if isinstance(id, str):
            if id in ids:
                table.add_problem("id", f"{kind} {quote(id)} is defined twice", "rename or remove one")
            ids.add(id)
        yield table


def id_problem(text: str, max_length: int = MAX_ID_LENGTH) -> tuple[str, str] | None:
    """Why `text` cannot be an id, and a hint; None if it can.

    >>> id_problem("data-engineer"), id_problem("Data engineer")
    (None, ('is not an id', 'use a-z, 0-9 and single hyphens, and begin with a letter'))
    """
    if len(text) > max_length:
        return f"has {len(text):,} characters", f"use at most {max_length}"
    if not _ID.fullmatch(text):
        return "is not an id", "use a-z, 0-9 and single hyphens, and begin with a letter"
    return None


def quote(text: str) -> str:
    """`text` in quotes for a message, shortened if it is long."""
    return repr(text if len(text) <= _MAX_QUOTE_LENGTH else f"{text[: _MAX_QUOTE_LENGTH - 1]}…")


def _text_problem(text: str) -> tuple[str, str] | None:
    """Why `text` cannot be shown to people, and a hint; None if it can."""
    if not any(char.isprintable() and not char.isspace() for char in text):
        return "is empty", "write a text"
    if len(text) > MAX_TEXT_LENGTH:
        return f"has {len(text):,} characters", f"use at most {MAX_TEXT_LENGTH:,}"
    if control := _CONTROL.search(text):
        return f"contains the control character {control[0]!r}", "remove it"
    return None
