"""Issuing to many, as a job of the worker: batch by batch, with progress, and taken over when its worker dies.

Each batch is a transaction of its own: the certificates, their numbers and the run's progress are there together or
not at all. So a worker may die at any moment, and two workers on one run do no harm: who has a certificate gets none.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import OperationalError

from festival.accounts.audit import record
from festival.accounts.models import User
from festival.certificates.issuing import issue_to, waiting_for
from festival.certificates.models import Design, IssueRun, RunState
from festival.certificates.signed_files import why_key_fails
from festival.certificates.signing import NotSigned
from festival.core.clock import now
from festival.extensions import begin_reading, db

BATCH = 100
"""So many at a time: a resident who asks for one meanwhile waits for one batch, not for all."""

LEASE = timedelta(seconds=30)
"""A run whose worker has said nothing for so long belongs to nobody."""

SIGNING = "signing: "
"""So begins a run's problem where nothing can be signed; `key_words.run_problem_words` knows the rest."""

PAUSE = 0.12
"""Seconds."""

TRIES = 5
"""So often a batch is tried when the database is busy or away for a moment."""


def ask(design: Design, user: User | None, chosen: Collection[int] | None = None) -> IssueRun:
    """A run that issues to all who qualify, or to those `chosen` among them, as soon as the worker comes to it."""
    run = IssueRun(
        festival_id=design.festival_id,
        design_id=design.id,
        asked_by=user.id if user else None,
        selection=sorted(set(chosen)) if chosen is not None else None,
    )
    db.session.add(run)
    db.session.flush()
    return run


def ask_again(run: IssueRun) -> bool:
    """Let a failed run go on where it stopped; False for any other."""
    changed = db.session.scalar(
        update(IssueRun)
        .where(IssueRun.id == run.id, IssueRun.state == RunState.FAILED)
        .values(state=RunState.WAITING, problem="", finished_at=None)
        .returning(IssueRun.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(run)
    return changed is not None


def work_off() -> int:
    """Do all runs that wait, or whose worker died: the worker's job. Commits; gives how many certificates."""
    issued = 0
    while (run_id := _claim(now())) is not None:
        issued += _work(run_id)
    return issued


def _claim(at: datetime) -> int | None:
    """Take the oldest run that is nobody's; of two workers one gets it."""
    nobodys = or_(
        IssueRun.state == RunState.WAITING,
        (IssueRun.state == RunState.RUNNING) & (IssueRun.beat_at < at - LEASE),
    )
    oldest = select(IssueRun.id).where(nobodys).order_by(IssueRun.id).limit(1).with_for_update(skip_locked=True)
    claimed = db.session.scalar(
        update(IssueRun)
        .where(IssueRun.id == oldest.scalar_subquery(), nobodys)
        .values(state=RunState.RUNNING, beat_at=at, started_at=func.coalesce(IssueRun.started_at, at))
        .returning(IssueRun.id)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return claimed


def _work(run_id: int) -> int:
    """Issue what is left of a run; whatever goes wrong is written into it."""
    issued = 0
    try:
        run = db.session.get_one(IssueRun, run_id, populate_existing=True)
        _try_signing(run.design)
        begin_reading()  # judging twenty thousand people takes seconds
        waiting = waiting_for(run.design, run.selection)
        db.session.commit()
        _set_total(run, len(waiting))
        for start in range(0, len(waiting), BATCH):
            issued += _issue_batch(run_id, run.design_id, waiting[start : start + BATCH])
            _let_others_write()
        _finish(run_id)
    except Exception as error:
        db.session.rollback()
        structlog.get_logger().exception("issuing stopped", run=run_id)
        _fail(run_id, error)
    return issued


def _try_signing(design: Design) -> None:
    """Raise `NotSigned` where the files of this run could not go out: better now than when families ask for them."""
    if (key := design.signing_key) is None:
        return
    db.session.refresh(key, ["sealed"])
    db.session.commit()  # a token or a time stamp server takes its time, and nobody's writing waits for that
    if problem := why_key_fails(key):
        raise problem


def _set_total(run: IssueRun, left: int) -> None:
    """What was done before a worker died is part of the whole."""
    db.session.execute(
        update(IssueRun)
        .where(IssueRun.id == run.id)
        .values(total=IssueRun.done + left, beat_at=now())
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _issue_batch(run_id: int, design_id: int, ids: list[int]) -> int:
    """One batch and the progress it makes, in one transaction."""
    for attempt in range(1, TRIES + 1):
        try:
            count = issue_to(db.session.get_one(Design, design_id), ids)
            db.session.execute(
                update(IssueRun)
                .where(IssueRun.id == run_id)
                .values(done=IssueRun.done + count, beat_at=now())
                .execution_options(synchronize_session=False)
            )
            db.session.commit()
        except OperationalError:
            db.session.rollback()
            if attempt == TRIES:
                raise
            time.sleep(attempt / 2)
        else:
            return count
    raise AssertionError("the last try has given or raised")


def _let_others_write() -> None:
    """SQLite has one writer, and who waits looks again every tenth of a second: doors and residents come between two
    batches. PostgreSQL lets them in in their turn."""
    if db.engine.dialect.name == "sqlite":
        time.sleep(PAUSE)


def _finish(run_id: int) -> None:
    if not _end(run_id, state=RunState.DONE, problem=""):  # another worker was quicker
        db.session.rollback()
        return
    run = db.session.get_one(IssueRun, run_id, populate_existing=True)
    if run.done:
        entry = record(
            "certificate.issued_to_all" if run.selection is None else "certificate.issued_to_chosen",
            run.design.name,
            festival_id=run.festival_id,
            after={"count": run.done, "run": run.id},
        )
        if (user := db.session.get(User, run.asked_by or 0)) is not None:  # the worker is nobody: who asked has issued
            entry.user_id, entry.actor = user.id, user.email
    db.session.commit()


def _fail(run_id: int, error: Exception) -> None:
    """What stands there names nobody: the log has the rest."""
    problem = f"{SIGNING}{error.problem.value}" if isinstance(error, NotSigned) else type(error).__name__
    _end(run_id, state=RunState.FAILED, problem=problem)
    db.session.commit()


def _end(run_id: int, **values: object) -> bool:
    ended = db.session.scalar(
        update(IssueRun)
        .where(IssueRun.id == run_id, IssueRun.state == RunState.RUNNING)
        .values(finished_at=now(), **values)
        .returning(IssueRun.id)
        .execution_options(synchronize_session=False)
    )
    return ended is not None
