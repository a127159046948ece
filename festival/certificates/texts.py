"""Fields in the texts of a design: words in braces from a closed list, put in as they are. Nothing is evaluated.

"{festival}" is known when a design's page is laid out; "{hours}" differs from person to person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SHARED = ("festival", "day", "year", "place", "ward", "organization", "workshop")
"""What all certificates of an edition have in common."""
PERSONAL = ("name", "birth_year", "serial", "hours", "sessions", "skills")
"""What is each certificate's own."""
FIELD_NAMES = SHARED + PERSONAL
DETAILS = ("birth_year", "hours", "sessions", "skills")
"""The personal fields that are kept in `Certificate.details` when it is issued; the others are in its row."""

_FIELD = re.compile(r"\{([^{}]*)\}")


class UnknownFieldError(ValueError):
    """A text has braces around something that is no field; `written` says what stands there."""

    def __init__(self, written: str) -> None:
        super().__init__(written)
        self.written = written


def fields_in(text: str) -> tuple[str, ...]:
    """The fields of a text in the order they stand in. Raises `UnknownFieldError` for any other use of braces."""
    found = _FIELD.findall(text)
    for name in found:
        if name not in FIELD_NAMES:
            raise UnknownFieldError(f"{{{name}}}")
    if rest := re.search(r"[{}]\S*", _FIELD.sub("", text)):
        raise UnknownFieldError(rest.group())
    return tuple(found)


def is_personal(text: str) -> bool:
    """Whether the text differs from one certificate to the next."""
    return any(name in PERSONAL for name in fields_in(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its fields put in; a line that would have a hole is left out as a whole, so it gives "" then."""
    if not all(values.get(name) for name in fields_in(text)):
        return ""
    return _FIELD.sub(lambda match: values[match[1]], text)


def written(value: object) -> str:
    """A detail as it stands on paper: lists with commas, whole hours without ".0", a decimal comma."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, map(written, value)))
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)
