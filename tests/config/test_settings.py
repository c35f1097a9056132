"""Settings come from the environment, else from config.py, else the default. An invalid one is a one-line error."""

from __future__ import annotations

from pathlib import Path

import pytest

from quiz.config import settings
from quiz.config.settings import SETTINGS, SettingError


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.py"


def error_message(config: Path, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(SettingError) as error:
        settings.read(config, environ or {})
    message = str(error.value)
    assert "\n" not in message
    return message


def test_every_setting_has_its_default(config):
    values = settings.read(config, {})
    assert values == {setting.name: setting.default for setting in SETTINGS} | settings.FLASK_SETTINGS


def test_the_environment_overrides_the_file_and_the_file_the_default(config):
    config.write_text('OPERATOR = "the file"\nPURPOSE = "from the file"\n')
    values = settings.read(config, {"MANY_HATS_OPERATOR": "the environment", "OPERATOR": "nobody"})
    assert (values["OPERATOR"], values["PURPOSE"], values["CONTACT"]) == ("the environment", "from the file", "")


def test_an_empty_value_in_the_environment_counts(config):
    config.write_text('OPERATOR = "the file"\n')
    assert settings.read(config, {"MANY_HATS_OPERATOR": ""})["OPERATOR"] == ""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("RETENTION_MONTHS", "3", 3),
        ("TRUSTED_HOSTS", "a.example  b.example", ["a.example", "b.example"]),
        ("BEHIND_PROXY", "Yes", True),
        ("BEHIND_PROXY", "1", True),
        ("BEHIND_PROXY", "false", False),
        ("RETENTION_MONTHS", "1200", 1200),
        ("PUBLIC_URL", "https://hats.example.org:8443", "https://hats.example.org:8443"),
        ("PUBLIC_URL", "https://hats.example.org/", "https://hats.example.org/"),
        ("PUBLIC_URL", "http://[2001:db8::7]:8000", "http://[2001:db8::7]:8000"),
        ("TRUSTED_HOSTS", ".example.org [::1] Hats:8000", [".example.org", "[::1]", "Hats:8000"]),
        ("DATABASE", "people.db", "people.db"),
        ("SECRET_KEY", "k" * 32, "k" * 32),
    ],
)
def test_text_from_the_environment_is_parsed(config, name, text, value):
    assert settings.read(config, {f"MANY_HATS_{name}": text})[name] == value


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("RETENTION_MONTHS", "soon", "use a whole number from 1 to 1200"),
        ("RETENTION_MONTHS", "0", "use a whole number from 1 to 1200"),
        ("RETENTION_MONTHS", "-2", "use a whole number from 1 to 1200"),
        ("RETENTION_MONTHS", "1201", "use a whole number from 1 to 1200"),
        ("RETENTION_MONTHS", "9" * 5000, "use a whole number from 1 to 1200"),
        ("BACKUP_DAYS", "0", "use a whole number from 1 to 3650"),
        ("BACKUP_DAYS", "9999999", "use a whole number from 1 to 3650"),
        ("API_PER_MINUTE", "1.5", "use a whole number, 1 or more"),
        ("API_PER_MINUTE", "0", "use a whole number, 1 or more"),
        ("DATABASE", "", "write a file name without a folder, such as many-hats.db"),
        ("DATABASE", "sub/x.db", "write a file name without a folder, such as many-hats.db"),
        ("DATABASE", "/var/lib/x.db", "write a file name without a folder, such as many-hats.db"),
        ("DATABASE", "..", "write a file name without a folder, such as many-hats.db"),
        ("BEHIND_PROXY", "maybe", "use yes or no"),
        ("PUBLIC_URL", "hats.example.org", "write the whole address"),
        ("PUBLIC_URL", "ftp://hats.example.org", "write the whole address"),
        ("PUBLIC_URL", "https://", "write the whole address"),
        ("PUBLIC_URL", "http://[::1", "write the whole address"),
        ("PUBLIC_URL", "http://[::1::2]", "write the whole address"),
        ("PUBLIC_URL", "http://a..b", "write the whole address"),
        ("TRUSTED_HOSTS", "localhost http://hats.example.org", "write only the host in 'http://hats.example.org'"),
        ("TRUSTED_HOSTS", "::1", "such as hats.example.org or [2001:db8::7]"),
        ("TRUSTED_HOSTS", "*.example.org", "write only the host in '*.example.org'"),
        ("TRUSTED_HOSTS", ".", "write only the host in '.'"),
        ("PUBLIC_URL", "http://hats.example.org:99999", "write the whole address"),
        ("PUBLIC_URL", "HTTPS://hats.example.org", "write the whole address"),
        ("PUBLIC_URL", "https://hats example.org", "write the whole address"),
        ("PUBLIC_URL", "https://kim:secret@hats.example.org", "write the whole address"),
        ("PUBLIC_URL", "https://hats.example.org/a b", "after the host, write nothing or a path"),
        ("PUBLIC_URL", "https://hats.example.org//quiz", "after the host, write nothing or a path"),
        ("PUBLIC_URL", "https://hats.example.org/../quiz", "after the host, write nothing or a path"),
        ("PUBLIC_URL", "https://hats.example.org/%41", "after the host, write nothing or a path"),
        ("PUBLIC_URL", "https://hats.example.org/?", "after the host, write nothing or a path"),
        ("PUBLIC_URL", "https://hats.example.org?q", "after the host, write nothing or a path"),
        ("PUBLIC_URL", "https://hats.example.org#top", "after the host, write nothing or a path"),
        ("SECRET_KEY", "k" * 31, "use 32 characters or more"),
    ],
)
def test_an_error_about_an_invalid_value_names_the_setting_and_has_a_hint(config, name, text, hint):
    message = error_message(config, {f"MANY_HATS_{name}": text})
    assert name in message
    assert hint in message


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("OPERATR = 'a typo'", "unknown setting OPERATR; known are ADVERTS_PER_MINUTE, API_PER_MINUTE, BACKUP_DAYS"),
        ("OPERATOR = (", "cannot be read"),
        ("import no_such_module_here", "cannot be read: No module named"),
        ("TRUSTED_HOSTS = 'hats.example.org'", "TRUSTED_HOSTS is str; use list"),
        ("RETENTION_MONTHS = '12'", "RETENTION_MONTHS is str; use int"),
        ("PUBLIC_URL = None", "PUBLIC_URL is NoneType; use str"),
        ("SECRET_KEY = 12", "SECRET_KEY is int; use str"),
        ("RETENTION_MONTHS = True", "RETENTION_MONTHS is bool; use int"),
        ("RETENTION_MONTHS = 99999", "RETENTION_MONTHS is 99999; use a whole number from 1 to 1200"),
        ("TRUSTED_HOSTS = [1]", "TRUSTED_HOSTS is [1]; write host names in quotes"),
        ("DATABASE = ''", "DATABASE is ''; write a file name without a folder"),
        (
            "PUBLIC_URL = 'https://hats.example.org/?quiz'",
            "PUBLIC_URL is 'https://hats.example.org/?quiz'; after the host, write nothing or a path",
        ),
        ("import sys; sys.exit(3)", "cannot be read: it ends the program"),
        ("raise ValueError('one\\ntwo')", "cannot be read: one two"),
        ("raise KeyError", "cannot be read: KeyError"),
    ],
)
def test_an_error_in_the_file_names_the_file(config, line, detail):
    config.write_text(f"{line}\n")
    message = error_message(config)
    assert message.startswith(str(config))
    assert detail in message


def test_a_value_in_the_file_is_checked_even_if_the_environment_overrides_it(config):
    config.write_text("RETENTION_MONTHS = 0\n")
    assert error_message(config, {"MANY_HATS_RETENTION_MONTHS": "3"}).startswith(str(config))


def test_a_file_with_a_byte_order_mark_is_read(config):
    config.write_bytes(b"\xef\xbb\xbfRETENTION_MONTHS = 3\n")
    assert settings.read(config, {})["RETENTION_MONTHS"] == 3


def test_a_short_key_in_the_file_is_refused_and_not_printed(config):
    config.write_text("SECRET_KEY = b'hunter2'\n")
    message = error_message(config)
    assert "SECRET_KEY" in message
    assert "hunter2" not in message


def test_the_file_may_have_lower_case_names_and_a_key_as_bytes(config):
    config.write_text("import os\nkey = bytes(range(32))\nSECRET_KEY = key\n")
    assert settings.read(config, {})["SECRET_KEY"] == bytes(range(32))


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("", []),
        ("https://hats.example.org", ["hats.example.org"]),
        ("https://Hats.Example.org:8443/", ["hats.example.org"]),
        ("http://192.0.2.7:8000", ["192.0.2.7"]),
        ("http://[::1]:8000", ["[::1]"]),
        ("http://[2001:DB8:0:0::7]", ["[2001:db8::7]"]),
        ("http://[fe80::1%eth0]:8000", ["[fe80::1]"]),
        ("https://bücher.example", ["xn--bcher-kva.example"]),
        ("https://hats.example.org.", ["hats.example.org"]),
    ],
)
def test_hosts_of_a_url(url, hosts):
    assert settings.hosts_of(url) == hosts


def test_the_help_of_every_setting_is_a_sentence():
    assert [s.name for s in SETTINGS if not (s.help[0].isupper() and s.help.endswith(".") and "\n" not in s.help)] == []
