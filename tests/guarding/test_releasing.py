"""Releasing a flood: asked once more with everything named, and undone for half an hour as far as there is room."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from sqlalchemy import select, update

from festival.accounts.models import AuditEntry
from festival.core.clock import now
from festival.extensions import db
from festival.messages.models import Message, MessageState
from festival.programme.models import Festival, Session
from festival.registration import restoring
from festival.registration.models import Attendee, Booking, BookingState, Registration, Release, Ticket
from festival.registration.restoring import Restored, undoable
from festival.reports import floods
from tests.conftest import plain
from tests.guarding.conftest import release
from tests.invariants import broken


def let_go(festival) -> Release:
    """All of the only flood."""
    (cluster,) = floods.find_clusters(festival)
    return floods.release(festival, cluster, (), cluster.last.id).release


def standing() -> int:
    db.session.expire_all()
    return len(db.session.scalars(select(Registration.id).where(Registration.cancelled_at.is_(None))).all())


def states_of(household_id: int) -> list[BookingState]:
    db.session.expire_all()
    of_household = select(Booking.state).join(Attendee, Attendee.id == Booking.attendee_id)
    return list(db.session.scalars(of_household.where(Attendee.registration_id == household_id)))


# --- asked once more ------------------------------------------------------------------------------------------------


def test_the_first_press_only_says_how_many_and_which(festival, flood, make_session, sign_in):
    session = make_session(capacity=30)
    people = flood(12, sessions=(session,), members=2)
    browser, address = sign_in(), f"/manage/{festival.slug}/floods/{people[0].id}"

    asked = browser.post(address, data={"up_to": str(people[-1].id), "keep": str(people[3].id)})

    words = plain(asked.text)
    assert standing() == 12
    assert "Hủy 11 lượt đăng ký?" in words
    assert "Số người 22" in words
    assert "Chỗ trong lớp được trả lại 22" in words
    assert "Máy 2" in words
    assert "Máy 3" not in words


def test_what_changed_between_the_two_presses_is_shown_again_and_nothing_released(festival, flood, sign_in):
    people = flood()
    browser, address = sign_in(), f"/manage/{festival.slug}/floods/{people[0].id}"
    data = {"up_to": str(people[-1].id)}
    seen = re.search(r'name="seen" value="([^"]+)"', browser.post(address, data=data).text)[1]
    people[5].confirmed_at = now()
    db.session.commit()

    again = browser.post(address, data={**data, "seen": seen})

    assert again.status_code == 200
    assert "Trong lúc đó đã có thay đổi" in plain(again.text)
    assert "Hủy 19 lượt đăng ký?" in plain(again.text)
    assert standing() == 20


# --- undone ---------------------------------------------------------------------------------------------------------


def test_everything_comes_back_as_it_was(festival, flood, make_session, sign_in, client):
    session, full = make_session(capacity=40), make_session(capacity=2, start=time(14), end=time(15))
    people = flood(12, sessions=(session,), members=2)
    line = [flood(1, sessions=(full,), waits=frozenset({full.id}), members=2)[0] for _ in range(3)]
    queued = db.session.scalars(select(Booking.queued_at).order_by(Booking.id)).all()
    states = db.session.scalars(select(Booking.state).order_by(Booking.id)).all()
    browser = sign_in()
    release(browser, festival, people[0].id, up_to=str(line[-1].id))
    assert standing() == 0
    (gone,) = undoable(festival)

    page = browser.get(f"/manage/{festival.slug}/floods")
    assert f"/floods/releases/{gone.id}/undo" in page.text
    answer = browser.post(f"/manage/{festival.slug}/floods/releases/{gone.id}/undo", follow_redirects=True)

    assert "15 lượt đăng ký có hiệu lực trở lại" in plain(answer.text)
    assert standing() == 15
    assert db.session.scalars(select(Booking.state).order_by(Booking.id)).all() == states
    waited = [moment for moment in queued if moment]
    assert [one for one in db.session.scalars(select(Booking.queued_at).order_by(Booking.id)) if one] == waited
    assert db.session.scalars(select(Ticket.id).where(Ticket.revoked_at.is_not(None))).all() == []
    assert db.session.get(Festival, festival.id).places_taken == 30
    assert undoable(festival) == []
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "flood.restored"))
    assert (entry.after["households"], entry.after["people"]) == (15, 30)
    assert broken() == []


def test_a_seat_that_somebody_was_offered_meanwhile_is_waited_for(festival, flood, make_session, make_household):
    session = make_session(capacity=12)
    people = flood(12, sessions=(session,))
    family = make_household(members=2, sessions=(session,), waits=frozenset({session.id}))
    gone = let_go(festival)
    assert states_of(family.id) == [BookingState.OFFERED] * 2

    restored = restoring.restore_together(gone)

    assert (restored.households, restored.seats, restored.waiting, restored.left) == (12, 10, 2, 0)
    assert states_of(family.id) == [BookingState.OFFERED] * 2
    assert [states_of(one.id) for one in people[:10]] == [[BookingState.CONFIRMED]] * 10
    assert [states_of(one.id) for one in people[10:]] == [[BookingState.WAITLISTED]] * 2
    assert broken() == []


def test_a_household_without_room_in_the_venue_stays_cancelled_whole(festival, flood, make_household):
    flood(12, members=2)
    gone = let_go(festival)
    db.session.execute(update(Festival).values(capacity=5))
    db.session.commit()

    restored = restoring.restore_together(gone)

    assert (restored.households, restored.people, restored.left) == (2, 4, 10)
    assert standing() == 2
    assert [one.id for one in undoable(festival)] == [gone.id]
    assert broken() == []
    db.session.execute(update(Festival).values(capacity=100))
    db.session.commit()
    assert restoring.restore_together(gone).households == 10
    assert broken() == []


def test_after_half_an_hour_nothing_can_be_undone(festival, flood, sign_in):
    flood()
    gone = let_go(festival)
    later = gone.at - timedelta(minutes=31)
    db.session.execute(update(Registration).values(cancelled_at=later))
    gone.at = later
    db.session.commit()

    answer = sign_in().post(f"/manage/{festival.slug}/floods/releases/{gone.id}/undo", follow_redirects=True)

    assert "không hoàn tác được nữa" in plain(answer.text)
    assert standing() == 0


def test_undone_twice_is_undone_once(festival, flood):
    flood()
    gone = let_go(festival)
    restoring.restore_together(gone)

    assert restoring.restore_together(gone) == Restored()
    assert standing() == 20
    assert broken() == []


def test_who_cancelled_before_or_registers_anew_is_not_touched(festival, flood, make_household):
    people = flood(12)
    own = make_household(members=1, phone="+84900000001")
    own.cancelled_at = own.attendees[0].cancelled_at = now()
    db.session.execute(update(Festival).values(places_taken=Festival.places_taken - 1))
    for ticket in own.tickets:
        ticket.revoked_at = now()
    db.session.commit()
    gone = let_go(festival)

    restoring.restore_together(gone)

    assert standing() == len(people)
    db.session.refresh(own)
    assert own.cancelled_at is not None
    assert broken() == []


def test_a_release_of_another_festival_is_not_undone(festival, flood, make_festival, sign_in):
    flood()
    gone, other = let_go(festival), make_festival()

    sign_in().post(f"/manage/{other.slug}/floods/releases/{gone.id}/undo")

    assert standing() == 0


def test_nobody_is_told_before_it_cannot_be_undone_and_then_not_at_all(festival, flood):
    flood(email="ai.do@example.vn")
    gone = let_go(festival)
    waiting = db.session.scalars(select(Message).where(Message.event.startswith("cancelled:"))).all()
    assert len(waiting) == 20
    assert {message.send_after >= gone.at + restoring.UNDONE_WITHIN for message in waiting} == {True}

    restoring.restore_together(gone)

    assert db.session.scalars(select(Message.id).where(Message.event.startswith("cancelled:"))).all() == []
    assert db.session.scalars(select(Message.id).where(Message.event.startswith("changed:"))).all() == []


def test_who_was_told_already_is_told_that_it_counts_again(festival, flood):
    flood(email="ai.do@example.vn")
    gone = let_go(festival)
    db.session.execute(update(Message).where(Message.event.startswith("cancelled:")).values(state=MessageState.SENT))
    db.session.commit()

    restoring.restore_together(gone)

    told = db.session.scalars(select(Message.body).where(Message.event.startswith("changed:"))).all()
    assert len(told) == 20
    assert "có hiệu lực trở lại" in told[0]


@pytest.mark.parametrize("breaks_after", [0, 1])
def test_an_undo_that_is_interrupted_is_finished_by_pressing_again(festival, flood, monkeypatch, breaks_after):
    monkeypatch.setattr(restoring, "AT_ONCE", 8)
    flood()
    gone = let_go(festival)
    really, calls = restoring._restore, []

    def breaks(release, ids):
        calls.append(ids)
        if len(calls) > breaks_after:
            raise KeyboardInterrupt
        return really(release, ids)

    monkeypatch.setattr(restoring, "_restore", breaks)
    with pytest.raises(KeyboardInterrupt):
        restoring.restore_together(gone)
    db.session.rollback()
    assert standing() == 8 * breaks_after
    monkeypatch.setattr(restoring, "_restore", really)

    restoring.restore_together(db.session.get(Release, gone.id))

    assert standing() == 20
    assert broken() == []


def test_a_session_that_was_filled_meanwhile_is_not_oversold(festival, flood, make_session, make_household):
    session = make_session(capacity=12)
    flood(12, sessions=(session,))
    gone = let_go(festival)
    make_household(members=5, sessions=(session,))

    restored = restoring.restore_together(gone)

    db.session.expire_all()
    assert db.session.get(Session, session.id).seats_taken == 12
    assert (restored.seats, restored.waiting) == (7, 5)
    assert broken() == []
