"""Enter in a form presses its first submit button: this is the main one in every form of every page."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

import pytest
from werkzeug.test import TestResponse

from quiz.web.app import App
from tests.clients import Client
from tests.factories import all_answers, join_path, join_team, make_closed_round, make_team, page_answers


class Button(NamedTuple):
    """A submit button: whether it looks like the main one, and what it sends in addition to the form."""

    is_main: bool
    name: str
    sends_elsewhere: bool


class FormParser(HTMLParser):
    """The submit buttons of each form of a page, in the order of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[list[Button]] = []
        self.by_id: dict[str, list[Button]] = {}
        self.with_fields: list[list[Button]] = []
        self._open: list[Button] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = []
            self.forms.append(self._open)
            self.by_id[attributes.get("id", "")] = self._open
        elif self._open is not None and tag == "input" and attributes["type"] != "hidden":
            self.with_fields.append(self._open)
        elif tag == "button" and attributes.get("type", "submit") == "submit":
            form = self.by_id[attributes["form"]] if "form" in attributes else self._open
            assert form is not None, "a submit button belongs to a form"
            is_main = "button-primary" in attributes.get("class", "").split()
            form.append(Button(is_main, attributes.get("name", ""), "formaction" in attributes))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def pages_of_a_person(client: Client) -> Iterator[tuple[str, TestResponse]]:
    """Every page of one response, with errors too."""
    bank = client.app.bank
    yield "start", client.get("/")
    owner_path = client.start()
    yield "all questions missing", client.send(f"{owner_path}/1")
    one_missing = dict(list(page_answers(bank, 2, "weekly").items())[1:])
    yield "one question missing", client.send(f"{owner_path}/2", one_missing)
    yield "no token", client.post(f"{owner_path}/1")
    yield "optional page with errors", client.send(f"{owner_path}/more", {"title": "x" * 81})
    client.answer(owner_path, all_answers(bank, "weekly"))
    yield "check", client.get(f"{owner_path}/check")
    client.send(f"{owner_path}/check")
    client.send(f"{owner_path}/shares", {"label": "Ada"}, page=f"{owner_path}/manage")
    for name in ("", "/1", "/2", "/more", "/check", "/later", "/goals", "/conversation", "/manage", "/delete"):
        yield f"owner{name}", client.get(f"{owner_path}{name}")
    yield "goals with errors", client.send(f"{owner_path}/goals", {"goals": list(bank.role)[:3]})


def pages_of_teams(client: Client) -> Iterator[tuple[str, TestResponse]]:
    """Every page of an anonymous and of an open team, for the lead, members and those who join."""
    app = client.app
    yield "new team", client.get("/teams")
    yield "new team with errors", client.send("/teams")
    lead, members = make_closed_round(app, client)
    yield "closed round", client.get(lead)
    client.send(f"{lead}/next", page=lead)
    open_lead = make_team(client, "open")
    open_join = join_path(client, open_lead)
    yield "lead", client.get(lead)
    yield "delete a team", client.get(f"{lead}/delete")
    yield "open lead", client.get(open_lead)
    for join in (join_path(client, lead), open_join):
        yield f"join {join}", client.get(join)
        yield f"join {join} with errors", client.send(f"{join}/bring", page=join)
    yield "counted member", client.get(f"{members[0]}/team")
    yield "manage of a counted member", client.get(f"{members[0]}/manage")
    open_member = client.take(all_answers(app.bank, "weekly"))
    join_team(app, open_join, open_member, "Ada")
    yield "open member", client.get(f"{open_member}/team")
    for name in ("needs", "away", "hire"):
        yield name, client.get(f"{open_lead}/{name}")
    yield "manage of an open member", client.get(f"{open_member}/manage")


@pytest.mark.parametrize("pages", [pages_of_a_person, pages_of_teams])
def test_the_first_submit_button_of_every_form_is_its_main_button(app: App, client: Client, pages):
    with_several = 0
    for name, response in pages(client):
        assert response.status_code in {200, 400, 422}, name
        parser = FormParser(response.text)
        for buttons in parser.forms:
            assert buttons, f"{name}: a form without a button cannot be sent without a script"
            first, *others = buttons
            with_several += bool(others)
            assert not first.sends_elsewhere, name
            assert not any(button.is_main for button in others), f"{name}: {buttons}"
            does_other_things = any(button.name or button.sends_elsewhere for button in buttons)
            if does_other_things and not first.is_main:
                has_fields = any(form is buttons for form in parser.with_fields)
                assert not has_fields, f"{name}: Enter in a field must press a main button, not one of {buttons}"
    assert with_several > 2


def test_a_question_page_sends_every_other_button_with_a_name_of_its_own(client: Client):
    owner_path = client.start()
    (buttons,) = FormParser(client.send(f"{owner_path}/2").text).forms
    assert [button.name for button in buttons] == ["", "skip_unanswered", "go_to", "go_to", "go_to"]
