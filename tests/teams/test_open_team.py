"""What an open team shows: people, answers, work of one person alone, needs, hand-overs, wishes and the agenda."""

from __future__ import annotations

import random
import time

import pytest

from quiz.bank import FollowUps
from quiz.scoring import coverage_percentage, match
from quiz.teams import OpenMember
from quiz.teams.anonymous import Contribution
from quiz.teams.hand_overs import HandOver
from quiz.teams.open_agenda import OpenPrompt
from quiz.teams.open_team import OpenTeam, count_unfinished, latest_responses, open_team
from quiz.teams.team_people import _initials
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
    assert (alone.sole_work[0].substitutes, alone.wishes) == ((), ())


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


def test_each_person_has_the_same_mix_and_coverage_as_when_scored_alone(bank):
    rng = random.Random(3)
    options = [*bank.option, None]
    members = []
    for n in range(60):
        answers = {id: rng.choice(options[n % 3 :]) for id in bank.responsibility}
        follow_ups = FollowUps("data-engineer", {"data-analyst": "half", "ml-engineer": "more"}) if n % 2 else None
        members.append(OpenMember(f"P{n}", {id: a for id, a in answers.items() if a}, follow_ups=follow_ups))
    for person, each in zip(open_team(bank, MODEL, members).people, members, strict=True):
        alone = match(MODEL, each.answers, each.follow_ups)
        assert tuple(role.id for role in person.roles) == alone.mix
        assert tuple(role.id for role in person.alternative) == alone.alternative
        for cell in person.coverage:
            coverage = alone.roles[cell.role.id].coverage
            assert cell.percent == (None if coverage is None else coverage_percentage(coverage))
            assert cell.in_mix == (cell.role.id in alone.mix)


# Needs


def test_without_needs_the_page_lists_what_nobody_does_and_what_one_person_does():
    team = team_of(open_member("Ada", ENGINEER), open_member("Bo", member("data-engineer", insights="weekly")))
    assert not team.has_needs
    assert len(team.uncovered) == len(MODEL.questions) - 4
    assert (team.sole_count, team.shared_count, team.surplus) == (1, 3, ())


def test_with_needs_the_page_lists_what_is_below_them_first_what_nobody_does():
    needs = {"pipelines": 2, "insights": 1, "dashboards": 3, "data-quality": 1, "ingest-transform-serve": 4, "gone": 2}
    ada = open_member("Ada", member(pipelines="weekly", data_quality="daily", ingest_transform_serve="weekly"))
    bo = open_member("Bo", member(trends="daily", ingest_transform_serve="daily", data_quality="monthly"))
    team = open_team(BANK, MODEL, [ada, bo], needs)
    assert "gone" not in team.needs
    below = [(item.responsibility.id, item.missing) for item in team.uncovered]
    assert below == [("dashboards", 3), ("insights", 1), ("ingest-transform-serve", 2), ("pipelines", 1)]
    assert team.done_by_nobody == 2
    assert team.sole_work == ((0, ("data-quality",), (1,), 1),), "what is not needed rests on nobody"
    assert [item.responsibility.id for item in team.surplus] == ["trends"]
    assert team.agenda[1].prompts[0].id == "below-need"


def test_a_need_of_four_means_four_or_more():
    five = [open_member(str(n), member(pipelines="weekly")) for n in range(5)]
    team = open_team(BANK, MODEL, five, {"pipelines": 4})
    (item,) = (item for item in team.work if item.need)
    assert (item.is_open_ended, item.missing, item.has_surplus) == (True, 0, False)
    assert open_team(BANK, MODEL, five, {"pipelines": 3}).surplus[0].responsibility.id == "pipelines"


def test_the_nearest_are_those_who_do_it_most_often_of_those_who_do_it_less_than_weekly():
    levels = {"Ada": "daily", "Bo": "rarely", "Cy": "monthly", "Di": "monthly", "Ed": "never", "Fu": "skip"}
    team = team_of(*(open_member(name, member(pipelines=level)) for name, level in levels.items()))
    (item,) = (item for item in team.work if item.responsibility.id == "pipelines")
    assert item.doers == (0,)
    assert [team.people[near.person].name for near in item.near] == ["Cy", "Di", "Bo"]
    assert [near.person for near in item.nearest] == [2, 3]
    assert item.without({0, 2}).doers == ()
    assert [near.person for near in item.without({2}).nearest] == [3]


# Hand-overs


def test_a_hand_over_is_between_people_inside_one_or_to_the_outside():
    both = open_member("Ada", member("data-engineer", "data-analyst"))
    ada, bo = open_member("Ada", ENGINEER), open_member("Bo", ANALYST)
    pair = ("data-engineer", "data-analyst")

    def between_engineer_and_analyst(*people: OpenMember) -> list[HandOver]:
        return [one for one in team_of(*people).hand_overs if tuple(role.id for role in one.roles) == pair]

    assert between_engineer_and_analyst(open_member("Cy", IDLE)) == []
    (inside,) = between_engineer_and_analyst(both)
    assert (inside.kind, inside.both) == ("inside", (0,))
    (between,) = between_engineer_and_analyst(ada, bo)
    assert (between.kind, between.first, between.second) == ("between", (0,), (1,))
    (outside,) = between_engineer_and_analyst(ada)
    assert (outside.kind, outside.missing_role.id) == ("outside", "data-analyst")
    assert outside.present_people == (0,)


def test_the_map_has_a_line_for_each_hand_over_inside_the_team_and_an_arc_for_the_part_of_the_people():
    team = team_of(open_member("Ada", ENGINEER), open_member("Bo", ANALYST))
    assert len(team.map.edges) == sum(one.kind != "outside" for one in team.hand_overs) == 1
    arcs = {node.role.id: node.coverage for node in team.map.nodes if node.coverage}
    assert arcs == {"data-engineer": 50, "data-analyst": 50}


# Wishes that match


def meeting(*members: OpenMember) -> list[tuple[str, str, tuple[int, ...], tuple[int, ...]]]:
    return [(one.kind, one.responsibility, one.people, one.partners) for one in team_of(*members).wishes]


def test_who_wishes_to_start_something_meets_those_who_do_it_weekly_or_more():
    wish = {"pipelines": "start", "dashboards": "more"}
    weekly = member("data-engineer", pipelines="weekly")
    people = open_member("Ada", ENGINEER, {}), open_member("Bo", ANALYST, wish), open_member("Cy", weekly, None)
    assert meeting(*people) == [("start", "pipelines", (1,), (0, 2))]


def test_who_wishes_to_hand_something_over_meets_those_who_want_more_of_it_or_want_to_start():
    giver = open_member("Ada", ENGINEER, {"pipelines": "hand-over", "dashboards": "hand-over"})
    more = open_member("Bo", ENGINEER, {"pipelines": "more", "dashboards": "more"})
    starts = open_member("Cy", ANALYST, {"pipelines": "start"})
    found = meeting(giver, more, starts)
    assert found[0] == ("hand-over", "pipelines", (0,), (1, 2))
    assert found[1:] == [("start", "pipelines", (2,), (0, 1))], (
        "Ada does no dashboards, so there is nothing to hand over"
    )


def test_wishes_that_are_not_shown_meet_nobody():
    hidden = open_member("Bo", ANALYST, None)
    assert meeting(open_member("Ada", ENGINEER, {"pipelines": "hand-over"}), hidden) == []


def test_people_who_do_it_already_do_not_start_it():
    wish = {"pipelines": "start"}
    assert meeting(open_member("Ada", ENGINEER, {}), open_member("Bo", ENGINEER, wish)) == []


# The agenda


def prompts(*members: OpenMember) -> list[OpenPrompt]:
    return [prompt for section in team_of(*members).agenda for prompt in section.prompts]


def test_the_agenda_has_what_applies_and_names_four_things_at_most():
    ids = [prompt.id for prompt in prompts(open_member("Ada", ENGINEER), open_member("Bo", ANALYST))]
    assert ids == ["recognise", "missing", "nobody", "one-person", "hand-overs", "set-needs", "two-actions"]
    (nobody,) = (prompt for prompt in prompts(open_member("Ada", ENGINEER)) if prompt.id == "nobody")
    assert (len(nobody.names), nobody.names[-1]) == (5, "others")
    everything = Contribution(dict.fromkeys(BANK.responsibility, "daily"))
    alike = [prompt.id for prompt in prompts(open_member("Ada", everything), open_member("Bo", everything))]
    assert alike == ["recognise", "missing", "set-needs", "two-actions"]


def test_initials_are_unique():
    names = ["Ada Lovelace", "Al Lee", "ada van Lent", "Bo", "", "A L2", "Al L"]
    initials = [each.initials for each in team_of(*(open_member(name, IDLE) for name in names)).people]
    assert initials[:4] == ["AL", "AL2", "AL3", "B"]
    assert len(set(initials)) == len(names)


def test_initials_of_many_people_with_one_name_take_linear_time():
    start_seconds = time.process_time()
    assert _initials(["Ada Lovelace"] * 2000)[-1] == "AL2000"
    assert time.process_time() - start_seconds < 1
