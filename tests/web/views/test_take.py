"""Taking the quiz, page by page: what is saved, what is asked again, and where each step leads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from quiz import create_app
from quiz.bank import Bank
from quiz.web.app import App
from tests.checks import load_response
from tests.clients import Client, Page
from tests.factories import all_answers, make_older_response, page_answers

ANALYST = {"insights": "daily", "dashboards": "daily", "trends": "weekly"}


# The way through


def test_the_whole_way_leads_to_a_result(client: Client, bank: Bank):
    own = client.take(
        all_answers(bank, "never", pipelines="daily", data_quality="daily", ingest_transform_serve="weekly")
    )
    assert "You wear one hat: data engineer" in client.see(own).text


def test_each_page_leads_to_the_next_and_the_last_ones_to_more_and_check(client: Client, bank: Bank):
    own = client.start()
    last = len(bank.pages)
    for number in range(1, last):
        assert client.send(f"{own}/{number}", page_answers(bank, number, "weekly")).location == f"{own}/{number + 1}"
    assert client.send(f"{own}/{last}", page_answers(bank, last, "weekly")).location == f"{own}/more"
    assert client.send(f"{own}/more").location == f"{own}/check"
    assert client.send(f"{own}/check").location == own


def test_every_answer_is_a_303_so_that_reloading_sends_nothing_twice(client: Client, bank: Bank):
    own = client.start()
    assert client.send(f"{own}/1", page_answers(bank, 1, "weekly")).status_code == 303
    assert client.answer(own, all_answers(bank, "weekly")).status_code == 303
    assert client.send(f"{own}/check").status_code == 303


def test_a_question_page_asks_its_questions_with_the_whole_scale(client: Client, bank: Bank):
    own = client.start()
    for number, items in enumerate(bank.pages, 1):
        shown = client.see(f"{own}/{number}")
        assert bank.stem in shown.text
        offered = [
            (tag["name"], tag["value"]) for name, tag in shown.tags if name == "input" and tag["type"] == "radio"
        ]
        assert offered == [(item.id, point) for item in items for point in bank.option]
        for item in items:
            assert item.question in shown.text
            assert item.hint in shown.text


def test_role_names_first_appear_in_the_result(client: Client, bank: Bank):
    own = client.start()
    client.answer(own, all_answers(bank, "never", **ANALYST))
    before = [*(f"{own}/{number}" for number in range(1, len(bank.pages) + 1)), f"{own}/more", f"{own}/check"]
    for path in before:
        text = client.see(path).text.casefold()
        assert not [role.name for role in bank.roles if role.name.casefold() in text], path


def test_progress_counts_what_is_answered(client: Client, bank: Bank):
    own = client.start()
    assert f"0 of {len(bank.questions_in_order)} answered" in client.see(f"{own}/1").text
    client.send(f"{own}/1", page_answers(bank, 1, "skip"))
    assert f"{len(bank.pages[0])} of {len(bank.questions_in_order)} answered" in client.see(f"{own}/2").text


@pytest.mark.parametrize("number", ["0", "1000", "99999999999999999999", "-1", "1.5", "one", "²"])
def test_a_page_that_does_not_exist_is_not_found(client: Client, number):
    assert client.get(f"{client.start()}/{number}").status_code == 404


# Missing answers


def test_what_was_answered_is_saved_even_where_something_is_missing(app: App, client: Client, bank: Bank):
    own = client.start()
    first = bank.pages[0][0].id
    answer = client.send(f"{own}/1", {first: "monthly"})
    assert answer.status_code == 422
    assert load_response(app, own).answers == {first: "monthly"}
    assert f"1 of {len(bank.questions_in_order)} answered" in answer.text


def test_the_error_summary_lists_the_missing_questions_and_leads_to_them(client: Client, bank: Bank):
    own = client.start()
    items = bank.pages[0]
    answer = client.send(f"{own}/1", {items[0].id: "monthly", items[1].id: "weekly"})
    shown = Page.of(answer)
    assert shown.title.startswith("Error:")
    assert f"{len(items) - 2} questions have no answer yet" in shown.text
    linked = [href.removeprefix("#") for href in shown.values("href") if href.startswith("#") and href != "#main"]
    assert linked == [item.id for item in items[2:]]
    assert set(linked) <= set(shown.values("id"))


def test_an_incomplete_page_shows_again_what_was_chosen(client: Client, bank: Bank):
    own = client.start()
    first, second, *_ = bank.pages[0]
    shown = Page.of(client.send(f"{own}/1", {first.id: "monthly", second.id: "skip"}))
    assert {name: value for name, value in shown.fields if name != "csrf_token"} == {
        first.id: "monthly",
        second.id: "skip",
    }


def test_leaving_them_out_saves_the_missing_ones_as_skipped_and_goes_on(app: App, client: Client, bank: Bank):
    own = client.start()
    first, *rest = [item.id for item in bank.pages[0]]
    assert client.send(f"{own}/1", {first: "monthly", "skip_unanswered": "y"}).location == f"{own}/2"
    assert load_response(app, own).answers == {first: "monthly"} | dict.fromkeys(rest, "skip")


def test_what_was_saved_before_stays_where_a_page_comes_back_incomplete(app: App, client: Client, bank: Bank):
    own = client.start()
    client.send(f"{own}/1", page_answers(bank, 1, "weekly"))
    first = bank.pages[0][0].id
    client.send(f"{own}/1", {first: "daily"})
    assert load_response(app, own).answers == page_answers(bank, 1, "weekly") | {first: "daily"}


@pytest.mark.parametrize("value", ["", "hourly", "Daily", "0", "daily ", "\x00", "x" * 10_000, "<b>", "☃", "null"])
def test_a_value_that_is_not_on_the_scale_is_no_answer(app: App, client: Client, bank: Bank, value):
    own = client.start()
    first = bank.pages[0][0].id
    answer = client.send(f"{own}/1", page_answers(bank, 1, "weekly") | {first: value})
    assert answer.status_code == 422
    assert "One question has no answer yet" in answer.text
    assert first not in load_response(app, own).answers


def test_fields_that_a_page_does_not_have_change_nothing(app: App, client: Client, bank: Bank):
    own, other = client.start(), client.start()
    elsewhere = bank.pages[1][0].id
    extra = {elsewhere: "daily", "owner": "x" * 64, "id": "1", "bank": "evil", "finished": "2020-01-01", "link": other}
    client.send(f"{own}/1", page_answers(bank, 1, "weekly") | extra)
    client.send(f"{own}/more", extra)
    found = load_response(app, own)
    assert (found.answers, found.bank, found.finished) == (page_answers(bank, 1, "weekly"), bank.version, None)
    assert load_response(app, other).answers == {}


# Back, again, later


def test_going_back_shows_the_answers_that_were_given(client: Client, bank: Bank):
    own = client.start()
    client.send(f"{own}/1", page_answers(bank, 1, "rarely"))
    shown = client.see(f"{own}/1")
    assert {name: value for name, value in shown.fields if name != "csrf_token"} == page_answers(bank, 1, "rarely")
    assert f"{own}/1" in client.see(f"{own}/2").values("href")


def test_sending_a_page_twice_is_the_same_as_once(app: App, client: Client, bank: Bank):
    own = client.start()
    fields = page_answers(bank, 1, "weekly") | client.token()
    first, second = client.post(f"{own}/1", fields), client.post(f"{own}/1", fields)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert load_response(app, own).answers == page_answers(bank, 1, "weekly")


def test_finishing_twice_keeps_the_first_day(app: App, client: Client, bank: Bank, monkeypatch):
    own = client.take(all_answers(bank, "weekly"))
    day = date.fromisoformat(app.today())
    monkeypatch.setattr(App, "today", lambda self: (day + timedelta(days=1)).isoformat())
    assert client.send(f"{own}/check").location == own
    assert (load_response(app, own).finished, load_response(app, own).changed) == (day.isoformat(), app.today())


def test_changing_an_answer_before_the_result_leads_back_to_check(client: Client, bank: Bank):
    own = client.start()
    client.answer(own, all_answers(bank, "weekly"))
    assert client.send(f"{own}/2", page_answers(bank, 2, "never")).location == f"{own}/check"
    assert client.send(f"{own}/more", {"title": "Analyst"}).location == f"{own}/check"


def test_changing_an_answer_after_the_result_leads_back_to_the_result(client: Client, bank: Bank):
    own = client.take(all_answers(bank, "never"))
    assert client.send(f"{own}/2", page_answers(bank, 2, "weekly")).location == own
    assert client.send(f"{own}/more", {"title": "Analyst"}).location == own


def test_the_link_leads_to_the_first_open_page_then_to_check_then_to_the_result(client: Client, bank: Bank):
    own = client.start()
    assert client.get(own).location == f"{own}/1"
    client.send(f"{own}/1", page_answers(bank, 1, "weekly"))
    assert client.get(own).location == f"{own}/2"
    client.answer(own, all_answers(bank, "weekly"))
    assert client.get(own).location == f"{own}/check"
    client.send(f"{own}/check")
    assert client.get(own).status_code == 200


def test_somebody_else_with_the_link_goes_on_where_it_was_left(app: App, client: Client, bank: Bank):
    own = client.start()
    client.send(f"{own}/1", page_answers(bank, 1, "weekly"))
    phone = Client(app)
    phone.answer(own, all_answers(bank, "daily"))
    assert phone.send(f"{own}/check").location == own
    assert client.get(own).status_code == 200


def test_nothing_is_lost_when_the_server_starts_anew(app: App, client: Client, bank: Bank, tmp_path):
    own = client.start()
    client.send(f"{own}/1", page_answers(bank, 1, "rarely"))
    app.storage.close()
    again = Client(create_app({"TESTING": True}, instance=tmp_path / "instance"))
    assert again.get(own).location == f"{own}/2"
    assert set(page_answers(bank, 1, "rarely").items()) <= set(again.see(f"{own}/1").fields)


# Check your answers


def test_check_comes_only_when_every_question_has_an_answer(client: Client, bank: Bank):
    own = client.start()
    client.send(f"{own}/1", page_answers(bank, 1, "weekly"))
    assert client.get(f"{own}/check").location == f"{own}/2"
    assert client.send(f"{own}/check", client.token()).location == f"{own}/2"
    assert client.get(own).location == f"{own}/2", "nothing was finished"


def test_check_shows_every_answer_with_a_way_to_change_it(client: Client, bank: Bank):
    own = client.start()
    client.answer(own, all_answers(bank, "weekly", pipelines="skip"))
    shown = client.see(f"{own}/check")
    assert shown.text.count(bank.option["weekly"].label) == len(bank.questions_in_order) - 1 + 1, (
        "all but one, and the notice"
    )
    assert bank.skip.label in shown.text
    for number, items in enumerate(bank.pages, 1):
        targets = client.see(f"{own}/{number}").values("id")
        for item in items:
            assert f"{own}/{number}#{item.id}" in shown.values("href")
            assert item.id in targets


@pytest.mark.parametrize(("answer", "others", "told"), [("weekly", 2, True), ("never", 0, True), ("weekly", 3, False)])
def test_answering_in_a_straight_line_is_pointed_out(client: Client, bank: Bank, answer, others, told):
    different = dict.fromkeys([item.id for item in bank.questions_in_order][:others], "daily")
    own = client.start()
    client.answer(own, all_answers(bank, answer) | different)
    notice = f"Nearly all your answers are “{bank.option[answer].label}”."
    assert (notice in client.see(f"{own}/check").text) == told
    assert client.send(f"{own}/check").location == own, "it is never refused"


def test_leaving_everything_out_is_no_straight_line(client: Client, bank: Bank):
    own = client.start()
    client.answer(own, all_answers(bank, "skip"))
    assert "Nearly all" not in client.see(f"{own}/check").text


# A little more


def test_contacts_title_and_words_are_kept_and_shown_back(app: App, client: Client, bank: Bank):
    own = client.start()
    words = "On Monday:\n\n  two dashboards & a meeting"
    contacts = ["data-engineer", "data-scientist"]
    client.answer(
        own, all_answers(bank, "never"), contacts=contacts, title="  Head of <Data> ", text=words.replace("\n", "\r\n")
    )
    found = load_response(app, own)
    assert (set(found.contacts), found.title, found.text) == (set(contacts), "Head of <Data>", words)
    shown = client.see(f"{own}/more")
    assert [value for name, value in shown.fields if name == "contacts"] == contacts
    assert ("title", "Head of <Data>") in shown.fields
    assert ("text", words.replace("\n", "\r\n")) in shown.fields
    text = client.see(f"{own}/check").text
    for shown_back in (
        "Head of <Data>",
        "two dashboards & a meeting",
        *(bank.role[id].contact_label for id in contacts),
    ):
        assert shown_back in text


def test_the_optional_page_may_stay_empty_and_can_be_emptied_again(app: App, client: Client, bank: Bank):
    own = client.start()
    client.answer(own, all_answers(bank, "never"), contacts=["data-engineer"], title="Analyst", text="Figures.")
    client.send(f"{own}/more")
    found = load_response(app, own)
    assert (found.contacts, found.title, found.text) == ((), "", "")
    assert client.see(f"{own}/check").text.count("Nothing entered") == 3


@pytest.mark.parametrize(("name", "length", "limit"), [("title", 81, "80"), ("text", 4001, "4,000")])
def test_too_long_a_text_is_an_error_with_everything_kept_in_the_page(app, client: Client, name, length, limit):
    own = client.start()
    fields = {"contacts": ["data-analyst", "ml-engineer"], "title": "Analyst", "text": "Some.\r\nMore."}
    fields[name] = "ä" * length
    answer = client.send(f"{own}/more", fields)
    shown = Page.of(answer)
    assert answer.status_code == 422
    assert f"Use {limit} characters or fewer." in shown.text
    assert f"#{name}" in shown.values("href")
    assert [value for field, value in shown.fields if field == "contacts"] == fields["contacts"]
    assert ("title", fields["title"]) in shown.fields
    assert ("text", fields["text"]) in shown.fields
    assert load_response(app, own).title == ""


def test_texts_at_their_limit_are_kept_whole(app: App, client: Client):
    own = client.start()
    # Limits count characters, not bytes; line ends count once, outer blanks not at all.
    title, words = "🎩" * 80, "ß" + "\n" * 3998 + "ß"
    sent = {"title": f" {title} ", "text": words.replace("\n", "\r\n")}
    assert client.send(f"{own}/more", sent).status_code == 303
    assert (load_response(app, own).title, load_response(app, own).text) == (title, words)


@pytest.mark.parametrize("contact", ["", "nobody", "data-analyst ", "\x00", "☃", "<b>", "x" * 200])
def test_an_unknown_contact_is_refused_and_nothing_is_lost(app: App, client: Client, contact):
    own = client.start()
    answer = client.send(f"{own}/more", {"contacts": ["data-analyst", contact], "title": "Analyst"})
    shown = Page.of(answer)
    assert answer.status_code == 422
    assert ("contacts", "data-analyst") in shown.fields
    assert ("title", "Analyst") in shown.fields
    assert load_response(app, own).contacts == ()


def test_a_contact_sent_twice_is_kept_once(app: App, client: Client):
    own = client.start()
    client.send(f"{own}/more", {"contacts": ["data-analyst", "data-analyst"]})
    assert load_response(app, own).contacts == ("data-analyst",)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("nul\x00l", "null"),
        ("🎩👩🏽‍💻", "🎩👩🏽‍💻"),
        ("\u202eright to left\u202c שלום", "\u202eright to left\u202c שלום"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("'; DROP TABLE response; --", "'; DROP TABLE response; --"),
    ],
)
def test_any_text_is_kept_as_it_was_typed(app: App, client: Client, sent, stored):
    own = client.start()
    assert client.send(f"{own}/more", {"title": sent, "text": sent}).status_code == 303
    assert (load_response(app, own).title, load_response(app, own).text) == (stored, stored)
    assert ("text", stored) in client.see(f"{own}/more").fields


def test_bytes_that_are_no_text_never_break_a_page(client: Client):
    own = client.start()
    token = "&".join(f"{name}={value}" for name, value in client.token().items())
    for raw in ("%ED%A0%80", "%FF%FE", "%00", "%C0%AF", "%F5%80%80%80"):
        form = {"content_type": "application/x-www-form-urlencoded"}
        assert client.post(f"{own}/more", f"{token}&title={raw}&text={raw}&contacts={raw}", **form).status_code == 422
        assert client.post(f"{own}/more", f"{token}&title={raw}&text={raw}", **form).status_code == 303
        assert client.post(f"{own}/1", f"{token}&{raw}={raw}&skip_unanswered={raw}", **form).status_code in {303, 422}
        assert client.get(f"{own}/more").status_code == 200


# A newer bank


def test_questions_that_the_bank_no_longer_has_are_ignored(app: App, client: Client, bank: Bank):
    own = make_older_response(app, all_answers(bank, "never", **ANALYST) | {"since-removed": "daily"})
    text = client.see(own).text
    assert "You wear one hat: data analyst" in text
    assert "you have not seen" not in text


def test_new_questions_are_left_out_and_the_result_says_so(app: App, client: Client, bank: Bank):
    answers = all_answers(bank, "never", **ANALYST)
    missing = bank.pages[1][2].id, bank.pages[2][0].id
    own = make_older_response(app, {id: value for id, value in answers.items() if id not in missing})
    shown = client.see(own)
    assert "You wear one hat: data analyst" in shown.text
    assert "The quiz has 2 questions that you have not seen. Until you answer, they are left out." in shown.text
    assert f"{own}/2" in shown.values("href")


def test_answering_the_new_questions_leads_back_to_the_result(app: App, client: Client, bank: Bank):
    answers = all_answers(bank, "never", **ANALYST)
    new = bank.pages[1][2].id
    own = make_older_response(app, {id: value for id, value in answers.items() if id != new})
    fields = {name: value for name, value in client.see(f"{own}/2").fields if name != "csrf_token"}
    assert fields == {item.id: answers[item.id] for item in bank.pages[1] if item.id != new}
    assert client.send(f"{own}/2", fields | {new: "never"}).location == own
    assert "you have not seen" not in client.see(own).text


def test_several_new_questions_are_asked_page_by_page(app: App, client: Client, bank: Bank):
    answers = all_answers(bank, "never", **ANALYST)
    first, last = bank.pages[0][1].id, bank.pages[2][0].id
    own = make_older_response(app, {id: value for id, value in answers.items() if id not in (first, last)})
    assert client.send(f"{own}/1", page_answers(bank, 1, "never")).location == f"{own}/3"
    assert client.send(f"{own}/3", page_answers(bank, 3, "never")).location == own


def test_an_answer_that_left_the_scale_counts_as_none(app: App, client: Client, bank: Bank):
    own = make_older_response(app, all_answers(bank, "never", pipelines="hourly"), finished=False)
    number = next(n for n, items in enumerate(bank.pages, 1) if "pipelines" in [item.id for item in items])
    assert client.get(own).location == f"{own}/{number}"


def test_a_response_names_the_bank_it_last_answered(app: App, client: Client, bank: Bank):
    own = make_older_response(app, all_answers(bank, "never"))
    assert load_response(app, own).bank == "older"
    client.get(own)
    assert load_response(app, own).bank == "older"
    client.send(f"{own}/1", page_answers(bank, 1, "weekly"))
    assert load_response(app, own).bank == bank.version
