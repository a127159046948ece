"""Secrets: codes people type, tokens machines carry, and what is encrypted or signed under the app's own secret."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that nobody mistakes for another: no 0/O, 1/I/L, U/V only as V."""

CODE_LENGTH = 8


def short_code(length: int = CODE_LENGTH) -> str:
    """A random code to be typed from paper (8 characters: about 6.5e11 of them)."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def read_code(typed: str) -> str:
    """A typed code as it is stored: capitals, without spaces and dashes."""
    return "".join(character for character in typed.upper()[:40] if character.isalnum())


def random_token() -> str:
    """A token nobody guesses (256 bits), safe in addresses and headers."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a random token: its SHA-256, in hexadecimal. Useless to a reader of the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def _derived_key(purpose: str) -> bytes:
    return _derive(str(current_app.config["SECRET_KEY"]), purpose)


@functools.lru_cache(maxsize=64)
def _derive(secret: str, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=f"festival/{purpose}".encode()).derive(secret.encode())


def seal(plain: bytes) -> bytes:
    """`plain` encrypted and authenticated under the app's secret (Fernet)."""
    return Fernet(base64.urlsafe_b64encode(_derived_key("seal"))).encrypt(plain)


def unseal(sealed: bytes) -> bytes:
    """What `seal` was given. Raises `cryptography.fernet.InvalidToken` for anything else."""
    return Fernet(base64.urlsafe_b64encode(_derived_key("seal"))).decrypt(sealed)


def mark(purpose: str, message: str) -> bytes:
    """A 32-byte code (HMAC-SHA-256) that only this installation can make for `message`."""
    return hmac.digest(_derived_key(purpose), message.encode(), "sha256")
