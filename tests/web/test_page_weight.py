"""What a phone on a bad line has to fetch: the result with everything that it needs."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.browser.people import PEOPLE
from tests.clients import Client

LIMIT = 120_000


def fetched(client: Client, path: str) -> dict[str, int]:
    """Bytes as they are sent: the page at `path` and every file that a browser fetches with it, by address."""
    sizes: dict[str, int] = {}

    def fetch(address: str) -> str:
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, address
        sizes[address] = len(answer.data)
        body = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
        return body.decode(errors="replace")

    for address in re.findall(r'<(?:link|script)[^>]* (?:href|src)="([^"]+)"', fetch(path)):
        text = fetch(address)
        for name in re.findall(r'url\("([^"]+)"\)', text) if ".css" in address else []:
            fetch(f"/static/{name}")
    return sizes


@pytest.mark.parametrize("kind", PEOPLE)
def test_a_result_weighs_less_than_120_kilobytes(client, bank, kind):
    sizes = fetched(client, client.take(PEOPLE[kind].answers(bank), **PEOPLE[kind].more))
    assert len(sizes) == 5  # page, style, typeface, script, icon: one copy of each
    assert sum(sizes.values()) < LIMIT, sizes


def test_nothing_on_a_page_waits_for_a_script(client):
    scripts = re.findall(r"<script[^>]*>", client.get("/").text)
    assert scripts
    assert all(" defer" in script for script in scripts)
