"""Servers with the same LIMITS_URL and the same key count together; without it, or while it is gone, each by itself."""

from __future__ import annotations

import importlib.util
import logging
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from quiz import create_app
from quiz.config.settings import SettingError
from quiz.web import rate_limits
from quiz.web.app import App
from tests.clients import TIMEOUT_S, Client, free_port
from tests.running.programs import program

LIMIT = 4
KEY = "the same key for both servers...."


def make_servers(folder: Path, port: int) -> list[App]:
    """Two servers that would count in the Redis at a port."""
    config = {"RATE_LIMITS": True, "API_PER_MINUTE": LIMIT, "SECRET_KEY": KEY}
    url = f"valkey://:password@127.0.0.1:{port}/0"
    return [create_app(config | {"LIMITS_URL": url}, instance=folder / str(number)) for number in range(2)]


def statuses(servers: list[App]) -> list[int]:
    """The statuses of requests that go to the servers in turn, from one address."""
    return [Client(servers[number % 2]).get("/api/bank").status_code for number in range(LIMIT + 2)]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A running Redis, and its port."""
    if importlib.util.find_spec("redis") is None:
        pytest.skip("the package redis is not installed; ./run test installs it")
    server, port = program("redis-server", "redis-server"), free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--requirepass", "password", "--save", ""]
    with (tmp_path / "redis.log").open("wb") as log:
        process = subprocess.Popen([server, *options], cwd=tmp_path, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + TIMEOUT_S
        while b"Ready to accept connections" not in (tmp_path / "redis.log").read_bytes():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield process, port
    finally:
        process.kill()
        process.wait()


@pytest.mark.server
def test_servers_count_together_and_by_themselves_while_redis_is_gone(tmp_path, redis, caplog):
    process, port = redis
    servers = make_servers(tmp_path, port)
    while time.time() % 60 > 50:  # all requests of the test in one minute
        time.sleep(0.5)
    assert statuses(servers) == LIMIT * [200] + 2 * [429]
    process.kill()
    process.wait()
    with caplog.at_level(logging.WARNING):
        assert statuses(servers) == (LIMIT + 2) * [200], "each process counts half of them"
    assert len([record for record in caplog.records if "counting in this process" in record.message]) == 2
    assert "password" not in caplog.text


def test_a_missing_package_is_an_error_that_names_it(tmp_path, monkeypatch):
    monkeypatch.setattr(rate_limits, "find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"many-hats\[redis\]"):
        make_servers(tmp_path, 6379)
