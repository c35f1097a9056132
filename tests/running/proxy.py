"""nginx as the proxy of a test."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

from tests.clients import TIMEOUT_S
from tests.running.programs import program

#: What surrounds the lines of docs/running.md on Debian: every request is logged unless a server says otherwise.
_NGINX_CONF = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {http}
}}
"""


def nginx_command(folder: Path, http: str) -> list[str]:
    """The command that runs nginx in the foreground, with `folder` for its files and `http` in its section `http`."""
    user = "user root;" if os.geteuid() == 0 else ""
    conf = folder / "nginx.conf"
    conf.write_text(_NGINX_CONF.format(folder=folder, user=user, http=http))
    return [program("nginx", "nginx-light"), "-e", "stderr", "-c", str(conf)]


def start_nginx(folder: Path, port: int, http: str) -> subprocess.Popen[bytes]:
    """Start nginx and wait until it listens on `port`."""
    process = subprocess.Popen(nginx_command(folder, http))
    try:
        wait_for_port(port, process)
    except BaseException:
        process.kill()
        raise
    return process


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
