"""A whole server: how soon a fresh one answers, and how it holds up under a steady stream of submits."""

from __future__ import annotations

import contextlib
import http.client
import os
import queue
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.floors import BARE
from benchmarks.pages import PAGE, Person
from benchmarks.table import Row, paired
from quiz import create_app

#: Seconds after which a server that does not answer is given up.
PATIENCE = 30.0
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Load:
    """What a stream of requests met: seconds from when each was due to its answer, in order of length."""

    latencies: tuple[float, ...]
    errors: int

    def quantile(self, part: float) -> float:
        """The latency that `part` of all answers stayed within."""
        return self.latencies[min(len(self.latencies) - 1, int(part * len(self.latencies)))]


def first_answer(rounds: int = 5) -> Iterator[Row]:
    """Processor time of a server from its start to its first answer, against a bare app on the same server."""
    with tempfile.TemporaryDirectory() as folder:
        create_app(instance=Path(folder)).storage.close()  # the very first start also makes key and tables
        # Compiled once, as on any machine that has started it before, whatever this one's settings say.
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        pairs, waits = [], []
        for number in range(rounds + 1):
            port = free_port()
            bare = [sys.executable, "-c", BARE, f"{HOST}:{port}", f"{folder}/bare.db"]
            ours = [sys.executable, "-m", "quiz", "serve", "--port", str(port), "--workers", "1"]
            least, _ = _started(bare, port, compiled)
            took, wait = _started(ours, port, compiled | {"MANY_HATS_INSTANCE": folder})
            if number:  # the first of each only compiled
                pairs.append((least, took))
                waits.append(wait)
    note = f"on the clock {statistics.median(waits):.2f} s"
    yield paired("first answer of a fresh server", pairs, of="bare Flask, WTForms, sqlite-utils", reach=1.3, note=note)


def submits(seconds: int = 10, rate: int = 50, workers: int = 2) -> Iterator[Row]:
    """Page submits sent at a steady rate, whether or not earlier ones are answered; errors, waits, workers."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"RATE_LIMITS": False}, instance=Path(folder))
        people = [Person(app) for _ in range(min(rate, 50))]
        app.storage.close()
        port = free_port()
        command = [sys.executable, "-m", "quiz", "serve", "--port", str(port), "--workers", str(workers)]
        with server(command, port, {"MANY_HATS_INSTANCE": folder, "MANY_HATS_RATE_LIMITS": "no"}) as process:
            bodies = [
                person.submit({item.id: point for item in app.bank.pages[PAGE - 1]})
                for person in people
                for point in ("weekly", "daily")
            ]
            requests = [
                (
                    one.environ["PATH_INFO"],
                    one.body,
                    {"Cookie": person.cookie, "Content-Type": one.environ["CONTENT_TYPE"]},
                )
                for person, one in zip((p for p in people for _ in range(2)), bodies, strict=True)
            ]
            before = used(process.pid)
            met = stream(port, requests, count=seconds * rate, rate=rate)
            after = used(process.pid)
    spent = {pid: after[pid] - before.get(pid, 0.0) for pid in after if pid != process.pid}
    busiest = max(spent.values()) / (sum(spent.values()) or 1.0)
    each = sum(spent.values()) / (seconds * rate)
    yield Row(
        f"{rate} submits a second for {seconds} s",
        note=f"{met.errors} errors, p50 {met.quantile(0.5) * 1e3:.0f} ms, p99 {met.quantile(0.99) * 1e3:.0f} ms, "
        f"longest {met.latencies[-1] * 1e3:.0f} ms; {workers} workers, the busiest did {busiest:.0%} of the work; "
        f"{each * 1e3:.1f} ms of processor time a submit",
    )


def stream(port: int, requests: list[tuple[str, bytes, dict[str, str]]], *, count: int, rate: float) -> Load:
    """Send `count` requests in turns, each when it is due, over connections that stay open; expects a redirect."""
    due: queue.SimpleQueue[tuple[float, int] | None] = queue.SimpleQueue()
    latencies: list[float] = []
    errors: list[str] = []

    def send() -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
        while (one := due.get()) is not None:
            when, number = one
            path, body, headers = requests[number % len(requests)]
            try:
                connection.request("POST", path, body, headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 303:
                    errors.append(str(answer.status))
            except (OSError, http.client.HTTPException) as error:
                errors.append(repr(error))
                connection.close()
            latencies.append(time.perf_counter() - when)
        connection.close()

    # More than are ever waiting at once, or a slow answer would hold back requests that are due.
    senders = [threading.Thread(target=send) for _ in range(32)]
    for sender in senders:
        sender.start()
    start = time.perf_counter()
    for number in range(count):
        when = start + number / rate
        time.sleep(max(0.0, when - time.perf_counter()))
        due.put((when, number))
    for _ in senders:
        due.put(None)
    for sender in senders:
        sender.join()
    return Load(tuple(sorted(latencies)), len(errors))


@contextlib.contextmanager
def server(
    command: list[str], port: int, environment: Mapping[str, str] = {}, folder: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers; ended with what it started when the block ends."""
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        answer(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):  # whatever it left behind
            os.killpg(process.pid, signal.SIGKILL)


def _started(command: list[str], port: int, environment: Mapping[str, str] = {}) -> tuple[float, float]:
    """Processor time and seconds of a server from its start to its first answer."""
    start = time.perf_counter()
    with server(command, port, environment) as process:
        wait = time.perf_counter() - start
        return sum(used(process.pid).values()), wait


def answer(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait for the first answer of a server that is starting."""
    end = time.monotonic() + PATIENCE
    while True:
        connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"{' '.join(process.args)} does not answer") from None  # type: ignore[arg-type]
            time.sleep(0.01)
        finally:
            connection.close()


def used(pid: int) -> dict[int, float]:
    """Seconds of processor time that a process and each that it started have used, by process id (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    found = {pid: (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found |= used(int(child))
    return found


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
