"""`make run`: brings the database up to date, then runs the web server and the worker until Ctrl-C.

One of the two ending ends the other, with a word about which it was. Uses only the standard library: what it starts are
the same commands that an operator would put under systemd (docs/operator.md).
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 10.0
"""Seconds that a program gets to end by itself."""
PARENT = os.getppid()


class Stop(Exception):
    """Somebody asked us to stop: Ctrl-C, SIGTERM or a closed terminal."""


class Failed(Exception):
    """Something cannot go on; the text says what and what to do."""


def say(text: str) -> None:
    print(f"→ {text}", flush=True)


class Programs:
    """What we have started. Each is the head of its own group: Ctrl-C reaches only us, and we stop them in order."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        program = subprocess.Popen(command, cwd=ROOT, env=self.environment, process_group=0)
        self.running[name] = program
        return program

    def check(self) -> None:
        """Raises Failed when one of them has ended."""
        stop_without_parent()
        for name, program in self.running.items():
            if program.poll() is not None:
                raise Failed(f"{name} has ended (status {program.returncode}), so everything else is stopped too.")

    def stop(self) -> None:
        for program in self.running.values():
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for name, program in self.running.items():
            try:
                program.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"{name} does not stop by itself: ending it")
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()


def stop_without_parent() -> None:
    """Raises Stop when `make` is gone: killed alone, it tells nobody, and the port would stay taken."""
    if "MAKELEVEL" in os.environ and os.getppid() != PARENT:
        raise Stop


def check_port(host: str, port: int) -> None:
    """Raises Failed when nobody can listen there."""
    if not 1 <= port <= 65535:
        raise Failed(f"There is no port {port}; ports go from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Failed(
                f"Cannot use port {port} on {host}: {error.strerror}.\n"
                f"Is Festival already running there? Another port: make run PORT={port + 1}"
            ) from error


def wait_for_answer(programs: Programs, address: str) -> None:
    while True:
        programs.check()
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()  # noqa: S310
            return
        except urllib.error.HTTPError:
            return  # an answer all the same
        except OSError:
            time.sleep(0.05)


def announce(address: str, public_url: str, data: Path) -> None:
    print(
        f"""
  Festival is running.

    Residents           {public_url}/
    Organizers          {public_url}/manage/
    Door                {public_url}/door/
    Its data            {data}
"""
        + (f"    On this machine     {address}/\n" if address != public_url else "")
        + "\n  Ctrl-C stops everything.\n",
        flush=True,
    )


def run(host: str, port: int, data: Path) -> NoReturn:
    check_port(host, port)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    address = f"http://{shown}:{port}"
    public_url = os.environ.get("FESTIVAL_PUBLIC_URL", address).rstrip("/")
    programs = Programs(
        {
            **os.environ,
            "FESTIVAL_DATA": str(data),
            "FESTIVAL_PUBLIC_URL": public_url,
            "FESTIVAL_BIND": f"{host}:{port}",
            "PYTHONUNBUFFERED": "1",
        }
    )
    try:
        say(f"starting Festival on port {port}")
        programs.start("The web server", sys.executable, "-m", "scripts.serve")
        wait_for_answer(programs, address)
        announce(address, public_url, data)
        programs.start("The worker", str(BIN / "flask"), "--app", "wsgi", "festival", "worker")
        while True:
            programs.check()
            time.sleep(0.3)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        programs.stop()


def stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stop


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs Festival until Ctrl-C.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for the whole network")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=ROOT / "instance", help="the instance folder")
    asked = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        run(asked.host, asked.port, asked.data.expanduser().resolve())
    except Stop:
        say("Festival has stopped.")
        return 0
    except Failed as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
