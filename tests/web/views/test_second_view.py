"""The pages of a second view for the owner: asking, waiting, opening, the comparison, ending."""

from __future__ import annotations

from pathlib import Path

import pytest

from quiz import create_app
from quiz.storage import DRAFT_DAYS
from quiz.web import links
from quiz.web.app import App, days_after
from tests.checks import count_rows, stored_rows
from tests.clients import Client
from tests.factories import (
    BANK,
    HOSTILE_TEXTS,
    SMALL_BANK,
    all_answers,
    ask_for_view,
    begin_view,
    link_hash,
    make_response,
    make_second_view,
)

NEVER = all_answers(BANK, "never")
OWN = NEVER | {"insights": "daily", "dashboards": "weekly", "trends": "daily", "pipelines": "rarely"}
SEEN = NEVER | {"dashboards": "skip", "trends": "weekly", "pipelines": "weekly"}


@pytest.fixture
def owner(app: App) -> str:
    return make_response(app, OWN)


def opened_view(client: Client, owner: str, seen: dict[str, str] = SEEN, *priorities: str) -> str:
    """Make, send and open a second view. Returns the path of the viewer link."""
    _, viewer = make_second_view(client, owner, seen, *priorities)
    assert client.send(f"{owner}/second-view/open").location == f"{owner}/second-view"
    return viewer


# Asking


def test_the_page_says_what_it_is_for_that_both_can_refuse_and_that_it_is_not_encrypted(client: Client, owner: str):
    text = client.see(f"{owner}/second-view").text
    for sentence in (
        "It is not an appraisal, and not for decisions about pay, promotion or dismissal.",
        "no average is calculated",
        "you cannot read their answers with the link that you make here",
        "The other person may refuse",
        f"What is not sent within {DRAFT_DAYS} days is deleted.",
        "Sealed, not encrypted.",
        "they are in the database and in its backups all the time",
    ):
        assert sentence in text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"owner_name": "", "viewer_name": "Kim"}, "Enter the name by which the other person knows you."),
        ({"owner_name": "Ada", "viewer_name": " \u202e "}, "Enter the name of the person you ask."),
        ({"owner_name": "x" * 81, "viewer_name": "Kim"}, "Use 80 characters or fewer."),
    ],
)
def test_a_missing_or_long_name_is_an_error_and_the_form_keeps_everything(
    app: App, client: Client, owner: str, fields, message
):
    response = client.send(f"{owner}/second-view", fields)
    assert response.status_code == 422
    assert message in response.text
    assert 'value="Kim"' in response.text or 'value="Ada"' in response.text
    assert count_rows(app, "second_view") == 0


def test_the_link_stays_on_the_page_and_is_not_stored(app: App, client: Client, owner: str):
    view = ask_for_view(client, owner)
    assert view in client.get(f"{owner}/second-view").text
    assert view.split("/")[2].encode() not in app.storage.file.read_bytes()
    assert link_hash(view) in str(stored_rows(app.storage, "second_view"))
    assert client.get(f"{owner}/second-view/qr.svg").mimetype == "image/svg+xml"


def test_a_form_sent_twice_asks_once_and_another_form_changes_nothing(app: App, client: Client, owner: str):
    fields = client.token() | {"seed": links.new_link(), "owner_name": "Ada", "viewer_name": "Kim"}
    for _ in range(2):
        assert client.post(f"{owner}/second-view", fields).status_code == 303
    other = fields | {"seed": links.new_link(), "viewer_name": "Lee"}
    assert client.post(f"{owner}/second-view", other).status_code == 303
    second_view = app.storage.load_second_view(link_hash(owner))
    assert second_view
    assert (count_rows(app, "second_view"), second_view.viewer_name) == (1, "Kim")


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_names_are_never_read_as_markup_and_stand_apart_from_the_sentence(client: Client, owner: str, name: str):
    view = ask_for_view(client, owner, name, f"{name} Kim")
    viewer = begin_view(client, view)
    for path in (f"{owner}/second-view", view, viewer + "/1", viewer + "/later", viewer + "/delete"):
        response = client.get(path)
        assert response.status_code == 200
        assert "<script>alert(1)" not in response.text
        assert "<img src=x" not in response.text
        assert "<svg onload" not in response.text
        assert "<bdi>" in response.text


def test_an_unfinished_response_and_a_bank_without_the_texts_have_no_second_view(client: Client, tmp_path: Path):
    app = client.app
    draft = make_response(app, {"insights": "daily"}, done=False)
    assert client.get(f"{draft}/second-view").status_code == 404
    small = Client(create_app({"TESTING": True, "QUESTION_BANK": str(SMALL_BANK)}, instance=tmp_path / "small"))
    path = make_response(small.app, all_answers(small.app.bank, "daily"))
    assert small.get(f"{path}/second-view").status_code == 404
    assert "second view" not in small.get(f"{path}/conversation").text


# Waiting and opening


def test_the_page_says_whether_something_was_sent_and_when_it_ends(app: App, client: Client, owner: str):
    view = ask_for_view(client, owner)
    waiting = client.see(f"{owner}/second-view").text
    last_day = days_after(app.today(), DRAFT_DAYS)
    assert "Nothing has been sent yet." in waiting
    assert str(int(last_day[-2:])) in waiting
    begin_view(client, view)
    assert client.see(f"{owner}/second-view").text == waiting, "beginning is not shown"


def test_the_conversation_page_leads_to_the_second_view_in_every_state(client: Client, owner: str):
    page = f"{owner}/conversation"
    assert "Ask somebody for a second view" in client.get(page).text
    _, viewer = make_second_view(client, owner, SEEN)
    assert "</bdi> has sent a second view" in client.get(page).text
    client.send(f"{viewer}/take-back", page=viewer)
    assert "Waiting for the second view of" in client.get(page).text
    client.send(f"{viewer}/check")
    client.send(f"{owner}/second-view/open")
    assert "The second view of <bdi>Kim</bdi>" in client.get(page).text


def test_opening_needs_one_press_after_a_page_that_says_what_happens(app: App, client: Client, owner: str):
    assert client.get(f"{owner}/second-view/open").status_code == 404
    view = ask_for_view(client, owner)
    assert client.get(f"{owner}/second-view/open").location == f"{owner}/second-view"
    assert client.post(f"{owner}/second-view/open", client.token()).location == f"{owner}/second-view"
    client.send(f"{owner}/second-view/end")
    _, viewer = make_second_view(client, owner, SEEN)
    text = client.see(f"{owner}/second-view/open").text
    for sentence in (
        "It is best to open it together with Kim",
        "Both are copied when Ada opens it.",
        "From that moment Kim sees your answers too",
        "It cannot be sealed again.",
    ):
        assert sentence in text
    assert "Sent, and still sealed" in client.see(viewer).text, "looking at the page opens nothing"
    client.send(f"{owner}/second-view/open")
    assert "not visible to Kim" in client.see(viewer).text
    assert view != viewer


def test_what_was_taken_back_is_not_opened(client: Client, owner: str):
    _, viewer = make_second_view(client, owner, SEEN)
    token = client.token()
    client.send(f"{viewer}/take-back", page=viewer)
    client.post(f"{owner}/second-view/open", token)
    assert "Nothing has been sent yet." in client.see(f"{owner}/second-view").text


# The comparison


def test_the_comparison_is_words_first_in_four_groups(client: Client, owner: str):
    opened_view(client, owner, SEEN, "pipelines", "insights")
    text = client.see(f"{owner}/second-view").text
    assert "Two things that Ada does every week are not visible to Kim" in text
    groups = {
        "Both see it every week": "Changes over time Ada: daily or almost daily; Kim: about weekly",
        "Kim cannot see whether it is done": "Reports and dashboards Ada: about weekly Kim says",
        "Kim says: never": "Answers to business questions Ada: daily or almost daily Kim sees more",
        "Kim sees more of it than Ada says": (
            "Pipelines that move data Ada: a few times a quarter or less; Kim: about weekly"
        ),
        "It matters most now, and Ada hardly does it": (
            "Pipelines that move data Ada: a few times a quarter or less; Kim: about weekly"
        ),
        "Kim also finds important now": "Answers to business questions Ada: daily or almost daily; Kim: never",
    }
    for title, first in groups.items():
        assert f"{title} {first}" in text, title


def test_the_picture_shows_differences_first_and_the_table_has_the_same_in_words(client: Client, owner: str):
    opened_view(client, owner)
    response = client.get(f"{owner}/second-view")
    differences, others = response.text.split('class="print-open"')
    assert differences.count('class="second-view-line"') == 3
    assert others.count('class="second-view-line"') == len(BANK.responsibility) - 3
    assert response.text.count('<th scope="row">') == len(BANK.responsibility)
    assert "18 things" in others


@pytest.mark.parametrize(
    ("own", "seen", "headline"),
    [
        ({"insights": "daily"}, {}, "One thing that Ada does every week is not visible to Kim"),
        (
            {"insights": "daily"},
            {"insights": "daily", "trends": "daily"},
            "Kim sees one thing more often than Ada says",
        ),
        ({}, {"insights": "daily", "trends": "daily"}, "Kim sees two things more often than Ada says"),
        ({"insights": "daily"}, {"insights": "monthly"}, "Kim sees one thing less often than Ada says"),
        ({"insights": "daily"}, {"insights": "daily"}, "Kim sees everything that Ada does every week"),
        ({}, {}, "Ada does nothing on this list every week, and the answers of Kim are close to that"),
        (
            {},
            dict.fromkeys(BANK.responsibility, "skip"),
            "There is nothing of which both Ada and Kim say how often it is done",
        ),
    ],
)
def test_the_headline_suits_the_answers(app: App, client: Client, own, seen, headline):
    owner = make_response(app, NEVER | own)
    opened_view(client, owner, NEVER | seen)
    page = client.see(f"{owner}/second-view")
    assert headline in page.text


def test_the_comparison_is_not_for_appraisal_or_pay_and_says_that_it_does_not_change(client: Client, owner: str):
    viewer = opened_view(client, owner)
    for path in (f"{owner}/second-view", viewer):
        text = client.see(path).text
        assert (
            "It is not an appraisal, does not measure skill or value, and must not be a reason for decisions about pay"
            in text
        )
        assert "what is changed later does not show here" in text


def test_questions_of_the_second_view_are_on_the_sheet_only_if_the_owner_ticks_it(client: Client, owner: str):
    opened_view(client, owner, SEEN, "exploration")
    page, sheet = f"{owner}/second-view", f"{owner}/conversation"
    for ticked in (False, True, False):
        fields = {"on_sheet": "y"} if ticked else {}
        assert client.send(f"{page}/sheet", fields, page=page).location == f"{page}#sheet"
        text = client.see(sheet).text
        assert ("Kim sees little or nothing of it" in text) is ticked
        assert ("For Kim, “Exploring data for patterns” is one of the things" in text) is ticked


def test_the_sheet_shows_the_answers_at_the_opening(app: App, client: Client, owner: str):
    opened_view(client, owner)
    client.send(f"{owner}/second-view/sheet", {"on_sheet": "y"}, page=f"{owner}/second-view")
    before = [line for line in client.get(f"{owner}/conversation").text.splitlines() if "Kim" in line]
    client.app.storage.save_answers(link_hash(owner), NEVER, bank=app.bank.version, day=app.today())
    after = [line for line in client.get(f"{owner}/conversation").text.splitlines() if "Kim" in line]
    assert before == after != []


def test_the_download_has_the_answers_of_both_sides_only_after_the_opening(client: Client, owner: str):
    assert client.get(f"{owner}.json").get_json()["second_view"] is None
    make_second_view(client, owner, SEEN, "insights")
    names = {"number", "owner_name", "viewer_name", "created", "draft_since", "sent", "opened", "on_sheet"}
    assert set(client.get(f"{owner}.json").get_json()["second_view"]) == names
    client.send(f"{owner}/second-view/open")
    data = client.get(f"{owner}.json").get_json()["second_view"]
    assert set(data) == names | {"viewer_answers", "owner_answers", "priorities"}
    assert (data["viewer_answers"], data["owner_answers"], data["priorities"]) == (SEEN, OWN, ["insights"])


# Ending


@pytest.mark.parametrize("opened", [False, True], ids=["sealed", "opened"])
def test_ending_asks_first_deletes_everything_and_leaves_the_answers(
    app: App, client: Client, owner: str, opened: bool
):
    view, viewer = make_second_view(client, owner, SEEN)
    if opened:
        client.send(f"{owner}/second-view/open")
    assert "are deleted from the database at once" in client.see(f"{owner}/second-view/end").text
    assert client.get(viewer).status_code == 200
    assert client.send(f"{owner}/second-view/end").location == f"{owner}/second-view?ended=1"
    assert "The second view is deleted" in client.see(f"{owner}/second-view?ended=1").text
    assert client.get(viewer).status_code == client.get(view).status_code == 404
    assert [count_rows(app, name) for name in ("second_view", "viewer", "second_view_answer", "priority")] == [0] * 4
    assert client.get(f"{owner}.json").get_json()["answers"] == OWN
    assert client.get(f"{owner}/second-view/end").location == f"{owner}/second-view"
    assert ask_for_view(client, owner) != view


def test_deleting_the_response_deletes_the_second_view(app: App, client: Client, owner: str):
    viewer = opened_view(client, owner)
    assert "the second view" in client.see(f"{owner}/delete").text
    client.send(f"{owner}/delete")
    assert client.get(viewer).status_code == 404
    assert count_rows(app, "second_view_answer") == 0


def test_an_unsent_second_view_ends_after_sixty_days(
    app: App, client: Client, owner: str, monkeypatch: pytest.MonkeyPatch
):
    view = ask_for_view(client, owner)
    asked = app.today()
    for days, status in ((DRAFT_DAYS, 200), (DRAFT_DAYS + 1, 200), (DRAFT_DAYS + 4, 404)):
        monkeypatch.setattr(app, "today", lambda days=days: days_after(asked, days))
        client.get("/health")
        assert client.get(view).status_code == status, days
