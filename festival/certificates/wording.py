"""What a certificate says: frozen values, and the sentences of an official Vietnamese paper made from them.

The paper is Vietnamese whatever language the page was read in, so its sentences are not in the catalogue.
Our wording never confirms digital skills, which Quyết định 757/QĐ-BKHCN leaves to others: it says that somebody took
part, helped or finished a workshop.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from festival.certificates.look import Look, Signer, Texts
from festival.certificates.texts import fill


@dataclass(frozen=True)
class DrawnPicture:
    """A logo or background; equal to another one of the same digest."""

    sha256: str
    width: int = field(compare=False)
    height: int = field(compare=False)
    png: bytes = field(compare=False, repr=False)


@dataclass(frozen=True)
class SheetText:
    """What all certificates of one edition have in common. Texts are plain text of one line each."""

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
    kind: str = "participation"
    """A `CertificateKind`'s value."""
    workshop: str = ""
    """What was completed; empty for the other kinds."""
    look: Look = field(default_factory=Look)
    pictures: tuple[DrawnPicture, ...] = ()
    """Those that `look` names."""

    @property
    def days(self) -> str:
        """The day or days as a phrase: "ngày 10 tháng 10 năm 2027"."""
        first, last = self.first_day, self.last_day
        if first == last:
            return long_day(last)
        if (first.year, first.month) == (last.year, last.month):
            return f"từ ngày {first.day:02d} đến {long_day(last)}"
        return f"từ {long_day(first)} đến {long_day(last)}"

    @functools.cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, each.name) for each in fields(self)))

    def __hash__(self) -> int:
        """Asked for with every certificate, so it is computed once."""
        return self._hash

    @functools.cached_property
    def texts(self) -> Texts:
        """The lines of the page, fields still in braces: the design's own where it has one, else our wording."""
        offered, own = offered_texts(self.kind, with_place=bool(self.venue)), self.look.texts
        chosen = {each.name: getattr(own, each.name) or getattr(offered, each.name) for each in fields(Texts)}
        return Texts(**{name: "" if text == "-" else text for name, text in chosen.items()})

    @functools.cached_property
    def shared_values(self) -> dict[str, str]:
        """The values of the fields that all certificates share."""
        return {
            "festival": self.festival,
            "day": self.days,
            "year": str(self.last_day.year),
            "place": self.venue,
            "ward": self.place,
            "organization": self.issuer,
            "workshop": self.workshop,
        }

    @property
    def signers(self) -> tuple[Signer, ...]:
        """Who signs: the design's own signers, else the festival's."""
        if self.look.signers:
            return self.look.signers
        authority, title = (*self.signer_titles, "", "")[:2]
        return (Signer(authority, title, self.signer_name),)


@dataclass(frozen=True)
class CertificateText:
    """What one certificate says beside its edition's `SheetText`."""

    sheet: SheetText
    name: str
    serial: str
    code: str
    """The verification code, 8 letters and digits."""
    verification_url: str
    """What the QR holds: the public address that says whether this certificate is valid."""
    issued_on: date
    details: Mapping[str, str] = field(default_factory=dict)
    """The values of `texts.DETAILS`, as they stand on paper."""

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

    def line(self, text: str) -> str:
        """A text of the design with all its fields put in; empty where one of them is."""
        own = {"name": self.name, "serial": self.serial}
        return fill(text, self.sheet.shared_values | dict(self.details) | own)


def offered_texts(kind: str, *, with_place: bool) -> Texts:
    """Our wording for a kind of certificate; without a place the sentence about where is shorter."""
    held = "tổ chức tại {place}, {day}." if with_place else "tổ chức {day}."
    inside = "trong khuôn khổ {festival}, {day}."
    common = Texts(title="CHỨNG NHẬN", above="Trân trọng trao cho", headline="{festival}", where=held, extra="-")
    changed = {
        "completion": {"activity": "đã hoàn thành hoạt động", "headline": "{workshop}", "where": inside},
        "volunteer": {"activity": "đã tham gia tình nguyện phục vụ bà con tại", "extra": "Thời gian: {hours} giờ."},
        "host": {"title": "THƯ CẢM ƠN", "above": "Trân trọng cảm ơn", "activity": "đã đồng hành cùng bà con tại"},
        "household": {"above": "Trân trọng trao cho gia đình", "activity": "đã cùng nhau tham gia"},
    }.get(kind, {"activity": "đã tham gia"})
    return Texts(**{each.name: changed.get(each.name) or getattr(common, each.name) for each in fields(Texts)})


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
