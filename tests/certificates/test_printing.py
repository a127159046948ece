"""A certificate on paper: the fast way prints what WeasyPrint prints, for every name."""

from __future__ import annotations

import dataclasses
import io
import unicodedata

import numpy
import pikepdf
import pytest
from PIL import ImageFilter
from pyzbar.pyzbar import decode

from festival.certificates.fields import fit_fields, plan_for
from festival.certificates.layout import OwnFilesOnly, lay_out, render_whole
from festival.certificates.look import Look, Signer, Texts
from festival.certificates.printing import print_all, print_one
from festival.certificates.rooms import MM
from tests.certificates.paper import SHEET, assert_sound, picture, text_for, words

LONGEST = "Nguyễn Phúc Công Tằng Tôn Nữ Hoàng Thị Thuỳ Dương Khánh Linh Ngọc Bảo Trân Huyền"
NAMES = [
    "An",
    "Nguyễn Thị Thuỳ Dương",
    "Đỗ Thị Ước",
    "H'Bia Êban",
    "Y Moan Ênuôl",
    "K’Brŏih Čil ƀ",
    "Sofia Office-Fflet",
    LONGEST,
    "W" * 80,
    unicodedata.normalize("NFD", "Nguyễn Thị Thuỳ Dương"),
    "<script>alert(1)</script> \\(Trần\\) {{ 7 * 7 }}",
    "😀 Vũ \u202eאבג",
    "\u200b",
]
MEAN_DIFFERENCE = 0.15
"""Of 255, over the page. WeasyPrint rounds each kern down to a thousandth of the size, which we do not."""
BLURRED_DIFFERENCE = 48
"""Of 255, at any point after a blur of 2 pixels at 110 dpi: strokes may move by parts of a pixel, none may miss."""


@pytest.mark.parametrize("name", NAMES)
def test_the_fast_page_looks_like_the_page_rendered_whole(name):
    fast, whole = picture(print_one(text_for(name))), picture(render_whole(text_for(name)))

    plain = [numpy.asarray(page, dtype=int) for page in (fast, whole)]
    blurred = [numpy.asarray(page.filter(ImageFilter.GaussianBlur(2)), dtype=int) for page in (fast, whole)]
    assert abs(plain[0] - plain[1]).mean() < MEAN_DIFFERENCE
    assert abs(blurred[0] - blurred[1]).max() < BLURRED_DIFFERENCE


def test_the_comparison_notices_another_mark():
    """The limits above are tight enough to see one wrong mark on one letter."""
    one, other = picture(print_one(text_for("Đỗ Thị Ước"))), picture(render_whole(text_for("Đỗ Thị Ươc")))

    blurred = [numpy.asarray(page.filter(ImageFilter.GaussianBlur(2)), dtype=int) for page in (one, other)]
    assert abs(blurred[0] - blurred[1]).max() > BLURRED_DIFFERENCE


@pytest.mark.parametrize("name", NAMES)
def test_a_certificate_is_a_sound_pdf_with_title_and_language(name, tmp_path):
    pdf = print_one(text_for(name))

    assert_sound(pdf, tmp_path)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == "vi"
        assert str(opened.docinfo.Title).startswith("Chứng nhận")
        assert len(opened.pages) == 1
        assert "/AA" not in opened.Root
        assert "/OpenAction" not in opened.Root


@pytest.mark.parametrize("name", [*NAMES[:7], NAMES[9]])
def test_the_name_is_found_by_searching(name):
    assert unicodedata.normalize("NFC", name) in words(print_one(text_for(name)))


def test_the_qr_is_read_from_the_printed_page():
    text = text_for("Nguyễn Thị Thuỳ Dương")

    for pdf in (print_one(text), render_whole(text)):
        found = decode(picture(pdf, dots_per_inch=150))
        assert [code.data.decode() for code in found] == ["HTTPS://FESTIVAL.EXAMPLE.VN/C/ABCD2345"]


def test_a_long_name_is_set_smaller_then_in_two_lines():
    sizes = [fit_fields(text_for(name))["name"] for name in ("An", "Nguyễn Thị Phương Thảo Nguyên Khôi", LONGEST)]

    assert [len(fitted.lines) for fitted in sizes] == [1, 1, 2]
    assert sizes[0].style < sizes[1].style < sizes[2].style
    assert " ".join(sizes[2].lines) == LONGEST
    assert not any(fitted.cut for fitted in sizes)


def test_eighty_letters_without_a_space_fit_and_more_end_visibly():
    assert not fit_fields(text_for("W" * 80))["name"].cut
    too_long = fit_fields(text_for("W" * 200))["name"]
    assert too_long.cut
    assert too_long.lines[-1].endswith("…")


def test_letters_the_font_lacks_are_shown_as_boxes_and_named():
    fitted = fit_fields(text_for("😀 Vũ 李"))["name"]

    assert fitted.lines == ("□ Vũ □",)
    assert fitted.missing == ("😀", "李")


def test_the_file_for_the_printer_has_a_page_for_each_in_the_order_given(tmp_path):
    out = io.BytesIO()
    texts = [text_for(name, serial=f"{number:04d}/2027/CN") for number, name in enumerate(NAMES[:5], 1)]

    assert print_all([SHEET], texts, out) == 5

    assert_sound(out.getvalue(), tmp_path)
    for number, name in enumerate(NAMES[:5], 1):
        page = words(out.getvalue(), number)
        assert name in page
        assert f"{number:04d}/2027/CN" in page
    same = numpy.asarray(picture(out.getvalue(), 3), dtype=int) - numpy.asarray(picture(print_one(texts[2])), dtype=int)
    assert abs(same).max() == 0


def test_a_file_without_certificates_is_not_written():
    out = io.BytesIO()

    assert print_all([SHEET], [], out) == 0
    assert out.getvalue() == b""


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/picture.png",
        "https://festival.example.vn/font.ttf",
        "ftp://127.0.0.1/x",
        "data:text/plain,hello",
        "page:border",
        "page:../certificate.css",
        "page://127.0.0.1/border",
        "file:///etc/passwd",
        "file://127.0.0.1/etc/passwd",
        f"file://{OwnFilesOnly.folders[0]}/../../requirements.txt",
        f"file://{OwnFilesOnly.folders[0]}/%2e%2e/%2e%2e/requirements.txt",
    ],
)
def test_the_pdf_engine_fetches_nothing_but_its_own_files(address):
    with pytest.raises(ValueError, match="own files only"):
        OwnFilesOnly().fetch(address)


def test_a_page_brings_its_own_drawings_and_no_others():
    fetcher = OwnFilesOnly({"border": (b"<svg/>", "image/svg+xml")})

    assert fetcher.fetch("page:border").read() == b"<svg/>"
    with pytest.raises(ValueError, match="own files only"):
        fetcher.fetch("page:ornament")


def test_what_is_typed_makes_the_pdf_engine_fetch_nothing(monkeypatch):
    """Whatever stands in names and texts: only the style sheet, the fonts and the page's own drawings are asked for."""
    asked = []
    fetch = OwnFilesOnly.fetch
    monkeypatch.setattr(OwnFilesOnly, "fetch", lambda self, url, *more: asked.append(url) or fetch(self, url, *more))
    evil = '"><img src=http://127.0.0.1/x><link rel=stylesheet href=file:///etc/passwd> url(https://127.0.0.1/y)'
    look = Look(texts=Texts(title=evil[:60], activity=evil, where=evil), signers=(Signer(evil, evil, evil),))
    sheet = dataclasses.replace(SHEET, issuer=evil, festival=evil, venue=evil, look=look)

    print_one(text_for(evil, sheet=sheet))
    render_whole(text_for(evil, sheet=sheet))

    assert asked
    assert {url.split(":")[0] for url in asked} == {"file", "page"}
    folders = tuple(f"file://{folder}" for folder in OwnFilesOnly.folders)
    assert all(url.startswith((*folders, "page:")) for url in asked)


def test_the_pdf_engine_reads_its_own_style_sheet():
    response = OwnFilesOnly().fetch(f"file://{OwnFilesOnly.folders[0]}/certificate.css")

    assert b".border" in response.read()


def test_the_longest_names_of_offices_and_halls_stay_on_one_page():
    sheet = dataclasses.replace(
        SHEET,
        issuer="Ủy ban nhân dân " + "phường Thử Nghiệm " * 10,
        superior="Ủy ban nhân dân " + "thành phố Ví Dụ " * 11,
        festival="Ngày hội toàn dân học tập số " * 7,
        venue="Trung tâm Văn hóa - Thể thao " * 7,
        place="Phường Thử Nghiệm Rất Dài " * 4,
    )

    page = lay_out(sheet)

    header_ends = (page.height - page.spots["number", 0, 0].y) / MM
    assert header_ends < plan_for(sheet).body.top + 2, "the header does not run into the title"
    found = decode(picture(print_one(text_for("An", sheet=sheet)), dots_per_inch=150))
    assert len(found) == 1


def test_wording_confirms_taking_part_and_no_skills():
    page = words(print_one(text_for("An"))).lower()

    assert "đã tham gia" in page
    assert "kỹ năng" not in page
    assert "xác nhận" not in page
