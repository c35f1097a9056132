"""A real server, a real browser, and an eye on every request and every message on the console."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from quiz import create_app
from quiz.config.settings import PREFIX
from quiz.web.app import App
from tests.browser.chromium import CHROMIUM
from tests.browser.crews import settle
from tests.browser.people import PEOPLE
from tests.browser.quiz import Quiz
from tests.clients import Client
from tests.factories import ROOT

#: Chromium runs as root here and there, without a graphics card, and must not call its maker.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True)
class Served:
    """A running server, and an app on the same instance folder for preparing what tests look at."""

    url: str
    app: App


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`quiz serve` on a free port with a fresh instance; it must end without having complained of anything."""
    instance = tmp_path_factory.mktemp("served") / "instance"
    log = instance.with_name("stderr.txt")
    app = create_app(instance=instance)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "quiz", "serve", "--port", str(port)],
            env=environ | {f"{PREFIX}INSTANCE": str(instance)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as server,
    ):
        assert server.stdout is not None
        greeting = server.stdout.readline()  # comes once the server answers
        url = f"http://127.0.0.1:{port}"
        assert url in greeting, log.read_text()
        yield Served(url, app)
        server.terminate()
        server.wait(timeout=30)
    assert log.read_text() == ""


@pytest.fixture(scope="session")
def people(served: Served) -> dict[str, str]:
    """The path of each made-up person's owner link; `fresh` has only just begun, `begun` has answered one page.

    With them the links of teams, and of people with wishes and a past, by the names of `tests.browser.crews`.
    """
    bank, client = served.app.bank, Client(served.app)
    links = {kind: client.take(person.answers(bank), **person.more) for kind, person in PEOPLE.items()}
    links |= {"fresh": client.start(), "begun": client.start()}
    answers = PEOPLE["mix"].answers(bank)
    client.send(f"{links['begun']}/1", {item.id: answers[item.id] for item in bank.pages[0]})
    return links | settle(served.app)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each test opens contexts of its own in it, which share nothing."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What browsers of one test asked for and complained of. Statuses in `expected` are no reason to complain."""

    url: str
    expected: set[int] = field(default_factory=lambda: {422})
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Follow everything that happens in `context`."""
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda message: self.note(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def note(self, kind: str, text: str) -> None:
        """Keep an error or a warning, unless it only says that an expected status came."""
        status = re.search(r"the server responded with a status of (\d+)", text)
        if kind in {"error", "warning"} and not (status and int(status[1]) in self.expected):
            self.complaints.append(text)

    def judge(self) -> None:
        """Fail where anything was asked from elsewhere, or the page complained."""
        assert [url for url in self.requests if not url.startswith((f"{self.url}/", "data:"))] == []
        assert self.complaints == []


@pytest.fixture
def watch(served: Served) -> Iterator[Watch]:
    """Judged when the test is over."""
    watch = Watch(served.url)
    yield watch
    watch.judge()


Visit = Callable[..., Quiz]


@pytest.fixture
def visit(browser: Browser, served: Served, watch: Watch) -> Iterator[Visit]:
    """Opens the quiz in a fresh browser: `visit(width=390, color_scheme="dark", …)`, with Playwright's options."""
    contexts = []

    def open_browser(width: int = 390, height: int = 844, **options: Any) -> Quiz:
        context = browser.new_context(
            base_url=served.url, viewport={"width": width, "height": height}, **{"reduced_motion": "reduce"} | options
        )
        context.set_default_timeout(10_000)
        watch.over(context)
        contexts.append(context)
        return Quiz(context, served.app.bank)

    yield open_browser
    for context in contexts:
        context.close()
