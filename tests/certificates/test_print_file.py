"""The file for the printer: in piles by ward, group and name, covers between them, A5 two to a sheet."""

from __future__ import annotations

import dataclasses
import io
import subprocess
from datetime import date

import numpy
import pikepdf
import pytest

from festival.certificates import sheets
from festival.certificates.covers import Cover
from festival.certificates.designs import standard_design
from festival.certificates.issuing import issue
from festival.certificates.look import Border, Look, Paper
from festival.certificates.models import Certificate
from festival.certificates.printing import print_all, print_one
from festival.certificates.replacing import revoke
from festival.certificates.sheets import write_print_file
from festival.extensions import db
from festival.programme.models import Ward
from tests.certificates.paper import SHEET, assert_sound, picture, text_for, words

COVER = Cover("Phường Bình Minh", "Tổ 3", 12, "An", "Yến", "Ngày hội", "Chứng nhận tham gia")


def page_words(pdf: bytes) -> list[str]:
    """The words of each page."""
    shown = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return shown.split("\f")[:-1]


@pytest.fixture
def give(make_household, admit):
    """Issue to people of a group of a ward."""

    def made(group: str, *names: str, ward: Ward | None = None) -> list[Certificate]:
        family = make_household(members=len(names))
        family.group_name = group
        family.ward_code = ward.code if ward else None
        for person, name in zip(family.attendees, names, strict=True):
            person.name = name
        db.session.commit()
        admit(*family.attendees)
        certificates = [issue(person).certificate for person in family.attendees]
        db.session.commit()
        return certificates

    return made


@pytest.fixture
def ward(app):
    found = Ward(
        code="99999", name="Phường Bình Minh", folded="phuong binh minh", kind="ward", province_code="99",
        province_name="Ví Dụ", as_of=date(2025, 7, 1),
    )  # fmt: skip
    db.session.add(found)
    db.session.commit()
    return found


def test_piles_go_by_ward_group_and_name_each_behind_its_cover(festival, give, ward, monkeypatch):
    monkeypatch.setattr(sheets, "BATCH", 2)
    give("Tổ 10", "Trần Văn Bình", ward=ward)
    give("Tổ 2", "Lê Thị Yến", "Phạm Văn An", "Đỗ Thị Hoa", ward=ward)
    give("", "Người Lạ")
    (taken_back,) = give("Tổ 2", "Vũ Bị Thu", ward=ward)
    revoke(taken_back, "nhầm")
    db.session.commit()
    out = io.BytesIO()

    assert write_print_file(festival, out) == 5

    pages = page_words(out.getvalue())
    assert len(pages) == 8
    expected = [
        "Tổ 2",
        "Phạm Văn An",
        "Đỗ Thị Hoa",
        "Lê Thị Yến",
        "Tổ 10",
        "Trần Văn Bình",
        "Chưa rõ phường",
        "Người Lạ",
    ]
    for page, word in zip(pages, expected, strict=True):
        assert word in page
    assert "3 bản" in pages[0]
    assert "Từ: Phạm Văn An" in pages[0]
    assert "Đến: Lê Thị Yến" in pages[0]
    assert "Vũ Bị Thu" not in "".join(pages)


def test_one_certificate_has_no_cover(festival, give):
    give("Tổ 1", "Lê Thị Yến")
    out = io.BytesIO()

    assert write_print_file(festival, out) == 1
    assert len(page_words(out.getvalue())) == 1


def test_each_certificate_is_printed_in_the_look_it_was_issued_with(festival, give):
    (first,) = give("Tổ 1", "Một An")
    standard_design(festival).look = {"paper": "a4-portrait"}
    db.session.commit()
    (second,) = give("Tổ 1", "Hai Bình")
    out = io.BytesIO()

    assert write_print_file(festival, out, covers=False) == 2

    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        upright = [float(page.mediabox[3]) > float(page.mediabox[2]) for page in pdf.pages]
    assert upright == [False, True]
    assert first.edition_id != second.edition_id


def test_a_page_of_the_printers_file_is_the_single_file(festival, give):
    (certificate,) = give("Tổ 1", "Lê Thị Yến")
    out = io.BytesIO()
    write_print_file(festival, out)

    same = numpy.asarray(picture(out.getvalue()), dtype=int) - numpy.asarray(
        picture(sheets.pdf_of(certificate)), dtype=int
    )

    assert abs(same).max() == 0


def test_two_a5_certificates_share_a_sheet_with_marks_where_to_cut(tmp_path):
    sheet = dataclasses.replace(SHEET, look=Look(paper=Paper.A5, border=Border.PLAIN))
    texts = [text_for(f"Nguyễn Văn {number}", sheet=sheet) for number in ("Một", "Hai", "Ba", "Bốn")]
    out = io.BytesIO()

    assert print_all([sheet], [COVER, *texts[:3], COVER, texts[3]], out, two_up=True) == 4

    assert_sound(out.getvalue(), tmp_path)
    shown = page_words(out.getvalue())
    assert [sum(word in page for word in ("Một", "Hai", "Ba", "Bốn")) for page in shown] == [0, 2, 1, 0, 1]
    whole = numpy.asarray(picture(out.getvalue(), 2), dtype=int)
    assert whole.shape[0] > whole.shape[1]
    upper, lower = whole[: whole.shape[0] // 2], whole[whole.shape[0] // 2 :]
    alone = numpy.asarray(picture(print_one(texts[1])), dtype=int)
    height = min(lower.shape[0], alone.shape[0])
    bottom = abs(lower[-height:, : alone.shape[1]] - alone[-height:, : lower.shape[1]])
    assert bottom.mean() < (255 - alone).mean() / 3, "the lower half is the second certificate"
    middle = whole[whole.shape[0] // 2 - 3 : whole.shape[0] // 2 + 3]
    assert middle[:, :20].min() < 150, "a mark at the left edge"
    assert middle[:, 60:-60].min() > 200, "and none between"
    assert upper.min() < 100


def test_certificates_of_an_edition_that_was_not_said_are_refused():
    other = dataclasses.replace(SHEET, festival="Khác")

    with pytest.raises(ValueError, match="editions"):
        print_all([SHEET], [text_for("An"), text_for("Ba", sheet=other)], io.BytesIO())


def test_a_cover_says_where_the_pile_goes():
    out = io.BytesIO()
    print_all([SHEET], [COVER, text_for("An")], out)

    page = words(out.getvalue(), 1)

    for word in ("Phường Bình Minh", "Tổ 3", "12 bản", "Từ: An", "Đến: Yến"):
        assert word in page


def test_of_no_certificates_there_is_no_file(festival):
    out = io.BytesIO()

    assert write_print_file(festival, out) == 0
    assert out.getvalue() == b""
