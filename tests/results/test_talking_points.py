"""Questions worth asking: which of them one result gets, and in which order."""

import string
from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank import CONDITIONS, WISHES, load
from quiz.config import paths
from quiz.results.changes import compare_results
from quiz.results.result import build_result
from quiz.results.talking_point_conditions import MATCHERS
from quiz.results.talking_point_context import TalkingPointContext
from quiz.results.talking_points import MAX_TALKING_POINTS, MIN_TALKING_POINTS, choose_talking_points
from quiz.scoring import ScoringModel

BANK = load(paths.project_folder("questions"))
MODEL = ScoringModel.from_bank(BANK)
NEVER = dict.fromkeys(BANK.responsibility, "never")
DAILY = dict.fromkeys(BANK.responsibility, "daily")
ANALYST = NEVER | {"insights": "daily", "dashboards": "daily", "trends": "weekly"}
BOTH = ANALYST | {"pipelines": "daily", "ingest-transform-serve": "weekly", "data-quality": "weekly"}
THREE = BOTH | {"infrastructure": "daily", "ci-cd": "weekly", "monitoring": "weekly"}
TIE = NEVER | dict.fromkeys(["scalable-architecture", "insights", "trends", "predictive-models"], "daily")
TIE |= {"code-quality": "weekly", "ci-cd": "monthly", "model-optimisation": "rarely"}
LEANING = ANALYST | {"pipelines": "monthly", "data-quality": "weekly"}


def talk(
    answers: Mapping[str, str],
    contacts: Collection[str] = (),
    *,
    before: Mapping[str, str] | None = None,
    wishes: Mapping[str, str] | None = None,
    title_role: str | None = None,
    goals: tuple[str, ...] = (),
) -> TalkingPointContext:
    """The situation of somebody who answered so."""
    return TalkingPointContext(
        BANK,
        build_result(BANK, MODEL, answers, contacts),
        wishes=wishes or {},
        title_role=title_role,
        goals=goals,
        comparison=None if before is None else compare_results(BANK, MODEL, before, answers),
    )


def found(condition: str, situation: TalkingPointContext) -> list[Mapping[str, str]]:
    """What the condition finds, best first."""
    return [one.slots for one in MATCHERS[condition](situation)]


def named(condition: str, situation: TalkingPointContext) -> list[str | None]:
    """The responsibility, else the role, if any, that each find names."""
    return [slots.get("responsibility") or slots.get("role") for slots in found(condition, situation)]


def conditions(situation: TalkingPointContext) -> list[str]:
    return [chosen.talking_point.when for chosen in choose_talking_points(situation)]


situations = st.builds(
    talk,
    answers=st.fixed_dictionaries({id: st.sampled_from(list(BANK.option)) for id in BANK.responsibility}),
    contacts=st.sets(st.sampled_from(list(BANK.role))),
    before=st.none() | st.fixed_dictionaries({id: st.sampled_from(list(BANK.option)) for id in BANK.responsibility}),
    wishes=st.dictionaries(st.sampled_from([*BANK.responsibility, "sailing"]), st.sampled_from([*WISHES, "rest"])),
    title_role=st.none() | st.sampled_from([*BANK.role, "sailor"]),
    goals=st.lists(st.sampled_from([*BANK.role, "sailor"]), max_size=2, unique=True).map(tuple),
)

# For each condition, somebody for whom it holds, and what it names; and somebody nearly the same for whom it does not.
CASES = {
    "daily-but-hand-over": (
        talk(ANALYST, wishes={"trends": "hand-over", "dashboards": "hand-over"}),
        "Reports and dashboards",
        talk(ANALYST, wishes={"trends": "hand-over", "dashboards": "less"}),
    ),
    "hand-over": (
        talk(ANALYST, wishes={"trends": "hand-over"}),
        "Changes over time",
        talk(ANALYST, wishes={"pipelines": "hand-over"}),
    ),
    "wants-less": (
        talk(ANALYST, wishes={"trends": "less"}),
        "Changes over time",
        talk(ANALYST | {"trends": "monthly"}, wishes={"trends": "less"}),
    ),
    "wants-less-of-main-role": (
        talk(ANALYST, wishes={"trends": "less", "insights": "hand-over"}),
        "data analyst",
        talk(ANALYST, wishes={"trends": "less", "insights": "more", "dashboards": "as-is"}),
    ),
    "wants-more": (
        talk(ANALYST | {"pipelines": "rarely"}, wishes={"pipelines": "more"}),
        "Flows that move data",
        talk(ANALYST, wishes={"pipelines": "more"}),
    ),
    "wish-to-start": (
        talk(ANALYST, wishes={"pipelines": "start"}),
        "Flows that move data",
        talk(ANALYST, wishes={"dashboards": "start"}),
    ),
    "goal-and-wish": (
        talk(ANALYST, wishes={"pipelines": "start"}, goals=("data-engineer",)),
        "Flows that move data",
        talk(ANALYST, wishes={"pipelines": "start"}, goals=("data-scientist",)),
    ),
    "goal-but-less": (
        talk(BOTH, wishes={"pipelines": "less"}, goals=("data-engineer",)),
        "Flows that move data",
        talk(BOTH, wishes={"pipelines": "less"}, goals=("data-scientist",)),
    ),
    "goal-started": (
        talk(ANALYST | {"pipelines": "weekly"}, goals=("data-engineer",)),
        "Raw data into ready tables",
        talk(ANALYST | {"pipelines": "monthly"}, goals=("data-engineer",)),
    ),
    "goal-not-started": (
        talk(ANALYST | {"pipelines": "monthly"}, goals=("data-engineer",)),
        "Raw data into ready tables",
        talk(ANALYST | {"pipelines": "weekly"}, goals=("data-engineer",)),
    ),
    "goal-reached": (
        talk(ANALYST, goals=("data-analyst",)),
        "data analyst",
        talk(ANALYST | {"trends": "skip"}, goals=("data-analyst",)),
    ),
    "title-role-not-in-mix": (
        talk(ANALYST, title_role="data-engineer"),
        "data engineer",
        talk(DAILY, title_role="data-engineer"),
    ),
    "role-hidden-by-title": (
        talk(BOTH, title_role="data-engineer"),
        "data analyst",
        talk(ANALYST, title_role="data-engineer"),
    ),
    "daily-outside-mix": (
        talk(ANALYST | {"dashboards": "weekly", "governance": "daily"}),
        "Meaning, ownership and access",
        talk(ANALYST | {"governance": "weekly"}),
    ),
    "tie": (talk(TIE), "data architect", talk(ANALYST)),
    "leaning": (talk(LEANING), None, talk(ANALYST)),
    "one-role": (talk(ANALYST), "data analyst", talk(BOTH)),
    "two-roles": (talk(BOTH), "data analyst", talk(ANALYST)),
    "many-roles": (talk(THREE), "data analyst", talk(TIE)),
    "all-alike": (talk(DAILY), None, talk(NEVER)),
    "little": (talk(NEVER), None, talk(DAILY)),
    "not-enough": (talk({}), None, talk(NEVER)),
    "missing-contact": (
        talk(ANALYST, ["data-engineer"]),
        "data scientist",
        talk(ANALYST),  # who ticks nobody most likely left the list out
    ),
    "extra-contact": (talk(ANALYST, ["devops-sre"]), "DevOps/SRE", talk(ANALYST, ["data-engineer"])),
    "answer-changed": (
        talk(ANALYST, before=ANALYST | {"trends": "rarely", "insights": "weekly"}),
        "Changes over time",
        talk(ANALYST, before=ANALYST | {"trends": "monthly", "insights": "skip"}),
    ),
    "mix-changed": (talk(BOTH, before=ANALYST), "data engineer", talk(ANALYST, before=ANALYST)),
    "mix-unchanged": (talk(ANALYST, before=ANALYST), None, talk(ANALYST, before={})),
}

each_condition = pytest.mark.parametrize("condition", CASES)


def test_every_condition_of_the_bank_has_its_finder_and_its_case():
    assert set(MATCHERS) == set(CONDITIONS)
    assert set(CASES) == set(CONDITIONS) - {"always"}


@each_condition
def test_a_condition_holds_where_it_should_and_names_what_it_found(condition):
    situation, name, _ = CASES[condition]
    assert named(condition, situation)[0] == name


@each_condition
def test_a_condition_does_not_hold_where_it_should_not(condition):
    assert found(condition, CASES[condition][2]) == []


@each_condition
def test_a_condition_fills_exactly_the_slots_that_the_bank_may_use(condition):
    assert set(found(condition, CASES[condition][0])[0]) == set(CONDITIONS[condition])


@each_condition
def test_every_prompt_can_be_asked(condition):
    situation = CASES[condition][0]
    only = tuple(prompt for prompt in BANK.talking_points if prompt.when == condition)
    (chosen,) = choose_talking_points(replace(situation, bank=replace(BANK, talking_points=only)))
    assert chosen.talking_point.when == condition
    slots = [slot for _, slot, _, _ in string.Formatter().parse(chosen.talking_point.text) if slot]
    assert all(chosen.slots[slot] in chosen.text for slot in slots)


# What each condition finds first


def test_what_belongs_to_a_role_headed_for_comes_first_then_what_is_done_most():
    wishes = {"trends": "hand-over", "insights": "hand-over", "pipelines": "hand-over"}
    answers = ANALYST | {"pipelines": "rarely"}
    assert named("hand-over", talk(answers, wishes=wishes)) == [
        "Answers to business questions",
        "Changes over time",
        "Flows that move data",
    ]
    assert named("hand-over", talk(answers, wishes=wishes, goals=("data-engineer",)))[0] == "Flows that move data"


def test_a_prompt_on_the_title_names_both_roles():
    (slots,) = found("title-role-not-in-mix", talk(ANALYST, title_role="data-engineer"))
    assert (slots["roles"], slots["other_roles"]) == ("data engineers", "data analysts")
    (slots,) = found("role-hidden-by-title", talk(BOTH, title_role="data-engineer"))
    assert (slots["roles"], slots["other_roles"]) == ("data analysts", "data engineers")


def test_a_role_that_only_the_other_mix_of_a_tie_holds_is_not_called_outside():
    situation = talk(TIE)
    assert {role.id for role in situation.mix_and_alternative} == {"data-analyst", "data-architect", "data-scientist"}
    assert named("daily-outside-mix", situation) == []
    turned = replace(situation, result=replace(situation.result, shares=situation.result.shares[:1]))
    assert named("daily-outside-mix", turned) != []
    other = tuple(BANK.role[id] for id in ("data-analyst", "data-architect", "data-scientist"))
    assert named("daily-outside-mix", replace(turned, result=replace(turned.result, alternative_mix=other))) == []
    assert named("title-role-not-in-mix", replace(turned, title_role="data-architect")) == ["data architect"]


def test_a_missing_contact_next_to_the_largest_role_comes_first():
    assert named("missing-contact", talk(BOTH, ["data-analyst"])) == [
        "data scientist",
        "software engineer",
        "data architect",
        "DevOps/SRE",
        "ML engineer",
    ]


def test_a_change_names_a_role_that_joined_before_the_one_that_leads_and_one_that_left():
    engineer = NEVER | {"pipelines": "daily", "ingest-transform-serve": "daily", "data-quality": "weekly"}
    assert named("mix-changed", talk(engineer, before=ANALYST))[0] == "data engineer"
    assert named("mix-changed", talk(engineer, before=BOTH)) == ["data engineer", "data analyst"]
    assert named("mix-changed", talk(ANALYST, before=BOTH)) == ["data engineer"]


def test_a_move_is_told_from_where_to_where():
    (slots,) = found("answer-changed", talk(ANALYST, before=ANALYST | {"trends": "rarely"}))
    assert (slots["previous_frequency"], slots["frequency"]) == ("a few times a quarter or less", "about weekly")


# Choosing


def test_the_more_specific_comes_first_and_the_general_fill_up_to_four():
    wishes = {"dashboards": "hand-over", "pipelines": "start"}
    assert conditions(talk(ANALYST, wishes=wishes)) == ["daily-but-hand-over", "wish-to-start", "one-role", "always"]
    assert conditions(talk(ANALYST)) == ["one-role", "always", "always", "always"]


def test_the_text_holds_what_was_found():
    (first, *_) = choose_talking_points(talk(ANALYST, wishes={"dashboards": "hand-over"}))
    assert first.text.startswith(
        "You do “Reports and dashboards” daily or almost daily and would like to hand it over."
    )
    assert first.responsibilities == {BANK.responsibility["dashboards"]}


def test_a_responsibility_that_was_asked_about_leaves_room_for_the_next():
    wishes = {"dashboards": "hand-over", "pipelines": "hand-over"}
    chosen = choose_talking_points(talk(ANALYST | {"pipelines": "weekly"}, wishes=wishes))
    assert [(one.talking_point.when, one.slots["responsibility"]) for one in chosen[:2]] == [
        ("daily-but-hand-over", "Reports and dashboards"),
        ("hand-over", "Flows that move data"),
    ]


def test_a_wish_about_most_of_a_role_stands_for_each_of_its_parts():
    situation = talk(ANALYST, wishes={"dashboards": "hand-over", "trends": "less"})
    assert conditions(situation) == ["wants-less-of-main-role", "one-role", "always", "always"]


def test_wishes_titles_and_roles_that_the_bank_does_not_know_change_nothing():
    strange = talk(ANALYST, wishes={"sailing": "more", "trends": "rest"}, title_role="sailor", goals=("sailor",))
    assert choose_talking_points(strange) == choose_talking_points(talk(ANALYST))


def test_a_bank_without_prompts_gives_none():
    assert choose_talking_points(replace(talk(ANALYST), bank=replace(BANK, talking_points=()))) == ()


@given(situations)
def test_everybody_gets_four_to_six_different_prompts_on_different_things(situation):
    chosen = choose_talking_points(situation)
    assert MIN_TALKING_POINTS <= len(chosen) <= MAX_TALKING_POINTS
    assert len({one.text for one in chosen}) == len(chosen)
    specific = [one.talking_point.when for one in chosen if one.talking_point.when != "always"]
    assert len(set(specific)) == len(specific)
    about = [item for one in chosen for item in one.responsibilities]
    assert len(set(about)) == len(about)
    # By priority, whatever waits for nothing last; nothing general where enough was found.
    ranks = [(one.talking_point.when == "always", -one.talking_point.priority) for one in chosen]
    assert ranks == sorted(ranks)
    assert len(specific) == len(chosen) or len(chosen) == MIN_TALKING_POINTS
    assert not any("{" in one.text or "}" in one.text for one in chosen)


@given(situations)
def test_equal_situations_get_equal_prompts_whatever_the_order_of_wishes(situation):
    turned = dict(reversed(list(situation.wishes.items())))
    assert choose_talking_points(situation) == choose_talking_points(replace(situation, wishes=turned))


@given(situations)
def test_every_find_fills_the_slots_of_its_condition(situation):
    for condition, finder in MATCHERS.items():
        for one in finder(situation):
            assert set(one.slots) == set(CONDITIONS[condition])
