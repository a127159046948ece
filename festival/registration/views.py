"""The registration form at `/<festival>/register`: three calm steps, one form, no JavaScript needed.

`static/public/draft.js` sends the same steps itself where it can: then a lost network is waited for.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from festival.core.clock import now, today
from festival.core.secrets import random_token
from festival.extensions import READING_FIRST, csrf, db, limiter, stop_reading
from festival.messages.outbox import wake_worker
from festival.programme.models import Festival, Session
from festival.programme.wards import wards_near
from festival.registration import notices
from festival.registration.booking import SeatResult
from festival.registration.calendar import Sitting
from festival.registration.forms import MemberForm, RegisterForm
from festival.registration.guarding import limits, proof
from festival.registration.guarding.limits import Sent, Standing
from festival.registration.guarding.proof import Challenge
from festival.registration.guarding.sender import know_browser, sender
from festival.registration.links import secret_for, secret_of
from festival.registration.signing_up import MAX_MEMBERS, Household, SignUpOutcome, find_submission, sign_up
from festival.registration.suggesting import reason_for, suggest
from festival.registration.telling import can_reach
from festival.registration.typed import WAIT, WISH, Typed, asked_to_wait, tidy_members, wishes_by_person
from festival.registration.wishes import (
    foresee,
    may_wait,
    parts_of_days,
    sessions_to_come,
    wanted_anew,
    words_for,
)

bp = Blueprint("registration", __name__)
READING_FIRST.add("registration.register")

BY_SCRIPT = "draft"
"""What `draft.js` says in X-Requested-With: it is told where to go instead of being led there."""
SUBMISSION = re.compile(r"[A-Za-z0-9_-]{32,64}")
"""A form's own mark, long enough that nobody guesses it. Whoever knows one that was used is shown that registration."""


STAY = "stay"
"""Pressed by what shows the same step again: in another language, in larger type, out of a draft."""


class Step(enum.Enum):
    """Where in the form somebody is."""

    FAMILY = "family"
    WORKSHOPS = "workshops"
    CONSENTS = "consents"


def _form(festival: Festival, typed: Typed) -> RegisterForm:
    form = RegisterForm(formdata=typed)
    form.offer_wards(wards_near(festival), festival.ward_code)
    return form


def _page(
    festival: Festival,
    form: RegisterForm,
    typed: Typed,
    step: Step,
    refused: list[SeatResult] | None = None,
    challenge: Challenge | None = None,
) -> str:
    if step is Step.FAMILY and not form.members.entries:
        form.members.append_entry()
    sessions = sessions_to_come(festival) if step is not Step.FAMILY else []
    wishes = wishes_by_person(typed)
    people = form.people() if step is not Step.FAMILY else []
    suggestions = suggest(people, sessions, wishes, today().year) if step is Step.WORKSHOPS else []
    by_id = {session.id: session for session in sessions}
    chosen = {key: [by_id[i] for i in sorted(ids) if i in by_id] for key, ids in wishes.items()}
    waits = asked_to_wait(typed)
    return render_template(
        "registration/register.html",
        festival=festival,
        form=form,
        step=step.value,
        steps=[each.value for each in Step],
        people=people,
        people_names=[(key, member.name) for key, member in people],
        wishes=wishes,
        chosen=chosen,
        waits=waits,
        may_wait=waits | may_wait(refused or []),
        in_line={session.id for session, count in wanted_anew(chosen).items() if count > session.seats_left},
        parts=parts_of_days(sessions),
        refusals={result.session.id: words_for(result) for result in refused or []},
        suggestions=[(each, reason_for(each, len(people))) for each in suggestions],
        above={(each.session.id, each.key) for each in suggestions},
        carried=_carried(typed, step),
        challenge=challenge,
        blank=MemberForm(prefix="members-NUMBER-"),
        csrf=form.csrf_token if "csrf_token" in form else None,
        most=MAX_MEMBERS,
        fresh=request.method == "GET",
    )


def _carried(typed: Typed, step: Step) -> list[tuple[str, str]]:
    """What the other steps have asked, as hidden fields of this one."""
    shown: dict[Step, tuple[str, ...]] = {
        Step.FAMILY: ("contact_name", "phone", "email", "ward", "coming", "birth_year", "members-"),
        Step.WORKSHOPS: (WISH, WAIT),
        Step.CONSENTS: ("consent_", "guardian_name"),
    }
    own = (*shown[step], "csrf_token", "step", "go", "submission", "proof_")
    return [(name, value) for name, value in typed.items(multi=True) if not name.startswith(own)]


@bp.route("/<festival>/register", methods=["GET", "POST"])
@limiter.limit("3000 per 10 minutes", methods=["POST"])  # steps; registrations are counted in `guarding/limits.py`
def register(festival: Festival) -> ResponseReturnValue:
    """The form, step by step; or why there is none now."""
    return _take_step(festival) if request.method == "POST" else _begin(festival)


csrf.exempt(register)  # `_take_step` checks it, and gives the form back instead of turning people away


def _begin(festival: Festival) -> ResponseReturnValue:
    if not festival.registration_open(now()):
        return render_template("registration/closed.html", festival=festival), 200
    typed: Typed = MultiDict({"submission": random_token(), "coming": "y", "members-0-name": ""})
    typed["opened"] = proof.opening(typed["submission"])
    know_browser()
    if festival.ward_code:
        typed["ward"] = festival.ward_code
    wanted = request.args.get("session", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        typed[f"{WISH}{wanted}"] = "c"
    return _page(festival, _form(festival, typed), typed, Step.FAMILY)


def _take_step(festival: Festival) -> ResponseReturnValue:
    """One step of the form: on, back, one person more or fewer, or everything sent."""
    go = request.form.get("go", "")
    step = Step(request.form["step"]) if request.form.get("step") in {s.value for s in Step} else Step.FAMILY
    typed = tidy_members(
        request.form, remove=go.removeprefix("remove-") if go.startswith("remove-") else None, add=go == "add"
    )
    if not SUBMISSION.fullmatch(typed.get("submission", "")):  # an empty one would be everybody's
        typed["submission"] = random_token()
    form = _form(festival, typed)
    if not form.is_ours():
        form.form_errors = [_("This page was open for a long time. Please press the button once more.")]
        return _page(festival, form, typed, step if form.validate_family() else Step.FAMILY), 400
    if go == "add" or go.startswith("remove-") or (go == STAY and step is Step.FAMILY):
        return _page(festival, form, typed, Step.FAMILY)
    if not form.validate_family():
        return _page(festival, form, typed, Step.FAMILY), 422
    if go in ("family", "workshops") and step is not Step.FAMILY:
        return _page(festival, form, typed, Step(go))
    if go == STAY:
        return _page(festival, form, typed, step)
    if step is Step.FAMILY:
        return _page(festival, form, typed, Step.WORKSHOPS)
    if step is Step.WORKSHOPS:
        names = {key: member.name for key, member in form.people()}
        refused = foresee(_wished(festival, form, typed), names, asked_to_wait(typed))
        if refused:
            return _page(festival, form, typed, Step.WORKSHOPS, refused), 422
        if not form.guardian_name.data:
            form.guardian_name.data = form.contact_name.data
        return _page(festival, form, typed, Step.CONSENTS)
    if not form.validate_consents():
        return _page(festival, form, typed, Step.CONSENTS), 422
    return _finish(festival, form, typed)


def _wished(festival: Festival, form: RegisterForm, typed: Typed) -> dict[str, list[Session]]:
    by_id = {session.id: session for session in sessions_to_come(festival)}
    wishes = wishes_by_person(typed)
    return {key: [by_id[i] for i in sorted(wishes.get(key, ())) if i in by_id] for key, _member in form.people()}


def _finish(festival: Festival, form: RegisterForm, typed: Typed) -> ResponseReturnValue:
    by, wishes = sender(), wishes_by_person(typed)
    look = limits.look(festival, by, _sent(form, typed))
    if look.standing is not Standing.PASS and not find_submission(festival, typed["submission"]):
        if look.standing is Standing.REFUSED:
            form.form_errors = [_("Very many registrations came from here. Please try again in an hour, or call us.")]
        return _page(festival, form, typed, Step.CONSENTS, challenge=look.challenge), 403
    household = Household(
        submission=typed["submission"],
        contact_name=form.contact_name.data,
        phone=form.phone.data,
        email=form.email.data or None,
        ward_code=form.ward.data or None,
        members=[replace(member, session_ids=wishes.get(key, frozenset())) for key, member in form.people()],
        waits=asked_to_wait(typed),
        guardian_name=form.guardian_name.data or None,
        language=str(get_locale()),
        consents=form.consents(),
        origin=by.origin(festival.id),
    )
    stop_reading()
    result = sign_up(festival, household)
    match result.outcome:
        case SignUpOutcome.DONE:
            if can_reach(household, "confirmation") and result.registration is not None:
                notices.confirmed(result.registration, result.sittings)
            limits.note(festival, by, household.phone)
            db.session.commit()
            wake_worker()
            return _done(secret_for(result.public_id), result.sittings)
        case SignUpOutcome.REPEATED if result.registration is not None:
            db.session.commit()
            return _done(secret_of(result.registration))
        case SignUpOutcome.SEATS_REFUSED:
            return _page(festival, form, typed, Step.WORKSHOPS, list(result.refused)), 409
        case SignUpOutcome.VENUE_FULL:
            form.form_errors = [
                ngettext(
                    "The whole festival has only %(num)d place left.",
                    "The whole festival has only %(num)d places left.",
                    result.places_left,
                )
            ]
            return _page(festival, form, typed, Step.FAMILY), 409
        case _:
            return render_template("registration/closed.html", festival=festival), 409


def _done(secret: str, sittings: Sequence[Sitting] = ()) -> ResponseReturnValue:
    flash(_("Done! Here are your family's tickets."), "success")
    for one in sittings:
        if not one.sure:
            flash(_("“%(title)s”: on the waiting list, not a seat yet.", title=one.session.workshop.title), "info")
    tickets = url_for("household.show", secret=secret)
    if request.headers.get("X-Requested-With") == BY_SCRIPT:
        return "", 201, {"Location": tickets}
    return redirect(tickets, code=303)


def _sent(form: RegisterForm, typed: Typed) -> Sent:
    return Sent(
        submission=typed["submission"],
        phone=form.phone.data,
        opened=typed.get("opened", ""),
        trap=typed.get("nickname", ""),
        proof=typed.get("proof_token", ""),
        answer=typed.get("proof_answer", ""),
    )
