"""How often people say that their result fits, and how often two results of one person agree.

Every person counts once: with the latest result for which they answered “Does this fit?”. Two takings are compared if
the second was finished at most `MAX_DAYS_BETWEEN` days after the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from datetime import date
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from quiz.admin.export_all import load_all
from quiz.bank import Bank
from quiz.exchange import export
from quiz.results.changes import compare_results
from quiz.results.feedback import FITS, MISSING, TOO_MUCH, Feedback
from quiz.scoring import ScoringModel
from quiz.storage import Response, Storage

#: Work changes little in two weeks, so two takings should agree.
MAX_DAYS_BETWEEN = 14
#: How sure it is that an interval contains the share that one would find with very many people.
CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True)
class FeedbackCount:
    """How many of how many people, or of how many pairs of takings.

    `role` is empty if the count is about all roles. `share` is `count / of`, with its interval from `low` to `high`.
    They are None if `of` is 0. A mean has no count and no interval.
    """

    measure: str
    role: str
    count: int | None
    of: int
    share: float | None
    low: float | None
    high: float | None


class _Taking(NamedTuple):
    """What is needed of a response. `finished` is a day, None before."""

    id: int
    earlier: int | None
    finished: str | None
    feedback: Feedback | None


def wilson_interval(count: int, of: int) -> tuple[float, float]:
    """The interval of a share, which is right also for few people and for shares near 0 and 1.

    Notes
    -----
    The score interval of Wilson, "Probable inference, the law of succession, and statistical inference" (1927).

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(16, 20)], [round(end, 3) for end in wilson_interval(0, 5)]
    ([0.584, 0.919], [0.0, 0.434])
    """
    share = count / of
    squared = _Z**2 / of
    middle = (share + squared / 2) / (1 + squared)
    half_width = _Z * sqrt(share * (1 - share) / of + squared / (4 * of)) / (1 + squared)
    # Rounded, so that the ends of the scale are exactly 0 and 1.
    return round(middle - half_width, 12), round(middle + half_width, 12)


def feedback_counts(bank: Bank, model: ScoringModel, storage: Storage) -> list[FeedbackCount]:
    """All counts, always in the same order.

    - `answered`: people who answered, of those who have a result.
    - `yes`, `partly`, `no`: of those who answered; then for each role of those whose result named it.
    - `too-much`: of those whose result named the role. `missing`: of those whose result did not name it.
    - `same-mix`: pairs of takings with the same mix. `mean-jaccard`: how much of the mixes is in both, on average.
    """
    takings = {
        response.id: _Taking(response.id, response.earlier, response.finished, response.feedback)
        for response in load_all(storage)
    }
    people = _takings_by_person(takings)
    answers = [feedback for own in people if (feedback := _latest_feedback(own))]
    counts = [_count("answered", "", len(answers), len(people))]
    counts += _fits_counts("", answers)
    for role in bank.role:
        named = [feedback for feedback in answers if role in feedback.named_roles]
        counts += _fits_counts(role, named)
        counts.append(_verdict_count(TOO_MUCH, role, named))
        not_named = [feedback for feedback in answers if role not in feedback.named_roles]
        counts.append(_verdict_count(MISSING, role, not_named))
    return counts + _agreement_counts(list(_mix_pairs(bank, model, storage, takings)))


def lines(counts: Sequence[FeedbackCount], *, format: str) -> Iterator[str]:
    """The counts as lines of a file: `csv` or `jsonl`."""
    if format == "jsonl":
        yield from (json.dumps(asdict(count)) + "\n" for count in counts)
        return
    yield export.csv_file([[field.name for field in fields(FeedbackCount)]])
    for count in counts:
        yield export.to_csv([["" if value is None else str(value) for value in astuple(count)]])


def _takings_by_person(takings: Mapping[int, _Taking]) -> list[list[_Taking]]:
    """The finished takings of each person, first to last. Takings belong together if one repeats the other.

    Of takings that were finished on one day, the one that repeats the others is the last.
    """
    people: dict[int, list[tuple[str, int, _Taking]]] = {}
    for taking in takings.values():
        first, repeats = taking, 0
        while first.earlier is not None and first.earlier in takings:
            first, repeats = takings[first.earlier], repeats + 1
        if taking.finished:
            people.setdefault(first.id, []).append((taking.finished, repeats, taking))
    return [[taking for *_, taking in sorted(own, key=lambda each: each[:2])] for own in people.values()]


def _latest_feedback(own: Sequence[_Taking]) -> Feedback | None:
    given = [taking.feedback for taking in own if taking.feedback]
    return given[-1] if given else None


def _count(measure: str, role: str, count: int, of: int) -> FeedbackCount:
    if not of:
        return FeedbackCount(measure, role, count, of, None, None, None)
    low, high = wilson_interval(count, of)
    return FeedbackCount(measure, role, count, of, _rounded(count / of), _rounded(low), _rounded(high))


def _rounded(value: float) -> float:
    return round(value, export.DIGITS)


def _fits_counts(role: str, answers: Sequence[Feedback]) -> list[FeedbackCount]:
    return [_count(fits, role, sum(each.fits == fits for each in answers), len(answers)) for fits in FITS]


def _verdict_count(verdict: str, role: str, answers: Sequence[Feedback]) -> FeedbackCount:
    return _count(verdict, role, sum(each.roles.get(role) == verdict for each in answers), len(answers))


def _agreement_counts(pairs: Sequence[tuple[frozenset[str], frozenset[str]]]) -> list[FeedbackCount]:
    same = _count("same-mix", "", sum(before == after for before, after in pairs), len(pairs))
    overlaps = [_jaccard(before, after) for before, after in pairs]
    mean = _rounded(sum(overlaps) / len(overlaps)) if overlaps else None
    return [same, FeedbackCount("mean-jaccard", "", None, len(pairs), mean, None, None)]


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """The roles in both, divided by the roles in one of them; 1 for two results that name no role."""
    return len(one & other) / len(one | other) if one | other else 1.0


def _mix_pairs(
    bank: Bank, model: ScoringModel, storage: Storage, takings: Mapping[int, _Taking]
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """The mixes of two takings that were finished soon after each other, compared as the page of changes does.

    Pairs of which one has too few answers, or too little work to name a role, are left out.
    """
    pairs = [(taking.earlier, taking.id) for taking in takings.values() if _is_soon_after_earlier(taking, takings)]
    wanted = {id for pair in pairs for id in pair}
    # Read again: the answers of all responses may be too many for the memory.
    responses: dict[int | None, Response] = {each.id: each for each in load_all(storage) if each.id in wanted}
    for earlier, later in pairs:
        if earlier not in responses or later not in responses:
            continue  # deleted since
        before, after = responses[earlier], responses[later]
        comparison = compare_results(
            bank,
            model,
            before.answers,
            after.answers,
            follow_ups_before=before.follow_ups,
            follow_ups_after=after.follow_ups,
        )
        if comparison.verdict != "unknown":
            yield frozenset(comparison.before.mix), frozenset(comparison.after.mix)


def _is_soon_after_earlier(taking: _Taking, takings: Mapping[int, _Taking]) -> bool:
    earlier = takings.get(taking.earlier) if taking.earlier else None
    if earlier is None or not (earlier.finished and taking.finished):
        return False
    days = date.fromisoformat(taking.finished) - date.fromisoformat(earlier.finished)
    return abs(days.days) <= MAX_DAYS_BETWEEN
