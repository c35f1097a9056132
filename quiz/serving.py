"""Serving on gunicorn: a production server with several processes, set up so that one command is enough."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from quiz.app import App


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

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        super().handle_error(None, client, ("", -1), exc)


def serve(app: App, *, binds: list[str], workers: int, greeting: str) -> None:
    """Serve `app` until it is told to stop; `greeting` is printed once it answers.

    Threads inside each process keep it answering while a browser holds a connection open without using it.
    """

    def ready(server: Any) -> None:
        print(greeting, flush=True)

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
