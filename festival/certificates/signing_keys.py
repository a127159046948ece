"""An organization's signing keys: brought as a file, in a token, or made here. Kept sealed, shown nowhere."""

from __future__ import annotations

import base64
import enum
import hashlib
import json
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from flask_security import current_user
from sqlalchemy import func, select

from festival.accounts.audit import record
from festival.accounts.models import Organization
from festival.certificates.key_reading import CLOCKS_DIFFER, KeyProblem, ReadKey, name_in, read_pkcs12
from festival.certificates.models import Design, KeySource, SigningKey
from festival.certificates.tokens import TokenAddress, find_key
from festival.core.clock import now
from festival.core.secrets import random_token, seal, unseal
from festival.core.text import tidy
from festival.extensions import db, stop_reading
from festival.programme.models import Festival

MADE_FOR = timedelta(days=5 * 365)
"""How long a key made here may be used. What it has signed stays checkable."""


class KeyState(enum.Enum):
    """Whether a key may sign now."""

    USABLE = "usable"
    EXPIRED = "expired"
    RETIRED = "retired"


def state_of(key: SigningKey) -> KeyState:
    """The state of `key` at this moment."""
    if key.retired_at is not None:
        return KeyState.RETIRED
    return KeyState.EXPIRED if key.not_after <= now() else KeyState.USABLE


def keys_of(organization_id: int) -> list[SigningKey]:
    """The keys of an organization, those in use first."""
    query = select(SigningKey).where(SigningKey.organization_id == organization_id)
    return list(db.session.scalars(query.order_by(SigningKey.retired_at.is_not(None), SigningKey.id.desc())))


def find_signing_key(organization_id: int, key_id: int) -> SigningKey | None:
    """A key by its number, of this organization only."""
    key = db.session.get(SigningKey, key_id)
    return key if key is not None and key.organization_id == organization_id else None


def file_key(
    festival: Festival, name: str, content: bytes, password: str, timestamp_url: str = ""
) -> SigningKey | KeyProblem:
    """The key of a PKCS#12 file, for the festival's organization, or why it is not taken. Nothing is kept yet."""
    read = read_pkcs12(content, password)
    if isinstance(read, KeyProblem):
        return read
    sealed = {"file": base64.b64encode(content).decode(), "password": password}
    return _key(festival, name, KeySource.PKCS12, read, sealed, timestamp_url)


def token_key(festival: Festival, name: str, address: TokenAddress, timestamp_url: str = "") -> SigningKey | KeyProblem:
    """A key in a token, found there, or why it is not taken. Of it only the address and the PIN will be kept."""
    found = find_key(address)
    if isinstance(found, KeyProblem):
        return found
    return _key(festival, name, KeySource.PKCS11, found.read, dict(vars(found.address)), timestamp_url)


def make_signing_key(festival: Festival) -> SigningKey:
    """A new EC P-256 key in the organization's name, which nobody but itself vouches for. The caller commits."""
    organization = db.session.get_one(Organization, festival.organization_id)
    content, password = new_key_file(organization.name)
    read = read_pkcs12(content, password)
    if isinstance(read, KeyProblem):  # a bug: what we make, we take
        raise ValueError(read)
    sealed = {"file": base64.b64encode(content).decode(), "password": password}
    return keep_key(_key(festival, organization.name, KeySource.PKCS12, read, sealed, ""), festival)


def new_key_file(name: str) -> tuple[bytes, str]:
    """A PKCS#12 file with a new EC P-256 key that vouches for itself to be that of `name`, and its password."""
    private, password = ec.generate_private_key(ec.SECP256R1()), random_token()
    content = pkcs12.serialize_key_and_certificates(
        b"festival", private, _own_certificate(name, private), None, BestAvailableEncryption(password.encode())
    )
    return content, password


def _own_certificate(name: str, private: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    called = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, _short(tidy(name))),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    public = private.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - CLOCKS_DIFFER)
        .not_valid_after(now() + MADE_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(private, hashes.SHA256())
    )


def _short(name: str) -> str:
    """As many words of `name` as a certificate takes: 64 bytes."""
    words = name.split()
    while len(" ".join(words).encode()) > 64 and len(words) > 1:
        words.pop()
    return " ".join(words).encode()[:64].decode(errors="ignore")


def _key(
    festival: Festival, name: str, source: KeySource, read: ReadKey, secrets: dict[str, str], timestamp_url: str
) -> SigningKey:
    signed_in = bool(current_user and current_user.is_authenticated)
    return SigningKey(
        organization_id=festival.organization_id,
        name=tidy(name)[:120] or read.subject[:120],
        source=source,
        sealed=seal(json.dumps(secrets).encode()),
        certificate_der=read.certificate_der,
        self_made=read.self_signed,
        timestamp_url=timestamp_url,
        not_before=read.not_before,
        not_after=read.not_after,
        added_by=current_user.id if signed_in else None,
    )


def keep_key(key: SigningKey, festival: Festival) -> SigningKey:
    """Keep a key that was tried. The caller commits."""
    stop_reading()
    db.session.add(key)
    db.session.flush()
    record("signing_key.added", key.name, festival_id=festival.id, after=told_of(key))
    return key


def secrets_of(key: SigningKey) -> dict[str, Any]:
    """What `sealed` holds. Raises `cryptography.fernet.InvalidToken` under another secret of the installation."""
    content: dict[str, Any] = json.loads(unseal(key.sealed))
    return content


def told_of(key: SigningKey) -> dict[str, Any]:
    """What may be told of a key: in the audit log, on its page."""
    return {
        "name": key.name,
        "source": key.source.value,
        "self_made": key.self_made,
        "fingerprint": fingerprint(key),
        "valid_until": key.not_after.isoformat(),
        "timestamp_url": key.timestamp_url,
    }


def fingerprint(key: SigningKey) -> str:
    """The SHA-256 of its certificate, as programs that show signatures write it: in pairs."""
    digest = hashlib.sha256(key.certificate_der).hexdigest().upper()
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))


def names_of(key: SigningKey) -> tuple[str, str]:
    """Whom the certificate names, and who vouches for it."""
    certificate = x509.load_der_x509_certificate(key.certificate_der)
    return name_in(certificate.subject), name_in(certificate.issuer)


def set_timestamp_url(key: SigningKey, festival: Festival, url: str) -> None:
    """Which server stamps the time from now on; "" for none. The caller commits."""
    before = {"timestamp_url": key.timestamp_url}
    if url != key.timestamp_url:
        key.timestamp_url = url
        record("signing_key.edited", key.name, festival_id=festival.id, before=before, after={"timestamp_url": url})


def retire(key: SigningKey, festival: Festival) -> bool:
    """Never sign with `key` again; False when it is retired already. What it has signed stays. The caller commits.

    Designs that name it sign nothing, and give out nothing new, until another one is chosen for them.
    """
    if key.retired_at is not None:
        return False
    key.retired_at = now()
    record("signing_key.retired", key.name, festival_id=festival.id, after={"fingerprint": fingerprint(key)})
    return True


def choose_key(design: Design, key: SigningKey | None) -> bool:
    """Sign what `design` gives with `key` from now on, or with none. False when nothing changes. The caller commits."""
    if design.signing_key is key:
        return False
    before = {"signing_key": design.signing_key.name if design.signing_key else None}
    design.signing_key = key
    record(
        "certificate_design.key_chosen", design.name, festival_id=design.festival_id,
        before=before, after={"signing_key": key.name if key else None},
    )  # fmt: skip
    return True


def designs_with(key: SigningKey) -> int:
    """How many designs in use, of all festivals of the organization, are signed with `key`."""
    query = select(func.count(Design.id)).where(Design.signing_key_id == key.id, Design.archived_at.is_(None))
    return db.session.execute(query).scalar_one()
