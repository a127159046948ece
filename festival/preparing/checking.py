"""What an organizer should look at in a festival that was prepared from an earlier one: it may be true no longer."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from festival.certificates.models import Design
from festival.extensions import db
from festival.programme.models import Booth, BoothStatus, Festival, Session, Workshop

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@dataclass(frozen=True)
class Text:
    """A text that names another year than the festival's: of the festival (`part` "name", "about") or of a booth, a
    workshop or a certificate's design (`part` "booth", "workshop", "design"), with its number there."""

    part: str
    row_id: int
    subject: str
    years: tuple[str, ...]


@dataclass(frozen=True)
class ToCheck:
    """Rooms with how many sessions each holds, hosts with how many booths and workshops each runs, and the texts."""

    rooms: tuple[tuple[str, int], ...]
    hosts: tuple[tuple[str, int], ...]
    texts: tuple[Text, ...]


def to_check(festival: Festival) -> ToCheck:
    """What stands in this festival about places, partners and years. Four statements."""
    held = select(Session.room, func.count()).where(Session.festival_id == festival.id, Session.room != "")
    rooms = [(row[0], row[1]) for row in db.session.execute(held.group_by(Session.room).order_by(Session.room))]
    booths = db.session.scalars(
        select(Booth).where(Booth.festival_id == festival.id, Booth.status == BoothStatus.APPROVED).order_by(Booth.code)
    ).all()
    workshops = db.session.scalars(
        select(Workshop).where(Workshop.festival_id == festival.id).order_by(Workshop.title, Workshop.id)
    ).all()
    named = [booth.host_name for booth in booths] + [workshop.host_name for workshop in workshops]
    hosts = Counter(name for name in named if name)
    designs = db.session.scalars(
        select(Design).where(Design.festival_id == festival.id, Design.archived_at.is_(None)).order_by(Design.id)
    ).all()
    written = [
        ("name", festival.id, festival.name, festival.name),
        ("about", festival.id, festival.name, festival.about),
        *(("booth", booth.id, f"{booth.code} {booth.name}", f"{booth.name} {booth.description}") for booth in booths),
        *(("workshop", each.id, each.title, f"{each.title} {each.description}") for each in workshops),
        *(
            ("design", each.id, each.name, f"{each.name} {json.dumps(each.look, ensure_ascii=False)}")
            for each in designs
        ),
    ]
    return ToCheck(tuple(rooms), tuple(sorted(hosts.items())), tuple(_of_other_years(festival, written)))


def _of_other_years(festival: Festival, written: list[tuple[str, int, str, str]]) -> Iterator[Text]:
    own = {str(festival.first_day.year), str(festival.last_day.year)}
    for part, row_id, subject, text in written:
        if years := sorted(set(_YEAR.findall(text)) - own):
            yield Text(part, row_id, subject, tuple(years))
