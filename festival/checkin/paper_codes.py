"""The code beside each name on a printed door list: short, and wrong as soon as one character of it is.

It is the attendee's number in base 30, four characters or more, and a check character. The 30 characters are taken as
the turns and flips of a 15-cornered figure (the dihedral group of order 30), and a code is right when its characters,
each spread by its place, multiply to "nothing moved". After J. Verhoeff, Error Detecting Decimal Codes, 1969: because
there the order matters, every single wrong character and every swap of two different neighbours is noticed. A plain
weighted sum cannot do that in base 30, and the codes are no secret: they say a number, and whether it was well typed.
"""

from __future__ import annotations

from functools import reduce

from festival.core.paging import LARGEST_ID
from festival.core.secrets import CODE_ALPHABET, read_code

BASE = len(CODE_ALPHABET)
SHORTEST = 5
"""Characters of a code: enough for 810,000 people, and more grow by one."""
LONGEST = 8
"""Characters of the code of the largest number that a database gives."""

_CORNERS = BASE // 2
_VALUES = {character: value for value, character in enumerate(CODE_ALPHABET)}


def _times(left: int, right: int) -> int:
    """Two moves one after the other; values below 15 are turns, from 15 on turns of the flipped figure."""
    turn = right if left < _CORNERS else -right
    flipped = (left >= _CORNERS) != (right >= _CORNERS)
    return (left + turn) % _CORNERS + _CORNERS * flipped


def _spread(value: int) -> int:
    """An anti-symmetric one-to-one map: _times(_spread(x), y) is never _times(_spread(y), x) for different x and y."""
    if value < _CORNERS:
        return 2 * value % _CORNERS
    return (value + 1) % _CORNERS + _CORNERS


def _product(values: list[int]) -> int:
    """All values multiplied, each spread once more than the one to the right of it."""
    spread = list(values)
    for end in range(len(spread) - 1, 0, -1):
        spread[:end] = map(_spread, spread[:end])
    return reduce(_times, spread)


def _check_of(values: list[int]) -> int:
    """The value that makes the product of all nothing."""
    moved = _product([*values, 0])
    return moved if moved >= _CORNERS else -moved % _CORNERS


def paper_code(attendee_id: int) -> str:
    """The code of an attendee: five characters, one more for each thirtyfold beyond 810,000."""
    values: list[int] = []
    rest = attendee_id
    while rest or len(values) < SHORTEST - 1:
        rest, value = divmod(rest, BASE)
        values.insert(0, value)
    return "".join(CODE_ALPHABET[value] for value in (*values, _check_of(values)))


def read_paper_code(typed: str) -> int | None:
    """The attendee's number that a typed code says, capitals or not; None when it was not typed as it is printed."""
    code = read_code(typed)
    values = [_VALUES.get(character, -1) for character in code]
    if not SHORTEST <= len(values) <= LONGEST or -1 in values or _product(values) != 0:
        return None
    number = reduce(lambda total, value: total * BASE + value, values[:-1], 0)
    if number > LARGEST_ID or code != paper_code(number):
        return None
    return number
