"""The mailbox that undeliverable mail comes back to, read over IMAP (RFC 9051, 3501): beside `festival bounce`, for
those who cannot tell their mail server to pipe it.

Letters of people are left as they are: only reports are opened, without marking them as seen; those that are about our
messages are marked then, or moved. The database is committed first: killed in between, the same report is read again,
which changes nothing.
"""

from __future__ import annotations

import base64
import email
import imaplib
import re
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from festival.core.text import tidy
from festival.extensions import db
from festival.mailbox_settings import MailboxSettings
from festival.messages.bounces import MAX_BYTES, BounceOutcome, read_bounce

PATIENCE = 20.0
"""Seconds that the server may take for one answer."""
LOOKED_AT = 500
"""Unread mails whose kind is looked at each time, the newest ones."""
READ_FOR = 30.0
"""Seconds after which the rest is left for the next time: the worker has other things to do."""

_REPORT = "multipart/report"
_UID = re.compile(rb"\bUID (\d+)\b")


@dataclass(frozen=True)
class MailboxRead:
    """How many reports were read that are about our messages, how many of these were news, and what went wrong."""

    reports: int = 0
    marked: int = 0
    trouble: str = ""


class BounceMailbox:
    """One mailbox, read again and again. What was found to be nothing of ours is remembered and not opened again."""

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        self._not_ours: set[tuple[bytes, int]] = set()

    def read(self) -> MailboxRead:
        """Mark the messages that came back since the last time. Commits after each report."""
        reports = marked = 0
        until = time.monotonic() + READ_FOR
        try:
            with _opened(self._settings) as server:
                validity = (server.response("UIDVALIDITY")[1] or [b""])[0] or b""
                for uid in self._unread_reports(server, validity):
                    outcome = self._read_one(server, uid)
                    if outcome is None or outcome is BounceOutcome.NOT_OURS:
                        self._not_ours.add((validity, uid))
                        continue
                    reports += 1
                    marked += outcome is BounceOutcome.MARKED
                    _put_away(server, uid, self._settings.done)
                    if time.monotonic() > until:
                        break
        except (OSError, imaplib.IMAP4.error) as error:
            return MailboxRead(reports, marked, tidy(f"{type(error).__name__}: {error}")[:300])
        return MailboxRead(reports, marked)

    def _unread_reports(self, server: imaplib.IMAP4, validity: bytes) -> list[int]:
        """Mails nobody has read that a machine wrote about another mail; the newest first."""
        _, found = server.uid("SEARCH", "UNSEEN", "UNDELETED")
        unread = sorted(map(int, (found[0] or b"").split()), reverse=True)[:LOOKED_AT]
        new = [uid for uid in unread if (validity, uid) not in self._not_ours]
        if not new:
            return []
        kinds = _fetched(server, ",".join(map(str, new)), "BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE)]")
        return [uid for uid in new if email.message_from_bytes(kinds.get(uid, b"")).get_content_type() == _REPORT]

    def _read_one(self, server: imaplib.IMAP4, uid: int) -> BounceOutcome | None:
        """What the report says; None: somebody else has moved or deleted it in the meantime."""
        raw = _fetched(server, str(uid), f"BODY.PEEK[]<0.{MAX_BYTES}>").get(uid)
        if raw is None:
            return None
        bounce = read_bounce(raw)
        db.session.commit()
        return bounce.outcome


@contextmanager
def _opened(settings: MailboxSettings) -> Iterator[imaplib.IMAP4]:
    """Signed in, with the folder selected. Nothing is said before the connection is encrypted."""
    tls = ssl.create_default_context(cafile=settings.ca or None)
    server: imaplib.IMAP4
    if settings.starttls:
        server = imaplib.IMAP4(settings.host, settings.port, timeout=PATIENCE)
    else:
        server = imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=tls, timeout=PATIENCE)
    try:
        if settings.starttls:
            server.starttls(tls)
        _sign_in(server, settings)
        _done(*server.select(_quoted(settings.folder)))
        yield server
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _sign_in(server: imaplib.IMAP4, settings: MailboxSettings) -> None:
    if "AUTH=PLAIN" in server.capabilities:  # takes any letters, LOGIN of imaplib only those of ASCII
        said = f"\0{settings.user}\0{settings.password}".encode()
        server.authenticate("PLAIN", lambda _: said)
        return
    try:
        server.login(settings.user, settings.password)
    except UnicodeEncodeError:
        raise imaplib.IMAP4.error("the server takes only ASCII letters in user and password") from None


def _can(server: imaplib.IMAP4, *abilities: str) -> list[bool]:
    """What the server says it can do once one is signed in; imaplib only knows what it said before."""
    _, lines = server.capability()
    known = b" ".join(line for line in lines if isinstance(line, bytes)).upper().split()
    return [ability.encode("ascii") in known for ability in abilities]


def _fetched(server: imaplib.IMAP4, uids: str, what: str) -> dict[int, bytes]:
    """The asked part of each mail by its number; those that are gone are missing."""
    found: dict[int, bytes] = {}
    _, lines = server.uid("FETCH", uids, f"(UID {what})")
    # Each mail is a tuple (what stands before the text, the text) and a line with the rest; the number is in either.
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if isinstance(line, tuple):
            rest = following if isinstance(following, bytes) else b""
            if number := _UID.search(line[0]) or _UID.search(rest):
                found[int(number[1])] = line[1]
    return found


def _put_away(server: imaplib.IMAP4, uid: int, folder: str) -> None:
    """Mark the mail as seen; with a folder, move it there, in the way that the server knows."""
    _done(*server.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)"))
    if not folder:
        return
    server.create(_quoted(folder))  # says NO if it is there already
    can_move, can_remove_one = _can(server, "MOVE", "UIDPLUS")
    if can_move:
        _done(*server.uid("MOVE", str(uid), _quoted(folder)))
        return
    _done(*server.uid("COPY", str(uid), _quoted(folder)))
    _done(*server.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)"))
    if can_remove_one:  # without it, all that anybody has deleted would go too
        _done(*server.uid("EXPUNGE", str(uid)))


def _done(answer: str, words: Sequence[object]) -> None:
    if answer != "OK":
        first = words[0] if words else b""
        raise imaplib.IMAP4.error(first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first))


def _quoted(folder: str) -> str:
    """A folder's name as IMAP writes it: quoted, what is not ASCII in modified UTF-7 (RFC 3501, 5.1.3)."""
    parts = re.split(r"([^\x20-\x7e]+)", folder)
    encoded = [_base64(part) if place % 2 else part.replace("&", "&-") for place, part in enumerate(parts)]
    return '"' + "".join(encoded).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(letters: str) -> str:
    return "&" + base64.b64encode(letters.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",") + "-"
