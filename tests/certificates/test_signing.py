"""Signing: PAdES with and without a time stamp; a signed file is made once; nothing unsigned goes out."""

from __future__ import annotations

import hashlib
import io
import subprocess
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign import signers
from sqlalchemy import select

from festival.certificates import signing
from festival.certificates import timestamps as timestamps_module
from festival.certificates.covers import Cover
from festival.certificates.handing_out import file_of
from festival.certificates.models import CertificateFile, FileSource
from festival.certificates.printing import print_all, print_one
from festival.certificates.signatures_in import Integrity, signatures_in
from festival.certificates.signed_files import why_key_fails
from festival.certificates.signing import NotSigned, SigningProblem, sign_pdf
from festival.certificates.signing_keys import make_signing_key, retire
from festival.core.clock import now
from festival.extensions import db
from tests.certificates.keys import PASSWORD, add_file, key_file, one_page
from tests.certificates.paper import SHEET, picture, text_for, words

pytestmark = pytest.mark.usefixtures("plain_pages")


@pytest.fixture
def key(festival):
    return add_file(festival, "Con dấu của phường", key_file(), PASSWORD)


@pytest.fixture
def stamped_key(festival, timestamps):
    return add_file(festival, "Có dấu thời gian", key_file(), PASSWORD, timestamps.url)


def embedded_cms(pdf: bytes) -> cms.SignedData:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (field,) = opened.Root.AcroForm.Fields
        assert field.V.SubFilter == "/ETSI.CAdES.detached"
        return cms.ContentInfo.load(bytes(field.V.Contents), strict=False)["content"]


def test_a_signature_is_pades_and_holds(key):
    signed = sign_pdf(one_page(), key)

    assert signed.startswith(one_page())
    (found,) = signatures_in(signed)
    assert (found.integrity, found.signer, found.issuer) == (
        Integrity.INTACT, "UBND phường Thử Nghiệm", "Tổ chức chứng thực Thử",
    )  # fmt: skip
    assert found.certificate_der == key.certificate_der
    assert found.stamped_at is None
    assert abs(found.claimed_at - now()) < timedelta(minutes=1)
    (signer,) = embedded_cms(signed)["signer_infos"]
    attributes = {one["type"].native for one in signer["signed_attrs"]}
    assert {"signing_certificate_v2", "message_digest"} <= attributes  # what PAdES B-B asks for …
    assert "signing_time" not in attributes  # … and forbids


def test_with_a_server_the_time_is_stamped(stamped_key, timestamps):
    signed = sign_pdf(one_page(), stamped_key)

    (found,) = signatures_in(signed)
    assert found.integrity is Integrity.INTACT
    assert abs(found.stamped_at - now()) < timedelta(minutes=1)
    assert found.stamped_by == "Máy chủ dấu thời gian Thử"
    assert timestamps.asked == 1


def test_a_large_rsa_key_signs_too(festival):
    key = add_file(festival, "RSA", key_file(rsa.generate_private_key(65537, 3072)), PASSWORD)

    (found,) = signatures_in(sign_pdf(one_page(), key))
    assert found.integrity is Integrity.INTACT


def test_qpdf_and_pdfsig_agree(key, stamped_key, tmp_path: Path):
    for name, which in (("plain", key), ("stamped", stamped_key)):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(sign_pdf(one_page(), which))
        checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid" in said
        assert "Total document signed" in said
        assert "ETSI.CAdES.detached" in said


def test_the_field_is_invisible_and_outside_of_the_page(key, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign_pdf(one_page(), key))
    with pikepdf.open(path) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert [int(number) for number in field.Rect] == [-9999] * 4
        assert int(field.F) & 4, "PDF/A asks for the print flag"
        assert not int(field.F) & 2, "and forbids to hide"


def test_a_signed_file_is_made_once_and_kept(key, make_signed):
    certificate = make_signed(key)

    first, again = file_of(certificate), file_of(certificate)
    db.session.commit()

    assert first == again
    (kept,) = db.session.scalars(select(CertificateFile)).all()
    assert (kept.source, kept.content, kept.signing_key_id) == (FileSource.SIGNED, first, key.id)
    assert kept.sha256 == hashlib.sha256(first).hexdigest()


def test_who_comes_second_gets_the_file_of_the_first(key, make_signed, monkeypatch):
    certificate = make_signed(key)
    others: list[bytes] = []

    def overtaken(content, which):
        if not others:
            others.append(b"")
            others[0] = file_of(certificate)
        return sign_pdf(content, which)

    monkeypatch.setattr("festival.certificates.handing_out.sign_pdf", overtaken)

    assert file_of(certificate) == others[0]
    assert db.session.query(CertificateFile).count() == 1


def test_what_was_handed_out_before_the_key_was_retired_still_goes_out(festival, key, make_signed):
    before, after = make_signed(key), make_signed(key)
    signed = file_of(before)
    retire(key, festival)

    assert file_of(before) == signed
    with pytest.raises(NotSigned) as refused:
        file_of(after)
    assert refused.value.problem is SigningProblem.RETIRED


def test_an_expired_key_signs_nothing(key, make_signed):
    key.not_after = now() - timedelta(seconds=1)

    with pytest.raises(NotSigned) as refused:
        file_of(make_signed(key))
    assert refused.value.problem is SigningProblem.EXPIRED


def test_under_another_secret_of_the_installation_nothing_is_signed(app, key, make_signed, monkeypatch):
    monkeypatch.setitem(app.config, "SECRET_KEY", "another one")
    monkeypatch.setattr(signing, "_signers", {})

    with pytest.raises(NotSigned) as refused:
        file_of(make_signed(key))
    assert refused.value.problem is SigningProblem.LOCKED


@pytest.mark.parametrize(
    "behaviour", ["refuses", "nonsense", "endless", "something_else", "other_question", "fails", "redirects"]
)
def test_without_its_time_stamp_nothing_is_signed(stamped_key, timestamps, make_signed, behaviour):
    timestamps.behaviour = behaviour
    certificate = make_signed(stamped_key)

    with pytest.raises(NotSigned) as refused:
        file_of(certificate)

    assert refused.value.problem is SigningProblem.TIMESTAMP
    assert refused.value.details
    assert db.session.query(CertificateFile).count() == 0
    assert why_key_fails(stamped_key).problem is SigningProblem.TIMESTAMP


@pytest.mark.parametrize("behaviour", ["silent", "drops"])
def test_nobody_waits_long_for_a_time_stamp(stamped_key, timestamps, monkeypatch, behaviour):
    monkeypatch.setattr(signing, "_stamps", lambda url, hosts: timestamps_module.Timestamps(url, hosts, 0.4))
    timestamps.behaviour = behaviour

    with pytest.raises(NotSigned) as refused:
        sign_pdf(one_page(), stamped_key)
    assert refused.value.problem is SigningProblem.TIMESTAMP


def test_a_server_that_is_not_there_is_said_to_be_missing(festival, allow_timestamps):
    key = add_file(festival, "Máy chủ mất", key_file(), PASSWORD, "http://127.0.0.1:9/tsa")

    assert why_key_fails(key).problem is SigningProblem.TIMESTAMP


def test_what_can_be_signed_is_said_to_be_ready(festival, stamped_key):
    assert why_key_fails(stamped_key) is None
    assert why_key_fails(make_signing_key(festival)) is None


def test_without_a_key_the_file_goes_out_unsigned(make_signed):
    certificate = make_signed(None)

    assert signatures_in(file_of(certificate)) == ()
    assert db.session.scalar(select(CertificateFile.source)) is FileSource.OURS


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_the_second_signature_is_cast_from_the_first_and_says_the_same(kind, monkeypatch):
    file = key_file(rsa.generate_private_key(65537, 2048) if kind == "rsa" else None)
    quick = signing.signer_of_file(file, PASSWORD)
    usual = signers.SimpleSigner.load_pkcs12_data(file, [], PASSWORD.encode())
    signing.signed_by(quick, one_page(b"1 w"), "Con dấu")
    monkeypatch.setattr(signers.SimpleSigner, "async_sign", None)  # from here on nothing is put together anew

    for drawn in (b"2 w", b"3 w"):
        (found,) = signatures_in(signing.signed_by(quick, one_page(drawn), "Con dấu"))
        assert found.integrity is Integrity.INTACT
    monkeypatch.undo()

    cast, built = (embedded_cms(signing.signed_by(one, one_page(b"4 w"), "Con dấu")) for one in (quick, usual))
    for structure in (cast, built):
        (signer,) = structure["signer_infos"]
        signer["signature"] = b""  # EC: another one each time
    assert sorted(one["type"].native for one in cast["signer_infos"][0]["signed_attrs"]) == sorted(
        one["type"].native for one in built["signer_infos"][0]["signed_attrs"]
    )
    assert cast["certificates"].dump() == built["certificates"].dump()


def test_a_signed_file_stays_archivable_and_tagged(festival, tmp_path):
    """On a certificate as it is printed: the marks of PDF/A and PDF/UA, the version and all metadata are as before."""
    ours = print_one(text_for("Nguyễn Thị Thuỳ Dương"))
    path = tmp_path / "signed.pdf"
    path.write_bytes(sign_pdf(ours, make_signing_key(festival)))

    with pikepdf.open(io.BytesIO(ours)) as before, pikepdf.open(path) as after:
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert dict(after.docinfo.items()) == dict(before.docinfo.items())
        assert after.pdf_version == before.pdf_version == "1.7"
        assert set(after.Root.keys()) - set(before.Root.keys()) == {"/AcroForm"}
        assert after.Root.Lang == "vi"
    assert subprocess.run(["qpdf", "--check", path], capture_output=True, check=False).returncode == 0
    said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert picture(path.read_bytes()).tobytes() == picture(ours).tobytes()


def test_the_printers_file_is_not_signed_and_says_that_it_is_for_paper():
    file = io.BytesIO()
    print_all([SHEET], [Cover("Phường", "Tổ 1", 1, "A", "A", "Ngày hội", "Tham gia"), text_for("Nguyễn Văn A")], file)

    assert signatures_in(file.getvalue()) == ()
    assert "tệp này không mang chữ ký điện tử" in words(file.getvalue())
    with pikepdf.open(file) as pdf:
        assert str(pdf.docinfo.Title).endswith("(bản để in)")
