"""Files go out from one place, and of each its digest is kept."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import func, select

from festival.certificates.handing_out import file_of
from festival.certificates.issuing import issue
from festival.certificates.models import CertificateFile, FileSource
from festival.extensions import db
from festival.registration.links import secret_of


@pytest.fixture
def family(make_household):
    return make_household(members=1)


@pytest.fixture
def issued(family, admit):
    admit(family.attendees[0])
    certificate = issue(family.attendees[0]).certificate
    db.session.commit()
    return certificate


def test_the_digest_of_a_file_is_kept_once_however_often_it_goes_out(issued):
    first, again = file_of(issued), file_of(issued)
    db.session.commit()

    assert first == again
    (noted,) = db.session.scalars(select(CertificateFile)).all()
    assert noted.sha256 == hashlib.sha256(first).hexdigest()
    assert (noted.certificate_id, noted.source, noted.content) == (issued.id, FileSource.OURS, None)


def test_both_doors_hand_out_what_is_noted(client, sign_in, festival, family, issued):
    person = family.attendees[0]
    residents = client.get(f"/r/{secret_of(family)}/certificates/{person.id}").data
    issuers = sign_in().get(f"/manage/{festival.slug}/certificates/{issued.id}.pdf").data

    assert residents == issuers
    assert db.session.scalar(select(CertificateFile.sha256)) == hashlib.sha256(residents).hexdigest()
    assert db.session.scalar(select(func.count(CertificateFile.id))) == 1
