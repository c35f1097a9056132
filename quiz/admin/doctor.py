"""What `quiz doctor` looks at: whether an instance can be served well, and what to mend. Nothing is made or changed."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import click

from quiz import storage
from quiz.admin import bank_lint
from quiz.config import paths, secret_key, settings
from quiz.storage.health import SQLITE_VERSION, inspect_database
from quiz.web.app import days_before, months_later

#: Bytes that must be free beside a database, and how often its own size: a backup and what restoring it needs.
FREE, TIMES = 200 << 20, 3


class Check(NamedTuple):
    """One thing that was looked at. Where it is not sound, `said` ends with the mend."""

    what: str
    sound: bool
    said: str


def checks(folder: Path, *, today: str) -> Iterator[Check]:
    """Everything that can be said of the instance in `folder`, one thing after another."""
    for found in _checks(folder, today):
        yield found._replace(said=click.format_filename(found.said))  # a path need not be text


def _checks(folder: Path, today: str) -> Iterator[Check]:
    yield _python()
    yield Check("SQLite", True, f"{SQLITE_VERSION}, kept with {_JOURNALS[storage.safe_journal_mode()]}")
    place = _instance(folder)
    yield place
    if not place.sound:
        return  # the rest cannot be seen
    if folder.exists():
        yield _modes(folder)
    try:
        config = settings.read(folder / "config.py")
    except settings.SettingError as error:
        yield Check("settings", False, str(error))
        return  # the rest depends on them
    yield Check("settings", True, "can be read")
    yield _key(folder, config)
    yield _addresses(config)
    yield _bank(Path(config["QUESTION_BANK"]) if config["QUESTION_BANK"] else paths.project_folder("questions"))
    yield from _database(folder, folder / config["DATABASE"], config, today)


_JOURNALS = {"wal": "a write-ahead log", "truncate": "a rollback journal, as this version could lose writes with a log"}


def _python() -> Check:
    sound = sys.version_info >= (3, 11)
    return Check("Python", sound, platform.python_version() + ("" if sound else "; install 3.11 or newer"))


def _instance(folder: Path) -> Check:
    if not folder.exists():
        return Check("instance", True, f"{folder} is not there yet; the first `quiz serve` makes it")
    if not folder.is_dir():
        return Check("instance", False, f"{folder} is no folder; move it away, or set MANY_HATS_INSTANCE")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Check(
            "instance",
            False,
            f"{folder} cannot be written to; use the user that serves the quiz, or: chmod 700 {folder}",
        )
    return Check("instance", True, str(folder))


#: What others may read: settings, but for a key among them (see `_key`), and nothing at all.
_PUBLIC = {"config.py", ".gitkeep"}


def _modes(folder: Path) -> Check:
    """Whether others can get at what is kept; in a closed folder too, as copies take the modes of files along."""
    if folder.stat().st_mode & 0o077 and storage.is_unused(folder):
        return Check("file modes", True, "nothing is kept yet; the first start closes the folder to others")
    if folder.stat().st_mode & 0o077:
        return Check("file modes", False, f"others can look into {folder}; run: chmod 700 {folder}")
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode) and path.name not in _PUBLIC and mode & 0o077:
            return Check("file modes", False, f"others can read {path}; run: chmod 600 {path}")
    return Check("file modes", True, "readable by their owner alone")


def _key(folder: Path, config: dict[str, Any]) -> Check:
    file, settings_file = folder / "secret.key", folder / "config.py"
    if config["SECRET_KEY"]:
        written = f"{settings.PREFIX}SECRET_KEY" not in os.environ
        if written and settings_file.stat().st_mode & 0o077:
            said = f"{settings_file} holds the key, and others can read it; run: chmod 600 {settings_file}"
            return Check("key", False, said)
        return Check("key", True, "comes from the settings")
    if not file.exists():
        return Check("key", True, "not made yet; the first `quiz serve` makes it")
    try:
        secret_key.load_or_create(file)
    except (secret_key.SecretKeyError, OSError) as error:
        return Check("key", False, str(error))
    return Check("key", True, str(file))


def _addresses(config: dict[str, Any]) -> Check:
    url, hosts = config["PUBLIC_URL"], config["TRUSTED_HOSTS"]
    parts = urlsplit(url)
    if wide := [host for host in hosts if not host.strip(".*")]:
        said = f"TRUSTED_HOSTS holds {wide[0]!r}; write whole host names, such as hats.example.org"
    elif strange := [host for host in hosts if "/" in host or "*" in host]:
        said = f"TRUSTED_HOSTS holds {strange[0]!r}; write host names alone, such as hats.example.org"
    elif config["BEHIND_PROXY"] and not url:
        said = "BEHIND_PROXY is on and PUBLIC_URL is empty; set PUBLIC_URL to the address that people use"
    elif parts.scheme == "https" and not config["BEHIND_PROXY"]:
        said = "PUBLIC_URL is https, which a proxy in front speaks; set BEHIND_PROXY to yes"
    elif parts.scheme == "http" and config["BEHIND_PROXY"]:
        said = f"PUBLIC_URL is {url}, so links travel where others can read them; use https"
    else:
        return Check("addresses", True, f"links begin with {url or 'the address of whoever asks'}")
    return Check("addresses", False, said)


def _bank(folder: Path) -> Check:
    problems = bank_lint.problems(folder)
    if not problems:
        return Check("bank", True, str(folder))
    more = f" (and {len(problems) - 1} more: quiz check {folder})" if len(problems) > 1 else ""
    return Check("bank", False, f"{problems[0]}{more}")


def _database(folder: Path, file: Path, config: dict[str, Any], today: str) -> Iterator[Check]:
    if not file.exists():
        started = (folder / "secret.key").exists()
        hint = "set DATABASE, or: quiz restore FILE" if started else "the first `quiz serve` makes it"
        yield Check("database", not started, f"{file} is not there{'' if started else ' yet'}; {hint}")
        return
    if not file.is_file():
        yield Check("database", False, f"{file} is no file; move it away, or set DATABASE")
        return
    if not os.access(file, os.R_OK | os.W_OK):
        hint = f"use the user that serves the quiz, or: chmod 600 {file}"
        yield Check("database", False, f"{file} cannot be written to; {hint}")
        return
    # With the first request of a day the server erases what has outlived its time: up to a day it may be waiting.
    late = days_before(months_later(today, -config["RETENTION_MONTHS"]), 1)
    try:
        found = inspect_database(file, before=late)
    except storage.UnavailableError as error:
        yield Check("database", False, f"{error}; {_way_out(error)}")
        return
    if found.problems:
        yield Check("database", False, f"{file}: {found.problems[0]}; put back a backup: quiz restore FILE --force")
    elif found.journal_mode == "wal" and storage.safe_journal_mode() != "wal":
        loss = f"{file} is in WAL mode, in which SQLite {SQLITE_VERSION} can lose writes"
        said = f"{loss}; restart `quiz serve`, which changes the mode"
        yield Check("database", False, said)
    else:
        yield Check("database", True, f"{file}, responses: {found.responses}")
    if found.pending:
        yield Check("migrations", False, f"{', '.join(found.pending)} to come; back up, then restart `quiz serve`")
    else:
        yield Check("migrations", True, "all applied")
    waiting = f"responses past their time: {found.overdue}; any request to the running quiz erases them"
    yield Check("expiry", not found.overdue, waiting if found.overdue else "no response is past its time")
    free, needed = shutil.disk_usage(folder).free, max(FREE, TIMES * file.stat().st_size)
    hint = "" if free >= needed else f"; make room for {needed >> 20} MB"
    yield Check("disk", free >= needed, f"{free >> 20} MB free{hint}")


def _way_out(error: storage.UnavailableError) -> str:
    """What to do about a database that cannot be looked into. A backup takes the place of a broken one alone."""
    if isinstance(error, storage.CorruptDatabaseError):
        return "put back a backup: quiz restore FILE --force"
    if "locked" in str(error):
        return "another program holds it: stop that one, then run this again"
    return "look at the disk and at the modes of the files, then run this again"
