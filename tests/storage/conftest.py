"""An empty database, for tests of storage without an app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from quiz import storage
from quiz.storage import Storage


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database file, ready."""
    made = tmp_path / "instance" / "many-hats.db"
    storage.prepare(made)
    return made


@pytest.fixture
def kept(file: Path) -> Iterator[Storage]:
    """Storage on that file."""
    opened = Storage(file)
    yield opened
    opened.close()
