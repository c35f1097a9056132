"""The command line: help texts, a fast start, and errors of one line."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from quiz import create_app
from quiz.admin import server
from quiz.cli import main
from quiz.config import secret_key, settings
from tests.clients import TIMEOUT_S, run_quiz
from tests.fault_injection import UNPRIVILEGED, read_only_disk

COMMANDS = sorted(main.commands)


@pytest.mark.parametrize(
    "command", [[], *([name] for name in COMMANDS)], ids=lambda command: "".join(command) or "quiz"
)
def test_every_help_text_has_an_example(command):
    result = CliRunner().invoke(main, [*command, "--help"], prog_name="quiz")
    assert result.exit_code == 0
    assert result.output.startswith(" ".join(["Usage: quiz", *command]))
    assert re.search("Example: .*" + " ".join(["quiz", *command]), result.output)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_has_a_help_text(command):
    command_object = main.commands[command]
    assert command_object.get_short_help_str(200)
    options = [option for option in command_object.params if isinstance(option, click.Option)]
    self_explanatory = {"--port", "--format"}
    assert [option.opts for option in options if not option.help and not self_explanatory & set(option.opts)] == []


def test_the_version_is_the_one_of_the_distribution():
    result = CliRunner().invoke(main, ["--version"], prog_name="quiz")
    assert result.exit_code == 0
    assert re.fullmatch(r"quiz, version \d+\.\d+\.\d+\n", result.output)


@pytest.mark.server
def test_help_imports_only_click():
    code = """
import atexit, sys
heavy = {"flask", "werkzeug", "jinja2", "wtforms", "sqlite_utils", "waitress", "numpy", "sklearn", "scipy", "segno"}
atexit.register(lambda: print(sorted(heavy & sys.modules.keys()), file=sys.stderr))
from quiz.cli import main
main(["--help"])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "[]\n")
    assert "serve" in run.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["serve", "--port", "0"],
        ["serve", "--port", "many"],
        ["serve", "--url", "hats.example.org"],
        ["serve", "--url", "http://[::1"],
        ["serve", "extra"],
        ["serve", "--lan", "--host", "127.0.0.1"],
        ["demo", "--port", "99999999"],
        ["check", "/no/such/folder"],
        ["score", "/no/such/file.csv"],
        ["score"],
        ["read"],
        ["read", "/no/such/file.txt"],
    ],
    ids=" ".join,
)
def test_bad_usage_exits_with_2_and_an_error_message(arguments):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert re.search(r"^Error: \S.+\S$", result.stderr, re.MULTILINE)
    assert result.stdout == ""


# Errors of the operator


def bad_settings(instance: Path) -> None:
    (instance / "config.py").write_text("OPERATR = 'a typo'\n")


def broken_config(instance: Path) -> None:
    (instance / "config.py").write_text("OPERATOR = (\n")


def open_key(instance: Path) -> None:
    (instance / "secret.key").write_bytes(b"k" * 32)
    (instance / "secret.key").chmod(0o644)


def short_key(instance: Path) -> None:
    (instance / "secret.key").write_bytes(b"k")


def invalid_database(instance: Path) -> None:
    (instance / "many-hats.db").write_bytes(b"only text " * 1000)


def folder_for_a_database(instance: Path) -> None:
    (instance / "many-hats.db").mkdir()


def read_only_database(instance: Path) -> None:
    create_app({}, instance=instance)
    (instance / "many-hats.db").chmod(0o400)


def read_only_instance(instance: Path) -> None:
    instance.chmod(0o500)


@pytest.mark.server
@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize(
    ("break_instance", "message"),
    [
        (bad_settings, "config.py: unknown setting OPERATR"),
        (broken_config, "config.py cannot be read"),
        (open_key, "run: chmod 600 "),
        (short_key, "delete the file to create a new key"),
        (invalid_database, "many-hats.db: file is not a database"),
        (folder_for_a_database, "many-hats.db"),
        (read_only_database, "many-hats.db: the file is read-only"),
        (read_only_instance, "cannot be written to; use the user that serves the quiz, or: chmod 700 "),
    ],
)
def test_an_unusable_instance_is_an_error_of_one_line(
    tmp_path, command, break_instance: Callable[[Path], None], message
):
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o700)
    break_instance(instance)
    run = run_quiz(command, instance=instance, before=tuple(UNPRIVILEGED))
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("Error: ")
    assert len(run.stderr.splitlines()) == 1, run.stderr
    assert message in run.stderr
    assert str(instance) in run.stderr


@pytest.mark.server
@pytest.mark.parametrize(
    "arguments",
    [["serve"], ["demo"], ["doctor"], ["backup", "/dev/shm/never.db"], ["export", "--all"]],
    ids=" ".join,
)
def test_an_instance_on_a_read_only_disk_is_an_error_that_names_it_and_a_way_out(tmp_path, arguments):
    instance = tmp_path / "instance"
    create_app({}, instance=instance).storage.close()
    run = run_quiz(*arguments, instance=instance, before=tuple(read_only_disk(tmp_path)))
    assert run.returncode == 1
    output = run.stderr + run.stdout
    message = (
        f"{instance} is on a read-only disk; make the disk writable, or set MANY_HATS_INSTANCE to another folder\n"
    )
    assert output.count(message) == 1
    assert arguments == ["doctor"] or output == f"Error: {message}"


@pytest.mark.server
@pytest.mark.parametrize("command", ["serve", "demo", "doctor"])
def test_an_instance_that_cannot_be_created_is_an_error_that_names_the_folder_and_a_way_out(tmp_path, command):
    run = run_quiz(command, instance=tmp_path / "new" / "instance", before=tuple(read_only_disk(tmp_path)))
    assert run.returncode == 1
    assert (
        f"{tmp_path}/new/instance cannot be created: {tmp_path} is on a read-only disk; make the disk writable, or set"
        " MANY_HATS_INSTANCE to another folder\n"
    ) in run.stderr + run.stdout
    assert "Traceback" not in run.stderr


@pytest.mark.server
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_an_instance_below_a_file_is_an_error_of_one_line(tmp_path, command):
    (tmp_path / "file").touch()
    run = run_quiz(command, instance=tmp_path / "file" / "instance")
    assert run.returncode == 1
    hint = "is not a folder; move it to another place, or set MANY_HATS_INSTANCE to another folder"
    assert run.stderr == f"Error: {tmp_path}/file/instance cannot be created: {tmp_path}/file {hint}\n"


@pytest.mark.server
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_an_instance_that_is_a_file_has_the_message_of_doctor(tmp_path, command):
    file = tmp_path / "file"
    file.touch()
    run = run_quiz(command, instance=file)
    assert run.returncode == 1
    assert (
        run.stderr
        == f"Error: {file} is not a folder; move it to another place, or set MANY_HATS_INSTANCE to another folder\n"
    )


@pytest.mark.parametrize("arguments", [["demo"], ["backup", "copy.db"]], ids=" ".join)
def test_a_file_without_permission_is_an_error_of_one_line(tmp_path, monkeypatch, arguments):
    def fail(file: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))

    monkeypatch.setenv("MANY_HATS_INSTANCE", str(tmp_path))
    monkeypatch.setattr(secret_key, "load_or_create", fail)
    monkeypatch.setattr(settings, "read", settings.read if arguments == ["demo"] else fail)
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert re.fullmatch(
        rf"Error: {re.escape(str(tmp_path))}/(secret\.key|config\.py): Permission denied; "
        r"use the user that serves the quiz, or set MANY_HATS_INSTANCE to another folder\n",
        result.stderr,
    )


@pytest.mark.server
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_an_invalid_bank_is_an_error_with_file_line_and_hint(tmp_path, small_bank, command):
    baker = small_bank / "roles" / "baker.toml"
    baker.write_text(baker.read_text().replace("position = 1", "position = -1"))
    run = run_quiz(command, instance=tmp_path / "instance", MANY_HATS_QUESTION_BANK=str(small_bank))
    assert run.returncode == 1
    assert re.fullmatch(rf"Error: {re.escape(str(baker))}:\d+: position is -1; use a number .*\n", run.stderr)


@pytest.mark.server
def test_serve_says_that_no_free_text_can_be_compared_with_a_bank(tmp_path, small_bank, monkeypatch):
    for file in (small_bank / "roles").glob("*.toml"):
        text = re.sub(r"\nvocabulary = .*", "", file.read_text(encoding="utf-8"))
        file.write_text(re.sub(r"\nhint = ", '\nvocabulary = ["the work"]\nhint = ', text), encoding="utf-8")
    monkeypatch.setenv("MANY_HATS_QUESTION_BANK", str(small_bank))
    monkeypatch.setenv("MANY_HATS_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setattr(server, "serve", lambda app, **options: None)
    result = CliRunner().invoke(main, ["serve"])
    assert result.exit_code == 0
    assert result.stderr == (
        "Note: no free text can be compared with the roles of this bank: "
        "their vocabularies have no words of their own. `quiz check` says where.\n"
    )


@pytest.mark.server
def test_a_missing_bank_has_an_error_for_each_file(tmp_path):
    bank = tmp_path / "nowhere"
    run = run_quiz("serve", instance=tmp_path / "instance", MANY_HATS_QUESTION_BANK=str(bank))
    assert run.returncode == 1
    lines = run.stderr.removeprefix("Error: ").splitlines()
    assert lines[0].startswith(f"{bank}/bank.toml:1: is missing; ")
    assert [line for line in lines if not line.startswith(str(bank))] == []


@pytest.mark.server
@pytest.mark.parametrize(
    "arguments", [["check"], ["doctor"], ["demo"], ["backup", "copy.db"], ["export", "--all"]], ids=" ".join
)
def test_a_full_disk_behind_standard_output_is_an_error_of_one_line(tmp_path, arguments):
    instance = tmp_path / "instance"
    if arguments[0] != "demo":
        create_app({}, instance=instance).storage.close()
    arguments = [str(tmp_path / name) if name == "copy.db" else name for name in arguments]
    environ = os.environ | {"MANY_HATS_INSTANCE": str(instance)}
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "quiz", *arguments],
            env=environ, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1:] == ["Error: standard output: No space left on device"]
    assert "Traceback" not in run.stderr


@pytest.mark.server
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_command_that_is_stopped_leaves_the_old_file_and_no_draft(tmp_path, number):
    out = tmp_path / "out.csv"
    out.write_text("old")
    command = [sys.executable, "-m", "quiz", "score", "-", "-o", str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while len(list(tmp_path.iterdir())) < 2:  # until the draft is there
            with contextlib.suppress(subprocess.TimeoutExpired):
                pytest.fail(f"it ended with status {process.wait(0.05)}")
        process.send_signal(number)
        process.wait(TIMEOUT_S)
    assert process.returncode in {128 + number, 1}
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out.csv", "old")]


# Flask's own command


@pytest.mark.server
def test_flask_finds_the_app_and_lists_all_its_addresses(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "quiz", "routes"],
        env=os.environ | {"MANY_HATS_INSTANCE": str(tmp_path / "instance")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (0, "")
    app = create_app({}, instance=tmp_path / "other")
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert {"/", "/privacy", "/start", "/r/<link:link>", "/r/<link:link>/check"} <= rules
    assert {line.split()[-1] for line in run.stdout.splitlines()[2:]} == rules
