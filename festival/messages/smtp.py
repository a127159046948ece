"""Speaking to the mail server: one connection for many mails, and what its refusals mean (RFC 5321)."""

from __future__ import annotations

import enum
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

from festival.core.text import tidy

PATIENCE = 20.0
"""Seconds that the server may take for one answer."""


class MailOutcome(enum.Enum):
    """TAKEN by the server; REFUSED for good; LATER: not now, or the connection broke in the middle."""

    TAKEN = "taken"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True)
class MailAnswer:
    """The outcome, and in the server's own words why."""

    outcome: MailOutcome
    reason: str = ""


class MailServer:
    """A connection that is made when the first mail needs it, and made again after it broke."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> MailServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._drop()

    def connect(self) -> str:
        """Be connected; gives why not, or nothing. Nothing is lost when it fails: no mail has been tried."""
        if self._server is not None:
            return ""
        try:
            self._server = _connect(self._url)
        except (OSError, smtplib.SMTPException) as error:
            return words(error)
        return ""

    def send(self, mail: EmailMessage) -> MailAnswer:
        """Hand one mail over. Call `connect` before."""
        assert self._server is not None, "not connected"  # noqa: S101  (a bug, not something a user can cause)
        try:
            self._server.send_message(mail)
        except smtplib.SMTPServerDisconnected as error:
            self._drop()
            return MailAnswer(MailOutcome.LATER, words(error))
        except smtplib.SMTPException as error:
            return MailAnswer(MailOutcome.REFUSED if _for_good(error) else MailOutcome.LATER, words(error))
        except ValueError as error:  # no such mail can be written
            return MailAnswer(MailOutcome.REFUSED, words(error))
        except OSError as error:
            self._drop()
            return MailAnswer(MailOutcome.LATER, words(error))
        return MailAnswer(MailOutcome.TAKEN)

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, tls = parts.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE, context=tls)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=PATIENCE)
    try:
        server.ehlo_or_helo_if_needed()
        if parts.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=tls)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _answer(error: BaseException) -> tuple[int, str]:
    """The server's code and words, as far as it gave any."""
    answer: tuple[Any, Any] | None = None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answer = next(iter(error.recipients.values()), None)
    elif isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_code, error.smtp_error
    if answer is None:
        return 0, ""
    text = answer[1].decode("utf-8", "replace") if isinstance(answer[1], bytes) else str(answer[1])
    return int(answer[0]), text


def _for_good(error: smtplib.SMTPException) -> bool:
    """Whether trying again is hopeless: the recipient or the mail was refused with a code of 500 or more.

    Not when the sender was refused, or we were: that is for the operator to mend, and the mail waits.
    """
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError):
        return False
    return isinstance(error, smtplib.SMTPNotSupportedError) or _answer(error)[0] >= 500


def words(error: BaseException) -> str:
    """Why, for the organizer's list: the server's answer, or what kind of trouble it was."""
    code, text = _answer(error)
    if code:
        return tidy(f"{code} {text}")[:300]
    return tidy(f"{type(error).__name__}: {error}")[:300]
