"""The values of a result page, for each kind of result and for random answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quiz.bank import load
from quiz.config import paths
from quiz.results.contacts import contact_edges
from quiz.results.flow import flow_position
from quiz.results.mix import MixShare, cards_shelf, compare_mixes, tie_cards
from quiz.results.result import CoverageBar, Result, build_result
from quiz.scoring import ScoringModel

BANK = load(paths.project_folder("questions"))
MODEL = ScoringModel.from_bank(BANK)
IDS = [item.id for item in BANK.questions_in_order]

ANALYST = {"insights": "daily", "dashboards": "daily", "trends": "daily"}
ENGINEER = {"pipelines": "daily", "ingest-transform-serve": "daily", "data-quality": "weekly"}
OPERATIONS = {"infrastructure": "daily", "ci-cd": "weekly", "monitoring": "weekly"}

any_result = st.builds(
    build_result,
    st.just(BANK),
    st.just(MODEL),
    st.dictionaries(st.sampled_from([*IDS, "since-removed"]), st.sampled_from([*BANK.option, "hourly"]), min_size=12),
    st.lists(st.sampled_from([*BANK.role, "since-removed"]), unique=True).map(tuple),
)


def result_of(answers: dict[str, str], contacts: tuple[str, ...] = (), *, other_answers: str = "never") -> Result:
    """The result of these answers, with `other_answers` to all other questions."""
    return build_result(BANK, MODEL, dict.fromkeys(IDS, other_answers) | answers, contacts)


def ids(roles) -> list[str]:
    return [role.id for role in roles]


# Kinds


@pytest.mark.parametrize(
    ("answers", "other_answers", "kind", "roles"),
    [
        (ANALYST, "never", "mix", ["data-analyst"]),
        (ENGINEER | OPERATIONS, "never", "mix", ["data-engineer", "devops-sre"]),
        ({"insights": "monthly", "pipelines": "daily"}, "never", "mix", ["data-engineer"]),
        ({"insights": "monthly", "pipelines": "weekly"}, "never", "tie", ["data-engineer", "data-analyst"]),
        ({}, "weekly", "all", list(BANK.role)),
        ({}, "daily", "all", list(BANK.role)),
        ({}, "never", "little", []),
        ({}, "rarely", "little", []),
        ({"insights": "weekly"}, "never", "little", []),
        (dict.fromkeys(IDS[::2], "skip"), "daily", "not-enough", []),
        ({}, "skip", "not-enough", []),
    ],
)
def test_each_kind_of_answers_gets_its_kind_of_result(answers, other_answers, kind, roles):
    result = result_of(answers, other_answers=other_answers)
    assert result.kind == kind
    assert sorted(ids(result.roles)) == sorted(roles)


def test_a_tie_has_both_mixes():
    result = result_of({"insights": "monthly", "pipelines": "weekly"})
    assert ids(result.roles) == ["data-engineer", "data-analyst"]
    assert ids(result.alternative_mix) == ["data-engineer"]


def test_the_order_of_answers_and_contacts_does_not_matter():
    answers = dict.fromkeys(IDS, "never") | ENGINEER
    result = build_result(BANK, MODEL, answers, ("data-analyst", "ml-engineer"))
    reversed_result = build_result(BANK, MODEL, dict(reversed(answers.items())), ("ml-engineer", "data-analyst"))
    assert result.shares == reversed_result.shares
    assert result.bars == reversed_result.bars
    assert result.contacts == reversed_result.contacts


# Shares and bars


@given(any_result)
def test_shares_are_steps_of_five_percent_that_sum_to_100(result: Result):
    assert bool(result.shares) == bool(result.match.mix)
    if result.shares:
        assert sum(share.percent for share in result.shares) == 100
        assert all(share.percent % 5 == 0 and share.percent > 0 for share in result.shares)
        percents = [share.percent for share in result.shares]
        assert percents == sorted(percents, reverse=True)


@given(any_result)
def test_bars_have_every_role_once_by_coverage_with_unjudged_roles_last(result: Result):
    assert sorted(ids(bar.role for bar in result.bars)) == sorted(BANK.role)
    percents = [-1 if bar.percent is None else bar.percent for bar in result.bars]
    assert percents == sorted(percents, reverse=True)
    both_mixes = {*ids(result.roles), *ids(result.alternative_mix)}
    assert {bar.role.id for bar in result.bars if bar.in_mix} == both_mixes
    assert all(0 <= bar.percent <= 100 for bar in result.bars if bar.percent is not None)


@given(any_result)
def test_every_share_and_bar_has_all_rows_of_its_role(result: Result):
    shares_and_bars: list[MixShare | CoverageBar] = [*result.shares, *result.bars]
    for item in shares_and_bars:
        responsibilities = {responsibility.id for responsibility in item.role.responsibilities}
        assert {row.responsibility.id for row in item.rows} == responsibilities


@given(any_result)
def test_skipped_and_new_questions_are_counted(result: Result):
    assert result.new_question_count == result.sheet.question_count - result.sheet.answered_count
    assert result.match.answered == result.sheet.question_count - result.new_question_count - result.skipped_count


def test_a_skipped_role_has_no_coverage_and_a_role_without_activity_has_0():
    skipped = {item.id: "skip" for item in BANK.role["ml-engineer"].responsibilities}
    percents = {bar.role.id: bar.percent for bar in result_of(ANALYST | skipped).bars}
    assert percents == dict.fromkeys(BANK.role, 0) | {"data-analyst": 100, "ml-engineer": None}


# The mix that comes second


@given(any_result)
def test_the_next_mix_is_another_mix_and_on_a_tie_the_alternative(result: Result):
    assert bool(result.next_mix) <= result.has_mix
    if result.next_mix:
        assert set(result.next_mix) != set(result.roles)
    assert result.alternative_mix == (result.next_mix if result.kind == "tie" else ())


def test_a_leaning_has_a_next_mix_and_no_alternative():
    result = result_of({"insights": "monthly", "pipelines": "daily"})
    assert result.match.evidence == "leaning"
    assert (ids(result.next_mix), result.alternative_mix) == (["data-engineer", "data-analyst"], ())


def test_a_single_judged_role_has_no_next_mix():
    others = {id: "skip" for id, item in BANK.responsibility.items() if item.role != "data-analyst"}
    assert result_of(ANALYST | others).next_mix == ()


# Cards and shelf


@given(any_result)
def test_the_shelf_has_a_part_for_every_card_with_its_number(result: Result):
    if result.shelf is None:
        assert not result.shares
        return
    parts = result.shelf.parts
    if not result.has_mix:  # all roles alike: equal parts without numbers
        assert (len(parts), result.cards) == (len(result.shares), ())
        assert {part.percent for part in parts} == {None}
        return
    assert [part.role for part in parts] == [card.role for card in result.cards]
    assert [part.is_tentative for part in parts] == [card.is_tentative for card in result.cards]
    for part, card in zip(parts, result.cards, strict=True):
        assert part.percent in (card.percent, None)


@given(any_result)
def test_cards_are_the_mix_and_in_a_tie_both_mixes(result: Result):
    tentative = {card.role.id for card in result.cards if card.is_tentative}
    if result.kind == "mix":
        assert tuple(card.role for card in result.cards) == result.roles
        assert tentative == set()
        percents = [share.percent for share in result.shares] if result.has_several_roles else [None]
        assert [card.percent for card in result.cards] == percents
    elif result.kind == "tie":
        assert {card.role.id for card in result.cards} == {*ids(result.roles), *ids(result.alternative_mix)}
        assert tentative == set(ids(result.roles)) ^ set(ids(result.alternative_mix))
    else:
        assert result.cards == ()


def test_a_tie_that_adds_a_role_has_the_shares_of_the_larger_mix():
    result = result_of({"insights": "monthly", "pipelines": "weekly"})
    assert [(card.role.id, card.percent, card.is_tentative) for card in result.cards] == [
        ("data-engineer", 65, False),
        ("data-analyst", 35, True),
    ]


def test_a_tie_between_different_roles_has_no_shares():
    one, other, third = BANK.roles[:3]
    coverage = dict.fromkeys(BANK.role, 0.0) | {one.id: 0.9, other.id: 0.6, third.id: 0.5}
    cards = tie_cards(compare_mixes([one, other], [one, third]), coverage, dict.fromkeys(BANK.role, ()))
    assert [(card.role, card.percent, card.is_tentative) for card in cards] == [
        (one, None, False),
        (other, None, True),
        (third, None, True),
    ]
    parts = cards_shelf(cards, coverage).parts
    assert [part.percent for part in parts] == [None] * 3
    widths = [2 * (parts[0].centre), 2 * (640 - parts[2].centre)]
    assert widths == pytest.approx([640 * 0.45, 640 * 0.25], abs=7)


@pytest.mark.parametrize(("evidence", "certainty"), [("clear", 3), ("leaning", 2), ("tie", 1), ("all-alike", 0)])
def test_certainty_is_three_steps(evidence, certainty):
    result = result_of(ANALYST)
    assert replace(result, match=replace(result.match, evidence=evidence)).certainty == certainty


# The position in the flow of data


def test_contacts_are_before_the_mix_in_its_stages_or_after_it():
    position = flow_position(BANK, ["data-engineer"], ["ml-engineer", "software-engineer", "devops-sre", "unknown"])
    assert position is not None
    assert position.stages == ("Move and shape",)
    assert [ids(roles) for roles in (position.before, position.within, position.after)] == [
        ["software-engineer"],
        ["devops-sre"],
        ["ml-engineer"],
    ]


def test_a_mix_of_two_stages_has_the_contacts_between_them_within():
    position = flow_position(BANK, ["data-analyst", "software-engineer"], ["data-engineer"])
    assert position is not None
    assert (position.stages, ids(position.within)) == (("Produce", "Use"), ["data-engineer"])


def test_without_a_mix_there_is_no_position():
    assert flow_position(BANK, [], ["data-engineer"]) is None


# The closest role


@given(st.dictionaries(st.sampled_from(IDS), st.sampled_from([*BANK.option])))
def test_the_smallest_change_brings_the_closest_role_into_the_mix(some_answers):
    answers = dict.fromkeys(IDS, "never") | some_answers
    before = build_result(BANK, MODEL, answers, ())
    step = before.closest_role
    assume(step is not None)
    assert step is not None
    assert step.row.answer is not None
    assert step.row.answer.level is not None
    assert step.answer.level is not None
    assert step.answer.level > step.row.answer.level
    after = build_result(BANK, MODEL, answers | {step.row.responsibility.id: step.answer.id}, ())
    assert step.role.id not in ids(before.roles)
    assert step.role.id in ids(after.roles)


# Contacts


def test_contacts_are_usual_missing_or_unusual():
    contacts = result_of(ANALYST, ("data-engineer", "software-engineer")).contacts
    assert ids(contacts.usual) == ["data-engineer"]
    assert ids(contacts.missing) == ["data-scientist"]
    assert ids(contacts.unusual) == ["software-engineer"]
    assert contacts.reported == (*contacts.usual, *contacts.unusual)


def test_missing_contacts_are_named_only_where_few_are_missing():
    few = result_of(ANALYST, ("data-engineer",)).contacts
    many = result_of(ENGINEER, ("data-analyst",)).contacts
    assert ids(few.named_missing) == ids(few.missing) == ["data-scientist"]
    assert len(many.missing) > 2
    assert many.named_missing == ()


def test_without_contacts_all_usual_ones_are_missing():
    contacts = result_of(ANALYST).contacts
    assert ids(contacts.missing) == ids(BANK.neighbours("data-analyst"))
    assert not contacts.reported


def test_a_contact_with_a_role_of_the_mix_is_usual():
    assert ids(result_of(ANALYST, ("data-analyst",)).contacts.usual) == ["data-analyst"]


@given(any_result)
def test_contacts_have_every_role_at_most_once_and_none_that_the_bank_does_not_have(result: Result):
    roles = ids((*result.contacts.usual, *result.contacts.missing, *result.contacts.unusual))
    assert len(roles) == len(set(roles))
    assert set(roles) <= set(BANK.role)


# The map


@given(any_result)
def test_the_map_marks_the_mix_and_shows_no_share_next_to_the_coverage(result: Result):
    both_mixes = {*ids(result.roles), *ids(result.alternative_mix)}
    assert {node.role.id for node in result.map.nodes if node.in_mix} == both_mixes
    tentative = {card.role.id for card in result.cards if card.is_tentative}
    assert {node.role.id for node in result.map.nodes if node.is_tentative} == tentative
    assert {node.role.id: node.coverage for node in result.map.nodes} == {
        bar.role.id: bar.percent for bar in result.bars
    }


def test_only_reported_contacts_are_lines():
    assert result_of(ANALYST).map.edges == ()
    assert len(result_of(ANALYST, ("data-engineer",)).map.edges) == 1


def test_two_roles_of_the_mix_are_not_connected_with_each_other():
    assert result_of(ENGINEER | OPERATIONS).map.edges == ()


def test_an_unusual_contact_is_connected_with_the_main_role():
    assert contact_edges(BANK, ["data-analyst"], ["software-engineer"]) == [("data-analyst", "software-engineer")]


def test_if_no_role_stands_out_usual_contacts_are_connected_if_both_were_reported():
    contacts = ["data-engineer", "data-analyst", "software-engineer"]
    expected = [("data-analyst", "data-engineer"), ("data-engineer", "software-engineer")]
    for mix in ([], list(BANK.role)):
        assert contact_edges(BANK, mix, contacts) == expected


# Another bank


def test_a_bank_of_another_trade_gets_a_result(small_bank):
    bank = load(small_bank)
    answers = dict.fromkeys(bank.responsibility, "never") | {"dough": "daily", "oven": "daily"}
    result = build_result(bank, ScoringModel.from_bank(bank), answers, ("shop-keeper",))
    assert (result.kind, ids(result.roles)) == ("mix", ["baker"])
    assert [stage.name for stage in result.map.stages] == ["Bake", "Sell"]
