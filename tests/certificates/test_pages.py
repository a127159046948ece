"""The pages about certificates: the household's, the public one, the organizer's."""

from __future__ import annotations

import pytest

from festival.accounts.models import AuditEntry, StaffRole
from festival.certificates.issuing import issue, issue_to_all
from festival.certificates.models import Certificate
from festival.certificates.replacing import revoke
from festival.certificates.runs import work_off
from festival.extensions import db
from festival.registration.links import secret_of
from tests.certificates.paper import words
from tests.conftest import plain


@pytest.fixture
def family(make_household):
    return make_household(members=2)


@pytest.fixture
def address(family):
    return f"/r/{secret_of(family)}/certificates/{family.attendees[0].id}?lang=en"


@pytest.fixture
def issued(family, admit):
    admit(family.attendees[0])
    certificate = issue(family.attendees[0]).certificate
    db.session.commit()
    return certificate


def test_before_the_day_the_page_says_what_is_missing(client, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert "0 of 1 done. Still to do: Come in at the entrance." in answer.text
    assert "Show the ticket at the entrance: Nhà văn hóa phường" in answer.text
    assert client.post(address).status_code == 409


def test_looking_does_not_issue_and_asking_does(client, address, family, admit):
    admit(family.attendees[0])

    offered = client.get(address)
    assert "Get the certificate" in offered.text
    assert db.session.query(Certificate).count() == 0

    given = client.post(address, follow_redirects=True)
    assert given.mimetype == "application/pdf"
    assert family.attendees[0].name in words(given.data)


def test_the_pdf_opens_in_the_browser_and_has_a_vietnamese_file_name(client, address, issued):
    answer = client.get(address)

    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("inline")
    assert "filename*=UTF-8''Ch%E1%BB%A9ng%20nh%E1%BA%ADn%20-%20Nguy%E1%BB%85n" in disposition
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_person_of_another_household_is_not_found(client, family, make_household):
    stranger = make_household(members=1, phone="+84987654321").attendees[0]

    assert client.get(f"/r/{secret_of(family)}/certificates/{stranger.id}").status_code == 404
    assert client.get(f"/r/nonsense/certificates/{stranger.id}").status_code == 404


@pytest.mark.parametrize(
    "spell", [str, str.lower, lambda code: f"{code[:4]}-{code[4:]}", lambda code: f" {code[:2]} {code[2:]}  "]
)
def test_a_code_is_forgiven_its_spelling(client, issued, spell):
    answer = client.get(f"/c/{spell(issued.code)}?lang=en")

    assert answer.status_code == 200
    assert "This certificate is valid" in answer.text


def test_the_address_in_the_qr_is_answered_in_capitals_too(client, issued):
    assert client.get(f"/C/{issued.code}").status_code == 200


def test_the_public_page_masks_the_name_and_stays_out_of_search_engines(client, issued, festival):
    answer = client.get(f"/c/{issued.code}?lang=en")

    page = plain(answer.text)
    assert "N***** T** Thử" in page
    assert issued.name not in answer.text
    assert issued.serial in page
    assert "Ủy ban nhân dân phường Thử Nghiệm" in page, "as it stands on the paper"
    assert "noindex" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_revoked_certificate_says_so_without_the_reason(client, address, issued):
    revoke(issued, "Lý do riêng")
    db.session.commit()

    answer = client.get(f"/c/{issued.code}?lang=en")
    assert "Revoked" in answer.text
    assert "Lý do riêng" not in answer.text
    assert "taken back" in client.get(address).text


def test_an_unknown_code_is_answered_with_a_field_to_try_again(client, festival):
    for path in ("/c/AAAA2222", "/c/?code=%3Cscript%3E", "/c/" + "A" * 300):
        answer = client.get(f"{path}{'&' if '?' in path else '?'}lang=en")
        assert answer.status_code == 404
        assert 'name="code"' in answer.text
        assert "<script>" not in answer.text
    assert client.get("/c/?lang=en").status_code == 200


def test_the_organizer_issues_to_all_prints_and_revokes(sign_in, festival, family, admit):
    admit(*family.attendees)
    browser = sign_in(StaffRole.ISSUER)
    home = f"/manage/{festival.slug}/certificates"

    offer = browser.post(f"{home}/standard", follow_redirects=True)
    assert "Issue to all 2 who qualify" in browser.get(f"{offer.request.path}?lang=en").text
    run = browser.post(offer.request.path, data={"who": "all"}, follow_redirects=True)
    assert "The worker begins in a moment" in run.text
    work_off()
    assert "2 certificates were issued" in browser.get(run.request.path).text
    file = browser.get(f"{home}/print.pdf")
    assert file.mimetype == "application/pdf"
    assert "Đỗ Văn Mẫu" in words(file.data, 1)

    certificate = issue(family.attendees[0]).certificate
    assert browser.get(f"{home}/{certificate.id}.pdf").mimetype == "application/pdf"
    assert browser.post(f"{home}/{certificate.id}/revoke", data={"reason": " "}).status_code == 422
    told = browser.post(f"{home}/{certificate.id}/revoke", data={"reason": "Nhầm người"}, follow_redirects=True)
    assert "is no longer valid" in told.text
    assert browser.get(f"{home}/{certificate.id}.pdf").status_code == 410
    changes = db.session.query(AuditEntry).filter(AuditEntry.action.startswith("certificate."))
    actions = [entry.action for entry in changes.order_by(AuditEntry.id)]
    assert actions == ["certificate.issued_to_all", "certificate.revoked"]


def test_the_list_is_searched_without_marks_and_by_serial_and_code(sign_in, festival, family, admit):
    admit(*family.attendees)
    browser = sign_in()
    home = f"/manage/{festival.slug}/certificates"
    issue_to_all(festival)
    db.session.commit()
    certificate = issue(family.attendees[1]).certificate

    for wanted in ("do van mau", certificate.serial, certificate.code.lower()):
        page = browser.get(home, query_string={"q": wanted, "lang": "en"}).text
        assert "Đỗ Văn Mẫu" in page
        assert "Nguyễn Thị Thử" not in page
    assert "Nothing found" in browser.get(home, query_string={"q": "%", "lang": "en"}).text
    assert "Nothing found" in browser.get(home, query_string={"shown": "revoked", "lang": "en"}).text


def test_nothing_to_print_is_said_in_words(sign_in, festival):
    browser = sign_in()

    told = browser.get(f"/manage/{festival.slug}/certificates/print.pdf?lang=en", follow_redirects=True)

    assert "nothing to print yet" in told.text
    assert "No certificates yet" in told.text


def test_a_certificate_of_another_festival_is_not_found(sign_in, make_festival, issued):
    other = make_festival()

    assert sign_in().get(f"/manage/{other.slug}/certificates/{issued.id}.pdf").status_code == 404
