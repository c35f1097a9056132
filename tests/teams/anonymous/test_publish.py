"""What an anonymous team publishes: each known attack as a test, the rules of rounds, facts and agenda."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import FollowUps, load
from quiz.scoring import ScoringModel
from quiz.teams.anonymous import (
    AGENDA_MINUTES,
    BAND_LABELS,
    MAX_SHARE_PERCENT,
    MINIMUMS,
    Contribution,
    Fact,
    Published,
    PublishedCoverage,
    PublishedShare,
    agenda,
    facts,
    is_eligible,
    may_close,
    must_withdraw,
    publish,
)
from tests.factories import BANK, MODEL, member

ENGINEER, ANALYST, IDLE = member("data-engineer"), member("data-analyst"), member()


def published(members: Sequence[Contribution], minimum: int = 5, previous: Published | None = None) -> Published:
    result = publish(BANK, MODEL, members, minimum, previous)
    assert result is not None
    return result


def band(round: Published, id: str) -> str:
    return next(item.band for item in round.coverage if item.responsibility == id)


def percents(round: Published) -> dict[str, int]:
    return {part.role: part.percent for part in round.mix if part.percent is not None}


def random_person(rng: np.random.Generator) -> Contribution:
    """A random person who mostly does a few roles."""
    roles = rng.choice(MODEL.roles, rng.integers(0, 4), replace=False).tolist()
    changes = {id: str(rng.choice(list(BANK.option))) for id in MODEL.questions if rng.random() < 0.4}
    contacts = [role for role in MODEL.roles if rng.random() < 0.5]
    return Contribution(dict(member(*roles).answers) | changes, contacts, random_follow_ups(rng))


def random_follow_ups(rng: np.random.Generator) -> FollowUps | None:
    """Random comparisons, also such that the answers do not call for; of every second person none."""
    if rng.random() < 0.5:
        return None
    base, *others = rng.permutation(MODEL.roles).tolist()
    options = list(BANK.follow_up_option)
    return FollowUps(base, {role: str(rng.choice(options)) for role in others})


def is_unchanged(round: Published, previous: Published) -> bool:
    """Whether only the number of people differs from what was published before."""
    return dataclasses.replace(round, people=previous.people) == previous


# Known attacks


def test_four_finished_responses_publish_nothing():
    assert publish(BANK, MODEL, 4 * [ENGINEER], 5) is None
    assert not may_close(4, 5)


def test_five_finished_responses_publish_bands():
    assert may_close(5, 5)
    assert published(5 * [ENGINEER]).people == 5


@pytest.mark.parametrize("minimum", MINIMUMS)
def test_each_minimum_is_exact(minimum):
    assert publish(BANK, MODEL, (minimum - 1) * [ENGINEER], minimum) is None
    assert publish(BANK, MODEL, minimum * [ENGINEER], minimum) is not None


@pytest.mark.parametrize("minimum", [-1, 0, 1, 4, 6, 21])
def test_a_minimum_that_is_not_in_the_list_is_refused(minimum):
    with pytest.raises(ValueError, match="minimum"):
        publish(BANK, MODEL, 30 * [ENGINEER], minimum)


one_change = st.sampled_from(["joins", "leaves", "is replaced", "answers differently", "compares differently"])


@pytest.mark.thorough
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), people=st.integers(6, 18) | st.integers(21, 60), change=one_change)
def test_one_person_who_joins_leaves_or_is_replaced_changes_only_the_number_of_people(seed, people, change):
    rng = np.random.default_rng(seed)
    team, newcomer = [random_person(rng) for _ in range(people)], random_person(rng)
    after = {
        "joins": [*team, newcomer],
        "leaves": team[1:],
        "is replaced": [*team[1:], newcomer],
        "answers differently": [dataclasses.replace(team[0], answers=newcomer.answers), *team[1:]],
        "compares differently": [dataclasses.replace(team[0], follow_ups=newcomer.follow_ups), *team[1:]],
    }[change]
    first = published(team)
    assert is_unchanged(published(after, previous=first), first)


def test_one_person_who_joins_does_not_change_a_band():
    first = published([ENGINEER, *4 * [IDLE]])
    second = published([ENGINEER, ENGINEER, *4 * [IDLE]], previous=first)
    assert band(first, "pipelines") == band(second, "pipelines") == "one-at-most"


def test_one_person_who_leaves_does_not_change_a_band():
    first = published([*4 * [ENGINEER], IDLE, IDLE])
    second = published([*3 * [ENGINEER], IDLE, IDLE], previous=first)
    assert band(first, "pipelines") == band(second, "pipelines") == "four-or-more"


def test_one_person_who_is_replaced_does_not_change_a_band():
    first = published([*2 * [ENGINEER], *3 * [IDLE]])
    second = published([*1 * [ENGINEER], *4 * [IDLE]], previous=first)
    assert band(first, "pipelines") == band(second, "pipelines") == "two-or-three"


def test_one_full_time_person_who_is_replaced_by_another_does_not_change_the_mix():
    others = [ENGINEER, ENGINEER, ANALYST, member("data-engineer", "data-analyst")]
    first = published([ENGINEER, *others])
    assert percents(first) == {"data-engineer": 70}
    assert percents(published([ANALYST, *others])) == {"data-engineer": 45, "data-analyst": 50}
    assert is_unchanged(published([ANALYST, *others], previous=first), first)


def test_a_change_of_more_than_one_person_is_published():
    first = published([ENGINEER, *4 * [IDLE]])
    second = published([*3 * [ENGINEER], *2 * [IDLE]], previous=first)
    assert band(second, "pipelines") == "two-or-three"
    assert percents(published([*3 * [ANALYST], *3 * [ENGINEER]], previous=published(5 * [ENGINEER]))) == {
        "data-analyst": 50,
        "data-engineer": 45,
    }


@pytest.mark.parametrize(
    ("people", "before", "now", "expected"),
    [
        (6, 4, 3, "four-or-more"),
        (6, 4, 2, "two-or-three"),
        (6, 2, 1, "two-or-three"),
        (6, 2, 0, "one-at-most"),
        (20, 5, 4, "to-a-half"),
        (20, 5, 3, "under-a-quarter"),
        (20, 16, 15, "over-three-quarters"),
        (20, 16, 14, "to-three-quarters"),
    ],
)
def test_a_band_changes_as_soon_as_two_people_have_stopped(people, before, now, expected):
    def team(engineers: int) -> list[Contribution]:
        return [*engineers * [ENGINEER], *(people - engineers) * [IDLE]]

    assert band(published(team(now), previous=published(team(before))), "pipelines") == expected


def common_roles(round: Published) -> list[str]:
    return [share.role for share in round.common_roles]


@pytest.mark.parametrize("people", [10, 50, 100])
def test_one_person_who_moves_a_share_across_the_maximum_changes_nothing(people):
    def team(engineers: int) -> list[Contribution]:
        return [*engineers * [ENGINEER], *(people - engineers) * [ANALYST]]

    lowest = next(n for n in range(people) if percents(published(team(n))) == {"data-engineer": 80})
    below = percents(published(team(lowest - 1)))
    assert below.keys() == {"data-engineer", "data-analyst"}
    assert percents(published(team(lowest - 1), previous=published(team(lowest)))) == {"data-engineer": 80}
    assert percents(published(team(lowest), previous=published(team(lowest - 1)))) == below


@pytest.mark.parametrize("people", [9, 24, 60])
@pytest.mark.parametrize(
    ("before", "now", "changes"),
    [(2, 3, False), (2, 4, True), (1, 3, False), (3, 2, False), (3, 1, True), (6, 2, False), (6, 0, True)],
)
def test_a_role_becomes_common_or_rare_once_more_than_one_person_changed(people, before, now, changes):
    def team(engineers: int) -> list[Contribution]:
        return [*engineers * [ENGINEER], *3 * [ANALYST], *(people - engineers - 3) * [IDLE]]

    first, without_previous = published(team(before)), published(team(now))
    assert common_roles(first) != common_roles(without_previous)
    assert common_roles(published(team(now), previous=first)) == common_roles(without_previous if changes else first)


@pytest.mark.parametrize("directions", [(0, 1), (1, -1)], ids=["more of one role", "from one role to another"])
@pytest.mark.parametrize(
    ("people", "change", "stays"),
    [(5, 30, True), (5, 35, False), (7, 20, True), (7, 25, False), (20, 15, True), (20, 20, False)],
)
def test_a_mix_stays_up_to_what_one_person_can_change(people, change, stays, directions):
    """One of five people changes 20 %, one of seven 14 %, one of twenty 5 %; rounding adds 5 % in both rounds."""
    both = member("data-engineer", "data-analyst")
    team = [*(people // 2) * [ENGINEER, ANALYST], *(people % 2) * [both]]
    without_previous = published(team)
    new_percents = percents(without_previous)
    old_percents = {
        role: percent + change * direction
        for (role, percent), direction in zip(new_percents.items(), directions, strict=True)
    }
    old_mix = tuple(dataclasses.replace(share, percent=old_percents.get(share.role)) for share in without_previous.mix)
    round = published(team, previous=dataclasses.replace(without_previous, mix=old_mix))
    assert percents(round) == (old_percents if stays else new_percents)


def test_an_edit_after_closing_changes_nothing():
    answers = dict(ENGINEER.answers)
    first = published([*4 * [ENGINEER], Contribution(answers)])
    stored = json.dumps(first.to_data())
    answers["dashboards"] = "daily"
    assert json.dumps(first.to_data()) == stored
    assert not is_eligible("2026-05-31", counted=True, in_other_team=False, last_closed=None)


def test_a_second_round_with_the_same_answers_publishes_the_same():
    rng = np.random.default_rng(3)
    team = [random_person(rng) for _ in range(9)]
    first = published(team)
    assert published(team, previous=first) == first


def test_a_unanimous_team_looks_like_one_with_an_exception():
    unanimous, with_exception = published(5 * [ENGINEER]), published([*4 * [ENGINEER], IDLE])
    assert unanimous == with_exception
    assert percents(unanimous) == {"data-engineer": MAX_SHARE_PERCENT}
    assert band(unanimous, "pipelines") == "four-or-more"


def test_one_daily_person_looks_like_none():
    one = member("data-engineer", dashboards="daily")
    assert published([one, *5 * [ENGINEER]]) == published(6 * [ENGINEER])


def test_a_role_that_few_people_have_looks_exactly_like_one_that_nobody_has():
    rare = [ANALYST, member("data-architect"), IDLE, IDLE]
    assert published([*6 * [ENGINEER], *rare]) == published([*6 * [ENGINEER], *4 * [IDLE]])


def test_a_role_that_two_people_have_is_published_only_among_the_others():
    assert percents(published([*4 * [ENGINEER], *2 * [ANALYST]])) == {"data-engineer": 65}
    assert percents(published([*4 * [ENGINEER], *3 * [ANALYST]])) == {"data-engineer": 55, "data-analyst": 40}


def test_the_share_of_the_other_roles_is_never_zero():
    round = published([*3 * [ENGINEER], *3 * [ANALYST]])
    assert round.other_percent == 5
    assert Fact("mix", "others", "other roles", "5% or less") in facts(round, BANK)


def test_a_team_without_any_mix_publishes_only_that():
    round = published(5 * [Contribution({})])
    assert (percents(round), round.other_percent, round.common_roles, round.weak_contacts) == ({}, 100, (), ())
    assert {item.band for item in round.coverage} == {"one-at-most"}


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "under-a-quarter"),
        (49, "under-a-quarter"),
        (50, "to-a-half"),
        (99, "to-a-half"),
        (100, "to-three-quarters"),
        (150, "to-three-quarters"),
        (151, "over-three-quarters"),
        (200, "over-three-quarters"),
    ],
)
def test_the_bands_of_two_hundred_members_are_quarters(count, expected):
    round = published([*count * [ENGINEER], *(200 - count) * [IDLE]], 20)
    assert band(round, "pipelines") == expected


@pytest.mark.parametrize(("people", "expected"), [(19, "four-or-more"), (20, "under-a-quarter")])
def test_a_team_of_twenty_has_quarters_as_bands(people, expected):
    assert published(people * [IDLE]).is_large == (people >= 20)
    assert band(published([*4 * [ENGINEER], *(people - 4) * [IDLE]]), "pipelines") == expected


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), people=st.integers(5, 30))
def test_the_order_of_members_does_not_matter(seed, people):
    rng = np.random.default_rng(seed)
    team, before = [random_person(rng) for _ in range(people)], published([random_person(rng) for _ in range(people)])
    shuffled = random.Random(seed).sample(team, people)
    assert published(team) == published(shuffled)
    assert published(team, previous=before) == published(shuffled, previous=before)


def test_comparisons_change_the_mix_of_a_team_and_no_other_band():
    both = member("data-engineer", infrastructure="weekly", ci_cd="daily")
    compared = dataclasses.replace(both, follow_ups=FollowUps("data-engineer", {"devops-sre": "hardly"}))
    rated, without = published(6 * [both]), published(6 * [compared])
    assert percents(rated).keys() == {"data-engineer", "devops-sre"}
    assert percents(without).keys() == {"data-engineer"}
    assert without.coverage == rated.coverage


def test_weekly_counts_and_monthly_does_not():
    members = [member(pipelines="weekly", dashboards="monthly", trends="skip")] * 5
    round = published(members)
    assert [band(round, id) for id in ("pipelines", "dashboards", "trends")] == [
        "four-or-more",
        "one-at-most",
        "one-at-most",
    ]


def test_an_answer_with_a_level_of_exactly_one_half_counts():
    model = dataclasses.replace(MODEL, level_of_step=np.array([0, 0.1, 0.5, 0.65, 1, np.nan]))
    round = publish(BANK, model, 5 * [member(dashboards="monthly")], 5)
    assert round is not None
    assert band(round, "dashboards") == "four-or-more"


def test_a_contact_counts_people_who_know_both_roles():
    engineer_with_contact = member("data-engineer", contacts=["data-analyst"])
    both = member("data-engineer", "data-analyst")
    scientist = member("data-scientist", contacts=["data-analyst", "data-engineer"])

    def contact_band(*members: Contribution) -> str:
        items = {item.roles: item.band for item in published(members).contacts}
        return items["data-analyst", "data-engineer"]

    assert contact_band(*5 * [ENGINEER]) == contact_band(*5 * [scientist]) == "one-at-most"
    assert contact_band(*5 * [Contribution(ENGINEER.answers)]) == "one-at-most"
    assert contact_band(engineer_with_contact, both, *3 * [ENGINEER]) == "two-or-three"
    assert contact_band(*2 * [engineer_with_contact], *2 * [both], ENGINEER) == "four-or-more"


# The rules of rounds


@pytest.mark.parametrize(
    ("finished", "counted", "in_other_team", "last_closed", "expected"),
    [
        ("2026-05-31", False, False, None, True),
        ("2026-05-31", False, False, "2026-05-30", True),
        ("2026-05-31", False, False, "2026-05-31", True),  # only days are stored
        ("2026-05-30", False, False, "2026-05-31", False),
        ("2026-05-31", True, False, None, False),
        ("2026-05-31", False, True, None, False),
        (None, False, False, None, False),
    ],
)
def test_a_round_counts_new_finished_responses_once(finished, counted, in_other_team, last_closed, expected):
    assert is_eligible(finished, counted=counted, in_other_team=in_other_team, last_closed=last_closed) is expected


def test_a_round_is_withdrawn_once_fewer_than_five_of_its_people_are_left():
    assert [must_withdraw(7, deleted) for deleted in range(5)] == [False, False, False, True, True]
    assert [must_withdraw(20, deleted) for deleted in (15, 16)] == [False, True]


# Stored values, facts and agenda


def some_round() -> Published:
    rng = np.random.default_rng(7)
    return published([random_person(rng) for _ in range(12)])


def test_a_published_round_is_the_same_after_json():
    round = some_round()
    assert Published.from_data(json.loads(json.dumps(round.to_data()))) == round


def test_a_published_round_names_the_version_of_its_bank():
    assert some_round().bank == BANK.version


def test_a_published_round_has_no_field_for_when_people_finished():
    assert some_round().to_data().keys() == {"people", "bank", "mix", "other_percent", "coverage", "contacts"}


@pytest.mark.parametrize(
    "change",
    [{"people": ...}, {"coverage": [{"responsibility": "x"}]}, {"mix": None}, {"surplus": 1}, {"contacts": [{}]}],
    ids=str,
)
def test_other_data_is_no_published_round(change):
    data = {key: value for key, value in (some_round().to_data() | change).items() if value is not ...}
    with pytest.raises(ValueError, match="no published round"):
        Published.from_data(data)


def test_an_unknown_band_is_no_published_round():
    data = some_round().to_data()
    data["coverage"][0]["band"] = "exactly-three"
    with pytest.raises(ValueError, match="exactly-three"):
        Published.from_data(data)


def test_the_facts_of_a_round_stay_the_same_with_another_bank_and_name_what_was_removed(small_bank):
    round = published(5 * [ENGINEER])
    new_facts, old_facts = facts(round, load(small_bank)), facts(round, BANK)
    assert new_facts[: len(old_facts)] == old_facts
    removed = [(role.id, role.name) for role in BANK.roles]
    removed += [(item.id, item.name) for item in BANK.responsibility.values()]
    assert new_facts[len(old_facts) :] == [Fact("removed", id, name, "no longer in the quiz") for id, name in removed]


def test_a_round_of_another_bank_does_not_influence_the_next(small_bank):
    bakery = load(small_bank)
    team = [Contribution({"dough": "daily", "oven": "daily"})] * 5
    before = published(5 * [ENGINEER])
    model = ScoringModel.from_bank(bakery)
    assert publish(bakery, model, team, 5, before) == publish(bakery, model, team, 5)


def test_the_facts_contain_all_of_a_published_round_and_nothing_else():
    round = some_round()
    rows = facts(round, BANK)
    values = {(kind, id): value for kind, id, _, value in rows}
    assert len(values) == len(rows) == 1 + len(BANK.roles) + 1 + len(BANK.questions_in_order) + len(BANK.contacts)
    assert values["people", "people"] == "12"
    assert {id: value for (kind, id), value in values.items() if kind == "coverage"} == {
        item.responsibility: BAND_LABELS[item.band] for item in round.coverage
    }
    assert {id: value for (kind, id), value in values.items() if kind == "contact"} == {
        " ".join(item.roles): BAND_LABELS[item.band] for item in round.contacts
    }
    for part in round.mix:
        value = "three or more people, share not shown" if part.is_common else "few or nobody"
        assert values["mix", part.role] == (value if part.percent is None else f"{part.percent}%")
    name = {role.id: role.name for role in BANK.roles}
    assert [(id, fact_name) for kind, id, fact_name, _ in rows if kind != "contact"] == [
        ("people", "finished"),
        *name.items(),
        ("others", "other roles"),
        *((item.id, item.name) for item in BANK.responsibility.values()),
    ]
    assert [fact_name for kind, _, fact_name, _ in rows if kind == "contact"] == [
        f"{name[one]} – {name[other]}" for one, other in sorted(BANK.contacts)
    ]


def test_the_share_of_the_other_roles_is_exact_if_it_reveals_nobody():
    round = published([*4 * [ENGINEER], *2 * [ANALYST]])
    assert [fact.value for fact in facts(round, BANK) if fact.id == "others"] == ["35%"]


@pytest.mark.parametrize("engineers", [5, 9], ids=["the maximum", "more"])
def test_a_share_of_most_or_all_hides_the_others_shares(engineers):
    round = published([*engineers * [ENGINEER], *3 * [member("data-engineer", "data-analyst")]])
    values = {fact.id: fact.value for fact in facts(round, BANK) if fact.kind == "mix"}
    assert values["data-engineer"] == "most or all"
    assert values["data-analyst"] == "three or more people, share not shown"
    assert values["others"] == "20% or less"


def test_derived_facts_come_from_the_bands():
    team = [*4 * [member("data-engineer", contacts=["data-analyst"])], *3 * [ANALYST], member(monitoring="daily")]
    round = published(team)
    assert {item.responsibility for item in round.strengths} == {"pipelines", "ingest-transform-serve", "data-quality"}
    assert [part.role for part in round.overlaps] == ["data-engineer"]
    assert "monitoring" in {item.responsibility for item in round.gaps}
    assert [part.role for part in round.common_roles] == ["data-engineer", "data-analyst"]
    assert {part.role for part in round.rare_roles} == set(MODEL.roles) - {"data-engineer", "data-analyst"}
    weak_contacts = {item.roles for item in round.weak_contacts}
    assert ("data-analyst", "data-engineer") not in weak_contacts
    assert ("data-analyst", "data-scientist") in weak_contacts
    assert ("devops-sre", "ml-engineer") not in weak_contacts


def test_derived_facts_of_a_large_team_come_from_its_quarters():
    round = published([*18 * [ENGINEER], *4 * [ANALYST], *2 * [member("data-engineer", contacts=["data-analyst"])]])
    own = {role: {item.id for item in BANK.role[role].responsibilities} for role in ("data-engineer", "data-analyst")}
    assert {item.responsibility for item in round.strengths} == own["data-engineer"]
    assert {item.responsibility for item in round.gaps} == set(MODEL.questions) - own["data-engineer"]
    assert [part.role for part in round.overlaps] == ["data-engineer"]
    assert round.weak_contacts == ()


def test_common_roles_are_sorted_by_share():
    round = published([*3 * [ENGINEER], *6 * [ANALYST]])
    assert percents(round) == {"data-engineer": 30, "data-analyst": 65}
    assert [part.role for part in round.common_roles] == ["data-analyst", "data-engineer"]


@pytest.mark.parametrize(("strengths", "is_overlap"), [(0, False), (1, False), (2, False), (3, True), (4, True)])
def test_a_role_is_an_overlap_if_many_people_do_more_than_half_of_it(strengths, is_overlap):
    baker = PublishedShare("baker", "Baker", True, 40)
    coverage = [
        PublishedCoverage(f"b{n}", "", "baker", "four-or-more" if n < strengths else "one-at-most") for n in range(4)
    ]
    round = dataclasses.replace(some_round(), mix=(baker,), coverage=tuple(coverage))
    assert round.overlaps == ((baker,) if is_overlap else ())


def test_the_agenda_is_in_the_order_of_the_hour_with_the_items_of_each_prompt():
    team = [*4 * [member("data-engineer", contacts=["data-analyst"])], *3 * [ANALYST], member(monitoring="daily")]
    round = published(team)
    common, overlaps = ("data-engineer", "data-analyst"), ("data-engineer",)
    gaps = tuple(item.responsibility for item in round.gaps)
    weak_contacts = tuple(role for item in round.weak_contacts for role in item.roles)
    assert gaps
    assert weak_contacts
    assert agenda(round) == (
        ("alone", "recognise", common),
        ("alone", "missing", ()),
        ("patterns", "gaps", gaps),
        ("patterns", "rare-roles", tuple(role for role in MODEL.roles if role not in common)),
        ("patterns", "weak-contacts", weak_contacts),
        ("patterns", "overlaps", overlaps),
        ("patterns", "strengths", tuple(item.responsibility for item in round.strengths)),
        ("actions", "close-a-gap", gaps),
        ("actions", "strengthen-a-contact", weak_contacts),
        ("actions", "settle-an-overlap", overlaps),
        ("actions", "two-actions", ()),
    )


def test_the_agenda_has_only_the_prompts_that_apply():
    prompts = agenda(published([*5 * [ENGINEER], *3 * [ANALYST]]))
    about = {prompt.id: prompt.about for prompt in prompts}
    assert about["overlaps"] == about["settle-an-overlap"] == ("data-engineer",)
    assert about["recognise"] == ("data-engineer", "data-analyst")
    assert "weak-contacts" not in about
    assert [part for part in AGENDA_MINUTES if any(prompt.part == part for prompt in prompts)] == list(AGENDA_MINUTES)
    assert sum(AGENDA_MINUTES.values()) <= 60


def test_the_agenda_of_a_team_without_any_mix_still_fills_the_hour():
    assert agenda(published(5 * [Contribution({})])) == (
        ("alone", "recognise", ()),
        ("alone", "missing", ()),
        ("patterns", "gaps", MODEL.questions),
        ("patterns", "rare-roles", MODEL.roles),
        ("actions", "close-a-gap", MODEL.questions),
        ("actions", "two-actions", ()),
    )
