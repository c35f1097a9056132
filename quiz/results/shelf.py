"""The geometry of the shelf: the bar of a mix on which the hats of its roles stand. An SVG template draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from quiz.bank import Role

WIDTH, HEIGHT = 640, 170
#: The bar: its upper edge, and the radius of its outer corners.
BAR_TOP, _CORNER_RADIUS = 124, 12
_GAP = 3
_MAX_HAT_SIZE, _MIN_HAT_SIZE = 132, 40
_HAT_SHARE_OF_PART = 0.72
#: The brim of a hat is this far below the upper edge of its drawing, in parts of its size: the hat stands on the bar.
_BRIM = 0.845
#: A part below this percentage has no room for its number.
MIN_LABELLED_PERCENT = 12
#: The shares of an example, by the number of its roles.
_EXAMPLE_PERCENTS = {1: (100,), 2: (60, 40), 3: (50, 30, 20)}


@dataclass(frozen=True)
class ShelfPart:
    """One part of the bar. Lengths are in units of the drawing.

    `role` is None for the roles that are not named; then there is no hat. `percent` is None if no number is shown.
    `is_tentative` marks a role that belongs to only one of two mixes of a tie.
    """

    role: Role | None
    percent: int | None
    path: str
    centre: float
    hat_size: float
    is_tentative: bool

    @property
    def hat_corner(self) -> tuple[float, float]:
        """The top left corner of the hat."""
        return round(self.centre - self.hat_size / 2, 1), round(BAR_TOP - _BRIM * self.hat_size, 1)


@dataclass(frozen=True)
class Shelf:
    """The parts from left to right."""

    parts: tuple[ShelfPart, ...]
    width: int = WIDTH
    height: int = HEIGHT


def shelf(
    shares: Sequence[tuple[Role | None, float]], *, tentative: Sequence[Role] = (), show_numbers: bool = True
) -> Shelf:
    """The shelf of a mix.

    Parameters
    ----------
    shares
        Roles and their percentages, from left to right; the percentages add up to 100. None: roles without a name.
    tentative
        Roles of the shares that belong to the mix only perhaps.
    show_numbers
        False if the parts stand for no percentages. One part alone never has a number.
    """
    percents = [percent for _, percent in shares]
    starts = [0, *accumulate(percents)]
    has_numbers = show_numbers and len(shares) > 1
    parts = []
    for number, (role, percent) in enumerate(shares):
        is_first, is_last = number == 0, number == len(shares) - 1
        left = WIDTH * starts[number] / 100 + (0 if is_first else _GAP)
        right = WIDTH * starts[number + 1] / 100
        parts.append(
            ShelfPart(
                role=role,
                percent=round(percent) if has_numbers and percent >= MIN_LABELLED_PERCENT else None,
                path=_part_path(left, right, is_first, is_last),
                centre=round((left + right) / 2, 1),
                hat_size=round(_hat_size(right - left), 1) if role else 0,
                is_tentative=role in tentative,
            )
        )
    return Shelf(tuple(parts))


def example_shelf(roles: Sequence[Role]) -> Shelf:
    """A shelf of made-up shares, which shows what a result looks like. `roles` are all roles of a bank."""
    shown = list(dict.fromkeys((roles[0], roles[len(roles) // 2], roles[-1])))
    return shelf(list(zip(shown, _EXAMPLE_PERCENTS[len(shown)], strict=True)))


def _hat_size(part_width: float) -> float:
    """Wide parts have large hats. A hat on a narrow part is as wide as the part, up to a recognisable size."""
    return min(_MAX_HAT_SIZE, max(_HAT_SHARE_OF_PART * part_width, min(_MIN_HAT_SIZE, part_width)))


def _part_path(left: float, right: float, is_first: bool, is_last: bool) -> str:
    """A rectangle of the bar, with round corners at the ends of the bar."""
    radius = min(_CORNER_RADIUS, (right - left) / 2)
    left_radius, right_radius = (radius if is_first else 0), (radius if is_last else 0)
    return (
        f"M{left + left_radius:g} {BAR_TOP}H{right - right_radius:g}{_corner(right_radius, right_radius)}"
        f"V{HEIGHT - right_radius:g}{_corner(-right_radius, right_radius)}"
        f"H{left + left_radius:g}{_corner(-left_radius, -left_radius)}"
        f"V{BAR_TOP + left_radius:g}{_corner(left_radius, -left_radius)}Z"
    )


def _corner(dx: float, dy: float) -> str:
    radius = abs(dx)
    return f"a{radius:g} {radius:g} 0 0 1 {dx:g} {dy:g}" if radius else ""
