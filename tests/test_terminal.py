"""Nothing that people typed reaches a terminal or a log with control characters or characters of direction."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from quiz import create_app
from quiz.cli import main
from quiz.storage import Storage
from quiz.terminal import LogFormatter, escape_controls, escape_line
from tests.clients import run_quiz
from tests.factories import BANK, make_owner, make_response

#: Sets the title of the window, ends a line early, begins an escape sequence in one character, turns a line around.
HOSTILE = "\x1b]0;owned\x07 \x9b31m \x08\r \u202egnp\u202c \u2066 \u200f \u2028 \x7f"
SAFE = "Zoë Müller-O’Neill, 山田 太郎, שלום, \N{FAMILY}\u200d\N{BOY}, न\u200dम, 1\u00a0000 €, 👍🏽"
CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb", "a\\rb"),
        ("\x00\x07\x08\x7f", "\\x00\\x07\\x08\\x7f"),
        ("\x85\x9b", "\\x85\\x9b"),
        ("\u202eevil\u202c", "\\u202eevil\\u202c"),
        ("\u2028\ufeff", "\\u2028\\ufeff"),
        (os.fsdecode(b"\xff"), "\\udcff"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("a\r\nb", "a\nb"),
        (SAFE, SAFE),
        ("", ""),
    ],
)
def test_control_and_direction_characters_are_escaped_and_nothing_else(text, escaped):
    assert escape_controls(text) == escaped
    assert escape_controls(escaped) == escaped


def test_a_line_stays_one_line():
    assert escape_line("two\nlines\r\nand a\ttab \x1b") == "two\\nlines\\nand a\\ttab \\x1b"


def test_a_log_record_and_its_traceback_are_escaped():
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        record = logging.LogRecord("quiz", logging.ERROR, __file__, 1, "%s", (HOSTILE,), sys.exc_info())
    text = LogFormatter().format(record)
    assert not CONTROLS.search(text)
    assert text.count("\\x1b]0;owned") == 2
    assert "\nTraceback" in text


# Every command


@pytest.fixture
def folder(tmp_path: Path, small_bank: Path) -> Path:
    """A folder with a hostile name: an instance in which people typed hostile text, a bank, and files to read."""
    folder = tmp_path / f"folder {HOSTILE}"
    app = create_app({}, instance=folder / "instance")
    for kind in ("anonymous", "open"):
        app.storage.create_team(
            make_owner(), make_owner(), number=1, name=HOSTILE, kind=kind, minimum=5, day=app.today()
        )
    make_response(app, title=HOSTILE, text=HOSTILE)
    app.storage.close()
    (folder / "instance" / "config.py").write_text(f"OPERATOR = PURPOSE = CONTACT = {HOSTILE!r}\n")
    (small_bank / "roles" / "baker.toml").write_text(f"name = {json.dumps(HOSTILE)}\n'{SAFE}' = 1\n")
    shutil.copytree(small_bank, folder / "bank")
    ids = ",".join(item for item in BANK.responsibility)
    cells = ",".join("daily" for _ in BANK.responsibility)
    (folder / "good.csv").write_text(f'id,{ids}\n"{HOSTILE}",{cells}\n', newline="")
    (folder / "bad.csv").write_text(f'id,{ids},"{HOSTILE}"\n"{HOSTILE}",{cells},"{HOSTILE}"\n', newline="")
    return folder


INVOCATIONS = [
    [HOSTILE],
    [f"--{HOSTILE}"],
    ["serve", "--host", HOSTILE],
    ["serve", "--url", f"http://{HOSTILE}"],
    ["serve", "--port", HOSTILE],
    ["check", "{}/bank"],
    ["check", "{}/nowhere"],
    ["score", "{}/good.csv"],
    ["score", "{}/good.csv", "--format", "jsonl"],
    ["score", "{}/bad.csv"],
    ["score", "{}/nowhere.csv"],
    ["score", "{}/good.csv", "--bank", "{}/bank"],
    ["score", "{}/good.csv", "-o", "{}/nowhere/out.csv"],
    ["read", "{}/good.csv"],
    ["read", "{}/nowhere.txt"],
    ["demo"],
    ["backup", "{}/copy.db"],
    ["backup", "{}/nowhere/copy.db"],
    ["restore", "{}/good.csv"],
    ["restore", "{}/nowhere.db"],
    ["doctor"],
    ["export", "--all"],
    ["export", "--all", "--format", "jsonl"],
    ["export", "--team", HOSTILE],
    ["accept-key"],
    ["teams"],
    ["erase", HOSTILE],
    ["erase", "{id}"],
    ["erase", "{id}", "--yes"],
    ["export", "--team", "{id}"],
]


@pytest.mark.server
@pytest.mark.parametrize("arguments", INVOCATIONS, ids=lambda arguments: " ".join(map(ascii, arguments)))
def test_a_command_writes_no_control_character_to_a_terminal(folder, arguments):
    team = next(team for team in Storage(folder / "instance" / "many-hats.db").load_all_teams() if team.kind == "open")
    arguments = [text.replace("{}", str(folder)).replace("{id}", str(team.id)) for text in arguments]
    output = read_terminal(*arguments, instance=folder / "instance")
    assert output
    assert "Traceback" not in output
    assert not CONTROLS.findall(output), ascii(output)


def test_every_command_is_tried():
    assert {arguments[0] for arguments in INVOCATIONS} >= set(main.commands)


@pytest.mark.server
def test_a_pipe_gets_the_text_as_it_was_typed(folder):
    run = run_quiz("export", "--all", "--format", "jsonl", instance=folder / "instance")
    assert json.loads(run.stdout)["title"] == HOSTILE


@pytest.mark.server
def test_a_terminal_with_another_encoding_gets_escapes_for_what_it_cannot_show(folder):
    environ = os.environ | {"PYTHONIOENCODING": "latin-1", "MANY_HATS_INSTANCE": str(folder / "山")}
    command = [sys.executable, "-m", "quiz", "doctor"]
    run = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert "\\u5c71" in run.stdout
    assert run.stderr == ""


def read_terminal(*arguments: str, instance: Path) -> str:
    """What `quiz` writes to a terminal, and after it what it writes to standard error."""
    own_end, process_end = pty.openpty()
    environ = os.environ | {"MANY_HATS_INSTANCE": str(instance)}
    command = [sys.executable, "-m", "quiz", *arguments]
    parts: list[bytes] = []

    def read() -> None:
        with contextlib.suppress(OSError):  # how Linux says that nobody writes to this terminal any more
            while part := os.read(own_end, 65536):
                parts.append(part)

    # Standard error is no terminal, so that there is no progress bar.
    with subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=process_end, stderr=subprocess.PIPE
    ) as process:
        os.close(process_end)
        reader = threading.Thread(target=read)
        reader.start()
        assert process.stderr
        errors = process.stderr.read()
    reader.join()
    os.close(own_end)
    return (b"".join(parts).replace(b"\r\n", b"\n") + errors).decode()  # the terminal adds the carriage returns
