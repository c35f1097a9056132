"""Writes the results of a chunk of rows as JSON lines or as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import BinaryIO, NamedTuple, Protocol, TextIO

import numpy as np
import orjson

from quiz.bank import Bank
from quiz.exchange import export
from quiz.exchange.csv_scoring.reading import AnswerRows
from quiz.scoring import EVIDENCE, FollowUpQuestions, Scores, ScoringModel, follow_up_questions
from quiz.scoring.scoring_model import Bools, Counts, Floats
from quiz.text.matcher import matcher_for


class ResultRows(NamedTuple):
    """The results of a chunk of rows, column by column. Numbers are rounded; NaN stands for null."""

    ids: list[str]
    evidence: list[str]
    mixes: list[list[str]]  # role ids, most covered first
    alternatives: list[list[str] | None]
    fits: Floats  # shape (rows,)
    unchanged: list[int]
    tried: list[int]
    follow_ups: list[FollowUpQuestions | None]
    numbers: Floats  # shape (rows, roles, 3): coverage, similarity, share
    texts: list[Mapping[str, float] | None]  # by role id


class ResultWriter(Protocol):
    """Writes results to a file."""

    def write(self, rows: ResultRows) -> None: ...


class JsonLinesWriter:
    """One line of JSON for each result: the same object that `export.match_object` gives for a match."""

    def __init__(self, target: BinaryIO, roles: Sequence[str]) -> None:
        self._target, self._roles = target, roles

    def write(self, rows: ResultRows) -> None:
        columns = (
            *rows[:4],
            rows.fits.tolist(),
            rows.unchanged,
            rows.tried,
            map(export.follow_up_object, rows.follow_ups),
            self._role_objects(rows.numbers),
            rows.texts,
        )
        for id, evidence, mix, alternative, fit, unchanged, tried, follow_up, roles, text in zip(*columns, strict=True):
            result = export.result_object(
                id=id,
                evidence=evidence,
                mix=mix,
                alternative=alternative,
                fit=fit,
                unchanged=unchanged,
                tried=tried,
                follow_up=follow_up,
                roles=roles,
                text=text,
            )
            # Written at once, so that its memory is free for the next one. orjson writes NaN as null.
            self._target.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))

    def _role_objects(self, numbers: Floats) -> Iterator[dict[str, dict[str, float]]]:
        coverages, similarities, shares = (numbers[:, :, n].tolist() for n in range(3))
        for row in zip(coverages, similarities, shares, strict=True):
            yield {
                role: {"coverage": coverage, "similarity": similarity, "share": share}
                for role, coverage, similarity, share in zip(self._roles, *row, strict=True)
            }


class CsvWriter:
    """A header, and one row for each result, with the columns and cells of `export.result_cells`.

    Only ids can contain any character. All other cells are numbers and ids of the bank, which need no quotes. So the
    numbers of a chunk are written by one call of orjson, several times faster than by `csv.writer`.
    """

    def __init__(self, target: TextIO, roles: Sequence[str]) -> None:
        self._target, self._roles = target, roles
        self._target.write(",".join(["id", *export.result_columns(roles)]) + "\n")

    def write(self, rows: ResultRows) -> None:
        columns = (
            map(_id_cell, rows.ids),
            rows.evidence,
            map(" ".join, rows.mixes),
            [" ".join(alternative or ()) for alternative in rows.alternatives],
            _number_cells(rows.fits[:, None]),
            rows.unchanged,
            rows.tried,
            map(export.follow_up_cell, rows.follow_ups),
            _number_cells(self._numbers(rows)),
        )
        self._target.writelines(
            f"{id},{evidence},{mix},{alternative},{fit},{unchanged} of {tried},{follow_up},{numbers}\n"
            for id, evidence, mix, alternative, fit, unchanged, tried, follow_up, numbers in zip(*columns, strict=True)
        )

    def _numbers(self, rows: ResultRows) -> Floats:
        """The numbers of all roles in the order of the columns, then the text similarities."""
        text_numbers = np.full((len(rows.ids), len(self._roles)), np.nan)
        for n, text in enumerate(rows.texts):
            if text is not None:
                text_numbers[n] = [round(value, export.DIGITS) for value in text.values()]
        return np.hstack([rows.numbers.reshape(len(rows.ids), -1), text_numbers])


def _id_cell(id: str) -> str:
    """The id in quotes, so that no spreadsheet splits it or reads it as a formula."""
    if id.isascii() and id.isalnum():  # most ids, quickly
        return id
    escaped = export.escape_formula(id).replace('"', '""')
    return f'"{escaped}"'


def _number_cells(numbers: Floats) -> list[str]:
    """For each row of an array its numbers with commas between them, nothing for NaN."""
    if not len(numbers):
        return []
    lists = orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY).replace(b"null", b"").decode()
    return lists.removeprefix("[[").removesuffix("]]").split("],[")


def result_rows(
    bank: Bank, model: ScoringModel, answer_rows: AnswerRows, scores: Scores, stability: tuple[Counts, Counts]
) -> ResultRows:
    """The results of a chunk, in order."""
    mixes, alternatives = _mixes(bank, scores)
    fits = np.where(scores.mix.any(axis=1), scores.fit, np.nan)
    coverage = np.where(scores.judged, scores.coverage, np.nan)
    similarity = np.where(scores.judged, scores.similarity, np.nan)
    numbers = np.stack([coverage, similarity, scores.share], axis=2)
    unchanged, tried = stability
    return ResultRows(
        ids=answer_rows.ids,
        evidence=[EVIDENCE[n] for n in scores.evidence.tolist()],
        mixes=mixes,
        alternatives=alternatives,
        fits=_rounded(fits),
        unchanged=unchanged.tolist(),
        tried=tried.tolist(),
        follow_ups=follow_up_questions(model, scores.coverage, scores.judged, scores.has_ranking),
        numbers=_rounded(numbers),
        texts=_text_similarities(bank, answer_rows.texts),
    )


def _rounded(numbers: Floats) -> Floats:
    rounded: Floats = np.round(numbers, export.DIGITS)
    return rounded


def _mixes(bank: Bank, scores: Scores) -> tuple[list[list[str]], list[list[str] | None]]:
    """The role ids of each row's mix, most covered first, and on a tie those of the alternative."""
    ranking = scores.ranking()
    ids = list(bank.role)
    mixes = _ranked_roles(ids, scores.mix, ranking)
    alternatives = _ranked_roles(ids, scores.alternative, ranking)
    return mixes, [alternative or None for alternative in alternatives]


def _ranked_roles(ids: Sequence[str], is_in_set: Bools, ranking: Counts) -> list[list[str]]:
    """For each row the ids of a set of roles, in the order of the ranking."""
    ranked_set = np.take_along_axis(is_in_set, ranking, axis=1)
    all_ids = [ids[role] for role in ranking[ranked_set].tolist()]
    ends = accumulate(ranked_set.sum(axis=1).tolist(), initial=0)
    return [all_ids[start:end] for start, end in pairwise(ends)]


def _text_similarities(bank: Bank, texts: Sequence[str]) -> list[Mapping[str, float] | None]:
    """For each text its similarity with every role, by role id; None if the text is blank."""
    similarities: list[Mapping[str, float] | None] = [None] * len(texts)
    numbers = [n for n, text in enumerate(texts) if text and not text.isspace()]
    if numbers:  # otherwise scikit-learn is not loaded
        matches = matcher_for(bank).match_all([texts[n] for n in numbers])
        for n, match in zip(numbers, matches, strict=True):
            similarities[n] = match.roles
    return similarities
