"""Links: unguessable addresses that each give one right. Only their fingerprints are ever stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

#: What a link looks like inside an address: 128 random bits in 22 URL-safe characters.
PATTERN = r"[A-Za-z0-9_-]{22}"


def make() -> str:
    """A new link."""
    return secrets.token_urlsafe(16)


def derive(key: bytes, purpose: str, seed: str) -> str:
    """The link that belongs to `seed`: the same seed gives the same link, and nobody without `key` can tell which.

    A form that creates something carries a random seed. Sending the form twice then means the same link twice, so
    that a double click makes one thing, without the link itself ever being stored.
    """
    digest = hmac.new(key, f"{purpose}:{seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def checked(seed: str) -> str | None:
    """`seed` where it looks like one of ours, else None."""
    return seed if re.fullmatch(PATTERN, seed) else None


def fingerprint(link: str) -> str:
    """SHA-256 of a link, as 64 hexadecimal digits: what storage keeps and looks up.

    Links are random, so they need no salt; and a look-up by hash tells nothing through its timing.
    """
    return hashlib.sha256(link.encode()).hexdigest()
