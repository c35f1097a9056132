"""A real server and a real browser, whose requests and console messages are checked."""

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
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from quiz import create_app
from quiz.config.settings import PREFIX
from quiz.web.app import App
from tests.browser.chromium import CHROMIUM
from tests.browser.layout import STANDARD_TEXT_PX, set_text_size
from tests.browser.people import PEOPLE
from tests.browser.quiz import Quiz
from tests.browser.second_views import create_second_views
from tests.browser.teams import create_people_and_teams
from tests.clients import Client
from tests.factories import ROOT

#: Chromium may run as root and without a graphics card, and must not send requests of its own.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True)
class Served:
    """A running server, and an app on the same instance folder that prepares data for tests."""

    url: str
    app: App


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`quiz serve` on a free port with a new instance. It must print nothing to standard error."""
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
        first_line = server.stdout.readline()  # printed when the server is ready
        url = f"http://127.0.0.1:{port}"
        assert url in first_line, log.read_text()
        yield Served(url, app)
        server.terminate()
        server.wait(timeout=30)
    assert log.read_text() == ""


@pytest.fixture(scope="session")
def people(served: Served) -> dict[str, str]:
    """The path of each person's owner link: `new` has answered nothing, `started` has answered one page.

    The paths of `create_people_and_teams` and `create_second_views` are in it too.
    """
    bank, client = served.app.bank, Client(served.app)
    links = {kind: client.take(person.answers(bank), **person.details) for kind, person in PEOPLE.items()}
    links |= {"new": client.start(), "started": client.start()}
    answers = PEOPLE["mix"].answers(bank)
    client.send(f"{links['started']}/1", {item.id: answers[item.id] for item in bank.pages[0]})
    return links | create_people_and_teams(served.app) | create_second_views(served.app)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What starts browsers. A process can have only one."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all tests. Each test opens its own contexts, which share nothing."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@dataclass
class Watch:
    """The requests, errors and warnings of the browsers of one test. A status in `expected` is no error."""

    url: str
    expected: set[int] = field(default_factory=lambda: {422})
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def attach(self, context: BrowserContext) -> Callable[[], None]:
        """Record the requests and problems of `context`. Returns what ends that."""
        listeners: dict[Any, Callable[[Any], None]] = {
            "request": lambda request: self.requests.append(request.url),
            "console": lambda message: self.record_message(message.type, message.text),
            "weberror": lambda error: self.problems.append(str(error.error)),
        }
        for event, listener in listeners.items():
            context.on(event, listener)

        def detach() -> None:
            for event, listener in listeners.items():
                context.remove_listener(event, listener)

        return detach

    def record_message(self, kind: str, text: str) -> None:
        """Record an error or a warning, unless it is about an expected status."""
        status = re.search(r"the server responded with a status of (\d+)", text)
        if kind in {"error", "warning"} and not (status and int(status[1]) in self.expected):
            self.problems.append(text)

    def check(self) -> None:
        """Fail if there was a request to another server, or a problem."""
        assert [url for url in self.requests if not url.startswith((f"{self.url}/", "data:"))] == []
        assert self.problems == []


@pytest.fixture
def watch(served: Served) -> Iterator[Watch]:
    """Checked when the test has ended."""
    watch = Watch(served.url)
    yield watch
    watch.check()


@pytest.fixture(scope="session")
def new_context(browser: Browser, served: Served) -> Callable[..., BrowserContext]:
    """Makes a browser without cookies: `new_context(java_script_enabled=False, …)`, with options of Playwright."""

    def make_context(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=served.url, **{"reduced_motion": "reduce"} | options)
        context.set_default_timeout(10_000)
        return context

    return make_context


Visit = Callable[..., Quiz]


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext], served: Served, watch: Watch) -> Iterator[Visit]:
    """Opens the quiz in a new browser: `visit(width=390, color_scheme="dark", …)`, with options of Playwright."""
    contexts = []

    def open_browser(width: int = 390, height: int = 844, **options: Any) -> Quiz:
        context = new_context(viewport={"width": width, "height": height}, **options)
        watch.attach(context)
        contexts.append(context)
        return Quiz(context, served.app.bank)

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def tab(new_context: Callable[..., BrowserContext], served: Served) -> Iterator[Quiz]:
    """The tab of `look`."""
    with new_context() as context:
        yield Quiz(context, served.app.bank)


@pytest.fixture
def look(tab: Quiz, watch: Watch) -> Iterator[Visit]:
    """Opens the quiz in a tab that other tests used: `look(width=390, color_scheme="dark")`, with any media.

    For tests of what one page looks like, which is most of them: a new browser takes longer than a page. Size, media
    and the size of text are as in a new browser; cookies are deleted.
    """
    detach = watch.attach(tab.context)

    def open_tab(width: int = 390, height: int = 844, **media: Any) -> Quiz:
        tab.page.set_viewport_size({"width": width, "height": height})
        tab.page.emulate_media(**{"media": "screen", "color_scheme": "light"} | media)
        set_text_size(tab, STANDARD_TEXT_PX)
        return tab

    yield open_tab
    detach()
    tab.context.clear_cookies()
