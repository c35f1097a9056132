"""The same questions as a project of each peer: files to write, commands to run, addresses to open.

Everything is written to a temporary folder; each peer is installed into a virtual environment of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peers.client import Browser
from quiz.bank import Bank

#: Seconds for a command, such as an installation, after which it counts as failed.
TIMEOUT_S = 600
#: oTree creates its participants in advance.
PARTICIPANTS = 120


class PeerUnavailableError(Exception):
    """A peer cannot be measured here; the message says why."""


@dataclass(frozen=True)
class Peer:
    """A server to measure. `start` opens the first page of questions for a new person."""

    name: str
    command: list[str]
    folder: Path
    start: Callable[[Browser], str]
    environment: Mapping[str, str] = field(default_factory=dict)


def ours(folder: Path, bank: Bank, port: int) -> Peer:
    """Many Hats itself."""

    def start(browser: Browser) -> str:
        browser.get("/")
        return browser.send()

    command = [sys.executable, "-m", "quiz", "serve", "--port", str(port)]
    return Peer("Many Hats", command, Path.cwd(), start, {**_instance(folder), "MANY_HATS_RATE_LIMITS": "no"})


def _instance(folder: Path) -> dict[str, str]:
    return {"MANY_HATS_INSTANCE": str(folder / "instance")}


def hello(folder: Path, bank: Bank, port: int) -> Peer:
    """Flask's hello on the server that Many Hats uses."""
    (folder / "hello.py").write_text(
        'from flask import Flask\napp = Flask("hello")\n\n@app.get("/")\ndef page():\n    return "Hello"\n'
    )
    command = [sys.executable, "-m", "waitress", "--threads=8", f"--listen=127.0.0.1:{port}", "hello:app"]
    return Peer("Flask hello", command, folder, lambda browser: browser.get("/"))


def otree(folder: Path, bank: Bank, port: int) -> Peer:
    """oTree with a page of radio buttons for each of ours and a page that repeats the answers, on its own server."""
    python = install(folder, "otree")
    app = folder / "hats"
    app.mkdir()
    (folder / "_static").mkdir()
    (folder / "settings.py").write_text(
        "SESSION_CONFIGS = [dict(name='hats', app_sequence=['hats'], num_demo_participants=1)]\n"
        "SESSION_CONFIG_DEFAULTS = dict(real_world_currency_per_point=1, participation_fee=0)\n"
        "PARTICIPANT_FIELDS = []\nSESSION_FIELDS = []\nLANGUAGE_CODE = 'en'\nREAL_WORLD_CURRENCY_CODE = 'EUR'\n"
        "USE_POINTS = False\nADMIN_USERNAME = 'admin'\nADMIN_PASSWORD = 'admin'\nSECRET_KEY = 'only-for-measuring'\n"
    )
    choices = [[n, point.label] for n, point in enumerate(bank.option.values())]
    names = {item.id: item.id.replace("-", "_") for item in bank.questions_in_order}
    fields = "".join(
        f"    {names[item.id]} = models.IntegerField(label={item.question!r}, choices={choices!r},"
        " widget=widgets.RadioSelect)\n"
        for item in bank.questions_in_order
    )
    pages = "".join(
        f"class Page{n}(Page):\n    form_model = 'player'\n    form_fields = {[names[item.id] for item in page]!r}\n"
        for n, page in enumerate(bank.pages, 1)
    )
    numbers = range(1, len(bank.pages) + 1)
    (app / "__init__.py").write_text(
        "from otree.api import *\n\nclass C(BaseConstants):\n    NAME_IN_URL = 'hats'\n    PLAYERS_PER_GROUP = None\n"
        "    NUM_ROUNDS = 1\n\nclass Subsession(BaseSubsession):\n    pass\n\nclass Group(BaseGroup):\n    pass\n\n"
        f"class Player(BasePlayer):\n{fields}\n{pages}class Results(Page):\n    pass\n\n"
        f"page_sequence = [{', '.join(f'Page{n}' for n in numbers)}, Results]\n"
    )
    for n in numbers:
        (app / f"Page{n}.html").write_text(
            f"{{{{ block title }}}}{bank.stem}{{{{ endblock }}}}\n"
            "{{ block content }}\n{{ formfields }}\n{{ next_button }}\n{{ endblock }}\n"
        )
    answers = "".join(
        f"<tr><td>{names[i.id]}</td><td>{{{{ player.{names[i.id]} }}}}</td></tr>\n" for i in bank.questions_in_order
    )
    (app / "Results.html").write_text(
        "{{ block title }}Your answers{{ endblock }}\n{{ block content }}\n<table>\n"
        f"{answers}</table>\n{{{{ endblock }}}}\n"
    )
    program = str(python.parent / "otree")
    session_paths: list[str] = []

    def start(browser: Browser) -> str:
        if not session_paths:  # one session for all visitors, created for the first one
            session_paths.append(_otree_session(port))
        return browser.get(session_paths[0])

    environment = {"OTREE_PRODUCTION": "1", "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    return Peer("oTree", [program, "prodserver1of2", str(port)], folder, start, environment)


def _otree_session(port: int) -> str:
    import json
    import urllib.request
    from urllib.parse import urlsplit

    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/sessions",
        json.dumps({"session_config_name": "hats", "num_participants": PARTICIPANTS}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        session = json.load(answer)
    return str(urlsplit(session["session_wide_url"]).path)


def django(folder: Path, bank: Bank, port: int) -> Peer:
    """django-survey-and-report with a category of radio questions for each page of ours, on gunicorn with threads."""
    python = install(folder, "django-survey-and-report", "gunicorn")
    (folder / "site_settings.py").write_text(_DJANGO_SETTINGS)
    (folder / "site_urls.py").write_text(
        "from django.urls import include, path\n"
        "urlpatterns = [path('accounts/', include('django.contrib.auth.urls')), path('', include('survey.urls'))]\n"
    )
    pages = [[item.question for item in page] for page in bank.pages]
    labels = ",".join(point.label.replace(",", " or") for point in bank.option.values())
    (folder / "fill.py").write_text(_DJANGO_FILL.format(pages=pages, labels=labels))
    environment = {"DJANGO_SETTINGS_MODULE": "site_settings", "PYTHONPATH": str(folder)}
    for arguments in (["-m", "django", "migrate", "-v0"], ["fill.py"]):
        _run([str(python), *arguments], folder, environment)
    command = [str(python), "-m", "gunicorn", "-k", "gthread", "--threads", "8", "-b", f"127.0.0.1:{port}"]
    command += ["--no-control-socket", "--log-level", "warning", "django.core.wsgi:get_wsgi_application()"]
    return Peer("django-survey-and-report", command, folder, lambda browser: browser.get("/1/"), environment)


_DJANGO_SETTINGS = """
from survey.settings import *
SECRET_KEY = "only-for-measuring"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "site_urls"
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                  "django.contrib.messages", "django.contrib.sessions", "django.contrib.staticfiles", "survey"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
              "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
              "django.contrib.auth.middleware.AuthenticationMiddleware",
              "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
    "context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                           "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "survey.db"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
STATICFILES_DIRS = []
LOGGING = {"version": 1, "disable_existing_loggers": True}
"""

_DJANGO_FILL = """
import django
django.setup()
from survey.models import Category, Question, Survey
survey = Survey.objects.create(name="Hats", description="A week", is_published=True, need_logged_user=False,
                               display_method=Survey.BY_CATEGORY)
for number, page in enumerate({pages!r}):
    category = Category.objects.create(name=f"Page {{number}}", survey=survey, order=number)
    for order, text in enumerate(page):
        Question.objects.create(text=text, order=100 * number + order, required=True, category=category, survey=survey,
                                type=Question.RADIO, choices={labels!r})
"""


def install(folder: Path, *packages: str) -> Path:
    """Install `packages` into a new environment. Returns its Python."""
    python = folder / "venv" / "bin" / "python"
    _run([sys.executable, "-m", "venv", str(folder / "venv")], folder, {})
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], folder, {})
    return python


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    try:
        process = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerUnavailableError(f"{command[-1]}: {error}") from error
    if process.returncode:
        last = re.sub(r"\s+", " ", (process.stderr or process.stdout).strip())[-200:]
        raise PeerUnavailableError(f"{' '.join(command[-2:])} ended with {process.returncode}: {last}")
