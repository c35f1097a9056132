"""`quiz score`: scores many people from a CSV file, a chunk of rows at a time.

Only one chunk is in memory at a time. No result appears before the last row has been read: results go to a
file next to the target, or to a temporary one that is copied to standard output at the end.
"""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click
import numpy as np

from quiz import bank as question_bank
from quiz.bank import Bank
from quiz.config import paths
from quiz.exchange import export
from quiz.exchange.csv_scoring.problems import MAX_PROBLEMS, CsvInputError
from quiz.exchange.csv_scoring.reading import AnswerRows, AnswerTable
from quiz.exchange.csv_scoring.writing import CsvWriter, JsonLinesWriter, ResultWriter, result_rows
from quiz.files import open_output
from quiz.scoring import ScoringModel, score, stability

# See `_keep_freed_memory`.
_ALLOCATED_BYTES = 8 << 20


def score_file(
    source: str, *, format: str, out: Path | None, skip_columns: bool, skip_bad: bool, folder: Path | None
) -> None:
    """Score the CSV in file `source` ("-" for standard input) and write one result for each row, in the same order.

    Parameters
    ----------
    source : str
    format : {"csv", "jsonl"}
    out : Path or None
        Written only when everything has been read; None for standard output.
    skip_columns : bool
        Leave out unknown columns and name them on standard error, instead of stopping.
    skip_bad : bool
        Leave out rows that cannot be read and report their number on standard error, instead of stopping.
    folder : Path or None
        Of the question bank; None for the shipped one.

    Raises
    ------
    click.ClickException
        For a bad bank, bad input (`CsvInputError`) or a file that cannot be read or written.
    """
    _check_folder(out)
    bank = _load_bank(folder)
    _keep_freed_memory()
    name = "<stdin>" if source == "-" else source
    with _report_os_errors(out), _open_source(source) as text, open_output(out) as target, _no_garbage_collection():
        table = AnswerTable(text, name, bank, ScoringModel.from_bank(bank), skip_columns=skip_columns)
        roles = [role.id for role in bank.roles]
        writer = CsvWriter(target, roles) if format == "csv" else JsonLinesWriter(target.buffer, roles)
        _score_table(bank, table, writer, _with_progress(table.chunks(), text), skip_bad=skip_bad)
    if table.header.unknown:
        click.echo(_skipped_columns_note(table), err=True)
    if table.skipped_count:
        click.echo(f"Left out {table.skipped_count} of {table.row_count} rows that could not be read.", err=True)


def write_template(*, out: Path | None, folder: Path | None) -> None:
    """Write a CSV with a column for the id, for each question and for the text, and no row.

    It begins with a byte-order mark, so that a spreadsheet reads what is typed into it as UTF-8.

    Raises
    ------
    click.ClickException
        For a bad bank or a file that cannot be written.
    """
    _check_folder(out)
    questions = [item.id for item in _load_bank(folder).questions_in_order]
    with _report_os_errors(out), open_output(out) as target:
        target.write(export.csv_file([["id", *questions, "text"]]))


def _check_folder(out: Path | None) -> None:
    if out is not None and not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}", param_hint="--out")


def _load_bank(folder: Path | None) -> Bank:
    try:
        return question_bank.load(folder or paths.project_folder("questions"))
    except question_bank.BankError as error:
        raise CsvInputError(str(error)) from error


@contextmanager
def _report_os_errors(out: Path | None) -> Iterator[None]:
    """Turn an OSError into an error message that names the file."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader of our output has ended; click ends quietly
            raise
        raise click.ClickException(
            f"{error.filename or out or 'standard output'}: {error.strerror or error}"
        ) from error


def _score_table(
    bank: Bank, table: AnswerTable, writer: ResultWriter, chunks: Iterator[AnswerRows], *, skip_bad: bool
) -> None:
    """Write the results of all `chunks` of `table`.

    Raises
    ------
    CsvInputError
        If a row could not be read, unless `skip_bad`.
    """
    model = table.model
    for rows in chunks:
        if table.problems.count and not skip_bad:
            continue  # nothing will be written: only search for more problems
        scores = score(model, model.level_of_step[rows.steps], rows.follow_ups)
        row_stability = stability(model, rows.steps, scores, rows.follow_ups)
        writer.write(result_rows(bank, model, rows, scores, row_stability))
    if table.problems.count and not skip_bad:
        raise table.problems.error()


def _skipped_columns_note(table: AnswerTable) -> str:
    """One line that names the first columns that were left out."""
    unknown = table.header.unknown
    names = ", ".join(table.header.labels[place] for place in unknown[:MAX_PROBLEMS])
    more = f" and {len(unknown) - MAX_PROBLEMS} more" if len(unknown) > MAX_PROBLEMS else ""
    return f"Left out {len(unknown)} column{'' if len(unknown) == 1 else 's'}: {names}{more}."


def _keep_freed_memory() -> None:
    """Make glibc keep the memory of one chunk for the next.

    It stops returning freed memory to the system once a block of this size has been freed. Without this, scoring takes
    a fifth longer. The block is never written to, so it costs nothing.
    """
    np.empty(_ALLOCATED_BYTES, dtype=np.uint8)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Do not search for objects that refer to each other in a circle: there are none, and searching takes long."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _open_source(source: str) -> Iterator[TextIO]:
    """The text of a file, or of standard input, which stays open."""
    if source == "-":
        text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="", errors="surrogateescape")
        try:
            yield text
        finally:
            text.detach()
    else:
        with Path(source).open(encoding="utf-8", newline="", errors="surrogateescape") as file:
            yield file


def _with_progress(chunks: Iterator[AnswerRows], text: TextIO) -> Iterator[AnswerRows]:
    """The same chunks. On a terminal a progress bar shows the bytes read, if the size of the source is known."""
    if not (sys.stderr.isatty() and text.seekable()):
        yield from chunks
        return
    raw = text.buffer
    with click.progressbar(length=os.fstat(raw.fileno()).st_size, file=sys.stderr, label="Scoring") as bar:
        for rows in chunks:
            yield rows
            bar.update(raw.tell() - bar.pos)
