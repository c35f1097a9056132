"""Many Hats: asks about daily work and shows which data roles a person combines."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quiz.web.app import App


def create_app(config: Mapping[str, Any] | None = None, *, instance: Path | None = None) -> App:
    """The whole web app, ready to serve.

    Parameters
    ----------
    config
        Settings that take precedence over every other source (see `quiz.config.settings`).
    instance
        Folder of the database and the key; else `MANY_HATS_INSTANCE`, else Flask's own choice.

    Raises
    ------
    quiz.config.settings.SettingError, quiz.config.secret_key.SecretKeyError, quiz.bank.BankError,
    quiz.storage.UnavailableError
        If the app cannot start with this configuration; the message contains a hint.
    """
    from flask.logging import default_handler
    from werkzeug.middleware.proxy_fix import ProxyFix

    from quiz import bank, storage
    from quiz.config import paths, secret_key, settings
    from quiz.storage.instance import start_lock
    from quiz.terminal import LogFormatter
    from quiz.web import form_limits, link_redirects, path_prefix, rate_limits, security, stylesheet, templating, views
    from quiz.web.app import App
    from quiz.web.forms import Forms

    # The instance folder
    instance_path = instance or os.environ.get(f"{settings.PREFIX}INSTANCE") or None
    app = App(
        "quiz",
        instance_path=str(Path(instance_path).resolve()) if instance_path else None,
        static_folder="web/static",
        static_url_path="/static",
        template_folder=str(paths.project_folder("templates")),
    )
    default_handler.setFormatter(LogFormatter())
    folder = Path(app.instance_path)
    storage.create_folder(folder)

    # Settings
    app.config.update(settings.read(folder / "config.py"))
    app.config.update(config or {})
    public_url = app.config["PUBLIC_URL"]
    app.config["TRUSTED_HOSTS"] = [*app.config["TRUSTED_HOSTS"], *settings.hosts_of(public_url)]
    key_file = None if app.config["SECRET_KEY"] else folder / "secret.key"
    if key_file:
        with start_lock(folder):
            app.config["SECRET_KEY"] = secret_key.load_or_create(key_file)
    path = path_prefix.path_of(public_url)
    app.config["SESSION_COOKIE_PATH"] = path or "/"
    if public_url.startswith("https://"):
        # A browser refuses a cookie with these names from plain HTTP, and `__Host-` from another host of the same
        # domain or with a path.
        name = "__Secure-session" if path else "__Host-session"
        app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME=name)
    if app.config["BEHIND_PROXY"]:
        # Trust only what our own proxy adds to these headers, not what the visitor sent.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]

    # The question bank and its forms
    bank_folder = Path(app.config["QUESTION_BANK"] or paths.project_folder("questions"))
    app.bank = bank.load(bank_folder)
    app.forms = Forms(app.bank)
    form_limits.init_app(app)

    # The database
    app.storage = storage.Storage(settings.database_address(folder, app.config))
    app.storage.engine.prepare()
    for warning in _start_warnings(app, folder, key_file):
        app.logger.warning("%s", warning)
    # Flask runs this before the functions that load the response or the team of a link.
    app.url_value_preprocessor(lambda endpoint, values: app.delete_expired())

    # Security and pages
    security.init_app(app)
    rate_limits.init_app(app)
    link_redirects.init_app(app)
    templating.init_app(app, bank_folder)
    stylesheet.init_app(app)
    views.init_app(app)
    path_prefix.init_app(app)
    return app


def _start_warnings(app: App, folder: Path, key_file: Path | None) -> list[str]:
    """What the operator should change, a sentence each: a key that its group can read, open files, another key."""
    from quiz.config import file_modes, secret_key

    warnings = []
    if key_file and (warning := secret_key.group_warning(key_file)):
        warnings.append(warning)
    if open_path := next(file_modes.open_paths(folder), None):
        warnings.append(open_path.detail)
    if not app.storage.is_same_key(app.key_fingerprint):
        warnings.append(secret_key.CHANGED)
    app.storage.close()  # a process that is forked from this one must not use the connection
    return warnings
