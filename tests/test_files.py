"""A file is replaced by a complete new one, or stays as it was; nothing temporary stays next to it."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from quiz.files import atomic_write, draft_for, open_output, remove_drafts


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file in a folder of its own; it does not exist yet."""
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder" / "file.txt"


def write(file: Path, text: str, *, is_private: bool = False) -> None:
    with atomic_write(file, is_private=is_private) as draft:
        draft.write_text(text)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_file_is_written_and_then_replaced(file):
    for text in ("first", "second"):
        write(file, text)
        assert (file.read_text(), names(file.parent)) == (text, ["file.txt"])


def test_the_old_file_is_there_until_the_block_ends(file):
    write(file, "old")
    with atomic_write(file) as draft:
        draft.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("old", ["old", None])
def test_an_error_leaves_the_old_file_and_no_draft(file, error, old):
    if old:
        file.write_text(old)
    before = names(file.parent)
    with pytest.raises(error), atomic_write(file) as draft:
        draft.write_text("half of the new")
        draft.with_name("draft-wal").write_text("a log")
        raise error
    assert names(file.parent) == before
    assert not old or file.read_text() == old


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_disk_error_at_the_end_leaves_the_old_file_and_no_draft(file, monkeypatch, function):
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file.write_text("old")
    monkeypatch.setattr(*((os, "fsync", fail) if function == "fsync" else (Path, "replace", fail)))
    with pytest.raises(OSError, match="No space left"):
        write(file, "new")
    assert (file.read_text(), names(file.parent)) == ("old", ["file.txt"])


def test_the_file_and_its_folder_are_on_disk_before_the_block_ends(file, monkeypatch):
    synced, real_fsync = [], os.fsync

    def fsync(handle: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real_fsync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write(file, "new")
    assert synced == ["file", "folder"]


@pytest.mark.parametrize(("number", "is_error"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_a_file_system_that_cannot_sync_folders_is_accepted(file, monkeypatch, number, is_error):
    real_fsync = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        real_fsync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    if is_error:
        with pytest.raises(OSError, match=os.strerror(number)):
            write(file, "new")
    else:
        write(file, "new")
    assert (file.read_text(), names(file.parent)) == ("new", ["file.txt"])


# Modes, links and names


@pytest.mark.parametrize(("umask", "expected"), [(0o022, 0o644), (0o027, 0o640), (0, 0o666)])
def test_a_new_file_has_the_mode_of_the_umask_and_a_private_one_is_of_its_owner_only(file, umask, expected):
    old = os.umask(umask)
    try:
        write(file, "public")
        assert mode(file) == expected
        write(file, "private", is_private=True)
        assert mode(file) == 0o600
    finally:
        os.umask(old)


def test_a_replaced_file_keeps_its_mode(file):
    file.write_text("old")
    file.chmod(0o640)
    write(file, "new")
    assert mode(file) == 0o640


def test_the_mode_is_not_changed_without_need(file, monkeypatch):
    """Some mounted disks allow no change of the mode."""

    def fail(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    write(file, "old")
    monkeypatch.setattr(os, "chmod", fail)
    monkeypatch.setattr(Path, "chmod", fail)
    write(file, "new")
    write(file, "private", is_private=True)


def test_others_cannot_read_a_draft(file):
    old = os.umask(0)
    try:
        with atomic_write(file) as draft:
            assert mode(draft.parent) == 0o700
    finally:
        os.umask(old)


@pytest.mark.parametrize("exists", [True, False])
def test_a_symbolic_link_stays_and_the_file_that_it_names_is_written(file, tmp_path, exists):
    target = tmp_path / "elsewhere.txt"
    if exists:
        target.write_text("old")
    file.symlink_to(target)
    write(file, "new")
    assert file.is_symlink()
    assert (target.read_text(), names(file.parent)) == ("new", ["file.txt"])


@pytest.mark.parametrize("name", ["n" * 255, "\N{EURO SIGN}" * 85, "line\nbreak", "-o", "not text: \udcff"])
def test_every_name_that_a_file_can_have_works(file, name):
    file = file.with_name(name)
    write(file, "new")
    assert (file.read_text(), names(file.parent)) == ("new", [name])


def test_an_error_names_the_folder_and_not_the_draft(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        write(tmp_path / "nowhere" / "file.txt", "new")
    assert error.value.filename == str(tmp_path / "nowhere")


def test_two_that_write_the_same_file_at_once_do_not_meet(file):
    with atomic_write(file) as first, atomic_write(file) as second:
        first.write_text("first")
        second.write_text("second")
        assert first.parent != second.parent
    assert (file.read_text(), names(file.parent)) == ("first", ["file.txt"])


# Drafts of killed processes


def leave_draft(file: Path) -> Path:
    """A draft folder as a killed process leaves it."""
    with draft_for(file) as draft:
        name = draft.parent
    name.mkdir()
    (name / "draft").write_text("half")
    return name


def test_only_drafts_of_this_file_are_removed(file):
    draft = leave_draft(file)
    others = [
        leave_draft(file.with_name("file.txt.old")),
        leave_draft(file.with_name("file")),
        draft.with_name(draft.name + "0"),
        draft.with_name(draft.name[:-1]),
        draft.with_name(draft.name[:-16] + "my own words"),
        file.with_name(".file.txt.old"),
        file.with_name(".file.txt.0123456789abcdef"),
    ]
    for folder in others:
        folder.mkdir(exist_ok=True)
    as_a_file = draft.with_name(f"{draft.name[:-16]}{'a' * 16}")
    as_a_file.touch()
    as_a_link = draft.with_name(f"{draft.name[:-16]}{'b' * 16}")
    as_a_link.symlink_to(others[0])
    remove_drafts(file)
    assert names(file.parent) == sorted(path.name for path in [*others, as_a_file, as_a_link])
    assert (others[0] / "draft").exists()


# Standard output, devices and pipes

SCRIPT = """
import sys
from pathlib import Path
from quiz.files import open_output
out = Path(sys.argv[1]) if sys.argv[1] else None
print("before")
with open_output(out, is_streamed="streamed" in sys.argv) as target:
    target.write("ü and more\\n")
"""


def run_script(*arguments: str, stdout: object = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", SCRIPT, *arguments], stdout=stdout, check=True)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("out", ["", "/dev/stdout"])
@pytest.mark.parametrize("more", [[], ["streamed"]], ids=["at the end", "streamed"])
def test_standard_output_gets_the_text_after_what_was_printed(out, more):
    assert run_script(out, *more).stdout.decode() == "before\nü and more\n"


def test_a_file_behind_standard_output_keeps_what_it_has(file):
    file.write_text("log\n")
    with file.open("ab") as log:
        run_script("/dev/stdout", stdout=log)
    assert file.read_text() == "log\nbefore\nü and more\n"


def test_a_named_pipe_gets_the_text_and_stays(file):
    os.mkfifo(file)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(file.read_text()))
    reader.start()
    with open_output(file) as target:
        target.write("text")
    reader.join()
    assert read == ["text"]
    assert file.is_fifo()


def test_a_streamed_text_is_not_written_to_a_temporary_file(capfdbinary, monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", None)
    with open_output(None, is_streamed=True) as target:
        target.write("first")
        assert capfdbinary.readouterr().out == b"first"


def test_a_machine_without_a_temporary_folder_is_an_error_with_a_hint(monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    with pytest.raises(OSError, match="set TMPDIR to one, or write to a file with --out"), open_output(None):
        pass


@pytest.mark.parametrize("out", [None, "file"])
def test_an_error_writes_nothing(file, capfd, out):
    with pytest.raises(ValueError, match="in the middle"), open_output(file if out else None) as target:
        target.write("half")
        raise ValueError("in the middle")
    assert (capfd.readouterr().out, names(file.parent)) == ("", [])


def test_closed_standard_output_is_an_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OSError, match="Bad file descriptor"), open_output(None) as target:
        target.write("text")
