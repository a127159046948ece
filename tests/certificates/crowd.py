"""Many people inside at once: rows written in bulk, as fast as the database takes them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import insert, select

from festival.checkin.models import Admission, Checkpoint
from festival.core.clock import now
from festival.core.secrets import random_token, short_code
from festival.core.text import fold, name_key
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee, Registration, Relation
from tests import factories

FAMILY = 4


def crowd_inside(festival: Festival, people: int) -> list[int]:
    """So many people in families of four, let in at an entrance; gives their ids."""
    families = [
        {
            "festival_id": festival.id,
            "public_id": random_token()[:16],
            "submission": random_token(),
            "contact_name": f"Đỗ Thị Số {number}",
            "phone": "",
        }
        for number in range(-(-people // FAMILY))
    ]
    db.session.execute(insert(Registration), families)
    ids = db.session.scalars(
        select(Registration.id).where(Registration.festival_id == festival.id).order_by(Registration.id)
    ).all()
    names = [f"Đỗ Văn Số {number}" for number in range(people)]
    members = [
        {
            "festival_id": festival.id,
            "registration_id": ids[number // FAMILY],
            "name": name,
            "folded_name": fold(name),
            "name_key": name_key(name),
            "birth_year": 1960 + number % 40,
            "relation": Relation.OTHER,
        }
        for number, name in enumerate(names)
    ]
    db.session.execute(insert(Attendee), members)
    inside = list(
        db.session.scalars(select(Attendee.id).where(Attendee.festival_id == festival.id).order_by(Attendee.id))
    )
    entrance: Checkpoint = factories.make_checkpoint(festival)
    device = factories.make_device(festival, name=f"Cửa {short_code()}", checkpoints=[entrance]).device
    at = now() - timedelta(hours=1)
    admissions = [
        {
            "attendee_id": person,
            "checkpoint_id": entrance.id,
            "device_id": device.id,
            "scan_id": uuid4(),
            "admitted_at": at,
        }
        for person in inside
    ]
    db.session.execute(insert(Admission), admissions)
    db.session.commit()
    return inside
