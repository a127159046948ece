"""Four workers issue 2,000 certificates at once, and one of them is killed: no gap, no double, nobody is left out."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from datetime import timedelta
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

from sqlalchemy import func, select

from festival import create_app
from festival.certificates import runs
from festival.certificates.designs import standard_design
from festival.certificates.issuing import issue, take_turn
from festival.certificates.models import Certificate, IssueRun, RunState
from festival.extensions import db
from festival.registration.models import Attendee
from tests.certificates.crowd import crowd_inside
from tests.conftest import make_settings

PEOPLE = 2_000
WORKERS = 4
GOING_ON = (RunState.WAITING, RunState.RUNNING)


def _work(folder: str, url: str, together: Barrier, dying: Event, dies: bool) -> None:
    """A worker of its own: does what is there, and takes over what another one has left.

    `dies`: it is killed in the middle of its second batch, when the rows are written and not yet committed. Until then
    the others rest between two batches: else the quickest might do everything, and the one that dies nothing.
    """
    runs.BATCH, runs.LEASE, runs.PAUSE = 50, timedelta(seconds=2), 0.0
    app = create_app(make_settings(Path(folder), url))
    batches, whole = [], runs.issue_to

    def issue_to(*given: object) -> int:
        count = whole(*given)  # type: ignore[arg-type]
        batches.append(count)
        if dies and len(batches) == 2:
            dying.set()
            os.kill(os.getpid(), signal.SIGKILL)
        return count

    runs.issue_to = issue_to
    if not dies:
        runs._let_others_write = lambda: dying.wait(120)
    with app.app_context():
        together.wait(120)
        while db.session.scalar(select(func.count(IssueRun.id)).where(IssueRun.state.in_(GOING_ON))):
            db.session.rollback()
            runs.work_off()
            time.sleep(0.1)


def _count(what: object) -> int:
    count = db.session.scalar(select(what)) or 0
    db.session.rollback()
    return count


def test_four_workers_one_of_them_killed(app, festival, tmp_path):
    inside = crowd_inside(festival, PEOPLE)
    take_turn(festival.id)
    design = standard_design(festival)
    for chosen in (None, None, inside[: PEOPLE // 2], inside[PEOPLE // 2 :]):  # each person is in three of them
        runs.ask(design, None, chosen)
    db.session.commit()
    festival_id, url = festival.id, app.extensions["settings"].database_url
    db.session.remove()
    spawn = multiprocessing.get_context("spawn")
    together, dying = spawn.Barrier(WORKERS + 1), spawn.Event()
    workers = [
        spawn.Process(target=_work, args=(str(tmp_path / str(number)), url, together, dying, number == 0))
        for number in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    together.wait(120)
    for person in inside[-3:]:  # residents ask meanwhile
        issue(db.session.get_one(Attendee, person))
        db.session.commit()
    for worker in workers:
        worker.join(timeout=300)

    assert [worker.exitcode for worker in workers] == [-signal.SIGKILL, 0, 0, 0]
    db.session.expire_all()
    numbers = db.session.scalars(select(Certificate.number).order_by(Certificate.number)).all()
    assert list(numbers) == list(range(1, PEOPLE + 1))
    assert set(db.session.scalars(select(Certificate.attendee_id))) == set(inside)
    assert _count(func.count(func.distinct(Certificate.code))) == PEOPLE
    assert db.session.get_one(type(festival), festival_id).certificates_issued == PEOPLE
    assert {run.state for run in db.session.scalars(select(IssueRun))} == {RunState.DONE}
