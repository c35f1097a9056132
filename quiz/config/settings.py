"""Every setting, with its default and one line of help that docs are made from.

A value comes from the environment (`MANY_HATS_<NAME>`), else from `config.py` in the instance folder, else from here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from quiz.config.secret_key import MIN_KEY_BYTES

PREFIX = "MANY_HATS_"
DAY = 24 * 60 * 60
#: A hundred years and ten: with more, days would be reckoned back to before the calendar.
MAX_RETENTION_MONTHS = 1200
MAX_BACKUP_DAYS = 3650


class SettingError(Exception):
    """A setting whose value cannot be used; the message names it, where it came from and the mend."""


def _anything(value: Any) -> None:
    """Every value of the right type will do."""


@dataclass(frozen=True)
class Setting:
    """One setting. `parse` turns text from the environment into its value; `check` refuses what cannot be used.

    Both say how to mend it with a ValueError.
    """

    name: str
    default: Any
    help: str
    parse: Callable[[str], Any] = str
    check: Callable[[Any], object] = _anything


def hosts_of(url: str) -> list[str]:
    """The host name in a URL, as a list that is empty for an empty URL."""
    host = urlsplit(url).hostname
    return [f"[{host}]" if ":" in host else host] if host else []


def web_address(text: str) -> str:
    """`text`, if it is empty or the whole web address of a host; else a ValueError says what to write."""
    try:
        parts = urlsplit(text)
        start = f"{parts.scheme}://{parts.netloc}"
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # from a port or a bracket that cannot be
        sound = False
    # What the parser mends on its way (capitals, spaces), or whom to log in as, would stand in every link.
    if text and not (sound and text.startswith(start) and not re.search(r"[\s@\\]", start)):
        raise ValueError("write the whole address, such as https://hats.example.org")
    if text and text.removeprefix(start).strip("/"):
        raise ValueError("write it without what follows the host, the quiz has its address for itself")
    return text


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # also from a number that is too long to be one
        return 0  # which no number may be: the check says how far they go


def _counts(number: int) -> None:
    if number < 1:
        raise ValueError("use a whole number, 1 or more")


def _up_to(most: int) -> Callable[[int], None]:
    def check(number: int) -> None:
        if not 1 <= number <= most:
            raise ValueError(f"use a whole number from 1 to {most}")

    return check


def _hosts(text: str) -> list[str]:
    return text.split()


def _names(hosts: list[Any]) -> None:
    if not all(isinstance(host, str) for host in hosts):
        raise ValueError("write host names in quotes, with commas between")


def _yes(text: str) -> bool:
    if text.lower() not in {"0", "1", "no", "yes", "false", "true"}:
        raise ValueError("use yes or no")
    return text.lower() in {"1", "yes", "true"}


def _file_name(text: str) -> None:
    if text in {"", ".", ".."} or "/" in text:
        raise ValueError("write a file name alone, such as many-hats.db")


def _strong(key: str | bytes) -> None:
    if 0 < len(key) < MIN_KEY_BYTES:
        raise ValueError(f"use {MIN_KEY_BYTES} characters or more, or none for a key file")


SETTINGS = (
    Setting("OPERATOR", "", "Who runs this: a name that people taking the quiz know."),
    Setting("PURPOSE", "", "Why it is run, in one sentence."),
    Setting("CONTACT", "", "An e-mail address or web address for questions about what is kept."),
    Setting(
        "RETENTION_MONTHS",
        12,
        "Months after its last change at which a response is deleted.",
        _number,
        _up_to(MAX_RETENTION_MONTHS),
    ),
    Setting(
        "BACKUP_DAYS",
        30,
        "Days that a backup is good for: so long it is known what was deleted since.",
        _number,
        _up_to(MAX_BACKUP_DAYS),
    ),
    Setting(
        "PUBLIC_URL",
        "",
        "The address people use, such as https://hats.example.org; links are made with it.",
        check=web_address,
    ),
    Setting(
        "TRUSTED_HOSTS", ["localhost", "127.0.0.1"], "Host names answered to, with spaces between.", _hosts, _names
    ),
    Setting("BEHIND_PROXY", False, "Yes where one proxy in front sets X-Forwarded-For and X-Forwarded-Proto.", _yes),
    Setting("RATE_LIMITS", True, "Yes limits how often one address may do what the next three lines say.", _yes),
    Setting("STARTS_PER_MINUTE", 60, "Responses and teams that one address may begin in a minute.", _number, _counts),
    Setting(
        "WRONG_LINKS_PER_MINUTE", 20, "Links that lead nowhere that one address may open in a minute.", _number, _counts
    ),
    Setting("API_PER_MINUTE", 60, "Requests to the API from one address in a minute.", _number, _counts),
    Setting("QUESTION_BANK", "", "Folder of another question bank; empty for the one that is shipped."),
    Setting("DATABASE", "many-hats.db", "File name of the database, inside the instance folder.", check=_file_name),
    Setting(
        "SECRET_KEY",
        "",
        "Signs cookies; empty for a key file that is made in the instance folder at first start.",
        check=_strong,
    ),
)

#: Flask's own settings that this project fixes: limits on what one request may carry, and safe cookies.
FLASK_SETTINGS = {
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
    SettingError
        For a value that cannot be used or a name in `config_file` that no setting has.
    """
    values = {setting.name: setting.default for setting in SETTINGS} | FLASK_SETTINGS
    values |= _from_file(config_file, values)
    for setting in SETTINGS:
        text = environ.get(PREFIX + setting.name)
        if text is None:
            continue
        try:
            values[setting.name] = setting.parse(text)
            setting.check(values[setting.name])
        except ValueError as error:
            shown = _shown(setting, text)
            raise SettingError(f"{PREFIX}{setting.name}={shown} in the environment: {error}") from None
    return values


def _shown(setting: Setting, value: object) -> str:
    """A value that is no good, as a message tells it: not at any length, and the key not at all."""
    return "…" if setting.name == "SECRET_KEY" else f"{value!r:.60}"


def _from_file(file: Path, known: Mapping[str, Any]) -> dict[str, Any]:
    if not file.exists():
        return {}
    space: dict[str, Any] = {}
    try:
        # Some editors begin a file with a mark, which `utf-8-sig` passes over.
        exec(compile(file.read_text(encoding="utf-8-sig"), str(file), "exec"), space)  # noqa: S102 - the operator's own
    except SystemExit as error:
        raise SettingError(f"{file} cannot be read: it ends the program; leave that out") from error
    except Exception as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise SettingError(f"{file} cannot be read: {why}") from error
    chosen = {name: value for name, value in space.items() if name.isupper()}
    for name, value in chosen.items():
        if name not in known:
            raise SettingError(f"{file}: unknown setting {name}; known are {', '.join(sorted(known))}")
        # A host name in the place of a list would be taken for a list of letters.
        if type(value) is not type(known[name]) and not (name == "SECRET_KEY" and isinstance(value, bytes)):
            raise SettingError(f"{file}: {name} is {type(value).__name__}; use {type(known[name]).__name__}")
    for setting in SETTINGS:
        try:
            setting.check(chosen.get(setting.name, setting.default))
        except ValueError as error:
            raise SettingError(f"{file}: {setting.name} is {_shown(setting, chosen[setting.name])}; {error}") from None
    return chosen
