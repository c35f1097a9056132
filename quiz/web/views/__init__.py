"""The pages: one blueprint for each subject. A view reads the request, makes one call and renders one template."""

from __future__ import annotations

from werkzeug.routing import BaseConverter

from quiz.web import links
from quiz.web.app import App


class LinkConverter(BaseConverter):
    """A link inside an address. Anything else in its place gives a 404, like a wrong link."""

    regex = links.LINK_PATTERN


def init_app(app: App) -> None:
    """Register the pages and the error pages of `app`."""
    from quiz.web.views import (
        advert,
        api,
        changes,
        conversation,
        download,
        errors,
        feedback,
        follow_ups,
        goals,
        health,
        lead,
        manage,
        member,
        open_team,
        result,
        second_view,
        shared,
        start,
        take,
        viewer,
    )

    app.url_map.converters["link"] = LinkConverter
    errors.init_app(app)
    app.register_blueprint(start.pages)
    app.register_blueprint(advert.pages)
    app.register_blueprint(advert.own_pages)
    app.register_blueprint(take.pages)
    app.register_blueprint(follow_ups.pages)
    app.register_blueprint(result.pages)
    app.register_blueprint(feedback.pages)
    app.register_blueprint(goals.pages)
    app.register_blueprint(changes.pages)
    app.register_blueprint(conversation.pages)
    app.register_blueprint(second_view.pages)
    app.register_blueprint(viewer.view_request)
    app.register_blueprint(viewer.pages)
    app.register_blueprint(manage.pages)
    app.register_blueprint(download.pages)
    app.register_blueprint(shared.pages)
    app.register_blueprint(lead.new_team)
    app.register_blueprint(lead.pages)
    app.register_blueprint(member.pages)
    app.register_blueprint(member.member)
    app.register_blueprint(open_team.lead_pages)
    app.register_blueprint(open_team.member_pages)
    app.register_blueprint(api.pages)
    app.register_blueprint(health.pages)
