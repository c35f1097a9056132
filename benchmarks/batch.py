"""How fast `quiz score` is, compared with the least work that a program can do with the same file (the floor).

Run it with `python -m benchmarks.batch`. The floor reads the file with csv.reader and prints every row with json.dumps.
Both write to /dev/null and run alternately. The time of a run includes the start of Python.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from quiz import bank
from quiz.config import paths

FLOOR = """
import csv, json, sys
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for row in csv.reader(file):
        print(json.dumps(row))
"""


def write_people(file: Path, rows: int) -> None:
    """Write `rows` made-up people with random answers to every question, which take longest to score."""
    shipped = bank.load(paths.project_folder("questions"))
    answers = [point.id for point in shipped.scale]
    rng = random.Random(1)
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["id", *(item.id for item in shipped.questions_in_order)])
        writer.writerows([f"p{n}", *rng.choices(answers, k=len(shipped.questions_in_order))] for n in range(rows))


def run(command: list[str]) -> tuple[float, float]:
    """Wall-clock seconds and peak memory in MiB of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024  # Linux counts in KiB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 400_000])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{'rows':>8}  {'format':6}  {'floor':>7}  {'quiz':>7}  {'ratio':>5}  {'a row':>8}  {'peak memory':>11}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        floor = [sys.executable, "-c", FLOOR, str(file)]
        for rows in arguments.rows:
            write_people(file, rows)
            for format in ("jsonl", "csv"):
                command = [sys.executable, "-m", "quiz", "score", str(file), "--format", format]
                rounds = [(run(floor), run(command)) for _ in range(arguments.rounds)]
                floor_seconds = statistics.median(seconds for (seconds, _), _ in rounds)
                quiz_seconds = statistics.median(seconds for _, (seconds, _) in rounds)
                memory = max(memory for _, (_, memory) in rounds)
                ratio = quiz_seconds / floor_seconds
                microseconds_a_row = 1e6 * quiz_seconds / rows
                print(
                    f"{rows:>8,}  {format:6}  {floor_seconds:>5.2f} s  {quiz_seconds:>5.2f} s  {ratio:>5.2f}  "
                    f"{microseconds_a_row:>5.1f} µs  {memory:>7.1f} MiB"
                )


if __name__ == "__main__":
    main()
