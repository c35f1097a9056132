"""The secret key of an instance: created once, by the process that starts first, and readable by its owner only."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from pathlib import Path

MIN_KEY_BYTES = 32


class SecretKeyError(Exception):
    """The key file is too short or readable by others; the message says how to fix it."""


def load_or_create(file: Path) -> bytes:
    """The key in `file`, which is created if it does not exist.

    The key is written to a draft file that is then linked to `file`: a process that starts at the same time sees no
    key or a complete one, and all processes use the first one.

    Raises
    ------
    SecretKeyError
        If the file has fewer than 32 bytes or others can read it.
    """
    if not file.exists():
        _create(file)
    key = file.read_bytes()
    if len(key) < MIN_KEY_BYTES:
        raise SecretKeyError(f"{file} holds {len(key)} bytes, not {MIN_KEY_BYTES}; delete it to create a new key")
    if file.stat().st_mode & 0o077:
        raise SecretKeyError(f"{file} can be read by others; run: chmod 600 {file}")
    return key


def _create(file: Path) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as handle:  # noqa: PTH123 - sets the mode
            handle.write(secrets.token_bytes(MIN_KEY_BYTES))
            handle.flush()
            os.fsync(handle.fileno())
        _move_into_place(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _move_into_place(draft: Path, file: Path) -> None:
    """Give the draft its final name, unless another process created the file first."""
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    except OSError:
        # Some file systems have no hard links. There, one process at a time checks and renames under a lock.
        lock = os.open(file.with_name("start.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                draft.replace(file)
        finally:
            os.close(lock)
