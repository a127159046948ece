"""The texts of the page: how each may be set, in how much room. Lengths in points.

Texts that differ from person to person are `Field`s and stay open on the base page; what all certificates of an edition
share is fixed. Which is which depends on the fields in the design's lines. All are fitted by the rules of
`lettering`, so that no name of a person, an office or a hall breaks the page.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from festival.certificates.lettering import Face, Fitted, Style, fit
from festival.certificates.rooms import MM, Plan, Room, plan_of
from festival.certificates.texts import fill, is_personal
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


@dataclass(frozen=True)
class Lines:
    """A fixed text as the template sets it."""

    face: Face
    style: Style
    lines: tuple[str, ...]


BODY = ("above", "activity", "headline", "where", "extra")
"""The lines of a design around the name, which may hold fields of either sort; the title holds shared ones only."""


@functools.lru_cache(maxsize=64)
def plan_for(sheet: SheetText) -> Plan:
    """Where everything goes on the paper of `sheet`."""
    return plan_of(sheet.look.paper, len(sheet.signers), seal=sheet.look.seal)


@functools.lru_cache(maxsize=64)
def fields_of(sheet: SheetText) -> tuple[Field, ...]:
    """What stays open on the page of `sheet`, in reading order."""
    plan, colors, texts = plan_for(sheet), sheet.look.colors, sheet.texts
    rooms = plan.rooms
    personal = [key for key in BODY if is_personal(getattr(texts, key))]
    code_align = "center" if plan.compact else "left"
    head = (_field("number", rooms["number"], colors.text), _field("date", rooms["date"], colors.text))
    name = _field("name", rooms["name"], colors.name)
    body = [_field(key, rooms[key], colors.text) for key in personal]
    before, after = [each for each in body if each.key == "above"], [each for each in body if each.key != "above"]
    return (*head, *before, name, *after, _field("code", rooms["code"], colors.text, code_align))


def _field(key: str, room: Room, color: str, align: str = "center") -> Field:
    return Field(key, room.face, color, align, room.width * MM, room.height * MM, room.styles)


def field_texts(text: CertificateText) -> dict[str, str]:
    """What stands in each of the fields; an empty one is left out on paper."""
    own = {"name": text.name, "number": text.number_line, "date": text.place_and_date, "code": text.shown_code}
    texts = text.sheet.texts
    return {
        field.key: own[field.key] if field.key in own else text.line(getattr(texts, field.key))
        for field in fields_of(text.sheet)
    }


def fit_fields(text: CertificateText) -> dict[str, Fitted]:
    """Each field of `text` set in its room."""
    texts = field_texts(text)
    return {field.key: fit(texts[field.key], field.face, field.styles, field.width) for field in fields_of(text.sheet)}


def fit_fixed(sheet: SheetText) -> Mapping[str, Lines]:
    """Each fixed text of `sheet`, set in its room; those that are empty are left out."""
    plan, texts = plan_for(sheet), sheet.texts
    words = {"superior": sheet.superior.upper(), "organization": sheet.issuer.upper()}
    for key in ("title", *BODY):
        if not is_personal(line := getattr(texts, key)):
            words[key] = fill(line, sheet.shared_values)
    for number, signer in enumerate(sheet.signers):
        for part in ("authority", "title", "name"):
            words[f"signer-{number}-{part}"] = getattr(signer, part)
    return {key: _lines(plan.room(key), text) for key, text in words.items() if text}


def _lines(room: Room, text: str) -> Lines:
    fitted = fit(text, room.face, room.styles, room.width * MM)
    return Lines(room.face, room.styles[fitted.style], fitted.lines)
