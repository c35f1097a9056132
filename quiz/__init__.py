"""Many Hats: asks about daily work and shows which data roles a person combines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quiz.web.app import App


def create_app(config: Mapping[str, Any] | None = None, *, instance: Path | None = None) -> App:
    """The whole web app, ready to serve: settings, key, database, bank, guard and pages, in that order.

    Parameters
    ----------
    config
        Settings that win over every other source (see `quiz.config.settings`).
    instance
        Folder of the database and the key; else `MANY_HATS_INSTANCE`, else Flask's own choice.

    Raises
    ------
    quiz.config.settings.SettingError, quiz.config.secret_key.SecretKeyError, quiz.bank.BankError,
    quiz.storage.UnavailableError
        When it cannot be served as configured; the message says what to mend.
    """
    from quiz import storage
    from quiz.web import rate_limits, security, views
    from quiz.web.app import App

    app = App.configured(config or {}, instance)
    storage.prepare(app.storage.file)
    # Before the first look into the database, which some pages take as soon as their address is read.
    app.url_value_preprocessor(lambda endpoint, values: app.expire())
    security.init_app(app)
    rate_limits.init_app(app)
    views.init_app(app)
    return app
