"""The instance that a command works on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from quiz.cli.messages import exit_on

if TYPE_CHECKING:
    from quiz.web.app import App


def create_instance_app(**config: Any) -> App:
    """The app, or an error of one line that says why it cannot start."""
    from quiz import bank, create_app
    from quiz.config import secret_key, settings

    with exit_on(bank.BankError, secret_key.SecretKeyError, settings.SettingError), exit_if_unavailable():
        return create_app(config)


def open_app() -> App:
    """The app of an instance that has been started before, until the command ends; or an error of one line."""
    address, _ = load_settings()
    if isinstance(address, Path) and not address.exists():
        raise click.ClickException(f"{address} does not exist; check MANY_HATS_INSTANCE")
    app = create_instance_app()
    click.get_current_context().call_on_close(app.storage.close)
    return app


def instance_folder() -> Path:
    """The folder of the instance. It may not exist."""
    from flask import Flask

    folder = os.environ.get("MANY_HATS_INSTANCE")
    return Path(Flask("quiz", instance_path=str(Path(folder).resolve()) if folder else None).instance_path)


def load_settings() -> tuple[Path | str, dict[str, Any]]:
    """Where the database of the instance is, and the settings. Creates nothing; an SQLite file may not exist."""
    from quiz.config import settings

    folder = instance_folder()
    with exit_on(settings.SettingError), exit_if_unavailable():
        config = settings.read(folder / "config.py")
    return settings.database_address(folder, config), config


@contextlib.contextmanager
def exit_if_unavailable() -> Iterator[None]:
    """Turn an error of the disk or the database into an error message that names the folder and a way out."""
    from quiz import storage

    try:
        yield
    except storage.UnavailableError as error:
        problem = str(error)
    except BrokenPipeError:
        raise  # click handles it
    except OSError as error:
        problem = f"{error.filename or instance_folder()}: {error.strerror or error}"
        problem += "; use the user that serves the quiz, or set MANY_HATS_INSTANCE to another folder"
    else:
        return
    raise click.ClickException(_instance_problem() or problem)


def _instance_problem() -> str | None:
    """What `quiz doctor` says about the instance folder, if it cannot be used."""
    from quiz.admin import doctor

    checks = doctor.run_checks(instance_folder(), today=today())
    instance = next(check for check in checks if check.subject == "instance")
    return None if instance.ok else instance.detail


def today() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()
