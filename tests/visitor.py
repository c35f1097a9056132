"""Somebody who uses the app: a test client that fills in forms as a browser would."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from quiz.web.app import App

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Visitor:
    """Keeps cookies, and sends the hidden fields of a form's page along with what is filled in."""

    def __init__(self, app: App, base: str = "http://localhost") -> None:
        self.app, self.base = app, base
        self.client = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """The page at `path`, redirects not followed."""
        return self.client.get(path, base_url=self.base, buffered=True, **options)

    def post(self, path: str, fields: Any = None, **options: Any) -> TestResponse:
        """`fields` sent to `path` as they are: no page is opened first, so there is no token."""
        return self.client.post(path, data=fields, base_url=self.base, buffered=True, **options)

    def see(self, path: str) -> Shown:
        """The page at `path`, read as a browser would read it."""
        return Shown.of(self.get(path))

    def token(self) -> dict[str, str]:
        """The field that makes a form of this visitor valid."""
        return {name: value for name, value in self.see("/").fields if name == "csrf_token"}

    def send(self, path: str, fields: Mapping[str, Any] | None = None, *, page: str | None = None) -> TestResponse:
        """Open `page` (else `path`), fill in `fields`, send the form to `path`."""
        shown = self.get(page or path)
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(shown.text)}
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


class Shown(HTMLParser):
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
    def of(cls, answer: TestResponse) -> Shown:
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
