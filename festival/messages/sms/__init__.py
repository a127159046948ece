"""Text messages through a gateway: what every gateway can be asked, and the two that there are."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from festival.sms_settings import SmsSettings


class SmsOutcome(enum.Enum):
    """What came of handing a text message over."""

    TAKEN = "taken"
    REFUSED = "refused"
    """For good: no such number, no such template."""
    LATER = "later"
    """This attempt failed: no answer, or an answer that makes no sense. It may have gone out all the same."""
    NOT_NOW = "not_now"
    """Not this message's fault: too many in a minute, no money left, no valid key. It waits, and no attempt counts."""


@dataclass(frozen=True)
class SmsAnswer:
    """The outcome, why, and with NOT_NOW for how long."""

    outcome: SmsOutcome
    reason: str = ""
    wait: timedelta = timedelta(minutes=1)


class Template(Protocol):
    """What a gateway needs that has the texts itself: which kind of message, in which language, and its words."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, str]: ...


class Gateway(Protocol):
    """Somebody who sends text messages for us."""

    free_text: bool
    """Whether it takes any text; otherwise only templates."""

    def ready(self) -> str:
        """Why nothing can be sent at all just now; empty when it can."""

    def knows(self, kind: str) -> bool:
        """Whether it can send this kind of message."""

    def send(self, to: str, text: str, template: Template) -> SmsAnswer:
        """Hand one message over to the phone `to` (E.164)."""


def gateway_of(settings: SmsSettings) -> Gateway | None:
    """The gateway that is set up, or None."""
    from festival.messages.sms.http_gateway import HttpGateway
    from festival.messages.sms.zalo import ZaloGateway

    match settings.gateway:
        case "http":
            return HttpGateway(settings.http, settings.timeout, settings.plain)
        case "zalo":
            return ZaloGateway(settings.zalo, settings.timeout)
        case _:
            return None
