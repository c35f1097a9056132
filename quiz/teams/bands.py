"""The bands of a published round as small drawings, which an SVG template draws. No colours."""

from __future__ import annotations

from dataclasses import dataclass

from quiz.teams.anonymous import BAND_LABELS, COUNT_BANDS, FRACTION_BANDS, LOWEST_BANDS, Published

CIRCLE_RADIUS = 4
#: From the centre of one circle to the next; the height of the drawing.
_DISTANCE, HEIGHT = 12, 10


@dataclass(frozen=True)
class Band:
    """A band in words, and a circle for each band of its scale, filled up to this one.

    `circles` has the x of each centre and whether the circle is filled; lengths are in units of the drawing.
    """

    label: str
    is_lowest: bool
    circles: tuple[tuple[int, bool], ...]
    width: int
    height: int = HEIGHT
    radius: int = CIRCLE_RADIUS


def _scale(ids: tuple[str, ...]) -> dict[str, Band]:
    bands = {}
    for level, id in enumerate(ids):
        circles = tuple((_DISTANCE * n + HEIGHT // 2, n <= level) for n in range(len(ids)))
        bands[id] = Band(BAND_LABELS[id], id in LOWEST_BANDS, circles, width=_DISTANCE * (len(ids) - 1) + HEIGHT)
    return bands


_COUNTS, _FRACTIONS = _scale(COUNT_BANDS), _scale(FRACTION_BANDS)
#: Each band by its id.
BANDS = _COUNTS | _FRACTIONS


def band_scale(published: Published) -> tuple[Band, ...]:
    """The bands that a round of this size can have, lowest first."""
    return tuple((_FRACTIONS if published.is_large else _COUNTS).values())
