"""What an open team shows: people, answers, substitutes and learning groups."""

from __future__ import annotations

import time

import pytest

from quiz.teams import OpenMember
from quiz.teams.anonymous import Contribution
from quiz.teams.open_team import OpenTeam, _initials, open_team
from tests.factories import BANK, MODEL, member

ENGINEER, ANALYST, IDLE = member("data-engineer"), member("data-analyst"), member()


def open_member(name: str, person: Contribution, wishes: dict[str, str] | None = None) -> OpenMember:
    return OpenMember(name, person.answers, wishes)


def team_of(*members: OpenMember) -> OpenTeam:
    return open_team(BANK, MODEL, members)


def test_an_open_team_may_have_no_member_or_one():
    assert team_of().people == ()
    alone = team_of(open_member("Ada", ENGINEER))
    assert alone.people[0].shares["data-engineer"] == 100
    assert (alone.substitutes, alone.learning_groups) == ((), ())


def test_an_open_team_shows_all_answers_in_the_order_of_its_members():
    team = team_of(open_member("Ada", ENGINEER), OpenMember("Bo", {"pipelines": "weekly"}))
    assert team.answers["pipelines"] == ("daily", "weekly")
    assert team.answers["dashboards"] == ("never", "skip")
    assert list(team.answers) == list(MODEL.questions)


def test_the_substitute_is_the_person_who_does_most_of_the_same_work():
    half = member("data-engineer", dashboards="daily")
    team = team_of(
        open_member("Ada", ENGINEER), open_member("Bo", ANALYST), open_member("Cy", half), open_member("Di", IDLE)
    )
    assert {(each.person, each.substitute) for each in team.substitutes} == {(0, 2), (1, 2), (2, 0)}
    assert [each.fraction for each in team.substitutes] == pytest.approx([1, 1 / 3, 3 / 4])
    assert [each.does_enough for each in team.substitutes] == [True, False, True]


def test_a_person_without_a_mix_is_no_substitute():
    little = member(pipelines="rarely", dashboards="rarely")
    team = team_of(open_member("Ada", ENGINEER), open_member("Bo", little), open_member("Cy", ANALYST))
    assert [(each.person, each.substitute) for each in team.substitutes] == [(1, 0)]


def test_a_question_that_one_of_two_skipped_is_not_compared():
    skipped = member("data-engineer", pipelines="skip")
    team = team_of(open_member("Ada", ENGINEER), open_member("Bo", skipped))
    assert [each.fraction for each in team.substitutes] == [1.0, 1.0]


def test_a_learning_group_has_a_person_who_wishes_to_start_what_another_does_daily():
    wish = {"pipelines": "start", "dashboards": "more"}
    team = team_of(open_member("Ada", ENGINEER, {}), open_member("Bo", ANALYST, wish))
    assert team.learning_groups == (("pipelines", (1,), (0,)),)


def test_people_who_do_not_show_wishes_are_in_no_learning_group():
    wish = {"pipelines": "start"}
    assert team_of(open_member("Ada", ENGINEER, None), open_member("Bo", ANALYST, wish)).learning_groups == ()


def test_only_people_who_do_it_daily_are_teachers():
    wish = {"pipelines": "start"}
    weekly = member("data-engineer", pipelines="weekly")
    assert team_of(open_member("Ada", weekly, {}), open_member("Bo", ANALYST, wish)).learning_groups == ()


def test_people_who_do_it_already_are_no_learners():
    wish = {"pipelines": "start"}
    assert team_of(open_member("Ada", ENGINEER, {}), open_member("Bo", ENGINEER, wish)).learning_groups == ()


def test_initials_are_unique():
    names = ["Ada Lovelace", "Al Lee", "ada van Lent", "Bo", "", "A L2", "Al L"]
    initials = [each.initials for each in team_of(*(open_member(name, IDLE) for name in names)).people]
    assert initials[:4] == ["AL", "AL2", "AL3", "B"]
    assert len(set(initials)) == len(names)


def test_initials_of_many_people_with_one_name_take_linear_time():
    start_seconds = time.process_time()
    assert _initials(["Ada Lovelace"] * 2000)[-1] == "AL2000"
    assert time.process_time() - start_seconds < 1
