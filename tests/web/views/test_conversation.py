"""The conversation page: its values and its HTML for each kind of result."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import Bank, load
from quiz.config import paths
from quiz.results.conversation import Conversation, build_conversation
from quiz.results.goals import goal_distance, goal_distances
from quiz.scoring import ScoringModel
from quiz.web.app import App
from tests.clients import Client, Page
from tests.factories import all_answers

BANK = load(paths.project_folder("questions"))
MODEL = ScoringModel.from_bank(BANK)
IDS = list(BANK.responsibility)

ENGINEER = {"pipelines": "daily", "data_quality": "daily", "ingest_transform_serve": "daily"}
OPERATIONS = {"infrastructure": "daily", "ci_cd": "daily", "monitoring": "weekly"}

SECRET = "I mended the nightly ETL load in Airflow and moved our Kafka pipelines."


def conversation_of(answers: dict[str, str], **more: Any) -> Conversation:
    """The conversation of somebody of whom nothing else is known but `more`."""
    known = {"contacts": (), "title": "", "wishes": {}, "goals": (), "earlier_answers": None} | more
    return build_conversation(BANK, MODEL, answers, **known)


# As values


def test_the_role_of_the_title_is_compared_with_the_mix():
    engineer = all_answers(BANK, "never", **ENGINEER)
    same, other, none = (
        conversation_of(engineer, title=title) for title in ("Senior data engineer", "Data analyst", "Wizard")
    )
    assert same.title_role == BANK.role["data-engineer"]
    assert same.title_verdict == "only-role"
    assert other.title_role == BANK.role["data-analyst"]
    assert other.title_verdict == "not-in-mix"
    assert none.title_role is None


def test_wishes_are_in_the_order_of_the_bank_without_as_it_is():
    wishes = {"trends": "start", "pipelines": "less", "data-quality": "less", "infrastructure": "as-is"}
    found = conversation_of(all_answers(BANK, "never", **ENGINEER), wishes=wishes)
    assert [(wish.id, [item.id for item in items]) for wish, items in found.wish_groups] == [
        ("less", ["pipelines", "data-quality"]),
        ("start", ["trends"]),
    ]


def test_unknown_wishes_and_goals_are_left_out():
    found = conversation_of(
        all_answers(BANK, "never", **ENGINEER),
        wishes={"since-removed": "less", "pipelines": "since-removed"},
        goals=("since-removed",),
    )
    assert found.wish_groups == ()
    assert found.goals == ()


def test_goals_are_in_the_order_of_the_bank():
    answers = all_answers(BANK, "never", **ENGINEER)
    found = goal_distances(BANK, MODEL, answers, ["ml-engineer", "data-analyst"], ["data-analyst"])
    assert found == tuple(
        goal_distance(BANK, MODEL, answers, role, ["data-analyst"]) for role in ("data-analyst", "ml-engineer")
    )


def test_without_an_earlier_response_there_is_no_comparison():
    answers = all_answers(BANK, "never", **ENGINEER)
    assert conversation_of(answers).comparison is None
    comparison = conversation_of(answers, earlier_answers=all_answers(BANK, "never", **OPERATIONS)).comparison
    assert comparison is not None
    assert comparison.verdict == "changed"


anything = st.builds(
    conversation_of,
    st.dictionaries(st.sampled_from([*IDS, "since-removed"]), st.sampled_from([*BANK.option, "hourly"]), min_size=10),
    contacts=st.lists(st.sampled_from([*BANK.role, "since-removed"]), unique=True),
    title=st.sampled_from(["", "Data engineer", "Analyst", "Data analyst / data scientist", "\0<b>\u202e"]),
    wishes=st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(BANK.wish))),
    goals=st.lists(st.sampled_from(list(BANK.role)), unique=True, max_size=2),
    earlier_answers=st.none() | st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(BANK.option)), min_size=10),
)


@given(anything)
@settings(max_examples=50)
def test_there_are_four_to_six_questions_and_all_wishes_and_goals(found: Conversation):
    assert 4 <= len(set(found.questions)) == len(found.questions) <= 6
    assert not [question for question in found.questions if "{" in question]
    assert all(items for _, items in found.wish_groups)
    assert len(found.goals) <= 2


@given(anything, st.sampled_from([{}, {"pipelines": "less", "trends": "start"}]))
@settings(max_examples=20)
def test_wishes_never_change_the_result(found: Conversation, wishes):
    answers = {line.responsibility.id: line.answer.id for line in found.result.sheet.rows if line.answer}
    assert conversation_of(answers, wishes=wishes).result.match == found.result.match


# As a page


@pytest.fixture
def own(client: Client, bank: Bank) -> str:
    """Somebody with much to say, by the path of their owner link."""
    answers = all_answers(bank, "never", **ENGINEER, **OPERATIONS, insights="monthly")
    own = client.take(answers, contacts=["data-analyst", "software-engineer"], title="Data analyst", text=SECRET)
    fields = {"wish-pipelines": "hand-over", "wish-monitoring": "more", "wish-trends": "start", "wish-ci-cd": "as-is"}
    assert client.send(f"{own}/goals", {**fields, "goals": ["data-analyst"]}).status_code == 303
    return own


def part(shown: Page, start: str, end: str) -> str:
    """What stands between two headings."""
    return shown.text.split(start, 1)[1].split(end, 1)[0]


def test_the_page_begins_with_the_headline_the_evidence_and_the_mix(client: Client, own):
    shown = client.see(f"{own}/conversation")
    top = part(shown, "Job title: Data analyst ", "What I said I do")
    assert top.startswith("You combine data engineer and DevOps/SRE Your answers point clearly to this mix.")
    result = client.get(f"{own}.json").get_json()["result"]
    unchanged, tried = result["stability"]["unchanged"], result["stability"]["tried"]
    assert f"With one answer a step higher or lower, the mix stays in {unchanged} of {tried} cases." in top
    assert "Data engineer 55%" in top
    assert "DevOps/SRE 45%" in top


def test_the_page_has_the_answers_of_each_role_of_the_mix_with_the_wishes(client: Client, own, bank: Bank):
    answers = part(client.see(f"{own}/conversation"), "What I said I do", "What I want")
    for role in ("data-engineer", "devops-sre"):
        for item in bank.role[role].responsibilities:
            assert f"{item.name}: " in answers
    assert f"{bank.responsibility['pipelines'].name}: daily or almost daily (hand it over)" in answers
    assert f"{bank.responsibility['ci-cd'].name}: daily or almost daily " in answers
    assert "as it is" not in answers
    assert bank.responsibility["insights"].name not in answers, "only the mix's own answers stand here"


def test_the_page_has_wishes_goals_and_background(client: Client, own, bank: Bank):
    shown = client.see(f"{own}/conversation")
    name = {id: item.name for id, item in bank.responsibility.items()}
    wants = part(shown, "What I want", "Where I am heading")
    for said, id in (("More of this", "monitoring"), ("Hand over", "pipelines"), ("I’d like to start", "trends")):
        assert f"{said}: {name[id]}" in wants
    ahead = part(shown, "Where I am heading", "Around it")
    assert re.search(r"Data analyst, \d+% of it now\. Next: ", ahead)
    assert all(name[id] in ahead for id in ("insights", "dashboards", "trends"))
    around = part(shown, "Around it", "Worth asking")
    assert "The title says data analyst; the answers do not." in around
    assert "Works with software engineers and data analysts." in around
    assert "Nothing reported of software engineer, data architect, data scientist or ML engineer." in around


def test_names_with_a_comma_are_separated_by_semicolons(client: Client, own, bank: Bank):
    named = bank.responsibility["governance"].name
    assert "," in named
    client.send(f"{own}/goals", {"wish-governance": "start", "wish-data-stores": "start"})
    assert f"{bank.responsibility['data-stores'].name}; {named}" in part(
        client.see(f"{own}/conversation"), "I’d like to start", "Around it"
    )


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Data engineer", "The title says data engineer, and so do the answers, along with other roles."),
        ("Data analyst", "The title says data analyst; the answers do not."),
        ("Head of sunshine", None),
        ("", None),
    ],
)
def test_the_title_is_compared_with_the_answers_if_it_names_a_role(client: Client, bank: Bank, title, said):
    own = client.take(all_answers(bank, "never", **ENGINEER, **OPERATIONS), title=title)
    text = client.see(f"{own}/conversation").text
    assert said in text if said else "The title says" not in text
    assert (f"Job title: {title}" in text) == bool(title)


TIE = {"answer": "never", "insights": "monthly", "pipelines": "weekly"}


@pytest.mark.parametrize(
    ("week", "title", "said"),
    [
        (TIE, "Data analyst", ", and so do the answers"),
        (TIE, "Data engineer", ", and so do the answers"),
        (TIE, "ML engineer", "; the answers do not."),
        ({"answer": "skip", "insights": "weekly"}, "ML engineer", "."),
        ({"answer": "never"}, "ML engineer", "."),
        ({"answer": "weekly"}, "ML engineer", "."),
    ],
    ids=["tie", "tie, its other mix", "tie of others", "too few answers", "little", "all"],
)
def test_answers_that_name_no_role_do_not_contradict_the_title(client: Client, bank: Bank, week, title, said):
    own = client.take(all_answers(bank, **week), title=title)
    around = client.see(f"{own}/conversation").text.split("The title says ", 1)[1]
    assert around[len(title) :].startswith(said)
    title_text = client.see(own).text.split("Your title says ", 1)[1][len(title) :]
    assert title_text.startswith("; your answers say") == (said == "; the answers do not.")


def test_four_to_six_questions_chosen_for_this_result_and_two_lines_for_what_was_agreed(
    client: Client, own, bank: Bank
):
    page = client.get(f"{own}/conversation").text
    asked = re.findall(r"<li>(.*?)</li>", page.split('<ol class="conversation-questions">', 1)[1].split("</ol>", 1)[0])
    assert 4 <= len(asked) <= 6
    assert any(bank.responsibility["pipelines"].name in question and "hand it over" in question for question in asked)
    agreed = page.split('class="conversation-agreement"', 1)[1].split("</div>", 1)[0]
    assert re.findall(r"<span>([^<]*)</span>", agreed) == ["1", "by", "2", "by"]


def test_the_footer_says_how_to_read_the_page(client: Client, own):
    foot = part(client.see(f"{own}/conversation"), "What we agreed", "What is kept")
    for said in ("How to read this.", "how often, not how well", "not of time", "not a test", "no ground for hiring"):
        assert said in foot


def test_the_page_for_the_listener_is_shown_only_on_request(client: Client, own):
    alone, both = client.see(f"{own}/conversation"), client.see(f"{own}/conversation?listener=1")
    assert "For the one who listens" not in alone.text
    assert "For the one who listens" in both.text
    assert f"{own}/conversation?listener=1" in alone.values("href")
    assert f"{own}/conversation" in both.values("href")
    listener = both.text.split("For the one who listens", 1)[1]
    assert listener.count(". ") >= 5
    assert client.get(f"{own}/conversation?listener").text.count("<h1") == 2


def test_the_free_text_is_not_on_the_conversation_page(client: Client, own):
    assert "Kafka" in client.get(own).text
    assert "Kafka" not in client.get(f"{own}/conversation?listener").text


def test_a_title_is_never_read_as_markup(client: Client, bank: Bank):
    own = client.take(all_answers(bank, "never", **ENGINEER), title="<b>Boss</b> & {{ 7*7 }}")
    page = client.get(f"{own}/conversation").text
    assert "&lt;b&gt;Boss&lt;/b&gt; &amp; {{ 7*7 }}" in page


@pytest.mark.parametrize(
    ("answers", "often", "said"),
    [
        ({}, "weekly", "You wear every hat, about equally"),
        ({}, "never", "Little of this is in your week"),
        ({"insights": "weekly"}, "skip", "Too few answers to name your hats"),
        ({"insights": "monthly", "pipelines": "weekly"}, "never", "A tie: data engineer, with or without data analyst"),
    ],
    ids=["all", "little", "not enough", "tie"],
)
def test_every_kind_of_result_has_a_page(client: Client, bank: Bank, answers, often, said):
    shown = client.see(f"{client.take(all_answers(bank, often, **answers))}/conversation")
    assert said in shown.text
    assert ("What I said I do" in shown.text) == said.startswith("A tie")
    assert "Nothing noted yet." in part(shown, "What I want", "Worth asking")
    assert "Where I am heading" not in shown.text


def test_the_comparison_with_the_earlier_response_is_one_line(app: App, client: Client, bank: Bank):
    answers = all_answers(bank, "never", **ENGINEER)
    own = client.take(answers)
    assert "last time" not in part(client.see(f"{own}/conversation"), "Around it", "Worth asking")
    started = str(client.send(f"{own}/retake", page=f"{own}/manage").location).removesuffix("/1")
    client.answer(started, answers)
    client.send(f"{started}/check")
    assert "No real change since the last time." in client.see(f"{started}/conversation").text
