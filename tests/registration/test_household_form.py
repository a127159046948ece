"""Who may be in one registration, and what children need."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from festival.consents.models import Consent, Purpose
from festival.core.clock import today
from festival.extensions import db
from festival.registration.models import Attendee, Registration, Ticket, TicketKind
from festival.registration.signing_up import MAX_MEMBERS
from tests.conftest import plain
from tests.registration.typed_forms import CHILD, family, last_step, others


def kept_consents() -> dict[Purpose, str]:
    """By purpose, who gave the consent."""
    return dict(db.session.execute(select(Consent.purpose, Consent.given_by)).all())


@pytest.mark.parametrize(("born_ago", "child"), [(15, True), (16, True), (17, False)])
def test_who_may_still_be_fifteen_needs_a_guardian_since_only_the_year_is_known(send, born_ago, child):
    page = send(**family(step="workshops", **{"members-0-birth_year": str(today().year - born_ago)})).text

    assert ('name="guardian_name"' in page.partition("<h2>Ý kiến")[0]) == child
    assert ('name="consent_children"' in page) == child


@pytest.mark.parametrize(("born_ago", "asked"), [(6, False), (7, True)])
def test_a_child_is_asked_from_the_year_in_which_it_turns_seven(send, born_ago, asked):
    page = send(**family(step="workshops", **{"members-0-birth_year": str(today().year - born_ago)})).text

    assert ('name="consent_childrens_own"' in page) == asked


@pytest.mark.parametrize("guardian", ["Đỗ Văn Bảo", "do van  BAO"])
def test_a_child_is_no_guardian_of_itself_however_its_name_is_written(send, guardian):
    assert send(**last_step() | {"guardian_name": guardian}).status_code == 422


def test_a_child_that_registers_others_is_not_their_guardian(send):
    young = last_step(birth_year=str(CHILD))

    assert send(**young).status_code == 422
    assert send(**{**young, "guardian_name": "Nguyễn Thị Lan"}).status_code == 303


def test_a_guardian_who_does_not_come_is_named_and_the_page_says_what_that_means(send):
    typed = family(step="workshops")
    del typed["coming"]

    assert "Không có người lớn nào đi cùng các cháu." in plain(send(**typed).text)
    del (sent := last_step(guardian_name="Nguyễn Thị Lan"))["coming"]
    assert send(**sent).status_code == 303
    assert db.session.scalars(select(Attendee.guardian_name)).all() == ["Nguyễn Thị Lan"]
    assert db.session.scalar(select(Registration.contact_name)) == "Nguyễn Thị Hoa"


def test_the_guardians_name_stands_beside_the_consent_for_the_children(send):
    send(**last_step() | {"guardian_name": "Trần Văn Lâm"})

    given_by = kept_consents()
    assert given_by[Purpose.CHILDREN] == "Trần Văn Lâm · Nguyễn Thị Hoa"
    assert given_by[Purpose.TAKING_PART] == "Nguyễn Thị Hoa"


def test_twelve_people_come_with_one_pass_and_a_ticket_each(client, send):
    answer = send(**last_step(**others(MAX_MEMBERS - 1)))

    assert answer.status_code == 303
    kinds = db.session.scalars(select(Ticket.kind)).all()
    assert kinds.count(TicketKind.TICKET) == MAX_MEMBERS
    assert kinds.count(TicketKind.HOUSEHOLD) == 1


def test_the_form_says_when_there_is_room_for_nobody_else(send):
    def hidden(page: str, what: str) -> bool:
        return bool(re.search(rf'<p id="{what}"[^>]* hidden', page))

    room, full = (send(**family(go="add", **others(count))).text for count in (MAX_MEMBERS - 3, MAX_MEMBERS - 1))

    assert (hidden(room, "add-person"), hidden(room, "enough-people")) == (False, True)
    assert (hidden(full, "add-person"), hidden(full, "enough-people")) == (True, False)
