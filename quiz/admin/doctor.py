"""The checks of `quiz doctor`: whether an instance can be served, and how to fix it if not. Changes nothing."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from quiz import storage
from quiz.admin import bank_lint
from quiz.config import file_modes, paths, secret_key, settings
from quiz.storage.engine import DatabaseReport, Engine
from quiz.storage.sqlite import SQLITE_VERSION
from quiz.terminal import escape_line
from quiz.web.app import days_before, months_later

#: Free space that backups and restores need: this much, and this many times the size of the database.
MIN_FREE_BYTES = 200 << 20
MIN_FREE_TIMES_DATABASE = 3


class Check(NamedTuple):
    """The result of one check. If it is not ok, or a warning, `detail` contains a hint."""

    subject: str
    ok: bool
    detail: str
    is_warning: bool = False

    @property
    def state(self) -> str:
        """The first word of the line: `ok`, `warning` or `trouble`."""
        if not self.ok:
            return "trouble"
        return "warning" if self.is_warning else "ok"


def run_checks(folder: Path, *, today: str) -> Iterator[Check]:
    """All checks of the instance in `folder`, one after another."""
    for check in _checks(folder, today):
        yield check._replace(detail=escape_line(check.detail))


def _checks(folder: Path, today: str) -> Iterator[Check]:
    yield _check_python()
    yield Check("SQLite", True, f"{SQLITE_VERSION}, with {_JOURNAL_NAMES[storage.safe_journal_mode()]}")
    instance = _check_instance(folder)
    yield instance
    if not instance.ok:
        return  # the other checks need the folder
    if folder.exists():
        yield _check_file_modes(folder)
    try:
        config = settings.read(folder / "config.py")
    except settings.SettingError as error:
        yield Check("settings", False, str(error))
        return  # the other checks need the settings
    yield Check("settings", True, "can be read")
    yield _check_key(folder, config)
    yield _check_addresses(config)
    yield _check_bank(Path(config["QUESTION_BANK"]) if config["QUESTION_BANK"] else paths.project_folder("questions"))
    address = settings.database_address(folder, config)
    if isinstance(address, Path):
        yield from _check_file(folder, address, config, today)
    else:
        yield from _check_postgresql(folder, address, config, today)


_JOURNAL_NAMES = {
    "wal": "a write-ahead log",
    "truncate": "a rollback journal, because this version can lose writes with a write-ahead log",
}


def _check_python() -> Check:
    ok = sys.version_info >= (3, 11)
    return Check("Python", ok, platform.python_version() + ("" if ok else "; install 3.11 or newer"))


def _check_instance(folder: Path) -> Check:
    try:
        if folder.exists():
            problem = _folder_problem(folder)
        else:
            nearest = next(path for path in folder.parents if path.exists())
            problem = _folder_problem(nearest)
            problem = problem and f"{folder} cannot be created: {problem}"
    except OSError as error:
        problem = f"{folder}: {error.strerror}; use the user that serves the quiz"
    if problem:
        return Check("instance", False, f"{problem}, or set MANY_HATS_INSTANCE to another folder")
    if not folder.exists():
        return Check("instance", True, f"{folder} does not exist yet; the first `quiz serve` creates it")
    return Check("instance", True, str(folder))


def _folder_problem(folder: Path) -> str | None:
    """Why nothing can be written to `folder`, with a hint, or None."""
    if not folder.is_dir():
        return f"{folder} is not a folder; move it to another place"
    if os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return None
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return f"{folder} is on a read-only disk; make the disk writable"
    return f"{folder} cannot be written to; use the user that serves the quiz, or: chmod 700 {folder}"


def _check_file_modes(folder: Path) -> Check:
    """Whether others can read the data."""
    if storage.is_unused(folder):
        return Check("file modes", True, "there is no data yet; the first start closes the folder to others")
    open_path = next(file_modes.open_paths(folder), None)
    if open_path is None:
        return Check("file modes", True, "readable by their owner only")
    return Check("file modes", not open_path.to_everybody, open_path.detail, is_warning=True)


def _check_key(folder: Path, config: dict[str, Any]) -> Check:
    key_file, settings_file = folder / "secret.key", folder / "config.py"
    if config["SECRET_KEY"]:
        is_in_file = f"{settings.PREFIX}SECRET_KEY" not in os.environ
        if is_in_file and (open_path := file_modes.check_path(settings_file)):
            detail = f"{settings_file} contains the key, and {open_path.detail}"
            return Check("key", not open_path.to_everybody, detail, is_warning=True)
        return Check("key", True, "comes from the settings")
    if not key_file.exists():
        return Check("key", True, "does not exist yet; the first `quiz serve` creates it")
    try:
        secret_key.load(key_file)
        warning = secret_key.group_warning(key_file)
    except (secret_key.SecretKeyError, OSError) as error:
        return Check("key", False, str(error))
    if warning:
        return Check("key", True, warning, is_warning=True)
    return Check("key", True, str(key_file))


def _check_links(folder: Path, config: dict[str, Any], report: DatabaseReport) -> Check:
    """Whether the key is the one that share links and join links were derived from."""
    if report.key_fingerprint is None:
        return Check("links", True, "the next `quiz serve` stores a fingerprint of the key that they are derived from")
    key_file = folder / "secret.key"
    try:
        key = config["SECRET_KEY"] or secret_key.load(key_file)
    except FileNotFoundError:
        hint = "put it back from its copy, or set MANY_HATS_SECRET_KEY as for the server"
        return Check("links", False, f"{key_file}, from which share links and join links are derived, is lost; {hint}")
    except (secret_key.SecretKeyError, OSError):
        return Check("links", True, "cannot be checked without the key")
    key_bytes = key if isinstance(key, bytes) else key.encode()
    if secret_key.fingerprint(key_bytes) != report.key_fingerprint:
        return Check("links", False, secret_key.CHANGED)
    return Check("links", True, "are derived from the same key as before")


def _check_addresses(config: dict[str, Any]) -> Check:
    url = config["PUBLIC_URL"]
    if problem := _address_problem(url, is_behind_proxy=config["BEHIND_PROXY"]):
        return Check("addresses", False, problem)
    return Check("addresses", True, f"links begin with {url or 'the address that the visitor uses'}")


def _address_problem(url: str, *, is_behind_proxy: bool) -> str | None:
    if is_behind_proxy and not url:
        return "BEHIND_PROXY is on and PUBLIC_URL is empty; set PUBLIC_URL to the address that people use"
    scheme = urlsplit(url).scheme
    if scheme == "https" and not is_behind_proxy:
        return "PUBLIC_URL begins with https, which needs a proxy; set BEHIND_PROXY to yes"
    if scheme == "http" and is_behind_proxy:
        return f"PUBLIC_URL is {url}, so others on the network can read links; use https"
    return None


def _check_bank(folder: Path) -> Check:
    problems = bank_lint.problems(folder)
    if not problems:
        return Check("bank", True, str(folder))
    more = f" (and {len(problems) - 1} more: quiz check {folder})" if len(problems) > 1 else ""
    return Check("bank", False, f"{problems[0]}{more}")


def _check_file(folder: Path, file: Path, config: dict[str, Any], today: str) -> Iterator[Check]:
    if not file.exists():
        is_started = (folder / "secret.key").exists()
        if is_started:
            yield Check("database", False, f"{file} does not exist; set DATABASE, or: quiz restore FILE")
        else:
            yield Check("database", True, f"{file} does not exist yet; the first `quiz serve` creates it")
        return
    if not file.is_file():
        yield Check("database", False, f"{file} is not a file; move it to another place, or set DATABASE")
        return
    if not os.access(file, os.R_OK | os.W_OK):
        hint = f"use the user that serves the quiz, or: chmod 600 {file}"
        yield Check("database", False, f"{file} cannot be written to; {hint}")
        return
    try:
        yield from _check_database(folder, storage.open_engine(file), config, today)
    except storage.UnavailableError as error:
        yield Check("database", False, f"{error}; {_unavailable_hint(error)}")
        return
    yield _check_disk(folder, file)


def _check_postgresql(folder: Path, url: str, config: dict[str, Any], today: str) -> Iterator[Check]:
    try:
        with contextlib.closing(storage.open_engine(url)) as engine:
            yield from _check_database(folder, engine, config, today)
            yield Check("PostgreSQL", True, engine.version["postgresql"])
    except storage.UnavailableError as error:
        hint = "check MANY_HATS_DATABASE_URL, and whether the database runs and accepts this user"
        yield Check("database", False, f"{error}; {hint}")


def _check_database(folder: Path, engine: Engine, config: dict[str, Any], today: str) -> Iterator[Check]:
    # The server looks once a day, notes what is overdue and deletes it some days later.
    days_until_deleted = storage.MIN_DAYS_OVERDUE + 1
    overdue_before = days_before(months_later(today, -config["RETENTION_MONTHS"]), days_until_deleted)
    report = engine.inspect(before=overdue_before)
    yield _check_content(engine.name, report)
    yield _check_migrations(report)
    yield _check_links(folder, config, report)
    yield _check_expiry(report)


def _check_content(name: str, report: DatabaseReport) -> Check:
    if report.problems:
        return Check("database", False, f"{name}: {report.problems[0]}; restore a backup: quiz restore FILE --force")
    if report.unsafe:
        return Check("database", False, f"{name} {report.unsafe[0]}")
    return Check("database", True, f"{name}, responses: {report.responses}")


def _check_migrations(report: DatabaseReport) -> Check:
    if report.pending:
        names = ", ".join(report.pending)
        return Check("migrations", False, f"not applied: {names}; back up, then restart `quiz serve`")
    return Check("migrations", True, "all applied")


def _check_expiry(report: DatabaseReport) -> Check:
    if report.overdue:
        days = storage.MIN_DAYS_OVERDUE
        hint = f"a request to the quiz marks them as overdue, and another at least {days} days later deletes them"
        return Check("expiry", False, f"expired responses: {report.overdue}; {hint}")
    return Check("expiry", True, "there are no expired responses")


def _check_disk(folder: Path, file: Path) -> Check:
    free = shutil.disk_usage(folder).free
    needed = max(MIN_FREE_BYTES, MIN_FREE_TIMES_DATABASE * file.stat().st_size)
    ok = free >= needed
    hint = "" if ok else f"; {needed >> 20} MB are needed"
    return Check("disk", ok, f"{free >> 20} MB free{hint}")


def _unavailable_hint(error: storage.UnavailableError) -> str:
    """What to do about a database that cannot be read. Restoring a backup helps only if the database is damaged."""
    if isinstance(error, storage.CorruptDatabaseError):
        return "restore a backup: quiz restore FILE --force"
    if "locked" in str(error):
        return "another program uses it: stop that program, then run this again"
    return "check the disk and the modes of the files, then run this again"
