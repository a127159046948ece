"""A design before it is used: drawn with the longest and the shortest name, and as a proof for the printer."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from datetime import date

import pypdfium2

from festival.certificates.printing import print_all, print_one
from festival.certificates.wording import CertificateText, SheetText, verification_url

LONGEST = "Nguyễn Phúc Công Tằng Tôn Nữ Hoàng Thị Thuỳ Dương Khánh Linh"
SHORTEST = "Vũ An"
_PROOF_NAMES = (LONGEST, SHORTEST, "Nguyễn Thị Thuỳ Dương", "H'Bia Êban", "K’Brŏih Čil", "Đỗ Ước Nguyệt Ánh")
SAMPLE_CODE = "MAUTHU00"
"""No certificate has it (codes know no 0): the QR of a sample leads to "unknown"."""
SAMPLE_SERIAL = "0000/%d/CN"
STAMP = "BẢN IN THỬ"
_DOTS_PER_INCH = 84
_drawing = threading.Lock()
"""PDFium serves one at a time."""


def samples(sheet: SheetText, public_url: str, names: Sequence[str] = (LONGEST, SHORTEST)) -> list[CertificateText]:
    """Certificates of nobody, to look at."""
    details = {"birth_year": "1962", "hours": "3,5", "sessions": "Định danh điện tử, Dịch vụ công", "skills": "Gửi ảnh"}
    return [
        CertificateText(
            sheet=sheet,
            name=name,
            serial=SAMPLE_SERIAL % sheet.last_day.year,
            code=SAMPLE_CODE,
            verification_url=verification_url(public_url, SAMPLE_CODE),
            issued_on=date(sheet.last_day.year, sheet.last_day.month, sheet.last_day.day),
            details=details,
        )
        for name in names
    ]


def preview(sheet: SheetText, public_url: str) -> list[bytes]:
    """The printed page with the longest and with the shortest name, each as PNG."""
    return [draw(print_one(text)) for text in samples(sheet, public_url)]


def proof(sheet: SheetText, public_url: str) -> bytes:
    """Pages to be looked at on paper before many are printed, each stamped as a proof."""
    out = io.BytesIO()
    print_all([sheet], samples(sheet, public_url, _PROOF_NAMES), out, stamp=STAMP)
    return out.getvalue()


def draw(pdf: bytes) -> bytes:
    """The first page of a PDF of ours as PNG, in few colours, because it travels inside a page."""
    with _drawing:
        document = pypdfium2.PdfDocument(pdf)
        try:
            image = document[0].render(scale=_DOTS_PER_INCH / 72).to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    image.convert("RGB").quantize(64).save(out, "PNG")
    return out.getvalue()
