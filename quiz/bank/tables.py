"""TOML files read so that every fault is noted with its line and its mend, and reading goes on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?")

_Lines = dict[tuple[str, int, str], int]


def is_id(text: str) -> bool:
    """Whether `text` can be the id of something."""
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a bank: `file:line: what is wrong; how to mend it`."""

    file: Path
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}; {self.mend}"


class BankError(Exception):
    """A bank that cannot be used. `problems` holds every `Problem`, in order of file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class Notes:
    """The problems found in some files, and where everything stands in them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.lines: dict[Path, _Lines] = {}

    def note(self, file: Path, what: str, mend: str, line: int = 1) -> None:
        """Note one problem."""
        self.problems.append(Problem(file, line, what, mend))

    def open(self, file: Path) -> Table | None:
        """The whole of `file` as a table; None, and a problem, where it cannot be read."""
        try:
            text = file.read_text(encoding="utf-8")
            data = tomllib.loads(text)
        except FileNotFoundError:
            self.note(file, "is missing", "a bank is a folder with bank.toml and roles/<role>.toml")
        except (OSError, UnicodeDecodeError) as error:
            self.note(file, f"cannot be read ({error})", "make it a readable UTF-8 file")
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"line (\d+)", str(error))
            end = len(text.splitlines())
            self.note(file, f"is not TOML: {error}", "mend the syntax", int(where[1]) if where else end)
        else:
            self.lines[file] = _line_numbers(text)
            return Table(self, file, data, "")
        return None


class Table:
    """A TOML table that notes a problem, with its line, instead of failing on a missing or wrong value."""

    def __init__(self, notes: Notes, file: Path, data: dict[str, Any], header: str, nth: int = 0) -> None:
        self.notes, self.file, self.data, self.header, self.nth = notes, file, data, header, nth
        self.known: set[str] = set()

    def line(self, key: str = "") -> int:
        return _line(self.notes.lines[self.file], key, self.header, self.nth)

    def problem(self, key: str, what: str, mend: str) -> None:
        self.notes.note(self.file, what, mend, self.line(key))

    def _get(self, key: str, kind: type | tuple[type, ...], example: str) -> Any:
        self.known.add(key)
        value = self.data.get(key)
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        state = "is missing" if value is None else "has the wrong type"
        self.problem(key, f"{key} {state}", f"write {key} = {example}")
        return None

    def _absent(self, key: str) -> bool:
        self.known.add(key)
        return key not in self.data

    def text(self, key: str, *, optional: bool = False) -> str:
        if optional and self._absent(key):
            return ""
        value: str | None = self._get(key, str, '"some text"')
        if value is not None and not value.strip():
            self.problem(key, f"{key} is empty", "write a text")
        return value or ""

    def id(self, key: str = "id") -> str:
        value = self.text(key)
        if value and not is_id(value):
            self.problem(key, f"{key} {value!r} is not an id", "use a-z, 0-9 and single hyphens, a letter first")
        return value

    def number(self, key: str, least: float, most: float) -> float:
        value = self._get(key, (int, float), f"a number from {least:g} to {most:g}")
        if value is not None and not least <= value <= most:
            self.problem(key, f"{key} is {value:g}", f"use a number from {least:g} to {most:g}")
        return float(value or 0)

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        if optional and self._absent(key):
            return ()
        value = self._get(key, list, '["one", "two"]') or []
        if not all(isinstance(item, str) and item.strip() for item in value):
            self.problem(key, f"{key} holds something that is not a text", "put each item in quotes")
            return ()
        return tuple(value)

    def choice(self, key: str, choices: Collection[str], kind: str) -> str:
        value = self.text(key)
        if value and value not in choices:
            self.problem(key, f"unknown {kind} {value!r}", f"use one of {', '.join(choices)}")
        return value

    def tables(self, key: str, *, optional: bool = False) -> Iterator[Table]:
        if optional and self._absent(key):
            return
        rows = self._get(key, list, f"… as [[{key}]] tables") or []
        header = f"{self.header}.{key}".lstrip(".")
        for nth, row in enumerate(rows):
            if isinstance(row, dict):
                yield Table(self.notes, self.file, row, header, nth)
            else:
                self.problem(key, f"{key} holds something that is not a table", f"write it as [[{key}]]")

    def table(self, key: str) -> Table:
        return Table(self.notes, self.file, self._get(key, dict, f"… as a [{key}] table") or {}, key)

    def done(self) -> None:
        """Note every key that nobody asked for: most often a misspelling."""
        for key in self.data.keys() - self.known:
            self.problem(key, f"unknown key {key!r}", f"remove it or use one of {', '.join(sorted(self.known))}")


def unique(tables: Iterator[Table], kind: str) -> Iterator[Table]:
    """The tables, each noted whose id came before; `kind` says what they are."""
    seen: set[str] = set()
    for table in tables:
        id = table.data.get("id")
        if isinstance(id, str):
            if id in seen:
                table.problem("id", f"{kind} {id!r} stands twice", "rename or remove one")
            seen.add(id)
        yield table


def line_of(file: Path, key: str, header: str = "", nth: int = 0) -> int:
    """The line of `file` on which `key` of the nth table `header` stands, else the line of that table."""
    return _line(_line_numbers(file.read_text(encoding="utf-8")), key, header, nth)


def _line(lines: _Lines, key: str, header: str, nth: int) -> int:
    return lines.get((header, nth, key)) or lines.get((header, nth, ""), 1)


def _line_numbers(text: str) -> _Lines:
    """Where each key stands: (table, how many of that name came before, key) to line; key "" is the table itself.

    tomllib keeps no positions. This needs only to find lines in files that tomllib has accepted.
    """
    found: _Lines = {}
    header, nth, seen = "", 0, {"": 1}
    for number, line in enumerate(text.splitlines(), 1):
        if opened := _HEADER.match(line):
            header = opened[1]
            nth = seen.get(header, 0)
            seen[header] = nth + 1
            found[header, nth, ""] = number
            found.setdefault(("", 0, header), number)
        elif key := _KEY.match(line):
            found.setdefault((header, nth, key[1]), number)
    return found
