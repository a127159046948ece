"""What a PDF is that somebody holds: these very bytes, changed, added to, or never ours."""

from __future__ import annotations

import io
import random
from datetime import timedelta

import pikepdf
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from festival.certificates.checking import MOST_BYTES, NOT_A_PDF, SignatureState, check_pdf
from festival.certificates.handing_out import file_of
from festival.certificates.models import FileSource
from festival.certificates.signatures_in import Integrity, signatures_in
from festival.certificates.signing import sign_pdf
from festival.certificates.signing_keys import make_signing_key, retire
from festival.core.clock import now
from festival.extensions import db
from tests.certificates.keys import PASSWORD, add_file, key_file, one_page

pytestmark = pytest.mark.usefixtures("plain_pages")


@pytest.fixture
def key(festival):
    return add_file(festival, "Con dấu của phường", key_file(), PASSWORD)


@pytest.fixture
def signed(key, make_signed):
    certificate = make_signed(key)
    content = file_of(certificate)
    db.session.commit()
    return certificate, content


def flipped(content: bytes, place: int, bit: int = 0) -> bytes:
    return content[:place] + bytes([content[place] ^ (1 << bit)]) + content[place + 1 :]


def with_a_word_more(content: bytes) -> bytes:
    """As a program does it that keeps what was there: one more revision, in which the page says something else."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    page = writer.root["/Pages"]["/Kids"][0]
    stream = page["/Contents"]
    stream._data = b"1 0 0 rg 0 0 300 300 re f"
    stream._encoded_data = None
    writer.mark_update(page.raw_get("/Contents"))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_the_file_that_was_handed_out_is_known(signed, key, organization):
    certificate, content = signed

    check = check_pdf(content)

    assert (check.known, check.certificate_id, check.source) == (True, certificate.id, FileSource.SIGNED)
    assert (check.signature, check.signer, check.issuer) == (
        SignatureState.VALID, "Con dấu của phường", "Tổ chức chứng thực Thử",
    )  # fmt: skip
    assert check.organization_id == organization.id
    assert abs(check.signed_at - now()) < timedelta(minutes=1)
    assert check.unchanged


def test_an_unsigned_file_is_known_by_its_bytes(make_signed):
    certificate = make_signed(None)
    content = file_of(certificate)

    check = check_pdf(content)
    assert (check.unchanged, check.certificate_id, check.signature) == (True, certificate.id, SignatureState.NONE)
    assert not check_pdf(flipped(content, len(content) // 2)).unchanged


def test_a_self_made_key_is_said_to_be_one(festival, make_signed):
    content = file_of(make_signed(make_signing_key(festival)))

    assert check_pdf(content).signature is SignatureState.SELF_MADE


def test_a_time_stamp_is_told(festival, timestamps, make_signed):
    key = add_file(festival, "Có dấu thời gian", key_file(), PASSWORD, timestamps.url)

    check = check_pdf(file_of(make_signed(key)))

    assert check.signature is SignatureState.VALID
    assert check.stamped_by == "Máy chủ dấu thời gian Thử"
    assert check.stamped_at == check.signed_at


def room_of(content: bytes) -> tuple[int, int]:
    """Where the signature itself is written: the only bytes that no signature can cover."""
    start = content.index(b"<", content.rindex(b"/Contents") + len(b"/Contents"))
    return start, content.index(b">", start) + 1


def places_in(content: bytes) -> list[tuple[int, int]]:
    """Bytes and bits of every region: head, page, signature, its room, its numbers, tables, end; and many others."""
    start, end = room_of(content)
    numbers = content.index(b"/ByteRange")
    chosen = {0, 5, 7, start, start + 1, start + 9, end - 2, end - 1, numbers, numbers + 12, numbers + 20}
    chosen |= {content.rindex(word) for word in (b"startxref", b"trailer", b"xref", b"%%EOF")} | {len(content) - 1}
    dice = random.Random(757)
    chosen |= set(dice.sample(range(start), 40)) | set(dice.sample(range(end, len(content)), 30))
    chosen |= set(dice.sample(range(start, start + 2400), 40)) | set(dice.sample(range(start + 2400, end), 20))
    return [(place, dice.randrange(8)) for place in sorted(chosen)]


@pytest.mark.parametrize("stamped", [False, True])
def test_no_changed_byte_leaves_a_file_valid_and_unchanged(festival, make_signed, timestamps, stamped):
    key = add_file(festival, "Con dấu", key_file(), PASSWORD, timestamps.url if stamped else "")
    content = file_of(make_signed(key))
    assert check_pdf(content).unchanged
    start, end = room_of(content)

    for place, bit in places_in(content):
        check = check_pdf(flipped(content, place, bit))
        assert not check.known, place
        assert not check.unchanged, place
        if not start < place < end - 1:  # told by the signature alone, as where a file is not known here
            assert check.signature is not SignatureState.VALID, (place, bit)


def test_nothing_hides_in_the_room_of_the_signature(signed):
    """Behind the signature there are zeros to its end; a file that says something there is not as it was signed."""
    _certificate, content = signed
    _start, end = room_of(content)

    assert check_pdf(content[: end - 3] + b"1" + content[end - 2 :]).signature is SignatureState.CHANGED_AFTERWARDS


def test_what_is_added_to_a_file_is_noticed(signed):
    certificate, content = signed

    check = check_pdf(with_a_word_more(content))

    assert check.signature is SignatureState.CHANGED_AFTERWARDS
    assert (check.known, check.grown, check.certificate_id) == (False, True, certificate.id)
    assert not check.unchanged


@pytest.mark.parametrize("more", [b"\n", b"%", b"\nxref\n", b"%%EOF\n"])
def test_bytes_after_the_end_are_noticed(signed, more):
    certificate, content = signed

    check = check_pdf(content + more)

    assert (check.unchanged, check.grown, check.certificate_id) == (False, True, certificate.id)
    assert check.signature is not SignatureState.VALID


def test_a_file_that_a_program_has_saved_anew_has_a_broken_signature(signed):
    _certificate, content = signed
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(out)

    assert check_pdf(out.getvalue()).signature in (SignatureState.CHANGED_AFTERWARDS, SignatureState.BROKEN)


def test_a_signature_of_somebody_else_is_unknown_here(festival):
    elsewhere = add_file(festival, "Người khác", key_file(), PASSWORD)
    content = sign_pdf(one_page(), elsewhere)
    db.session.rollback()

    check = check_pdf(content)
    assert (check.signature, check.known) == (SignatureState.UNKNOWN_SIGNER, False)
    assert check.signer == "UBND phường Thử Nghiệm"
    assert not check.unchanged


def test_a_key_that_names_itself_like_ours_is_not_ours(signed, festival):
    """The name in a certificate is whatever its maker has written there."""
    forged = add_file(festival, "Giả", key_file(issuer="Tổ chức chứng thực Thử"), PASSWORD)
    content = sign_pdf(one_page(), forged)
    db.session.delete(forged)
    db.session.flush()

    assert check_pdf(content).signature is SignatureState.UNKNOWN_SIGNER


def test_what_was_signed_after_the_key_was_retired_does_not_count(festival, key):
    before = sign_pdf(one_page(), key)
    after = sign_pdf(one_page(b"1 w"), key)
    retire(key, festival)
    key.retired_at = now() - timedelta(minutes=5)
    db.session.flush()

    assert check_pdf(after).signature is SignatureState.NOT_IN_FORCE
    key.retired_at = now() + timedelta(minutes=5)
    db.session.flush()
    assert check_pdf(before).signature is SignatureState.VALID


def test_what_was_signed_with_an_expired_certificate_does_not_count(festival):
    key = add_file(festival, "Sắp hết hạn", key_file(ends=timedelta(seconds=30)), PASSWORD)
    content = sign_pdf(one_page(), key)
    assert check_pdf(content).signature is SignatureState.VALID

    late = add_file(festival, "Đã hết hạn", key_file(starts=timedelta(minutes=5)), PASSWORD)
    late.not_before = late.not_after = now() + timedelta(days=1)
    assert check_pdf(sign_pdf(one_page(), late)).signature is SignatureState.NOT_IN_FORCE


def test_two_signatures_hold_together_and_a_third_hand_breaks_them(festival, key):
    first = sign_pdf(one_page(), key)
    second = io.BytesIO()
    from pyhanko.sign import fields, signers

    other = signers.SimpleSigner.load_pkcs12_data(key_file(name="Chủ tịch"), [], PASSWORD.encode())
    metadata = signers.PdfSignatureMetadata(
        field_name="Second", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(first)), metadata, other, output=second)

    found = signatures_in(second.getvalue())
    assert [one.signer for one in found] == ["UBND phường Thử Nghiệm", "Chủ tịch"]
    assert [one.integrity for one in found] == [Integrity.INTACT, Integrity.INTACT]
    assert check_pdf(second.getvalue()).signature is SignatureState.VALID
    assert check_pdf(with_a_word_more(second.getvalue())).signature is SignatureState.CHANGED_AFTERWARDS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Not a PDF",
        b"%PDF-1.7\n",
        b"%PDF-1.7\n/ByteRange [0 1 2 3]\n%%EOF",
        b"%PDF-1.7\n" + b"%%EOF\n" * 50_000,
        b"%PDF-1.7\n" + b"/ByteRange" * 1000 + b"[" * 20_000,
        one_page().replace(b"/Contents", b"/ByteRange"),
    ],
)
def test_whatever_is_sent_there_is_an_answer(app, content):
    check = check_pdf(content)

    assert not check.unchanged
    assert check.certificate_id is None


def test_a_file_that_is_too_long_is_not_looked_at(app):
    assert check_pdf(one_page() + b"0" * MOST_BYTES) == NOT_A_PDF
