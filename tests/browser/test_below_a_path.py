"""The quiz below a path of another site, behind nginx, which passes on the path or removes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from quiz.bank import Bank
from tests.browser.quiz import Quiz
from tests.clients import ServedApp, free_port
from tests.running.programs import needs_linux
from tests.running.proxy import start_nginx

pytestmark = [pytest.mark.browser, needs_linux]

PATH = "/hats"
SERVER = """
server {{
    listen 127.0.0.1:{port};
    location / {{ return 200 "another application"; }}
    location {path}/ {{
        proxy_pass http://127.0.0.1:{app_port}{uri};
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
    }}
}}
"""


@pytest.fixture(scope="module", params=["", "/"], ids=["path passed on", "path removed"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the quiz below a path."""
    folder: Path = tmp_path_factory.mktemp("site")
    port = free_port()
    url = f"http://127.0.0.1:{port}{PATH}"
    app = ServedApp(folder / "instance", "--url", url)
    server = SERVER.format(port=port, path=PATH, app_port=app.port, uri=request.param)
    with ExitStack() as stack:
        app.start()
        stack.callback(app.stop)
        nginx = start_nginx(folder, port, server)
        stack.callback(nginx.wait, 30)
        stack.callback(nginx.terminate)
        yield url


def test_a_person_takes_the_quiz_and_everything_stays_below_the_path(site: str, browser: Browser, bank: Bank):
    with browser.new_context(base_url=site) as context:
        requests, problems = list[str](), list[str]()
        context.on("request", lambda request: requests.append(request.url))
        context.on("response", lambda response: problems.append(response.url) if response.status >= 400 else None)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        quiz = Quiz(context, bank)
        quiz.open(f"{site}/")
        quiz.press_main_button()
        expect(quiz.page).to_have_url(re.compile(f"^{re.escape(site)}/r/[^/]+/1$"))
        own = quiz.page.url.removesuffix("/1")
        for number, page in enumerate(bank.pages, 1):
            quiz.fill_page(number, {item.id: "weekly" for item in page})
        quiz.open(own)
        expect(quiz.page.locator("main")).to_be_visible()
        quiz.open(f"{own}/manage")
        assert {cookie["path"] for cookie in context.cookies()} == {PATH}
        assert [url for url in requests if not url.startswith(f"{site}/")] == []
        assert any(url.endswith(".woff2") for url in requests), "the style sheet and its typeface were found"
        assert problems == []
