"""Links: unguessable addresses that each give one right. Only their hashes are stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

#: Regular expression for a link inside an address: 128 random bits in 22 URL-safe characters.
LINK_PATTERN = r"[A-Za-z0-9_-]{22}"


def new_link() -> str:
    """A new random link."""
    return secrets.token_urlsafe(16)


def derive_link(key: bytes, purpose: str, seed: str) -> str:
    """The link that belongs to `seed`. The same seed gives the same link; it cannot be computed without `key`.

    A form that creates something contains a random seed. Sending the form twice gives the same link twice, so a
    double click creates one thing, although the link itself is never stored.
    """
    digest = hmac.new(key, f"{purpose}:{seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def valid_seed(seed: str) -> str | None:
    """`seed` if it has the format of a link, else None."""
    return seed if re.fullmatch(LINK_PATTERN, seed) else None


def hash_link(link: str) -> str:
    """SHA-256 of a link as 64 hexadecimal digits: this is what storage stores and looks up.

    Links are random, so they need no salt. A look-up by hash reveals nothing about the link through its timing.
    """
    return hashlib.sha256(link.encode()).hexdigest()
