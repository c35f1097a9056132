"""The style sheet: several CSS files served as one, so that a page needs a single request.

It is compressed, unlike pages: it contains nothing secret, and nothing that a visitor wrote, so its size tells nothing.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

CSS_FOLDER = Path(__file__).parent / "static" / "css"
#: In the order of the cascade: a rule in a later file overrides an equally specific rule in an earlier one.
CSS_FILES = (
    "tokens.css",
    "base.css",
    "forms.css",
    "questions.css",
    "check.css",
    "result.css",
    "teams.css",
    "conversation.css",
    "second_view.css",
    "advert.css",
    "print.css",
)


@cache
def read_stylesheet() -> str:
    """All CSS files as one text."""
    return "\n".join((CSS_FOLDER / name).read_text(encoding="utf-8") for name in CSS_FILES)


@cache
def _compress_stylesheet() -> bytes:
    return gzip.compress(read_stylesheet().encode(), mtime=0)  # the same bytes at every start


def init_app(app: Flask) -> None:
    """Serve the style sheet of `app` at `/static/style.css`."""
    css = read_stylesheet().encode()
    compressed_css = _compress_stylesheet()
    etag = hashlib.sha256(css).hexdigest()

    @app.get("/static/style.css")
    def stylesheet() -> Response:
        if request.accept_encodings.quality("gzip"):
            response = Response(compressed_css, mimetype="text/css")
            response.content_encoding = "gzip"
            response.set_etag(f"{etag}-gzip")
        else:
            response = Response(css, mimetype="text/css")
            response.set_etag(etag)
        response.vary.add("Accept-Encoding")
        response.cache_control.max_age = app.config["SEND_FILE_MAX_AGE_DEFAULT"]
        response.cache_control.public = True
        response.make_conditional(request)
        return response
