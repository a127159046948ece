"""The audit log keeps what differs, and no secrets."""

from __future__ import annotations

from festival.accounts.audit import record, values_of
from festival.accounts.models import AuditEntry
from festival.extensions import db


def test_an_entry_keeps_only_what_changed(festival):
    before = values_of(festival)
    festival.venue = "Sân vận động"

    record("festival.edited", festival.name, festival_id=festival.id, before=before, after=values_of(festival))
    db.session.commit()

    entry = db.session.query(AuditEntry).one()
    assert entry.before == {"venue": "Nhà văn hóa phường"}
    assert entry.after == {"venue": "Sân vận động"}
    assert entry.actor == "system"


def test_keys_never_reach_the_log(festival):
    assert "sealed_private_key" not in values_of(festival)
