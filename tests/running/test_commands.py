"""The commands of docs/running.md, run in their order, and the line for cron."""

from __future__ import annotations

import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import HttpClient
from tests.running import page
from tests.running.machine import UNITS, Machine
from tests.running.programs import needs_linux

pytestmark = [pytest.mark.server, needs_linux]

#: The sections whose shell blocks are not run, and why.
NOT_RUN = {
    "PostgreSQL instead of SQLite": "needs sudo and a user postgres; the tests start servers of their own",
    "In a container": "needs a container engine; tests/running/test_container.py checks what can be checked without",
    "Reading the database": "needs Datasette, which is not part of the project",
}
STEPS = ("1. ", "2. ", "3. ", "4. ", "5. ", "6. ", "7. ")


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Iterator[Machine]:
    """A machine after all steps of the page; `installed.output` is what the last of them printed."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    machine.write_units()
    for step in STEPS:
        machine.output = machine.run_sections(step)
    yield machine
    machine.stop()


def mode(file: Path) -> str:
    return oct(stat.S_IMODE(file.stat().st_mode))


def latest_backup(machine: Machine) -> Path:
    return max(machine.backups.glob("many-hats-*.db"), key=lambda file: file.stat().st_mtime_ns)


def count_installations(machine: Machine) -> int:
    return sum("requirements/serve.txt" in call for call in machine.calls())


def response_count(machine: Machine) -> int:
    (count,) = re.findall(r"responses: (\d+)", machine.run("quiz doctor"))
    return int(count)


def test_every_shell_block_is_run_or_has_a_reason_and_every_file_is_used():
    run = (*STEPS, "Upgrading", "Backups", "Teams, and deleting")
    sections = {block.section for block in page.BLOCKS if block.language == "sh"}
    assert {section for section in sections if not section.startswith(run)} == NOT_RUN.keys()
    files = {"/etc/nginx/sites-available/many-hats", "/etc/caddy/Caddyfile", "/etc/cron.d/many-hats", *UNITS}
    assert {block.path for block in page.BLOCKS} - {""} == files


def test_the_steps_lead_from_an_empty_machine_to_a_served_quiz(installed):
    assert "trouble" not in installed.output
    assert "links begin with https://hats.example.org" in installed.output
    assert '"status": "ok"' in installed.output
    assert "Data platform team" in HttpClient(installed.port).request("GET", "/privacy")[2]
    assert [mode(folder) for folder in (installed.instance, installed.backups)] == ["0o700", "0o700"]
    assert {path.name for path in installed.instance.iterdir()} >= {"config.py", "many-hats.db", "secret.key"}
    assert re.fullmatch(r"many-hats-[1-7]\.db", latest_backup(installed).name)
    assert mode(latest_backup(installed)) == "0o600"
    assert not (installed.code / "instance").exists(), "the code folder holds no data"


def test_the_steps_install_locked_packages_and_let_systemd_read_each_unit_before_it_is_used(installed):
    calls = installed.calls()
    packages = next(call for call in calls if call.startswith("-m pip install"))
    assert "--require-hashes --only-binary :all:" in packages
    assert packages.endswith("-r requirements/serve.txt")
    for unit in ("many-hats", "many-hats-backup.timer"):
        assert "systemctl daemon-reload" in calls[: calls.index(f"systemctl enable --now {unit}")]
    assert calls.index("nginx -t") < calls.index("systemctl reload nginx")
    assert not [call for call in calls if call.startswith("apt-get") and "--yes" not in call and "update" not in call]


def test_the_user_of_the_service_can_read_the_code_and_the_settings(installed):
    (installed.origin / "later").write_text("a later version")
    installed.commit()
    installed.run(page.commands("Upgrading")[0])
    files = [*installed.code.rglob("*"), installed.instance / "config.py", installed.folder / "usr/local/bin/quiz"]
    assert len(files) > 100
    assert [file for file in files if ".git" not in file.parts and not file.stat().st_mode & 0o004] == []


def test_an_upgrade_keeps_the_answers_and_going_back_brings_those_from_before_it(installed):
    before, installations = response_count(installed), count_installations(installed)
    (installed.origin / "newer").write_text("a later version")
    lock = installed.origin / "requirements" / "serve.txt"
    lock.write_text(lock.read_text() + "# newer\n")
    installed.commit()

    installed.run(page.commands("Upgrading")[0])
    assert (installed.code / "newer").exists()
    assert count_installations(installed) == installations + 1, "the changed packages are installed"
    HttpClient(installed.port).start()
    assert response_count(installed) == before + 1

    installed.run(page.commands("Upgrading")[1])
    assert not (installed.code / "newer").exists()
    assert response_count(installed) == before
    assert HttpClient(installed.port).request("GET", "/health")[0] == 200

    installed.run(page.commands("Upgrading")[0])
    assert (installed.code / "newer").exists(), "after going back, the next upgrade works"


def test_a_backup_is_restored_while_the_service_is_stopped(installed):
    before = response_count(installed)
    (backup,) = re.findall(r"restore (\S+)", page.commands("Backups")[0])
    installed.run(f"quiz backup {backup} --force")
    HttpClient(installed.port).start()
    installed.run_sections("Backups")
    assert response_count(installed) == before
    assert HttpClient(installed.port).request("GET", "/health")[0] == 200


def test_a_response_and_a_team_are_deleted_for_people_who_ask(installed):
    visitor = HttpClient(installed.port)
    owner_path = visitor.start().rsplit("/", 1)[0]
    team = {"name": "The crew", "kind": "anonymous", "minimum": "5"}
    _, lead_path, _ = visitor.send("/teams", team, page="/teams")
    (team_id,) = re.findall(r"^ *(\d+) .*The crew", installed.run("quiz teams"), re.MULTILINE)
    (script,) = page.commands("Teams, and deleting")
    example_link, example_id = re.findall(r"/r/[\w-]{22}|\d{9,}", script)
    # `--yes` because the test has no terminal in which the first command could ask.
    installed.run(page.replaced(script, {example_link: f"{owner_path} --yes", example_id: team_id}))
    assert [visitor.request("GET", path)[0] for path in (owner_path, lead_path)] == [404, 404]


# cron


def cron_entry(line: str) -> tuple[str, str, str]:
    """The time, the user and the command of a line in /etc/cron.d. In the command, the first `%` without a backslash
    ends it (crontab(5)), and a backslash before a `%` is removed."""
    *time, user, command = line.split(maxsplit=6)
    command = re.split(r"(?<!\\)%", command, maxsplit=1)[0]
    return " ".join(time), user, command.replace("\\%", "%")


def test_a_percent_sign_without_a_backslash_ends_a_command_of_cron():
    assert cron_entry("30 2 * * * ada echo $(date +%u)") == ("30 2 * * *", "ada", "echo $(date +")
    assert cron_entry(r"30 2 * * * ada echo $(date +\%u)") == ("30 2 * * *", "ada", "echo $(date +%u)")


def test_the_line_for_cron_makes_a_backup(installed):
    (variable, line) = installed.moved(page.file_content("/etc/cron.d/many-hats")).splitlines()
    time, user, command = cron_entry(line)
    assert re.fullmatch(r"[0-5]?\d [01]?\d \* \* \*", time)
    assert user == "many-hats"
    for backup in installed.backups.glob("many-hats-*.db"):
        backup.unlink()
    name, _, value = variable.partition("=")
    environ = {name: value, "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    result = subprocess.run(
        ["/bin/sh", "-c", command], env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert re.fullmatch(r"many-hats-[1-7]\.db", latest_backup(installed).name)


def test_cron_and_the_timer_make_the_same_backup():
    command = page.file_content("/etc/cron.d/many-hats").splitlines()[1].split(maxsplit=6)[6]
    unit = page.file_content("/etc/systemd/system/many-hats-backup.service")
    (in_unit,) = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE)
    assert in_unit.replace("%%", "%").replace("$$", "$") == command.replace("\\%", "%")
