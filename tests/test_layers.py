"""The house's directions, read from the source: who may import whom, and what must not be loaded early."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in sorted((ROOT / "quiz").rglob("*.py"))}
SOURCES = sorted(p for folder in ("quiz", "tests", "benchmarks") for p in (ROOT / folder).rglob("*.py"))

# From the ground up: a module imports from its own layer and from those before it.
LAYERS = [
    "paths settings secret links tokens",
    "bank",
    "check scoring words charts sheet intake",
    "titles",
    "report",
    "growth",
    "prompts",
    "talk teams",
    "open_team storage export batch guard limits",
    "forms rounds openapi",
    "app",
    "demo views serving takeout doctor",
    "__init__ cli",
    "__main__",
]
LAYER = {name: n for n, names in enumerate(LAYERS) for name in names.split()}
# What they compute must hold for any way of asking and keeping.
PURE = {
    "bank",
    "scoring",
    "tokens",
    "words",
    "sheet",
    "report",
    "growth",
    "titles",
    "prompts",
    "talk",
    "teams",
    "charts",
    "export",
    "check",
    "batch",
    "intake",
    "openapi",
}
# Foreign packages that one module alone may speak to, and the standard library's reader of the data files.
ONLY = {"sqlite_utils": {"storage"}, "sklearn": {"words"}, "tomllib": {"bank", "settings"}}
HEAVY = {"sklearn", "scipy", "pandas"}


def imports(file: Path) -> Iterator[str]:
    """The dotted names that a file imports, wherever in it: `from quiz import bank` is `quiz.bank`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: write the whole name, not a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module: str) -> str:
    """The part of the house that a name belongs to: `quiz.views.take` to `views`, `quiz.create_app` to `__init__`."""
    part = ".".join(module.split(".")[:2])
    return part.removeprefix("quiz.") if part in MODULES or f"{part}.__init__" in MODULES else "__init__"


def foreign(file: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(file)}


each_module = pytest.mark.parametrize("module", MODULES)


@each_module
def test_every_module_has_its_place_in_the_house(module):
    assert room(module) in LAYER, "name it in LAYERS, in the lowest layer that it can stand in"


@each_module
def test_no_module_imports_one_above_it(module):
    ours = {name for name in imports(MODULES[module]) if name.split(".")[0] == "quiz"}
    above = {name for name in ours if LAYER[room(name)] > LAYER[room(module)]}
    assert not above, f"{module} imports {', '.join(sorted(above))}"


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) in PURE])
def test_what_computes_knows_no_page_and_no_database(module):
    assert not foreign(MODULES[module]) & {"flask", "wtforms", "werkzeug", "jinja2", "sqlite_utils"}


@each_module
def test_a_package_has_one_speaker(module):
    strangers = {package for package, speakers in ONLY.items() if room(module) not in speakers}
    assert not foreign(MODULES[module]) & strangers


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_nobody_imports_a_second_sqlite(file):
    assert "sqlite3" not in foreign(file), "use `from sqlite_utils.utils import sqlite3`: one SQLite per process"


@pytest.mark.parametrize("arguments", [["--help"], ["check"]], ids=" ".join)
def test_the_command_line_starts_light(arguments):
    code = f"""
import atexit, sys
atexit.register(lambda: print("loaded:", *sorted({HEAVY} & sys.modules.keys()), file=sys.stderr))
from quiz.cli import main
main({arguments})
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr.split()) == (0, ["loaded:"]), run.stdout + run.stderr
