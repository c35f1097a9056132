"""`quiz serve` as it is run: a real server in a process of its own, asked over HTTP, and killed in the middle."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from quiz import create_app
from quiz.admin import server as production
from quiz.cli import main
from quiz.storage import Storage
from quiz.storage.health import integrity_problems
from quiz.web import links
from quiz.web.app import App
from tests.checks import sqlite_connection, stored_rows
from tests.clients import TIMEOUT_S, HttpClient, free_port
from tests.factories import start_response

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.mark.server
def test_the_server_answers_and_makes_links_with_its_address(served):
    server = served()
    server.start()
    own = f"http://127.0.0.1:{server.port}"
    assert server.output.read_text() == f"Many Hats is at {own}  (stop it with Ctrl+C)\n"
    browser = HttpClient(server.port)
    first = browser.start()
    link = f"{own}{first.rsplit('/', 1)[0]}"
    assert link in browser.request("GET", first)[2]


@pytest.mark.server
def test_links_are_made_with_the_url_that_people_use(served):
    server = served("--url", "https://hats.example.org")
    server.start()
    assert "https://hats.example.org" in server.output.read_text()
    browser = HttpClient(server.port)
    first = browser.start()
    page = browser.request("GET", first)[2]
    assert f"https://hats.example.org{first.rsplit('/', 1)[0]}" in page
    assert f"127.0.0.1:{server.port}" not in page
    assert browser.request("GET", "/", Host="hats.example.org")[0] == 200


@pytest.mark.server
def test_an_unknown_host_name_is_refused(served):
    server = served()
    server.start()
    status, _, page = HttpClient(server.port).request("GET", "/", Host="evil.example")
    assert status == 400
    assert "evil.example" not in page
    assert HttpClient(server.port).request("GET", "/", Host="localhost")[0] == 200


@pytest.mark.server
def test_health_answers_a_request_without_a_host(served):
    server = served()
    server.start()
    statuses = []
    for path in ("/health", "/"):
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT_S) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            statuses.append(connection.recv(100).split()[1])
    assert statuses == [b"200", b"400"]


@pytest.mark.server
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_address_is_served_and_printed_with_brackets(served, host):
    if production.listen_problem("::1", free_port()):
        pytest.skip("this machine has no IPv6")
    server = served("--host", host)
    server.start()
    own = f"http://[::1]:{server.port}"
    assert server.output.read_text() == f"Many Hats is at {own}  (stop it with Ctrl+C)\n"
    browser = HttpClient(server.port, "::1")
    first = browser.start()
    assert f"{own}{first.rsplit('/', 1)[0]}" in browser.request("GET", first)[2]


@pytest.mark.server
def test_the_server_logs_what_expires(served):
    server = served()
    database = create_app(instance=server.instance).storage
    start_response(database, day="2001-01-01")
    database.close()
    server.start()
    assert HttpClient(server.port).request("GET", "/")[0] == 200
    assert "expiry: overdue rows of response, which will be deleted in some days: 1" in server.output.read_text()


@pytest.mark.server
def test_sigterm_ends_the_server_also_with_an_idle_connection(served):
    server = served()
    server.start()
    holding = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT_S)
    try:
        holding.request("GET", "/")
        assert holding.getresponse().read()
        began = time.monotonic()
        assert server.stop() == 0
        print(f"ended after {time.monotonic() - began:.1f} s")
    finally:
        holding.close()
    assert "Traceback" not in server.output.read_text()


@pytest.fixture
def on_the_lan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[App, str, list[str]]]:
    """Runs `quiz serve --lan` up to where it would listen; gives the app, its greeting and where it would listen."""
    begun: list[tuple[App, str, list[str]]] = []
    monkeypatch.setenv("MANY_HATS_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setattr(production, "lan_address", lambda: "192.0.2.2")
    monkeypatch.setattr(
        production, "serve", lambda app, *, host, port, greeting: begun.append((app, greeting, [f"{host}:{port}"]))
    )

    def serve(*options: str) -> tuple[App, str, list[str]]:
        run = CliRunner().invoke(main, ["serve", "--lan", "--port", str(free_port()), *options])
        assert run.exit_code == 0, run.output
        return begun.pop()

    return serve


def test_with_lan_links_begin_with_the_address_in_the_local_network(on_the_lan):
    app, greeting, binds = on_the_lan()
    assert app.config["PUBLIC_URL"].startswith("http://192.0.2.2:")
    assert app.config["PUBLIC_URL"] in greeting
    assert "192.0.2.2" in app.config["TRUSTED_HOSTS"]
    assert binds[0].startswith("0.0.0.0:")


def test_with_lan_an_ipv6_address_is_used_if_there_is_no_other(on_the_lan, monkeypatch):
    monkeypatch.setattr(production, "lan_address", lambda: "2001:db8::7")
    monkeypatch.setattr(production, "listen_problem", lambda host, port: None)
    app, greeting, binds = on_the_lan("--port", "8123")
    assert app.config["PUBLIC_URL"] == "http://[2001:db8::7]:8123"
    assert "http://[2001:db8::7]:8123 " in greeting
    assert "[2001:db8::7]" in app.config["TRUSTED_HOSTS"]
    assert binds == [":::8123"]


class FakeSocket:
    """A UDP socket on a machine with these own addresses, by family."""

    def __init__(self, addresses: dict[int, str], family: int) -> None:
        self.addresses, self.family = addresses, family

    def __enter__(self) -> FakeSocket:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def connect(self, address: tuple[str, int]) -> None:
        if self.family not in self.addresses:
            raise OSError("no route")

    def getsockname(self) -> tuple[str, int]:
        return self.addresses[self.family], 9


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "expected"),
    [
        ("192.0.2.2", "2001:db8::7", "192.0.2.2"),
        ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("", "fd00::7", "fd00::7"),
        ("", "fe80::7", None),
        ("127.0.0.1", "::1", None),
        ("", "", None),
    ],
)
def test_the_lan_address_is_one_that_other_machines_can_open(monkeypatch, ipv4, ipv6, expected):
    addresses = {socket.AF_INET: ipv4, socket.AF_INET6: ipv6}
    known = {int(family): own for family, own in addresses.items() if own}
    monkeypatch.setattr(socket, "socket", lambda family, kind: FakeSocket(known, family))
    assert production.lan_address() == expected


@pytest.mark.parametrize("by", ["option", "environment", "file"])
def test_with_lan_a_configured_url_is_kept(on_the_lan, tmp_path, monkeypatch, by):
    chosen = "http://hats.example.org"
    if by == "environment":
        monkeypatch.setenv("MANY_HATS_PUBLIC_URL", chosen)
    if by == "file":
        (tmp_path / "instance").mkdir(mode=0o700)
        (tmp_path / "instance" / "config.py").write_text(f"PUBLIC_URL = {chosen!r}\n")
    app, greeting, _ = on_the_lan(*(["--url", chosen] if by == "option" else []))
    assert app.config["PUBLIC_URL"] == chosen
    assert chosen in greeting
    assert {"hats.example.org", "192.0.2.2"} <= set(app.config["TRUSTED_HOSTS"])


LINK = "A" * 22
BROKEN = {
    "no spaces": f"GET/r/{LINK}\r\n\r\n",
    "no version": f"GET /r/{LINK}\r\n\r\n",
    "another version": f"GET /r/{LINK} HTTP/{LINK}\r\n\r\n",
    "another method": f"G=T /r/{LINK} HTTP/1.1\r\n\r\n",
    "a strange header": f"GET / HTTP/1.1\r\nHost: localhost\r\n/r/{LINK} : 1\r\n\r\n",
    "a long address": f"GET /r/{LINK}{'a' * 9000} HTTP/1.1\r\n\r\n",
    "a false length": f"POST /r/{LINK}/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LINK}\r\n\r\n",
}


@pytest.mark.server
def test_malformed_requests_leave_no_address_and_no_link_in_the_log(served):
    server = served()
    server.start()
    refused = {}
    for name, broken in BROKEN.items():
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT_S) as connection:
            connection.sendall(broken.encode())
            refused[name] = connection.recv(100).split()[1]
    assert server.stop() == 0
    assert all(status.startswith(b"4") for status in refused.values()), refused
    assert server.output.read_text() == f"Many Hats is at http://127.0.0.1:{server.port}  (stop it with Ctrl+C)\n"


BROKEN_BODIES = {
    "no size": f"/r/{LINK}\r\n0\r\n\r\n",
    "no end of a part": f"3\r\nabc/r/{LINK}\r\n0\r\n\r\n",
    "a broken extension": f"3;/r/{LINK}\r\nabc\r\n0\r\n\r\n",
}


@pytest.mark.server
def test_malformed_bodies_are_refused_with_a_page_and_not_logged(served):
    server = served()
    server.start()
    head = "POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    refused = {}
    for name, body in BROKEN_BODIES.items():
        with socket.create_connection(("127.0.0.1", server.port), TIMEOUT_S) as connection:
            connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n{body}".encode())
            refused[name] = connection.recv(100).split()[1]
    with socket.create_connection(("127.0.0.1", server.port), TIMEOUT_S) as connection:
        connection.sendall(f"{head}Content-Length: 1000\r\n\r\n/r/{LINK}".encode())
        connection.shutdown(socket.SHUT_WR)
        incomplete = connection.recv(100)
    assert server.stop() == 0
    assert set(refused.values()) == {b"400"}, refused
    assert incomplete == b""  # the connection is closed without an answer
    assert server.output.read_text() == f"Many Hats is at http://127.0.0.1:{server.port}  (stop it with Ctrl+C)\n"


@pytest.mark.server
@pytest.mark.parametrize(("proxy", "scheme"), [("no", "http"), ("yes", "https")])
def test_proxy_headers_are_trusted_only_with_the_setting(served, monkeypatch, proxy, scheme):
    monkeypatch.setenv("MANY_HATS_BEHIND_PROXY", proxy)
    monkeypatch.setenv("MANY_HATS_TRUSTED_HOSTS", "hats.lan")
    server = served()
    server.start()
    browser = HttpClient(server.port)
    first = browser.start()
    headers = {"Host": "hats.lan", "X-Forwarded-Proto": "https", "SCRIPT_NAME": first[:2]}
    status, _, page = browser.request("GET", first, None, **headers)
    assert status == 200
    assert re.findall(r"(https?)://hats\.lan/r/", page)[:1] == [scheme]


@pytest.mark.server
def test_two_servers_on_one_instance_serve_the_same_people(served):
    first_server, second_server = served(), served()
    second_server.instance = first_server.instance
    first_server.start()
    second_server.start()
    browser = HttpClient(first_server.port)
    page = browser.start()
    browser.request("GET", page)
    browser.port = second_server.port
    # The other server knows the response, and accepts the session and its token.
    assert browser.request("POST", page, {**browser.hidden, "skip_unanswered": "y"})[0] == 303
    browser.port = first_server.port
    assert browser.request("GET", page.replace("/1", "/2"))[0] == 200


@pytest.mark.server
def test_data_is_there_after_a_restart(served):
    server = served()
    server.start()
    browser = HttpClient(server.port)
    first = browser.start()
    assert server.stop() == 0
    server.start()
    # The session is still good too: the key stayed the same.
    assert browser.request("POST", first, {**browser.hidden, "skip_unanswered": "y"})[0] == 303


@pytest.mark.server
def test_a_used_port_is_an_error_of_one_line(served, tmp_path):
    server = served()
    with socket.socket() as other:
        other.bind(("127.0.0.1", server.port))
        other.listen()
        run = subprocess.run(server.command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        f"Error: cannot listen on 127.0.0.1 port {server.port}: Address already in use; choose with --host and --port\n"
    )


def test_listening_is_possible_only_on_an_address_of_this_machine():
    assert "assign" in (production.listen_problem("192.0.2.1", free_port()) or "")
    assert production.listen_problem("no.such.name.invalid", free_port())
    assert production.listen_problem("ü" * 70, free_port()) == "that is not a host name"
    assert production.listen_problem("127.0.0.1", free_port()) is None


# Killed in the middle


class Ledger:
    """What the server acknowledged: the answers of every page that was answered with a 303, by owner."""

    def __init__(self) -> None:
        self.pages: list[tuple[str, dict[str, str]]] = []
        self.wrong: list[str] = []
        self.stop = threading.Event()
        self._change = threading.Condition()

    def note(self, owner: str, answers: dict[str, str]) -> None:
        with self._change:
            self.pages.append((owner, answers))
            self._change.notify_all()

    def wait_for(self, more: int) -> None:
        """Until `more` further pages were acknowledged."""
        with self._change:
            wanted = len(self.pages) + more
            assert self._change.wait_for(lambda: len(self.pages) >= wanted or self.wrong, TIMEOUT_S), "no more pages"


def client(port: int, bank: Any, ledger: Ledger, seed: int) -> None:
    """Takes the quiz again and again, sending every page until it is acknowledged, as a patient person would.

    All answers of a page are the same, so that half a page would show.
    """
    chance, browser = random.Random(seed), HttpClient(port)

    def until_acknowledged(path: str, fields: dict[str, str], *, page: str) -> str:
        while not ledger.stop.is_set():
            try:
                status, to, text = browser.send(path, fields, page=page)
            except (OSError, http.client.HTTPException):
                ledger.stop.wait(0.02)  # the server is down: not so fast
                continue
            if status == 303:
                return to
            if status < 500:
                ledger.wrong.append(f"{path}: {status}: {text[:200]}")
                ledger.stop.set()
        return ""

    while not ledger.stop.is_set():
        to = until_acknowledged("/start", {}, page="/")
        for page in bank.pages:
            answers = {item.id: chance.choice(list(bank.option)) for item in page[:1]}
            answers = dict.fromkeys([item.id for item in page], next(iter(answers.values())))
            following = until_acknowledged(to, answers, page=to)
            if following:
                ledger.note(links.hash_link(to.split("/")[2]), answers)
            to = following


@pytest.mark.server
@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=pytest.mark.slow)])
def test_no_acknowledged_page_is_lost_when_processes_are_killed(served, bank, kills):
    server, ledger, chance = served(), Ledger(), random.Random(5)
    server.start()
    clients = [threading.Thread(target=client, args=(server.port, bank, ledger, seed)) for seed in range(4)]
    for one in clients:
        one.start()
    try:
        for _ in range(kills):
            ledger.wait_for(chance.randint(3, 12))
            os.kill(server.pid, signal.SIGKILL)
            server.process.wait(TIMEOUT_S)
            server.start()
        ledger.wait_for(8)
    finally:
        ledger.stop.set()
        for one in clients:
            one.join(TIMEOUT_S)
    assert ledger.wrong == []
    assert server.stop() == 0

    database = Storage(server.instance / "many-hats.db")
    owners = [row["owner_hash"] for row in stored_rows(database, "response")]
    assert integrity_problems(sqlite_connection(database)) == []
    responses = {owner: database.load_response(owner) for owner in owners}
    database.close()
    answers = {owner: response.answers for owner, response in responses.items() if response}
    lost = [page for owner, page in ledger.pages if not page.items() <= answers.get(owner, {}).items()]
    pages = [[given.get(item.id) for item in page] for given in answers.values() for page in bank.pages]
    half = [page for page in pages if len(set(page)) > 1]
    print(f"{kills} kills: {len(ledger.pages)} acknowledged, {len(lost)} lost, {len(half)} half")
    assert (lost, half) == ([], [])
