"""What changes in an open team if somebody is away, or if somebody joins."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.teams import OpenMember
from quiz.teams.open_team import OpenTeam, open_team
from quiz.teams.team_work import WorkItem
from quiz.teams.what_if import away, hire, hires_by_role, work_of_roles
from tests.factories import BANK, MODEL, member


def team_of(*, needs: dict[str, int] | None = None, **people: dict[str, str]) -> OpenTeam:
    """A team of people by name, each with answers other than never (with _ for -)."""
    members = [OpenMember(name, member(**answers).answers) for name, answers in people.items()]
    return open_team(BANK, MODEL, members, needs or {})


def ids(items: Sequence[WorkItem]) -> list[str]:
    return [item.responsibility.id for item in items]


def test_what_an_absent_person_does_falls_to_nobody_or_rests_on_one():
    team = team_of(
        Ada={"pipelines": "daily", "insights": "weekly", "dashboards": "daily", "trends": "daily"},
        Bo={"pipelines": "monthly", "dashboards": "weekly"},
        Cy={"pipelines": "rarely", "trends": "weekly"},
        Di={"trends": "weekly"},
    )
    outcome = away(team, [0])
    assert ids(outcome.without_doer) == ["pipelines"]
    assert [near.person for near in outcome.without_doer[0].nearest] == [1], "monthly is nearer than rarely"
    assert ids(outcome.nobody_can_take) == ["insights"]
    assert ids(outcome.on_one_person) == ["dashboards"], "two others still do the trends"
    assert (outcome.below_need, outcome.not_needed, outcome.is_covered) == ((), (), False)
    assert [(helper.person, ids(helper.work)) for helper in outcome.helpers] == [(1, ["pipelines"])]


def test_what_several_people_do_together_falls_to_nobody_if_all_are_away():
    team = team_of(Ada={"pipelines": "daily"}, Bo={"pipelines": "weekly"}, Cy={})
    assert away(team, [0]).is_covered
    assert ids(away(team, [0, 1]).nobody_can_take) == ["pipelines"]
    everybody = away(team, [0, 1, 2])
    assert (ids(everybody.nobody_can_take), everybody.helpers) == (["pipelines"], ())


def test_with_needs_it_is_said_what_falls_below_and_what_nobody_needs():
    needs = {"pipelines": 3, "dashboards": 1, "trends": 1}
    team = team_of(
        needs=needs,
        Ada={"pipelines": "daily", "dashboards": "daily", "trends": "daily", "insights": "daily"},
        Bo={"pipelines": "daily", "dashboards": "daily", "trends": "weekly"},
        Cy={"pipelines": "monthly", "trends": "weekly"},
    )
    outcome = away(team, [0])
    assert [(item.responsibility.id, item.need, item.missing) for item in outcome.below_need] == [("pipelines", 3, 2)]
    assert [(helper.person, ids(helper.work)) for helper in outcome.helpers] == [(2, ["pipelines"])]
    assert ids(outcome.on_one_person) == ["dashboards"]
    assert ids(outcome.not_needed) == ["insights"]
    assert (outcome.without_doer, outcome.nobody_can_take) == ((), ())
    assert away(team, [2]).is_covered


def test_two_responses_under_one_name_are_away_together():
    members = [OpenMember(name, member(pipelines="daily").answers) for name in ("Ada", "ADA", "Bo")]
    outcome = away(open_team(BANK, MODEL, members), [0])
    assert (outcome.absent, ids(outcome.on_one_person)) == ((0, 1), ["pipelines"])


answers = st.dictionaries(st.sampled_from(list(BANK.responsibility)), st.sampled_from(list(BANK.option)))


@settings(deadline=None)
@given(
    people=st.lists(answers, min_size=1, max_size=6),
    needs=st.dictionaries(st.sampled_from(list(BANK.responsibility)), st.integers(0, 4)),
    data=st.data(),
)
def test_an_absence_is_the_difference_between_the_team_with_and_without_the_people(people, needs, data):
    members = [OpenMember(f"Person {n}", each) for n, each in enumerate(people)]
    absent = data.draw(st.sets(st.sampled_from(range(len(people)))))
    team = open_team(BANK, MODEL, members, needs)
    rest = open_team(BANK, MODEL, [one for n, one in enumerate(members) if n not in absent], needs)
    outcome = away(team, absent)
    lists = (outcome.without_doer, outcome.nobody_can_take, outcome.below_need, outcome.on_one_person)
    listed = [id for items in (*lists, outcome.not_needed) for id in ids(items)]
    assert len(listed) == len(set(listed))
    for before, after in zip(team.work, rest.work, strict=True):
        id = before.responsibility.id
        loses = len(after.doers) < len(before.doers)
        assert (id in ids((*outcome.without_doer, *outcome.nobody_can_take, *outcome.not_needed))) == (
            loses and not after.doers
        )
        assert (id in ids(outcome.below_need)) == (loses and bool(after.doers) and after.missing > 0)
        assert loses or id not in listed


def test_a_hire_fills_what_nobody_does_and_makes_a_second_of_what_one_person_does():
    team = team_of(
        Ada={"pipelines": "daily", "data_quality": "daily", "insights": "daily"},
        Bo={"data_quality": "daily", "insights": "weekly"},
        Cy={"insights": "weekly"},
    )
    engineer = BANK.role["data-engineer"]
    outcome = hire(team, work_of_roles([engineer]), [engineer])
    assert ids(outcome.fills) == ["ingest-transform-serve"]
    assert ids(outcome.second) == ["pipelines"]
    assert ids(outcome.others) == ["data-quality"]
    assert outcome.plenty == ()
    assert len(outcome.stays_open) == len(BANK.responsibility) - 4
    assert ids(hire(team, ["insights"]).plenty) == ["insights"]


def test_with_needs_a_hire_fills_what_is_below_and_the_rest_is_plenty():
    needs = {"pipelines": 2, "data-quality": 1, "dashboards": 3, "trends": 1}
    team = team_of(needs=needs, Ada={"pipelines": "daily", "data_quality": "daily", "insights": "daily"})
    outcome = hire(team, ["pipelines", "data-quality", "insights", "dashboards"])
    assert ids(outcome.fills) == ["pipelines", "dashboards"]
    assert ids(outcome.second) == ["data-quality"]
    assert ids(outcome.plenty) == ["insights"], "nobody is needed"
    assert ids(outcome.stays_open) == ["dashboards", "trends"], "three are needed, and one would do it"
    assert outcome.others == ()


@pytest.mark.parametrize("needs", [{}, {"pipelines": 1}])
def test_a_hire_into_an_empty_team_fills_everything_that_is_asked_for(needs):
    outcome = hire(team_of(needs=needs), ["pipelines"])
    assert ids(outcome.fills) == ["pipelines"]
    assert (outcome.second, outcome.plenty) == ((), ())


def test_two_roles_are_all_of_both():
    roles = [BANK.role["data-engineer"], BANK.role["data-analyst"]]
    assert work_of_roles(roles) == tuple(item.id for role in roles for item in role.responsibilities)


def test_the_roles_are_compared_by_what_they_fill_and_then_by_whom_they_relieve():
    team = team_of(
        needs={"insights": 1, "dashboards": 1, "pipelines": 2, "model-deployment": 1},
        Ada={"model_deployment": "daily", "pipelines": "weekly"},
    )
    order = [(each.roles[0].id, len(each.fills), len(each.second)) for each in hires_by_role(team, BANK.roles)]
    assert order[:3] == [("data-analyst", 2, 0), ("data-engineer", 1, 0), ("ml-engineer", 0, 1)]
    assert len(order) == len(BANK.roles)
    assert {fills + second for _, fills, second in order[3:]} == {0}
