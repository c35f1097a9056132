"""A backup is a complete copy of the database at one moment. A restore leaves out what was deleted since the backup."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from quiz import create_app, storage
from quiz.bank import Bank
from quiz.cli import main
from quiz.config import settings
from quiz.files import draft_for
from quiz.storage import Address, Expiry, ShareLink, Storage, TeamLinks, UnavailableError
from quiz.storage.backup import BackupError, back_up
from quiz.storage.restore import Restored, RestoreError, restore
from quiz.storage.rows import count_rows
from quiz.storage.sqlite import SqliteFile
from quiz.teams import Publication, Removal, rounds
from quiz.web.app import App
from tests.checks import stored_response
from tests.clients import Client, run_quiz
from tests.factories import CANARY, DAY, FIXTURES, WHEN, expire, fill_response, make_owner, start_response
from tests.fault_injection import (
    FIXED_SQLITE,
    LOSSY_SQLITE,
    bytes_on_disk,
    damage_table,
    open_database,
    read_only_disk,
    run_script,
    set_sqlite_version,
)

# Whole databases are copied and restored, which takes longer than `./run test --quick` should.
pytestmark = [pytest.mark.both_engines, pytest.mark.thorough]

TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where tests write a backup."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "monday.db"


def run_restore(copy: Path, address: Address, *, day: str = TODAY, replace: bool = True) -> Restored:
    return restore(copy, address, day=day, tombstone_days=30, replace=replace, folder=copy.parent)


def quiz(instance: Path, *arguments: str | Path) -> Result:
    environ = {"MANY_HATS_INSTANCE": str(instance)}
    return CliRunner().invoke(main, list(map(str, arguments)), env=environ, prog_name="quiz")


def rows(file: Path) -> dict[str, list[Any]]:
    """All rows of all tables, sorted."""
    with open_database(file) as db:
        tables = [name for name in db.table_names() if not name.startswith("_sqlite")]
        return {name: sorted(map(repr, db.execute(f"SELECT * FROM {name}").fetchall())) for name in tables}


def rows_without_identity(file: Path) -> dict[str, list[Any]]:
    """All rows of all tables except the identity of the database."""
    return {name: table_rows for name, table_rows in rows(file).items() if name != "database_identity"}


def is_intact(file: Path) -> bool:
    report = SqliteFile(file).inspect(before="0000-00-00")
    return (report.problems, report.pending) == ((), ())


# Backing up


def test_a_backup_made_during_two_writers_is_complete(database, file, copy):
    owner_hash, stop = start_response(database), threading.Event()

    def write() -> int:
        other, pages = Storage(file), 0
        while not stop.is_set() or not pages:
            word = secrets.token_hex(4)
            other.save_answers(owner_hash, dict.fromkeys(["dough", "oven", "cake"], word), **WHEN)
            short_lived = start_response(other)
            other.save_answers(short_lived, {"dough": word}, **WHEN)
            other.delete_response(short_lived, day=DAY)
            pages += 1
        other.close()
        return pages

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write) for _ in range(2)]
        try:
            for _ in range(5):
                back_up(file, copy, day=TODAY, replace=True)
                assert is_intact(copy)
                with open_database(copy) as db:
                    assert list(db.query("SELECT * FROM answer WHERE response NOT IN (SELECT id FROM response)")) == []
                    own = db.query(
                        "SELECT answer FROM answer JOIN response ON id = response WHERE owner_hash = ?", [owner_hash]
                    )
                    assert len({row["answer"] for row in own}) <= 1
        finally:
            stop.set()
        assert all(writer.result() for writer in writers)
    assert is_intact(file)


def test_a_backup_has_all_rows(database, file, copy):
    for word in ("flour", "water"):
        fill_response(database, start_response(database), word)
    backup = back_up(file, copy, day=TODAY)
    database.close()
    assert rows(copy) == rows(file)
    assert (backup.responses, backup.size_bytes) == (2, copy.stat().st_size)


def test_a_backup_is_one_file_readable_by_its_owner_only_for_any_umask(database, file, copy):
    old = os.umask(0)
    try:
        back_up(file, copy, day=TODAY)
    finally:
        os.umask(old)
    assert [path.name for path in copy.parent.iterdir()] == ["monday.db"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert copy.read_bytes()[18:20] == b"\1\1", "the backup is one file without a log"


def test_a_backup_does_not_contain_what_another_program_deleted(database, file, copy):
    owner_hash = start_response(database)
    database.save_details(owner_hash, contacts=[], title="", text=f"{CANARY} " * 100, day=WHEN["day"])
    database.close()
    with open_database(file) as db:  # this deletion does not overwrite the content
        db.execute("PRAGMA secure_delete = OFF")
        db.table("response").delete_where()
    assert CANARY.encode() in bytes_on_disk(file)
    back_up(file, copy, day=TODAY)
    assert CANARY.encode() not in copy.read_bytes()


def test_an_existing_file_is_replaced_only_with_force(database, address, copy):
    copy.write_text("an older backup")
    with pytest.raises(BackupError, match="--force"):
        back_up(address, copy, day=TODAY)
    assert copy.read_text() == "an older backup"
    back_up(address, copy, day=TODAY, replace=True)
    assert is_intact(copy)


@pytest.mark.parametrize("name", ["many-hats.db", "many-hats.db-wal", "../instance/many-hats.db-journal"])
def test_the_database_is_never_overwritten_with_its_own_backup(database, file, name):
    owner_hash = start_response(database)
    with pytest.raises(BackupError, match="choose another file"):
        back_up(file, file.parent / name, day=TODAY, replace=True)
    assert database.load_response(owner_hash)


@pytest.mark.parametrize(("path", "message"), [("/dev/null", "not an ordinary file"), ("nowhere/copy.db", "no folder")])
def test_a_backup_to_a_device_or_into_a_missing_folder_is_refused(file, tmp_path, path, message):
    with pytest.raises(BackupError, match=message):
        back_up(file, tmp_path / path, day=TODAY, replace=True)
    assert Path("/dev/null").is_char_device()


@pytest.mark.server
def test_a_backup_into_a_folder_that_cannot_be_written_to_is_refused(file, copy):
    command = ["backup", str(copy)]
    run = run_quiz(*command, instance=file.parent, before=tuple(read_only_disk(copy.parent)))
    assert (run.returncode, run.stdout) == (1, "")
    hint = "name a file in another folder, or use a user who may write there"
    assert run.stderr == f"Error: {copy.parent} cannot be written to; {hint}\n"


def test_a_backup_without_a_database_is_refused(tmp_path, copy):
    result = quiz(tmp_path / "empty", "backup", copy)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing to back up" in result.stderr
    assert not (tmp_path / "empty").exists()
    assert not copy.exists()


def test_the_backup_command_prints_responses_and_size(database, file, copy):
    start_response(database)
    result = quiz(file.parent, "backup", copy)
    assert (result.exit_code, result.stderr) == (0, "")
    totals = count_rows(SqliteFile(file))
    assert (
        result.stdout
        == f"{copy}: 1 response, {copy.stat().st_size / 1e6:.1f} MB.\nRows: 1, checksum: {totals.checksum}.\n"
    )
    again = quiz(file.parent, "backup", copy)
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == f"Error: {copy} exists; add --force to replace it\n"


def test_a_damaged_database_does_not_become_a_backup(database, file, copy):
    fill_response(database, start_response(database), "flour")
    back_up(file, copy, day=TODAY)
    database.close()
    before = copy.read_bytes()
    damage_table(file, "answer")
    with pytest.raises((BackupError, UnavailableError), match=r"malformed|damaged"):
        back_up(file, copy, day=TODAY, replace=True)
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.iterdir()] == ["monday.db"]


FULL = """
from quiz.storage.backup import back_up
from quiz.storage.restore import restore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
try:
    act()
except UnavailableError as error:
    print(str(error).rpartition(": ")[2])
"""


@pytest.mark.server
def test_a_full_disk_leaves_the_older_backup_and_no_partial_file(database, file, copy):
    fill_response(database, start_response(database), "flour")
    copy.write_text("an older backup")
    act = f"act = lambda: back_up(file, Path({str(copy)!r}), day='{TODAY}', replace=True)\n"
    run = run_script(act + FULL, file)
    assert (run.stdout, run.stderr) in {("database or disk is full\n", ""), ("disk I/O error\n", "")}
    assert copy.read_text() == "an older backup"
    assert [path.name for path in copy.parent.iterdir()] == ["monday.db"]


SCRIPT_WITH_SIGTERM = """
import os, signal
from quiz.cli import main
from quiz.storage import backup, restore
def end(db):
    print("halfway", flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    return []
backup.integrity_problems = restore.integrity_problems = end
main()
"""


@pytest.mark.server
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_command_that_gets_sigterm_leaves_no_partial_files(database, file, copy, command):
    fill_response(database, start_response(database), "flour")
    back_up(file, copy, day=TODAY)
    database.close()
    before = [path.name for folder in (copy.parent, file.parent) for path in sorted(folder.iterdir())]
    environ = os.environ | {"MANY_HATS_INSTANCE": str(file.parent)}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT_WITH_SIGTERM, command, str(copy), "--force"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (128 + signal.SIGTERM, "halfway\n", "")
    assert [path.name for folder in (copy.parent, file.parent) for path in sorted(folder.iterdir())] == before


# Restoring


def test_a_restored_database_has_the_old_content_and_accepts_new_responses(app: App, bank: Bank, copy):
    client = Client(app)
    own = client.take(dict.fromkeys(bank.responsibility, "weekly"), text="As it was.")
    instance = Path(app.instance_path)
    assert quiz(instance, "backup", copy).exit_code == 0
    client.send(f"{own}/more", {"text": "Changed since."})
    later = client.start()
    app.storage.close()
    result = quiz(instance, "restore", copy, "--force")
    assert (result.exit_code, result.stderr) == (0, "")
    name = app.storage.engine.name
    assert result.stdout.splitlines()[0] == f"{name}: 1 response restored; 0 left out (deleted since)."
    again = Client(create_app({"TESTING": True}, instance=instance))
    assert "As it was." in again.get(f"{own}/more").text
    assert again.get(f"{later}/1").status_code == 404
    assert again.get(again.take(dict.fromkeys(bank.responsibility, "daily"))).status_code == 200
    again.app.storage.close()


def test_a_backup_can_be_restored_into_an_empty_instance(database, file, copy, tmp_path):
    fill_response(database, start_response(database), "flour")
    back_up(file, copy, day=TODAY)
    database.close()
    new = tmp_path / "new" / "many-hats.db"
    restored = run_restore(copy, new, replace=False)
    assert rows_without_identity(new) == rows_without_identity(file)
    assert [path.name for path in sorted(new.parent.iterdir())] == ["many-hats.db", "start.lock"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (new.parent, new)] == [0o700, 0o600]
    assert restored.responses == 1
    assert len(restored.warnings) == 1, "it warns that deletions since then are unknown"


def test_a_leftover_log_of_another_database_is_not_applied_to_the_restored_one(database, file, copy):
    owner_hash = start_response(database)
    back_up(file, copy, day=TODAY)
    database.save_details(owner_hash, contacts=[], title="later", text="", day=WHEN["day"])
    log = file.with_name("many-hats.db-wal")
    old_log = log.read_bytes()
    database.close()
    file.unlink()
    log.write_bytes(old_log)
    run_restore(copy, file)
    assert (stored_response(database, owner_hash).title, is_intact(file)) == ("", True)


def test_existing_data_is_replaced_only_with_force(database, file, copy):
    back_up(file, copy, day=TODAY)
    run_restore(copy, file, replace=False)  # there is no data yet
    owner_hash = start_response(database)
    database.close()
    result = quiz(file.parent, "restore", copy)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: {file} holds data; add --force to replace it\n"
    assert database.load_response(owner_hash)
    database.close()
    run_restore(copy, file)
    assert database.load_response(owner_hash) is None


@pytest.mark.parametrize("remover", ["restore", "start"])
def test_a_restore_and_a_start_remove_the_files_of_a_killed_restore(database, file, copy, remover):
    back_up(file, copy, day=TODAY)
    with draft_for(file) as draft:
        leftover = draft.parent
    leftover.mkdir()
    shutil.copy(copy, leftover / "draft")
    own_folder = file.with_name(".many-hats.db.snapshots")
    own_folder.mkdir()
    if remover == "restore":
        run_restore(copy, file)
    else:
        storage.prepare(file)
    assert not leftover.exists()
    assert own_folder.exists(), "a folder of the operator"


def test_a_database_in_use_is_not_replaced(database, file, copy, monkeypatch):
    owner_hash = start_response(database)
    back_up(file, copy, day=TODAY)
    database.save_answers(owner_hash, {"dough": "daily"}, **WHEN)
    monkeypatch.setattr("quiz.storage.engine.LOCK_TIMEOUT_S", 0.05)
    with database.read_transaction() as db:
        assert db["response"].count == 1
        with pytest.raises(RestoreError, match="in use; stop the server first"):
            run_restore(copy, file)
    assert stored_response(database, owner_hash).answers == {"dough": "daily"}
    database.close()
    run_restore(copy, file)
    assert stored_response(database, owner_hash).answers == {}


def test_restoring_the_database_from_itself_is_refused(database, file):
    with pytest.raises(RestoreError, match="name a backup"):
        run_restore(file, file)


def test_a_copy_made_by_another_program_is_restored_with_its_log(database, file, copy):
    owner_hash = start_response(database)
    database.save_answers(owner_hash, {"dough": "daily"}, **WHEN)
    for name in ("", "-wal"):
        shutil.copy(file.with_name(file.name + name), copy.with_name(copy.name + name))
    database.delete_response(owner_hash, day=DAY)
    database.close()
    with open_database(file) as db:
        db.table("tombstone").delete_where()
    before = [(path.name, path.read_bytes()) for path in sorted(copy.parent.iterdir())]
    restored = run_restore(copy, file)
    assert stored_response(database, owner_hash).answers == {"dough": "daily"}
    assert "does not say on which day" in restored.warnings[0]
    assert [(path.name, path.read_bytes()) for path in sorted(copy.parent.iterdir())] == before


@pytest.mark.server
def test_a_full_disk_during_restore_leaves_the_database_unchanged(database, file, copy):
    for _ in range(30):
        database.save_details(start_response(database), contacts=[], title="", text="w" * 4000, day=WHEN["day"])
    back_up(file, copy, day=TODAY)
    owner_hash = start_response(database)
    database.close()
    before = rows(file)
    act = f"act = lambda: restore(Path({str(copy)!r}), file, day='{TODAY}', tombstone_days=30, replace=True)\n"
    run = run_script(act + FULL.replace("50_000", "150_000"), file)
    assert run.stderr == ""
    assert run.stdout
    assert rows(file) == before
    assert database.load_response(owner_hash)
    assert {path.name for path in file.parent.iterdir() if path.is_dir()} == set()


# Invalid backups


def text_file(copy: Path) -> None:
    copy.write_text("text " * 1000)


def empty_file(copy: Path) -> None:
    copy.write_bytes(b"")


def truncated_file(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-10_000])


def damaged_table(copy: Path) -> None:
    damage_table(copy, "answer")


def other_database(copy: Path) -> None:
    copy.unlink()
    with open_database(copy) as db:
        db.table("recipe").insert({"name": "bread"})


def newer_version(copy: Path) -> None:
    with open_database(copy) as db:
        db.table("_sqlite_migrations").insert({"migration_set": "many-hats", "name": "m999_cakes", "applied_at": "x"})


def with_a_trigger(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("CREATE TRIGGER hidden AFTER DELETE ON response BEGIN DELETE FROM tombstone; END")


def with_a_changed_table(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("DROP TABLE wish")
        db.execute("CREATE TABLE wish (response, responsibility, wish)")


def without_a_table(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("DROP TABLE response")


def with_an_orphan_row(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("INSERT INTO contact VALUES (404, 'baker')")


def with_an_invalid_row(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("UPDATE response SET owner_hash = 'short'")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (text_file, "not an SQLite file"),
        (empty_file, "not a database of Many Hats"),
        (truncated_file, "damaged"),
        (damaged_table, "damaged"),
        (other_database, "not a database of Many Hats"),
        (newer_version, "newer version, with m999_cakes; upgrade first"),
        (with_a_trigger, "there is a trigger, hidden"),
        (with_a_changed_table, "wish is not as this version creates it"),
        (without_a_table, "damaged|refer to|not a database of Many Hats"),
        (with_an_orphan_row, "rows of contact refer to rows that do not exist"),
        (with_an_invalid_row, "CHECK constraint failed"),
    ],
)
def test_an_invalid_backup_is_refused_in_one_line_and_nothing_changes(
    database, file, copy, damage: Callable[[Path], None], message
):
    owner_hash = start_response(database)
    fill_response(database, owner_hash, "flour")
    back_up(file, copy, day=TODAY)
    damage(copy)
    database.close()
    before = bytes_on_disk(file)
    with pytest.raises(RestoreError, match=message):
        run_restore(copy, file)
    assert bytes_on_disk(file) == before
    result = quiz(file.parent, "restore", copy, "--force")
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (1, "", 1)
    assert database.load_response(owner_hash)


def test_a_backup_with_additional_tables_and_indexes_is_restored(database, file, copy):
    with open_database(file) as db:
        db.table("note").insert({"text": "of the operator"})
        db.execute("CREATE INDEX own ON response (bank)")
    back_up(file, copy, day=TODAY)
    run_restore(copy, file)
    with open_database(file) as db:
        assert db["note"].count == 1


# A damaged present database


@pytest.mark.parametrize("version", [LOSSY_SQLITE, FIXED_SQLITE], ids=["truncate", "wal"])
def test_an_unreadable_database_is_replaced_with_force(database, file, copy, monkeypatch, version):
    set_sqlite_version(monkeypatch, version)
    storage.prepare(file)
    owner_hash = start_response(database)
    back_up(file, copy, day=TODAY)
    database.close()
    file.write_bytes(b"no database " * 1000)
    with pytest.raises(RestoreError, match="cannot be read; add --force"):
        run_restore(copy, file, replace=False)
    assert len(run_restore(copy, file).warnings) == 1
    assert database.load_response(owner_hash)
    assert is_intact(file)


def test_tombstones_of_a_damaged_database_are_used(database, file, copy):
    deleted, stays = start_response(database), start_response(database)
    for owner_hash in (deleted, stays):
        database.save_answers(owner_hash, {"dough": "daily"}, **WHEN)
    back_up(file, copy, day=TODAY)
    database.delete_response(deleted, day=DAY)
    database.close()
    damage_table(file, "answer")
    assert run_restore(copy, file) == Restored(responses=1, deleted=1, warnings=())
    assert database.load_response(deleted) is None
    assert stored_response(database, stays).answers == {"dough": "daily"}
    assert is_intact(file)


def test_a_database_with_damaged_tombstones_is_replaced_with_a_warning(database, file, copy):
    deleted = start_response(database)
    back_up(file, copy, day=TODAY)
    database.delete_response(deleted, day=DAY)
    database.close()
    damage_table(file, "tombstone")
    restored = run_restore(copy, file)
    assert (restored.responses, len(restored.warnings)) == (1, 1)
    assert is_intact(file)


# Deletions since the backup


@pytest.mark.parametrize("version", [LOSSY_SQLITE, FIXED_SQLITE], ids=["truncate", "wal"])
def test_a_response_deleted_since_the_backup_is_not_restored(tmp_path, bank, copy, monkeypatch, version):
    set_sqlite_version(monkeypatch, version)
    instance = tmp_path / "instance"
    app = create_app({"TESTING": True}, instance=instance)
    client = Client(app)
    answers = dict.fromkeys(bank.responsibility, "weekly")
    deleted = client.take(answers, title=CANARY, text=f"{CANARY} all day")
    stays = client.take(answers, text="I stay.")
    assert quiz(instance, "backup", copy).exit_code == 0
    assert CANARY.encode() in copy.read_bytes()
    assert client.send(f"{deleted}/delete").status_code == 303
    app.storage.close()
    result = quiz(instance, "restore", copy, "--force")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 response restored; 1 left out" in result.stdout
    assert CANARY.encode() not in bytes_on_disk(app.storage.file)
    app = create_app({"TESTING": True}, instance=instance)
    assert Client(app).get(deleted).status_code == 404
    assert "I stay." in Client(app).get(f"{stays}/more").text
    # The restored database has the tombstone too, so a second restore of the same backup leaves it out again.
    app.storage.close()
    assert "1 response restored; 1 left out" in quiz(instance, "restore", copy, "--force").stdout
    assert Client(app).get(deleted).status_code == 404


def test_earlier_responses_deleted_with_it_are_not_restored(database, file, copy):
    first, second = start_response(database), make_owner()
    database.create_response(second, **WHEN, earlier=first)
    back_up(file, copy, day=TODAY)
    database.delete_response(second, day=DAY)
    database.close()
    assert run_restore(copy, file).deleted == 2
    assert rows(file)["response"] == []


def closed_round(database: Storage, people: int) -> tuple[str, list[str]]:
    """A closed round. Returns the lead hash and the owner hashes of its members."""
    lead, join_hash, owners = make_owner(), make_owner(), [start_response(database) for _ in range(people)]
    database.create_team(lead, join_hash, number=1, name="Team", kind="anonymous", minimum=5, day=WHEN["day"])
    for owner_hash in owners:
        database.join_team(join_hash, owner_hash, name="", shares_wishes=False, day=DAY)
    database.close_round(
        lead,
        lambda team, candidates: Publication("{}", [candidate.response for candidate in candidates]),
        day=WHEN["day"],
    )
    return lead, owners


def test_restored_rounds_count_deleted_responses_but_not_expired_ones(database, address, copy):
    lead, owners = closed_round(database, 6)
    database.extend_expiry(owners[0], day="2026-06-01")
    for owner_hash in owners[2:]:
        database.extend_expiry(owner_hash, day="2026-06-01")
    back_up(address, copy, day=TODAY)
    database.delete_response(owners[0], day=DAY)
    assert expire(database, "2026-06-04", responses_before="2026-06-01")["response"] == 1
    team = database.load_team(lead)
    database.close()
    assert run_restore(copy, address).deleted == 1, "an expired response is restored"
    assert database.load_team(lead) == team
    assert team
    assert [(round.people, round.deleted) for round in team.rounds] == [(6, 1)]


def test_a_team_deleted_since_the_backup_is_not_restored(database, address, copy):
    lead, owners = closed_round(database, 5)
    back_up(address, copy, day=TODAY)
    database.delete_team(lead, day=DAY)
    database.close()
    run_restore(copy, address)
    assert database.load_team(lead) is None
    assert all(database.load_response(owner_hash) for owner_hash in owners)


def test_a_team_deleted_after_its_links_were_replaced_is_not_restored(database, file, copy):
    lead, _ = closed_round(database, 5)
    back_up(file, copy, day=TODAY)
    second, third = make_owner(), make_owner()
    database.replace_links(lead, [TeamLinks(second, make_owner(), 2)], day=DAY)
    database.replace_links(second, [TeamLinks(third, make_owner(), 3)], day=DAY)
    database.delete_team(third, day=DAY)
    database.close()
    run_restore(copy, file)
    assert rows(file)["team"] == []


def test_replaced_team_links_stay_replaced_and_the_team_can_be_deleted_afterwards(database, file, copy):
    lead, owners = closed_round(database, 5)
    back_up(file, copy, day=TODAY)
    join_hash, new, new_join_hash = make_owner(), make_owner(), make_owner()
    database.replace_links(lead, [TeamLinks(lead, join_hash, 2)], day=DAY)
    database.replace_links(lead, [TeamLinks(new, new_join_hash, 3)], day=DAY)
    database.create_team(make_owner(), make_owner(), number=1, name="Since", kind="open", minimum=5, day=WHEN["day"])
    before = database.load_team(new)
    database.close()
    run_restore(copy, file)
    assert [database.load_team(lead), database.load_team_by_join_link(join_hash)] == [None, None]
    assert database.load_team(new) == database.load_team_by_join_link(new_join_hash) == before
    assert all(database.load_membership(owner_hash) for owner_hash in owners)
    assert database.delete_team(new, day=DAY)
    database.close()
    run_restore(copy, file)
    assert rows(file)["team"] == []


def test_a_deleted_share_link_stays_deleted_and_others_work(database, address, copy):
    owner_hash, deleted, other = start_response(database), make_owner(), make_owner()
    for number, link in ((1, deleted), (2, other)):
        database.create_share_link(owner_hash, ShareLink(number, "", False, False, WHEN["day"]), share_hash=link)
    back_up(address, copy, day=TODAY)
    database.delete_share_link(owner_hash, 1, day=DAY)
    database.close()
    run_restore(copy, address)
    assert database.load_shared_response(deleted) is None
    assert database.load_shared_response(other)


def test_people_who_left_a_team_since_are_not_members_after_a_restore(database, address, copy):
    teams = [(make_owner(), make_owner()) for _ in range(2)]
    for lead, join_hash in teams:
        database.create_team(lead, join_hash, number=1, name="Team", kind="open", minimum=5, day=WHEN["day"])
    leaver, stayer, mover = (start_response(database) for _ in range(3))
    for name, owner_hash in {"Kim": leaver, "Lou": stayer, "Max": mover}.items():
        database.join_team(teams[0][1], owner_hash, name=name, shares_wishes=False, day=DAY)
    back_up(address, copy, day=TODAY)
    for owner_hash in (leaver, mover):
        database.leave_team(owner_hash, day=DAY)
    database.join_team(teams[1][1], mover, name="Kim", shares_wishes=False, day=DAY)
    database.close()
    run_restore(copy, address)
    assert [database.load_membership(owner_hash) is not None for owner_hash in (leaver, stayer, mover)] == [
        False,
        True,
        False,
    ]


def test_a_removed_member_stays_removed_and_is_told_as_the_current_database_says(database, address, copy):
    lead, join_hash = make_owner(), make_owner()
    database.create_team(lead, join_hash, number=1, name="Team", kind="open", minimum=5, day=WHEN["day"])
    removed, told, stays, expired = (start_response(database) for _ in range(4))
    ids = {owner_hash: database.load_response(owner_hash).id for owner_hash in (removed, told, stays, expired)}
    for name, owner_hash in {"Ada": removed, "Bo": told, "Cy": stays, "Di": expired}.items():
        database.join_team(join_hash, owner_hash, name=name, shares_wishes=False, day=DAY)
    for owner_hash in (told, expired):
        assert database.remove_member(lead, ids[owner_hash], day=WHEN["day"])
    back_up(address, copy, day=TODAY)
    assert database.remove_member(lead, ids[removed], day=DAY)
    database.delete_removal(told)
    with database.write_transaction() as db:
        db.execute("DELETE FROM response WHERE id = ?", (ids[expired],))
    database.close()
    run_restore(copy, address)
    assert [database.load_membership(owner) is not None for owner in (removed, told, stays, expired)] == [
        False,
        False,
        True,
        False,
    ]
    removals = {owner: database.load_removal(owner) for owner in (removed, told, stays, expired)}
    assert removals == {
        removed: Removal("Team", DAY),
        told: None,  # read since the backup
        stays: None,
        expired: Removal("Team", WHEN["day"]),  # only the backup has this response
    }


@pytest.fixture
def deleted_owner(database, file, copy) -> str:
    """The owner hash of a response deleted after the backup. The database and its tombstones are then deleted_owner."""
    owner_hash = start_response(database)
    back_up(file, copy, day=TODAY)
    database.delete_response(owner_hash, day=DAY)
    database.close()
    for name in ("", "-wal", "-shm"):
        file.with_name(file.name + name).unlink(missing_ok=True)
    return owner_hash


@pytest.mark.parametrize("new_responses", [0, 1])
def test_a_database_created_after_the_backup_causes_a_warning(file, copy, deleted_owner, new_responses):
    storage.prepare(file)
    database = Storage(file)
    for _ in range(new_responses):
        start_response(database)
    database.close()
    restored = run_restore(copy, file, replace=bool(new_responses))
    assert database.load_response(deleted_owner), "there is no tombstone"
    (warning,) = restored.warnings
    assert "does not list every response that was deleted since the backup was made" in warning


def test_a_database_restored_without_tombstones_causes_a_warning_too(file, copy, deleted_owner):
    assert len(run_restore(copy, file).warnings) == 1
    assert len(run_restore(copy, file).warnings) == 1
    database = Storage(file)
    assert database.delete_response(deleted_owner, day=DAY)
    database.close()
    restored = run_restore(copy, file)
    assert (restored.deleted, len(restored.warnings)) == (1, 1), "newer tombstones are used"


def test_backups_made_after_such_a_restore_are_restored_without_a_warning(database, address, copy, deleted_owner):
    run_restore(copy, address)
    back_up(address, copy, day=TODAY, replace=True)
    database.delete_response(deleted_owner, day=DAY)
    database.close()
    assert run_restore(copy, address) == Restored(responses=0, deleted=1, warnings=())


def test_after_restoring_another_database_backups_of_this_one_cause_no_warning(database, file, copy, tmp_path):
    other = tmp_path / "other" / "many-hats.db"
    storage.prepare(other)
    back_up(other, tmp_path / "other.db", day=TODAY)
    owner_hash = start_response(database)
    back_up(file, copy, day=TODAY)
    database.delete_response(owner_hash, day=DAY)
    database.close()
    assert len(run_restore(tmp_path / "other.db", file).warnings) == 1
    assert run_restore(copy, file) == Restored(responses=0, deleted=1, warnings=())


def test_the_restore_command_prints_the_warning_also_after_a_server_start(file, copy, deleted_owner):
    create_app({}, instance=file.parent)
    result = quiz(file.parent, "restore", copy)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == f"{file}: 1 response restored; 0 left out (deleted since)."
    assert result.stderr.startswith("Note: ")
    assert len(result.stderr.splitlines()) == 1


def test_paths_that_are_not_utf_8_can_be_backed_up_and_restored(tmp_path):
    folder = tmp_path / os.fsdecode(b"n\xffx")
    file, copy = folder / "instance" / "many-hats.db", folder / "copy.db"
    storage.prepare(file)
    database = Storage(file)
    deleted, stays = start_response(database), start_response(database)
    back_up(file, copy, day=TODAY)
    database.delete_response(deleted, day=DAY)
    database.close()
    assert run_restore(copy, file) == Restored(responses=1, deleted=1, warnings=())
    assert database.load_response(stays)
    database.close()


def test_responses_lost_without_a_tombstone_are_restored(database, file, copy):
    owner_hash = start_response(database)
    fill_response(database, owner_hash, "flour")
    before = database.load_response(owner_hash)
    back_up(file, copy, day=TODAY)
    database.close()
    with open_database(file) as db:  # by mistake, without tombstones
        db.execute("PRAGMA foreign_keys = ON")
        db.table("response").delete_where()
    assert run_restore(copy, file).deleted == 0
    assert database.load_response(owner_hash) == before


def test_tombstones_are_deleted_after_the_backup_days(database, file, copy):
    owner_hash = start_response(database)
    database.delete_response(owner_hash, day=DAY)
    expire(database, "2026-07-01", tombstones_before=DAY)
    assert owner_hash in str(rows(file)["tombstone"])
    expire(database, "2026-07-02", tombstones_before="2026-06-01")
    assert rows(file)["tombstone"] == []


def test_a_backup_older_than_the_tombstones_needs_force(database, address, copy):
    owner_hash = start_response(database)
    back_up(address, copy, day="2026-05-01")
    database.close()
    assert run_restore(copy, address, day="2026-05-31").warnings == ()
    with pytest.raises(RestoreError, match="is from 2026-05-01, and deletions are known only since 2026-05-02"):
        run_restore(copy, address, day="2026-06-01", replace=False)
    assert len(run_restore(copy, address, day="2026-06-01").warnings) == 1
    assert database.load_response(owner_hash)


def test_the_app_deletes_tombstones_after_the_configured_days(app: App, monkeypatch):
    app.config["BACKUP_DAYS"] = 7
    days: list[str] = []

    def delete_expired(today: str, **before: str) -> Expiry:
        days.append(before["tombstones_before"])
        return Expiry({}, {})

    monkeypatch.setattr(app.storage, "delete_expired", delete_expired)
    monkeypatch.setattr(app, "today", lambda: "2026-03-05")
    Client(app).get("/")
    assert days == ["2026-02-26"]


@pytest.mark.parametrize("error", [UnavailableError("the disk is full"), ValueError("a programming error")])
def test_a_failed_expiry_is_repeated_with_the_next_request(tmp_path, monkeypatch, error):
    app, attempts = create_app({}, instance=tmp_path / "instance"), []

    def fail(*_: Any, **__: Any) -> Expiry:
        attempts.append(1)
        raise error

    monkeypatch.setattr(app.storage, "delete_expired", fail)
    for _ in range(2):
        Client(app).get("/")
    assert len(attempts) == 2


@pytest.mark.parametrize(
    ("name", "maximum"),
    [("RETENTION_MONTHS", settings.MAX_RETENTION_MONTHS), ("BACKUP_DAYS", settings.MAX_BACKUP_DAYS)],
)
def test_the_largest_retention_and_backup_settings_work(tmp_path, copy, name, maximum):
    app = create_app({"TESTING": True, name: maximum}, instance=tmp_path / "instance")
    client = Client(app)
    own = client.start()
    assert client.get(f"{own}/manage").status_code == 200
    app.storage.close()
    environ = {"MANY_HATS_INSTANCE": app.instance_path, f"MANY_HATS_{name}": str(maximum)}
    for command in (["doctor"], ["backup", str(copy)], ["restore", str(copy), "--force"]):
        result = CliRunner().invoke(main, command, env=environ)
        assert (result.exit_code, result.stderr) == (0, ""), result.output


# Databases of earlier versions


def load_dump(dump: Path, file: Path) -> None:
    """Create the database of a release from its dump."""
    file.parent.mkdir(mode=0o700, parents=True)
    with open_database(file) as db:
        db.conn.executescript(dump.read_text(encoding="utf-8"))


def schema(file: Path) -> dict[str, str]:
    with open_database(file) as db:
        return {row["name"]: " ".join((row["sql"] or "").split()) for row in db.query("SELECT * FROM sqlite_schema")}


for_each_release = pytest.mark.parametrize("dump", sorted(FIXTURES.glob("*.sql")), ids=lambda dump: dump.stem)


def test_the_database_of_this_version_is_among_the_fixtures():
    assert (FIXTURES / f"{version('many-hats')}.sql").exists(), "at a release: python tests/fixtures/dump.py"


@for_each_release
def test_the_database_of_a_release_is_migrated_with_all_its_data(dump, file, tmp_path):
    old = tmp_path / "old" / "many-hats.db"
    load_dump(dump, old)
    before = rows(old)
    assert all(before.values()), "a fixture has rows in every table"
    storage.prepare(old)
    assert schema(old) == schema(file)
    after = rows(old)
    assert {table: after[table] for table in before} == before
    assert is_intact(old)
    storage.prepare(old)
    assert rows(old) == after


@for_each_release
def test_a_backup_of_a_release_can_be_restored(dump, file, copy, tmp_path):
    old = tmp_path / "old" / "many-hats.db"
    load_dump(dump, old)
    back_up(old, copy, day=TODAY)
    run_restore(copy, file)
    assert rows(file)["response"] == rows(old)["response"]
    database = Storage(file)
    owner_hash = start_response(database)
    assert database.load_response(owner_hash)
    teams = database.load_all_teams()
    assert len(teams) == 2
    published = [round.published for team in teams for round in rounds.closed_rounds(team)]
    assert [round.people for round in published if round] == [6]
    database.close()
