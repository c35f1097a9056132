"""The second view for the owner of a response: asking for it, opening it, the comparison, ending it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.storage import DRAFT_DAYS, SecondView
from quiz.web import links, seeds
from quiz.web.app import current, days_after
from quiz.web.forms.second_view import SecondViewForm
from quiz.web.owner_blueprint import owner_blueprint, require_finished
from quiz.web.qr_code import qr_code

if TYPE_CHECKING:
    from quiz.results.second_view import SecondViewComparison

pages = owner_blueprint("second_view", "/r/<link:link>/second-view")


def _current_second_view() -> SecondView | None:
    """The second view of this response; 404 if the bank has none, or if the quiz is not finished."""
    require_finished()
    if current().bank.viewer_texts is None:
        abort(404)
    return current().storage.load_second_view(g.link_hash)


def _view_link(number: int) -> str:
    """The view link with this number. It is derived from the owner link, so that it need not be stored."""
    return current().derive_link("view", f"{g.link}:{number}")


def _view_address(second_view: SecondView) -> str:
    return current().absolute_url("view_request.page", link=_view_link(second_view.number))


def compare(second_view: SecondView) -> SecondViewComparison:
    """The comparison of a second view that is opened. It is the same for its owner and its viewer."""
    from quiz.results.second_view import compare_views  # imports numpy: see quiz.web.owner_blueprint.current_result

    return compare_views(
        current().bank,
        second_view.owner_answers,
        second_view.viewer_answers,
        second_view.priorities,
        owner_name=second_view.owner_name,
        viewer_name=second_view.viewer_name,
    )


@pages.route("", methods=["GET", "POST"])
def page() -> str | Response | tuple[str, int]:
    """The form that asks for a second view, the link to hand out, or the comparison once it is opened."""
    second_view = _current_second_view()
    if second_view is None:
        return _ask() if request.method == "POST" else _render_form(current().forms.second_view())
    if request.method == "POST":  # a response has one second view at most
        return redirect(url_for("second_view.page"), 303)
    if second_view.opened is not None:
        return render_template("second_view/opened.html", second_view=second_view, comparison=compare(second_view))
    return render_template(
        "second_view/asked.html",
        second_view=second_view,
        address=_view_address(second_view),
        last_day=days_after(second_view.draft_since, DRAFT_DAYS),
    )


def _ask() -> Response | tuple[str, int]:
    """Ask for a second view. The same form sent twice asks once."""
    app = current()
    form = app.forms.second_view(request.form)
    if not form.validate():
        return _render_form(form, [(name, messages[0]) for name, messages in form.errors.items()]), 422
    owner_name, viewer_name = form.owner_name.data, form.viewer_name.data
    numbers = seeds.candidate_numbers(g.link_hash, owner_name, viewer_name)
    view_hashes = {links.hash_link(_view_link(number)): number for number in numbers}
    app.storage.create_second_view(
        g.link_hash,
        owner_name=owner_name,
        viewer_name=viewer_name,
        day=app.today(),
        view_hash=links.hash_link(_view_link(numbers[0])),
        number=numbers[0],
        same_form=view_hashes,
    )
    return redirect(url_for("second_view.page"), 303)


def _render_form(form: SecondViewForm, errors: Sequence[tuple[str, str]] = ()) -> str:
    return render_template(
        "second_view/ask.html",
        form=form,
        errors=errors,
        seed=request.form.get("seed") or links.new_link(),
        was_ended="ended" in request.args,
    )


@pages.get("/qr.svg")
def qr() -> Response:
    """The view link as a QR code."""
    return qr_code(_view_address(_current_second_view() or abort(404)))


@pages.route("/open", methods=["GET", "POST"])
def open_both() -> str | Response:
    """Open what the viewer sent, after a page that says what happens. It cannot be closed again."""
    second_view = _current_second_view() or abort(404)
    if second_view.sent is None or second_view.opened is not None:
        return redirect(url_for("second_view.page"), 303)
    if request.method != "POST":
        return render_template("second_view/open.html", second_view=second_view)
    current().storage.open_second_view(g.link_hash, day=current().today())
    return redirect(url_for("second_view.page"), 303)


@pages.post("/sheet")
def show_on_sheet() -> Response:
    """Show questions of the second view on the page for a conversation, or no longer."""
    _current_second_view()
    current().storage.show_on_sheet(g.link_hash, "on_sheet" in request.form)
    return redirect(url_for("second_view.page", _anchor="sheet"), 303)


@pages.route("/end", methods=["GET", "POST"])
def end() -> str | Response:
    """Delete the second view with everything in it, after asking once."""
    second_view = _current_second_view()
    if second_view is None:
        return redirect(url_for("second_view.page"), 303)
    if request.method != "POST":
        return render_template("second_view/end.html", second_view=second_view)
    current().storage.end_second_view(g.link_hash, day=current().today())
    return redirect(url_for("second_view.page", ended=1), 303)
