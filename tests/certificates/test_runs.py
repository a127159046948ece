"""Issuing to many: batch by batch, with progress, and a run that dies goes on where it stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from festival.accounts.models import AuditEntry
from festival.certificates import runs
from festival.certificates.designs import standard_design
from festival.certificates.issuing import issue, take_turn
from festival.certificates.models import Certificate, CertificateKind, Design, IssueRun, RunState
from festival.checkin.models import CheckpointKind
from festival.core.clock import now
from festival.extensions import db
from festival.registration.models import Attendee
from tests import factories
from tests.certificates.crowd import crowd_inside


@pytest.fixture
def design(festival):
    take_turn(festival.id)
    design = standard_design(festival)
    db.session.commit()
    return design


def ask(design, user=None, chosen=None) -> IssueRun:
    run = runs.ask(design, user, chosen)
    db.session.commit()
    return run


def serials() -> list[int]:
    return list(db.session.scalars(select(Certificate.number).order_by(Certificate.number)))


def test_a_run_issues_to_all_who_qualify_and_says_how_far_it_is(festival, design, staff):
    crowd_inside(festival, 250)
    user = staff()
    run = ask(design, user)

    assert runs.work_off() == 250

    db.session.refresh(run)
    assert (run.state, run.total, run.done) == (RunState.DONE, 250, 250)
    assert run.started_at <= run.beat_at <= run.finished_at
    assert serials() == list(range(1, 251))
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.user_id, entry.actor) == ("certificate.issued_to_all", user.id, user.email)
    assert entry.after == {"count": 250, "run": run.id}


def test_a_run_for_a_selection_gives_nobody_else_one_and_none_unearned(festival, design, make_household):
    inside = crowd_inside(festival, 8)
    absent = make_household(members=1).attendees[0].id
    run = ask(design, chosen=[inside[1], inside[5], absent])

    assert runs.work_off() == 2

    db.session.refresh(run)
    assert (run.state, run.total, run.done) == (RunState.DONE, 2, 2)
    assert set(db.session.scalars(select(Certificate.attendee_id))) == {inside[1], inside[5]}


def test_who_has_one_already_gets_no_second_one(festival, design):
    inside = crowd_inside(festival, 6)
    issue(db.session.get_one(Attendee, inside[2]))
    db.session.commit()
    ask(design)
    ask(design)

    assert runs.work_off() == 5
    assert serials() == [1, 2, 3, 4, 5, 6]


def test_a_run_whose_worker_died_is_taken_over_and_goes_on(festival, design, monkeypatch):
    """As after SIGKILL: the run says that it runs, two batches are there, and nobody beats."""
    inside = crowd_inside(festival, 250)
    run = ask(design)
    run_id = runs._claim(now())
    for start in (0, 100):
        runs._issue_batch(run_id, design.id, inside[start : start + 100])
    assert runs.work_off() == 0, "it is somebody's"

    monkeypatch.setattr(runs, "LEASE", timedelta(seconds=-1))
    assert runs.work_off() == 50

    db.session.refresh(run)
    assert (run.state, run.total, run.done) == (RunState.DONE, 250, 250)
    assert serials() == list(range(1, 251))


def test_a_batch_that_fails_leaves_no_gap_and_the_run_goes_on_when_asked(festival, design, monkeypatch):
    crowd_inside(festival, 150)
    run = ask(design)
    writes, whole = [], runs.issue_to

    def second_breaks(*given):
        writes.append(whole(*given))
        if len(writes) == 2:
            raise ValueError("Đỗ Văn Số 7")
        return writes[-1]

    monkeypatch.setattr(runs, "issue_to", second_breaks)
    assert runs.work_off() == 100

    db.session.refresh(run)
    assert (run.state, run.done, run.problem) == (RunState.FAILED, 100, "ValueError"), "no names in it"
    assert serials() == list(range(1, 101))
    assert runs.work_off() == 0, "it waits to be asked again"

    monkeypatch.undo()
    assert runs.ask_again(run)
    assert not runs.ask_again(run)
    db.session.commit()
    assert runs.work_off() == 50
    db.session.refresh(run)
    assert (run.state, run.total, run.done, run.problem) == (RunState.DONE, 150, 150, "")
    assert serials() == list(range(1, 151))


def test_doors_let_people_in_while_a_run_looks_who_qualifies(festival, design, monkeypatch):
    crowd_inside(festival, 5)
    ask(design)
    look, slug = runs.waiting_for, festival.slug

    def while_a_door_writes(*given):
        waiting = look(*given)
        with db.engine.connect() as door:
            door.execute(text("UPDATE festivals SET venue = 'Sân trường' WHERE slug = :slug"), {"slug": slug})
            door.commit()
        return waiting

    monkeypatch.setattr(runs, "waiting_for", while_a_door_writes)

    assert runs.work_off() == 5
    db.session.refresh(festival)
    assert festival.venue == "Sân trường"


def test_households_and_booths_get_theirs_under_their_own_names(festival, make_household, make_device, admit):
    family = make_household(members=3)
    admit(family.attendees[2])
    bank = factories.make_booth(festival, code="A01", name="Thanh toán số", host_name="Ngân hàng Thử Nghiệm")
    stamp = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=bank.id)
    admit(family.attendees[2], paired=make_device(checkpoints=[stamp]))
    rule = {"need": "all", "of": [{"fact": "entrance"}]}
    common = {"festival_id": festival.id, "look": {}, "name": "Mẫu"}
    households = Design(kind=CertificateKind.HOUSEHOLD, rule={"some_member": rule, "at_least": 1}, **common)
    hosts = Design(kind=CertificateKind.HOST, rule={}, **common)
    db.session.add_all([households, hosts])
    db.session.flush()
    ask(households)
    ask(hosts)

    assert runs.work_off() == 2

    given = db.session.scalars(select(Certificate).order_by(Certificate.number)).all()
    assert [(one.name, one.registration_id, one.booth_id) for one in given] == [
        (family.contact_name, family.id, None),
        ("Ngân hàng Thử Nghiệm", None, bank.id),
    ]


def test_nothing_is_issued_where_names_are_erased(festival, design):
    crowd_inside(festival, 3)
    festival.status = type(festival.status).ARCHIVED
    run = ask(design)

    assert runs.work_off() == 0
    db.session.refresh(run)
    assert (run.state, run.total) == (RunState.DONE, 0)
    assert db.session.scalar(select(func.count(Certificate.id))) == 0
