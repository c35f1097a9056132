"""Teams from creation to results: a lead and members, each in another browser."""

from __future__ import annotations

import re
from itertools import cycle, islice

import pytest
from playwright.sync_api import expect

from tests.browser.modes import for_each_mode
from tests.browser.quiz import Quiz
from tests.browser.teams import role_answers
from tests.clients import Client

pytestmark = pytest.mark.browser


def close_round(quiz: Quiz) -> None:
    """Close the open round from the page of the lead, and confirm."""
    quiz.page.get_by_role("link", name="Close the round").click()
    quiz.page.get_by_role("button", name="Close the round and publish").click()


def create_team(quiz: Quiz, name: str, kind: str) -> str:
    """Create a team. The page of the lead stays open. Returns the join link."""
    quiz.open("/teams")
    quiz.page.get_by_label("What is the team called?").fill(name)
    quiz.page.get_by_role("radio", name=re.compile(rf"^{kind}\b")).check()
    quiz.press_main_button()
    expect(quiz.page.locator("h1")).to_have_text(name)
    return str(quiz.page.get_by_label("Join link").input_value())


def join_with_response(quiz: Quiz, join: str, own: str) -> None:
    """Join a team with a finished response."""
    quiz.open(join)
    quiz.page.get_by_text("I have already taken the quiz").click()
    quiz.page.get_by_label("Your private link").fill(own)
    quiz.page.get_by_role("button", name="Use my answers").click()
    expect(quiz.page).to_have_url(re.compile("/team$"))


def take_quiz(quiz: Quiz, answers: dict[str, str]) -> None:
    """Answer all questions from the first page to the result."""
    for number in range(1, len(quiz.bank.pages) + 1):
        expect(quiz.page).to_have_url(re.compile(f"/{number}$"))
        quiz.fill_page(number, answers)
    quiz.fill_details(contacts=["data-analyst"])
    quiz.press_main_button()
    expect(quiz.page.locator("h1")).to_contain_text("hat")


def expect_status(lead: Quiz, status: str) -> None:
    """The lead sees this status of the open round, and no answers."""
    lead.page.reload()
    expect(lead.page.locator(".team-status")).to_contain_text(status)
    expect(lead.page.locator(".team-coverage, .shelf, .team-people")).to_have_count(0)


def test_a_lead_and_five_members_create_a_team_and_read_its_results(visit, served, bank):
    answer_sheets = [
        role_answers(bank, *roles) for roles in (["data-engineer"], ["data-analyst"], ["data-engineer", "devops-sre"])
    ]
    lead = visit(1280)
    join = create_team(lead, "The night shift", "Anonymous")
    # Two take the quiz for the team, one of them without scripts. Three join with a finished response.
    members = [visit(390), visit(1280, java_script_enabled=False), *(visit(390) for _ in range(3))]
    for member, answers in zip(members[:2], answer_sheets, strict=False):
        member.open(join)
        expect(member.page.locator("main")).to_contain_text("No page shows who opened this link")
        member.press_main_button()
        take_quiz(member, answers)
    expect_status(lead, "Not yet: fewer than 5")
    lead_path, status = lead.page.url, lead.page.locator(".team-status").inner_text()

    # A visitor reads the join page and does not join: the lead sees no difference.
    visitor = visit()
    visitor.open(join)
    visitor.page.get_by_text("See what the lead will see").click()
    expect(visitor.page.get_by_role("heading", name="How many do each thing weekly")).to_be_visible()
    visitor.context.close()
    lead.page.reload()
    assert lead.page.locator(".team-status").inner_text() == status

    links = [served.url + Client(served.app).take(answers) for answers in islice(cycle(answer_sheets), 3)]
    for number, (member, link) in enumerate(zip(members[2:], links, strict=True), 3):
        join_with_response(member, join, link)
        expect(member.page.locator("main")).to_contain_text("You have finished. Your answers count when")
        expect_status(lead, "The minimum is reached" if number == 5 else "Not yet: fewer than 5")
        expect(lead.page.get_by_role("link", name="Close the round")).to_have_count(1 if number == 5 else 0)

    close_round(lead)
    expect(lead.page.locator("h1")).to_have_text("The night shift, round 1")
    expect(lead.page.locator("main")).to_contain_text("5 people finished.")
    row = lead.page.locator(".team-coverage li").filter(has_text=bank.responsibility["pipelines"].name)
    expect(row).to_contain_text("two or three")
    expect(lead.page.locator(".team-findings")).to_contain_text("done weekly by one person or nobody")
    expect(lead.page.get_by_role("heading", name="An agenda for an hour")).to_be_visible()
    results = lead.page.locator(".team-result").inner_text()

    # All members see the same result of the team and keep their own.
    for member, link in zip(members, [None, None, *links], strict=True):
        if link is None:
            member.page.get_by_role("link", name="Your team The night shift").click()
        else:
            member.page.reload()
        expect(member.page.locator("main")).to_contain_text("Your answers were counted in a round")
        member.page.get_by_role("link", name="Round 1").click()
        expect(member.page.locator("h1")).to_have_text("The night shift, round 1")
        if member is members[2] or member is members[0]:
            member.page.set_viewport_size({"width": 1280, "height": 844})
            assert member.page.locator(".team-result").inner_text() == results
    members[4].page.get_by_role("link", name="Back to the team").click()
    members[4].page.get_by_role("button", name="Leave The night shift").click()
    expect(members[4].page.locator("h1")).to_have_text("You combine data engineer and DevOps/SRE")
    lead.page.reload()
    assert lead.page.locator(".team-result").inner_text() == results

    lead.open(lead_path)
    expect(lead.page.locator("h2").first).to_have_text("No round is open")
    lead.page.get_by_role("button", name="Open the next round").click()
    expect(lead.page.locator("h2").first).to_have_text("Round 2 is open")
    expect_status(lead, "Not yet: fewer than 5")


@for_each_mode
def test_members_of_an_open_team_are_shown_by_name_until_they_leave(visit, served, bank, width, script):
    lead, member = (visit(width, java_script_enabled=script) for _ in range(2))
    join = create_team(lead, "Us two", "Open")
    own = served.url + Client(served.app).take(role_answers(bank, "data-analyst"))
    member.open(join)
    expect(member.page.locator("main")).to_contain_text("nothing in it is anonymous")
    member.press_main_button()
    summary = member.page.locator(".error-summary")
    expect(summary).to_contain_text("Enter a name that your team knows.")
    expect(summary).to_be_in_viewport()
    member.page.get_by_label("The name that your team knows").fill("Zoë <Ω>")
    member.page.get_by_label("Your private link").fill(own)
    member.page.get_by_role("button", name="Use my answers").click()
    expect(member.page).to_have_url(re.compile("/team$"))
    lead.page.reload()
    for quiz in (member, lead):
        expect(quiz.page.locator(".team-people")).to_contain_text("Zoë <Ω>")
        expect(quiz.page.locator(".team-people")).to_contain_text("data analyst")
        expect(quiz.page.get_by_role("columnheader", name="Zoë <Ω>")).to_be_attached()
    member.page.get_by_role("button", name="Leave Us two").click()
    expect(member.page.locator("h1")).to_have_text("You wear one hat: data analyst")
    lead.page.reload()
    expect(lead.page.locator("main")).to_contain_text("Nobody has finished yet.")
    expect(lead.page.locator("main")).not_to_contain_text("Zoë")


@for_each_mode
def test_a_round_of_too_few_stays_open_and_a_team_is_deleted_after_asking(visit, watch, served, width, script):
    lead = visit(width, java_script_enabled=script)
    lead.open("/teams")
    lead.press_main_button()
    expect(lead.page.locator(".error-summary")).to_contain_text("Choose one of the two kinds.")
    expect(lead.page.locator(".error-summary")).to_be_in_viewport()
    join = create_team(lead, "A few", "Anonymous")
    path = lead.page.url
    join_with_response(
        visit(width, java_script_enabled=script), join, Client(served.app).take(role_answers(lead.bank, "data-analyst"))
    )
    expect_status(lead, "Not yet: fewer than 5")
    expect(lead.page.get_by_role("link", name="Close the round")).to_have_count(0)
    expect(lead.page.locator(".team-status")).to_contain_text("At least 5 must finish before the round can be closed")
    lead.page.get_by_text("Replace a link, or delete").click()
    lead.page.get_by_role("link", name="Delete the team").click()
    lead.page.get_by_role("link", name="Cancel").click()
    lead.open(f"{path}/delete")
    lead.page.get_by_role("button", name="Delete the team").click()
    watch.expected.add(404)
    for deleted_path in (path, join):
        lead.open(deleted_path)
        expect(lead.page.locator("h1")).to_have_text("Page not found")


def test_the_qr_code_of_the_join_link_is_loaded_when_its_section_is_opened(visit, watch):
    lead = visit(1280)
    create_team(lead, "On the wall", "Anonymous")
    assert not [url for url in watch.requests if url.endswith("join.svg")]
    lead.page.get_by_text("Show it as a QR code").click()
    code = lead.page.get_by_alt_text("QR code of the join link")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
