"""`make run`: one program ending ends the other, and a taken port is said plainly."""

from __future__ import annotations

import socket
import sys
import time

import pytest

from scripts.run import Failed, Programs, check_port

FOREVER = (sys.executable, "-c", "import time; time.sleep(60)")


def test_a_program_that_ends_is_named_and_the_other_one_is_stopped():
    programs = Programs({})
    server = programs.start("The web server", *FOREVER)
    programs.start("The worker", sys.executable, "-c", "raise SystemExit(3)").wait()

    with pytest.raises(Failed, match=r"The worker has ended \(status 3\)"):
        programs.check()
    programs.stop()

    assert server.poll() is not None


def test_a_program_that_does_not_listen_is_ended_all_the_same(monkeypatch):
    monkeypatch.setattr("scripts.run.PATIENCE", 0.2)
    programs = Programs({})
    deaf = programs.start(
        "The worker",
        sys.executable,
        "-c",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
    )
    time.sleep(0.3)

    programs.stop()

    assert deaf.returncode == -9


def test_a_port_in_use_is_refused_with_another_one_to_try():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(Failed, match=f"Cannot use port {port} .*\n.* make run PORT={port + 1}"):
            check_port("127.0.0.1", port)


@pytest.mark.parametrize("port", [0, 65536, -1])
def test_a_number_that_is_no_port_is_refused(port):
    with pytest.raises(Failed, match="no port"):
        check_port("127.0.0.1", port)
