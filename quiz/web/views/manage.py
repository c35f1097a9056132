"""What a person may do with their response: share it, keep it, take the quiz again, delete it."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz import storage
from quiz.web import links
from quiz.web.app import current
from quiz.web.views.owner_pages import abort_if_deleted, current_response, owner_pages
from quiz.web.views.result import qr_code

pages = owner_pages("manage")


class Shared(NamedTuple):
    """A share with its address."""

    share: storage.ShareLink
    address: str


def _share_link(number: int) -> str:
    """The share link of that number: only who has the owner link can work it out, and nothing of it is stored."""
    return current().derive_link("share", f"{g.link}:{number}")


@pages.get("/manage")
def page() -> str:
    """Share links, export, expiry, taking it again, deleting."""
    app, kept = current(), current_response()
    made = [
        Shared(share, app.absolute_url("shared.show", link=_share_link(share.number))) for share in kept.share_links
    ]
    return render_template(
        "manage/page.html",
        shares=sorted(made, key=lambda one: (one.share.created, one.share.label)),
        number=1 + secrets.randbelow(2**53 - 1),
        full=len(made) >= storage.MAX_SHARE_LINKS,
        form=app.forms.share(),
        expires=app.expiry_day(kept.changed),
        seed=links.new_link(),
        finished=kept.finished,
    )


@pages.post("/shares")
def create_share() -> Response:
    """Make a share link. The same form sent twice makes one."""
    app = current()
    form, number = app.forms.share(request.form), request.form.get("number", type=int) or 0
    if not form.validate() or not 0 < number < 2**53:
        abort(400)
    made = storage.ShareLink(number, form.label.data or "", form.shares_text.data, form.shares_wishes.data, app.today())
    if not app.storage.create_share_link(g.link_hash, made, share_hash=links.hash_link(_share_link(number))):
        abort(400)
    return redirect(url_for("manage.page", _anchor="share"), 303)


@pages.post("/shares/<int:number>/end")
def end_share(number: int) -> Response:
    """End a share link. One that was ended already stays so."""
    if number in {share.number for share in current_response().share_links}:
        current().storage.delete_share_link(g.link_hash, number)
    return redirect(url_for("manage.page", _anchor="share"), 303)


@pages.get("/shares/<int:number>.svg")
def share_qr(number: int) -> Response:
    """A share link as a QR code."""
    if number not in {share.number for share in current_response().share_links}:
        abort(404)
    return qr_code(current().absolute_url("shared.show", link=_share_link(number)))


@pages.post("/extend")
def extend() -> Response:
    """Count the time until it is deleted from today on."""
    app = current()
    abort_if_deleted(app.storage.extend_expiry(g.link_hash, day=app.today()))
    return redirect(url_for("manage.page", _anchor="keep"), 303)


@pages.post("/retake")
def retake() -> Response:
    """Take the quiz again: a new response, which knows this one."""
    app = current()
    link = app.derive_link("owner", links.valid_seed(request.form.get("seed", "")) or abort(400))
    app.storage.create_response(links.hash_link(link), bank=app.bank.version, day=app.today(), earlier=g.link_hash)
    return redirect(url_for("take.questions", link=link, number=1), 303)


@pages.route("/delete", methods=["GET", "POST"])
def delete() -> str | Response:
    """Delete everything, after asking once."""
    if request.method != "POST":
        return render_template("manage/delete.html", earlier=current_response().earlier)
    current().storage.delete_response(g.link_hash)
    return redirect(url_for("start.deleted"), 303)
