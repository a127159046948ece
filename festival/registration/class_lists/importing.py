"""Registering the pupils of a checked list, each a registration of its own with the guardian as its contact.

Between the preview and the school's word the list travels in the page, sealed: nothing of it is stored before somebody
has said that the guardians agreed on paper.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice

from cryptography.fernet import InvalidToken

from festival.accounts.audit import record
from festival.consents.models import Purpose
from festival.core.clock import now, today
from festival.core.secrets import seal, unseal
from festival.extensions import db
from festival.registration.asking import texts_to_ask
from festival.registration.class_lists.checking import CheckedRow, submission_of
from festival.registration.class_lists.reading import Pupil
from festival.registration.helping.writing_down import Written, write_down
from festival.registration.models import GUARDIAN_BELOW_AGE, BookingState, HelperLink, Relation
from festival.registration.signing_up import Household, Member, SignUpOutcome

BATCH = 25
"""Pupils in one transaction: families who register meanwhile wait a fraction of a second, not for a whole school."""
KEPT_HOURS = 24


@dataclass(frozen=True)
class Wish:
    """A pupil and the session that is meant, as sealed into the page."""

    pupil: Pupil
    session_id: int | None


@dataclass
class Imported:
    """What was done: registered, of these without a seat yet, known before, and who could not be registered and why."""

    registered: int = 0
    waiting: int = 0
    known: int = 0
    failed: int = 0
    closed: bool = False
    full: bool = False


def sealed_list(link: HelperLink, rows: Sequence[CheckedRow]) -> str:
    """The pupils to be registered, as a text that only this installation can read, for this link alone."""
    wishes = [[asdict(row.pupil), row.session_id] for row in rows if row.pupil is not None]
    content = {"link": link.id, "at": now().timestamp(), "wishes": wishes}
    return seal(json.dumps(content, ensure_ascii=False).encode()).decode()


def open_list(link: HelperLink, sealed: str) -> list[Wish] | None:
    """What was sealed for this link, not longer ago than a day; None for anything else."""
    try:
        content = json.loads(unseal(sealed.encode()))
    except (InvalidToken, ValueError):
        return None
    if content["link"] != link.id or now().timestamp() - content["at"] > KEPT_HOURS * 3600:
        return None
    return [Wish(Pupil(**pupil), session_id) for pupil, session_id in content["wishes"]]


def purposes_to_ask(pupils: Sequence[Pupil]) -> list[Purpose]:
    """What the guardians must have agreed to on paper, and what they may have."""
    ages = [age for pupil in pupils if (age := today().year - pupil.birth_year) < GUARDIAN_BELOW_AGE]
    return [text.purpose for text in texts_to_ask(ages)]


def register_pupils(
    link: HelperLink,
    wishes: Sequence[Wish],
    consents: Mapping[Purpose, bool],
    recorded_by: str,
    helped_on: str | None,
    language: str,
) -> Imported:
    """Register them, a batch in a transaction; commits each. Interrupted, the same list goes on where it stopped."""
    done = Imported()
    festival = link.festival
    for batch in _batches(wishes):
        for wish in batch:
            household = _household(link, wish, consents, recorded_by, helped_on, language)
            _count(done, write_down(festival, household, gone_home=True))
            if done.closed or done.full:
                break
        db.session.commit()
        if done.closed or done.full:
            break
    done.failed = len(wishes) - done.registered - done.known
    after = {"registered": done.registered, "known": done.known, "failed": done.failed}
    record("class_list.imported", f"{link.group_name} ({recorded_by})", festival_id=festival.id, after=after)
    db.session.commit()
    return done


def _batches(wishes: Sequence[Wish]) -> Iterator[list[Wish]]:
    left = iter(wishes)
    while batch := list(islice(left, BATCH)):
        yield batch


def _household(
    link: HelperLink,
    wish: Wish,
    consents: Mapping[Purpose, bool],
    recorded_by: str,
    helped_on: str | None,
    language: str,
) -> Household:
    pupil = wish.pupil
    child = today().year - pupil.birth_year < GUARDIAN_BELOW_AGE
    asked = purposes_to_ask([pupil])
    wanted = frozenset() if wish.session_id is None else frozenset({wish.session_id})
    return Household(
        submission=submission_of(link, pupil),
        contact_name=pupil.guardian or pupil.name,
        phone=pupil.phone,
        members=[Member(pupil.name, pupil.birth_year, Relation.CHILD if pupil.guardian else Relation.SELF, wanted)],
        guardian_name=pupil.guardian if child else None,
        language=language,
        consents={purpose: consents.get(purpose, False) for purpose in asked},
        recorded_by=recorded_by,
        helper_link_id=link.id,
        group_name=f"{pupil.class_name} · {link.group_name}"[:120],
        helped_on=helped_on,
    )


def _count(done: Imported, written: Written) -> None:
    match written.outcome:
        case SignUpOutcome.DONE:
            done.registered += 1
            people = written.registration.attendees if written.registration else []
            done.waiting += any(
                booking.state is BookingState.WAITLISTED for person in people for booking in person.bookings
            )
        case SignUpOutcome.REPEATED:
            done.known += 1
        case SignUpOutcome.VENUE_FULL:
            done.full = True
        case _:
            done.closed = True
