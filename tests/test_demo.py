"""The demo festival: a whole programme with people, some inside, open today; names made up; loaded once."""

from __future__ import annotations

from sqlalchemy import func, select

from festival.certificates.criteria import earned_now
from festival.certificates.models import CertificateKind, Design
from festival.core.clock import today
from festival.demo import make_demo
from festival.extensions import db
from festival.programme.models import Booth, Festival, FestivalStatus, Session
from festival.registration.models import Attendee, Booking, Registration
from festival.reports.figures import figures_of


def count(column) -> int:
    return db.session.scalar(select(func.count(column)))


def test_the_demo_is_a_festival_full_of_life(app):
    festival = make_demo(households=60)
    db.session.commit()

    assert (count(Booth.id), count(Session.id), count(Registration.id)) == (40, 41, 60)
    assert festival.status is FestivalStatus.PUBLISHED
    assert festival.first_day == today()
    figures = figures_of(festival)
    assert 0 < figures.admitted < figures.people
    assert figures.certificates > 0
    assert figures.stamps > 0
    designs = {design.kind: design for design in db.session.scalars(select(Design).order_by(Design.id.desc()))}
    assert set(designs) == set(CertificateKind)
    for kind in (CertificateKind.VOLUNTEER, CertificateKind.HOST, CertificateKind.HOUSEHOLD):
        assert earned_now(designs[kind]), kind
    booked = dict(
        db.session.execute(select(Booking.session_id, func.count(Booking.id)).group_by(Booking.session_id)).all()
    )
    for session in db.session.scalars(select(Session)):
        db.session.refresh(session)
        assert session.seats_taken == booked.get(session.id, 0)
    db.session.refresh(festival)
    assert festival.places_taken == count(Attendee.id)


def test_the_command_prints_sign_ins_that_work_and_loads_nothing_twice(app, client):
    runner = app.test_cli_runner()
    printed = runner.invoke(args=["festival", "demo", "--if-empty", "--households", "3"]).output
    line = next(line.split() for line in printed.splitlines() if "organizer@festival.example" in line)

    answer = client.post("/manage/sign-in", data={"email": line[1], "password": line[2]})

    assert answer.status_code == 302
    slug = db.session.scalar(select(Festival.slug))
    assert client.get(f"/manage/{slug}/").status_code == 200
    assert runner.invoke(args=["festival", "demo", "--if-empty"]).output == ""
    assert count(Festival.id) == 1


def test_passwords_are_generated_anew_each_time(app):
    runner = app.test_cli_runner()
    outputs = [runner.invoke(args=["festival", "demo", "--households", "1"]).output for _ in range(2)]
    passwords = [line.split()[2] for output in outputs for line in output.splitlines() if "@festival.example" in line]

    assert len(set(passwords)) == 6
