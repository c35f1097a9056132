"""Rate limits: on starting, on wrong links and on the API; never on right links, and no address is kept."""

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
from werkzeug.test import TestResponse

from quiz import create_app
from quiz.bank import Bank
from quiz.web import links, rate_limits
from quiz.web.app import App
from quiz.web.rate_limits import RateLimiter, address_block
from tests.checks import assert_private
from tests.clients import Client, Page
from tests.factories import all_answers

FEW = {"STARTS_PER_MINUTE": 3, "WRONG_LINKS_PER_MINUTE": 4, "API_PER_MINUTE": 2}
HERE, THERE = "192.0.2.7", "198.51.100.9"
Make = Callable[..., App]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes an app that limits, as people run it: errors become pages."""

    def made(**config: Any) -> App:
        return create_app({"RATE_LIMITS": True} | FEW | config, instance=tmp_path / "limited")

    return made


@pytest.fixture
def limited(make: Make) -> App:
    return make()


def somebody(app: App, address: str = HERE) -> Client:
    """A visitor from that address."""
    client = Client(app)
    client.test_client.environ_base["REMOTE_ADDR"] = address
    return client


def spent(client: Client, times: int = 10) -> list[int]:
    """The answers to so many links that lead nowhere."""
    return [client.get(f"/r/{links.new_link()}").status_code for _ in range(times)]


def start(client: Client) -> int:
    return client.send("/start", page="/").status_code


def assert_wait(answer: TestResponse) -> None:
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


# Starting


def test_one_address_can_begin_only_so_many_responses_in_a_minute(limited: App):
    client = somebody(limited)
    assert [start(client) for _ in range(5)] == [303, 303, 303, 429, 429]
    assert start(somebody(limited)) == 429, "another browser, the same address"
    assert start(somebody(limited, THERE)) == 303


def test_the_page_says_to_wait_in_the_hand_of_all_others(limited: App):
    client = somebody(limited)
    for _ in range(3):
        start(client)
    answer = client.send("/start", page="/")
    assert_wait(answer)
    assert_private("429", answer)
    assert "A moment, please" in Page.of(answer).text


def test_nothing_is_begun_beyond_the_limit(limited: App, monkeypatch):
    client = somebody(limited)
    for _ in range(3):
        start(client)
    monkeypatch.setattr(type(limited.storage), "create_response", lambda *_, **__: pytest.fail("a response was begun"))
    assert start(client) == 429


def test_taking_it_again_and_making_and_joining_a_team_are_starts_too(limited: App, bank: Bank):
    own = somebody(limited, THERE).take(all_answers(bank, "weekly"))
    for path in (f"{own}/retake", "/teams", f"/j/{links.new_link()}/start"):
        client = somebody(limited, path)
        token = client.token()
        answers = [client.post(path, token | {"seed": "no seed"}) for _ in range(4)]
        assert 429 not in [answer.status_code for answer in answers[:3]], path
        assert_wait(answers[3])


def test_looking_at_the_pages_that_start_something_is_free(limited: App):
    client = somebody(limited)
    assert {client.get(path).status_code for path in ("/", "/teams") for _ in range(10)} == {200}


def test_going_on_with_the_quiz_is_never_limited(limited: App, bank: Bank):
    client = somebody(limited)
    own = client.take(all_answers(bank, "weekly"))
    for _ in range(3):
        start(client)
    spent(client)
    for _ in range(10):
        assert client.send(f"{own}/more", {"title": "x"}).status_code == 303
        assert client.get(own).status_code == 200


def test_every_endpoint_that_is_limited_exists(app: App):
    assert {name for name in rate_limits.START_ENDPOINTS if name not in app.view_functions} == set()
    assert set(app.blueprints) >= rate_limits.API_BLUEPRINTS


# Wrong links


def test_wrong_links_are_limited(limited: App):
    client = somebody(limited)
    assert spent(client, 6) == [404, 404, 404, 404, 429, 429]
    assert spent(somebody(limited, THERE), 4) == [404] * 4
    answer = client.get(f"/r/{links.new_link()}")
    assert_wait(answer)
    assert_private("429", answer)


def test_right_links_go_on_however_many_wrong_ones_came_from_the_same_address(limited: App, bank: Bank):
    client = somebody(limited)
    own = client.take(all_answers(bank, "weekly"))
    assert 429 in spent(client)
    assert [client.get(own).status_code for _ in range(10)] == [200] * 10
    assert client.get(f"{own}.json").status_code == 200


def test_what_is_not_there_behind_a_right_link_is_no_wrong_link(limited: App):
    client = somebody(limited)
    own = client.start()
    assert {client.get(f"{own}/99").status_code for _ in range(10)} == {404}
    assert spent(client, 4) == [404] * 4


@pytest.mark.parametrize("kind", ["/r/{}/1", "/r/{}.csv", "/s/{}", "/j/{}", "/t/{}", "/t/{}/rounds/1.csv"])
def test_wrong_links_of_every_kind_count_together(limited: App, kind):
    client = somebody(limited)
    assert 429 in spent(client)
    assert_wait(client.get(kind.format(links.new_link())))


def test_guesses_that_are_sent_to_a_team_are_wrong_links_too(limited: App):
    client = somebody(limited)
    team = {"name": "Guessed", "kind": "open", "minimum": "5"}
    lead = str(client.send("/teams", team).location)
    join = re.search(r"/j/[\w-]{22}", client.get(lead).text)[0]  # type: ignore[index]

    def bring(client: Client, link: str) -> int:
        return client.send(f"{join}/bring", {"name": "Ada", "link": link}, page=join).status_code

    own = client.start()
    assert {bring(client, "half a lin") for _ in range(6)} == {422}, "no guess, but a slip"
    assert [bring(client, links.new_link()) for _ in range(5)] == [422] * 4 + [429]
    assert spent(client, 1) == [429]
    assert bring(client, own) == 303, "a right one is never limited"


def test_malformed_links_look_like_wrong_ones_still(limited: App):
    client = somebody(limited)
    assert 429 in spent(client)
    wrong, malformed = client.get(f"/r/{links.new_link()}"), client.get("/r/short")
    assert (malformed.status_code, malformed.data) == (wrong.status_code, wrong.data)


def test_sending_to_a_wrong_link_counts(limited: App):
    client = somebody(limited)
    token = client.token()
    sent = [client.post(f"/r/{links.new_link()}/more", token).status_code for _ in range(6)]
    assert sent == [404, 404, 404, 404, 429, 429]


def test_what_is_refused_before_it_is_looked_up_is_not_counted(limited: App):
    client = somebody(limited)
    assert {client.post(f"/r/{links.new_link()}/more").status_code for _ in range(10)} == {403}
    assert spent(client, 4) == [404] * 4


def test_other_addresses_that_lead_nowhere_are_not_counted(limited: App):
    client = somebody(limited)
    for path in ("/favicon.ico", "/nothing", "/static/nothing.css", "/starting"):
        assert {client.get(path).status_code for _ in range(10)} == {404}
    assert spent(client, 4) == [404] * 4


def test_a_program_is_told_so_as_a_problem(limited: App):
    client = somebody(limited)
    assert 429 in spent(client)
    answer = client.get(f"/r/{links.new_link()}.json")
    assert_wait(answer)
    assert answer.mimetype == "application/problem+json"


# The API


def test_the_api_is_limited_and_says_so_as_a_problem(limited: App):
    client = somebody(limited).test_client
    answers = [client.post("/api/score", json={"answers": {}}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert_wait(answers[2])
    assert_private("429", answers[2])
    assert answers[2].mimetype == "application/problem+json"
    assert json.loads(answers[2].data)["status"] == 429
    assert somebody(limited, THERE).get("/api/bank").status_code == 200


def test_who_scores_too_much_can_still_be_watched_over_and_take_the_quiz(limited: App):
    client = somebody(limited)
    assert [client.get("/api/bank").status_code for _ in range(3)] == [200, 200, 429]
    assert [client.get("/health").status_code for _ in range(3)] == [200, 200, 429]
    assert start(client) == 303


# The minute


def test_after_the_time_that_the_answer_names_it_goes_on(limited: App, monkeypatch):
    client = somebody(limited)
    answers = [client.get("/api/bank") for _ in range(3)]
    wait, now = int(answers[2].headers["Retry-After"]), time.time()
    monkeypatch.setattr(time, "time", lambda: now + wait)
    assert client.get("/api/bank").status_code == 200


def test_asking_on_does_not_make_the_wait_longer():
    counts = RateLimiter({"api": 1})
    waits = [counts.count("api", HERE) for _ in range(50)]
    assert waits[0] == 0
    assert max(waits[1:]) <= 60


# Settings


def test_without_limits_nothing_is_limited(make: Make):
    client = somebody(make(RATE_LIMITS=False))
    assert set(spent(client, 30)) == {404}
    assert {start(client) for _ in range(10)} == {303}
    assert {client.get("/api/bank").status_code for _ in range(10)} == {200}


def test_each_limit_can_be_set(make: Make):
    client = somebody(make(STARTS_PER_MINUTE=1, WRONG_LINKS_PER_MINUTE=2, API_PER_MINUTE=3))
    assert [start(client) for _ in range(2)] == [303, 429]
    assert spent(client, 3) == [404, 404, 429]
    assert [client.get("/api/bank").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_people_run_it_with_limits(monkeypatch, tmp_path: Path):
    monkeypatch.delenv("MANY_HATS_RATE_LIMITS")
    app = create_app(instance=tmp_path / "plain")
    assert app.config["RATE_LIMITS"]
    assert 429 in spent(Client(app), 21)


# Whose address counts


def test_without_a_proxy_no_header_changes_whose_address_counts(limited: App):
    client = somebody(limited)
    for n in range(10):
        headers = {
            "X-Forwarded-For": f"203.0.113.{n}",
            "Forwarded": f"for=203.0.113.{n}",
            "X-Real-IP": f"203.0.113.{n}",
        }
        last = client.get("/api/bank", headers=headers)
    assert last.status_code == 429


def test_without_a_proxy_no_header_changes_the_scheme_of_a_link(limited: App):
    client = somebody(limited)
    own = client.start()
    headers = {"X-Forwarded-Proto": "https"}
    assert "https://localhost" not in client.get(f"{own}/1", headers=headers).text


def test_behind_a_proxy_the_address_that_it_adds_counts(make: Make):
    client = somebody(make(BEHIND_PROXY=True), "10.0.0.1")

    def ask(forwarded: str) -> int:
        return client.get("/api/bank", headers={"X-Forwarded-For": forwarded}).status_code

    assert [ask(HERE) for _ in range(3)] == [200, 200, 429]
    assert ask(THERE) == 200
    assert ask(f"{THERE}, {HERE}") == 429, "only what the proxy put last is believed"
    assert [ask(f"203.0.113.{n}, {THERE}") for n in range(3)] == [200, 429, 429]


def test_behind_a_proxy_links_have_its_scheme_and_still_not_its_host(make: Make):
    app = make(BEHIND_PROXY=True)

    @app.get("/made")
    def made() -> str:
        return app.absolute_url("start.home")

    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": HERE}
    assert somebody(app).get("/made", headers=headers).text == "https://localhost/"


@pytest.mark.parametrize(
    "forwarded", ["", "unknown", "_hidden", "::1%eth0", "[2001:db8::1]:80", "x" * 5000, "\xff", "1:2"]
)
def test_whatever_a_proxy_names_the_address_nothing_breaks(make: Make, forwarded):
    client = somebody(make(BEHIND_PROXY=True))
    sent = [client.get("/api/bank", headers={"X-Forwarded-For": forwarded}).status_code for _ in range(3)]
    assert sent == [200, 200, 429]


def test_a_socket_without_addresses_counts_as_one(limited: App):
    client = somebody(limited, "")
    assert [client.get("/api/bank").status_code for _ in range(3)] == [200, 200, 429]


def test_one_household_counts_once():
    assert address_block("2001:db8:1:2::7") == address_block("2001:db8:1:2:ffff::1") != address_block("2001:db8:1:3::7")
    assert address_block("192.0.2.7") != address_block("192.0.2.8")
    assert address_block("::ffff:192.0.2.7") == address_block("192.0.2.7")


def test_addresses_of_static_files_follow_the_root_of_each_request(app: App):
    for n in range(200):
        answer = app.test_client().get("/privacy", environ_overrides={"SCRIPT_NAME": f"/{n}"})
        addresses = re.findall(r'(?:href|src)="([^"]*/static/[^"]*)"', answer.text)
        assert len(addresses) == 4
        assert all(address.startswith(f"/{n}/static/") for address in addresses)


# Nobody's address is kept


def test_no_address_is_logged_or_kept_in_clear(make: Make, caplog, tmp_path: Path):
    # An address that nothing else mentions.
    address = ".".join(["203", "0", "113", "77"])
    caplog.set_level(logging.DEBUG)
    client = somebody(make(), address)
    spent(client)
    start(client)
    [client.get("/api/bank") for _ in range(3)]
    assert address not in caplog.text
    for file in (tmp_path / "limited").iterdir():
        assert address.encode() not in file.read_bytes(), file
    kept = [counts for counts in gc.get_objects() if type(counts).__name__ == "MemoryStorage"]
    assert any(counts.storage for counts in kept)
    assert not [key for counts in kept for key in counts.storage if address in key]


def test_the_same_address_is_kept_differently_by_every_process(monkeypatch):
    seen: list[str] = []

    def hit(self: object, limit: object, kind: str, who: str) -> bool:
        seen.append(who)
        return True

    monkeypatch.setattr("limits.strategies.FixedWindowRateLimiter.hit", hit)
    for _ in range(2):
        RateLimiter({"api": 1}).count("api", HERE)
    assert len(set(seen)) == 2
    assert HERE not in seen
