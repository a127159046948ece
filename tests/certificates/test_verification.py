"""What anybody learns about a paper or a file: valid, revoked, replaced; the same name or another; ours or changed."""

from __future__ import annotations

import hashlib
import io

import pytest
from sqlalchemy import event

from festival.certificates.handing_out import file_of
from festival.certificates.issuing import issue
from festival.certificates.published import publish
from festival.certificates.replacing import replace, revoke
from festival.certificates.verification import Match, match, verify
from festival.extensions import db, limiter
from festival.registration.links import secret_of
from tests.conftest import plain


@pytest.fixture
def family(make_household):
    return make_household(members=1)


@pytest.fixture
def issued(family, admit):
    admit(family.attendees[0])
    certificate = issue(family.attendees[0]).certificate
    db.session.commit()
    return certificate


def test_a_replaced_one_says_so_and_nobody_learns_the_new_code(client, family, issued):
    new = replace(issued, "Lý do riêng", "Nguyễn Thị Thứ").certificate
    db.session.commit()

    page = client.get(f"/c/{issued.code}?lang=en").text
    answer = client.get(f"/c/{issued.code}.json")

    assert "A new certificate has taken the place of this one" in page
    assert answer.json["state"] == "replaced"
    for told in (page, answer.text):
        assert new.code not in told
        assert new.serial not in told
        assert "Lý do riêng" not in told
    own = client.get(f"/r/{secret_of(family)}/certificates").text
    assert new.code in own, "its holder finds it on the family's own page"
    assert issued.code not in own


def test_one_taken_back_stays_revoked_when_a_new_one_was_given(client, issued):
    revoke(issued, "Nhầm")
    replace(issued, "Cấp lại")
    db.session.commit()

    assert client.get(f"/c/{issued.code}.json").json["state"] == "revoked"


def test_programs_read_the_same_from_anywhere(client, issued):
    answer = client.get(f"/c/{issued.code.lower()}.json")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.json["masked_name"] == "N***** T** Thử"
    assert answer.json["confirms_digital_skills"] is False
    unknown = client.get("/c/AAAA2222.json")
    assert (unknown.status_code, unknown.json) == (404, {"code": "AAAA2222", "state": "unknown"})


def test_what_the_paper_says_is_shown_when_the_festival_is_renamed(client, issued, festival):
    before = client.get(f"/c/{issued.code}.json").json
    festival.name, festival.organizer_name = "Tên mới", "Phường khác"
    db.session.commit()

    assert client.get(f"/c/{issued.code}.json").json == before


def test_a_look_up_is_one_statement(issued):
    statements = []
    code = issued.code
    db.session.remove()

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "INSERT")):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        verify(code)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert len(statements) == 1, statements


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Nguyễn Thị Thử", Match.SAME),
        ("  Nguye\u0302\u0303n Thi\u0323  Thử", Match.SAME),
        ("nguyen thi thu", Match.SAME_WITHOUT_MARKS),
        ("NGUYỄN THỊ THỨ", Match.SAME_WITHOUT_MARKS),
        ("Nguyễn Thị", Match.OTHER),
        ("Nguyễn Thị Thử Hai", Match.OTHER),
        ("N***** T** Thử", Match.OTHER),
    ],
)
def test_a_typed_name_is_compared_letter_by_letter_then_without_marks(issued, typed, expected):
    assert match(issued, typed) is expected


def test_whoever_holds_the_paper_compares_the_name(client, issued):
    address = f"/c/{issued.code}/match?lang=en"

    assert "The paper matches" in client.post(address, data={"name": "Nguyễn Thị Thử"}).text
    other = client.post(address, data={"name": "Trần Văn Giả"})
    assert "issued to another name" in other.text
    assert issued.name not in other.text
    assert client.post(address, data={"name": " "}).status_code == 422
    assert client.post("/c/AAAA2222/match", data={"name": "Ai đó"}).status_code == 404


def test_nobody_finds_out_a_name_by_trying(client, issued):
    limiter.enabled = True
    limiter.reset()
    try:
        answers = [client.post(f"/c/{issued.code}/match", data={"name": f"Tên {n}"}).status_code for n in range(25)]
    finally:
        limiter.enabled = False
        limiter.reset()

    assert answers[0] == 200
    assert answers[-1] == 429


# --- a file ----------------------------------------------------------------------------------------------------------


def send(client, content: bytes):
    sent = {"file": (io.BytesIO(content), "chung-nhan.pdf")}
    return client.post("/c/file?lang=en", data=sent, content_type="multipart/form-data")


def test_a_file_that_was_handed_out_is_genuine_and_says_what_became_of_it(client, family, issued):
    file = client.get(f"/r/{secret_of(family)}/certificates/{family.attendees[0].id}").data

    page = plain(send(client, file).text)
    assert "The file is genuine" in page
    assert "This certificate is valid" in page
    assert "carries no electronic signature" in page

    revoke(issued, "Nhầm")
    db.session.commit()
    page = plain(send(client, file).text)
    assert "The file is genuine" in page
    assert "It no longer counts" in page


def test_any_changed_byte_is_noticed(client, issued):
    file = bytearray(file_of(issued))
    db.session.commit()
    for place in range(600, len(file), len(file) // 9):
        changed = bytes(file[:place]) + bytes([file[place] ^ 1]) + bytes(file[place + 1 :])
        assert "The file is genuine" not in send(client, changed).text, place
    assert "The file is genuine" in send(client, bytes(file)).text


def test_what_is_no_pdf_too_large_or_missing_is_said_in_words(client):
    assert "Not a certificate" in send(client, b"hello").text
    large = send(client, b"%PDF-1.7 " + b"0" * (5 * 1024 * 1024))
    assert large.status_code == 413
    assert "Too large" in large.text
    assert client.post("/c/file").status_code == 422
    assert send(client, b"%PDF-1.7 strange").status_code == 200


# --- the public list -------------------------------------------------------------------------------------------------


def test_the_list_of_files_is_public_only_when_the_issuer_says_so(client, sign_in, festival, issued):
    file = file_of(issued)
    db.session.commit()
    address, digest = f"/c/lists/{festival.slug}", hashlib.sha256(file).hexdigest()
    browser, manage = sign_in(), f"/manage/{festival.slug}/certificates/list"

    assert client.get(address).status_code == 404
    assert client.get(f"{address}.json").status_code == 404
    browser.post(manage, data={"public": "1"})

    assert digest in client.get(address).text
    assert client.get(f"{address}.json").json["files"] == [{"sha256": digest, "state": "valid"}]
    assert digest in client.get(f"{address}?q={digest[:10]}").text
    assert "Nothing found" in client.get(f"{address}?q=zz&lang=en").text
    assert address in client.get(f"/c/{issued.code}").text
    browser.post(manage, data={"public": "0"})
    assert client.get(address).status_code == 404


def test_the_list_names_nobody(client, festival, issued):
    file_of(issued)
    publish(festival)
    revoke(issued, "Nhầm")
    db.session.commit()

    for told in (client.get(f"/c/lists/{festival.slug}").text, client.get(f"/c/lists/{festival.slug}.json").text):
        for word in (issued.name, issued.code, issued.serial, "Nhầm"):
            assert word not in told
    assert client.get(f"/c/lists/{festival.slug}.json").json["files"][0]["state"] == "revoked"
