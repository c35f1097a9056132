"""A small HTTP client: keeps cookies, follows redirects, and fills in the form of a page."""

from __future__ import annotations

import http.client
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

from benchmarks.load import ANSWER_TIMEOUT_S, HOST

#: Redirects followed for one request.
MAX_REDIRECTS = 8


class Browser:
    """One visitor of one server, over one connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_TIMEOUT_S)
        self._cookies: dict[str, str] = {}
        self.path = "/"
        self.page = ""

    def get(self, path: str) -> str:
        """The page at `path`, after all redirects."""
        return self._request("GET", path, None)

    def send(self, answer: int = 1) -> str:
        """Send the form of the current page with choice number `answer` in each radio group. Returns the next page."""
        form = Form(self.page)
        fields = form.hidden | {name: values[answer % len(values)] for name, values in form.radios.items()}
        return self._request("POST", form.action or self.path, urlencode(fields))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _request(self, method: str, path: str, body: str | None) -> str:
        for _ in range(MAX_REDIRECTS):
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
            self.path = path
            if answer.status not in {301, 302, 303, 307}:
                if answer.status >= 400:
                    raise SystemExit(f"{method} {path} gave {answer.status}: {text[:300]}")
                self.page = text
                return text
            parts = urlsplit(answer.headers["Location"])
            method, body, path = "GET", None, parts.path + (f"?{parts.query}" if parts.query else "")
        raise SystemExit(f"{path} is redirected too often")


class Form(HTMLParser):
    """The first form of a page that is sent with POST: where to, its hidden fields, its radio buttons by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.radios: dict[str, list[str]] = {}
        self._is_inside = self._is_done = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form" and attributes.get("method", "").lower() == "post" and not self._is_done:
            self._is_inside, self.action = True, attributes.get("action", "")
        if self._is_inside and tag == "input" and "name" in attributes:
            if attributes.get("type") == "hidden":
                self.hidden[attributes["name"]] = attributes.get("value", "")
            elif attributes.get("type") == "radio":
                self.radios.setdefault(attributes["name"], []).append(attributes.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._is_inside:
            self._is_inside, self._is_done = False, True
