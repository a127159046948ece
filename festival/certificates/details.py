"""Further words of a certificate's own: what its texts ask for and nothing more, as it stood when it was issued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from festival.certificates.facts import facts_of_people
from festival.certificates.holders import type_of
from festival.certificates.models import CertificateKind, Design, Edition
from festival.certificates.texts import DETAILS, fields_in
from festival.checkin.models import Admission, Checkpoint, ShownSkill
from festival.extensions import db
from festival.programme.models import Booth, Session, Workshop
from festival.registration.models import Attendee, Registration

Details = dict[str, Any]


def details_of(design: Design, edition: Edition, ids: Sequence[int]) -> dict[int, Details]:
    """The details of each of these holders that the edition's texts show. None are read where no text asks for them;
    a booth has none."""
    texts = edition.content["look"].get("texts", {}).values()
    wanted = {name for text in texts for name in fields_in(text) if name in DETAILS}
    of_type = type_of(design.kind)
    if not wanted or of_type is Booth:
        return {}
    members = _members(ids) if of_type is Registration else {each: [each] for each in ids}
    own = _of_people(design, [person for each in members.values() for person in each], wanted)
    return {holder: _together([own[person] for person in members[holder]]) for holder in ids}


def _members(registration_ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {each: [] for each in registration_ids}
    query = select(Attendee.registration_id, Attendee.id).where(Attendee.registration_id.in_(registration_ids))
    for registration_id, attendee_id in db.session.execute(query.order_by(Attendee.id)):
        found[registration_id].append(attendee_id)
    return found


def _of_people(design: Design, ids: Sequence[int], wanted: set[str]) -> dict[int, Details]:
    own: dict[int, Details] = {each: {} for each in ids}
    if "birth_year" in wanted:
        for person, year in db.session.execute(select(Attendee.id, Attendee.birth_year).where(Attendee.id.in_(ids))):
            own[person]["birth_year"] = str(year)
    if "skills" in wanted:
        for person, skills in _skills(ids).items():
            own[person]["skills"] = skills
    if wanted & {"sessions", "hours"}:
        for person, (titles, hours) in _sessions(ids).items():
            own[person] |= {"sessions": titles, "hours": hours}
    if "hours" in wanted and design.kind is CertificateKind.VOLUNTEER:  # those of helping, not of learning
        for person, facts in facts_of_people(design.festival_id, ids, ["volunteer_hours"]).items():
            own[person]["hours"] = round(sum(facts.things.get("volunteer_hours", {}).values()), 1) or None
    return {
        person: {name: value for name, value in each.items() if name in wanted and value}
        for person, each in own.items()
    }


def _skills(ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = select(ShownSkill.attendee_id, ShownSkill.skill).where(ShownSkill.attendee_id.in_(ids))
    for person, skill in db.session.execute(query.order_by(ShownSkill.shown_at, ShownSkill.id)):
        if skill not in found[person]:
            found[person].append(skill)
    return found


def _sessions(ids: Sequence[int]) -> dict[int, tuple[list[str], float]]:
    """The workshops each person was let in to, and the hours that they took together."""
    query = (
        select(Admission.attendee_id, Workshop.title, Session.starts_at, Session.ends_at)
        .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
        .join(Session, Session.id == Checkpoint.session_id)
        .join(Workshop, Workshop.id == Session.workshop_id)
        .where(Admission.attendee_id.in_(ids))
        .order_by(Session.starts_at, Session.id)
    )
    titles: dict[int, list[str]] = defaultdict(list)
    hours: dict[int, float] = defaultdict(float)
    for person, title, starts_at, ends_at in db.session.execute(query):
        if title not in titles[person]:
            titles[person].append(title)
        hours[person] += (ends_at - starts_at).total_seconds() / 3600
    return {person: (titles[person], round(hours[person], 1)) for person in titles}


def _together(members: Sequence[Details]) -> Details:
    """One person's details as they are; a family's: what any of them did, once, and all their hours."""
    if len(members) == 1:
        return members[0]
    together: Details = {}
    for own in members:
        for name in ("sessions", "skills"):
            if name in own:
                together[name] = list(dict.fromkeys([*together.get(name, []), *own[name]]))
        if "hours" in own:
            together["hours"] = round(together.get("hours", 0.0) + own["hours"], 1)
    return together
