"""What all tests share: the two banks, and which tests run where."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from quiz import create_app
from quiz.bank import Bank, load
from quiz.config import paths
from quiz.web.app import App
from tests.browser.chromium import CHROMIUM, NO_CHROMIUM
from tests.clients import Visitor
from tests.factories import SMALL_BANK

# Tests do in a second what nobody does in a minute; those of the limits switch them on again.
os.environ["MANY_HATS_RATE_LIMITS"] = "no"


#: Which of them a test has decides whether `--quick` leaves it out.
NOT_QUICK = ("browser", "server", "thorough", "slow")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests that take long")
    parser.addoption("--quick", action="store_true", help="leave out the tests that take more than a moment")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("quick"):
        return
    left_out = [item for item in items if any(map(item.get_closest_marker, NOT_QUICK))]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("slow") and not item.config.getoption("slow"):
        pytest.skip("slow tests run with --slow")
    if item.get_closest_marker("browser") and not CHROMIUM:
        # Where nobody reads the output, a skipped browser test would pass for a green one.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NO_CHROMIUM)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once why tests were left out, and how to have them run."""
    reasons = {report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])}
    for reason in sorted(reasons):
        terminalreporter.write_line(reason)


@pytest.fixture
def small_bank(tmp_path: Path) -> Path:
    """A fresh copy of the small made bank, to be changed at will."""
    return shutil.copytree(SMALL_BANK, tmp_path / "small_bank")


@pytest.fixture(scope="session")
def bank() -> Bank:
    """The shipped bank."""
    return load(paths.project_folder("questions"))


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A whole app on a fresh instance folder."""
    return create_app({"TESTING": True}, instance=tmp_path / "instance")


@pytest.fixture
def visitor(app: App) -> Visitor:
    """Somebody who opens the app in a browser of their own."""
    return Visitor(app)
