"""Somebody who uses the app: a test client that fills in forms as a browser would."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from quiz.app import App

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Visitor:
    """Keeps cookies, and sends the hidden fields of a form's page along with what is filled in."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.client = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """The page at `path`, redirects not followed."""
        return self.client.get(path, **options)

    def send(self, path: str, fields: Mapping[str, Any] | None = None, *, page: str | None = None) -> TestResponse:
        """Open `page` (else `path`), fill in `fields`, send the form to `path`."""
        shown = self.get(page or path)
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(shown.text)}
        return self.client.post(path, data=hidden | dict(fields or {}))

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
