"""Links as QR codes."""

from __future__ import annotations

import io

from werkzeug.wrappers import Response


def qr_code(address: str) -> Response:
    """An SVG picture of a QR code with `address`."""
    import segno  # imported here, because few people open a QR code

    picture = io.BytesIO()
    code = segno.make(address, micro=False)
    code.save(picture, kind="svg", border=2, light="#fff", svgclass=None, lineclass=None)
    return Response(picture.getvalue(), mimetype="image/svg+xml")
