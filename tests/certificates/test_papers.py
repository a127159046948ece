"""Badges, booth signs and slips: the right size, everybody once, codes that doors and phones read."""

from __future__ import annotations

import io

import pikepdf
import pytest
import zxingcpp
from pyzbar.pyzbar import decode
from sqlalchemy import select

from festival.accounts.models import AuditEntry, StaffRole
from festival.certificates import badges
from festival.certificates.conformance import About
from festival.certificates.labels import BADGES, SLIPS, BadgePaper, Slip, write_badges, write_slips
from festival.extensions import db
from festival.programme.models import Booth
from festival.registration.models import TicketKind
from festival.registration.tickets import qr_text
from tests.certificates.paper import assert_sound, picture, words

ABOUT = About("Thẻ tên", "Ủy ban nhân dân phường", "Ngày hội")
URL = "HTTPS://FESTIVAL.EXAMPLE.VN/Q/" + "ABCDEFGH234567" * 7


def people(count: int) -> list[Slip]:
    return [Slip(f"Nguyễn Thị Người {number}", ("Tổ 3", "Ngày hội"), URL, "ABCD-2345") for number in range(count)]


@pytest.fixture
def issuer(sign_in, festival):
    return sign_in(role=StaffRole.ORGANIZER)


@pytest.mark.parametrize(
    ("paper", "size", "on_a_page"), [(BadgePaper.SHEET, (210, 297), 10), (BadgePaper.ROLL, (100, 62), 1)]
)
def test_badges_have_the_size_of_their_paper(paper, size, on_a_page, tmp_path):
    out = io.BytesIO()

    assert write_badges(people(13), paper, ABOUT, out) == 13

    assert_sound(out.getvalue(), tmp_path)
    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        assert len(pdf.pages) == -(-13 // on_a_page)
        for page in pdf.pages:
            sides = [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]]
            assert tuple(sides) == size


def test_labels_lie_inside_the_sheet_and_not_on_each_other():
    for sheet in (*BADGES.values(), SLIPS):
        assert sheet.columns * sheet.label[0] <= sheet.width
        assert sheet.rows * sheet.label[1] <= sheet.height
        assert len(set(sheet.corners)) == sheet.columns * sheet.rows


def test_codes_on_slips_are_read_by_two_decoders():
    out = io.BytesIO()
    write_slips(people(8), ABOUT, out)

    page = picture(out.getvalue(), dots_per_inch=200)

    assert [each.data.decode() for each in decode(page)] == [URL] * 8
    assert [each.text for each in zxingcpp.read_barcodes(page)] == [URL] * 8


@pytest.mark.parametrize("name", ["W" * 120, "Nguyễn Phúc Công Tằng Tôn Nữ Hoàng Thị Thuỳ Dương Khánh Linh", "李"])
def test_no_name_covers_the_code(name):
    out = io.BytesIO()
    write_badges([Slip(name, ("dòng " * 60,) * 4, URL, "ABCD-2345")], BadgePaper.ROLL, ABOUT, out)

    assert [each.data.decode() for each in decode(picture(out.getvalue(), dots_per_inch=200))] == [URL]


def test_nobody_gets_no_file():
    out = io.BytesIO()

    assert write_badges([], BadgePaper.SHEET, ABOUT, out) == 0
    assert out.getvalue() == b""


def test_everybody_who_comes_is_printed_once_in_the_order_of_piles(app, festival, make_household, monkeypatch):
    monkeypatch.setattr(badges, "BATCH", 2)
    monkeypatch.setattr(badges, "IN_A_FILE", 3)
    first, second = make_household(members=3), make_household(members=2)
    first.group_name, second.group_name = "Tổ 2", "Tổ 1"
    gone = second.attendees[1]
    gone.cancelled_at = gone.registration.created_at
    db.session.commit()

    with app.test_request_context():
        slips = [slip for part in (1, 2) for slip in badges.ticket_slips(festival, part=part)]
        of_one = [slip.name for slip in badges.people_badges(festival, "Tổ 1")]

    assert len(slips) == 4
    assert slips[0].name == second.attendees[0].name
    assert sorted(slip.name for slip in slips[1:]) == sorted(one.name for one in first.attendees)
    assert of_one == [second.attendees[0].name]


def test_slips_carry_the_ticket_that_the_door_reads_and_printing_is_in_the_audit_log(
    issuer, app, festival, make_household
):
    family = make_household(members=1)
    ticket = next(one for one in family.tickets if one.kind is TicketKind.TICKET)
    expected = qr_text(ticket, festival, app.extensions["settings"].public_url)

    answer = issuer.get(f"/manage/{festival.slug}/papers/slips.pdf")

    assert answer.mimetype == "application/pdf"
    assert [each.data.decode() for each in decode(picture(answer.data, dots_per_inch=200))] == [expected]
    assert family.attendees[0].name in " ".join(words(answer.data).split())
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "papers.slips_printed")).one()
    assert entry.after["count"] == 1


def test_signs_show_the_booth_from_afar_and_open_its_page(issuer, app, festival):
    booth = Booth(festival_id=festival.id, code="A01", name="Định danh điện tử")
    db.session.add(booth)
    db.session.commit()

    answer = issuer.get(f"/manage/{festival.slug}/papers/signs.pdf")

    page = words(answer.data)
    assert booth.code in page
    assert "Định danh điện tử" in page
    (code,) = decode(picture(answer.data))
    assert code.data.decode() == f"{app.extensions['settings'].public_url}/{festival.slug}/booths/A01"


@pytest.mark.parametrize("file", ["badges.pdf", "slips.pdf", "signs.pdf", "badges.pdf?whose=hosts&paper=roll&part=x"])
def test_with_nothing_to_print_the_page_says_so(issuer, festival, file):
    answer = issuer.get(f"/manage/{festival.slug}/papers/{file}", follow_redirects=True)

    assert answer.mimetype == "text/html"
    assert db.session.query(AuditEntry).filter(AuditEntry.action.like("papers.%")).count() == 0
