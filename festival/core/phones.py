"""Phone numbers as people in Vietnam write them, stored as E.164."""

from __future__ import annotations

import re

import phonenumbers

_MOBILE = re.compile(r"0[35789]\d{8}")
_LANDLINE = re.compile(r"02\d{8,9}")


def parse_phone(text: str) -> str | None:
    """The E.164 form of a Vietnamese number ("0912.345.678", "+84 91 234 5678"), or None.

    Mobile numbers have had ten digits and begin with 03, 05, 07, 08 or 09 since 2018; the library still accepts the
    eleven-digit ones of before, so the national form is checked too. Landlines (02…) are accepted.
    """
    if len(text) > 40:
        return None
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None
    national = f"0{number.national_number}"
    if number.country_code != 84 or number.extension:
        return None
    if not (_MOBILE.fullmatch(national) or _LANDLINE.fullmatch(national)):
        return None
    return f"+84{number.national_number}"


def show_phone(e164: str) -> str:
    """How a stored number is shown: "+84912345678" gives "0912 345 678"; an erased one is nothing."""
    if not e164:
        return ""
    national = "0" + e164.removeprefix("+84")
    if len(national) == 10:
        return f"{national[:4]} {national[4:7]} {national[7:]}"
    return f"{national[:3]} {national[3:7]} {national[7:]}"
