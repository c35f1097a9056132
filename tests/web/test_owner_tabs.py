"""The tabs on the pages of a finished response."""

from __future__ import annotations

import re

import pytest

from quiz.web.app import App
from tests.clients import Client
from tests.factories import join_path, join_team, make_response, make_team

TABS = {"Result": "", "Wishes and goals": "/goals", "Conversation": "/conversation", "Share and delete": "/manage"}


def tabs(html: str) -> list[tuple[str, str, bool]]:
    """The address of each tab, its name, and whether it is the current one; empty without tabs."""
    _, _, nav = html.partition('<nav class="owner-tabs"')
    links = re.findall(r'<a href="([^"]+)"( aria-current="page")?>(.+?)</a>', nav.partition("</nav>")[0])
    return [(address, re.sub(r"<[^>]*>", "", name), bool(current)) for address, current, name in links]


@pytest.mark.parametrize("current", TABS)
def test_every_page_of_a_finished_response_has_the_tabs_and_marks_its_own(app: App, client: Client, current):
    owner_path = make_response(app)
    html = client.get(owner_path + TABS[current]).text
    assert tabs(html) == [(owner_path + path, name, name == current) for name, path in TABS.items()]
    assert "Back to your result" not in html


def test_pages_below_the_tabs_have_them_too_and_mark_none(app: App, client: Client):
    owner_path = make_response(app)
    join_team(app, join_path(client, make_team(client, "open")), owner_path, name="Ada")
    assert [current for _, _, current in tabs(client.get(f"{owner_path}/team").text)] == [False] * 4


def test_before_the_result_there_are_no_tabs(app: App, client: Client):
    owner_path = make_response(app, done=False)
    assert tabs(client.get(f"{owner_path}/manage").text) == []


def test_a_reader_of_a_share_link_and_a_lead_see_no_tabs(app: App, client: Client):
    owner_path, lead = make_response(app), make_team(client, "open")
    client.send(f"{owner_path}/shares", {"number": "7", "label": ""}, page=f"{owner_path}/manage")
    shared = app.derive_link("share", f"{owner_path.split('/')[2]}:7")
    assert tabs(client.get(f"/s/{shared}").text) == tabs(client.get(lead).text) == []
