"""Fixtures of all tests, and the options that choose which tests run."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, cached_property, wraps
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from hypothesis import settings
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from quiz import bank as quiz_bank
from quiz import create_app
from quiz.bank import Bank, load
from quiz.config import paths
from quiz.storage.engine import Connection
from quiz.web import forms, fragments
from quiz.web.app import App
from tests import postgresql
from tests.browser.chromium import CHROMIUM, NO_CHROMIUM
from tests.clients import Client
from tests.factories import BANK, ROOT, SMALL_BANK, join_path, make_team

# Tests send more requests than the rate limits allow. The tests of the limits switch them on.
os.environ["MANY_HATS_RATE_LIMITS"] = "no"


#: The markers of tests that `--quick` leaves out.
NOT_QUICK = ("browser", "server", "thorough", "slow")

#: Files and folders without a quick test, whose import alone takes seconds.
SLOW_TO_COLLECT = {ROOT / "tests/browser", ROOT / "tests/web/views/test_api_contract.py"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests that take long")
    parser.addoption("--quick", action="store_true", help="only tests without a browser, a server and other processes")


def use_folder_in_memory() -> None:
    """Keep the temporary folders of the tests in memory where there is a gigabyte for them.

    Most tests create a database and wait for the disk several times; no test depends on the disk.
    """
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 10**9:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def let_processes_share_bytecode(config: pytest.Config) -> None:
    """Keep the bytecode of the processes that tests start, if the environment says that Python writes none.

    Without it, each of some hundred processes compiles the project again. The folder lasts as long as the run, and no
    `__pycache__` is written next to the code.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None) and "PYTHONPYCACHEPREFIX" not in os.environ:
        folder = tempfile.mkdtemp(prefix="bytecode-")
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_configure(config: pytest.Config) -> None:
    use_folder_in_memory()
    let_processes_share_bytecode(config)
    # On a slow or busy machine an example may take long: no test fails because of the time that it takes.
    settings.register_profile("quick", settings(), deadline=None, max_examples=10)
    settings.register_profile("normal", settings(), deadline=None, max_examples=40)
    settings.register_profile("slow", settings(), deadline=None, max_examples=200)
    if config.getoption("quick"):
        settings.load_profile("quick")
    elif not config.getoption("hypothesis_profile", None):
        settings.load_profile("slow" if config.getoption("slow") else "normal")


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what lives as long as the process: modules, tests, the bank.

    Each app is a cycle of references, so it runs often, and it took a seventh of the time of the tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Under `--quick`, do not even import the tests that take long to collect."""
    return True if config.getoption("quick") and collection_path in SLOW_TO_COLLECT else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("quick"):
        return
    deselected = [item for item in items if any(map(item.get_closest_marker, NOT_QUICK))]
    config.hook.pytest_deselected(items=deselected)
    items[:] = [item for item in items if item not in set(deselected)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests that are marked with `both_engines` and use a database on SQLite and on PostgreSQL.

    A test that names the file of the database is about SQLite. The tests of single pages use PostgreSQL with `--slow`
    only: in each run the state machine walks through all pages on both engines.
    """
    markers = {marker.name for marker in metafunc.definition.iter_markers()}
    is_about_sqlite = "sqlite_only" in markers or "file" in metafunc.fixturenames
    if "engine" in metafunc.fixturenames and "both_engines" in markers and not is_about_sqlite:
        is_about_pages = metafunc.definition.path.is_relative_to(ROOT / "tests/web/views")
        engines = ["sqlite"] if is_about_pages and not metafunc.config.getoption("slow") else ["sqlite", "postgresql"]
        metafunc.parametrize("engine", engines, indirect=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("slow") and not item.config.getoption("slow"):
        pytest.skip("slow tests run with --slow")
    if item.get_closest_marker("browser") and not CHROMIUM:
        # In CI a skipped browser test would look like a passed one.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NO_CHROMIUM)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write each reason for skipped tests once, with how to run them."""
    reasons = {report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])}
    for reason in sorted(reasons):
        terminalreporter.write_line(reason)


@pytest.fixture
def ids_count_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids are 1, 2, 3 … in each table instead of random, for tests that name an id or rely on the order of rows."""

    def next_id(db: Connection, table: str) -> int:
        return int(db.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])

    monkeypatch.setattr("quiz.storage.response_rows.new_id", next_id)
    monkeypatch.setattr("quiz.storage.teams.new_id", next_id)


class CompiledTemplateCache(BytecodeCache):
    """Keeps compiled templates in memory, for all apps of a process. The key is made of name and source."""

    def __init__(self) -> None:
        self.code_by_key: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.code_by_key.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code_by_key[bucket.key, bucket.checksum] = bucket.code


def compile_on_first_use(compile_builder: Callable[..., Callable[..., Any]]) -> Callable[..., Callable[..., Any]]:
    """Werkzeug compiles two functions for each of some forty routes of an app; most tests use a few of them."""

    def compile_later(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        compiled = cache(lambda: compile_builder(rule, append_unknown))
        return lambda *arguments, **options: compiled()(*arguments, **options)

    return compile_later


#: What an app makes of its bank alone, by where it is: the last argument of each is the bank, or what has it.
MADE_OF_THE_BANK = [
    *((App, name) for name in ("scoring_model", "example_round_page", "team_examples")),
    (forms, "Forms"),
    *((fragments, name) for name in vars(fragments) if name.endswith("_renderer") or name.startswith("render_")),
]


def bank_of(source: Bank | App | Environment) -> Bank:
    """The bank of what `MADE_OF_THE_BANK` gets."""
    bank: Bank = source if isinstance(source, Bank) else vars(source).get("bank") or vars(source)["globals"]["bank"]
    return bank


def make_once(make: Any) -> Any:
    """`make`, with one result for all apps with the shipped bank. Nothing changes the bank or what is made of it."""
    if isinstance(make, cached_property):
        shared_property = cached_property(make_once(make.func))
        shared_property.__set_name__(App, make.func.__name__)
        return shared_property
    shared: dict[int, Any] = {}

    @wraps(make)
    def make_or_share(*arguments: Any) -> Any:
        bank = bank_of(arguments[-1])
        if bank is not BANK and bank is not BANK.for_viewers:
            return make(*arguments)
        if id(bank) not in shared:
            shared[id(bank)] = make(*arguments)
        return shared[id(bank)]

    return make_or_share


@pytest.fixture(scope="session", autouse=True)
def make_apps_faster() -> Iterator[None]:
    """Almost every test makes an app: share the bank, what is made of it and compiled templates.

    No route is compiled in advance.
    """
    shipped = paths.project_folder("questions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(App, "jinja_options", {"bytecode_cache": CompiledTemplateCache()})
        patch.setattr(quiz_bank, "load", lambda folder: BANK if folder == shipped else load(folder))
        patch.setattr(Rule, "_compile_builder", compile_on_first_use(Rule._compile_builder))
        for place, name in MADE_OF_THE_BANK:
            patch.setattr(place, name, make_once(vars(place)[name]))
        yield


@pytest.fixture
def small_bank(tmp_path: Path) -> Path:
    """A copy of the small bank that the test may change."""
    return shutil.copytree(SMALL_BANK, tmp_path / "small_bank")


@pytest.fixture(scope="session")
def bank() -> Bank:
    """The shipped bank."""
    return BANK


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A PostgreSQL server with an empty database."""
    if postgresql.find_programs() is None:
        # In CI a skipped test would look like a passed one.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(postgresql.NO_POSTGRESQL)
    with postgresql.new_server(**postgresql.FAST) as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: postgresql.Server) -> Iterator[str]:
    """The URL of a database without rows."""
    url = postgresql_server.url()
    yield url
    postgresql.empty(url)


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The engine that the apps and the commands of the test use: `sqlite` or `postgresql`."""
    name: str = getattr(request, "param", "sqlite")
    if name == "postgresql":
        monkeypatch.setenv("MANY_HATS_DATABASE_URL", request.getfixturevalue("postgresql_url"))
    return name


@pytest.fixture
def app(tmp_path: Path, engine: str) -> Iterator[App]:
    """An app with a new instance folder and no rows in its database."""
    app = create_app({"TESTING": True}, instance=tmp_path / "instance")
    yield app
    if engine == "postgresql":
        app.storage.close()


@pytest.fixture
def client(app: App) -> Client:
    """A client of `app` with its own cookies."""
    return Client(app)


@pytest.fixture
def lead(client: Client) -> str:
    """The path of the lead link of a new anonymous team."""
    return make_team(client)


@pytest.fixture
def join(client: Client, lead: str) -> str:
    """The path of the join link of that team."""
    return join_path(client, lead)
