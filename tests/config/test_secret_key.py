"""The secret key, and the first start that creates it: processes that start at the same time use the same key."""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import stat
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from quiz import create_app
from quiz.cli import main
from quiz.config import secret_key
from quiz.storage.instance import start_lock
from quiz.web.app import App
from tests.checks import count_rows, logged_messages
from tests.clients import Client
from tests.factories import all_answers, join_path, make_team

PROCESSES = 8

start_barrier: Any = None


def _set_barrier(barrier: Any) -> None:
    global start_barrier  # noqa: PLW0603 - a spawned process cannot get it in another way
    start_barrier = barrier


def _run_at_barrier(work: Callable[[Path], Any], folder: Path) -> Any:
    start_barrier.wait(60)
    return work(folder)


def run_at_once(work: Callable[[Path], Any], folders: list[Path]) -> list[list[Any]]:
    """The results of eight new processes that all do `work` on each folder at the same time: a list for each folder."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    with ProcessPoolExecutor(PROCESSES, context, _set_barrier, (barrier,)) as pool:
        return [list(pool.map(_run_at_barrier, [work] * PROCESSES, [folder] * PROCESSES)) for folder in folders]


def create_key(folder: Path) -> bytes:
    with start_lock(folder):
        return secret_key.load_or_create(folder / "secret.key")


def first_start(folder: Path) -> bytes | str:
    """The key of an app that was created in an empty folder and has saved a response, or the error."""
    try:
        app = create_app({}, instance=folder)
        app.storage.create_response(os.urandom(32).hex(), bank="1", day="2026-05-31")
        app.storage.close()
    except Exception as error:
        return repr(error)
    return bytes(app.config["SECRET_KEY"])


def file_names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "secret.key"


def test_the_key_is_created_once_and_readable_by_its_owner_only(key):
    old = os.umask(0)
    try:
        first_key = secret_key.load_or_create(key)
    finally:
        os.umask(old)
    assert len(first_key) == secret_key.MIN_KEY_BYTES
    assert secret_key.load_or_create(key) == first_key == key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert file_names(key.parent) == {"secret.key"}


def test_two_instances_have_different_keys(tmp_path):
    assert secret_key.load_or_create(tmp_path / "one") != secret_key.load_or_create(tmp_path / "two")


def new_folders(parent: Path, number: int) -> list[Path]:
    folders = [parent / str(n) for n in range(number)]
    for folder in folders:
        folder.mkdir()
    return folders


@pytest.mark.server
def test_eight_processes_that_create_the_key_at_once_use_the_same(tmp_path):
    folders = new_folders(tmp_path, 10)
    for folder, keys in zip(folders, run_at_once(create_key, folders), strict=True):
        assert set(keys) == {(folder / "secret.key").read_bytes()}
        assert len(keys[0]) == secret_key.MIN_KEY_BYTES
        assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
        assert file_names(folder) == {"secret.key", "start.lock"}


def test_a_start_waits_for_another_one_that_is_creating_the_key(tmp_path, monkeypatch):
    real_fsync, others = os.fsync, []

    def slow_fsync(handle: int) -> None:
        # The draft is written but does not have its final name yet. Now another start begins.
        monkeypatch.setattr(os, "fsync", real_fsync)
        others.append(pool.submit(create_app, {}, instance=tmp_path))
        with pytest.raises(TimeoutError):
            others[0].result(0.2)
        real_fsync(handle)

    monkeypatch.setattr(os, "fsync", slow_fsync)
    with ThreadPoolExecutor(1) as pool:
        app = create_app({}, instance=tmp_path)
        assert others[0].result().config["SECRET_KEY"] == app.config["SECRET_KEY"]


def test_a_reader_without_the_lock_never_sees_a_partly_written_key(key, monkeypatch):
    real_fsync = os.fsync

    def fsync(handle: int) -> None:
        with pytest.raises(FileNotFoundError):
            secret_key.load(key)
        monkeypatch.setattr(os, "fsync", real_fsync)

    monkeypatch.setattr(os, "fsync", fsync)
    assert secret_key.load_or_create(key) == secret_key.load(key)


def test_the_key_needs_no_hard_links(key, monkeypatch):
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    assert secret_key.load_or_create(key) == secret_key.load(key)


def test_a_full_disk_leaves_no_key_and_no_draft(key, monkeypatch):
    def fail(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="No space left"):
            secret_key.load_or_create(key)
    assert file_names(key.parent) == set()
    assert len(secret_key.load_or_create(key)) == secret_key.MIN_KEY_BYTES


@pytest.mark.parametrize("length", [0, 31])
def test_a_short_key_is_refused_with_a_hint(key, length):
    key.write_bytes(b"x" * length)
    key.chmod(0o600)
    with pytest.raises(secret_key.SecretKeyError) as error:
        secret_key.load_or_create(key)
    assert str(error.value) == (
        f"{key} holds {length} bytes, not 32; put the key back from its copy, or delete the file to create a new key"
    )
    key.unlink()
    assert len(secret_key.load_or_create(key)) == secret_key.MIN_KEY_BYTES


WAYS_OUT = (
    "if this disk does not keep modes, set MANY_HATS_SECRET_KEY in the environment, or MANY_HATS_INSTANCE to a folder"
    " on another disk"
)


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o666, 0o777])
def test_a_key_that_everybody_can_read_is_refused_with_a_hint(key, mode):
    first_key = secret_key.load_or_create(key)
    key.chmod(mode)
    with pytest.raises(secret_key.SecretKeyError) as error:
        secret_key.load_or_create(key)
    assert str(error.value) == f"everybody on this machine can read {key}; run: chmod 600 {key}; {WAYS_OUT}"
    key.chmod(0o600)
    assert secret_key.load_or_create(key) == first_key


@pytest.mark.parametrize("mode", [0o640, 0o660])
def test_a_key_that_its_group_can_read_is_used_with_a_warning(tmp_path, caplog, mode):
    first_key = create_app({}, instance=tmp_path).config["SECRET_KEY"]
    key = tmp_path / "secret.key"
    assert secret_key.group_warning(key) is None
    key.chmod(mode)
    assert create_app({}, instance=tmp_path).config["SECRET_KEY"] == first_key
    assert f"the group of {key} can read it; run: chmod 600 {key}; {WAYS_OUT}" in caplog.text


@pytest.fixture
def disk_with_one_mode(monkeypatch) -> Callable[[int], None]:
    """Make every file have this mode, as some mounted disks do."""

    def set_mode(mode: int) -> None:
        def fake_stat(self: Path, **options: Any) -> os.stat_result:
            status = os.stat(self, **options)  # noqa: PTH116 - the method that this function replaces
            return os.stat_result((stat.S_IFMT(status.st_mode) | mode, *status[1:]))

        monkeypatch.setattr(Path, "stat", fake_stat)

    return set_mode


def test_on_a_disk_that_opens_every_file_to_everybody_no_key_is_created(tmp_path, disk_with_one_mode, monkeypatch):
    disk_with_one_mode(0o777)
    with pytest.raises(secret_key.SecretKeyError, match="set MANY_HATS_SECRET_KEY in the environment"):
        create_app({}, instance=tmp_path)
    assert file_names(tmp_path) == {"start.lock"}
    monkeypatch.setenv("MANY_HATS_SECRET_KEY", "k" * secret_key.MIN_KEY_BYTES)
    create_app({}, instance=tmp_path)


def test_a_disk_that_allows_no_change_of_a_mode_is_a_warning(tmp_path, monkeypatch, caplog):
    def fail(*_: Any) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    create_app({}, instance=tmp_path)
    (tmp_path / "many-hats.db").chmod(0o660)
    monkeypatch.setattr(Path, "chmod", fail)
    create_app({}, instance=tmp_path)
    assert f"the group of {tmp_path}/many-hats.db can open it" in caplog.text


def test_on_a_disk_that_opens_every_file_to_its_group_the_quiz_starts(tmp_path, disk_with_one_mode, caplog):
    disk_with_one_mode(0o660)
    first_key = create_app({}, instance=tmp_path).config["SECRET_KEY"]
    assert create_app({}, instance=tmp_path).config["SECRET_KEY"] == first_key
    assert f"the group of {tmp_path} can open it; run: chmod 700 {tmp_path}; if this" in caplog.text


def test_a_key_written_by_the_operator_is_used(key):
    key.write_bytes(b"k" * 64)
    key.chmod(0o600)
    assert secret_key.load_or_create(key) == b"k" * 64


def test_an_error_about_the_key_does_not_contain_it(tmp_path, monkeypatch):
    monkeypatch.setenv("MANY_HATS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("MANY_HATS_SECRET_KEY", "hunter2")
    result = CliRunner().invoke(main, ["demo"])
    assert result.exit_code == 1
    assert "SECRET_KEY" in result.output
    assert "hunter2" not in result.output


# A key that is not the same as before


def test_a_changed_key_is_a_warning_at_each_start_until_it_is_accepted(tmp_path, caplog):
    for key in ("a", "a", "b", "b", "a"):
        caplog.clear()
        app = create_app({"SECRET_KEY": key * secret_key.MIN_KEY_BYTES}, instance=tmp_path)
        assert logged_messages(caplog) == ([] if key == "a" else [secret_key.CHANGED])
    app.storage.accept_key(secret_key.fingerprint(b"b" * secret_key.MIN_KEY_BYTES))
    create_app({"SECRET_KEY": "b" * secret_key.MIN_KEY_BYTES}, instance=tmp_path)
    assert logged_messages(caplog) == []


def test_a_fingerprint_is_the_same_for_text_and_bytes_and_does_not_contain_the_key():
    key = "k" * secret_key.MIN_KEY_BYTES
    apps = [App("quiz"), App("quiz")]
    for app, value in zip(apps, (key, key.encode()), strict=True):
        app.config["SECRET_KEY"] = value
    assert apps[0].key_fingerprint == apps[1].key_fingerprint
    assert len(apps[0].key_fingerprint) == 64
    assert key not in apps[0].key_fingerprint
    assert secret_key.fingerprint(b"other" * 10) != apps[0].key_fingerprint


def test_after_a_change_of_the_key_old_links_work_and_the_pages_show_others(tmp_path):
    """What the warning says, the help of `quiz accept-key` and docs/running.md."""
    first = Client(create_app({"SECRET_KEY": "a" * secret_key.MIN_KEY_BYTES}, instance=tmp_path))
    owner, lead = first.take(all_answers(first.app.bank, "weekly")), make_team(first)
    share = share_path(first, owner)
    join = join_path(first, lead)
    client = Client(create_app({"SECRET_KEY": "b" * secret_key.MIN_KEY_BYTES}, instance=tmp_path))
    assert [client.get(path).status_code for path in (owner, lead, share, join)] == [200] * 4
    shown = re.search(r"/s/[A-Za-z0-9_-]{22}", client.get(f"{owner}/manage").text)
    assert shown
    assert client.get(shown[0]).status_code == client.get(join_path(client, lead)).status_code == 404
    assert client.get(share_path(client, owner)).status_code == 200


def share_path(client: Client, owner: str) -> str:
    """Create a share link. Returns its path, the one that the page did not show before."""
    pattern = r"/s/[A-Za-z0-9_-]{22}"
    shown_before = set(re.findall(pattern, client.get(f"{owner}/manage").text))
    client.send(f"{owner}/shares", {"label": "For Ann"}, page=f"{owner}/manage")
    (path,) = set(re.findall(pattern, client.get(f"{owner}/manage").text)) - shown_before
    return str(path)


# The first start of the app


@pytest.mark.server
@pytest.mark.parametrize("instance_count", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_eight_processes_can_start_on_an_empty_instance_at_once(tmp_path, instance_count):
    instances = [tmp_path / str(number) / "instance" for number in range(instance_count)]
    results = run_at_once(first_start, instances)
    failures = [result for keys in results for result in keys if not isinstance(result, bytes)]
    print(f"first starts: {PROCESSES} processes x {instance_count} instances, {len(failures)} failed")
    assert failures == []
    for folder, keys in zip(instances, results, strict=True):
        assert set(keys) == {(folder / "secret.key").read_bytes()}
        app = create_app({}, instance=folder)
        assert count_rows(app, "response") == PROCESSES
        app.storage.close()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        assert set(modes.values()) == {0o600}, modes
