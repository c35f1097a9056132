"""Serving on gunicorn: a production server with several processes, set up so that one command is enough."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Mapping
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.exceptions import BadRequest

from quiz.web.app import App

#: Seconds in which a request has to be there as a whole; and while every thread waits for one.
PATIENCE, HURRIED = 20.0, 2.0


class Server(BaseApplication):
    """gunicorn around a ready app, told everything in Python instead of by its own command line."""

    def __init__(self, app: App, options: Mapping[str, Any]) -> None:
        self.app, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> App:
        return self.app


class Worker(ThreadWorker):
    """gunicorn's worker with threads, whose log says neither who asked nor for what: addresses hold private links."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begun: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        self._begun[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            del self._begun[conn]

    def murder_pending(self) -> None:
        """What gunicorn does once a second; and who has not sent all of a request in time is listened to no longer.

        gunicorn itself waits for the rest of a request as long as the visitor likes, with a thread for each.
        """
        super().murder_pending()
        patience = PATIENCE if len(self._begun) < self.cfg.threads else HURRIED
        for conn, begun in list(self._begun.items()):
            if begun + patience < time.monotonic():
                # Whoever has sent all still gets the answer: only the reading ends.
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        super().handle_error(None, client, ("", -1), exc)


def serve(app: App, *, binds: list[str], workers: int, greeting: str) -> None:
    """Serve `app` until it is told to stop; `greeting` is printed once it answers.

    Threads inside each process keep it answering while a browser holds a connection open without using it.
    """

    def ready(server: Any) -> None:
        print(greeting, flush=True)

    def broken(error: Exception) -> Any:
        return app.handle_http_exception(BadRequest())

    # What gunicorn raises while a body is read; left alone, it would be a mistake of ours, logged with what was sent.
    for kind in (NoMoreData, ParseException):
        app.register_error_handler(kind, broken)
    Server(
        app,
        {
            "bind": binds,
            "workers": workers,
            "worker_class": Worker,
            "threads": 8,
            "preload_app": True,  # a mistake in the settings stops it here, not in every worker again and again
            "control_socket_disable": True,
            "graceful_timeout": 15,
            "timeout": 30,
            "keepalive": 5,
            # Whom to believe is for BEHIND_PROXY alone to say; gunicorn would believe whoever asks from this machine.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "loglevel": "error",  # its warnings quote broken requests, and who sent them
            "accesslog": None,  # addresses hold private links
            "when_ready": ready,
        },
    ).run()


def refusal(host: str, port: int) -> str | None:
    """Why nothing can listen there, in the system's words, or None where all is well."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror
        except (TypeError, UnicodeError):  # from a name that cannot be written in ASCII
            return "that is no host name"
    return None


def lan_address() -> str | None:
    """This machine's address in its local network, or None. Nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address; UDP only chooses a route
        except OSError:
            return None
        found = str(probe.getsockname()[0])
    return None if found.startswith("127.") else found
