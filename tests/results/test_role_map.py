"""The geometry of the role map, for the shipped bank and for any other."""

from __future__ import annotations

import math
import re
from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank import AnswerOption, Bank, Role, Stage, load
from quiz.config import paths
from quiz.results.role_map import RoleMap, role_map

BANK = load(paths.project_folder("questions"))


def make_bank(columns: list[int], name: str = "maker of things") -> Bank:
    """A bank with this number of roles in each of its stages, all named `name`."""
    scale = (AnswerOption("never", "Never", "never", 0.0), AnswerOption("daily", "Daily", "daily", 1.0))
    return Bank(
        name="test",
        stem="How often did you …",
        scale=scale,
        skip=AnswerOption("skip", "I can’t say", "left out", None),
        stages=tuple(Stage(f"stage-{c}", f"Stage {c}", "") for c in range(len(columns))),
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


@st.composite
def maps(draw) -> RoleMap:
    """A role map of any bank, any answers, any contacts."""
    columns = draw(st.lists(st.integers(0, 5), min_size=1, max_size=9).filter(any))
    bank = make_bank(columns, draw(st.sampled_from(["maker", "maker of things", "a b", "x" * 30])))
    ids = list(bank.role)
    coverage = draw(st.dictionaries(st.sampled_from(ids), st.floats(0, 1)))
    own = draw(st.lists(st.sampled_from(ids), unique=True))
    pairs = list(permutations(ids, 2))
    edges = draw(st.dictionaries(st.sampled_from(pairs), st.booleans(), max_size=12)) if pairs else {}
    return role_map(bank, coverage, dict.fromkeys(own, 5), edges)


def points(path: str) -> list[tuple[float, float]]:
    """The points that a path is drawn with: start, then middle for a curve, then end."""
    assert re.fullmatch(r"M[\d.-]+ [\d.-]+(L[\d.-]+ [\d.-]+|Q[\d.-]+ [\d.-]+ [\d.-]+ [\d.-]+)", path)
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
    return list(zip(numbers[0::2], numbers[1::2], strict=True))


def points_along(path: str) -> list[tuple[float, float]]:
    """Many points along a path."""
    start, *middle, end = points(path)
    control = middle[0] if middle else ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    steps = [n / 40 for n in range(41)]
    return [
        ((1 - t) ** 2 * start[0] + 2 * t * (1 - t) * control[0] + t**2 * end[0],
         (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * control[1] + t**2 * end[1])
        for t in steps
    ]  # fmt: skip


@given(maps())
def test_every_circle_lies_inside_the_map(drawing: RoleMap):
    for node in drawing.nodes:
        assert node.radius > 0
        assert node.radius <= node.x <= drawing.width - node.radius
        assert node.radius <= node.y <= drawing.height - node.radius


@given(maps())
def test_no_two_circles_touch(drawing: RoleMap):
    for a, b in combinations(drawing.nodes, 2):
        assert math.hypot(a.x - b.x, a.y - b.y) > a.radius + b.radius


@given(maps())
def test_a_label_is_below_its_circle_and_above_the_next_circle(drawing: RoleMap):
    for node in drawing.nodes:
        last = node.label_y + 16 * (len(node.label) - 1)
        assert node.label_y > node.y + node.radius
        assert last + 4 <= drawing.height
        below = [other for other in drawing.nodes if other.x == node.x and other.y > node.y]
        assert all(last < other.y - other.radius for other in below)


@given(maps())
def test_icons_are_inside_their_circles(drawing: RoleMap):
    assert all(node.icon_size <= 2 * node.radius for node in drawing.nodes)


@given(maps())
def test_stages_are_next_to_each_other_inside_the_map(drawing: RoleMap):
    assert drawing.stage_width > 0
    middles = [stage.x for stage in drawing.stages]
    assert middles[0] - drawing.stage_width / 2 >= 0
    assert middles[-1] + drawing.stage_width / 2 <= drawing.width
    assert all(b - a >= drawing.stage_width for a, b in pairwise(middles))
    assert {node.x for node in drawing.nodes} <= set(middles)


@given(maps())
def test_lines_start_and_end_at_circles(drawing: RoleMap):
    for edge in drawing.edges:
        start, *_, end = points(edge.path)
        for x, y in (start, end):
            distance = min(math.hypot(x - node.x, y - node.y) - node.radius for node in drawing.nodes)
            assert distance == pytest.approx(4, abs=0.2)


@given(maps())
def test_lines_stay_inside_the_map(drawing: RoleMap):
    for edge in drawing.edges:
        assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in points_along(edge.path)), edge.path


@given(maps())
def test_reported_contacts_are_drawn_over_the_others(drawing: RoleMap):
    is_reported = [edge.is_reported for edge in drawing.edges]
    assert is_reported == sorted(is_reported)


def every_contact(coverage: float, bank: Bank = BANK) -> RoleMap:
    """The map of a bank with a line between any two roles."""
    pairs = combinations(sorted(bank.role), 2)
    return role_map(bank, dict.fromkeys(bank.role, coverage), {}, dict.fromkeys(pairs, True))


@pytest.mark.parametrize("coverage", [0, 0.5, 1])
@pytest.mark.parametrize(
    "bank",
    [BANK, make_bank([2, 3, 3]), make_bank([1, 4, 3]), make_bank([1, 3, 4])],
    ids=["shipped", "one more in the first stage", "one more in the second", "one more in the third"],
)
def test_no_line_runs_through_a_third_circle(bank, coverage):
    drawing = every_contact(coverage, bank)
    for edge, pair in zip(drawing.edges, combinations(sorted(bank.role), 2), strict=True):
        for node in drawing.nodes:
            if node.role.id not in pair:
                assert all(math.hypot(x - node.x, y - node.y) > node.radius for x, y in points_along(edge.path)), (
                    f"{pair} runs through {node.role.id}"
                )


@pytest.mark.parametrize("coverage", [0, 0.5, 1])
def test_every_line_of_the_shipped_bank_stays_inside_the_map(coverage):
    drawing = every_contact(coverage)
    for edge in drawing.edges:
        assert all(0 < x < drawing.width and 0 < y < drawing.height for x, y in points_along(edge.path)), edge.path


def test_the_shipped_bank_is_drawn_as_the_flow_of_data():
    drawing = every_contact(0.5)
    assert [stage.name for stage in drawing.stages] == ["Produce", "Move and shape", "Use"]
    x_of_role = {node.role.id: node.x for node in drawing.nodes}
    assert x_of_role["software-engineer"] < x_of_role["data-engineer"] < x_of_role["data-analyst"]
    assert len(drawing.nodes) == len(BANK.roles)


def test_a_circles_area_grows_with_coverage():
    drawing = role_map(BANK, {"data-engineer": 1.0, "data-analyst": 0.5, "data-scientist": 0.01}, {}, {})
    radius = {node.role.id: node.radius for node in drawing.nodes}
    assert radius["data-engineer"] ** 2 == pytest.approx(2 * radius["data-analyst"] ** 2, rel=0.02)
    assert radius["data-scientist"] == radius["ml-engineer"] > 0, "a role with almost no coverage is still visible"


@given(st.floats(0, 1), st.sampled_from([BANK, make_bank([1] * 8)]))
def test_a_circle_is_true_to_its_number_from_the_smallest_drawn_percent_on(coverage, bank):
    drawing = role_map(bank, {bank.roles[0].id: coverage, bank.roles[1].id: 1.0}, {}, {})
    circle, full_circle, missing_circle, *_ = drawing.nodes[:3]
    area = (circle.radius / full_circle.radius) ** 2
    assert area == pytest.approx(max(coverage, drawing.min_drawn_percent / 100), abs=0.02)
    assert missing_circle.is_unknown
    assert not circle.is_unknown


def test_only_roles_of_the_mix_have_a_share_below_the_name():
    drawing = role_map(BANK, {"data-engineer": 1.0, "data-analyst": 0.5}, {"data-engineer": 100}, {})
    labels = {node.role.id: node.label for node in drawing.nodes}
    assert labels["data-engineer"][-1] == "100%"
    assert [node.role.id for node in drawing.nodes if node.in_mix] == ["data-engineer"]
    assert not [label for id, label in labels.items() if id != "data-engineer" and "%" in "".join(label)]


@given(st.integers(0, 5))
def test_the_same_numbers_give_the_same_map(seed):
    def new_map() -> RoleMap:
        return role_map(
            BANK, dict.fromkeys(BANK.role, seed / 5), {"data-engineer": 100}, {("data-analyst", "data-engineer"): True}
        )

    assert new_map() == new_map()


def test_a_long_name_is_split_into_two_lines():
    drawing = role_map(make_bank([1], "keeper of very many long words"), {}, {}, {})
    assert " ".join(drawing.nodes[0].label) == "Keeper of very many long words"
    assert len(drawing.nodes[0].label) == 2
