"""Certificates signed with a program elsewhere: taken in place of ours when they are signed and show our page."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from sqlalchemy import select

from festival.accounts.models import AuditEntry
from festival.certificates.checking import MOST_BYTES, SignatureState, check_pdf
from festival.certificates.external import (
    MOST_FILES,
    ExternalOutcome,
    file_to_sign,
    files_in,
    take_file,
    write_files_to_sign,
)
from festival.certificates.handing_out import file_of
from festival.certificates.models import CertificateFile, FileSource
from festival.certificates.same_page import shows_same_page
from festival.certificates.signed_files import note_of
from festival.certificates.signing_keys import make_signing_key
from festival.core.clock import now
from festival.extensions import db
from tests.certificates.keys import PASSWORD, key_file, one_page

KEY = key_file(ec.generate_private_key(ec.SECP256R1()), name="Chủ tịch phường")


@pytest.fixture(autouse=True)
def _plain_pages(plain_pages, monkeypatch):
    import festival.certificates.handing_out as handing_out

    monkeypatch.setattr("festival.certificates.external.pdf_of", lambda one: handing_out.pdf_of(one))


def signed_elsewhere(content: bytes, *, seen: bool = False) -> bytes:
    """As another program signs it, with a picture of the signature on the page if it is `seen`."""
    signer = signers.SimpleSigner.load_pkcs12_data(KEY, [], PASSWORD.encode())
    metadata = signers.PdfSignatureMetadata(field_name="ChuKy", md_algorithm="sha256")
    out = io.BytesIO()
    signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(content)), metadata, signer, output=out,
        new_field_spec=fields.SigFieldSpec("ChuKy", box=(10, 10, 100, 60)) if seen else None,
    )  # fmt: skip
    return out.getvalue()


def saved_anew(content: bytes, change=lambda pdf: None) -> bytes:
    """As a program stores it that writes the whole file again."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


@pytest.fixture
def issued(make_signed):
    return make_signed(None)


@pytest.mark.parametrize("seen", [False, True])
def test_a_file_signed_elsewhere_goes_out_in_place_of_ours(festival, issued, seen):
    ours = file_of(issued)
    content = signed_elsewhere(ours, seen=seen)

    result = take_file(festival, "bất kỳ.pdf", content)
    db.session.commit()

    assert (result.outcome, result.serial, result.signer) == (ExternalOutcome.TAKEN, issued.serial, "Chủ tịch phường")
    assert file_of(issued) == content
    check = check_pdf(content)
    assert (check.unchanged, check.source) == (True, FileSource.EXTERNAL)
    assert check.signature is SignatureState.UNKNOWN_SIGNER
    assert note_of(issued).elsewhere
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "certificate.signed_elsewhere"))
    assert entry.after == {"signer": "Chủ tịch phường"}
    assert take_file(festival, "again.pdf", content).outcome is ExternalOutcome.KNOWN


def test_it_takes_the_place_of_one_that_was_signed_here(festival, make_signed):
    certificate = make_signed(make_signing_key(festival))
    ours = file_of(certificate)
    content = signed_elsewhere(ours)

    assert take_file(festival, "x.pdf", content).outcome is ExternalOutcome.TAKEN
    assert file_of(certificate) == content


def test_a_file_that_was_stored_anew_is_found_by_its_name(festival, issued):
    content = signed_elsewhere(saved_anew(file_of(issued)))

    assert take_file(festival, "whatever.pdf", content).outcome is ExternalOutcome.NO_CERTIFICATE
    by_code = f"Chứng nhận {issued.code.lower()} signed.pdf"
    assert take_file(festival, by_code, content).outcome is ExternalOutcome.TAKEN
    assert take_file(festival, file_to_sign(issued), content).outcome is ExternalOutcome.KNOWN


def test_the_name_of_a_file_proves_nothing(festival, issued, make_signed):
    other = make_signed(None)
    content = signed_elsewhere(saved_anew(file_of(other)))

    assert take_file(festival, file_to_sign(issued), content).outcome is ExternalOutcome.OTHER_PAGE
    assert db.session.query(CertificateFile).filter_by(source=FileSource.EXTERNAL).count() == 0


def another_stroke(pdf):
    pdf.pages[0].Contents = pdf.make_stream(b"0 0 99 99 re f")


def further_stroke(pdf):
    pdf.pages[0].contents_add(b"1 1 1 rg 0 0 300 300 re f")


def a_note_over_it(pdf):
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[0, 0, 200, 50], Contents="Người khác",
    )  # fmt: skip
    pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))


def further_page(pdf):
    pdf.add_blank_page()


def cut(pdf):
    pdf.pages[0].CropBox = [0, 0, 5, 5]


@pytest.mark.parametrize("change", [another_stroke, further_stroke, a_note_over_it, further_page, cut])
def test_a_page_that_says_something_else_is_refused(festival, issued, change):
    ours = file_of(issued)
    assert shows_same_page(ours, saved_anew(ours))
    content = signed_elsewhere(saved_anew(ours, change))

    assert take_file(festival, file_to_sign(issued), content).outcome is ExternalOutcome.OTHER_PAGE


def test_words_added_before_signing_are_noticed_though_our_bytes_are_there(festival, issued):
    writer = IncrementalPdfFileWriter(io.BytesIO(file_of(issued)))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"]._data = b"0 0 77 77 re f"
    page["/Contents"]._encoded_data = None
    writer.mark_update(page.raw_get("/Contents"))
    out = io.BytesIO()
    writer.write(out)

    result = take_file(festival, "x.pdf", signed_elsewhere(out.getvalue()))
    assert (result.outcome, result.serial) == (ExternalOutcome.OTHER_PAGE, issued.serial)


def test_without_a_signature_that_holds_nothing_is_taken(festival, issued):
    ours = file_of(issued)
    content = signed_elsewhere(ours)
    name = file_to_sign(issued)

    assert take_file(festival, name, ours).outcome is ExternalOutcome.NOT_SIGNED
    assert take_file(festival, name, content + b"\n").outcome is ExternalOutcome.CHANGED
    room = content.index(b"<", content.rindex(b"/Contents") + 9)
    broken = content[: room + 40] + b"00000000" + content[room + 48 :]
    assert take_file(festival, name, broken).outcome in (ExternalOutcome.BROKEN, ExternalOutcome.CHANGED)
    assert take_file(festival, name, b"hello").outcome is ExternalOutcome.NOT_A_PDF
    assert take_file(festival, name, content + b"0" * MOST_BYTES).outcome is ExternalOutcome.TOO_LARGE
    issued.revoked_at = now()
    assert take_file(festival, name, content).outcome is ExternalOutcome.NOT_IN_FORCE


def test_a_certificate_of_another_festival_is_not_touched(make_festival, issued):
    content = signed_elsewhere(file_of(issued))

    assert take_file(make_festival(), file_to_sign(issued), content).outcome is ExternalOutcome.NO_CERTIFICATE


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_zip_brings_many():
    inside = dict(files_in("x.zip", zipped({"folder/a.pdf": b"A", "b.pdf": b"B", "__MACOSX/a.pdf": b"junk"})))

    assert inside == {"a.pdf": b"A", "b.pdf": b"B"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.pdf", one_page())
    assert dict(files_in("stored.zip", out.getvalue())) == {"a.pdf": one_page()}
    assert dict(files_in("one.pdf", one_page())) == {"one.pdf": one_page()}


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"hello", zipped({}), zipped({f"{n}.pdf": b"" for n in range(MOST_FILES + 1)})]
)
def test_what_is_neither_pdf_nor_a_small_zip_is_not_opened(content):
    assert files_in("x.zip", content) is None


def test_a_zip_does_not_swell_and_a_damaged_one_does_no_harm():
    ((_name, content),) = files_in("x.zip", zipped({"bomb.pdf": b"0" * (MOST_BYTES * 20)}))
    assert len(content) == MOST_BYTES + 1

    damaged = bytearray(zipped({"a.pdf": one_page(b"0 0 1 1 re f " * 500)}))
    damaged[60:90] = b"\xff" * 30
    assert [len(content) for _name, content in files_in("x.zip", bytes(damaged))] == [0]


def test_files_to_sign_leave_out_what_is_signed(festival, make_signed):
    waiting, done, revoked = make_signed(None), make_signed(None), make_signed(None, revoked_at=now())
    signed_here = make_signed(make_signing_key(festival))
    take_file(festival, "x.pdf", signed_elsewhere(file_of(done)))

    out = io.BytesIO()
    assert write_files_to_sign(festival, out) == 1
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == [file_to_sign(waiting)]
        content = signed_elsewhere(archive.read(file_to_sign(waiting)))
    assert take_file(festival, "anything.pdf", content).outcome is ExternalOutcome.TAKEN
    assert revoked.id != signed_here.id
