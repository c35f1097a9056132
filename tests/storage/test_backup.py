"""Backups: of one moment while others write, whole or not at all; and put back without what was deleted since."""

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
from sqlite_utils import Database

from quiz import create_app, storage
from quiz.bank import Bank
from quiz.cli import main
from quiz.config import settings
from quiz.storage import ShareLink, Storage, UnavailableError
from quiz.storage.backup import BackupError, back_up
from quiz.storage.health import inspect_database
from quiz.storage.migrations import migrations
from quiz.storage.restore import Restored, RestoreError, restore
from quiz.teams import Publication
from quiz.web.app import App
from tests.checks import stored_response
from tests.clients import Visitor
from tests.factories import CANARY, FIXTURES, WHEN, fill_response, make_owner, start_response
from tests.fault_injection import (
    FIXED_SQLITE,
    LOSSY_SQLITE,
    bytes_on_disk,
    damage_table,
    open_database,
    run_script,
    set_sqlite_version,
)

TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where a backup is to lie."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "monday.db"


def put_back(copy: Path, file: Path, *, day: str = TODAY, replace: bool = True) -> Restored:
    return restore(copy, file, day=day, tombstone_days=30, replace=replace)


def quiz(instance: Path, *arguments: str | Path) -> Result:
    environ = {"MANY_HATS_INSTANCE": str(instance)}
    return CliRunner().invoke(main, list(map(str, arguments)), env=environ, prog_name="quiz")


def rows(file: Path) -> dict[str, list[Any]]:
    """All that our tables hold, in order."""
    with open_database(file) as db:
        tables = [name for name in db.table_names() if not name.startswith("_sqlite")]
        return {name: sorted(map(repr, db.execute(f"SELECT * FROM {name}").fetchall())) for name in tables}


def people(file: Path) -> dict[str, list[Any]]:
    """All of that but which database it is."""
    return {name: held for name, held in rows(file).items() if name != "database_identity"}


def sound(file: Path) -> bool:
    found = inspect_database(file, before="0000-00-00")
    return (found.problems, found.pending) == ((), ())


# Making one


def test_a_backup_made_while_two_others_write_is_whole(kept, file, copy):
    who, stop = start_response(kept), threading.Event()

    def write() -> int:
        other, pages = Storage(file), 0
        while not stop.is_set() or not pages:
            word = secrets.token_hex(4)
            other.save_answers(who, dict.fromkeys(["dough", "oven", "cake"], word), **WHEN)
            fleeting = start_response(other)
            other.save_answers(fleeting, {"dough": word}, **WHEN)
            other.delete_response(fleeting)
            pages += 1
        other.close()
        return pages

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write) for _ in range(2)]
        try:
            for _ in range(5):
                back_up(file, copy, day=TODAY, replace=True)
                assert sound(copy)
                with open_database(copy) as db:
                    assert list(db.query("SELECT * FROM answer WHERE response NOT IN (SELECT id FROM response)")) == []
                    own = db.query(
                        "SELECT answer FROM answer JOIN response ON id = response WHERE owner_hash = ?", [who]
                    )
                    assert len({row["answer"] for row in own}) <= 1
        finally:
            stop.set()
        assert all(writer.result() for writer in writers)
    assert sound(file)


def test_a_backup_holds_all_that_was_kept(kept, file, copy):
    for word in ("flour", "water"):
        fill_response(kept, start_response(kept), word)
    made = back_up(file, copy, day=TODAY)
    kept.close()
    assert rows(copy) == rows(file)
    assert (made.responses, made.size_bytes) == (2, copy.stat().st_size)


def test_a_backup_is_one_file_for_its_owner_alone_whatever_the_umask_says(kept, file, copy):
    old = os.umask(0)
    try:
        back_up(file, copy, day=TODAY)
    finally:
        os.umask(old)
    assert [path.name for path in copy.parent.iterdir()] == ["monday.db"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert copy.read_bytes()[18:20] == b"\1\1", "one file alone: it needs no log beside it"


def test_what_another_program_deleted_does_not_travel_along(kept, file, copy):
    who = start_response(kept)
    kept.save_details(who, contacts=[], title="", text=f"{CANARY} " * 100, **WHEN)
    kept.close()
    with open_database(file) as db:  # which overwrites nothing
        db.execute("PRAGMA secure_delete = OFF")
        db.table("response").delete_where()
    assert CANARY.encode() in bytes_on_disk(file)
    back_up(file, copy, day=TODAY)
    assert CANARY.encode() not in copy.read_bytes()


def test_a_file_that_is_there_is_replaced_only_when_told_to(kept, file, copy):
    copy.write_text("precious")
    with pytest.raises(BackupError, match="--force"):
        back_up(file, copy, day=TODAY)
    assert copy.read_text() == "precious"
    back_up(file, copy, day=TODAY, replace=True)
    assert sound(copy)


@pytest.mark.parametrize("name", ["many-hats.db", "many-hats.db-wal", "../instance/many-hats.db-journal"])
def test_the_database_is_never_overwritten_with_its_own_backup(kept, file, name):
    who = start_response(kept)
    with pytest.raises(BackupError, match="name another file"):
        back_up(file, file.parent / name, day=TODAY, replace=True)
    assert kept.load_response(who)


@pytest.mark.parametrize(("place", "said"), [("/dev/null", "not an ordinary file"), ("nowhere/copy.db", "no folder")])
def test_a_place_that_cannot_hold_a_backup_is_refused(file, tmp_path, place, said):
    with pytest.raises(BackupError, match=said):
        back_up(file, tmp_path / place, day=TODAY, replace=True)
    assert Path("/dev/null").is_char_device()


def test_nothing_is_backed_up_where_nothing_is_kept(tmp_path, copy):
    ran = quiz(tmp_path / "empty", "backup", copy)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "nothing to back up" in ran.stderr
    assert not (tmp_path / "empty").exists()
    assert not copy.exists()


def test_the_command_says_how_much_it_kept(kept, file, copy):
    start_response(kept)
    ran = quiz(file.parent, "backup", copy)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout == f"{copy}: 1 response, 0.1 MB.\n"
    again = quiz(file.parent, "backup", copy)
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == f"Error: {copy} exists; add --force to replace it\n"


def test_a_damaged_database_does_not_become_a_backup(kept, file, copy):
    fill_response(kept, start_response(kept), "flour")
    back_up(file, copy, day=TODAY)
    kept.close()
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
def test_a_disk_that_fills_up_leaves_no_half_of_a_backup_and_the_one_before(kept, file, copy):
    fill_response(kept, start_response(kept), "flour")
    copy.write_text("the one before")
    act = f"act = lambda: back_up(file, Path({str(copy)!r}), day='{TODAY}', replace=True)\n"
    run = run_script(act + FULL, file)
    assert (run.stdout, run.stderr) in {("database or disk is full\n", ""), ("disk I/O error\n", "")}
    assert copy.read_text() == "the one before"
    assert [path.name for path in copy.parent.iterdir()] == ["monday.db"]


TOLD_TO_END = """
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
def test_a_command_that_is_told_to_end_leaves_nothing_half_made(kept, file, copy, command):
    fill_response(kept, start_response(kept), "flour")
    back_up(file, copy, day=TODAY)
    kept.close()
    before = [path.name for folder in (copy.parent, file.parent) for path in sorted(folder.iterdir())]
    environ = os.environ | {"MANY_HATS_INSTANCE": str(file.parent)}
    ended = subprocess.run(
        [sys.executable, "-c", TOLD_TO_END, command, str(copy), "--force"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + signal.SIGTERM, "halfway\n", "")
    assert [path.name for folder in (copy.parent, file.parent) for path in sorted(folder.iterdir())] == before


# Putting it back


def test_after_putting_it_back_everything_is_as_it_was_and_goes_on(app: App, bank: Bank, copy):
    visitor = Visitor(app)
    own = visitor.take(dict.fromkeys(bank.responsibility, "weekly"), text="As it was.")
    instance = app.storage.file.parent
    assert quiz(instance, "backup", copy).exit_code == 0
    visitor.send(f"{own}/more", {"text": "Changed since."})
    later = visitor.start()
    app.storage.close()
    ran = quiz(instance, "restore", copy, "--force")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout == f"{app.storage.file}: 1 response restored; 0 left out, deleted since.\n"
    again = Visitor(create_app({"TESTING": True}, instance=instance))
    assert "As it was." in again.get(f"{own}/more").text
    assert again.get(f"{later}/1").status_code == 404
    assert again.get(again.take(dict.fromkeys(bank.responsibility, "daily"))).status_code == 200


def test_a_backup_can_be_put_into_an_empty_instance(kept, file, copy, tmp_path):
    fill_response(kept, start_response(kept), "flour")
    back_up(file, copy, day=TODAY)
    kept.close()
    new = tmp_path / "new" / "many-hats.db"
    put = put_back(copy, new, replace=False)
    assert people(new) == people(file)
    assert [path.name for path in sorted(new.parent.iterdir())] == ["many-hats.db", "start.lock"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (new.parent, new)] == [0o700, 0o600]
    assert put.responses == 1
    assert len(put.warnings) == 1, "it says that nothing here knows who deleted their response since"


def test_a_log_left_over_from_another_database_is_not_played_into_the_backup(kept, file, copy):
    who = start_response(kept)
    back_up(file, copy, day=TODAY)
    kept.save_details(who, contacts=[], title="later", text="", **WHEN)
    log = file.with_name("many-hats.db-wal")
    left = log.read_bytes()
    kept.close()
    file.unlink()
    log.write_bytes(left)
    put_back(copy, file)
    assert (stored_response(kept, who).title, sound(file)) == ("", True)


def test_data_in_place_is_replaced_only_when_told_to(kept, file, copy):
    back_up(file, copy, day=TODAY)
    put_back(copy, file, replace=False)  # nothing there yet
    who = start_response(kept)
    kept.close()
    ran = quiz(file.parent, "restore", copy)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr == f"Error: {file} holds data; add --force to replace it\n"
    assert kept.load_response(who)
    kept.close()
    put_back(copy, file)
    assert kept.load_response(who) is None


def test_what_a_killed_restore_left_behind_goes_with_the_next_one(kept, file, copy):
    back_up(file, copy, day=TODAY)
    left = file.with_name(".many-hats.db.k1ll3d")
    left.mkdir()
    shutil.copy(copy, left / "many-hats.db")
    put_back(copy, file)
    assert not left.exists()


def test_a_database_in_use_is_left_alone(kept, file, copy, monkeypatch):
    who = start_response(kept)
    back_up(file, copy, day=TODAY)
    kept.save_answers(who, {"dough": "daily"}, **WHEN)
    monkeypatch.setattr("quiz.storage.sqlite.BUSY_TIMEOUT_S", 0.05)
    with kept.read_transaction() as db:
        assert db["response"].count == 1
        with pytest.raises(RestoreError, match="in use; stop the server first"):
            put_back(copy, file)
    assert stored_response(kept, who).answers == {"dough": "daily"}
    kept.close()
    put_back(copy, file)
    assert stored_response(kept, who).answers == {}


def test_the_database_itself_is_no_backup_of_it(kept, file):
    with pytest.raises(RestoreError, match="name a backup"):
        put_back(file, file)


def test_a_copy_made_by_other_means_comes_with_its_log(kept, file, copy):
    who = start_response(kept)
    kept.save_answers(who, {"dough": "daily"}, **WHEN)
    for name in ("", "-wal"):
        shutil.copy(file.with_name(file.name + name), copy.with_name(copy.name + name))
    kept.delete_response(who)
    kept.close()
    with open_database(file) as db:
        db.table("tombstone").delete_where()
    before = [(path.name, path.read_bytes()) for path in sorted(copy.parent.iterdir())]
    put = put_back(copy, file)
    assert stored_response(kept, who).answers == {"dough": "daily"}
    assert "does not say on which day" in put.warnings[0]
    assert [(path.name, path.read_bytes()) for path in sorted(copy.parent.iterdir())] == before


@pytest.mark.server
def test_a_disk_that_fills_up_leaves_the_database_as_it_was(kept, file, copy):
    for _ in range(30):
        kept.save_details(start_response(kept), contacts=[], title="", text="w" * 4000, **WHEN)
    back_up(file, copy, day=TODAY)
    who = start_response(kept)
    kept.close()
    before = rows(file)
    act = f"act = lambda: restore(Path({str(copy)!r}), file, day='{TODAY}', tombstone_days=30, replace=True)\n"
    run = run_script(act + FULL.replace("50_000", "150_000"), file)
    assert run.stderr == ""
    assert run.stdout
    assert rows(file) == before
    assert kept.load_response(who)
    assert {path.name for path in file.parent.iterdir() if path.is_dir()} == set()


# What is no backup


def a_text(copy: Path) -> None:
    copy.write_text("words " * 1000)


def nothing_at_all(copy: Path) -> None:
    copy.write_bytes(b"")


def cut_off(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-10_000])


def damaged(copy: Path) -> None:
    damage_table(copy, "answer")


def foreign(copy: Path) -> None:
    copy.unlink()
    with open_database(copy) as db:
        db.table("recipe").insert({"name": "bread"})


def newer(copy: Path) -> None:
    with open_database(copy) as db:
        db.table("_sqlite_migrations").insert({"migration_set": "many-hats", "name": "m999_cakes", "applied_at": "x"})


def with_a_trigger(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("CREATE TRIGGER sly AFTER DELETE ON response BEGIN DELETE FROM tombstone; END")


def with_another_table(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("DROP TABLE wish")
        db.execute("CREATE TABLE wish (response, responsibility, wish)")


def without_a_table(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("DROP TABLE response")


def with_an_orphan(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("INSERT INTO contact VALUES (404, 'baker')")


def against_its_checks(copy: Path) -> None:
    with open_database(copy) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("UPDATE response SET owner_hash = 'short'")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (a_text, "not an SQLite file"),
        (nothing_at_all, "not a database of Many Hats"),
        (cut_off, "damaged"),
        (damaged, "damaged"),
        (foreign, "not a database of Many Hats"),
        (newer, "newer version, with m999_cakes; upgrade first"),
        (with_a_trigger, "there is a trigger, sly"),
        (with_another_table, "wish is not as this version creates it"),
        (without_a_table, "damaged|refer to|not a database of Many Hats"),
        (with_an_orphan, "rows of contact refer to rows that do not exist"),
        (against_its_checks, "CHECK constraint failed"),
    ],
)
def test_what_is_no_sound_backup_is_refused_in_one_line_and_nothing_changes(
    kept, file, copy, spoil: Callable[[Path], None], said
):
    who = start_response(kept)
    fill_response(kept, who, "flour")
    back_up(file, copy, day=TODAY)
    spoil(copy)
    kept.close()
    before = bytes_on_disk(file)
    with pytest.raises(RestoreError, match=said):
        put_back(copy, file)
    assert bytes_on_disk(file) == before
    ran = quiz(file.parent, "restore", copy, "--force")
    assert (ran.exit_code, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1)
    assert kept.load_response(who)


def test_tables_and_indexes_beside_ours_are_no_reason_to_refuse(kept, file, copy):
    with open_database(file) as db:
        db.table("note").insert({"text": "the operator's own"})
        db.execute("CREATE INDEX own ON response (bank)")
    back_up(file, copy, day=TODAY)
    put_back(copy, file)
    with open_database(file) as db:
        assert db["note"].count == 1


# A database in place that is damaged


@pytest.mark.parametrize("version", [LOSSY_SQLITE, FIXED_SQLITE], ids=["truncate", "wal"])
def test_a_database_that_cannot_be_read_is_replaced_when_told_to(kept, file, copy, monkeypatch, version):
    set_sqlite_version(monkeypatch, version)
    storage.prepare(file)
    who = start_response(kept)
    back_up(file, copy, day=TODAY)
    kept.close()
    file.write_bytes(b"no database " * 1000)
    with pytest.raises(RestoreError, match="cannot be read; add --force"):
        put_back(copy, file, replace=False)
    assert len(put_back(copy, file).warnings) == 1
    assert kept.load_response(who)
    assert sound(file)


def test_what_a_damaged_database_still_knows_of_deletions_is_used(kept, file, copy):
    gone, stays = start_response(kept), start_response(kept)
    for who in (gone, stays):
        kept.save_answers(who, {"dough": "daily"}, **WHEN)
    back_up(file, copy, day=TODAY)
    kept.delete_response(gone)
    kept.close()
    damage_table(file, "answer")
    assert put_back(copy, file) == Restored(responses=1, deleted=1, warnings=())
    assert kept.load_response(gone) is None
    assert stored_response(kept, stays).answers == {"dough": "daily"}
    assert sound(file)


def test_a_database_whose_memory_is_damaged_is_replaced_and_that_is_said(kept, file, copy):
    gone = start_response(kept)
    back_up(file, copy, day=TODAY)
    kept.delete_response(gone)
    kept.close()
    damage_table(file, "tombstone")
    put = put_back(copy, file)
    assert (put.responses, len(put.warnings)) == (1, 1)
    assert sound(file)


# Deleted stays deleted


@pytest.mark.parametrize("version", [LOSSY_SQLITE, FIXED_SQLITE], ids=["truncate", "wal"])
def test_somebody_who_deleted_everything_since_does_not_come_back(tmp_path, bank, copy, monkeypatch, version):
    set_sqlite_version(monkeypatch, version)
    instance = tmp_path / "instance"
    app = create_app({"TESTING": True}, instance=instance)
    visitor = Visitor(app)
    answers = dict.fromkeys(bank.responsibility, "weekly")
    gone = visitor.take(answers, title=CANARY, text=f"{CANARY} all day")
    stays = visitor.take(answers, text="I stay.")
    assert quiz(instance, "backup", copy).exit_code == 0
    assert CANARY.encode() in copy.read_bytes()
    assert visitor.send(f"{gone}/delete").status_code == 303
    app.storage.close()
    ran = quiz(instance, "restore", copy, "--force")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert "1 response restored; 1 left out" in ran.stdout
    assert CANARY.encode() not in bytes_on_disk(app.storage.file)
    app = create_app({"TESTING": True}, instance=instance)
    assert Visitor(app).get(gone).status_code == 404
    assert "I stay." in Visitor(app).get(f"{stays}/more").text
    # And once more, from the same old backup: what was restored remembers it too.
    app.storage.close()
    assert "1 response restored; 1 left out" in quiz(instance, "restore", copy, "--force").stdout
    assert Visitor(app).get(gone).status_code == 404


def test_the_earlier_responses_that_went_along_do_not_come_back_either(kept, file, copy):
    first, second = start_response(kept), make_owner()
    kept.create_response(second, **WHEN, earlier=first)
    back_up(file, copy, day=TODAY)
    kept.delete_response(second)
    kept.close()
    assert put_back(copy, file).deleted == 2
    assert rows(file)["response"] == []


def a_round(kept: Storage, people: int) -> tuple[str, list[str]]:
    """A closed round; gives the lead, and the owners in it."""
    lead, joining, owners = make_owner(), make_owner(), [start_response(kept) for _ in range(people)]
    kept.create_team(lead, joining, number=1, name="Team", kind="anonymous", minimum=5, day=WHEN["day"])
    for who in owners:
        kept.join_team(joining, who, name="", shares_wishes=False)
    kept.close_round(
        lead, lambda team, candidates: Publication("{}", [one.response for one in candidates]), day=WHEN["day"]
    )
    return lead, owners


def test_rounds_note_again_who_deleted_their_response_but_not_whose_time_was_up(kept, file, copy):
    lead, owners = a_round(kept, 6)
    kept.extend_expiry(owners[0], day="2026-06-01")
    for who in owners[2:]:
        kept.extend_expiry(who, day="2026-06-01")
    back_up(file, copy, day=TODAY)
    kept.delete_response(owners[0])
    assert kept.delete_expired("2026-06-01", tombstones_before="2000-01-01") == 1
    team = kept.load_team(lead)
    kept.close()
    assert put_back(copy, file).deleted == 2
    assert kept.load_team(lead) == team
    assert team
    assert [(round.people, round.deleted) for round in team.rounds] == [(6, 1)]


def test_a_team_that_its_lead_deleted_does_not_come_back(kept, file, copy):
    lead, owners = a_round(kept, 5)
    back_up(file, copy, day=TODAY)
    kept.delete_team(lead)
    kept.close()
    put_back(copy, file)
    assert kept.load_team(lead) is None
    assert all(kept.load_response(who) for who in owners)


def test_a_team_whose_links_were_replaced_before_its_lead_deleted_it_does_not_come_back(kept, file, copy):
    lead, _ = a_round(kept, 5)
    back_up(file, copy, day=TODAY)
    second, third = make_owner(), make_owner()
    kept.replace_links(lead, new_lead_hash=second, join_hash=make_owner(), number=2)
    kept.replace_links(second, new_lead_hash=third, join_hash=make_owner(), number=3)
    kept.delete_team(third)
    kept.close()
    put_back(copy, file)
    assert rows(file)["team"] == []


def test_links_of_a_team_that_were_replaced_stay_so_and_it_can_be_deleted_for_good_after(kept, file, copy):
    lead, owners = a_round(kept, 5)
    back_up(file, copy, day=TODAY)
    joining, new, new_joining = make_owner(), make_owner(), make_owner()
    kept.replace_links(lead, new_lead_hash=lead, join_hash=joining, number=2)
    kept.replace_links(lead, new_lead_hash=new, join_hash=new_joining, number=3)
    kept.create_team(make_owner(), make_owner(), number=1, name="Since", kind="open", minimum=5, day=WHEN["day"])
    before = kept.load_team(new)
    kept.close()
    put_back(copy, file)
    assert [kept.load_team(lead), kept.load_team_by_join_link(joining)] == [None, None]
    assert kept.load_team(new) == kept.load_team_by_join_link(new_joining) == before
    assert all(kept.load_membership(who) for who in owners)
    assert kept.delete_team(new)
    kept.close()
    put_back(copy, file)
    assert rows(file)["team"] == []


def test_a_share_link_that_was_ended_stays_ended_and_the_others_go_on(kept, file, copy):
    who, ended, other = start_response(kept), make_owner(), make_owner()
    for number, link in ((1, ended), (2, other)):
        kept.create_share_link(who, ShareLink(number, "", False, False, WHEN["day"]), share_hash=link)
    back_up(file, copy, day=TODAY)
    kept.delete_share_link(who, 1)
    kept.close()
    put_back(copy, file)
    assert kept.load_shared_response(ended) is None
    assert kept.load_shared_response(other)


def test_whoever_left_a_team_is_not_in_it_again_and_whoever_stayed_is(kept, file, copy):
    teams = [(make_owner(), make_owner()) for _ in range(2)]
    for lead, joining in teams:
        kept.create_team(lead, joining, number=1, name="Team", kind="open", minimum=5, day=WHEN["day"])
    left, stayed, moved = (start_response(kept) for _ in range(3))
    for who in (left, stayed, moved):
        kept.join_team(teams[0][1], who, name="Kim", shares_wishes=False)
    back_up(file, copy, day=TODAY)
    for who in (left, moved):
        kept.leave_team(who)
    kept.join_team(teams[1][1], moved, name="Kim", shares_wishes=False)
    kept.close()
    put_back(copy, file)
    assert [kept.load_membership(who) is not None for who in (left, stayed, moved)] == [False, True, False]


@pytest.fixture
def lost(kept, file, copy) -> str:
    """Somebody who deleted their response after the backup, before the database went away with its memory of that."""
    who = start_response(kept)
    back_up(file, copy, day=TODAY)
    kept.delete_response(who)
    kept.close()
    for name in ("", "-wal", "-shm"):
        file.with_name(file.name + name).unlink(missing_ok=True)
    return who


@pytest.mark.parametrize("newcomers", [0, 1])
def test_a_database_that_was_made_after_the_backup_does_not_pass_for_one_that_remembers(file, copy, lost, newcomers):
    storage.prepare(file)
    kept = Storage(file)
    for _ in range(newcomers):
        start_response(kept)
    kept.close()
    put = put_back(copy, file, replace=bool(newcomers))
    assert kept.load_response(lost), "nobody can know"
    (doubt,) = put.warnings
    assert "does not list every response that was deleted since the backup was made" in doubt


def test_nor_does_a_database_that_was_put_back_without_memory(file, copy, lost):
    assert len(put_back(copy, file).warnings) == 1
    assert len(put_back(copy, file).warnings) == 1
    kept = Storage(file)
    assert kept.delete_response(lost)
    kept.close()
    put = put_back(copy, file)
    assert (put.deleted, len(put.warnings)) == (1, 1), "what is known since is used all the same"


def test_from_then_on_new_backups_are_put_back_without_a_doubt(kept, file, copy, lost):
    put_back(copy, file)
    back_up(file, copy, day=TODAY, replace=True)
    kept.delete_response(lost)
    kept.close()
    assert put_back(copy, file) == Restored(responses=0, deleted=1, warnings=())


def test_an_older_backup_of_another_database_leaves_those_of_this_one_without_a_doubt(kept, file, copy, tmp_path):
    other = tmp_path / "other" / "many-hats.db"
    storage.prepare(other)
    back_up(other, tmp_path / "other.db", day=TODAY)
    who = start_response(kept)
    back_up(file, copy, day=TODAY)
    kept.delete_response(who)
    kept.close()
    assert len(put_back(tmp_path / "other.db", file).warnings) == 1
    assert put_back(copy, file) == Restored(responses=0, deleted=1, warnings=())


def test_the_command_notes_what_is_not_known_and_starting_the_server_first_does_not_hide_it(file, copy, lost):
    create_app({}, instance=file.parent)
    ran = quiz(file.parent, "restore", copy)
    assert (ran.exit_code, ran.stdout) == (0, f"{file}: 1 response restored; 0 left out, deleted since.\n")
    assert ran.stderr.startswith("Note: ")
    assert len(ran.stderr.splitlines()) == 1


def test_a_path_that_is_no_utf_8_can_be_backed_up_from_and_to(tmp_path):
    folder = tmp_path / os.fsdecode(b"n\xffx")
    file, copy = folder / "instance" / "many-hats.db", folder / "copy.db"
    storage.prepare(file)
    kept = Storage(file)
    gone, stays = start_response(kept), start_response(kept)
    back_up(file, copy, day=TODAY)
    kept.delete_response(gone)
    kept.close()
    assert put_back(copy, file) == Restored(responses=1, deleted=1, warnings=())
    assert kept.load_response(stays)
    kept.close()


def test_what_somebody_lost_and_did_not_delete_comes_back(kept, file, copy):
    who = start_response(kept)
    fill_response(kept, who, "flour")
    before = kept.load_response(who)
    back_up(file, copy, day=TODAY)
    kept.close()
    with open_database(file) as db:  # an accident
        db.execute("PRAGMA foreign_keys = ON")
        db.table("response").delete_where()
    assert put_back(copy, file).deleted == 0
    assert kept.load_response(who) == before


def test_deletions_are_remembered_for_as_long_as_a_backup_is_good_for(kept, file, copy):
    who = start_response(kept)
    kept.delete_response(who)
    with open_database(file) as db:
        ((day,),) = db.execute("SELECT day FROM tombstone").fetchall()
    kept.delete_expired("2000-01-01", tombstones_before=day)
    assert who in str(rows(file)["tombstone"])
    kept.delete_expired("2000-01-01", tombstones_before="9999-01-01")
    assert rows(file)["tombstone"] == []


def test_a_backup_from_before_that_time_is_put_back_only_when_told_to(kept, file, copy):
    who = start_response(kept)
    back_up(file, copy, day="2026-05-01")
    kept.close()
    assert put_back(copy, file, day="2026-05-31").warnings == ()
    with pytest.raises(RestoreError, match="is from 2026-05-01, and deletions are known only since 2026-05-02"):
        put_back(copy, file, day="2026-06-01", replace=False)
    assert len(put_back(copy, file, day="2026-06-01").warnings) == 1
    assert kept.load_response(who)


def test_the_app_forgets_deletions_after_the_days_that_are_set(app: App, monkeypatch):
    app.config["BACKUP_DAYS"] = 7
    days: list[str] = []

    def delete_expired(before: str, *, tombstones_before: str) -> int:
        days.append(tombstones_before)
        return 0

    monkeypatch.setattr(app.storage, "delete_expired", delete_expired)
    monkeypatch.setattr(app, "today", lambda: "2026-03-05")
    Visitor(app).get("/")
    assert days == ["2026-02-26"]


@pytest.mark.parametrize("error", [UnavailableError("the disk is full"), ValueError("a mistake of ours")])
def test_an_expiry_that_failed_is_tried_again_with_the_next_request(tmp_path, monkeypatch, error):
    app, tries = create_app({}, instance=tmp_path / "instance"), []

    def fail(*_: Any, **__: Any) -> int:
        tries.append(1)
        raise error

    monkeypatch.setattr(app.storage, "delete_expired", fail)
    for _ in range(2):
        Visitor(app).get("/")
    assert len(tries) == 2


@pytest.mark.parametrize(
    ("name", "most"), [("RETENTION_MONTHS", settings.MAX_RETENTION_MONTHS), ("BACKUP_DAYS", settings.MAX_BACKUP_DAYS)]
)
def test_the_longest_times_that_can_be_set_can_be_reckoned_with(tmp_path, copy, name, most):
    app = create_app({"TESTING": True, name: most}, instance=tmp_path / "instance")
    visitor = Visitor(app)
    own = visitor.start()
    assert visitor.get(f"{own}/manage").status_code == 200
    app.storage.close()
    environ = {"MANY_HATS_INSTANCE": app.instance_path, f"MANY_HATS_{name}": str(most)}
    for command in (["doctor"], ["backup", str(copy)], ["restore", str(copy), "--force"]):
        ran = CliRunner().invoke(main, command, env=environ)
        assert (ran.exit_code, ran.stderr) == (0, ""), ran.output


# Databases of earlier versions


def loaded(dump: Path, file: Path) -> None:
    """A database as a release of ours left it."""
    file.parent.mkdir(mode=0o700, parents=True)
    with open_database(file) as db:
        db.conn.executescript(dump.read_text(encoding="utf-8"))


def schema(file: Path) -> dict[str, str]:
    with open_database(file) as db:
        return {row["name"]: " ".join((row["sql"] or "").split()) for row in db.query("SELECT * FROM sqlite_schema")}


each_release = pytest.mark.parametrize("dump", sorted(FIXTURES.glob("*.sql")), ids=lambda dump: dump.stem)


def test_the_database_of_this_version_is_among_the_fixtures():
    assert (FIXTURES / f"{version('many-hats')}.sql").exists(), "at a release: python tests/fixtures/dump.py"


@each_release
def test_the_database_of_a_release_comes_to_todays_tables_with_all_its_data(dump, file, tmp_path):
    old = tmp_path / "old" / "many-hats.db"
    loaded(dump, old)
    before = rows(old)
    assert all(before.values()), "a fixture holds something of everything"
    storage.prepare(old)
    assert schema(old) == schema(file)
    after = rows(old)
    assert {table: after[table] for table in before} == before
    assert sound(old)
    storage.prepare(old)
    assert rows(old) == after


@each_release
def test_a_backup_of_a_release_can_be_put_back(dump, file, copy, tmp_path):
    old = tmp_path / "old" / "many-hats.db"
    loaded(dump, old)
    back_up(old, copy, day=TODAY)
    put_back(copy, file)
    assert rows(file)["response"] == rows(old)["response"]
    kept = Storage(file)
    who = start_response(kept)
    assert kept.load_response(who)
    assert len(kept.load_all_teams()) == 2
    kept.close()


@pytest.mark.parametrize("stage", [migration.name for migration in migrations.pending(Database(memory=True))][1:])
def test_a_database_from_before_each_migration_comes_to_todays_tables_with_its_data(stage, file, tmp_path):
    old = tmp_path / "old.db"
    with open_database(old) as db:
        migrations.apply(db, stop_before=stage)
        db.table("response").insert(
            {"owner_hash": "a" * 64, "bank": "1", "started": "2026-01-01", "changed": "2026-01-01"}
        )
        db.table("answer").insert({"response": 1, "question": "dough", "answer": "daily"})
    storage.prepare(old)
    assert schema(old) == schema(file)
    kept = Storage(old)
    assert stored_response(kept, "a" * 64).answers == {"dough": "daily"}
    assert kept.delete_response("a" * 64)
    kept.close()
    assert sound(old)
