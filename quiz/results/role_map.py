"""Numbers to coordinates: the geometry of every chart, for SVG templates to draw. No colours and no words here."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from quiz.bank import Bank, Role

_WIDTH = 420.0
_TOP, _BOTTOM = 40.0, 14.0
_ROW = 128.0
_BETWEEN = 10.0
_LARGEST, _SMALLEST = 36.0, 14.0
_GAP = 4.0
#: How far a curve may leave the straight line, as parts of that line's length.
_BENDS = (0.32, 0.24, 0.16, 0.4)

_Place = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """A role on the map: its circle, the mark inside it, and its name below, with the share where it has one.

    `coverage` and `percent`, the share, are whole percent; None where too little was answered, and where there is no
    share to tell. `own` says whether the role is in the mix.
    """

    role: Role
    x: float
    y: float
    radius: float
    mark: float
    label: tuple[str, ...]
    label_y: float
    coverage: int | None
    own: bool
    percent: int | None


@dataclass(frozen=True)
class Edge:
    """A contact between two roles, as SVG path data. `solid`: reported; else usual, but not reported."""

    path: str
    solid: bool


@dataclass(frozen=True)
class RoleMap:
    """The flow of data with its roles; `stages` are headings with the middle of their band."""

    width: float
    height: float
    band: float
    stages: tuple[tuple[str, float], ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def role_map(
    bank: Bank, coverage: Mapping[str, float], shares: Mapping[str, int | None], edges: Mapping[tuple[str, str], bool]
) -> RoleMap:
    """The role map of `bank`: a column a stage, a circle a role, its area by coverage.

    Parameters
    ----------
    coverage
        By role id, 0 to 1; a role left out counts as 0.
    shares
        Percent by role id, of the roles in the mix alone; None where the share is not worth a number.
    edges
        Pairs of role ids to whether the contact was reported.

    Returns
    -------
    RoleMap
        In units of which the map is 420 wide; y points down.
    """
    columns = [[role for role in bank.roles if role.stage == stage.id] for stage in bank.stages]
    rows = max(map(len, columns))
    height = _TOP + rows * _ROW + _BOTTOM
    step = _WIDTH / len(columns)
    largest = min(_LARGEST, step / 2 - 2 * _GAP)
    nodes = {}
    for c, column in enumerate(columns):
        for r, role in enumerate(column):
            y = _TOP + (r + 0.5 + (rows - len(column)) / 2) * _ROW - 12
            radius = max(min(_SMALLEST, largest), largest * math.sqrt(coverage.get(role.id, 0)))
            nodes[role.id] = Node(
                role=role,
                x=round(step * (c + 0.5), 1),
                y=round(y, 1),
                radius=round(radius, 1),
                mark=round(min(34, radius * 1.25), 1),
                label=(*_two_lines(role.title), *([f"{shares[role.id]}%"] if shares.get(role.id) else [])),
                label_y=round(y + radius + 17, 1),
                coverage=round(100 * coverage[role.id]) if role.id in coverage else None,
                own=role.id in shares,
                percent=shares.get(role.id),
            )
    drawn = (Edge(_path(nodes[a], nodes[b], nodes.values(), height), solid) for (a, b), solid in edges.items())
    return RoleMap(
        width=_WIDTH,
        height=height,
        band=round(step - _BETWEEN, 1),
        stages=tuple((stage.name, round(step * (c + 0.5), 1)) for c, stage in enumerate(bank.stages)),
        nodes=tuple(nodes.values()),
        edges=tuple(sorted(drawn, key=lambda edge: edge.solid)),
    )


@cache
def _two_lines(name: str) -> tuple[str, ...]:
    """A name split at the blank nearest its middle; short ones stay on one line.

    >>> _two_lines("Software engineer"), _two_lines("ML engineer")
    (('Software', 'engineer'), ('ML engineer',))
    """
    blanks = [n for n, letter in enumerate(name) if letter == " "]
    if not blanks or len(name) <= 13:
        return (name,)
    cut = min(blanks, key=lambda n: abs(n - len(name) / 2))
    return name[:cut], name[cut + 1 :]


def _path(a: Node, b: Node, nodes: Collection[Node], height: float) -> str:
    """A line from rim to rim; it bends where a third circle would be in its way."""
    others = [node for node in nodes if node is not a and node is not b]
    if not any(_distance(node, a, b) < node.radius + 2 * _GAP for node in others):
        x1, y1 = _rim(a, b.x, b.y)
        x2, y2 = _rim(b, a.x, a.y)
        return f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
    mx, my = _way_round((a.x, a.y), (b.x, b.y), tuple((node.x, node.y) for node in others), height)
    x1, y1 = _rim(a, mx, my)
    x2, y2 = _rim(b, mx, my)
    return f"M{x1:.1f} {y1:.1f}Q{2 * mx - (x1 + x2) / 2:.1f} {2 * my - (y1 + y2) / 2:.1f} {x2:.1f} {y2:.1f}"


@lru_cache(1024)
def _way_round(a: _Place, b: _Place, others: tuple[_Place, ...], height: float) -> _Place:
    """The middle of a curve between two places: the one that keeps furthest from all others, inside the map.

    Measured to the middles of circles: how much somebody does must not move the lines.
    """
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    half = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2

    def middle(side: int, bend: float) -> _Place:
        across, down = -side * dy / length, side * dx / length
        far = min(bend * length, _leeway(across, a[0], b[0], _WIDTH), _leeway(down, a[1], b[1], height))
        return half[0] + across * far, half[1] + down * far

    def room(through: _Place) -> float:
        via = 2 * through[0] - half[0], 2 * through[1] - half[1]
        along = [
            tuple(
                (1 - t) ** 2 * start + 2 * t * (1 - t) * by + t**2 * end
                for start, by, end in zip(a, via, b, strict=True)
            )
            for t in (0.2, 0.35, 0.5, 0.65, 0.8)
        ]
        return round(min(math.dist(point, other) for point in along for other in others), 1)

    return max((middle(side, bend) for bend in _BENDS for side in (1, -1)), key=room)


def _leeway(slope: float, start: float, end: float, size: float) -> float:
    """How far something between `start` and `end` can move along `slope` before it comes near an edge of the map."""
    if not slope:
        return math.inf
    return (size - max(start, end) if slope > 0 else min(start, end)) / abs(slope) - 2 * _GAP


def _rim(node: Node, x: float, y: float) -> tuple[float, float]:
    """Where a line from the node's middle to (x, y) leaves its circle."""
    reach = math.hypot(x - node.x, y - node.y) or 1.0
    part = (node.radius + _GAP) / reach
    return node.x + (x - node.x) * part, node.y + (y - node.y) * part


def _distance(node: Node, a: Node, b: Node) -> float:
    """Distance of a node's middle from the segment between two others."""
    dx, dy = b.x - a.x, b.y - a.y
    along = ((node.x - a.x) * dx + (node.y - a.y) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return math.hypot(node.x - a.x - along * dx, node.y - a.y - along * dy)
