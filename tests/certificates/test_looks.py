"""Who of the staff has found whose certificate."""

from __future__ import annotations

from sqlalchemy import select

from festival.accounts.models import AuditEntry
from festival.certificates.issuing import issue
from festival.extensions import db
from festival.registration import looks


def test_whose_certificate_is_found_by_a_search_has_been_looked_at(festival, make_household, admit, sign_in):
    families = [make_household(members=1, contact_name=name) for name in ("Nguyễn Thị Hoa", "Trần Văn Ba")]
    for family in families:
        admit(family.attendees[0])
        issue(family.attendees[0])
    db.session.commit()

    page = sign_in().get(f"/manage/{festival.slug}/certificates", query_string={"q": "0001"})

    assert page.status_code == 200
    db.session.rollback()
    seen = db.session.scalars(select(AuditEntry).where(AuditEntry.action == looks.SEEN)).all()
    assert [entry.after["registration"] for entry in seen] == [families[0].id]
