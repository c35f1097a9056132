"""Many Hats and similar programs, measured over HTTP within the same minutes: `python -m benchmarks.peers`.

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

WORKS = ("question page", "a whole person", "result")
#: Pages fetched for one sample: the clock of a process ticks a hundred times a second.
MANY = 60


class MeasuredServer:
    """One server that runs, and what it was measured at: seconds of processor time a request, by work."""

    def __init__(self, peer: projects.Peer, port: int, pid: int, pages: int) -> None:
        self.peer, self.port, self.pid, self.pages = peer, port, pid, pages
        self.spent: dict[str, list[float]] = {}

    def round(self) -> None:
        """One sample of each work."""
        browser = Browser(self.port)
        self.peer.start(browser)
        first = browser.path
        self._sample("question page", lambda: browser.get(first), MANY)
        if self.peer.name != "Flask hello":
            browsers: list[Browser] = []
            self._sample("a whole person", lambda: browsers.append(self._whole()), MANY // 6)
            last = browsers[-1]
            end = last.path
            self._sample("result", lambda: last.get(end), MANY)
            for one in browsers:
                one.close()
        browser.close()

    def _whole(self) -> Browser:
        """A person from the first page to the last, each page sent and the next one fetched."""
        browser = Browser(self.port)
        self.peer.start(browser)
        for number in range(self.pages):
            browser.send(number)
        if self.peer.name == "Many Hats":
            browser.send()  # the optional page
            browser.send()  # check your answers
        return browser

    def _sample(self, work: str, request: Callable[[], object], times: int) -> None:
        before = self._processor()
        for _ in range(times):
            request()
        self.spent.setdefault(work, []).append((self._processor() - before) / times)

    def _processor(self) -> float:
        time.sleep(0.02)  # what was answered may still be tidied up
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
                running.append(_started(make, Path(folder) / make.__name__, bank, stack))
            except (projects.PeerUnavailableError, SystemExit) as why:
                print(f"  not shown: {why}")
        for _ in range(rounds):
            for measured in running:
                measured.round()
    floor = statistics.median(running[0].spent["question page"])
    print(f"\nprocessor time of the server, and how often Flask's hello ({duration(floor)}) fits into it\n")
    print(f"{'':26}" + "".join(f"{work:>24}" for work in WORKS))
    for measured in running:
        cells = [statistics.median(measured.spent[work]) if work in measured.spent else None for work in WORKS]
        print(
            f"{measured.peer.name:26}"
            + "".join(f"{f'{duration(c)} {c / floor:5.0f}x' if c else '':>24}" for c in cells)
        )


def _started(
    make: Callable[[Path, Bank, int], projects.Peer], folder: Path, bank: Bank, stack: ExitStack
) -> MeasuredServer:
    folder.mkdir()
    port = free_port()
    peer = make(folder, bank, port)
    process = stack.enter_context(server(peer.command, port, peer.environment, peer.folder))
    measured = MeasuredServer(peer, port, process.pid, len(bank.pages))
    measured.round()  # what comes first is slower everywhere
    measured.spent.clear()
    return measured


if __name__ == "__main__":
    main()
