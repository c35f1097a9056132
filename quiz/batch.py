"""Many people from a CSV file, scored in chunks: what `quiz score` does.

Memory holds one chunk, however long the file. Nothing is handed over before the last row has been read: results go to
a file beside the target, or to a temporary one that is copied to standard output at the end.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cached_property
from itertools import accumulate, chain, compress, islice
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol, TextIO

import click
import numpy as np
from numpy.typing import NDArray

from quiz import bank, paths, scoring, words
from quiz.scoring.scheme import Counts, Floats, Steps

LONGEST_TEXT = 100_000
SHOWN_PROBLEMS = 20
# Columns that are read, and columns that a person's own export has and that scoring has no use for.
_ID, _TEXT, _UNUSED = "id", "text", ("title", "works-with")
# Rows at a time: enough to spread the cost of a call, few enough to stay in the processor's cache. Texts are long.
_CHUNK, _CHUNK_WITH_TEXTS = 512, 64
# A quote that is never closed would swallow the rest of the file into one cell: give up long before that.
_LONGEST_CELL = 10 * LONGEST_TEXT
# See `run`.
_KEPT_BYTES = 8 << 20
# Bytes that are not UTF-8 arrive as lone surrogates; neither they nor NUL belong into a text.
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_EVIDENCE = np.array(scoring.EVIDENCE, dtype=object)
_CSV_SPECIAL = re.compile(r'[",\r\n]')
_LINE_BREAK = re.compile("\r\n?|\n")


class BadInput(click.ClickException):
    """A file that cannot be scored: one line for each problem, `FILE:LINE: column: what is wrong; how to mend it`."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=True)


class _Problem(NamedTuple):
    line: int
    column: str
    what: str
    mend: str


class _People(NamedTuple):
    """The readable rows of one chunk."""

    ids: list[str]
    steps: Steps  # (rows, questions)
    texts: list[str]


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
        For a bad bank, bad input (`BadInput`) or a file that cannot be read or written.
    """
    try:
        questions = bank.load(folder or paths.shipped("questions"))
    except bank.BankError as error:
        raise BadInput(str(error)) from error
    scheme = scoring.Scheme.of(questions)
    # Once a large block has been freed, glibc stops giving each chunk's memory back only to fetch it again, page by
    # page, for the next: a fifth of the time. The block itself is never touched.
    np.empty(_KEPT_BYTES, dtype=np.uint8)
    try:
        with _opened(source) as text, _written(out) as target:
            table = _Table(text, "<stdin>" if source == "-" else click.format_filename(source), scheme)
            writer = _Writer(questions, target, (_Csv if format == "csv" else _Jsonl)(scheme.roles))
            for people in _with_progress(table.chunks(patient=skip_bad), text):
                if skip_bad or not table.problems:
                    scores = scoring.score(scheme, scheme.worth[people.steps])
                    writer.write(people, scores, scoring.stability(scheme, people.steps, scores.mix))
            if table.problems and not skip_bad:
                raise BadInput("\n".join(map(table.said, sorted(table.problems)[:SHOWN_PROBLEMS])))
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever reads us has seen enough; click ends quietly
            raise
        raise click.ClickException(
            f"{error.filename or out or 'standard output'}: {error.strerror or error}"
        ) from error
    if table.left_out:
        click.echo(f"Left out {table.left_out} of {table.rows} rows that could not be read.", err=True)


def _text_scores(questions: bank.Bank, texts: Sequence[str]) -> list[Mapping[str, float] | None]:
    """How much each text sounds like each role: role id to similarity, or None where there is no text."""
    said = [text for text in texts if text and not text.isspace()]
    if not said:
        return [None] * len(texts)  # without loading what reads texts
    readings = iter(words.of(questions).read_all(said))
    return [next(readings).roles if text and not text.isspace() else None for text in texts]


class _Table:
    """A CSV file with a header, read as chunks of people; notes what it could not read.

    `rows` counts the rows seen, `left_out` those among them with a problem.
    """

    def __init__(self, text: TextIO, name: str, scheme: scoring.Scheme) -> None:
        csv.field_size_limit(_LONGEST_CELL)
        self.name, self.scheme = name, scheme
        self.rows = self.left_out = 0
        self.problems: list[_Problem] = []
        self.step = _StepOfCell(scheme)
        self._read_header(text)

    def _read_header(self, text: TextIO) -> None:
        first: list[str] = []
        for line in text:
            first.append(line if first else line.removeprefix("\ufeff"))
            if first[-1].strip():
                break
        header = "".join(first)
        self.reader = csv.reader(chain(first, text), delimiter=_delimiter(header), strict=True)
        if _UNREADABLE.search(header):
            raise self._refusal("header", "is not UTF-8 text", "save the file as CSV in UTF-8")
        try:
            names = next((row for row in self.reader if row), [])
        except csv.Error as error:
            raise self._refusal("header", str(error), "mend the quotes") from error
        if not any(name.strip() for name in names):
            raise self._refusal("header", "is missing", "begin with a line of column names")
        self.columns = [name.strip().lower() for name in names]
        known = [_ID, *self.scheme.questions, _TEXT, *_UNUSED]
        for n, column in enumerate(self.columns):
            if not column:
                self._note(self.reader.line_num, "header", f"column {n + 1} has no name", "name or remove it")
            elif column in self.columns[:n]:
                self._note(self.reader.line_num, _shown(column), "this column stands twice", "remove one")
            elif column not in known:
                near = get_close_matches(column, known, 1)
                mend = f"did you mean {near[0]!r}?" if near else "use a question id of the bank, id or text"
                self._note(self.reader.line_num, _shown(column), "unknown column", mend)
        if self.problems:
            raise BadInput("\n".join(map(self.said, self.problems[:SHOWN_PROBLEMS])))

    def chunks(self, *, patient: bool) -> Iterator[_People]:
        """People, a chunk at a time. Unless `patient`, reading ends soon after enough problems for one message."""
        size = _CHUNK_WITH_TEXTS if _TEXT in self.columns else _CHUNK
        while patient or len(self.problems) < SHOWN_PROBLEMS:
            if patient:
                self.problems.clear()
            rows: list[list[str]] = []
            before = self.reader.line_num
            error = None
            try:
                for row in islice(self.reader, size):
                    rows.append(row)
            except csv.Error as caught:
                error = caught
            if not rows and not error:
                break
            lines = _Lines(rows, before)
            if rows:
                yield self._people(rows, lines)
            if error:
                self.rows += 1
                self.left_out += 1
                self._note(lines[len(rows)], "row", f"cannot be read ({error})", "mend the quotes")

    def _people(self, rows: list[list[str]], lines: Sequence[int]) -> _People:
        """The people in `rows`, column by column, since that is many times faster than row by row."""
        bad: set[int] = set()
        width = len(self.columns)
        if set(map(len, rows)) != {width}:
            rows, lines = self._of_width(rows, lines, bad)
        before, self.rows = self.rows, self.rows + len(rows)
        cells = dict(zip(self.columns, zip(*rows, strict=True), strict=True)) if rows else {}
        nothing = ("",) * len(rows)
        steps = np.full((len(rows), len(self.scheme.questions)), self.scheme.skip, dtype=np.uint8)
        for n, question in enumerate(self.scheme.questions):
            if question in cells:
                steps[:, n] = self._steps(question, cells[question], lines, bad)
        ids = [id or str(number) for number, id in enumerate(cells.get(_ID, nothing), before + 1)]
        texts = list(cells.get(_TEXT, nothing))
        self._check_texts(_ID, ids, lines, bad)
        self._check_texts(_TEXT, texts, lines, bad)
        if not bad:
            return _People(ids, steps, texts)
        self.left_out += len(bad)
        good = [n for n in range(len(rows)) if n not in bad]
        return _People([ids[n] for n in good], steps[good], [texts[n] for n in good])

    def _of_width(
        self, rows: list[list[str]], lines: Sequence[int], bad: set[int]
    ) -> tuple[list[list[str]], list[int]]:
        """The rows and their lines without blank ones; one with too many or too few cells is noted and emptied."""
        width = len(self.columns)
        kept = [(row, lines[n]) for n, row in enumerate(rows) if row]
        for n, (row, line) in enumerate(kept):
            if len(row) != width:
                bad.add(n)
                what = f"{len(row)} cells where the header has {width}"
                self._note(line, "row", what, "check for a missing or an unquoted delimiter")
        return [row if n not in bad else [""] * width for n, (row, _) in enumerate(kept)], [line for _, line in kept]

    def _steps(self, column: str, cells: Sequence[str], lines: Sequence[int], bad: set[int]) -> NDArray[np.uint8]:
        try:
            return np.frombuffer(bytes(map(self.step.__getitem__, cells)), dtype=np.uint8)
        except KeyError:
            mend = f"use one of {', '.join(self.scheme.step)}, or 0 to {self.scheme.skip - 1}"
        steps = np.full(len(cells), self.scheme.skip, dtype=np.uint8)
        for n, cell in enumerate(cells):
            try:
                steps[n] = self.step[cell]
            except KeyError:
                bad.add(n)
                self._note(lines[n], column, f"unknown answer '{_shown(cell)}'", mend)
        return steps

    def _check_texts(self, column: str, cells: Sequence[str], lines: Sequence[int], bad: set[int]) -> None:
        if not _UNREADABLE.search("".join(cells)) and max(map(len, cells), default=0) <= LONGEST_TEXT:
            return
        for n, cell in enumerate(cells):
            if len(cell) > LONGEST_TEXT:
                bad.add(n)
                self._note(lines[n], column, f"{len(cell):,} characters", f"keep to {LONGEST_TEXT:,}")
            elif found := _UNREADABLE.search(cell):
                bad.add(n)
                what = "holds a NUL byte" if found[0] == "\0" else "is not UTF-8 text"
                self._note(lines[n], column, what, "save the file as CSV in UTF-8")

    def _note(self, line: int, column: str, what: str, mend: str) -> None:
        self.problems.append(_Problem(line, column, what, mend))

    def _refusal(self, column: str, what: str, mend: str) -> BadInput:
        return BadInput(self.said(_Problem(max(self.reader.line_num, 1), column, what, mend)))

    def said(self, problem: _Problem) -> str:
        """One line for people and for programs."""
        return f"{self.name}:{problem.line}: {problem.column}: {problem.what}; {problem.mend}"


class _Lines(Sequence[int]):
    """The line on which each of a chunk's rows begins, and the one after them; counted only when somebody asks."""

    def __init__(self, rows: Sequence[Sequence[str]], before: int) -> None:
        self.rows, self.before = rows, before

    def __len__(self) -> int:
        return len(self.rows) + 1

    @cached_property
    def _starts(self) -> list[int]:
        lengths = (1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row) for row in self.rows)
        return list(accumulate(lengths, initial=self.before + 1))

    def __getitem__(self, n: Any) -> Any:
        return self._starts[n]


class _StepOfCell(dict[str, int]):
    """The step that a cell means: an answer id, or the place of an answer on the scale. KeyError for anything else."""

    def __init__(self, scheme: scoring.Scheme) -> None:
        places = {str(n): n for n in range(scheme.skip)}
        super().__init__({**places, **scheme.step, "": scheme.skip})

    def __missing__(self, cell: str) -> int:
        plain = cell.strip().lower()
        if plain == cell or plain not in self:
            raise KeyError(cell)
        if len(self) < 1000:  # remember the spelling, but not every spelling there can be
            self[cell] = self[plain]
        return self[plain]


class _Format(Protocol):
    """What the two output formats differ in."""

    header: str
    line: str  # of one row, "@" where a value goes
    nothing: str  # stands for a number that is not known
    names: list[str]  # of the roles
    between: str  # those names

    def id(self, id: str) -> str: ...
    def other(self, mix: str) -> str: ...
    def text(self, text: Mapping[str, float] | None) -> str: ...


class _Jsonl:
    header, nothing, between = "", "null", ", "

    def __init__(self, roles: Sequence[str]) -> None:
        self.names = [f'"{role}"' for role in roles]
        standings = ", ".join(f'"{role}": {{"coverage": @, "similarity": @, "share": @}}' for role in roles)
        self.line = (
            '{"id": @, "evidence": "@", "mix": [@]@, "fit": @, "stability": {"held": @, "of": @}, '
            f'"roles": {{{standings}}}, "text": @}}\n'
        )

    def id(self, id: str) -> str:
        return encode_basestring_ascii(id)

    def other(self, mix: str) -> str:
        return f', "or": [{mix}]'

    def text(self, text: Mapping[str, float] | None) -> str:
        return "null" if text is None else json.dumps({role: round(value, 4) for role, value in text.items()})


class _Csv:
    nothing, between = "", " "

    def __init__(self, roles: Sequence[str]) -> None:
        parts = [f"{role}.{part}" for role in roles for part in ("coverage", "similarity", "share")]
        texts = [f"text.{role}" for role in roles]
        self.names = list(roles)
        self.header = ",".join(["id", "evidence", "mix", "fit", "stability", *parts, *texts]) + "\n"
        # "11/17" would become a date in a spreadsheet.
        self.line = f"@,@,@@,@,@ of @,{','.join('@' * len(parts))},@\n"

    def id(self, id: str) -> str:
        return '"{}"'.format(id.replace('"', '""')) if _CSV_SPECIAL.search(id) else id

    def other(self, mix: str) -> str:
        return ""

    def text(self, text: Mapping[str, float] | None) -> str:
        return ",".join("" if text is None else repr(round(text[role], 4)) for role in self.names)


class _Writer:
    """Writes results, one line a row, many rows at a time.

    Joining what stands between the values with the values takes a tenth of the time of `json.dumps`. Every number of a
    result lies on a grid of four places, so turning it into text is looking it up.
    """

    def __init__(self, questions: bank.Bank, target: TextIO, format: _Format) -> None:
        self.questions, self.target, self.format = questions, target, format
        self.names = np.array(format.names, dtype=object)
        line = np.array([part for fixed in format.line.split("@") for part in (fixed, "")][:-1], dtype=object)
        self.cells = np.tile(line, (_CHUNK, 1))
        self.grid = np.array([*(repr(n / 10_000) for n in range(10_001)), format.nothing], dtype=object)
        self.counts = np.array([str(n) for n in range(2 * len(questions.responsibility) + 1)], dtype=object)
        target.write(format.header)

    def write(self, people: _People, scores: scoring.Scores, stability: tuple[Counts, Counts]) -> None:
        """Write one line for each of `people`."""
        cells = self.cells[: len(people.ids)]
        values = cells[:, 1::2]
        values[:, 0] = list(map(self.format.id, people.ids))
        values[:, 1] = _EVIDENCE[scores.evidence]
        values[:, 2], values[:, 3] = self._mixes(scores)
        values[:, 4] = self.grid[np.where(scores.mix.any(1), _on_grid(scores.fit), -1)]
        values[:, 5], values[:, 6] = (self.counts[changes] for changes in stability)
        standings = _on_grid(np.stack([scores.coverage, scores.similarity, scores.share], axis=2))
        standings[~scores.judged, :2] = -1
        numbers = values[:, 7:-1]
        numbers[:] = self.grid[standings.reshape(numbers.shape)]
        values[:, -1] = list(map(self.format.text, _text_scores(self.questions, people.texts)))
        self.target.write("".join(cells.ravel().tolist()))

    def _mixes(self, scores: scoring.Scores) -> tuple[list[str], list[str]]:
        """Each row's mix, in order of coverage, and, on a tie, the other one."""
        ranking = scores.ranking()
        between = self.format.between.join
        ranked = self.names[ranking].tolist()
        # A mix is always the top of the ranking; the other one need not be.
        sizes = scores.mix.sum(1).tolist()
        mixes = [between(names[:size]) for names, size in zip(ranked, sizes, strict=True)]
        others = [""] * len(ranked)
        chosen = np.take_along_axis(scores.alternative, ranking, axis=1)
        tied = np.flatnonzero(chosen.any(1))
        for row, flags in zip(tied.tolist(), chosen[tied].tolist(), strict=True):
            others[row] = self.format.other(between(compress(ranked[row], flags)))
        return mixes, others


def _on_grid(values: Floats) -> NDArray[np.intp]:
    return np.rint(values * 10_000).astype(np.intp)


def _delimiter(header: str) -> str:
    return next((sign for sign in ";\t" if sign in header), ",")


def _shown(cell: str) -> str:
    """A cell for showing on a terminal: no control characters, not too long."""
    return repr(cell if len(cell) <= 40 else cell[:39] + "…")[1:-1]


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


def _with_progress(chunks: Iterator[_People], text: TextIO) -> Iterator[_People]:
    """The same chunks; on a terminal with a bar that moves with the bytes read, where their number is known."""
    if not (sys.stderr.isatty() and text.seekable()):
        yield from chunks
        return
    raw = text.buffer
    with click.progressbar(length=os.fstat(raw.fileno()).st_size, file=sys.stderr, label="Scoring") as bar:
        for people in chunks:
            yield people
            bar.update(raw.tell() - bar.pos)
