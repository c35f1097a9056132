"""Ratios: what a piece of work costs beside its floor, both measured in turns, and how they are printed."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Work = Callable[[], object]

#: Seconds of processor time that one sample is made to take: far longer than a tick of the clock.
SAMPLE = 0.02
HEADINGS = ("work", "took", "floor", "ratio", "reach", "", "note")


@dataclass(frozen=True)
class Row:
    """One line of the table. `took` and `least` are seconds; without a floor, `note` says all there is to say."""

    work: str
    floor: str = ""
    took: float | None = None
    least: float | None = None
    ratio: float | None = None
    reach: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the ratio is within reach; empty where there is none to reach."""
        if self.ratio is None or self.reach is None:
            return ""
        return "ok" if self.ratio <= self.reach else "over"

    def cells(self) -> tuple[str, ...]:
        """The line as texts, in the order of `HEADINGS`."""
        return (
            self.work,
            duration(self.took),
            duration(self.least),
            "" if self.ratio is None else f"{self.ratio:.2f}x",
            "" if self.reach is None else f"{self.reach:g}x",
            self.verdict,
            "; ".join(filter(None, [self.floor and f"floor: {self.floor}", self.note])),
        )


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


def against(
    name: str, work: Work, floor: Work, *, of: str, reach: float, rounds: int = 15, sample: float = SAMPLE
) -> Row:
    """The processor time of `work` beside that of `floor`, called `of`, as medians of `rounds` in turns.

    Whatever else the machine does slows both alike, so the ratio is taken within each round.
    """
    often, least_often = _calls(work, sample), _calls(floor, sample)
    pairs = []
    for _ in range(rounds):
        gc.collect()
        pairs.append((_each(floor, least_often), _each(work, often)))
    return paired(name, pairs, of=of, reach=reach)


def paired(name: str, pairs: Iterable[tuple[float, float]], *, of: str, reach: float | None, note: str = "") -> Row:
    """A row from rounds of (floor, work) in seconds."""
    known = list(pairs)
    return Row(
        work=name,
        floor=of,
        took=statistics.median(took for _, took in known),
        least=statistics.median(least for least, _ in known),
        ratio=statistics.median(took / least for least, took in known),
        reach=reach,
        note=note,
    )


def lines(rows: Iterable[Row]) -> list[str]:
    """The table as text, a line a row after the headings."""
    cells = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _calls(work: Work, sample: float) -> int:
    """How many calls make one sample; the first ones only warm up."""
    for _ in range(3):
        work()
    return max(1, round(sample / max(_each(work, 3), 1e-7)))


def _each(work: Work, calls: int) -> float:
    start = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - start) / calls
