"""The secret key, and the first start that creates it: processes that start at the same time use the same key."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import stat
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from quiz import create_app
from quiz.cli import main
from quiz.config import secret_key

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
    return secret_key.load_or_create(folder / "secret.key")


def create_key_without_links(folder: Path) -> bytes:
    os.link = _no_links
    return create_key(folder)


def first_start(folder: Path) -> bytes | str:
    """The key of an app that was created in an empty folder and has saved a response, or the error."""
    try:
        app = create_app({}, instance=folder)
        app.storage.create_response(os.urandom(32).hex(), bank="1", day="2026-05-31")
        app.storage.close()
    except Exception as error:
        return repr(error)
    return bytes(app.config["SECRET_KEY"])


def _no_links(*_: Any, **__: Any) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


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
@pytest.mark.parametrize("work", [create_key, create_key_without_links], ids=["links", "no links"])
def test_eight_processes_that_create_the_key_at_once_use_the_same(tmp_path, work):
    folders = new_folders(tmp_path, 10)
    for folder, keys in zip(folders, run_at_once(work, folders), strict=True):
        assert set(keys) == {(folder / "secret.key").read_bytes()}
        assert len(keys[0]) == secret_key.MIN_KEY_BYTES
        assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
        assert file_names(folder) <= {"secret.key", "start.lock"}


def test_a_reader_never_sees_a_partly_written_key(key, monkeypatch):
    real_fsync, other_keys = os.fsync, []

    def slow_fsync(handle: int) -> None:
        # The draft is written but does not have its final name yet. Now another process sees no key and creates one.
        monkeypatch.setattr(os, "fsync", real_fsync)
        other_keys.append(secret_key.load_or_create(key))
        real_fsync(handle)

    monkeypatch.setattr(os, "fsync", slow_fsync)
    own_key = secret_key.load_or_create(key)
    assert other_keys == [own_key]
    assert len(own_key) == secret_key.MIN_KEY_BYTES
    assert file_names(key.parent) == {"secret.key"}


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP])
def test_a_key_can_be_created_without_hard_links(key, monkeypatch, number):
    def no_links(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", no_links)
    first_key = secret_key.load_or_create(key)
    assert secret_key.load_or_create(key) == first_key
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert file_names(key.parent) == {"secret.key", "start.lock"}


def test_without_hard_links_the_first_key_is_used(key, monkeypatch):
    monkeypatch.setattr(os, "link", _no_links)
    real_flock, other_keys = fcntl.flock, []

    def slow_flock(handle: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", real_flock)
        other_keys.append(secret_key.load_or_create(key))
        real_flock(handle, operation)

    monkeypatch.setattr(fcntl, "flock", slow_flock)
    assert secret_key.load_or_create(key) == other_keys[0] == key.read_bytes()
    assert file_names(key.parent) == {"secret.key", "start.lock"}


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
    assert str(error.value) == f"{key} holds {length} bytes, not 32; delete it to create a new key"
    key.unlink()
    assert len(secret_key.load_or_create(key)) == secret_key.MIN_KEY_BYTES


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_can_read_is_refused_with_a_hint(key, mode):
    first_key = secret_key.load_or_create(key)
    key.chmod(mode)
    with pytest.raises(secret_key.SecretKeyError) as error:
        secret_key.load_or_create(key)
    assert str(error.value) == f"{key} can be read by others; run: chmod 600 {key}"
    key.chmod(0o600)
    assert secret_key.load_or_create(key) == first_key


def test_a_key_written_by_the_operator_is_used(key):
    key.write_bytes(b"k" * 64)
    key.chmod(0o600)
    assert secret_key.load_or_create(key) == b"k" * 64


def test_an_error_about_the_key_does_not_contain_it(tmp_path, monkeypatch):
    monkeypatch.setenv("MANY_HATS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("MANY_HATS_SECRET_KEY", "hunter2")
    result = CliRunner().invoke(main, ["serve"])
    assert result.exit_code == 1
    assert "SECRET_KEY" in result.output
    assert "hunter2" not in result.output


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
        with app.storage.read_transaction() as db:
            assert db["response"].count == PROCESSES
        app.storage.close()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        assert set(modes.values()) == {0o600}, modes
