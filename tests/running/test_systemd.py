"""The unit files of docs/running.md: what systemd says about them, and that the app works with what they forbid."""

from __future__ import annotations

import configparser
import ctypes
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import ROOT
from tests.running import page
from tests.running.machine import UNITS
from tests.running.programs import needs_linux, program

pytestmark = needs_linux

SERVICES = [path for path in UNITS if path.endswith(".service")]
#: Exposure of a service as `systemd-analyze security` rates it, from 0 (confined) to 10.
MAX_EXPOSURE = 3.0
#: Of prctl(2): memory that is writable can never become executable, as with MemoryDenyWriteExecute.
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1


def analyze(*arguments: str) -> str:
    """The output of `systemd-analyze`, which must succeed."""
    command = [program("systemd-analyze", "systemd"), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def settings(path: str) -> configparser.SectionProxy:
    """The settings of the section `[Service]` of a unit file; of repeated ones the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(page.file_content(path))
    return parser["Service"]


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The unit files, with a command that exists on this machine."""
    files = []
    for path in UNITS:
        file = tmp_path / Path(path).name
        file.write_text(page.file_content(path).replace("/opt/many-hats/.venv/bin/quiz", sys.executable))
        files.append(file)
    return files


def test_systemd_finds_no_mistake_in_the_units(units):
    assert analyze("verify", "--man=no", *map(str, units)) == ""


def test_systemd_would_find_a_mistake(units):
    with units[0].open("a") as unit:
        unit.write("[Service]\nRestart=sometimes\n")
    command = [program("systemd-analyze", "systemd"), "verify", "--man=no", str(units[0])]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "sometimes" in result.stdout + result.stderr


@pytest.mark.parametrize("name", [Path(path).name for path in SERVICES])
def test_each_service_has_few_rights(units, name):
    (unit,) = [unit for unit in units if unit.name == name]
    output = analyze("security", "--offline=true", "--no-pager", str(unit))
    (exposure,) = re.findall(r"Overall exposure level for .*?: ([\d.]+)", output)
    assert float(exposure) < MAX_EXPOSURE


def test_the_timer_starts_the_backup_of_the_same_name_also_after_the_machine_was_off():
    service, timer = UNITS[1:]
    assert timer.removesuffix(".timer") == service.removesuffix(".service")
    assert re.search(r"^OnCalendar=.* \d\d:\d\d$", page.file_content(timer), re.MULTILINE)
    assert "Persistent=yes" in page.file_content(timer)
    (calendar,) = re.findall(r"^OnCalendar=(.*)$", page.file_content(timer), re.MULTILINE)
    assert "Next elapse" in analyze("calendar", calendar)


def test_the_services_may_write_to_what_the_commands_create_and_to_nothing_else():
    created = {folder for script in page.commands("3. ") for folder in re.findall(r"install -d .* (/\S+)", script)}
    service, backup = map(settings, SERVICES)
    assert service["Environment"] == backup["Environment"] == f"MANY_HATS_INSTANCE=/var/lib/{service['StateDirectory']}"
    assert f"/var/lib/{service['StateDirectory']}" in created
    assert "ReadWritePaths" not in service
    assert set(backup["ReadWritePaths"].split()) == created
    assert service["ProtectSystem"] == backup["ProtectSystem"] == "strict"


def test_other_commands_have_the_settings_of_the_service():
    """They would not see variables of the unit: only the file of settings applies to all of them."""
    variables = re.findall(r"^Environment=(\w+)", page.file_content(SERVICES[0]), re.MULTILINE)
    assert variables == ["MANY_HATS_INSTANCE"]
    (wrapper,) = [script for script in page.commands("3. ") if "/usr/local/bin/quiz" in script]
    assert f"sudo -u {settings(SERVICES[0])['User']} {settings(SERVICES[0])['Environment']} " in wrapper


def test_the_service_starts_again_however_often_it_ends():
    """systemd gives up after five starts within ten seconds, so there must be more than two seconds between them."""
    service = settings(SERVICES[0])
    assert service["Restart"] == "always"
    assert int(service["RestartSec"]) > 2


def forbid_executable_memory() -> None:
    """In a child process, before the program starts: what MemoryDenyWriteExecute forbids."""
    ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)


@pytest.mark.server
def test_free_text_is_compared_although_no_memory_is_writable_and_executable(tmp_path):
    assert settings(SERVICES[0])["MemoryDenyWriteExecute"] == "yes"
    probe = "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)"
    run = [sys.executable, "-c", probe]
    if subprocess.run(run, preexec_fn=forbid_executable_memory, capture_output=True, check=False).returncode == 0:
        pytest.skip("this kernel cannot forbid it for one process; Linux 6.3 and later can")
    people = tmp_path / "people.csv"
    people.write_text("id,text\nada,I built pipelines in Airflow and trained a model\n")
    result = subprocess.run(
        [sys.executable, "-m", "quiz", "score", str(people), "--format", "jsonl"],
        cwd=ROOT, preexec_fn=forbid_executable_memory, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    assert '"text":{"' in result.stdout
