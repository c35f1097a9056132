"""How tests reach the app: a client inside the process, one for a served app, and the commands of `quiz`."""

from __future__ import annotations

import html
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from quiz.web.app import App

HIDDEN_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Client:
    """Keeps cookies, and sends the hidden fields of a form's page along with what is filled in."""

    def __init__(self, app: App, base: str = "http://localhost") -> None:
        self.app, self.base = app, base
        self.test_client = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """The page at `path`, redirects not followed."""
        return self.test_client.get(path, base_url=self.base, buffered=True, **options)

    def post(self, path: str, fields: Any = None, **options: Any) -> TestResponse:
        """`fields` sent to `path` as they are: no page is opened first, so there is no token."""
        return self.test_client.post(path, data=fields, base_url=self.base, buffered=True, **options)

    def see(self, path: str) -> Page:
        """The page at `path`, read as a browser would read it."""
        return Page.of(self.get(path))

    def token(self) -> dict[str, str]:
        """The field that makes a form of this visitor valid."""
        return {name: value for name, value in self.see("/").fields if name == "csrf_token"}

    def send(self, path: str, fields: Mapping[str, Any] | None = None, *, page: str | None = None) -> TestResponse:
        """Open `page` (else `path`), fill in `fields`, send the form to `path`."""
        shown = self.get(page or path)
        hidden = {name: html.unescape(value) for name, value in HIDDEN_FIELD.findall(shown.text)}
        return self.post(path, hidden | dict(fields or {}))

    def start(self) -> str:
        """Start the quiz; gives the path of the owner link, `/r/<link>`."""
        answer = self.send("/start", page="/")
        assert answer.status_code == 303, answer.text
        return str(answer.location).rsplit("/", 1)[0]

    def answer(self, own: str, answers: Mapping[str, str], **more: Any) -> TestResponse:
        """Answer every page from `answers` (question id to answer id), then the optional page; gives its answer."""
        for number, page in enumerate(self.app.bank.pages, 1):
            fields = {item.id: answers[item.id] for item in page if item.id in answers}
            self.send(f"{own}/{number}", fields)
        return self.send(f"{own}/more", more)

    def take(self, answers: Mapping[str, str], **more: Any) -> str:
        """The whole way to a result; gives the path of the owner link."""
        own = self.start()
        self.answer(own, answers, **more)
        assert self.send(f"{own}/check").location == own
        return own


class Page(HTMLParser):
    """A page as a browser takes it.

    `text` holds its words with single blanks, `title` the one of its window, `fields` what sending its forms would
    carry (buttons apart), `tags` every element with its attributes, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.fields: list[tuple[str, str]] = []
        self._area: str | None = None
        self._choice = ""
        self._title = False
        self._heard: list[str] = []
        self.title = ""

    @classmethod
    def of(cls, answer: TestResponse) -> Page:
        """The page in `answer`."""
        page = cls()
        page.feed(answer.text)
        page.close()
        return page

    @property
    def text(self) -> str:
        return " ".join("".join(self._heard).split())

    def values(self, *names: str) -> list[str]:
        """All values of the attributes called `names`."""
        return [value for _, attributes in self.tags for name, value in attributes.items() if name in names]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        self.tags.append((tag, own))
        if tag == "textarea":
            self._area = own["name"]
            self.fields.append((self._area, ""))
        elif tag == "select":
            self._choice = own["name"]
        elif tag == "option" and (self._choice or "selected" in own):
            # Without a choice of the visitor's, a browser sends the first.
            if not self._choice:
                self._choice = self.fields.pop()[0]
            self.fields.append((self._choice, own["value"]))
            self._choice = ""
        elif tag == "input" and "name" in own and (own["type"] not in {"radio", "checkbox"} or "checked" in own):
            self.fields.append((own["name"], own.get("value", "")))
        self._title = tag == "title" and not self.title

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            # A browser drops the first line end in a text area, and sends every other one as two characters.
            name, value = self.fields.pop()
            value = re.sub(r"\r\n|\r", "\n", value).removeprefix("\n")
            self.fields.append((name, value.replace("\n", "\r\n")))
            self._area = None
        self._title = False

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, value = self.fields.pop()
            self.fields.append((name, value + data))
        elif self._title:
            self.title += data
        else:
            self._heard.append(data)


#: Seconds in which a server must start, answer or end, however slow the machine.
TIMEOUT = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServedApp:
    """`quiz serve` on a free port, with an instance folder of its own."""

    def __init__(self, instance: Path, *options: str) -> None:
        self.instance, self.port = instance, free_port()
        self.command = [sys.executable, "-m", "quiz", "serve", "--port", str(self.port), *options]
        self.output = instance.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, bound: float = TIMEOUT) -> None:
        """Start it; comes back once it answers. Tries again while workers of a killed master still hold the port."""
        until = time.monotonic() + bound
        environ = os.environ | {"MANY_HATS_INSTANCE": str(self.instance)}
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                with self.output.open("wb") as output:
                    self.process = subprocess.Popen(self.command, env=environ, stdout=output, stderr=output)
            if b"Many Hats is at" in self.output.read_bytes():
                return
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        raise AssertionError(f"no answer within {bound} s:\n{self.output.read_text()}")

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers that live now."""
        found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in found.split()]

    def stop(self) -> int:
        """End it as a service manager would; gives its exit code."""
        assert self.process
        self.process.terminate()
        try:
            return self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


class HttpClient:
    """Keeps the cookie, and knows the hidden fields of the page it looked at last."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie, self.hidden = port, "", dict[str, str]()

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None, **headers: str) -> tuple[int, str, str]:
        """Status, address to go on to, and page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            if fields is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(fields or {}) or None, headers | {"Cookie": self.cookie})
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        if method == "GET":
            self.hidden = {name: html.unescape(value) for name, value in HIDDEN_FIELD.findall(page)}
        return answer.status, answer.getheader("Location") or "", page

    def send(self, path: str, fields: dict[str, str], *, page: str) -> tuple[int, str, str]:
        """Look at `page`, fill in `fields`, send them to `path`."""
        status, to, text = self.ask("GET", page)
        return self.ask("POST", path, self.hidden | fields) if status == 200 else (status, to, text)

    def start(self) -> str:
        """Begin a response; gives the path of its first page."""
        status, to, page = self.send("/start", {}, page="/")
        assert status == 303, page
        return to


def run_quiz(*arguments: str, instance: Path, before: tuple[str, ...] = (), **settings: str):
    """A run of `quiz` in a process of its own; serving is on a free port, as somebody may be serving meanwhile."""
    if arguments[0] == "serve":
        arguments = (*arguments, "--port", str(free_port()))
    environ = os.environ | {"MANY_HATS_INSTANCE": str(instance)} | settings
    command = [*before, sys.executable, "-m", "quiz", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)


def form_values(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Fields as the test client takes them."""
    return {name: [value for other, value in fields if other == name] for name, _ in fields}
