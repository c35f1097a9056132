"""The server against clients that send too slowly, read nothing, never close, or send too much."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quiz import create_app
from quiz.admin import server as server_module
from quiz.admin.server import Server, adjustments
from quiz.exchange import score_request
from quiz.web.app import App
from tests.checks import logged_messages
from tests.clients import TIMEOUT_S

pytestmark = pytest.mark.server

HOST = "127.0.0.1"
#: Seconds in which the start page must come during an attack. It takes milliseconds; the rest is for slow machines.
MAX_WAIT_S = 5.0


class RunningServer:
    """A `Server` in a thread of this process, on a free port."""

    def __init__(self, app: Any) -> None:
        self.server = Server(app, adj=adjustments(HOST, 0, score_request.MAX_BODY_BYTES))
        self.port = int(self.server.effective_port)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()

    def connect(self) -> socket.socket:
        return socket.create_connection((HOST, self.port), TIMEOUT_S)

    def get(self, path: str = "/") -> tuple[int, float]:
        """The status of a page, and how many seconds it took."""
        began = time.monotonic()
        connection = http.client.HTTPConnection(HOST, self.port, timeout=TIMEOUT_S)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Host": "localhost"})
            response = connection.getresponse()
            response.read()
        return response.status, time.monotonic() - began

    def stop(self) -> None:
        if self.thread.is_alive():
            self.server.stop()
        self.thread.join(TIMEOUT_S)
        assert not self.thread.is_alive()


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], RunningServer]]:
    """Starts servers for WSGI apps; stops them at the end."""
    monkeypatch.setattr(server_module, "STOP_TIMEOUT_S", 2)
    running: list[RunningServer] = []

    def start_server(app: Any) -> RunningServer:
        running.append(RunningServer(app))
        return running[-1]

    yield start_server
    for server in running:
        server.stop()


@pytest.fixture
def app(tmp_path: Path) -> App:
    return create_app(instance=tmp_path / "instance")


@pytest.fixture
def connections() -> Iterator[list[socket.socket]]:
    """Connections of an attack, closed at the end."""
    opened: list[socket.socket] = []
    yield opened
    for connection in opened:
        connection.close()


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
ATTACKS = {
    "requests that ask to close and do not close": (40, GET[:-2] + b"Connection: close\r\n\r\n"),
    "connections that never read": (48, GET * 40),
    "silent connections": (300, b""),
    "half-sent headers": (200, b"GET / HTTP/1.1\r\nHost: "),
    "half-sent bodies": (200, b"POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nseed="),
    "addresses of stops": (3, b"GET /r/" + b"." * 30_000 + b"a HTTP/1.1\r\nHost: localhost\r\n\r\n"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_start_page_comes_during_an_attack(start, app, connections, attack):
    number, data = ATTACKS[attack]
    server = start(app)
    _, before = server.get()
    for _ in range(number):
        connections.append(server.connect())
        connections[-1].sendall(data)
    answers = [server.get() for _ in range(5)]
    longest = max(wait for _, wait in answers)
    print(f"{attack}: {before * 1000:.0f} ms before, at most {longest * 1000:.0f} ms during it")
    assert [status for status, _ in answers] == [200] * 5
    assert longest < MAX_WAIT_S


def test_more_connections_than_the_limit_do_not_end_the_server(start, app, connections, monkeypatch):
    monkeypatch.setattr(server_module, "MAX_CONNECTIONS", 30)
    server = start(app)
    for _ in range(60):
        connections.append(server.connect())
    for connection in connections:
        connection.close()
    assert server.get()[0] == 200


def test_the_connection_limit_leaves_room_for_the_process_itself(monkeypatch):
    for soft_limit, expected in [(256, 156), (1024, 924), (65_536, 1000), (50, 10), (-1, 1000)]:
        monkeypatch.setattr(server_module, "getrlimit", lambda _, limit=soft_limit: (limit, limit))
        assert server_module.connection_limit() == expected


def is_closed(connection: socket.socket) -> bool:
    """Whether the server has closed a connection; data that is still in the way is read."""
    try:
        while connection.recv(65_536):
            continue
    except (TimeoutError, BlockingIOError):
        return False
    except ConnectionError:
        return True
    return True


def wait_until_closed(connection: socket.socket, send: bytes = b"") -> float:
    """Seconds until the server closes the connection, to which `send` goes ten times a second meanwhile."""
    began = time.monotonic()
    connection.settimeout(0.1)
    while time.monotonic() < began + TIMEOUT_S:
        if is_closed(connection):
            return time.monotonic() - began
        with contextlib.suppress(OSError):
            connection.sendall(send)
    raise AssertionError("the server did not close the connection")


def test_a_body_that_trickles_in_is_cut_off(start, app, monkeypatch):
    monkeypatch.setattr(server_module, "REQUEST_TIMEOUT_S", 0.5)
    server = start(app)
    with server.connect() as connection:
        connection.sendall(b"POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n")
        wait_until_closed(connection, b"x")
    assert server.get()[0] == 200


def test_headers_that_trickle_in_are_cut_off(start, app, monkeypatch):
    monkeypatch.setattr(server_module, "REQUEST_TIMEOUT_S", 0.5)
    server = start(app)
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        wait_until_closed(connection, b"x")


def test_a_chunked_body_that_trickles_in_is_cut_off(start, app, monkeypatch):
    monkeypatch.setattr(server_module, "REQUEST_TIMEOUT_S", 0.5)
    server = start(app)
    with server.connect() as connection:
        connection.sendall(b"POST /start HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        wait_until_closed(connection, b"1\r\nx\r\n")


def test_the_time_limit_of_a_request_begins_with_the_request_and_not_with_the_connection(start, app):
    server = start(app)
    with server.connect() as connection:
        connection.sendall(GET + GET[:20])  # the second request begins in the same packet
        assert connection.recv(10)
        first = wait_for_channel(server, lambda channel: not channel.requests and channel.request)
        began = first.request_began
        connection.sendall(GET[20:] + GET[:20])
        second = wait_for_channel(server, lambda channel: channel.request_began not in {None, began})
        assert second.request_began > began
        connection.sendall(GET[20:])
        wait_for_channel(server, lambda channel: channel.request is None and channel.request_began is None)


def wait_for_channel(server: RunningServer, is_wanted: Callable[[Any], Any]) -> Any:
    """The only connection of the server, once it is as wanted."""
    end = time.monotonic() + TIMEOUT_S
    while time.monotonic() < end:
        channels = list(server.server.active_channels.values())
        if len(channels) == 1 and is_wanted(channels[0]):
            return channels[0]
        time.sleep(0.01)
    raise AssertionError("the connection did not become as wanted")


def test_a_connection_without_any_byte_is_closed(start, app, monkeypatch):
    monkeypatch.setattr(server_module, "IDLE_TIMEOUT_S", 1)
    server = start(app)
    with server.connect() as connection:
        wait_until_closed(connection)


def test_a_connection_that_reads_nothing_is_closed(start, monkeypatch):
    def large(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(32 << 20))])  # more than the system holds for a connection
        return [b"x" * (32 << 20)]

    monkeypatch.setattr(server_module, "IDLE_TIMEOUT_S", 1)
    server = start(large)
    with server.connect() as connection:
        connection.sendall(GET)
        wait_for_channel(server, lambda channel: channel.total_outbufs_len)
        end = time.monotonic() + TIMEOUT_S
        while server.server.active_channels and time.monotonic() < end:
            time.sleep(0.05)
        assert not server.server.active_channels


def test_when_all_connections_are_in_use_others_are_served_once_idle_ones_are_closed(
    start, app, connections, monkeypatch
):
    monkeypatch.setattr(server_module, "MAX_CONNECTIONS", 30)
    monkeypatch.setattr(server_module, "IDLE_TIMEOUT_S", 1)
    server = start(app)
    for _ in range(60):
        connections.append(server.connect())
    assert server.get()[0] == 200


def test_many_large_unfinished_bodies_are_not_held_in_memory(start, app, connections, monkeypatch):
    monkeypatch.setattr(server_module, "MAX_LARGE_BODIES", 3)
    server = start(app)
    size = 4 * server_module.LARGE_BODY_BYTES
    head = f"POST /api/score HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode()
    for _ in range(8):
        connections.append(server.connect())
        with contextlib.suppress(OSError):  # the server may close while we send
            connections[-1].sendall(head + b"x" * (size // 2))
    assert server.get()[0] == 200, "forms are served meanwhile"
    end = time.monotonic() + TIMEOUT_S
    while len(server.server.active_channels) > 3 and time.monotonic() < end:
        time.sleep(0.01)
    assert server.server.large_bodies == 3
    connections[0].sendall(b"x" * (size // 2))
    assert connections[0].recv(12).startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("headers", [b"Content-Length: 209715200", b"Transfer-Encoding: chunked"])
def test_an_upload_of_200_megabytes_is_refused_early(start, app, headers):
    server = start(app)
    block = b"x" * (1 << 20)
    chunk = b"100000\r\n" + block + b"\r\n" if b"chunked" in headers else block
    sent = 0
    with server.connect() as connection:
        connection.sendall(b"POST /api/score HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n\r\n")
        connection.settimeout(5)
        with contextlib.suppress(OSError):  # the server closes while we send
            while sent < 200:
                connection.sendall(chunk)
                sent += 1
    assert sent < 50
    assert server.get()[0] == 200


class SlowApp:
    """A WSGI app whose answer waits until the test lets it go on."""

    def __init__(self) -> None:
        self.began, self.may_finish = threading.Event(), threading.Event()

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        self.began.set()
        assert self.may_finish.wait(TIMEOUT_S)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]


def test_a_running_request_is_finished_when_the_server_is_told_to_stop(start):
    slow = SlowApp()
    server = start(slow)
    with server.connect() as connection:
        connection.sendall(GET)
        assert slow.began.wait(TIMEOUT_S)
        server.server.stop()
        time.sleep(0.2)  # long enough for a server that does not wait to be gone
        with pytest.raises(OSError):  # nobody can connect any more
            server.connect()
        slow.may_finish.set()
        response = b""
        while data := connection.recv(1000):
            response += data
            if response.endswith(b"done"):
                break
    assert response.startswith(b"HTTP/1.1 200") and response.endswith(b"done")
    server.thread.join(TIMEOUT_S)
    assert not server.thread.is_alive()


def test_a_request_that_does_not_end_does_not_keep_the_server_from_stopping(start):
    slow = SlowApp()
    server = start(slow)
    with server.connect() as connection:
        connection.sendall(GET)
        assert slow.began.wait(TIMEOUT_S)
        server.stop()
    slow.may_finish.set()


def test_a_server_that_has_stopped_can_be_stopped_again(start):
    server = start(SlowApp())
    server.stop()
    server.server.stop()


def test_the_log_of_the_server_names_no_path(start, caplog):
    def broken(environ: Any, start_response: Any) -> list[bytes]:
        raise RuntimeError("broken")

    server_module._keep_addresses_out_of_the_log()
    server = start(broken)
    link = "A" * 22
    assert server.get(f"/r/{link}")[0] == 500
    assert logged_messages(caplog) == ["a connection or request failed in the server"]
    assert link not in caplog.text
