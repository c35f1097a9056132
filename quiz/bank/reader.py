"""Reading a bank: `bank.toml`, talking points, other work and icons here, the roles in `role_files`."""

from __future__ import annotations

import os
import string
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from quiz.bank import icons
from quiz.bank.model import (
    WISHES,
    AnswerOption,
    Bank,
    FollowUpOption,
    OtherWork,
    Stage,
    TitleWords,
    ViewerTexts,
    Wish,
)
from quiz.bank.role_files import read_roles, role_files_in
from quiz.bank.talking_point import CONDITIONS, TalkingPoint
from quiz.bank.toml_tables import ProblemLog, TomlTable, quote, with_unique_ids

#: People could not distinguish more answers on the scale, and a page cannot show more stages.
MAX_SCALE_STEPS = MAX_STAGES = 20
_MAX_ANSWER_ID_LENGTH = 20  # in characters; the database stores no longer ids
_MAX_QUESTIONS_PER_PAGE = 50


class BankReader(ProblemLog):
    """Reads a folder into a `Bank` and collects the problems."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def bank(self) -> Bank | None:
        """The bank, or None if there are problems."""
        root = self.open(self.folder / "bank.toml")
        role_files = role_files_in(self.folder / "roles", self)
        for icon_file in (self.folder / "logo.svg", *(file.with_suffix(".svg") for file in role_files)):
            self._check_icon(icon_file)
        if root is None or not role_files:
            return None

        name, stem = root.text("name"), root.text("stem")
        stages = tuple(self._stages(root))
        scale, skip = self._scale(root)
        pages = root.table("pages")
        min_page_size = pages.whole_number("min-questions", 1, _MAX_QUESTIONS_PER_PAGE)
        max_page_size = pages.whole_number("max-questions", 1, _MAX_QUESTIONS_PER_PAGE)
        pages.report_unknown_keys()
        wishes = tuple(self._wishes(root))
        follow_ups = tuple(self._follow_ups(root, skip))
        self._check_follow_ups(root, follow_ups)
        title_words = self._title_words(root)
        viewer_texts = self._viewer_texts(root)
        root.report_unknown_keys()
        talking_points = tuple(self._talking_points(self.folder / "talking_points.toml"))
        other_work = tuple(self._other_work(self.folder / "other_work.toml"))
        roles = read_roles(role_files, {stage.id for stage in stages}, self)
        if self.problems:
            return None

        stage_order = [stage.id for stage in stages]
        bank = Bank(
            name=name,
            stem=stem,
            scale=scale,
            skip=skip,
            stages=stages,
            roles=tuple(sorted(roles, key=lambda role: (stage_order.index(role.stage), role.position, role.id))),
            min_page_size=min_page_size,
            max_page_size=max_page_size,
            wishes=wishes,
            follow_ups=follow_ups,
            talking_points=talking_points,
            title_words=title_words,
            other_work=other_work,
            viewer_texts=viewer_texts,
        )
        self._check_page_sizes(bank, pages)
        return bank

    def _check_icon(self, file: Path) -> None:
        """Record the problems of the icon in `file`, if this file exists."""
        if not os.path.lexists(file):
            return
        text = self.read(file, icons.MAX_ICON_BYTES)
        if text is not None:
            for line, message, hint in icons.icon_problems(text):
                self.add(file, message, hint, line)

    def _check_page_sizes(self, bank: Bank, pages: TomlTable) -> None:
        sizes = [len(page) for page in bank.pages]
        if bank.min_page_size <= min(sizes) and max(sizes) <= bank.max_page_size:
            return
        limits = f"{bank.min_page_size} to {bank.max_page_size}"
        message = f"pages of {limits} questions are not possible (sizes: {', '.join(map(str, sizes))})"
        pages.add_problem("min-questions", message, "allow more sizes")

    # Parts of bank.toml

    def _stages(self, root: TomlTable) -> Iterator[Stage]:
        for table in with_unique_ids(root.tables("stages"), "stage"):
            yield Stage(id=table.id(), name=table.text("name"), description=table.text("description"))
            table.report_unknown_keys()
        self._check_length(root, "stages", "stages", MAX_STAGES)

    def _scale(self, root: TomlTable) -> tuple[tuple[AnswerOption, ...], AnswerOption]:
        """The answers on the scale, and the one that skips a question."""
        scale: list[AnswerOption] = []
        skip_table = root.table("skip")
        problem_count = len(self.problems)
        for table in with_unique_ids(root.tables("scale"), "answer"):
            option = self._answer_option(table, table.number("level", 0, 1))
            # The other levels cannot be compared with a wrong one.
            are_levels_known = len(self.problems) == problem_count
            if are_levels_known and scale and (option.level or 0) <= (scale[-1].level or 0):
                message = f"level of {quote(option.id)} is not higher than the one before"
                table.add_problem("level", message, "order the scale from least to most")
            if option.id == skip_table.data.get("id"):
                table.add_problem("id", f"{quote(option.id)} is also the id of [skip]", "rename one of the two")
            scale.append(option)
            table.report_unknown_keys()
        self._check_length(root, "scale", "answers", MAX_SCALE_STEPS)
        ends = [option.level for option in (*scale[:1], *scale[-1:])]
        if len(self.problems) == problem_count and ends != [0, 1]:
            root.add_problem("scale", "the scale does not run from level 0 to level 1", "give the ends 0 and 1")
        skip = self._answer_option(skip_table, None)
        skip_table.report_unknown_keys()
        return tuple(scale), skip

    def _answer_option(self, table: TomlTable, level: float | None) -> AnswerOption:
        id = table.id(_MAX_ANSWER_ID_LENGTH)
        return AnswerOption(id=id, label=table.text("label"), phrase=table.text("phrase"), level=level)

    def _wishes(self, root: TomlTable) -> Iterator[Wish]:
        for table in with_unique_ids(root.tables("wishes", optional=True), "wish"):
            id = table.choice("id", WISHES, "wish")
            yield Wish(id=id, label=table.text("label"), phrase=table.text("phrase"))
            table.report_unknown_keys()

    def _follow_ups(self, root: TomlTable, skip: AnswerOption) -> Iterator[FollowUpOption]:
        """The answers to follow-up questions: those that put a role into the mix, then those that keep it out."""
        was_in_mix = True
        for table in with_unique_ids(root.tables("follow-ups", optional=True), "answer"):
            option = FollowUpOption(
                id=table.id(_MAX_ANSWER_ID_LENGTH),
                label=table.text("label"),
                phrase=table.text("phrase"),
                in_mix=table.boolean("in-mix"),
            )
            if option.id == skip.id:
                table.add_problem("id", f"{quote(option.id)} is also the id of [skip]", "rename one of the two")
            if option.in_mix and not was_in_mix:
                message = f"{quote(option.id)} puts a role into the mix, the answer before keeps it out"
                table.add_problem("in-mix", message, "order the answers from most time to least")
            was_in_mix = option.in_mix
            yield option
            table.report_unknown_keys()

    def _check_follow_ups(self, root: TomlTable, options: Sequence[FollowUpOption]) -> None:
        """Record a problem if the answers to follow-up questions cannot both put in a role and keep one out."""
        self._check_length(root, "follow-ups", "answers to follow-up questions", MAX_SCALE_STEPS)
        if self.problems or not options:
            return
        if not options[0].in_mix:
            message = "no answer puts a role into the mix"
            root.add_problem("follow-ups", message, "give the first answers in-mix = true")
        if options[-1].in_mix:
            message = "no answer keeps a role out of the mix"
            root.add_problem("follow-ups", message, "give the last answers in-mix = false")

    def _check_length(self, table: TomlTable, key: str, items: str, maximum: int) -> None:
        """Record a problem if the list `key`, which contains `items`, is empty or too long."""
        rows = table.data.get(key)
        if rows == []:
            table.add_problem(key, f"there are no {items}", f"add [[{key}]] tables")
        elif isinstance(rows, list) and len(rows) > maximum:
            table.add_problem(key, f"there are {len(rows)} {items}", f"use at most {maximum}")

    def _title_words(self, root: TomlTable) -> TitleWords:
        table = root.table("titles", optional=True)
        title_words = TitleWords(
            levels=table.texts("levels", optional=True), other_jobs=table.texts("other-jobs", optional=True)
        )
        table.report_unknown_keys()
        return title_words

    def _viewer_texts(self, root: TomlTable) -> ViewerTexts | None:
        """The texts for second views; None if the bank has none."""
        if "second-view" not in root.data:
            return None
        table = root.table("second-view")
        texts = ViewerTexts(
            stem=table.text("stem"),
            lowest_label=table.text("lowest-label"),
            skip_label=table.text("skip-label"),
            skip_phrase=table.text("skip-phrase"),
        )
        if texts.stem and texts.stem.count("{name}") != 1:
            table.add_problem("stem", "stem does not have the slot {name} once", "write {name} where the name belongs")
        table.report_unknown_keys()
        return texts

    # The work that the quiz does not ask about

    def _other_work(self, file: Path) -> Iterator[OtherWork]:
        """The other work in `file`; none if there is no such file."""
        root = self.open(file) if os.path.lexists(file) else None
        if root is None:
            return
        for table in with_unique_ids(root.tables("other-work"), "other work"):
            yield OtherWork(id=table.id(), name=table.text("name"), vocabulary=table.texts("vocabulary"))
            table.report_unknown_keys()
        root.report_unknown_keys()

    # The talking points

    def _talking_points(self, file: Path) -> Iterator[TalkingPoint]:
        """The talking points in `file`; none if there is no such file."""
        root = self.open(file) if os.path.lexists(file) else None
        if root is None:
            return
        for table in with_unique_ids(root.tables("talking-points"), "talking point"):
            when = table.choice("when", CONDITIONS, "condition")
            text = table.text("text")
            for message, hint in _slot_problems(text, CONDITIONS.get(when)):
                table.add_problem("text", message, hint)
            yield TalkingPoint(id=table.id(), when=when, text=text, priority=table.number("priority", 0, 100))
            table.report_unknown_keys()
        root.report_unknown_keys()


def _slot_problems(text: str, slots: Collection[str] | None) -> Iterator[tuple[str, str]]:
    """Problems with the slots of a talking point's text, each with a hint. With `slots` None every slot is accepted."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        yield "text has an unmatched brace", "write each slot as {slot}, and double any other brace"
        return
    for _, slot, format_spec, conversion in parts:
        if slot is None or slots is None:
            continue
        full_slot = slot
        if conversion:
            full_slot += f"!{conversion}"
        if format_spec:
            full_slot += f":{format_spec}"
        if full_slot not in slots:
            known_slots = ", ".join(f"{{{name}}}" for name in slots)
            hint = f"use only {known_slots}" if slots else "use no slot here"
            yield f"unknown slot {{{full_slot}}} for this condition", hint
