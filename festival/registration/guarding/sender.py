"""Who sends a registration, as far as it concerns floods: an address and a browser, neither of them kept as such."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from flask import request, session

from festival.core.secrets import mark, random_token

ORIGIN_LENGTH = 32
_KEY = "device"


@dataclass(frozen=True)
class Sender:
    """`address` of the network (a household's whole IPv6 network counts as one); `device` is "" for a browser that has
    not opened the form before."""

    address: str
    device: str = ""

    def origin(self, festival_id: int) -> str:
        """How it stands beside a registration: a keyed digest, another one in each festival. Nobody reads an address
        out of it."""
        return mark("registration-origin", f"{festival_id}:{self.address}").hex()[:ORIGIN_LENGTH]


def sender() -> Sender:
    """Who sends this request."""
    return Sender(network_of(request.remote_addr or ""), str(session.get(_KEY, ""))[:100])


def know_browser() -> None:
    """Let this browser be known again, by its session's own signed cookie."""
    if _KEY not in session:
        session[_KEY] = random_token()[:22]


def network_of(address: str) -> str:
    """An IPv4 address as it is; of an IPv6 address the /64 that one subscriber has (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:45]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
    return str(parsed)
