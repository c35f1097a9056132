"""The start page, the privacy page, and the page after deleting: pages that need no link."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from quiz.results.shelf import example_shelf
from quiz.web import links, seeds
from quiz.web.app import current

pages = Blueprint("start", __name__)


@pages.get("/")
def home() -> str:
    """What the quiz is, how long it takes, what is stored and by whom."""
    bank = current().bank
    return render_template("start/home.html", bank=bank, seed=links.new_link(), example_shelf=example_shelf(bank.roles))


@pages.get("/privacy")
def privacy() -> str:
    """What is stored, by whom, for how long."""
    return render_template("start/privacy.html", contact_is_address="@" in current().config["CONTACT"])


@pages.post("/start")
def begin() -> Response:
    """Create a response and go to its first page. The same form sent twice creates one response."""
    link = seeds.create_response()
    return redirect(url_for("take.questions", link=link, number=1), 303)


def _deleted_thing() -> str:
    return next((thing for thing in ("team", "view") if thing in request.args), "response")


@pages.get("/deleted")
def deleted() -> Response:
    """Confirmation that something is deleted. The browser deletes what it cached of this server."""
    response = make_response(render_template("start/deleted.html", what=_deleted_thing()))
    response.headers["Clear-Site-Data"] = '"cache"'
    # Chromium removes pages with `no-store` from its back/forward cache when a cookie of theirs is set again.
    session.modified = True
    return response
