"""The page with all of a family's certificates: each kind is taken there, if the design lets residents take it."""

from __future__ import annotations

import pytest

from festival.certificates.issuing import issue
from festival.certificates.models import Certificate, CertificateKind, Design
from festival.extensions import db
from festival.registration.links import secret_of
from tests.certificates.paper import words
from tests.conftest import plain


@pytest.fixture
def family(make_household):
    return make_household(members=2)


@pytest.fixture
def make_design(festival):
    def make(kind: CertificateKind, name: str, **values: object) -> Design:
        design = Design(festival_id=festival.id, kind=kind, name=name, look={}, rule={}, **values)
        db.session.add(design)
        db.session.commit()
        return design

    return make


@pytest.fixture
def home(family):
    return f"/r/{secret_of(family)}/certificates"


def test_a_family_takes_its_own_and_each_persons(client, family, admit, make_design, home):
    together = make_design(CertificateKind.HOUSEHOLD, "Gia đình số")
    each = make_design(CertificateKind.PARTICIPATION, "Hành trình số")
    admit(*family.attendees)

    page = plain(client.get(f"{home}?lang=en").text)
    assert "Gia đình số" in page
    assert page.count("Get the certificate") >= 3

    own = client.post(f"{home}/family/{together.id}", follow_redirects=True)
    assert own.mimetype == "application/pdf"
    assert family.contact_name in words(own.data)
    second = client.post(f"{home}/{family.attendees[1].id}/{each.id}", follow_redirects=True)
    assert family.attendees[1].name in words(second.data)
    given = {(one.design_id, one.registration_id, one.attendee_id) for one in db.session.query(Certificate)}
    assert given == {(together.id, family.id, None), (each.id, None, family.attendees[1].id)}


def test_what_the_organizer_hands_out_is_not_taken_and_opens_once_issued(client, family, admit, make_design, home):
    design = make_design(CertificateKind.PARTICIPATION, "Trao tại lễ bế mạc", by_residents=False)
    admit(*family.attendees)
    address = f"{home}/{family.attendees[0].id}/{design.id}"

    assert client.post(address).status_code == 403
    assert "Get the certificate" not in client.get(f"{address}?lang=en").text
    assert db.session.query(Certificate).count() == 0

    issue(family.attendees[0], design)
    db.session.commit()
    assert client.get(address).mimetype == "application/pdf"


def test_a_family_gets_its_own_only_when_all_came(client, family, admit, make_design, home):
    together = make_design(CertificateKind.HOUSEHOLD, "Gia đình số")
    admit(family.attendees[0])

    assert client.post(f"{home}/family/{together.id}").status_code == 409
    assert db.session.query(Certificate).count() == 0


@pytest.mark.parametrize("holder", ["family", "0", "999999", "²", "x"])
def test_holders_that_are_none_are_not_found(client, make_design, home, holder):
    design = make_design(CertificateKind.PARTICIPATION, "Hành trình số")

    assert client.get(f"{home}/{holder}/{design.id}").status_code == 404


def test_a_persons_number_opens_no_certificate_of_the_family(client, family, make_design, home):
    together = make_design(CertificateKind.HOUSEHOLD, "Gia đình số")
    hosts = make_design(CertificateKind.HOST, "Thư cảm ơn")

    assert client.get(f"{home}/{family.attendees[0].id}/{together.id}").status_code == 404
    assert client.get(f"{home}/{family.attendees[0].id}/{hosts.id}").status_code == 404


def test_a_design_that_was_put_away_still_shows_what_it_gave_and_gives_no_more(
    client, family, admit, make_design, home
):
    design = make_design(CertificateKind.PARTICIPATION, "Mẫu năm ngoái")
    admit(*family.attendees)
    issue(family.attendees[0], design)
    design.archived_at = design.created_at
    db.session.commit()

    page = plain(client.get(home).text)
    assert "Mẫu năm ngoái" in page
    assert client.get(f"{home}/{family.attendees[0].id}/{design.id}").mimetype == "application/pdf"
    assert client.post(f"{home}/{family.attendees[1].id}/{design.id}").status_code == 404
