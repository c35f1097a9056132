"""The quiz in a browser: pages, clicks and keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from quiz.bank import Bank


class Quiz:
    """One tab of a browser. `context` has the cookies and the storage of the browser, `page` is the tab."""

    def __init__(self, context: BrowserContext, bank: Bank) -> None:
        self.context, self.bank, self.page = context, bank, context.new_page()

    def new_tab(self) -> Quiz:
        """A second tab of the same browser."""
        return Quiz(self.context, self.bank)

    def open(self, path: str) -> Page:
        """Open an address."""
        self.page.goto(path)
        return self.page

    def press_main_button(self) -> None:
        """Press the main button of the page."""
        self.page.locator("button.button-primary").first.click()

    def start(self) -> str:
        """Go from the start page to the first question. Returns the address of the owner link."""
        self.open("/")
        self.press_main_button()
        expect(self.page).to_have_url(re.compile("/1$"))
        return self.page.url.removesuffix("/1")

    def choose(self, question: str, answer: str) -> None:
        """Select an answer."""
        self.page.locator(f'input[name="{question}"][value="{answer}"]').check()

    def selected_answer(self, question: str) -> str | None:
        """The selected answer, or None."""
        selected = self.page.locator(f'input[name="{question}"]:checked')
        return selected.get_attribute("value") if selected.count() else None

    def fill_page(self, number: int, answers: Mapping[str, str]) -> None:
        """Answer the questions of a page that are in `answers`, and send it."""
        for item in self.bank.pages[number - 1]:
            if item.id in answers:
                self.choose(item.id, answers[item.id])
        self.press_main_button()

    def fill_details(self, contacts: Iterable[str] = (), title: str = "", text: str = "") -> None:
        """Fill in the optional page and send it."""
        for contact in contacts:
            self.page.locator(f'input[name="contacts"][value="{contact}"]').check()
        self.page.fill("#title", title)
        self.page.fill("#text", text)
        self.press_main_button()

    def take(self, answers: Mapping[str, str], **details: Any) -> str:
        """Take the quiz up to the result. Returns the address of the owner link."""
        own = self.start()
        for number in range(1, len(self.bank.pages) + 1):
            expect(self.page).to_have_url(f"{own}/{number}")
            self.fill_page(number, answers)
        expect(self.page).to_have_url(f"{own}/more")
        self.fill_details(**details)
        expect(self.page).to_have_url(f"{own}/check")
        self.press_main_button()
        expect(self.page).to_have_url(own)
        return own

    @property
    def headline(self) -> str:
        """The text of the main heading, with plain blanks."""
        return self.page.locator("h1").inner_text().replace("\u00a0", " ")

    def focus(self) -> dict[str, Any]:
        """The element with the keyboard focus: its tag, id, name, value and text, and whether the focus is visible.

        `ring` says whether its outline is at least 2 px wide, `uncovered` whether no other element covers its middle.
        """
        focus: dict[str, Any] = self.page.evaluate(
            """() => {
              const element = document.activeElement;
              const outlined = element.closest("label.choice") ?? element;
              const style = getComputedStyle(outlined);
              const box = outlined.getBoundingClientRect();
              const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 30));
              return {
                tag: element.tagName.toLowerCase(), id: element.id, name: element.name, value: element.value,
                text: element.innerText,
                ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                uncovered: top !== null && (outlined.contains(top) || top.contains(outlined)),
              };
            }"""
        )
        return focus

    def tab_to(self, selector: str, *, max_presses: int = 60) -> None:
        """Press Tab until `selector` has the focus. The focus must be visible on every element before it."""
        for _ in range(max_presses):
            self.page.keyboard.press("Tab")
            focus = self.focus()
            assert focus["tag"] != "body", f"the focus left the page before it reached {selector}"
            assert focus["ring"], f"no visible focus on {focus}"
            assert focus["uncovered"], f"another element covers the focus on {focus}"
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"the focus did not reach {selector} after {max_presses} presses of Tab")
