"""The secret key of an instance: created by the first start, and closed to everybody but its owner."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from quiz.config import file_modes
from quiz.files import atomic_write

MIN_KEY_BYTES = 32

_WAYS_OUT = (
    "if this disk does not keep modes, set MANY_HATS_SECRET_KEY in the environment, "
    "or MANY_HATS_INSTANCE to a folder on another disk"
)


#: What follows from another key, and the two ways out.
CHANGED = (
    "the secret key is not the one that this database was used with, so pages show share links and join links that do"
    " not work; put the old key back from its copy, or run `quiz accept-key` and create these links again"
)


class SecretKeyError(Exception):
    """The key file is too short, or everybody can read it; the message says how to fix it."""


def load_or_create(file: Path) -> bytes:
    """The key in `file`, which is created if it does not exist.

    The caller holds the start lock: processes that start at the same time use the same key.

    Raises
    ------
    SecretKeyError
        If the file has fewer than 32 bytes or everybody can read it. Then none is created.
    OSError
        If the file cannot be read or written.
    """
    if not file.exists():
        with atomic_write(file, is_private=True) as draft:
            draft.write_bytes(secrets.token_bytes(MIN_KEY_BYTES))
            _check_mode(draft, file)
    return load(file)


def load(file: Path) -> bytes:
    """The key in `file`.

    Raises
    ------
    SecretKeyError
        If the file has fewer than 32 bytes or everybody can read it.
    OSError
        If the file cannot be read.
    """
    key = file.read_bytes()
    if len(key) < MIN_KEY_BYTES:
        raise SecretKeyError(
            f"{file} holds {len(key)} bytes, not {MIN_KEY_BYTES}; put the key back from its copy,"
            f" or delete the file to create a new key"
        )
    _check_mode(file, file)
    return key


def fingerprint(key: bytes) -> str:
    """64 hexadecimal digits that tell whether a key is the same as before. The key cannot be computed from them."""
    return hmac.new(key, b"fingerprint", hashlib.sha256).hexdigest()


def group_warning(file: Path) -> str | None:
    """A sentence with a hint if the group of the key file can read it, else None."""
    open_path = file_modes.check_path(file)
    if open_path is None or open_path.to_everybody:
        return None
    return f"the group of {file} can read it; run: chmod 600 {file}; {_WAYS_OUT}"


def _check_mode(path: Path, file: Path) -> None:
    """Raise SecretKeyError, about the key file `file`, if everybody can read `path`."""
    open_path = file_modes.check_path(path)
    if open_path and open_path.to_everybody:
        raise SecretKeyError(f"everybody on this machine can read {file}; run: chmod 600 {file}; {_WAYS_OUT}")
