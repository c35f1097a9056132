"""The geometry of the role map: positions, sizes and paths that an SVG template draws. No colours and no text."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from quiz.bank import Bank, Role
from quiz.scoring import coverage_percentage

_WIDTH = 420.0
_TOP_MARGIN, _BOTTOM_MARGIN = 40.0, 14.0
_ROW_HEIGHT = 128.0
#: A circle stands this much above the middle of its row, because its name is below it.
_LABEL_OFFSET = 12
_STAGE_GAP = 10.0
_MAX_RADIUS, _MIN_RADIUS = 36.0, 14.0
_MAX_ICON_SIZE = 34
#: Between a circle and the lines that end at it.
_LINE_GAP = 4.0
_LABEL_WIDTH, _LABEL_LINE_HEIGHT = 68, 17
_MAX_LABEL_CHARACTERS = 13
#: How far the middle of a curve may be from the straight line, in parts of that line's length.
_BENDS = (0.32, 0.24, 0.16, 0.4)
#: Positions along a curve (0 to 1) at which its distance from the circles is measured.
_SAMPLED_POSITIONS = (0.2, 0.35, 0.5, 0.65, 0.8)

_Point = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """A role on the map: its circle, its icon inside, and its name below, with the share of the mix if it has one.

    `coverage` is in whole percent, None if too few questions were answered. `percent` is the share of the mix, None if
    no share is shown. The label is drawn on a background that is as high as its lines.
    """

    role: Role
    x: float
    y: float
    radius: float
    icon_size: float
    label: tuple[str, ...]
    label_y: float
    coverage: int | None
    in_mix: bool
    percent: int | None

    @property
    def is_unknown(self) -> bool:
        """Whether the circle stands for no number, since too few questions of the role were answered."""
        return self.coverage is None

    @property
    def icon_corner(self) -> _Point:
        """The top left corner of the icon."""
        return self.x - self.icon_size / 2, self.y - self.icon_size / 2

    @property
    def label_background(self) -> tuple[float, float, int, int]:
        """Left, top, width and height of the label's background."""
        return self.x - _LABEL_WIDTH // 2, self.label_y - 13, _LABEL_WIDTH, _LABEL_LINE_HEIGHT * len(self.label)

    @property
    def label_lines(self) -> tuple[tuple[str, float], ...]:
        """The lines of the label, each with its base line."""
        return tuple((line, self.label_y + _LABEL_LINE_HEIGHT * n) for n, line in enumerate(self.label))


@dataclass(frozen=True)
class Edge:
    """A contact between two roles as SVG path data. A usual contact that was not reported is drawn faintly."""

    path: str
    is_reported: bool


@dataclass(frozen=True)
class StageColumn:
    """One stage of the flow of data: a column of roles. `arrow` is the path of the arrow to the next one, if any."""

    name: str
    x: float
    left: float
    arrow: str | None


@dataclass(frozen=True)
class RoleMap:
    """The flow of data with its roles. All stages have the same `stage_width`.

    A circle has room for its icon: `min_drawn_percent` is the coverage that the smallest circle stands for. Circles of
    lower coverage are not drawn smaller.
    """

    width: float
    height: float
    stage_width: float
    stages: tuple[StageColumn, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    min_drawn_percent: int

    @property
    def has_unknown(self) -> bool:
        """Whether a role has too few answers for a number."""
        return any(node.is_unknown for node in self.nodes)

    @property
    def stage_height(self) -> float:
        """The height of a stage's background, which has half a unit of margin above and below."""
        return self.height - 1


def role_map(
    bank: Bank, coverage: Mapping[str, float], shares: Mapping[str, int | None], edges: Mapping[tuple[str, str], bool]
) -> RoleMap:
    """The role map of `bank`: a column for each stage, a circle for each role, its area by coverage.

    Parameters
    ----------
    coverage
        By role id, 0 to 1; a missing role counts as 0.
    shares
        Percent by role id, for the roles of the mix only; None if the share is not to be shown.
    edges
        Pairs of role ids to whether the contact was reported.

    Returns
    -------
    RoleMap
        In units of which the map is 420 wide; y points down.
    """
    columns = [[role for role in bank.roles if role.stage == stage.id] for stage in bank.stages]
    row_count = max(len(column) for column in columns)
    height = _TOP_MARGIN + row_count * _ROW_HEIGHT + _BOTTOM_MARGIN
    column_width = _WIDTH / len(columns)
    max_radius = min(_MAX_RADIUS, column_width / 2 - 2 * _LINE_GAP)
    min_radius = min(_MIN_RADIUS, max_radius)

    nodes = {}
    for column_number, column in enumerate(columns):
        x = column_width * (column_number + 0.5)
        for row_number, role in enumerate(column):
            row = row_number + 0.5 + (row_count - len(column)) / 2
            y = _TOP_MARGIN + row * _ROW_HEIGHT - _LABEL_OFFSET
            radius = max(min_radius, max_radius * math.sqrt(coverage.get(role.id, 0)))
            label = _two_lines(role.title)
            if shares.get(role.id):
                label = (*label, f"{shares[role.id]}%")
            nodes[role.id] = Node(
                role=role,
                x=round(x, 1),
                y=round(y, 1),
                radius=round(radius, 1),
                icon_size=round(min(_MAX_ICON_SIZE, radius * 1.25), 1),
                label=label,
                label_y=round(y + radius + 17, 1),
                coverage=coverage_percentage(coverage[role.id]) if role.id in coverage else None,
                in_mix=role.id in shares,
                percent=shares.get(role.id),
            )

    drawn_edges = []
    for (a, b), is_reported in edges.items():
        path = _path(nodes[a], nodes[b], nodes.values(), height)
        drawn_edges.append(Edge(path, is_reported))
    drawn_edges.sort(key=lambda edge: edge.is_reported)  # reported contacts are drawn over the others

    return RoleMap(
        width=_WIDTH,
        height=height,
        stage_width=round(column_width - _STAGE_GAP, 1),
        stages=_stage_columns(bank, column_width),
        nodes=tuple(nodes.values()),
        edges=tuple(drawn_edges),
        min_drawn_percent=round(100 * (min_radius / max_radius) ** 2),
    )


def _stage_columns(bank: Bank, column_width: float) -> tuple[StageColumn, ...]:
    half_width = round(column_width - _STAGE_GAP, 1) / 2
    columns = []
    for number, stage in enumerate(bank.stages):
        x = round(column_width * (number + 0.5), 1)
        is_last = number == len(bank.stages) - 1
        arrow = None if is_last else f"M{x + half_width - 1.5} 12l5 4.5l-5 4.5"
        columns.append(StageColumn(stage.name, x, x - half_width, arrow))
    return tuple(columns)


@cache
def _two_lines(name: str) -> tuple[str, ...]:
    """A name split at the space closest to its middle; short names stay on one line.

    >>> _two_lines("Software engineer"), _two_lines("ML engineer")
    (('Software', 'engineer'), ('ML engineer',))
    """
    spaces = [position for position, character in enumerate(name) if character == " "]
    if not spaces or len(name) <= _MAX_LABEL_CHARACTERS:
        return (name,)
    split = min(spaces, key=lambda position: abs(position - len(name) / 2))
    return name[:split], name[split + 1 :]


def _path(a: Node, b: Node, nodes: Collection[Node], height: float) -> str:
    """A straight line from circle to circle, or a curve if the line would come close to a third circle."""
    others = [node for node in nodes if node is not a and node is not b]
    if not any(_distance_to_line(node, a, b) < node.radius + 2 * _LINE_GAP for node in others):
        x1, y1 = _circle_exit(a, b.x, b.y)
        x2, y2 = _circle_exit(b, a.x, a.y)
        return f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
    other_centres = tuple((node.x, node.y) for node in others)
    middle_x, middle_y = _curve_middle((a.x, a.y), (b.x, b.y), other_centres, height)
    x1, y1 = _circle_exit(a, middle_x, middle_y)
    x2, y2 = _circle_exit(b, middle_x, middle_y)
    control_x, control_y = 2 * middle_x - (x1 + x2) / 2, 2 * middle_y - (y1 + y2) / 2
    return f"M{x1:.1f} {y1:.1f}Q{control_x:.1f} {control_y:.1f} {x2:.1f} {y2:.1f}"


@lru_cache(1024)
def _curve_middle(a: _Point, b: _Point, others: tuple[_Point, ...], height: float) -> _Point:
    """The middle of a curve from `a` to `b`: of several curves inside the map the one that is furthest from `others`.

    Distances are measured to the centres of the circles, so that a person's coverage does not move the lines.
    """
    middles = [_bent_middle(a, b, side, bend, height) for bend in _BENDS for side in (1, -1)]
    return max(middles, key=lambda middle: _clearance(a, b, middle, others))


def _bent_middle(a: _Point, b: _Point, side: int, bend: float, height: float) -> _Point:
    """The middle of the line from `a` to `b`, moved at a right angle to one side, but not out of the map."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    direction_x, direction_y = -side * dy / length, side * dx / length
    offset = min(
        bend * length,
        _max_offset(direction_x, a[0], b[0], _WIDTH),
        _max_offset(direction_y, a[1], b[1], height),
    )
    return (a[0] + b[0]) / 2 + direction_x * offset, (a[1] + b[1]) / 2 + direction_y * offset


def _clearance(a: _Point, b: _Point, middle: _Point, others: tuple[_Point, ...]) -> float:
    """The smallest distance of the curve from `a` through `middle` to `b` from any of `others`."""
    control = 2 * middle[0] - (a[0] + b[0]) / 2, 2 * middle[1] - (a[1] + b[1]) / 2
    smallest = math.inf
    for t in _SAMPLED_POSITIONS:
        x = (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * control[0] + t**2 * b[0]
        y = (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * control[1] + t**2 * b[1]
        for other in others:
            smallest = min(smallest, math.dist((x, y), other))
    return round(smallest, 1)


def _max_offset(direction: float, start: float, end: float, size: float) -> float:
    """How far a line between `start` and `end` can move along one axis of the map before it comes close to its edge.

    `direction` is the movement along this axis for each unit of offset; `size` is the map's size along the axis.
    """
    if not direction:
        return math.inf
    room = size - max(start, end) if direction > 0 else min(start, end)
    return room / abs(direction) - 2 * _LINE_GAP


def _circle_exit(node: Node, x: float, y: float) -> _Point:
    """Where a line from the node's centre to (x, y) leaves its circle, with a small gap."""
    distance = math.hypot(x - node.x, y - node.y) or 1.0
    part = (node.radius + _LINE_GAP) / distance
    return node.x + (x - node.x) * part, node.y + (y - node.y) * part


def _distance_to_line(node: Node, a: Node, b: Node) -> float:
    """Distance of a node's centre from the segment between two other centres."""
    dx, dy = b.x - a.x, b.y - a.y
    position = ((node.x - a.x) * dx + (node.y - a.y) * dy) / (dx * dx + dy * dy)
    position = min(1.0, max(0.0, position))
    return math.hypot(node.x - a.x - position * dx, node.y - a.y - position * dy)
