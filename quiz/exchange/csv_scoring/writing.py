"""Results as lines of CSV or JSON, many rows at a time."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Mapping, Sequence
from itertools import compress
from json.encoder import encode_basestring_ascii
from typing import Protocol, TextIO

import numpy as np
from numpy.typing import NDArray

from quiz.bank import Bank
from quiz.exchange import export
from quiz.exchange.csv_scoring.reading import CHUNK, People
from quiz.scoring import EVIDENCE, Scores
from quiz.scoring.scoring_model import Counts, Floats
from quiz.text import matcher

_EVIDENCE = np.array(EVIDENCE, dtype=object)
_PLAIN = frozenset(string.ascii_letters + string.digits)  # what most ids begin with, and no formula
_CSV_SPECIAL = re.compile(r'[",\r\n]')


class Format(Protocol):
    """What the two output formats differ in."""

    header: str
    line: str  # of one row, "@" where a value goes
    nothing: str  # stands for a number that is not known
    names: list[str]  # of the roles
    between: str  # those names

    def id(self, id: str) -> str: ...
    def other(self, mix: str) -> str: ...
    def text(self, text: Mapping[str, float] | None) -> str: ...


class Jsonl:
    header, nothing, between = "", "null", ", "

    def __init__(self, roles: Sequence[str]) -> None:
        self.names = [f'"{role}"' for role in roles]
        standings = ", ".join(f'"{role}": {{"coverage": @, "similarity": @, "share": @}}' for role in roles)
        self.line = (
            '{"id": @, "evidence": "@", "mix": [@], "alternative": @, "fit": @, '
            '"stability": {"unchanged": @, "tried": @}, '
            f'"roles": {{{standings}}}, "text": @}}\n'
        )

    def id(self, id: str) -> str:
        return encode_basestring_ascii(id)

    def other(self, mix: str) -> str:
        return f"[{mix}]" if mix else "null"

    def text(self, text: Mapping[str, float] | None) -> str:
        return "null" if text is None else json.dumps({role: round(value, 4) for role, value in text.items()})


class Csv:
    nothing, between = "", " "

    def __init__(self, roles: Sequence[str]) -> None:
        parts = [f"{role}.{part}" for role in roles for part in ("coverage", "similarity", "share")]
        texts = [f"text.{role}" for role in roles]
        self.names = list(roles)
        self.header = ",".join(["id", "evidence", "mix", "alternative", "fit", "stability", *parts, *texts]) + "\n"
        # "11/17" would become a date in a spreadsheet.
        self.line = f"@,@,@,@,@,@ of @,{','.join('@' * len(parts))},@\n"

    def id(self, id: str) -> str:
        id = id if id[:1] in _PLAIN else export.harmless(id)
        return '"{}"'.format(id.replace('"', '""')) if _CSV_SPECIAL.search(id) else id

    def other(self, mix: str) -> str:
        return mix

    def text(self, text: Mapping[str, float] | None) -> str:
        return ",".join("" if text is None else repr(round(text[role], 4)) for role in self.names)


class Writer:
    """Writes results, one line a row, many rows at a time.

    Joining what stands between the values with the values takes a tenth of the time of `json.dumps`. Every number of a
    result lies on a grid of four places, so turning it into text is looking it up.
    """

    def __init__(self, questions: Bank, target: TextIO, format: Format) -> None:
        self.questions, self.target, self.format = questions, target, format
        self.names = np.array(format.names, dtype=object)
        line = np.array([part for fixed in format.line.split("@") for part in (fixed, "")][:-1], dtype=object)
        self.cells = np.tile(line, (CHUNK, 1))
        self.grid = np.array([*(repr(n / 10_000) for n in range(10_001)), format.nothing], dtype=object)
        self.counts = np.array([str(n) for n in range(2 * len(questions.responsibility) + 1)], dtype=object)
        target.write(format.header)

    def write(self, people: People, scores: Scores, stability: tuple[Counts, Counts]) -> None:
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

    def _mixes(self, scores: Scores) -> tuple[list[str], list[str]]:
        """Each row's mix, in order of coverage, and, on a tie, the other one."""
        ranking = scores.ranking()
        between = self.format.between.join
        ranked = self.names[ranking].tolist()
        # A mix is always the top of the ranking; the other one need not be.
        sizes = scores.mix.sum(1).tolist()
        mixes = [between(names[:size]) for names, size in zip(ranked, sizes, strict=True)]
        others = [self.format.other("")] * len(ranked)
        chosen = np.take_along_axis(scores.alternative, ranking, axis=1)
        tied = np.flatnonzero(chosen.any(1))
        for row, flags in zip(tied.tolist(), chosen[tied].tolist(), strict=True):
            others[row] = self.format.other(between(compress(ranked[row], flags)))
        return mixes, others


def _on_grid(values: Floats) -> NDArray[np.intp]:
    return np.rint(values * 10_000).astype(np.intp)


def _text_scores(questions: Bank, texts: Sequence[str]) -> list[Mapping[str, float] | None]:
    """How much each text sounds like each role: role id to similarity, or None where there is no text."""
    said = [text for text in texts if text and not text.isspace()]
    if not said:
        return [None] * len(texts)  # without loading what reads texts
    readings = iter(matcher.of(questions).read_all(said))
    return [next(readings).roles if text and not text.isspace() else None for text in texts]
