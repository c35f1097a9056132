"""The one place that guards requests and dresses answers: forged forms, headers, caches."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, render_template, request, session
from wtforms import Form
from wtforms.csrf.session import SessionCSRF

_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
TOKEN = "csrf_token"  # noqa: S105 - the name of a field
#: The unsafe endpoints that need no token: they read no cookie and change nothing, so there is nothing to forge.
STATELESS = {"api.score"}
#: No form of ours has as many fields; each would come back as some thirty times as much markup.
MOST_FIELDS = 100

# Nothing but this server's own files, and no inline script or style at all.
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",  # addresses hold links, which are keys
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}


def init_app(app: Flask) -> None:
    """Guard every unsafe request of `app` with a token, and give every answer its headers."""
    key = app.config["SECRET_KEY"]
    secret = hmac.new(key if isinstance(key, bytes) else key.encode(), b"csrf", hashlib.sha256).digest()

    class Guard(Form):
        """A form of nothing but the token."""

        class Meta:
            csrf = True
            csrf_class = SessionCSRF
            csrf_secret = secret
            csrf_field_name = TOKEN
            csrf_time_limit = timedelta(hours=12)  # a quiz may lie open over a working day
            locales = False

    def guard(data: Any = None) -> Form:
        return Guard(data, meta={"csrf_context": session})

    @app.before_request
    def refuse_forged() -> tuple[str, int] | None:
        if request.method not in _UNSAFE or request.endpoint is None:
            return None
        ours = _ours(app.config["PUBLIC_URL"])
        if ours is False:
            abort(403)
        if request.endpoint in STATELESS:
            return None
        if sum(1 for _ in request.form.items(multi=True)) > MOST_FIELDS:
            abort(413)
        known = "csrf" in session  # asked first: the form would give everybody one
        if known and guard(request.form).validate():
            return None
        # What others filled in must not come back as a form of ours, with a token: it would take one click. Their
        # requests bring no cookie along.
        if not ours and not known:
            abort(403)
        return send_again("stale"), 400

    @app.template_global("csrf_token")
    def token() -> str:
        return str(guard()[TOKEN].current_token)

    @app.after_request
    def dress(response: Response) -> Response:
        # All at once: asking for each by itself takes longer than the rest of an answer's way through here.
        given = {name.lower() for name, _ in response.headers}
        response.headers.extend((name, value) for name, value in _HEADERS.items() if name.lower() not in given)
        if request.endpoint != "static" or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        if app.config["PUBLIC_URL"].startswith("https://"):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


def _ours(url: str) -> bool | None:
    """Whether a page of this server sends the request, as the browser tells; None where it does not tell.

    `url` is the address people use, where one is set; a proxy may ask under another name.
    """
    site = request.headers.get("Sec-Fetch-Site")  # comes only over HTTPS and to this machine's own names
    if site in {"cross-site", "same-site"}:
        return False
    if site == "same-origin":
        return True
    origin = request.headers.get("Origin", "null")
    if origin == "null":  # from our own pages too, as they let nobody know their address
        return None
    # The scheme is not compared: a proxy may not pass it on.
    return _host(origin.partition("://")[2]) in {_host(request.host), _host(urlsplit(url).netloc)} - {""}


def _host(netloc: str) -> str:
    """A host and its port, without one that browsers leave out.

    >>> _host("Hats.example.org:443"), _host("[::1]:8000"), _host("192.0.2.2:80")
    ('hats.example.org', '[::1]:8000', '192.0.2.2')
    """
    return netloc.lower().removesuffix(":80").removesuffix(":443")


def send_again(why: str) -> str:
    """A page that carries everything that was sent, and sends it once more: nothing typed is lost.

    `why` is `stale` (the page was open for too long, or cookies are off) or `unavailable` (nothing could be saved).
    """
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != TOKEN]
    return render_template("errors/again.html", why=why, fields=fields)
