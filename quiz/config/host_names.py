"""Host names in one form, so that a request’s host can be compared with the names that the operator set."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv6Address

_HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@/\\\s?#]+)(?::([0-9]{0,5}))?")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def normalize_host(text: str) -> str:
    """A host in the form that is compared: in lower case and ASCII, without a port and a dot at its end.

    An IPv6 address keeps its brackets and gets its shortest form.

    Raises
    ------
    ValueError
        If `text` is not a host with or without a port.

    >>> normalize_host("Hats.Example.org.:8000"), normalize_host("bücher.example"), normalize_host("[0:0::1]:80")
    ('hats.example.org', 'xn--bcher-kva.example', '[::1]')
    """
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None or int(match[2] or 80) not in range(1, 65536):
        raise ValueError(f"{text!r} is not a host name")
    host = match[1]
    if host.startswith("["):
        return f"[{IPv6Address(host[1:-1])}]"
    # A UnicodeError, for example for a part of more than 63 characters, is a ValueError too.
    name = host.removesuffix(".").encode("idna").decode("ascii").lower()
    if not _NAME.fullmatch(name):
        raise ValueError(f"{text!r} is not a host name")
    return name


def is_trusted(host: str, trusted_hosts: Iterable[str]) -> bool:
    """Whether `host`, as a request sent it, is one of these names, or below one that begins with a dot.

    The check of Flask and Werkzeug is not used: it refuses every IPv6 address, capitals, and a dot at the end.

    >>> is_trusted("[::1]:8000", ["[::1]"]), is_trusted("a.example.org", [".example.org"])
    (True, True)
    >>> is_trusted("", ["localhost"])
    False
    """
    try:
        name = normalize_host(host)
    except ValueError:
        return False
    for trusted in trusted_hosts:
        expected = normalize_host(trusted.removeprefix("."))
        if name == expected or (trusted.startswith(".") and name.endswith(f".{expected}")):
            return True
    return False
