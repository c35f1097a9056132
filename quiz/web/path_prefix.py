"""Serving below a path: with PUBLIC_URL `https://example.org/hats`, every address of the app begins with `/hats`.

The proxy may pass on the path as it is, or without its beginning. So no route may begin like the path: which of the two
the proxy does could not be distinguished from `/r/…`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from quiz.config.settings import SettingError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from quiz.web.app import App


def path_of(public_url: str) -> str:
    """The path in the address that people use, without a slash at the end; "" if there is none.

    >>> path_of("https://example.org/hats/"), path_of("https://hats.example.org")
    ('/hats', '')
    """
    return urlsplit(public_url).path.rstrip("/")


class PathPrefix:
    """A WSGI app that tells `app` below which path it is served."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self.app, self.prefix = app, prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle a request, whether the proxy removed the prefix or not."""
        path: str = environ.get("PATH_INFO", "")
        environ["SCRIPT_NAME"] = self.prefix
        if path == self.prefix or path.startswith(f"{self.prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(self.prefix) or "/"
        return self.app(environ, start_response)


def init_app(app: App) -> None:
    """Serve `app` below the path of its PUBLIC_URL, if that has one. Its routes must be complete.

    Raises
    ------
    SettingError
        If the path begins like an address of the app itself.
    """
    prefix = path_of(app.config["PUBLIC_URL"])
    if not prefix:
        return
    first = prefix.split("/")[1]
    if first in {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}:
        raise SettingError(f"PUBLIC_URL: the quiz has addresses of its own that begin with /{first}; use another path")
    wsgi_app: Any = PathPrefix(app.wsgi_app, prefix)
    app.wsgi_app = wsgi_app  # type: ignore[method-assign]
