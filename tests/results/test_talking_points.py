"""Questions worth asking: which of them one result gets, and in which order."""

import string
from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank import CONDITIONS, WISHES, FollowUps, load
from quiz.config import paths
from quiz.results.changes import compare_results
from quiz.results.result import build_result
from quiz.results.second_view import SecondViewComparison, compare_views
from quiz.results.talking_point_conditions import CONDITION_FUNCTIONS
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


def view(own: Mapping[str, str], seen: Mapping[str, str], *priorities: str) -> SecondViewComparison:
    """The comparison of a second view."""
    return compare_views(BANK, own, seen, priorities, owner_name="Ada", viewer_name="Kim")


def context(
    answers: Mapping[str, str],
    contacts: Collection[str] = (),
    *,
    before: Mapping[str, str] | None = None,
    wishes: Mapping[str, str] | None = None,
    title: str = "",
    goals: tuple[str, ...] = (),
    second_view: SecondViewComparison | None = None,
) -> TalkingPointContext:
    """The context of a person with these answers."""
    return TalkingPointContext(
        BANK,
        build_result(BANK, MODEL, answers, contacts, title=title),
        wishes=wishes or {},
        goals=goals,
        second_view=second_view,
        comparison=None if before is None else compare_results(BANK, MODEL, before, answers),
    )


def matches(condition: str, person: TalkingPointContext) -> list[Mapping[str, str]]:
    """The slots of each match of the condition, best match first."""
    return [match.slots for match in CONDITION_FUNCTIONS[condition](person)]


def match_names(condition: str, person: TalkingPointContext) -> list[str | None]:
    """The responsibility of each match, else its role, else None."""
    return [slots.get("responsibility") or slots.get("role") for slots in matches(condition, person)]


def conditions(person: TalkingPointContext) -> list[str]:
    return [chosen.talking_point.when for chosen in choose_talking_points(person)]


contexts = st.builds(
    context,
    answers=st.fixed_dictionaries({id: st.sampled_from(list(BANK.option)) for id in BANK.responsibility}),
    contacts=st.sets(st.sampled_from(list(BANK.role))),
    before=st.none() | st.fixed_dictionaries({id: st.sampled_from(list(BANK.option)) for id in BANK.responsibility}),
    wishes=st.dictionaries(st.sampled_from([*BANK.responsibility, "sailing"]), st.sampled_from([*WISHES, "rest"])),
    title=st.sampled_from(["", "sailor", "analytics engineer", *(role.name for role in BANK.roles)]),
    goals=st.lists(st.sampled_from([*BANK.role, "sailor"]), max_size=2, unique=True).map(tuple),
)

# For each condition: a person who meets it, the name in the first match, and a similar person who does not meet it.
CASES = {
    "daily-but-hand-over": (
        context(ANALYST, wishes={"trends": "hand-over", "dashboards": "hand-over"}),
        "Reports and dashboards",
        context(ANALYST, wishes={"trends": "hand-over", "dashboards": "less"}),
    ),
    "hand-over": (
        context(ANALYST, wishes={"trends": "hand-over"}),
        "Changes over time",
        context(ANALYST, wishes={"pipelines": "hand-over"}),
    ),
    "wants-less": (
        context(ANALYST, wishes={"trends": "less"}),
        "Changes over time",
        context(ANALYST | {"trends": "monthly"}, wishes={"trends": "less"}),
    ),
    "wants-less-of-main-role": (
        context(ANALYST, wishes={"trends": "less", "insights": "hand-over"}),
        "data analyst",
        context(ANALYST, wishes={"trends": "less", "insights": "more", "dashboards": "as-is"}),
    ),
    "wants-more": (
        context(ANALYST | {"pipelines": "rarely"}, wishes={"pipelines": "more"}),
        "Pipelines that move data",
        context(ANALYST, wishes={"pipelines": "more"}),
    ),
    "wish-to-start": (
        context(ANALYST, wishes={"pipelines": "start"}),
        "Pipelines that move data",
        context(ANALYST, wishes={"dashboards": "start"}),
    ),
    "goal-and-wish": (
        context(ANALYST, wishes={"pipelines": "start"}, goals=("data-engineer",)),
        "Pipelines that move data",
        context(ANALYST, wishes={"pipelines": "start"}, goals=("data-scientist",)),
    ),
    "goal-but-less": (
        context(BOTH, wishes={"pipelines": "less"}, goals=("data-engineer",)),
        "Pipelines that move data",
        context(BOTH, wishes={"pipelines": "less"}, goals=("data-scientist",)),
    ),
    "goal-started": (
        context(ANALYST | {"pipelines": "weekly"}, goals=("data-engineer",)),
        "Ready tables from raw data",
        context(ANALYST | {"pipelines": "monthly"}, goals=("data-engineer",)),
    ),
    "goal-not-started": (
        context(ANALYST | {"pipelines": "monthly"}, goals=("data-engineer",)),
        "Ready tables from raw data",
        context(ANALYST | {"pipelines": "weekly"}, goals=("data-engineer",)),
    ),
    "goal-reached": (
        context(ANALYST, goals=("data-analyst",)),
        "data analyst",
        context(ANALYST | {"trends": "skip"}, goals=("data-analyst",)),
    ),
    "title-role-not-in-mix": (
        context(ANALYST, title="data engineer"),
        "data engineer",
        context(DAILY, title="data engineer"),
    ),
    "role-hidden-by-title": (
        context(BOTH, title="data engineer"),
        "data analyst",
        context(ANALYST, title="data engineer"),
    ),
    "daily-outside-mix": (
        context(ANALYST | {"dashboards": "weekly", "governance": "daily"}),
        "Meaning, ownership and access",
        context(ANALYST | {"governance": "weekly"}),
    ),
    "tie": (context(TIE), "data architect", context(ANALYST)),
    "leaning": (context(LEANING), None, context(ANALYST)),
    "one-role": (context(ANALYST), "data analyst", context(BOTH)),
    "two-roles": (context(BOTH), "data analyst", context(ANALYST)),
    "many-roles": (context(THREE), "data analyst", context(TIE)),
    "all-alike": (context(DAILY), None, context(NEVER)),
    "little": (context(NEVER), None, context(DAILY)),
    "not-enough": (context({}), None, context(NEVER)),
    "missing-contact": (
        context(ANALYST, ["data-engineer"]),
        "data scientist",
        context(ANALYST),  # no contact at all most likely means that the list was skipped
    ),
    "extra-contact": (context(ANALYST, ["devops-sre"]), "DevOps/SRE", context(ANALYST, ["data-engineer"])),
    "answer-changed": (
        context(ANALYST, before=ANALYST | {"trends": "rarely", "insights": "weekly"}),
        "Changes over time",
        context(ANALYST, before=ANALYST | {"trends": "monthly", "insights": "skip"}),
    ),
    "mix-changed": (context(BOTH, before=ANALYST), "data engineer", context(ANALYST, before=ANALYST)),
    "work-not-seen": (
        context(ANALYST, second_view=view(ANALYST, ANALYST | {"trends": "skip", "dashboards": "rarely"})),
        "Changes over time",
        context(ANALYST, second_view=view(ANALYST, ANALYST | {"trends": "monthly", "pipelines": "skip"})),
    ),
    "seen-more": (
        context(ANALYST, second_view=view(ANALYST, ANALYST | {"pipelines": "monthly"})),
        "Pipelines that move data",
        context(ANALYST, second_view=view(ANALYST, ANALYST | {"pipelines": "rarely"})),
    ),
    "matters-most-not-done": (
        context(ANALYST, second_view=view(ANALYST, ANALYST, "insights", "pipelines")),
        "Pipelines that move data",
        context(ANALYST, second_view=view(ANALYST, ANALYST, "insights")),
    ),
    "mix-unchanged": (context(ANALYST, before=ANALYST), None, context(ANALYST, before={})),
}

each_condition = pytest.mark.parametrize("condition", CASES)


def test_every_condition_of_the_bank_has_a_matcher_and_a_case():
    assert set(CONDITION_FUNCTIONS) == set(CONDITIONS)
    assert set(CASES) == set(CONDITIONS) - {"always"}


@each_condition
def test_a_condition_is_met_and_names_the_first_match(condition):
    person, name, _ = CASES[condition]
    assert match_names(condition, person)[0] == name


@each_condition
def test_a_condition_is_not_met(condition):
    assert matches(condition, CASES[condition][2]) == []


@each_condition
def test_a_match_fills_exactly_the_slots_of_its_condition(condition):
    assert set(matches(condition, CASES[condition][0])[0]) == set(CONDITIONS[condition])


@each_condition
def test_every_talking_point_can_be_chosen(condition):
    person = CASES[condition][0]
    points = tuple(point for point in BANK.talking_points if point.when == condition)
    (chosen,) = choose_talking_points(replace(person, bank=replace(BANK, talking_points=points)))
    assert chosen.talking_point.when == condition
    slots = [slot for _, slot, _, _ in string.Formatter().parse(chosen.talking_point.text) if slot]
    assert all(chosen.slots[slot] in chosen.text for slot in slots)


# The first match of each condition


def test_responsibilities_of_goal_roles_come_first_then_the_most_frequent():
    wishes = {"trends": "hand-over", "insights": "hand-over", "pipelines": "hand-over"}
    answers = ANALYST | {"pipelines": "rarely"}
    assert match_names("hand-over", context(answers, wishes=wishes)) == [
        "Answers to business questions",
        "Changes over time",
        "Pipelines that move data",
    ]
    assert (
        match_names("hand-over", context(answers, wishes=wishes, goals=("data-engineer",)))[0]
        == "Pipelines that move data"
    )


def test_a_talking_point_about_the_title_names_both_roles():
    (slots,) = matches("title-role-not-in-mix", context(ANALYST, title="data engineer"))
    assert (slots["roles"], slots["other_roles"]) == ("data engineers", "data analysts")
    (slots,) = matches("role-hidden-by-title", context(BOTH, title="data engineer"))
    assert (slots["roles"], slots["other_roles"]) == ("data analysts", "data engineers")


def test_roles_of_the_alternative_mix_are_not_outside_the_mix():
    person = context(TIE)
    assert {role.id for role in person.mix_and_alternative} == {"data-analyst", "data-architect", "data-scientist"}
    assert match_names("daily-outside-mix", person) == []
    changed = replace(person, result=replace(person.result, shares=person.result.shares[:1]))
    assert match_names("daily-outside-mix", changed) != []
    other = tuple(BANK.role[id] for id in ("data-analyst", "data-architect", "data-scientist"))
    assert (
        match_names("daily-outside-mix", replace(changed, result=replace(changed.result, alternative_mix=other))) == []
    )


def test_a_title_with_a_role_of_the_alternative_mix_is_not_contradicted():
    assert match_names("title-role-not-in-mix", context(TIE, title="data architect")) == []
    assert match_names("title-role-not-in-mix", context(TIE, title="data engineer")) == ["data engineer"]


def test_a_title_with_two_roles_is_contradicted_only_if_the_mix_has_neither():
    assert match_names("title-role-not-in-mix", context(ANALYST, title="analytics engineer")) == []
    assert match_names("title-role-not-in-mix", context(ANALYST, title="ML engineer and data scientist")) != []
    assert match_names("role-hidden-by-title", context(THREE, title="analytics engineer")) == ["DevOps/SRE"]
    assert match_names("role-hidden-by-title", context(BOTH, title="analytics engineer")) == []


def test_missing_contacts_of_the_main_role_come_first():
    assert match_names("missing-contact", context(BOTH, ["data-analyst"])) == [
        "data scientist",
        "software engineer",
        "data architect",
        "DevOps/SRE",
        "ML engineer",
    ]


def test_a_changed_mix_names_added_roles_before_the_main_role_and_removed_roles():
    engineer = NEVER | {"pipelines": "daily", "ingest-transform-serve": "daily", "data-quality": "weekly"}
    assert match_names("mix-changed", context(engineer, before=ANALYST))[0] == "data engineer"
    assert match_names("mix-changed", context(engineer, before=BOTH)) == ["data engineer", "data analyst"]
    assert match_names("mix-changed", context(ANALYST, before=BOTH)) == ["data engineer"]


def test_a_changed_answer_has_its_previous_and_its_current_frequency():
    (slots,) = matches("answer-changed", context(ANALYST, before=ANALYST | {"trends": "rarely"}))
    assert (slots["earlier_frequency"], slots["frequency"]) == ("a few times a quarter or less", "about weekly")


# Choosing


def test_specific_talking_points_come_first_and_general_ones_fill_up_to_four():
    wishes = {"dashboards": "hand-over", "pipelines": "start"}
    assert conditions(context(ANALYST, wishes=wishes)) == ["daily-but-hand-over", "wish-to-start", "one-role", "always"]
    assert conditions(context(ANALYST)) == ["one-role", "always", "always", "always"]


def test_the_text_contains_the_match():
    (first, *_) = choose_talking_points(context(ANALYST, wishes={"dashboards": "hand-over"}))
    assert first.text.startswith("I do “Reports and dashboards” daily or almost daily and would like to hand it over.")
    assert first.targets == {BANK.responsibility["dashboards"]}


def test_no_two_talking_points_are_about_the_same_responsibility():
    wishes = {"dashboards": "hand-over", "pipelines": "hand-over"}
    chosen = choose_talking_points(context(ANALYST | {"pipelines": "weekly"}, wishes=wishes))
    assert [(point.talking_point.when, point.slots["responsibility"]) for point in chosen[:2]] == [
        ("daily-but-hand-over", "Reports and dashboards"),
        ("hand-over", "Pipelines that move data"),
    ]


def test_no_two_talking_points_are_about_the_same_role():
    person = context(
        ANALYST | {"infrastructure": "rarely"},
        ["data-engineer"],
        wishes={"infrastructure": "more", "ci-cd": "start", "monitoring": "start"},
        title="DevOps engineer",
        goals=("devops-sre",),
    )
    chosen = choose_talking_points(person)
    devops = BANK.role["devops-sre"]
    about_devops = [each.talking_point.when for each in chosen if devops in each.targets or devops.plural in each.text]
    assert about_devops == ["goal-and-wish"]


def test_no_question_about_a_changed_mix_contradicts_the_mix_of_the_sheet():
    """Comparisons of one taking alone count for its own mix, and are left out when two takings are compared."""
    answers = ANALYST | {"pipelines": "weekly", "data-quality": "weekly", "ingest-transform-serve": "weekly"}
    comparisons = FollowUps("data-analyst", {"data-engineer": "hardly"})
    assert compare_results(BANK, MODEL, ANALYST, answers).verdict == "changed"
    for before in (ANALYST, answers):
        comparison = compare_results(BANK, MODEL, before, answers, follow_ups_after=comparisons)
        assert comparison.leaves_out_follow_ups
        result = build_result(BANK, MODEL, answers, follow_ups=comparisons)
        person = TalkingPointContext(BANK, result, comparison=comparison)
        assert [role.id for role in person.mix] == ["data-analyst"]
        assert matches("mix-changed", person) == matches("mix-unchanged", person) == []


def test_no_question_suggests_a_step_that_is_to_be_handed_over_or_done_less():
    wishes = {"pipelines": "less", "predictive-models": "less"}
    goals = ("data-engineer", "data-scientist")
    low = ANALYST | {"pipelines": "never", "predictive-models": "never", "exploration": "rarely"}
    person = context(low, wishes=wishes, goals=goals)
    suggested = {name for when in ("goal-started", "goal-not-started") for name in match_names(when, person)}
    assert suggested == {BANK.responsibility[id].name for id in ("ingest-transform-serve", "model-handover")}


def test_a_wish_about_most_of_a_role_replaces_those_about_its_parts():
    person = context(ANALYST, wishes={"dashboards": "hand-over", "trends": "less"})
    assert conditions(person) == ["wants-less-of-main-role", "always", "always", "always"]


def test_unknown_wishes_titles_and_roles_change_nothing():
    unknown = context(ANALYST, wishes={"sailing": "more", "trends": "rest"}, title="sailor", goals=("sailor",))
    assert choose_talking_points(unknown) == choose_talking_points(context(ANALYST))


def test_a_bank_without_talking_points_gives_none():
    assert choose_talking_points(replace(context(ANALYST), bank=replace(BANK, talking_points=()))) == ()


@given(contexts)
def test_there_are_four_to_six_talking_points_about_different_things(person):
    chosen = choose_talking_points(person)
    assert MIN_TALKING_POINTS <= len(chosen) <= MAX_TALKING_POINTS
    assert len({point.text for point in chosen}) == len(chosen)
    specific = [point.talking_point.when for point in chosen if point.talking_point.when != "always"]
    assert len(set(specific)) == len(specific)
    targets = [target for point in chosen for target in point.targets]
    assert len(set(targets)) == len(targets)
    # By priority, general ones last; no general one if there are enough specific ones.
    ranks = [(point.talking_point.when == "always", -point.talking_point.priority) for point in chosen]
    assert ranks == sorted(ranks)
    assert len(specific) == len(chosen) or len(chosen) == MIN_TALKING_POINTS
    assert not any("{" in point.text or "}" in point.text for point in chosen)


@given(contexts)
def test_the_order_of_wishes_does_not_matter(person):
    reordered = dict(reversed(list(person.wishes.items())))
    assert choose_talking_points(person) == choose_talking_points(replace(person, wishes=reordered))


@given(contexts)
def test_every_match_fills_the_slots_of_its_condition(person):
    for condition, matcher in CONDITION_FUNCTIONS.items():
        for match in matcher(person):
            assert set(match.slots) == set(CONDITIONS[condition])
