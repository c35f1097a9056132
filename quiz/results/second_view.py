"""The comparison of what a person says about their work with what a second view sees of it.

It is computed from two frozen answer sheets and the priorities, and from nothing else. It is never averaged, and no
result uses it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from quiz.bank import AnswerOption, Bank, Responsibility
from quiz.results.goals import MIN_REGULAR_LEVEL

#: A difference of fewer points of the scale is ordinary: two people rarely choose the same answer.
MIN_DIFFERENCE_STEPS = 2
#: An answer of at most this level means that the work is hardly done.
MAX_HARDLY_LEVEL = 0.2

#: Lengths of the drawing of a scale, in its units. The place for “cannot see” is apart from the scale, at its left.
_STEP_WIDTH = 40
_SKIP_GAP = 84
_MARGIN = 14

Kind = Literal["not-seen", "seen-less", "seen-more", "alike", "unknown"]


class Mark(NamedTuple):
    """The place of one answer in the drawing of a scale, in its units; `is_known` is False for `skip`."""

    x: float
    is_known: bool


class ScaleDrawing(NamedTuple):
    """Two marks on the scale of one responsibility. `ticks` are the places of the answers, from least to most.

    `line` is the part of the scale between the two marks, None if there is nothing between them.
    """

    width: float
    ticks: tuple[float, ...]
    own: Mark
    seen: Mark
    line: tuple[float, float] | None


@dataclass(frozen=True)
class SecondViewRow:
    """One responsibility: how often the owner says it is done, and how often the viewer sees it.

    `own` and `seen` are `skip` without an answer; `seen` has the texts for viewers. `is_priority` says whether it is
    among what matters most. `steps` is by how many points of the scale the viewer sees more or, below zero, less; None
    if one of the two is `skip`. See `compare_views` for the kinds.
    """

    responsibility: Responsibility
    own: AnswerOption
    seen: AnswerOption
    is_priority: bool
    steps: int | None
    kind: Kind
    drawing: ScaleDrawing

    @property
    def is_difference(self) -> bool:
        """Whether the two see this work differently by more than an ordinary step."""
        return self.kind in ("not-seen", "seen-less", "seen-more")

    @property
    def is_seen_never(self) -> bool:
        """Whether the viewer says never, which is not the same as being unable to see it."""
        return self.seen.level == 0


@dataclass(frozen=True)
class SecondViewComparison:
    """A second view next to the answers of the owner; all groups are in the order of `rows`.

    `rows` has every responsibility: the differences first, the greatest at the top, then the others in the order of the
    bank. `owner_name` and `viewer_name` are how the two call each other.
    """

    owner_name: str
    viewer_name: str
    rows: tuple[SecondViewRow, ...]

    @property
    def axis(self) -> ScaleDrawing:
        """The scale that all drawings have."""
        return self.rows[0].drawing

    @property
    def differences(self) -> tuple[SecondViewRow, ...]:
        """The rows that differ by more than one step, and regular work that the viewer does not see."""
        return tuple(row for row in self.rows if row.is_difference)

    @property
    def others(self) -> tuple[SecondViewRow, ...]:
        """The rows that are alike, one step apart, or not known."""
        return tuple(row for row in self.rows if not row.is_difference)

    @property
    def both_regular(self) -> tuple[SecondViewRow, ...]:
        """What both see as regular work, the owner’s most frequent first."""
        rows = [row for row in self.rows if _is_regular(row.own) and _is_regular(row.seen)]
        return tuple(sorted(rows, key=lambda row: -(row.own.level or 0)))

    @property
    def seen_never(self) -> tuple[SecondViewRow, ...]:
        """Regular work that the viewer says is never done."""
        return tuple(row for row in self.rows if row.kind == "not-seen" and row.is_seen_never)

    @property
    def cannot_be_seen(self) -> tuple[SecondViewRow, ...]:
        """Regular work that the viewer cannot see."""
        return tuple(row for row in self.rows if row.kind == "not-seen" and not row.is_seen_never)

    @property
    def not_seen(self) -> tuple[SecondViewRow, ...]:
        """Regular work that the viewer does not see, for either reason."""
        return self.seen_never + self.cannot_be_seen

    @property
    def seen_less(self) -> tuple[SecondViewRow, ...]:
        """Work that the viewer sees, but at least two steps less often."""
        return tuple(row for row in self.rows if row.kind == "seen-less")

    @property
    def seen_more(self) -> tuple[SecondViewRow, ...]:
        """Work that the viewer sees at least two steps more often than the owner says."""
        return tuple(row for row in self.rows if row.kind == "seen-more")

    @property
    def priorities(self) -> tuple[SecondViewRow, ...]:
        """What matters most, as the viewer sees it."""
        return tuple(row for row in self.rows if row.is_priority)

    @property
    def priorities_hardly_done(self) -> tuple[SecondViewRow, ...]:
        """What matters most and the owner says is hardly done."""
        return tuple(row for row in self.priorities if row.own.level is not None and row.own.level <= MAX_HARDLY_LEVEL)

    @property
    def other_priorities(self) -> tuple[SecondViewRow, ...]:
        """What matters most and is done, or is not known."""
        return tuple(row for row in self.priorities if row not in self.priorities_hardly_done)

    @property
    def headline(self) -> Literal["not-seen", "seen-more", "seen-less", "unknown", "nothing-regular", "alike"]:
        """What the page says first. `unknown` if there is nothing of which both say how often."""
        if self.not_seen:
            return "not-seen"
        if self.seen_more:
            return "seen-more"
        if self.seen_less:
            return "seen-less"
        if all(row.kind == "unknown" for row in self.rows):
            return "unknown"
        return "alike" if self.has_regular_work else "nothing-regular"

    @property
    def has_regular_work(self) -> bool:
        """Whether the owner does anything regularly."""
        return any(_is_regular(row.own) for row in self.rows)


def compare_views(
    bank: Bank,
    owner_answers: Mapping[str, str],
    viewer_answers: Mapping[str, str],
    priorities: Collection[str],
    *,
    owner_name: str,
    viewer_name: str,
) -> SecondViewComparison:
    """Compare two frozen sheets, question id to answer id. Ids that the bank does not know are ignored.

    The kind of a row is `not-seen` if the owner does it regularly and the viewer sees none of it, `seen-more` or
    `seen-less` if the two differ by `MIN_DIFFERENCE_STEPS` or more, `unknown` if one of them cannot say how often, else
    `alike`.

    Examples
    --------
    >>> from quiz import bank
    >>> from quiz.config import paths
    >>> shipped = bank.load(paths.project_folder("questions"))
    >>> own = {"insights": "daily", "trends": "weekly", "pipelines": "never", "dashboards": "weekly"}
    >>> seen = {"insights": "never", "trends": "skip", "pipelines": "weekly", "dashboards": "monthly"}
    >>> views = compare_views(shipped, own, seen, ["pipelines"], owner_name="Ada", viewer_name="Kim")
    >>> [(row.responsibility.id, row.kind, row.steps) for row in views.differences]
    [('insights', 'not-seen', -4), ('pipelines', 'seen-more', 3), ('trends', 'not-seen', None)]
    >>> [row.responsibility.id for row in views.priorities_hardly_done]
    ['pipelines']
    """
    viewer_bank = bank.for_viewers
    rows = []
    for item in bank.responsibility.values():
        own = bank.option.get(owner_answers.get(item.id, ""), bank.skip)
        seen = viewer_bank.option.get(viewer_answers.get(item.id, ""), viewer_bank.skip)
        steps = None
        if own.level is not None and seen.level is not None:
            steps = viewer_bank.scale.index(seen) - bank.scale.index(own)
        kind = _kind(own, seen, steps)
        drawing = _draw_scale(bank, own, seen)
        rows.append(SecondViewRow(item, own, seen, item.id in priorities, steps, kind, drawing))
    rows.sort(key=lambda row: -_difference(bank, row))
    return SecondViewComparison(owner_name, viewer_name, tuple(rows))


def _kind(own: AnswerOption, seen: AnswerOption, steps: int | None) -> Kind:
    if _is_regular(own) and not seen.level:
        return "not-seen"
    if steps is None:
        return "unknown"
    if steps >= MIN_DIFFERENCE_STEPS:
        return "seen-more"
    if steps <= -MIN_DIFFERENCE_STEPS:
        return "seen-less"
    return "alike"


def _difference(bank: Bank, row: SecondViewRow) -> int:
    """How far the two answers of a row are apart, for sorting: 0 for an ordinary row.

    Work that the viewer cannot see is as far from an answer as never is.
    """
    if not row.is_difference:
        return 0
    return bank.scale.index(row.own) if row.steps is None else abs(row.steps)


def _is_regular(answer: AnswerOption) -> bool:
    return answer.level is not None and answer.level >= MIN_REGULAR_LEVEL


def _draw_scale(bank: Bank, own: AnswerOption, seen: AnswerOption) -> ScaleDrawing:
    """Where two answers stand on the scale of the bank."""
    ticks = tuple(_MARGIN + _SKIP_GAP + _STEP_WIDTH * step for step in range(len(bank.scale)))
    x_of_answer = {option.id: x for option, x in zip(bank.scale, ticks, strict=True)}
    own_mark = Mark(x_of_answer.get(own.id, _MARGIN), own.level is not None)
    seen_mark = Mark(x_of_answer.get(seen.id, _MARGIN), seen.level is not None)
    ends = sorted((own_mark.x, seen_mark.x))
    has_line = own_mark.is_known and seen_mark.is_known and own_mark != seen_mark
    return ScaleDrawing(ticks[-1] + _MARGIN, ticks, own_mark, seen_mark, (ends[0], ends[1]) if has_line else None)
