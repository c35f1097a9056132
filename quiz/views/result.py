"""A person's result, and what they can do with it."""

from __future__ import annotations

import io

import segno
from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.app import current
from quiz.sheet import sheet
from quiz.views.owner import owner_pages, response

pages = owner_pages("result")


@pages.get("")
def show() -> str | Response:
    """The result, or the page of the quiz to go on with."""
    app, kept = current(), response()
    answered = sheet(app.bank, kept.answers)
    if not kept.finished:
        if answered.complete:
            return redirect(url_for("take.check"), 303)
        return redirect(url_for("take.questions", number=answered.first_open), 303)
    # numpy comes with the first result, so that the first question of a fresh server need not wait for it.
    from quiz import report

    result = report.result(app.bank, app.scheme, kept.answers, kept.contacts)
    return render_template("result/show.html", result=result, response=kept, bank=app.bank)


@pages.get("/qr.svg")
def qr() -> Response:
    """The owner link as a QR code, to go on with a phone."""
    picture = io.BytesIO()
    code = segno.make(current().address("result.show"), micro=False)
    code.save(picture, kind="svg", border=2, light="#fff", svgclass=None, lineclass=None)
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@pages.route("/delete", methods=["GET", "POST"])
def delete() -> str | Response:
    """Delete everything, after asking once."""
    if request.method == "GET":
        return render_template("result/delete.html")
    current().storage.erase(g.owner)
    return redirect(url_for("start.deleted"), 303)
