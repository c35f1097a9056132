"""The production server: gunicorn with several processes, configured in Python."""

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

#: How long a client may take to send a request, and how long while all threads are busy.
REQUEST_TIMEOUT_S = 20.0
BUSY_REQUEST_TIMEOUT_S = 2.0


class Server(BaseApplication):
    """gunicorn with an existing app and options from Python, not from its command line."""

    def __init__(self, app: App, options: Mapping[str, Any]) -> None:
        self.app, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> App:
        return self.app


class Worker(ThreadWorker):
    """gunicorn's worker with threads. Its log holds no client address and no path: paths hold private links."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request_starts: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        self._request_starts[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            del self._request_starts[conn]

    def murder_pending(self) -> None:
        """Called by gunicorn once a second: also stop reading requests that are not complete in time.

        gunicorn itself waits without limit for the rest of a request, with one thread for each.
        """
        super().murder_pending()
        timeout = REQUEST_TIMEOUT_S if len(self._request_starts) < self.cfg.threads else BUSY_REQUEST_TIMEOUT_S
        for conn, start in list(self._request_starts.items()):
            if start + timeout < time.monotonic():
                # Only reading ends: a client that has sent everything still gets its answer.
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        super().handle_error(None, client, ("", -1), exc)


def serve(app: App, *, binds: list[str], workers: int, greeting: str) -> None:
    """Serve `app` until the process gets SIGTERM or SIGINT. Prints `greeting` once the server answers.

    Each process has threads, so that it can answer while a browser keeps an idle connection open.
    """

    def print_greeting(server: Any) -> None:
        print(greeting, flush=True)

    def answer_bad_request(error: Exception) -> Any:
        return app.handle_http_exception(BadRequest())

    # gunicorn raises these while it reads a body. Unhandled, they would be logged as our errors, with the content.
    for error_class in (NoMoreData, ParseException):
        app.register_error_handler(error_class, answer_bad_request)
    Server(
        app,
        {
            "bind": binds,
            "workers": workers,
            "worker_class": Worker,
            "threads": 8,
            "preload_app": True,  # an error in the settings stops the server here, not in each worker in a loop
            "control_socket_disable": True,
            "graceful_timeout": 15,
            "timeout": 30,
            "keepalive": 5,
            # Only BEHIND_PROXY decides whether to trust these headers; gunicorn would trust any client on this machine.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "loglevel": "error",  # its warnings quote malformed requests and client addresses
            "accesslog": None,  # paths hold private links
            "when_ready": print_greeting,
        },
    ).run()


def listen_problem(host: str, port: int) -> str | None:
    """Why the server cannot listen there, as the operating system says it, or None if it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror
        except (TypeError, UnicodeError):  # raised for a name that is not ASCII
            return "that is not a host name"
    return None


def lan_address() -> str | None:
    """The IP address of this machine in its local network, or None. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documentation; UDP only selects a route
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address
