"""Error pages: they say what to do, show no internal details, and keep everything that was typed."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quiz import create_app
from quiz.bank import Bank
from quiz.storage import Storage, UnavailableError
from quiz.web.app import App
from tests.checks import load_response
from tests.clients import Client, Page, form_values
from tests.factories import all_answers, page_answers

pytestmark = pytest.mark.both_engines


@pytest.fixture
def plain(tmp_path: Path) -> App:
    """An app as people run it: errors become pages."""
    return create_app(instance=tmp_path / "plain")


def fail(*_: object, **__: object) -> None:
    raise UnavailableError("disk full at /secret/place")


# The database is unavailable


@pytest.mark.parametrize("method", ["save_answers", "load_response"])
def test_answers_that_could_not_be_saved_are_on_the_error_page_and_can_be_sent_again(
    app: App, client: Client, bank: Bank, monkeypatch, method
):
    owner_path = client.start()
    fields = client.token() | page_answers(bank, 1, "monthly")
    with monkeypatch.context() as broken:
        broken.setattr(Storage, method, fail)
        response = client.post(f"{owner_path}/1", fields)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Cache-Control"] == "no-store"
    error_page = Page.of(response)
    assert "The form could not be saved" in error_page.text
    assert dict(error_page.fields).items() >= page_answers(bank, 1, "monthly").items()
    assert load_response(app, owner_path).answers == {}
    assert client.post(f"{owner_path}/1", form_values(error_page.fields)).location == f"{owner_path}/2"
    assert load_response(app, owner_path).answers == page_answers(bank, 1, "monthly")


def test_texts_that_could_not_be_saved_are_on_the_error_page(client: Client, monkeypatch):
    owner_path = client.start()
    fields = client.token() | {"title": "A <b>", "text": "one\r\ntwo", "contacts": ["data-analyst", "ml-engineer"]}
    monkeypatch.setattr(Storage, "save_details", fail)
    error_page = Page.of(client.post(f"{owner_path}/more", fields))
    assert [(name, value) for name, value in error_page.fields if name != "csrf_token"] == [
        ("title", "A <b>"),
        ("text", "one\r\ntwo"),
        ("contacts", "data-analyst"),
        ("contacts", "ml-engineer"),
    ]


def test_a_start_that_could_not_be_saved_can_be_sent_again(client: Client, monkeypatch):
    fields = dict(client.see("/").fields)
    with monkeypatch.context() as broken:
        broken.setattr(Storage, "create_response", fail)
        response = client.post("/start", fields)
    assert response.status_code == 503
    assert client.post("/start", form_values(Page.of(response).fields)).status_code == 303


def test_a_page_whose_data_cannot_be_read_is_a_503(client: Client, monkeypatch):
    owner_path = client.start()
    monkeypatch.setattr(Storage, "load_response", fail)
    for path in (owner_path, f"{owner_path}/1", f"{owner_path}/more", f"{owner_path}/check", f"{owner_path}/delete"):
        response = client.get(path)
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
        assert "Nothing that was saved is lost" in response.text
        assert "secret" not in response.text


def test_a_locked_database_gives_a_503_after_the_timeout(app: App, bank: Bank, monkeypatch):
    monkeypatch.setattr("quiz.storage.engine.LOCK_TIMEOUT_S", 0.05)
    client = Client(app)
    owner_path = client.start()
    fields = client.token() | page_answers(bank, 1, "weekly")
    other = Storage(app.config["DATABASE_URL"] or app.storage.file)
    with closing(other), other.write_transaction():
        response = client.post(f"{owner_path}/1", fields)
    assert response.status_code == 503
    assert client.post(f"{owner_path}/1", form_values(Page.of(response).fields)).status_code == 303
    assert load_response(app, owner_path).answers == page_answers(bank, 1, "weekly")


def test_a_form_that_is_too_large_is_refused_while_the_database_is_unavailable(plain: App, monkeypatch):
    client = Client(plain)
    owner_path = client.start()
    monkeypatch.setattr(Storage, "load_response", fail)
    assert client.post(f"{owner_path}/more", {"text": "x" * 1_000_000}).status_code == 413


def test_a_form_of_another_site_is_refused_while_the_database_is_unavailable(client: Client, monkeypatch):
    owner_path = client.start()
    monkeypatch.setattr(Storage, "load_response", fail)
    response = client.post(f"{owner_path}/more", {"title": "forged"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert "forged" not in response.text


# Any form

NAMES = st.sampled_from(
    ["data-applications", "skip_unanswered", "contacts", "title", "text", "seed", "number", "label"]
)


@pytest.mark.sqlite_only
@pytest.mark.thorough
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES | st.text(max_size=10), st.lists(st.text(), max_size=3), max_size=6))
def test_no_form_ever_breaks_a_page(client: Client, fields):
    owner_path = client.start()
    for path in ("/start", f"{owner_path}/1", f"{owner_path}/more", f"{owner_path}/check"):
        assert client.post(path, fields | client.token()).status_code in {303, 400, 422}
        assert client.get(owner_path).status_code == 303


# Deleted in the meantime


def test_a_form_of_a_response_deleted_in_the_meantime_gives_a_404(client: Client, bank: Bank):
    owner_path = client.take(all_answers(bank, "weekly"))
    token = client.token()
    client.send(f"{owner_path}/delete")
    for path in ("/1", "/more", "/check", "/delete"):
        assert client.post(owner_path + path, token | page_answers(bank, 1, "weekly")).status_code == 404


@pytest.mark.parametrize("method", ["save_answers", "save_details", "finish_response"])
def test_a_response_deleted_between_reading_and_writing_gives_a_404(client: Client, bank: Bank, monkeypatch, method):
    owner_path = client.take(all_answers(bank, "weekly"))
    monkeypatch.setattr(Storage, method, lambda *_, **__: False)
    path = {"save_answers": "/1", "save_details": "/more", "finish_response": "/check"}[method]
    assert client.send(owner_path + path, page_answers(bank, 1, "weekly")).status_code == 404


# An unexpected exception


def test_an_exception_shows_no_internal_details(plain: App, monkeypatch):
    def broken() -> str:
        raise RuntimeError("password=hunter2")

    monkeypatch.setitem(plain.view_functions, "start.privacy", broken)
    response = Client(plain).get("/privacy")
    assert response.status_code == 500
    assert "There is an error on the server" in response.text
    for detail in ("hunter2", "Traceback", "RuntimeError", ".py", "SECRET_KEY"):
        assert detail not in response.text


def test_an_exception_while_rendering_shows_no_part_of_the_page(plain: App, bank: Bank, monkeypatch):
    client = Client(plain)
    owner_path = client.take(all_answers(bank, "weekly"))
    monkeypatch.setattr("quiz.results.result.build_result", lambda *_: None)
    response = client.get(owner_path)
    assert response.status_code == 500
    assert "There is an error on the server" in response.text
    assert "hats" not in Page.of(response).title.replace("Many Hats", "")


def test_the_log_of_an_exception_has_no_owner_link(plain: App, bank: Bank, monkeypatch, caplog):
    client = Client(plain)
    owner_path = client.take(all_answers(bank, "weekly"))
    monkeypatch.setattr("quiz.results.result.build_result", lambda *_: None)
    assert client.get(owner_path).status_code == 500
    assert caplog.records, "it is logged, as the page says"
    assert owner_path.removeprefix("/r/") not in caplog.text


def test_the_app_runs_without_the_debugger(plain: App):
    assert not plain.debug
    assert not plain.testing


# Pages for other errors


@pytest.mark.parametrize("path", ["/nothing", "/static/nothing.css", "/r/x"])
def test_the_page_for_an_unknown_address_says_that_links_must_be_complete(client: Client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "Check that the link is complete" in response.text
    assert "/" in Page.of(response).values("href")


def test_the_response_to_a_wrong_method_names_the_allowed_ones(client: Client):
    response = client.post("/privacy", client.token())
    assert response.status_code == 405
    assert re.search(r"\bGET\b", response.headers["Allow"])
    assert "This request is not possible" in response.text


@pytest.mark.parametrize("path", ["/r/AAAAAAAAAAAAAAAAAAAAAA", "/nothing"])
def test_an_error_page_shows_no_code_and_one_large_way_out(client: Client, path):
    response = client.get(path)
    page = Page.of(response)
    assert str(response.status_code) not in page.text
    assert "Code" not in page.text
    assert ("a", {"class": "button-primary", "href": "/"}) in page.tags
    assert "lost-hat" in page.values("class")
