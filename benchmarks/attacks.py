"""Attacks a served instance with slow and silent clients: `python -m benchmarks.attacks [--other COMMAND]`.

For each attack it starts a server with a new instance, opens the start page again and again while the attack goes on,
and prints how long the page took. `--other` also attacks another server, for example that of an earlier version;
in its command `{port}` stands for the port. Everything is on this machine and in a temporary folder.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import shlex
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import HOST, free_port, server
from benchmarks.table import duration

OURS = f"{shlex.quote(sys.executable)} -m quiz serve --port {{port}}"
#: Seconds after which a page counts as not answered.
MAX_WAIT_S = 10.0
HEADINGS = ("attack", "server", "before", "median", "longest", "pages")

_GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
_GET_FONT = b"GET /static/inter.woff2 HTTP/1.1\r\nHost: localhost\r\n\r\n"
_POST = b"POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@dataclass(frozen=True)
class Attack:
    """Clients that open connections, each `pause_s` after the one before, send `data`, read nothing and close nothing.

    With `drip` they send one more byte each second. With `small_window` the system accepts few bytes of the answers.
    """

    name: str
    connections: int
    data: bytes
    pause_s: float = 0.0
    drip: bool = False
    small_window: bool = False


ATTACKS = (
    Attack("4 requests a second that ask to close and do not", 1000, _GET + b"Connection: close\r\n\r\n", pause_s=0.25),
    Attack("48 connections that never read", 48, _GET_FONT * 1000, small_window=True),
    Attack("300 silent connections", 300, b""),
    Attack("200 half-sent headers", 200, _GET),
    Attack("1 body that arrives byte by byte", 1, _POST + b"Content-Length: 60000\r\n\r\n", drip=True),
    Attack("200 bodies that arrive byte by byte", 200, _POST + b"Content-Length: 60000\r\n\r\n", drip=True),
)


@dataclass(frozen=True)
class Waits:
    """Seconds that the start page took: before an attack, and each time during it; None if there was no answer."""

    before: float | None
    during: tuple[float | None, ...]

    def cells(self) -> tuple[str, ...]:
        """The figures as texts: before, median, longest, and how many pages were opened during the attack."""
        answered = [wait for wait in self.during if wait is not None]
        none = f"no answer within {MAX_WAIT_S:g} s"
        median = duration(statistics.median(answered)) if len(answered) * 2 > len(self.during) else none
        longest = duration(max(answered)) if len(answered) == len(self.during) else none
        return duration(self.before), median, longest, str(len(self.during))


@contextlib.contextmanager
def attacked(attack: Attack, port: int) -> Iterator[None]:
    """While the block runs, `attack` goes on against the server at `port`. Without a pause, it has begun completely."""
    opened: list[socket.socket] = []
    stop = threading.Event()

    def open_connections() -> None:
        for _ in range(attack.connections):
            with contextlib.suppress(OSError):  # a server may refuse
                opened.append(socket.socket())
                if attack.small_window:
                    opened[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                opened[-1].settimeout(MAX_WAIT_S)
                opened[-1].connect((HOST, port))
                opened[-1].setblocking(False)
                opened[-1].send(attack.data)
            if stop.wait(attack.pause_s):
                return

    def drip() -> None:
        while not stop.wait(1):
            for connection in opened:
                with contextlib.suppress(OSError):  # a server may close
                    connection.send(b"a")

    opener = threading.Thread(target=open_connections)
    opener.start()
    if not attack.pause_s:
        opener.join()
    threads = [opener]
    if attack.drip:
        threads.append(threading.Thread(target=drip))
        threads[-1].start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for connection in opened:
            connection.close()


def measure(attack: Attack, command: str, seconds: float) -> Waits:
    """How long the start page takes of a server started with `command`, before and during `seconds` of `attack`."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="many-hats-attack-") as name:
        environ = {"MANY_HATS_INSTANCE": str(Path(name) / "instance")}
        with server(shlex.split(command.format(port=port)), port, environ):
            before = _open_start_page(port)
            during: list[float | None] = []
            with attacked(attack, port):
                end = time.monotonic() + seconds
                while not during or time.monotonic() < end:
                    during.append(_open_start_page(port))
                    time.sleep(min(0.1, seconds / 10))
    return Waits(before, tuple(during))


def _open_start_page(port: int) -> float | None:
    """Seconds until the start page has arrived; None if it has not within `MAX_WAIT_S`."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(HOST, port, timeout=MAX_WAIT_S)
    try:
        connection.request("GET", "/", headers={"Host": "localhost", "Connection": "close"})
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    waited = time.monotonic() - began
    return waited if response.status == 200 and waited <= MAX_WAIT_S else None


def rows(
    commands: dict[str, str],
    seconds: float,
    attacks: Sequence[Attack] = ATTACKS,
    progress: Callable[[str], None] = lambda name: None,
) -> Iterator[tuple[str, ...]]:
    """A row of texts for each attack and each server; `commands` has the command of each server by name."""
    for attack in attacks:
        for name, command in commands.items():
            progress(f"{attack.name}: {name}")
            yield attack.name, name, *measure(attack, command, seconds).cells()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attacks", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20, help="how long each attack goes on; 20 by default")
    parser.add_argument("--other", metavar="COMMAND", help="attack this server too; {port} stands for its port")
    arguments = parser.parse_args()
    commands = {"this one": OURS} | ({"other": arguments.other} if arguments.other else {})
    measured = list(rows(commands, arguments.seconds, progress=lambda name: print(f"measuring {name} …", flush=True)))
    table = [HEADINGS, *measured]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    print()
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
