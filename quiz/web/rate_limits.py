"""Rate limits: how often one address may begin something, try links that lead nowhere, and ask the API.

Counted by the minute, in each process by itself and only in its memory. Of an address only a keyed hash is kept, for
that minute; the key is made with the process and never leaves it.

The counting is the library's under Flask-Limiter. Flask-Limiter itself decides before a request is answered, and would
shut out right links along with wrong ones; here a wrong link is counted once it has turned out to be wrong, in an
address or in a form. So right links are never limited, however many people share an address. What keeps links from
being guessed is their 128 random bits; the limit keeps whoever tries all the same from going unnoticed and for free.
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

#: The endpoints that begin a response or a team when something is sent to them.
STARTING = {"start.begin", "manage.retake", "new_team.create", "join.start"}
#: The blueprints for other programs, each with a limit of its own: who watches the server must not be shut out by who
#: scores with it.
PROGRAMS = {"api", "health"}


class Limits:
    """Counts requests by kind and address; `per_minute` says how many of each kind are within the limit."""

    def __init__(self, per_minute: Mapping[str, int]) -> None:
        self._per_minute = per_minute
        self._key = secrets.token_bytes(32)

    @cached_property
    def _counts(self) -> tuple[FixedWindowRateLimiter, dict[str, RateLimitItemPerMinute]]:
        # Imported with the first request that counts: it takes longer than a page does.
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        most = {kind: RateLimitItemPerMinute(number) for kind, number in self._per_minute.items()}
        return FixedWindowRateLimiter(MemoryStorage()), most

    def wait(self, kind: str, address: str) -> int:
        """Count one more request of this kind; gives 0 within the limit, else the seconds until it may be repeated."""
        counts, most = self._counts
        who = hashlib.blake2b(household(address).encode(), key=self._key, digest_size=16).hexdigest()
        if counts.hit(most[kind], kind, who):
            return 0
        return max(1, math.ceil(counts.get_window_stats(most[kind], kind, who).reset_time - time.time()))


def household(address: str) -> str:
    """What counts as one address: of IPv6 the first 64 bits, since one household has all that begin with them.

    >>> household("192.0.2.7"), household("2001:db8::7:1"), household("::ffff:192.0.2.7"), household("unknown")
    ('192.0.2.7', '2001:db8::/64', '192.0.2.7', 'unknown')
    """
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address.partition("%")[0])
    except ValueError:  # whatever a proxy makes of it
        return address
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def wrong_link() -> None:
    """Let the present request count as a wrong link: somebody sent one in a form."""
    g.wrong_link = True


def init_app(app: Flask) -> None:
    """Limit what `app` answers, unless the settings say not to."""
    if not app.config["RATE_LIMITS"]:
        return
    limits = Limits(
        {
            "start": app.config["STARTS_PER_MINUTE"],
            "wrong link": app.config["WRONG_LINKS_PER_MINUTE"],
            **dict.fromkeys(PROGRAMS, app.config["API_PER_MINUTE"]),
        }
    )

    def wait(kind: str) -> int:
        return limits.wait(kind, request.remote_addr or "")

    @app.before_request
    def slow_down() -> None:
        kind = request.blueprint if request.blueprint in PROGRAMS else None
        if request.method == "POST" and request.endpoint in STARTING:
            kind = "start"
        if kind and (seconds := wait(kind)):
            raise TooManyRequests(retry_after=seconds)

    @app.after_request
    def count_wrong_links(response: Response) -> Response:
        # Behind a right link there is something, even where one of its pages is not there.
        wrong = response.status_code == 404 and request.path.startswith(_link_places(app)) and not g.get("record")
        if (wrong or g.get("wrong_link")) and (seconds := wait("wrong link")):
            return app.make_response(app.handle_user_exception(TooManyRequests(retry_after=seconds)))
        return response


def _link_places(app: Flask) -> tuple[str, ...]:
    """How every address begins that holds a link, right or malformed."""
    return tuple({rule.rule.partition("<link:")[0] for rule in app.url_map.iter_rules() if "link" in rule.arguments})
