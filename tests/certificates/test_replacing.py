"""Taking back and giving anew: the old one stays, says what became of it, and keeps its number and code."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from festival.accounts.models import AuditEntry
from festival.certificates.corrections import corrections_of
from festival.certificates.issuing import IssueOutcome, find_certificate, issue
from festival.certificates.models import Certificate
from festival.certificates.replacing import ReplaceOutcome, replace, revoke
from festival.extensions import db
from festival.messages.models import Message
from festival.registration.links import secret_of
from tests.conftest import plain


@pytest.fixture
def family(make_household):
    return make_household(members=2, email="hoa@festival.example")


@pytest.fixture
def issued(family, admit):
    admit(family.attendees[0])
    certificate = issue(family.attendees[0]).certificate
    db.session.commit()
    return certificate


def test_a_new_one_has_the_next_number_and_the_old_one_points_to_it(issued, family):
    result = replace(issued, "Giấy bị ướt")

    new = result.certificate
    assert result.outcome is ReplaceOutcome.REPLACED
    assert (new.number, new.name) == (2, issued.name)
    assert new.code != issued.code
    assert (issued.replaced_by_id, issued.replace_reason) == (new.id, "Giấy bị ướt")
    assert find_certificate(family.attendees[0]).id == new.id
    assert issue(family.attendees[0]).outcome is IssueOutcome.ALREADY_ISSUED


def test_a_certificate_is_replaced_once(issued):
    first = replace(issued, "Lần một")
    again = replace(issued, "Lần hai")

    assert again.outcome is ReplaceOutcome.REPLACED_BEFORE
    assert again.certificate is None
    assert issued.replaced_by_id == first.certificate.id
    assert db.session.query(Certificate).count() == 2


def test_only_the_issuer_gives_a_new_one_after_it_was_taken_back(issued, family):
    revoke(issued, "Nhầm người")
    assert issue(family.attendees[0]).outcome is IssueOutcome.REVOKED

    new = replace(issued, "Xem lại: đúng người").certificate

    assert find_certificate(family.attendees[0]).id == new.id
    assert issued.revoked_at is not None, "what was taken back stays so"
    assert not revoke(issued, "Lần nữa")


def test_nothing_new_where_the_names_are_erased(issued, festival):
    festival.status = type(festival.status).ARCHIVED
    db.session.commit()

    assert replace(issued, "Muộn rồi").outcome is ReplaceOutcome.ERASED
    assert db.session.query(Certificate).count() == 1


def test_the_issuer_replaces_on_the_page_and_the_log_says_why(sign_in, festival, issued):
    browser = sign_in()
    home = f"/manage/{festival.slug}/certificates"

    assert browser.post(f"{home}/{issued.id}/replace", data={"name": "Nguyễn Thị Thử", "reason": ""}).status_code == 422
    given = {"name": "Nguyễn Thị Thử Lại", "reason": "Sai chính tả"}
    told = browser.post(f"{home}/{issued.id}/replace?lang=en", data=given, follow_redirects=True)

    new = db.session.scalars(select(Certificate).where(Certificate.number == 2)).one()
    assert f"Certificate {new.serial} takes the place of {issued.serial}" in plain(told.text)
    assert new.name == "Nguyễn Thị Thử Lại"
    assert browser.get(f"{home}/{issued.id}.pdf").status_code == 410
    assert "Sai chính tả" in browser.get(f"{home}/{issued.id}").text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.replaced")).one()
    assert entry.after["serial"] == new.serial


def test_the_family_is_told_that_one_was_taken_back_and_not_why(sign_in, festival, issued):
    sign_in().post(f"/manage/{festival.slug}/certificates/{issued.id}/revoke", data={"reason": "Có hai tờ"})

    message = db.session.scalars(select(Message).where(Message.kind == "certificate_revoked")).one()
    assert issued.serial in message.body
    assert "Có hai tờ" not in message.body


# --- the name is corrected -------------------------------------------------------------------------------------------


def ask(client, family, certificate, name):
    address = f"/r/{secret_of(family)}/certificates/correct/{certificate.id}?lang=en"
    return client.post(address, data={"wanted_name": name}, follow_redirects=True)


def test_a_name_is_asked_for_approved_and_stands_on_a_new_certificate(client, sign_in, festival, family, issued):
    told = ask(client, family, issued, "  Nguyễn Thị   Thứ ")
    assert "You asked us to write Nguyễn Thị Thứ" in plain(told.text)

    browser = sign_in()
    waiting = f"/manage/{festival.slug}/certificates/corrections"
    assert "1 name waits to be corrected" in browser.get(f"/manage/{festival.slug}/certificates?lang=en").text
    (wish,) = corrections_of(issued)
    assert "Nguyễn Thị Thứ" in browser.get(f"{waiting}/{wish.id}").text
    done = browser.post(f"{waiting}/{wish.id}", data={"decision": "approve"}, follow_redirects=True)

    assert done.status_code == 200
    new = find_certificate(family.attendees[0])
    assert (new.number, new.name) == (2, "Nguyễn Thị Thứ")
    assert family.attendees[0].name == "Nguyễn Thị Thử", "the ticket is another matter"
    assert client.get(f"/c/{issued.code}.json").json["state"] == "replaced"
    again = browser.post(f"{waiting}/{wish.id}?lang=en", data={"decision": "approve"}, follow_redirects=True)
    assert "decided this before" in again.text
    assert db.session.query(Certificate).count() == 2


def test_a_refusal_needs_an_answer_and_the_family_reads_it(client, sign_in, festival, family, issued):
    ask(client, family, issued, "Công Chúa")
    (wish,) = corrections_of(issued)
    browser, address = sign_in(), f"/manage/{festival.slug}/certificates/corrections/{wish.id}"

    assert browser.post(address, data={"decision": "refuse", "answer": " "}).status_code == 422
    browser.post(address, data={"decision": "refuse", "answer": "Giấy tờ ghi khác"})

    page = plain(client.get(f"/r/{secret_of(family)}/certificates?lang=en").text)
    assert "You asked us to write Công Chúa. The organizer answers: Giấy tờ ghi khác" in page
    message = db.session.scalars(select(Message).where(Message.kind == "certificate_answer")).one()
    assert "Giấy tờ ghi khác" in message.body
    assert db.session.query(Certificate).count() == 1


def test_asking_again_changes_the_wish_until_it_is_decided(client, family, issued):
    ask(client, family, issued, "Nguyễn Thị Thư")
    ask(client, family, issued, "Nguyễn Thị Thứ")

    assert [wish.wanted_name for wish in corrections_of(issued)] == ["Nguyễn Thị Thứ"]


def test_the_same_name_and_one_that_counts_no_longer_are_not_asked_for(client, family, issued):
    assert "says just that already" in ask(client, family, issued, issued.name).text
    revoke(issued, "Nhầm")
    db.session.commit()
    assert "no longer valid" in ask(client, family, issued, "Tên Khác").text
    assert not corrections_of(issued)


def test_approving_one_that_was_taken_back_meanwhile_issues_nothing(client, sign_in, festival, family, issued):
    ask(client, family, issued, "Nguyễn Thị Thứ")
    revoke(issued, "Nhầm")
    db.session.commit()
    (wish,) = corrections_of(issued)

    address = f"/manage/{festival.slug}/certificates/corrections/{wish.id}?lang=en"
    told = sign_in().post(address, data={"decision": "approve"}, follow_redirects=True)

    assert "nothing was issued" in told.text
    assert db.session.query(Certificate).count() == 1
    db.session.refresh(wish)
    assert wish.decided_at is not None
    assert wish.approved is None


def test_nobody_asks_about_another_familys_certificate(client, issued, make_household):
    other = make_household(members=1, phone="+84987654321")

    assert ask(client, other, issued, "Tên Khác").status_code == 404
    assert client.get(f"/r/{secret_of(other)}/certificates/credential/{issued.id}.jwt").status_code == 404
