"""The container of docs/running.md, without a container: its commands, folders and settings."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest

from quiz.cli import main
from quiz.config.settings import PREFIX, SETTINGS
from tests.clients import ServedApp, free_port
from tests.running import page

(DOCKERFILE,) = [block.code for block in page.BLOCKS if block.language == "dockerfile"]
(COMMANDS,) = page.commands("In a container")
#: The command of the virtual environment that `./run` makes.
VENV = "/opt/many-hats/.venv/bin"


def values(instruction: str) -> list[str]:
    """What follows an instruction of the Dockerfile, each time that it occurs."""
    return re.findall(rf"^{instruction} (.*)$", DOCKERFILE, re.MULTILINE)


def test_the_instance_is_the_mounted_folder_and_belongs_to_the_user_of_the_container():
    (instance,) = re.findall(rf"{PREFIX}INSTANCE=(\S+)", DOCKERFILE)
    (user,) = values("USER")
    assert values("VOLUME") == [instance]
    assert f"target={instance} " in COMMANDS
    owner, _, group = user.partition(":")
    assert f"install -d -m 700 -o {owner} -g {group} {instance}" in DOCKERFILE
    assert owner != "0"


def test_the_command_of_the_container_exists():
    (command,) = values("CMD")
    program, name, *options = re.findall(r'"([^"]*)"', command)
    assert program == f"{VENV}/quiz"
    known = {option for parameter in main.commands[name].params for option in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= known


def test_the_settings_of_the_container_exist():
    names = set(re.findall(rf"--env {PREFIX}(\w+)=", COMMANDS))
    assert names
    assert names <= {setting.name for setting in SETTINGS}


@pytest.mark.server
def test_the_health_check_sees_whether_the_quiz_is_served(tmp_path):
    (check,) = values("HEALTHCHECK CMD")
    server = ServedApp(tmp_path / "instance")

    def is_healthy(port: int) -> bool:
        command = page.replaced(check, {f"{VENV}/python": sys.executable, ":8000/": f":{port}/"})
        return subprocess.run(shlex.split(command), capture_output=True, check=False, timeout=60).returncode == 0

    server.start()
    assert is_healthy(server.port)
    server.stop()
    assert not is_healthy(free_port())
