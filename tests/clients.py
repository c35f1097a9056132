"""Clients of the app: one inside the process, one over HTTP for a served app, and a runner of `quiz` commands."""

from __future__ import annotations

import html
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from quiz.web.app import App

HIDDEN_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Client:
    """A browser inside the process. It keeps cookies, and sends a form with its hidden fields."""

    def __init__(self, app: App, base_url: str = "http://localhost") -> None:
        self.app, self.base_url = app, base_url
        self.test_client = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """The response to a GET of `path`. Redirects are not followed."""
        return self.test_client.get(path, base_url=self.base_url, buffered=True, **options)

    def post(self, path: str, fields: Any = None, **options: Any) -> TestResponse:
        """The response to a POST of `fields` to `path`. No page is opened first, so no token is added."""
        return self.test_client.post(path, data=fields, base_url=self.base_url, buffered=True, **options)

    def see(self, path: str) -> Page:
        """The page at `path`, parsed."""
        return Page.of(self.get(path))

    def token(self) -> dict[str, str]:
        """The CSRF field that makes a form of this visitor valid."""
        return {name: value for name, value in self.see("/").fields if name == "csrf_token"}

    def send(self, path: str, fields: Mapping[str, Any] | None = None, *, page: str | None = None) -> TestResponse:
        """Open `page` (by default `path`), fill in `fields` and send the form to `path`. Returns the response."""
        form_page = self.get(page or path)
        hidden = {name: html.unescape(value) for name, value in HIDDEN_FIELD.findall(form_page.text)}
        return self.post(path, hidden | dict(fields or {}))

    def start(self) -> str:
        """Start the quiz. Returns the path of the owner link, `/r/<link>`."""
        response = self.send("/start", page="/")
        assert response.status_code == 303, response.text
        return str(response.location).rsplit("/", 1)[0]

    def answer(self, owner_path: str, answers: Mapping[str, str], **more: Any) -> TestResponse:
        """Send `answers` (question id to answer id) page by page, then the optional page. Returns the last response."""
        for number, page in enumerate(self.app.bank.pages, 1):
            fields = {item.id: answers[item.id] for item in page if item.id in answers}
            self.send(f"{owner_path}/{number}", fields)
        return self.send(f"{owner_path}/more", more)

    def take(self, answers: Mapping[str, str], **more: Any) -> str:
        """Take the whole quiz, up to the result. Returns the path of the owner link."""
        owner_path = self.start()
        self.answer(owner_path, answers, **more)
        assert self.send(f"{owner_path}/check").location == owner_path
        return owner_path


class Page(HTMLParser):
    """A parsed page.

    `text` is its text with single spaces, `title` its title, `fields` the fields that a browser would send with its
    forms (without buttons), `tags` every element with its attributes, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.fields: list[tuple[str, str]] = []
        self._textarea: str | None = None
        self._select = ""
        self._in_title = False
        self._text_parts: list[str] = []
        self.title = ""

    @classmethod
    def of(cls, response: TestResponse) -> Page:
        """The page in `response`."""
        page = cls()
        page.feed(response.text)
        page.close()
        return page

    @property
    def text(self) -> str:
        return " ".join("".join(self._text_parts).split())

    def values(self, *names: str) -> list[str]:
        """All values of the attributes called `names`."""
        return [value for _, attributes in self.tags for name, value in attributes.items() if name in names]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        if tag == "textarea":
            self._textarea = attributes["name"]
            self.fields.append((self._textarea, ""))
        elif tag == "select":
            self._select = attributes["name"]
        elif tag == "option" and (self._select or "selected" in attributes):
            # A browser sends the first option if none is selected.
            if not self._select:
                self._select = self.fields.pop()[0]
            self.fields.append((self._select, attributes["value"]))
            self._select = ""
        elif (
            tag == "input"
            and "name" in attributes
            and (attributes["type"] not in {"radio", "checkbox"} or "checked" in attributes)
        ):
            self.fields.append((attributes["name"], attributes.get("value", "")))
        self._in_title = tag == "title" and not self.title

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea is not None:
            # A browser drops a line break at the start of a text area, and sends every other one as CR LF.
            name, value = self.fields.pop()
            value = re.sub(r"\r\n|\r", "\n", value).removeprefix("\n")
            self.fields.append((name, value.replace("\n", "\r\n")))
            self._textarea = None
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            name, value = self.fields.pop()
            self.fields.append((name, value + data))
        elif self._in_title:
            self.title += data
        else:
            self._text_parts.append(data)


#: Seconds within which a server must start, respond or stop, also on a slow machine.
TIMEOUT_S = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServedApp:
    """`quiz serve` on a free port, with its own instance folder."""

    def __init__(self, instance: Path, *options: str) -> None:
        self.instance, self.port = instance, free_port()
        self.command = [sys.executable, "-m", "quiz", "serve", "--port", str(self.port), *options]
        self.output = instance.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, timeout_s: float = TIMEOUT_S) -> None:
        """Start it and wait until it serves. Starts it again if it ends, as while the port is still in use."""
        deadline = time.monotonic() + timeout_s
        environ = os.environ | {"MANY_HATS_INSTANCE": str(self.instance)}
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                with self.output.open("wb") as output:
                    self.process = subprocess.Popen(self.command, env=environ, stdout=output, stderr=output)
            if b"Many Hats is at" in self.output.read_bytes():
                return
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        raise AssertionError(f"no response within {timeout_s} s:\n{self.output.read_text()}")

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def stop(self) -> int:
        """Stop it as a service manager would. Returns its exit code."""
        assert self.process
        self.process.terminate()
        try:
            return self.process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


class HttpClient:
    """An HTTP client that keeps the cookie, and the hidden fields of the last page it opened.

    `connect` opens a connection, `headers` are sent with every request.
    """

    def __init__(
        self,
        port: int,
        host: str = "127.0.0.1",
        *,
        connect: Callable[[], http.client.HTTPConnection] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.host, self.port = host, port
        self.connect = connect or partial(http.client.HTTPConnection, host, port, timeout=TIMEOUT_S)
        self.headers = dict(headers or {})
        self.cookie, self.hidden = "", dict[str, str]()

    def request(
        self, method: str, path: str, fields: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, str, str]:
        """Status, `Location` and body of the response."""
        connection = self.connect()
        headers = self.headers | headers | {"Cookie": self.cookie}
        try:
            if fields is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(fields or {}) or None, headers)
            response = connection.getresponse()
            page = response.read().decode()
        finally:
            connection.close()
        if cookie := response.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        if method == "GET":
            self.hidden = {name: html.unescape(value) for name, value in HIDDEN_FIELD.findall(page)}
        return response.status, response.getheader("Location") or "", page

    def send(self, path: str, fields: dict[str, str], *, page: str) -> tuple[int, str, str]:
        """Open `page`, fill in `fields` and send the form to `path`. Returns what `request` returns."""
        status, location, text = self.request("GET", page)
        return self.request("POST", path, self.hidden | fields) if status == 200 else (status, location, text)

    def start(self) -> str:
        """Start the quiz. Returns the path of its first page."""
        status, location, page = self.send("/start", {}, page="/")
        assert status == 303, page
        return location


def run_quiz(*arguments: str, instance: Path, before: tuple[str, ...] = (), **settings: str):
    """Run `quiz` in a new process, after the command `before`. `serve` gets a free port."""
    if arguments[0] == "serve":
        arguments = (*arguments, "--port", str(free_port()))
    environ = os.environ | {"MANY_HATS_INSTANCE": str(instance)} | settings
    command = [*before, sys.executable, "-m", "quiz", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)


def form_values(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Fields in the form that `Client.post` takes."""
    return {name: [value for other, value in fields if other == name] for name, _ in fields}
