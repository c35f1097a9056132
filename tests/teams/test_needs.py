"""Needs: from heads of roles, from an advert, and as they were stored."""

from __future__ import annotations

from quiz.teams.needs import known_needs, needs_of_heads, needs_with_asked
from tests.factories import BANK


def test_heads_of_roles_are_needs_of_all_their_responsibilities():
    needs = needs_of_heads(BANK, {"data-engineer": 2, "data-analyst": 1, "ml-engineer": 0})
    expected = {item.id: 2 for item in BANK.role["data-engineer"].responsibilities}
    assert needs == expected | {item.id: 1 for item in BANK.role["data-analyst"].responsibilities}


def test_no_need_is_above_four():
    assert set(needs_of_heads(BANK, {"data-engineer": 9}).values()) == {4}
    assert known_needs(BANK, {"pipelines": 30}) == {"pipelines": 4}


def test_an_advert_needs_one_person_at_least_and_changes_no_other_need():
    needs = needs_with_asked(BANK, {"pipelines": 3, "trends": 2}, ["pipelines", "dashboards"])
    assert needs == {"pipelines": 3, "dashboards": 1, "trends": 2}
    assert needs_with_asked(BANK, needs, ["pipelines", "dashboards"]) == needs, "the same advert again changes nothing"


def test_needs_of_removed_responsibilities_and_of_nobody_are_left_out():
    assert known_needs(BANK, {"trends": 1, "gone": 2, "pipelines": 0, "dashboards": 2}) == {
        "dashboards": 2,
        "trends": 1,
    }
    assert list(known_needs(BANK, {"trends": 1, "pipelines": 1})) == ["pipelines", "trends"], "in the order of the bank"
