"""Links that arrive with something added by a chat or mail program lead to the right page."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz import create_app
from quiz.bank import Bank
from quiz.web import links
from quiz.web.app import App
from tests.checks import assert_private, dump_database
from tests.clients import Client
from tests.factories import all_answers

LINK = "AbCdEfGhIjKlMnOpQrStUw"
ENDS = [
    "/",
    "//",
    ".",
    "...",
    ",",
    ";",
    ":",
    "!",
    ")",
    ").",
    "]",
    "}",
    ">",
    "%3E",
    "'",
    '"',
    "%22",
    "”",
    "*",
    "_",
    "%20",
    "%20.",
    "+",
    "%0A",
    "%0D%0A",
    "%2E",
    "%2F",
    "%C2%A0",
    "%E2%80%8B",
    "%25",
    "%253E",
    "%2520",
    "%3Futm_source=chat",
    "&utm_source=chat",
    "%26fbclid=x",
    "%23top",
    "/?utm_source=chat",
    ".?fbclid=x",
]
PATHS = [
    f"/r/{LINK}",
    f"/r/{LINK}/1",
    f"/r/{LINK}/manage",
    f"/r/{LINK}/team/rounds/1",
    f"/r/{LINK}.json",
    f"/r/{LINK}.csv",
    f"/s/{LINK}",
    f"/j/{LINK}",
    f"/t/{LINK}",
    f"/t/{LINK}/rounds/1.csv",
    f"/t/{LINK}/rounds/1.json",
]


@pytest.mark.parametrize("path", PATHS)
def test_what_was_added_at_the_end_is_removed_by_a_redirect(client: Client, path):
    assert client.get(path).status_code == 404
    for end in ENDS:
        response = client.get(path + end)
        assert (response.status_code, response.location) == (301, path), end
        assert_private(f"{path}{end}", response)


@pytest.mark.parametrize("path", PATHS)
def test_a_line_break_a_space_or_a_second_encoding_within_a_link_is_removed(client: Client, path):
    for added in ("%0A", "%0D%0A", "%20", "%C2%AD", "%E2%80%8B", "%0D%0A%20"):
        assert client.get(path[:12] + added + path[12:]).location == path, added
    assert client.get(path.replace("d", "%2564")).location == path
    assert client.get(path.replace("AbC", "%41%62%43")).status_code == 404, "one encoding is no change of the address"


PARAMETERS = [
    "utm_source=chat",
    "utm_medium=e&utm_campaign=x%20y",
    "fbclid=Iw",
    "gclid=1",
    "mc_cid=1&mc_eid=2",
    "_hsenc",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("parameters", PARAMETERS)
def test_tracking_parameters_are_removed_and_others_kept(client: Client, path, parameters):
    assert client.get(f"{path}?{parameters}").location == path
    assert client.get(f"{path}?few=few&{parameters}&few=a%26b").location == f"{path}?few=few&few=a%26b"
    assert client.get(f"{path}?few=few").status_code == 404


def test_the_redirect_leads_to_the_page(client: Client, bank: Bank):
    owner_path = client.take(all_answers(bank, "weekly"))
    for page in ("", "/1", "/manage", ".json", ".csv", "/conversation"):
        for end in (".", "/", "%20", "?utm_source=chat"):
            response = client.get(f"{owner_path}{page}{end}")
            assert client.get(str(response.location)).status_code == 200, f"{page}{end}"


@pytest.mark.parametrize(
    "path",
    [
        "/r/short.",
        f"/r/{LINK}x.",
        f"/r/{LINK[:-1]}.",
        f"/r/{LINK}/no-such-page.",
        f"/x/{LINK}.",
        f"/R/{LINK}.",
        f"/r/{LINK}/shares/1/end.",
        f"/j/{LINK}/start/",
        "/privacy.",
        "/privacy/",
        f"/nothing/r/{LINK}.",
        f"/r/{LINK}/../../{LINK}.",
        "/r/.",
        "/.",
    ],
)
def test_an_address_without_a_well_formed_link_is_not_redirected(client: Client, path):
    assert client.get(path).status_code in {404, 405}


@pytest.mark.parametrize(
    "path",
    [
        f"//evil.example/r/{LINK}.",
        f"/%5Cevil.example/r/{LINK}.",
        f"/r/{LINK}/%2F%2Fevil.example.",
        f"/r/{LINK}.%0D%0ALocation:%20http://evil.example",
        f"/r/{LINK}?utm_source=1&_external=1&_scheme=javascript&_anchor=evil&link=evil",
        f"/r/{LINK}.?next=http://evil.example",
    ],
)
def test_no_redirect_leads_to_another_server(client: Client, path):
    response = client.get(path)
    assert urlsplit(str(response.location or "")).netloc in {"", "localhost"}
    if response.status_code == 301:
        assert re.match(rf"/r/{LINK}(\?|$)", str(response.location))


@given(st.text(max_size=30), st.text(max_size=10), st.text(max_size=20))
def test_any_address_is_redirected_to_a_page_behind_a_link_or_nowhere(session_client: Client, before, between, after):
    response = session_client.get(f"/r/{before}{LINK[:9]}{between}{LINK[9:]}{after}?utm_term=1")
    assert response.status_code in {301, 404, 308, 405}
    if response.status_code == 301:
        assert re.fullmatch(r"/[rsjt]/[A-Za-z0-9_-]{22}([./][a-z0-9/.-]*)?(\?.*)?", unquote(str(response.location)))


@pytest.fixture(scope="module")
def session_client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A client for many requests that change nothing."""
    return Client(create_app({"TESTING": True, "RATE_LIMITS": False}, instance=tmp_path_factory.mktemp("any") / "i"))


def test_only_reading_is_redirected(app: App, client: Client):
    owner_path = client.start()
    before, token = dump_database(app), client.token()
    assert client.post(f"{owner_path}/1.", token).status_code == 404
    assert client.post(f"{owner_path}/1?utm_source=chat", token).status_code in {303, 422}
    assert client.test_client.head(f"{owner_path}.").status_code == 301
    assert client.get(f"{owner_path}/delete.").location == f"{owner_path}/delete"
    assert dump_database(app) == before


def test_a_redirect_is_not_counted_as_a_wrong_link_and_its_target_is(tmp_path: Path):
    app = create_app({"RATE_LIMITS": True, "WRONG_LINKS_PER_MINUTE": 3}, instance=tmp_path / "limited")
    client, wrong = Client(app), links.new_link()
    assert {client.get(f"/r/{wrong}.").status_code for _ in range(10)} == {301}
    assert [client.get(f"/r/{wrong}").status_code for _ in range(4)] == [404, 404, 404, 429]
    assert client.get("/r/short.").status_code == 429


def test_an_unknown_host_is_not_redirected(client: Client):
    assert client.get(f"/r/{LINK}.", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        LINK,
        f"  {LINK}\n",
        f"<{LINK}>",
        f"“{LINK}”.",
        f"https://hats.example.org/r/{LINK}",
        f"<https://hats.example.org/r/{LINK}>",
        f"https://hats.example.org/r/{LINK}),",
        f"https://hats.example.org/r/{LINK}/manage?utm_source=chat",
        f"https://hats.example.org/r/{LINK}.json",
        f"https://hats.example.org/r/{LINK[:9]}\r\n{LINK[9:]}",
        f"My link: https://hats.example.org/r/{LINK} is this one",
        f"https://outlook.example/?url=https%3A%2F%2Fhats.example.org%2Fr%2F{LINK}&data=1",
    ],
)
def test_a_link_is_found_in_what_people_paste(text):
    assert links.find_link(text, "r") == LINK


@pytest.mark.parametrize("text", ["", "half a link", f"{LINK}x", f"https://hats.example.org/t/{LINK}", f"x{LINK}"])
def test_a_text_without_a_link_of_this_kind_has_none(text):
    assert links.find_link(text, "r") is None
