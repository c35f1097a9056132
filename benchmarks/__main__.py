"""All benchmarks in one table: `python -m benchmarks [--only NAME …] [--slow]`.

Each figure is a ratio: the time of our work divided by the time of its floor. Both are measured alternately.
"over" means above the target. The exit status says only whether everything could be measured.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterable
from functools import partial

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # the SQLite of storage

from benchmarks import growth, load, pages, reading, scoring
from benchmarks.table import Row, table_lines

Benchmark = Callable[..., Iterable[Row]]

#: Each benchmark by name. Without --slow the long ones are smaller than the size that the target is for.
BENCHMARKS: dict[str, Benchmark] = {
    "question": pages.question,
    "submit": pages.submit,
    "result": pages.result,
    "api": pages.api,
    "open-team": pages.open_team,
    "scoring": scoring.person,
    "advert": reading.advert,
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
    """Run the selected benchmarks and print the table."""
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
    print("\n".join(table_lines(rows)))


if __name__ == "__main__":
    main()
