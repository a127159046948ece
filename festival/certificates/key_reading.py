"""A signing key as an organization brings it: read from its PKCS#12 file and judged before anything is kept."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import pkcs12 as pkcs12_structure
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs12

from festival.core.clock import now

MAX_BYTES = 64 * 1024
"""A PKCS#12 file with a long chain has about 10 kB."""
MAX_ROUNDS = 5_000_000
"""Of the derivation from the password. OpenSSL makes 2,048, Windows 2,000; millions would only keep us busy."""
SMALLEST_RSA, SMALLEST_CURVE = 2048, 256
CLOCKS_DIFFER = timedelta(minutes=10)
FOR_DOCUMENTS = frozenset(
    {
        "2.5.29.37.0",  # anything
        "1.3.6.1.5.5.7.3.36",  # documents (RFC 9336)
        "1.3.6.1.5.5.7.3.4",  # mail
        "1.3.6.1.5.5.7.3.2",  # showing who one is
        "1.3.6.1.4.1.311.10.3.12",  # documents, by Microsoft
        "1.2.840.113583.1.1.5",  # documents, by Adobe
    }
)
"""Purposes one of which a certificate must name that names any. What certificate authorities sell for signing has
e-mail and identification; a web server's or a time stamp's certificate has none of them."""


class KeyProblem(enum.Enum):
    """Why a key is not taken."""

    TOO_LARGE = "too_large"
    NOT_A_KEY_FILE = "not_a_key_file"
    WRONG_PASSWORD = "wrong_password"
    OLD_ENCRYPTION = "old_encryption"
    NO_KEY = "no_key"
    NO_CERTIFICATE = "no_certificate"
    DOES_NOT_FIT = "does_not_fit"
    UNKNOWN_KIND = "unknown_kind"
    WEAK = "weak"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    NOT_FOR_SIGNING = "not_for_signing"
    NO_MODULE = "no_module"
    NO_TOKEN = "no_token"
    WRONG_PIN = "wrong_pin"
    SEVERAL_KEYS = "several_keys"
    TOKEN_FAILS = "token_fails"


@dataclass(frozen=True)
class ReadKey:
    """What is known of a key from its certificate. `self_signed`: nobody but the key itself vouches for the name."""

    certificate_der: bytes
    subject: str
    self_signed: bool
    not_before: datetime
    not_after: datetime


def read_pkcs12(content: bytes, password: str) -> ReadKey | KeyProblem:
    """The key in a PKCS#12 file (.p12, .pfx), or why it cannot be used. Judged by what is inside, not by its name."""
    if len(content) > MAX_BYTES:
        return KeyProblem.TOO_LARGE
    if not _is_pkcs12(content):
        return KeyProblem.NOT_A_KEY_FILE
    if "\0" in password:  # no password has one, and OpenSSL's binding would panic over it
        return KeyProblem.WRONG_PASSWORD
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(content, password.encode())
    except UnsupportedAlgorithm:
        return KeyProblem.OLD_ENCRYPTION
    except (ValueError, TypeError) as error:
        return KeyProblem.WRONG_PASSWORD if "password" in str(error).lower() else KeyProblem.NOT_A_KEY_FILE
    if key is None:
        return KeyProblem.NO_KEY
    if certificate is None:
        return KeyProblem.NO_CERTIFICATE
    if _public(key.public_key()) != _public(certificate.public_key()):
        return KeyProblem.DOES_NOT_FIT
    return judge_certificate(certificate)


def _is_pkcs12(content: bytes) -> bool:
    try:
        file = pkcs12_structure.Pfx.load(content, strict=True)
        rounds = file["mac_data"]["iterations"].native if file["mac_data"].native else 0
        return file["version"].native == "v3" and rounds <= MAX_ROUNDS
    except (ValueError, TypeError, KeyError):
        return False


def judge_certificate(certificate: x509.Certificate) -> ReadKey | KeyProblem:
    """Whether documents can be signed with this certificate today, and what it says."""
    public_key = certificate.public_key()
    if not isinstance(public_key, EllipticCurvePublicKey | RSAPublicKey):
        return KeyProblem.UNKNOWN_KIND
    smallest = SMALLEST_RSA if isinstance(public_key, RSAPublicKey) else SMALLEST_CURVE
    if public_key.key_size < smallest:
        return KeyProblem.WEAK
    moment = now()
    if certificate.not_valid_after_utc <= moment:
        return KeyProblem.EXPIRED
    if certificate.not_valid_before_utc > moment + CLOCKS_DIFFER:
        return KeyProblem.NOT_YET
    if not _is_for_signing(certificate):
        return KeyProblem.NOT_FOR_SIGNING
    return ReadKey(
        certificate_der=certificate.public_bytes(Encoding.DER),
        subject=name_in(certificate.subject),
        self_signed=_is_self_signed(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def name_in(name: x509.Name) -> str:
    """A certificate's subject or issuer as people say it: its common name, else its organization, else all of it."""
    for kind in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
        if found := name.get_attributes_for_oid(kind):
            return str(found[0].value)
    return name.rfc4514_string()


def _public(key: object) -> bytes:
    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))  # type: ignore[attr-defined]


def _is_for_signing(certificate: x509.Certificate) -> bool:
    try:
        extensions = certificate.extensions
    except ValueError:
        return False
    for extension in extensions:
        match extension.value:
            case x509.KeyUsage() as usage if not (usage.digital_signature or usage.content_commitment):
                return False
            case x509.ExtendedKeyUsage() as purposes if not FOR_DOCUMENTS & {one.dotted_string for one in purposes}:
                return False
    return True


def _is_self_signed(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
