"""The settings of signatures: which tokens may be used, and which time stamp servers of the own network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SignatureSettings:
    """What an installation allows its organizations for signing."""

    pkcs11_modules: tuple[str, ...] = ()
    """FESTIVAL_PKCS11_MODULES: the drivers (absolute paths of .so files, comma-separated) of tokens that keys may be
    in. They run inside this service, so nobody types such a path into a form. Default: none."""
    private_timestamp_hosts: tuple[str, ...] = ()
    """FESTIVAL_PRIVATE_TIMESTAMP_HOSTS: host names of time stamp servers in the own network, comma-separated. Any
    other address of a private network is refused: a form must not reach what only this machine can reach."""


NO_TOKENS = SignatureSettings()


def read_signature_settings(given: Callable[[str], str | None]) -> SignatureSettings:
    """From FESTIVAL_* variables. Raises `ValueError` with what to do about a path that is not absolute."""
    modules = _several(given("PKCS11_MODULES"))
    for module in modules:
        if not Path(module).is_absolute():
            raise ValueError(f"FESTIVAL_PKCS11_MODULES takes absolute paths, comma-separated; {module} is none")
    hosts = tuple(host.lower() for host in _several(given("PRIVATE_TIMESTAMP_HOSTS")))
    return SignatureSettings(pkcs11_modules=modules, private_timestamp_hosts=hosts)


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
