"""Which pages of the staff show somebody's data, and noting who looked (`registration/looks.py`).

- A page about one household, person, message, request, scan or certificate is a look at that household: told by the
  number in its address (`OF_ONE`), so a new page counts by itself.
- A list that a search was typed for is a look at each household it shows; its view puts their numbers into
  `g.households_shown`.
- Any other list (`LISTS`) is noted once a day for each member of staff: the household reads that lists were opened in
  which it may stand. To note every household at every turn of a page would hide the looks that somebody meant.
- All else shows nobody (`SHOWS_NOBODY`); a test asks for a row here for every page of the staff.

Exports are noted where they are made. The doors are no part of this: a scan is in the household's data itself.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from flask_security import current_user
from sqlalchemy import BindParameter, Select, bindparam, func, select

from festival.accounts.policy import POLICY, Caller
from festival.certificates.models import Certificate, Correction
from festival.checkin.models import Scan
from festival.extensions import begin_writing, db
from festival.messages.models import Message
from festival.privacy.models import SubjectRequest
from festival.registration import looks
from festival.registration.models import Attendee, Registration

_NUMBER: BindParameter[Any] = bindparam("number")

_OF_CERTIFICATES = (
    select(func.coalesce(Certificate.registration_id, Attendee.registration_id))
    .select_from(Certificate)
    .outerjoin(Attendee, Attendee.id == Certificate.attendee_id)
)

OF_ONE: dict[str, Select[Any]] = {
    "registration_id": select(Registration.id).where(Registration.id == _NUMBER),
    "attendee_id": select(Attendee.registration_id).where(Attendee.id == _NUMBER),
    "message_id": select(Message.registration_id).where(Message.id == _NUMBER),
    "request_id": select(SubjectRequest.registration_id).where(SubjectRequest.id == _NUMBER),
    "scan_id": select(Attendee.registration_id).join(Scan, Scan.attendee_id == Attendee.id).where(Scan.id == _NUMBER),
    "certificate_id": _OF_CERTIFICATES.where(Certificate.id == _NUMBER),
    "correction_id": _OF_CERTIFICATES.join(Correction, Correction.certificate_id == Certificate.id).where(
        Correction.id == _NUMBER
    ),
}
"""By the name of the number in an address: whose household it leads to."""

LISTS = frozenset(
    {
        "reports.registrations",
        "mailings.index",
        "privacy_manage.index",
        "floods.show",
        "floods.release",
        "helping_manage.slips",
        "class_lists.manage_upload",
        "class_lists.manage_confirm",
        "checkin_conflicts.index",
        "checkin_paper.door_list",
        "checkin_paper.check_or_record",
        "certificates_manage.index",
        "certificates_manage.print_file",
        "certificate_corrections.index",
        "certificate_runs.issue",
        "certificate_external.to_sign",
        "certificate_papers.badges",
        "certificate_papers.slips",
        "certificate_rules.people",
        "certificate_designs.edit",
    }
)

SHOWS_NOBODY = (
    *(
        "security.",
        "people.",
        "organizations.",
        "programme_manage.",
        "audit_log.",
        "preparing.",
        "reports.day",
        "reports.export",
        "floods.index",
        "floods.undo",
    ),
    *("mailings.write", "mailings.group", "mailings.undo", "privacy_manage.register", "privacy_manage.edit_register"),
    *("privacy_manage.photo_sign", "helping_manage.index", "helping_manage.new", "helping_manage.show"),
    *("helping_manage.end", "checkin_manage.", "checkin_posters.", "checkin_slips.", "checkin_paper.index"),
    *("checkin_paper.type_in", "certificate_", "certificates_manage."),
)
"""Beginnings of endpoints: figures, the programme, links, phones, blank slips, letters to many, designs and keys. Names
of volunteers and helpers stand there, no household's. Exports are noted where they are made."""

ANSWERS_WITH_A_PAGE = (200, 422)


def note_who_looked(response: Response) -> Response:
    """After a page of the staff: note whose data it showed. The page is not sent if that cannot be noted."""
    rule, festival = POLICY.get(request.endpoint or ""), g.get("festival")
    if rule is None or rule.caller is not Caller.STAFF or festival is None:
        return response
    if response.status_code not in ANSWERS_WITH_A_PAGE:
        return response
    db.session.rollback()  # what a page has read is over; nothing that it did not commit is kept by this
    shown = _households()
    new = looks.unnoted(festival, shown, current_user) if shown else []
    new_list = not shown and request.endpoint in LISTS and not looks.list_noted(festival, current_user)
    if new or new_list:
        begin_writing()
        if new:
            looks.note_looks(festival, new)
        else:
            looks.note_list(festival)
        db.session.commit()
    return response


def _households() -> list[int]:
    found = {int(number) for number in g.get("households_shown", ()) if number is not None}
    for name, number in (request.view_args or {}).items():
        if name in OF_ONE:
            one = db.session.scalar(OF_ONE[name], {"number": number})
            found |= {one} if one is not None else set()
    return sorted(found)
