"""The time to read a job advert, compared with what scikit-learn needs for the same words."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.table import Row, compare
from quiz.bank import load
from quiz.config import paths
from quiz.results.advert import read_advert
from quiz.text.matcher import matcher_for
from quiz.text.tokenizer import stems

ADVERT_CHARACTERS = 5000
_WORK = "• You build {}, agree with colleagues what is needed, and keep it working when sources change.\n"
_BENEFITS = "What we offer\n• 30 days of vacation, a pension and flexible working hours\n• A competitive salary\n"


def advert(rounds: int = 15) -> Iterator[Row]:
    """One advert of 5,000 characters: its roles, what it asks for, and the marks in its text."""
    bank = load(paths.project_folder("questions"))
    matcher = matcher_for(bank)
    phrases = [phrase for item in bank.responsibility.values() for phrase in item.vocabulary[:6]]
    text = "".join(_WORK.format(phrase) for phrase in phrases)[: ADVERT_CHARACTERS - len(_BENEFITS)] + _BENEFITS
    weights = matcher.matrix.T

    def floor() -> object:
        return matcher.vectoriser.transform([stems(text)]) @ weights

    yield compare(
        "job advert of 5,000 characters",
        lambda: read_advert(bank, text),
        floor,
        floor_name="scikit-learn's transform and the cosines",
        target=2,
        rounds=rounds,
    )
