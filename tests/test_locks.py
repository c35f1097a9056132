"""The locked requirements, and the calls of pip that install them."""

from __future__ import annotations

import os
import re
import tomllib
from importlib.metadata import distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.factories import ROOT

SERVE, POSTGRESQL, TEST = (ROOT / "requirements" / f"{name}.txt" for name in ("serve", "postgresql", "test"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
#: The files that may install packages.
INSTALLERS = [
    ROOT / "run",
    ROOT / ".ci" / "run",
    ROOT / "Containerfile",
    *sorted((ROOT / ".github" / "workflows").iterdir()),
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]

for_each_lock = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)


def entries(lock: Path) -> list[str]:
    """The entries of a lock file, each on one line: a requirement and its hashes."""
    return lock.read_text().replace("\\\n", " ").splitlines()


def requirements(lock: Path) -> list[Requirement]:
    return [Requirement(entry.partition("--hash")[0]) for entry in entries(lock)]


def pip_calls(file: Path) -> list[str]:
    """Each call of `pip install` in a file, on one line."""
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    return re.findall(r"^.*\bpip3? (?:install|download|wheel)\b.*$", text, re.MULTILINE)


def fetches_only_locked_wheels(call: str) -> bool:
    return "--require-hashes" in call and "--only-binary :all:" in call and "-r " in call


def fetches_nothing(call: str) -> bool:
    return "--no-index" in call and "--no-deps" in call


@for_each_lock
def test_every_package_has_an_exact_version_and_hashes(lock):
    for entry in entries(lock):
        assert re.fullmatch(r"[a-z0-9-]+==[^\s;*]+( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+", entry), entry


@for_each_lock
def test_no_lock_holds_tools_that_build_other_packages(lock):
    assert not {requirement.name for requirement in requirements(lock)} & {"setuptools", "wheel", "build"}


@pytest.mark.parametrize("lock", [SERVE, POSTGRESQL, TEST], ids=lambda lock: lock.name)
def test_the_locks_hold_what_the_project_and_its_build_need(lock):
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    wanted += project["dependency-groups"]["test"] if lock == TEST else []
    for optional in project["project"]["optional-dependencies"].values():
        wanted += optional if lock != SERVE else []
    assert project["build-system"]["requires"] == project["dependency-groups"]["build"]
    locked = {canonicalize_name(requirement.name): requirement for requirement in requirements(lock)}
    for requirement in map(Requirement, wanted):
        (exact,) = locked[canonicalize_name(requirement.name)].specifier
        assert exact.version in requirement.specifier


def test_the_packages_of_serve_are_in_those_of_the_tests_with_the_same_versions_and_hashes():
    serve, postgresql, test = (set(entries(lock)) for lock in (SERVE, POSTGRESQL, TEST))
    assert serve < postgresql < test


def test_locks_that_are_installed_together_agree():
    versions = dict[str, set[str]]()
    for lock in LOCKS:
        for requirement in requirements(lock):
            versions.setdefault(f"{requirement.name} {requirement.marker}", set()).add(str(requirement.specifier))
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("file", INSTALLERS, ids=lambda file: str(file.relative_to(ROOT)))
def test_pip_fetches_only_locked_wheels_or_nothing(file):
    calls = pip_calls(file)
    assert [call for call in calls if not fetches_only_locked_wheels(call) and not fetches_nothing(call)] == []
    assert "uv pip install" not in file.read_text(encoding="utf-8").replace("uv pip install --dry-run", "")


def test_run_and_the_checks_install_the_locks_and_then_the_project():
    for name in ("run", ".ci/run"):
        calls = pip_calls(ROOT / name)
        assert [fetches_nothing(call) for call in calls] == [False, True], name


def test_the_project_is_built_with_the_locked_tools_only():
    editable = next(call for call in pip_calls(ROOT / "run") if "--editable" in call)
    assert "--no-build-isolation" in editable
    # `python -m hatchling` of .venv builds in the environment that it runs in; `python -m build` would fetch tools.
    assert ".venv/bin/python -m hatchling build -t wheel" in (ROOT / ".ci/run").read_text()


def test_the_locked_versions_are_installed():
    for requirement in requirements(TEST):
        if requirement.marker is None or requirement.marker.evaluate():
            assert version(requirement.name) in requirement.specifier, requirement.name


@pytest.mark.skipif(os.environ.get("CI") != "true", reason="an environment in use may hold more packages")
def test_nothing_else_is_installed():
    locked = {canonicalize_name(requirement.name) for requirement in requirements(TEST)}
    installed = {canonicalize_name(distribution.name) for distribution in distributions()}
    assert installed - locked == {"many-hats"}
