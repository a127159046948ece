"""A key in a token, here one of software (SoftHSM): found, judged and signed with; it never leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from festival.certificates import tokens
from festival.certificates.checking import SignatureState, check_pdf
from festival.certificates.handing_out import file_of
from festival.certificates.key_reading import KeyProblem
from festival.certificates.models import KeySource
from festival.certificates.signing import NotSigned, SigningProblem, sign_pdf
from festival.certificates.signing_keys import secrets_of
from festival.certificates.tokens import TokenAddress
from tests.certificates.keys import PASSWORD, add_token, key_file, one_page

MODULE = next(
    (
        str(path)
        for folder in ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib")
        for path in Path(folder).glob("**/libsofthsm2.so")
    ),
    "",
)
pytestmark = [
    pytest.mark.skipif(not (MODULE and shutil.which("softhsm2-util")), reason="SoftHSM is not installed here"),
    pytest.mark.usefixtures("plain_pages"),
]
PIN = "1357-924"


@pytest.fixture(scope="session")
def token(tmp_path_factory) -> None:
    """A token "phuong" with an EC key "con-dau" and an RSA key "rsa", each beside its certificate."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "phuong", "--so-pin", "0000", "--pin", PIN],
        check=True, capture_output=True,
    )  # fmt: skip
    for label, number, file in (
        ("con-dau", "01", key_file()),
        ("rsa", "02", key_file(rsa.generate_private_key(65537, 2048))),
    ):
        private, certificate, _others = pkcs12.load_key_and_certificates(file, PASSWORD.encode())
        _put_in(folder, label, number, private, certificate)


def _put_in(folder: Path, label: str, number: str, private: object, certificate: object) -> None:
    path = folder / f"{label}.pem"
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    subprocess.run(
        ["softhsm2-util", "--import", path, "--token", "phuong", "--label", label, "--id", number, "--pin", PIN],
        check=True, capture_output=True,
    )  # fmt: skip
    path.unlink()
    with pkcs11.lib(MODULE).get_token(token_label="phuong").open(user_pin=PIN, rw=True) as session:
        session.create_object(
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.LABEL: label,
                pkcs11.Attribute.ID: bytes.fromhex(number),
                pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
                pkcs11.Attribute.VALUE: certificate.public_bytes(Encoding.DER),
            }
        )


@pytest.fixture
def allowed(app, token):
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, signatures=replace(before.signatures, pkcs11_modules=(MODULE,)))
    yield
    for session in tokens._sessions.values():
        tokens.close(session)
    tokens._sessions.clear()
    app.extensions["settings"] = before


def address(**values: str) -> TokenAddress:
    return TokenAddress(**{"module": MODULE, "token": "phuong", "pin": PIN, "key_label": "con-dau", **values})


@pytest.mark.parametrize("label", ["con-dau", "rsa"])
def test_a_key_in_a_token_signs(festival, allowed, make_signed, label):
    key = add_token(festival, "Thẻ ký số", address(key_label=label))

    assert (key.source, key.self_made) == (KeySource.PKCS11, False)
    content = file_of(make_signed(key))
    assert check_pdf(content).signature is SignatureState.VALID
    assert check_pdf(content).unchanged


def test_of_the_token_only_its_address_is_kept_and_sealed(festival, allowed):
    key = add_token(festival, "Thẻ ký số", address())

    assert secrets_of(key) == {
        "module": MODULE, "token": "phuong", "pin": PIN, "key_label": "con-dau", "key_id": "01",
    }  # fmt: skip
    assert PIN.encode() not in key.sealed


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"module": "/tmp/mine.so"}, KeyProblem.NO_MODULE),
        ({"token": "huyen"}, KeyProblem.NO_TOKEN),
        ({"pin": "000000"}, KeyProblem.WRONG_PIN),
        ({"pin": ""}, KeyProblem.WRONG_PIN),
        ({"key_label": "khong-co"}, KeyProblem.NO_KEY),
        ({"key_label": ""}, KeyProblem.SEVERAL_KEYS),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_token_is_said(festival, allowed, values, problem):
    assert add_token(festival, "Thẻ", address(**values)) is problem


def test_a_driver_that_is_not_allowed_is_not_even_loaded(festival, app, token, monkeypatch):
    loaded = []
    monkeypatch.setattr(pkcs11, "lib", loaded.append)

    assert add_token(festival, "Thẻ", address()) is KeyProblem.NO_MODULE
    assert loaded == []


def test_a_driver_that_is_no_longer_allowed_signs_nothing(festival, app, allowed):
    key = add_token(festival, "Thẻ", address())
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, signatures=replace(settings.signatures, pkcs11_modules=()))

    with pytest.raises(NotSigned) as refused:
        sign_pdf(one_page(), key)
    assert refused.value.problem is SigningProblem.TOKEN


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # what is left of the search
def test_a_token_that_was_pulled_out_is_asked_anew(festival, allowed, make_signed):
    key = add_token(festival, "Thẻ", address())
    for session in tokens._sessions.values():
        session.close()  # as the driver does when the token goes

    with pytest.raises(NotSigned) as refused:
        sign_pdf(one_page(), key)
    assert refused.value.problem is SigningProblem.TOKEN
    assert check_pdf(sign_pdf(one_page(), key)).signature is SignatureState.VALID
