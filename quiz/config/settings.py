"""All settings, each with its default and one line of help that the documentation repeats.

A value comes from the environment (`MANY_HATS_<NAME>`), else from `config.py` in the instance folder, else from
`SETTINGS`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from quiz.config.host_names import normalize_host
from quiz.config.secret_key import MIN_KEY_BYTES

PREFIX = "MANY_HATS_"
DAY_S = 24 * 60 * 60
#: 100 years and 10 years. With larger values, a day before year 1 would be computed, which `date` cannot represent.
MAX_RETENTION_MONTHS = 1200
MAX_BACKUP_DAYS = 3650


class SettingError(Exception):
    """A setting has an invalid value; the message names the setting, where the value comes from, and a hint."""


def _accept(value: Any) -> None:
    """Accept every value of the right type."""


@dataclass(frozen=True)
class Setting:
    """One setting. `parse` turns text from the environment into a value; `check` rejects invalid values.

    Both raise ValueError with a hint.
    """

    name: str
    default: Any
    help: str
    parse: Callable[[str], Any] = str
    check: Callable[[Any], object] = _accept


def hosts_of(url: str) -> list[str]:
    """The host in a URL in the form of `normalize_host`, as a list that is empty for an empty URL."""
    host = (urlsplit(url).hostname or "").partition("%")[0]  # browsers send no network interface after the "%"
    return [normalize_host(f"[{host}]" if ":" in host else host)] if host else []


def check_url(text: str) -> str:
    """`text`, if it is empty or the URL of a host, or of a path there. Otherwise a ValueError says what to write."""
    try:
        parts = urlsplit(text)
        start = f"{parts.scheme}://{parts.netloc}"
        is_url = parts.scheme in {"http", "https"} and bool(normalize_host(parts.netloc)) and parts.port != 0
    except ValueError:  # raised for an invalid port or bracket
        is_url = False
    # The parser accepts capitals, spaces and a user name. They would appear in every link.
    if text and not (is_url and text.startswith(start) and not re.search(r"[\s@\\]", start)):
        raise ValueError("write the whole address, such as https://hats.example.org")
    if text and not re.fullmatch(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?", text.removeprefix(start)):
        raise ValueError("after the host, write nothing or a path of letters and digits, such as /hats")
    return text


def _parse_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # raised for too many digits too
        return 0  # no setting allows 0: its check then states the range


def _check_positive(number: int) -> None:
    if number < 1:
        raise ValueError("use a whole number, 1 or more")


def _check_up_to(maximum: int) -> Callable[[int], None]:
    def check(number: int) -> None:
        if not 1 <= number <= maximum:
            raise ValueError(f"use a whole number from 1 to {maximum}")

    return check


def _parse_hosts(text: str) -> list[str]:
    return text.split()


def _check_hosts(hosts: list[Any]) -> None:
    if not all(isinstance(host, str) for host in hosts):
        raise ValueError("write host names in quotes, with commas between")
    for host in hosts:
        try:
            normalize_host(host.removeprefix("."))
        except ValueError:
            raise ValueError(f"write only the host in {host!r}, such as hats.example.org or [2001:db8::7]") from None


def _parse_bool(text: str) -> bool:
    if text.lower() not in {"0", "1", "no", "yes", "false", "true"}:
        raise ValueError("use yes or no")
    return text.lower() in {"1", "yes", "true"}


def _check_file_name(text: str) -> None:
    if text in {"", ".", ".."} or "/" in text:
        raise ValueError("write a file name without a folder, such as many-hats.db")


def _check_database_url(text: str) -> None:
    if text and not re.match(r"postgres(ql)?://[^/?\s]*\S*$", text):
        raise ValueError("write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or nothing to use an SQLite file")


def _check_limits_url(text: str) -> None:
    if text and not re.match(r"(redis|rediss|valkey|valkeys)://[^/?\s]+\S*$", text):
        raise ValueError("write redis://HOST:PORT/NUMBER, or nothing to count in each process")


def _check_key(key: str | bytes) -> None:
    if 0 < len(key) < MIN_KEY_BYTES:
        raise ValueError(f"use {MIN_KEY_BYTES} characters or more, or nothing to use a key file")


SETTINGS = (
    Setting("OPERATOR", "", "Who runs this: a name that people taking the quiz know."),
    Setting("PURPOSE", "", "Why it is run, in one sentence."),
    Setting("CONTACT", "", "An e-mail address or web address for questions about stored data."),
    Setting(
        "RETENTION_MONTHS",
        12,
        "Months without a change after which a response, or a team without members, is deleted.",
        _parse_number,
        _check_up_to(MAX_RETENTION_MONTHS),
    ),
    Setting(
        "BACKUP_DAYS",
        30,
        "Days for which a backup can be restored: deletions are recorded that long.",
        _parse_number,
        _check_up_to(MAX_BACKUP_DAYS),
    ),
    Setting(
        "PUBLIC_URL",
        "",
        "The address people use, such as https://hats.example.org or https://example.org/hats; links begin with it.",
        check=check_url,
    ),
    Setting(
        "TRUSTED_HOSTS",
        ["localhost", "127.0.0.1", "[::1]"],
        "Host names and addresses that requests may name, separated by spaces; others are refused.",
        _parse_hosts,
        _check_hosts,
    ),
    Setting(
        "BEHIND_PROXY", False, "Yes if one proxy in front sets X-Forwarded-For and X-Forwarded-Proto.", _parse_bool
    ),
    Setting("RATE_LIMITS", True, "Yes applies the limits of the next four lines to each address.", _parse_bool),
    Setting(
        "STARTS_PER_MINUTE",
        200,
        "Responses and teams that one address may create in a minute; as many again by join links.",
        _parse_number,
        _check_positive,
    ),
    Setting(
        "ADVERTS_PER_MINUTE",
        60,
        "Job adverts that one address may have read in a minute; as many again by the API.",
        _parse_number,
        _check_positive,
    ),
    Setting(
        "WRONG_LINKS_PER_MINUTE",
        20,
        "Unknown links that one address may open in a minute.",
        _parse_number,
        _check_positive,
    ),
    Setting("API_PER_MINUTE", 60, "Requests to the API from one address in a minute.", _parse_number, _check_positive),
    Setting(
        "LIMITS_URL",
        "",
        "A Redis or Valkey in which several servers count together, such as redis://HOST/0; empty: each counts alone.",
        check=_check_limits_url,
    ),
    Setting("QUESTION_BANK", "", "Folder of another question bank; empty for the one that comes with the quiz."),
    Setting(
        "DATABASE", "many-hats.db", "File name of the database, inside the instance folder.", check=_check_file_name
    ),
    Setting(
        "DATABASE_URL",
        "",
        "A PostgreSQL database, such as postgresql://USER:PASSWORD@HOST/hats; empty for the SQLite file DATABASE.",
        check=_check_database_url,
    ),
    Setting(
        "SECRET_KEY",
        "",
        "Signs cookies; empty for a key file that the first start creates in the instance folder.",
        check=_check_key,
    ),
)

#: Settings whose value no message shows.
SECRET_SETTINGS = {"SECRET_KEY", "DATABASE_URL", "LIMITS_URL"}

#: Settings of Flask that this project sets: limits on the size of a request, and safe cookies.
FLASK_SETTINGS = {
    "MAX_CONTENT_LENGTH": 64 * 1024,
    "MAX_FORM_MEMORY_SIZE": 64 * 1024,
    "MAX_FORM_PARTS": 100,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SEND_FILE_MAX_AGE_DEFAULT": 365 * DAY_S,
}


def read(config_file: Path, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings by name, from `config_file` (a Python file, which may not exist) and the environment.

    Raises
    ------
    SettingError
        For an invalid value, or a name in `config_file` that is not a setting.
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
            value = _format_value(setting, text)
            raise SettingError(f"{PREFIX}{setting.name}={value} in the environment: {error}") from None
    return values


def _format_value(setting: Setting, value: object) -> str:
    """A value for an error message: at most 60 characters of it, and never the key or a URL with a password."""
    return "…" if setting.name in SECRET_SETTINGS else f"{value!r:.60}"


def database_address(folder: Path, config: Mapping[str, Any]) -> Path | str:
    """Where the database of the instance in `folder` is: a PostgreSQL URL, or the SQLite file."""
    url: str = config["DATABASE_URL"]
    return url or folder / config["DATABASE"]


def _from_file(file: Path, known: Mapping[str, Any]) -> dict[str, Any]:
    if not file.exists():
        return {}
    namespace: dict[str, Any] = {}
    try:
        # Some editors write a byte-order mark, which `utf-8-sig` skips.
        exec(compile(file.read_text(encoding="utf-8-sig"), str(file), "exec"), namespace)  # noqa: S102 - written by the operator
    except SystemExit as error:
        raise SettingError(f"{file} cannot be read: it ends the program; remove that line") from error
    except Exception as error:
        detail = " ".join(str(error).split()) or type(error).__name__
        raise SettingError(f"{file} cannot be read: {detail}") from error
    chosen = {name: value for name, value in namespace.items() if name.isupper()}
    for name, value in chosen.items():
        if name not in known:
            raise SettingError(f"{file}: unknown setting {name}; known are {', '.join(sorted(known))}")
        # A host name instead of a list would be read as a list of letters.
        if type(value) is not type(known[name]) and not (name == "SECRET_KEY" and isinstance(value, bytes)):
            raise SettingError(f"{file}: {name} is {type(value).__name__}; use {type(known[name]).__name__}")
    for setting in SETTINGS:
        try:
            setting.check(chosen.get(setting.name, setting.default))
        except ValueError as error:
            raise SettingError(
                f"{file}: {setting.name} is {_format_value(setting, chosen[setting.name])}; {error}"
            ) from None
    return chosen
