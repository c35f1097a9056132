"""Waiting for a proxy that a test started."""

from __future__ import annotations

import socket
import subprocess
import time

from tests.clients import TIMEOUT_S


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until something listens on a local port."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), TIMEOUT_S).close()
        except OSError:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < deadline, "it does not listen"
            time.sleep(0.05)
        else:
            return
