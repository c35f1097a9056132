"""The pages of the viewer: the request, the questions about the owner, sending, taking back, deleting."""

from __future__ import annotations

import threading

import pytest

from quiz.web import links
from quiz.web.app import App
from quiz.web.forms.second_view import MAX_PRIORITIES
from tests.checks import count_rows
from tests.clients import Client, Page
from tests.factories import (
    BANK,
    all_answers,
    answer_view,
    ask_for_view,
    begin_view,
    link_hash,
    make_response,
    make_second_view,
    page_answers,
)

LAST = len(BANK.pages)


@pytest.fixture
def owner(app: App) -> str:
    return make_response(app)


@pytest.fixture
def viewer(client: Client, owner: str) -> str:
    """The path of a viewer link with which nothing was answered."""
    return begin_view(client, ask_for_view(client, owner))


# The request


def test_the_request_says_who_asks_for_what_and_what_both_will_see(client: Client, owner: str):
    text = client.see(ask_for_view(client, owner)).text
    for sentence in (
        "Ada asks Kim for a second view",
        "about five minutes",
        "“I can’t see this” is one of the answers",
        "It is not an appraisal, and not for decisions about pay, promotion or dismissal.",
        "You may refuse. Close this page: Ada then sees only that nothing was sent.",
        "Ada sees nothing of your answers until you have sent them and Ada opens both sides.",
        "for each question, how often Ada says it is done and how often Kim sees it",
        "no roles, no text, no wishes",
        "You can delete them at any time, also after that",
        "Sealed, not encrypted.",
        "in the database and in its backups all the time",
    ):
        assert sentence in text


def test_opening_the_request_changes_nothing_and_the_owner_cannot_see_that_it_was_opened(
    app: App, client: Client, owner: str
):
    view = ask_for_view(client, owner)
    before = client.see(f"{owner}/second-view").text
    client.get(view)
    assert client.see(f"{owner}/second-view").text == before
    assert count_rows(app, "viewer") == 0


def test_beginning_gives_a_link_that_the_owner_does_not_have(app: App, client: Client, owner: str):
    view = ask_for_view(client, owner)
    viewer = begin_view(client, view)
    assert viewer.startswith("/w/")
    assert viewer.split("/")[2] not in client.get(f"{owner}/second-view").text + client.get(view).text
    assert viewer.split("/")[2].encode() not in app.storage.file.read_bytes()
    assert "Somebody has begun already" in client.see(view).text
    assert client.get(view.replace("/v/", "/w/")).status_code == 404
    assert client.get(viewer.replace("/w/", "/v/")).status_code == 404


def test_the_same_form_gives_the_same_link_and_a_later_one_gives_none(client: Client, owner: str):
    view = ask_for_view(client, owner)
    fields = client.token() | {"seed": links.new_link()}
    first, second = (client.post(f"{view}/begin", fields).location for _ in range(2))
    assert first == second
    assert client.post(f"{view}/begin", fields | {"seed": links.new_link()}).location == view
    assert "First, keep your private link" in client.see(str(first)).text
    client.send(str(first).replace("/later", "/1"), page_answers(BANK, 1, "daily"))
    assert client.post(f"{view}/begin", fields).location == view, "it has answers by now"


def test_two_threads_that_begin_at_once_get_one_link(app: App, client: Client, owner: str):
    view = ask_for_view(client, owner)
    locations: list[str | None] = []

    def begin() -> None:
        each = Client(app)
        locations.append(each.send(f"{view}/begin", page=view).location)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count_rows(app, "viewer") == 1
    assert len({location for location in locations if location and location.startswith("/w/")}) == 1


# The questions


def test_the_questions_are_those_of_the_quiz_about_the_owner(client: Client, viewer: str):
    for number, items in enumerate(BANK.for_viewers.pages, 1):
        page = client.see(f"{viewer}/{number}")
        assert "In the last three months, how often did Ada …" in page.text
        assert "personally" not in page.text
        for item in items:
            assert f"{item.question}?" in page.text
            assert " you " not in f" {item.question} "
        labels = [option.label for option in BANK.for_viewers.option.values()]
        assert labels[0] == "Never, or not part of their work"
        assert labels[-1] == "I can’t see this"
        assert all(page.text.count(label) == len(items) for label in (labels[0], labels[-1]))


def test_an_open_question_is_an_error_keeps_the_others_and_cannot_be_left_out(client: Client, viewer: str):
    first = BANK.pages[0][0].id
    response = client.send(f"{viewer}/1", {first: "weekly", "skip_unanswered": "y"})
    assert response.status_code == 422
    assert "Choose how often, or “I can’t see this”." in response.text
    assert "skip-unanswered" not in response.text
    assert (first, "weekly") in Page.of(response).fields
    assert (first, "weekly") in client.see(f"{viewer}/1").fields
    assert client.get(viewer).location == f"{viewer}/1"


@pytest.mark.parametrize(
    ("button", "target"), [("back", "/1"), ("later", "/later"), ("privacy", "/privacy"), ("stay", None)]
)
def test_every_button_of_a_page_saves_what_was_chosen(client: Client, viewer: str, button: str, target: str | None):
    item = BANK.pages[1][0].id
    response = client.send(f"{viewer}/2", {item: "monthly", "go_to": button})
    assert response.location == (target and (target if target == "/privacy" else f"{viewer}{target}"))
    assert (item, "monthly") in client.see(f"{viewer}/2").fields
    response = client.send(f"{viewer}/priorities", {"priorities": [item], "go_to": button})
    assert response.status_code == (204 if button == "stay" else 303)
    assert ("priorities", item) in client.see(f"{viewer}/priorities").fields


def test_the_link_leads_to_where_the_viewer_stopped(client: Client, viewer: str):
    steps = [f"/{number}" for number in range(1, LAST + 1)]
    for number, step in enumerate(steps, 1):
        assert client.get(viewer).location == f"{viewer}{step}"
        client.send(f"{viewer}{step}", page_answers(BANK, number, "weekly"))
    assert client.get(viewer).location == f"{viewer}/priorities"
    client.send(f"{viewer}/priorities", {"go_to": "later"})
    assert client.get(viewer).location == f"{viewer}/priorities", "it was left, not sent"
    client.send(f"{viewer}/priorities", {})
    assert client.get(viewer).location == f"{viewer}/check"
    changed = client.send(f"{viewer}/1", page_answers(BANK, 1, "daily"))
    assert changed.location == f"{viewer}/check", "a changed answer leads back"


def test_up_to_five_things_matter_most(client: Client, viewer: str):
    items = list(BANK.responsibility)
    too_many = client.send(f"{viewer}/priorities", {"priorities": items[: MAX_PRIORITIES + 1]})
    assert too_many.status_code == 422
    assert "Choose five at most." in too_many.text
    assert {id for name, id in Page.of(too_many).fields if name == "priorities"} == set(items[: MAX_PRIORITIES + 1])
    by_script = client.send(f"{viewer}/priorities", {"priorities": items[:6], "go_to": "stay"})
    assert (by_script.status_code, by_script.text) == (422, "Choose five at most.")
    assert client.send(f"{viewer}/priorities", {"priorities": ["nonsense"]}).status_code == 422
    assert client.send(f"{viewer}/priorities", {"priorities": items[:5]}).location == f"{viewer}/check"


def test_an_incomplete_view_cannot_be_sent(client: Client, owner: str, viewer: str):
    for number in (1, LAST):
        client.send(f"{viewer}/{number}", page_answers(BANK, number, "weekly"))
    assert client.get(f"{viewer}/check").location == f"{viewer}/2"
    assert client.post(f"{viewer}/check", client.token()).location == f"{viewer}/2"
    assert "Nothing has been sent yet" in client.see(f"{owner}/second-view").text


def test_the_check_page_has_every_answer_and_what_was_ticked(client: Client, viewer: str):
    answers = all_answers(BANK, "monthly", pipelines="skip")
    for number, items in enumerate(BANK.pages, 1):
        client.send(f"{viewer}/{number}", {item.id: answers[item.id] for item in items})
    client.send(f"{viewer}/priorities", {"priorities": ["insights"]})
    page = client.see(f"{viewer}/check")
    assert "I can’t see this 1" in page.text
    assert "What matters most now Answers to business questions" in page.text
    assert sum(f"{viewer}/" in href and "#" in href for href in page.values("href")) == len(BANK.responsibility)
    assert "nothing is sent yet" in page.text


# Sent


def test_what_was_sent_is_fixed_until_it_is_taken_back(client: Client, owner: str, viewer: str):
    answer_view(client, viewer, all_answers(BANK, "weekly"), "insights")
    assert "Sent, and still sealed" in client.see(viewer).text
    fields = client.token() | page_answers(BANK, 1, "never")
    for path in ("1", "priorities", "check"):
        assert client.get(f"{viewer}/{path}").location == viewer
        assert client.post(f"{viewer}/{path}", fields).location == viewer
    by_script = client.post(f"{viewer}/1", fields | {"go_to": "stay"})
    assert (by_script.status_code, by_script.text) == (422, "You have sent your answers already.")
    assert client.send(f"{viewer}/take-back", page=viewer).location == viewer
    assert client.get(viewer).location == f"{viewer}/check"
    assert "Nothing has been sent yet" in client.see(f"{owner}/second-view").text
    assert client.send(f"{viewer}/1", page_answers(BANK, 1, "never")).location == f"{viewer}/check"
    client.send(f"{viewer}/check")
    client.send(f"{owner}/second-view/open")
    opened = client.app.storage.load_viewer(link_hash(viewer))
    assert opened
    assert {opened.viewer_answers[item.id] for item in BANK.pages[0]} == {"never"}


def test_after_the_opening_it_can_be_deleted_but_not_taken_back(client: Client, owner: str):
    _, viewer = make_second_view(client, owner, all_answers(BANK, "weekly"))
    client.send(f"{owner}/second-view/open")
    assert client.post(f"{viewer}/take-back", client.token()).location == viewer
    assert "Withdraw and delete it" in client.see(viewer).text
    assert "The comparison is opened." in client.see(f"{viewer}/delete").text
    assert client.send(f"{viewer}/delete").location == "/deleted?view=1"
    assert "Ask one person who knows your work" in client.see(f"{owner}/second-view").text


@pytest.mark.parametrize("stage", ["begun", "sent", "opened"])
def test_the_viewer_can_delete_at_any_time(app: App, client: Client, owner: str, stage: str):
    viewer = begin_view(client, ask_for_view(client, owner))
    if stage != "begun":
        answer_view(client, viewer, all_answers(BANK, "weekly"))
    if stage == "opened":
        client.send(f"{owner}/second-view/open")
    client.send(f"{viewer}/delete")
    assert "The second view is deleted" in client.see("/deleted?view=1").text
    assert client.get(viewer).status_code == 404
    assert [count_rows(app, name) for name in ("second_view", "viewer", "second_view_answer", "priority")] == [0] * 4
    assert client.get(f"{owner}.json").get_json()["second_view"] is None


def test_a_second_view_that_ends_while_it_is_answered_gives_a_404(client: Client, owner: str, viewer: str):
    client.send(f"{owner}/second-view/end")
    fields = client.token() | page_answers(BANK, 1, "daily")
    assert client.post(f"{viewer}/1", fields).status_code == 404


def test_the_viewer_link_is_on_the_pages_to_come_back_later(client: Client, viewer: str):
    for path in (f"{viewer}/1", f"{viewer}/priorities", f"{viewer}/later"):
        assert f"http://localhost{viewer}" in client.get(path).text
    assert client.get(f"{viewer}/qr.svg").mimetype == "image/svg+xml"


def test_a_page_that_does_not_exist_gives_a_404(client: Client, viewer: str):
    assert client.get(f"{viewer}/0").status_code == client.get(f"{viewer}/{LAST + 1}").status_code == 404
