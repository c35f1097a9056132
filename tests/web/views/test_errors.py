"""When something fails: a page that says what to do, nothing of the inside, and nothing typed is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from quiz import create_app
from quiz.bank import Bank
from quiz.storage import Storage, UnavailableError
from quiz.web.app import App
from tests.checks import load_response
from tests.clients import Client, Page, form_values
from tests.factories import all_answers, page_answers


@pytest.fixture
def plain(tmp_path: Path) -> App:
    """An app as people run it: errors become pages."""
    return create_app(instance=tmp_path / "plain")


def fail(*_: object, **__: object) -> None:
    raise UnavailableError("disk full at /secret/place")


# The database does not answer


@pytest.mark.parametrize("method", ["save_answers", "load_response"])
def test_answers_that_could_not_be_saved_are_in_the_page_and_can_be_sent_again(
    app: App, client: Client, bank: Bank, monkeypatch, method
):
    own = client.start()
    fields = client.token() | page_answers(bank, 1, "monthly")
    with monkeypatch.context() as broken:
        broken.setattr(Storage, method, fail)
        answer = client.post(f"{own}/1", fields)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    again = Page.of(answer)
    assert "That could not be saved just now" in again.text
    assert dict(again.fields).items() >= page_answers(bank, 1, "monthly").items()
    assert load_response(app, own).answers == {}
    assert client.post(f"{own}/1", form_values(again.fields)).location == f"{own}/2"
    assert load_response(app, own).answers == page_answers(bank, 1, "monthly")


def test_words_that_could_not_be_saved_are_in_the_page(client: Client, monkeypatch):
    own = client.start()
    fields = client.token() | {"title": "A <b>", "text": "one\r\ntwo", "contacts": ["data-analyst", "ml-engineer"]}
    monkeypatch.setattr(Storage, "save_details", fail)
    again = Page.of(client.post(f"{own}/more", fields))
    assert [(name, value) for name, value in again.fields if name != "csrf_token"] == [
        ("title", "A <b>"),
        ("text", "one\r\ntwo"),
        ("contacts", "data-analyst"),
        ("contacts", "ml-engineer"),
    ]


def test_a_start_that_could_not_be_kept_can_be_sent_again(client: Client, monkeypatch):
    fields = dict(client.see("/").fields)
    with monkeypatch.context() as broken:
        broken.setattr(Storage, "create_response", fail)
        answer = client.post("/start", fields)
    assert answer.status_code == 503
    assert client.post("/start", form_values(Page.of(answer).fields)).status_code == 303


def test_a_page_that_cannot_be_read_is_a_503_too(client: Client, monkeypatch):
    own = client.start()
    monkeypatch.setattr(Storage, "load_response", fail)
    for path in (own, f"{own}/1", f"{own}/more", f"{own}/check", f"{own}/delete"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "Nothing that was saved is lost" in answer.text
        assert "secret" not in answer.text


def test_a_database_that_somebody_locks_is_waited_for_then_given_up(app: App, bank: Bank, monkeypatch):
    monkeypatch.setattr("quiz.storage.sqlite.BUSY_TIMEOUT_S", 0.05)
    client = Client(app)
    own = client.start()
    fields = client.token() | page_answers(bank, 1, "weekly")
    other = Database(app.storage.file)
    try:
        other.execute("BEGIN IMMEDIATE")
        answer = client.post(f"{own}/1", fields)
        assert answer.status_code == 503
        other.execute("ROLLBACK")
        assert client.post(f"{own}/1", form_values(Page.of(answer).fields)).status_code == 303
    finally:
        other.close()
    assert load_response(app, own).answers == page_answers(bank, 1, "weekly")


def test_a_form_too_large_is_too_large_also_while_the_database_is_away(plain: App, monkeypatch):
    client = Client(plain)
    own = client.start()
    monkeypatch.setattr(Storage, "load_response", fail)
    assert client.post(f"{own}/more", {"text": "x" * 1_000_000}).status_code in {413, 503}


def test_another_sites_form_is_refused_also_while_the_database_is_away(client: Client, monkeypatch):
    own = client.start()
    monkeypatch.setattr(Storage, "load_response", fail)
    answer = client.post(f"{own}/more", {"title": "forged"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert "forged" not in answer.text


# Whatever is sent

NAMES = st.sampled_from(
    ["data-applications", "skip_unanswered", "contacts", "title", "text", "seed", "number", "label"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES | st.text(max_size=10), st.lists(st.text(), max_size=3), max_size=6))
def test_no_form_ever_breaks_a_page(client: Client, fields):
    own = client.start()
    for path in ("/start", f"{own}/1", f"{own}/more", f"{own}/check"):
        assert client.post(path, fields | client.token()).status_code in {303, 400, 422}
        assert client.get(own).status_code == 303


# Gone meanwhile


def test_what_is_deleted_while_a_page_is_open_is_not_found(client: Client, bank: Bank):
    own = client.take(all_answers(bank, "weekly"))
    token = client.token()
    client.send(f"{own}/delete")
    for path in ("/1", "/more", "/check", "/delete"):
        assert client.post(own + path, token | page_answers(bank, 1, "weekly")).status_code == 404


@pytest.mark.parametrize("method", ["save_answers", "save_details", "finish_response"])
def test_what_is_deleted_between_reading_and_writing_is_not_found(client: Client, bank: Bank, monkeypatch, method):
    own = client.take(all_answers(bank, "weekly"))
    monkeypatch.setattr(Storage, method, lambda *_, **__: False)
    path = {"save_answers": "/1", "save_details": "/more", "finish_response": "/check"}[method]
    assert client.send(own + path, page_answers(bank, 1, "weekly")).status_code == 404


# A mistake of ours


def test_a_mistake_of_ours_shows_nothing_of_the_inside(plain: App, monkeypatch):
    def broken() -> str:
        raise RuntimeError("password=hunter2")

    monkeypatch.setitem(plain.view_functions, "start.privacy", broken)
    answer = Client(plain).get("/privacy")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    for inside in ("hunter2", "Traceback", "RuntimeError", ".py", "SECRET_KEY"):
        assert inside not in answer.text


def test_a_mistake_in_the_middle_of_a_page_leaves_nothing_half_shown(plain: App, bank: Bank, monkeypatch):
    client = Client(plain)
    own = client.take(all_answers(bank, "weekly"))
    monkeypatch.setattr("quiz.results.result.build_result", lambda *_: None)
    answer = client.get(own)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "hats" not in Page.of(answer).title.replace("Many Hats", "")


def test_the_log_of_a_mistake_holds_no_private_link(plain: App, bank: Bank, monkeypatch, caplog):
    client = Client(plain)
    own = client.take(all_answers(bank, "weekly"))
    monkeypatch.setattr("quiz.results.result.build_result", lambda *_: None)
    client.get(own)
    assert caplog.records, "it is noted, as the page says"
    assert own.removeprefix("/r/") not in caplog.text


def test_a_mistake_is_no_page_of_a_debugger(plain: App):
    assert not plain.debug
    assert not plain.testing


# Pages for every error


@pytest.mark.parametrize("path", ["/nothing", "/static/nothing.css", "/r/x"])
def test_a_wrong_address_says_what_may_be_wrong_with_it(client: Client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "A link has to be whole" in answer.text
    assert "/" in Page.of(answer).values("href")


def test_a_wrong_method_names_the_right_ones(client: Client):
    answer = client.post("/privacy", client.token())
    assert answer.status_code == 405
    assert re.search(r"\bGET\b", answer.headers["Allow"])
    assert "Not that way" in answer.text
