"""A team from its making to its results: a lead and its members, each in a browser of their own."""

from __future__ import annotations

import re
from itertools import cycle, islice

import pytest
from playwright.sync_api import expect

from tests.browser.crews import week
from tests.browser.quiz import Quiz
from tests.browser.ways import each_way
from tests.clients import Client

pytestmark = pytest.mark.browser


def close(quiz: Quiz) -> None:
    """Close the round of the team whose lead's page is open, after having been asked."""
    quiz.page.get_by_role("link", name="Close the round").click()
    quiz.page.get_by_role("button", name="Close the round and publish").click()


def make(quiz: Quiz, name: str, kind: str) -> str:
    """Make a team; gives its join link, with the lead's page left open."""
    quiz.open("/teams")
    quiz.page.get_by_label("What is the team called?").fill(name)
    quiz.page.get_by_role("radio", name=kind).check()
    quiz.go_on()
    expect(quiz.page.locator("h1")).to_have_text(name)
    return str(quiz.page.get_by_label("Join link").input_value())


def bring(quiz: Quiz, join: str, own: str) -> None:
    """Bring a response to the team behind a join link."""
    quiz.open(join)
    quiz.page.get_by_text("I have taken it already").click()
    quiz.page.get_by_label("Your private link").fill(own)
    quiz.page.get_by_role("button", name="Bring my answers").click()
    expect(quiz.page).to_have_url(re.compile("/team$"))


def answer(quiz: Quiz, answers: dict[str, str]) -> None:
    """Answer everything from the first question on, to the result."""
    for number in range(1, len(quiz.bank.pages) + 1):
        expect(quiz.page).to_have_url(re.compile(f"/{number}$"))
        quiz.fill_page(number, answers)
    quiz.fill_more(contacts=["data-analyst"])
    quiz.go_on()
    expect(quiz.page.locator("h1")).to_contain_text("hat")


def finished(lead: Quiz, people: int) -> None:
    """What the lead sees of the open round: so many have finished, and nobody's answers."""
    lead.page.reload()
    said = f"{people} {'has' if people == 1 else 'have'} finished"
    expect(lead.page.locator(".team-status")).to_contain_text(said)
    expect(lead.page.locator(".team-coverage, .mix-bar, .team-people")).to_have_count(0)


def test_a_lead_and_five_members_from_making_the_team_to_reading_the_results(visit, served, bank):
    weeks = [week(bank, *roles) for roles in (["data-engineer"], ["data-analyst"], ["data-engineer", "devops-sre"])]
    lead = visit(1280)
    join = make(lead, "The night shift", "Anonymous")
    # Two take the quiz for the team, one of them without scripts; three bring what they have.
    members = [visit(390), visit(1280, java_script_enabled=False), *(visit(390) for _ in range(3))]
    for member, answers in zip(members[:2], weeks, strict=False):
        member.open(join)
        expect(member.page.locator("main")).to_contain_text("nobody learns whether you did")
        member.go_on()
        answer(member, answers)
    finished(lead, 2)
    lead_path = lead.page.url

    # One looks at all of it, and refuses: nobody can tell.
    shy = visit()
    shy.open(join)
    shy.page.get_by_text("See what the lead will see").click()
    expect(shy.page.get_by_role("heading", name="What the team covers")).to_be_visible()
    shy.context.close()
    finished(lead, 2)
    assert "more joined" not in lead.page.locator(".team-status").inner_text()

    links = [served.url + Client(served.app).take(answers) for answers in islice(cycle(weeks), 3)]
    for number, (member, link) in enumerate(zip(members[2:], links, strict=True), 3):
        bring(member, join, link)
        expect(member.page.locator("main")).to_contain_text("You have finished: your answers count when")
        finished(lead, number)
        expect(lead.page.get_by_role("link", name="Close the round")).to_have_count(1 if number == 5 else 0)

    close(lead)
    expect(lead.page.locator("h1")).to_have_text("The night shift, round 1")
    expect(lead.page.locator("main")).to_contain_text("5 people finished.")
    flows = lead.page.locator(".team-coverage-cell").filter(has_text=bank.responsibility["pipelines"].name)
    expect(flows).to_contain_text("two or three")
    expect(lead.page.locator(".team-findings")).to_contain_text("Done weekly by one person or nobody")
    expect(lead.page.get_by_role("heading", name="An hour about it")).to_be_visible()
    results = lead.page.locator(".team-result").inner_text()

    # Everybody reads the same, and goes on having their own.
    for member, link in zip(members, [None, None, *links], strict=True):
        if link is None:
            member.page.get_by_role("link", name="Your team, The night shift").click()
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
    finished(lead, 0)


@each_way
def test_an_open_team_sees_each_other_by_name_until_they_leave(visit, served, bank, width, script):
    lead, member = (visit(width, java_script_enabled=script) for _ in range(2))
    join = make(lead, "Us two", "Open")
    own = served.url + Client(served.app).take(week(bank, "data-analyst"))
    member.open(join)
    expect(member.page.locator("main")).to_contain_text("nothing in it is anonymous")
    member.go_on()
    summary = member.page.locator(".error-summary")
    expect(summary).to_contain_text("Give a name that your team knows you by.")
    expect(summary).to_be_in_viewport()
    member.page.get_by_label("The name your team knows you by").fill("Zoë <Ω>")
    member.page.get_by_label("Your private link").fill(own)
    member.page.get_by_role("button", name="Bring my answers").click()
    expect(member.page).to_have_url(re.compile("/team$"))
    lead.page.reload()
    for quiz in (member, lead):
        expect(quiz.page.locator(".team-people")).to_contain_text("Zoë <Ω>")
        expect(quiz.page.locator(".team-people")).to_contain_text("data analyst")
        expect(quiz.page.get_by_role("columnheader", name="Z<")).to_be_attached()
    member.page.get_by_role("button", name="Leave Us two").click()
    expect(member.page.locator("h1")).to_have_text("You wear one hat: data analyst")
    lead.page.reload()
    expect(lead.page.locator("main")).to_contain_text("Nobody has finished yet.")
    expect(lead.page.locator("main")).not_to_contain_text("Zoë")


@each_way
def test_a_round_of_too_few_stays_open_and_a_team_is_deleted_after_asking(visit, watch, served, width, script):
    lead = visit(width, java_script_enabled=script)
    lead.open("/teams")
    lead.go_on()
    expect(lead.page.locator(".error-summary")).to_contain_text("Choose one of the two kinds.")
    expect(lead.page.locator(".error-summary")).to_be_in_viewport()
    join = make(lead, "A few", "Anonymous")
    path = lead.page.url
    bring(visit(width, java_script_enabled=script), join, Client(served.app).take(week(lead.bank, "data-analyst")))
    finished(lead, 1)
    expect(lead.page.get_by_role("link", name="Close the round")).to_have_count(0)
    expect(lead.page.locator(".team-status")).to_contain_text("It takes 5 before the round can be closed")
    lead.page.get_by_text("Replace a link, or delete").click()
    lead.page.get_by_role("link", name="Delete the team").click()
    lead.page.get_by_role("link", name="Keep it").click()
    lead.open(f"{path}/delete")
    lead.page.get_by_role("button", name="Delete the team").click()
    watch.expected.add(404)
    for gone in (path, join):
        lead.open(gone)
        expect(lead.page.locator("h1")).to_have_text("This leads nowhere")


def test_the_join_link_is_shown_as_a_picture_when_it_is_asked_for(visit, watch):
    lead = visit(1280)
    make(lead, "On the wall", "Anonymous")
    assert not [url for url in watch.requests if url.endswith("join.svg")]
    lead.page.get_by_text("Show it as a QR code").click()
    code = lead.page.get_by_alt_text("QR code that holds the join link")
    expect(code).to_be_visible()
    assert code.evaluate("it => it.decode().then(() => it.naturalWidth)") > 0
