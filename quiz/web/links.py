"""Links: unguessable addresses that each give one right. Only their hashes are stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from urllib.parse import unquote

#: Regular expression for a link inside an address: 128 random bits in 22 URL-safe characters.
LINK_PATTERN = r"[A-Za-z0-9_-]{22}"

#: Characters that a program adds where it breaks a long line; none of them is part of an address.
_SPACES = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_AFTER_PATH = re.compile(r"[?&#].*", re.DOTALL)
_TRACKING_PARAMETER = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|twclid|ttclid|yclid|igshid|igsh|li_fat_id|mc_cid|mc_eid"
    r"|mkt_tok|_hsenc|_hsmi|_ga|_gl",
    re.ASCII,
)


def new_link() -> str:
    """A new random link."""
    return secrets.token_urlsafe(16)


def derive_link(key: bytes, purpose: str, seed: str) -> str:
    """The link that belongs to `seed`. The same seed gives the same link; it cannot be computed without `key`."""
    digest = hmac.new(key, f"{purpose}:{seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def clean_path(path: str) -> str:
    """`path` without what chat and mail programs add: spaces, line breaks, punctuation at the end, a second encoding.

    >>> clean_path("/r/AAAAAAAAAAAAAAAAAAAAAA/1)."), clean_path("/r/AAAAAAAAAA\\nAAAAAAAAAAAA.csv%20")
    ('/r/AAAAAAAAAAAAAAAAAAAAAA/1', '/r/AAAAAAAAAAAAAAAAAAAAAA.csv')
    """
    path = _SPACES.sub("", _AFTER_PATH.sub("", unquote(path)))
    # A link never ends with "-" or "_": its last character stands for two bits and is one of A, Q, g and w.
    # Not the regular expression `[\W_]+\Z`: after 30,000 stops and a letter, it would look for many seconds.
    end = len(path)
    while end and not path[end - 1].isalnum():
        end -= 1
    return path[:end]


def is_tracking_parameter(name: str) -> bool:
    """Whether other programs add a query parameter of this name to links, to follow who opens them."""
    return _TRACKING_PARAMETER.fullmatch(name) is not None


def find_link(text: str, kind: str) -> str | None:
    """The link in a pasted `text`, which is the link alone or an address with `/<kind>/` before it; None without one.

    >>> find_link("<https://hats.example.org/r/AAAAAAAAAAAAAAAAAAAAAA/more>,", "r")
    'AAAAAAAAAAAAAAAAAAAAAA'
    """
    pattern = re.compile(rf"(?:^\W*|/{kind}/)({LINK_PATTERN})(?![A-Za-z0-9_-])")
    text = unquote(text)
    match = pattern.search(text) or pattern.search(_SPACES.sub("", text))
    return match[1] if match else None


def valid_seed(seed: str) -> str | None:
    """`seed` if it has the format of a link, else None."""
    return seed if re.fullmatch(LINK_PATTERN, seed) else None


def hash_link(link: str) -> str:
    """SHA-256 of a link as 64 hexadecimal digits: this is what storage stores and looks up.

    Links are random, so they need no salt. A look-up by hash reveals nothing about the link through its timing.
    """
    return hashlib.sha256(link.encode()).hexdigest()
