"""The geometry of dials: small round drawings of how much somebody does. An SVG template draws them. No colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Literal

from quiz.bank import AnswerOption

#: The sizes of the dial of a role and of the dial of an answer.
ROLE_DIAL_SIZE, ANSWER_DIAL_SIZE = 28, 20
_RING_OUTER, _RING_INNER, _MIDDLE = 13.0, 9.0, 6.0
_ANSWER_RADIUS = 9.0


@dataclass(frozen=True)
class Dial:
    """A drawing as wide and high as `size`; lengths are in units of the drawing.

    `sign` is a dot for nothing, a dashed ring for what is not known, or the `parts`: the paths of at most two sectors,
    each with whether it is filled. `middle` is the radius of the disc in the middle, 0 if there is none.
    """

    size: int
    sign: Literal["nothing", "unknown", "parts"]
    parts: tuple[tuple[str, bool], ...] = ()
    middle: float = 0


def role_dial(percent: int | None, *, in_mix: bool) -> Dial:
    """The dial of a role: a ring that is filled up to the coverage, clockwise from the top.

    Parameters
    ----------
    percent
        The coverage in whole percent; None if too few of the role's questions were answered.
    in_mix
        Whether the person combines the role: the middle is filled.
    """
    middle = _MIDDLE if in_mix else 0
    if percent is None:
        return Dial(ROLE_DIAL_SIZE, "unknown", middle=middle)
    if percent == 0:
        return Dial(ROLE_DIAL_SIZE, "nothing", middle=middle)
    return Dial(ROLE_DIAL_SIZE, "parts", _parts(ROLE_DIAL_SIZE, _RING_OUTER, _RING_INNER, percent / 100), middle)


def answer_dial(option: AnswerOption, scale: Sequence[AnswerOption]) -> Dial:
    """The dial of an answer: a disc that is filled by one step for each answer of the scale above the lowest."""
    if option.level is None:
        return Dial(ANSWER_DIAL_SIZE, "unknown")
    step = scale.index(option)
    if step == 0:
        return Dial(ANSWER_DIAL_SIZE, "nothing")
    return Dial(ANSWER_DIAL_SIZE, "parts", _parts(ANSWER_DIAL_SIZE, _ANSWER_RADIUS, 0, step / (len(scale) - 1)))


def _parts(size: int, outer: float, inner: float, filled: float) -> tuple[tuple[str, bool], ...]:
    """The filled part of a ring or disc, and the rest if there is one."""
    parts = [(_sector(size, outer, inner, 0, filled), True)]
    if filled < 1:
        parts.append((_sector(size, outer, inner, filled, 1), False))
    return tuple(parts)


def _sector(size: int, outer: float, inner: float, start: float, end: float) -> str:
    """A sector of a ring, or of a disc if `inner` is 0, between two parts of the whole turn."""
    if end - start == 1:  # one arc cannot end where it begins
        middle = (start + end) / 2
        return _sector(size, outer, inner, start, middle) + _sector(size, outer, inner, middle, end)
    is_large = int(end - start > 0.5)
    path = f"M{_point(size, outer, start)}A{outer:g} {outer:g} 0 {is_large} 1 {_point(size, outer, end)}"
    if inner == 0:
        return f"{path}L{_point(size, 0, 0)}Z"
    return f"{path}L{_point(size, inner, end)}A{inner:g} {inner:g} 0 {is_large} 0 {_point(size, inner, start)}Z"


def _point(size: int, radius: float, turn: float) -> str:
    """The point at a part of the whole turn, clockwise from the top."""
    angle = 2 * pi * turn
    return f"{size / 2 + radius * sin(angle):.2f} {size / 2 - radius * cos(angle):.2f}"
