"""The secret key: made once for an instance, whoever starts first, readable by its owner alone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from pathlib import Path

LENGTH = 32


class SecretKeyError(Exception):
    """The key file is too short or readable by others; the message says how to mend it."""


def read_or_make(file: Path) -> bytes:
    """The key in `file`, made first if there is none.

    The key is written to a file of its own and then linked into place: a process that starts at the same moment
    sees either no key or a whole one, and all agree on the one that came first.

    Raises
    ------
    SecretKeyError
        When the file holds under 32 bytes or its mode lets others read it.
    """
    if not file.exists():
        _make(file)
    key = file.read_bytes()
    if len(key) < LENGTH:
        raise SecretKeyError(f"{file} holds {len(key)} bytes, not {LENGTH}; delete it to have a new one made")
    if file.stat().st_mode & 0o077:
        raise SecretKeyError(f"{file} can be read by others; run: chmod 600 {file}")
    return key


def _make(file: Path) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as handle:  # noqa: PTH123 - a mode
            handle.write(secrets.token_bytes(LENGTH))
            handle.flush()
            os.fsync(handle.fileno())
        _put(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _put(draft: Path, file: Path) -> None:
    """Give the draft its final name, unless another process was faster."""
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    except OSError:
        # Some mounts know no hard links. There a lock lets one process pass at a time; the others find its key.
        lock = os.open(file.with_name("start.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                draft.replace(file)
        finally:
            os.close(lock)
