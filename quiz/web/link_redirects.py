"""Redirects from a link that arrived with something added to it, as chat and mail programs do, to the clean address."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect, request, url_for
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response

from quiz.web import links
from quiz.web.app import App


def init_app(app: App) -> None:
    """Redirect the requests to `app` whose address holds a link and something that does not belong to it.

    Nothing is looked up here: a wrong link is redirected like a right one, then it is not found, and counted once.
    """

    @app.before_request
    def redirect_to_clean_address() -> Response | None:
        if request.method not in {"GET", "HEAD"}:
            return None
        is_unknown = isinstance(request.routing_exception, NotFound)
        parameters = list(request.args.items(multi=True))
        kept = [(name, value) for name, value in parameters if not links.is_tracking_parameter(name)]
        if not is_unknown and kept == parameters:
            return None
        path = links.clean_path(request.path) if is_unknown else request.path
        address = _link_address(app, path)
        if address is None:
            return None
        return redirect(f"{address}?{urlencode(kept)}" if kept else address, 301)


def _link_address(app: App, path: str) -> str | None:
    """The address of the page at `path`, built from its route, if the page is for reading and behind a link."""
    adapter = app.create_url_adapter(request)
    try:
        endpoint, values = adapter.match(path, method="GET") if adapter else ("", {})
    except HTTPException:  # no such page, a page that takes no GET, or a redirect
        return None
    return url_for(endpoint, **values) if "link" in values else None
