"""A running server, for tests of the server and of its reload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients import ServedApp


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Any]:
    """A function that returns a server that is ready to start. All are stopped afterwards."""
    servers: list[ServedApp] = []

    def serve(*options: str) -> ServedApp:
        servers.append(ServedApp(tmp_path / f"instance{len(servers)}", *options))
        return servers[-1]

    yield serve
    for server in servers:
        if server.process and server.process.poll() is None:
            server.stop()
