"""Ratios of a piece of work and its floor, measured alternately, and the table that shows them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Work = Callable[[], object]

#: Seconds of processor time that one sample takes: far more than the resolution of the clock.
SAMPLE_S = 0.02
HEADINGS = ("work", "took", "floor", "ratio", "target", "", "note")


@dataclass(frozen=True)
class Row:
    """One line of the table. Without a floor, `note` holds the whole result."""

    work: str
    floor_name: str = ""
    seconds: float | None = None
    floor_seconds: float | None = None
    ratio: float | None = None
    target: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the ratio meets the target; empty where there is no target."""
        if self.ratio is None or self.target is None:
            return ""
        return "ok" if self.ratio <= self.target else "over"

    def cells(self) -> tuple[str, ...]:
        """The line as texts, in the order of `HEADINGS`."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}x"
        target = "" if self.target is None else f"{self.target:g}x"
        notes = [f"floor: {self.floor_name}" if self.floor_name else "", self.note]
        note = "; ".join(filter(None, notes))
        return self.work, duration(self.seconds), duration(self.floor_seconds), ratio, target, self.verdict, note


def duration(seconds: float | None) -> str:
    """Seconds as people read them.

    >>> duration(0.000042), duration(0.0123), duration(4.2), duration(None)
    ('42 µs', '12.3 ms', '4.20 s', '')
    """
    if seconds is None:
        return ""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def compare(
    name: str,
    work: Work,
    floor: Work,
    *,
    floor_name: str,
    target: float,
    rounds: int = 15,
    sample_seconds: float = SAMPLE_S,
) -> Row:
    """The processor time of `work` and of `floor`, as medians of `rounds` that measure one after the other.

    Other programs slow both equally, so the ratio is taken within each round.
    """
    calls, floor_calls = _calls_per_sample(work, sample_seconds), _calls_per_sample(floor, sample_seconds)
    pairs = []
    for _ in range(rounds):
        gc.collect()
        pairs.append((_seconds_per_call(floor, floor_calls), _seconds_per_call(work, calls)))
    return row_of_pairs(name, pairs, floor_name=floor_name, target=target)


def row_of_pairs(
    name: str, pairs: Iterable[tuple[float, float]], *, floor_name: str, target: float | None, note: str = ""
) -> Row:
    """A row from rounds of (floor, work) in seconds."""
    measured = list(pairs)
    return Row(
        work=name,
        floor_name=floor_name,
        seconds=statistics.median(seconds for _, seconds in measured),
        floor_seconds=statistics.median(floor_seconds for floor_seconds, _ in measured),
        ratio=statistics.median(seconds / floor_seconds for floor_seconds, seconds in measured),
        target=target,
        note=note,
    )


def table_lines(rows: Iterable[Row]) -> list[str]:
    """The table as text: the headings, then a line for each row."""
    cells = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _calls_per_sample(work: Work, sample_seconds: float) -> int:
    """How many calls make one sample. The first calls only warm up."""
    for _ in range(3):
        work()
    return max(1, round(sample_seconds / max(_seconds_per_call(work, 3), 1e-7)))


def _seconds_per_call(work: Work, calls: int) -> float:
    start = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - start) / calls
