"""The values of a result page, for each kind of result and for random answers."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quiz.bank import load
from quiz.config import paths
from quiz.results.result import CoverageBar, MixShare, Result, build_result
from quiz.scoring import ScoringModel

BANK = load(paths.project_folder("questions"))
MODEL = ScoringModel.from_bank(BANK)
IDS = [item.id for item in BANK.questions_in_order]

ANALYST = {"insights": "daily", "dashboards": "daily", "trends": "daily"}
ENGINEER = {"pipelines": "daily", "ingest-transform-serve": "daily", "data-quality": "weekly"}
OPERATIONS = {"infrastructure": "daily", "ci-cd": "weekly", "monitoring": "weekly"}

anything = st.builds(
    build_result,
    st.just(BANK),
    st.just(MODEL),
    st.dictionaries(st.sampled_from([*IDS, "since-removed"]), st.sampled_from([*BANK.option, "hourly"]), min_size=12),
    st.lists(st.sampled_from([*BANK.role, "since-removed"]), unique=True).map(tuple),
)


def told(answers: dict[str, str], contacts: tuple[str, ...] = (), *, often: str = "never") -> Result:
    """The result of somebody who answered `often` to all questions not named."""
    return build_result(BANK, MODEL, dict.fromkeys(IDS, often) | answers, contacts)


def ids(roles) -> list[str]:
    return [role.id for role in roles]


# Kinds


@pytest.mark.parametrize(
    ("answers", "often", "kind", "roles"),
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
def test_each_kind_of_answers_gets_its_kind_of_result(answers, often, kind, roles):
    found = told(answers, often=often)
    assert found.kind == kind
    assert sorted(ids(found.roles)) == sorted(roles)


def test_a_tie_holds_both_mixes():
    found = told({"insights": "monthly", "pipelines": "weekly"})
    assert ids(found.roles) == ["data-engineer", "data-analyst"]
    assert ids(found.alternative_mix) == ["data-engineer"]


def test_the_order_of_answers_and_contacts_does_not_matter():
    answers = dict.fromkeys(IDS, "never") | ENGINEER
    there = build_result(BANK, MODEL, answers, ("data-analyst", "ml-engineer"))
    back = build_result(BANK, MODEL, dict(reversed(answers.items())), ("ml-engineer", "data-analyst"))
    assert there.shares == back.shares
    assert there.bars == back.bars
    assert there.contacts == back.contacts


# Shares and bars


@given(anything)
def test_shares_are_steps_of_five_percent_that_sum_to_100_and_fill_the_bar(found: Result):
    assert bool(found.shares) == bool(found.match.mix)
    if found.shares:
        assert sum(share.percent for share in found.shares) == 100
        assert all(share.percent % 5 == 0 and share.percent > 0 for share in found.shares)
        starts = [sum(share.percent for share in found.shares[:n]) for n in range(len(found.shares))]
        assert [share.start_percent for share in found.shares] == starts
        percents = [share.percent for share in found.shares]
        assert percents == sorted(percents, reverse=True)


@given(anything)
def test_bars_have_every_role_once_by_coverage_with_unjudged_roles_last(found: Result):
    assert sorted(ids(bar.role for bar in found.bars)) == sorted(BANK.role)
    heights = [-1 if bar.percent is None else bar.percent for bar in found.bars]
    assert heights == sorted(heights, reverse=True)
    assert {bar.role.id for bar in found.bars if bar.in_mix} == {share.role.id for share in found.shares}
    assert all(0 <= bar.percent <= 100 for bar in found.bars if bar.percent is not None)


@given(anything)
def test_every_share_and_bar_has_all_rows_of_its_role(found: Result):
    parts: list[MixShare | CoverageBar] = [*found.shares, *found.bars]
    for part in parts:
        assert {line.responsibility.id for line in part.rows} == {item.id for item in part.role.responsibilities}


@given(anything)
def test_skipped_and_new_questions_are_counted(found: Result):
    assert found.new_question_count == found.sheet.question_count - found.sheet.answered_count
    assert found.match.answered == found.sheet.question_count - found.new_question_count - found.skipped_count


def test_a_skipped_role_is_no_role_without_activity():
    skipped = {item.id: "skip" for item in BANK.role["ml-engineer"].responsibilities}
    found = told(ANALYST | skipped)
    assert ids(found.roles_without_activity) == [id for id in BANK.role if id not in ("data-analyst", "ml-engineer")]
    assert {bar.role.id: bar.percent for bar in found.bars}["ml-engineer"] is None


# The closest role


@given(st.dictionaries(st.sampled_from(IDS), st.sampled_from([*BANK.option])))
def test_the_smallest_change_brings_the_closest_role_into_the_mix(some):
    answers = dict.fromkeys(IDS, "never") | some
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
    contacts = told(ANALYST, ("data-engineer", "software-engineer")).contacts
    assert ids(contacts.usual) == ["data-engineer"]
    assert ids(contacts.missing) == ["data-scientist"]
    assert ids(contacts.unusual) == ["software-engineer"]
    assert contacts.reported == (*contacts.usual, *contacts.unusual)


def test_without_contacts_all_usual_ones_are_missing():
    contacts = told(ANALYST).contacts
    assert ids(contacts.missing) == ids(BANK.neighbours("data-analyst"))
    assert not contacts.reported


def test_a_contact_with_a_role_of_the_mix_is_usual():
    assert ids(told(ANALYST, ("data-analyst",)).contacts.usual) == ["data-analyst"]


@given(anything)
def test_contacts_have_every_role_at_most_once_and_none_that_the_bank_does_not_have(found: Result):
    named = ids((*found.contacts.usual, *found.contacts.missing, *found.contacts.unusual))
    assert len(named) == len(set(named))
    assert set(named) <= set(BANK.role)


# The map


@given(anything)
def test_the_map_marks_the_mix(found: Result):
    assert {node.role.id: node.percent for node in found.map.nodes if node.in_mix} == {
        share.role.id: share.percent for share in found.shares
    }


def test_usual_contacts_are_faint_until_they_are_reported():
    faint = told(ANALYST).map.edges
    assert [edge.is_reported for edge in faint] == [False] * len(BANK.neighbours("data-analyst"))
    assert [edge.is_reported for edge in told(ANALYST, ("data-engineer",)).map.edges] == [False, True]


def test_a_line_between_two_roles_of_the_mix_is_not_reported():
    assert not [edge for edge in told(ENGINEER | OPERATIONS).map.edges if edge.is_reported]


def test_an_unusual_contact_gets_a_line_of_its_own():
    usual, more = told(ANALYST), told(ANALYST, ("software-engineer",))
    assert len(more.map.edges) == len(usual.map.edges) + 1
    assert [edge.is_reported for edge in more.map.edges].count(True) == 1


def test_if_no_role_stands_out_the_map_has_all_usual_contacts():
    for found in (told({}), told({}, often="weekly")):
        assert len(found.map.edges) == len(BANK.contacts)
        assert not [edge for edge in found.map.edges if edge.is_reported]


# Another bank


def test_a_bank_from_another_trade_gets_its_result_too(small_bank):
    bank = load(small_bank)
    answers = dict.fromkeys(bank.responsibility, "never") | {"dough": "daily", "oven": "daily"}
    found = build_result(bank, ScoringModel.from_bank(bank), answers, ("shop-keeper",))
    assert (found.kind, ids(found.roles)) == ("mix", ["baker"])
    assert [stage.name for stage in found.map.stages] == ["Bake", "Sell"]
