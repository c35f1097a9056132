"""What a person may do with their response: share it, take the quiz again, delete it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.storage import MAX_SHARE_LINKS, ShareLink
from quiz.web import links, seeds
from quiz.web.app import current
from quiz.web.forms.base import MAX_TITLE_LENGTH
from quiz.web.owner_blueprint import abort_if_deleted, current_response, owner_blueprint
from quiz.web.qr_code import qr_code

pages = owner_blueprint("manage")

Contents = Literal["text-and-wishes", "text", "wishes", "result"]


@dataclass(frozen=True)
class ShareLinkRow:
    """A share link as the page shows it. `contents` is what it shows in addition to the result."""

    number: int
    label: str
    created: str
    address: str
    contents: Contents

    @classmethod
    def of(cls, share_link: ShareLink) -> ShareLinkRow:
        """`share_link` with its address."""
        return cls(
            number=share_link.number,
            label=share_link.label,
            created=share_link.created,
            address=_share_link_address(share_link.number),
            contents=_contents(share_link),
        )


def _contents(share_link: ShareLink) -> Contents:
    if share_link.shares_text and share_link.shares_wishes:
        return "text-and-wishes"
    if share_link.shares_text:
        return "text"
    return "wishes" if share_link.shares_wishes else "result"


def _share_link(number: int) -> str:
    """The share link with this number. It is derived from the owner link, so that it need not be stored."""
    return current().derive_link("share", f"{g.link}:{number}")


def _share_link_address(number: int) -> str:
    return current().absolute_url("shared.show", link=_share_link(number))


def _has_share_link(number: int) -> bool:
    return any(share_link.number == number for share_link in current_response().share_links)


@pages.get("/manage")
def page() -> str:
    """Share links, download, expiry, taking the quiz again, deleting."""
    app, response = current(), current_response()
    oldest_first = sorted(response.share_links, key=lambda share_link: (share_link.created, share_link.label))
    return render_template(
        "manage/page.html",
        form=app.forms.share(),
        share_links=[ShareLinkRow.of(share_link) for share_link in oldest_first],
        has_max_links=len(response.share_links) >= MAX_SHARE_LINKS,
        max_label_length=MAX_TITLE_LENGTH,
        expiry_day=app.expiry_day(response.changed),
        seed=links.new_link(),
        is_finished=response.finished is not None,
        membership=app.storage.load_membership(g.link_hash),
    )


@pages.post("/shares")
def create_share_link() -> Response:
    """Create a share link. The same form sent twice creates one."""
    app = current()
    form = app.forms.share(request.form)
    if not form.validate():
        abort(400)
    label, shares_text, shares_wishes = form.label.data or "", form.shares_text.data, form.shares_wishes.data
    numbers = seeds.candidate_numbers(g.link_hash, label, shares_text, shares_wishes)
    share_hashes = {links.hash_link(_share_link(number)): number for number in numbers}
    created = app.storage.create_share_link(
        g.link_hash,
        ShareLink(numbers[0], label, shares_text, shares_wishes, app.today()),
        share_hash=links.hash_link(_share_link(numbers[0])),
        same_form=share_hashes,
    )
    if created is None:
        abort(400)
    return redirect(url_for("manage.page", _anchor="share"), 303)


@pages.post("/shares/<int:number>/end")
def delete_share_link(number: int) -> Response:
    """Delete a share link. If it is deleted already, nothing changes."""
    if _has_share_link(number):
        current().storage.delete_share_link(g.link_hash, number, day=current().today())
    return redirect(url_for("manage.page", _anchor="share"), 303)


@pages.get("/shares/<int:number>.svg")
def share_link_qr(number: int) -> Response:
    """A share link as a QR code."""
    if not _has_share_link(number):
        abort(404)
    return qr_code(_share_link_address(number))


@pages.post("/extend")
def extend() -> Response:
    """Start the time until expiry again today."""
    app = current()
    abort_if_deleted(app.storage.extend_expiry(g.link_hash, day=app.today()))
    return redirect(url_for("manage.page", _anchor="keep"), 303)


@pages.post("/retake")
def retake() -> Response:
    """Take the quiz again: creates a new response with this one as its earlier response.

    One of the buttons also adds the new response to the team of this one.
    """
    stays_in_team = "stay" in request.form
    link = seeds.create_response(g.link_hash, stays_in_team, earlier=g.link_hash, joins_team=stays_in_team)
    if stays_in_team:
        current().storage.stay_in_team(links.hash_link(link))
    return redirect(url_for("take.questions", link=link, number=1), 303)


@pages.route("/delete", methods=["GET", "POST"])
def delete() -> str | Response:
    """Delete the response and all that belongs to it, after asking once."""
    if request.method != "POST":
        return render_template("manage/delete.html", has_earlier_response=current_response().earlier is not None)
    current().storage.delete_response(g.link_hash, day=current().today())
    return redirect(url_for("start.deleted"), 303)
