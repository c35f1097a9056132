"""The question bank: the files of `questions/` read into frozen values.

Only this module opens the data files. `load` gives a `Bank` or raises `BankError` with every problem found, each
naming its file, its line and the mend. The wording of questions is judged elsewhere, in `quiz.check`.
"""

from __future__ import annotations

import hashlib
import json
import re
import string
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?")

_Lines = dict[tuple[str, int, str], int]

#: What a person can wish about a responsibility: the ids are fixed, the words for them are the bank's.
WISHES = ("more", "as-is", "less", "hand-over", "start")

_ROLE = ("role", "roles")
_TWO_ROLES = (*_ROLE, "other", "others")
_ITEM = ("responsibility", "often", *_ROLE)
#: What a prompt can wait for, and the slots that its text may then use. `quiz.prompts` says when each one holds.
#: `role` is a role's name and `roles` its plural, `other` and `others` the same of a second role; `often` is how often
#: somebody does the responsibility.
CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "daily-but-hand-over": _ITEM,
    "hand-over": _ITEM,
    "wants-less": _ITEM,
    "wants-less-of-main-role": _ROLE,
    "wants-more": _ITEM,
    "wish-to-start": _ITEM,
    "heading-and-wish": _ITEM,
    "heading-but-less": _ITEM,
    "heading-near": _ITEM,
    "heading-far": _ITEM,
    "heading-here": _ROLE,
    "title-role-not-in-mix": _TWO_ROLES,
    "role-hidden-by-title": _TWO_ROLES,
    "daily-outside-mix": _ITEM,
    "tie": _ROLE,
    "leaning": (),
    "one-role": _ROLE,
    "two-roles": _TWO_ROLES,
    "many-roles": _ROLE,
    "all-alike": (),
    "little": (),
    "not-enough": (),
    "missing-contact": _ROLE,
    "extra-contact": _ROLE,
    "moved-since": (*_ITEM, "before"),
    "changed-since": _ROLE,
    "unchanged-since": (),
    "always": (),
}


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


@dataclass(frozen=True)
class Point:
    """One answer on the scale. `level` is what it is worth, 0 to 1; None for the answer that leaves a question out."""

    id: str
    label: str
    said: str
    level: float | None


@dataclass(frozen=True)
class Stage:
    """One part of the flow of data, in which roles stand."""

    id: str
    name: str
    about: str


@dataclass(frozen=True)
class Responsibility:
    """One thing that a role answers for, with the question asked about it.

    `week` is one sentence on what doing it looks like in a week, empty where the bank does not say. `words` are phrases
    by which people name such work; free text is matched against them.
    """

    id: str
    role: str
    name: str
    question: str
    hint: str
    week: str
    words: tuple[str, ...]
    file: Path = field(compare=False)
    line: int = field(compare=False)


@dataclass(frozen=True)
class Role:
    """One role: what it is for, where it stands in the flow of data, and whom it usually works with.

    `titles` are job titles, beside its own names, that clearly mean this role.
    """

    id: str
    name: str
    plural: str
    purpose: str
    people: str
    stage: str
    place: float
    works_with: tuple[str, ...]
    responsibilities: tuple[Responsibility, ...]
    titles: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name as it stands at the start of a sentence."""
        return self.name[:1].upper() + self.name[1:]


@dataclass(frozen=True)
class Wish:
    """What a person can want of a responsibility. `id` is one of `WISHES`."""

    id: str
    label: str
    said: str


@dataclass(frozen=True)
class Prompt:
    """A question worth asking in a talk about a result, once the condition `when` holds.

    `text` has slots in braces for what the condition found. Of two that hold, the greater `priority` is asked first.
    """

    id: str
    when: str
    text: str
    priority: float


@dataclass(frozen=True)
class Bank:
    """All roles, responsibilities, questions, the answer scale and the pages.

    `roles` stand in the order of the flow, `scale` from least to most, `skip` apart from it. `wishes` and `prompts` are
    empty where a bank has none.
    """

    name: str
    stem: str
    scale: tuple[Point, ...]
    skip: Point
    stages: tuple[Stage, ...]
    roles: tuple[Role, ...]
    least: int
    most: int
    wishes: tuple[Wish, ...] = ()
    prompts: tuple[Prompt, ...] = ()

    @cached_property
    def role(self) -> dict[str, Role]:
        """Roles by id."""
        return {role.id: role for role in self.roles}

    @cached_property
    def responsibility(self) -> dict[str, Responsibility]:
        """Responsibilities by id, role by role: the order of every vector of levels."""
        return {r.id: r for role in self.roles for r in role.responsibilities}

    @cached_property
    def point(self) -> dict[str, Point]:
        """Every possible answer by id, `skip` last."""
        return {point.id: point for point in (*self.scale, self.skip)}

    @cached_property
    def wish(self) -> dict[str, Wish]:
        """Wishes by id."""
        return {wish.id: wish for wish in self.wishes}

    @cached_property
    def asked(self) -> tuple[Responsibility, ...]:
        """All responsibilities in the order of asking, no two neighbours of one role where that can be.

        Rounds over all roles, each role's next question in each round. Roles that are neighbours in the flow are
        kept apart, and each round starts with another role, so that no rhythm shows.
        """
        circle = [*self.roles[0::2], *self.roles[1::2]]
        rounds = max((len(role.responsibilities) for role in self.roles), default=0)
        order: list[Responsibility] = []
        for n in range(rounds):
            shift = 2 * n % len(circle)
            turn = [r.responsibilities[n] for r in circle[shift:] + circle[:shift] if n < len(r.responsibilities)]
            if order and len(turn) > 1 and order[-1].role == turn[0].role:
                turn.append(turn.pop(0))
            order += turn
        return tuple(order)

    @cached_property
    def pages(self) -> tuple[tuple[Responsibility, ...], ...]:
        """The questions of each page: as few pages as `most` allows, of sizes that differ by one at most."""
        count = -(-len(self.asked) // self.most)
        small, larger = divmod(len(self.asked), count)
        ends = [n * small + min(n, larger) for n in range(count + 1)]
        return tuple(self.asked[a:b] for a, b in pairwise(ends))

    @cached_property
    def contacts(self) -> frozenset[tuple[str, str]]:
        """Pairs of roles that usually work together, each pair sorted; naming it in one role's file is enough."""
        return frozenset((min(role.id, other), max(role.id, other)) for role in self.roles for other in role.works_with)

    def neighbours(self, role: str) -> tuple[Role, ...]:
        """The roles that `role` usually works with, in the order of the flow."""
        return tuple(r for r in self.roles if (min(r.id, role), max(r.id, role)) in self.contacts)

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits that change when what people are asked changes, and only then."""
        asked = [
            self.stem,
            [(p.id, p.label) for p in self.point.values()],
            sorted((r.id, r.question, r.hint) for r in self.asked),
        ]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]


def load(folder: Path) -> Bank:
    """The bank in `folder`.

    Raises
    ------
    BankError
        With every structural problem found in its files.
    """
    reader = _Reader(folder)
    bank = reader.bank()
    if reader.problems or bank is None:
        raise BankError(sorted(reader.problems))
    return bank


def line_of(file: Path, key: str, header: str = "", nth: int = 0) -> int:
    """The line of `file` on which `key` of the nth table `header` stands, else the line of that table."""
    return _line(_line_numbers(file.read_text(encoding="utf-8")), key, header, nth)


class _Table:
    """A TOML table that notes a problem, with its line, instead of failing on a missing or wrong value."""

    def __init__(self, reader: _Reader, file: Path, data: dict[str, Any], header: str, nth: int = 0) -> None:
        self.reader, self.file, self.data, self.header, self.nth = reader, file, data, header, nth
        self.known: set[str] = set()

    def line(self, key: str = "") -> int:
        return _line(self.reader.lines[self.file], key, self.header, self.nth)

    def problem(self, key: str, what: str, mend: str) -> None:
        self.reader.problems.append(Problem(self.file, self.line(key), what, mend))

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
        if value and not _ID.fullmatch(value):
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

    def tables(self, key: str, *, optional: bool = False) -> Iterator[_Table]:
        if optional and self._absent(key):
            return
        rows = self._get(key, list, f"… as [[{key}]] tables") or []
        header = f"{self.header}.{key}".lstrip(".")
        for nth, row in enumerate(rows):
            if isinstance(row, dict):
                yield _Table(self.reader, self.file, row, header, nth)
            else:
                self.problem(key, f"{key} holds something that is not a table", f"write it as [[{key}]]")

    def table(self, key: str) -> _Table:
        return _Table(self.reader, self.file, self._get(key, dict, f"… as a [{key}] table") or {}, key)

    def done(self) -> None:
        """Note every key that nobody asked for: most often a misspelling."""
        for key in self.data.keys() - self.known:
            self.problem(key, f"unknown key {key!r}", f"remove it or use one of {', '.join(sorted(self.known))}")


class _Reader:
    """Reads a folder into a `Bank`, gathering problems on the way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.lines: dict[Path, _Lines] = {}

    def bank(self) -> Bank | None:
        frame = self._open(self.folder / "bank.toml")
        files = sorted((self.folder / "roles").glob("*.toml"))
        if not files:
            self._note(self.folder / "roles", "holds no role", "add a file <role>.toml")
        if frame is None or not files:
            return None
        stages = tuple(self._stages(frame))
        scale, skip = self._scale(frame)
        pages = frame.table("pages")
        least, most = int(pages.number("least", 1, 50)), int(pages.number("most", 1, 50))
        pages.done()
        name, stem = frame.text("name"), frame.text("stem")
        wishes = tuple(self._wishes(frame))
        frame.done()
        prompts = tuple(self._prompts(self.folder / "prompts.toml"))
        tables = {file.stem: table for file in files if (table := self._open(file))}
        found = [self._role(id, table, {stage.id for stage in stages}) for id, table in tables.items()]
        self._across(found, tables, {file.stem for file in files})
        if self.problems:
            return None
        order = [stage.id for stage in stages]
        roles = tuple(sorted(found, key=lambda role: (order.index(role.stage), role.place, role.id)))
        bank = Bank(name, stem, scale, skip, stages, roles, least, most, wishes, prompts)
        if not all(least <= len(page) <= most for page in bank.pages):
            sizes = ", ".join(str(len(page)) for page in bank.pages)
            pages.problem("least", f"pages of {least} to {most} cannot hold the questions evenly ({sizes})", "widen it")
        return bank

    def _note(self, file: Path, what: str, mend: str, line: int = 1) -> None:
        self.problems.append(Problem(file, line, what, mend))

    def _open(self, file: Path) -> _Table | None:
        try:
            text = file.read_text(encoding="utf-8")
            data = tomllib.loads(text)
        except FileNotFoundError:
            self._note(file, "is missing", "a bank is a folder with bank.toml and roles/<role>.toml")
        except (OSError, UnicodeDecodeError) as error:
            self._note(file, f"cannot be read ({error})", "make it a readable UTF-8 file")
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"line (\d+)", str(error))
            end = len(text.splitlines())
            self._note(file, f"is not TOML: {error}", "mend the syntax", int(where[1]) if where else end)
        else:
            self.lines[file] = _line_numbers(text)
            return _Table(self, file, data, "")
        return None

    def _stages(self, frame: _Table) -> Iterator[Stage]:
        for table in _unique(frame.tables("stages"), "stage"):
            yield Stage(table.id(), table.text("name"), table.text("about"))
            table.done()

    def _scale(self, frame: _Table) -> tuple[tuple[Point, ...], Point]:
        points: list[Point] = []
        skip = frame.table("skip")
        for table in _unique(frame.tables("scale"), "answer"):
            point = Point(table.id(), table.text("label"), table.text("said"), table.number("level", 0, 1))
            if points and (point.level or 0) <= (points[-1].level or 0):
                table.problem("level", f"level of {point.id!r} does not rise", "order the scale from least to most")
            if point.id == skip.data.get("id"):
                table.problem("id", f"{point.id!r} is also the id of [skip]", "rename one of the two")
            points.append(point)
            table.done()
        if len(points) < 2 or points[0].level != 0 or points[-1].level != 1:
            frame.problem("scale", "the scale does not run from level 0 to level 1", "give the ends 0 and 1")
        apart = Point(skip.id(), skip.text("label"), skip.text("said"), None)
        skip.done()
        return tuple(points), apart

    def _wishes(self, frame: _Table) -> Iterator[Wish]:
        for table in _unique(frame.tables("wishes", optional=True), "wish"):
            yield Wish(table.choice("id", WISHES, "wish"), table.text("label"), table.text("said"))
            table.done()

    def _prompts(self, file: Path) -> Iterator[Prompt]:
        """The prompts in `file`; none where there is no such file."""
        if not file.exists() or (library := self._open(file)) is None:
            return
        for table in _unique(library.tables("prompts"), "prompt"):
            when = table.choice("when", CONDITIONS, "condition")
            prompt = Prompt(table.id(), when, table.text("text"), table.number("priority", 0, 100))
            for what, mend in _slot_faults(prompt.text, CONDITIONS.get(when)):
                table.problem("text", what, mend)
            table.done()
            yield prompt
        library.done()

    def _role(self, id: str, table: _Table, stages: set[str]) -> Role:
        if not _ID.fullmatch(id):
            self._note(table.file, f"file name {id!r} is not an id", "use a-z, 0-9 and single hyphens, a letter first")
        stage = table.choice("stage", sorted(stages), "stage")
        responsibilities = []
        for row in table.tables("responsibilities"):
            responsibilities.append(
                Responsibility(
                    id=row.id(),
                    role=id,
                    name=row.text("name"),
                    question=row.text("question"),
                    hint=row.text("hint"),
                    week=row.text("week", optional=True),
                    words=row.texts("words", optional=True),
                    file=row.file,
                    line=row.line(),
                )
            )
            row.done()
        if table.data.get("responsibilities") == []:
            table.problem("responsibilities", "the role has no responsibility", "add a [[responsibilities]] table")
        role = Role(
            id=id,
            name=table.text("name"),
            plural=table.text("plural"),
            purpose=table.text("purpose"),
            people=table.text("people"),
            stage=stage,
            place=table.number("place", 0, 100),
            works_with=table.texts("works-with"),
            titles=table.texts("titles", optional=True),
            responsibilities=tuple(responsibilities),
        )
        table.done()
        return role

    def _across(self, roles: list[Role], tables: dict[str, _Table], ids: set[str]) -> None:
        """What only shows when all roles are seen together: references, unique ids, equal numbers.

        `ids` also names roles whose file cannot be read, so that one broken file is one problem.
        """
        counts = [len(role.responsibilities) for role in roles]
        usual = max(set(counts), key=counts.count, default=0)
        seen: dict[str, Responsibility] = {}
        for role in roles:
            table = tables[role.id]
            for other in role.works_with:
                if other not in ids or other == role.id:
                    table.problem("works-with", f"{other!r} is no other role", f"use some of {', '.join(sorted(ids))}")
            if len(role.responsibilities) != usual:
                table.problem(
                    "responsibilities",
                    f"{len(role.responsibilities)} responsibilities where other roles have {usual}",
                    "give every role the same number: shares compare like with like only then",
                )
            for item in role.responsibilities:
                if item.id in seen:
                    first = seen[item.id]
                    self._note(
                        item.file, f"id {item.id!r} is taken by {first.file.name}:{first.line}", "rename one", item.line
                    )
                elif item.id in ids:
                    self._note(item.file, f"id {item.id!r} is also a role's", "rename one", item.line)
                seen.setdefault(item.id, item)


def _unique(tables: Iterator[_Table], kind: str) -> Iterator[_Table]:
    seen: set[str] = set()
    for table in tables:
        id = table.data.get("id")
        if isinstance(id, str):
            if id in seen:
                table.problem("id", f"{kind} {id!r} stands twice", "rename or remove one")
            seen.add(id)
        yield table


def _slot_faults(text: str, slots: Collection[str] | None) -> Iterator[tuple[str, str]]:
    """What is wrong with the slots of a prompt's text, and the mend. No `slots`: nobody knows which there are."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        yield "text has a brace without its partner", "write each slot as {slot}, and double any other brace"
        return
    for _, slot, form, conversion in parts:
        written = f"{slot}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}"
        if slot is not None and slots is not None and written not in slots:
            given = f"use only {', '.join(f'{{{name}}}' for name in slots)}" if slots else "use none here"
            yield f"unknown slot {{{written}}} for this condition", given


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
