"""Every design on paper: for sixty names the fast page equals the page WeasyPrint renders whole, and two decoders read
each QR."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import unicodedata
from pathlib import Path

import numpy
import pikepdf
import pytest
import zxingcpp
from PIL import Image, ImageFilter
from pyzbar.pyzbar import decode

from festival.certificates.layout import render_whole
from festival.certificates.look import Border, Look, Palette, Paper, Signer, Texts
from festival.certificates.printing import print_all
from festival.certificates.wording import CertificateText, DrawnPicture, SheetText, verification_url
from tests.certificates.paper import SHEET, assert_sound, text_for

_FAMILY = ("Nguyễn", "Trần", "Phạm", "Huỳnh", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Lý")
_GIVEN = ("Thị Thuỳ Dương", "Văn Ước", "Ngọc Ánh", "Quốc Khởi", "Thị Hiển", "Hữu Nghĩa")
NAMES = [
    "An", "Ý", "Ba Vì", "Vũ An",
    *(f"{family} {_GIVEN[place % len(_GIVEN)]}" for place, family in enumerate(_FAMILY * 3)),
    "H'Bia Êban", "Y Moan Ênuôl", "K’Brŏih Čil ƀ", "Điểu Krŭk", "Rơ Châm H’Yéo", "Siu Blêch", "Thạch Sô Phia",
    "A Brôl Vẽl", "Giàng A Pháo", "Lò Thị Mẩy", "Quàng Văn Ọi", "Kpă Klơng",
    *(unicodedata.normalize("NFD", name) for name in ("Nguyễn Thị Thuỳ Dương", "Ngô Ngọc Ễnh", "Đỗ Ước", "Lê Thị Ngà")),
    "Nguyễn Phúc Công Tằng Tôn Nữ Hoàng Thị Thuỳ Dương Khánh Linh Ngọc Bảo Trân Huyền",
    "Tôn Nữ Thị Công Tằng Huyền Tôn Nữ Phương Thảo Nguyên Khôi",
    "Nguyễn Thị Phương Thảo Nguyên Khôi", "Maria Têrêsa Nguyễn Thị Kim Ngân Hồng Phúc Bảo Hân", "W" * 80,
    "Sofia Office-Fflet", "Jean-Baptiste O’Connor", "<b>Trần</b> {{ 7 * 7 }}", "Vũ 李 Wei", "Zoë Müller-Łukasz",
]  # fmt: skip
LOGO = DrawnPicture(
    "a" * 64, 120, 80, (lambda out: (Image.new("RGBA", (120, 80), (20, 90, 160, 200)).save(out, "PNG"), out)[1])(
        io.BytesIO()
    ).getvalue(),
)  # fmt: skip
DESIGNS = {
    "the one every festival begins with": Look(),
    "upright, drum, two signers, hours": Look(
        paper=Paper.A4_PORTRAIT, border=Border.DRUM, palette=Palette.FLAG,
        texts=Texts(extra="Thời gian: {hours} giờ, năm sinh {birth_year}."),
        signers=(Signer("TM. BAN TỔ CHỨC", "TRƯỞNG BAN", "Trần Bình"), Signer("", "BÍ THƯ ĐOÀN", "Lê Hoa")),
    ),
    "A5, brocade, three signers, logos": Look(
        paper=Paper.A5, border=Border.BROCADE, palette=Palette.BAMBOO, logo_left=LOGO.sha256,
        signers=tuple(Signer("", f"NGƯỜI KÝ {number}", "Nguyễn Văn Bình") for number in range(3)),
    ),
    "plain, own colour, background": Look(
        border=Border.PLAIN, palette=Palette.OWN, accent="#5b2a86", background=LOGO.sha256, seal=False,
        texts=Texts(activity="sinh năm {birth_year}, đã tham gia {sessions} tại"),
    ),
}  # fmt: skip
DOTS = 75
MEAN_DIFFERENCE = 0.2
"""Of 255, over the page. WeasyPrint rounds each kern down to a thousandth of the size, which we do not."""
BLURRED_DIFFERENCE = 56
"""Of 255, at any point after a blur of 1.5 pixels at 75 dpi: strokes may move by parts of a pixel, none may miss."""


def sheet_with(look: Look) -> SheetText:
    pictures = (LOGO,) if look.pictures else ()
    return dataclasses.replace(SHEET, look=look, pictures=pictures)


def certificates(sheet: SheetText) -> list[CertificateText]:
    details = {"hours": "3,5", "birth_year": "1962", "sessions": "Ví điện tử", "skills": ""}
    found = []
    for number, name in enumerate(NAMES):
        code = f"ABCD{number:04d}"
        url = verification_url("https://festival.example.vn", code)
        found.append(text_for(name, sheet=sheet, code=code, verification_url=url, details=details))
    return found


def pages(pdf: bytes, folder: Path, dots: int = DOTS) -> list[Image.Image]:
    """All pages as poppler draws them, in grey."""
    folder.mkdir()
    subprocess.run(
        ["pdftoppm", "-gray", "-r", str(dots), "-", str(folder / "page")], input=pdf, check=True, capture_output=True
    )
    return [Image.open(path).convert("L") for path in sorted(folder.iterdir())]


def together(files: list[bytes]) -> bytes:
    """Files of one page as one file."""
    with pikepdf.new() as joined:
        for file in files:
            with pikepdf.open(io.BytesIO(file)) as one:
                joined.pages.extend(one.pages)
        out = io.BytesIO()
        joined.save(out)
        return out.getvalue()


def differences(one: Image.Image, other: Image.Image) -> tuple[float, int]:
    """Over the page on average, and the largest after a blur."""
    plain = [numpy.asarray(page, dtype=int) for page in (one, other)]
    blurred = [numpy.asarray(page.filter(ImageFilter.GaussianBlur(1.5)), dtype=int) for page in (one, other)]
    return float(abs(plain[0] - plain[1]).mean()), int(abs(blurred[0] - blurred[1]).max())


@pytest.mark.parametrize("design", DESIGNS)
def test_sixty_names_look_as_rendered_whole_and_two_decoders_read_each_code(design, tmp_path):
    sheet = sheet_with(DESIGNS[design])
    texts = certificates(sheet)
    assert len(texts) == 60
    out = io.BytesIO()
    print_all([sheet], texts, out)
    assert_sound(out.getvalue(), tmp_path)

    fast = pages(out.getvalue(), tmp_path / "fast")
    whole = pages(together([render_whole(text) for text in texts]), tmp_path / "whole")

    for text, one, other in zip(texts, fast, whole, strict=True):
        mean, most = differences(one, other)
        assert mean < MEAN_DIFFERENCE, text.name
        assert most < BLURRED_DIFFERENCE, text.name
    codes = pages(out.getvalue(), tmp_path / "codes", 150)
    for text, page in zip(texts, codes, strict=True):
        lower_left = page.crop((0, int(page.height * 0.6), int(page.width * 0.6), page.height))
        assert {each.data.decode() for each in decode(lower_left)} == {text.verification_url}, f"pyzbar, {text.name}"
        assert {each.text for each in zxingcpp.read_barcodes(lower_left)} == {text.verification_url}, (
            f"zxing, {text.name}"
        )


@pytest.mark.parametrize("design", DESIGNS)
def test_the_comparison_notices_one_wrong_mark(design, tmp_path):
    sheet = sheet_with(DESIGNS[design])
    right, wrong = (render_whole(text_for(name, sheet=sheet)) for name in ("Đỗ Thị Ước", "Đỗ Thị Ươc"))

    one, other = pages(together([right, wrong]), tmp_path / "two")

    assert differences(one, other)[1] > BLURRED_DIFFERENCE
