"""The owner link: copying, remembering, mailing, sharing, and its QR code."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from quiz.web import links
from tests.browser.people import PEOPLE
from tests.browser.quiz import Quiz
from tests.clients import Client
from tests.factories import DAY

pytestmark = pytest.mark.browser

#: Scripts that remove or replace a feature of the browser before the script of the page runs.
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
CLIPBOARD_DENIED = "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
NO_SHARE = "Object.defineProperty(navigator, 'share', { value: undefined })"
SHARE = "navigator.share = async (data) => { window.shared = data; }"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } })"


@pytest.fixture
def link(served, people):
    """The owner link of the open page, as a whole address."""
    return served.url + people["mix"]


def open_result(quiz: Quiz, path: str) -> None:
    """Open a result and unfold its private link."""
    quiz.open(path)
    quiz.page.get_by_text("How to find this page again").click()


def test_the_link_is_copied(visit, people, link):
    quiz = visit(permissions=["clipboard-read", "clipboard-write"])
    open_result(quiz, people["mix"])
    quiz.page.get_by_role("button", name="Copy").click()
    expect(quiz.page.get_by_text("Copied.")).to_be_visible()
    assert quiz.page.evaluate("navigator.clipboard.readText()") == link


@pytest.mark.parametrize("script", [NO_CLIPBOARD, CLIPBOARD_DENIED], ids=["no clipboard", "denied"])
def test_the_link_is_selected_if_copying_is_not_allowed(visit, people, link, script):
    quiz = visit()
    quiz.context.add_init_script(script)
    open_result(quiz, people["mix"])
    quiz.page.get_by_role("button", name="Copy").click()
    expect(quiz.page.locator("[data-owner-link] [data-status]")).to_contain_text("Selected")
    expect(quiz.page.locator("#owner-link")).to_be_focused()
    assert quiz.page.evaluate("getSelection().toString()") == link


def test_without_scripts_the_link_is_shown_without_buttons(visit, people, link):
    quiz = visit(java_script_enabled=False)
    open_result(quiz, people["mix"])
    section = quiz.page.locator("[data-owner-link]")
    expect(section.locator("#owner-link")).to_have_value(link)
    expect(section.get_by_role("button")).to_have_count(0)


def test_the_start_page_offers_a_remembered_link_until_it_is_forgotten(visit, people, link):
    quiz = visit()
    offer = quiz.page.get_by_text("Your private link is remembered on this device.")
    quiz.open("/")
    expect(offer).to_be_hidden()
    open_result(quiz, people["mix"])
    quiz.page.get_by_role("button", name="Remember it on this device").click()
    quiz.open("/")
    expect(offer).to_be_visible()
    offer.get_by_role("link").click()
    expect(quiz.page).to_have_url(link)
    quiz.page.get_by_text("How to find this page again").click()
    quiz.page.get_by_role("button", name="Forget it here").click()
    expect(quiz.page.get_by_role("button", name="Remember it on this device")).to_be_visible()
    quiz.open("/")
    expect(offer).to_be_hidden()


def tab_with_remembered_link(visit, served) -> Quiz:
    """A tab on a new result whose link is remembered."""
    quiz: Quiz = visit()
    open_result(quiz, Client(served.app).take(PEOPLE["one"].answers(served.app.bank)))
    quiz.page.get_by_role("button", name="Remember it on this device").click()
    return quiz


def test_deleting_everything_forgets_the_link_too(visit, served):
    quiz = tab_with_remembered_link(visit, served)
    quiz.open(f"{quiz.page.url}/delete")
    quiz.page.get_by_role("button", name="Delete everything").click()
    expect(quiz.page.locator("h1")).to_have_text("Everything is deleted")
    quiz.open("/")
    expect(quiz.page.locator("[data-remembered-offer]")).to_be_hidden()


def test_deleting_other_data_does_not_forget_the_link(visit, served):
    quiz = tab_with_remembered_link(visit, served)
    quiz.open(f"{Client(served.app).start()}/delete")
    quiz.page.get_by_role("button", name="Delete everything").click()
    quiz.open("/deleted?team=1")
    expect(quiz.page.locator("h1")).to_have_text("The team is deleted")
    quiz.open("/")
    expect(quiz.page.locator("[data-remembered-offer]")).to_be_visible()


def test_a_remembered_link_that_does_not_work_is_not_offered_again(visit, served, watch):
    watch.expected.add(404)
    quiz = tab_with_remembered_link(visit, served)
    served.app.storage.delete_response(links.hash_link(urlsplit(quiz.page.url).path.split("/")[2]), day=DAY)
    quiz.open("/")
    quiz.page.locator("[data-remembered-link]").click()
    expect(quiz.page.locator("h1")).to_have_text("Page not found")
    quiz.open("/")
    expect(quiz.page.locator("[data-remembered-offer]")).to_be_hidden()


def test_without_browser_storage_the_link_can_still_be_copied(visit, people):
    quiz = visit(permissions=["clipboard-read", "clipboard-write"])
    quiz.context.add_init_script(NO_STORAGE)
    open_result(quiz, people["mix"])
    quiz.page.get_by_role("button", name="Remember it on this device").click()
    expect(quiz.page.get_by_text("Remembered on this device")).to_be_hidden()
    quiz.page.get_by_role("button", name="Copy").click()
    expect(quiz.page.get_by_text("Copied.")).to_be_visible()


def test_the_mail_contains_the_link(visit, people, link):
    quiz = visit()
    open_result(quiz, people["mix"])
    address = urlsplit(quiz.page.get_by_role("link", name="Send it to myself by e-mail").get_attribute("href"))
    assert (address.scheme, address.path) == ("mailto", "")
    assert link in parse_qs(str(address.query))["body"][0]


def test_sharing_to_another_device_is_offered_if_the_browser_supports_it(visit, people, link):
    quiz = visit()
    quiz.context.add_init_script(SHARE)
    open_result(quiz, people["mix"])
    quiz.page.get_by_role("button", name="Send it to another device").click()
    assert quiz.page.evaluate("window.shared.url") == link


def test_sharing_is_not_offered_if_the_browser_does_not_support_it(visit, people):
    quiz = visit()
    quiz.context.add_init_script(NO_SHARE)
    open_result(quiz, people["mix"])
    expect(quiz.page.get_by_role("button", name="Copy")).to_be_visible()
    expect(quiz.page.locator("[data-share]")).to_be_hidden()


def test_the_qr_code_is_loaded_when_its_section_is_opened(visit, watch, people, link):
    quiz = visit()
    open_result(quiz, people["mix"])
    image = quiz.page.locator("[data-owner-link] .qr-code")
    assert f"{link}/qr.svg" not in watch.requests
    quiz.page.get_by_text("show a QR code").click()
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert f"{link}/qr.svg" in watch.requests
