"""Compares a free text with the bank: which roles and responsibilities it is about.

Each responsibility has a vocabulary in the bank, and so has the work that the quiz does not ask about. A text is
compared with them by TF-IDF weights and cosine similarity. Phrases that say as much about all work of a role, such as
programming languages, count for the role only.
Only this module uses scikit-learn. Importing it takes a second and much memory, so it is imported with the first text.
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
from quiz.text.tokenizer import Token, features, is_specific, pair_feature, specific_words, stems, tokens
from quiz.text.vocabulary import responsibility_stems, role_stems

Floats = NDArray[np.float64]

# A text is recognised if its `TextMatch.strength` is at least this. Of the texts of tests/personas, the strongest about
# other work has 0.0411, and the weakest about a role 0.0446; one about other work has 0.0446, but is known as such.
# tests/text/test_threshold.py checks these figures; `python -m benchmarks.personas` prints the closest texts.
MIN_STRENGTH = 0.043
# A text that is mostly about other work is not recognised: the most similar role must have at least this share of the
# similarity of the other work. People who lead and also do the work of a role write about both.
MIN_SHARE_OF_OTHER_WORK = 0.35
# Words and phrases that a recognised text has in common with the vocabularies: one or two can be chance.
MIN_COMMON_FEATURES = 3
# In a text, two words next to each other count more than each of them alone.
PHRASE_WEIGHT = 2
# A word that belongs to another role more than this times as strongly says too little about one role to be highlighted.
MAX_RIVAL_RATIO = 0.5

# The only word of a bank whose vocabularies have none. No text contains it.
_NO_WORD = "\0"
_PUNCTUATION = re.compile(r"[^\w\s/'’-]")


@dataclass(frozen=True)
class TextMatch:
    """How similar a text is to every role and every responsibility.

    Attributes
    ----------
    roles, responsibilities : dict of str to float
        Cosine similarity by id, 0 to 1.
    strength : float
        The similarity with the most similar role times the square root of the share of the text's words that the
        vocabularies know, 0 to 1. Everyday words do not count. At least MIN_STRENGTH in a recognised text.
    recognised : bool
        False if the text has too little in common with every role: other work, another language, a word or two.
        Similarities can be above 0 even then; they must not be shown as a match.
    other_work : tuple of str
        The ids of the work outside the roles (`Bank.other_work`) that the text is about, the most similar first. If
        the text is mostly about one, it is not recognised.
    """

    roles: dict[str, float]
    responsibilities: dict[str, float]
    strength: float
    recognised: bool
    other_work: tuple[str, ...] = ()


@dataclass(frozen=True)
class HighlightedPhrase:
    """A part of a text, `text[start:end]`, that is typical of one role; `weight` says how much.

    `responsibility` is the one of the role for which its words speak most.
    """

    start: int
    end: int
    role: str
    weight: float
    responsibility: str


class TextMatcher:
    """The vocabularies of one bank, ready to be compared with texts.

    Creating one imports scikit-learn and takes a second; `matcher_for` does that once for each bank.

    Attributes
    ----------
    vectoriser : sklearn.feature_extraction.text.TfidfVectorizer
        Turns lists of stems (`quiz.text.tokenizer.stems`) into TF-IDF vectors of length 1.
    matrix : ndarray, shape (roles + responsibilities + other work, features)
        The vocabularies as vectors of length 1, in the bank's order.
    """

    def __init__(self, bank: Bank) -> None:
        documents = role_stems(bank)
        other_documents = [stems("\n".join(work.vocabulary)) for work in bank.other_work]
        self.vectoriser = _fitted_vectoriser(bank, documents, other_documents)
        own_vectors = _vectors(self.vectoriser, [*responsibility_stems(bank).values(), *other_documents])
        all_vectors = _vectors(self.vectoriser, list(documents.values()))
        role_vectors = _role_vectors(bank, all_vectors)
        self.matrix: Floats = np.vstack([role_vectors, own_vectors])
        self._weights = np.ascontiguousarray(self.matrix.T)
        # A marked word that only the role vocabulary has still stands next to one responsibility more than to others.
        marking_vectors = own_vectors.copy()
        marking_vectors[: len(all_vectors)] += all_vectors
        self._marking_weights = np.vstack([role_vectors, marking_vectors]).T
        self._columns: dict[str, int] = self.vectoriser.vocabulary_
        self._roles = [role.id for role in bank.roles]
        self._responsibilities = list(bank.responsibility)
        self._other_work = [work.id for work in bank.other_work]
        self._role_of_responsibility = [self._roles.index(item.role) for item in bank.responsibility.values()]
        is_of_role = self.matrix[: len(self._roles)].sum(axis=0) > 0
        self._role_features = frozenset(feature for feature, column in self._columns.items() if is_of_role[column])

    def match(self, text: str) -> TextMatch:
        """How similar `text` is to each role and responsibility."""
        return self.match_all([text])[0]

    def match_all(self, texts: Sequence[str]) -> list[TextMatch]:
        """The same for each of `texts`, in order. Many at once cost less than one by one."""
        return self.match_stems([stems(text) for text in texts])

    def match_stems(self, documents: Sequence[list[str]]) -> list[TextMatch]:
        """The same for texts of which the stems are known already (`quiz.text.tokenizer.stems`)."""
        if not documents:
            return []
        vectors: Any = self.vectoriser.transform(documents)
        similarities = np.minimum(vectors @ self._weights, 1.0).tolist()
        common_features = np.diff(vectors.indptr).tolist()
        return [
            self._text_match(words, values, common)
            for words, values, common in zip(documents, similarities, common_features, strict=True)
        ]

    def work_weight(self, stems: Sequence[str]) -> float:
        """How many of these words, and twice how many of their pairs, are in the vocabulary of a role."""
        common = self._role_features.intersection(features(stems))
        return sum(PHRASE_WEIGHT if " " in feature else 1 for feature in common)

    def _text_match(self, words: list[str], similarities: list[float], common_features: int) -> TextMatch:
        """The match of one text, from its stems and its similarities with the rows of `matrix`."""
        first_other = len(self._roles) + len(self._responsibilities)
        roles = dict(zip(self._roles, similarities, strict=False))
        responsibilities = dict(zip(self._responsibilities, similarities[len(roles) : first_other], strict=True))
        other_work = dict(zip(self._other_work, similarities[first_other:], strict=True))
        all_words = specific_words(words)
        known_words = sum(word in self._columns for word in all_words)
        known_share = known_words / (len(all_words) or 1)
        has_enough_words = common_features >= MIN_COMMON_FEATURES
        highest_similarity = max(roles.values())
        strength = highest_similarity * known_share**0.5
        clear_other_work = [
            id
            for id, similarity in sorted(other_work.items(), key=lambda item: -item[1])
            if has_enough_words and similarity * known_share**0.5 >= MIN_STRENGTH
        ]
        is_about_a_role = highest_similarity >= MIN_SHARE_OF_OTHER_WORK * max(other_work.values(), default=0)
        recognised = has_enough_words and strength >= MIN_STRENGTH and is_about_a_role
        return TextMatch(roles, responsibilities, strength, recognised, tuple(clear_other_work))

    def highlights(self, text: str) -> tuple[HighlightedPhrase, ...]:
        """The parts of `text` that are typical of one role, in order, never overlapping."""
        return self.highlight_tokens(text, list(tokens(text)))

    def highlight_tokens(self, text: str, words: Sequence[Token]) -> tuple[HighlightedPhrase, ...]:
        """The same for those `words` of `text` only."""
        if not words:
            return ()
        weights = self._word_weights(words)
        role_count, item_count = len(self._roles), len(self._responsibilities)
        rivals = np.delete(weights, np.s_[role_count : role_count + item_count], axis=1)
        strongest, second = _two_highest(rivals)
        roles = rivals.argmax(axis=1)
        is_typical = (roles < role_count) & (strongest > 0) & (second <= strongest * MAX_RIVAL_RATIO)
        item_weights = weights[:, role_count : role_count + item_count]

        phrases: list[_Phrase] = []
        previous_position = -1
        for position in np.flatnonzero(is_typical).tolist():
            word, role = words[position], int(roles[position])
            last = phrases[-1] if phrases else None
            follows = last is not None and last.role == role and position == previous_position + 1
            if last and follows and not _PUNCTUATION.search(text, last.end, word.start):
                last.extend(word.end, float(strongest[position]), item_weights[position])
            else:
                phrases.append(_Phrase(word.start, word.end, role, float(strongest[position]), item_weights[position]))
            previous_position = position
        return tuple(self._highlighted_phrase(phrase) for phrase in phrases)

    def _highlighted_phrase(self, phrase: _Phrase) -> HighlightedPhrase:
        of_role = np.equal(self._role_of_responsibility, phrase.role)
        responsibility = int(np.where(of_role, phrase.item_weights, -1).argmax())
        return HighlightedPhrase(
            phrase.start, phrase.end, self._roles[phrase.role], phrase.weight, self._responsibilities[responsibility]
        )

    def _word_weights(self, words: Sequence[Token]) -> Floats:
        """How much each word adds to the similarity with each row of `matrix`, as a row for each word.

        The weight of a pair is divided between its words.
        """
        positions: list[int] = []
        columns: list[int] = []
        shares: list[float] = []
        for feature, feature_positions in _feature_positions(words):
            column = self._columns.get(feature)
            if column is not None:
                positions += feature_positions
                columns += [column] * len(feature_positions)
                shares += [1 / len(feature_positions)] * len(feature_positions)
        word_weights = np.zeros((len(words), len(self.matrix)))
        feature_weights = (self.vectoriser.idf_[columns] * shares)[:, None] * self._marking_weights[columns]
        np.add.at(word_weights, positions, feature_weights)
        return word_weights


class _Phrase:
    """A highlighted phrase while words are added to it."""

    def __init__(self, start: int, end: int, role: int, weight: float, item_weights: Floats) -> None:
        self.start, self.end, self.role, self.weight, self.item_weights = start, end, role, weight, item_weights

    def extend(self, end: int, weight: float, item_weights: Floats) -> None:
        self.end, self.weight = end, self.weight + weight
        self.item_weights = self.item_weights + item_weights


def _two_highest(values: Floats) -> tuple[Floats, Floats]:
    """The highest and the second highest value of each row; the second is 0 if there is one column only."""
    if values.shape[1] == 1:
        return values[:, 0], np.zeros(len(values))
    ordered = np.partition(values, -2, axis=1)
    return ordered[:, -1], ordered[:, -2]


def strongest_phrases(text: str, highlights: Sequence[HighlightedPhrase], limit: int = 5) -> dict[str, tuple[str, ...]]:
    """By role id the highlighted phrases of `text` with the most weight, in lower case, the strongest first."""
    weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for phrase in highlights:
        words = " ".join(text[phrase.start : phrase.end].lower().split())
        weights[phrase.role][words] += phrase.weight
    strongest: dict[str, tuple[str, ...]] = {}
    for role, weight_of in weights.items():
        by_weight = sorted(weight_of, key=lambda words: (-weight_of[words], words))
        strongest[role] = tuple(by_weight[:limit])
    return strongest


_lock = threading.Lock()
_latest: list[tuple[Bank, TextMatcher]] = []


def matcher_for(bank: Bank) -> TextMatcher:
    """The `TextMatcher` of `bank`, created with the first call and stored until this is called with another bank."""
    with _lock:  # otherwise two threads with the first texts would both create one
        if not _latest or _latest[0][0] is not bank:
            _latest[:] = [(bank, TextMatcher(bank))]
        return _latest[0][1]


def _fitted_vectoriser(bank: Bank, item_documents: dict[str, list[str]], other_documents: list[list[str]]) -> Any:
    """The vectoriser with the features of all vocabularies and their weights."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    # Document frequency is counted over roles, not responsibilities: a word that two responsibilities of one role
    # share is still typical of that role.
    role_documents = []
    for role in bank.roles:
        words: list[str] = []
        for item in role.responsibilities:
            words += ["", *item_documents[item.id]]
        role_documents.append(words)
    documents = role_documents + other_documents
    if not any(map(features, documents)):
        documents = [[_NO_WORD]]  # scikit-learn needs a feature
    # Sublinear: in a text, the tenth occurrence of a word adds little to the second.
    vectoriser = TfidfVectorizer(analyzer=features, sublinear_tf=True).fit(documents)
    names = vectoriser.get_feature_names_out()
    vectoriser.idf_ *= [PHRASE_WEIGHT if " " in name else 1 for name in names]
    return vectoriser


def _vectors(vectoriser: Any, documents: list[list[str]]) -> Floats:
    """The vector of each vocabulary, of length 1."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.preprocessing import normalize

    # In a vocabulary, a word that occurs in many phrases is central to the work. The square root reduces such counts
    # less than the logarithm that is used for texts.
    counter = CountVectorizer(analyzer=features, vocabulary=vectoriser.vocabulary_)
    vectors: Floats = normalize(counter.transform(documents).sqrt().toarray() * vectoriser.idf_)
    return vectors


def _role_vectors(bank: Bank, responsibility_vectors: Floats) -> Floats:
    """The vector of each role, of length 1, from those of all responsibilities."""
    from sklearn.preprocessing import normalize

    # The sum of the vectors of its responsibilities, so each counts the same however large its vocabulary is.
    items = bank.responsibility.values()
    belongs = np.array([[item.role == role.id for item in items] for role in bank.roles], dtype=float)
    vectors: Floats = normalize(belongs @ responsibility_vectors)
    return vectors


def _feature_positions(words: Sequence[Token]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each feature of `words` (`quiz.text.tokenizer.features`) with the positions of the words that it is made of."""
    previous = ""
    for position, word in enumerate(words):
        if is_specific(word.stem):
            yield word.stem, (position,)
        if previous and word.stem:
            yield pair_feature(previous, word.stem), (position - 1, position)
        previous = word.stem
