"""A reload of `quiz serve` under load: all processes are replaced, and no request fails."""

from __future__ import annotations

import http.client
import os
import signal
import threading
from typing import Any

import pytest

from quiz.bank import Bank
from quiz.storage import Storage
from quiz.web import links
from tests.clients import TIMEOUT_S, HttpClient

RELOADS = 10


class Load:
    """Threads that take the quiz again and again. `errors` holds unexpected answers, `saved` what was acknowledged."""

    def __init__(self, port: int, bank: Bank, threads: int) -> None:
        self.port, self.bank = port, bank
        self.requests = 0
        self.errors: list[str] = []
        self.saved: dict[str, set[str]] = {}
        self._stop = threading.Event()
        self._change = threading.Condition()
        self._threads = [threading.Thread(target=self._take) for _ in range(threads)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(TIMEOUT_S)

    def wait_for(self, more: int) -> None:
        """Wait until `more` further requests were answered."""
        with self._change:
            wanted = self.requests + more
            assert self._change.wait_for(lambda: self.requests >= wanted or self.errors, TIMEOUT_S), "no more answers"

    def _take(self) -> None:
        while not self._stop.is_set() and not self.errors:
            try:
                self._once(HttpClient(self.port))
            except (OSError, http.client.HTTPException, AssertionError) as error:
                self.errors.append(repr(error))

    def _once(self, browser: HttpClient) -> None:
        to = self._sent(browser, "/start", {}, page="/")
        for page in self.bank.pages:
            answers = {item.id: "weekly" for item in page}
            own, to = to, self._sent(browser, to, answers, page=to)
            self.saved.setdefault(links.hash_link(own.split("/")[2]), set()).update(answers)
            if self._stop.is_set():
                return

    def _sent(self, browser: HttpClient, path: str, fields: dict[str, str], *, page: str) -> str:
        status, to, text = browser.send(path, fields, page=page)
        assert status == 303, f"{path}: {status}: {text[:200]}"
        with self._change:
            self.requests += 2  # the page, and the form on it
            self._change.notify_all()
        return to


@pytest.mark.slow
def test_a_reload_under_load_loses_no_request_and_no_answer(served: Any, bank: Bank, monkeypatch):
    monkeypatch.setenv("MANY_HATS_RATE_LIMITS", "no")
    server = served("--workers", "2")
    server.start()
    with Load(server.port, bank, threads=3) as load:
        for _ in range(RELOADS):
            load.wait_for(20)
            before = set(server.workers)
            os.kill(server.pid, signal.SIGHUP)
            while before & set(server.workers) and not load.errors:
                load.wait_for(1)
        load.wait_for(60)
    print(f"{RELOADS} reloads, {load.requests} requests, {len(load.errors)} errors")
    assert load.errors == []
    assert server.stop() == 0
    assert "Traceback" not in server.output.read_text()
    storage = Storage(server.instance / "many-hats.db")
    lost = {
        owner for owner, ids in load.saved.items() if set(getattr(storage.load_response(owner), "answers", ())) < ids
    }
    storage.close()
    assert load.saved
    assert lost == set()
