"""An organization's keys: what is taken, what is refused and why, what is never shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlalchemy import select

from festival.accounts.audit import values_of
from festival.accounts.models import AuditEntry
from festival.certificates.key_reading import MAX_BYTES, KeyProblem, ReadKey, read_pkcs12
from festival.certificates.models import KeySource, SigningKey
from festival.certificates.signing_keys import (
    KeyState,
    choose_key,
    designs_with,
    find_signing_key,
    keys_of,
    make_signing_key,
    retire,
    secrets_of,
    state_of,
)
from festival.extensions import db
from tests import factories
from tests.certificates.keys import AUTHORITY, ENCRYPTS, PASSWORD, add_file, certificate_of, key_file


def test_a_key_is_read_with_its_name_and_dates():
    read = read_pkcs12(key_file(), PASSWORD)

    assert isinstance(read, ReadKey)
    assert (read.subject, read.self_signed) == ("UBND phường Thử Nghiệm", False)
    assert read.not_before < read.not_after


WITHOUT_KEY = pkcs12.serialize_key_and_certificates(
    None, None, certificate_of(AUTHORITY.public_key(), AUTHORITY), None, BestAvailableEncryption(PASSWORD.encode())
)
WITHOUT_CERTIFICATE = pkcs12.serialize_key_and_certificates(
    b"key", AUTHORITY, None, None, BestAvailableEncryption(PASSWORD.encode())
)
A_CERTIFICATE = certificate_of(AUTHORITY.public_key(), AUTHORITY)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", KeyProblem.NOT_A_KEY_FILE),
        (b"%PDF-1.7 renamed to key.p12", KeyProblem.NOT_A_KEY_FILE),
        (A_CERTIFICATE.public_bytes(Encoding.PEM), KeyProblem.NOT_A_KEY_FILE),
        (A_CERTIFICATE.public_bytes(Encoding.DER), KeyProblem.NOT_A_KEY_FILE),
        (key_file() + b"more", KeyProblem.NOT_A_KEY_FILE),
        (key_file() + b"0" * MAX_BYTES, KeyProblem.TOO_LARGE),
        (key_file(password="another one"), KeyProblem.WRONG_PASSWORD),
        (WITHOUT_KEY, KeyProblem.NO_KEY),
        (WITHOUT_CERTIFICATE, KeyProblem.NO_CERTIFICATE),
        (key_file(rsa.generate_private_key(65537, 1024)), KeyProblem.WEAK),
        (key_file(ec.generate_private_key(ec.SECP192R1())), KeyProblem.WEAK),
        (key_file(dsa.generate_private_key(2048)), KeyProblem.UNKNOWN_KIND),
        (key_file(ends=timedelta(minutes=-1)), KeyProblem.EXPIRED),
        (key_file(starts=timedelta(days=2)), KeyProblem.NOT_YET),
        (key_file(flags=ENCRYPTS), KeyProblem.NOT_FOR_SIGNING),
        (key_file(purposes=(ExtendedKeyUsageOID.SERVER_AUTH,)), KeyProblem.NOT_FOR_SIGNING),
    ],
    ids=lambda value: value.name if isinstance(value, KeyProblem) else "",  # files differ each time
)
def test_a_key_that_cannot_be_used_is_refused_with_the_reason(content, problem):
    read = read_pkcs12(content, PASSWORD)

    assert read is problem


@pytest.mark.parametrize(
    "purpose",
    [
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),
    ],
)
def test_what_certificate_authorities_sell_for_signing_is_taken(purpose):
    assert isinstance(read_pkcs12(key_file(purposes=(purpose,)), PASSWORD), ReadKey)


def test_a_file_without_a_password_is_taken_too():
    private = ec.generate_private_key(ec.SECP384R1())
    certificate = certificate_of(private.public_key(), AUTHORITY)
    content = pkcs12.serialize_key_and_certificates(b"key", private, certificate, None, NoEncryption())

    assert isinstance(read_pkcs12(content, ""), ReadKey)


def test_a_key_that_vouches_for_itself_counts_as_self_made(festival):
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = certificate_of(private.public_key(), private, "Tự ký", "Tự ký")
    content = pkcs12.serialize_key_and_certificates(
        b"key", private, certificate, None, BestAvailableEncryption(PASSWORD.encode())
    )

    assert add_file(festival, "", content, PASSWORD).self_made
    assert not add_file(festival, "", key_file(), PASSWORD).self_made


def test_a_key_is_sealed_and_told_without_its_secrets(festival):
    content = key_file()

    key = add_file(festival, "Con dấu của phường", content, PASSWORD)
    db.session.commit()

    assert content not in key.sealed
    assert PASSWORD.encode() not in key.sealed
    assert secrets_of(key)["password"] == PASSWORD
    told = str(values_of(key)) + str(db.session.scalars(select(AuditEntry.after)).all())
    assert "Con dấu của phường" in told
    for secret in (PASSWORD, key.sealed.decode(), secrets_of(key)["file"]):
        assert secret not in told


def test_a_key_made_here_is_ec_and_says_whose_it_is(festival, organization):
    organization.name = "Ủy ban nhân dân " + "rất dài " * 20

    key = make_signing_key(festival)

    assert (key.self_made, key.source, state_of(key)) == (True, KeySource.PKCS12, KeyState.USABLE)
    certificate = x509.load_der_x509_certificate(key.certificate_der)
    assert certificate.public_key().curve.name == "secp256r1"
    (name,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert organization.name.startswith(name.value)
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment


def test_a_key_is_found_by_its_own_organization_only(festival, make_festival):
    other = make_festival(organization_id=factories.make_organization("UBND phường khác").id)
    key = make_signing_key(festival)

    assert find_signing_key(festival.organization_id, key.id) is key
    assert find_signing_key(other.organization_id, key.id) is None
    assert keys_of(other.organization_id) == []


def test_retiring_is_done_once_and_noted(festival):
    key = make_signing_key(festival)

    assert retire(key, festival)
    assert not retire(key, festival)
    assert state_of(key) is KeyState.RETIRED
    entries = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert entries == ["signing_key.added", "signing_key.retired"]


def test_choosing_a_key_for_a_design_is_noted(festival, make_signed):
    design, key = make_signed(None).design, make_signing_key(festival)

    assert choose_key(design, key)
    assert not choose_key(design, key)
    db.session.commit()

    assert designs_with(key) == 1
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.before, entry.after) == (
        "certificate_design.key_chosen", {"signing_key": None}, {"signing_key": key.name},
    )  # fmt: skip
    assert db.session.query(SigningKey).count() == 1
