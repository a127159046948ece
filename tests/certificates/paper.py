"""Certificates as pixels and words: what the tests of printing look at."""

from __future__ import annotations

import io
import subprocess
from datetime import date
from pathlib import Path

from PIL import Image

from festival.certificates.wording import CertificateText, SheetText, verification_url

SHEET = SheetText(
    issuer="Ủy ban nhân dân phường Thử Nghiệm",
    superior="Ủy ban nhân dân thành phố Ví Dụ",
    place="Phường Thử Nghiệm",
    festival="Ngày hội toàn dân học tập số năm 2027",
    venue="Nhà văn hóa phường",
    first_day=date(2027, 10, 9),
    last_day=date(2027, 10, 10),
)


def text_for(name: str, **values: object) -> CertificateText:
    """What the certificate of somebody with that name says."""
    defaults: dict[str, object] = {
        "sheet": SHEET,
        "serial": "0012/2027/CN",
        "code": "ABCD2345",
        "verification_url": verification_url("https://festival.example.vn", "ABCD2345"),
        "issued_on": date(2027, 10, 10),
    }
    return CertificateText(name=name, **{**defaults, **values})  # type: ignore[arg-type]


def picture(pdf: bytes, page: int = 1, dots_per_inch: int = 110) -> Image.Image:
    """One page as poppler draws it, in grey."""
    command = ["pdftoppm", "-gray", "-r", str(dots_per_inch), "-f", str(page), "-l", str(page), "-"]
    drawn = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return Image.open(io.BytesIO(drawn.stdout)).convert("L")


def words(pdf: bytes, page: int = 1) -> str:
    """The text of one page as a reader finds it by searching."""
    command = ["pdftotext", "-layout", "-f", str(page), "-l", str(page), "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def assert_sound(pdf: bytes, folder: Path) -> None:
    """qpdf finds nothing to complain about."""
    path = folder / "certificate.pdf"
    path.write_bytes(pdf)
    checked = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "WARNING" not in checked.stdout + checked.stderr
