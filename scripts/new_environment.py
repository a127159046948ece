"""Makes `.venv` and installs locked packages into it, also on a Debian that has neither pip nor python3-venv.

Debian takes `ensurepip` out of Python and puts it into a package. Without it, pip itself comes from where this machine
gets all its software: `apt-get download` needs no root, checks Debian's signatures, and knows the address to ask. The
package is unpacked, not installed, and pip runs once from its wheel to put itself into `.venv`.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from pathlib import Path

WHEELS_OF_DEBIAN = Path("/usr/share/python-wheels")


class SetupError(Exception):
    """Something is missing that we cannot fetch ourselves; the text says what to do."""


def make_environment(venv: Path, say: Callable[[str], None]) -> None:
    """A virtual environment with pip at `venv`; does nothing when there is a working one."""
    python = venv / "bin" / "python"
    if python.exists() and any(venv.glob("lib/python*/site-packages/pip/__main__.py")):
        return
    say(f"making the virtual environment {venv.name} with Python {sys.version.split()[0]}")
    shutil.rmtree(venv, ignore_errors=True)
    if importlib.util.find_spec("ensurepip"):
        run_or_explain([sys.executable, "-m", "venv", str(venv)])
        return
    run_or_explain([sys.executable, "-m", "venv", "--without-pip", str(venv)])
    with tempfile.TemporaryDirectory() as folder:
        wheel = find_pip_wheel(Path(folder), say)
        # A wheel is a zip file, and Python runs what is in a zip file on its path.
        run_or_explain([str(python), f"{wheel}/pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)])


def find_pip_wheel(folder: Path, say: Callable[[str], None]) -> Path:
    """pip's wheel as Debian packages it: the installed one, or one fetched into `folder`."""
    installed = sorted(WHEELS_OF_DEBIAN.glob("pip-*.whl"))
    if installed:
        return installed[-1]
    if not shutil.which("apt-get"):
        raise SetupError(
            "This Python has no `ensurepip` and this machine no apt to get pip from.\n"
            "Install your system's package for Python virtual environments, then try again."
        )
    say("this Python has no pip: unpacking Debian's package python3-pip-whl into a temporary folder")
    if not download(folder, []):
        # The machine's package lists are empty or stale, and only root may renew them: read fresh ones for ourselves.
        (folder / "lists" / "partial").mkdir(parents=True)
        own = ["-o", f"Dir::State::Lists={folder}/lists", "-o", f"Dir::Cache={folder}"]
        run_or_explain(["apt-get", "-qq", *own, "update"])
        if not download(folder, own):
            raise SetupError(
                "apt-get could not fetch python3-pip-whl. As root: `apt-get install python3-venv`, then try again."
            )
    (package,) = folder.glob("python3-pip-whl_*.deb")
    run_or_explain(["dpkg-deb", "-x", str(package), str(folder / "unpacked")])
    (wheel,) = (folder / "unpacked").glob("usr/share/python-wheels/pip-*.whl")
    return wheel


def download(folder: Path, options: list) -> bool:
    # As root apt changes to the user _apt for downloads, who may not write here: it would say so, and stay root.
    options = [*options, "-o", "APT::Sandbox::User=root"]
    command = ["apt-get", "-qq", *options, "download", "python3-pip-whl"]
    return subprocess.run(command, cwd=folder, stderr=subprocess.DEVNULL).returncode == 0


def run_or_explain(command: list) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SetupError(f"{done.stdout.strip()}\n`{' '.join(command)}` failed with status {done.returncode}.")


def install_requirements(venv: Path, requirements: Path) -> None:
    """Installs the locked list with pip and shows how far it is; pip's own words are shown when it fails."""
    total = sum(1 for line in requirements.read_text().splitlines() if "==" in line and line[0].isalnum())
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--no-input", "--progress-bar=off"]
    command += ["--disable-pip-version-check", "--require-hashes", "-r", str(requirements)]
    words: deque[str] = deque(maxlen=30)
    seen = 0
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in pip.stdout or ():
        words.append(line)
        if named := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line):
            seen += 1
            show(f"  {min(seen, total)} of {total}: {named[1]}", seen)
        elif line.startswith("Installing collected"):
            show("  unpacking them", 0)
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)
    if pip.wait():
        raise SetupError("".join(words) + f"\npip could not install {requirements.name}; what it said stands above.")


def show(text: str, count: int) -> None:
    """One line that is written over on a terminal; in a log a line now and then."""
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end="", flush=True)
    elif count % 20 == 0:
        print(text, flush=True)
