"""The Flask application with what its pages need: the bank, the storage, the forms, the day."""

from __future__ import annotations

import os
import threading
from calendar import monthrange
from collections.abc import Mapping, MutableMapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, current_app, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from quiz.bank import Bank, load
from quiz.config import paths, secret_key, settings
from quiz.storage import Storage, UnavailableError, create_folder
from quiz.web import links
from quiz.web.forms import Forms

if TYPE_CHECKING:
    from quiz.scoring import ScoringModel


class Templates(Environment):
    """Flask's templates, which all share one dict of globals."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        # Jinja chains a dict of its own before them for each template, and walks that chain at every page and import.
        return self.globals if not d else super().make_globals(d)


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, whose key is prepared once and not for every request."""

    get_signing_serializer = lru_cache(1)(SecureCookieSessionInterface.get_signing_serializer)


class App(Flask):
    """Flask, with the parts of the house as attributes."""

    jinja_environment = Templates
    session_interface = Sessions()
    bank: Bank
    storage: Storage
    forms: Forms
    _expired = ""

    @classmethod
    def configured(cls, config: Mapping[str, Any], instance: Path | None) -> App:
        """An app with its settings, key and bank read; nothing is served or written yet but the key."""
        place = instance or os.environ.get(f"{settings.PREFIX}INSTANCE") or None
        app = cls(
            "quiz",
            instance_path=str(Path(place).resolve()) if place else None,
            static_folder="web/static",
            static_url_path="/static",
            template_folder=str(paths.project_folder("templates")),
        )
        folder = Path(app.instance_path)
        create_folder(folder)
        app.config.update(settings.read(folder / "config.py") | dict(config))
        app.config["TRUSTED_HOSTS"] = [*app.config["TRUSTED_HOSTS"], *settings.hosts_of(app.config["PUBLIC_URL"])]
        app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or secret_key.load_or_create(folder / "secret.key")
        if app.config["PUBLIC_URL"].startswith("https://"):
            # A browser refuses a cookie of this name from plain HTTP or from another host of the same domain.
            app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-session")
        if app.config["BEHIND_PROXY"]:
            # What one proxy adds is believed, and nothing that the visitor wrote before it.
            app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
        bank = Path(app.config["QUESTION_BANK"]) if app.config["QUESTION_BANK"] else paths.project_folder("questions")
        app.bank = load(bank)
        app.forms = Forms(app.bank)
        app.storage = Storage(folder / app.config["DATABASE"])
        app.jinja_env.undefined = StrictUndefined
        app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
        # Role marks are drawn into pages from the bank's folder.
        app.jinja_env.loader = ChoiceLoader(
            [cast(Any, app.jinja_env.loader), PrefixLoader({"bank": FileSystemLoader(bank)})]
        )
        return app

    @cached_property
    def scoring_model(self) -> ScoringModel:
        """What scoring needs to know of the bank; numpy is loaded with the first result, not at start."""
        from quiz.scoring import ScoringModel

        return ScoringModel.from_bank(self.bank)

    def derive(self, purpose: str, seed: str) -> str:
        """The link that belongs to `seed` on this instance (see `quiz.web.links.derive`)."""
        key = self.config["SECRET_KEY"]
        return links.derive(key if isinstance(key, bytes) else key.encode(), purpose, seed)

    def expiry(self, changed: str) -> str:
        """The day on which a response that was last changed on the day `changed` is deleted."""
        return months_later(changed, self.config["RETENTION_MONTHS"])

    def warm(self) -> None:
        """Load what reads free text in the background: by the time a result is asked for, it is there."""
        from quiz.text import matcher

        threading.Thread(target=matcher.of, args=(self.bank,), daemon=True).start()

    def expire(self) -> None:
        """Erase what has outlived its time, with the first request of each day."""
        today = self.today()
        if self._expired == today:
            return
        self._expired = today  # before the work: other threads need not do it too
        try:
            gone = self.storage.delete_expired(
                months_later(today, -self.config["RETENTION_MONTHS"]),
                tombstones_before=days_before(today, self.config["BACKUP_DAYS"]),
            )
        except BaseException as error:
            self._expired = ""  # whatever went wrong: it is still to be done
            if not isinstance(error, UnavailableError):
                raise
            self.logger.error("could not erase expired responses: %s", error)
        else:
            if gone:
                self.logger.info("erased %s expired responses", gone)

    def log_exception(self, exc_info: Any) -> None:
        """Note a mistake of ours without its address, which may hold a private link."""
        self.logger.error("Exception in %s [%s]", request.endpoint, request.method, exc_info=exc_info)

    def today(self) -> str:
        """The day, as it is kept with a response."""
        now: date = datetime.now(UTC).date()
        return now.isoformat()

    def address(self, endpoint: str, **values: Any) -> str:
        """A whole address that can be sent to somebody."""
        base = self.config["PUBLIC_URL"] or request.url_root
        return cast(str, base.rstrip("/") + url_for(endpoint, **values))


def months_later(day: str, months: int) -> str:
    """The day so many months after `day`, the last of its month where that month is shorter.

    >>> months_later("2026-01-31", 1), months_later("2026-03-15", -12)
    ('2026-02-28', '2025-03-15')
    """
    start = date.fromisoformat(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).isoformat()


def days_before(day: str, days: int) -> str:
    """The day so many days before `day`.

    >>> days_before("2026-03-01", 30)
    '2026-01-30'
    """
    return (date.fromisoformat(day) - timedelta(days)).isoformat()


def current() -> App:
    """The app that answers the present request."""
    return cast(App, current_app)
