"""The geometry of the role map, for the shipped bank and for any other: no line meets a ring or a name."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import AnswerOption, Bank, Role, Stage
from quiz.results.role_map import COLUMN_WIDTH, RING_RADIUS, RING_WIDTH, Node, RoleMap, role_map
from tests.factories import BANK

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]

NAMES = ["maker", "maker of things", "a b", "x" * 30, "keeper of very many extraordinary words", "WWWW MMMM", "データ"]


def make_bank(columns: list[int], name: str = "maker of things") -> Bank:
    """A bank with this number of roles in each of its stages, all named `name`."""
    scale = (AnswerOption("never", "Never", "never", 0.0), AnswerOption("daily", "Daily", "daily", 1.0))
    return Bank(
        name="test",
        stem="How often did you …",
        scale=scale,
        skip=AnswerOption("skip", "I can’t say", "left out", None),
        stages=tuple(Stage(f"stage-{c}", f"{name} {c}", "") for c in range(len(columns))),
        roles=tuple(
            Role(
                id=f"role-{c}-{r}",
                name=name,
                plural=f"{name}s",
                purpose="",
                contact_label="",
                stage=f"stage-{c}",
                position=r,
                works_with=(),
                responsibilities=(),
            )
            for c, roles in enumerate(columns)
            for r in range(roles)
        ),
        min_page_size=5,
        max_page_size=7,
    )


def every_contact(bank: Bank = BANK) -> RoleMap:
    """The map of a bank with a line between any two roles."""
    return role_map(bank, dict.fromkeys(bank.role, 0.5), [], combinations(bank.role, 2))


@st.composite
def maps(draw) -> RoleMap:
    """A role map of any bank, any answers, any contacts."""
    columns = draw(st.lists(st.integers(0, 9), min_size=1, max_size=5).filter(any))
    bank = make_bank(columns, draw(st.sampled_from(NAMES)))
    ids = list(bank.role)
    coverage = draw(st.dictionaries(st.sampled_from(ids), st.floats(0, 1)))
    own = draw(st.lists(st.sampled_from(ids), unique=True))
    pairs = list(combinations(ids, 2))
    edges = draw(st.lists(st.sampled_from(pairs), max_size=12)) if pairs else []
    return role_map(bank, coverage, own, edges)


def points_along(path: str) -> list[Point]:
    """Many points along a path of the commands M, H, V, Q and C."""
    points: list[Point] = []
    x = y = 0.0
    for command, text in re.findall(r"([MHVQC])([^MHVQC]*)", path):
        numbers = [float(number) for number in text.split()]
        if command == "M":
            controls = [(numbers[0], numbers[1])]
        elif command == "H":
            controls = [(x, y), (numbers[0], y)]
        elif command == "V":
            controls = [(x, y), (x, numbers[0])]
        else:
            controls = [(x, y), *zip(numbers[0::2], numbers[1::2], strict=True)]
        points += [_bezier(controls, step / 40) for step in range(41)]
        x, y = controls[-1]
    return points


def _bezier(controls: list[Point], t: float) -> Point:
    """The point at `t` of a Bézier curve, by de Casteljau’s algorithm."""
    while len(controls) > 1:
        controls = [((1 - t) * a[0] + t * b[0], (1 - t) * a[1] + t * b[1]) for a, b in pairwise(controls)]
    return controls[0]


def name_box(node: Node) -> Rectangle:
    """Left, top, right and bottom of the name below a ring."""
    half = node.label.width / 2
    return node.x - half, node.y + node.label_lines[0][1] - 10, node.x + half, node.label_bottom


def is_inside(point: Point, box: Rectangle) -> bool:
    left, top, right, bottom = box
    return left < point[0] < right and top < point[1] < bottom


def collisions(drawing: RoleMap) -> list[str]:
    """Every line that meets a name or a ring, and every line that leaves the drawing or meets the header."""
    found = []
    nodes = [(node, name_box(node)) for node in drawing.nodes]
    for path in drawing.edges:
        for x, y in points_along(path):
            for node, box in nodes:
                if is_inside((x, y), box):
                    found.append(f"{path} meets the name of {node.role.id}")
                if (x - node.x) ** 2 + (y - node.y) ** 2 < (RING_RADIUS + RING_WIDTH / 2) ** 2:
                    found.append(f"{path} meets the ring of {node.role.id}")
            if not (0 <= x <= drawing.width and 30 <= y <= drawing.height):
                found.append(f"{path} leaves the drawing")
    return sorted(set(found))


@settings(max_examples=60)
@given(maps())
def test_no_line_meets_a_name_or_a_ring(drawing: RoleMap):
    assert collisions(drawing) == []


@pytest.mark.parametrize(
    "bank",
    [
        BANK,
        make_bank([2, 3, 3]),
        make_bank([9, 1]),
        make_bank([1, 9, 4, 2, 9], "keeper of very many words"),
        make_bank([3, 0, 2]),
    ],
    ids=["shipped", "even column", "nine and one", "five stages", "an empty stage"],
)
def test_all_lines_at_once_meet_no_name_and_no_ring(bank: Bank):
    drawing = every_contact(bank)
    assert len(drawing.edges) == len(bank.roles) * (len(bank.roles) - 1) / 2
    assert collisions(drawing) == []


def test_a_line_through_a_name_would_be_noticed():
    (node,) = role_map(make_bank([1]), {}, [], []).nodes
    box = name_box(node)
    assert any(is_inside(point, box) for point in points_along(f"M0 {box[1] + 5}H200"))


@given(maps())
def test_names_lie_inside_the_drawing_and_apart_from_each_other(drawing: RoleMap):
    boxes = [name_box(node) for node in drawing.nodes]
    for left, _, right, bottom in boxes:
        assert left >= 0
        assert right <= drawing.width
        assert bottom <= drawing.height
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@given(maps())
def test_a_name_is_below_its_ring_and_above_the_next_ring(drawing: RoleMap):
    for node in drawing.nodes:
        assert name_box(node)[1] > node.y + RING_RADIUS
        below = [other for other in drawing.nodes if other.x == node.x and other.y > node.y]
        assert all(node.label_bottom < other.y - RING_RADIUS - RING_WIDTH for other in below)


@given(maps())
def test_the_names_of_stages_fit_into_their_chevrons(drawing: RoleMap):
    assert all(stage.label.width <= COLUMN_WIDTH - 20 for stage in drawing.stages)


def test_the_shipped_bank_is_drawn_as_the_flow_of_data():
    drawing = every_contact()
    assert [stage.name for stage in drawing.stages] == ["Produce", "Move and shape", "Use"]
    assert [len(drawing.nodes_of(stage)) for stage in drawing.stages] == [1, 3, 3]
    assert not [node.role.id for node in drawing.nodes if node.label.is_small]
    assert not [stage.name for stage in drawing.stages if stage.label.is_small]
    assert drawing.width == 360, "one unit is a pixel on a phone"


def test_nothing_too_few_answers_and_a_little_are_three_different_numbers():
    drawing = role_map(BANK, {"data-engineer": 0.0, "data-analyst": 0.15}, [], [])
    coverage = {node.role.id: node.coverage for node in drawing.nodes}
    assert (coverage["data-engineer"], coverage["data-analyst"], coverage["ml-engineer"]) == (0, 15, None)
    assert drawing.has_unknown


def test_the_stages_of_the_mix_are_marked():
    drawing = role_map(BANK, {}, ["data-analyst", "software-engineer"], [])
    assert [stage.has_mix for stage in drawing.stages] == [True, False, True]
    assert {node.role.id for node in drawing.nodes if node.in_mix} == {"data-analyst", "software-engineer"}


def test_the_order_of_contacts_does_not_matter():
    pairs = list(combinations(BANK.role, 2))
    flipped = [(b, a) for a, b in reversed(pairs)]
    assert role_map(BANK, {}, [], pairs) == role_map(BANK, {}, [], [*flipped, *pairs])
