"""Would the tests notice? Small faults are put into the code, one at a time: `python -m benchmarks.mutants [MODULE …]`.

Each module is held against its own test file alone: first the lines and branches that the tests reach, then how many of
its faulty copies ("mutants", made by mutmut) they refuse, with the difference of every one that got away. All of it
happens on a copy in a temporary folder, with an environment of its own: that needs a network, and most of an hour.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

ROOT = Path(__file__).resolve().parent.parent
#: What a person is told of themselves, what a team may see, who may open a page, what leaves the house.
MODULES = {
    "scoring": ("quiz/scoring/*.py", "tests/scoring"),
    "teams": ("quiz/teams/anonymous/*.py", "tests/teams/anonymous/test_publish.py"),
    "links": ("quiz/web/links.py", "tests/web/test_links.py"),
    "export": ("quiz/exchange/export.py", "tests/exchange/test_export.py"),
}
TOOLS = ("mutmut==3.8.1", "coverage==7.17.3")
#: How mutmut says that the tests refused a mutant: they failed, or they would have run for ever.
REFUSED = {"killed", "timeout"}

CONFIG = """
[tool.mutmut]
source_paths = ["quiz"]
only_mutate = ["{sources}"]
also_copy = ["templates", "questions"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = ["{tests}"]
use_git_change_detection = false
"""
# The same examples for every mutant, and no search for the smallest that fails: failing is enough.
STEADY = """

from hypothesis import Phase, settings

_PHASES = [Phase.explicit, Phase.generate]
settings.register_profile("mutants", derandomize=True, database=None, deadline=None, phases=_PHASES)
settings.load_profile("mutants")
"""


def main() -> None:
    """Measure the modules that were named, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", metavar="MODULE", nargs="*", help=f"of {', '.join(MODULES)}; all if none is named")
    parser.add_argument("--python", type=Path, help="an environment’s Python that has all packages and tools already")
    arguments = parser.parse_args()
    if unknown := set(arguments.modules) - set(MODULES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(MODULES)}")
    refused = made = 0
    with tempfile.TemporaryDirectory(prefix="many-hats-mutants-") as folder:
        python = (arguments.python or environment(Path(folder) / "environment")).absolute()
        for module in arguments.modules or MODULES:
            tree = project(Path(folder) / module, module)
            print(f"{module}: {reached(python, tree, module)} of lines and branches reached", flush=True)
            fates = attacked(python, tree)
            away = [name for name, fate in fates.items() if fate not in REFUSED]
            print(f"{module}: {len(fates) - len(away)} of {len(fates)} mutants refused", flush=True)
            for name in away:
                shown = run(python, tree, "mutmut", "show", name).stdout.splitlines()
                print(f"\n{name}: {fates[name]}", *(line for line in shown if re.match(r"[-+] ", line)), sep="\n")
            refused, made = refused + len(fates) - len(away), made + len(fates)
    print(f"together: {refused} of {made} mutants refused, {refused / made:.1%}")


def environment(folder: Path) -> Path:
    """The Python of a new environment in `folder`: the locked packages of the tests, and the tools of this script."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install: list[Path | str] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "-r", ROOT / "requirements" / "test.txt"], check=True)
    subprocess.run([*install, *TOOLS], check=True)
    return python


def project(tree: Path, module: str) -> Path:
    """A copy of the project in `tree`, made ready for mutmut to put faults into `module`."""
    for folder in ("quiz", "tests", "templates", "questions"):
        copytree(ROOT / folder, tree / folder, ignore=ignore_patterns("__pycache__"))
    copy(ROOT / "pyproject.toml", tree)
    for file, more in (
        (tree / "pyproject.toml", CONFIG.format(tests=MODULES[module][1], sources=sources(module))),
        (tree / "tests/conftest.py", STEADY),
    ):
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    for source in tree.glob(sources(module)):
        source.write_text("\n".join(undecorated(source.read_text(encoding="utf-8"))) + "\n", encoding="utf-8")
    return tree


def sources(module: str) -> str:
    """The pattern of the files that make up a module."""
    return MODULES[module][0]


def undecorated(source: str) -> Iterator[str]:
    """The lines of `source` with `x = property(x)` after each property: mutmut passes by what is decorated."""
    lines = source.splitlines()
    after: dict[int, str] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            for decorator in node.decorator_list:
                if ast.unparse(decorator) in {"property", "cached_property"}:
                    after[node.end_lineno] = f"{' ' * node.col_offset}{node.name} = property({node.name})"
                    lines[decorator.lineno - 1] = ""
    for number, line in enumerate(lines, 1):
        yield line
        if number in after:
            yield after[number]


def reached(python: Path, tree: Path, module: str) -> str:
    """The part of a module's lines and branches that its own tests reach, in percent."""
    run(python, tree, "coverage", "run", "--branch", f"--include={sources(module)}", "-m", "pytest", "-q",
        "-p", "no:cacheprovider", MODULES[module][1])  # fmt: skip
    return run(python, tree, "coverage", "report", "--format=total").stdout.strip() + " %"


def attacked(python: Path, tree: Path) -> dict[str, str]:
    """What became of each mutant, by its name."""
    run(python, tree, "mutmut", "run")
    listed = run(python, tree, "mutmut", "results", "--all", "true").stdout
    return dict(line.strip().rsplit(": ", 1) for line in listed.splitlines() if ": " in line)


def run(python: Path, tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A tool run in `tree` to its end; what it printed is shown only if it fails."""
    done = subprocess.run([python, "-m", *command], cwd=tree, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done


if __name__ == "__main__":
    main()
