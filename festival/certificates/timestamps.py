"""Time stamps (RFC 3161): asked of the server that an organization names, and of no other machine.

The address comes from a form, so it must not lead into a private network: the name is looked up once, its addresses
are judged, and the one that was judged is the one that is called. Nothing is followed elsewhere.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import ipaddress
import socket
import ssl
import threading
from urllib.parse import urlsplit

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps.api import TimeStamper

PATIENCE = 8.0
"""Seconds for one time stamp, from the look-up of the name to the last byte."""
MAX_ANSWER = 64 * 1024
_MAX_ADDRESS = 500


class NoTimestamp(Exception):
    """The server gave none; the text says why, for the organizer and the log."""


def problem_of(url: str, private_hosts: tuple[str, ...]) -> str:
    """Why `url` cannot be a time stamp server's address, in a word ("scheme", "user", "private", "unknown"), or ""."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "scheme"
    if parts.scheme not in ("http", "https") or not host or len(url) > _MAX_ADDRESS or not url.isascii():
        return "scheme"
    if parts.username or parts.password or parts.fragment or any(c.isspace() for c in url):
        return "user"
    try:
        _address_of(host, parts.port or 80, private_hosts)
    except NoTimestamp as problem:
        return str(problem.args[1])
    return ""


def _address_of(host: str, port: int, private_hosts: tuple[str, ...]) -> str:
    """The address to call for `host`. All of its addresses must be public, or the host be allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoTimestamp(f"{host} is not known: {error}", "unknown") from error
    if host.lower() not in private_hosts:
        for _family, _type, _protocol, _name, address in found:
            if not _is_public(str(address[0])):
                raise NoTimestamp(f"{host} is in a private network ({address[0]})", "private")
    return str(found[0][4][0])


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            address = inner
        elif address in ipaddress.ip_network("64:ff9b::/96"):  # NAT64: an IPv4 address in its last four bytes
            address = ipaddress.IPv4Address(address.packed[-4:])
    return address.is_global and not address.is_multicast


class Timestamps(TimeStamper):
    """Asks one server for time stamps. Raises `NoTimestamp` for everything that goes wrong there."""

    def __init__(self, url: str, private_hosts: tuple[str, ...], patience: float = PATIENCE) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url
        self._private_hosts = private_hosts
        self._patience = patience

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One question and its answer, checked: it stamps what was asked, not something else."""
        content = _post(self._url, req.dump(), self._private_hosts, self._patience)
        try:
            answer = tsp.TimeStampResp.load(content, strict=True)
            status = answer["status"]["status"].native
            if status == "granted":
                _check_imprint(answer["time_stamp_token"], req)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise NoTimestamp(f"its answer is no time stamp: {error}") from error
        if status != "granted":
            raise NoTimestamp(f"the server refused: {status}")
        return answer


def _check_imprint(token: cms.ContentInfo, asked: tsp.TimeStampReq) -> None:
    stamped: tsp.TSTInfo = token["content"]["encap_content_info"]["content"].parsed
    if stamped["message_imprint"].native != asked["message_imprint"].native:
        raise ValueError("it stamps something else")
    if stamped["nonce"].native != asked["nonce"].native:
        raise ValueError("it answers another question")
    for signer in token["content"]["signer_infos"]:
        attributes = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
        algorithm = signer["digest_algorithm"]["algorithm"].native
        content = token["content"]["encap_content_info"]["content"].contents
        if attributes["message_digest"].native != hashlib.new(algorithm, content).digest():
            raise ValueError("its signature is about something else")


def _post(url: str, body: bytes, private_hosts: tuple[str, ...], patience: float) -> bytes:
    """POST to the judged address itself; the certificate is still checked for the name."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = _address_of(host, port, private_hosts)
    connection = http.client.HTTPConnection(host, port, timeout=patience)
    try:
        connection.sock = wire = socket.create_connection((address, port), timeout=patience)
        # A server that sends drop by drop never runs into the socket's own limit: after our patience nobody listens.
        guard = threading.Timer(patience, _hang_up, (wire,))
        guard.start()
        try:
            if secure:
                connection.sock = ssl.create_default_context().wrap_socket(wire, server_hostname=host)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, {"Content-Type": "application/timestamp-query"})
            return _read(connection.getresponse())
        finally:
            guard.cancel()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoTimestamp(f"{host} does not answer: {type(error).__name__}: {error}"[:300]) from error
    finally:
        connection.close()


def _hang_up(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _read(response: http.client.HTTPResponse) -> bytes:
    if response.status != 200:
        raise ValueError(f"status {response.status}")
    content = response.read(MAX_ANSWER + 1)
    if len(content) > MAX_ANSWER:
        raise ValueError("its answer is too long")
    return content
