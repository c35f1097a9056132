"""The Containerfile and compose.yaml, without a container engine: the same steps, folders and users on this machine."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from quiz.cli import main
from quiz.config.settings import PREFIX, SETTINGS
from tests.clients import TIMEOUT_S, HttpClient, ServedApp, free_port
from tests.factories import ROOT
from tests.running import page
from tests.running.programs import needs_linux

CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
COMMANDS = "".join(page.commands("In a container"))
#: The environment in the image.
ENVIRONMENT = "/opt/many-hats"
#: The user of the image, and a group that a volume gets, as with `fsGroup` in Kubernetes.
USER, VOLUME_GROUP = 10001, 20001


def values(instruction: str) -> list[str]:
    """What follows an instruction of the Containerfile, each time that it occurs."""
    return re.findall(rf"^{instruction} (.*)$", CONTAINERFILE, re.MULTILINE)


def test_the_instance_is_the_mounted_folder_and_belongs_to_the_user_of_the_container():
    (instance,) = re.findall(rf"{PREFIX}INSTANCE=(\S+)", CONTAINERFILE)
    (user,) = values("USER")
    assert values("VOLUME") == [instance]
    assert f"target={instance} " in COMMANDS
    assert COMPOSE["services"]["quiz"]["volumes"] == [f"quiz:{instance}"]
    owner, _, group = user.partition(":")
    assert f"install -d -m 700 -o {owner} -g {group} {instance}" in CONTAINERFILE
    assert int(owner) == USER


def test_the_command_of_the_container_exists():
    (command,) = values("CMD")
    program, name, *options = re.findall(r'"([^"]*)"', command)
    assert program == f"{ENVIRONMENT}/bin/quiz"
    known = {option for parameter in main.commands[name].params for option in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= known


def test_every_stage_has_the_same_base_and_the_files_that_are_copied_exist():
    bases = {base.partition(" ")[0] for base in values("FROM")}
    assert len(bases) == 1
    sources = [copy.split()[0] for copy in values("COPY") if not copy.startswith("--from")]
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_settings_of_the_container_and_of_compose_exist():
    names = set(re.findall(rf"--env {PREFIX}(\w+)=", COMMANDS))
    for service in COMPOSE["services"].values():
        names |= {name.removeprefix(PREFIX) for name in service.get("environment", {}) if name.startswith(PREFIX)}
    assert {"PUBLIC_URL", "DATABASE_URL", "LIMITS_URL", "SECRET_KEY"} <= names
    assert names <= {setting.name for setting in SETTINGS}


def test_compose_has_two_profiles_and_gives_the_quiz_no_rights():
    services = COMPOSE["services"]
    assert {profile for service in services.values() for profile in service["profiles"]} == {"sqlite", "postgresql"}
    for name in ("quiz", "server"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"quiz": ["127.0.0.1:8000:8000"], "proxy": ["80:80", "443:443"]}
    named = set(re.findall(r"(?<=[@/'])([a-z]+)(?=:6379|:8000|/hats)", str(services)))
    assert named == {"database", "limits", "server"}
    assert named <= services.keys()


@pytest.mark.server
def test_the_health_check_sees_whether_the_quiz_is_served(tmp_path):
    (check,) = values("HEALTHCHECK CMD")
    server = ServedApp(tmp_path / "instance")

    def is_healthy(port: int) -> bool:
        command = page.replaced(check, {f"{ENVIRONMENT}/bin/python": sys.executable, ":8000/": f":{port}/"})
        return subprocess.run(shlex.split(command), capture_output=True, check=False, timeout=60).returncode == 0

    server.start()
    assert is_healthy(server.port)
    server.stop()
    assert not is_healthy(free_port())


@pytest.fixture
def image() -> Iterator[Path]:
    """What the image holds, in a folder of this machine: the environment that its first stage makes."""
    python = "/usr/bin/python3"
    if os.geteuid() != 0 or not Path(python).exists():
        pytest.skip("this test needs root, and a Python that other users can run: /usr/bin/python3")
    folder = Path(tempfile.mkdtemp(prefix="hats-image-"))
    folder.chmod(0o755)
    try:
        (environment, build) = [command.split(" && ") for command in values("RUN")[:2]]
        shutil.copytree(ROOT, folder / "src", ignore=shutil.ignore_patterns(".*", "instance", "__pycache__"))
        for command in environment + build:
            moved = command.strip().replace(ENVIRONMENT, str(folder / "env")).replace("/dist", str(folder / "dist"))
            moved = re.sub(r"^python ", f"{python} ", moved)
            run = subprocess.run(
                ["/bin/sh", "-c", f"umask 022; {moved}"],
                cwd=folder / "src",
                capture_output=True,
                text=True,
                check=False,
                timeout=600,
            )
            assert run.returncode == 0, f"{moved}\n{run.stdout}{run.stderr}"
        shutil.rmtree(folder / "src")  # the second stage copies the environment only
        yield folder
    finally:
        shutil.rmtree(folder)


def in_container(volume: Path, environ: dict[str, str], *command: str) -> list[str]:
    """A command as in the container: only the volume can be written to, and the user has no rights."""
    mounts = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && exec "$@"'
    ids = [f"--reuid={USER}", f"--regid={USER}", f"--groups={VOLUME_GROUP}"]
    user = ["setpriv", *ids, "--inh-caps=-all", "--no-new-privs", "env", "--ignore-environment"]
    settings = [f"{name}={value}" for name, value in environ.items()]
    return ["unshare", "--mount", "sh", "-c", mounts, str(volume), *user, *settings, *command]


@needs_linux
@pytest.mark.server
@pytest.mark.slow
def test_the_image_serves_from_a_read_only_root_with_a_group_writable_volume(image):
    volume, port = image / "volume", free_port()
    volume.mkdir()
    os.chown(volume, 0, VOLUME_GROUP)
    volume.chmod(0o2770)
    environ = {f"{PREFIX}INSTANCE": str(volume), f"{PREFIX}RATE_LIMITS": "no", "PYTHONDONTWRITEBYTECODE": "1"}
    quiz = str(image / "env/bin/quiz")
    command = in_container(volume, environ, quiz, "serve", "--host", "0.0.0.0", "--port", str(port))
    with (image / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + TIMEOUT_S
        while b"Many Hats is at" not in (image / "log").read_bytes():
            assert server.poll() is None, (image / "log").read_text()
            assert time.monotonic() < deadline, (image / "log").read_text()
            time.sleep(0.05)
        assert HttpClient(port).start().startswith("/r/")
        doctor = subprocess.run(
            in_container(volume, environ, quiz, "doctor"), capture_output=True, text=True, check=False
        )
        assert (doctor.returncode, doctor.stderr) == (0, ""), doctor.stdout
        assert "responses: 1" in doctor.stdout
        outside = subprocess.run(
            in_container(volume, {}, "touch", str(image / "file")), capture_output=True, check=False
        )
        assert b"Read-only file system" in outside.stderr, "the test itself keeps what it says"
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(TIMEOUT_S) == 0
    assert {path.stat().st_uid for path in volume.iterdir()} == {USER}
