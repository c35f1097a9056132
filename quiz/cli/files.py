"""Commands that read files and need no instance: `check`, `score`, `read`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from quiz.cli.messages import clean_up_on_signals, exit_on, print_text


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Validate the question bank in FOLDER (by default the one that comes with the quiz).

    Every problem is one line, `file:line: what is wrong; hint`. Exit status 1 if there is any.

    Example: quiz check questions
    """
    from quiz.admin import bank_lint
    from quiz.config import paths

    problems = bank_lint.problems(folder or paths.project_folder("questions"))
    for problem in problems:
        print_text(str(problem))
    if problems:
        sys.exit(1)
    print_text("The bank has no problems.")


@click.command()
@click.argument("source", metavar="FILE", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--format", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to standard output."
)
@click.option("--skip-columns", is_flag=True, help="Leave out unknown columns, and name them.")
@click.option("--skip-bad", is_flag=True, help="Leave out rows that cannot be read, and say how many.")
@click.option("--template", is_flag=True, help="Write an empty CSV with the bank's columns instead.")
@click.option(
    "--bank",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Score against this bank, not the shipped one.",
)
def score(source: str | None, template: bool, out: Path | None, folder: Path | None, **options: Any) -> None:
    """Score many people from the CSV in FILE ("-" for standard input), one result for each row.

    Columns: id, one for each question (its id or its text), text. Cells: never rarely monthly weekly daily skip, the
    labels that people see, or 0 to 4.

    Example: quiz score people.csv --format jsonl -o results.jsonl
    """
    from quiz.exchange import csv_scoring

    if template == (source is not None):
        raise click.UsageError("use either FILE or --template")
    clean_up_on_signals()
    if source is None:
        csv_scoring.write_template(out=out, folder=folder)
    else:
        csv_scoring.score_file(source, out=out, folder=folder, **options)


@click.command()
@click.argument(
    "sources", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True)
)
@click.option(
    "--bank",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read with the words of this bank, not the shipped one.",
)
def read(sources: tuple[str, ...], folder: Path | None) -> None:
    """Read job adverts or descriptions from text files ("-" for standard input): what each asks for, as JSON lines.

    A file has up to 100,000 characters of English text in UTF-8, with or without HTML. Exit status 1 if one cannot be
    read; the results of the files before it are printed.

    Example: quiz read advert.txt
    """
    import json

    from quiz import bank
    from quiz.config import paths
    from quiz.exchange import advert_reading

    with exit_on(bank.BankError, advert_reading.UnreadableFileError):
        loaded = bank.load(folder or paths.project_folder("questions"))
        for line in advert_reading.read_files(loaded, sources):
            print_text(json.dumps(line))
