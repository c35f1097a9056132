"""The start page, and what belongs to nobody's response."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.web import links
from quiz.web.app import current

pages = Blueprint("start", __name__)


@pages.get("/")
def home() -> str:
    """What this is, how long it takes, what is kept and by whom."""
    return render_template("start/home.html", bank=current().bank, seed=links.make())


@pages.get("/privacy")
def privacy() -> str:
    """What is kept, by whom, for how long."""
    return render_template("start/privacy.html")


@pages.post("/start")
def begin() -> Response:
    """Begin a response and go to its first page. The same form sent twice begins one."""
    app = current()
    link = app.derive("owner", links.checked(request.form.get("seed", "")) or abort(400))
    app.storage.create_response(links.fingerprint(link), bank=app.bank.version, day=app.today())
    return redirect(url_for("take.questions", link=link, number=1), 303)


@pages.get("/deleted")
def deleted() -> str:
    """Everything is gone."""
    return render_template("start/deleted.html", team="team" in request.args)
