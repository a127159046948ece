"""Registrations that look like a flood: many from one address within minutes, which nobody has come back to.

Found, shown and released together; those that were confirmed, let in, made at the door or by a helper never are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, func, select

from festival.accounts.audit import record
from festival.checkin.models import Admission
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration import notices
from festival.registration.booking import STANDING
from festival.registration.models import Attendee, Booking, Registration, Release
from festival.registration.releasing import Released, ToRelease, release_together, to_release
from festival.registration.restoring import Restored, restore_together, wait_with_telling

LEAST = 10
"""Fewer from one address are a few families in one house."""
PAUSE = timedelta(minutes=15)
"""After so long without one, a new cluster begins."""
TOLD_AT_ONCE = 25


@dataclass(frozen=True)
class Suspect:
    """One registration of a cluster."""

    id: int
    created_at: datetime
    contact_name: str
    phone: str
    people: int


@dataclass(frozen=True)
class Cluster:
    """Registrations of one address, close together in time. `wishes`: seats held, offered or waited for by them;
    `kept`: others from the same address that are never released."""

    suspects: Sequence[Suspect]
    wishes: int
    kept: int

    @property
    def first(self) -> Suspect:
        return self.suspects[0]

    @property
    def last(self) -> Suspect:
        return self.suspects[-1]

    @property
    def people(self) -> int:
        return sum(one.people for one in self.suspects)

    @property
    def minutes(self) -> int:
        """How long it took, at least one minute."""
        return max(1, round((self.last.created_at - self.first.created_at).total_seconds() / 60))


def find_clusters(festival: Festival) -> list[Cluster]:
    """All clusters, the latest first."""
    crowded = (
        select(Registration.origin)
        .where(*_unconfirmed(festival))
        .group_by(Registration.origin)
        .having(func.count() >= LEAST)
    )
    people = func.count(Attendee.id).filter(Attendee.cancelled_at.is_(None))
    rows = db.session.execute(
        select(
            Registration.id,
            Registration.origin,
            Registration.created_at,
            Registration.contact_name,
            Registration.phone,
            people.label("people"),
        )
        .join(Attendee, Attendee.registration_id == Registration.id)
        .where(*_unconfirmed(festival), Registration.origin.in_(crowded))
        .group_by(Registration.id)
        .order_by(Registration.origin, Registration.created_at, Registration.id)
    ).all()
    kept = _kept(festival, {row.origin for row in rows})
    groups = [group for group in _close_together(rows) if len(group) >= LEAST]
    clusters = [_cluster(group, kept.get(group[0].origin, 0)) for group in groups]
    return sorted(clusters, key=lambda cluster: cluster.last.created_at, reverse=True)


def find_cluster(festival: Festival, first_id: int) -> Cluster | None:
    """The cluster that begins with this registration."""
    return next((one for one in find_clusters(festival) if one.first.id == first_id), None)


def preview(festival: Festival, cluster: Cluster, keep: Collection[int], up_to: int) -> ToRelease:
    """What a release would free now."""
    return to_release(festival, _chosen(cluster, keep, up_to))


def _chosen(cluster: Cluster, keep: Collection[int], up_to: int) -> list[int]:
    return [one.id for one in cluster.suspects if one.id <= up_to and one.id not in keep]


def release(festival: Festival, cluster: Cluster, keep: Collection[int], up_to: int) -> Released:
    """Release a cluster up to the registration `up_to` (what was looked at), without those in `keep`; commits.

    One entry in the audit log lists them all. Who left an e-mail or number is told, once it cannot be undone any more.
    """
    released = release_together(festival, _chosen(cluster, keep, up_to))
    if released.registrations:
        record(
            "flood.released",
            f"{local(cluster.first.created_at):%H:%M %d/%m/%Y}",
            festival_id=festival.id,
            after={
                "households": len(released.registrations),
                "people": released.people,
                "seats": released.seats,
                "registrations": ", ".join(map(str, released.registrations)),
            },
        )
    db.session.commit()
    if released.release:
        _tell(released.release, released.registrations)
    return released


def undo(festival: Festival, release_id: int) -> Restored | None:
    """Take a release back as far as possible; commits. None when there is none, or its half hour is over."""
    found = db.session.get(Release, release_id)
    if found is None or found.festival_id != festival.id:
        return None
    moment = f"{local(found.at):%H:%M %d/%m/%Y}"
    restored = restore_together(found)
    if restored and restored.households:
        record("flood.restored", moment, festival_id=festival.id, after=asdict(restored))
        db.session.commit()
    return restored


def _tell(release: Release, registration_ids: Sequence[int]) -> None:
    """Somebody real may be among them, and must not come in vain. In small transactions: nobody waits for it."""
    for begin in range(0, len(registration_ids), TOLD_AT_ONCE):
        some = registration_ids[begin : begin + TOLD_AT_ONCE]
        for registration in db.session.scalars(select(Registration).where(Registration.id.in_(some))):
            notices.cancelled(registration)
        db.session.flush()
        wait_with_telling(release, some)
        db.session.commit()


def _unconfirmed(festival: Festival) -> tuple[Any, ...]:
    let_in = exists(
        select(Admission.id)
        .join(Attendee, Attendee.id == Admission.attendee_id)
        .where(Attendee.registration_id == Registration.id)
        .correlate(Registration)
    )
    return (*_of_an_address(festival), Registration.confirmed_at.is_(None), ~let_in)


def _of_an_address(festival: Festival) -> tuple[Any, ...]:
    return (
        Registration.festival_id == festival.id,
        Registration.origin.is_not(None),
        Registration.cancelled_at.is_(None),
        Registration.helper_link_id.is_(None),
        Registration.walk_in.is_(False),
    )


def _kept(festival: Festival, origins: Collection[str | None]) -> dict[str | None, int]:
    """How many registrations of each address are never released."""
    every = (
        select(Registration.origin, func.count())
        .where(*_of_an_address(festival), Registration.origin.in_(origins))
        .group_by(Registration.origin)
    )
    loose = (
        select(Registration.origin, func.count())
        .where(*_unconfirmed(festival), Registration.origin.in_(origins))
        .group_by(Registration.origin)
    )
    of_loose = {row[0]: row[1] for row in db.session.execute(loose)}
    return {row[0]: row[1] - of_loose.get(row[0], 0) for row in db.session.execute(every)}


def _close_together(rows: Sequence[Any]) -> list[list[Row[Any]]]:
    groups: list[list[Row[Any]]] = []
    for row in rows:
        before = groups[-1][-1] if groups else None
        if before is None or before.origin != row.origin or row.created_at - before.created_at > PAUSE:
            groups.append([])
        groups[-1].append(row)
    return groups


def _cluster(group: Sequence[Row[Any]], kept: int) -> Cluster:
    suspects = [Suspect(row.id, row.created_at, row.contact_name, row.phone, row.people) for row in group]
    wishes = db.session.scalar(
        select(func.count(Booking.id))
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(Attendee.registration_id.in_([one.id for one in suspects]), Booking.state.in_(STANDING))
    )
    return Cluster(suspects, wishes or 0, kept)
