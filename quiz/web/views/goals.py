"""What a person wants: a wish for each responsibility, and the roles they are heading for."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.bank.answer_sheet import answer_sheet
from quiz.web.app import current
from quiz.web.views.owner_pages import abort_if_deleted, current_response, owner_pages, require_finished

pages = owner_pages("goals")


@pages.route("/goals", methods=["GET", "POST"])
def page() -> str | Response | tuple[str, int]:
    """Wishes about each responsibility, and the roles somebody is heading for; saved as they are chosen."""
    from quiz.results.goals import goal_distances  # imports numpy: see quiz.web.views.owner_pages.current_result

    require_finished()
    app, kept = current(), current_response()
    form = app.forms.goals(request.form) if request.method == "POST" else app.forms.goals(data=_kept())
    status = 200
    if request.method == "POST":
        if form.validate():
            saved = app.storage.save_goals(
                g.link_hash, wishes=form.wishes, goals=form.goals.data or [], bank=app.bank.version, day=app.today()
            )
            abort_if_deleted(saved)
            return redirect(url_for("goals.page", saved=1, _anchor="saved"), 303)
        status = 422
    lines = answer_sheet(app.bank, kept.answers).rows
    page = render_template(
        "goals/page.html",
        form=form,
        wrong=[("goals-first" if name == "goals" else name, said[0]) for name, said in form.errors.items()],
        bank=app.bank,
        doing=sorted(
            (line for line in lines if line.answer and line.answer.level), key=lambda line: -line.answer.level
        ),
        others=[line for line in lines if not (line.answer and line.answer.level)],
        saved="saved" in request.args and not form.errors,
        distances=goal_distances(app.bank, app.scoring_model, kept.answers, kept.goals, kept.contacts),
    )
    return page, status


def _kept() -> dict[str, object]:
    kept = current_response()
    return {f"wish-{id}": wish for id, wish in kept.wishes.items()} | {"goals": kept.goals}
