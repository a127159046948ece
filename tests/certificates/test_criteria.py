"""Who has earned what: people × rules × expected, with the explanation that is shown to each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from festival.certificates import facts
from festival.certificates.criteria import Standing, earned_now, standing_of, standings
from festival.certificates.models import CertificateKind
from festival.certificates.ways import progress_of, way_of
from festival.checkin.models import Admission
from festival.core.clock import today
from festival.extensions import db
from festival.programme.models import FestivalStatus
from tests import factories
from tests.certificates.cases import DONE, TABLE
from tests.certificates.world import build


@pytest.mark.parametrize("name", TABLE)
def test_who_has_earned_what_and_what_each_is_told(world, name):
    case = TABLE[name]
    design = world.design(case.rule)
    expected = {who: case.to(who) for who in world.people}

    with force_locale("en"):
        assert {who: way_of(person, design).explanation for who, person in world.people.items()} == expected
    earned = {world.people[who].id for who, words in expected.items() if words == DONE}
    assert set(earned_now(design)) == earned
    found = standings(list(world.people.values()), design)
    assert {holder for holder, standing in found.items() if standing is Standing.EARNED} == earned


def test_particular_sessions_and_workshops(world):
    nine, eleven = (world.places[name].session_id for name in ("vneid-9", "vneid-11"))
    workshop = world.places["vneid-9"].session.workshop_id
    both = world.design({"need": "all", "of": [{"fact": "session", "ids": [nine, eleven]}]})
    either = world.design({"need": "all", "of": [{"fact": "session", "ids": [nine, eleven], "at_least": 1}]})
    any_sitting = world.design({"need": "all", "of": [{"fact": "workshop", "ids": [workshop]}]})
    learner = world.people["learner"]

    assert [standing_of(learner, each) for each in (both, either, any_sitting)] == [
        Standing.NOT_EARNED,
        Standing.EARNED,
        Standing.EARNED,
    ]
    with force_locale("en"):
        assert way_of(learner, both).explanation == "1 of 2 done. Still to do: 1 more session."


def test_the_way_says_where_and_when(world, make_household):
    design = world.design(
        {"need": "all", "of": [{"fact": "sessions", "at_least": 3}, {"fact": "stamps", "at_least": 1}]}
    )
    tomorrow = f"{today() + timedelta(days=1):%d/%m}"
    booth_hours = f"{today():%d/%m}–{tomorrow}, 00:01–23:59"

    with force_locale("en"):
        learner = way_of(world.people["learner"], design)
        assert [line.where for line in learner.lines] == [
            (f"{tomorrow}, 11:00–12:30 VNeID, P1 (20 seats left).",),
            (f"At A01 Công an; A02 Ngân hàng; A03 Đoàn, {booth_hours}.",),
        ]
        booked = make_household(
            members=1, sessions=(world.places["banking-14"].session,), phone="+84912345670"
        ).attendees[0]
        assert way_of(booked, design).lines[0].where == (
            f"You have a seat: {tomorrow}, 14:00–15:00 Thanh toán số, P2.",
        )


def test_the_way_is_told_in_vietnamese(world):
    design = world.design({"need": "all", "of": [{"fact": "sessions", "at_least": 3}]})

    with force_locale("vi"):
        assert way_of(world.people["learner"], design).explanation == "Đã xong 2/3. Còn thiếu: 1 buổi học nữa."


def test_a_festival_that_is_over_gives_no_place_to_go(world):
    design = world.design({"need": "all", "of": [{"fact": "sessions", "at_least": 3}, {"fact": "feedback"}]})
    world.festival.first_day = world.festival.last_day = today() - timedelta(days=3)
    db.session.commit()

    with force_locale("en"):
        lines = way_of(world.people["learner"], design).lines
        assert [line.where for line in lines] == [
            ("The festival is over.",),
            ("This is not recorded at the festival yet, so nobody can have it.",),
        ]


def test_a_later_part_joins_with_one_line(world, monkeypatch):
    design = world.design({"need": "all", "of": [{"fact": "volunteer_hours", "at_least": 4}]})
    helper = world.people["helper"]
    monkeypatch.setitem(
        facts.FACTS, "volunteer_hours", lambda festival_id, ids: {helper.id: {"shift 1": 1.5, "shift 2": 2}}
    )

    assert standing_of(helper, design) is Standing.NOT_EARNED
    with force_locale("en"):
        assert way_of(helper, design).explanation == "3.5 of 4 done. Still to do: 0.5 more hours."

    monkeypatch.setitem(facts.FACTS, "volunteer_hours", lambda festival_id, ids: {helper.id: {"shift 1": 4}})
    assert standing_of(helper, design) is Standing.EARNED


def test_nobody_earns_anything_where_the_names_are_erased(world):
    design = world.design()
    assert earned_now(design)

    world.festival.status = FestivalStatus.ARCHIVED
    db.session.commit()

    assert earned_now(design) == []


def test_what_was_done_at_another_festival_does_not_count(world, make_festival):
    other = make_festival()
    design = world.design()
    world.admit_at(world.people["nobody"].id, factories.make_checkpoint(other).id)
    db.session.commit()

    assert standing_of(world.people["nobody"], design) is Standing.NOT_EARNED


def test_a_selection_is_judged_too(world):
    design = world.design()
    visitor, nobody = world.people["visitor"].id, world.people["nobody"].id

    assert earned_now(design, [visitor, nobody]) == [visitor]


def test_the_ways_of_many_take_as_many_statements_as_of_one(world, make_household, statements):
    design = world.design(TABLE["let in, two stamps, a session"].rule)
    people = make_household(members=20, phone="+84912345670").attendees
    db.session.refresh(design)
    one = statements(lambda: progress_of(people[:1], design))

    assert statements(lambda: progress_of(people, design)) == one <= 8


@pytest.fixture
def statements(app: object) -> Iterator[Callable[[Callable[[], object]], int]]:
    """How many statements a call makes."""
    made: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        made.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)

    def count(call: Callable[[], object]) -> int:
        made.clear()
        call()
        return len(made)

    yield count
    event.remove(db.engine, "before_cursor_execute", note)


def test_another_admission_never_loses_a_certificate(app, make_festival, database):
    """A property of the whole way, from the admission in the database to the standing; fixed rules over drawn days."""
    world = build(make_festival())
    designs = [world.design(case.rule) for case in TABLE.values()]
    for rule in [case.rule for case in TABLE.values()][4::3]:
        for of_family in ({"every_member": rule}, {"some_member": rule, "at_least": 2}, rule):
            designs.append(world.design(of_family, CertificateKind.HOUSEHOLD))
    family = world.people["nobody"].registration
    people = list(family.attendees)
    moves = [(one.id, place.id) for one in people for place in world.places.values()]
    db.session.execute(Admission.__table__.delete())
    db.session.commit()

    def earned() -> set[tuple[int, int]]:
        return {(design.id, holder) for design in designs for holder in earned_now(design)}

    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.sampled_from(moves), unique=True, min_size=2, max_size=14))
    def holds(drawn: list[tuple[int, int]]) -> None:
        before: set[tuple[int, int]] = set()
        for start in range(0, len(drawn), 3):
            for attendee_id, checkpoint_id in drawn[start : start + 3]:
                world.admit_at(attendee_id, checkpoint_id)
            db.session.flush()
            after = earned()
            assert before <= after
            before = after
        db.session.rollback()

    holds()
