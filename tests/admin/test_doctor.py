"""`quiz doctor` prints a line for each check, with a hint for each problem, and changes nothing."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from quiz import create_app, storage
from quiz.admin import doctor
from quiz.cli import main
from quiz.config import secret_key
from quiz.storage import Storage
from quiz.storage.sqlite import SqliteFile
from tests.clients import run_quiz
from tests.fault_injection import FIXED_SQLITE, LOSSY_SQLITE, UNPRIVILEGED, set_sqlite_version

TODAY = "2026-06-15"
KEY = "k" * secret_key.MIN_KEY_BYTES


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """A started instance with a response in it."""
    folder = tmp_path / "instance"
    app = create_app({}, instance=folder)
    app.storage.create_response("a" * 64, bank="1", day=TODAY)
    app.storage.close()
    return folder


def examine(folder: Path, **settings: str) -> Result:
    environ = {"MANY_HATS_INSTANCE": str(folder)} | {f"MANY_HATS_{name}": text for name, text in settings.items()}
    return CliRunner().invoke(main, ["doctor"], env=environ)


def problem_lines(result: Result) -> list[str]:
    """The lines with problems, each without its first column."""
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert {line.split()[0] for line in lines} <= {"ok", "warning", "trouble"}
    problems = [line.split(maxsplit=1)[1] for line in lines if line.startswith("trouble")]
    assert result.exit_code == bool(problems)
    return problems


def file_states(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}


def test_an_instance_without_problems_has_a_line_for_each_check(instance):
    before = file_states(instance)
    result = examine(instance)
    assert problem_lines(result) == []
    subjects = {line.split()[1] for line in result.stdout.splitlines()}
    assert subjects >= {"Python", "SQLite", "instance", "file", "settings", "key", "bank", "database", "disk", "expiry"}
    assert "responses: 1" in result.stdout
    assert file_states(instance) == before


def test_an_instance_that_was_never_started_is_ok_and_is_not_created(tmp_path):
    result = examine(tmp_path / "instance")
    assert problem_lines(result) == []
    assert result.stdout.count("the first `quiz serve` creates it") == 3
    assert list(tmp_path.iterdir()) == []


def open_folder(folder: Path) -> None:
    folder.chmod(0o755)


def open_database(folder: Path) -> None:
    (folder / "many-hats.db").chmod(0o644)


def open_key(folder: Path) -> None:
    (folder / "secret.key").chmod(0o604)


def short_key(folder: Path) -> None:
    (folder / "secret.key").write_bytes(b"k")


def unknown_setting(folder: Path) -> None:
    (folder / "config.py").write_text("OPERATR = 'a typo'\n")


def missing_database(folder: Path) -> None:
    (folder / "many-hats.db").unlink()


def invalid_database(folder: Path) -> None:
    (folder / "many-hats.db").write_bytes(b"only text " * 1000)


def damaged_database(folder: Path) -> None:
    with Database(sqlite3.connect(folder / "many-hats.db")) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        page = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'answer'").fetchone()[0]
    with (folder / "many-hats.db").open("r+b") as raw:
        raw.seek((page - 1) * 4096)
        raw.write(secrets.token_bytes(4096))


def orphan_row(folder: Path) -> None:
    with Database(sqlite3.connect(folder / "many-hats.db")) as db:
        db.execute("INSERT INTO contact VALUES (404, 'baker')")


def changed_table(folder: Path) -> None:
    with Database(sqlite3.connect(folder / "many-hats.db")) as db:
        db.execute("DROP INDEX response_changed")


def pending_migration(folder: Path) -> None:
    (folder / "many-hats.db").write_bytes(b"")


def set_key(folder: Path) -> None:
    """Set another key in `config.py`, and accept it."""
    (folder / "config.py").write_text(f"SECRET_KEY = '{KEY}'\n")
    accept_key(folder)


def accept_key(folder: Path, **settings: str) -> None:
    environ = {"MANY_HATS_INSTANCE": str(folder)} | {f"MANY_HATS_{name}": text for name, text in settings.items()}
    assert CliRunner().invoke(main, ["accept-key"], env=environ).exit_code == 0


def open_config(folder: Path) -> None:
    set_key(folder)
    (folder / "config.py").chmod(0o644)


def folder_for_a_database(folder: Path) -> None:
    (folder / "many-hats.db").unlink()
    (folder / "many-hats.db").mkdir()


def expired_response(folder: Path) -> None:
    database = Storage(folder / "many-hats.db")
    database.create_response("b" * 64, bank="1", day="2020-01-01")
    database.close()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("break_instance", "message"),
    [
        (open_folder, "run: chmod 700 "),
        (open_database, "many-hats.db; run: chmod 600 "),
        (open_key, "chmod 600 "),
        (short_key, "delete the file to create a new key"),
        (unknown_setting, "unknown setting OPERATR"),
        (missing_database, "does not exist; set DATABASE, or: quiz restore FILE"),
        (invalid_database, "file is not a database"),
        (damaged_database, "quiz restore FILE --force"),
        (orphan_row, "rows of contact refer to rows that do not exist"),
        (changed_table, "response_changed is not as this version creates it"),
        (pending_migration, "not applied: m001_tables; back up, then restart"),
        (expired_response, "expired responses: 1; a request to the quiz marks them"),
        (open_config, "config.py contains the key, and everybody on this machine can open "),
        (folder_for_a_database, "is not a file; move it to another place, or set DATABASE"),
    ],
)
def test_each_problem_is_a_line_with_a_hint_and_nothing_is_changed(
    instance, break_instance: Callable[[Path], None], message
):
    break_instance(instance)
    before = file_states(instance)
    problems = problem_lines(examine(instance))
    assert [line for line in problems if message in line], problems
    assert len(problems) == (2 if break_instance is open_key else 1)
    assert file_states(instance) == before


@pytest.mark.parametrize(("changed", "is_ok"), [("2025-06-11", True), ("2025-06-10", False)])
def test_an_expired_response_may_wait_some_days_for_the_requests_that_delete_it(instance, changed, is_ok):
    database = Storage(instance / "many-hats.db")
    database.create_response("b" * 64, bank="1", day=changed)
    database.close()
    checks = {check.subject: check for check in doctor.run_checks(instance, today=TODAY)}
    assert checks["expiry"].ok == is_ok


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"PUBLIC_URL": "https://hats.example.org"}, "set BEHIND_PROXY to yes"),
        ({"BEHIND_PROXY": "yes"}, "set PUBLIC_URL to the address that people use"),
        ({"BEHIND_PROXY": "yes", "PUBLIC_URL": "http://hats.example.org"}, "use https"),
        ({"PUBLIC_URL": "http://hats.example.org/?quiz"}, "after the host, write nothing or a path"),
        ({"TRUSTED_HOSTS": "localhost *"}, "write only the host in '*'"),
        ({"TRUSTED_HOSTS": "https://hats.example.org"}, "write only the host in 'https://hats.example.org'"),
        ({"PUBLIC_URL": "hats.example.org"}, "write the whole address"),
        ({"QUESTION_BANK": "/no/such/folder"}, "is missing"),
        ({"RETENTION_MONTHS": "99999"}, "use a whole number from 1 to 1200"),
        ({"DATABASE": ""}, "write a file name without a folder"),
    ],
)
def test_an_invalid_setting_is_a_problem_with_a_hint(instance, settings, hint):
    (problem,) = problem_lines(examine(instance, **settings))
    assert hint in problem


def test_a_server_behind_a_proxy_with_tls_is_ok(instance):
    result = examine(instance, PUBLIC_URL="https://hats.example.org", BEHIND_PROXY="yes")
    assert problem_lines(result) == []
    assert "links begin with https://hats.example.org" in result.stdout


def test_problems_of_the_bank_are_counted_and_the_first_is_shown(instance, small_bank):
    baker = small_bank / "roles" / "baker.toml"
    baker.write_text(baker.read_text().replace("position = 1", "position = -1"))
    (problem,) = problem_lines(examine(instance, QUESTION_BANK=str(small_bank)))
    assert f"{baker}:" in problem
    assert "position is -1" in problem


def test_a_nearly_full_disk_is_a_problem(instance, monkeypatch):
    usage = type("Usage", (), {"free": 10 << 20})
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    (problem,) = problem_lines(examine(instance))
    assert "10 MB free; 200 MB are needed" in problem


def test_an_old_python_is_a_problem(instance, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert "install 3.11 or newer" in next(iter(problem_lines(examine(instance))))


def test_wal_mode_under_an_affected_sqlite_is_a_problem(instance, monkeypatch):
    assert (instance / "many-hats.db").read_bytes()[18] == (2 if storage.safe_journal_mode() == "wal" else 1)
    set_sqlite_version(monkeypatch, FIXED_SQLITE)
    create_app({}, instance=instance)
    assert problem_lines(examine(instance)) == []
    set_sqlite_version(monkeypatch, LOSSY_SQLITE)
    (problem,) = problem_lines(examine(instance))
    assert "can lose writes; restart `quiz serve`" in problem
    create_app({}, instance=instance)
    result = examine(instance)
    assert problem_lines(result) == []
    assert "with a rollback journal" in result.stdout


def test_an_instance_that_is_a_file_is_one_problem(tmp_path):
    (tmp_path / "file").touch()
    (problem,) = problem_lines(examine(tmp_path / "file"))
    assert "is not a folder" in problem


@pytest.fixture
def read_only_instance(instance: Path) -> Iterator[Path]:
    instance.chmod(0o500)
    yield instance
    instance.chmod(0o700)


@pytest.mark.server
def test_a_read_only_folder_is_a_problem(read_only_instance):
    run = run_quiz("doctor", instance=read_only_instance, before=tuple(UNPRIVILEGED))
    assert (run.returncode, run.stderr) == (1, "")
    assert "cannot be written to" in run.stdout


@pytest.mark.server
def test_the_hint_for_a_read_only_database_is_not_to_restore(instance):
    (instance / "many-hats.db").chmod(0o400)
    run = run_quiz("doctor", instance=instance, before=tuple(UNPRIVILEGED))
    (problem,) = [line for line in run.stdout.splitlines() if line.startswith("trouble")]
    assert f"cannot be written to; use the user that serves the quiz, or: chmod 600 {instance}" in problem
    assert "restore" not in problem


def group_folder(folder: Path) -> None:
    folder.chmod(0o2770)


def group_key(folder: Path) -> None:
    (folder / "secret.key").chmod(0o660)


def group_database(folder: Path) -> None:
    (folder / "many-hats.db").chmod(0o660)


def group_config(folder: Path) -> None:
    set_key(folder)
    (folder / "config.py").chmod(0o640)


@pytest.mark.parametrize(
    ("open_to_group", "subjects"),
    [
        (group_folder, ["file modes"]),
        (group_key, ["file modes", "key"]),
        (group_database, ["file modes"]),
        (group_config, ["key"]),
    ],
)
def test_what_only_the_group_can_open_is_a_warning(instance, open_to_group: Callable[[Path], None], subjects):
    open_to_group(instance)
    result = examine(instance)
    assert problem_lines(result) == []
    warnings = [line for line in result.stdout.splitlines() if line.startswith("warning")]
    assert [line[9:20].strip() for line in warnings] == subjects
    for line in warnings:
        assert re.search("the group of .*; run: chmod [67]00 .*; if this disk does not keep modes, .*MANY_HATS_", line)


def test_a_file_that_everybody_can_open_is_named_before_one_of_the_group(instance):
    group_folder(instance)
    open_database(instance)
    (problem,) = problem_lines(examine(instance))
    assert "everybody on this machine can open" in problem


# Another key


def new_key(folder: Path) -> None:
    (folder / "secret.key").write_bytes(b"n" * secret_key.MIN_KEY_BYTES)


def lost_key(folder: Path) -> None:
    (folder / "secret.key").unlink()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (new_key, "put the old key back from its copy, or run `quiz accept-key` and create these links again"),
        (lost_key, "is lost; put it back from its copy, or set MANY_HATS_SECRET_KEY as for the server"),
    ],
)
def test_another_key_is_a_problem_until_the_old_one_is_put_back(instance, change: Callable[[Path], None], message):
    old_key = (instance / "secret.key").read_bytes()
    change(instance)
    (problem,) = problem_lines(examine(instance))
    assert problem.startswith("links ")
    assert message in problem
    (instance / "secret.key").write_bytes(old_key)
    (instance / "secret.key").chmod(0o600)
    assert problem_lines(examine(instance)) == []


def test_another_key_is_a_problem_until_it_is_accepted(instance):
    new_key(instance)
    assert problem_lines(examine(instance))
    accept_key(instance)
    assert problem_lines(examine(instance)) == []


def test_a_database_that_was_never_used_with_a_key_gets_the_first_one(tmp_path):
    storage.prepare(tmp_path / "many-hats.db")
    assert "the next `quiz serve` stores a fingerprint of the key" in examine(tmp_path).stdout
    create_app({}, instance=tmp_path)
    assert "are derived from the same key as before" in examine(tmp_path).stdout


# File modes


def test_an_unused_folder_may_be_open_to_others(tmp_path):
    folder = tmp_path / "cloned"
    folder.mkdir(mode=0o755)
    (folder / ".gitkeep").touch()
    checks = [check for check in doctor.run_checks(folder, today="2026-11-22") if check.subject == "file modes"]
    assert [(check.ok, check.detail) for check in checks] == [
        (True, "there is no data yet; the first start closes the folder to others")
    ]


def test_the_hint_for_a_locked_database_is_not_to_restore(instance, monkeypatch):
    monkeypatch.setattr("quiz.storage.engine.LOCK_TIMEOUT_S", 0.05)
    with Database(sqlite3.connect(instance / "many-hats.db")) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        (problem,) = problem_lines(examine(instance))
    assert "database is locked; another program uses it: stop that program" in problem
    assert "restore" not in problem
    assert problem_lines(examine(instance)) == []


def test_the_hint_for_a_disk_error_is_not_to_restore(instance, monkeypatch):
    def fail(engine: SqliteFile, *, before: str) -> None:
        raise storage.UnavailableError(f"{engine.name}: disk I/O error")

    monkeypatch.setattr(SqliteFile, "inspect", fail)
    (problem,) = problem_lines(examine(instance))
    assert problem.endswith("disk I/O error; check the disk and the modes of the files, then run this again")


def test_a_config_file_without_a_key_may_be_readable_by_others(instance):
    (instance / "config.py").write_text("OPERATOR = 'Data platform team'\n")
    (instance / "config.py").chmod(0o644)
    assert problem_lines(examine(instance)) == []
    accept_key(instance, SECRET_KEY=KEY)
    assert problem_lines(examine(instance, SECRET_KEY=KEY)) == []


def test_a_folder_made_by_git_is_ok_after_the_first_start(tmp_path):
    folder = tmp_path / "instance"
    folder.mkdir()
    (folder / ".gitkeep").touch()
    folder.chmod(0o755)
    create_app({}, instance=folder)
    assert problem_lines(examine(folder)) == []


@pytest.mark.server
def test_a_path_that_is_not_utf_8_can_be_printed(tmp_path):
    folder = tmp_path / os.fsdecode(b"n\xffx")
    create_app({}, instance=folder)
    run = run_quiz("doctor", instance=folder, PYTHONIOENCODING="utf-8:strict")
    assert (run.returncode, run.stderr) == (0, "")
    assert "n\\udcffx/many-hats.db, responses: 0" in run.stdout


def test_a_key_in_the_settings_needs_no_file(instance):
    (instance / "secret.key").unlink()
    accept_key(instance, SECRET_KEY=KEY)
    result = examine(instance, SECRET_KEY=KEY)
    assert problem_lines(result) == []
    assert "comes from the settings" in result.stdout
    assert "kkk" not in result.stdout
