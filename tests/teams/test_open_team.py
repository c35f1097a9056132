"""What an open team shows: people, answers, work of one person alone, and learning groups."""

from __future__ import annotations

import time

import pytest

from quiz.teams import OpenMember
from quiz.teams.anonymous import Contribution
from quiz.teams.open_team import OpenTeam, _initials, count_unfinished, latest_responses, open_team
from tests.factories import BANK, MODEL, member

ANALYSIS = [item.id for item in BANK.role["data-analyst"].responsibilities]
ENGINEER, ANALYST, IDLE = member("data-engineer"), member("data-analyst"), member()


def open_member(name: str, person: Contribution, wishes: dict[str, str] | None = None) -> OpenMember:
    return OpenMember(name, person.answers, wishes)


def team_of(*members: OpenMember) -> OpenTeam:
    return open_team(BANK, MODEL, members)


def test_an_open_team_may_have_no_member_or_one():
    assert team_of().people == ()
    alone = team_of(open_member("Ada", ENGINEER))
    assert alone.people[0].mix == ((BANK.role["data-engineer"], None),)
    assert (alone.sole_work[0].substitutes, alone.learning_groups) == ((), ())


def test_an_open_team_shows_all_answers_in_the_order_of_its_members():
    team = team_of(open_member("Ada", ENGINEER), OpenMember("Bo", {"pipelines": "weekly"}))
    assert team.answers["pipelines"] == ("daily", "weekly")
    assert team.answers["dashboards"] == ("never", None)
    assert list(team.answers) == list(MODEL.questions)


def test_each_person_has_the_coverage_of_every_role_and_is_counted_in_the_roles_of_the_mix():
    half = dict.fromkeys(ANALYSIS, "daily")
    team = team_of(
        open_member("Ada", ENGINEER),
        open_member("Bo", member("data-engineer", "data-analyst")),
        OpenMember("Cy", half),
    )
    for person in team.people:
        assert [cell.role for cell in person.coverage] == list(BANK.roles)
        assert [cell.role for cell in person.coverage if cell.in_mix] == [
            role for role in BANK.roles if role in person.roles
        ]
    ada, bo, cy = ({cell.role.id: cell for cell in person.coverage} for person in team.people)
    assert (ada["data-engineer"].percent, ada["data-analyst"].percent) == (100, 0)
    assert (bo["data-engineer"].percent, bo["data-analyst"].percent) == (100, 100)
    assert (cy["data-analyst"].percent, cy["data-engineer"].percent) == (100, None)
    counts = dict(zip(BANK.role, team.mix_counts, strict=True))
    assert {id: count for id, count in counts.items() if count} == {"data-engineer": 2, "data-analyst": 1}


def test_work_that_somebody_could_take_over_is_apart_from_work_that_nobody_could():
    bo = member("data-engineer", insights="monthly")
    team = team_of(open_member("Ada", ANALYST), open_member("Bo", bo))
    assert [team.people[work.person].name for work in team.substituted_work] == ["Ada"]
    assert [team.people[work.person].name for work in team.unsubstituted_work] == ["Bo"]
    assert {*team.substituted_work, *team.unsubstituted_work} == {*team.sole_work}


def sole_work(*members: OpenMember) -> dict[str, tuple[list[str], list[str], int]]:
    """By name what each person alone does, who does most of it, and how many of these things."""
    team = team_of(*members)
    return {
        team.people[work.person].name: (
            list(work.responsibilities),
            [team.people[place].name for place in work.substitutes],
            work.substitute_count,
        )
        for work in team.sole_work
    }


def test_a_person_who_never_does_what_another_alone_does_is_no_substitute():
    fay = member("data-engineer", dashboards="daily")
    ana = member("data-engineer")
    work = sole_work(open_member("Fay", fay), open_member("Ana", ana))
    assert work == {"Fay": (["dashboards"], [], 0)}


def test_the_substitute_does_most_of_what_one_person_alone_does():
    bo = member("data-engineer", insights="monthly", dashboards="rarely")
    cy = member("data-engineer", insights="monthly", dashboards="monthly")
    work = sole_work(open_member("Ada", ANALYST), open_member("Bo", bo), open_member("Cy", cy))
    assert work == {"Ada": (ANALYSIS, ["Cy"], 2)}


def test_more_things_count_before_doing_them_more_often():
    bo = member("data-engineer", insights="monthly")
    cy = member("data-engineer", insights="rarely", dashboards="rarely")
    work = sole_work(open_member("Ada", ANALYST), open_member("Bo", bo), open_member("Cy", cy))
    assert work["Ada"] == (ANALYSIS, ["Cy"], 2)


def test_equal_substitutes_are_all_named_up_to_three():
    others = [open_member(name, member(insights="monthly")) for name in ("Bo", "Cy", "Di", "Ed")]
    assert sole_work(open_member("Ada", ANALYST), *others[:2])["Ada"][1] == ["Bo", "Cy"]
    assert sole_work(open_member("Ada", ANALYST), *others)["Ada"][1] == ["Bo", "Cy", "Di"]


def test_everybody_who_alone_does_something_is_listed_also_without_a_substitute():
    work = sole_work(open_member("Ada", ENGINEER), open_member("Bo", ANALYST), open_member("Cy", IDLE))
    assert set(work) == {"Ada", "Bo"}
    assert [names for _, names, _ in work.values()] == [[], []]


def test_work_that_two_people_do_weekly_rests_on_nobody_alone():
    weekly = member(pipelines="weekly")
    assert sole_work(open_member("Ada", weekly), open_member("Bo", weekly)) == {}


def test_work_that_one_person_does_monthly_is_no_sole_work():
    assert sole_work(open_member("Ada", member(pipelines="monthly")), open_member("Bo", IDLE)) == {}


def test_a_left_out_question_counts_as_work_that_is_not_done():
    skipped = member(pipelines="skip", dashboards="weekly")
    work = sole_work(open_member("Ada", member(pipelines="daily")), open_member("Bo", skipped))
    assert work == {"Ada": (["pipelines"], [], 0), "Bo": (["dashboards"], [], 0)}


def test_a_person_with_little_work_can_be_a_substitute():
    little = member(pipelines="rarely")
    assert sole_work(open_member("Ada", member(pipelines="daily")), open_member("Bo", little))["Ada"][1] == ["Bo"]


@pytest.mark.parametrize("second_name", ["Ada", "ADA", "Ａda"])
def test_two_responses_under_one_name_are_no_substitutes_of_each_other(second_name):
    first, second = open_member("Ada", ENGINEER), open_member(second_name, member("data-engineer", pipelines="monthly"))
    team = team_of(first, second, open_member("Bo", IDLE))
    assert all(work.substitutes == () for work in team.sole_work)
    assert team.sole_work[0].responsibilities == tuple(item.id for item in BANK.role["data-engineer"].responsibilities)


def test_of_several_responses_of_one_person_the_latest_finished_one_is_shown():
    first = OpenMember("Ada", ENGINEER.answers, response=1)
    second = OpenMember("Ada", ANALYST.answers, response=2, earlier=(1,))
    third = OpenMember("Ada", {}, is_finished=False, response=3, earlier=(2, 1))
    other = OpenMember("Bo", IDLE.answers, response=4)
    unfinished = OpenMember("Cy", {}, is_finished=False, response=5)
    everybody = (third, second, first, other, unfinished)
    assert latest_responses(everybody) == (second, other)
    assert count_unfinished(everybody) == 1
    assert latest_responses((third, first)) == (first,), "the response between them has left the team"
    assert latest_responses(()) == ()


@pytest.mark.parametrize(
    ("person", "kind", "roles", "alternative"),
    [
        (ENGINEER, "mix", ["data-engineer"], []),
        (member(insights="monthly", pipelines="weekly"), "tie", ["data-engineer", "data-analyst"], ["data-engineer"]),
        (IDLE, "little", [], []),
        (Contribution(dict.fromkeys(BANK.responsibility, "weekly")), "all", list(BANK.role), []),
        (Contribution(dict.fromkeys(BANK.responsibility, "skip")), "not-enough", [], []),
    ],
)
def test_a_person_has_the_same_kind_of_result_as_on_their_own_page(person, kind, roles, alternative):
    (shown,) = team_of(open_member("Ada", person)).people
    assert (shown.kind, sorted(role.id for role in shown.roles)) == (kind, sorted(roles))
    assert [role.id for role in shown.alternative] == alternative
    assert all((percent is not None) == (len(roles) > 1) for _, percent in shown.mix)


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
