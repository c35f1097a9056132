"""The files of a bank read into a `Bank`: `bank.toml`, a file a role, and the prompts."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterator
from pathlib import Path

from quiz.bank.tables import Notes, Table, is_id, unique
from quiz.bank.values import CONDITIONS, WISHES, Bank, Point, Prompt, Responsibility, Role, Stage, Wish


class Reader(Notes):
    """Reads a folder into a `Bank`, gathering problems on the way."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def bank(self) -> Bank | None:
        """The bank, or None where problems stand in its way."""
        frame = self.open(self.folder / "bank.toml")
        files = sorted((self.folder / "roles").glob("*.toml"))
        if not files:
            self.note(self.folder / "roles", "holds no role", "add a file <role>.toml")
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
        tables = {file.stem: table for file in files if (table := self.open(file))}
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

    def _stages(self, frame: Table) -> Iterator[Stage]:
        for table in unique(frame.tables("stages"), "stage"):
            yield Stage(table.id(), table.text("name"), table.text("about"))
            table.done()

    def _scale(self, frame: Table) -> tuple[tuple[Point, ...], Point]:
        points: list[Point] = []
        skip = frame.table("skip")
        for table in unique(frame.tables("scale"), "answer"):
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

    def _wishes(self, frame: Table) -> Iterator[Wish]:
        for table in unique(frame.tables("wishes", optional=True), "wish"):
            yield Wish(table.choice("id", WISHES, "wish"), table.text("label"), table.text("said"))
            table.done()

    def _prompts(self, file: Path) -> Iterator[Prompt]:
        """The prompts in `file`; none where there is no such file."""
        if not file.exists() or (library := self.open(file)) is None:
            return
        for table in unique(library.tables("prompts"), "prompt"):
            when = table.choice("when", CONDITIONS, "condition")
            prompt = Prompt(table.id(), when, table.text("text"), table.number("priority", 0, 100))
            for what, mend in _slot_faults(prompt.text, CONDITIONS.get(when)):
                table.problem("text", what, mend)
            table.done()
            yield prompt
        library.done()

    def _role(self, id: str, table: Table, stages: set[str]) -> Role:
        if not is_id(id):
            self.note(table.file, f"file name {id!r} is not an id", "use a-z, 0-9 and single hyphens, a letter first")
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

    def _across(self, roles: list[Role], tables: dict[str, Table], ids: set[str]) -> None:
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
                    self.note(
                        item.file, f"id {item.id!r} is taken by {first.file.name}:{first.line}", "rename one", item.line
                    )
                elif item.id in ids:
                    self.note(item.file, f"id {item.id!r} is also a role's", "rename one", item.line)
                seen.setdefault(item.id, item)


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
