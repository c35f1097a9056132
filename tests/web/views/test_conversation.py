"""The conversation page: its values and its HTML for each kind of result."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import AgreedAction, Bank, JobGoal, load
from quiz.config import paths
from quiz.results.conversation import Conversation, build_conversation
from quiz.results.goals import goal_distance, goal_distances
from quiz.results.second_view import compare_views
from quiz.results.since_last_time import Taking
from quiz.scoring import ScoringModel
from tests.clients import Client, Page
from tests.factories import all_answers

BANK = load(paths.project_folder("questions"))
MODEL = ScoringModel.from_bank(BANK)
IDS = list(BANK.responsibility)

ENGINEER = {"pipelines": "daily", "data_quality": "daily", "ingest_transform_serve": "daily"}
OPERATIONS = {"infrastructure": "daily", "ci_cd": "daily", "monitoring": "weekly"}

NOTHING: Mapping[str, str] = MappingProxyType({})

FREE_TEXT = "I repaired the nightly ETL load in Airflow and moved our Kafka pipelines."


def conversation_of(
    answers: Mapping[str, str],
    *,
    wishes: Mapping[str, str] = NOTHING,
    goals: Sequence[str] = (),
    actions: Sequence[AgreedAction] = (),
    earlier: Taking | None = None,
    **more: Any,
) -> Conversation:
    """The conversation for these answers and `more`."""
    taking = Taking(answers, wishes, goals, agreed_actions=tuple(actions))
    details = {"contacts": (), "title": ""} | more
    return build_conversation(BANK, MODEL, taking, earlier=earlier, **details)


# Values


def test_the_role_of_the_title_is_compared_with_the_mix():
    engineer = all_answers(BANK, "never", **ENGINEER)
    same, other, none = (
        conversation_of(engineer, title=title) for title in ("Senior data engineer", "Data analyst", "Wizard")
    )
    assert same.result.job_title and same.result.job_title.verdict == "same"
    assert other.result.job_title and other.result.job_title.verdict == "not-in-mix"
    assert none.result.job_title is None


def test_wishes_for_more_are_asked_for_and_wishes_for_less_are_offered():
    wishes = {"trends": "start", "pipelines": "less", "data-quality": "hand-over", "infrastructure": "as-is"}
    wishes |= {"ingest-transform-serve": "more", "dashboards": "start"}
    conversation = conversation_of(all_answers(BANK, "never", **ENGINEER), wishes=wishes)
    assert [(group.wish.id, [item.id for item in group.responsibilities]) for group in conversation.asks] == [
        ("more", ["ingest-transform-serve"]),
        ("start", ["dashboards", "trends"]),
    ]
    assert [(offer.responsibility.id, offer.wish.id, offer.answer.id) for offer in conversation.offers] == [
        ("pipelines", "less", "daily"),
        ("data-quality", "hand-over", "daily"),
    ]


def test_wishes_that_the_answers_have_fulfilled_are_on_neither_list():
    wishes = {"pipelines": "start", "trends": "less", "insights": "hand-over", "dashboards": "start"}
    answers = all_answers(BANK, "never", **ENGINEER, trends="skip", dashboards="monthly")
    conversation = conversation_of(answers, wishes=wishes)
    assert [[item.id for item in group.responsibilities] for group in conversation.asks] == [["dashboards"]]
    assert conversation.offers == ()


def test_work_is_offered_to_contacts_who_have_its_role_if_the_person_does_not():
    wishes = {"infrastructure": "hand-over", "pipelines": "less", "trends": "less"}
    answers = all_answers(BANK, "never", **ENGINEER, infrastructure="monthly", trends="rarely")
    contacts = ("devops-sre", "data-engineer")
    conversation = conversation_of(answers, wishes=wishes, contacts=contacts)
    receivers = {offer.responsibility.id: offer.receiver and offer.receiver.id for offer in conversation.offers}
    assert receivers == {"infrastructure": "devops-sre", "pipelines": None, "trends": None}


def test_unknown_wishes_and_goals_are_left_out():
    conversation = conversation_of(
        all_answers(BANK, "never", **ENGINEER),
        wishes={"since-removed": "less", "pipelines": "since-removed"},
        goals=("since-removed",),
    )
    assert [*conversation.asks, *conversation.offers, *conversation.goals] == []


def test_steps_to_a_role_and_to_a_job_leave_out_what_is_to_be_handed_over():
    answers = all_answers(BANK, "never", **ENGINEER, trends="monthly")
    conversation = conversation_of(
        answers,
        wishes={"trends": "hand-over", "insights": "start"},
        goals=["data-analyst"],
        job_goal=JobGoal("A job", ("trends", "dashboards", "ci-cd")),
    )
    assert conversation.job is not None
    (distance,) = conversation.goals
    assert [step.responsibility.id for step in distance.steps] == ["insights", "dashboards"]
    assert [step.responsibility.id for step in conversation.job.steps] == ["ci-cd", "dashboards"]
    assert (conversation.job.asked_count, len(conversation.job.unwanted)) == (3, 1)
    assert [item.id for item in conversation.first_tasks] == ["insights", "dashboards", "ci-cd"]


def test_the_lines_for_what_was_agreed_keep_their_numbers():
    conversation = conversation_of(
        all_answers(BANK, "never"), actions=[AgreedAction(2, "Ask Kim")], next_look="2027-01-31"
    )
    assert conversation.agreed_lines == (None, AgreedAction(2, "Ask Kim"), None)
    assert conversation.next_look == "2027-01-31"


def test_regular_work_is_all_that_is_done_at_least_weekly_most_frequent_first():
    conversation = conversation_of(all_answers(BANK, "never", **ENGINEER, insights="weekly", trends="monthly"))
    assert [row.responsibility.id for row in conversation.regular_work][-1] == "insights"
    assert len(conversation.regular_work) == 4
    assert conversation_of(all_answers(BANK, "monthly")).regular_work == ()


def test_questions_about_a_second_view_come_first_and_nothing_repeats_them():
    answers = all_answers(BANK, "never", **ENGINEER)
    seen = all_answers(BANK, "skip", **ENGINEER) | {"pipelines": "never"}
    second_view = compare_views(BANK, answers, seen, [], owner_name="Ada", viewer_name="Kim")
    conversation = conversation_of(answers, wishes={"pipelines": "less"}, second_view=second_view)
    assert "Kim" in conversation.questions[0]
    assert sum("Pipelines" in question for question in conversation.questions) == 1


def test_goals_are_in_the_order_of_the_bank():
    answers = all_answers(BANK, "never", **ENGINEER)
    distances = goal_distances(BANK, MODEL, answers, ["ml-engineer", "data-analyst"], ["data-analyst"])
    assert distances == tuple(
        goal_distance(BANK, MODEL, answers, role, ["data-analyst"]) for role in ("data-analyst", "ml-engineer")
    )


def test_without_an_earlier_response_nothing_is_compared():
    answers = all_answers(BANK, "never", **ENGINEER)
    alone = conversation_of(answers)
    assert (alone.since, alone.wish_changes) == (None, ())
    wishes = dict.fromkeys(("pipelines", "data-quality", "infrastructure", "monitoring", "trends"), "more")
    earlier = Taking(all_answers(BANK, "never", **OPERATIONS, trends="skip"), wishes, [])
    conversation = conversation_of(answers, earlier=earlier)
    assert conversation.since is not None
    assert conversation.since.comparison.verdict == "changed"
    changed = [change.responsibility.id for change in conversation.wish_changes]
    assert changed == ["pipelines", "data-quality", "infrastructure"]


conversations = st.builds(
    conversation_of,
    st.dictionaries(st.sampled_from([*IDS, "since-removed"]), st.sampled_from([*BANK.option, "hourly"]), min_size=10),
    contacts=st.lists(st.sampled_from([*BANK.role, "since-removed"]), unique=True),
    title=st.sampled_from(["", "Data engineer", "Analyst", "Data analyst / data scientist", "\0<b>\u202e"]),
    wishes=st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(BANK.wish))),
    goals=st.lists(st.sampled_from(list(BANK.role)), unique=True, max_size=2),
    earlier=st.none()
    | st.builds(
        Taking,
        st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(BANK.option)), min_size=10),
        st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(BANK.wish))),
        st.lists(st.sampled_from(list(BANK.role)), unique=True, max_size=2),
    ),
)


@given(conversations)
@settings(max_examples=50)
def test_there_are_four_to_six_questions_and_at_most_two_goals(conversation: Conversation):
    assert 4 <= len(set(conversation.questions)) == len(conversation.questions) <= 6
    assert not [question for question in conversation.questions if "{" in question]
    assert all(items for _, items in conversation.asks)
    assert len(conversation.wish_changes) <= 3
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
    top = part(page, "Job title: Data analyst ", "What I do")
    assert top.startswith("I combine data engineer and DevOps/SRE Clear: ")
    result = client.get(f"{owner_path}.json").get_json()["result"]
    unchanged, tried = result["stability"]["unchanged"], result["stability"]["tried"]
    assert f"{unchanged} of {tried} cases" in top
    assert "Data engineer 55%" in top
    assert "DevOps/SRE 45%" in top


def test_the_page_has_the_answers_of_each_role_of_the_mix(client: Client, owner_path, bank: Bank):
    answers = part(client.see(f"{owner_path}/conversation"), "What I do", "What I ask for")
    for role in ("data-engineer", "devops-sre"):
        for item in bank.role[role].responsibilities:
            assert f"{item.name}: " in answers
    assert f"{bank.responsibility['pipelines'].name}: daily or almost daily" in answers
    assert bank.responsibility["insights"].name not in answers, "only answers of the mix are here"


def test_the_page_has_what_the_person_asks_for_and_offers_the_goals_and_the_background(
    client: Client, owner_path, bank: Bank
):
    page = client.see(f"{owner_path}/conversation")
    name = {id: item.name for id, item in bank.responsibility.items()}
    asks = part(page, "What I ask for", "What I would give up")
    assert f"More of {name['monitoring']}" in asks
    assert f"To start with {name['trends']}" in asks
    assert "For that I need from you" in asks
    offers = part(page, "What I would give up", "Where I want to go")
    assert f"daily or almost daily: All of {name['pipelines']} To" in offers
    assert name["ci-cd"] not in asks + offers, "it can stay as it is"
    goals = part(page, "Where I want to go", " Also ")
    assert re.search(r"Data analyst: I do \d+% of this role now\.", goals)
    for id, current in (("insights", "about monthly"), ("dashboards", "never"), ("trends", "never")):
        assert f"from {current} to about weekly: {name[id]}" in goals
    background = part(page, " Also ", "What I would like to talk about")
    assert (
        "My job title, “Data analyst”, names the role data analyst. My answers say data engineer and DevOps/SRE."
        in background
    )
    assert "I work with software engineers and data analysts at least weekly." in background


def test_the_sheet_has_one_voice(client: Client, owner_path, bank: Bank):
    for answers in ({}, {"insights": "weekly"}, ENGINEER, {"insights": "monthly", "pipelines": "weekly"}):
        for often in ("never", "weekly", "skip"):
            path = client.take(all_answers(bank, often, **answers), other_work_share="half")
            page = client.get(f"{path}/conversation").text
            sheet = page.split('<article class="conversation-sheet">', 1)[1].split("</article>", 1)[0]
            words = re.sub("<[^>]+>", " ", sheet)
            assert "About half of my time goes to other work" in words
            second_person = re.findall(
                r"[^.?!>]*\b(?:[Yy]ou|[Yy]ours?|[Tt]heir|[Tt]hey (?:do|are|left))\b[^.?!<]*", words
            )
            second_person = [text.strip() for text in second_person if text.split()]
            own_words = ("From you I would like", "For that I need from you", "they learn from me")
            assert [text for text in second_person if not any(each in text for each in own_words)] == []


def test_names_with_a_comma_are_separated_by_semicolons(client: Client, owner_path, bank: Bank):
    named = bank.responsibility["governance"].name
    assert "," in named
    client.send(f"{owner_path}/goals", {"wish-governance": "start", "wish-data-stores": "start"})
    assert f"{bank.responsibility['data-stores'].name}; {named}" in part(
        client.see(f"{owner_path}/conversation"), "To start with", "What I would give up"
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "ETL developer",
            "My job title, “ETL developer”, is usually counted as data engineer. "
            "My answers say the same, and also DevOps/SRE.",
        ),
        (
            "Analytics engineer",
            "My job title, “Analytics engineer”, is usually counted as data engineer and data analyst together. "
            "My answers say data engineer and DevOps/SRE, but not data analyst.",
        ),
        (
            "Data analyst",
            "My job title, “Data analyst”, names the role data analyst. My answers say data engineer and DevOps/SRE.",
        ),
        ("Head of sunshine", None),
        ("", None),
    ],
)
def test_the_title_is_compared_with_the_answers_if_it_names_a_role(client: Client, bank: Bank, title, expected):
    owner_path = client.take(all_answers(bank, "never", **ENGINEER, **OPERATIONS), title=title)
    text = client.see(f"{owner_path}/conversation").text
    assert expected in text if expected else "My job title, " not in text
    assert (f"Job title: {title}" in text) == bool(title)


TIE = {"answer": "never", "insights": "monthly", "pipelines": "weekly"}


@pytest.mark.parametrize(
    ("own_answers", "title", "expected"),
    [
        (TIE, "Data engineer", "My answers say the same"),
        (TIE, "Data engineer and data analyst", "My answers say the same."),
        (TIE, "ML engineer", "My answers say data engineer"),
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
    background = client.see(f"{owner_path}/conversation").text.split("My job title, ", 1)[1]
    assert expected in background
    assert ("My answers say" in background) == bool(expected)
    title_text = client.see(owner_path).text.split("Your title, ", 1)[1]
    assert expected.replace("My answers", "Your answers") in title_text
    assert ("Your answers say" in title_text) == bool(expected)


def test_the_page_has_four_to_six_questions_for_this_result(client: Client, owner_path, bank: Bank):
    page = client.get(f"{owner_path}/conversation").text
    questions = re.findall(
        r"<li>(.*?)</li>", page.split('<ol class="conversation-questions">', 1)[1].split("</ol>", 1)[0]
    )
    assert 4 <= len(questions) <= 6
    assert any(
        bank.responsibility["pipelines"].name in question and "hand it over" in question for question in questions
    )


def test_the_sheet_has_lines_for_names_a_day_three_actions_and_a_next_look(client: Client, owner_path):
    page = client.see(f"{owner_path}/conversation")
    assert "Name Talk with on Many Hats, answers of" in page.text
    assert part(page, "What we agreed", "How to read this.").strip() == "by by by We look at this again on"


def test_the_footer_says_how_to_read_the_page(client: Client, owner_path):
    footer = part(client.see(f"{owner_path}/conversation"), "What we agreed", "What is stored")
    for phrase in (
        "How to read this.",
        "how often, not how well",
        "not of time",
        "not a test",
        "not be a reason for hiring",
    ):
        assert phrase in footer


def test_the_page_for_the_listener_is_shown_only_on_request(client: Client, owner_path):
    without_listener, with_listener = (
        client.see(f"{owner_path}/conversation"),
        client.see(f"{owner_path}/conversation?listener=1"),
    )
    assert "Notes for your lead or colleague" not in without_listener.text
    assert f"{owner_path}/conversation?listener=1" in without_listener.values("href")
    assert f"{owner_path}/conversation" in with_listener.values("href")
    assert client.get(f"{owner_path}/conversation?listener").text.count("<h1") == 2


def test_the_notes_for_the_listener_are_about_this_person(client: Client, owner_path, bank: Bank):
    name = {id: item.name for id, item in bank.responsibility.items()}
    text = client.see(f"{owner_path}/conversation?listener=1").text
    notes = text.rsplit("Notes for your lead or colleague", 1)[1]
    before, during = notes.split("During", 1)[0], notes.split("During", 1)[1]
    for id, phrase in (("pipelines", "daily or almost daily"), ("monitoring", "about weekly")):
        assert f"{name[id]}, {phrase}" in before
    assert name["insights"] not in before, "it is not done weekly"
    for id in ("monitoring", "trends", "insights", "dashboards"):
        assert f"{name[id]}. {bank.responsibility[id].weekly_example}" in during
    assert "For what they would give up" in during


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
        ({}, "weekly", "I wear every hat, about equally"),
        ({}, "never", "I do little of this work"),
        ({"insights": "weekly"}, "skip", "Too few answers to name my hats"),
        ({"insights": "monthly", "pipelines": "weekly"}, "never", "Data engineer, and perhaps data analyst"),
    ],
    ids=["all", "little", "not enough", "tie"],
)
def test_every_kind_of_result_has_a_page(client: Client, bank: Bank, answers, often, headline):
    page = client.see(f"{client.take(all_answers(bank, often, **answers))}/conversation")
    assert headline in page.text
    assert ("What I do" in page.text) == ("perhaps" in headline)
    assert "Nothing noted yet." in part(page, "What I ask for", "What I would like to talk about")
    assert "Where I want to go" not in page.text


def test_a_retake_shows_what_became_of_wishes_and_agreed_actions(client: Client, owner_path, bank: Bank):
    assert "Since the last time" not in client.see(f"{owner_path}/conversation").text
    client.send(f"{owner_path}/conversation", {"action_1": "Ask Kim", "action_3": "Read"})
    new_path = str(client.send(f"{owner_path}/retake", page=f"{owner_path}/manage").location).removesuffix("/1")
    client.answer(new_path, all_answers(bank, "never", **OPERATIONS, pipelines="monthly", trends="rarely"))
    client.send(f"{new_path}/check")
    client.send(f"{new_path}/changes", {"outcome-1": "done"})
    since = part(client.see(f"{new_path}/conversation"), "Since the last time", " Also ")
    name = {id: item.name for id, item in bank.responsibility.items()}
    assert "My mix has changed." in since
    assert f"I wanted to hand over {name['pipelines']}: it went from daily or almost daily to about monthly." in since
    assert f"I wanted to start with {name['trends']}: it went from never to a few times a quarter or less." in since
    assert "We agreed “Ask Kim”: done. We agreed “Read”: was it done?" in since
