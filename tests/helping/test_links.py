"""Helpers' links: made and ended by the organizer, in the audit log; an ended one says so and registers nobody."""

from __future__ import annotations

from sqlalchemy import func, select

from festival.accounts.models import AuditEntry
from festival.extensions import db
from festival.registration.helping.links import find_link, secret_of
from festival.registration.models import HelperLink, LinkKind, Registration
from tests.conftest import plain
from tests.helping.conftest import household


def test_an_organizer_makes_a_link_and_sees_its_address_and_code(festival, sign_in):
    browser = sign_in()

    answer = browser.post(
        f"/manage/{festival.slug}/helpers/new",
        data={"kind": "group", "group_name": "Tổ dân phố 12", "helper_name": "Chị Lan"},
    )

    page = browser.get(answer.location)
    link = db.session.scalars(select(HelperLink)).one()
    assert f"/helper/{secret_of(link)}" in page.text
    assert 'class="qr"' in page.text
    assert (link.kind, link.group_name, link.helper_name) == (LinkKind.GROUP, "Tổ dân phố 12", "Chị Lan")
    assert db.session.scalar(select(AuditEntry.subject).where(AuditEntry.action == "helper_link.made"))


def test_the_secret_is_nowhere_in_the_database(link):
    secret = secret_of(link)

    assert find_link(secret) is link
    assert find_link(link.public_id) is None
    assert find_link(link.public_id + "a" * 24) is None
    values = db.session.execute(select(HelperLink.__table__)).one()
    assert not any(secret[len(link.public_id) :] in str(value) for value in values)
    audited = db.session.scalars(select(AuditEntry.after)).all()
    assert not any(link.public_id in str(entry) for entry in audited)


def test_the_list_tells_how_many_came_of_each_link(festival, link, helper, address, sign_in):
    helper.post(
        address,
        data=household(
            **{"members-0-name": "Đỗ Văn Năm", "members-0-birth_year": "1946", "members-0-relation": "spouse"}
        ),
    )

    page = plain(sign_in().get(f"/manage/{festival.slug}/helpers").text)

    assert "Tổ dân phố 12 Chị Lan 1 2" in page


def test_an_ended_link_answers_410_with_words_and_registers_nobody(festival, link, helper, address, sign_in):
    browser = sign_in()
    ask = browser.get(f"/manage/{festival.slug}/helpers/{link.id}/end")
    assert ask.status_code == 200

    browser.post(f"/manage/{festival.slug}/helpers/{link.id}/end")

    for path in ("", "/today", "/slips"):
        assert helper.get(address + path).status_code == 410
    answer = helper.post(address, data=household())
    assert answer.status_code == 410
    assert "Đường dẫn này đã ngừng" in plain(answer.text)
    assert db.session.scalar(select(func.count(Registration.id))) == 0
    assert db.session.scalar(select(AuditEntry.subject).where(AuditEntry.action == "helper_link.ended"))


def test_ending_twice_is_noted_once(festival, link, sign_in):
    browser = sign_in()

    for _ in range(2):
        browser.post(f"/manage/{festival.slug}/helpers/{link.id}/end")

    ended = select(func.count(AuditEntry.id)).where(AuditEntry.action == "helper_link.ended")
    assert db.session.scalar(ended) == 1


def test_a_link_of_another_festival_is_not_found_in_this_one(make_festival, link, sign_in):
    other = make_festival()

    assert sign_in().get(f"/manage/{other.slug}/helpers/{link.id}").status_code == 404


def test_a_wrong_secret_is_nothing(client):
    assert client.get("/helper/khong-co-gi").status_code == 404
    assert client.post("/helper/khong-co-gi/api/registrations", json={"registrations": [{}]}).status_code == 404
