"""What somebody types who looks for a person, understood; the twin of `readTyped` in `static/door/finding.js`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from festival.core.text import fold

FEWEST_LETTERS = 4
FEWEST_DIGITS = 4

_NUMBER = re.compile(r"[+(]?[0-9][0-9.()-]*")
_YEARS = range(1900, 2101)


@dataclass(frozen=True)
class Wanted:
    """Folded words of the name, a year of birth, the last digits of the phone ("")."""

    names: tuple[str, ...] = ()
    year: int | None = None
    phone_end: str = ""

    @property
    def is_enough(self) -> bool:
        """Two words, or one and a year of birth, or four digits of the phone: less would be browsing."""
        if self.phone_end:
            return True
        words = len(self.names) + (self.year is not None)
        letters = sum(map(len, self.names)) + (2 if self.year else 0)
        return bool(self.names) and words >= 2 and letters >= FEWEST_LETTERS


def read_typed(typed: str) -> Wanted:
    """Understand what was typed. Digits alone are the end of a phone, even if they could be a year; beside a name,
    four digits that can be a year are one. Digits in groups belong together; fewer than four are left aside."""
    words = fold(typed[:200]).split()[:8]
    numbers = [re.sub(r"[^0-9]", "", word) for word in words if _NUMBER.fullmatch(word)]
    names = tuple(word for word in words if not _NUMBER.fullmatch(word))
    years = [number for number in numbers if names and len(number) == 4 and int(number) in _YEARS]
    if years:
        numbers.remove(years[0])
    digits = "".join(numbers)
    if len(digits) >= 11 and digits.startswith("84"):
        digits = digits[2:]
    elif len(digits) >= 10:
        digits = digits.removeprefix("0")
    return Wanted(names, int(years[0]) if years else None, digits if len(digits) >= FEWEST_DIGITS else "")
