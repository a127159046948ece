"""Whatever households and organizers do, one after the other: the waiting list does what it promises, every time.

A state machine books, cancels, resizes, accepts, declines, leaves, lets time pass and changes households; after each
step the database says what `line_model.py` says, and the rules of the issue hold for its rows by themselves.
"""

from __future__ import annotations

import copy
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run
from sqlalchemy import func, select

from festival.core.clock import today
from festival.extensions import db
from festival.programme.editing import EditOutcome, save
from festival.programme.models import Festival, Session
from festival.registration import answering, changing, waiting_list
from festival.registration.answering import AnswerOutcome
from festival.registration.models import Attendee, Booking, BookingState, Registration, Relation
from festival.registration.signing_up import MAX_MEMBERS, Member
from tests import factories
from tests.registration.waiting.line_model import LONG, Class, People
from tests.registration.waiting.lines import Clock, set_clock

CLASSES, MOST_HOUSEHOLDS = 2, 7
QUICK = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
ONE_CLASS = st.integers(0, CLASSES - 1)
ANY = st.integers(0, 99)
"""One of those there are: the number is cut to how many."""


class Lines(RuleBasedStateMachine):
    """Two sessions, a few households, and a clock."""

    clock: Clock

    @initialize(capacities=st.lists(st.integers(1, 4), min_size=CLASSES, max_size=CLASSES))
    def publish(self, capacities: list[int]) -> None:
        self.clock.__init__()  # type: ignore[misc]
        day = today() + timedelta(days=3)
        self.festival: Festival = factories.make_festival(first_day=day, last_day=day)
        self.sessions: list[Session] = [
            factories.make_session(
                self.festival, day=day, start=factories.time(9 + place), end=factories.time(10 + place), capacity=seats
            )
            for place, seats in enumerate(capacities)
        ]
        self.classes = [Class(one.starts_at, one.capacity) for one in self.sessions]
        self.households: list[Registration] = []

    # --- what households do ------------------------------------------------------------------------------------

    @rule(members=st.integers(1, 4), place=ONE_CLASS)
    def register(self, members: int, place: int) -> None:
        """A new household, all of whom want one session."""
        one, session = self.classes[place], self.sessions[place]
        if len(self.households) == MOST_HOUSEHOLDS or one.starts_at <= self.clock.at:
            return
        household = factories.make_household(
            self.festival, members=members, sessions=(session,), waits=frozenset({session.id})
        )
        self.households.append(household)
        one.settle(self.clock.at)
        assert one.ask(household.id, self._people(household), self.clock.at)

    @precondition(lambda self: self.households)
    @rule(who=ANY, ticks=st.lists(st.integers(0, 15), min_size=CLASSES, max_size=CLASSES))
    def choose_again(self, who: int, ticks: list[int]) -> None:
        """Exactly these of the household for each session."""
        household = self._household(who)
        people = sorted(self._people(household))
        self._change(household, [frozenset(p for bit, p in enumerate(people) if tick >> bit & 1) for tick in ticks])

    @precondition(lambda self: self.households)
    @rule(who=ANY, place=ONE_CLASS)
    def one_more_wants_it(self, who: int, place: int) -> None:
        household = self._household(who)
        wanted = [one.standing(household.id) for one in self.classes]
        others = sorted(self._people(household) - wanted[place])
        if others:
            wanted[place] |= {others[0]}
            self._change(household, wanted)

    @precondition(lambda self: self.households)
    @rule(who=ANY, place=ONE_CLASS)
    def one_less_wants_it(self, who: int, place: int) -> None:
        household = self._household(who)
        wanted = [one.standing(household.id) for one in self.classes]
        if wanted[place]:
            wanted[place] -= {max(wanted[place])}
            self._change(household, wanted)

    def _change(self, household: Registration, wanted: list[People]) -> None:
        """As the page does it; a refusal changes nothing."""
        wishes = {
            person: frozenset(one.id for one, people in zip(self.sessions, wanted, strict=True) if person in people)
            for person in self._people(household)
        }
        result = changing.change_sessions(household, wishes, frozenset(one.id for one in self.sessions))
        if result is changing.DONE:
            db.session.commit()
        else:
            db.session.rollback()
        before = copy.deepcopy(self.classes)
        if self._choose_again(household, wanted):
            assert result is changing.DONE
        else:
            assert result is not changing.DONE
            self.classes = before

    def _choose_again(self, household: Registration, wanted: list[People]) -> bool:
        at = self.clock.at
        if household.cancelled_at is not None:
            return False
        touched = [
            one for one, people in zip(self.classes, wanted, strict=True) if people or one.standing(household.id)
        ]
        for one in touched:
            one.settle(at)
        for one, people in zip(self.classes, wanted, strict=True):
            if one.starts_at > at:
                one.take_out(household.id, one.standing(household.id) - people)
        for one, people in zip(self.classes, wanted, strict=True):
            new = people - one.standing(household.id)
            if new and not one.ask(household.id, new, at):
                return False
        for one in touched:
            one.settle(at)
        return True

    @precondition(lambda self: self.households)
    @rule(who=ANY, place=ONE_CLASS)
    def accept(self, who: int, place: int) -> None:
        household = self._household(who)
        one, at = self.classes[place], self.clock.at
        had_an_offer = household.id in one.offered
        accepted = one.accept(household.id, at) or (not had_an_offer and household.id in one.seated)

        outcome = answering.accept(household, self.sessions[place]).outcome
        db.session.commit()

        assert (outcome is AnswerOutcome.ACCEPTED) == accepted

    @precondition(lambda self: self.households)
    @rule(who=ANY, place=ONE_CLASS)
    def decline(self, who: int, place: int) -> None:
        household = self._household(who, place, "offered")
        answering.decline(household, self.sessions[place])
        db.session.commit()
        one = self.classes[place]
        one.offered.pop(household.id, None)
        one.settle(self.clock.at)

    @precondition(lambda self: self.households)
    @rule(who=ANY, place=ONE_CLASS)
    def leave(self, who: int, place: int) -> None:
        household = self._household(who, place, "waiting")
        answering.leave(household, self.sessions[place])
        db.session.commit()
        if household.id not in self.classes[place].offered:
            self.classes[place].leave_line(household.id)

    @precondition(lambda self: self.households)
    @rule(who=ANY, member=ANY)
    def take_somebody_out(self, who: int, member: int) -> None:
        household = self._household(who)
        coming = changing.coming(household)
        person = coming[member % len(coming)]
        result = changing.remove_member(person)
        db.session.commit()
        if result is changing.DONE:
            self._gone(household, frozenset({person.id}))
        else:
            assert len(coming) == 1

    @precondition(lambda self: self.households)
    @rule(who=ANY)
    def add_somebody(self, who: int) -> None:
        household = self._household(who)
        if len(changing.coming(household)) < MAX_MEMBERS:
            assert changing.add_member(household, Member("Đỗ Thị Thêm", 1990, Relation.OTHER), None) is changing.DONE
        db.session.commit()

    @precondition(lambda self: self.households)
    @rule(who=ANY)
    def cancel(self, who: int) -> None:
        household = self._household(who)
        people = self._people(household)
        assert changing.cancel(household) is changing.DONE
        db.session.commit()
        self.households.remove(household)
        self._gone(household, people)

    def _gone(self, household: Registration, people: People) -> None:
        for one in self.classes:
            if one.standing(household.id) & people:
                one.take_out(household.id, people)
                one.settle(self.clock.at)

    # --- what organizers, the clock and the worker do ----------------------------------------------------------

    @rule(place=ONE_CLASS, capacity=st.integers(1, 7))
    def resize(self, place: int, capacity: int) -> None:
        session, one = self.sessions[place], self.classes[place]
        db.session.refresh(session)
        outcome = save(session, {"capacity": capacity})
        db.session.commit()
        assert (outcome is EditOutcome.TOO_SMALL) == (capacity < one.taken())
        if outcome is EditOutcome.SAVED and capacity != one.capacity:
            one.capacity = capacity
            one.settle(self.clock.at)

    @rule(minutes=st.sampled_from([1, 29, 31, 119, 121, 600, 1500, LONG.total_seconds() // 60]))
    def let_time_pass(self, minutes: int) -> None:
        if self.clock.at + timedelta(minutes=minutes) < self.festival.ends:
            self.clock.forward(minutes=minutes)

    @precondition(lambda self: any(one.offered for one in self.classes))
    @rule(place=ONE_CLASS, looks=st.booleans())
    def let_an_offer_run_out(self, place: int, looks: bool) -> None:
        """Nobody answers; then the worker comes, or not yet."""
        ends = [offer.until for one in self.classes for offer in one.offered.values()]
        self.clock.at = max(self.clock.at, sorted(ends)[place % len(ends)])
        if looks:
            self.work()

    @rule()
    def work(self) -> None:
        """What the worker does every minute."""
        for session_id in waiting_list.sessions_due():
            waiting_list.offer_freed([session_id])
            db.session.commit()
        db.session.commit()
        for one in self.classes:
            one.settle(self.clock.at)

    # --- what must be true every time --------------------------------------------------------------------------

    @invariant()
    def the_database_says_what_was_promised(self) -> None:
        for session, one in zip(self._rows(), getattr(self, "classes", ()), strict=True):
            assert self._shown(session) == one.shown()

    @invariant()
    def seats_taken_are_the_confirmed_and_the_offered_and_never_beyond_the_capacity(self) -> None:
        for session in self._rows():
            held = (BookingState.CONFIRMED, BookingState.OFFERED)
            people = select(func.count()).where(Booking.session_id == session.id, Booking.state.in_(held))
            assert session.seats_taken == db.session.scalar(people) <= session.capacity

    @invariant()
    def no_seat_is_idle_while_somebody_who_fits_waits(self) -> None:
        for session in self._rows():
            over = session.id in waiting_list.sessions_due() and self._has_offer_over(session)
            if session.starts_at > self.clock.at and not over:
                waiting = Counter(booking.attendee.registration_id for booking in self._bookings(session, "waitlisted"))
                assert all(seats > session.seats_left for seats in waiting.values())

    def _has_offer_over(self, session: Session) -> bool:
        return any(booking.offered_until <= self.clock.at for booking in self._bookings(session, "offered"))

    def _rows(self) -> list[Session]:
        if not hasattr(self, "classes"):
            return []
        db.session.rollback()
        db.session.expire_all()
        return self.sessions

    def _bookings(self, session: Session, *states: str) -> list[Booking]:
        query = select(Booking).where(Booking.session_id == session.id).order_by(Booking.id)
        return [booking for booking in db.session.scalars(query) if booking.state.value in states]

    def _shown(self, session: Session) -> tuple[object, ...]:
        seated: dict[int, People] = {}
        offered: dict[int, tuple[People, object]] = {}
        for booking in self._bookings(session, "confirmed", "offered"):
            who, person = booking.attendee.registration_id, frozenset({booking.attendee_id})
            if booking.state is BookingState.CONFIRMED:
                seated[who] = seated.get(who, frozenset()) | person
            else:
                offered[who] = (offered.get(who, (frozenset(), None))[0] | person, booking.offered_until)
        waiting: dict[int, People] = {}
        for booking in self._bookings(session, "waitlisted"):
            who = booking.attendee.registration_id
            waiting[who] = waiting.get(who, frozenset()) | {booking.attendee_id}
        line = [entry.registration_id for entry in waiting_list.line_of(session.id)]
        return seated, offered, [(who, waiting[who]) for who in line]

    def _household(self, number: int, place: int = 0, how: str = "") -> Registration:
        """One of those that stand so with the class; of all, if none does."""
        one = self.classes[place]
        fitting = {"offered": one.offered.keys(), "waiting": {each.household for each in one.line}}.get(how, ())
        chosen = [household for household in self.households if household.id in fitting] or self.households
        return chosen[number % len(chosen)]

    def _people(self, household: Registration) -> People:
        rows = select(Attendee.id).where(Attendee.registration_id == household.id, Attendee.cancelled_at.is_(None))
        return frozenset(db.session.scalars(rows))


def test_whatever_is_done_the_line_is_kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    Lines.clock = set_clock(monkeypatch)
    run(Lines, settings=QUICK)
