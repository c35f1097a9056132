"""Two servers behind nginx lose one server and then the primary database: nothing that was acknowledged is lost."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from quiz.bank import Bank
from quiz.storage import Storage
from quiz.web import links
from tests import postgresql
from tests.clients import HttpClient, ServedApp, free_port
from tests.factories import page_answers
from tests.running.programs import needs_linux
from tests.running.proxy import start_nginx

pytestmark = [pytest.mark.server, pytest.mark.slow, needs_linux]

#: Seconds of sending, and when the server and the primary are killed.
DURATION_S, KILL_SERVER_AT_S, KILL_PRIMARY_AT_S = 60, 15, 30
CLIENTS = 4
#: Each client pauses after a page, so that the test does not depend on how fast the machine is.
PAUSE_S = 0.05
NGINX = """
    upstream many_hats {{ {servers} }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://many_hats;
            proxy_set_header Host $host;
            proxy_read_timeout 15s;
        }}
    }}
"""


@dataclass
class Ledger:
    """What the clients sent: each acknowledged page of answers with its owner link, and when."""

    acknowledged: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)


def send_pages(port: int, bank: Bank, ledger: Ledger) -> None:
    """Start quizzes and send their first pages until the ledger says stop."""
    while not ledger.stop.wait(PAUSE_S):
        client = HttpClient(port)
        try:
            path = client.start()
            for number in range(1, len(bank.pages) + 1):
                page = path.rsplit("/", 1)[0] + f"/{number}"
                answers = page_answers(bank, number, "weekly")
                status, _, _ = client.send(page, answers, page=page)
                if status == 303:
                    ledger.acknowledged.append((time.monotonic(), path.split("/")[2], answers))
                else:
                    ledger.failures[f"status {status}"] += 1
                    time.sleep(0.5)
        except (OSError, AssertionError) as error:
            ledger.failures[type(error).__name__] += 1
            time.sleep(0.5)


def make_standby(primary: postgresql.Server, port: int) -> postgresql.Server:
    """A synchronous standby of a running primary."""
    standby = postgresql.Server(postgresql.new_folder(), {"listen_addresses": "127.0.0.1", "port": str(port)})
    source = f"host={primary.folder} port={primary.options['port']} user=postgres application_name=standby"
    standby.run(
        "pg_basebackup", "--pgdata", str(standby.data), "--write-recovery-conf", "--checkpoint=fast", "--dbname", source
    )
    standby.start()
    primary.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
    primary.execute("SELECT pg_reload_conf()")
    deadline = time.monotonic() + 30
    while primary.execute("SELECT sync_state FROM pg_stat_replication") != [("sync",)]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return standby


def start_server(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> ServedApp:
    monkeypatch.setenv("MANY_HATS_DATABASE_URL", url)
    monkeypatch.setenv("MANY_HATS_SECRET_KEY", "the same key for both servers....")
    server = ServedApp(folder)
    server.start()
    return server


def test_a_lost_server_and_a_lost_primary_lose_no_acknowledged_answer(tmp_path, bank, monkeypatch, capsys):
    ports = free_port(), free_port()
    with ExitStack() as stack:
        primary = stack.enter_context(postgresql.new_server(listen_addresses="127.0.0.1", port=str(ports[0])))
        standby = make_standby(primary, ports[1])
        stack.callback(standby.remove)
        url = f"postgresql://postgres@127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}/{postgresql.DATABASE}"
        servers = [start_server(tmp_path / f"server {number}", url, monkeypatch) for number in range(2)]
        for server in servers:
            stack.callback(kill, server.process)
        proxy_port = free_port()
        upstream = " ".join(f"server 127.0.0.1:{server.port};" for server in servers)
        stack.callback(kill, start_nginx(tmp_path, proxy_port, NGINX.format(port=proxy_port, servers=upstream)))
        ledger, began = Ledger(), time.monotonic()
        clients = [threading.Thread(target=send_pages, args=(proxy_port, bank, ledger)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            wait_until(began + KILL_SERVER_AT_S)
            kill(servers[0].process)
            wait_until(began + KILL_PRIMARY_AT_S)
            primary.stop(signal.SIGQUIT)
            standby.execute("SELECT pg_promote()")
            promoted = time.monotonic()
            wait_until(began + DURATION_S)
        finally:
            ledger.stop.set()
            for client in clients:
                client.join(60)
        lost = count_lost(standby.url(), ledger)
    with capsys.disabled():
        print(f"\n{describe(ledger)}; acknowledged answers lost: {lost}")
    assert lost == 0
    assert len(ledger.acknowledged) > 100
    assert ledger.acknowledged[-1][0] > promoted, "it goes on after the standby was promoted"


def kill(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None:
        process.kill()
        process.wait(30)


def wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def count_lost(url: str, ledger: Ledger) -> int:
    """How many acknowledged pages are not in the database at `url`."""
    lost = 0
    with closing(Storage(url)) as database:
        for _, link, answers in ledger.acknowledged:
            response = database.load_response(links.hash_link(link))
            lost += response is None or not answers.items() <= response.answers.items()
    return lost


def describe(ledger: Ledger) -> str:
    times = sorted(moment for moment, _, _ in ledger.acknowledged)
    longest = max(after - before for before, after in pairwise(times))
    failures = ", ".join(f"{name}: {number}" for name, number in sorted(ledger.failures.items())) or "none"
    return f"pages acknowledged: {len(times)}; errors: {failures}; longest time without saving: {longest:.1f} s"


def test_a_standby_is_not_written_to(tmp_path):
    """The servers use the host that accepts writes, whichever is first in the URL."""
    ports = free_port(), free_port()
    with postgresql.new_server(listen_addresses="127.0.0.1", port=str(ports[0])) as primary, ExitStack() as stack:
        standby = make_standby(primary, ports[1])
        stack.callback(standby.remove)
        url = f"postgresql://postgres@127.0.0.1:{ports[1]},127.0.0.1:{ports[0]}/{postgresql.DATABASE}"
        with closing(Storage(url)) as database:
            database.engine.prepare()
            assert database.is_empty()
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            standby.execute("DELETE FROM response")
