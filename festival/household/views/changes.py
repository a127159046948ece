"""What a household changes on its page: who comes, who sits in which session, and not coming at all."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale, lazy_gettext
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from festival.consents import ledger
from festival.consents.texts import TEXTS
from festival.core.clock import today
from festival.extensions import db
from festival.household.forms import ChangeMemberForm, ConfirmForm, MoveTicketForm
from festival.household.moving import MoveOutcome, is_correction, may_move, move_ticket, only_corrections
from festival.household.views.blueprint import answered, bp, member_of
from festival.household.waiting import wishes_now
from festival.messages.outbox import wake_worker
from festival.registration import changing, notices
from festival.registration.booking import HOLDS_A_SEAT, SeatResult, standing_bookings
from festival.registration.changing import ChangeOutcome
from festival.registration.models import Attendee, BookingState, Registration
from festival.registration.opening import opened
from festival.registration.typed import asked_to_wait, wishes_by_person
from festival.registration.wishes import foresee, may_wait, parts_of_days, sessions_to_come, words_for


@bp.route("/r/<secret>/sessions", methods=["GET", "POST"])
def sessions(secret: str) -> ResponseReturnValue:
    """Choose again who sits in which session."""
    registration = opened(secret)
    members = changing.coming(registration)
    form = ConfirmForm()
    standing = wishes_now(registration)
    bookings = [(str(b.attendee_id), b.session_id, b.state) for b in standing_bookings(members)]
    wishes = {str(member.id): frozenset(i for key, i, _s in bookings if key == str(member.id)) for member in members}
    waits = frozenset(wish.session.id for wish in standing if wish.offered_until is None)
    refused: tuple[SeatResult, ...] = ()
    status = 200
    if form.validate_on_submit():
        typed = MultiDict(request.form)
        wishes, waits = wishes_by_person(typed), asked_to_wait(typed)
        refused = tuple(_foreseen(registration, members, wishes, waits, bookings))
        if not refused:
            result = changing.change_sessions(
                registration, {member.id: wishes.get(str(member.id), frozenset()) for member in members}, waits
            )
            if result.outcome is ChangeOutcome.DONE:
                notices.changed_here(registration)
            if result.outcome is not ChangeOutcome.SEATS_REFUSED:
                return answered(result, secret, _("Your workshops are changed."))
            refused = result.refused
        status = 409
    page = render_template(
        "household/sessions.html",
        festival=registration.festival,
        secret=secret,
        form=form,
        people=[(str(member.id), member.name) for member in members],
        parts=parts_of_days(sessions_to_come(registration.festival)),
        wishes=wishes,
        refusals={each.session.id: words_for(each) for each in refused},
        waits=waits,
        may_wait=waits | may_wait(refused),
        standing={wish.session.id: wish for wish in standing},
    )
    return page, status


def _foreseen(
    registration: Registration,
    members: list[Attendee],
    wishes: dict[str, frozenset[int]],
    waits: frozenset[int],
    bookings: list[tuple[str, int, BookingState]],
) -> list[SeatResult]:
    by_id = {session.id: session for session in sessions_to_come(registration.festival)}
    names = {str(member.id): member.name for member in members}
    wished = {key: [by_id[i] for i in sorted(wishes.get(key, ())) if i in by_id] for key in names}
    held = frozenset((key, i) for key, i, state in bookings if state in HOLDS_A_SEAT)
    waiting = frozenset((key, i) for key, i, state in bookings if state not in HOLDS_A_SEAT)
    return foresee(wished, names, waits, held, waiting)


@bp.route("/r/<secret>/members", methods=["GET", "POST"], defaults={"attendee_id": None})
@bp.route("/r/<secret>/members/<int:attendee_id>", methods=["GET", "POST"])
def members(secret: str, attendee_id: int | None) -> ResponseReturnValue:
    """Add a person, correct one, or take one out."""
    registration = opened(secret)
    attendee = member_of(registration, attendee_id) if attendee_id is not None else None
    form = ChangeMemberForm(obj=attendee)
    if attendee is not None and request.method == "GET":
        form.relation.data = attendee.relation.value
    form.child_before = attendee is not None and attendee.is_child(today().year)
    others = len(changing.coming(registration)) > 1
    if request.form.get("go") == "remove" and attendee is not None and form.csrf_valid():
        result = changing.remove_member(attendee)
        if result.outcome is ChangeOutcome.DONE:
            notices.changed_here(registration)
        return answered(result, secret, _("%(name)s is taken out.", name=attendee.name))
    if form.validate_on_submit() and _still_this_person(form, attendee):
        guardian = form.guardian_name.data or None
        if attendee is None:
            result = changing.add_member(registration, form.member(), guardian)
            done = _("%(name)s is added. The ticket is below.", name=form.name.data)
        else:
            result = changing.edit_member(attendee, form.member(), guardian)
            done = _("The change is saved.")
        if result.outcome is ChangeOutcome.DONE:
            ledger.write(registration.id, form.consents(), registration.contact_name, str(get_locale()))
            notices.changed_here(registration)
        return answered(result, secret, done)
    page = render_template(
        "household/member.html",
        festival=registration.festival,
        secret=secret,
        form=form,
        attendee=attendee,
        consent_texts=[] if form.child_before else [text for text in TEXTS if text.for_children],
        removable=attendee is not None and others,
        movable=attendee is not None and may_move(attendee) is MoveOutcome.DONE,
    )
    return page, 422 if form.errors else 200


def _still_this_person(form: ChangeMemberForm, attendee: Attendee | None) -> bool:
    """On the day, and once somebody came in with the ticket, a name may be corrected but not become somebody else's."""
    if attendee is None or not only_corrections(attendee) or is_correction(attendee, form.member()):
        return True
    form.name.errors = [
        _("That reads like another person. From the day on a ticket stays with its owner: please ask at the entrance.")
    ]
    return False


@bp.route("/r/<secret>/members/<int:attendee_id>/move", methods=["GET", "POST"])
def move(secret: str, attendee_id: int) -> ResponseReturnValue:
    """Give a person's ticket to another relative: same code, same workshops."""
    registration = opened(secret)
    attendee = member_of(registration, attendee_id)
    form = MoveTicketForm()
    outcome = may_move(attendee)
    if outcome is MoveOutcome.DONE and form.validate_on_submit():
        outcome = move_ticket(attendee, form.member(), form.guardian_name.data or None)
        if outcome is MoveOutcome.DONE:
            ledger.write(registration.id, form.consents(), registration.contact_name, str(get_locale()))
            with force_locale(registration.language):
                what = _("One of your family's tickets has moved. It is for %(name)s now.", name=attendee.name)
            notices.changed(registration, what)
            db.session.commit()
            wake_worker()
            flash(_("The ticket is for %(name)s now. Its code is the same.", name=attendee.name), "success")
            return redirect(url_for(".show", secret=secret), code=303)
        db.session.rollback()
        if outcome is MoveOutcome.ALREADY_COMING:
            form.name.errors = [_("This person has a ticket of your family already.")]
            outcome = MoveOutcome.DONE
    if outcome is not MoveOutcome.DONE:
        flash(MOVE_REFUSALS[outcome], "warning")
        return redirect(url_for(".show", secret=secret), code=303)
    page = render_template(
        "household/move.html",
        festival=registration.festival,
        secret=secret,
        form=form,
        attendee=attendee,
        consent_texts=[text for text in TEXTS if text.for_children],
    )
    return page, 422 if form.errors else 200


MOVE_REFUSALS = {
    MoveOutcome.CLOSED: lazy_gettext("Changes are not possible any more. Please ask at the door."),
    MoveOutcome.THE_DAY: lazy_gettext(
        "The festival has begun, so tickets no longer move to somebody else. Please ask at the entrance whether your "
        "relative can come in without one."
    ),
    MoveOutcome.ADMITTED: lazy_gettext("Somebody has come in with this ticket, so it stays theirs."),
}


@bp.route("/r/<secret>/cancel", methods=["GET", "POST"])
def cancel(secret: str) -> ResponseReturnValue:
    """The household does not come: asked once more, then everything it held is free."""
    registration = opened(secret)
    form = ConfirmForm()
    if form.validate_on_submit():
        result = changing.cancel(registration)
        if result.outcome is ChangeOutcome.DONE:
            notices.cancelled(registration)
        return answered(result, secret, _("Your registration is cancelled. Thank you for telling us."))
    return render_template(
        "household/cancel.html", festival=registration.festival, registration=registration, secret=secret, form=form
    )
