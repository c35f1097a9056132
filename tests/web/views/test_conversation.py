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

FREE_TEXT = "I repaired the nightly ETL load in Airflow and moved our Kafka pipelines."


def conversation_of(answers: dict[str, str], **more: Any) -> Conversation:
    """The conversation for these answers and `more`."""
    details = {"contacts": (), "title": "", "wishes": {}, "goals": (), "earlier_answers": None} | more
    return build_conversation(BANK, MODEL, answers, **details)


# Values


def test_the_role_of_the_title_is_compared_with_the_mix():
    engineer = all_answers(BANK, "never", **ENGINEER)
    same, other, none = (
        conversation_of(engineer, title=title) for title in ("Senior data engineer", "Data analyst", "Wizard")
    )
    assert same.result.job_title and same.result.job_title.verdict == "same"
    assert other.result.job_title and other.result.job_title.verdict == "not-in-mix"
    assert none.result.job_title is None


def test_wishes_are_in_the_order_of_the_bank_without_as_it_is():
    wishes = {"trends": "start", "pipelines": "less", "data-quality": "less", "infrastructure": "as-is"}
    conversation = conversation_of(all_answers(BANK, "never", **ENGINEER), wishes=wishes)
    assert [(wish.id, [item.id for item in items]) for wish, items in conversation.wish_groups] == [
        ("less", ["pipelines", "data-quality"]),
        ("start", ["trends"]),
    ]


def test_unknown_wishes_and_goals_are_left_out():
    conversation = conversation_of(
        all_answers(BANK, "never", **ENGINEER),
        wishes={"since-removed": "less", "pipelines": "since-removed"},
        goals=("since-removed",),
    )
    assert conversation.wish_groups == ()
    assert conversation.goals == ()


def test_goals_are_in_the_order_of_the_bank():
    answers = all_answers(BANK, "never", **ENGINEER)
    distances = goal_distances(BANK, MODEL, answers, ["ml-engineer", "data-analyst"], ["data-analyst"])
    assert distances == tuple(
        goal_distance(BANK, MODEL, answers, role, ["data-analyst"]) for role in ("data-analyst", "ml-engineer")
    )


def test_without_an_earlier_response_there_is_no_comparison():
    answers = all_answers(BANK, "never", **ENGINEER)
    assert conversation_of(answers).comparison is None
    comparison = conversation_of(answers, earlier_answers=all_answers(BANK, "never", **OPERATIONS)).comparison
    assert comparison is not None
    assert comparison.verdict == "changed"


conversations = st.builds(
    conversation_of,
    st.dictionaries(st.sampled_from([*IDS, "since-removed"]), st.sampled_from([*BANK.option, "hourly"]), min_size=10),
    contacts=st.lists(st.sampled_from([*BANK.role, "since-removed"]), unique=True),
    title=st.sampled_from(["", "Data engineer", "Analyst", "Data analyst / data scientist", "\0<b>\u202e"]),
    wishes=st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(BANK.wish))),
    goals=st.lists(st.sampled_from(list(BANK.role)), unique=True, max_size=2),
    earlier_answers=st.none() | st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(BANK.option)), min_size=10),
)


@given(conversations)
@settings(max_examples=50)
def test_there_are_four_to_six_questions_and_at_most_two_goals(conversation: Conversation):
    assert 4 <= len(set(conversation.questions)) == len(conversation.questions) <= 6
    assert not [question for question in conversation.questions if "{" in question]
    assert all(items for _, items in conversation.wish_groups)
    assert len(conversation.goals) <= 2


@given(conversations, st.sampled_from([{}, {"pipelines": "less", "trends": "start"}]))
@settings(max_examples=20)
def test_wishes_never_change_the_result(conversation: Conversation, wishes):
    answers = {line.responsibility.id: line.answer.id for line in conversation.result.sheet.rows if line.answer}
    assert conversation_of(answers, wishes=wishes).result.match == conversation.result.match


# The page


@pytest.fixture
def owner_path(client: Client, bank: Bank) -> str:
    """The path of the owner link of a response with contacts, title, text, wishes and a goal."""
    answers = all_answers(bank, "never", **ENGINEER, **OPERATIONS, insights="monthly")
    owner_path = client.take(
        answers, contacts=["data-analyst", "software-engineer"], title="Data analyst", text=FREE_TEXT
    )
    fields = {"wish-pipelines": "hand-over", "wish-monitoring": "more", "wish-trends": "start", "wish-ci-cd": "as-is"}
    assert client.send(f"{owner_path}/goals", {**fields, "goals": ["data-analyst"]}).status_code == 303
    return owner_path


def part(page: Page, start: str, end: str) -> str:
    """The text of a page between two headings."""
    return page.text.split(start, 1)[1].split(end, 1)[0]


def test_the_page_begins_with_the_headline_the_evidence_and_the_mix(client: Client, owner_path):
    page = client.see(f"{owner_path}/conversation")
    top = part(page, "Job title: Data analyst ", "What I said I do")
    assert top.startswith("You combine data engineer and DevOps/SRE Clear: ")
    result = client.get(f"{owner_path}.json").get_json()["result"]
    unchanged, tried = result["stability"]["unchanged"], result["stability"]["tried"]
    assert f"{unchanged} of {tried} cases" in top
    assert "Data engineer 55%" in top
    assert "DevOps/SRE 45%" in top


def test_the_page_has_the_answers_of_each_role_of_the_mix_with_the_wishes(client: Client, owner_path, bank: Bank):
    answers = part(client.see(f"{owner_path}/conversation"), "What I said I do", "What I want")
    for role in ("data-engineer", "devops-sre"):
        for item in bank.role[role].responsibilities:
            assert f"{item.name}: " in answers
    assert f"{bank.responsibility['pipelines'].name}: daily or almost daily (hand it over)" in answers
    assert f"{bank.responsibility['ci-cd'].name}: daily or almost daily " in answers
    assert "as it is" not in answers
    assert bank.responsibility["insights"].name not in answers, "only answers of the mix are here"


def test_the_page_has_wishes_goals_and_background(client: Client, owner_path, bank: Bank):
    page = client.see(f"{owner_path}/conversation")
    name = {id: item.name for id, item in bank.responsibility.items()}
    wishes = part(page, "What I want", "Where I am heading")
    for label, id in (("More of this", "monitoring"), ("Hand over", "pipelines"), ("I’d like to start", "trends")):
        assert f"{label}: {name[id]}" in wishes
    goals = part(page, "Where I am heading", "Around it")
    assert re.search(r"Data analyst: \d+% of this role is done now\. Next: ", goals)
    assert all(name[id] in goals for id in ("insights", "dashboards", "trends"))
    background = part(page, "Around it", "Worth asking")
    assert (
        "The title, “Data analyst”, names the role data analyst. The answers say data engineer and DevOps/SRE."
        in background
    )
    assert "Works with software engineers and data analysts." in background
    assert "Nothing reported" not in background


def test_names_with_a_comma_are_separated_by_semicolons(client: Client, owner_path, bank: Bank):
    named = bank.responsibility["governance"].name
    assert "," in named
    client.send(f"{owner_path}/goals", {"wish-governance": "start", "wish-data-stores": "start"})
    assert f"{bank.responsibility['data-stores'].name}; {named}" in part(
        client.see(f"{owner_path}/conversation"), "I’d like to start", "Around it"
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "ETL developer",
            "The title, “ETL developer”, is usually counted as data engineer. "
            "The answers say the same, and also DevOps/SRE.",
        ),
        (
            "Analytics engineer",
            "The title, “Analytics engineer”, is usually counted as data engineer and data analyst together. "
            "The answers say data engineer and DevOps/SRE, but not data analyst.",
        ),
        (
            "Data analyst",
            "The title, “Data analyst”, names the role data analyst. The answers say data engineer and DevOps/SRE.",
        ),
        ("Head of sunshine", None),
        ("", None),
    ],
)
def test_the_title_is_compared_with_the_answers_if_it_names_a_role(client: Client, bank: Bank, title, expected):
    owner_path = client.take(all_answers(bank, "never", **ENGINEER, **OPERATIONS), title=title)
    text = client.see(f"{owner_path}/conversation").text
    assert expected in text if expected else "The title, " not in text
    assert (f"Job title: {title}" in text) == bool(title)


TIE = {"answer": "never", "insights": "monthly", "pipelines": "weekly"}


@pytest.mark.parametrize(
    ("own_answers", "title", "expected"),
    [
        (TIE, "Data engineer", "The answers say the same"),
        (TIE, "Data engineer and data analyst", "The answers say the same."),
        (TIE, "ML engineer", "The answers say data engineer"),
        ({"answer": "skip", "insights": "weekly"}, "ML engineer", ""),
        ({"answer": "never"}, "ML engineer", ""),
        ({"answer": "weekly"}, "ML engineer", ""),
    ],
    ids=["tie", "tie, both", "tie of others", "too few answers", "little", "all"],
)
def test_answers_that_name_no_role_do_not_contradict_the_title(
    client: Client, bank: Bank, own_answers, title, expected
):
    owner_path = client.take(all_answers(bank, **own_answers), title=title)
    background = client.see(f"{owner_path}/conversation").text.split("The title, ", 1)[1]
    assert expected in background
    assert ("The answers say" in background) == bool(expected)
    title_text = client.see(owner_path).text.split("Your title, ", 1)[1]
    assert expected.replace("The answers", "Your answers") in title_text
    assert ("Your answers say" in title_text) == bool(expected)


def test_the_page_has_four_to_six_questions_for_this_result_and_two_lines_for_agreements(
    client: Client, owner_path, bank: Bank
):
    page = client.get(f"{owner_path}/conversation").text
    questions = re.findall(
        r"<li>(.*?)</li>", page.split('<ol class="conversation-questions">', 1)[1].split("</ol>", 1)[0]
    )
    assert 4 <= len(questions) <= 6
    assert any(
        bank.responsibility["pipelines"].name in question and "hand it over" in question for question in questions
    )
    agreement = page.split('class="conversation-agreement"', 1)[1].split("</div>", 1)[0]
    assert re.findall(r"<span>([^<]*)</span>", agreement) == ["1", "by", "2", "by"]


def test_the_footer_says_how_to_read_the_page(client: Client, owner_path):
    footer = part(client.see(f"{owner_path}/conversation"), "What we agreed", "What is stored")
    for phrase in ("How to read this.", "how often, not how well", "not of time", "not a test", "no ground for hiring"):
        assert phrase in footer


def test_the_page_for_the_listener_is_shown_only_on_request(client: Client, owner_path):
    without_listener, with_listener = (
        client.see(f"{owner_path}/conversation"),
        client.see(f"{owner_path}/conversation?listener=1"),
    )
    assert "Notes for your lead or colleague" not in without_listener.text
    assert "Notes for your lead or colleague" in with_listener.text
    assert f"{owner_path}/conversation?listener=1" in without_listener.values("href")
    assert f"{owner_path}/conversation" in with_listener.values("href")
    listener = with_listener.text.split("Notes for your lead or colleague", 1)[1]
    assert listener.count(". ") >= 5
    assert client.get(f"{owner_path}/conversation?listener").text.count("<h1") == 2


def test_the_free_text_is_not_on_the_conversation_page(client: Client, owner_path):
    assert "Kafka" in client.get(owner_path).text
    assert "Kafka" not in client.get(f"{owner_path}/conversation?listener").text


def test_a_title_is_never_read_as_markup(client: Client, bank: Bank):
    owner_path = client.take(all_answers(bank, "never", **ENGINEER), title="<b>Boss</b> & {{ 7*7 }}")
    page = client.get(f"{owner_path}/conversation").text
    assert "&lt;b&gt;Boss&lt;/b&gt; &amp; {{ 7*7 }}" in page


@pytest.mark.parametrize(
    ("answers", "often", "headline"),
    [
        ({}, "weekly", "You wear every hat, about equally"),
        ({}, "never", "You do little of this work"),
        ({"insights": "weekly"}, "skip", "Too few answers to name your hats"),
        ({"insights": "monthly", "pipelines": "weekly"}, "never", "Data engineer, and perhaps data analyst"),
    ],
    ids=["all", "little", "not enough", "tie"],
)
def test_every_kind_of_result_has_a_page(client: Client, bank: Bank, answers, often, headline):
    page = client.see(f"{client.take(all_answers(bank, often, **answers))}/conversation")
    assert headline in page.text
    assert ("What I said I do" in page.text) == ("perhaps" in headline)
    assert "Nothing noted yet." in part(page, "What I want", "Worth asking")
    assert "Where I am heading" not in page.text


def test_the_comparison_with_the_earlier_response_is_one_line(app: App, client: Client, bank: Bank):
    answers = all_answers(bank, "never", **ENGINEER)
    owner_path = client.take(answers)
    assert "last time" not in client.see(f"{owner_path}/conversation").text
    new_path = str(client.send(f"{owner_path}/retake", page=f"{owner_path}/manage").location).removesuffix("/1")
    client.answer(new_path, answers)
    client.send(f"{new_path}/check")
    assert "No real change since the last time." in client.see(f"{new_path}/conversation").text
