"""Floors: the least code that does comparable work. Every ratio compares with one of them."""

from __future__ import annotations

import io
import itertools
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from flask import Flask
from numpy.typing import NDArray
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # the same SQLite as ours
from werkzeug.test import EnvironBuilder

from quiz import storage

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: A minimal server with the same libraries: one form and one table. `benchmarks.load` runs it.
BARE = """
import sys
from flask import Flask, render_template_string, request
from sqlite_utils import Database
from waitress import serve
from wtforms import Form, RadioField

class Page(Form):
    pipelines = RadioField("How often?", choices=["never", "weekly", "daily"], validate_choice=False)

Database(sys.argv[2])["answer"].create({"question": str, "answer": str}, if_not_exists=True)
app = Flask("bare")

@app.get("/")
def page():
    return render_template_string("<title>Bare</title>{{ form.pipelines() }}", form=Page(request.args))

serve(app, listen=sys.argv[1], threads=8)
"""


def hello() -> Flask:
    """A Flask app that answers `/` with one word."""
    app = Flask("hello")

    @app.get("/")
    def page() -> str:
        return "Hello"

    return app


def hello_and_commit(file: Path, answers: Mapping[str, str]) -> Flask:
    """`hello` that first writes the rows of a page submit into a table of the same form, in one synchronous commit."""
    app = Flask("hello")
    db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in ("synchronous=FULL", f"journal_mode={storage.safe_journal_mode()}"):
        db.execute(f"PRAGMA {pragma}")
    db.execute(
        "CREATE TABLE answer (response INTEGER, question TEXT, answer TEXT, PRIMARY KEY (response, question))"
        " STRICT, WITHOUT ROWID"
    )
    points = itertools.cycle(["daily", "weekly"])  # SQLite would skip writing unchanged values

    @app.post("/")
    def page() -> str:
        point = next(points)
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT OR REPLACE INTO answer VALUES (1, ?, ?)", [(question, point) for question in answers])
        db.execute("COMMIT")
        return "Hello"

    return app


def cosine(levels: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine of one person's levels, shape (questions,), with each role's vector, shape (questions, roles)."""
    cosines: NDArray[np.float64] = (levels @ vectors) / (np.linalg.norm(levels) * np.linalg.norm(vectors, axis=0))
    return cosines


class WsgiRequest:
    """A request to a WSGI app that can be sent many times, without the cost of a test client or a socket."""

    def __init__(
        self, app: WSGIApplication, path: str = "/", *, body: bytes = b"", cookie: str = "", kind: str = ""
    ) -> None:
        self.app, self.body = app, body
        method, kind = ("POST", kind or "application/x-www-form-urlencoded") if body else ("GET", "")
        builder = EnvironBuilder(path=path, method=method, base_url="http://localhost", content_type=kind or None)
        self.environ = builder.get_environ() | {"CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "127.0.0.1"}
        if cookie:
            self.environ["HTTP_COOKIE"] = cookie

    def __call__(self) -> tuple[int, bytes]:
        """Send the request; returns the status and the body."""
        statuses: list[str] = []

        def start(status: str, headers: Any, error: Any = None) -> Any:
            statuses.append(status)

        environ = self.environ | {"wsgi.input": io.BytesIO(self.body), "wsgi.errors": sys.stderr}
        answer = self.app(environ, start)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return int(statuses[0].split()[0]), body
