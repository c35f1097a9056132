"""The quiz as somebody at a screen uses it: what they see, click and type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from quiz.bank import Bank


class Quiz:
    """One tab of one browser. `context` holds what the browser keeps; `page` is Playwright's handle on the tab."""

    def __init__(self, context: BrowserContext, bank: Bank) -> None:
        self.context, self.bank, self.page = context, bank, context.new_page()

    def another_tab(self) -> Quiz:
        """A second tab of the same browser."""
        return Quiz(self.context, self.bank)

    def open(self, path: str) -> Page:
        """Go to an address."""
        self.page.goto(path)
        return self.page

    def go_on(self) -> None:
        """Press the page's main button."""
        self.page.locator("button.button-primary").first.click()

    def start(self) -> str:
        """From the start page to the first question; gives the path of the owner link."""
        self.open("/")
        self.go_on()
        expect(self.page).to_have_url(re.compile("/1$"))
        return self.page.url.removesuffix("/1")

    def choose(self, question: str, answer: str) -> None:
        """Pick one answer."""
        self.page.locator(f'input[name="{question}"][value="{answer}"]').check()

    def chosen(self, question: str) -> str | None:
        """The answer that is picked, None where there is none."""
        picked = self.page.locator(f'input[name="{question}"]:checked')
        return picked.get_attribute("value") if picked.count() else None

    def fill_page(self, number: int, answers: Mapping[str, str]) -> None:
        """Answer the questions of a page as far as `answers` has them, and send it."""
        for item in self.bank.pages[number - 1]:
            if item.id in answers:
                self.choose(item.id, answers[item.id])
        self.go_on()

    def fill_more(self, contacts: Iterable[str] = (), title: str = "", text: str = "") -> None:
        """Fill in the optional page and send it."""
        for contact in contacts:
            self.page.locator(f'input[name="contacts"][value="{contact}"]').check()
        self.page.fill("#title", title)
        self.page.fill("#text", text)
        self.go_on()

    def take(self, answers: Mapping[str, str], **more: Any) -> str:
        """The whole way to the result; gives the path of the owner link."""
        own = self.start()
        for number in range(1, len(self.bank.pages) + 1):
            expect(self.page).to_have_url(f"{own}/{number}")
            self.fill_page(number, answers)
        expect(self.page).to_have_url(f"{own}/more")
        self.fill_more(**more)
        expect(self.page).to_have_url(f"{own}/check")
        self.go_on()
        expect(self.page).to_have_url(own)
        return own

    @property
    def headline(self) -> str:
        """The page's one big sentence, with plain blanks."""
        return self.page.locator("h1").inner_text().replace("\u00a0", " ")

    def focus(self) -> dict[str, Any]:
        """What has the keyboard's focus: its tag, id, name, value and text, and whether one can see that it has it.

        A ring counts where it is at least 2 px wide, and where nothing lies over the middle of what it surrounds.
        """
        found: dict[str, Any] = self.page.evaluate(
            """() => {
              const it = document.activeElement;
              const ringed = it.closest("label.choice") ?? it;
              const style = getComputedStyle(ringed);
              const box = ringed.getBoundingClientRect();
              const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 30));
              return {
                tag: it.tagName.toLowerCase(), id: it.id, name: it.name, value: it.value, text: it.innerText,
                ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                uncovered: top !== null && (ringed.contains(top) || top.contains(ringed)),
              };
            }"""
        )
        return found

    def tab_to(self, selector: str, *, at_most: int = 60) -> None:
        """Press Tab until the focus is on `selector`; every stop on the way must be seen to have the focus."""
        for _ in range(at_most):
            self.page.keyboard.press("Tab")
            stop = self.focus()
            assert stop["tag"] != "body", f"the focus left the page before it came to {selector}"
            assert stop["ring"], f"no visible focus on {stop}"
            assert stop["uncovered"], f"something covers the focus on {stop}"
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{at_most} times Tab never came to {selector}")
