"""Rate limits on starting, wrong links and the API. Right links are not limited, and no address is stored."""

from __future__ import annotations

import gc
import json
import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from quiz import create_app
from quiz.bank import Bank
from quiz.config import settings
from quiz.web import links, rate_limits
from quiz.web.app import App
from quiz.web.rate_limits import RateLimiter, address_block
from tests import factories
from tests.checks import assert_private, count_rows, stored_rows
from tests.clients import Client, Page, form_values
from tests.factories import all_answers

LOW_LIMITS = {"STARTS_PER_MINUTE": 3, "ADVERTS_PER_MINUTE": 3, "WRONG_LINKS_PER_MINUTE": 4, "API_PER_MINUTE": 2}
ADDRESS, OTHER_ADDRESS = "192.0.2.7", "198.51.100.9"
MakeApp = Callable[..., App]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """Makes an app with low limits. Errors become pages, as in production."""

    def build(**config: Any) -> App:
        return create_app({"RATE_LIMITS": True} | LOW_LIMITS | config, instance=tmp_path / "limited")

    return build


@pytest.fixture
def limited(make_app: MakeApp) -> App:
    """An app with low limits."""
    return make_app()


def client_from(app: App, address: str = ADDRESS) -> Client:
    """A client with this IP address."""
    client = Client(app)
    client.test_client.environ_base["REMOTE_ADDR"] = address
    return client


def open_wrong_links(client: Client, times: int = 10) -> list[int]:
    """Open that many links that do not exist. Returns the statuses."""
    return [client.get(f"/r/{links.new_link()}").status_code for _ in range(times)]


def start(client: Client) -> int:
    """Send the form of the start page. Returns the status."""
    return client.send("/start", page="/").status_code


def assert_limited(response: TestResponse) -> None:
    """Fail unless the response is a 429 that says how many seconds to wait."""
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 60


# Starting


def test_the_starts_of_an_address_are_limited(limited: App):
    client = client_from(limited)
    assert [start(client) for _ in range(5)] == [303, 303, 303, 429, 429]
    assert start(client_from(limited)) == 429, "another browser with the same address"
    assert start(client_from(limited, OTHER_ADDRESS)) == 303


def test_the_page_of_a_429_says_to_wait_and_is_private(limited: App):
    client = client_from(limited)
    for _ in range(3):
        start(client)
    response = client.send("/start", page="/")
    assert_limited(response)
    assert_private("429", response)
    assert f"Wait {response.headers['Retry-After']} seconds" in Page.of(response).text


def test_no_response_is_created_beyond_the_limit(limited: App, monkeypatch):
    client = client_from(limited)
    for _ in range(3):
        start(client)
    monkeypatch.setattr(
        type(limited.storage), "create_response", lambda *_, **__: pytest.fail("a response was created")
    )
    assert start(client) == 429


def make_team(client: Client, kind: str = "open") -> str:
    """Create a team. Returns the path of its join link."""
    lead = str(client.send("/teams", {"name": "Workshop", "kind": kind, "minimum": "5"}).location)
    return re.search(r"/j/[\w-]{22}", client.get(lead).text)[0]  # type: ignore[index]


def test_retaking_making_a_team_and_joining_one_count_as_starts(limited: App, bank: Bank):
    owner_path = client_from(limited, OTHER_ADDRESS).take(all_answers(bank, "weekly"))
    join = make_team(client_from(limited, OTHER_ADDRESS))
    for n, path in enumerate([f"{owner_path}/retake", "/teams", f"{join}/start"]):
        client = client_from(limited, f"203.0.113.{n}")
        token = client.token()
        answers = [client.post(path, token | {"seed": "no seed"}) for _ in range(4)]
        assert 429 not in [response.status_code for response in answers[:3]], path
        assert_limited(answers[3])


def test_joining_a_team_has_a_limit_of_its_own(limited: App):
    client = client_from(limited)
    join = make_team(client_from(limited, OTHER_ADDRESS))
    assert [start(client) for _ in range(4)] == [303, 303, 303, 429]
    statuses = [client.send(f"{join}/start", {"name": f"Ada {n}"}, page=join).status_code for n in range(4)]
    assert statuses == [303, 303, 303, 429]


def test_starts_through_a_wrong_join_link_count_as_wrong_links_only(limited: App):
    client = client_from(limited)
    join = make_team(client_from(limited, OTHER_ADDRESS))
    token = client.token()
    statuses = [client.post(f"/j/{links.new_link()}/start", token).status_code for _ in range(6)]
    assert statuses == [404, 404, 404, 404, 429, 429]
    assert client.send(f"{join}/start", {"name": "Ada"}, page=join).status_code == 303


# A form beyond a limit can be sent again


def test_a_join_form_beyond_the_limit_can_be_sent_again_as_it_was(make_app: MakeApp, monkeypatch):
    limited = make_app(STARTS_PER_MINUTE=1)
    client = client_from(limited)
    join = make_team(client_from(limited, OTHER_ADDRESS))
    client.send(f"{join}/start", {"name": "Grace"}, page=join)
    response = client.send(f"{join}/start", {"name": "Ada “L” <b>", "shares_wishes": "y"}, page=join)
    assert_limited(response)
    assert_private("429", response)
    page = Page.of(response)
    assert dict(page.fields).items() >= {"name": "Ada “L” <b>", "shares_wishes": "y"}.items()
    assert [attributes for tag, attributes in page.tags if tag == "form"] == [{"method": "post"}], "to the same address"
    assert join in page.values("href")
    wait, now = int(response.headers["Retry-After"]), time.time()
    monkeypatch.setattr(time, "time", lambda: now + wait)
    assert client.post(f"{join}/start", form_values(page.fields)).status_code == 303
    members = {(row["name"], row["shares_wishes"]) for row in stored_rows(limited.storage, "member")}
    assert members == {("Grace", 0), ("Ada “L” <b>", 1)}


def test_every_form_beyond_a_limit_is_returned_with_its_fields(limited: App, bank: Bank):
    owner_path = client_from(limited, OTHER_ADDRESS).take(all_answers(bank, "weekly"))
    join = make_team(client_from(limited, OTHER_ADDRESS))
    lead = factories.make_team(client_from(limited, OTHER_ADDRESS), "open")
    factories.join_team(limited, factories.join_path(client_from(limited, OTHER_ADDRESS), lead), owner_path, "Ada")
    paths = {
        "start.begin": "/start",
        "manage.retake": f"{owner_path}/retake",
        "new_team.create": "/teams",
        "join.start": f"{join}/start",
        "advert.page": "/advert",
        "own_advert.compare": f"{owner_path}/advert",
        "lead_team.needs": f"{lead}/needs",
        "lead_team.hire": f"{lead}/hire",
        "member_team.hire": f"{owner_path}/team/hire",
    }
    assert paths.keys() == rate_limits.START_ENDPOINTS.keys()
    for n, path in enumerate(paths.values()):
        client = client_from(limited, f"203.0.113.{n}")
        fields = client.token() | {"seed": "no seed", "name": "two\r\nlines", "kind": "open"}
        responses = [client.post(path, fields) for _ in range(4)]
        assert_limited(responses[3])
        returned = dict(Page.of(responses[3]).fields)
        assert {name: returned[name] for name in ("seed", "name", "kind")} == {
            name: fields[name] for name in ("seed", "name", "kind")
        }, path
        form_page = [target for target in Page.of(responses[3]).values("href") if path.startswith(target)][-1]
        assert client.get(form_page).status_code == 200, path


def test_a_wrong_link_in_the_join_form_beyond_the_limit_keeps_what_was_typed(limited: App):
    client = client_from(limited)
    join = make_team(client_from(limited, OTHER_ADDRESS))
    open_wrong_links(client)
    wrong = links.new_link()
    response = client.send(f"{join}/bring", {"name": "Ada", "link": wrong, "shares_wishes": "y"}, page=join)
    assert_limited(response)
    page = Page.of(response)
    assert {("name", "Ada"), ("link", wrong), ("shares_wishes", "y")} <= set(page.fields)
    assert "This is not a private link of this quiz" in page.text


def test_a_form_of_another_site_beyond_the_limit_is_not_returned(limited: App):
    client = client_from(limited)
    for _ in range(3):
        start(client)
    response = client.post("/start", {"seed": "forged"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert "forged" not in response.text


# A workshop: 150 people behind one address


@pytest.fixture
def workshop(make_app: MakeApp) -> App:
    """An app with the limits that apply by default."""
    limits = {setting.name: setting.default for setting in settings.SETTINGS if setting.name in LOW_LIMITS}
    return make_app(**limits)


PEOPLE = 150


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["open", "anonymous"])
def test_150_people_at_one_address_join_their_team_in_the_same_minute(workshop: App, kind):
    join = make_team(client_from(workshop), kind)
    for n in range(PEOPLE):
        client = client_from(workshop)
        response = client.send(f"{join}/start", {"name": f"Person {n}"}, page=join)
        assert response.status_code == 303, n
    owner_path = str(response.location).removesuffix("/1")
    assert "Workshop" in client.get(f"{owner_path}/team").text
    assert count_rows(workshop, "member") == PEOPLE


@pytest.mark.thorough
def test_150_people_at_one_address_start_without_a_team_in_the_same_minute(workshop: App):
    assert {start(client_from(workshop)) for _ in range(PEOPLE)} == {303}


@pytest.mark.thorough
def test_people_who_mistype_do_not_keep_others_at_their_address_from_joining(workshop: App):
    join = make_team(client_from(workshop))
    for n in range(PEOPLE):
        client = client_from(workshop)
        mistyped = client.get(f"{join[:-1]}~{n}")
        assert mistyped.status_code in {404, 429}
        assert "Page not found" in mistyped.text
        assert client.send(f"{join}/start", {"name": f"Person {n}"}, page=join).status_code == 303


@pytest.mark.thorough
def test_beyond_the_limit_everybody_gets_in_with_the_button_and_joins_once(make_app: MakeApp, monkeypatch):
    limited = make_app(STARTS_PER_MINUTE=60)
    join = make_team(client_from(limited))
    waiting, joined, now = {}, set(), time.time()
    for n in range(PEOPLE):
        client = client_from(limited)
        waiting[f"Person {n}"] = (client, client.send(f"{join}/start", {"name": f"Person {n}"}, page=join))
    for minute in range(1, 4):
        joined |= {name for name, (_, response) in waiting.items() if response.status_code == 303}
        waiting = {name: sent for name, sent in waiting.items() if sent[1].status_code == 429}
        monkeypatch.setattr(time, "time", lambda minute=minute: now + 61 * minute)
        for name, (client, response) in waiting.items():
            waiting[name] = (client, client.post(f"{join}/start", form_values(Page.of(response).fields)))
    assert len(joined) == PEOPLE
    assert count_rows(limited, "member") == PEOPLE


# Opening pages


def test_opening_the_pages_with_these_forms_is_not_limited(limited: App):
    client = client_from(limited)
    assert {client.get(path).status_code for path in ("/", "/teams") for _ in range(10)} == {200}


def test_continuing_the_quiz_is_never_limited(limited: App, bank: Bank):
    client = client_from(limited)
    owner_path = client.take(all_answers(bank, "weekly"))
    for _ in range(3):
        start(client)
    open_wrong_links(client)
    for _ in range(10):
        assert client.send(f"{owner_path}/more", {"title": "x"}).status_code == 303
        assert client.get(owner_path).status_code == 200


def test_every_endpoint_that_is_limited_exists(app: App):
    assert {name for name in rate_limits.START_ENDPOINTS if name not in app.view_functions} == set()
    assert set(app.blueprints) >= rate_limits.API_BLUEPRINTS


# Wrong links


def test_wrong_links_are_limited(limited: App):
    client = client_from(limited)
    assert open_wrong_links(client, 6) == [404, 404, 404, 404, 429, 429]
    assert open_wrong_links(client_from(limited, OTHER_ADDRESS), 4) == [404] * 4
    response = client.get(f"/r/{links.new_link()}")
    assert_limited(response)
    assert_private("429", response)


def test_right_links_work_after_any_number_of_wrong_ones(limited: App, bank: Bank):
    client = client_from(limited)
    owner_path = client.take(all_answers(bank, "weekly"))
    assert 429 in open_wrong_links(client)
    assert [client.get(owner_path).status_code for _ in range(10)] == [200] * 10
    assert client.get(f"{owner_path}.json").status_code == 200


def test_an_unknown_page_of_a_right_link_is_not_a_wrong_link(limited: App):
    client = client_from(limited)
    owner_path = client.start()
    assert {client.get(f"{owner_path}/99").status_code for _ in range(10)} == {404}
    assert open_wrong_links(client, 4) == [404] * 4


@pytest.mark.parametrize("kind", ["/r/{}/1", "/r/{}.csv", "/s/{}", "/j/{}", "/t/{}", "/t/{}/rounds/1.csv"])
def test_wrong_links_of_every_kind_count_together(limited: App, kind):
    client = client_from(limited)
    assert 429 in open_wrong_links(client)
    assert_limited(client.get(kind.format(links.new_link())))


def test_the_page_of_a_429_for_a_wrong_link_says_that_a_right_one_works(limited: App):
    client = client_from(limited)
    open_wrong_links(client)
    text = Page.of(client.get(f"/j/{links.new_link()}")).text
    assert "Page not found" in text
    assert "a correct link works at once" in text


def test_guessed_links_in_the_join_form_count_as_wrong_links(limited: App):
    client = client_from(limited)
    join = make_team(client)

    def bring(client: Client, link: str) -> int:
        return client.send(f"{join}/bring", {"name": "Ada", "link": link}, page=join).status_code

    owner_path = client.start()
    assert {bring(client, "half a lin") for _ in range(6)} == {422}, "a malformed link is not a guess"
    assert [bring(client, links.new_link()) for _ in range(5)] == [422] * 4 + [429]
    assert open_wrong_links(client, 1) == [429]
    assert bring(client, owner_path) == 303, "a right link is never limited"


def test_beyond_the_limit_malformed_and_wrong_links_give_the_same_response(limited: App):
    client = client_from(limited)
    assert 429 in open_wrong_links(client)
    wrong, malformed = client.get(f"/r/{links.new_link()}"), client.get("/r/short")
    assert (malformed.status_code, malformed.data) == (wrong.status_code, wrong.data)


def test_sending_to_a_wrong_link_counts(limited: App):
    client = client_from(limited)
    token = client.token()
    statuses = [client.post(f"/r/{links.new_link()}/more", token).status_code for _ in range(6)]
    assert statuses == [404, 404, 404, 404, 429, 429]


def test_a_form_refused_before_its_link_is_looked_up_is_not_counted(limited: App):
    client = client_from(limited)
    assert {client.post(f"/r/{links.new_link()}/more").status_code for _ in range(10)} == {403}
    assert open_wrong_links(client, 4) == [404] * 4


def test_other_unknown_addresses_are_not_counted(limited: App):
    client = client_from(limited)
    for path in ("/favicon.ico", "/nothing", "/static/nothing.css", "/starting"):
        assert {client.get(path).status_code for _ in range(10)} == {404}
    assert open_wrong_links(client, 4) == [404] * 4


def test_a_429_of_a_json_address_is_a_problem_document(limited: App):
    client = client_from(limited)
    assert 429 in open_wrong_links(client)
    response = client.get(f"/r/{links.new_link()}.json")
    assert_limited(response)
    assert response.mimetype == "application/problem+json"


# The API


def test_the_api_is_limited_with_a_problem_document(limited: App):
    client = client_from(limited).test_client
    answers = [client.post("/api/score", json={"answers": {}}) for _ in range(3)]
    assert [response.status_code for response in answers] == [200, 200, 429]
    assert_limited(answers[2])
    assert_private("429", answers[2])
    assert answers[2].mimetype == "application/problem+json"
    assert json.loads(answers[2].data)["status"] == 429
    assert client_from(limited, OTHER_ADDRESS).get("/api/bank").status_code == 200


def test_beyond_the_api_limit_health_and_starts_have_limits_of_their_own(limited: App):
    client = client_from(limited)
    assert [client.get("/api/bank").status_code for _ in range(3)] == [200, 200, 429]
    assert [client.get("/health").status_code for _ in range(3)] == [200, 200, 429]
    assert start(client) == 303


# The minute


def test_reading_adverts_has_a_limit_of_its_own(make_app: MakeApp, bank: Bank):
    client = client_from(make_app(ADVERTS_PER_MINUTE=2, STARTS_PER_MINUTE=1, API_PER_MINUTE=1))
    owner_path = client.take(all_answers(bank, "daily"))
    form = {"text": "An advert"}
    pages = ["/advert", f"{owner_path}/advert", "/advert", f"{owner_path}/advert"]
    limited = [client.send(page, form, page=page) for page in pages]
    assert [response.status_code for response in limited] == [200, 200, 429, 429]
    assert_limited(limited[-1])
    assert "An advert" in limited[-1].text
    assert [client.get(page).status_code for page in pages] == [200] * 4, "opening the form is not limited"
    api = [client.test_client.post("/api/read", json=form).status_code for _ in range(3)]
    assert api == [200, 200, 429]
    assert client.get("/api/bank").status_code == 200


def test_after_the_stated_wait_requests_are_accepted_again(limited: App, monkeypatch):
    client = client_from(limited)
    answers = [client.get("/api/bank") for _ in range(3)]
    wait, now = int(answers[2].headers["Retry-After"]), time.time()
    monkeypatch.setattr(time, "time", lambda: now + wait)
    assert client.get("/api/bank").status_code == 200


def test_further_requests_do_not_lengthen_the_wait():
    counts = RateLimiter({"api": 1})
    waits = [counts.count("api", ADDRESS) for _ in range(50)]
    assert waits[0] == 0
    assert max(waits[1:]) <= 60


# Settings


def test_without_limits_nothing_is_limited(make_app: MakeApp):
    client = client_from(make_app(RATE_LIMITS=False))
    assert set(open_wrong_links(client, 30)) == {404}
    assert {start(client) for _ in range(10)} == {303}
    assert {client.get("/api/bank").status_code for _ in range(10)} == {200}


def test_each_limit_can_be_set(make_app: MakeApp):
    client = client_from(make_app(STARTS_PER_MINUTE=1, WRONG_LINKS_PER_MINUTE=2, API_PER_MINUTE=3))
    assert [start(client) for _ in range(2)] == [303, 429]
    assert open_wrong_links(client, 3) == [404, 404, 429]
    assert [client.get("/api/bank").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_limits_are_on_by_default(monkeypatch, tmp_path: Path):
    monkeypatch.delenv("MANY_HATS_RATE_LIMITS")
    app = create_app(instance=tmp_path / "plain")
    assert app.config["RATE_LIMITS"]
    assert 429 in open_wrong_links(Client(app), 21)


# Which address counts


def test_without_a_proxy_no_header_changes_the_address(limited: App):
    client = client_from(limited)
    for n in range(10):
        headers = {
            "X-Forwarded-For": f"203.0.113.{n}",
            "Forwarded": f"for=203.0.113.{n}",
            "X-Real-IP": f"203.0.113.{n}",
        }
        response = client.get("/api/bank", headers=headers)
    assert response.status_code == 429


def test_without_a_proxy_no_header_changes_the_scheme_of_a_link(limited: App):
    client = client_from(limited)
    owner_path = client.start()
    headers = {"X-Forwarded-Proto": "https"}
    assert "https://localhost" not in client.get(f"{owner_path}/1", headers=headers).text


def test_behind_a_proxy_the_address_that_it_adds_counts(make_app: MakeApp):
    client = client_from(make_app(BEHIND_PROXY=True), "10.0.0.1")

    def status(forwarded: str) -> int:
        return client.get("/api/bank", headers={"X-Forwarded-For": forwarded}).status_code

    assert [status(ADDRESS) for _ in range(3)] == [200, 200, 429]
    assert status(OTHER_ADDRESS) == 200
    assert status(f"{OTHER_ADDRESS}, {ADDRESS}") == 429, "only the last address, which the proxy added, counts"
    assert [status(f"203.0.113.{n}, {OTHER_ADDRESS}") for n in range(3)] == [200, 429, 429]


SPELLINGS = {
    "IPv4": ["192.0.2.7", "192.0.2.7:51234", " 192.0.2.7 ", "::ffff:192.0.2.7", "[::ffff:c000:207]:443", '"192.0.2.7"'],
    "IPv6": ["2001:db8::1", "[2001:db8::1]:443", "[2001:db8::1]", "2001:DB8::1%eth0", "2001:db8:0:0:ffff::2"],
    "malformed": ["unknown", "", "_hidden", "999.1.1.1", "[2001:db8::1", "192.0.2.7:x", "1:2", "::%", "é", "x" * 9000],
}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_every_spelling_of_an_address_counts_as_one(kind):
    assert len({address_block(spelling) for spelling in SPELLINGS[kind]}) == 1
    assert len({address_block(spellings[0]) for spellings in SPELLINGS.values()}) == len(SPELLINGS)


@given(st.text(max_size=40) | st.text('0123456789abcdef:.[]%", ', max_size=40))
def test_whatever_a_proxy_sends_is_an_address_or_unknown(address):
    assert re.fullmatch(r"[0-9.]+|[0-9a-f:]+/64|unknown", address_block(address))


@pytest.mark.parametrize("kind", SPELLINGS)
def test_what_proxies_send_is_read(make_app: MakeApp, kind):
    client = client_from(make_app(BEHIND_PROXY=True, API_PER_MINUTE=1), "10.0.0.1")
    sent = [spelling for spelling in SPELLINGS[kind] if spelling]  # an empty header is none: the proxy’s address counts
    statuses = [client.get("/api/bank", headers={"X-Forwarded-For": text}).status_code for text in sent]
    assert statuses == [200] + [429] * (len(sent) - 1)
    assert client.get("/api/bank", headers={"X-Forwarded-For": ""}).status_code == 200


def test_behind_a_proxy_links_have_the_forwarded_scheme_but_not_the_forwarded_host(make_app: MakeApp):
    app = make_app(BEHIND_PROXY=True)

    @app.get("/home-url")
    def home_url() -> str:
        return app.absolute_url("start.home")

    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": ADDRESS}
    assert client_from(app).get("/home-url", headers=headers).text == "https://localhost/"


@pytest.mark.parametrize(
    "forwarded", ["", "unknown", "_hidden", "::1%eth0", "[2001:db8::1]:80", "x" * 5000, "\xff", "1:2"]
)
def test_any_forwarded_address_is_counted(make_app: MakeApp, forwarded):
    client = client_from(make_app(BEHIND_PROXY=True))
    statuses = [client.get("/api/bank", headers={"X-Forwarded-For": forwarded}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_clients_without_an_address_count_as_one(limited: App):
    client = client_from(limited, "")
    assert [client.get("/api/bank").status_code for _ in range(3)] == [200, 200, 429]


def test_an_ipv6_network_counts_as_one_address():
    assert address_block("2001:db8:1:2::7") == address_block("2001:db8:1:2:ffff::1") != address_block("2001:db8:1:3::7")
    assert address_block("192.0.2.7") != address_block("192.0.2.8")
    assert address_block("::ffff:192.0.2.7") == address_block("192.0.2.7")


def test_addresses_of_static_files_follow_the_root_of_each_request(app: App):
    for n in range(200):
        response = app.test_client().get("/privacy", environ_overrides={"SCRIPT_NAME": f"/{n}"})
        addresses = re.findall(r'(?:href|src)="([^"]*/static/[^"]*)"', response.text)
        assert len(addresses) == 4
        assert all(address.startswith(f"/{n}/static/") for address in addresses)


# No address is stored


def test_no_address_is_logged_or_stored_in_plain_text(make_app: MakeApp, caplog, tmp_path: Path):
    # An address that occurs nowhere else.
    address = ".".join(["203", "0", "113", "77"])
    caplog.set_level(logging.DEBUG)
    client = client_from(make_app(), address)
    open_wrong_links(client)
    start(client)
    [client.get("/api/bank") for _ in range(3)]
    assert address not in caplog.text
    for file in (tmp_path / "limited").iterdir():
        assert address.encode() not in file.read_bytes(), file
    storages = [counts for counts in gc.get_objects() if type(counts).__name__ == "MemoryStorage"]
    assert any(counts.storage for counts in storages)
    assert not [key for counts in storages for key in counts.storage if address in key]


def test_every_process_stores_the_same_address_differently(monkeypatch):
    keys: list[str] = []

    def hit(self: object, limit: object, kind: str, key: str) -> bool:
        keys.append(key)
        return True

    monkeypatch.setattr("limits.strategies.FixedWindowRateLimiter.hit", hit)
    for _ in range(2):
        RateLimiter({"api": 1}).count("api", ADDRESS)
    assert len(set(keys)) == 2
    assert ADDRESS not in keys
