"""Rate limits: how often one address may create responses and teams, read adverts, open wrong links, and use the API.

Requests are counted per minute, in each process separately and only in its memory. Only a keyed hash of an address is
stored, for that minute; each process creates its own key at start and never passes it on. Several servers count
together in the Redis or Valkey that LIMITS_URL names; the key of their hashes is derived from the secret key, which
they share. While that cannot be reached, each process counts by itself.

The counting is done by `limits`, the library under Flask-Limiter. Flask-Limiter itself decides before a request is
handled, so it would refuse valid links along with wrong ones. Here a link in an address or in a form is counted after
it was looked up and not found. So valid links are never limited, however many people share an address. Links
cannot be guessed because of their 128 random bits; the limit makes attempts visible and slow.

A workshop is many people who start in the same minute behind one address. Whoever has the join link of a team was
invited, so these starts are counted apart from all others: strangers at the same address cannot use up their limit.
"""

from __future__ import annotations

import hashlib
import math
import re
import secrets
import time
from collections.abc import Mapping
from functools import cached_property
from importlib.util import find_spec
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import TooManyRequests

from quiz.config.settings import SettingError

if TYPE_CHECKING:
    from limits import RateLimitItemPerMinute
    from limits.strategies import FixedWindowRateLimiter

    from quiz.web.app import App


class Start(NamedTuple):
    """An endpoint where a POST is limited: the kind of its limit, and the page with its form."""

    kind: str
    form_page: str


#: Seconds that a request waits for the place where servers count together, and for which a process counts by itself
#: after it could not be reached.
SHARED_TIMEOUT_S = 0.5
COUNT_ALONE_S = 10.0

#: Adverts on pages are counted apart from those that programs send.
_ADVERT, _API_ADVERT = "advert", "api advert"
START_ENDPOINTS = {
    "start.begin": Start("start", "start.home"),
    "manage.retake": Start("start", "manage.page"),
    "new_team.create": Start("start", "new_team.create"),
    "join.start": Start("join", "join.page"),
    # Reading an advert creates nothing, but it takes much longer than a page.
    "advert.page": Start(_ADVERT, "advert.page"),
    "own_advert.compare": Start(_ADVERT, "own_advert.compare"),
    "lead_team.needs": Start(_ADVERT, "lead_team.needs"),
    "lead_team.hire": Start(_ADVERT, "lead_team.hire"),
    "member_team.hire": Start(_ADVERT, "member_team.hire"),
}
#: The blueprints for other programs. Each has its own limit, so that a program that scores many people does not use up
#: the limit of a program that monitors the server. Reading adverts has one too, as on pages.
API_BLUEPRINTS = {"api", "health"}

# What proxies send in X-Forwarded-For: an address, with or without a port and quotes.
_ADDRESS_AND_PORT = re.compile(r'"?(?:([0-9.]+)(?::[0-9]+)?|\[([^\]]+)\](?::[0-9]+)?|([0-9A-Fa-f:.]+(?:%.+)?))"?')
#: What all addresses that cannot be read are counted as.
_UNKNOWN = "unknown"


class TooManyStartsError(TooManyRequests):
    """An address created more responses and teams than its limit. The form can be sent again after a wait."""

    def __init__(self, seconds: int, form_page: str) -> None:
        super().__init__(retry_after=seconds)
        self.seconds, self.form_page = seconds, form_page


class RateLimiter:
    """Counts requests by kind and address; `per_minute` is how many of each kind are within the limit.

    With `url`, it counts together with all others that have the same URL and the same `key` of 32 bytes.
    """

    def __init__(self, per_minute: Mapping[str, int], *, url: str = "", key: bytes = b"") -> None:
        self._per_minute = per_minute
        self._key = key or secrets.token_bytes(32)
        self._url = url
        self._count_alone_until = 0.0

    @cached_property
    def _maximums(self) -> dict[str, RateLimitItemPerMinute]:
        # Imported with the first request that is counted: the import takes longer than a page.
        from limits import RateLimitItemPerMinute

        return {kind: RateLimitItemPerMinute(number) for kind, number in self._per_minute.items()}

    @cached_property
    def _own_counter(self) -> FixedWindowRateLimiter:
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        return FixedWindowRateLimiter(MemoryStorage())

    @cached_property
    def _shared_counter(self) -> FixedWindowRateLimiter:
        from limits.storage import RedisStorage
        from limits.strategies import FixedWindowRateLimiter

        url = self._url.replace("valkey", "redis", 1)  # Valkey speaks the same protocol
        timeouts: dict[str, Any] = {"socket_timeout": SHARED_TIMEOUT_S, "socket_connect_timeout": SHARED_TIMEOUT_S}
        return FixedWindowRateLimiter(RedisStorage(url, key_prefix="many-hats", wrap_exceptions=True, **timeouts))

    def count(self, kind: str, address: str) -> int:
        """Count one request of this kind. Gives 0 within the limit, else the seconds until the next one is allowed."""
        if self._url and time.monotonic() >= self._count_alone_until:
            from limits.errors import StorageError

            try:
                return self._count(self._shared_counter, kind, address)
            except StorageError as error:
                self._count_alone_until = time.monotonic() + COUNT_ALONE_S
                cause = type(error.storage_error).__name__  # its text may contain a password
                current_app.logger.warning("LIMITS_URL cannot be reached (%s); counting in this process", cause)
        return self._count(self._own_counter, kind, address)

    def _count(self, counter: FixedWindowRateLimiter, kind: str, address: str) -> int:
        maximum = self._maximums[kind]
        address_hash = hashlib.blake2b(address_block(address).encode(), key=self._key, digest_size=16).hexdigest()
        if counter.hit(maximum, kind, address_hash):
            return 0
        window = counter.get_window_stats(maximum, kind, address_hash)
        return max(1, math.ceil(window.reset_time - time.time()))


def address_block(address: str) -> str:
    """What is counted as one address. For IPv6, the first 64 bits: one household has all addresses with this prefix.

    A proxy may add a port or the name of a network interface, or pass on anything. All that is no address is one block.

    >>> address_block("192.0.2.7:51234"), address_block("[2001:db8::7:1]:443"), address_block("2001:db8::1%eth0")
    ('192.0.2.7', '2001:db8::/64', '2001:db8::/64')
    >>> address_block("::ffff:192.0.2.7"), address_block("unknown"), address_block("")
    ('192.0.2.7', 'unknown', 'unknown')
    """
    match = _ADDRESS_AND_PORT.fullmatch(address.strip())
    if match is None:
        return _UNKNOWN
    text = match[1] or match[2] or match[3]
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return _UNKNOWN
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)


def report_wrong_link() -> None:
    """Count the current request as one with a wrong link: the link was sent in a form."""
    g.wrong_link = True


def check_start() -> None:
    """Count the current request if it creates a response or a team; a TooManyStartsError if that is beyond the limit.

    Addresses with a link call this once the link was found, so that a wrong link is counted as a wrong link only.
    """
    start = START_ENDPOINTS.get(request.endpoint or "") if request.method == "POST" else None
    limiter: RateLimiter | None = current_app.extensions.get("rate_limiter")
    if start and limiter and (seconds := limiter.count(start.kind, request.remote_addr or "")):
        raise TooManyStartsError(seconds, start.form_page)


def init_app(app: App) -> None:
    """Limit the requests to `app`, unless the settings turn it off.

    Raises
    ------
    SettingError
        If LIMITS_URL is set, and the package that it needs is not installed.
    """
    if not app.config["RATE_LIMITS"]:
        return
    url: str = app.config["LIMITS_URL"]
    if url and find_spec("redis") is None:
        raise SettingError("LIMITS_URL needs a further package; install many-hats[redis]")
    limiter = RateLimiter(
        {
            **dict.fromkeys({start.kind for start in START_ENDPOINTS.values()}, app.config["STARTS_PER_MINUTE"]),
            **dict.fromkeys((_ADVERT, _API_ADVERT), app.config["ADVERTS_PER_MINUTE"]),
            "wrong link": app.config["WRONG_LINKS_PER_MINUTE"],
            **dict.fromkeys(API_BLUEPRINTS, app.config["API_PER_MINUTE"]),
        },
        url=url,
        key=hashlib.sha256(b"addresses:" + app.secret_key_bytes).digest() if url else b"",
    )

    app.extensions["rate_limiter"] = limiter

    def count(kind: str) -> int:
        return limiter.count(kind, request.remote_addr or "")

    @app.before_request
    def check_rate_limit() -> None:
        if request.blueprint in API_BLUEPRINTS:
            kind = _API_ADVERT if request.endpoint == "api.read" else request.blueprint
            if seconds := count(kind):
                raise TooManyRequests(retry_after=seconds)
        if request.url_rule and "link" not in request.url_rule.arguments:
            check_start()

    @app.after_request
    def count_wrong_links(response: Response) -> Response:
        # A missing page behind a valid link is not a wrong link.
        link_exists = bool(g.get("record"))
        wrong_address = response.status_code == 404 and request.path.startswith(_link_prefixes(app)) and not link_exists
        is_wrong = wrong_address or g.get("wrong_link")
        if is_wrong and (seconds := count("wrong link")):
            error = TooManyRequests(retry_after=seconds)
            if wrong_address:
                return app.make_response(app.handle_user_exception(error))
            # The page shows the form with everything that was typed, and says that its link is wrong.
            response.status_code = 429
            response.headers.extend(error.get_headers())
        return response


def _link_prefixes(app: Flask) -> tuple[str, ...]:
    """The beginning of every address that contains a link, such as `/r/`."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if "link" in rule.arguments]
    return tuple({rule.partition("<link:")[0] for rule in rules})
