"""The download size of the result page with all its files."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.browser.people import PEOPLE
from tests.clients import Client

MAX_BYTES = 120_000


def download_sizes(client: Client, path: str) -> dict[str, int]:
    """The compressed size in bytes of a page and of every file that a browser loads with it, by address."""
    sizes: dict[str, int] = {}

    def fetch(address: str) -> str:
        response = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200, address
        sizes[address] = len(response.data)
        body = gzip.decompress(response.data) if response.headers.get("Content-Encoding") == "gzip" else response.data
        return body.decode(errors="replace")

    for address in re.findall(r'<(?:link|script)[^>]* (?:href|src)="([^"]+)"', fetch(path)):
        text = fetch(address)
        for name in re.findall(r'url\("([^"]+)"\)', text) if ".css" in address else []:
            fetch(f"/static/{name}")
    return sizes


@pytest.mark.parametrize("kind", PEOPLE)
def test_a_result_needs_less_than_120_kilobytes(client, bank, kind):
    sizes = download_sizes(client, client.take(PEOPLE[kind].answers(bank), **PEOPLE[kind].details))
    assert len(sizes) == 5  # page, style sheet, font, script and icon
    assert sum(sizes.values()) < MAX_BYTES, sizes


def test_every_script_is_deferred(client):
    scripts = re.findall(r"<script[^>]*>", client.get("/").text)
    assert scripts
    assert all(" defer" in script for script in scripts)


def test_the_style_sheet_is_compressed_for_browsers_that_can_read_it(client):
    plain = client.get("/static/style.css")
    compressed = client.get("/static/style.css", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(compressed.data) == plain.data
    assert len(compressed.data) < len(plain.data) / 3
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != compressed.headers["ETag"]
    for response in (plain, compressed):
        assert "Accept-Encoding" in response.headers["Vary"]
        again = client.get("/static/style.css", headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code in (200, 304)


def test_pages_are_not_compressed(client):
    # The size of a compressed page would tell what is in it next to the text of a visitor.
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip"}).headers
