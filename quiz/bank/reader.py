"""The files of a bank read into a `Bank`: `bank.toml`, a file and a mark a role, and the prompts."""

from __future__ import annotations

import os
import string
from collections.abc import Collection, Iterator
from pathlib import Path

from quiz.bank import icons
from quiz.bank.model import (
    COLUMNS,
    CONDITIONS,
    WISHES,
    AnswerOption,
    Bank,
    Responsibility,
    Role,
    Stage,
    TalkingPoint,
    Wish,
)
from quiz.bank.toml_tables import Notes, Table, id_fault, shown, unique

#: Answers on the scale, and stages in the flow: more can neither be told apart nor drawn.
MOST = 20
_LONGEST_ANSWER_ID = 20  # the database keeps no longer ones


class Reader(Notes):
    """Reads a folder into a `Bank`, gathering problems on the way."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def bank(self) -> Bank | None:
        """The bank, or None where problems stand in its way."""
        frame = self.open(self.folder / "bank.toml")
        files = self._role_files()
        for mark in (self.folder / "logo.svg", *(file.with_suffix(".svg") for file in files)):
            self._mark(mark)
        if frame is None or not files:
            return None
        stages = tuple(self._stages(frame))
        scale, skip = self._scale(frame)
        pages = frame.table("pages")
        least, most = pages.whole("min-questions", 1, 50), pages.whole("max-questions", 1, 50)
        pages.done()
        name, stem = frame.text("name"), frame.text("stem")
        wishes = tuple(self._wishes(frame))
        frame.done()
        talking_points = tuple(self._talking_points(self.folder / "talking_points.toml"))
        tables = {file.stem: table for file in files if (table := self.open(file))}
        found = [self._role(id, table, {stage.id for stage in stages}) for id, table in tables.items()]
        self._across(found, tables, {file.stem for file in files})
        if self.problems:
            return None
        order = [stage.id for stage in stages]
        roles = tuple(sorted(found, key=lambda role: (order.index(role.stage), role.position, role.id)))
        bank = Bank(name, stem, scale, skip, stages, roles, least, most, wishes, talking_points)
        if not all(least <= len(page) <= most for page in bank.pages):
            sizes = ", ".join(str(len(page)) for page in bank.pages)
            pages.problem(
                "min-questions", f"pages of {least} to {most} cannot hold the questions evenly ({sizes})", "widen it"
            )
        return bank

    def _role_files(self) -> list[Path]:
        """The files of the roles, sorted. Hidden ones, such as editors leave, are none."""
        folder = self.folder / "roles"
        try:
            found = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
        except FileNotFoundError:
            found = []
        except OSError as error:
            self.note(folder, f"cannot be read ({error.strerror})", "make it a readable folder")
            return []
        files = [file for file in found if file.suffix.lower() == ".toml"]
        if not files:
            self.note(folder, "holds no role", "add a file <role>.toml")
        for file in files:
            if file.suffix != ".toml":
                self.note(file, f"ends in {file.suffix}", f"rename it {file.stem}.toml")
        return files

    def _mark(self, file: Path) -> None:
        """Note what keeps the picture in `file`, if there is one, from being drawn into pages."""
        if os.path.lexists(file) and (text := self.read(file, icons.MOST_BYTES)) is not None:
            for line, what, hint in icons.faults(text):
                self.note(file, what, hint, line)

    def _stages(self, frame: Table) -> Iterator[Stage]:
        for table in unique(frame.tables("stages"), "stage"):
            yield Stage(table.id(), table.text("name"), table.text("description"))
            table.done()
        self._some(frame, "stages", "stages")

    def _some(self, frame: Table, key: str, what: str) -> None:
        """Note where the list `key` is empty or holds too much."""
        rows = frame.data.get(key)
        if rows == []:
            frame.problem(key, f"there are no {what}", f"add [[{key}]] tables")
        elif isinstance(rows, list) and len(rows) > MOST:
            frame.problem(key, f"there are {len(rows)} {what}", f"use at most {MOST}")

    def _scale(self, frame: Table) -> tuple[tuple[AnswerOption, ...], AnswerOption]:
        points: list[AnswerOption] = []
        skip = frame.table("skip")
        before = len(self.problems)
        for table in unique(frame.tables("scale"), "answer"):
            point = AnswerOption(
                table.id(_LONGEST_ANSWER_ID), table.text("label"), table.text("phrase"), table.number("level", 0, 1)
            )
            # A level that is not known is no reason to doubt the others.
            sound = len(self.problems) == before
            if sound and points and (point.level or 0) <= (points[-1].level or 0):
                what = f"level of {shown(point.id)} does not rise"
                table.problem("level", what, "order the scale from least to most")
            if point.id == skip.data.get("id"):
                table.problem("id", f"{shown(point.id)} is also the id of [skip]", "rename one of the two")
            points.append(point)
            table.done()
        self._some(frame, "scale", "answers")
        ends = points[:1] + points[-1:]
        if len(self.problems) == before and [point.level for point in ends] != [0, 1]:
            frame.problem("scale", "the scale does not run from level 0 to level 1", "give the ends 0 and 1")
        apart = AnswerOption(skip.id(_LONGEST_ANSWER_ID), skip.text("label"), skip.text("phrase"), None)
        skip.done()
        return tuple(points), apart

    def _wishes(self, frame: Table) -> Iterator[Wish]:
        for table in unique(frame.tables("wishes", optional=True), "wish"):
            yield Wish(table.choice("id", WISHES, "wish"), table.text("label"), table.text("phrase"))
            table.done()

    def _talking_points(self, file: Path) -> Iterator[TalkingPoint]:
        """The prompts in `file`; none where there is no such file."""
        if not os.path.lexists(file) or (library := self.open(file)) is None:
            return
        for table in unique(library.tables("talking-points"), "talking point"):
            when = table.choice("when", CONDITIONS, "condition")
            talking_point = TalkingPoint(table.id(), when, table.text("text"), table.number("priority", 0, 100))
            for what, hint in _slot_faults(talking_point.text, CONDITIONS.get(when)):
                table.problem("text", what, hint)
            table.done()
            yield talking_point
        library.done()

    def _role(self, id: str, table: Table, stages: set[str]) -> Role:
        if fault := id_fault(id):
            self.note(table.file, f"file name {shown(id)} {fault[0]}", fault[1])
        elif id in COLUMNS:
            self.note(table.file, *_is_a_column(id))
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
                    weekly_example=row.text("weekly-example", optional=True),
                    vocabulary=row.texts("vocabulary", optional=True),
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
            contact_label=table.text("contact-label"),
            stage=stage,
            position=table.number("position", 0, 100),
            works_with=table.texts("works-with"),
            titles=table.texts("titles", optional=True),
            responsibilities=tuple(responsibilities),
        )
        table.done()
        return role

    def _across(self, roles: list[Role], tables: dict[str, Table], ids: set[str]) -> None:
        """What only shows when all roles are seen together: references, unique ids, equal numbers.

        `ids` also names roles whose file cannot be read, so that one broken file is one problem.
        """
        counts = [len(role.responsibilities) for role in roles if role.responsibilities]
        usual = max(set(counts), key=counts.count, default=0)
        seen: dict[str, Responsibility] = {}
        for role in roles:
            table = tables[role.id]
            for other in role.works_with:
                if other not in ids or other == role.id:
                    table.problem(
                        "works-with", f"{shown(other)} is no other role", f"use some of {', '.join(sorted(ids))}"
                    )
            if role.responsibilities and len(role.responsibilities) != usual:
                table.problem(
                    "responsibilities",
                    f"{len(role.responsibilities)} responsibilities where other roles have {usual}",
                    "give every role the same number: shares compare like with like only then",
                )
            for item in role.responsibilities:
                if item.id in COLUMNS:
                    self.note(item.file, *_is_a_column(item.id), item.line)
                if item.id in seen:
                    first = seen[item.id]
                    self.note(
                        item.file,
                        f"id {shown(item.id)} is taken by {first.file.name}:{first.line}",
                        "rename one",
                        item.line,
                    )
                elif item.id in ids:
                    self.note(item.file, f"id {shown(item.id)} is also a role's", "rename one", item.line)
                seen.setdefault(item.id, item)


def _is_a_column(id: str) -> tuple[str, str]:
    return f"id {id!r} is a column of its own in CSV files", "rename it"


def _slot_faults(text: str, slots: Collection[str] | None) -> Iterator[tuple[str, str]]:
    """Problems with the slots of a talking point's text, each with a hint. With `slots` None every slot is accepted."""
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
