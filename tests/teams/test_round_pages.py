"""Rounds between storage and pages: the minimum, which rounds are shown, the page of a round, and the example round."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import Bank, load
from quiz.scoring import ScoringModel
from quiz.teams import Candidate, Round, RoundMember, Team, anonymous, round_pages, rounds
from tests.factories import ALL_NEVER, BANK, MODEL, SMALL_BANK, member

SMALL = load(SMALL_BANK)
#: Answers of a person who does two of the three responsibilities of each role.
TWO_OF_THREE = {id: ("daily", "weekly", "never")[n % 3] for n, id in enumerate(BANK.responsibility)}


def round_members(*states: str | None) -> list[RoundMember]:
    """A member for each state: the day of finishing, None for unfinished, `counted` for counted by a closed round."""
    return [
        RoundMember(n, "2026-01-01" if state == "counted" else state, counted=state == "counted")
        for n, state in enumerate(states, 1)
    ]


def team(*closed: Round, minimum: int = 5, open_round: bool = True) -> Team:
    """A team with these closed rounds."""
    last_round = (Round(len(closed) + 1, "2026-01-01", None, None, 0, 0),) if open_round else ()
    return Team(1, 1, "The crew", "anonymous", minimum, "2026-01-01", (*closed, *last_round))


def closed(number: int = 1, *, people: int = 6, deleted: int = 0, day: str = "2026-02-01") -> Round:
    result = publish(BANK, people)
    return Round(number, "2026-01-01", day, json.dumps(result.to_data()), people, deleted)


def publish(bank: Bank, people: int) -> anonymous.Published:
    answers = {id: ("daily", "weekly", "never")[n % 3] for n, id in enumerate(bank.responsibility)}
    result = anonymous.publish(bank, ScoringModel.from_bank(bank), people * [anonymous.Contribution(answers)], 5)
    assert result is not None
    return result


def candidates(members: Sequence[RoundMember], answers: Mapping[str, str] = ALL_NEVER) -> list[Candidate]:
    """The members with the same answers each."""
    return [Candidate(each.response, each.finished, each.counted, answers, ("data-analyst",)) for each in members]


# The minimum


@pytest.mark.parametrize(
    ("finished", "minimum", "is_reached"), [(0, 5, False), (4, 5, False), (5, 5, True), (7, 8, False), (9, 8, True)]
)
def test_a_round_reaches_its_minimum_exactly(finished, minimum, is_reached):
    members = round_members(*finished * ["2026-02-02"])
    assert rounds.is_minimum_reached(team(minimum=minimum), members) is is_reached


def test_unfinished_counted_and_older_responses_do_not_reach_the_minimum():
    new = 4 * ["2026-02-01"]
    others = ["counted", "counted", None, "2026-01-31"]
    assert not rounds.is_minimum_reached(team(closed()), round_members(*others, *new))
    assert rounds.is_minimum_reached(team(closed()), round_members(*others, *new, "2026-02-02"))


def test_without_an_open_round_no_minimum_is_reached():
    members = round_members(*9 * ["2026-02-02"])
    assert not rounds.is_minimum_reached(team(closed(), open_round=False), members)


member_states = st.sampled_from([None, "2026-01-31", "2026-02-01", "2026-02-02", "counted"])


@settings(deadline=None)
@given(states=st.lists(member_states, max_size=12), has_closed_round=st.booleans())
def test_a_round_publishes_exactly_if_its_minimum_is_reached(states, has_closed_round):
    a_team = team(closed()) if has_closed_round else team()
    members = round_members(*states)
    publication = rounds.publisher(BANK, MODEL)(a_team, candidates(members))
    assert (publication is not None) is rounds.is_minimum_reached(a_team, members)
    if publication is not None:
        counted = publication.counted
        assert len(counted) == len(set(counted)) == json.loads(publication.published)["people"]
        assert not set(counted) & {member.response for member in members if member.counted or member.finished is None}


def test_the_publisher_stores_what_publish_returns():
    publication = rounds.publisher(BANK, MODEL)(team(), candidates(round_members(*6 * ["2026-03-01"])))
    assert publication is not None
    expected = anonymous.publish(BANK, MODEL, 6 * [anonymous.Contribution(ALL_NEVER, ("data-analyst",))], 5)
    assert anonymous.Published.from_data(json.loads(publication.published)) == expected


def test_a_candidate_has_no_field_for_a_title_a_text_or_wishes():
    assert [field.name for field in dataclasses.fields(Candidate)] == [
        "response",
        "finished",
        "counted",
        "answers",
        "contacts",
        "follow_ups",
    ]


def test_the_publisher_passes_on_what_the_last_round_published():
    # Two people do what nobody did before. With the previous round known, only a third person would change the band.
    daily = dict.fromkeys(BANK.responsibility, "daily")
    six = round_members(*6 * ["2026-03-01"])
    members = candidates(six[:4], TWO_OF_THREE) + candidates(six[4:], daily)
    close = rounds.publisher(BANK, MODEL)
    first, second = close(team(), members), close(team(closed()), members)
    assert first is not None and second is not None
    contributions = [anonymous.Contribution(candidate.answers, candidate.contacts) for candidate in members]
    expected = anonymous.publish(BANK, MODEL, contributions, 5, previous=publish(BANK, 6))
    assert expected is not None
    assert json.loads(second.published) == json.loads(json.dumps(expected.to_data()))
    assert first.published != second.published
    assert first.counted == second.counted


# Which rounds are shown


def test_closed_rounds_are_shown_latest_first_and_the_open_one_is_not():
    shown_rounds = rounds.closed_rounds(team(closed(1), closed(2, day="2026-04-01")))
    assert [(round.number, round.closed) for round in shown_rounds] == [(2, "2026-04-01"), (1, "2026-02-01")]
    assert all(round.published == publish(BANK, 6) for round in shown_rounds)
    assert rounds.closed_rounds(team()) == ()


@pytest.mark.parametrize(
    ("people", "deleted", "is_published"),
    [(6, 0, True), (6, 1, True), (6, 2, False), (6, 6, False), (5, 0, True), (5, 1, False), (30, 25, True)],
)
def test_a_round_with_fewer_than_five_left_is_shown_as_withdrawn(people, deleted, is_published):
    (round,) = rounds.closed_rounds(team(closed(people=people, deleted=deleted)))
    assert (round.published is not None) is is_published


# The page of a round


@pytest.mark.parametrize(
    ("people", "circles"),
    [
        (5, {"one at most": 1, "two or three": 2, "four or more": 3}),
        (19, {"one at most": 1, "two or three": 2, "four or more": 3}),
        (
            20,
            {
                "under a quarter": 1,
                "a quarter to a half": 2,
                "a half to three quarters": 3,
                "more than three quarters": 4,
            },
        ),
    ],
)
def test_a_round_has_a_circle_for_each_band_of_its_size_filled_up_to_the_band(people, circles):
    published = publish(BANK, people)
    page = round_pages.round_page(BANK, published)
    for band in page.bands:
        assert [is_filled for _, is_filled in band.circles] == [n < circles[band.label] for n in range(len(circles))]
        centres = [x for x, _ in band.circles]
        assert centres == sorted(set(centres))
        assert band.radius < centres[0]
        assert centres[-1] < band.width - band.radius
    assert [band.label for band in page.bands] == list(circles)
    items = [item for group in page.coverage for item in group.items]
    assert [(item.name, item.band.label) for item in items] == [
        (item.name, anonymous.BAND_LABELS[item.band]) for item in published.coverage
    ]
    assert {item.band for item in items} <= set(page.bands)


@pytest.mark.parametrize("people", [6, 24])
def test_exactly_the_gaps_are_in_the_lowest_band(people):
    published = publish(BANK, people)
    items = [item for group in round_pages.round_page(BANK, published).coverage for item in group.items]
    assert [item.name for item in items if item.band.is_lowest] == [item.name for item in published.gaps]
    assert published.gaps


def test_the_groups_are_the_roles_in_the_order_of_the_flow_each_with_its_responsibilities():
    page = round_pages.round_page(BANK, publish(BANK, 6))
    assert [group.role for group in page.coverage] == list(BANK.roles)
    for group, role in zip(page.coverage, BANK.roles, strict=True):
        assert [item.name for item in group.items] == [item.name for item in role.responsibilities]


role_lists = st.lists(st.lists(st.sampled_from(MODEL.roles), max_size=3, unique=True), min_size=5, max_size=24)


@settings(max_examples=60, deadline=None)
@given(team=role_lists)
def test_the_list_of_the_mix_has_the_order_of_the_shelf_and_the_texts_of_the_facts(team: Sequence[Sequence[str]]):
    result = anonymous.publish(BANK, MODEL, [member(*roles) for roles in team], 5)
    assert result is not None
    page = round_pages.round_page(BANK, result)
    shelf_roles = [part.role for part in page.shelf.parts]
    without_number = [item for item in page.mix if item.value == "three or more people, share not shown"]
    assert [item.role for item in page.mix if item not in without_number] == shelf_roles
    facts = {fact.name: fact.value for fact in anonymous.facts(result, BANK) if fact.kind == "mix"}
    rare = {share.name: "few or nobody" for share in result.rare_roles}
    assert {item.name: item.value for item in page.mix} | rare == facts
    assert len(page.mix) + len(rare) == len(facts)


def test_a_share_of_most_or_all_has_no_number_on_the_shelf():
    result = anonymous.publish(BANK, MODEL, 6 * [member("data-engineer")], 5)
    assert result is not None
    page = round_pages.round_page(BANK, result)
    assert [item.value for item in page.mix] == ["most or all", "20% or less"]
    assert [part.percent for part in page.shelf.parts] == [None, None]


@settings(max_examples=60, deadline=None)
@given(team=role_lists)
def test_the_shelf_has_the_common_roles_and_one_part_without_a_hat(team: Sequence[Sequence[str]]):
    result = anonymous.publish(BANK, MODEL, [member(*roles) for roles in team], 5)
    assert result is not None
    *named, others = round_pages.round_page(BANK, result).shelf.parts
    common_roles = [share.role for share in result.common_roles if share.percent]
    assert [part.role.id for part in named if part.role] == common_roles
    assert others.role is None
    assert all(part.percent is None or part.percent >= 12 for part in named)


def test_the_arcs_of_the_map_are_the_published_shares_alone():
    result = anonymous.publish(BANK, MODEL, [*4 * [member("data-engineer")], *2 * [member("data-analyst")]], 5)
    assert result is not None
    page = round_pages.round_page(BANK, result)
    assert [node.role.id for node in page.map.nodes if node.in_mix] == ["data-engineer"]
    assert {node.coverage for node in page.map.nodes if not node.in_mix} == {None}


def test_the_map_draws_a_line_for_contacts_of_two_people_or_more():
    members = [*4 * [member("data-engineer", contacts=["data-analyst"])], member()]
    result = anonymous.publish(BANK, MODEL, members, 5)
    assert result is not None
    lines = [item.roles for item in result.contacts if item.band not in anonymous.LOWEST_BANDS]
    assert lines
    page = round_pages.round_page(BANK, result)
    assert len(page.map.edges) == page.connected_pairs == len(lines)
    assert len(page.contacts) == len(BANK.contacts)


@pytest.mark.parametrize(
    ("roles", "stages"),
    [
        (["data-engineer"], ["“Move and shape”"]),
        (["software-engineer", "data-analyst"], ["“Produce”", "“Use”"]),
        ([], []),
    ],
)
def test_the_stages_of_the_mix_are_those_of_roles_with_a_share(roles, stages):
    members = [*(member(role) for role in roles for _ in range(4)), *3 * [member()], *2 * [member("devops-sre")]]
    result = anonymous.publish(BANK, MODEL, members, 5)
    assert result is not None
    assert list(round_pages.round_page(BANK, result).mix_stages) == stages


def test_the_agenda_names_at_most_four_items_and_says_whether_there_are_more():
    published = publish(BANK, 12)
    sections = round_pages.round_page(BANK, published).agenda
    assert [(section.part, section.minutes) for section in sections] == list(anonymous.AGENDA_MINUTES.items())
    items = [item for section in sections for item in section.items]
    prompts = anonymous.agenda(published)
    assert [item.id for item in items] == [prompt.id for prompt in prompts]
    for item, prompt in zip(items, prompts, strict=True):
        assert len([name for name in item.names if name != "others"]) == min(len(prompt.about), 4)
        assert (item.names[-1:] == ("others",)) is (len(prompt.about) > 4)
    gaps = next(item for item in items if item.id == "gaps")
    assert len(published.gaps) > 4
    most_important = next(prompt.about for prompt in prompts if prompt.id == "gaps")[:4]
    assert gaps.names == (*(f"“{BANK.responsibility[id].name}”" for id in most_important), "others")


def test_the_page_names_the_roles_of_each_weak_contact():
    members = [*4 * [member("data-engineer", contacts=["data-analyst"])], *3 * [member("data-analyst")]]
    published = anonymous.publish(BANK, MODEL, members, 5)
    assert published is not None
    page = round_pages.round_page(BANK, published)
    names = {role.id: role.name for role in BANK.roles}
    assert page.weak_contacts
    assert page.weak_contacts == tuple(
        (names[a], names[b]) for a, b in (item.roles for item in published.weak_contacts)
    )
    (item,) = (item for section in page.agenda for item in section.items if item.id == "weak-contacts")
    assert item.pairs == page.weak_contacts[:4]


@pytest.mark.parametrize(
    ("covered", "amount"), [(0, "all"), (1, "most"), (10, "most"), (11, "some"), (20, "some"), (21, "none")]
)
def test_a_page_says_how_many_responsibilities_are_gaps(covered, amount):
    answers = {id: "daily" if n < covered else "never" for n, id in enumerate(BANK.responsibility)}
    published = anonymous.publish(BANK, MODEL, 5 * [anonymous.Contribution(answers)], 5)
    assert published is not None
    page = round_pages.round_page(BANK, published)
    assert page.gap_amount == amount
    assert page.covered == tuple(item.name for item in list(BANK.responsibility.values())[:covered])


def test_the_page_of_a_round_stays_the_same_after_its_bank_was_replaced():
    published = publish(BANK, 12)
    old_page, new_page = round_pages.round_page(BANK, published), round_pages.round_page(SMALL, published)
    assert not [node for node in new_page.map.nodes if node.in_mix]
    assert [(item.name, item.value) for item in new_page.mix] == [(item.name, item.value) for item in old_page.mix]
    assert [part.path for part in new_page.shelf.parts] == [part.path for part in old_page.shelf.parts]
    assert {part.role for part in new_page.shelf.parts} == {None}, "the new bank has no hats for these roles"
    assert [(group.name, group.items) for group in new_page.coverage] == [
        (group.name, group.items) for group in old_page.coverage
    ]
    assert [group.role for group in new_page.coverage] == [None] * len(BANK.roles)
    drawings = {name: getattr(old_page, name) for name in ("map", "mix_stages", "mix", "shelf", "coverage")}
    assert dataclasses.replace(new_page, removed=(), **drawings) == old_page
    assert new_page.removed == tuple(
        [role.name for role in BANK.roles] + [item.name for item in BANK.responsibility.values()]
    )


# Several rounds


def closed_rounds(**published: anonymous.Published | None) -> list[rounds.ClosedRound]:
    """Rounds by number, latest first, as `round_2=...`; None for a withdrawn one."""
    numbers = {int(name.removeprefix("round_")): result for name, result in published.items()}
    return [rounds.ClosedRound(number, "2026-02-01", numbers[number]) for number in sorted(numbers, reverse=True)]


def test_rounds_are_compared_first_to_last_without_those_that_are_withdrawn():
    first, last = publish(BANK, 6), publish(BANK, 7)
    comparison = round_pages.compare_rounds(BANK, last, closed_rounds(round_1=first, round_2=None, round_3=last))
    assert comparison is not None
    assert comparison.numbers == (1, 3)
    assert comparison.rows == (), "the same answers, in the same bands"


def test_a_comparison_has_every_fact_that_changed_and_no_other():
    first = anonymous.publish(BANK, MODEL, 6 * [member("data-engineer")], 5)
    last = anonymous.publish(BANK, MODEL, 6 * [member("data-engineer", "data-analyst", trends="never")], 5)
    assert first is not None
    assert last is not None
    comparison = round_pages.compare_rounds(BANK, last, closed_rounds(round_1=first, round_2=last))
    assert comparison is not None
    values = dict(comparison.rows)
    assert values["data engineer"][0] == "most or all"
    assert values["data analyst"][0] == "few or nobody"
    assert values[BANK.responsibility["insights"].name] == ("one at most", "four or more")
    assert values["data analyst – data engineer"] == ("one at most", "four or more")
    assert BANK.responsibility["trends"].name not in values
    assert "Pipelines that move data" not in values
    assert "finished" not in values
    assert all(before != after for before, after in values.values())


def test_a_fact_that_another_round_did_not_have_gets_an_empty_cell():
    other = publish(SMALL, 6)
    comparison = round_pages.compare_rounds(SMALL, other, closed_rounds(round_1=other, round_2=publish(BANK, 6)))
    assert comparison is not None
    names = [name for name, _ in comparison.rows]
    assert {role.name for role in SMALL.roles} <= set(names)
    assert {item.name for item in SMALL.responsibility.values()} <= set(names)
    assert all(texts[0] for _, texts in comparison.rows)
    assert {texts[1] for name, texts in comparison.rows if name != "other roles"} == {""}


def test_one_round_is_compared_with_nothing():
    one = publish(BANK, 6)
    assert round_pages.compare_rounds(BANK, one, closed_rounds(round_1=one, round_2=None)) is None


@pytest.mark.parametrize(("number", "is_published"), [(0, False), (1, True), (2, False), (3, False)])
def test_only_a_closed_round_that_is_not_withdrawn_is_published(number, is_published):
    two_rounds = team(closed(1), closed(2, deleted=3))
    assert (rounds.published_round(two_rounds, number) is not None) is is_published
