"""Writes files whole or not at all: a file that already exists is replaced only by a complete new one.

The new content is written to a draft in a temporary folder next to the file, which is then renamed. The folder is
readable by its owner only, and its name contains random digits, so no other program uses it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO, cast

from quiz.terminal import escape_controls

#: Errors with which some file systems refuse to sync a folder. They store a new name without it.
_CANNOT_SYNC_FOLDERS = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
_COPY_CHARACTERS = 1 << 20


@contextlib.contextmanager
def atomic_write(file: Path, *, is_private: bool = False) -> Iterator[Path]:
    """The path of an empty draft, which replaces `file` when the block ends. If it raises, `file` is unchanged.

    A symbolic link stays, and the file that it names is replaced. The new file is on disk when the block has ended.

    Parameters
    ----------
    is_private
        Only the owner can read the new file. Otherwise it has the mode of the file that it replaces, or that of the
        umask.

    Raises
    ------
    OSError
        If the file cannot be written; `filename` is the file or its folder.
    """
    file = Path(os.path.realpath(file))
    with draft_for(file) as draft:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if is_private else 0o666))
        yield draft
        if not is_private:
            _copy_mode(file, draft)
        move_into_place(draft, file)


@contextlib.contextmanager
def draft_for(file: Path) -> Iterator[Path]:
    """A path for a draft of `file`, on the same disk, in a temporary folder that only its owner can read.

    The folder is removed at the end, with everything that is still in it.
    """
    folder = file.parent / f"{_draft_prefix(file)}{secrets.token_hex(8)}"
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file.parent)) from error
    try:
        yield folder / "draft"
    finally:
        shutil.rmtree(folder)


def remove_drafts(file: Path) -> None:
    """Remove the drafts of `file` that killed processes left. Nobody may be writing `file` at the same time."""
    name = re.compile(re.escape(_draft_prefix(file)) + "[0-9a-f]{16}")
    for folder in file.parent.iterdir():
        if name.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)


def _draft_prefix(file: Path) -> str:
    """How the names of all draft folders of `file` start. A hash: no other file has it, and no name is too long."""
    return f".draft-{hashlib.sha256(os.fsencode(file.name)).hexdigest()[:16]}-"


def move_into_place(draft: Path, file: Path) -> None:
    """Rename `draft` to `file` so that a crash leaves the old file or the complete new one."""
    _sync(draft)
    draft.replace(file)
    try:
        _sync(file.parent)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC_FOLDERS:
            raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy_mode(file: Path, draft: Path) -> None:
    """Give `draft` the mode of `file`, if that exists and differs: some disks allow no change of the mode."""
    with contextlib.suppress(FileNotFoundError):
        mode = stat.S_IMODE(file.stat().st_mode)
        if stat.S_IMODE(draft.stat().st_mode) != mode:
            draft.chmod(mode)


@contextlib.contextmanager
def open_output(out: Path | None, *, is_private: bool = False, is_streamed: bool = False) -> Iterator[TextIO]:
    """A UTF-8 text to write to. Only if the block raises nothing, it replaces the file `out` or goes to its target.

    A terminal gets it with control characters escaped; files and pipes get it unchanged.

    Parameters
    ----------
    out
        A file, a device or a named pipe; None for standard output.
    is_private
        Only the owner can read a new file.
    is_streamed
        Standard output, a device or a pipe gets each part at once: nothing is written to a temporary file, and an error
        does not take back what was written.

    Raises
    ------
    OSError
        If the text cannot be written.
    """
    if out is not None and not _is_standard_output(out) and (out.is_file() or not out.exists()):
        with atomic_write(out, is_private=is_private) as draft, draft.open("w", encoding="utf-8", newline="") as text:
            yield text
    elif is_streamed:
        with _open_target(out) as target:
            yield target
    else:
        with _temporary_file() as text:
            yield text
            text.seek(0)
            with _open_target(out) as target:
                shutil.copyfileobj(text, target, _COPY_CHARACTERS)


def _temporary_file() -> TextIO:
    try:
        return tempfile.TemporaryFile("w+", encoding="utf-8", newline="")
    except FileNotFoundError as error:
        problem = "no folder for temporary files can be written to; set TMPDIR to one, or write to a file with --out"
        raise OSError(error.errno, problem) from error


@contextlib.contextmanager
def _open_target(out: Path | None) -> Iterator[TextIO]:
    """Standard output, or the device or named pipe `out`."""
    if out is not None and not _is_standard_output(out):
        with out.open("w", encoding="utf-8", newline="") as target:
            yield target
        return
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    sys.stdout.flush()
    # UTF-8, whatever the encoding of the terminal
    target = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
    try:
        yield cast(TextIO, _EscapedText(target)) if sys.stdout.isatty() else target
        target.flush()
    finally:
        target.detach()


class _EscapedText(io.TextIOBase):
    """Writes to another text, with control characters escaped."""

    def __init__(self, target: TextIO) -> None:
        self._target = target

    def write(self, text: str) -> int:
        return self._target.write(escape_controls(text))


def _is_standard_output(path: Path) -> bool:
    """Whether `path` is /dev/stdout or another name of what standard output writes to.

    A file behind it must not be replaced: with `>>`, the lines that it already has would be lost.
    """
    try:
        return os.path.samestat(path.stat(), os.fstat(1))
    except OSError:  # there is no such file, or standard output is closed
        return False
