"""Many Hats and similar programs, measured over HTTP alternately: `python -m benchmarks.peers`.

Installs oTree and django-survey-and-report with pip, each into a virtual environment in a temporary folder, gives them
the same questions on the same pages, and sends requests to all servers alternately with one client. Measured is the
processor time of all processes of the server; the figures are medians over the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.load import cpu_seconds, free_port, server
from benchmarks.peers import projects
from benchmarks.peers.client import Browser
from benchmarks.table import duration
from quiz.bank import Bank, load
from quiz.config import paths

TASKS = ("question page", "a whole person", "result")
#: Requests of one sample: the system counts processor time in hundredths of a second.
REQUESTS_PER_SAMPLE = 60


class MeasuredServer:
    """One running server, and its measured seconds of processor time for each request, by task."""

    def __init__(self, peer: projects.Peer, port: int, pid: int, pages: int) -> None:
        self.peer, self.port, self.pid, self.pages = peer, port, pid, pages
        self.seconds: dict[str, list[float]] = {}

    def round(self) -> None:
        """Measure one sample of each task."""
        browser = Browser(self.port)
        self.peer.start(browser)
        first = browser.path
        self._sample("question page", lambda: browser.get(first), REQUESTS_PER_SAMPLE)
        if self.peer.name != "Flask hello":
            browsers: list[Browser] = []
            self._sample("a whole person", lambda: browsers.append(self._take_quiz()), REQUESTS_PER_SAMPLE // 6)
            last = browsers[-1]
            end = last.path
            self._sample("result", lambda: last.get(end), REQUESTS_PER_SAMPLE)
            for one in browsers:
                one.close()
        browser.close()

    def _take_quiz(self) -> Browser:
        """All requests of one person, from the first page to the last."""
        browser = Browser(self.port)
        self.peer.start(browser)
        for number in range(self.pages):
            browser.send(number)
        if self.peer.name == "Many Hats":
            browser.send()  # the optional page
            browser.send()  # check your answers
        return browser

    def _sample(self, task: str, request: Callable[[], object], times: int) -> None:
        before = self._processor_seconds()
        for _ in range(times):
            request()
        self.seconds.setdefault(task, []).append((self._processor_seconds() - before) / times)

    def _processor_seconds(self) -> float:
        time.sleep(0.02)  # the server may still work after its answer
        return sum(cpu_seconds(self.pid).values())


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    bank = load(paths.project_folder("questions"))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        running = []
        for make in (projects.hello, projects.ours, projects.otree, projects.django):
            print(f"starting {make.__name__} …", flush=True)
            try:
                running.append(_start(make, Path(folder) / make.__name__, bank, stack))
            except (projects.PeerUnavailableError, SystemExit) as error:
                print(f"  not shown: {error}")
        for _ in range(rounds):
            for measured in running:
                measured.round()
    floor = statistics.median(running[0].seconds["question page"])
    print(f"\nprocessor time of the server, and how often Flask's hello ({duration(floor)}) fits into it\n")
    print(f"{'':26}" + "".join(f"{task:>24}" for task in TASKS))
    for measured in running:
        cells = [statistics.median(measured.seconds[task]) if task in measured.seconds else None for task in TASKS]
        print(
            f"{measured.peer.name:26}"
            + "".join(f"{f'{duration(c)} {c / floor:5.0f}x' if c else '':>24}" for c in cells)
        )


def _start(
    make: Callable[[Path, Bank, int], projects.Peer], folder: Path, bank: Bank, stack: ExitStack
) -> MeasuredServer:
    folder.mkdir()
    port = free_port()
    peer = make(folder, bank, port)
    process = stack.enter_context(server(peer.command, port, peer.environment, peer.folder))
    measured = MeasuredServer(peer, port, process.pid, len(bank.pages))
    measured.round()  # the first requests are slower on every server
    measured.seconds.clear()
    return measured


if __name__ == "__main__":
    main()
