"""Where a knock may go: a browser names the address, so this house must not be led to any machine but public ones."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

LONGEST = 1000  # characters of an address


class NotAllowed(Exception):
    """No address that a push service of the public internet could have."""


def checked(endpoint: str, *, stand_in: str = "") -> str:
    """The address itself, by its form alone; raises NotAllowed. `stand_in`: a local push service of a test."""
    if stand_in and endpoint.startswith(f"{stand_in}/"):
        return endpoint
    try:
        parts = urlsplit(endpoint)
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise NotAllowed from error
    plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint and len(endpoint) <= LONGEST
    named = "." in host and ":" not in host and not host.rstrip(".").rpartition(".")[2].isdigit()
    if not (plain and named and parts.scheme == "https" and port in (None, 443)) or "@" in parts.netloc:
        raise NotAllowed
    return endpoint


def public_address(host: str) -> str:
    """One network address of this host; raises NotAllowed if any of them is not public, OSError if there is none.

    The knock goes to this very address, so that the name cannot mean another one a moment later.
    """
    found = [entry[4][0] for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]
    for address in found:
        ip = ipaddress.ip_address(str(address).partition("%")[0])
        inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
        if not (ip.is_global and inner.is_global) or ip.is_multicast:
            raise NotAllowed
    return str(found[0])
