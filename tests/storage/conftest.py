"""An empty database, for tests of storage without an app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from quiz import storage
from quiz.storage import Storage


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of an empty, migrated database."""
    path = tmp_path / "instance" / "many-hats.db"
    storage.prepare(path)
    return path


@pytest.fixture
def database(file: Path) -> Iterator[Storage]:
    """Storage on that file."""
    database = Storage(file)
    yield database
    database.close()
