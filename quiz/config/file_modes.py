"""Which files of an instance can be opened by others than their owner, and what to do about it.

Containers and mounted disks may change file modes: Kubernetes opens the files of a volume to its group (`fsGroup`), and
some disks show one mode for all files. What only the group can open is therefore a warning.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

#: Files that everybody may read. `config.py` may not if it contains the key, which `quiz doctor` checks.
PUBLIC_FILES = {"config.py", ".gitkeep"}


class OpenPath(NamedTuple):
    """A file or folder that others than its owner can open. `detail` says who, and contains a hint."""

    to_everybody: bool
    detail: str


def check_path(path: Path) -> OpenPath | None:
    """Who besides its owner can open `path`, or None if nobody can."""
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if not mode & 0o077:
        return None
    command = f"run: chmod {700 if stat.S_ISDIR(status.st_mode) else 600} {path}"
    if mode & 0o007:
        way_out = "if this disk does not keep modes, set MANY_HATS_INSTANCE to a folder on another disk"
        return OpenPath(True, f"everybody on this machine can open {path}; {command}; {way_out}")
    way_out = "if this disk does not keep modes, let nobody else be in that group, or set MANY_HATS_INSTANCE"
    return OpenPath(False, f"the group of {path} can open it; {command}; {way_out} to a folder on another disk")


def open_paths(folder: Path) -> Iterator[OpenPath]:
    """The instance folder and the files in it that others can open, first those that everybody can.

    Files in a closed folder count too: a copy of them has the same mode.
    """
    files = [path for path in sorted(folder.iterdir()) if path.name not in PUBLIC_FILES]
    files = [path for path in files if path.is_file() and not path.is_symlink()]
    found = [open_path for path in (folder, *files) if (open_path := _check_if_there(path))]
    yield from sorted(found, key=lambda open_path: not open_path.to_everybody)


def _check_if_there(path: Path) -> OpenPath | None:
    try:
        return check_path(path)
    except FileNotFoundError:  # a log of SQLite that was deleted in the meantime
        return None
