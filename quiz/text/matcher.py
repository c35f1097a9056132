"""Free text: which roles and responsibilities a person's own words sound like.

Each responsibility has a vocabulary in the bank. A text is compared with it by TF-IDF weights and cosine similarity.
Only this module knows scikit-learn, which costs a second and much memory: it is imported when the first text arrives.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quiz.bank import Bank
from quiz.text.tokenizer import Token, features, stems, tokens

# A text is recognised where the best similarity, times the root of the share of its words that are known, reaches
# ENOUGH: among the people of tests/personas the strongest about other work has 0.037, the weakest about a role 0.058.
ENOUGH = 0.045
FEWEST = 3  # words and phrases in common with the vocabularies: one or two can be chance

_PUNCTUATION = re.compile(r"[^\w\s/'’-]")


@dataclass(frozen=True)
class Reading:
    """What a text sounds like: cosine similarities, 0 to 1, with every role and every responsibility by id.

    `recognised` is False where the text has too little in common with any role to say anything: other work, another
    language, a word or two. Similarities may be above 0 even then; they must not be shown as a match.
    """

    roles: dict[str, float]
    responsibilities: dict[str, float]
    recognised: bool


@dataclass(frozen=True)
class Mark:
    """A stretch of a text, `text[start:end]`, that speaks for one role; `weight` says how strongly."""

    start: int
    end: int
    role: str
    weight: float


class Words:
    """The vocabularies of one bank, ready to read texts. Making it imports scikit-learn: `of` does that once.

    Attributes
    ----------
    vectoriser : sklearn.feature_extraction.text.TfidfVectorizer
        Turns lists of stems (`quiz.text.tokenizer.stems`) into TF-IDF vectors of length 1.
    matrix : ndarray, shape (roles + responsibilities, features)
        The vocabularies as vectors of length 1, in the bank's order.
    """

    def __init__(self, bank: Bank) -> None:
        from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
        from sklearn.preprocessing import normalize

        # Where nobody has written words yet, the question itself is better than nothing.
        documents = {
            r.id: stems("\n".join(r.vocabulary or (r.name, r.question, r.hint))) for r in bank.responsibility.values()
        }
        roles = [[stem for r in role.responsibilities for stem in ("", *documents[r.id])] for role in bank.roles]
        # Rarity is counted over roles, not responsibilities: what neighbours share says little, however often it is
        # said within one role. In a text, the tenth time that a word stands adds little to the second: sublinear.
        self.vectoriser = TfidfVectorizer(analyzer=features, sublinear_tf=True).fit(roles)
        # Two words together say more than each alone.
        self.vectoriser.idf_ *= [2 if " " in name else 1 for name in self.vectoriser.get_feature_names_out()]
        # In a vocabulary, a word that comes back in many phrases is the heart of the work: less damped than in a text.
        counts = CountVectorizer(analyzer=features, vocabulary=self.vectoriser.vocabulary_).transform(
            documents.values()
        )
        parts = normalize(counts.sqrt().toarray() * self.vectoriser.idf_)
        # A role is the sum of its responsibilities, each counting the same however many words it has.
        owned = np.array(
            [[r.role == role.id for r in bank.responsibility.values()] for role in bank.roles], dtype=float
        )
        self.matrix: NDArray[np.float64] = np.vstack([normalize(owned @ parts), parts])
        self._weights = np.ascontiguousarray(self.matrix.T)
        self._columns: dict[str, int] = self.vectoriser.vocabulary_
        self._roles = [role.id for role in bank.roles]
        self._responsibilities = list(documents)

    def read(self, text: str) -> Reading:
        """What `text` sounds like."""
        return self.read_all([text])[0]

    def read_all(self, texts: Sequence[str]) -> list[Reading]:
        """What each of `texts` sounds like, in order. Many at once cost less than one by one."""
        documents = [stems(text) for text in texts]
        if not documents:
            return []
        vectors: Any = self.vectoriser.transform(documents)
        similarities = np.minimum(vectors @ self._weights, 1.0).tolist()
        common = np.diff(vectors.indptr).tolist()
        return [self._reading(*each) for each in zip(documents, similarities, common, strict=True)]

    def _reading(self, words: list[str], similarities: list[float], common: int) -> Reading:
        roles = dict(zip(self._roles, similarities, strict=False))
        responsibilities = dict(zip(self._responsibilities, similarities[len(roles) :], strict=True))
        known = sum(word in self._columns for word in words) / (len(words) - words.count("") or 1)
        recognised = common >= FEWEST and max(roles.values()) * known**0.5 >= ENOUGH
        return Reading(roles, responsibilities, recognised)

    def marks(self, text: str) -> tuple[Mark, ...]:
        """The stretches of `text` that speak clearly for one role, in order, never overlapping.

        A word that speaks for another role more than half as strongly stays unmarked: it tells nothing.
        """
        words = list(tokens(text))
        pull = np.zeros((len(words), len(self._roles)))
        for feature, places in _places(words):
            if (column := self._columns.get(feature)) is not None:
                weight = self.vectoriser.idf_[column] * self._weights[column, : len(self._roles)]
                pull[list(places)] += weight / len(places)
        found: list[Mark] = []
        for place, (word, row) in enumerate(zip(words, pull, strict=True)):
            best = int(row.argmax())
            if row[best] == 0 or np.delete(row, best).max(initial=0) > row[best] / 2:
                continue
            mark = Mark(word.start, word.end, self._roles[best], float(row[best]))
            last = found[-1] if found else None
            touching = last is not None and last.role == mark.role and last.end == words[place - 1].end
            if last and touching and not _PUNCTUATION.search(text, last.end, mark.start):
                found[-1] = Mark(last.start, mark.end, mark.role, last.weight + mark.weight)
            else:
                found.append(mark)
        return tuple(found)


def carriers(text: str, marks: Sequence[Mark], most: int = 5) -> dict[str, tuple[str, ...]]:
    """The marked words of `text`, in lower case, that speak most strongly for each role; strongest first."""
    weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for mark in marks:
        weights[mark.role][" ".join(text[mark.start : mark.end].lower().split())] += mark.weight
    return {role: tuple(sorted(found, key=lambda w: (-found[w], w))[:most]) for role, found in weights.items()}


_lock = threading.Lock()
_latest: list[tuple[Bank, Words]] = []


def of(bank: Bank) -> Words:
    """The `Words` of `bank`, made when first asked for and kept until another bank is asked for."""
    with _lock:  # two threads with the first text would both fit
        if not _latest or _latest[0][0] is not bank:
            _latest[:] = [(bank, Words(bank))]
        return _latest[0][1]


def _places(words: Sequence[Token]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each feature of `words` with the places that it comes from."""
    for place, word in enumerate(words):
        alone, pair = [word.stem], [w.stem for w in words[place : place + 2]]
        for feature in features(alone):
            yield feature, (place,)
        for feature in features(pair):
            if " " in feature:
                yield feature, (place, place + 1)
