"""Staff and residents at the same moment: a capacity is changed, a programme is imported, while people register."""

from __future__ import annotations

from datetime import time

from sqlalchemy import func, select

from festival.checkin.models import Checkpoint
from festival.core.clock import local
from festival.core.secrets import random_token
from festival.extensions import db
from festival.programme import importing
from festival.programme.models import Festival, Session
from festival.programme.reading import ProgrammeReading, SessionRow
from festival.registration.links import secret_of
from festival.registration.models import Registration
from tests import factories
from tests.crowd import Request, at_once, post
from tests.invariants import broken

ROUNDS = 5


def family(festival: Festival, sessions: list[Session], **values: str | list[str]) -> Request:
    """A person who registers and wants these sessions."""
    fields: dict[str, str | list[str]] = {
        "submission": random_token(),
        "step": "consents",
        "contact_name": "Nguyễn Thị Hoa",
        "phone": "0912345678",
        "coming": "y",
        "birth_year": "1980",
        "consent_taking_part": "y",
        **{f"session-{session.id}": "c" for session in sessions},
    }
    return post(f"/{festival.slug}/register", **{**fields, **values})


def test_the_same_form_sent_six_times_at_once_registers_once(app, festival, make_session):
    session = make_session(capacity=9)

    answers = at_once(app, *[family(festival, [session], submission="s" * 43)] * 6)

    assert set(answers) == {303}
    assert db.session.scalar(select(func.count(Registration.id))) == 1
    assert broken() == []


def test_a_capacity_is_never_set_below_the_people(app, festival, make_session, sign_in):
    session = make_session(capacity=30, start=time(9), end=time(10))
    boss = sign_in()
    for _round in range(ROUNDS):
        db.session.refresh(session)
        fields = {"workshop_id": str(session.workshop_id), "room": session.room, "booth_id": "0"}
        fields |= {"day": local(session.starts_at).date().isoformat(), "start": "09:00", "end": "10:00"}
        small = post(
            f"/manage/{festival.slug}/sessions/{session.id}", boss, capacity=str(session.seats_taken + 2), **fields
        )

        assert set(at_once(app, small, *(family(festival, [session]) for _ in range(4)))) <= {302, 303, 409, 422}

        assert broken() == []


def test_an_import_and_registrations_never_wait_for_each_other_for_ever(app, festival, make_session):
    """A file names its sessions in any order; a registration takes them by id."""
    sessions = [make_session(capacity=500, start=time(hour), end=time(hour + 1)) for hour in (8, 9, 10, 13, 14, 15)]

    def upload(turn: int) -> Request:
        rows = tuple(
            SessionRow(
                row,
                session.workshop.title,
                session.workshop.audience,
                "",
                session.room,
                local(session.starts_at).date(),
                local(session.starts_at).time().replace(tzinfo=None),
                local(session.ends_at).time().replace(tzinfo=None),
                500 + turn,
                "",
            )
            for row, session in enumerate(reversed(sessions), start=2)
        )
        festival_id = festival.id

        def run(browser):
            with app.app_context():
                importing.apply_reading(ProgrammeReading(sessions=rows), db.session.get_one(Festival, festival_id))
                db.session.commit()
            return browser.get("/healthz")

        return run

    for turn in range(1, ROUNDS + 1):
        at_once(app, upload(turn), *(family(festival, sessions) for _ in range(4)))
        assert broken() == []
    assert db.session.scalar(select(func.count(Registration.id))) == 4 * ROUNDS


def test_a_button_for_checkpoints_tapped_thrice_makes_one_for_each_session(app, festival, make_session, sign_in):
    for _place in range(3):
        make_session()
    boss = sign_in()

    assert at_once(app, *[post(f"/manage/{festival.slug}/door/sessions", boss)] * 3) == [302, 302, 302]

    assert db.session.scalar(select(func.count(Checkpoint.id))) == 3


def test_a_list_is_taken_home_while_people_register(app, festival, make_household, sign_in, monkeypatch):
    """SQLite refuses a writer that began as a reader when another was faster: the export writes to the audit log."""
    from festival.reports import views

    make_household()
    record = views.record

    def overtaken(*args, **values):
        with app.app_context():
            factories.make_household(db.session.get_one(Festival, festival.id))
        return record(*args, **values)

    monkeypatch.setattr(views, "record", overtaken)

    assert sign_in().get(f"/manage/{festival.slug}/registrations.xlsx").status_code == 200


def test_two_of_one_name_are_two_people(client, festival, make_session):
    session = make_session(capacity=2)
    other = make_session(capacity=2, start=time(9), end=time(10))
    twin = {"members-0-name": "Nguyễn Thị Hoa", "members-0-birth_year": "1980", "members-0-relation": "other"}

    step = family(festival, [], step="workshops", **twin, **{f"session-{session.id}": ["c", "0"]})
    assert step(client).status_code == 200

    apart = {f"session-{session.id}": "c", f"session-{other.id}": "0"}
    assert family(festival, [], **twin, **apart)(client).status_code == 303
    assert broken() == []


def test_a_seat_may_pass_from_one_of_the_family_to_another(client, make_household, make_session):
    session = make_session(capacity=1)
    household = make_household(members=2)
    page = f"/r/{secret_of(household)}/sessions"

    for person in household.attendees:
        answer = client.post(page, data={f"session-{session.id}": str(person.id)})
        assert answer.status_code == 303
        db.session.expire_all()
    assert broken() == []
