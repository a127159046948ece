"""Typing a ticked list in: how lines are read, what becomes of them, and that nothing is recorded unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from festival.accounts.models import AuditEntry, StaffRole
from festival.checkin import conflicts, typed_sheet
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Scan, ScanSource
from festival.checkin.paper_codes import paper_code
from festival.checkin.scan_request import ScanRequest
from festival.checkin.scanning import record_scans
from festival.checkin.typed_sheet import LineProblem, RecordOutcome, SheetPlace, SheetProblem, read_clock, read_sheet
from festival.core.clock import at_local, local, now, today
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee, Registration
from tests.conftest import plain
from tests.factories import make_checkpoint, make_device, make_session


@pytest.fixture
def gate(festival: Festival) -> Checkpoint:
    return make_checkpoint(festival)


@pytest.fixture
def family(make_household: Callable[..., Registration]) -> list[Attendee]:
    return make_household(members=3).attendees


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("0815", (8, 15)), ("815", (8, 15)), ("8:15", (8, 15)), ("8.05", (8, 5)), ("8h15", (8, 15))),
        *(("8H", (8, 0)), ("13g5", (13, 5)), ("0000", (0, 0)), ("2359", (23, 59))),
    ],
)
def test_times_are_read_as_people_write_them(typed, meant):
    assert read_clock(typed) == time(*meant)


@pytest.mark.parametrize(
    "typed", ["2400", "0860", "8", "81", "08155", "8:", ":15", "8h60", "²²²²", "٠٨١٥", "-815", "x", ""]
)
def test_what_is_no_time_is_none(typed):
    assert read_clock(typed) is None


@pytest.fixture
def place(festival: Festival, gate: Checkpoint) -> SheetPlace:
    """Yesterday at the gate, open from 7:30 to 17:00."""
    festival.first_day, festival.opens_at, festival.closes_at = today() - timedelta(days=1), time(7, 30), time(17)
    db.session.commit()
    return SheetPlace(gate, "in", festival.first_day)


def test_a_line_without_a_time_takes_that_of_the_line_above(place, family):
    one, two, three = (paper_code(person.id) for person in family)

    lines = read_sheet(place, f"{one} 0815\n\n  {two.lower()}\n{three};8h20\n", now())

    assert [line.name for line in lines] == [person.name for person in family]
    assert [local(line.at).strftime("%H:%M") for line in lines] == ["08:15", "08:15", "08:20"]
    assert [line.number for line in lines] == [1, 3, 4]
    assert [line.problem for line in lines] == [None] * 3


def test_a_wrong_time_is_not_passed_over_in_silence(place, family):
    one, two, three = (paper_code(person.id) for person in family)

    lines = read_sheet(place, f"{one} 0815\n{two} 2561\n{three}", now())

    assert [line.problem for line in lines] == [None, LineProblem.BAD_TIME, LineProblem.NO_TIME]


def test_a_wrong_code_still_hands_its_time_on(place, family):
    lines = read_sheet(place, f"XXXXX 0815\n{paper_code(family[0].id)}", now())

    assert [(line.problem, line.again) for line in lines] == [
        (LineProblem.MISTYPED, "XXXXX 0815"),
        (None, f"{paper_code(family[0].id)} 0815"),
    ]


def test_every_problem_is_told(place, family, make_festival, make_household):
    code, second, third = (paper_code(person.id) for person in family)
    stranger = make_household(festival=make_festival(), members=1).attendees[0]
    swapped = next(code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(4) if code[i] != code[i + 1])
    typed = [
        f"{code} 8 15 x",
        f"{swapped} 0815",
        f"{paper_code(999_999)} 0815",
        f"{paper_code(stranger.id)} 0815",
        f"{code} 0815",
        f"{code} 0816",
        f"{second} 0115",
        f"{third} 2030",
    ]

    lines = read_sheet(place, "\n".join(typed), now())

    problem = LineProblem
    assert [line.problem for line in lines] == [
        *(problem.UNREADABLE, problem.MISTYPED, problem.UNKNOWN, problem.OTHER_FESTIVAL, None),
        *(problem.TWICE, problem.OUTSIDE, problem.OUTSIDE),
    ]
    assert lines[5].twin == 5
    assert stranger.name not in [line.name for line in lines if line.problem is LineProblem.OTHER_FESTIVAL]


def test_a_first_line_needs_a_time_and_no_time_lies_ahead(place, family):
    code = paper_code(family[0].id)
    assert read_sheet(place, code, now())[0].problem is LineProblem.NO_TIME

    noon = at_local(place.day, time(12))

    assert read_sheet(place, f"{code} 1201", noon)[0].problem is LineProblem.FUTURE
    assert read_sheet(place, f"{code} 1200", noon)[0].problem is None


def test_volunteers_come_at_any_hour(place, festival, family):
    crew = make_checkpoint(festival, CheckpointKind.VOLUNTEERS, name="Đội hình")

    line = read_sheet(SheetPlace(crew, "in", place.day), f"{paper_code(family[0].id)} 0300", now())[0]

    assert line.problem is None


def test_a_sheet_of_another_day_too_long_or_without_a_way_out_is_not_read(place, festival):
    session = make_session(festival)
    room = make_checkpoint(festival, CheckpointKind.SESSION, session_id=session.id)

    assert typed_sheet.find_problem(place, "x\n" * 500) is None
    assert typed_sheet.find_problem(place, "x\n" * 501) is SheetProblem.TOO_MANY
    assert typed_sheet.find_problem(SheetPlace(room, "in", place.day), "x") is SheetProblem.OTHER_DAY
    assert (
        typed_sheet.find_problem(SheetPlace(room, "out", today() + timedelta(days=1)), "x") is SheetProblem.NO_WAY_OUT
    )
    assert typed_sheet.find_problem(SheetPlace(place.checkpoint, "out", place.day), "x") is None


# --- recording


def scans() -> list[Scan]:
    return list(db.session.scalars(select(Scan).order_by(Scan.scanned_at)))


def typed(festival: Festival, place: SheetPlace, text: str) -> list[typed_sheet.RecordedLine]:
    at = now()
    recorded = typed_sheet.record_sheet(festival, place, read_sheet(place, text, at), at, None)
    db.session.commit()
    return recorded


def admission_of(person: Attendee) -> Admission:
    db.session.expire_all()
    return db.session.scalars(select(Admission).where(Admission.attendee_id == person.id)).one()


def test_a_tick_is_a_scan_at_the_time_that_was_written(festival, place, family):
    (one,) = typed(festival, place, f"{paper_code(family[0].id)} 0815")

    assert (one.outcome, one.verdict) == (RecordOutcome.RECORDED, "admitted")
    (scan,) = scans()
    assert (scan.source, scan.device_id, scan.passed) == (ScanSource.PAPER, None, True)
    assert scan.scanned_at == at_local(place.day, time(8, 15))
    assert admission_of(family[0]).admitted_at == scan.scanned_at


def test_the_same_sheet_typed_twice_is_recorded_once(festival, place, family):
    text = "\n".join(f"{paper_code(person.id)} 0815" for person in family)
    typed(festival, place, text)

    again = typed(festival, place, text)

    assert [one.outcome for one in again] == [RecordOutcome.BEFORE] * 3
    assert len(scans()) == 3


def test_a_tick_that_was_taken_back_is_said_to_be(festival, place, family):
    text = f"{paper_code(family[0].id)} 0815"
    typed(festival, place, text)
    scans()[0].undone_at = now()
    db.session.commit()

    assert typed(festival, place, text)[0].outcome is RecordOutcome.UNDONE


def test_going_out_is_recorded_too(festival, place, family):
    code = paper_code(family[0].id)
    typed(festival, place, f"{code} 0815")

    (one,) = typed(festival, SheetPlace(place.checkpoint, "out", place.day), f"{code} 0930")

    assert (one.outcome, one.verdict) == (RecordOutcome.RECORDED, "exited")


def phone_scan(festival: Festival, gate: Checkpoint, person: Attendee, at: datetime) -> None:
    door = make_device(festival, checkpoints=[gate]).device
    door.paired_at = at - timedelta(hours=1)
    request = ScanRequest(uuid4(), gate.id, at, attendee_id=person.id, offline=True, shown="admitted")
    record_scans(door, [request], now())
    db.session.commit()


@pytest.mark.parametrize("phone_comes_first", [True, False])
def test_the_earlier_of_paper_and_phone_owns_the_admission_in_any_order(festival, place, family, phone_comes_first):
    person, code = family[0], paper_code(family[0].id)
    steps = [
        lambda: phone_scan(festival, place.checkpoint, person, at_local(place.day, time(8, 30))),
        lambda: typed(festival, place, f"{code} 0815"),
    ]
    for step in steps if phone_comes_first else reversed(steps):
        step()

    admission = admission_of(person)
    assert admission.admitted_at == at_local(place.day, time(8, 15))
    assert admission.device_id is None
    (conflict,) = conflicts.conflicts_of(festival)
    assert [conflict.first.source, conflict.second.source] == [ScanSource.PAPER, ScanSource.DEVICE]
    assert conflict.first.owns


def test_a_later_tick_does_not_take_the_admission_from_the_phone(festival, place, family):
    phone_scan(festival, place.checkpoint, family[0], at_local(place.day, time(8)))

    (one,) = typed(festival, place, f"{paper_code(family[0].id)} 0815")

    assert one.verdict == "already_admitted"
    assert one.first is not None
    assert one.first["at"] == "08:00"
    assert admission_of(family[0]).device_id is not None


def test_five_hundred_lines_at_once(festival, place, make_household):
    people = [a for n in range(56) for a in make_household(members=9, phone=f"+849123456{n:02}").attendees][:500]

    recorded = typed(festival, place, "\n".join(f"{paper_code(person.id)} 0815" for person in people))

    assert {one.outcome for one in recorded} == {RecordOutcome.RECORDED}
    assert db.session.scalar(select(func.count(Admission.id))) == 500


# --- the page


def sheet(place: SheetPlace, text: str, **more: str) -> dict[str, str]:
    fields = {"checkpoint": str(place.checkpoint.id), "direction": "in", "day": place.day.isoformat(), "lines": text}
    return {**fields, "go": "check", **more}


def mark_in(html: str) -> str:
    return html.split('name="checked"')[1].split('value="')[1].split('"')[0]


def test_nothing_is_recorded_before_it_was_shown(festival, place, family, sign_in):
    boss, address = sign_in(StaffRole.DOOR_MANAGER), f"/manage/{festival.slug}/door/paper/type?lang=en"
    text = f"{paper_code(family[0].id)} 0815\nXXXXX"

    straight = boss.post(address, data=sheet(place, text, go="record"))
    shown = boss.post(address, data=sheet(place, text))

    assert (straight.status_code, shown.status_code) == (200, 200)
    assert scans() == []
    assert family[0].name in shown.text
    assert "No such code" in shown.text
    assert text in shown.text.replace("\r", "")
    changed = boss.post(address, data=sheet(place, text + "\n", go="record", checked="0" * 32))
    assert scans() == []
    assert "changed something" in changed.text


def test_what_was_shown_is_recorded_and_the_wrong_lines_stay(festival, place, family, sign_in):
    boss, address = sign_in(StaffRole.DOOR_MANAGER), f"/manage/{festival.slug}/door/paper/type?lang=en"
    text = f"{paper_code(family[0].id)} 0815\nXXXXX"
    mark = mark_in(boss.post(address, data=sheet(place, text)).text)

    done = boss.post(address, data=sheet(place, text, go="record", checked=mark))

    assert [(scan.attendee_id, scan.source) for scan in scans()] == [(family[0].id, ScanSource.PAPER)]
    assert scans()[0].entered_by is not None
    assert "1 tick was recorded" in plain(done.text)
    assert "XXXXX 0815</textarea>" in done.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "door_list.typed")).one()
    assert (entry.after or {})["recorded"] == 1
    again = boss.post(address, data=sheet(place, text, go="record", checked=mark))
    assert "0 ticks were recorded" in plain(again.text)
    assert "Typed in before" in plain(again.text)
    assert len(scans()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"checkpoint": "999999"},
        {"checkpoint": "x"},
        {"checkpoint": "9" * 30},
        {"direction": "up"},
        {"day": "2020-01-01"},
        {"day": "tomorrow"},
        {"lines": ""},
        {"lines": " \u200b\n"},
        {"lines": "x\n" * 501},
        {"lines": "x" * 40_001},
    ],
)
def test_a_senseless_sheet_is_sent_back_with_what_was_typed(festival, place, sign_in, change):
    fields = sheet(place, "23D62 0815")

    answer = sign_in().post(f"/manage/{festival.slug}/door/paper/type", data={**fields, **change})

    assert answer.status_code == 422
    assert 'id="errors"' in answer.text
    assert scans() == []


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE scans; --", "<script>alert(7)</script>", "\0\0\0", "=1+1 0815", "﷽" * 200]
)
def test_strange_lines_are_wrong_lines(festival, place, sign_in, text):
    answer = sign_in().post(f"/manage/{festival.slug}/door/paper/type", data=sheet(place, f"x\n{text}"))

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert scans() == []


def test_another_festivals_checkpoint_takes_nothing(festival, place, make_festival, sign_in):
    other = make_checkpoint(make_festival())
    boss = sign_in()
    fields = sheet(place, "23D62 0815", checkpoint=str(other.id))

    assert boss.post(f"/manage/{festival.slug}/door/paper/type", data=fields).status_code == 422
    assert boss.get(f"/manage/{festival.slug}/door/paper/{other.id}").status_code == 404
    assert boss.get(f"/manage/{festival.slug}/door/paper/type?checkpoint={other.id}").status_code == 200


def test_before_the_first_day_there_is_nothing_to_type(make_festival, sign_in):
    festival = make_festival(first_day=today() + timedelta(days=3), last_day=today() + timedelta(days=4))
    make_checkpoint(festival)
    address = f"/manage/{festival.slug}/door/paper/type"
    boss = sign_in()

    assert "<textarea" not in boss.get(address).text
    fields = {"checkpoint": "1", "direction": "in", "day": festival.first_day.isoformat(), "lines": "x"}
    assert boss.post(address, data=fields).status_code == 422
