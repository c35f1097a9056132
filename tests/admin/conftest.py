"""A served app, for tests of the server and of its reload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients import ServedApp


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Any]:
    """Makes a server that is ready to start; ends it afterwards."""
    made: list[ServedApp] = []

    def serve(*options: str) -> ServedApp:
        made.append(ServedApp(tmp_path / f"instance{len(made)}", *options))
        return made[-1]

    yield serve
    for server in made:
        if server.process and server.process.poll() is None:
            server.stop()
