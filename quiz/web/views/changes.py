"""What has changed since an earlier result."""

from __future__ import annotations

from flask import abort, g, render_template

from quiz.web.app import current
from quiz.web.views.owner_pages import current_response, owner_pages, require_finished

pages = owner_pages("changes")


@pages.get("/changes")
def page() -> str:
    """What has changed since the earlier response that this one takes again."""
    from quiz.results import changes, result  # see quiz.web.views.owner_pages.current_result

    require_finished()
    app, kept = current(), current_response()
    before = app.storage.load_earlier_response(g.link_hash) or abort(404)
    return render_template(
        "changes/page.html",
        change=changes.compare_results(app.bank, app.scoring_model, before.answers, kept.answers),
        then=result.build_result(app.bank, app.scoring_model, before.answers),
        now=result.build_result(app.bank, app.scoring_model, kept.answers),
        days=(before.finished or before.changed, kept.finished),
        bank=app.bank,
    )
