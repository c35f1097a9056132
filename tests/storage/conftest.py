"""An empty database, for tests of storage without an app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from quiz import storage
from quiz.storage import Address, Storage


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of an empty, migrated database."""
    path = tmp_path / "instance" / "many-hats.db"
    storage.prepare(path)
    return path


@pytest.fixture
def address(engine: str, request: pytest.FixtureRequest) -> Address:
    """Where an empty, migrated database is: a file, or on PostgreSQL a URL."""
    if engine == "sqlite":
        file: Path = request.getfixturevalue("file")
        return file
    url: str = request.getfixturevalue("postgresql_url")
    storage.prepare(url)
    return url


@pytest.fixture
def database(address: Address) -> Iterator[Storage]:
    """Storage on that database."""
    database = Storage(address)
    yield database
    database.close()
