"""The geometry of the role map, which an SVG template draws. No colours and no sentences.

The stages of the flow of data are columns, with an arrow of chevrons above them. Each role is a ring of the same size
with its name below; an arc on the ring shows how much of the role a person does. A line connects two roles that work
together.

No line meets a ring or a name, for any bank: between two columns there is a channel that no name reaches, and above
each ring there is a lane between it and the name above. Lines leave a ring sideways, go up or down only in channels,
and pass a column only on a lane.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from quiz.bank import Bank, Role
from quiz.results.text_width import FittedText, fit_text
from quiz.scoring import coverage_percentage

COLUMN_WIDTH = 120
_HEADER_HEIGHT = 28
_FIRST_ROW_Y, _ROW_HEIGHT = 84, 112
RING_RADIUS, RING_WIDTH = 26, 5
DISC_RADIUS = 21
ICON_SIZE = 32
#: Where lines begin and end, from the centre of a ring.
_PORT = 32
#: Base line of a name below the centre of its ring, and from one line to the next.
_LABEL_Y, _LABEL_LINE_HEIGHT = 44, 15
_LABEL_FONT, _SMALL_LABEL_FONT = 13, 11
_LABEL_ONE_LINE, _LABEL_TWO_LINES = 84, 104
_STAGE_FONT, _SMALL_STAGE_FONT = 12, 10
_STAGE_TEXT_WIDTH = 100
_CHEVRON_POINT, _CHEVRON_GAP = 9, 2
#: The lane above a ring, from its centre, and the lane below the last one. Lines that share a lane lie side by side.
_LANE_ABOVE, _LANE_BELOW = -38.5, 71.0
_LANE_OFFSETS = (0.0, -3.5, 3.5)
#: Between a name and the channel beside it.
_CHANNEL_MARGIN = 3
#: Free space between a line in a column and what it ends at.
_END_GAP = 4
_CORNER = 8


@dataclass(frozen=True)
class Node:
    """A role on the map: its centre, its name, and how much of the ring its arc covers.

    `coverage` is in whole percent, None if there is no number; `in_mix` marks the roles that a person combines,
    `is_tentative` those of them that only one of two mixes has.
    """

    role: Role
    x: float
    y: float
    label: FittedText
    coverage: int | None
    in_mix: bool
    is_tentative: bool

    @property
    def label_lines(self) -> tuple[tuple[str, float], ...]:
        """The lines of the name, each with its base line below the centre."""
        return tuple((line, _LABEL_Y + _LABEL_LINE_HEIGHT * n) for n, line in enumerate(self.label.lines))

    @property
    def label_bottom(self) -> float:
        """Below the descenders of the last line of the name."""
        return self.y + self.label_lines[-1][1] + 4


@dataclass(frozen=True)
class StageColumn:
    """One stage of the flow of data: its chevron in the header, and whether a role of the mix is in it."""

    name: str
    x: float
    chevron: str
    label: FittedText
    has_mix: bool

    @property
    def label_lines(self) -> tuple[tuple[str, float], ...]:
        """The lines of the name, each with its base line."""
        if len(self.label.lines) == 1:
            return ((self.label.lines[0], 18.5),)
        return tuple((line, 12.5 + 10.5 * n) for n, line in enumerate(self.label.lines))


@dataclass(frozen=True)
class RoleMap:
    """The flow of data with its roles. `edges` are paths of lines between roles that work together."""

    width: float
    height: float
    stages: tuple[StageColumn, ...]
    nodes: tuple[Node, ...]
    edges: tuple[str, ...]
    ring_radius: int = RING_RADIUS
    disc_radius: int = DISC_RADIUS
    icon_size: int = ICON_SIZE
    #: From the centre of a ring to the top left corner of its icon, in both directions.
    icon_corner: float = -ICON_SIZE / 2

    @property
    def has_unknown(self) -> bool:
        """Whether a role has no number."""
        return any(node.coverage is None for node in self.nodes)

    def nodes_of(self, stage: StageColumn) -> tuple[Node, ...]:
        """The roles of a stage, first to last."""
        return tuple(node for node in self.nodes if node.x == stage.x)


def role_map(
    bank: Bank,
    coverage: Mapping[str, float],
    mix: Iterable[str],
    edges: Iterable[tuple[str, str]],
    *,
    tentative: Collection[str] = (),
) -> RoleMap:
    """The role map of `bank`.

    Parameters
    ----------
    coverage
        By role id, 0 to 1: the length of the arcs. A role that is missing has no number.
    mix
        The ids of the roles that are emphasised.
    edges
        Pairs of role ids, connected by a line.
    tentative
        The ids of roles of the mix that belong to it only perhaps.

    Returns
    -------
    RoleMap
        Each stage is 120 units wide; y points down.
    """
    own = {id: id in tentative for id in mix}
    columns = [[role for role in bank.roles if role.stage == stage.id] for stage in bank.stages]
    row_count = max(len(column) for column in columns)
    nodes_of_column = [_column_nodes(column, number, row_count, coverage, own) for number, column in enumerate(columns)]
    node_of_role = {node.role.id: node for column in nodes_of_column for node in column}
    router = _Router(nodes_of_column)
    pairs = sorted({tuple(sorted(pair)) for pair in edges}, key=lambda pair: _route_order(pair, bank))
    return RoleMap(
        width=COLUMN_WIDTH * len(columns),
        height=_FIRST_ROW_Y + _ROW_HEIGHT * (row_count - 1) + _LABEL_Y + _LABEL_LINE_HEIGHT + 7,
        stages=tuple(
            _stage_column(stage.name, number, any(node.in_mix for node in nodes_of_column[number]))
            for number, stage in enumerate(bank.stages)
        ),
        nodes=tuple(node_of_role.values()),
        edges=tuple(router.path(node_of_role[a], node_of_role[b]) for a, b in pairs),
    )


def _route_order(pair: tuple[str, ...], bank: Bank) -> list[int]:
    """The order of the bank, so that the same contacts always give the same lines."""
    positions = [role.id for role in bank.roles]
    return sorted(positions.index(id) for id in pair)


def _column_nodes(
    roles: Sequence[Role],
    number: int,
    row_count: int,
    coverage: Mapping[str, float],
    own: Mapping[str, bool],
) -> list[Node]:
    """The nodes of one column, centred vertically. `own` has the roles of the mix, and whether each is tentative."""
    first_row = (row_count - len(roles)) / 2
    nodes = []
    for position, role in enumerate(roles):
        label = fit_text(
            role.title,
            one_line=_LABEL_ONE_LINE,
            two_lines=_LABEL_TWO_LINES,
            font_size=_LABEL_FONT,
            small_font_size=_SMALL_LABEL_FONT,
        )
        nodes.append(
            Node(
                role=role,
                x=COLUMN_WIDTH * (number + 0.5),
                y=_FIRST_ROW_Y + _ROW_HEIGHT * (first_row + position),
                label=label,
                coverage=coverage_percentage(coverage[role.id]) if role.id in coverage else None,
                in_mix=role.id in own,
                is_tentative=own.get(role.id, False),
            )
        )
    return nodes


def _stage_column(name: str, number: int, has_mix: bool) -> StageColumn:
    """A stage with its chevron: flat on the left if it is the first, else with a notch for the point before it."""
    left = COLUMN_WIDTH * number - (_CHEVRON_POINT if number else 0)
    tip = COLUMN_WIDTH * (number + 1) - _CHEVRON_GAP
    shoulder, middle = tip - _CHEVRON_POINT, _HEADER_HEIGHT / 2
    notch = f"L{left + _CHEVRON_POINT} {middle:g}" if number else ""
    label = fit_text(
        name,
        one_line=_STAGE_TEXT_WIDTH,
        two_lines=_STAGE_TEXT_WIDTH,
        font_size=_STAGE_FONT,
        small_font_size=_SMALL_STAGE_FONT,
    )
    if len(label.lines) > 1:  # two lines fit into the header in small letters only
        label = FittedText(label.lines, True, label.width)
    return StageColumn(
        name=name,
        x=COLUMN_WIDTH * (number + 0.5),
        chevron=f"M{left} 0H{shoulder}L{tip} {middle:g}L{shoulder} {_HEADER_HEIGHT}H{left}{notch}Z",
        label=label,
        has_mix=has_mix,
    )


class _Router:
    """Finds the path of each line. Remembers how many lines use each lane, so that they lie side by side."""

    def __init__(self, columns: Sequence[Sequence[Node]]) -> None:
        self._columns = columns
        self._lines_on_lane: dict[tuple[int, float], int] = {}

    def path(self, a: Node, b: Node) -> str:
        """The path between two nodes."""
        first, second = sorted((a, b), key=lambda node: (node.x, node.y))
        if first.x != second.x:
            return self._across_columns(first, second)
        column = self._columns[_column_number(first)]
        if column.index(second) - column.index(first) == 1:
            start, end = first.label_bottom + _END_GAP, second.y - RING_RADIUS - RING_WIDTH / 2 - _END_GAP
            return f"M{first.x:g} {start:g}V{end:g}"
        return self._around_column(first, second)

    def _around_column(self, first: Node, second: Node) -> str:
        """A bow in the channel on the left of the column."""
        x = self._left_of(_column_number(first))
        start = first.x - _PORT
        return (
            f"M{start:g} {first.y:g}H{x + _CORNER:g}Q{x:g} {first.y:g} {x:g} {first.y + _CORNER:g}"
            f"V{second.y - _CORNER:g}Q{x:g} {second.y:g} {x + _CORNER:g} {second.y:g}H{start:g}"
        )

    def _across_columns(self, first: Node, second: Node) -> str:
        """A line from left to right: level inside a column, a curve in each channel between two columns."""
        first_column, last_column = _column_number(first), _column_number(second)
        x, y = self._right_of(first_column), first.y
        path = f"M{first.x + _PORT:g} {first.y:g}H{x:g}"
        for number in range(first_column + 1, last_column + 1):
            entry = self._left_of(number)
            if number == last_column:
                next_y, end = second.y, second.x - _PORT
            else:
                part_of_way = (number - first_column) / (last_column - first_column)
                next_y = self._lane(number, first.y + (second.y - first.y) * part_of_way)
                end = self._right_of(number)
            if next_y != y:
                middle = (x + entry) / 2
                path += f"C{middle:g} {y:g} {middle:g} {next_y:g} {entry:g} {next_y:g}"
            path += f"H{end:g}"
            x, y = end, next_y
        return path

    def _lane(self, column_number: int, wanted_y: float) -> float:
        """The free lane through a column that is closest to `wanted_y`."""
        nodes = self._columns[column_number]
        if not nodes:
            return wanted_y
        lanes = [node.y + _LANE_ABOVE for node in nodes]
        if len(nodes) < max(len(column) for column in self._columns):
            lanes.append(nodes[-1].y + _LANE_BELOW)
        lane = min(lanes, key=lambda y: abs(y - wanted_y))
        count = self._lines_on_lane.get((column_number, lane), 0)
        self._lines_on_lane[column_number, lane] = count + 1
        return lane + _LANE_OFFSETS[count % len(_LANE_OFFSETS)]

    def _half_width(self, column_number: int) -> float:
        """Half the width of a column: of its rings with room for a bow, or of its longest name."""
        names = [node.label.width / 2 for node in self._columns[column_number]]
        return max([_PORT + _CORNER, *names]) + _CHANNEL_MARGIN

    def _left_of(self, column_number: int) -> float:
        return round(COLUMN_WIDTH * (column_number + 0.5) - self._half_width(column_number), 1)

    def _right_of(self, column_number: int) -> float:
        return round(COLUMN_WIDTH * (column_number + 0.5) + self._half_width(column_number), 1)


def _column_number(node: Node) -> int:
    return int(node.x // COLUMN_WIDTH)
