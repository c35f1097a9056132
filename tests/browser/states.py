"""Every page in every state that it can be in: what the tests of looks go through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.people import HEADLINES
from tests.browser.quiz import Quiz


@dataclass(frozen=True)
class State:
    """Where a page is (with `{kind}` for the link of one of the people or teams), and how it gets into the state."""

    path: str
    shows: str
    reach: Callable[[Quiz], None] = lambda quiz: None
    status: int = 200

    def enter(self, quiz: Quiz, people: Mapping[str, str]) -> None:
        """Bring the tab into this state, with everything unfolded."""
        quiz.open(self.path.format_map(people))
        self.reach(quiz)
        expect(quiz.page.locator("main")).to_contain_text(self.shows)
        quiz.page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true; })")


def _one_missing(quiz: Quiz) -> None:
    quiz.page.locator("main fieldset").first.locator("input").nth(2).check()
    quiz.go_on()


def _too_long(quiz: Quiz) -> None:
    quiz.fill_more(title="Head of everything " * 10, text="Much to do. " * 400)


def _stale(quiz: Quiz) -> None:
    quiz.context.clear_cookies()
    quiz.go_on()


def _go_on(quiz: Quiz) -> None:
    quiz.go_on()


def _three_headings(quiz: Quiz) -> None:
    for role in list(quiz.bank.role)[:3]:
        quiz.page.locator(f'input[value="{role}"]').check()
    quiz.go_on()


def _make_share(quiz: Quiz) -> None:
    quiz.page.fill("#label", "The lead of the team next door, until the end of the year")
    quiz.page.get_by_role("button", name="Make a share link").click()


def _shared(quiz: Quiz) -> None:
    quiz.page.get_by_role("button", name="Make a share link").click()
    link = quiz.page.get_by_role("textbox", name="Share link").first
    quiz.open(link.input_value())


STATES = {
    "start": State("/", "Which hats do you wear?"),
    "privacy": State("/privacy", "What is kept"),
    "question": State("{fresh}/1", "how often did you personally"),
    "question answered": State("{three}/2", "answered"),
    "question with errors": State("{fresh}/1", "have no answer yet", _one_missing),
    "more": State("{fresh}/more", "A little more"),
    "more filled in": State("{three}/more", "A little more"),
    "more with errors": State("{fresh}/more", "or fewer", _too_long),
    "check": State("{three}/check", "Check your answers"),
    "straight line": State("{little}/check", "Nearly all your answers are"),
    **{f"result {kind}": State(f"{{{kind}}}", headline) for kind, headline in HEADLINES.items()},
    "yours": State("{mix}/manage", "take it along, delete it"),
    "what next": State("{three}/goals", "What you want next"),
    "talk": State("{three}/conversation", ""),
    "what next, filled in": State("{full}/goals", "Towards software engineer"),
    "what next with an error": State("{plain}/goals", "Choose two roles at most", _three_headings),
    "talk with all there is": State("{full}/conversation?listener", "For the one who listens"),
    "talk about nothing yet": State("{plain}/conversation", "Nothing noted yet"),
    "since": State("{full}/changes", "Your mix has changed"),
    "yours with a share": State("{full}/manage", "answers and result only", _make_share),
    "shared": State("{three}/manage", "You combine", _shared),
    "delete": State("{mix}/delete", "Delete everything?"),
    "delete with a past": State("{full}/delete", "Your earlier answers"),
    "make a team": State("/teams", "Take it as a team"),
    "make a team with errors": State("/teams", "Something is missing", _go_on),
    "lead of too few": State("{few}?few=few", "Too few have finished"),
    "lead of enough": State("{enough}", "That is enough"),
    "closing a round": State("{enough}/close", "Close round 1?"),
    "lead between rounds": State("{rounds}", "No round is open"),
    "round": State("{rounds}/rounds/2", "Next to earlier rounds"),
    "round as a member sees it": State("{counted}/team/rounds/2", "What the team covers"),
    "member": State("{counted}/team", "What was published"),
    "member who waits": State("{waiting}/team", "when the open round is closed"),
    "join": State("{join}", "You may refuse"),
    "join by name": State("{join-open}", "nothing in it is anonymous"),
    "join with an error": State("{join-open}", "You have not joined yet", _go_on),
    "open team of nobody": State("{open-0}", "Nobody has finished yet"),
    "open team of three": State("{open-3}", "Who could stand in for whom"),
    "open team of twelve": State("{open-12}", "Who could learn from whom"),
    "open team as a member sees it": State("{named}/team", "Leave the team"),
    "delete a team": State("{enough}/delete", "Everybody keeps their own result"),
    "deleted": State("/deleted", "Everything is deleted"),
    "not found": State("/r/AAAAAAAAAAAAAAAAAAAAAA", "This leads nowhere", status=404),
    "send again": State("{fresh}/more", "Please send that once more", _stale, status=400),
}
