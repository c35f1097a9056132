"""The Flask application with what its pages need: the bank, the storage, the forms, the day."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, current_app, request, url_for
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined

from quiz import paths, secret, settings
from quiz.bank import Bank, load
from quiz.forms import Forms
from quiz.storage import Storage

if TYPE_CHECKING:
    from quiz.scoring import Scheme


class App(Flask):
    """Flask, with the parts of the house as attributes."""

    bank: Bank
    storage: Storage
    forms: Forms

    @classmethod
    def configured(cls, config: Mapping[str, Any], instance: Path | None) -> App:
        """An app with its settings, key and bank read; nothing is served or written yet but the key."""
        place = instance or os.environ.get(f"{settings.PREFIX}INSTANCE") or None
        app = cls(
            "quiz",
            instance_path=str(Path(place).resolve()) if place else None,
            template_folder=str(paths.shipped("templates")),
        )
        folder = Path(app.instance_path)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        app.config.update(settings.read(folder / "config.py") | dict(config))
        app.config["TRUSTED_HOSTS"] = [*app.config["TRUSTED_HOSTS"], *settings.hosts_of(app.config["URL"])]
        app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or secret.read_or_make(folder / "secret.key")
        if app.config["URL"].startswith("https://"):
            # A browser refuses a cookie of this name from plain HTTP or from another host of the same domain.
            app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-session")
        bank = Path(app.config["BANK"]) if app.config["BANK"] else paths.shipped("questions")
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
    def scheme(self) -> Scheme:
        """What scoring needs to know of the bank; numpy is loaded with the first result, not at start."""
        from quiz.scoring import Scheme

        return Scheme.of(self.bank)

    def today(self) -> str:
        """The day, as it is kept with a response."""
        now: date = datetime.now(UTC).date()
        return now.isoformat()

    def address(self, endpoint: str, **values: Any) -> str:
        """A whole address that can be sent to somebody."""
        base = self.config["URL"] or request.url_root
        return cast(str, base.rstrip("/") + url_for(endpoint, **values))


def current() -> App:
    """The app that answers the present request."""
    return cast(App, current_app)
