"""The few things that do not come by pip or npm: libraries and programs of the system.

On Debian and Ubuntu they are installed by apt when this is allowed; otherwise the one command is printed.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from new_environment import SetupError


def library(name: str) -> Callable[[], bool]:
    """Whether a shared library can be loaded, as the program that needs it will do."""

    def is_there() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return is_there


def program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def postgresql() -> bool:
    """Debian keeps initdb off the path."""
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


# Debian's package, and how to tell that what it brings is there.
FOR_RUN = {  # WeasyPrint's, for certificates
    "libpango-1.0-0": library("libpango-1.0.so.0"),
    "libpangoft2-1.0-0": library("libpangoft2-1.0.so.0"),
    "libharfbuzz-subset0": library("libharfbuzz-subset.so.0"),
}
FOR_TESTS = {
    **FOR_RUN,
    "chromium": program("chromium", "chromium-browser", "google-chrome"),
    "ffmpeg": program("ffmpeg"),
    "poppler-utils": program("pdftoppm"),
    "softhsm2": program("softhsm2-util"),
    "qpdf": program("qpdf"),
    "redis-server": program("redis-server"),
    "postgresql": postgresql,
    "zbar-tools": program("zbarimg"),
    "libzbar0": library("libzbar.so.0"),
}


def ensure_for_run(packages: dict, say: Callable[[str], None]) -> None:
    """Installs what certificates need when we are root; otherwise only says what will not work."""
    missing = [name for name, is_there in packages.items() if not is_there()] if os.uname().sysname == "Linux" else []
    if not missing:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        install(missing, [], say)
        return
    say("PLEASE NOTE: certificates cannot be printed on this machine yet; everything else works. For them:")
    print(f"    {command_for(missing)}", flush=True)


def ensure_for_tests(packages: dict, say: Callable[[str], None]) -> None:
    """Installs what the tests need. Raises SetupError with the command when this is not allowed."""
    if os.uname().sysname != "Linux":
        return  # on a Mac the tests themselves say what they miss
    missing = [name for name, is_there in packages.items() if not is_there()]
    if not missing:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        install(missing, [], say)
    elif shutil.which("apt-get") and may_use_sudo():
        install(missing, ["sudo", "-n"], say)
    else:
        raise SetupError(f"The tests need programs that are not here yet. Please run\n\n    {command_for(missing)}\n")


def may_use_sudo() -> bool:
    """Whether sudo works without asking for a password."""
    return bool(shutil.which("sudo")) and not subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL)


def command_for(missing: list) -> str:
    if not shutil.which("apt-get"):
        return "install, by your system's own means, what Debian calls " + ", ".join(missing)
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install --yes --no-install-recommends {' '.join(missing)}"


def install(missing: list, prefix: list, say: Callable[[str], None]) -> None:
    say(f"installing {len(missing)} packages of the system by apt: {', '.join(missing)}")
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "Dpkg::Use-Pty=0"]
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        if subprocess.call([*quiet, *command]):
            raise SetupError(f"apt-get could not install them; what it said stands above. {command_for(missing)}")
