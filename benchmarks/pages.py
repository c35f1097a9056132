"""What a page, a submit and the API cost inside one process, without sockets and without a browser."""

from __future__ import annotations

import itertools
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.floors import WsgiRequest, hello, hello_and_commit
from benchmarks.table import Row, compare
from quiz import create_app
from quiz.teams.made_up import made_up_people
from quiz.teams.needs import needs_of_heads
from quiz.web import links
from quiz.web.app import App

#: A page in the middle of the quiz.
PAGE = 2


class Person:
    """A person who answered everything, with the cookie and the token that a browser would have."""

    def __init__(self, app: App, text: str = "", *, finished: bool = False) -> None:
        self.app = app
        link = links.new_link()
        self.path, self.owner_hash = f"/r/{link}", links.hash_link(link)
        own_roles = {role.id for role in app.bank.roles[3:5]}
        self.answers = {
            id: ("weekly" if n % 4 else "daily") if item.role in own_roles else ("never" if n % 2 else "rarely")
            for n, (id, item) in enumerate(app.bank.responsibility.items())
        }
        today, bank = app.today(), app.bank.version
        app.storage.create_response(self.owner_hash, bank=bank, day=today)
        app.storage.save_answers(self.owner_hash, self.answers, bank=bank, day=today)
        contacts = [role.id for role in app.bank.roles[:3]]
        title = "Senior data engineer" if text else ""
        app.storage.save_details(self.owner_hash, contacts=contacts, title=title, text=text, day=today)
        if finished:
            app.storage.finish_response(self.owner_hash, day=today)
        client = app.test_client()
        page = client.get(f"{self.path}/{PAGE}", base_url="http://localhost")
        self.token = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0]
        self.cookie = page.headers["Set-Cookie"].partition(";")[0]

    def page(self, path: str = "") -> WsgiRequest:
        """One of this person's pages."""
        return WsgiRequest(self.app.wsgi_app, self.path + path, cookie=self.cookie)

    def submit(self, answers: Mapping[str, str]) -> WsgiRequest:
        """A page of questions, filled in."""
        body = urlencode({"csrf_token": self.token, **answers}).encode()
        return WsgiRequest(self.app.wsgi_app, f"{self.path}/{PAGE}", body=body, cookie=self.cookie)


@contextmanager
def fresh() -> Iterator[tuple[App, Path]]:
    """An app on a new instance, and its folder. Both are removed at the end."""
    with tempfile.TemporaryDirectory() as folder:
        # The rate limits count as usual, but one address may send as many requests as a benchmark does.
        app = create_app({"API_PER_MINUTE": 10**9}, instance=Path(folder))
        try:
            yield app, Path(folder)
        finally:
            app.storage.close()


def checked(request: WsgiRequest, status: int) -> WsgiRequest:
    """`request`, after a check that it gives this status: a fast error page must not be measured."""
    actual_status, body = request()
    if actual_status != status:
        raise SystemExit(f"{request.environ['PATH_INFO']} gave {actual_status}, not {status}: {body[:200]!r}")
    return request


def in_turns(requests: list[WsgiRequest]) -> Callable[[], object]:
    """A function that sends the next of `requests` with each call, and begins again after the last."""
    turns = itertools.cycle(requests)
    return lambda: next(turns)()


def question(rounds: int = 15) -> Iterator[Row]:
    """A page of questions, compared with Flask's hello."""
    with fresh() as (app, _):
        page = checked(Person(app).page(f"/{PAGE}"), 200)
        yield compare("question page", page, WsgiRequest(hello()), floor_name="Flask hello", target=8, rounds=rounds)


def submit(rounds: int = 15) -> Iterator[Row]:
    """A page that is sent, checked, stored and redirected, compared with hello and the same rows in one commit."""
    with fresh() as (app, folder):
        person = Person(app)
        question_ids = [item.id for item in app.bank.pages[PAGE - 1]]
        # Alternately, so that every submit changes the stored answers.
        submits = [checked(person.submit(dict.fromkeys(question_ids, point)), 303) for point in ("weekly", "daily")]
        floor = WsgiRequest(
            hello_and_commit(folder / "floor.db", dict.fromkeys(question_ids, "")), body=submits[0].body
        )
        yield compare(
            "page submit",
            in_turns(submits),
            checked(floor, 200),
            floor_name="hello and the rows committed",
            target=3,
            rounds=rounds,
        )


def result(rounds: int = 15) -> Iterator[Row]:
    """A result with its charts, compared with Flask's hello, without and with free text."""
    text = "I built the nightly pipelines, repaired ingestion, checked data quality and set up monitoring. " * 3
    with fresh() as (app, _):
        for name, free_text in (("result page", ""), ("result page with free text", text)):
            page = checked(Person(app, free_text, finished=True).page(), 200)
            yield compare(name, page, WsgiRequest(hello()), floor_name="Flask hello", target=12, rounds=rounds)


def api(rounds: int = 15) -> Iterator[Row]:
    """`POST /api/score` with answers only, compared with Flask's hello."""
    with fresh() as (app, _):
        body = json.dumps({"answers": Person(app).answers}).encode()
        request = checked(WsgiRequest(app.wsgi_app, "/api/score", body=body, kind="application/json"), 200)
        yield compare(
            "POST /api/score", request, WsgiRequest(hello()), floor_name="Flask hello", target=6, rounds=rounds
        )


#: The target of the page of an open team, by the number of people: most of the page is a cell for each answer.
OPEN_TEAM_TARGETS = {12: 120, 200: 900}


def open_team(rounds: int = 15, targets: Mapping[int, int] = OPEN_TEAM_TARGETS) -> Iterator[Row]:
    """The page of an open team with needs, for teams of different sizes, compared with Flask's hello."""
    for people, target in targets.items():
        with fresh() as (app, _):
            page = checked(WsgiRequest(app.wsgi_app, _open_team(app, people)), 200)
            name = f"open team of {people}"
            yield compare(name, page, WsgiRequest(hello()), floor_name="Flask hello", target=target, rounds=rounds)


def _open_team(app: App, people: int) -> str:
    """Store an open team of made-up people. Returns the path of its lead link."""
    today, bank, lead = app.today(), app.bank.version, links.new_link()
    lead_hash, join_hash = links.hash_link(lead), links.hash_link(links.new_link())
    app.storage.create_team(lead_hash, join_hash, number=1, name="Team", kind="open", minimum=5, day=today)
    app.storage.save_needs(lead_hash, needs_of_heads(app.bank, {role.id: 2 for role in app.bank.roles[::2]}))
    for number, person in enumerate(made_up_people(app.bank, people), 1):
        owner_hash = links.hash_link(links.new_link())
        app.storage.create_response(owner_hash, bank=bank, day=today)
        app.storage.save_answers(owner_hash, person.answers, bank=bank, day=today)
        app.storage.finish_response(owner_hash, day=today)
        app.storage.join_team(join_hash, owner_hash, name=f"Person {number}", shares_wishes=True, day=today)
    return f"/t/{lead}"
