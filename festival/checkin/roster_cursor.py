"""How far a phone has its roster: an opaque text that it hands back with the next call."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from festival.core.paging import LARGEST_ID

OVERLAP = timedelta(minutes=2)
"""A row carries the moment of its statement and is seen from its commit on: so long may lie between the two."""

LONGEST_TEXT = 200
_FIELDS = 5


@dataclass(frozen=True)
class Cursor:
    """A round through the people in the order of their ids.

    `scope` is the fingerprint of what the phone may see (it names the device too): another scope begins anew. `since`
    is None in the first round, which brings everybody; later ones bring what has changed since then. `begun` is when
    this round began, `after` the last attendee it has brought.
    """

    scope: str
    since: datetime | None
    begun: datetime
    after: int = 0

    @property
    def text(self) -> str:
        """As the phone keeps it."""
        since = _milliseconds(self.since) if self.since else 0
        fields = (1, self.scope, since, _milliseconds(self.begun), self.after)
        return base64.urlsafe_b64encode(".".join(map(str, fields)).encode()).decode().rstrip("=")

    def moved_to(self, after: int) -> Cursor:
        """The same round, further on."""
        return replace(self, after=after)

    def round_done(self) -> Cursor:
        """What the next round begins with: everything that may have been committed since this one began."""
        return Cursor(self.scope, since=self.begun - OVERLAP, begun=self.begun)

    def begin_again(self, at: datetime) -> Cursor:
        """The cursor to read with at `at`: a new round takes its beginning from now."""
        return self if self.after else replace(self, begun=at)


def first_cursor(scope: str, at: datetime) -> Cursor:
    """Of a phone that has nothing yet."""
    return Cursor(scope, since=None, begun=at)


def read_cursor(text: str, scope: str, at: datetime) -> Cursor | None:
    """The cursor that the phone hands back; None for one of another scope, device or festival, and for nonsense."""
    if not 0 < len(text) <= LONGEST_TEXT or not text.isascii():
        return None
    try:
        fields = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split(".")
        if len(fields) != _FIELDS or fields[0] != "1" or fields[1] != scope:
            return None
        since, begun, after = (int(field) for field in fields[2:])
        moments = [datetime.fromtimestamp(moment / 1000, UTC) for moment in (since, begun)]
    except (binascii.Error, ValueError, OverflowError, OSError):
        return None
    if not 0 <= after <= LARGEST_ID or since < 0 or not moments[0] <= moments[1] <= at + OVERLAP:
        return None
    return Cursor(scope, moments[0] if since else None, moments[1], after)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
