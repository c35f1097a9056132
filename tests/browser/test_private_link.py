"""Never losing the way back: copying, remembering, mailing, sharing and showing the owner link."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from quiz.web import links
from tests.browser.people import PEOPLE
from tests.browser.quiz import Quiz
from tests.clients import Client

pytestmark = pytest.mark.browser

#: What a browser lacks or refuses, as a script that runs before the page's own.
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
REFUSED = "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
NO_SHARE = "Object.defineProperty(navigator, 'share', { value: undefined })"
SHARE = "navigator.share = async (what) => { window.shared = what; }"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } })"


@pytest.fixture
def link(served, people):
    """The owner link whose page is open in these tests, as people see it."""
    return served.url + people["mix"]


def test_the_link_is_copied(visit, people, link):
    quiz = visit(permissions=["clipboard-read", "clipboard-write"])
    quiz.open(people["mix"])
    quiz.page.get_by_role("button", name="Copy").click()
    expect(quiz.page.get_by_text("Copied.")).to_be_visible()
    assert quiz.page.evaluate("navigator.clipboard.readText()") == link


@pytest.mark.parametrize("lack", [NO_CLIPBOARD, REFUSED], ids=["no clipboard", "refused"])
def test_the_link_is_selected_where_copying_is_not_allowed(visit, people, link, lack):
    quiz = visit()
    quiz.context.add_init_script(lack)
    quiz.open(people["mix"])
    quiz.page.get_by_role("button", name="Copy").click()
    expect(quiz.page.locator("[data-owner-link] [data-status]")).to_contain_text("Selected")
    expect(quiz.page.locator("#owner-link")).to_be_focused()
    assert quiz.page.evaluate("getSelection().toString()") == link


def test_without_scripts_the_link_is_still_there_and_nothing_that_would_not_work(visit, people, link):
    quiz = visit(java_script_enabled=False)
    quiz.open(people["mix"])
    keep = quiz.page.locator("[data-owner-link]")
    expect(keep.locator("#owner-link")).to_have_value(link)
    expect(keep.get_by_role("button")).to_have_count(0)


def test_a_remembered_link_leads_back_from_the_start_until_it_is_forgotten(visit, people, link):
    quiz = visit()
    again = quiz.page.get_by_text("You have been here before on this device.")
    quiz.open("/")
    expect(again).to_be_hidden()
    quiz.open(people["mix"])
    quiz.page.get_by_role("button", name="Remember it on this device").click()
    quiz.open("/")
    expect(again).to_be_visible()
    again.get_by_role("link").click()
    expect(quiz.page).to_have_url(link)
    quiz.page.get_by_role("button", name="Forget it here").click()
    expect(quiz.page.get_by_role("button", name="Remember it on this device")).to_be_visible()
    quiz.open("/")
    expect(again).to_be_hidden()


def remembered(visit, served) -> Quiz:
    """A tab on the result of somebody new, whose link was remembered."""
    quiz: Quiz = visit()
    quiz.open(Client(served.app).take(PEOPLE["one"].answers(served.app.bank)))
    quiz.page.get_by_role("button", name="Remember it on this device").click()
    return quiz


def test_deleting_everything_forgets_the_link_too(visit, served):
    quiz = remembered(visit, served)
    quiz.open(f"{quiz.page.url}/delete")
    quiz.page.get_by_role("button", name="Delete everything").click()
    expect(quiz.page.locator("h1")).to_have_text("Everything is deleted")
    quiz.open("/")
    expect(quiz.page.locator("[data-remembered-offer]")).to_be_hidden()


def test_deleting_something_else_forgets_nothing(visit, served):
    quiz = remembered(visit, served)
    quiz.open(f"{Client(served.app).start()}/delete")
    quiz.page.get_by_role("button", name="Delete everything").click()
    quiz.open("/deleted?team=1")
    expect(quiz.page.locator("h1")).to_have_text("The team is deleted")
    quiz.open("/")
    expect(quiz.page.locator("[data-remembered-offer]")).to_be_visible()


def test_a_remembered_link_that_leads_nowhere_is_not_offered_twice(visit, served, watch):
    watch.expected.add(404)
    quiz = remembered(visit, served)
    served.app.storage.delete_response(links.hash_link(urlsplit(quiz.page.url).path.split("/")[2]))
    quiz.open("/")
    quiz.page.locator("[data-remembered-link]").click()
    expect(quiz.page.locator("h1")).to_have_text("This leads nowhere")
    quiz.open("/")
    expect(quiz.page.locator("[data-remembered-offer]")).to_be_hidden()


def test_a_browser_that_refuses_storage_still_copies_and_shows_everything(visit, people):
    quiz = visit(permissions=["clipboard-read", "clipboard-write"])
    quiz.context.add_init_script(NO_STORAGE)
    quiz.open(people["mix"])
    quiz.page.get_by_role("button", name="Remember it on this device").click()
    expect(quiz.page.get_by_text("Remembered on this device")).to_be_hidden()
    quiz.page.get_by_role("button", name="Copy").click()
    expect(quiz.page.get_by_text("Copied.")).to_be_visible()


def test_the_mail_to_oneself_holds_the_link(visit, people, link):
    quiz = visit()
    quiz.open(people["mix"])
    address = urlsplit(quiz.page.get_by_role("link", name="Mail it to myself").get_attribute("href"))
    assert (address.scheme, address.path) == ("mailto", "")
    assert link in parse_qs(str(address.query))["body"][0]


def test_sharing_to_another_device_is_offered_where_the_browser_can(visit, people, link):
    quiz = visit()
    quiz.context.add_init_script(SHARE)
    quiz.open(people["mix"])
    quiz.page.get_by_role("button", name="Send it to another device").click()
    assert quiz.page.evaluate("window.shared.url") == link


def test_sharing_is_not_offered_where_the_browser_cannot(visit, people):
    quiz = visit()
    quiz.context.add_init_script(NO_SHARE)
    quiz.open(people["mix"])
    expect(quiz.page.get_by_role("button", name="Copy")).to_be_visible()
    expect(quiz.page.locator("[data-share]")).to_be_hidden()


def test_the_qr_code_is_drawn_when_it_is_asked_for(visit, watch, people, link):
    quiz = visit()
    quiz.open(people["mix"])
    picture = quiz.page.locator("[data-owner-link] .qr-code")
    assert f"{link}/qr.svg" not in watch.requests
    quiz.page.get_by_text("show a QR code").click()
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("it => it.decode().then(() => it.naturalWidth)") > 0
    assert f"{link}/qr.svg" in watch.requests
