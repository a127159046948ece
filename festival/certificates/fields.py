"""The texts of the page: how each may be set, in how much room. Lengths in points.

`FIELDS` differ from person to person, the texts of `FIXED` from festival to festival. All are fitted by the rules of
`lettering`, so that no name of a person, an office or a hall breaks the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from festival.certificates.lettering import BOLD, ITALIC, NAME, SEMIBOLD, TEXT, Face, Fitted, Style, fit
from festival.certificates.wording import CertificateText, SheetText


@dataclass(frozen=True)
class Field:
    """A text that differs from person to person: how it may be set, best style first, and in how much room."""

    key: str
    face: Face
    color: str
    align: str
    width: float
    height: float
    """Its room, in points; every style sits in the middle of it."""
    styles: tuple[Style, ...]


_MM = 72 / 25.4
FIELDS = (
    Field(
        "name", NAME, "#43307f", "center", 222 * _MM, 26 * _MM,
        (
            Style(42, 62), Style(38, 62), Style(34, 62), Style(30, 62), Style(27, 62),
            Style(27, 31, 2), Style(24, 30, 2), Style(21, 28, 2), Style(18, 20, 3),
        ),
    ),
    Field("number", TEXT, "#1f1b2e", "center", 100 * _MM, 7 * _MM, (Style(12, 18), Style(10, 18))),
    Field("date", ITALIC, "#1f1b2e", "center", 112 * _MM, 7 * _MM, (Style(13, 19), Style(11, 19), Style(9, 19))),
    Field("code", SEMIBOLD, "#1f1b2e", "left", 60 * _MM, 6 * _MM, (Style(11, 15), Style(9, 15))),
)  # fmt: skip


def field_texts(text: CertificateText) -> dict[str, str]:
    """What stands in each of `FIELDS`."""
    return {
        "name": text.name,
        "number": text.number_line,
        "date": text.place_and_date,
        "code": text.shown_code,
    }


def fit_fields(text: CertificateText) -> dict[str, Fitted]:
    """Each field of `text` set in its room."""
    texts = field_texts(text)
    return {field.key: fit(texts[field.key], field.face, field.styles, field.width) for field in FIELDS}


@dataclass(frozen=True)
class Fixed:
    """A text that all certificates of a festival share, set by the first style it fits in."""

    key: str
    face: Face
    width: float
    styles: tuple[Style, ...]


FIXED = (
    Fixed("superior", TEXT, 100 * _MM, (Style(12, 17), Style(12, 17, 2), Style(7.5, 9.5, 3))),
    Fixed("organization", BOLD, 100 * _MM, (Style(12, 17), Style(12, 17, 2), Style(9.5, 12, 3), Style(7.5, 9.5, 4))),
    Fixed("festival", SEMIBOLD, 222 * _MM, (Style(18, 24), Style(15, 19, 2), Style(11.5, 14.5, 2))),
    Fixed("where", TEXT, 222 * _MM, (Style(14, 19), Style(12, 15, 2), Style(9.5, 12, 2))),
)


@dataclass(frozen=True)
class Lines:
    """A fixed text as the template sets it."""

    style: Style
    lines: tuple[str, ...]


def fit_fixed(sheet: SheetText) -> Mapping[str, Lines]:
    """Each fixed text of `sheet`, set in its room."""
    texts = {
        "superior": sheet.superior.upper(),
        "organization": sheet.issuer.upper(),
        "festival": sheet.festival,
        "where": f"tổ chức tại {sheet.venue}, {sheet.days}." if sheet.venue else f"tổ chức {sheet.days}.",
    }
    fitted = {fixed.key: (fixed, fit(texts[fixed.key], fixed.face, fixed.styles, fixed.width)) for fixed in FIXED}
    return {key: Lines(fixed.styles[done.style], done.lines) for key, (fixed, done) in fitted.items()}
