"""What a door sends about a person without a ticket: JSON read into a frozen dataclass, each walk-in by itself.

Names and numbers are tidied and judged by the same rules as in the form on the web (`registration/forms.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from festival.checkin.scan_request import ScanRequest, Unreadable, read_scan
from festival.consents.models import Purpose
from festival.core.clock import today
from festival.core.phones import parse_phone
from festival.core.secrets import CODE_ALPHABET, CODE_LENGTH, read_code
from festival.core.text import tidy
from festival.registration.asking import texts_to_ask
from festival.registration.models import GUARDIAN_BELOW_AGE

MAX_WALK_INS = 50
LONGEST_NAME = 120
_LONGEST_TYPED = 20_000
_LANGUAGES = ("vi", "en")
_SCAN_FIELDS = {"id": "scan", "scanned_at": "made_at"}


@dataclass(frozen=True)
class WalkInRequest:
    """One person as the door wrote them down. `scan` is the admission to be made, its person still to be named.

    `slip` is the number of a slip that the phone gave out, `slip_code` the code of a printed one, typed.
    """

    id: UUID
    name: str
    birth_year: int
    ward_code: str | None
    phone: str
    language: str
    consents: Mapping[Purpose, bool]
    guardian_name: str | None
    slip: int | None
    slip_code: str | None
    scan: ScanRequest


class _Wrong(Exception):
    """Raised within this module only, with the field's name."""


def read_walk_in(raw: object) -> WalkInRequest | Unreadable:
    """One walk-in out of the JSON list, or which field is wrong with it. Whether the ward exists is not asked here."""
    if not isinstance(raw, dict):
        return Unreadable(None, "walk_in")
    try:
        return _read(raw)
    except _Wrong as wrong:
        given = raw.get("id")
        return Unreadable(given if isinstance(given, str) and len(given) <= 40 else None, str(wrong))


def _read(raw: Mapping[str, Any]) -> WalkInRequest:
    walk_in_id, scan = _uuid(raw.get("id")), _scan(raw)
    name, birth_year = _name(raw.get("name"), "name"), _birth_year(raw.get("birth_year"))
    age = today().year - birth_year
    slip, slip_code = _slip(raw.get("slip"))
    return WalkInRequest(
        id=walk_in_id,
        name=name,
        birth_year=birth_year,
        ward_code=_ward(raw.get("ward")),
        phone=_phone(raw.get("phone")),
        language=_language(raw.get("language")),
        guardian_name=_guardian(raw.get("guardian"), name) if age < GUARDIAN_BELOW_AGE else None,
        consents=_consents(raw.get("consents"), age),
        slip=slip,
        slip_code=slip_code,
        scan=scan,
    )


def _uuid(value: object) -> UUID:
    try:
        if isinstance(value, str) and len(value) == 36:
            return UUID(value)
    except ValueError:
        pass
    raise _Wrong("id")


def _scan(raw: Mapping[str, Any]) -> ScanRequest:
    """The admission that belongs to the walk-in, read as any scan is; 1 stands where its person will be."""
    shared = {name: raw.get(name) for name in ("checkpoint", "clock_offset_ms", "offline", "shown") if name in raw}
    scan = read_scan({**shared, "id": raw.get("scan"), "scanned_at": raw.get("made_at"), "attendee": 1})
    if isinstance(scan, Unreadable):
        raise _Wrong(_SCAN_FIELDS.get(scan.field, scan.field))
    return scan


def _line(value: object, field: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST_TYPED:
        raise _Wrong(field)
    return tidy(value)


def _name(value: object, field: str) -> str:
    name = _line(value, field)
    if not 0 < len(name) <= LONGEST_NAME:
        raise _Wrong(field)
    return name


def _birth_year(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1900 <= value <= today().year:
        raise _Wrong("birth_year")
    return value


def _ward(value: object) -> str | None:
    code = _line(value, "ward")
    if code and not (len(code) == 5 and code.isascii() and code.isdigit()):
        raise _Wrong("ward")
    return code or None


def _phone(value: object) -> str:
    typed = _line(value, "phone")
    number = parse_phone(typed) if typed else ""
    if number is None:
        raise _Wrong("phone")
    return number


def _language(value: object) -> str:
    if value not in _LANGUAGES:
        raise _Wrong("language")
    return str(value)


def _consents(value: object, age: int) -> dict[Purpose, bool]:
    """The answers to what had to be asked, all given, and to what was asked beyond."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _Wrong("consents")
    given = set(value)
    asked = texts_to_ask([age] if age < GUARDIAN_BELOW_AGE else [])
    if not {text.purpose.value for text in asked if text.required} <= given:
        raise _Wrong("consents")
    if not given <= {purpose.value for purpose in Purpose}:
        raise _Wrong("consents")
    return {text.purpose: True for text in asked if text.purpose.value in given}


def _guardian(value: object, name: str) -> str:
    """A child comes with a grown-up, who is somebody else."""
    guardian = _name(value, "guardian")
    if guardian == name:
        raise _Wrong("guardian")
    return guardian


def _slip(value: object) -> tuple[int | None, str | None]:
    """A slip by its number, or by the code printed on it."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31:
        return value, None
    code = read_code(_line(value, "slip"))
    if not code:
        return None, None
    if len(code) != CODE_LENGTH or not set(code) <= set(CODE_ALPHABET):
        raise _Wrong("slip")
    return None, code
