"""The migrations make from nothing exactly the tables of the models, on both databases, and can be taken back."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, insert, inspect, select, text

from festival import create_app
from festival.certificates.designs import ENTRANCE_RULE
from festival.certificates.models import Certificate, CertificateKind
from festival.checkin.models import Checkpoint, Scan
from festival.extensions import db
from festival.registration.models import Attendee, Registration
from tests.conftest import make_settings
from tests.postgres import empty_database


@pytest.fixture
def bare_app(database, request, tmp_path):
    """An installation whose database is empty."""
    url = empty_database(request.getfixturevalue("postgres"), "festival_bare") if database == "postgresql" else None
    app = create_app(make_settings(tmp_path, url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrations_from_nothing_match_the_models(bare_app):
    upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_migrations_run_twice_change_nothing(bare_app):
    upgrade()
    before = sorted(inspect(db.engine).get_table_names())
    upgrade()

    assert sorted(inspect(db.engine).get_table_names()) == before


def test_migrations_can_be_taken_back(bare_app):
    upgrade()
    downgrade(revision="base")

    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


def test_scans_of_the_first_release_are_told_as_people_who_passed(bare_app):
    """Up from release 0001 with rows: one ticket admitted, one refused, a pass of two people in one scan."""
    upgrade(revision="0001")
    before = MetaData()
    before.reflect(db.engine)
    one, refused, family = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    at = datetime(2026, 10, 10, 1, 0, tzinfo=UTC)
    with db.engine.begin() as connection:
        for name, rows in _first_release(connection.dialect.name, at, one, refused, family).items():
            connection.execute(insert(before.tables[name]), rows)

    upgrade()

    kept = {scan.id: scan for scan in db.session.scalars(select(Scan))}
    parts = [scan for scan in kept.values() if scan.part_of == family]
    assert [kept[scan].passed for scan in (one, refused, family)] == [True, False, False]
    assert sorted(part.attendee_id for part in parts) == [2, 3]
    assert all(part.passed and part.id == uuid.uuid5(family, str(part.attendee_id)) for part in parts)
    assert {scan.source.value for scan in kept.values()} == {"device"}
    place = db.session.scalars(select(Checkpoint)).one()
    assert (place.re_entry, place.walk_ins, place.opens_before, place.stock) == (True, False, 30, None)
    assert all(moment is not None for moment in db.session.scalars(select(Attendee.changed_at)))
    db.session.remove()  # its transaction would lock the tables
    downgrade(revision="0001")
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM scans")) == 3


def test_phones_of_before_are_found_by_their_end(bare_app):
    upgrade(revision="0003")
    before = MetaData()
    before.reflect(db.engine)
    with db.engine.begin() as connection:
        older = _first_release(connection.dialect.name, datetime(2026, 10, 10, tzinfo=UTC), *(uuid.uuid4(),) * 3)
        for name in ("organizations", "festivals"):
            connection.execute(insert(before.tables[name]), older[name])
        (one,) = older["registrations"]
        for number, phone in enumerate(("+84912345678", "", "113"), start=1):
            keys = {"id": number, "public_id": str(number), "submission": str(number), "phone": phone}
            connection.execute(insert(before.tables["registrations"]), one | keys)

    upgrade()

    kept = select(Registration.phone_end).order_by(Registration.id)
    assert db.session.scalars(kept).all() == ["5678", "", "113"]


def test_names_of_before_are_found_whatever_their_apostrophe_is(bare_app):
    upgrade(revision="0008")
    before = MetaData()
    before.reflect(db.engine)
    people = [
        ("H’Ươl Ayŭn", "h’uol ayun", "ayun h’uol"),
        ("K´Brẻs", "k bres", "bres k"),
        ("Đỗ Thị Định", "stays as it is", "stays as it is"),
    ]
    with db.engine.begin() as connection:
        older = _first_release(connection.dialect.name, datetime(2026, 10, 10, tzinfo=UTC), *(uuid.uuid4(),) * 3)
        for name in ("organizations", "festivals", "registrations"):
            connection.execute(insert(before.tables[name]), older[name])
        changed_at = older["festivals"][0]["created_at"]
        for person, (name, folded, key) in zip(older["attendees"], people, strict=True):
            own = {"name": name, "folded_name": folded, "name_key": key, "changed_at": changed_at}
            connection.execute(insert(before.tables["attendees"]), person | own)
        booth = {"id": 1, "festival_id": 1, "code": "A1", "name": "Quầy K'Ho", "topic": "", "host_name": "Đoàn"}
        booth |= {"description": "", "power_watts": 0, "tables": 0, "chairs": 0, "status": "approved"}
        connection.execute(insert(before.tables["booths"]), booth | {"folded": "a1 quay k'ho  doan"})

    upgrade(revision="0009")

    kept = text("SELECT folded_name, name_key FROM attendees ORDER BY id")
    with db.engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(kept)] == [
            ("huol ayun", "ayun huol"),
            ("kbres", "kbres"),
            ("stays as it is", "stays as it is"),
        ]
        assert connection.scalar(text("SELECT folded FROM booths")) == "a1 quay kho doan"
    downgrade(revision="0008")
    with db.engine.connect() as connection:
        before = [(folded, key) for _, folded, key in people]
        assert [tuple(row) for row in connection.execute(kept)] == before


def test_certificates_of_before_get_a_design_and_keep_what_they_said(bare_app):
    upgrade(revision="0001")
    before = MetaData()
    before.reflect(db.engine)
    with db.engine.begin() as connection:
        older = _first_release(connection.dialect.name, datetime(2026, 10, 10, tzinfo=UTC), *(uuid.uuid4(),) * 3)
        for name in ("organizations", "festivals", "registrations", "attendees"):
            connection.execute(insert(before.tables[name]), older[name])
        given = {"festival_id": 1, "name": "Mẫu", "issued_at": older["festivals"][0]["created_at"]}
        for number in (1, 2):
            own = {
                "attendee_id": number,
                "number": number,
                "serial": f"000{number}/2026/CN",
                "code": f"CODE000{number}",
            }
            connection.execute(insert(before.tables["certificates"]), given | own)

    upgrade()

    kept = db.session.scalars(select(Certificate).order_by(Certificate.number)).all()
    assert [row.serial for row in kept] == ["0001/2026/CN", "0002/2026/CN"]
    (design,), (edition,) = {row.design for row in kept}, {row.edition for row in kept}
    assert (design.kind, design.rule) == (CertificateKind.PARTICIPATION, ENTRANCE_RULE)
    assert edition.content["sheet"]["issuer"] == "U"
    db.session.remove()
    downgrade(revision="0007")
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM certificates")) == 2


def _first_release(dialect, at, one, refused, family):
    """Rows of the first release by table, in the order of their keys."""
    own = {"festival_id": 1}
    moment = at if dialect == "postgresql" else at.replace(tzinfo=None)
    known = (lambda value: value) if dialect == "postgresql" else (lambda value: value.hex)
    person = {**own, "registration_id": 1, "name": "Mẫu", "folded_name": "mau", "name_key": "mau", "birth_year": 1958}
    scan = {**own, "checkpoint_id": 1, "device_id": 1, "direction": "in", "scanned_at": moment, "received_at": moment}
    scan |= {"offline": False, "answer": {} if dialect == "postgresql" else "{}", "attendee_id": None}
    days = {"first_day": at.date(), "last_day": at.date(), "opens_at": time(7), "closes_at": time(17)}
    festival = {"id": 1, "organization_id": 1, "slug": "a", "name": "A", "folded": "a", "organizer_name": "U", **days}
    festival |= {"venue": "V", "address": "", "about": "", "capacity": 9, "places_taken": 3, "status": "published"}
    festival |= {"certificates_issued": 0, "keep_days": 60, "public_key": b"k" * 32, "sealed_private_key": b"s"}
    household = {"id": 1, **own, "public_id": "p", "link_version": 1, "submission": "s", "contact_name": "Mẫu"}
    return {
        "organizations": [{"id": 1, "name": "UBND", "kind": "ward"}],
        "festivals": [{**festival, "created_at": moment}],
        "registrations": [{**household, "phone": "+84912345678", "language": "vi", "created_at": moment}],
        "attendees": [{**person, "id": number, "relation": "self"} for number in (1, 2, 3)],
        "checkpoints": [{"id": 1, **own, "kind": "entrance", "name": "Cổng"}],
        "devices": [{"id": 1, **own, "name": "Cửa A", "on_duty": "", "token_digest": "t", "paired_at": moment}],
        "scans": [
            {**scan, "id": known(one), "verdict": "admitted", "attendee_id": 1},
            {**scan, "id": known(refused), "verdict": "unknown"},
            {**scan, "id": known(family), "verdict": "admitted"},
        ],
        "admissions": [
            {
                "id": 1,
                "attendee_id": 1,
                "checkpoint_id": 1,
                "device_id": 1,
                "scan_id": known(one),
                "admitted_at": moment,
            },
            *(
                {
                    "id": n,
                    "attendee_id": n,
                    "checkpoint_id": 1,
                    "device_id": 1,
                    "scan_id": known(family),
                    "admitted_at": moment,
                }
                for n in (2, 3)
            ),
        ],
    }


def test_checks_and_keys_are_in_the_database_not_only_in_the_models(bare_app):
    upgrade()
    found = inspect(db.engine)

    assert {check["name"] for check in found.get_check_constraints("sessions")} >= {
        "ck_sessions_seats_within_capacity",
        "ck_sessions_times_in_order",
    }
    assert {tuple(key["column_names"]) for key in found.get_unique_constraints("admissions")} == {
        ("attendee_id", "checkpoint_id")
    }
