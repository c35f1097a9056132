"""Taking the quiz page by page: what each page saves, its errors, and where it redirects to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from quiz import create_app
from quiz.bank import Bank
from quiz.web.app import App
from quiz.web.templating import capitalize_first
from tests.checks import load_response
from tests.clients import Client, Page
from tests.factories import all_answers, make_older_response, make_response, page_answers

pytestmark = pytest.mark.both_engines

ANALYST = {"insights": "daily", "dashboards": "daily", "trends": "weekly"}


# From start to result


def test_answering_every_page_leads_to_a_result(client: Client, bank: Bank):
    owner_path = client.take(
        all_answers(bank, "never", pipelines="daily", data_quality="daily", ingest_transform_serve="weekly")
    )
    assert "You wear one hat: data engineer" in client.see(owner_path).text


def test_each_page_redirects_to_the_next_and_the_last_to_the_optional_page_and_the_check(client: Client, bank: Bank):
    owner_path = client.start()
    last = len(bank.pages)
    for number in range(1, last):
        assert (
            client.send(f"{owner_path}/{number}", page_answers(bank, number, "weekly")).location
            == f"{owner_path}/{number + 1}"
        )
    assert client.send(f"{owner_path}/{last}", page_answers(bank, last, "weekly")).location == f"{owner_path}/more"
    assert client.send(f"{owner_path}/more").location == f"{owner_path}/check"
    assert client.send(f"{owner_path}/check").location == owner_path


def test_every_form_redirects_with_303_so_that_reloading_sends_nothing_twice(client: Client, bank: Bank):
    owner_path = client.start()
    assert client.send(f"{owner_path}/1", page_answers(bank, 1, "weekly")).status_code == 303
    assert client.answer(owner_path, all_answers(bank, "weekly")).status_code == 303
    assert client.send(f"{owner_path}/check").status_code == 303


def test_a_question_page_has_its_questions_with_the_whole_scale(client: Client, bank: Bank):
    owner_path = client.start()
    for number, items in enumerate(bank.pages, 1):
        page = client.see(f"{owner_path}/{number}")
        assert bank.stem in page.text
        radio_values = [
            (tag["name"], tag["value"]) for name, tag in page.tags if name == "input" and tag["type"] == "radio"
        ]
        assert radio_values == [(item.id, point) for item in items for point in bank.option]
        for item in items:
            assert item.question in page.text
            assert item.hint in page.text


def test_role_names_first_appear_in_the_result(client: Client, bank: Bank):
    owner_path = client.start()
    client.answer(owner_path, all_answers(bank, "never", **ANALYST))
    before = [
        *(f"{owner_path}/{number}" for number in range(1, len(bank.pages) + 1)),
        f"{owner_path}/more",
        f"{owner_path}/check",
    ]
    for path in before:
        text = client.see(path).text.casefold()
        assert not [role.name for role in bank.roles if role.name.casefold() in text], path


def test_the_progress_counts_answered_questions(client: Client, bank: Bank):
    owner_path = client.start()
    assert f"0 of {len(bank.questions_in_order)} answered" in client.see(f"{owner_path}/1").text
    client.send(f"{owner_path}/1", page_answers(bank, 1, "skip"))
    assert f"{len(bank.pages[0])} of {len(bank.questions_in_order)} answered" in client.see(f"{owner_path}/2").text


@pytest.mark.parametrize("number", ["0", "1000", "99999999999999999999", "-1", "1.5", "one", "²"])
def test_an_unknown_page_number_gives_a_404(client: Client, number):
    assert client.get(f"{client.start()}/{number}").status_code == 404


# Missing answers


def test_the_answers_of_an_incomplete_page_are_saved(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    first = bank.pages[0][0].id
    response = client.send(f"{owner_path}/1", {first: "monthly"})
    assert response.status_code == 422
    assert load_response(app, owner_path).answers == {first: "monthly"}
    assert f"1 of {len(bank.questions_in_order)} answered" in response.text


def test_the_error_summary_lists_and_links_the_missing_questions(client: Client, bank: Bank):
    owner_path = client.start()
    items = bank.pages[0]
    response = client.send(f"{owner_path}/1", {items[0].id: "monthly", items[1].id: "weekly"})
    page = Page.of(response)
    assert page.title.startswith("Error:")
    assert f"{len(items) - 2} questions have no answer yet" in page.text
    linked = [href.removeprefix("#") for href in page.values("href") if href.startswith("#") and href != "#main"]
    assert linked == [*(item.id for item in items[2:]), "skip-unanswered"]
    assert set(linked) <= set(page.values("id"))


def test_an_incomplete_page_keeps_the_chosen_answers(client: Client, bank: Bank):
    owner_path = client.start()
    first, second, *_ = bank.pages[0]
    page = Page.of(client.send(f"{owner_path}/1", {first.id: "monthly", second.id: "skip"}))
    assert {name: value for name, value in page.fields if name != "csrf_token"} == {
        first.id: "monthly",
        second.id: "skip",
    }


def test_skipping_the_unanswered_questions_saves_them_as_skipped_and_continues(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    first, *rest = [item.id for item in bank.pages[0]]
    assert client.send(f"{owner_path}/1", {first: "monthly", "skip_unanswered": "y"}).location == f"{owner_path}/2"
    assert load_response(app, owner_path).answers == {first: "monthly"} | dict.fromkeys(rest, "skip")


def test_an_incomplete_page_keeps_the_answers_saved_before(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    client.send(f"{owner_path}/1", page_answers(bank, 1, "weekly"))
    first = bank.pages[0][0].id
    client.send(f"{owner_path}/1", {first: "daily"})
    assert load_response(app, owner_path).answers == page_answers(bank, 1, "weekly") | {first: "daily"}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("value", ["", "hourly", "Daily", "0", "daily ", "\x00", "x" * 10_000, "<b>", "☃", "null"])
def test_a_value_that_is_not_on_the_scale_is_not_an_answer(app: App, client: Client, bank: Bank, value):
    owner_path = client.start()
    first = bank.pages[0][0].id
    response = client.send(f"{owner_path}/1", page_answers(bank, 1, "weekly") | {first: value})
    assert response.status_code == 422
    assert "One question has no answer yet" in response.text
    assert first not in load_response(app, owner_path).answers


def test_fields_that_a_page_does_not_have_change_nothing(app: App, client: Client, bank: Bank):
    owner_path, other = client.start(), client.start()
    other_question = bank.pages[1][0].id
    extra = {
        other_question: "daily",
        "owner_hash": "x" * 64,
        "id": "1",
        "bank": "evil",
        "finished": "2020-01-01",
        "link": other,
    }
    client.send(f"{owner_path}/1", page_answers(bank, 1, "weekly") | extra)
    client.send(f"{owner_path}/more", extra)
    stored = load_response(app, owner_path)
    assert (stored.answers, stored.bank, stored.finished) == (page_answers(bank, 1, "weekly"), bank.version, None)
    assert load_response(app, other).answers == {}


# Going back, sending twice, continuing later


def test_going_back_shows_the_saved_answers(client: Client, bank: Bank):
    owner_path = client.start()
    client.send(f"{owner_path}/1", page_answers(bank, 1, "rarely"))
    page = client.see(f"{owner_path}/1")
    assert {name: value for name, value in page.fields if name != "csrf_token"} == page_answers(bank, 1, "rarely")


def test_sending_a_page_twice_has_the_same_effect_as_once(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    fields = page_answers(bank, 1, "weekly") | client.token()
    first, second = client.post(f"{owner_path}/1", fields), client.post(f"{owner_path}/1", fields)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert load_response(app, owner_path).answers == page_answers(bank, 1, "weekly")


def test_finishing_twice_keeps_the_first_day(app: App, client: Client, bank: Bank, monkeypatch):
    owner_path = client.take(all_answers(bank, "weekly"))
    day = date.fromisoformat(app.today())
    monkeypatch.setattr(App, "today", lambda self: (day + timedelta(days=1)).isoformat())
    assert client.send(f"{owner_path}/check").location == owner_path
    assert (load_response(app, owner_path).finished, load_response(app, owner_path).changed) == (
        day.isoformat(),
        app.today(),
    )


def test_changing_an_answer_before_the_result_leads_back_to_check(client: Client, bank: Bank):
    owner_path = client.start()
    client.answer(owner_path, all_answers(bank, "weekly"))
    assert client.send(f"{owner_path}/2", page_answers(bank, 2, "never")).location == f"{owner_path}/check"
    assert client.send(f"{owner_path}/more", {"title": "Analyst"}).location == f"{owner_path}/check"


def test_the_optional_page_is_not_passed_over_if_a_script_saved_the_last_answers(client: Client, bank: Bank):
    owner_path = client.start()
    last = len(bank.pages)
    for number in range(1, last + 1):
        client.send(f"{owner_path}/{number}", page_answers(bank, number, "weekly") | {"go_to": "stay"})
    client.send(f"{owner_path}/more", {"title": "Analyst", "go_to": "stay"})
    assert client.get(owner_path).location == f"{owner_path}/more"
    assert client.send(f"{owner_path}/1", page_answers(bank, 1, "weekly")).location == f"{owner_path}/2"
    assert client.send(f"{owner_path}/{last}", page_answers(bank, last, "weekly")).location == f"{owner_path}/more"


def test_changing_an_answer_after_the_result_leads_back_to_the_result(client: Client, bank: Bank):
    owner_path = client.take(all_answers(bank, "never"))
    assert client.send(f"{owner_path}/2", page_answers(bank, 2, "weekly")).location == owner_path
    assert client.send(f"{owner_path}/more", {"title": "Analyst"}).location == owner_path


def test_the_owner_link_leads_to_the_next_page_until_the_result(client: Client, bank: Bank):
    owner_path = client.start()
    pages = [f"{owner_path}/{number}" for number in range(1, len(bank.pages) + 1)]
    for number, path in enumerate(pages, 1):
        assert client.get(owner_path).location == path
        client.send(path, page_answers(bank, number, "weekly"))
    assert client.get(owner_path).location == f"{owner_path}/more"
    client.send(f"{owner_path}/more")
    assert client.get(owner_path).location == f"{owner_path}/check"
    client.send(f"{owner_path}/check")
    assert client.get(owner_path).status_code == 200


def test_another_browser_with_the_owner_link_continues_the_response(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    client.send(f"{owner_path}/1", page_answers(bank, 1, "weekly"))
    phone = Client(app)
    phone.answer(owner_path, all_answers(bank, "daily"))
    assert phone.send(f"{owner_path}/check").location == owner_path
    assert client.get(owner_path).status_code == 200


def test_nothing_is_lost_when_the_server_restarts(app: App, client: Client, bank: Bank, tmp_path):
    owner_path = client.start()
    client.send(f"{owner_path}/1", page_answers(bank, 1, "rarely"))
    app.storage.close()
    restarted = Client(create_app({"TESTING": True}, instance=tmp_path / "instance"))
    assert restarted.get(owner_path).location == f"{owner_path}/2"
    assert set(page_answers(bank, 1, "rarely").items()) <= set(restarted.see(f"{owner_path}/1").fields)


# The other buttons of a page


@pytest.mark.parametrize(
    ("button", "number", "expected"),
    [("back", 2, "OWN/1"), ("later", 1, "OWN/later"), ("later", 3, "OWN/later"), ("privacy", 2, "/privacy")],
)
def test_every_button_of_a_question_page_saves_what_was_chosen(app: App, client: Client, button, number, expected):
    owner_path = client.start()
    chosen = app.bank.pages[number - 1][0].id
    response = client.send(f"{owner_path}/{number}", {chosen: "monthly", "go_to": button})
    assert (response.status_code, response.location) == (303, expected.replace("OWN", owner_path))
    assert load_response(app, owner_path).answers == {chosen: "monthly"}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("button", ["later", "privacy", "back"])
def test_every_button_of_the_optional_page_saves_what_was_typed(app: App, client: Client, bank: Bank, button):
    owner_path = client.start()
    response = client.send(f"{owner_path}/more", {"title": "Analyst", "text": "Figures.", "go_to": button})
    expected = {
        "later": f"{owner_path}/later",
        "privacy": "/privacy",
        "back": f"{owner_path}/{len(bank.pages)}",
    }
    assert (response.status_code, response.location) == (303, expected[button])
    assert (load_response(app, owner_path).title, load_response(app, owner_path).text) == ("Analyst", "Figures.")


def test_no_button_of_the_optional_page_loses_a_text_that_is_too_long(client: Client):
    owner_path = client.start()
    for button in ("later", "privacy", "back"):
        response = client.send(f"{owner_path}/more", {"text": "x" * 4001, "go_to": button})
        assert response.status_code == 422
        assert ("text", "x" * 4001) in Page.of(response).fields


@pytest.mark.parametrize("value", ["", "nowhere", "stay ", "http://evil.example"])
def test_an_unknown_button_is_the_main_one(client: Client, bank: Bank, value):
    owner_path = client.start()
    assert client.send(f"{owner_path}/1", {"go_to": value}).status_code == 422
    fields = page_answers(bank, 1, "weekly") | {"go_to": value}
    assert client.send(f"{owner_path}/1", fields).location == f"{owner_path}/2"


def test_the_first_page_has_no_page_before_it(client: Client):
    owner_path = client.start()
    assert "back" not in client.see(f"{owner_path}/1").values("value")
    assert client.send(f"{owner_path}/1", {"go_to": "back"}).status_code == 422
    for path in ("2", "3", "more"):
        assert "back" in client.see(f"{owner_path}/{path}").values("value")


def test_a_page_that_a_script_saves_stays_open(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    first = bank.pages[0][0].id
    response = client.send(f"{owner_path}/1", {first: "daily", "go_to": "stay"})
    assert (response.status_code, response.data) == (204, b"")
    response = client.send(f"{owner_path}/more", {"text": "Figures.", "go_to": "stay"})
    assert (response.status_code, response.data) == (204, b"")
    assert (load_response(app, owner_path).answers, load_response(app, owner_path).text) == (
        {first: "daily"},
        "Figures.",
    )


def test_a_script_is_told_why_a_page_is_not_saved(client: Client):
    owner_path = client.start()
    response = client.send(f"{owner_path}/more", {"title": "x" * 81, "go_to": "stay"})
    assert (response.status_code, response.mimetype) == (422, "text/plain")
    assert response.text == "Your job title: use 80 characters or fewer."


def page_save(number: int, page_id: str = "a1") -> dict[str, str]:
    """The fields with which a script numbers its saves of a page."""
    return {"page_id": page_id, "save_number": str(number), "go_to": "stay"}


def test_a_save_that_arrives_after_a_later_one_of_its_page_changes_nothing(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    first = bank.pages[0][0].id
    client.send(f"{owner_path}/1", {first: "daily"} | page_save(2))
    assert client.send(f"{owner_path}/1", {first: "never"} | page_save(1)).status_code == 204
    assert load_response(app, owner_path).answers == {first: "daily"}
    client.send(f"{owner_path}/more", {"text": "second"} | page_save(2, "b1"))
    client.send(f"{owner_path}/more", {"text": "first"} | page_save(1, "b1"))
    assert load_response(app, owner_path).text == "second"


def test_the_button_of_a_page_is_later_than_every_save_before_it(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    first = bank.pages[0][0].id
    fields = page_answers(bank, 1, "weekly") | page_save(3) | {"go_to": ""}
    assert client.send(f"{owner_path}/1", fields).location == f"{owner_path}/2"
    client.send(f"{owner_path}/1", {first: "never"} | page_save(2))
    assert load_response(app, owner_path).answers[first] == "weekly"


def test_another_page_and_a_page_without_a_script_are_always_saved(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    first = bank.pages[0][0].id
    client.send(f"{owner_path}/1", {first: "daily"} | page_save(9))
    client.send(f"{owner_path}/1", {first: "never"} | page_save(1, "b1"))
    assert load_response(app, owner_path).answers == {first: "never"}
    client.send(f"{owner_path}/1", {first: "weekly"})
    assert load_response(app, owner_path).answers == {first: "weekly"}


@pytest.mark.parametrize(
    "fields",
    [
        {"page_id": "a1"},
        {"page_id": "x" * 21, "save_number": "1"},
        {"page_id": "<b>", "save_number": "1"},
        {"page_id": "a1", "save_number": "-1"},
        {"page_id": "a1", "save_number": "9" * 30},
        {"page_id": "a1", "save_number": "²"},
    ],
)
def test_a_malformed_number_of_a_save_is_ignored(app: App, client: Client, bank: Bank, fields):
    owner_path = client.start()
    first = bank.pages[0][0].id
    assert client.send(f"{owner_path}/1", {first: "daily", "go_to": "stay"} | fields).status_code == 204
    assert load_response(app, owner_path).answers == {first: "daily"}


def test_a_page_that_a_script_saves_needs_a_token(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    first = bank.pages[0][0].id
    assert client.post(f"{owner_path}/1", {first: "daily", "go_to": "stay"}).status_code == 400
    assert load_response(app, owner_path).answers == {}


def test_whoever_leaves_sees_the_private_link_and_goes_on_where_they_were(client: Client, bank: Bank):
    owner_path = client.start()
    client.send(f"{owner_path}/1", page_answers(bank, 1, "weekly"))
    page = client.see(f"{owner_path}/later")
    assert f"http://localhost{owner_path}" in page.values("value")
    assert f"{len(bank.pages[0])} of {len(bank.questions_in_order)} questions have an answer." in page.text
    assert owner_path in page.values("href")
    assert client.get(owner_path).location == f"{owner_path}/2"


def test_every_page_with_a_form_of_the_quiz_can_be_left_only_by_its_buttons(client: Client, bank: Bank):
    owner_path = client.start()
    for path in (*(f"{owner_path}/{number}" for number in range(1, len(bank.pages) + 1)), f"{owner_path}/more"):
        page = client.see(path)
        links = [tag["href"] for name, tag in page.tags if name == "a"]
        assert [href for href in links if not href.startswith(("#", "mailto:"))] == []
        assert f"http://localhost{owner_path}" in page.values("value"), "the private link is on every page"


# Check your answers


def test_the_check_opens_only_once_every_question_has_an_answer(client: Client, bank: Bank):
    owner_path = client.start()
    client.send(f"{owner_path}/1", page_answers(bank, 1, "weekly"))
    assert client.get(f"{owner_path}/check").location == f"{owner_path}/2"
    assert client.send(f"{owner_path}/check", client.token()).location == f"{owner_path}/2"
    assert client.get(owner_path).location == f"{owner_path}/2", "the response is not finished"


def test_the_check_shows_every_answer_with_a_link_to_change_it(client: Client, bank: Bank):
    owner_path = client.start()
    client.answer(owner_path, all_answers(bank, "weekly", pipelines="skip"))
    page = client.see(f"{owner_path}/check")
    for item in bank.questions_in_order:
        assert f"Change the answer: {item.question}" in page.text
    for number, items in enumerate(bank.pages, 1):
        targets = client.see(f"{owner_path}/{number}").values("id")
        for item in items:
            assert f"{owner_path}/{number}#{item.id}" in page.values("href")
            assert item.id in targets


def test_the_check_groups_the_questions_by_answer_and_counts_them(client: Client, bank: Bank):
    owner_path = client.start()
    answers = all_answers(bank, "daily", pipelines="skip", insights="never", trends="never")
    client.answer(owner_path, answers)
    text = client.see(f"{owner_path}/check").text
    count = len(bank.questions_in_order)
    headings = [
        f"{bank.skip.label} 1 of {count} questions",
        f"{bank.option['daily'].label} {count - 3} of {count} questions",
        f"{bank.option['never'].label} 2 of {count} questions",
    ]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    assert bank.option["weekly"].label not in text, "an answer that nobody gave has no heading"
    question = capitalize_first(bank.responsibility["insights"].question)
    assert text.index(question) > places[-1], "a question stands below its answer"


@pytest.mark.parametrize(
    ("answer", "other_count", "is_pointed_out"), [("weekly", 2, True), ("never", 0, True), ("weekly", 3, False)]
)
def test_the_check_points_out_nearly_equal_answers(client: Client, bank: Bank, answer, other_count, is_pointed_out):
    different = dict.fromkeys([item.id for item in bank.questions_in_order][:other_count], "daily")
    owner_path = client.start()
    client.answer(owner_path, all_answers(bank, answer) | different)
    notice = f"Nearly all your answers are “{bank.option[answer].label}”."
    assert (notice in client.see(f"{owner_path}/check").text) == is_pointed_out
    assert client.send(f"{owner_path}/check").location == owner_path, "they are never refused"


def test_skipping_everything_is_not_pointed_out(client: Client, bank: Bank):
    owner_path = client.start()
    client.answer(owner_path, all_answers(bank, "skip"))
    assert "Nearly all" not in client.see(f"{owner_path}/check").text


# The optional page


def test_contacts_title_and_text_are_saved_and_shown_again(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    free_text = "On Monday:\n\n  two dashboards & a meeting"
    contacts = ["data-engineer", "data-scientist"]
    client.answer(
        owner_path,
        all_answers(bank, "never"),
        contacts=contacts,
        title="  Head of <Data> ",
        text=free_text.replace("\n", "\r\n"),
    )
    stored = load_response(app, owner_path)
    assert (set(stored.contacts), stored.title, stored.text) == (set(contacts), "Head of <Data>", free_text)
    page = client.see(f"{owner_path}/more")
    assert [value for name, value in page.fields if name == "contacts"] == contacts
    assert ("title", "Head of <Data>") in page.fields
    assert ("text", free_text.replace("\n", "\r\n")) in page.fields
    text = client.see(f"{owner_path}/check").text
    for expected in (
        "Head of <Data>",
        "two dashboards & a meeting",
        *(bank.role[id].contact_label for id in contacts),
    ):
        assert expected in text


def test_the_optional_page_can_be_left_empty_and_emptied_again(app: App, client: Client, bank: Bank):
    owner_path = client.start()
    client.answer(owner_path, all_answers(bank, "never"), contacts=["data-engineer"], title="Analyst", text="Figures.")
    client.send(f"{owner_path}/more")
    stored = load_response(app, owner_path)
    assert (stored.contacts, stored.title, stored.text) == ((), "", "")
    assert client.see(f"{owner_path}/check").text.count("Nothing entered") == 4


@pytest.mark.parametrize(("name", "length", "limit"), [("title", 81, "80"), ("text", 4001, "4,000")])
def test_a_text_that_is_too_long_is_an_error_and_the_form_keeps_everything(app, client: Client, name, length, limit):
    owner_path = client.start()
    fields = {"contacts": ["data-analyst", "ml-engineer"], "title": "Analyst", "text": "Some.\r\nMore."}
    fields[name] = "ä" * length
    response = client.send(f"{owner_path}/more", fields)
    page = Page.of(response)
    assert response.status_code == 422
    assert f"Use {limit} characters or fewer." in page.text
    assert f"#{name}" in page.values("href")
    assert [value for field, value in page.fields if field == "contacts"] == fields["contacts"]
    assert ("title", fields["title"]) in page.fields
    assert ("text", fields["text"]) in page.fields
    assert load_response(app, owner_path).title == ""


def test_texts_at_their_limit_are_saved_completely(app: App, client: Client):
    owner_path = client.start()
    # The limits count characters, not bytes. A line break counts as one, spaces around the text do not count.
    title, text = "🎩" * 80, "ß" + "\n" * 3998 + "ß"
    fields = {"title": f" {title} ", "text": text.replace("\n", "\r\n")}
    assert client.send(f"{owner_path}/more", fields).status_code == 303
    assert (load_response(app, owner_path).title, load_response(app, owner_path).text) == (title, text)


@pytest.mark.parametrize("contact", ["", "nobody", "data-analyst ", "\x00", "☃", "<b>", "x" * 200])
def test_an_unknown_contact_is_an_error_and_the_form_keeps_everything(app: App, client: Client, contact):
    owner_path = client.start()
    response = client.send(f"{owner_path}/more", {"contacts": ["data-analyst", contact], "title": "Analyst"})
    page = Page.of(response)
    assert response.status_code == 422
    assert ("contacts", "data-analyst") in page.fields
    assert ("title", "Analyst") in page.fields
    assert load_response(app, owner_path).contacts == ()


def test_a_contact_sent_twice_is_saved_once(app: App, client: Client):
    owner_path = client.start()
    client.send(f"{owner_path}/more", {"contacts": ["data-analyst", "data-analyst"]})
    assert load_response(app, owner_path).contacts == ("data-analyst",)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("nul\x00l", "null"),
        ("🎩👩🏽‍💻", "🎩👩🏽‍💻"),
        ("\u202eright to left\u202c שלום", "right to left שלום"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("'; DROP TABLE response; --", "'; DROP TABLE response; --"),
    ],
)
def test_any_text_is_saved_as_typed_without_control_and_direction_characters(app: App, client: Client, typed, expected):
    owner_path = client.start()
    assert client.send(f"{owner_path}/more", {"title": typed, "text": typed}).status_code == 303
    assert (load_response(app, owner_path).title, load_response(app, owner_path).text) == (expected, expected)
    assert ("text", expected) in client.see(f"{owner_path}/more").fields


def test_bytes_that_are_not_text_never_break_a_page(client: Client):
    owner_path = client.start()
    token = "&".join(f"{name}={value}" for name, value in client.token().items())
    for raw in ("%ED%A0%80", "%FF%FE", "%00", "%C0%AF", "%F5%80%80%80"):
        form = {"content_type": "application/x-www-form-urlencoded"}
        assert (
            client.post(f"{owner_path}/more", f"{token}&title={raw}&text={raw}&contacts={raw}", **form).status_code
            == 422
        )
        assert client.post(f"{owner_path}/more", f"{token}&title={raw}&text={raw}", **form).status_code == 303
        assert client.post(f"{owner_path}/1", f"{token}&{raw}={raw}&skip_unanswered={raw}", **form).status_code in {
            303,
            422,
        }
        assert client.get(f"{owner_path}/more").status_code == 200


# A newer bank


def test_questions_that_the_bank_no_longer_has_are_ignored(app: App, client: Client, bank: Bank):
    owner_path = make_older_response(app, all_answers(bank, "never", **ANALYST) | {"since-removed": "daily"})
    text = client.see(owner_path).text
    assert "You wear one hat: data analyst" in text
    assert "you have not seen" not in text


def test_new_questions_are_left_out_of_the_result_which_says_so(app: App, client: Client, bank: Bank):
    answers = all_answers(bank, "never", **ANALYST)
    missing = bank.pages[1][2].id, bank.pages[2][0].id
    owner_path = make_older_response(app, {id: value for id, value in answers.items() if id not in missing})
    page = client.see(owner_path)
    assert "You wear one hat: data analyst" in page.text
    assert "The quiz has 2 questions that you have not seen. Until you answer, they are left out." in page.text
    assert f"{owner_path}/2" in page.values("href")


def test_answering_new_questions_leads_back_to_the_result(app: App, client: Client, bank: Bank):
    answers = all_answers(bank, "never", **ANALYST)
    new = bank.pages[1][2].id
    owner_path = make_older_response(app, {id: value for id, value in answers.items() if id != new})
    fields = {name: value for name, value in client.see(f"{owner_path}/2").fields if name != "csrf_token"}
    assert fields == {item.id: answers[item.id] for item in bank.pages[1] if item.id != new}
    assert client.send(f"{owner_path}/2", fields | {new: "never"}).location == owner_path
    assert "you have not seen" not in client.see(owner_path).text


def test_several_new_questions_are_asked_page_by_page(app: App, client: Client, bank: Bank):
    answers = all_answers(bank, "never", **ANALYST)
    first, last = bank.pages[0][1].id, bank.pages[2][0].id
    owner_path = make_older_response(app, {id: value for id, value in answers.items() if id not in (first, last)})
    assert client.send(f"{owner_path}/1", page_answers(bank, 1, "never")).location == f"{owner_path}/3"
    assert client.send(f"{owner_path}/3", page_answers(bank, 3, "never")).location == owner_path


def test_an_answer_that_is_no_longer_on_the_scale_counts_as_missing(app: App, client: Client, bank: Bank):
    owner_path = make_older_response(app, all_answers(bank, "never", pipelines="hourly"), finished=False)
    number = next(n for n, items in enumerate(bank.pages, 1) if "pipelines" in [item.id for item in items])
    assert client.get(owner_path).location == f"{owner_path}/{number}"


def test_a_response_stores_the_bank_version_of_its_last_change(app: App, client: Client, bank: Bank):
    owner_path = make_older_response(app, all_answers(bank, "never"))
    assert load_response(app, owner_path).bank == "older"
    client.get(owner_path)
    assert load_response(app, owner_path).bank == "older"
    client.send(f"{owner_path}/1", page_answers(bank, 1, "weekly"))
    assert load_response(app, owner_path).bank == bank.version


# Other work


@pytest.mark.parametrize(
    ("share", "amount"),
    [
        ("none", "No other work takes much of {} time."),
        ("quarter", "About a quarter of {} time goes to other work;"),
        ("half", "About half of {} time goes to other work;"),
        ("three-quarters", "About three quarters of {} time go to other work;"),
    ],
)
def test_the_time_for_other_work_is_shown_and_never_scored(client: Client, app: App, share, amount):
    own = make_response(app)
    before = client.get(f"{own}.json").json
    client.send(f"{own}/more", {"other_work_share": share})
    after = client.get(f"{own}.json").json
    assert before is not None
    assert after is not None
    assert (before["other_work_share"], after["other_work_share"]) == ("", share)
    assert after["result"] == before["result"]
    assert amount.format("your") in client.get(own).text
    assert amount.format("my") in client.get(f"{own}/conversation").text
    assert f'value="{share}" checked' in client.get(f"{own}/more").text


def test_without_an_answer_nothing_is_said_about_other_work(client: Client, app: App):
    own = make_response(app)
    client.send(f"{own}/more", {"other_work_share": ""})
    assert "goes to other work" not in client.get(own).text


def test_an_unknown_answer_about_other_work_is_refused(client: Client, app: App):
    own = make_response(app)
    page = client.send(f"{own}/more", {"other_work_share": "all"})
    assert page.status_code == 422
    assert "Choose one of the answers." in page.text
    assert '<a href="#other_work_share">' in page.text
