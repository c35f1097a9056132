"""The names of people in an open team: when two are the same, and when they only look alike."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

#: Letters that look like Latin ones, in lower or in upper case: Cyrillic, Greek, others. I and l are the same here.
_LOOK_ALIKES = (
    str.maketrans("аеорсхуіјѕһԁԛԝвкмнт", "aeopcxyljshdqwbkmht")
    | str.maketrans("αβεικμνορτυχηζ", "abelkmvoptyxnz")
    | str.maketrans("01|iıøłđ", "ollllold")
)


def name_key(name: str) -> str:
    """The same for two names that are equal after NFKC and case folding, with single spaces.

    >>> name_key("ADA  Lovelace") == name_key("Ａda Lovelace"), name_key("Ada") == name_key("Adá")
    (True, False)
    """
    # Case folding can undo NFKC, so NFKC comes before and after.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split())


def look_alike_key(name: str) -> str:
    """The same for two names that a reader could take for each other.

    Diacritics, spaces, punctuation and characters without a shape do not count; letters that look the same do. Only the
    common look-alikes are known.

    >>> look_alike_key("Ada") == look_alike_key("А\\u200bdá"), look_alike_key("Ada") == look_alike_key("Ida")
    (True, False)
    """
    decomposed = unicodedata.normalize("NFKD", name_key(name)).translate(_LOOK_ALIKES)
    letters = [character for character in decomposed if unicodedata.category(character)[0] in "LNS"]
    return "".join(letters)


def marks(names: Sequence[str]) -> list[int | None]:
    """For each name its number among those that look like it, from 1; None if no other name does.

    >>> marks(["Ada", "Bo", "Áda"])
    [1, None, 2]
    """
    keys = [look_alike_key(name) for name in names]
    counts = Counter(keys)
    used: Counter[str] = Counter()
    numbers: list[int | None] = []
    for key in keys:
        used[key] += 1
        numbers.append(used[key] if counts[key] > 1 else None)
    return numbers
