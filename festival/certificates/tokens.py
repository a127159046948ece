"""Keys in tokens (PKCS#11: a USB key, a card, a network HSM): found, judged, and signed with. The key stays in there.

A driver runs inside this process, so only those that the installation names may be loaded
(`FESTIVAL_PKCS11_MODULES`). A session belongs to one process and to one thread at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pkcs11
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from flask import current_app
from pkcs11.exceptions import PinIncorrect, PinInvalid, PinLenRange, PinLocked, PKCS11Error
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko.sign.signers import Signer

from festival.certificates.key_reading import KeyProblem, ReadKey, judge_certificate

_WRONG_PIN = (PinIncorrect, PinInvalid, PinLenRange, PinLocked)
_turn = threading.RLock()
"""Tokens are asked one at a time: few of them bear more, and a session none."""
_sessions: dict[TokenAddress, pkcs11.Session] = {}


@dataclass(frozen=True)
class TokenAddress:
    """Where a key is: the driver, the token by its label, the key by its own (or by its number, in hexadecimal)."""

    module: str
    token: str
    pin: str
    key_label: str = ""
    key_id: str = ""


@dataclass(frozen=True)
class FoundKey:
    """A key in a token, and its whole address."""

    read: ReadKey
    address: TokenAddress


def modules() -> tuple[str, ...]:
    """The drivers that may be used here."""
    allowed: tuple[str, ...] = current_app.extensions["settings"].signatures.pkcs11_modules
    return allowed


def find_key(address: TokenAddress) -> FoundKey | KeyProblem:
    """The key at `address`, with its certificate from the token. Without a label the token must hold just one."""
    if address.module not in modules() or not Path(address.module).is_file():
        return KeyProblem.NO_MODULE
    try:
        with _session(address) as session:
            return _find(session, address)
    except _WRONG_PIN:
        return KeyProblem.WRONG_PIN
    except pkcs11.NoSuchToken:
        return KeyProblem.NO_TOKEN
    except (PKCS11Error, RuntimeError, OSError, ValueError) as error:
        current_app.logger.warning("a token cannot be used: %s: %s", type(error).__name__, error)
        return KeyProblem.TOKEN_FAILS


def _find(session: pkcs11.Session, address: TokenAddress) -> FoundKey | KeyProblem:
    wanted: dict[pkcs11.Attribute, object] = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
        pkcs11.Attribute.SIGN: True,
    }
    if address.key_label:
        wanted[pkcs11.Attribute.LABEL] = address.key_label
    keys = list(session.get_objects(wanted))
    if not keys:
        return KeyProblem.NO_KEY
    if len(keys) > 1:
        return KeyProblem.SEVERAL_KEYS
    key_id = bytes(keys[0][pkcs11.Attribute.ID])
    of_key = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.ID: key_id}
    certificates = list(session.get_objects(of_key))
    if len(certificates) != 1 or not key_id:
        return KeyProblem.NO_CERTIFICATE
    read = judge_certificate(x509.load_der_x509_certificate(bytes(certificates[0][pkcs11.Attribute.VALUE])))
    if isinstance(read, KeyProblem):
        return read
    where = TokenAddress(address.module, address.token, address.pin, address.key_label, key_id.hex())
    return FoundKey(read, where)


@contextmanager
def signer_in(address: TokenAddress, certificate_der: bytes) -> Iterator[Signer]:
    """Sign with the key at `address`, as the only one who uses the token meanwhile.

    Raises `PKCS11Error` when the token does not answer. A token that was pulled out and put back has forgotten its
    session: whoever comes next opens a new one.
    """
    if address.module not in modules():
        raise PKCS11Error("this driver is not allowed here (any more)")
    with _session(address) as session:
        yield PKCS11Signer(
            session,
            signing_cert=asn1_x509.Certificate.load(certificate_der),
            key_id=bytes.fromhex(address.key_id),
            use_raw_mechanism=_is_curve(certificate_der),
        )


def _is_curve(certificate_der: bytes) -> bool:
    """Whether the key is EC: few tokens hash for it themselves, all sign a digest."""
    algorithm: str = asn1_x509.Certificate.load(certificate_der).public_key.algorithm
    return algorithm == "ec"


@contextmanager
def _session(address: TokenAddress) -> Iterator[pkcs11.Session]:
    with _turn:
        known = TokenAddress(address.module, address.token, address.pin)
        session = _sessions.get(known)
        if session is None:
            session = pkcs11.lib(address.module).get_token(token_label=address.token).open(user_pin=address.pin)
            _sessions[known] = session
        try:
            yield session
        except Exception:
            _sessions.pop(known, None)
            close(session)
            raise


def close(session: pkcs11.Session) -> None:
    """End a session; one that is broken is gone anyway."""
    with suppress(PKCS11Error):
        session.close()
