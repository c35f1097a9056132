"""Where a person wants to go: wishes, a role they are heading for, the page for a talk, and what has changed."""

from __future__ import annotations

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quiz.bank.answer_sheet import sheet
from quiz.web.app import current
from quiz.web.views.owner_pages import or_gone, owner_pages, response

pages = owner_pages("ahead")


def _finished() -> None:
    if not response().finished:
        abort(404)


@pages.route("/ahead", methods=["GET", "POST"])
def page() -> str | Response | tuple[str, int]:
    """Wishes about each responsibility, and the roles somebody is heading for; saved as they are chosen."""
    from quiz.results import conversation  # brings numpy: see quiz.web.views.owner_pages.result

    _finished()
    app, kept = current(), response()
    form = app.forms.ahead(request.form) if request.method == "POST" else app.forms.ahead(data=_kept())
    status = 200
    if request.method == "POST":
        if form.validate():
            saved = app.storage.save_wishes(
                g.key, wishes=form.wishes, heading=form.heading.data or [], bank=app.bank.version, day=app.today()
            )
            or_gone(saved)
            return redirect(url_for("ahead.page", saved=1, _anchor="saved"), 303)
        status = 422
    lines = sheet(app.bank, kept.answers).lines
    page = render_template(
        "goals/page.html",
        form=form,
        wrong=[("heading-first" if name == "heading" else name, said[0]) for name, said in form.errors.items()],
        bank=app.bank,
        doing=sorted(
            (line for line in lines if line.answer and line.answer.level), key=lambda line: -line.answer.level
        ),
        others=[line for line in lines if not (line.answer and line.answer.level)],
        saved="saved" in request.args and not form.errors,
        distances=conversation.distances(app.bank, app.scheme, kept.answers, kept.heading, kept.contacts),
    )
    return page, status


def _kept() -> dict[str, object]:
    kept = response()
    return {f"wish-{id}": wish for id, wish in kept.wishes.items()} | {"heading": kept.heading}


@pages.get("/talk")
def talk_page() -> str:
    """One page to print for a career conversation; `?listener` adds one for who listens."""
    from quiz.results import conversation

    _finished()
    app, kept = current(), response()
    before = app.storage.earlier(g.key)
    said = conversation.talk(
        app.bank,
        app.scheme,
        kept.answers,
        contacts=kept.contacts,
        title=kept.title,
        wishes=kept.wishes,
        heading=kept.heading,
        before=before.answers if before else None,
    )
    return render_template(
        "conversation/page.html",
        talk=said,
        result=said.result,
        bank=app.bank,
        day=app.today(),
        listener="listener" in request.args,
    )


@pages.get("/since")
def since() -> str:
    """What has changed since the earlier response that this one takes again."""
    from quiz.results import goals, result

    _finished()
    app, kept = current(), response()
    before = app.storage.earlier(g.key) or abort(404)
    return render_template(
        "changes/page.html",
        change=goals.compare(app.bank, app.scheme, before.answers, kept.answers),
        then=result.result(app.bank, app.scheme, before.answers),
        now=result.result(app.bank, app.scheme, kept.answers),
        days=(before.finished or before.changed, kept.finished),
        bank=app.bank,
    )
