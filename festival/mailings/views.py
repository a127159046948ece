"""`/manage/<festival>/messages`: all messages with their state, sending again, and writing to many."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from festival.accounts.audit import record
from festival.core.paging import Page, page_of
from festival.extensions import db
from festival.mailings import listing, words, writing
from festival.mailings.audience import Audience, households_of, reach_of
from festival.mailings.forms import ButtonForm, GroupMessageForm
from festival.mailings.listing import ResendOutcome, Wanted
from festival.mailings.writing import Text, WithdrawOutcome
from festival.messages.models import Channel, GroupMessage, MessageState
from festival.messages.outbox import wake_worker
from festival.programme.models import Festival, Session
from festival.registration.telling import common_fields

bp = Blueprint("mailings", __name__, url_prefix="/manage/<festival>/messages")

LONGEST_SEARCH = 100


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """The messages, or with `show=many` what was written to many; what waits, and why."""
    asked, settings = request.args, current_app.extensions["settings"]
    many = asked.get("show") == "many"
    wanted = Wanted(
        text=asked.get("q", "")[:LONGEST_SEARCH],
        state=next((one for one in MessageState if one.value == asked.get("state")), None),
        channel=next((one for one in Channel if one.value == asked.get("channel")), None),
        kind=asked.get("kind", "")[:40],
    )
    page: Page[Any]
    if many:
        page = page_of(listing.groups_of(festival), asked.get("page"))
    else:
        page = page_of(listing.messages_of(festival, wanted), asked.get("page"))
        if wanted.text:
            g.households_shown = [row.registration_id for row in page.rows]
    return render_template(
        "mailings/index.html",
        festival=festival,
        many=many,
        page=page,
        wanted=wanted,
        counts=listing.counts(festival),
        reasons=listing.reasons_to_wait(festival),
        kinds=[(kind, words.kind_words(kind)) for kind in listing.kinds(festival)],
        words=words,
        states=MessageState,
        state_options=[(state.value, text) for state, text in words.STATES.items()],
        channel_options=[(channel.value, text) for channel, text in words.CHANNELS.items()],
        no_mail=not settings.smtp_url,
        no_text=not settings.sms.gateway,
    )


@bp.get("/<int:message_id>")
def message(festival: Festival, message_id: int) -> ResponseReturnValue:
    """One message: to whom, what it says, what became of it. The household's secret link is not shown."""
    found = listing.find_message(festival, message_id) or abort(404)
    return render_template(
        "mailings/message.html",
        festival=festival,
        message=found,
        text=_without_link(found.body, found.fields.get("link", "")),
        again=found.state in listing.SENT_AGAIN,
        words=words,
        form=ButtonForm(),
    )


def _without_link(text: str, link: str) -> str:
    return text.replace(link, "/r/…") if link else text


@bp.post("/<int:message_id>/resend")
def resend(festival: Festival, message_id: int) -> ResponseReturnValue:
    """Try a message again that failed or came back."""
    found = listing.find_message(festival, message_id) or abort(404)
    answers = {
        ResendOutcome.QUEUED: (_("The message goes out again."), "success"),
        ResendOutcome.NOT_NEEDED: (_("The message has been sent, or waits already."), "info"),
        ResendOutcome.TOO_LATE: (_("Nobody needs this message any more: its time is over."), "warning"),
        ResendOutcome.NOBODY: (_("There is nobody left whom it could go to."), "warning"),
    }
    if not ButtonForm().validate_on_submit():
        abort(400)
    outcome = listing.resend(found)
    if outcome is ResendOutcome.QUEUED:
        about = f"{words.kind_words(found.kind)} {found.recipient_name}".strip()
        record("message.resent", about, festival_id=festival.id, after={"message": found.id})
    db.session.commit()
    if outcome is ResendOutcome.QUEUED:
        wake_worker()
    flash(*answers[outcome])
    return redirect(url_for(".message", festival=festival.slug, message_id=found.id), code=303)


@bp.route("/write", methods=["GET", "POST"])
def write(festival: Festival) -> ResponseReturnValue:
    """Write to many: first the preview with its counts, then what was seen is sent."""
    form = GroupMessageForm(festival, _sessions(festival))
    preview = None
    if form.validate_on_submit():
        audience, text = form.audience(), form.text()
        seen = _digest(audience, text)
        if request.form.get("go") == "send" and form.seen.data == seen:
            return _send(festival, audience, text)
        form.seen.data = seen
        preview = _preview(festival, audience, text)
    page = render_template(
        "mailings/write.html",
        festival=festival,
        form=form,
        preview=preview,
        places=[f"{{{place}}}" for place in sorted(writing.PLACES)],
    )
    return page, 422 if form.errors else 200


def _sessions(festival: Festival) -> list[Session]:
    query = select(Session).where(Session.festival_id == festival.id).options(joinedload(Session.workshop))
    return list(db.session.scalars(query.order_by(Session.starts_at, Session.id)))


def _digest(audience: Audience, text: Text) -> str:
    said = json.dumps([audience.as_json(), text.subject, text.body, text.short], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _preview(festival: Festival, audience: Audience, text: Text) -> dict[str, object]:
    """The counts, and the text with a real household's words; its link stays secret."""
    household = db.session.scalar(households_of(festival, audience).limit(1))
    shown = None
    if household is not None:
        with force_locale(household.language):
            shown = writing.notice_of(text, household)
    link = common_fields(household)["link"] if household is not None else ""
    return {
        "reach": reach_of(festival, audience, bool(text.short)),
        "name": household.contact_name if household is not None else "",
        "subject": _without_link(shown.subject, link) if shown else "",
        "paragraphs": [_without_link(paragraph, link) for paragraph in shown.paragraphs] if shown else [],
        "short": f"{shown.short} /r/…" if shown and shown.short_link and shown.short else shown.short if shown else "",
    }


def _send(festival: Festival, audience: Audience, text: Text) -> ResponseReturnValue:
    group = writing.write(festival, audience, text, current_user.id)
    record(
        "group_message.written",
        group.subject,
        festival_id=festival.id,
        after={"households": group.households, "chosen": json.dumps(group.chosen)},
    )
    db.session.commit()
    return redirect(url_for(".group", festival=festival.slug, group_id=group.id), code=303)


@bp.get("/groups/<int:group_id>")
def group(festival: Festival, group_id: int) -> ResponseReturnValue:
    """A message to many: how far it is, and the way to stop it."""
    found = listing.find_group(festival, group_id) or abort(404)
    return render_template(
        "mailings/group.html",
        festival=festival,
        group=found,
        counts=writing.counts_of(found),
        stoppable=_stoppable(found),
        states=MessageState,
        words=words,
        form=ButtonForm(),
    )


def _stoppable(found: GroupMessage) -> bool:
    waits = writing.counts_of(found).get(MessageState.QUEUED, 0) > 0
    return found.withdrawn_at is None and (found.written_at is None or waits)


@bp.post("/groups/<int:group_id>/undo")
def undo(festival: Festival, group_id: int) -> ResponseReturnValue:
    """Withdraw it: all of it within the minute, later what has not gone out yet."""
    found = listing.find_group(festival, group_id) or abort(404)
    if not ButtonForm().validate_on_submit():
        abort(400)
    outcome = writing.withdraw(found)
    answers = {
        WithdrawOutcome.ALL: (_("The message is withdrawn. Nobody has got it."), "success"),
        WithdrawOutcome.REST: (_("Some have got it already. The rest is withdrawn."), "warning"),
        WithdrawOutcome.NOTHING: (_("There is nothing left to withdraw."), "info"),
    }
    if outcome is not WithdrawOutcome.NOTHING:
        record("group_message.withdrawn", found.subject, festival_id=festival.id, after={"outcome": outcome.value})
    db.session.commit()
    flash(*answers[outcome])
    return redirect(url_for(".group", festival=festival.slug, group_id=found.id), code=303)
