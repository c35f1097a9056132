"""Every setting, with its default and one line of help that docs are made from.

A value comes from the environment (`MANY_HATS_<NAME>`), else from `config.py` in the instance folder, else from here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from quiz.secret import LENGTH

PREFIX = "MANY_HATS_"
DAY = 24 * 60 * 60


class BadSetting(Exception):
    """A setting whose value cannot be used; the message names it, where it came from and the mend."""


@dataclass(frozen=True)
class Setting:
    """One setting. `parse` turns text from the environment into its value."""

    name: str
    default: Any
    help: str
    parse: Callable[[str], Any] = str


def hosts_of(url: str) -> list[str]:
    """The host name in a URL, as a list that is empty for an empty URL."""
    host = urlsplit(url).hostname
    return [f"[{host}]" if ":" in host else host] if host else []


def web_address(text: str) -> str:
    """`text`, if it is empty or a whole web address; else a ValueError says what to write."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # from a port or a bracket that cannot be
        sound = False
    if text and not sound:
        raise ValueError("write the whole address, such as https://hats.example.org")
    return text


def _hosts(text: str) -> list[str]:
    return text.split()


def _yes(text: str) -> bool:
    if text.lower() not in {"0", "1", "no", "yes", "false", "true"}:
        raise ValueError("use yes or no")
    return text.lower() in {"1", "yes", "true"}


SETTINGS = (
    Setting("OPERATOR", "", "Who runs this: a name that people taking the quiz know."),
    Setting("PURPOSE", "", "Why it is run, in one sentence."),
    Setting("CONTACT", "", "An e-mail address or web address for questions about what is kept."),
    Setting("KEEP_MONTHS", 12, "Months after its last change at which a response is deleted.", int),
    Setting("BACKUP_DAYS", 30, "Days that a backup is good for: so long it is known what was deleted since.", int),
    Setting(
        "URL", "", "The address people use, such as https://hats.example.org; links are made with it.", web_address
    ),
    Setting("TRUSTED_HOSTS", ["localhost", "127.0.0.1"], "Host names answered to, with spaces between.", _hosts),
    Setting("BEHIND_PROXY", False, "Yes where one proxy in front sets X-Forwarded-For and X-Forwarded-Proto.", _yes),
    Setting("RATE_LIMITS", True, "Yes limits how often one address may do what the next three lines say.", _yes),
    Setting("STARTS_PER_MINUTE", 60, "Responses and teams that one address may begin in a minute.", int),
    Setting("WRONG_LINKS_PER_MINUTE", 20, "Links that lead nowhere that one address may open in a minute.", int),
    Setting("API_PER_MINUTE", 60, "Requests to the API from one address in a minute.", int),
    Setting("BANK", "", "Folder of another question bank; empty for the one that is shipped."),
    Setting("DATABASE", "many-hats.db", "File name of the database, inside the instance folder."),
    Setting(
        "SECRET_KEY", "", "Signs cookies; empty for a key file that is made in the instance folder at first start."
    ),
)

#: Flask's own settings that this project fixes: limits on what one request may carry, and safe cookies.
FIXED = {
    "MAX_CONTENT_LENGTH": 64 * 1024,
    "MAX_FORM_MEMORY_SIZE": 64 * 1024,
    "MAX_FORM_PARTS": 100,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SEND_FILE_MAX_AGE_DEFAULT": 365 * DAY,
}


def read(config_file: Path, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings by name, from `config_file` (a Python file, if it is there) and the environment.

    Raises
    ------
    BadSetting
        For a value that cannot be parsed or a name in `config_file` that no setting has.
    """
    values = {setting.name: setting.default for setting in SETTINGS} | FIXED
    values |= _from_file(config_file, values)
    for setting in SETTINGS:
        text = environ.get(PREFIX + setting.name)
        if text is None:
            continue
        try:
            values[setting.name] = setting.parse(text)
        except ValueError as error:
            raise BadSetting(f"{PREFIX}{setting.name}={text!r} in the environment: {error}") from None
    for setting in SETTINGS:
        if setting.parse is int and values[setting.name] < 1:
            raise BadSetting(f"{setting.name} is {values[setting.name]!r}; use a whole number, 1 or more")
    try:
        web_address(values["URL"])
    except ValueError as error:
        raise BadSetting(f"URL is {values['URL']!r}; {error}") from None
    if 0 < len(values["SECRET_KEY"]) < LENGTH:
        raise BadSetting(f"SECRET_KEY is too short; use {LENGTH} characters or more, or none for a key file")
    return values


def _from_file(file: Path, known: Mapping[str, Any]) -> dict[str, Any]:
    if not file.exists():
        return {}
    space: dict[str, Any] = {}
    try:
        exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), space)  # noqa: S102 - the operator's own file
    except Exception as error:
        raise BadSetting(f"{file} cannot be read: {error}") from error
    chosen = {name: value for name, value in space.items() if name.isupper()}
    for name, value in chosen.items():
        if name not in known:
            raise BadSetting(f"{file}: unknown setting {name}; known are {', '.join(sorted(known))}")
        # A host name in the place of a list would be taken for a list of letters.
        if not isinstance(value, type(known[name])) and not (name == "SECRET_KEY" and isinstance(value, bytes)):
            raise BadSetting(f"{file}: {name} is {type(value).__name__}; use {type(known[name]).__name__}")
    return chosen
