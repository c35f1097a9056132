"""Reading the files of the roles, one for each role, with its responsibilities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from quiz.bank.csv_columns import CSV_COLUMNS, RESERVED_ROLE_IDS
from quiz.bank.model import Responsibility, Role
from quiz.bank.toml_tables import ProblemLog, TomlTable, id_problem, quote


def role_files_in(folder: Path, log: ProblemLog) -> list[Path]:
    """The files of the roles in `folder`, sorted. Hidden files, such as those of editors, are ignored."""
    try:
        files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    except FileNotFoundError:
        files = []
    except OSError as error:
        log.add(folder, f"cannot be read ({error.strerror})", "make it a readable folder")
        return []
    role_files = [file for file in files if file.suffix.lower() == ".toml"]
    if not role_files:
        log.add(folder, "contains no role", "add a file <role>.toml")
    for file in role_files:
        if file.suffix != ".toml":
            log.add(file, f"ends in {file.suffix}", f"rename it {file.stem}.toml")
    return role_files


def read_roles(files: Iterable[Path], stages: Collection[str], log: ProblemLog) -> list[Role]:
    """The roles in `files`, whose stages are among the ids `stages`. The problems are added to `log`."""
    tables = {file.stem: log.open(file) for file in files}
    readable_tables = {id: table for id, table in tables.items() if table is not None}
    roles = [_role(id, table, stages, log) for id, table in readable_tables.items()]
    for role in roles:
        # A role whose file cannot be read is also known here, so that one unreadable file is only one problem.
        _check_contacts(role, readable_tables[role.id], set(tables))
    _check_responsibility_counts(roles, readable_tables)
    _check_responsibility_ids(roles, set(tables), log)
    return roles


def _role(id: str, table: TomlTable, stages: Collection[str], log: ProblemLog) -> Role:
    if problem := id_problem(id):
        log.add(table.file, f"file name {quote(id)} {problem[0]}", problem[1])
    elif id in CSV_COLUMNS or id in RESERVED_ROLE_IDS:
        _add_column_problem(log, id, table.file, 1)
    responsibilities = tuple(_responsibilities(id, table))
    if table.data.get("responsibilities") == []:
        table.add_problem("responsibilities", "the role has no responsibility", "add a [[responsibilities]] table")
    role = Role(
        id=id,
        name=table.text("name"),
        plural=table.text("plural"),
        purpose=table.text("purpose"),
        contact_label=table.text("contact-label"),
        stage=table.choice("stage", sorted(stages), "stage"),
        position=table.number("position", 0, 100),
        works_with=table.texts("works-with"),
        titles=table.texts("titles", optional=True),
        whole_titles=table.texts("whole-titles", optional=True),
        responsibilities=responsibilities,
    )
    table.report_unknown_keys()
    return role


def _responsibilities(role: str, table: TomlTable) -> Iterator[Responsibility]:
    for row in table.tables("responsibilities"):
        yield Responsibility(
            id=row.id(),
            role=role,
            name=row.text("name"),
            question=row.text("question"),
            hint=row.text("hint"),
            weekly_example=row.text("weekly-example", optional=True),
            vocabulary=row.texts("vocabulary", optional=True),
            role_vocabulary=row.texts("role-vocabulary", optional=True),
            viewer_question=row.text("viewer-question", optional=True),
            file=row.file,
            line=row.line(),
        )
        row.report_unknown_keys()


def _check_contacts(role: Role, table: TomlTable, role_ids: set[str]) -> None:
    for other in role.works_with:
        if other not in role_ids or other == role.id:
            hint = f"use some of {', '.join(sorted(role_ids - {role.id}))}"
            table.add_problem("works-with", f"{quote(other)} is not the id of another role", hint)


def _check_responsibility_counts(roles: Iterable[Role], tables: Mapping[str, TomlTable]) -> None:
    count_of_role = {role.id: len(role.responsibilities) for role in roles if role.responsibilities}
    counts = list(count_of_role.values())
    usual_count = max(sorted(set(counts)), key=counts.count, default=0)
    for role, count in count_of_role.items():
        if count != usual_count:
            tables[role].add_problem(
                "responsibilities",
                f"{count} responsibilities, but other roles have {usual_count}",
                "give every role the same number, so that their shares can be compared",
            )


def _check_responsibility_ids(roles: Iterable[Role], role_ids: Collection[str], log: ProblemLog) -> None:
    first: dict[str, Responsibility] = {}
    for item in (item for role in roles for item in role.responsibilities):
        if item.id in CSV_COLUMNS:
            _add_column_problem(log, item.id, item.file, item.line)
        if item.id in first:
            other = first[item.id]
            message = f"id {quote(item.id)} is already used in {other.file.name}:{other.line}"
            log.add(item.file, message, "rename one", item.line)
        elif item.id in role_ids:
            log.add(item.file, f"id {quote(item.id)} is also the id of a role", "rename one", item.line)
        first.setdefault(item.id, item)


def _add_column_problem(log: ProblemLog, id: str, file: Path, line: int) -> None:
    log.add(file, f"id {quote(id)} is the name of another column in CSV files", "rename it", line)
