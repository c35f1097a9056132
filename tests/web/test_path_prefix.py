"""Below a path: every address that the app gives out begins with it, whether the proxy removes it or not."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from quiz import create_app
from quiz.config.settings import SettingError
from quiz.web.app import App
from tests.clients import Client

PATH = "/tools/hats"
URL = f"https://example.org{PATH}"


class Addresses(HTMLParser):
    """The addresses in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if value and name in {"href", "src", "action", "formaction"}}


@pytest.fixture
def app(tmp_path: Path) -> App:
    """An app below a path."""
    return create_app({"TESTING": True, "PUBLIC_URL": URL, "BEHIND_PROXY": True}, instance=tmp_path / "instance")


def proxied(app: App, *, strips: bool) -> Client:
    """A client behind a proxy that removes the path from each request, or does not."""
    client = Client(app, "https://example.org")
    wsgi_app = client.test_client.application.wsgi_app
    if strips:

        def strip(environ, start_response):
            assert environ["PATH_INFO"].startswith(PATH), f"outside of the path: {environ['PATH_INFO']}"
            environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(PATH)
            return wsgi_app(environ, start_response)

        app.wsgi_app = strip  # type: ignore[method-assign]
    return client


@pytest.mark.parametrize("strips", [True, False], ids=["stripped", "not stripped"])
def test_the_whole_quiz_and_every_address_stay_below_the_path(app: App, bank, strips):
    client = proxied(app, strips=strips)
    to_visit, seen = {f"{PATH}/"}, set[str]()
    first = client.send(f"{PATH}/start", page=f"{PATH}/").location
    assert first.startswith(f"{PATH}/r/")
    own = first.removesuffix("/1")
    for number, page in enumerate(bank.pages, 1):
        response = client.send(f"{own}/{number}", {item.id: "daily" for item in page})
        assert response.status_code == 303
        assert response.location.startswith(own)
    client.send(f"{own}/more", {"title": ""})
    client.send(f"{own}/check")
    agreed = client.send(f"{own}/conversation", {"action_1": "Draw the schema"})
    assert agreed.location == f"{own}/conversation?saved=1#agreement"
    again = client.send(f"{own}/retake", page=f"{own}/manage").location.removesuffix("/1")
    for number, page in enumerate(bank.pages, 1):
        client.send(f"{again}/{number}", {item.id: "daily" for item in page})
    client.send(f"{again}/check")
    assert client.get(f"{again}/changes").status_code == 200
    lead = client.send(f"{PATH}/teams", {"name": "The crew", "kind": "open"}).location
    client.send(f"{own}/second-view", {"owner_name": "Ada", "viewer_name": "Kim"})
    to_visit |= {lead, f"{lead}/hire", f"{own}/second-view", f"{own}/advert"}
    to_visit |= {own, again, f"{own}/manage", f"{own}/goals", f"{own}.json", f"{PATH}/no-such-page"}
    while to_visit:
        address = to_visit.pop()
        seen.add(address)
        response = client.get(address)
        assert response.status_code < 500, address
        if response.location:
            assert response.location.startswith(f"{PATH}/"), (address, response.location)
        if response.mimetype != "text/html":
            continue
        found = {link.partition("#")[0].partition("?")[0] for link in Addresses(response.text).found}
        for link in found - {""}:
            assert link.startswith((f"{PATH}/", f"{URL}/", "mailto:")), f"{link} on {address}"
        to_visit |= {link for link in found if link.startswith(f"{PATH}/") and link.count("/") < 8} - seen
        assert not re.findall(r"https://example\.org(?!/tools/hats)", response.text), address
    assert len(seen) > 10


def test_cookies_are_sent_below_the_path_only(app: App):
    client = proxied(app, strips=False)
    cookie = client.get(f"{PATH}/").headers["Set-Cookie"]
    assert cookie.startswith("__Secure-session=")
    assert f"Path={PATH}" in cookie.split("; ")
    assert "Secure" in cookie.split("; ")


def test_links_that_are_copied_or_scanned_have_the_path_once(app: App):
    client = proxied(app, strips=False)
    with app.test_request_context("/", base_url=URL):
        assert app.absolute_url("start.privacy") == f"{URL}/privacy"
    assert client.get("/health").json["status"] == "ok", "for a monitor that does not go through the proxy"  # type: ignore[index]
    document = client.get(f"{PATH}/api/openapi.json").json
    assert document["servers"] == [{"url": PATH}]  # type: ignore[index]


def test_without_a_path_nothing_changes(tmp_path):
    app = create_app({"TESTING": True, "PUBLIC_URL": "https://example.org/"}, instance=tmp_path / "instance")
    client = Client(app, "https://example.org")
    assert client.get(f"{PATH}/").status_code == 404
    assert client.get("/").headers["Set-Cookie"].startswith("__Host-session=")
    with app.test_request_context("/", base_url="https://example.org"):
        assert app.absolute_url("start.privacy") == "https://example.org/privacy"


@pytest.mark.parametrize("path", ["/r", "/static/hats", "/api"])
def test_a_path_that_begins_like_an_address_of_the_app_is_refused(tmp_path, path):
    with pytest.raises(SettingError, match="use another path"):
        create_app({"PUBLIC_URL": f"https://example.org{path}"}, instance=tmp_path / "instance")
