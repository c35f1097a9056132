"""TOML files read so that every fault is noted with its line and its hint, and reading goes on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Characters of an id; the database keeps no longer ones.
LONGEST_ID = 80
LONGEST_TEXT = 1000
_MOST_BYTES = 1_000_000  # of a file

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# A key or a header, bare or in quotes; of a dotted key its first part.
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*[.=]""")
_HEADER = re.compile(r"""\s*\[\[?\s*["']?([A-Za-z0-9_.-]+)["']?\s*\]""")
# What can hold a line that only looks like a key or a header; short strings and comments, so as not to begin in one.
_STRING = re.compile(
    r"""(\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5})|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*""", re.DOTALL
)

_Lines = dict[tuple[str, int, str], int]


def id_fault(text: str, most: int = LONGEST_ID) -> tuple[str, str] | None:
    """Why `text` cannot be an id of at most so many characters, and the mend; None where it can.

    >>> id_fault("data-engineer"), id_fault("Data engineer")
    (None, ('is not an id', 'use a-z, 0-9 and single hyphens, a letter first'))
    """
    if len(text) > most:
        return f"has {len(text):,} characters", f"use at most {most}"
    if not _ID.fullmatch(text):
        return "is not an id", "use a-z, 0-9 and single hyphens, a letter first"
    return None


def shown(text: str) -> str:
    """A text as messages quote it: not too long."""
    return repr(text if len(text) <= 60 else f"{text[:59]}…")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a bank: `file:line: what is wrong; how to mend it`."""

    file: Path
    line: int
    what: str
    hint: str

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}: {self.what}; {self.hint}"
        # One line that any terminal can show, whatever stands in a file or in its name.
        return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in said)


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

    def note(self, file: Path, what: str, hint: str, line: int = 1) -> None:
        """Note one problem."""
        self.problems.append(Problem(file, line, what, hint))

    def open(self, file: Path) -> Table | None:
        """The whole of `file` as a table; None, and a problem, where it cannot be read."""
        if (text := self.read(file)) is None:
            return None
        lines = text.rstrip("\n").split("\n")
        # Where the parser names no line, the longest is the most likely one.
        longest = 1 + max(range(len(lines)), key=lambda n: len(lines[n]))
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"at line (\d+), column \d+\)$", str(error))
            self.note(
                file, f"is not TOML: {error!s:.200}", "correct the syntax", int(where[1]) if where else len(lines)
            )
        except ValueError:
            self.note(file, "holds a number of too many digits", "write a shorter one", longest)
        except RecursionError:
            self.note(file, "is nested too deeply", "write it without brackets in brackets", longest)
        else:
            self.lines[file] = _line_numbers(text)
            return Table(self, file, data, "")
        return None

    def read(self, file: Path, most: int = _MOST_BYTES) -> str | None:
        """The text of `file`; None, and a problem, where it cannot be read or has more than so many bytes."""
        line = 1
        try:
            if file.is_symlink() and not file.exists():
                what, hint = "is a link that leads nowhere", "repair or remove it"
            elif not file.exists():
                what, hint = "is missing", "a bank is a folder with bank.toml and roles/<role>.toml"
            elif not file.is_file():  # a named pipe would never end
                what, hint = "is not a file", "put one in its place"
            elif (size := file.stat().st_size) > most:
                what, hint = f"has {size:,} bytes", f"use at most {most:,}"
            else:
                return _decoded(file.read_bytes())
        except UnicodeDecodeError as error:
            what, hint, line = "is not UTF-8 text", "save it as UTF-8", 1 + error.object[: error.start].count(b"\n")
        except OSError as error:
            what, hint = f"cannot be read ({error.strerror})", "make it readable"
        self.note(file, what, hint, line)
        return None

    def apart(self) -> Notes:
        """Notes on the same files that nobody reads."""
        notes = Notes()
        notes.lines = self.lines
        return notes


class Table:
    """A TOML table that notes a problem, with its line, instead of failing on a missing or wrong value."""

    def __init__(self, notes: Notes, file: Path, data: dict[str, Any], header: str, nth: int = 0) -> None:
        self.notes, self.file, self.data, self.header, self.nth = notes, file, data, header, nth
        self.known: set[str] = set()

    def line(self, key: str = "") -> int:
        return _line(self.notes.lines[self.file], key, self.header, self.nth)

    def problem(self, key: str, what: str, hint: str) -> None:
        self.notes.note(self.file, what, hint, self.line(key))

    def _get(self, key: str, kind: type | tuple[type, ...], hint: str) -> Any:
        self.known.add(key)
        value = self.data.get(key)
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        state = "is missing" if value is None else "has the wrong type"
        self.problem(key, f"{key} {state}", hint)
        return None

    def _absent(self, key: str) -> bool:
        self.known.add(key)
        return key not in self.data

    def text(self, key: str, *, optional: bool = False) -> str:
        if optional and self._absent(key):
            return ""
        value: str | None = self._get(key, str, f'write {key} = "some text"')
        if value is not None and (fault := _text_fault(value)):
            self.problem(key, f"{key} {fault[0]}", fault[1])
        return value or ""

    def id(self, most: int = LONGEST_ID) -> str:
        value: str | None = self._get("id", str, 'write id = "some-text"')
        if value is not None and (fault := id_fault(value, most)):
            self.problem("id", f"id {shown(value)} {fault[0]}", fault[1])
        return value or ""

    def number(self, key: str, least: float, most: float) -> float:
        return float(self._within(key, (int, float), "a number", least, most))

    def whole(self, key: str, least: int, most: int) -> int:
        return int(self._within(key, int, "a whole number", least, most))

    def _within(self, key: str, kind: type | tuple[type, ...], what: str, least: float, most: float) -> float:
        """The number, or the nearest that may stand there: whoever reads on needs a finite one."""
        some = f"{what} from {least:g} to {most:g}"
        value: float | None = self._get(key, kind, f"write {key} = {some}")
        if value is None:
            return least
        if not least <= value <= most:
            # Python writes out no number of thousands of digits.
            said = f"{value:g}" if isinstance(value, float) or abs(value) < 10**15 else "a number of too many digits"
            self.problem(key, f"{key} is {said}", f"use {some}")
            return most if value > most else least
        return value

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        if optional and self._absent(key):
            return ()
        value = self._get(key, list, f'write {key} = ["one", "two"]') or []
        if not all(isinstance(item, str) for item in value):
            self.problem(key, f"{key} holds something that is not a text", "put each item in quotes")
            return ()
        for what, hint in filter(None, map(_text_fault, value)):
            self.problem(key, f"{key} holds a text that {what}", hint)
        return tuple(value)

    def choice(self, key: str, choices: Collection[str], kind: str) -> str:
        """One of `choices`. No choices: nobody knows which there are."""
        value = self.text(key)
        if value and choices and value not in choices:
            self.problem(key, f"unknown {kind} {shown(value)}", f"use one of {', '.join(choices)}")
        return value

    def tables(self, key: str, *, optional: bool = False) -> Iterator[Table]:
        if optional and self._absent(key):
            return
        rows = self._get(key, list, f"write it as [[{key}]] tables") or []
        header = f"{self.header}.{key}".lstrip(".")
        for nth, row in enumerate(rows):
            if isinstance(row, dict):
                yield Table(self.notes, self.file, row, header, nth)
            else:
                self.problem(key, f"{key} holds something that is not a table", f"write it as [[{key}]]")

    def table(self, key: str) -> Table:
        """The table `key`. Where there is none, that is the one problem: what it lacks is not noted as well."""
        data = self._get(key, dict, f"write it as a [{key}] table")
        return Table(self.notes if data is not None else self.notes.apart(), self.file, data or {}, key)

    def done(self) -> None:
        """Note every key that nobody asked for: most often a misspelling."""
        for key in self.data.keys() - self.known:
            self.problem(key, f"unknown key {shown(key)}", f"remove it or use one of {', '.join(sorted(self.known))}")


def unique(tables: Iterator[Table], kind: str) -> Iterator[Table]:
    """The tables, each noted whose id came before; `kind` says what they are."""
    seen: set[str] = set()
    for table in tables:
        id = table.data.get("id")
        if isinstance(id, str):
            if id in seen:
                table.problem("id", f"{kind} {shown(id)} stands twice", "rename or remove one")
            seen.add(id)
        yield table


def line_of(file: Path, key: str, header: str = "", nth: int = 0) -> int:
    """The line of `file` on which `key` of the nth table `header` stands, else the line of that table."""
    return _line(_line_numbers(_decoded(file.read_bytes())), key, header, nth)


def _decoded(data: bytes) -> str:
    """The text in UTF-8 `data`: line ends as one character, without the mark that some editors put before it."""
    return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _text_fault(text: str) -> tuple[str, str] | None:
    """Why `text` cannot be shown to people, and the mend; None where it can."""
    if not any(sign.isprintable() and not sign.isspace() for sign in text):
        return "is empty", "write a text"
    if len(text) > LONGEST_TEXT:
        return f"has {len(text):,} characters", f"use at most {LONGEST_TEXT:,}"
    if found := _CONTROL.search(text):
        return f"holds the control character {found[0]!r}", "remove it"
    return None


def _line(lines: _Lines, key: str, header: str, nth: int) -> int:
    """The line of the key, else of its table, else of what holds that table where it is written in one line."""
    places = ((header, nth, key), (header, nth, ""), ("", 0, header.partition(".")[0]))
    return next((lines[place] for place in places if place in lines), 1)


def _line_numbers(text: str) -> _Lines:
    """Where each key stands: (table, how many of that name came before, key) to line; key "" is the table itself.

    tomllib keeps no positions. This needs only to find lines in files that tomllib has accepted.
    """
    text = _STRING.sub(lambda found: "\n" * found[0].count("\n") if found[1] else found[0], text)
    found: _Lines = {}
    header, nth, seen = "", 0, {"": 1}
    for number, line in enumerate(text.split("\n"), 1):
        if opened := _HEADER.match(line):
            header = opened[1]
            nth = seen.get(header, 0)
            seen[header] = nth + 1
            found[header, nth, ""] = number
            above, _, own = header.rpartition(".")
            found.setdefault((above, seen.get(above, 1) - 1, own), number)
        elif key := _KEY.match(line):
            found.setdefault((header, nth, key[1]), number)
    return found
