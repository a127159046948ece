"""What a certificate says: frozen values, and the sentences of an official Vietnamese paper made from them.

The paper is Vietnamese whatever language the page was read in, so its sentences are not in the catalogue.
Wording never confirms digital skills: it says that somebody took part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class SheetText:
    """What all certificates of one festival have in common. Texts are plain text of one line each."""

    issuer: str
    """The organization that issues, such as "Ủy ban nhân dân phường Bình Minh"."""
    superior: str
    """The organization above it, or empty."""
    place: str
    """Where it is issued, as it stands before the date: "Phường Bình Minh"."""
    festival: str
    venue: str
    first_day: date
    last_day: date
    signer_titles: tuple[str, ...] = ("TM. BAN TỔ CHỨC", "TRƯỞNG BAN")
    """Authority and title, one line each, as Nghị định 30/2020/NĐ-CP, Phụ lục I, II.7 asks for."""
    signer_name: str = ""
    activity: str = "đã tham gia"

    @property
    def days(self) -> str:
        """The day or days as a phrase: "ngày 10 tháng 10 năm 2027"."""
        first, last = self.first_day, self.last_day
        if first == last:
            return long_day(last)
        if (first.year, first.month) == (last.year, last.month):
            return f"từ ngày {first.day:02d} đến {long_day(last)}"
        return f"từ {long_day(first)} đến {long_day(last)}"


@dataclass(frozen=True)
class CertificateText:
    """What one certificate says beside its festival's `SheetText`."""

    sheet: SheetText
    name: str
    serial: str
    code: str
    """The verification code, 8 letters and digits."""
    verification_url: str
    """What the QR holds: the public address that says whether this certificate is valid."""
    issued_on: date

    @property
    def number_line(self) -> str:
        """ "Số: 0012/2027/CN"."""
        return f"Số: {self.serial}"

    @property
    def place_and_date(self) -> str:
        """ "Phường Bình Minh, ngày 10 tháng 10 năm 2027"."""
        return f"{self.sheet.place}, {long_day(self.issued_on)}" if self.sheet.place else long_day(self.issued_on)

    @property
    def shown_code(self) -> str:
        """The code in two groups of four, as people read it aloud: "ABCD-2345"."""
        return f"{self.code[:4]}-{self.code[4:]}" if len(self.code) == 8 else self.code


def long_day(day: date) -> str:
    """A day as the decree writes it: two digits for days below 10 and for January and February."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def verification_url(public_url: str, code: str) -> str:
    """The address in the QR, in capitals where that means the same.

    Capitals, digits and `:/.` are QR's alphanumeric mode: fewer and larger squares for old phones. A service that
    lives below a path keeps its letters, because paths tell capitals apart.
    """
    address = f"{public_url.rstrip('/')}/c/{code}"
    return address.upper() if public_url.rstrip("/").count("/") == 2 else address
