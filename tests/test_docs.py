"""Checks of the documentation: commands, paths, settings, links, versions, examples."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
import shutil
import tomllib
from functools import cache
from pathlib import Path

import pytest

import quiz
from quiz.admin import bank_lint
from quiz.cli import main
from quiz.config import paths
from quiz.config.settings import SETTINGS
from tests.factories import ROOT

# Files of tools and of an instance are not part of the project.
IGNORED = {".git", ".venv", "__pycache__", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "dist"}
FILES = sorted(
    file
    for file in ROOT.rglob("*")
    if file.is_file()
    and not IGNORED & set(file.relative_to(ROOT).parts)
    and file.relative_to(ROOT).parts[0] != "instance"
)
PAGES = [file for file in FILES if file.suffix == ".md"]

for_each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str) -> list[str]:
    """The fenced code blocks of a page."""
    return re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def code(text: str) -> list[str]:
    """Every piece of code in a page: its blocks, and what is between backticks."""
    return blocks(text) + re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


# Commands


def test_the_readme_names_the_two_commands():
    assert [block for block in blocks(read("README.md")) if block.startswith("./run")] == ["./run\n", "./run test\n"]


@for_each_page
def test_every_command_that_a_page_names_exists(page: Path):
    text = page.read_text(encoding="utf-8")
    commands = {
        name for piece in code(text) for name in re.findall(r"(?:^|(?<!from)(?<!--app)\s)quiz ([a-z][a-z-]*)", piece)
    }
    assert commands <= set(main.commands), commands - set(main.commands)


@for_each_page
def test_every_option_of_run_that_a_page_names_exists(page: Path):
    known = {
        option for name in ("serve", "demo") for parameter in main.commands[name].params for option in parameter.opts
    }
    text = page.read_text(encoding="utf-8")
    calls = [line for piece in code(text) for line in piece.splitlines() if re.search(r"\./run(?! test| quiz)", line)]
    options = {option for call in calls for option in re.findall(r"(?<=\s)--[a-z-]+", call)}
    assert options <= known, options - known


@for_each_page
def test_every_option_of_a_command_that_a_page_names_exists(page: Path):
    for piece in code(page.read_text(encoding="utf-8")):
        for name, arguments in re.findall(r"\bquiz ([a-z][a-z-]*)\b([^\n|&;]*)", piece):
            if command := main.commands.get(name):
                known = {option for parameter in command.params for option in parameter.opts}
                options = set(re.findall(r"(?<=\s)--?[a-z][a-z-]*", arguments))
                assert options <= known, f"quiz {name}: {options - known}"


def test_every_command_is_documented():
    documented = " ".join(piece for page in PAGES for piece in code(page.read_text(encoding="utf-8")))
    # `./run` without arguments is `quiz serve`.
    assert not [
        name
        for name in sorted(set(main.commands) - {"serve", "run", "routes", "shell"})
        if f"quiz {name}" not in documented
    ]


# The map of the repository in README


#: Columns by which names are indented in the map.
MAX_MAP_INDENT = 8


def repository_map() -> list[str]:
    """The paths in README’s map. An indented name is inside the folder above it; other lines continue a description."""
    block = next(block for block in blocks(read("README.md")) if re.search(r"^quiz/", block, re.MULTILINE))
    entries: list[str] = []
    folders = {-1: ""}
    for line in block.splitlines():
        indent = len(line) - len(line.lstrip())
        if indent > MAX_MAP_INDENT:
            continue
        folders = {column: folder for column, folder in folders.items() if column < indent}
        path = folders[max(folders)] + line.split()[0]
        folders[indent] = path
        entries.append(path)
    return entries


def test_the_map_shows_only_what_exists():
    assert [name for name in repository_map() if not (ROOT / name).exists()] == []


def test_the_map_shows_every_folder_and_every_part_of_the_package():
    paths_in_project = {file.relative_to(ROOT).parts for file in FILES}
    folders = {f"{parts[0]}/" for parts in paths_in_project if len(parts) > 1 and not parts[0].startswith(".")}
    parts = {f"quiz/{parts[1]}" + ("/" if len(parts) > 2 else "") for parts in paths_in_project if parts[0] == "quiz"}
    assert folders | parts - {"quiz/__init__.py", "quiz/__main__.py", "quiz/py.typed"} <= set(repository_map())


@for_each_page
def test_every_path_that_a_page_names_exists(page: Path):
    folders = "quiz|tests|templates|docs|questions|requirements|benchmarks"
    named_paths = {
        piece
        for piece in code(page.read_text(encoding="utf-8"))
        if re.fullmatch(rf"(?:{folders})/[\w./-]*", piece)  # not a pattern such as roles/<role>.toml
    }
    assert not {name for name in named_paths if not (ROOT / name).exists()}


@for_each_page
def test_every_link_within_the_project_has_a_target(page: Path):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        target_file = page.parent / file if file else page
        assert target_file.exists(), target
        headings = re.findall(r"^#+ (.+)$", target_file.read_text(encoding="utf-8"), re.MULTILINE) if heading else []
        anchors = [re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings]
        assert not heading or heading in anchors, target


# Settings, versions, examples


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_in_the_table_with_its_help(setting):
    row = next((line for line in read("docs/running.md").splitlines() if line.startswith(f"| `{setting.name}` |")), "")
    assert row.endswith(f"| {setting.help} |")
    default = " ".join(setting.default) if isinstance(setting.default, list) else str(setting.default)
    default_text = {"": "empty", "False": "`no`", "True": "`yes`"}.get(default, f"`{default}`")
    assert f"| {default_text} |" in row


def test_the_table_of_settings_has_only_settings():
    rows = re.findall(r"^\| `([A-Z_]+)` \|", read("docs/running.md"), re.MULTILINE)
    assert rows == [setting.name for setting in SETTINGS]


def test_the_changelog_has_the_version_of_the_project():
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}\b", read("CHANGELOG.md"), re.MULTILINE)


def test_the_example_of_a_new_role_is_valid(tmp_path: Path):
    example = next(block for block in blocks(read("docs/adding.md")) if "[[responsibilities]]" in block)
    name = re.search(r"for example `([a-z-]+\.toml)`", read("docs/adding.md"))
    assert name
    bank = shutil.copytree(paths.project_folder("questions"), tmp_path / "bank")
    (bank / "roles" / name[1]).write_text(example, encoding="utf-8")
    assert [str(problem) for problem in bank_lint.problems(bank)] == []


def test_the_readme_has_the_number_of_questions_and_the_names_of_the_roles(bank):
    text = " ".join(read("README.md").split())
    assert f"{len(bank.questions_in_order)} questions" in text
    assert not [role.name for role in bank.roles if role.name not in text]


# Names of the code

#: A dotted name of the package, a class of two words or more, or a member of a class.
CODE_NAME = re.compile(r"quiz(?:\.\w+)+|(?:[A-Z][a-z]+){2,}|(?:[A-Z][a-z]+)+\.\w+(?:\(\))?")


def glossary_names() -> list[str]:
    """The code in the last column of the glossary."""
    rows = [line for line in read("docs/glossary.md").splitlines() if line.startswith("| **")]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[-2])]


@cache
def classes() -> dict[str, type]:
    """Every class of the package by its name."""
    modules = [module.name for module in pkgutil.walk_packages(quiz.__path__, "quiz.")]
    members = [
        member
        for name in modules
        if name != "quiz.__main__"  # it runs the command line
        for _, member in inspect.getmembers(importlib.import_module(name), inspect.isclass)
    ]
    return {member.__name__: member for member in members if member.__module__.startswith("quiz.")}


def is_in_code(name: str) -> bool:
    """Whether the package has `name` (such as `bank.Role` or `Role.stage`), or the project has this folder."""
    if name.endswith("/"):
        return (ROOT / name).is_dir()
    class_name, _, member = name.removesuffix("()").partition(".")
    if class_name in classes():
        owner = classes()[class_name]
        fields = [field.name for field in dataclasses.fields(owner)] if dataclasses.is_dataclass(owner) else []
        return not member or member in fields or hasattr(owner, member)
    try:
        pkgutil.resolve_name(f"quiz.{name.removeprefix('quiz.')}")
    except (ImportError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("name", glossary_names())
def test_every_name_in_the_last_column_of_the_glossary_is_in_the_code(name):
    assert is_in_code(name)


@for_each_page
def test_every_class_and_dotted_name_that_a_page_names_is_in_the_code(page: Path):
    names = {piece for piece in code(page.read_text(encoding="utf-8")) if CODE_NAME.fullmatch(piece)}
    assert not {name for name in names if not is_in_code(name)}


def test_a_name_that_is_not_in_the_code_is_noticed():
    assert not any(map(is_in_code, ("Scheme", "bank.Scheme", "Role.worth", "quiz.scheme", "quiz/scheme/")))
    assert all(
        map(is_in_code, ("bank.Role", "Role.stage", "Storage.close_round", "RoleScore.share", "quiz.create_app"))
    )


# Tests that the documentation names


def names_of_tests(file: str) -> set[str]:
    """The names of the test functions in a file."""
    return set(re.findall(r"^\s*def (test_\w+)\(", read(file), re.MULTILINE)) if (ROOT / file).exists() else set()


@for_each_page
def test_every_test_that_a_page_names_exists(page: Path):
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", page.read_text(encoding="utf-8"))
    assert [f"{file}::{name}" for file, name in named if name not in names_of_tests(file)] == []


def test_every_promise_says_how_it_is_kept_and_which_test_checks_it():
    rows = [line.strip("|").split(" | ") for line in read("docs/trust.md").splitlines() if line.startswith("|")]
    promises = [row for row in rows if row[0].strip() not in {"promise", "---"}]
    assert len(promises) > 40
    assert [row[0] for row in promises if len(row) != 3 or not row[1].strip() or "::test_" not in row[2]] == []


# Content that no file may have


#: Promises that cannot be kept: backups and copies exist, people draw conclusions, browsers have a history.
UNKEPT_PROMISES = re.compile(
    r"for good|for ever\b|forever|nobody is told|nobody learns|nobody will know|only you see|never changes again"
    r"|completely anonymous|fully anonymous|cannot be traced|leaves? no trace|100\s?% (?:safe|secure|anonymous)",
    re.IGNORECASE,
)
TEXTS = [
    file
    for file in FILES
    if file.suffix in {".md", ".html"} or (file.suffix in {".py", ".js"} and file.is_relative_to(ROOT / "quiz"))
]


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_text_makes_a_promise_that_cannot_be_kept(file: Path):
    assert UNKEPT_PROMISES.findall(" ".join(file.read_text(encoding="utf-8").split())) == []


def test_no_file_names_a_package_registry_or_a_home_folder():
    registries = ["pypi" + ".org", "files.python" + "hosted.org", "registry." + "npmjs.org", "deb." + "debian.org"]
    homes = ["/" + "home/", "/" + "Users/", "/" + "root/"]
    forbidden = {
        (str(file.relative_to(ROOT)), word)
        for file in FILES
        for word in registries + homes
        if word.encode() in file.read_bytes()
    }
    assert not forbidden
