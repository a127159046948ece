"""Facts that only some checkpoints need, each read by one statement more, and only where it matters.

Who went out again (entrances, volunteers), what a household has been given (once per household), how many stamps
somebody has (prizes), and how many seats the device holds itself (walk-ins at a session).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import and_, distinct, func, select
from sqlalchemy.orm import aliased

from festival.checkin.decision import HAS_A_WAY_OUT
from festival.checkin.earlier_scans import load_admissions
from festival.checkin.facts import Passage, Person, Post, Scene, Whose
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, Lease, Scan
from festival.extensions import db
from festival.registration.models import Attendee


def add_more_facts(scene: Scene, whose: Whose) -> None:
    """Complete what `load_scene` has read, for the checkpoints that need more."""
    for post in list(scene.posts.values()):
        if post.per_household:
            _share_in_household(scene, post)
        elif post.kind.value in HAS_A_WAY_OUT:
            _add_comings_and_goings(scene, post)
        if post.stamps_needed:
            _count_stamps(scene, post)
        if post.walk_ins and post.seats_left is not None and whose.holder_id is not None:
            held = _lease_left(whose.holder_id, post.id)
            scene.posts[post.id] = replace(post, seats_left=post.seats_left + held)


def _people(scene: Scene) -> list[Person]:
    return [person for ticket in scene.tickets.values() for person in ticket.people.values()]


def _add_comings_and_goings(scene: Scene, post: Post) -> None:
    """For those who were let in here: when they came in and went out, in the order of time."""
    inside = [person for person in _people(scene) if post.id in person.admissions]
    if not inside:
        return
    passages = load_passages({person.attendee_id for person in inside}, post)
    for person in inside:
        person.passages[post.id] = passages.get(person.attendee_id, [])


def load_passages(attendee_ids: Collection[int], post: Post) -> Mapping[int, list[Passage]]:
    """By attendee: all comings and goings at this checkpoint; of an entrance, at all entrances of the festival."""
    same_house = Checkpoint.id == post.id
    if post.kind is CheckpointKind.ENTRANCE:
        same_house = and_(Checkpoint.kind == CheckpointKind.ENTRANCE, Checkpoint.festival_id == post.festival_id)
    rows = db.session.execute(
        select(Scan.attendee_id, Scan.direction, Scan.scanned_at, Scan.checkpoint_id, Device.name)
        .join(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .outerjoin(Device, Device.id == Scan.device_id)
        .where(Scan.attendee_id.in_(attendee_ids), Scan.passed.is_(True), Scan.undone_at.is_(None), same_house)
        .order_by(Scan.scanned_at, Scan.id)
    )
    passages: dict[int, list[Passage]] = {}
    for attendee_id, direction, moment, checkpoint_id, door in rows:
        if attendee_id is not None:  # for the types: those that were asked for are somebody's
            passages.setdefault(attendee_id, []).append(Passage(moment, direction, checkpoint_id == post.id, door))
    return passages


def _share_in_household(scene: Scene, post: Post) -> None:
    """Everybody stands for the household's first person, whose admission counts for all."""
    households = {ticket.registration_id for ticket in scene.tickets.values()}
    rows = db.session.execute(
        select(Attendee.registration_id, func.min(Attendee.id))
        .where(Attendee.registration_id.in_(households))
        .group_by(Attendee.registration_id)
    )
    first = {row[0]: row[1] for row in rows}
    given = load_admissions(first.values(), [post.id])
    for ticket in scene.tickets.values():
        owner = first[ticket.registration_id]
        for person in ticket.people.values():
            person.owners[post.id] = owner
            person.admissions.pop(post.id, None)
            if known := given.get((owner, post.id)):
                person.admissions[post.id] = known


def _count_stamps(scene: Scene, post: Post) -> None:
    """How many booths have stamped each person, or any of the household where it gets the prize once."""
    other = aliased(Attendee)
    people = {person.attendee_id for person in _people(scene)}
    counted = select(Attendee.id, func.count(distinct(Admission.checkpoint_id))).where(Attendee.id.in_(people))
    if post.per_household:
        counted = counted.join(other, other.registration_id == Attendee.registration_id)
        counted = counted.join(Admission, Admission.attendee_id == other.id)
    else:
        counted = counted.join(Admission, Admission.attendee_id == Attendee.id)
    counted = (
        counted.join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
        .where(Checkpoint.kind == CheckpointKind.BOOTH)
        .group_by(Attendee.id)
    )
    stamps = {row[0]: row[1] for row in db.session.execute(counted)}
    for person in _people(scene):
        person.stamps[post.id] = stamps.get(person.attendee_id, 0)


def _lease_left(device_id: int, checkpoint_id: int) -> int:
    left = select(Lease.granted - Lease.used).where(Lease.device_id == device_id, Lease.checkpoint_id == checkpoint_id)
    return db.session.scalar(left) or 0
