"""What the tests of certificates share: letting people in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from uuid import uuid4

import pytest
from flask import Flask

from festival.certificates.models import Certificate, CertificateKind, Design, Edition, SigningKey
from festival.checkin.models import Admission
from festival.core.clock import now
from festival.core.secrets import short_code
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee
from tests import factories
from tests.certificates.keys import TimestampServer, one_page
from tests.certificates.world import World, build

_count = count(1)


@pytest.fixture
def admit(make_device: Callable[..., factories.PairedDevice]) -> Callable[..., None]:
    """Let people in at an entrance, or at another checkpoint of the device given."""

    def let_in(*attendees: Attendee, paired: factories.PairedDevice | None = None) -> None:
        device = (paired or make_device()).device
        for attendee in attendees:
            admission = Admission(
                attendee_id=attendee.id,
                checkpoint_id=device.checkpoints[0].id,
                device_id=device.id,
                scan_id=uuid4(),
                admitted_at=now(),
            )
            db.session.add(admission)
        db.session.commit()

    return let_in


@pytest.fixture
def allow_timestamps(app: Flask) -> Iterator[None]:
    """Time stamp servers may be on this machine, as an operator allows it by a setting."""
    before = app.extensions["settings"]
    allowed = replace(before.signatures, private_timestamp_hosts=("127.0.0.1",))
    app.extensions["settings"] = replace(before, signatures=allowed)
    yield
    app.extensions["settings"] = before


@pytest.fixture
def timestamps(allow_timestamps: None) -> Iterator[TimestampServer]:
    """A time stamp server of our own."""
    with TimestampServer().serving() as server:
        yield server


@pytest.fixture
def make_signed(festival: Festival) -> Callable[..., Certificate]:
    """A certificate of `festival` whose design is signed with `key`; its page is a small one, always the same."""

    def make(key: SigningKey | None, **values: object) -> Certificate:
        household = factories.make_household(festival, members=1, phone=f"+8491200{next(_count):04}")
        design = Design(
            festival_id=festival.id, kind=CertificateKind.PARTICIPATION, name="Có chữ ký", look={}, rule={},
            signing_key=key,
        )  # fmt: skip
        edition = Edition(design=design, digest="0" * 64, content={})
        number = next(_count)
        certificate = Certificate(
            festival_id=festival.id, design=design, edition=edition, attendee_id=household.attendees[0].id,
            number=number, serial=f"{number:04}/2026/CN", code=short_code(), name=household.attendees[0].name,
            **values,
        )  # fmt: skip
        db.session.add(certificate)
        db.session.commit()
        return certificate

    return make


@pytest.fixture
def plain_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates are drawn as one small page each: these tests are about what is done with the file."""

    def page(certificate: Certificate) -> bytes:
        return one_page(f"0 0 {certificate.number} 10 re f % {certificate.serial}".encode())

    monkeypatch.setattr("festival.certificates.handing_out.pdf_of", page)


@pytest.fixture
def world(festival: factories.Festival) -> World:
    """A festival in which five people have done different things."""
    return build(festival)
