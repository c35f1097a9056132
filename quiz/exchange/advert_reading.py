"""What `quiz read` and `POST /api/read` give: what an advert asks for, as an object."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from quiz.bank import Bank
from quiz.exchange.export import DIGITS
from quiz.results.advert import MAX_ADVERT_CHARACTERS, Advert, read_advert

#: In UTF-8 one character can take four bytes.
_MAX_FILE_BYTES = 4 * MAX_ADVERT_CHARACTERS


class UnreadableFileError(Exception):
    """A file cannot be read as an advert. The message names it, and says what to do."""


def advert_object(advert: Advert) -> dict[str, Any]:
    """What an advert says as other programs get it, numbers rounded to `DIGITS` places."""
    marks = [
        {"start": mark.start, "end": mark.end, "role": mark.role, "responsibility": mark.responsibility}
        for mark in advert.marks
    ]
    return {
        "recognised": advert.recognised,
        "reason": advert.reason,
        "mix": list(advert.mix),
        "roles": _rounded(advert.roles),
        "responsibilities": _rounded(advert.responsibilities),
        "asked": list(advert.asked),
        "mentioned": list(advert.mentioned),
        "marks": marks,
    }


def read_files(bank: Bank, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """For each file the object of its advert, beginning with `file`. The name `-` is standard input.

    Raises
    ------
    UnreadableFileError
        At the first file that is no text, or longer than `MAX_ADVERT_CHARACTERS`. Those before it have been read.
    """
    for name in names:
        yield {"file": name, **advert_object(read_advert(bank, _read_text(name)))}


def _read_text(name: str) -> str:
    """The text of a file in UTF-8, with or without a byte-order mark."""
    title = "standard input" if name == "-" else name
    try:
        if name == "-":
            content = sys.stdin.buffer.read(_MAX_FILE_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UnreadableFileError(f"{title}: {error.strerror or error}") from error
    too_long = UnreadableFileError(f"{title}: is longer than {MAX_ADVERT_CHARACTERS:,} characters; shorten it")
    if len(content) > _MAX_FILE_BYTES:
        raise too_long
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(f"{title}:{line}: is not UTF-8 text; save it as plain text in UTF-8") from error
    if len(text) > MAX_ADVERT_CHARACTERS:
        raise too_long
    return text


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {id: round(value, DIGITS) for id, value in values.items()}
