"""Writes results as JSON lines or as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, BinaryIO, Protocol, TextIO

import numpy as np
import orjson

from quiz.bank import Bank
from quiz.exchange import export
from quiz.exchange.csv_scoring.reading import AnswerRows
from quiz.scoring import EVIDENCE, Scores
from quiz.scoring.scoring_model import Bools, Counts, Floats
from quiz.text.matcher import matcher_for


class ResultWriter(Protocol):
    """Writes the objects of results (`export.result_object`) to a file."""

    def write(self, result: Mapping[str, Any]) -> None: ...


class JsonLinesWriter:
    """One line of JSON for each result."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def write(self, result: Mapping[str, Any]) -> None:
        self._target.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))


class CsvWriter:
    """A header, and one row for each result.

    Only ids can contain any character. All other cells are numbers and ids of the bank, which need no quotes. They are
    joined without `csv.writer`, which reads every character and would take longer than the rest of the work.
    """

    def __init__(self, target: TextIO, roles: Sequence[str]) -> None:
        self._target = target
        self._write_row(["id", *export.result_columns(roles)])

    def write(self, result: Mapping[str, Any]) -> None:
        self._write_row([_id_cell(result["id"]), *export.result_cells(result)])

    def _write_row(self, cells: Iterable[str]) -> None:
        self._target.write(",".join(cells) + "\n")


def _id_cell(id: str) -> str:
    """The id in quotes, so that no spreadsheet splits it or reads it as a formula."""
    if id.isascii() and id.isalnum():  # most ids, quickly
        return id
    escaped = export.escape_formula(id).replace('"', '""')
    return f'"{escaped}"'


def result_objects(
    bank: Bank, answer_rows: AnswerRows, scores: Scores, stability: tuple[Counts, Counts]
) -> Iterator[dict[str, Any]]:
    """The object of each row's result, in order; the same as `export.match_object` gives for a match."""
    evidence_names = [EVIDENCE[n] for n in scores.evidence.tolist()]
    mixes, alternatives = _mixes(bank, scores)
    fits = _rounded(scores.fit, scores.mix.sum(axis=1) > 0)
    unchanged_counts, tried_counts = (counts.tolist() for counts in stability)
    role_objects = _role_objects(bank, scores)
    texts = _text_similarities(bank, answer_rows.texts)
    columns = (
        answer_rows.ids,
        evidence_names,
        mixes,
        alternatives,
        fits,
        unchanged_counts,
        tried_counts,
        role_objects,
        texts,
    )
    for id, evidence, mix, alternative, fit, unchanged, tried, roles, text in zip(*columns, strict=True):
        yield export.result_object(
            id=id,
            evidence=evidence,
            mix=mix,
            alternative=alternative,
            fit=fit,
            unchanged=unchanged,
            tried=tried,
            roles=roles,
            text=text,
        )


def _mixes(bank: Bank, scores: Scores) -> tuple[list[list[str]], list[list[str] | None]]:
    """The role ids of each row's mix, most covered first, and on a tie those of the alternative."""
    role_ids = np.array([role.id for role in bank.roles], dtype=object)
    ranking = scores.ranking()
    ranked_ids = role_ids[ranking].tolist()
    # A mix is always the top of the ranking; the alternative need not be.
    mixes = [ids[:size] for ids, size in zip(ranked_ids, scores.mix.sum(axis=1).tolist(), strict=True)]
    alternatives: list[list[str] | None] = [None] * len(mixes)
    ranked_alternative = np.take_along_axis(scores.alternative, ranking, axis=1)
    ties = np.flatnonzero(ranked_alternative.any(axis=1))
    for n, in_alternative in zip(ties.tolist(), ranked_alternative[ties].tolist(), strict=True):
        alternatives[n] = list(compress(ranked_ids[n], in_alternative))
    return mixes, alternatives


def _role_objects(bank: Bank, scores: Scores) -> Iterator[dict[str, dict[str, float | None]]]:
    """For each row the numbers of every role, by role id."""
    role_ids = [role.id for role in bank.roles]
    coverages = _rounded(scores.coverage, scores.judged)
    similarities = _rounded(scores.similarity, scores.judged)
    shares = _rounded(scores.share)
    for row in zip(coverages, similarities, shares, strict=True):
        numbers_of_roles = zip(role_ids, *row, strict=True)
        yield {
            role: {"coverage": coverage, "similarity": similarity, "share": share}
            for role, coverage, similarity, share in numbers_of_roles
        }


def _rounded(values: Floats, is_known: Bools | None = None) -> list[Any]:
    """The values as (lists of) numbers, None if they are not known."""
    numbers: Any = np.round(values, export.DIGITS)
    if is_known is not None and not is_known.all():
        numbers = numbers.astype(object)
        numbers[~is_known] = None
    return list(numbers.tolist())


def _text_similarities(bank: Bank, texts: Sequence[str]) -> list[Mapping[str, float] | None]:
    """For each text its similarity with every role, by role id; None if the text is blank."""
    similarities: list[Mapping[str, float] | None] = [None] * len(texts)
    numbers = [n for n, text in enumerate(texts) if text and not text.isspace()]
    if numbers:  # otherwise scikit-learn is not loaded
        matches = matcher_for(bank).match_all([texts[n] for n in numbers])
        for n, match in zip(numbers, matches, strict=True):
            similarities[n] = match.roles
    return similarities
