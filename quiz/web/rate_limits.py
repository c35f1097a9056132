"""Rate limits: how often one address may create responses and teams, open links that do not exist, and use the API.

Requests are counted per minute, in each process separately and only in its memory. Only a keyed hash of an address is
stored, for that minute; each process creates its own key at start and never passes it on.

The counting is done by `limits`, the library under Flask-Limiter. Flask-Limiter itself decides before a request is
handled, so it would refuse valid links along with wrong ones. Here a link in an address or in a form is counted after
it was looked up and not found. So valid links are never limited, however many people share an address. Links
cannot be guessed because of their 128 random bits; the limit makes attempts visible and slow.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from collections.abc import Mapping
from functools import cached_property
from ipaddress import IPv6Address, ip_network
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from werkzeug.exceptions import TooManyRequests

if TYPE_CHECKING:
    from limits import RateLimitItemPerMinute
    from limits.strategies import FixedWindowRateLimiter

#: The endpoints where a POST request creates a response or a team.
START_ENDPOINTS = {"start.begin", "manage.retake", "new_team.create", "join.start"}
#: The blueprints for other programs. Each has its own limit, so that a program that scores many people does not use up
#: the limit of a program that monitors the server.
API_BLUEPRINTS = {"api", "health"}


class RateLimiter:
    """Counts requests by kind and address; `per_minute` is how many of each kind are within the limit."""

    def __init__(self, per_minute: Mapping[str, int]) -> None:
        self._per_minute = per_minute
        self._key = secrets.token_bytes(32)

    @cached_property
    def _counter(self) -> tuple[FixedWindowRateLimiter, dict[str, RateLimitItemPerMinute]]:
        # Imported with the first request that is counted: the import takes longer than a page.
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        maximums = {kind: RateLimitItemPerMinute(number) for kind, number in self._per_minute.items()}
        return FixedWindowRateLimiter(MemoryStorage()), maximums

    def count(self, kind: str, address: str) -> int:
        """Count one request of this kind. Gives 0 within the limit, else the seconds until the next one is allowed."""
        counter, maximums = self._counter
        address_hash = hashlib.blake2b(address_block(address).encode(), key=self._key, digest_size=16).hexdigest()
        if counter.hit(maximums[kind], kind, address_hash):
            return 0
        window = counter.get_window_stats(maximums[kind], kind, address_hash)
        return max(1, math.ceil(window.reset_time - time.time()))


def address_block(address: str) -> str:
    """What is counted as one address. For IPv6, the first 64 bits: one household has all addresses with this prefix.

    >>> address_block("192.0.2.7"), address_block("2001:db8::7:1")
    ('192.0.2.7', '2001:db8::/64')
    >>> address_block("::ffff:192.0.2.7"), address_block("unknown")
    ('192.0.2.7', 'unknown')
    """
    if ":" not in address:
        return address
    try:
        ipv6 = IPv6Address(address.partition("%")[0])
    except ValueError:  # a proxy may pass on anything
        return address
    return str(ipv6.ipv4_mapped or ip_network((ipv6, 64), strict=False))


def report_wrong_link() -> None:
    """Count the current request as one with a wrong link: the link was sent in a form."""
    g.wrong_link = True


def init_app(app: Flask) -> None:
    """Limit the requests to `app`, unless the settings turn it off."""
    if not app.config["RATE_LIMITS"]:
        return
    limiter = RateLimiter(
        {
            "start": app.config["STARTS_PER_MINUTE"],
            "wrong link": app.config["WRONG_LINKS_PER_MINUTE"],
            **dict.fromkeys(API_BLUEPRINTS, app.config["API_PER_MINUTE"]),
        }
    )

    def count(kind: str) -> int:
        return limiter.count(kind, request.remote_addr or "")

    @app.before_request
    def check_rate_limit() -> None:
        kind = request.blueprint if request.blueprint in API_BLUEPRINTS else None
        if request.method == "POST" and request.endpoint in START_ENDPOINTS:
            kind = "start"
        if kind and (seconds := count(kind)):
            raise TooManyRequests(retry_after=seconds)

    @app.after_request
    def count_wrong_links(response: Response) -> Response:
        # A missing page behind a valid link is not a wrong link.
        link_exists = bool(g.get("record"))
        wrong_address = response.status_code == 404 and request.path.startswith(_link_prefixes(app)) and not link_exists
        if (wrong_address or g.get("wrong_link")) and (seconds := count("wrong link")):
            return app.make_response(app.handle_user_exception(TooManyRequests(retry_after=seconds)))
        return response


def _link_prefixes(app: Flask) -> tuple[str, ...]:
    """The beginning of every address that contains a link, such as `/r/`."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if "link" in rule.arguments]
    return tuple({rule.partition("<link:")[0] for rule in rules})
