"""The script `./run`."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.clients import HttpClient, ServedApp
from tests.factories import ROOT
from tests.fault_injection import UNPRIVILEGED, read_only_disk

RUN = ROOT / "run"
SHELL = shutil.which("dash") or "/bin/sh"

#: A Python that is new enough, but cannot make a virtual environment.
NO_VENV = """#!/bin/sh
case "$*" in *ensurepip*) exit 1 ;; esac
"""
#: A Python that creates an environment with a Python, which appends what it installs to the file `installed`, and with
#: a `quiz` that prints its working directory and arguments.
WORKING_PYTHON = """#!/bin/sh
case "$*" in *--clear*)
  mkdir -p .venv/bin
  cp "$0" .venv/bin/python
  printf '#!/bin/sh\\nprintf "%%s\\\\n" "$PWD" "$@"\\n' >.venv/bin/quiz
  chmod +x .venv/bin/python .venv/bin/quiz ;;
*requirements/*) for last; do :; done; printf '%s\\n' "$last" >>installed ;;
*pytest*) printf '%s\\n' "$PWD" "$@" ;;
esac
"""
#: A Python that is too old, or not a Python.
OLD_PYTHON = """#!/bin/sh
exit 1
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the files that `./run` needs to start."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in ("run", "pyproject.toml"):
        shutil.copy2(ROOT / name, folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with the tools that `./run` calls, and no Python: the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("dirname", "cksum", "cat", "sed", "rm", "sh", "chmod", "mkdir", "cp"):
        tool = shutil.which(name)
        assert tool, name
        (folder / name).symlink_to(tool)
    return folder


@pytest.fixture
def installable_clone(clone: Path, tools: Path) -> Path:
    """A clone with a Python whose installations succeed at once and without a network."""
    (tools / "python3").write_text(WORKING_PYTHON)
    (tools / "python3").chmod(0o755)
    return clone


def run(clone: Path, tools: Path, *arguments: str, at: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [SHELL, os.path.relpath(clone / "run", at or Path.cwd()), *arguments]
    return subprocess.run(
        command, env={"PATH": str(tools)}, cwd=at, capture_output=True, text=True, check=False, timeout=60
    )


def installed(clone: Path) -> list[str]:
    """The sets of packages that were installed into an `installable_clone`, in order."""
    return (clone / "installed").read_text().split()


def test_the_script_is_posix_shell_and_executable():
    assert subprocess.run([SHELL, "-n", str(RUN)], capture_output=True, check=True).stderr == b""
    assert os.access(RUN, os.X_OK)
    assert RUN.read_text().startswith("#!/bin/sh\n")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_lists_the_usages_and_installs_nothing(clone, tools, option):
    result = run(clone, tools, option)
    assert (result.returncode, result.stderr) == (0, "")
    for usage in ("./run ", "./run test ", "http://127.0.0.1:8000", "--slow", "--quick"):
        assert usage in result.stdout
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("arguments", [[], ["test"], ["quiz", "check"]], ids=" ".join)
def test_a_missing_python_is_an_error(clone, tools, arguments):
    result = run(clone, tools, *arguments)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "run: no Python 3.11 or newer found; install one (Debian: apt install python3 python3-venv) "
        "or set PYTHON=/path/to/python3\n"
    )
    assert not (clone / ".venv").exists()


def test_an_old_python_is_not_used(clone, tools):
    (tools / "python3").write_text(OLD_PYTHON)
    (tools / "python3").chmod(0o755)
    assert "no Python 3.11 or newer found" in run(clone, tools).stderr


def test_a_python_without_venv_is_an_error_with_a_hint(clone, tools):
    (tools / "python3").write_text(NO_VENV)
    (tools / "python3").chmod(0o755)
    result = run(clone, tools)
    assert result.returncode == 1
    assert result.stderr == (
        "run: this Python cannot create virtual environments; on Debian: apt install python3-venv\n"
    )
    assert not (clone / ".venv").exists()


READ_ONLY = (
    "run: cannot install into {0}/.venv, which cannot be written to; run this once as a user who may write to {0},"
    " or copy the folder to a disk that is not read-only\n"
)


@pytest.mark.parametrize("arguments", [[], ["test"], ["quiz", "check"]], ids=" ".join)
def test_a_read_only_clone_is_an_error_with_a_hint(installable_clone, tools, arguments):
    command = [*read_only_disk(installable_clone), SHELL, str(installable_clone / "run"), *arguments]
    path = os.pathsep.join([str(tools), os.environ["PATH"]])
    result = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == READ_ONLY.format(installable_clone)


def test_a_clone_of_another_user_is_an_error_with_a_hint(installable_clone, tools):
    (installable_clone / ".venv").mkdir(mode=0o555)
    command = [*UNPRIVILEGED, SHELL, str(installable_clone / "run")]
    result = subprocess.run(command, env={"PATH": str(tools)}, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == READ_ONLY.format(installable_clone)


def test_a_read_only_clone_that_is_installed_runs(installable_clone, tools):
    assert run(installable_clone, tools, "quiz", "check").returncode == 0
    command = [*read_only_disk(installable_clone), SHELL, str(installable_clone / "run"), "quiz", "check"]
    path = os.pathsep.join([str(tools), os.environ["PATH"]])
    result = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_file_arguments_are_relative_to_the_current_folder(installable_clone, tools, tmp_path):
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    result = run(installable_clone, tools, "quiz", "score", "people.csv", "-o", "a b.csv", at=elsewhere)
    assert result.stdout.splitlines() == [str(elsewhere), "score", "people.csv", "-o", "a b.csv"]
    assert run(installable_clone, tools, "--port", "9000", at=elsewhere).stdout.splitlines() == [
        str(elsewhere), "serve", "--port", "9000"
    ]  # fmt: skip
    output = run(installable_clone, tools, "test", "-n", "0", at=elsewhere).stdout.splitlines()
    assert output == [str(installable_clone), "-m", "pytest", "-n", "auto", "--dist", "worksteal", "-n", "0"]
    assert run(installable_clone, tools, "--help", at=elsewhere).stdout
    assert list(elsewhere.iterdir()) == []


def test_each_set_of_packages_is_installed_once(installable_clone, tools):
    for arguments in (["quiz", "check"], ["test"], ["quiz", "check"], [], ["test"]):
        assert run(installable_clone, tools, *arguments).returncode == 0
    assert installed(installable_clone) == ["requirements/serve.txt", "requirements/test.txt"]


def test_the_packages_of_the_tests_are_enough_to_serve(installable_clone, tools):
    assert "takes a minute" in run(installable_clone, tools, "test").stderr
    assert run(installable_clone, tools).stderr == ""
    assert installed(installable_clone) == ["requirements/test.txt"]


def test_changed_requirements_and_a_moved_folder_are_installed_again(installable_clone, tools):
    run(installable_clone, tools)
    with (installable_clone / "requirements" / "serve.txt").open("a") as lock:
        lock.write("# newer\n")
    run(installable_clone, tools)
    moved = installable_clone.rename(installable_clone.with_name("moved"))
    run(moved, tools)
    assert installed(moved) == ["requirements/serve.txt"] * 3


def test_git_ignores_databases():
    lines = (ROOT / ".gitignore").read_text().splitlines()
    assert "*.db" in lines


def seconds_to_serve(server: ServedApp) -> float:
    start_seconds = time.monotonic()
    server.start(timeout_s=900)
    seconds = time.monotonic() - start_seconds
    assert HttpClient(server.port).request("GET", "/")[0] == 200
    return seconds


@pytest.mark.slow
def test_a_fresh_clone_serves_the_quiz_with_one_command(tmp_path):
    clone = tmp_path / "clone"
    file_list = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, file_list.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    server = ServedApp(tmp_path / "instance")
    server.command = [str(clone / "run"), "--port", str(server.port)]
    first = seconds_to_serve(server)
    browser = HttpClient(server.port)
    assert browser.request("GET", browser.start())[0] == 200
    assert server.stop() == 0

    def restart_seconds(command: list[str]) -> float:
        server.command, server.process = command, None
        seconds = seconds_to_serve(server)
        assert server.stop() == 0
        return seconds

    through_run = [str(clone / "run"), "--port", str(server.port)]
    without_run = [str(clone / ".venv/bin/quiz"), "serve", "--port", str(server.port)]
    second = statistics.median(restart_seconds(through_run) for _ in range(3))
    direct = statistics.median(restart_seconds(without_run) for _ in range(3))
    print(f"first start {first:.0f} s, second {second:.2f} s, {second - direct:.2f} s of it in ./run")
    assert "Installing" not in server.output.read_text()


def test_the_running_python_is_new_enough_for_the_script(clone, tools):
    """The version check accepts this Python: the error is about the next missing thing."""
    wrapper = NO_VENV + f'exec {sys.executable} "$@"\n'
    (tools / "python3").write_text(wrapper)
    (tools / "python3").chmod(0o755)
    assert "cannot create virtual environments" in run(clone, tools).stderr
