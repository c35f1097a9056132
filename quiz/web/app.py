"""The Flask application with everything that its pages need: the bank, the storage, the forms, the current day."""

from __future__ import annotations

import threading
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, request, url_for
from werkzeug.exceptions import SecurityError
from werkzeug.wsgi import get_host

from quiz.bank import Bank
from quiz.config import host_names, secret_key
from quiz.storage import DRAFT_DAYS, ROUND_TIE_DAYS, Storage, UnavailableError
from quiz.web import links

if TYPE_CHECKING:
    from werkzeug.routing import MapAdapter

    from quiz.scoring import ScoringModel
    from quiz.teams.made_up import TeamExample
    from quiz.teams.round_pages import RoundPage
    from quiz.web.forms import Forms

#: This address answers whatever the host of the request is: a load balancer sends an IP address, or nothing.
HEALTH_PATH = "/health"


class App(Flask):
    """Flask, with the bank, the storage and the forms as attributes. `quiz.create_app` sets them."""

    bank: Bank
    storage: Storage
    forms: Forms
    _last_expiry_check = ""

    @cached_property
    def scoring_model(self) -> ScoringModel:
        """The arrays that scoring needs of the bank; numpy is loaded with the first result, not at start."""
        from quiz.scoring import ScoringModel

        return ScoringModel.from_bank(self.bank)

    @cached_property
    def example_round_page(self) -> RoundPage:
        """The made-up round on the join pages. Computed once: it is the same for every visitor."""
        from quiz.teams.made_up import example_page

        return example_page(self.bank, self.scoring_model)

    @cached_property
    def team_examples(self) -> tuple[TeamExample, ...]:
        """The made-up teams on the page where a team is created. Computed once, as above."""
        from quiz.teams.made_up import team_examples

        return team_examples(self.bank, self.scoring_model)

    def derive_link(self, purpose: str, seed: str) -> str:
        """The link that belongs to `seed` on this instance (see `quiz.web.links.derive_link`)."""
        return links.derive_link(self.secret_key_bytes, purpose, seed)

    @property
    def secret_key_bytes(self) -> bytes:
        """The secret key of this instance, whether it was set as text or as bytes."""
        key = self.config["SECRET_KEY"]
        return key if isinstance(key, bytes) else key.encode()

    @property
    def key_fingerprint(self) -> str:
        """Tells whether the secret key is the same as before (see `quiz.config.secret_key.fingerprint`)."""
        return secret_key.fingerprint(self.secret_key_bytes)

    def expiry_day(self, changed: str) -> str:
        """The day on which a response that was last changed on the day `changed` is deleted."""
        return months_later(changed, self.config["RETENTION_MONTHS"])

    def preload_text_matcher(self) -> None:
        """Load the text matcher in the background, so that it is ready when a result needs it."""
        from quiz.text import matcher

        threading.Thread(target=matcher.matcher_for, args=(self.bank,), daemon=True).start()

    def delete_expired(self) -> None:
        """Delete what is past its retention time, with the first request of each day."""
        today = self.today()
        if self._last_expiry_check == today:
            return
        self._last_expiry_check = today  # set first, so that other threads do not do the same work
        retention_start = months_later(today, -self.config["RETENTION_MONTHS"])
        try:
            expiry = self.storage.delete_expired(
                today,
                responses_before=retention_start,
                teams_before=retention_start,
                rounds_before=days_before(today, ROUND_TIE_DAYS),
                drafts_before=days_before(today, DRAFT_DAYS),
                tombstones_before=days_before(today, self.config["BACKUP_DAYS"]),
            )
        except BaseException as error:
            self._last_expiry_check = ""  # try again with the next request
            if not isinstance(error, UnavailableError):
                raise
            self.logger.error("could not delete expired data: %s", error)
            return
        for table, rows in expiry.noted.items():
            if rows:
                self.logger.info("expiry: overdue rows of %s, which will be deleted in some days: %s", table, rows)
        for table, rows in expiry.deleted.items():
            if rows:
                self.logger.info("expiry: overdue rows of %s, deleted now: %s", table, rows)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Flask’s own method, except for the check of the host: see `quiz.config.host_names.is_trusted`."""
        if request is None:
            return super().create_url_adapter(None)
        if request.path == HEALTH_PATH:
            request.environ["HTTP_HOST"] = "localhost"
        elif not host_names.is_trusted(get_host(request.environ), self.config["TRUSTED_HOSTS"]):
            raise SecurityError
        request.host = get_host(request.environ)
        return self.url_map.bind_to_environ(request.environ)

    def log_exception(self, exc_info: Any) -> None:
        """Log an exception without the address of the request, which may contain a private link."""
        self.logger.error("Exception in %s [%s]", request.endpoint, request.method, exc_info=exc_info)

    def today(self) -> str:
        """The current day in UTC, in the format in which it is stored: `2026-05-31`."""
        now: date = datetime.now(UTC).date()
        return now.isoformat()

    def absolute_url(self, endpoint: str, **values: Any) -> str:
        """The address of an endpoint with scheme and host, to be sent to somebody."""
        parts = urlsplit(self.config["PUBLIC_URL"] or request.host_url)
        return f"{parts.scheme}://{parts.netloc}{url_for(endpoint, **values)}"


def months_later(day: str, months: int) -> str:
    """The day that many months after `day`; the last day of its month if that month is shorter.

    >>> months_later("2026-01-31", 1), months_later("2026-03-15", -12)
    ('2026-02-28', '2025-03-15')
    """
    start = date.fromisoformat(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).isoformat()


def days_before(day: str, days: int) -> str:
    """The day that many days before `day`.

    >>> days_before("2026-03-01", 30)
    '2026-01-30'
    """
    return (date.fromisoformat(day) - timedelta(days)).isoformat()


def days_after(day: str, days: int) -> str:
    """The day that many days after `day`.

    >>> days_after("2026-12-30", 60)
    '2027-02-28'
    """
    return days_before(day, -days)


def current() -> App:
    """The app that handles the current request."""
    return cast(App, current_app)
