"""A job advert: which roles it combines, for everybody, and next to the own work of a person with a result.

The text is in the request only: it is neither stored nor logged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from quiz.web.app import current
from quiz.web.forms.advert import AdvertForm
from quiz.web.owner_blueprint import current_response, current_result, owner_blueprint, require_finished

if TYPE_CHECKING:
    from quiz.results.advert_page import AdvertPage

pages = Blueprint("advert", __name__)
own_pages = owner_blueprint("own_advert")


@pages.route("/advert", methods=["GET", "POST"])
def page() -> str | tuple[str, int]:
    """The form for an advert; after sending, what the advert asks for."""
    form = AdvertForm(request.form)
    if request.method != "POST":
        current().preload_text_matcher()
        return render_template("advert/page.html", form=form, page=None)
    if not form.validate():
        return render_template("advert/page.html", form=form, page=None), 422
    return render_template("advert/page.html", form=form, page=_read(form))


@own_pages.route("/advert", methods=["GET", "POST"])
def compare() -> str | tuple[str, int]:
    """The same form; after sending, the advert next to the person's own answers."""
    from quiz.results.advert_page import compare_with_answers

    require_finished()
    form = AdvertForm(request.form)
    if request.method != "POST":
        current().preload_text_matcher()
        return render_template("advert/own.html", form=form, page=None, comparison=None)
    if not form.validate():
        return render_template("advert/own.html", form=form, page=None, comparison=None), 422
    advert_page = _read(form)
    comparison = None
    if advert_page.advert.recognised:
        comparison = compare_with_answers(current().bank, advert_page.advert, current_response().answers)
    return render_template(
        "advert/own.html",
        form=form,
        page=advert_page,
        comparison=comparison,
        result=current_result(),
        job_goal=current_response().job_goal,
        job_goal_form_fields=current().forms.job_goal(),
    )


def _read(form: AdvertForm) -> AdvertPage:
    # Imports numpy: see quiz.web.owner_blueprint.current_result.
    from quiz.results.advert_page import advert_page

    return advert_page(current().bank, form.text.data)
