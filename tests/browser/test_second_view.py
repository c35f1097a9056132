"""A whole second view in two browsers, and what the script does for the viewer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.clients import Client
from tests.factories import BANK, ask_for_view, begin_view, make_response, make_second_view

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_people_who_know_only_their_own_link_compare_their_views(visit, served, scripts):
    owner_path = make_response(served.app, dict.fromkeys(BANK.responsibility, "daily"))
    owner, viewer = (visit(java_script_enabled=scripts) for _ in range(2))

    # The owner asks.
    owner.open(f"{owner_path}/conversation")
    owner.page.get_by_role("link", name="Ask somebody for a second view").click()
    owner.page.get_by_label("Your name, as that person knows you").fill("Ada")
    owner.page.get_by_label("The name of the person you ask").fill("Kim")
    owner.press_main_button()
    view = owner.page.get_by_label("The link for the second view").input_value()

    # The viewer answers, and sends it.
    viewer.page.goto(view)
    viewer.page.get_by_role("button", name="Begin").click()
    viewer_link = viewer.page.get_by_label("Your private link").last.input_value()
    viewer.page.get_by_role("link", name="To the questions").click()
    for page in BANK.pages:
        for item in page:
            viewer.choose(item.id, "skip")
        viewer.press_main_button()
    viewer.page.get_by_label("Answers to business questions").check()
    viewer.press_main_button()
    viewer.page.get_by_role("button", name="Send it to Ada").first.click()
    expect(viewer.page.locator("h1")).to_have_text("Sent, and still sealed")

    # The owner opens both sides.
    owner.page.reload()
    expect(owner.page.locator("h1")).to_have_text("Kim has sent a second view")
    owner.page.get_by_role("link", name="Open both sides").click()
    owner.page.get_by_role("button", name="Open both sides now").click()
    headline = "21 things that Ada does every week are not visible to Kim"
    expect(owner.page.locator("h1")).to_have_text(headline)
    viewer.page.goto(viewer_link)
    expect(viewer.page.locator("h1")).to_have_text(headline)

    # The viewer deletes it.
    viewer.page.get_by_role("link", name="Withdraw and delete it").click()
    viewer.page.get_by_role("button", name="Delete it").click()
    expect(viewer.page.locator("h1")).to_have_text("The second view is deleted")
    owner.page.reload()
    expect(owner.page.locator("h1")).to_have_text("A second view")


def test_an_answer_of_the_viewer_is_saved_when_it_is_given_until_it_is_sent(visit, served):
    client = Client(served.app)
    viewer_path = begin_view(client, ask_for_view(client, make_response(served.app)))
    quiz = visit()
    quiz.open(f"{viewer_path}/1")
    item = BANK.pages[0][0].id
    quiz.choose(item, "weekly")
    expect(quiz.page.locator("[data-save-status]")).to_have_text("Saved.")
    expect(quiz.page.locator("[data-answered]")).to_have_text(re.compile("1 of 21"))
    quiz.page.reload()
    expect(quiz.page.locator(f'input[name="{item}"][value="weekly"]')).to_be_checked()

    _, sent = make_second_view(client, make_response(served.app), dict.fromkeys(BANK.responsibility, "daily"))
    client.send(f"{sent}/take-back", page=sent)
    quiz.open(f"{sent}/1")
    client.send(f"{sent}/check")  # in another tab
    quiz.choose(item, "weekly")
    expect(quiz.page.locator("[data-save-status]")).to_have_text("Not saved yet. You have sent your answers already.")
