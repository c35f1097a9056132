"""Many people from a CSV file, scored in chunks: what `quiz score` does.

Memory holds one chunk, however long the file. Nothing is handed over before the last row has been read: results go to
a file beside the target, or to a temporary one that is copied to standard output at the end.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click
import numpy as np

from quiz import bank
from quiz.config import paths
from quiz.exchange.csv_scoring.reading import SHOWN_PROBLEMS, CsvInputError, People, Table
from quiz.exchange.csv_scoring.writing import Csv, Jsonl, Writer
from quiz.scoring import ScoringModel, score, stability

# See `run`.
_KEPT_BYTES = 8 << 20


def run(source: str, *, format: str, out: Path | None, skip_bad: bool, folder: Path | None) -> None:
    """Score the CSV in file `source` ("-" for standard input) and write one result a row, in the same order.

    Parameters
    ----------
    source : str
    format : {"csv", "jsonl"}
    out : Path or None
        Written only once everything has been read; None for standard output.
    skip_bad : bool
        Leave out rows that cannot be read, and say on standard error how many, instead of stopping.
    folder : Path or None
        Of the question bank; None for the shipped one.

    Raises
    ------
    click.ClickException
        For a bad bank, bad input (`CsvInputError`) or a file that cannot be read or written.
    """
    try:
        questions = bank.load(folder or paths.project_folder("questions"))
    except bank.BankError as error:
        raise CsvInputError(str(error)) from error
    model = ScoringModel.from_bank(questions)
    # Once a large block has been freed, glibc stops giving each chunk's memory back only to fetch it again, page by
    # page, for the next: a fifth of the time. The block itself is never touched.
    np.empty(_KEPT_BYTES, dtype=np.uint8)
    try:
        with _opened(source) as text, _written(out) as target:
            table = Table(text, "<stdin>" if source == "-" else click.format_filename(source), model)
            writer = Writer(questions, target, (Csv if format == "csv" else Jsonl)(model.roles))
            for people in _with_progress(table.chunks(patient=skip_bad), text):
                if skip_bad or not table.problems:
                    scores = score(model, model.level_of_step[people.steps])
                    writer.write(people, scores, stability(model, people.steps, scores.mix))
            if table.problems and not skip_bad:
                raise CsvInputError("\n".join(map(table.said, sorted(table.problems)[:SHOWN_PROBLEMS])))
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever reads us has seen enough; click ends quietly
            raise
        raise click.ClickException(
            f"{error.filename or out or 'standard output'}: {error.strerror or error}"
        ) from error
    if table.left_out:
        click.echo(f"Left out {table.left_out} of {table.rows} rows that could not be read.", err=True)


@contextmanager
def _opened(source: str) -> Iterator[TextIO]:
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


@contextmanager
def _written(out: Path | None) -> Iterator[TextIO]:
    """A file to write to, that takes its place at `out` or on standard output only if all goes well."""
    if out is not None and (out.is_file() or not out.exists()):
        out = out.resolve()
        if not out.parent.is_dir():
            raise click.BadParameter(f"there is no folder {out.parent}", param_hint="--out")
        part = out.with_name(f".{out.name}.{os.getpid()}")
        try:
            with part.open("x", encoding="utf-8", newline="") as file:
                yield file
            if out.exists():
                shutil.copymode(out, part)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
        return
    with tempfile.TemporaryFile() as spool:
        text = io.TextIOWrapper(spool, encoding="utf-8", newline="")
        yield text
        text.flush()
        spool.seek(0)
        if out is None:
            target = sys.stdout.buffer
            shutil.copyfileobj(spool, target, 1 << 20)
            target.flush()
        else:  # a device or a named pipe
            with out.open("wb") as file:
                shutil.copyfileobj(spool, file, 1 << 20)


def _with_progress(chunks: Iterator[People], text: TextIO) -> Iterator[People]:
    """The same chunks; on a terminal with a bar that moves with the bytes read, where their number is known."""
    if not (sys.stderr.isatty() and text.seekable()):
        yield from chunks
        return
    raw = text.buffer
    with click.progressbar(length=os.fstat(raw.fileno()).st_size, file=sys.stderr, label="Scoring") as bar:
        for people in chunks:
            yield people
            bar.update(raw.tell() - bar.pos)
