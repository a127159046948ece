"""Finding a person who has no QR at hand: by name, or by the end of the contact's phone. Never a list to browse.

The phone does the same over its own list when there is no network (`static/door/finding.js`); the rules are run by both
over `tests/vectors/finding.json`.

A festival may have a million people, so no search reads through them. People are looked for where an index begins:
at their given name (`Attendee.name_key` starts with it) or at the beginning of the whole name, and if that finds nobody
at the family name. How far such a stretch is read has a limit too; who types the beginning of a very common name is
asked for more.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from festival.checkin.models import Admission, Device, DeviceMode
from festival.checkin.roster_scope import Reach, scope_of
from festival.core.text import fold, name_key
from festival.extensions import db
from festival.programme.models import Ward
from festival.registration.models import Attendee, Booking, BookingState, Registration

MOST = 10
FEWEST_LETTERS = 4
FEWEST_DIGITS = 4
WHOLE_NUMBER = 9
TOLD_DIGITS = 3
"""How many of the last digits of a phone are told, to tell people of one name apart."""
READ_AT_MOST = 60_000
"""People that one search looks at before it asks for more: some 150 milliseconds."""
READ_AT_ONCE = 2_000
LOOKED_AT = 60  # more than are shown, because some households have cancelled
MOST_PHONES = 300

_NUMBER = re.compile(r"[+(]?[0-9][0-9.()-]*")
_YEARS = range(1900, 2101)
_LAST = "\U0010fffd"
"""Sorts after every letter in every collation: what begins with a word lies between the word and the word with this."""
_STANDING = (BookingState.CONFIRMED, BookingState.WAITLISTED, BookingState.OFFERED)


class FindOutcome(enum.Enum):
    """Whether there was enough to look for, and whether this device may look at all."""

    FOUND = "found"
    TOO_LITTLE = "too_little"
    NOT_HERE = "not_here"
    WRONG_CHECKPOINT = "wrong_checkpoint"
    WRONG_DEVICE = "wrong_device"


@dataclass(frozen=True)
class Wanted:
    """What was typed, understood: folded words of the name, a year of birth, the last digits of the phone ("")."""

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


@dataclass(frozen=True)
class Candidate:
    """Somebody the searcher may mean, with what tells people of one name apart: the year of birth, the last three
    digits of the contact's phone ("" if there is none), the ward, and whose household it is."""

    attendee_id: int
    name: str
    birth_year: int
    phone_tail: str
    ward: str
    household: str
    admitted_at: datetime | None


@dataclass(frozen=True)
class Found:
    """At most `MOST` people, by name; `more` says that others may fit too, so that more has to be typed."""

    outcome: FindOutcome
    people: tuple[Candidate, ...] = ()
    more: bool = False


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


def find_people(device: Device, checkpoint_id: int, typed: str) -> Found:
    """The people of the device's festival who fit what was typed, as `read_typed` understands it.

    Every typed word has to begin a word of the name, without marks, in any order; and one of them the given name (the
    last word), or all of them together the whole name. If that is nobody: one of them the family name (the first).
    Beside the end of a phone the words may be any of the name.

    Refused: TOO_LITTLE to look for; NOT_HERE at a booth, where nobody is found by name; WRONG_DEVICE for a kiosk or a
    screen; WRONG_CHECKPOINT where this device does not scan.
    """
    if device.mode is not DeviceMode.STAFF:
        return Found(FindOutcome.WRONG_DEVICE)
    scope = scope_of(device, over=False)
    if checkpoint_id not in scope.checkpoint_ids:
        return Found(FindOutcome.WRONG_CHECKPOINT)
    if scope.reach is Reach.NONE:
        return Found(FindOutcome.NOT_HERE)
    wanted = read_typed(typed)
    if not wanted.is_enough:
        return Found(FindOutcome.TOO_LITTLE)
    if scope.reach is Reach.BOOKED:
        return _found(*_among_booked(scope.session_ids, checkpoint_id, wanted))
    if wanted.phone_end:
        return _found(*_by_phone(device, checkpoint_id, wanted))
    return _found(*_by_name(device, checkpoint_id, wanted))


def _found(rows: Sequence[Any], cut: bool) -> Found:
    """The first `MOST` of the rows, each person once, in the order of names."""
    unique = {row.id: row for row in rows}.values()
    ordered = sorted(unique, key=lambda row: (row.name_key, row.birth_year, row.id))
    people = tuple(
        Candidate(
            attendee_id=row.id,
            name=row.name,
            birth_year=row.birth_year,
            phone_tail=row.phone[-TOLD_DIGITS:],
            ward=row.ward or "",
            household=row.contact_name,
            admitted_at=row.admitted_at,
        )
        for row in ordered[:MOST]
    )
    return Found(FindOutcome.FOUND, people, more=cut or len(ordered) > MOST)


# --- the ways to look ------------------------------------------------------------------------------------------


def _by_name(device: Device, checkpoint_id: int, wanted: Wanted) -> tuple[list[Any], bool]:
    """People by name, until there are more than are shown, and whether a stretch was too long to be read to its end.

    The given name is mostly the last word typed, so that stretch comes first.
    """
    *others, last = wanted.names
    words = list(dict.fromkeys([last, *others]))
    given = [(Attendee.name_key, word) for word in words]
    given.insert(1, (Attendee.folded_name, " ".join(wanted.names)))
    family = [(Attendee.folded_name, word) for word in words if len(words) > 1]
    rows: list[Any] = []
    cut = False
    for stretches in (given, family):
        for column, beginning in stretches:
            some, too_long = _stretch(device, checkpoint_id, wanted, column, beginning)
            rows += some
            if too_long and len(words) > 1 and len(rows) <= MOST:
                # The family name stands next to the given one: with both of them the stretch is short.
                for word in words:
                    rows += _stretch(device, checkpoint_id, wanted, column, f"{beginning} {word}")[0]
            cut = cut or too_long
            if len({row.id for row in rows}) > MOST:
                return rows, True
        if rows:
            break
    return rows, cut


def _stretch(
    device: Device, checkpoint_id: int, wanted: Wanted, column: InstrumentedAttribute[str], beginning: str
) -> tuple[list[Any], bool]:
    """Of the people whose `column` begins so, the first `MOST` + 1 that fit; True if others were not looked at.

    First the names are read, out of the index alone, then people of those names, some at a time: PostgreSQL cannot
    guess how many fit, and would else read whole tables.
    """
    here = (Attendee.festival_id == device.festival_id, column >= beginning)
    ahead = select(column).where(*here, column <= beginning + _LAST).order_by(column)
    edge = db.session.scalar(ahead.offset(READ_AT_MOST // (2 * len(wanted.names) + 1)).limit(1))
    until = beginning + _LAST if edge is None else edge
    fitting = select(column, func.count()).where(
        *here, column <= until, column.startswith(beginning, autoescape=True), *_has_words(wanted, column)
    )
    rows: list[Any] = []
    for names in _batches(db.session.execute(fitting.group_by(column).order_by(column))):
        # By one column and sorted afterwards: both databases would else walk through everybody, for the order.
        keys = names if column is Attendee.name_key else [name_key(name) for name in names]
        some = select(Attendee.id).where(here[0], Attendee.name_key.in_(keys), Attendee.cancelled_at.is_(None))
        ids = db.session.scalars(some.where(*_is_of_year(wanted)).order_by(*_BY_NAME).limit(LOOKED_AT)).all()
        rows += _first(_people(checkpoint_id).where(Attendee.id.in_(ids)))
        if len(rows) > MOST or len(ids) == LOOKED_AT:
            return rows, len(rows) <= MOST
    return rows, edge is not None


def _batches(counted: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """The names in their order, some at a time, so that about `READ_AT_ONCE` people have them."""
    names: list[str] = []
    people = 0
    for name, count in counted:
        names.append(name)
        people += count
        if people >= READ_AT_ONCE:
            yield names
            names, people = [], 0
    if names:
        yield names


def _by_phone(device: Device, checkpoint_id: int, wanted: Wanted) -> tuple[list[Any], bool]:
    """The households whose contact has a phone that ends so."""
    ending = select(Registration.phone).distinct().where(Registration.festival_id == device.festival_id)
    phones = db.session.scalars(ending.where(_phone_ends(wanted)).limit(MOST_PHONES + 1)).all()
    query = _people(checkpoint_id).where(
        Registration.festival_id == device.festival_id,
        Registration.phone.in_(phones),
        *_has_words(wanted, Attendee.name_key),
        *_is_of_year(wanted),
    )
    return _first(query), len(phones) > MOST_PHONES


def _among_booked(sessions: Sequence[int], checkpoint_id: int, wanted: Wanted) -> tuple[list[Any], bool]:
    """People who are booked or wait in these sessions: so few that they are all looked at."""
    booked = select(Booking.attendee_id).where(Booking.session_id.in_(sessions), Booking.state.in_(_STANDING))
    query = _people(checkpoint_id).where(
        Attendee.id.in_(booked), *_has_words(wanted, Attendee.name_key), *_is_of_year(wanted)
    )
    if wanted.phone_end:
        return _first(query.where(_phone_ends(wanted))), False
    whole = Attendee.folded_name.startswith(" ".join(wanted.names), autoescape=True)
    given = or_(whole, *(Attendee.name_key.startswith(name, autoescape=True) for name in wanted.names))
    family = or_(*(Attendee.folded_name.startswith(name, autoescape=True) for name in wanted.names))
    return _first(query.where(given)) or _first(query.where(family)), False


# --- what they share -------------------------------------------------------------------------------------------

_BY_NAME = (literal("") + Attendee.name_key, Attendee.birth_year, Attendee.id)  # no column: no walk along its index
_TOLD: tuple[Any, ...] = (
    *(Attendee.id, Attendee.name, Attendee.name_key, Attendee.birth_year),
    *(Registration.phone, Registration.contact_name, Ward.name.label("ward"), Admission.admitted_at),
)


def _people(checkpoint_id: int) -> Select[Any]:
    """Everybody who has not cancelled, with what tells people apart and when they were let in here."""
    return (
        select(*_TOLD)
        .select_from(Attendee)
        .join(Registration, Registration.id == Attendee.registration_id)
        .outerjoin(Ward, Ward.code == Registration.ward_code)
        .outerjoin(Admission, and_(Admission.attendee_id == Attendee.id, Admission.checkpoint_id == checkpoint_id))
        .where(Attendee.cancelled_at.is_(None), Registration.cancelled_at.is_(None))
    )


def _first(query: Select[Any]) -> list[Any]:
    return list(db.session.execute(query.order_by(*_BY_NAME).limit(MOST + 1)).all())


def _phone_ends(wanted: Wanted) -> ColumnElement[bool]:
    """Nine digits are a whole number (the 0 or +84 before them left out): that one is found in the index."""
    if len(wanted.phone_end) >= WHOLE_NUMBER:
        return Registration.phone == f"+84{wanted.phone_end}"
    return Registration.phone.endswith(wanted.phone_end)


def _has_words(wanted: Wanted, column: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    return [(literal(" ") + column).contains(f" {name}", autoescape=True) for name in wanted.names]


def _is_of_year(wanted: Wanted) -> list[ColumnElement[bool]]:
    return [] if wanted.year is None else [Attendee.birth_year == wanted.year]
