"""Measures a whole server: the time to its first answer, and its answers at a constant rate of submits."""

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
from benchmarks.table import Row, row_of_pairs
from quiz import create_app

#: How long to wait for an answer of a server.
ANSWER_TIMEOUT_S = 30.0
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Load:
    """The result of a stream of requests: seconds from when each was due to its answer, sorted."""

    latencies: tuple[float, ...]
    errors: int

    def quantile(self, fraction: float) -> float:
        """The latency that this fraction of all answers did not exceed."""
        return self.latencies[min(len(self.latencies) - 1, int(fraction * len(self.latencies)))]


def first_answer(rounds: int = 5) -> Iterator[Row]:
    """Processor time of a server from its start to its first answer, compared with a minimal app."""
    with tempfile.TemporaryDirectory() as folder:
        create_app(instance=Path(folder)).storage.close()  # the first start creates the key and the tables
        # Byte code is cached, as on a machine that has started the app before.
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        pairs, waits = [], []
        for number in range(rounds + 1):
            port = free_port()
            bare = [sys.executable, "-c", BARE, f"{HOST}:{port}", f"{folder}/bare.db"]
            ours = [sys.executable, "-m", "quiz", "serve", "--port", str(port)]
            floor_cpu, _ = _measure_start(bare, port, compiled)
            cpu, wait = _measure_start(ours, port, compiled | {"MANY_HATS_INSTANCE": folder})
            if number:  # the first round only compiled
                pairs.append((floor_cpu, cpu))
                waits.append(wait)
    note = f"on the clock {statistics.median(waits):.2f} s"
    yield row_of_pairs(
        "first answer of a fresh server", pairs, floor_name="bare Flask, WTForms, sqlite-utils", target=1.3, note=note
    )


def submits(seconds: int = 10, rate: int = 50) -> Iterator[Row]:
    """Page submits at a steady rate, sent also while earlier ones are unanswered: errors and latencies."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"RATE_LIMITS": False}, instance=Path(folder))
        people = [Person(app) for _ in range(min(rate, 50))]
        app.storage.close()
        port = free_port()
        command = [sys.executable, "-m", "quiz", "serve", "--port", str(port)]
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
            before = cpu_seconds(process.pid)
            load = stream(port, requests, count=seconds * rate, rate=rate)
            after = cpu_seconds(process.pid)
    seconds_per_submit = (sum(after.values()) - sum(before.values())) / (seconds * rate)
    yield Row(
        f"{rate} submits a second for {seconds} s",
        note=f"{load.errors} errors, p50 {load.quantile(0.5) * 1e3:.0f} ms, p99 {load.quantile(0.99) * 1e3:.0f} ms, "
        f"longest {load.latencies[-1] * 1e3:.0f} ms; {seconds_per_submit * 1e3:.1f} ms of processor time a submit",
    )


def stream(port: int, requests: list[tuple[str, bytes, dict[str, str]]], *, count: int, rate: float) -> Load:
    """Send `count` requests in turns, each when it is due, over open connections. Each answer must be a redirect."""
    due: queue.SimpleQueue[tuple[float, int] | None] = queue.SimpleQueue()
    latencies: list[float] = []
    errors: list[str] = []

    def send() -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_TIMEOUT_S)
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

    # More threads than requests that wait at once: a slow answer must not delay requests that are due.
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
    """A server that answers. Its processes are ended when the block ends."""
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for_answer(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(ANSWER_TIMEOUT_S)
        with contextlib.suppress(ProcessLookupError):  # processes that are still running
            os.killpg(process.pid, signal.SIGKILL)


def _measure_start(command: list[str], port: int, environment: Mapping[str, str] = {}) -> tuple[float, float]:
    """Processor time and seconds of a server from its start to its first answer."""
    start = time.perf_counter()
    with server(command, port, environment) as process:
        wait = time.perf_counter() - start
        return sum(cpu_seconds(process.pid).values()), wait


def wait_for_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a starting server answers."""
    end = time.monotonic() + ANSWER_TIMEOUT_S
    while True:
        connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_TIMEOUT_S)
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


def cpu_seconds(pid: int) -> dict[int, float]:
    """Processor seconds of a process and its children, by process id (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    seconds = {pid: (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        seconds |= cpu_seconds(int(child))
    return seconds


def free_port() -> int:
    """A port that no server uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
