"""The list of messages in /manage: found, counted, why some wait, and sent again."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from festival.core.clock import now
from festival.core.text import fold, like_pattern, tidy
from festival.extensions import db
from festival.messages.models import Channel, GroupMessage, Message, MessageState
from festival.programme.models import Festival
from festival.registration.models import Attendee, Registration

SENT_AGAIN = (MessageState.FAILED, MessageState.BOUNCED)
MOST_REASONS = 5


@dataclass(frozen=True)
class Wanted:
    """What the list is asked for; empty means all."""

    text: str = ""
    state: MessageState | None = None
    channel: Channel | None = None
    kind: str = ""

    @property
    def filtered(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.text or self.state or self.channel or self.kind)


class ResendOutcome(enum.Enum):
    """QUEUED again; NOT_NEEDED: it was sent or waits; TOO_LATE: nobody needs it any more; NOBODY: no recipient left."""

    QUEUED = "queued"
    NOT_NEEDED = "not_needed"
    TOO_LATE = "too_late"
    NOBODY = "nobody"


def messages_of(festival: Festival, wanted: Wanted) -> Select[Message]:
    """The festival's messages, newest first. The text is a person's name, an address, or the end of a phone number."""
    query = select(Message).where(Message.festival_id == festival.id)
    if wanted.state:
        query = query.where(Message.state == wanted.state)
    if wanted.channel:
        query = query.where(Message.channel == wanted.channel)
    if wanted.kind:
        query = query.where(Message.kind == wanted.kind)
    if text := tidy(wanted.text):
        people = select(Attendee.registration_id).where(
            Attendee.festival_id == festival.id, Attendee.folded_name.like(like_pattern(fold(text)), escape="\\")
        )
        matches: list[ColumnElement[bool]] = [
            Message.recipient.like(like_pattern(text), escape="\\"),
            Message.registration_id.in_(people),
        ]
        digits = "".join(character for character in text if character.isdigit())
        if len(digits) >= 4 and not any(character.isalpha() for character in text):
            matches.append(Message.recipient.endswith(digits.removeprefix("0") if len(digits) > 9 else digits))
        query = query.where(or_(*matches))
    return query.order_by(Message.id.desc())


def find_message(festival: Festival, message_id: int) -> Message | None:
    """A message of this festival, or None."""
    return db.session.scalar(select(Message).where(Message.id == message_id, Message.festival_id == festival.id))


def counts(festival: Festival) -> Mapping[MessageState, int]:
    """How many messages are in which state."""
    query = select(Message.state, func.count()).where(Message.festival_id == festival.id).group_by(Message.state)
    found = {row[0]: row[1] for row in db.session.execute(query)}
    return {state: found.get(state, 0) for state in MessageState}


def reasons_to_wait(festival: Festival) -> Sequence[tuple[str, int]]:
    """What servers and gateways said about those that wait, the most frequent first."""
    number = func.count()
    query = (
        select(Message.reason, number)
        .where(Message.festival_id == festival.id, Message.state == MessageState.QUEUED, Message.reason != "")
        .group_by(Message.reason)
        .order_by(number.desc(), Message.reason)
        .limit(MOST_REASONS)
    )
    return [(reason, count) for reason, count in db.session.execute(query)]


def kinds(festival: Festival) -> list[str]:
    """The kinds of messages there are."""
    return sorted(db.session.scalars(select(Message.kind).where(Message.festival_id == festival.id).distinct()))


def groups_of(festival: Festival) -> Select[GroupMessage]:
    """What was written to many, newest first."""
    return select(GroupMessage).where(GroupMessage.festival_id == festival.id).order_by(GroupMessage.id.desc())


def find_group(festival: Festival, group_id: int) -> GroupMessage | None:
    """A message to many of this festival, or None."""
    return db.session.scalar(
        select(GroupMessage).where(GroupMessage.id == group_id, GroupMessage.festival_id == festival.id)
    )


def resend(message: Message) -> ResendOutcome:
    """Try a message again that failed or came back, at the household's present address. The event stays one.

    Pressed twice, it goes out once. The caller commits.
    """
    at = now()
    if message.good_until is not None and message.good_until <= at:
        return ResendOutcome.TOO_LATE
    recipient = _present_recipient(message)
    if not recipient:
        return ResendOutcome.NOBODY
    queued = db.session.scalar(
        update(Message)
        .where(Message.id == message.id, Message.state.in_(SENT_AGAIN))
        .values(state=MessageState.QUEUED, attempts=0, reason="", send_after=at, recipient=recipient, sent_at=None)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(message)
    return ResendOutcome.NOT_NEEDED if queued is None else ResendOutcome.QUEUED


def _present_recipient(message: Message) -> str:
    household = db.session.get(Registration, message.registration_id) if message.registration_id else None
    if household is None:
        return message.recipient
    return (household.email if message.channel is Channel.EMAIL else household.phone) or message.recipient
