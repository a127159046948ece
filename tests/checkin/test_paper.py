"""The door list on paper: its order, its pages, and what stands on them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from festival.accounts.models import AuditEntry, StaffRole
from festival.checkin import paper
from festival.checkin.models import Checkpoint, CheckpointKind
from festival.checkin.name_order import list_key, list_letter
from festival.checkin.paper import DoorList, Heading, Line
from festival.checkin.paper_codes import paper_code, read_paper_code
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration import changing
from festival.registration.models import Attendee, Booking, BookingState, Registration, Ticket
from tests.conftest import plain
from tests.factories import make_checkpoint, make_session


def test_names_stand_in_the_order_of_a_vietnamese_list():
    names = ["Lê An", "Đỗ Ánh", "Nguyễn Ánh", "Bùi Ăn", "Lê Ân", "Cao Dung", "Bùi Dũng", "Vũ Đức", "Lê Hoa", "Lê Hòa"]
    names += ["Lê Hóa", "Võ Uyên", "Lê Ước", "Tạ Yến", "Zoe", "李"]

    mixed = sorted(names)

    assert sorted(mixed, key=list_key) == names
    letters = "".join(dict.fromkeys(map(list_letter, names)))
    assert letters == "AĂÂDĐHUƯYZ#"
    assert list_letter("") == "#"


@given(st.text(max_size=40))
def test_any_name_has_a_place_and_a_letter(name):
    assert list_key(name) == list_key(name)
    assert len(list_letter(name)) == 1


@pytest.fixture
def gate(festival: Festival) -> Checkpoint:
    return make_checkpoint(festival)


@pytest.fixture
def family(make_household: Callable[..., Registration]) -> list[Attendee]:
    return make_household(members=3).attendees


def lines_of(made: DoorList) -> list[str]:
    return [line.words if isinstance(line, Heading) else line.name for sheet in made.sheets for line in sheet.lines]


def test_an_entrances_list_has_everybody_who_has_not_cancelled(festival, gate, make_household, family, make_festival):
    changing.cancel(make_household(members=2, phone="+84912345671"))
    make_household(festival=make_festival(), members=1)

    made = paper.door_list(festival, gate, now())

    assert made.people == 3
    assert lines_of(made) == ["D", "Đỗ Thị Ví Dụ", "M", "Đỗ Văn Mẫu", "T", "Nguyễn Thị Thử"]
    line = made.sheets[0].lines[1]
    assert isinstance(line, Line)
    assert (line.birth_year, line.phone_tail, line.revoked) == (1987, "678", False)
    assert read_paper_code(line.code) == next(one.id for one in family if one.name == line.name)


def test_a_sessions_list_has_those_booked_first_and_others_only_on_demand(festival, make_household):
    session = make_session(festival, capacity=2)
    booked = make_household(members=2, sessions=(session,))
    waiting = make_household(members=1, phone="+84912345671")
    db.session.add(Booking(session_id=session.id, attendee_id=waiting.attendees[0].id, state=BookingState.WAITLISTED))
    db.session.commit()
    make_household(members=4, phone="+84912345672")
    place = make_checkpoint(festival, CheckpointKind.SESSION, session_id=session.id)

    made = paper.door_list(festival, place, now())
    groups = [line.words for sheet in made.sheets for line in sheet.lines if isinstance(line, Heading) and line.group]
    codes = [read_paper_code(line.code) for sheet in made.sheets for line in sheet.lines if isinstance(line, Line)]

    assert (made.people, len(groups)) == (3, 2)
    assert set(codes[:2]) == {one.id for one in booked.attendees}
    assert codes[2:] == [one.id for one in waiting.attendees]
    assert paper.door_list(festival, place, now(), everybody=True).people == 7


def test_a_revoked_ticket_is_marked(festival, gate, family):
    ticket = db.session.scalars(select(Ticket).where(Ticket.attendee_id == family[0].id)).one()
    ticket.revoked_at = now()
    db.session.commit()

    lines = [line for line in paper.door_list(festival, gate, now()).sheets[0].lines if isinstance(line, Line)]

    assert [line.revoked for line in lines] == [line.name == family[0].name for line in lines]


def test_pages_are_filled_and_no_heading_stands_alone_at_the_end(festival, gate, make_household):
    for number in range(9):
        make_household(members=9, phone=f"+8491234567{number}")

    made = paper.door_list(festival, gate, now())

    assert [sheet.number for sheet in made.sheets] == list(range(1, len(made.sheets) + 1))
    assert sum(isinstance(line, Line) for sheet in made.sheets for line in sheet.lines) == made.people == 81
    for sheet in made.sheets:
        assert len(sheet.lines) <= paper.LINES_ON_A_PAGE
        assert isinstance(sheet.lines[-1], Line)


def test_an_endless_name_is_cut(festival, gate, family):
    family[0].name = "Công " * 24
    db.session.commit()

    names = [line.name for line in paper.door_list(festival, gate, now()).sheets[0].lines if isinstance(line, Line)]

    assert max(map(len, names)) == paper.LONGEST_NAME


def test_the_printed_page_holds_all_that_the_door_needs(festival, gate, family, sign_in):
    answer = sign_in(StaffRole.DOOR_MANAGER).get(f"/manage/{festival.slug}/door/paper/{gate.id}?lang=en")

    text = plain(answer.text)
    assert all(paper_code(person.id) in text and person.name in text for person in family)
    assert festival.name in text
    assert "Page 1 of 1" in text
    assert "shred" in text
    assert "+8491" not in answer.text
    assert "345 678" not in answer.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "door_list.printed")).one()
    assert (entry.subject, entry.after) == (gate.name, {"people": 3, "pages": 1})


def test_the_index_finds_checkpoints_without_marks(festival, gate, sign_in):
    make_checkpoint(festival, name="Cửa sau")
    boss = sign_in()

    page = boss.get(f"/manage/{festival.slug}/door/paper?q=cua+sau").text

    assert f"/door/paper/{gate.id}" not in page
    assert "Cửa sau" in page
    for query in ("q=%F0%9F%98%80", "page=9", "page=x", "q=%2525"):
        assert boss.get(f"/manage/{festival.slug}/door/paper?{query}").status_code == 200


def test_only_the_door_prints_and_types(festival, gate, sign_in, client):
    for browser, status in ((sign_in(StaffRole.OBSERVER), 403), (client, 302)):
        for path in ("", f"/{gate.id}", "/type"):
            assert browser.get(f"/manage/{festival.slug}/door/paper{path}").status_code == status
        assert browser.post(f"/manage/{festival.slug}/door/paper/type", data={}).status_code == 403
    assert db.session.scalar(select(func.count(AuditEntry.id))) == 0
