"""A person's result."""

from __future__ import annotations

import io

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.bank.answer_sheet import answer_sheet
from quiz.web.app import current
from quiz.web.views.owner_pages import current_response, current_result, owner_pages

pages = owner_pages("result")


@pages.get("")
def show() -> str | Response:
    """The result, or the page of the quiz to go on with."""
    app, kept = current(), current_response()
    answered = answer_sheet(app.bank, kept.answers)
    if not kept.finished:
        if answered.is_complete:
            return redirect(url_for("take.check"), 303)
        return redirect(url_for("take.questions", number=answered.first_open_page), 303)
    return render_template(
        "result/show.html",
        result=current_result(),
        own=True,
        day=kept.finished,
        left="left" in request.args,
        bank=app.bank,
        earlier=kept.earlier,
        membership=app.storage.load_membership(g.link_hash),
    )


@pages.get("/qr.svg")
def qr() -> Response:
    """The owner link as a QR code, to go on with a phone."""
    return qr_code(current().absolute_url("result.show"))


def qr_code(address: str) -> Response:
    """A picture that holds `address`, for another device's camera."""
    import segno  # few ask for one, and nobody's first page should wait for it

    picture = io.BytesIO()
    code = segno.make(address, micro=False)
    code.save(picture, kind="svg", border=2, light="#fff", svgclass=None, lineclass=None)
    return Response(picture.getvalue(), mimetype="image/svg+xml")
