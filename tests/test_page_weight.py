"""What a phone on a bad line has to fetch: the result with everything that it needs."""

from __future__ import annotations

import re

import pytest

from tests.browser.people import PEOPLE
from tests.visitor import Visitor

LIMIT = 120_000


def fetched(visitor: Visitor, path: str) -> dict[str, bytes]:
    """The page at `path` and every file that a browser fetches with it, by address."""
    page = visitor.get(path)
    assert page.status_code == 200
    found = {path: page.data}
    for address in re.findall(r'<(?:link|script)[^>]* (?:href|src)="([^"]+)"', page.text):
        found[address] = visitor.get(address).data
        if ".css" in address:
            for name in re.findall(r'url\("([^"]+)"\)', found[address].decode()):
                found.setdefault(f"/static/{name}", visitor.get(f"/static/{name}").data)
    return found


@pytest.mark.parametrize("kind", PEOPLE)
def test_a_result_weighs_less_than_120_kilobytes(visitor, bank, kind):
    files = fetched(visitor, visitor.take(PEOPLE[kind].answers(bank), **PEOPLE[kind].more))
    assert len(files) == 5  # page, style, typeface, script, icon: one copy of each
    raw = sum(map(len, files.values()))
    assert raw < LIMIT, {address: len(body) for address, body in files.items()}


def test_nothing_on_a_page_waits_for_a_script(visitor):
    scripts = re.findall(r"<script[^>]*>", visitor.get("/").text)
    assert scripts
    assert all(" defer" in script for script in scripts)
