"""A festival's key pair (Ed25519): tickets are signed with it, and a scanner can check them with no network."""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from festival.core.secrets import seal, unseal


def make_keys() -> tuple[bytes, bytes]:
    """A new key pair: the public key (32 bytes) and the private one, sealed under the app's secret."""
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return public, seal(raw)


@lru_cache(maxsize=64)
def _private_key(sealed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(unseal(sealed))


@lru_cache(maxsize=64)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def sign(message: bytes, sealed_private_key: bytes) -> bytes:
    """The 64-byte signature over `message`."""
    return _private_key(sealed_private_key).sign(message)


def private_bytes(sealed_private_key: bytes) -> bytes:
    """The private key itself (32 bytes), for a library that signs; it must not be kept or sent anywhere."""
    return unseal(sealed_private_key)


def is_signed(message: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether the owner of the key has signed `message`."""
    try:
        _public_key(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True
