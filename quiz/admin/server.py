"""The production server: waitress in one process with threads, set up so that one command is enough.

waitress reads requests and writes answers in one loop and runs the app in threads, so connections that send nothing,
read nothing or stay open cost memory and a file descriptor, but no thread. To use several cores, run several
`quiz serve` behind one proxy (see docs/running.md).
"""

from __future__ import annotations

import logging
import signal
import socket
import time
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
from typing import Any

from flask.logging import default_handler
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer

from quiz.exchange import score_request
from quiz.terminal import escape_controls
from quiz.web.app import App

#: Threads that run the app. SQLite has one writer, so more would only wait for each other.
THREADS = 8
#: Seconds without a byte in either direction after which an idle connection is closed.
IDLE_TIMEOUT_S = 20
#: Seconds in which a request must arrive completely.
REQUEST_TIMEOUT_S = 30
#: Seconds for running requests to finish after a stop signal.
STOP_TIMEOUT_S = 15
#: Connections that are held at the same time, unless fewer files may be open.
MAX_CONNECTIONS = 1000
#: Files that the process itself needs: databases, logs, the listening socket.
RESERVED_FILES = 100
#: Bytes added to the app’s own limit, so that the app and not the server answers what is just above it.
SPARE_BODY_BYTES = 1024
#: A form is not larger than this. Only a few larger requests are held at once, because bodies are held in memory.
LARGE_BODY_BYTES = 64 << 10
MAX_LARGE_BODIES = 50
#: Bytes of all headers of a request.
MAX_HEADER_BYTES = 32 << 10
#: Bytes of an answer that are held in memory. Larger answers would go to a temporary file, and answers are personal.
MAX_ANSWER_BYTES = 64 << 20


class RequestParser(HTTPRequestParser):
    """waitress logs the path of a request whose client has disconnected; a malformed request has no path."""

    path = ""


class Channel(HTTPChannel):
    """One connection, which also notes when the request that it is receiving began."""

    parser_class = RequestParser
    request_began: float | None = None

    def received(self, data: bytes) -> bool:
        request, was_large = self.request, self.has_large_body
        result: bool = super().received(data)
        if self.request is None:
            self.request_began = None
        elif self.request is not request:
            self.request_began = time.time()
        if self.has_large_body and not was_large and self.server.large_bodies > MAX_LARGE_BODIES:
            self.will_close = True
        return result

    @property
    def has_large_body(self) -> bool:
        """Whether a request that is being received, or that waits for its answer, holds more than a form."""
        requests = [*self.requests, *([self.request] if self.request else [])]
        return any(request.body_bytes_received > LARGE_BODY_BYTES for request in requests)

    def readable(self) -> bool:
        return not self.server.stopping and bool(super().readable())


class Server(TcpWSGIServer):
    """waitress with a time limit for receiving a request, and a graceful stop."""

    channel_class = Channel
    stopping = False

    def __init__(self, app: App, *, adj: Adjustments) -> None:
        self._marked: list[Channel] = []
        super().__init__(app, adj=adj)

    @property
    def large_bodies(self) -> int:
        """How many connections hold a large body."""
        return sum(channel.has_large_body for channel in self.active_channels.values())

    def maintenance(self, now: float) -> None:
        """Mark idle connections to be closed, and those whose request takes too long to arrive.

        waitress marks a connection only after a time without any byte, so one byte a second would keep it open.
        """
        super().maintenance(now)
        for channel in self.active_channels.values():
            began = channel.request_began
            if began is not None and began < now - REQUEST_TIMEOUT_S and not channel.requests:
                channel.will_close = True
        self._marked = [channel for channel in self.active_channels.values() if channel.will_close]

    def _serve_once(self, wait_s: float) -> None:
        """Handle what has arrived within `wait_s`, then close the connections that were marked.

        waitress itself closes a marked connection when data can be sent, which a client that reads nothing prevents.
        Not within the loop: a new connection could get the number of the closed one, and be taken for it.
        """
        wasyncore.loop(timeout=wait_s, use_poll=True, map=self._map, count=1)
        while self._marked:
            channel = self._marked.pop()
            if channel in self.active_channels.values():
                channel.handle_close()

    def stop(self, *signal_details: Any) -> None:
        """Finish running requests and end; may be called from a signal handler, also more than once."""
        if self.stopping:
            return  # the loop may have ended, and closed what wakes it
        self.stopping = True
        self.pull_trigger()  # wakes the loop

    def run(self) -> None:
        """Serve until `stop` is called, then finish the requests that have arrived."""
        while not self.stopping:
            self._serve_once(1)
        # Stop accepting connections. `Channel.readable` stops reading from the open ones.
        self.del_channel()
        self.socket.close()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while self._is_busy() and time.monotonic() < deadline:
            self._serve_once(0.1)
        self.task_dispatcher.shutdown(timeout=0.5)
        wasyncore.close_all(self._map)

    def _is_busy(self) -> bool:
        """Whether an answer is being made or sent."""
        return any(channel.requests or channel.total_outbufs_len for channel in self.active_channels.values())


def serve(app: App, *, host: str, port: int, greeting: str) -> None:
    """Serve `app` until SIGTERM or SIGINT; `greeting` is printed once it accepts connections.

    Raises
    ------
    OSError
        When nothing can listen on `host` and `port`.
    """
    _keep_addresses_out_of_the_log()
    app.logger.setLevel(logging.INFO)  # what expires is logged too
    max_body_bytes = max(app.config["MAX_CONTENT_LENGTH"], score_request.MAX_BODY_BYTES)
    server = Server(app, adj=adjustments(host, port, max_body_bytes))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.stop)
    print(escape_controls(greeting), flush=True)
    server.run()


def adjustments(host: str, port: int, max_body_bytes: int) -> Adjustments:
    """waitress’s settings; `max_body_bytes` is the largest body that the app accepts."""
    max_body_bytes += SPARE_BODY_BYTES
    return Adjustments(
        listen=http_address(host, port).removeprefix("http://"),
        threads=THREADS,
        connection_limit=connection_limit(),
        # With the default, select(), a file descriptor above 1023 ends the process.
        asyncore_use_poll=True,
        channel_timeout=IDLE_TIMEOUT_S,
        cleanup_interval=2,
        max_request_body_size=max_body_bytes,
        max_request_header_size=MAX_HEADER_BYTES,
        # Neither requests nor answers are written to temporary files.
        inbuf_overflow=max_body_bytes,
        outbuf_overflow=MAX_ANSWER_BYTES,
        outbuf_high_watermark=MAX_ANSWER_BYTES,
        log_socket_errors=False,
        ident=None,
        # The app itself decides by the setting BEHIND_PROXY whether these headers count.
        clear_untrusted_proxy_headers=False,
    )


def connection_limit() -> int:
    """How many connections may be open at once, given how many files this process may open."""
    soft_limit, _ = getrlimit(RLIMIT_NOFILE)
    if soft_limit == RLIM_INFINITY:
        return MAX_CONNECTIONS
    return max(10, min(MAX_CONNECTIONS, soft_limit - RESERVED_FILES))


class _WithoutDetails(logging.Filter):
    """Removes what waitress writes into log records: paths, which hold private links, and connection details."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = "a connection or request failed in the server", ()
        return True


def _keep_addresses_out_of_the_log() -> None:
    logger = logging.getLogger("waitress")
    logger.setLevel(logging.ERROR)
    logger.addFilter(_WithoutDetails())
    logger.addHandler(default_handler)
    logging.getLogger("waitress.queue").setLevel(logging.CRITICAL)


def listen_problem(host: str, port: int) -> str | None:
    """Why nothing can listen on this address, in the operating system’s words, or None when it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror
        except (TypeError, UnicodeError):  # a name that cannot be written in ASCII
            return "that is not a host name"
    return None


def http_address(host: str, port: int) -> str:
    """The address of the start page; an IPv6 address gets the brackets that it needs there.

    >>> http_address("127.0.0.1", 8000), http_address("::1", 8000)
    ('http://127.0.0.1:8000', 'http://[::1]:8000')
    """
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


#: An address for documentation of each kind, IPv4 first. Nothing is sent to them.
_FAR_ADDRESSES = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
#: Addresses that no other machine can reach, or only with the name of a network interface, which browsers refuse.
_LOCAL_PREFIXES = ("127.", "::1", "fe80:")


def lan_address() -> str | None:
    """This machine’s address in its local network, IPv4 if it has one, or None. Nothing is sent to find it."""
    for family, far_address in _FAR_ADDRESSES:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((far_address, 9))  # connecting UDP only chooses a route
                address = str(probe.getsockname()[0])
        except OSError:
            continue
        if not address.startswith(_LOCAL_PREFIXES):
            return address
    return None
