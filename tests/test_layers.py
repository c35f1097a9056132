"""Which package may import which, and which imports must not slow down the start of the command line."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.factories import ROOT

MODULES = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in sorted((ROOT / "quiz").rglob("*.py"))}
SOURCES = sorted(p for folder in ("quiz", "tests", "benchmarks") for p in (ROOT / folder).rglob("*.py"))

#: From the lowest to the highest: a package imports from itself and from the packages before it.
LAYERS = [
    "terminal",
    "files",
    "config",
    "bank",
    "scoring",
    "text",
    "results",
    "teams",
    "storage",
    "exchange",
    "web",
    "admin",
    "__init__",
    "cli",
    "__main__",
]
#: Packages that only compute: no web framework, no forms, no database.
PURE = {"bank", "scoring", "text", "results", "teams"}
IMPURE_IMPORTS = {"flask", "wtforms", "werkzeug", "jinja2", "sqlite_utils", "psycopg"}
#: Third-party packages, and the TOML reader, that only some of our packages may import.
ONLY = {
    "sqlite_utils": {"storage"},
    "psycopg": {"storage"},
    "psycopg_pool": {"storage"},
    "sklearn": {"text"},
    "tomllib": {"bank", "config", "text"},
}
#: Imports that take long: no command loads them before it needs them.
HEAVY = {"sklearn", "scipy", "pandas"}


def imports(file: Path) -> Iterator[str]:
    """The dotted names of all imports in a file: `from quiz import bank` is `quiz.bank`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: write the whole name, not a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def package(module: str) -> str:
    """The package of a dotted name: `quiz.web.views.take` is in `web`, `quiz.create_app` in `__init__`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in LAYERS else "__init__"


def module_of(name: str) -> str:
    """The module of ours that a dotted name is or is in; "" for anything else."""
    while name and name not in MODULES and f"{name}.__init__" not in MODULES:
        name = name.rpartition(".")[0]
    return name if name in MODULES or not name else f"{name}.__init__"


def top_level_imports(file: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(file)}


for_each_module = pytest.mark.parametrize("module", MODULES)


def test_every_package_and_module_at_the_top_is_in_the_list():
    assert {module.split(".")[1] for module in MODULES} == set(LAYERS)


@for_each_module
def test_a_module_imports_only_its_own_package_and_those_below(module):
    own_packages = {package(name) for name in imports(MODULES[module]) if name.split(".")[0] == "quiz"}
    above = {name for name in own_packages if LAYERS.index(name) > LAYERS.index(package(module))}
    assert not above, f"{module} imports {', '.join(sorted(above))}"


def test_no_modules_import_each_other():
    """Not in a circle of several either, and not inside a function or for types only."""
    graph = {module: {module_of(name) for name in imports(file)} - {module} for module, file in MODULES.items()}
    circle: list[str] = []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
    assert circle == []


@pytest.mark.parametrize("module", [module for module in MODULES if package(module) in PURE])
def test_packages_that_only_compute_import_no_web_framework_and_no_database(module):
    assert not top_level_imports(MODULES[module]) & IMPURE_IMPORTS


@for_each_module
def test_a_third_party_package_is_imported_only_where_it_belongs(module):
    forbidden = {name for name, packages in ONLY.items() if package(module) not in packages}
    assert not top_level_imports(MODULES[module]) & forbidden


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_file_imports_a_second_sqlite(file):
    assert "sqlite3" not in top_level_imports(file), (
        "use `from sqlite_utils.utils import sqlite3`: one SQLite per process"
    )


@pytest.mark.server
@pytest.mark.parametrize("arguments", [["--help"], ["check"]], ids=" ".join)
def test_the_command_line_starts_without_heavy_imports(arguments):
    code = f"""
import atexit, sys
atexit.register(lambda: print("loaded:", *sorted({HEAVY} & sys.modules.keys()), file=sys.stderr))
from quiz.cli import main
main({arguments})
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr.split()) == (0, ["loaded:"]), run.stdout + run.stderr
