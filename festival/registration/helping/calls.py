"""`POST /helper/<secret>/api/registrations`: what a helper's device has kept while there was no network, and what it
sends at once when there is one. JSON in, JSON out.

Each household is answered by itself, in a transaction of its own: one that makes no sense, or that the server fails on,
stands in no other's way. The id is made by the device; sent again, it is answered with what it made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import Form

from festival.core.calls import read_object
from festival.core.clock import local, now
from festival.extensions import csrf, db, limiter
from festival.language import current_language
from festival.messages.outbox import wake_worker
from festival.programme.wards import wards_near
from festival.registration.helping import made
from festival.registration.helping.device import Device, known_device, remember_device
from festival.registration.helping.forms import HelpedForm
from festival.registration.helping.limits import spend
from festival.registration.helping.links import LinkState, find_link, note_used, state_of
from festival.registration.helping.views import why_not
from festival.registration.helping.words import state_words
from festival.registration.helping.writing_down import household_of, submission_of, write_down
from festival.registration.models import HelperLink, Registration
from festival.registration.signing_up import SignUpOutcome, find_submission
from festival.registration.typed import Typed, wishes_by_person
from festival.registration.wishes import words_for

bp = Blueprint("helping_calls", __name__)
# As a door's calls: another site can send neither this content type nor our Origin.
csrf.exempt(bp)

MOST = 50
MAX_BODY_BYTES = 500_000
MOST_FIELDS = 600
LONGEST_TEXT = 20_000


@bp.post("/helper/<secret>/api/registrations")
@limiter.limit("120 per minute")
def registrations(secret: str) -> ResponseReturnValue:
    """Take 1 to 50 households `{id, gone_home, fields}`, answer each in the same order.

    `fields` are those of the form. `gone_home`: it was written down without a network, nobody waits for the answer.
    404 for no such link; 410 when it was ended a day ago, or this device never had it: the device forgets everything.
    """
    body = read_object(MAX_BODY_BYTES)
    link = find_link(secret)
    if link is None:
        return {"reason": "unknown"}, 404
    at, device = now(), known_device()
    state = state_of(link, at)
    if state is LinkState.ENDED or (state is LinkState.HANDING_IN and not _had_it(link, device)):
        return {"reason": "ended"}, 410
    sent = body.get("registrations")
    if not isinstance(sent, list) or not sent:
        abort(422)
    if len(sent) > MOST:
        abort(413)
    if not spend(link, len(sent)):
        return {"reason": "too_many"}, 429
    digest = device.digest if device else None
    answers = [_take(link.id, one, digest, told=state is LinkState.OPEN) for one in sent]
    fresh = db.session.get_one(HelperLink, link.id)
    note_used(fresh, at)
    db.session.commit()
    wake_worker()
    response = jsonify(answers=answers, ended=state is LinkState.HANDING_IN)
    if state is LinkState.OPEN:
        remember_device(response)
    return response


def _had_it(link: HelperLink, device: Device | None) -> bool:
    """Whether the device was a helper's before the link was ended: who found it afterwards hands nothing in."""
    return device is not None and link.ended_at is not None and device.since <= link.ended_at


def _take(link_id: int, raw: object, helped_on: str | None, *, told: bool) -> dict[str, Any]:
    """One household; commits what it makes. An ended link's device is only `told` that it was kept."""
    entry = raw if isinstance(raw, dict) else {}
    name = entry.get("id")
    named = {"id": name if isinstance(name, str) and len(name) <= 40 else None}
    try:
        answer = _register(db.session.get_one(HelperLink, link_id), entry, helped_on)
        db.session.commit()
    except Exception:  # a bug in the way of one household must not be in the way of all
        db.session.rollback()
        if current_app.testing:
            raise
        current_app.logger.exception("a helper's registration failed")
        return {**named, "outcome": "failed"}
    if not told and answer["outcome"] in ("done", "repeated"):
        return {**named, "outcome": "kept"}
    return {**named, **answer}


def _register(link: HelperLink, entry: Mapping[str, Any], helped_on: str | None) -> dict[str, Any]:
    own = _uuid(entry.get("id"))
    if own is None:
        return {"outcome": "invalid", "errors": {"id": ""}}
    festival, gone_home = link.festival, entry.get("gone_home") is True
    if known := find_submission(festival, submission_of(link, own)):
        return {"outcome": "repeated", **_told(known)}
    typed = _fields(entry.get("fields"))
    if typed is None:
        return {"outcome": "invalid", "errors": {"fields": ""}}
    form = HelpedForm(formdata=typed, meta={"csrf": False})
    form.offer_wards(wards_near(festival), festival.ward_code)
    if not form.validate_whole():
        return {"outcome": "invalid", "errors": dict(_errors(form)), "words": _sentences(form)}
    household = household_of(link, form, wishes_by_person(typed), own, current_language(), helped_on)
    written = write_down(festival, household, gone_home=gone_home)
    if written.registration is None:
        return {"outcome": written.outcome.value, "words": why_not(written)}
    outcome = "repeated" if written.outcome is SignUpOutcome.REPEATED else "done"
    left_out = [words_for(each) for each in written.refused]
    return {"outcome": outcome, **_told(written.registration), "words": left_out}


def _uuid(value: object) -> str | None:
    try:
        return str(UUID(value)) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def _fields(value: object) -> Typed | None:
    """The form's fields as a browser would send them: texts, or lists of texts; None for anything else."""
    if not isinstance(value, dict) or len(value) > MOST_FIELDS:
        return None
    typed: Typed = MultiDict()
    for name, given in value.items():
        texts = given if isinstance(given, list) else [given]
        if len(name) > 100 or len(texts) > MOST or not all(_is_text(text) for text in texts):
            return None
        typed.setlist(name, texts)
    return typed


def _is_text(value: object) -> bool:
    """Text that a database takes: no lone surrogates, no NUL."""
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and "\0" not in value and _is_utf8(value)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _errors(form: Form) -> list[tuple[str, str]]:
    """What is wrong, by the name of the field."""
    found = []
    for field in form:
        if entries := getattr(field, "entries", None):
            for entry in entries:
                found += _errors(entry.form)
        elif field.errors:
            found.append((field.name, str(field.errors[0])))
    return found


def _sentences(form: HelpedForm) -> list[str]:
    return [words for _name, words in _errors(form)]


def _told(registration: Registration) -> dict[str, Any]:
    """What the helper reads to the household: names, codes, and how each wish stands."""
    return {
        "people": [
            {
                "name": person.name,
                "code": person.code,
                "seats": [
                    {
                        "title": seat.session.workshop.title,
                        "at": f"{local(seat.session.starts_at):%H:%M %d/%m}",
                        "state": seat.state.value,
                        "words": str(state_words(seat.state)),
                    }
                    for seat in person.seats
                ],
            }
            for person in made.people_of(registration)
        ]
    }
