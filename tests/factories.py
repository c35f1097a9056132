"""Test data: folders of the project, answers, responses and teams."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypedDict

import pytest

from quiz.bank import AgreedAction, Bank, FollowUps, JobGoal, load
from quiz.config import paths
from quiz.results.feedback import Feedback
from quiz.scoring import ScoringModel
from quiz.storage import MIN_DAYS_OVERDUE, Expiry, Response, ShareLink, Storage
from quiz.teams import Publication
from quiz.teams.anonymous import Contribution
from quiz.teams.joining import JoinDecision
from quiz.web import links
from quiz.web.app import App
from tests.clients import Client

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FIXTURES = ROOT / "tests" / "fixtures"
GOLDEN = ROOT / "tests" / "golden"
SMALL_BANK = ROOT / "tests" / "small_bank"

#: The shipped bank.
BANK = load(paths.project_folder("questions"))
MODEL = ScoringModel.from_bank(BANK)
#: The answers of a person who never does anything the quiz asks about.
ALL_NEVER = dict.fromkeys(MODEL.questions, "never")
#: Answers other than "never", with _ for -.
ENGINEER = {"pipelines": "daily", "data_quality": "daily", "ingest_transform_serve": "weekly"}
ANALYST = {"insights": "daily", "dashboards": "daily", "trends": "weekly"}
MODELLER = {"predictive_models": "daily", "exploration": "weekly", "model_handover": "daily", "pipelines": "daily"}

#: Texts that would do harm if they were read as markup, a template or a URL.
HOSTILE_TEXTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</textarea><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "<!--",
    "&lt;b&gt;",
]
#: A word that occurs nowhere else.
CANARY = "canary-7f3a-sings"
#: The day on which things happen in tests.
DAY = "2026-05-31"


class When(TypedDict):
    """The bank and the day with which a response is stored, as arguments of the methods of `Storage`."""

    bank: str
    day: str


#: The bank and the day with which tests store responses.
WHEN: When = {"bank": "1", "day": DAY}

#: The file of a role that the shipped bank does not have.
EIGHTH_ROLE = """\
name = "data librarian"
plural = "data librarians"
purpose = "Helps people find the data they need and trust what they find."
contact-label = "People who help others find data"
stage = "consumers"
position = 4
works-with = ["data-architect", "data-analyst"]

[[responsibilities]]
id = "finding"
name = "Finding data"
question = "help somebody find data that answers their question"
hint = "a search together, a pointer to the right table"

[[responsibilities]]
id = "describing"
name = "Describing data"
question = "write down where data comes from so that others can judge it"
hint = "a summary, an example, a warning about gaps"

[[responsibilities]]
id = "teaching"
name = "Teaching others"
question = "teach colleagues to read data that is new to them"
hint = "a short course, a guided tour, office hours"
"""


# Answers


def all_answers(bank: Bank, answer: str, **but: str) -> dict[str, str]:
    """The same answer to every question, except those in `but` (with _ for -)."""
    return dict.fromkeys(bank.responsibility, answer) | {id.replace("_", "-"): value for id, value in but.items()}


def page_answers(bank: Bank, number: int, answer: str) -> dict[str, str]:
    """One answer to every question of a page."""
    return {item.id: answer for item in bank.pages[number - 1]}


def member(*roles: str, contacts: Sequence[str] = (), **changes: str) -> Contribution:
    """A person who does all of these roles daily and nothing else, except `changes` (`pipelines="weekly"`)."""
    role_answers = {item.id: "daily" for role in roles for item in BANK.role[role].responsibilities}
    return Contribution(
        ALL_NEVER | role_answers | {id.replace("_", "-"): answer for id, answer in changes.items()}, contacts
    )


def stored_response(**values: Any) -> Response:
    """A response as storage gives it, in which nothing but `values` was entered."""
    return replace(_EMPTY_RESPONSE, **values)


_EMPTY_RESPONSE = Response(
    id=1,
    bank=WHEN["bank"],
    started=DAY,
    changed=DAY,
    finished=None,
    title="",
    text="",
    other_work_share="",
    next_look=None,
    earlier=None,
    details_sent=False,
    answers={},
    follow_ups=None,
    contacts=(),
    wishes={},
    goals=(),
    job_goal=None,
    feedback=None,
    agreed_actions=(),
    share_links=(),
)


# Responses and teams of an app


def make_older_response(app: App, answers: dict[str, str], *, finished: bool = True) -> str:
    """Store a response that was answered with an older bank. Returns the path of its owner link."""
    link = links.new_link()
    owner = links.hash_link(link)
    app.storage.create_response(owner, bank="older", day=app.today())
    app.storage.save_answers(owner, answers, bank="older", day=app.today())
    if finished:
        app.storage.finish_response(owner, day=app.today())
    return f"/r/{link}"


def make_team(client: Client, kind: str = "anonymous", *, name: str = "The crew", minimum: int = 5) -> str:
    """Make a team. Returns the path of its lead link."""
    response = client.send("/teams", {"name": name, "kind": kind, "minimum": str(minimum)})
    assert response.status_code == 303, response.text
    return str(response.location)


def join_path(client: Client, lead: str) -> str:
    """The path of a team's join link, read from the page of its lead."""
    match = re.search(r'value="http://localhost(/j/[^"]+)"', client.get(lead).text)
    assert match, "the page has the link while a round is open"
    return match[1]


def make_response(
    app: App, answers: Mapping[str, str] | None = None, *, done: bool = True, day: str = "", **more: str
) -> str:
    """Store a response without opening a page. Returns the path of its owner link."""
    link, day = links.new_link(), day or app.today()
    owner, version = links.hash_link(link), app.bank.version
    app.storage.create_response(owner, bank=version, day=day)
    app.storage.save_answers(owner, answers or all_answers(app.bank, "never", **ENGINEER), bank=version, day=day)
    title, text = more.get("title", ""), more.get("text", "")
    app.storage.save_details(owner, contacts=["data-analyst"], title=title, text=text, day=day)
    if done:
        app.storage.finish_response(owner, day=day)
    return f"/r/{link}"


def share_numbers(app: App, owner_path: str) -> list[int]:
    """The numbers of the share links of a response."""
    response = app.storage.load_response(link_hash(owner_path))
    assert response is not None
    return [share_link.number for share_link in response.share_links]


def make_share_link(client: Client, owner_path: str, **fields: str) -> str:
    """Create a share link. Returns its path. The page of an unfinished response has no form, but it can be sent."""
    numbers_before = share_numbers(client.app, owner_path)
    fields = {"seed": links.new_link()} | fields
    assert client.send(f"{owner_path}/shares", fields, page=f"{owner_path}/manage").status_code == 303
    (number,) = set(share_numbers(client.app, owner_path)) - set(numbers_before)
    return "/s/" + client.app.derive_link("share", f"{owner_path.split('/')[2]}:{number}")


def ask_for_view(client: Client, owner_path: str, owner_name: str = "Ada", viewer_name: str = "Kim") -> str:
    """Ask for a second view. Returns the path of the view link, read from the page of the owner."""
    path = f"{owner_path}/second-view"
    assert client.send(path, {"owner_name": owner_name, "viewer_name": viewer_name}).location == path
    match = re.search(r'value="http://localhost(/v/[^"]+)"', client.get(path).text)
    assert match, "the page shows the link until it was sent"
    return match[1]


def begin_view(client: Client, view: str) -> str:
    """Begin as the viewer. Returns the path of the viewer link."""
    location = client.send(f"{view}/begin", page=view).location
    assert location is not None and location.endswith("/later"), location
    return location.removesuffix("/later")


def answer_view(client: Client, viewer: str, answers: Mapping[str, str], *priorities: str) -> None:
    """Answer all pages as the viewer, and send them."""
    for number, page in enumerate(client.app.bank.pages, 1):
        assert client.send(f"{viewer}/{number}", {item.id: answers[item.id] for item in page}).status_code == 303
    assert client.send(f"{viewer}/priorities", {"priorities": list(priorities)}).location == f"{viewer}/check"
    assert client.send(f"{viewer}/check").location == viewer


def make_second_view(client: Client, owner_path: str, answers: Mapping[str, str], *priorities: str) -> tuple[str, str]:
    """A second view that is sent. Returns the paths of the view link and of the viewer link."""
    view = ask_for_view(client, owner_path)
    viewer = begin_view(client, view)
    answer_view(client, viewer, answers, *priorities)
    return view, viewer


def link_hash(path: str) -> str:
    """The hash of the link in a path."""
    return links.hash_link(path.split("/")[2])


def join_team(app: App, join: str, owner_path: str, name: str = "", shares_wishes: bool = False) -> None:
    """Put a response into the team behind a join link."""
    decision = app.storage.join_team(
        link_hash(join), link_hash(owner_path), name=name, shares_wishes=shares_wishes, day=app.today()
    )
    assert decision is JoinDecision.JOIN


def force_into_team(database: Storage, join: str, owner_hash: str) -> None:
    """Put a response that may not join into the team behind a join hash, as an older version could have done."""
    with database.write_transaction() as db:
        db.execute(
            "INSERT INTO member (response, team)"
            " SELECT response.id, team.id FROM response, team WHERE owner_hash = ? AND join_hash = ?",
            (owner_hash, join),
        )


def fill_team(app: App, client: Client, lead: str, people: int) -> list[str]:
    """Add that many people with finished responses to a team. Returns the paths of their owner links."""
    join = join_path(client, lead)
    answer_sets = [all_answers(app.bank, "never", **answers) for answers in (ENGINEER, ANALYST, MODELLER)]
    members = [make_response(app, answers) for answers in islice(cycle(answer_sets), people)]
    for number, owner_path in enumerate(members, 1):
        join_team(app, join, owner_path, f"Person {number}")
    return members


def make_closed_round(app: App, client: Client, people: int = 6) -> tuple[str, list[str]]:
    """Make a team whose first round is closed. Returns its lead link's and its members' owner links' paths."""
    lead = make_team(client)
    members = fill_team(app, client, lead, people)
    assert client.send(f"{lead}/close", page=lead).location == f"{lead}/rounds/1"
    return lead, members


# Responses in a storage without an app


def make_owner() -> str:
    """The hash of a new owner link."""
    return links.hash_link(links.new_link())


def start_response(database: Storage, day: str = WHEN["day"]) -> str:
    """Create a response on a day. Returns its owner hash."""
    owner_hash = make_owner()
    database.create_response(owner_hash, **WHEN | {"day": day})
    return owner_hash


def fill_response(database: Storage, owner_hash: str, word: str) -> None:
    """Store a row in every table that a response can have rows in, with `word` in each text."""
    database.save_answers(owner_hash, {f"{word}-question": word}, **WHEN)
    database.save_follow_ups(owner_hash, FollowUps(f"{word}-base", {f"{word}-role": word}), **WHEN)
    database.save_details(
        owner_hash, contacts=[f"{word}-contact"], title=word, text=f"first {word} " * 100, day=WHEN["day"]
    )
    database.save_details(owner_hash, contacts=[f"{word}-other"], title=word, text=f"then {word}", day=WHEN["day"])
    database.save_goals(owner_hash, wishes={f"{word}-wished": word}, goals=[f"{word}-role"], day=WHEN["day"])
    database.save_feedback(owner_hash, Feedback(word, {f"{word}-role": word}), day=WHEN["day"])
    for text in (f"first {word}", word):
        actions = [AgreedAction(1, text, WHEN["day"])]
        database.save_agreed_actions(owner_hash, actions, next_look=WHEN["day"], day=WHEN["day"])
    database.save_job_goal(owner_hash, JobGoal(f"first {word}", (f"{word}-asked",)), day=WHEN["day"])
    database.save_job_goal(owner_hash, JobGoal(word, (f"{word}-asked", f"{word}-too")), day=WHEN["day"])
    database.create_share_link(
        owner_hash, ShareLink(1, f"for {word}", True, False, WHEN["day"]), share_hash=make_owner()
    )
    fill_second_view(database, owner_hash, word)
    lead, join_hash = make_owner(), make_owner()
    database.create_team(lead, join_hash, number=1, name="Team", kind="anonymous", minimum=5, day=WHEN["day"])
    database.join_team(join_hash, owner_hash, name=word, shares_wishes=True, day=DAY)
    database.close_round(
        lead, lambda team, candidates: Publication("{}", [one.response for one in candidates]), day=WHEN["day"]
    )
    with database.write_transaction() as db:
        db.execute(
            "INSERT INTO removal (response, team_name, day) SELECT id, ?, ? FROM response WHERE owner_hash = ?",
            (f"{word}-team", WHEN["day"], owner_hash),
        )


def fill_second_view(database: Storage, owner_hash: str, word: str, *, opened: bool = True) -> tuple[str, str]:
    """Ask for a second view, answer, send and perhaps open it. Returns the hashes of the view and the viewer link."""
    view_hash, viewer_hash, day = make_owner(), make_owner(), WHEN["day"]
    assert database.create_second_view(
        owner_hash, owner_name=f"{word}-owner", viewer_name=f"{word}-viewer", day=day, view_hash=view_hash, number=1
    )
    assert database.begin_second_view(view_hash, [viewer_hash]) == viewer_hash
    assert database.save_viewer_answers(viewer_hash, {f"{word}-seen": word})
    assert database.save_priorities(viewer_hash, [f"{word}-priority"], is_sent=True)
    assert database.send_second_view(viewer_hash, day=day)
    assert not opened or database.open_second_view(owner_hash, day=day)
    return view_hash, viewer_hash


def run_expiry(database: Storage, today: str, **before: str) -> Expiry:
    """One run of the expiry on a day, with the limits that are given; without one, nothing is overdue."""
    limits = dict.fromkeys(
        ("responses_before", "teams_before", "rounds_before", "drafts_before", "tombstones_before"), "2000-01-01"
    )
    return database.delete_expired(today, **limits | before)


def expire(database: Storage, today: str, **before: str) -> Mapping[str, int]:
    """Two runs of the expiry, the second on `today` and long enough after the first. Returns what was deleted."""
    first = date.fromisoformat(today) - timedelta(MIN_DAYS_OVERDUE)
    run_expiry(database, first.isoformat(), **before)
    return run_expiry(database, today, **before).deleted


def expire_in_app(app: App, monkeypatch: pytest.MonkeyPatch, today: str) -> None:
    """Send the two requests to an app that let overdue responses expire. From then on it is `today` in the app."""
    first = date.fromisoformat(today) - timedelta(MIN_DAYS_OVERDUE)
    for day in (first.isoformat(), today):
        monkeypatch.setattr(app, "today", lambda day=day: day)
        Client(app).get("/health")
