"""What the door answers: one test a rule, on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from festival.checkin.models import Admission, CheckpointKind
from festival.core.clock import at_local, now, today
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus, Session
from festival.registration import ticket_code
from festival.registration.models import Booking, BookingState, Registration, TicketKind
from tests import factories
from tests.checkin.conftest import Door, admissions, qr_of, scans, tickets_of

Make = Callable[..., Registration]


def test_a_ticket_is_admitted_with_the_name(door: Door, festival: Festival, make_household: Make) -> None:
    household = make_household()
    (ticket, _) = tickets_of(household)

    answer = door.scan(qr_of(ticket, festival))

    assert answer["verdict"] == "admitted"
    assert answer["name"] == household.attendees[0].name
    assert admissions() == 1


def test_the_second_time_says_when_and_at_which_door(
    make_door: Callable[..., Door], festival: Festival, make_household: Make
) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    code = qr_of(tickets_of(make_household())[0], festival)
    door_a.scan(code)

    answer = door_b.scan(code)

    assert answer["verdict"] == "already_admitted"
    assert answer["first"]["door"] == "Cửa A"
    assert re.fullmatch(r"\d\d:\d\d", answer["first"]["at"])
    assert answer["first"]["day"] == f"{today():%d/%m/%Y}"
    assert admissions() == 1
    assert scans() == 2


def test_a_repeated_scan_gets_its_first_answer(door: Door, festival: Festival, make_household: Make) -> None:
    scan = door.scan_of(qr_of(tickets_of(make_household())[0], festival))

    first, second = door.send(scan), door.send(scan)

    assert first == second
    assert first[0]["verdict"] == "admitted"
    assert scans() == 1


def test_the_same_scan_twice_in_one_batch_is_one_scan(door: Door, festival: Festival, make_household: Make) -> None:
    scan = door.scan_of(qr_of(tickets_of(make_household())[0], festival))

    first, second = door.send(scan, scan)

    assert first == second
    assert scans() == 1


def test_a_ticket_twice_in_one_batch_is_admitted_once_by_the_earlier_scan(
    door: Door, festival: Festival, make_household: Make
) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)
    later = door.scan_of(code, scanned_at=now().isoformat())
    earlier = door.scan_of(code, scanned_at=(now() - timedelta(minutes=5)).isoformat())

    answers = door.send(later, earlier)

    assert [answer["verdict"] for answer in answers] == ["already_admitted", "admitted"]
    assert admissions() == 1


def test_a_repeated_refusal_stays_a_refusal(door: Door, festival: Festival, make_household: Make) -> None:
    ticket = tickets_of(make_household())[0]
    door.checkpoint.opens = time(23, 59, 59)
    db.session.commit()
    scan = door.scan_of(qr_of(ticket, festival))
    (refused,) = door.send(scan)
    door.checkpoint.opens = None
    db.session.commit()

    assert refused["verdict"] == "too_early"
    assert re.fullmatch(r"\d\d:\d\d", refused["opens"]["at"])
    assert door.send(scan) == [refused]
    assert admissions() == 0


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: f"{code[:4]} {code[4:]}", lambda c: f"{c[:4]}-{c[4:]}"])
def test_a_typed_short_code_admits(door: Door, make_household: Make, typed: Callable[[str], str]) -> None:
    ticket = tickets_of(make_household())[0]

    assert door.scan(code=typed(ticket.short_code))["verdict"] == "admitted"


def test_a_person_found_by_name_is_admitted(door: Door, make_household: Make) -> None:
    person = make_household().attendees[1]

    answer = door.scan(attendee=person.id)

    assert (answer["verdict"], answer["name"]) == ("admitted", person.name)


def test_unknown_codes_people_and_texts_are_unknown_and_kept(door: Door) -> None:
    answers = door.send(
        door.scan_of(code="ABCD2345"), door.scan_of(attendee=4711), door.scan_of("https://example.com/not-a-ticket")
    )

    assert [answer["verdict"] for answer in answers] == ["unknown"] * 3
    assert scans() == 3


def test_a_forged_ticket_tells_nothing_about_the_person(door: Door, festival: Festival, make_household: Make) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)
    place = len("HTTPS://FESTIVAL.TEST/Q/") + 60
    forged = code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]

    answer = door.scan(forged)

    assert answer["verdict"] == "bad_signature"
    assert "name" not in answer
    assert admissions() == 0


def test_a_signed_ticket_that_does_not_exist_is_unknown(door: Door, festival: Festival) -> None:
    for number in (99, 2**39):
        code = ticket_code.encode(TicketKind.TICKET, festival.id, number, today(), 1, festival.sealed_private_key)
        assert door.scan(code)["verdict"] == "unknown"


def test_another_festivals_ticket_is_told_so(
    door: Door, make_festival: Callable[..., Festival], make_household: Make
) -> None:
    other = make_festival()
    household = make_household(festival=other)
    ticket = tickets_of(household)[0]

    assert door.scan(qr_of(ticket, other))["verdict"] == "wrong_festival"
    assert door.scan(code=ticket.short_code)["verdict"] == "unknown"
    assert door.scan(attendee=household.attendees[0].id)["verdict"] == "unknown"
    assert admissions() == 0


def test_a_replaced_ticket_is_revoked(door: Door, festival: Festival, make_household: Make) -> None:
    ticket = tickets_of(make_household())[0]
    ticket.revoked_at = now()
    db.session.commit()

    assert door.scan(qr_of(ticket, festival))["verdict"] == "revoked"


@pytest.mark.parametrize("what", ["registration", "attendee"])
def test_who_cancelled_is_not_let_in(door: Door, festival: Festival, make_household: Make, what: str) -> None:
    household = make_household()
    ticket = tickets_of(household)[0]
    (household if what == "registration" else ticket.attendee).cancelled_at = now()  # type: ignore[union-attr]
    db.session.commit()

    assert door.scan(qr_of(ticket, festival))["verdict"] == "cancelled"


def test_the_day_before_the_festival_is_the_wrong_day(door: Door, festival: Festival, make_household: Make) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)
    festival.first_day = festival.last_day = today() + timedelta(days=1)
    db.session.commit()

    assert door.scan(code)["verdict"] == "wrong_day"


def test_the_festivals_own_days_win_over_those_on_paper(door: Door, festival: Festival, make_household: Make) -> None:
    ticket = tickets_of(make_household())[0]
    yesterday = today() - timedelta(days=1)
    before_the_storm = ticket_code.encode(
        TicketKind.TICKET, festival.id, ticket.id, yesterday, 1, festival.sealed_private_key
    )

    assert door.scan(before_the_storm)["verdict"] == "admitted"


def test_a_festival_that_was_closed_lets_nobody_in(door: Door, festival: Festival, make_household: Make) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)
    festival.status = FestivalStatus.CLOSED
    db.session.commit()

    assert door.scan(code)["verdict"] == "closed"


@pytest.fixture
def vneid(make_session: Callable[..., Session]) -> Session:
    """A session tomorrow, to be booked; `begin` lets it run."""
    return make_session(title="VNeID từ A đến Z")


def begin(session: Session) -> None:
    """The session goes on all day today."""
    session.starts_at, session.ends_at = at_local(today(), time(0)), at_local(today(), time(23, 59))
    db.session.commit()


def test_a_session_admits_only_who_has_booked_it(
    make_door: Callable[..., Door], festival: Festival, make_household: Make, vneid: Session
) -> None:
    place = factories.make_checkpoint(festival, CheckpointKind.SESSION, session_id=vneid.id)
    door = make_door("Phòng 2", checkpoint=place)
    booked = make_household(sessions=(vneid,))
    other = make_household()
    begin(vneid)

    answer = door.scan(qr_of(tickets_of(booked)[0], festival))
    assert answer["verdict"] == "admitted"
    assert [session["title"] for session in answer["booked"]] == ["VNeID từ A đến Z"]
    assert door.scan(qr_of(tickets_of(other)[0], festival))["verdict"] == "not_booked"

    booking = db.session.scalars(select(Booking).where(Booking.attendee_id == booked.attendees[1].id)).one()
    booking.state = BookingState.WAITLISTED
    db.session.commit()
    assert door.scan(qr_of(tickets_of(booked)[1], festival))["verdict"] == "waitlisted"


def test_the_entrance_tells_what_is_booked_today(
    door: Door, festival: Festival, make_household: Make, make_session: Callable[..., Session], vneid: Session
) -> None:
    tomorrow = make_session(start=time(14), end=time(15))
    household = make_household(sessions=(vneid, tomorrow))
    begin(vneid)

    answer = door.scan(qr_of(tickets_of(household)[0], festival))

    assert [session["title"] for session in answer["booked"]] == ["VNeID từ A đến Z"]


@pytest.mark.parametrize("kind", [CheckpointKind.BOOTH, CheckpointKind.VOLUNTEERS, CheckpointKind.CUSTOM])
def test_elsewhere_nobody_learns_what_a_visitor_has_booked(
    make_door: Callable[..., Door], festival: Festival, make_household: Make, vneid: Session, kind: CheckpointKind
) -> None:
    values = {"booth_id": factories.make_booth(festival).id} if kind is CheckpointKind.BOOTH else {}
    door = make_door(checkpoint=factories.make_checkpoint(festival, kind, **values))
    household = make_household(members=1, sessions=(vneid,))
    begin(vneid)

    answer = door.scan(qr_of(tickets_of(household)[0], festival))

    assert (answer["verdict"], answer["name"]) == ("admitted", household.attendees[0].name)
    assert "booked" not in answer


def test_a_booth_stamps_once_and_beside_the_entrance(
    door: Door, make_door: Callable[..., Door], festival: Festival, make_household: Make
) -> None:
    booth = factories.make_booth(festival)
    place = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id)
    stand = make_door("Gian A01", checkpoint=place)
    code = qr_of(tickets_of(make_household())[0], festival)

    verdicts = [each.scan(code)["verdict"] for each in (door, stand, stand)]

    assert verdicts == ["admitted", "admitted", "already_admitted"]


def test_a_repeated_scan_gets_its_first_answer_also_when_its_checkpoint_was_taken_away(
    door: Door, festival: Festival, make_household: Make
) -> None:
    scan = door.scan_of(qr_of(tickets_of(make_household())[0], festival))
    first = door.send(scan)
    door.paired.device.checkpoints = []
    db.session.commit()

    assert door.send(scan) == first


def test_an_offline_scan_counts_from_its_own_time_but_never_from_the_future(
    door: Door, festival: Festival, make_household: Make
) -> None:
    first, second = tickets_of(make_household())
    past, future = now() - timedelta(minutes=30), now() + timedelta(days=3)
    door.scan(qr_of(first, festival), offline=True, scanned_at=past.isoformat())
    door.scan(qr_of(second, festival), offline=True, scanned_at=future.isoformat())

    early, late = db.session.scalars(select(Admission).order_by(Admission.admitted_at)).all()

    assert early.admitted_at == past
    assert late.admitted_at <= now()
