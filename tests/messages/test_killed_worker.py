"""A worker that is killed in the middle of its work: every mail arrives, hardly any twice, nobody waits for a lease."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from festival.config import ROOT
from festival.core.clock import now
from festival.extensions import db
from festival.messages import outbox
from festival.messages.claims import LEASE
from festival.messages.delivery import deliver_due
from festival.messages.models import Message, MessageState
from tests.messages.conftest import SENDER, free_port, make_due, state_of

MAILS_AND_KILLS = {"sqlite": (1000, 10), "postgresql": (200, 3)}
"""The whole measure once; on the other database enough to see that it holds there too."""


class UnreliableSink:
    """Takes mail, and at random refuses it for now, hangs up, or takes it and hangs up without a word."""

    def __init__(self, seed: int) -> None:
        self.arrived: Counter[str] = Counter()
        self.taken_without_a_word: Counter[str] = Counter()
        self._chance = random.Random(seed)

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802
        if self._chance.random() < 0.03:
            return "450 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope) -> str:  # noqa: N802
        chance = self._chance.random()
        if chance < 0.03:
            return "451 try later"
        if chance < 0.04:
            server.transport.close()
            return "421 gone"
        (name,) = envelope.rcpt_tos
        self.arrived[name] += 1
        if chance < 0.05:
            self.taken_without_a_word[name] += 1
            server.transport.close()
        return "250 OK"


def environment(app, port: int) -> dict[str, str]:
    settings = app.extensions["settings"]
    return {
        **os.environ,
        "FESTIVAL_DATA": str(settings.data),
        "FESTIVAL_DATABASE_URL": settings.database_url,
        "FESTIVAL_SECRET_KEY": settings.secret_key,
        "FESTIVAL_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "FESTIVAL_MAIL_FROM": SENDER,
        "FESTIVAL_MAIL_PER_MINUTE": "1000000",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def workers(app, port: int) -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("mailing_worker.py")
    program = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=ROOT,
        env=environment(app, port),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait()


def start(program: subprocess.Popen[str]) -> int:
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write("start\n")
    program.stdin.flush()
    return int(program.stdout.readline())


def wait_until(condition) -> None:
    """Wait for something that has to come; five minutes without it is a hang."""
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.02)


def read(look):
    """Look into the database, and let go of it: a transaction left open would keep the worker from writing."""
    db.session.rollback()
    found = look()
    db.session.rollback()
    return found


def test_killed_ten_times_among_a_thousand_mails_every_one_arrives(app, database, festival, record_property):
    mails, kills = MAILS_AND_KILLS[database]
    names = [f"nha-{n}@festival.example" for n in range(mails)]
    outbox.put_all([outbox.Addressed(outbox.Mail(f"thử:{name}", name, "Vé", "…")) for name in names], festival.id)
    db.session.commit()
    sink, chance = UnreliableSink(seed=20261010), random.Random(45)
    server = Controller(sink, hostname="127.0.0.1", port=free_port())
    server.start()
    with workers(app, server.port) as program:
        for kill in range(kills):
            worker = start(program)
            enough = mails * (kill + 1) // (kills + 1) + chance.randrange(mails // 25)
            wait_until(lambda enough=enough: len(sink.arrived) >= enough)
            os.kill(worker, signal.SIGKILL)
        worker = start(program)
        unsent = select(func.count(Message.id)).where(Message.state != MessageState.SENT)
        wait_until(lambda: read(lambda: db.session.scalar(unsent)) == 0)
        os.kill(worker, signal.SIGKILL)
    server.stop()

    twice = {name for name, count in sink.arrived.items() if count > 1}
    by_the_kill = twice - set(sink.taken_without_a_word)
    record_property("arrived twice", len(twice))
    record_property("arrived twice because of a kill", len(by_the_kill))
    assert set(sink.arrived) == set(names), "each one arrives"
    assert len(by_the_kill) <= kills, "at most the one mail that was in the worker's hands when it was killed"
    print(  # noqa: T201  (the share is to be reported)
        f"\n{mails} mails, {kills} kills: {len(twice)} arrived twice ({100 * len(twice) / mails:.1f} %), "
        f"{len(by_the_kill)} because of a kill, the others because the server took them and hung up without a word"
    )


def test_what_a_dead_worker_was_sending_is_free_at_once(app, sink, message):
    message.claimed_by, message.send_after, message.attempts = "gone_1_x", now() + LEASE, 1
    db.session.commit()
    folder = Path(app.extensions["settings"].data) / "workers"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gone_1_x").touch()

    assert deliver_due() == 1

    assert state_of(message) is MessageState.SENT
    assert not (folder / "gone_1_x").exists()


def test_what_a_living_worker_is_sending_is_left_to_it(app, sink, message):
    with workers(app, sink.port) as program:
        worker = start(program)
        wait_until(lambda: sink.mails)
        wait_until(lambda: read(lambda: state_of(message)) is MessageState.SENT)
        folder = Path(app.extensions["settings"].data) / "workers"
        (alive,) = [path.name for path in folder.iterdir() if f"_{worker}_" in path.name]
        message.state, message.claimed_by, message.send_after = MessageState.QUEUED, alive, now() + LEASE
        db.session.commit()

        assert deliver_due() == 0

        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: deliver_due() == 1)


def test_a_claim_ends_by_itself_where_the_worker_is_on_another_machine(app, sink, message):
    message.claimed_by, message.send_after = "another-machine_1_x", now() + LEASE
    db.session.commit()

    assert deliver_due() == 0
    make_due(message)
    assert deliver_due() == 1


def test_the_worker_command_sends_what_waits_and_ends_when_asked(app, sink, message):
    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "festival", "worker"],
        cwd=ROOT,
        env=environment(app, sink.port),
    )
    try:
        wait_until(lambda: read(lambda: state_of(message)) is MessageState.SENT)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=60) == 0
    finally:
        worker.kill()
        worker.wait()

    assert len(sink.mails) == 1


@pytest.fixture(autouse=True)
def _no_queue_of_others(app):
    """The worker's own queue lies in the instance folder of the test run; it begins empty."""
    app.extensions["huey"].flush()
