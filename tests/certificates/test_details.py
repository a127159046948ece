"""A certificate's own words: only what its texts ask for, as it was when it was issued."""

from __future__ import annotations

from datetime import time
from uuid import uuid4

import pytest

from festival.certificates import facts
from festival.certificates.issuing import issue, issue_to
from festival.certificates.models import Certificate, CertificateKind, Design
from festival.checkin.models import CheckpointKind, ShownSkill
from festival.core.clock import now
from festival.extensions import db
from tests import factories


@pytest.fixture
def make_design(festival):
    def make(kind: CertificateKind = CertificateKind.PARTICIPATION, extra: str = "", **values: object) -> Design:
        look = {"texts": {"extra": extra}} if extra else {}
        design = Design(festival_id=festival.id, kind=kind, name="Mẫu", look=look, rule={}, **values)
        db.session.add(design)
        db.session.commit()
        return design

    return make


@pytest.fixture
def learned(festival, make_session, make_household, make_device, admit):
    """A family of two: both inside, the first in two sittings of an hour and a half each, with a skill shown."""
    family = make_household(members=2)
    admit(*family.attendees)
    for title, start in (("Ví điện tử", 8), ("VNeID", 13)):
        session = make_session(title=title, start=time(start), end=time(start + 1, 30))
        place = factories.make_checkpoint(festival, CheckpointKind.SESSION, session_id=session.id)
        admit(family.attendees[0], paired=make_device(checkpoints=[place]))
    booth = factories.make_booth(festival, skills="Gọi video")
    stamp = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id)
    shown = {"attendee_id": family.attendees[0].id, "checkpoint_id": stamp.id, "skill": "Gọi video"}
    db.session.add(ShownSkill(**shown, scan_id=uuid4(), shown_at=now()))
    db.session.commit()
    return family


def test_what_no_text_asks_for_is_not_kept(make_design, learned):
    assert issue(learned.attendees[0], make_design()).certificate.details == {}
    only_hours = make_design(extra="Thời gian: {hours} giờ.")
    assert issue(learned.attendees[0], only_hours).certificate.details == {"hours": 3.0}


def test_sessions_hours_skills_and_year_are_as_they_were(make_design, learned):
    asked = make_design(extra="{birth_year} {sessions} {hours} {skills}")

    details = issue(learned.attendees[0], asked).certificate.details

    assert details == {
        "birth_year": str(learned.attendees[0].birth_year),
        "sessions": ["Ví điện tử", "VNeID"],
        "hours": 3.0,
        "skills": ["Gọi video"],
    }


def test_who_did_nothing_of_it_has_no_details(make_design, learned):
    asked = make_design(extra="{sessions} {hours} {skills}")

    assert issue(learned.attendees[1], asked).certificate.details == {}


def test_a_familys_are_those_of_all_its_people(make_design, learned):
    asked = make_design(CertificateKind.HOUSEHOLD, extra="{sessions} {hours} {skills} {birth_year}")

    details = issue(learned, asked).certificate.details

    assert details == {"sessions": ["Ví điện tử", "VNeID"], "hours": 3.0, "skills": ["Gọi video"]}


def test_a_volunteers_hours_are_those_of_helping(make_design, learned, monkeypatch):
    helper = learned.attendees[0]
    asked = make_design(CertificateKind.VOLUNTEER, extra="{hours}")

    issue_to(asked, [helper.id])
    assert db.session.query(Certificate).one().details == {}, "nobody supplies them yet, and learning is not helping"
    db.session.query(Certificate).delete()
    monkeypatch.setitem(facts.FACTS, "volunteer_hours", lambda _festival, ids: {each: {1: 4.0, 2: 2.5} for each in ids})
    issue_to(asked, [helper.id])
    assert db.session.query(Certificate).one().details == {"hours": 6.5}
