"""Writing to many: a minute to think again, then the worker writes the messages, some hundred at a time.

The row of the group message decides: the worker takes it before each batch, and withdrawing takes it too. So of the two
one is first, and nothing is written after it was withdrawn.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import joinedload

from festival.core.clock import now
from festival.extensions import db
from festival.mailings.audience import Audience, households_of, reach_of
from festival.messages import outbox
from festival.messages.models import GroupMessage, Message, MessageState
from festival.messages.placeholders import fill
from festival.messages.quiet_hours import not_at_night
from festival.programme.models import Festival, FestivalStatus
from festival.registration.models import Registration
from festival.registration.telling import Notice, addressed, common_fields

PLACES = frozenset({"name", "link", "festival", "day", "place"})
"""What may stand in braces in an organizer's text."""

TIME_TO_UNDO = timedelta(minutes=1)
BATCH = 200
MOST_IN_ONE_GO = 2000
"""So many households a minute; more mails than that do not go out in a minute anyway."""


@dataclass(frozen=True)
class Text:
    """What an organizer wrote. `short` goes to phones where there is no address; it may be empty."""

    subject: str
    body: str
    short: str = ""


class WithdrawOutcome(enum.Enum):
    """ALL of it is withdrawn; the REST, after some have gone out; or there is NOTHING left to withdraw."""

    ALL = "all"
    REST = "rest"
    NOTHING = "nothing"


def write(festival: Festival, audience: Audience, text: Text, user_id: int | None) -> GroupMessage:
    """Note down what goes out in a minute, at night in the morning. The caller commits."""
    at = now()
    group = GroupMessage(
        festival_id=festival.id,
        written_by=user_id,
        chosen=audience.as_json(),
        subject=text.subject,
        body=text.body,
        short_text=text.short,
        households=reach_of(festival, audience, bool(text.short)).households,
        created_at=at,
        goes_out_at=not_at_night(at + TIME_TO_UNDO),
    )
    db.session.add(group)
    db.session.flush()
    return group


def withdraw(group: GroupMessage) -> WithdrawOutcome:
    """Stop it: what has not been handed over stays here. The caller commits."""
    taken = db.session.execute(
        update(GroupMessage)
        .where(GroupMessage.id == group.id, GroupMessage.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
        .execution_options(synchronize_session=False)
    )
    if not cast("CursorResult[Any]", taken).rowcount:
        return WithdrawOutcome.NOTHING
    db.session.refresh(group)
    stopped = db.session.execute(
        update(Message)
        .where(
            Message.group_message_id == group.id,
            Message.state == MessageState.QUEUED,
            Message.claimed_by.is_(None),
        )
        .values(state=MessageState.WITHDRAWN)
        .execution_options(synchronize_session=False)
    )
    if group.started_at is None:
        return WithdrawOutcome.ALL
    counts = counts_of(group)
    gone = sum(number for state, number in counts.items() if state is not MessageState.WITHDRAWN)
    if not cast("CursorResult[Any]", stopped).rowcount and group.written_at is not None:
        return WithdrawOutcome.NOTHING
    return WithdrawOutcome.REST if gone else WithdrawOutcome.ALL


def counts_of(group: GroupMessage) -> Mapping[MessageState, int]:
    """How many of its messages are in which state."""
    query = select(Message.state, func.count()).where(Message.group_message_id == group.id).group_by(Message.state)
    return {row[0]: row[1] for row in db.session.execute(query)}


def write_due_groups(at: datetime) -> int:
    """Write the messages of what is due; gives how many. Commits, batch by batch: a job of the worker."""
    due = select(GroupMessage.id).where(
        GroupMessage.withdrawn_at.is_(None), GroupMessage.written_at.is_(None), GroupMessage.goes_out_at <= at
    )
    ids = db.session.scalars(due.order_by(GroupMessage.id)).all()
    db.session.commit()
    written = 0
    for group_id in ids:
        last = _last_written(group_id)
        while written < MOST_IN_ONE_GO and (step := _write_batch(group_id, last)):
            written, last = written + step[0], step[1]
    return written


def _last_written(group_id: int) -> int:
    """The household up to which an earlier run has come."""
    newest = select(func.max(Message.registration_id)).where(Message.group_message_id == group_id)
    return db.session.scalar(newest) or 0


def _write_batch(group_id: int, after: int) -> tuple[int, int] | None:
    """The messages to the next households; gives how many, and the last household. None: withdrawn, or all written."""
    taken = db.session.execute(
        update(GroupMessage)
        .where(GroupMessage.id == group_id, GroupMessage.withdrawn_at.is_(None))
        .values(started_at=func.coalesce(GroupMessage.started_at, now()))
        .execution_options(synchronize_session=False)
    )
    if not cast("CursorResult[Any]", taken).rowcount:
        db.session.rollback()
        return None
    group = db.session.get_one(GroupMessage, group_id, populate_existing=True)
    festival = db.session.get_one(Festival, group.festival_id)
    households = _next_households(festival, group, after)
    if not households:
        group.written_at = now()
        db.session.commit()
        return None
    messages = [one for household in households for one in _addressed(group, household)]
    added = outbox.put_all(messages, festival.id)
    db.session.commit()
    return added, households[-1].id


def _next_households(festival: Festival, group: GroupMessage, after: int) -> Sequence[Registration]:
    if festival.status is FestivalStatus.ARCHIVED:  # nobody is left to write to
        return ()
    query = households_of(festival, Audience.from_json(group.chosen)).where(Registration.id > after)
    return db.session.scalars(query.limit(BATCH).options(joinedload(Registration.festival))).all()


def _addressed(group: GroupMessage, household: Registration) -> list[outbox.Addressed]:
    with force_locale(household.language):
        notice = notice_of(Text(group.subject, group.body, group.short_text), household, f"group:{group.id}")
        return addressed(household, notice, group.id)


def notice_of(text: Text, household: Registration, event: str = "preview") -> Notice:
    """The text with this household's words in it. Texts are replaced once, and nothing in them is evaluated."""
    values = common_fields(household)
    return Notice(
        kind="group",
        event=f"{event}:{household.id}",
        subject=fill(text.subject, values),
        paragraphs=[fill(paragraph, values) for paragraph in text.body.split("\n\n")],
        short=fill(text.short, {**values, "link": ""}).strip(),
        short_link="{link}" in text.short,
        button=_("Our tickets"),
        small_print=_("You agreed to reminders. On your page you can take that back at any time."),
    )
