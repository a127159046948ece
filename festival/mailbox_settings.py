"""The settings of the mailbox that undeliverable mail comes back to, where it is read over IMAP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

STARTTLS_PORT = 143


@dataclass(frozen=True)
class MailboxSettings:
    """Where the mailbox is; without a host none is read."""

    host: str = ""
    """FESTIVAL_BOUNCES_HOST: imap.example.vn or imap.example.vn:993. Default: no mailbox is read."""
    port: int = 993
    """The one that stands with the host."""
    starttls: bool = False
    """On port 143: encrypted before anything is said. On all others: from the start."""
    user: str = ""
    """FESTIVAL_BOUNCES_USER"""
    password: str = field(default="", repr=False)
    """FESTIVAL_BOUNCES_PASSWORD"""
    folder: str = "INBOX"
    """FESTIVAL_BOUNCES_FOLDER: where reports arrive."""
    done: str = ""
    """FESTIVAL_BOUNCES_DONE: the folder that reports are moved to once read. Default: they stay, marked as read."""
    ca: str = ""
    """FESTIVAL_BOUNCES_CA: a file with the certificate of the authority that the server's own is signed by, where that
    is none that this machine knows."""


NO_MAILBOX = MailboxSettings()


def read_mailbox_settings(given: Callable[[str], str | None]) -> MailboxSettings:
    """The settings as the environment gives them. Raises ValueError with what to do about it."""
    address = given("BOUNCES_HOST")
    if not address:
        return NO_MAILBOX
    host, _, port = address.partition(":")
    user, password = given("BOUNCES_USER"), given("BOUNCES_PASSWORD")
    if not host or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise ValueError("FESTIVAL_BOUNCES_HOST must look like imap.example.vn or imap.example.vn:993.")
    if not (user and password):
        raise ValueError("FESTIVAL_BOUNCES_HOST needs FESTIVAL_BOUNCES_USER and FESTIVAL_BOUNCES_PASSWORD.")
    return MailboxSettings(
        host=host,
        port=int(port) if port else MailboxSettings.port,
        starttls=port == str(STARTTLS_PORT),
        user=user,
        password=password,
        folder=given("BOUNCES_FOLDER") or MailboxSettings.folder,
        done=given("BOUNCES_DONE") or "",
        ca=given("BOUNCES_CA") or "",
    )
