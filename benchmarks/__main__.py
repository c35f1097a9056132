"""Every figure beside its floor, in one table: `python -m benchmarks [--only NAME …] [--slow]`.

A ratio says how often the floor's work fits into ours; both are measured in turns, in the same minute. "over" means
above the reach that we set ourselves. The exit status says only whether everything could be measured.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterable
from functools import partial

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # whichever SQLite it chose

from benchmarks import growth, load, pages, scoring
from benchmarks.table import Row, lines

Benchmark = Callable[..., Iterable[Row]]

#: Each benchmark by name. What takes long is smaller than promised unless asked for with --slow.
BENCHMARKS: dict[str, Benchmark] = {
    "question": pages.question,
    "submit": pages.submit,
    "result": pages.result,
    "api": pages.api,
    "scoring": scoring.person,
    "start": load.first_answer,
    "growth": growth.submits,
    "teams": growth.teams,
    "batch": growth.scored,
    "load": load.submits,
}
SLOW: dict[str, Benchmark] = {
    "growth": partial(growth.submits, many=1_000_000),
    "batch": partial(growth.scored, rows=400_000),
    "load": partial(load.submits, seconds=60),
}


def main() -> None:
    """Measure what was asked for, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", metavar="NAME", nargs="+", choices=BENCHMARKS, help=", ".join(BENCHMARKS))
    parser.add_argument("--slow", action="store_true", help="the full sizes: a million responses, a minute of load")
    arguments = parser.parse_args()
    rows: list[Row] = []
    for name in arguments.only or BENCHMARKS:
        work = SLOW.get(name, BENCHMARKS[name]) if arguments.slow else BENCHMARKS[name]
        print(f"measuring {name} …", flush=True)
        rows += work()
    print(f"\n{os.cpu_count()} processors, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}\n")
    print("\n".join(lines(rows)))


if __name__ == "__main__":
    main()
