"""Every page in every state: the pages that the tests of accessibility and layout open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.people import HEADLINES
from tests.browser.quiz import Quiz


@dataclass(frozen=True)
class State:
    """The path of a page, a text on it, and the steps that lead to the state.

    `{name}` in a path is a path of the fixture `people`.
    """

    path: str
    expected_text: str
    prepare: Callable[[Quiz], None] = lambda quiz: None
    status: int = 200

    def open(self, quiz: Quiz, people: Mapping[str, str]) -> None:
        """Bring the tab into this state, with all details open."""
        quiz.open(self.path.format_map(people))
        self.prepare(quiz)
        expect(quiz.page.locator("main")).to_contain_text(self.expected_text)
        quiz.page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")


def _answer_one_question(quiz: Quiz) -> None:
    quiz.page.locator("main fieldset").first.locator("input").nth(2).check()
    quiz.press_main_button()


def _agree_on_a_day_only(quiz: Quiz) -> None:
    quiz.page.fill("#due_1", "2027-01-31")
    quiz.press_main_button()


def _send_long_texts(quiz: Quiz) -> None:
    quiz.fill_details(title="Head of everything " * 10, text="Much to do. " * 400)


def _send_without_cookie(quiz: Quiz) -> None:
    quiz.context.clear_cookies()
    quiz.press_main_button()


def _send_empty_form(quiz: Quiz) -> None:
    quiz.press_main_button()


def _read_advert(quiz: Quiz) -> None:
    quiz.page.fill("#text", ADVERT)
    quiz.press_main_button()


def _head_for_a_job(quiz: Quiz) -> None:
    _read_advert(quiz)
    quiz.page.fill("#name", "Data team of a bakery")
    quiz.page.get_by_role("button", name="Make a job like this a goal").click()


def _head_for_a_job_without_a_name(quiz: Quiz) -> None:
    _read_advert(quiz)
    quiz.page.get_by_role("button", name="Make a job like this a goal").click()


def _read_poem(quiz: Quiz) -> None:
    quiz.page.fill("#text", "The lake lies still below the hill, a heron stands where light is thin. " * 4)
    quiz.press_main_button()


def _choose_three_goals(quiz: Quiz) -> None:
    for role in list(quiz.bank.role)[:3]:
        quiz.page.locator(f'input[value="{role}"]').check()
    quiz.page.get_by_role("button", name="Save and show the steps").click()


def _take_a_taken_name(quiz: Quiz) -> None:
    quiz.page.fill("#name", "BEN")
    quiz.page.get_by_role("button", name="Change my name").click()


def _fill_in_needs(quiz: Quiz) -> None:
    quiz.page.locator("#begin").evaluate("details => { details.open = true; }")
    quiz.page.select_option("#heads-data-engineer", "2")
    quiz.page.get_by_role("button", name="Fill in from these roles").click()


def _choose_who_is_away(quiz: Quiz) -> None:
    for number in (0, 5, 7, 11):
        quiz.page.locator("input[name=absent]").nth(number).check()
    quiz.press_main_button()


def _choose_a_role(quiz: Quiz) -> None:
    quiz.page.select_option("#role", "data-analyst")
    quiz.page.select_option("#second_role", "data-scientist")
    quiz.page.locator(".button-primary").first.click()


def _send_the_first_form(quiz: Quiz) -> None:
    quiz.page.locator(".button-primary").first.click()


def _choose_a_member_to_remove(quiz: Quiz) -> None:
    quiz.page.get_by_text("Remove somebody").click()
    quiz.page.get_by_role("link", name="Remove Ben").click()


def _say_that_it_fits_partly(quiz: Quiz) -> None:
    quiz.page.get_by_role("button", name="Partly").click()
    quiz.page.get_by_label("ML engineer").check()
    quiz.page.get_by_role("button", name="Save the roles").click()


def _create_share_link(quiz: Quiz) -> None:
    quiz.page.fill("#label", "The lead of the team next door, until the end of the year")
    quiz.page.get_by_role("button", name="Create a share link").click()


def _open_share_link(quiz: Quiz) -> None:
    quiz.page.get_by_role("button", name="Create a share link").click()
    link = quiz.page.get_by_role("textbox", name="Share link").first
    quiz.open(link.input_value())


ADVERT = """\
About Acme
Founded in 2011, we have offices in 12 countries.

Your role
• You build and run data pipelines with Airflow and Spark
• You load sources into our data warehouse and model its tables in dbt
• You run our Kubernetes clusters and servers with Terraform, and plan their capacity
• You build the CI/CD pipelines for releases, with GitLab and Argo CD
• You watch uptime with Prometheus and Grafana, and take part in on-call for incidents

What we offer
• 30 days of vacation, a pension and a competitive salary
"""

STATES = {
    "start": State("/", "Which hats do you wear?"),
    "privacy": State("/privacy", "What is stored"),
    "advert": State("/advert", "What a job advert asks for"),
    "advert that is read": State("/advert", "Mostly", _read_advert),
    "advert that is not recognised": State("/advert", "could not be read", _read_poem),
    "advert with an error": State("/advert", "Paste the text", _send_empty_form),
    "advert next to a result": State("{three}/advert", "Asked for, and you do it", _read_advert),
    "goals with a job": State("{mix}/advert", "Towards a job: Data team of a bakery", _head_for_a_job),
    "job without a name": State("{mix}/advert", "The job could not be saved", _head_for_a_job_without_a_name),
    "question": State("{new}/1", "how often did you personally"),
    "question answered": State("{three}/2", "answered"),
    "question with errors": State("{new}/1", "have no answer yet", _answer_one_question),
    "comparisons": State("{asked}/compare", "How much time does it take?"),
    "comparisons with errors": State("{asked}/compare", "One comparison has no answer yet", _answer_one_question),
    "more": State("{new}/more", "A little more"),
    "more filled in": State("{three}/more", "A little more"),
    "more with errors": State("{new}/more", "or fewer", _send_long_texts),
    "leaving before the end": State("{started}/later", "Your answers are saved"),
    "leaving after the end": State("{mix}/later", "brings you back to your result"),
    "manage of a member": State("{open-member}/manage", "and stay in the team"),
    "check": State("{three}/check", "Check your answers"),
    "check with equal answers": State("{little}/check", "Nearly all your answers are"),
    **{f"result {kind}": State(f"{{{kind}}}", headline) for kind, headline in HEADLINES.items()},
    "result that fits partly": State("{mix}", "Missing: ML engineer", _say_that_it_fits_partly),
    "manage": State("{mix}/manage", "Share and delete"),
    "goals": State("{three}/goals", "Wishes and goals"),
    "conversation": State("{three}/conversation", "What I would like to talk about"),
    "conversation with errors": State(
        "{one-role}/conversation", "Action 1: write what you agreed", _agree_on_a_day_only
    ),
    "goals filled in": State("{full}/goals", "Towards software engineer"),
    "goals with an error": State("{one-role}/goals", "Choose two roles at most", _choose_three_goals),
    "conversation with all parts": State("{full}/conversation?listener", "Notes for your lead or colleague"),
    "conversation without notes": State("{one-role}/conversation", "Nothing noted yet"),
    "second view": State("{mix}/second-view", "Ask one person who knows your work"),
    "second view with errors": State("{mix}/second-view", "There is no link yet", _send_empty_form),
    "second view asked": State("{asked owner}/second-view", "Nothing has been sent yet"),
    "second view sent": State("{sent owner}/second-view", "has sent a second view"),
    "second view before opening": State("{sent owner}/second-view/open", "It cannot be sealed again"),
    "second view opened": State("{opened owner}/second-view", "are not visible to Kim"),
    "second view with all parts": State("{full owner}/second-view", "21 things that"),
    "second view before ending": State("{opened owner}/second-view/end", "End the second view"),
    "request for a second view": State("{view}", "You may refuse"),
    "request that was begun": State("{begun view}", "Somebody has begun already"),
    "viewer before the questions": State("{viewer}/later", "First, keep your private link"),
    "viewer question": State("{viewer}/1", "how often did"),
    "viewer question with errors": State("{viewer}/1", "have no answer yet", _answer_one_question),
    "viewer priorities": State("{answering viewer}/priorities", "What matters most now?"),
    "viewer check": State("{answering viewer}/check", "nothing is sent yet"),
    "viewer sent": State("{sent viewer}", "Sent, and still sealed"),
    "viewer opened": State("{opened viewer}", "Withdraw and delete it"),
    "viewer delete": State("{opened viewer}/delete", "The comparison is opened."),
    "changes": State("{full}/changes", "Your mix has changed"),
    "manage with a share link": State("{full}/manage", "answers and result only", _create_share_link),
    "shared": State("{three}/manage", "Their mix is in", _open_share_link),
    "delete": State("{mix}/delete", "Delete everything?"),
    "delete with earlier answers": State("{full}/delete", "Your earlier answers"),
    "create a team": State("/teams", "Create a team"),
    "create a team with errors": State("/teams", "The team is not created yet", _send_empty_form),
    "lead before the minimum": State("{team-of-three}?few=few", "Too few have finished"),
    "lead after the minimum": State("{team-of-six}", "The minimum is reached"),
    "closing a round": State("{team-of-six}/close", "Close round 1?"),
    "lead between rounds": State("{rounds}", "No round is open"),
    "round": State("{rounds}/rounds/2", "What is different from round 1"),
    "round for a member": State("{counted-member}/team/rounds/2", "How many do each thing weekly"),
    "member": State("{counted-member}/team", "What was published"),
    "member before closing": State("{uncounted-member}/team", "when the open round is closed"),
    "join": State("{join}", "You may refuse"),
    "join an open team": State("{join-open}", "nothing in it is anonymous"),
    "join with an error": State("{join-open}", "You have not joined yet", _send_empty_form),
    "open team without members": State("{open-0}", "Nobody has finished yet"),
    "open team of three": State("{open-3}", "What one person alone does, or nobody"),
    "open team of twelve": State("{open-12}", "Wishes that match"),
    "open team for a member": State("{open-member}/team", "Leave the team"),
    "open team for a member with an error": State("{open-member}/team", "Your name is not changed", _take_a_taken_name),
    "open team before finishing": State("{open-unfinished}/team", "You have joined."),
    "remove a member": State("{open-12}", "On the next visit, their own page says", _choose_a_member_to_remove),
    "removed from a team": State("{open-removed}", "removed you from this team"),
    "removed before finishing": State("{open-removed-unfinished}", "You are no longer in the team"),
    "open team with needs": State("{open-needs}", "things below what is needed"),
    "needs of a team": State("{open-needs}/needs", "What the team needs"),
    "needs filled in from roles": State("{open-12}/needs", "Nothing is saved yet", _fill_in_needs),
    "somebody is away": State("{open-12}/away", "What nobody would do weekly", _choose_who_is_away),
    "nobody is away": State("{open-member}/team/away", "Choose at least one person", _send_the_first_form),
    "a hire": State("{open-needs}/hire", "Gaps that this person would fill", _choose_a_role),
    "no hire": State("{open-0}/hire", "Nothing can be shown yet", _send_the_first_form),
    "delete a team": State("{team-of-six}/delete", "Everybody keeps their own result"),
    "deleted": State("/deleted", "Everything is deleted"),
    "not found": State("/r/AAAAAAAAAAAAAAAAAAAAAA", "Page not found", status=404),
    "send again": State("{new}/more", "Please send the form again", _send_without_cookie, status=400),
}
