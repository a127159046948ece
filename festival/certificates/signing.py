"""Signing certificates: PAdES B-B, or B-T with a time stamp, as one more revision of the file (ETSI EN 319 142-1)."""

from __future__ import annotations

import base64
import contextlib
import enum
import hashlib
import io
from collections.abc import Callable, Iterator
from functools import lru_cache

from cryptography.fernet import InvalidToken
from flask import current_app
from pkcs11.exceptions import PKCS11Error
from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from werkzeug.exceptions import ServiceUnavailable

from festival.certificates.models import KeySource, SigningKey
from festival.certificates.quick_signer import QuickSigner
from festival.certificates.signing_keys import KeyState, secrets_of, state_of
from festival.certificates.timestamps import NoTimestamp, Timestamps
from festival.certificates.tokens import TokenAddress, signer_in

FIELD = "Signature"
ROOM_FOR_SIGNATURE, ROOM_FOR_TIMESTAMP = 2048, 16 * 1024
"""Bytes kept free for the signature itself and for the time stamp with its chain; certificates come on top."""


class SigningProblem(enum.Enum):
    """Why nothing can be signed at the moment."""

    RETIRED = "retired"
    EXPIRED = "expired"
    LOCKED = "locked"
    """The key cannot be opened: the installation has another secret than when it was brought."""
    TOKEN = "token"
    TIMESTAMP = "timestamp"
    FAILED = "failed"


class NotSigned(ServiceUnavailable):
    """Nothing was signed, so nothing may go out. `problem` and `details` are for staff and the log."""

    description = "Signing is not possible at the moment."
    signing = True
    """Tells the error page to say so."""

    def __init__(self, problem: SigningProblem, details: str = "") -> None:
        super().__init__()
        self.problem = problem
        self.details = details


def sign_pdf(content: bytes, key: SigningKey) -> bytes:
    """`content` with a signature by `key` after its last byte. Raises `NotSigned`.

    The field takes no room on the page and lies outside of it, as PDF/A and PDF/UA ask of what nobody sees.
    """
    match state_of(key):
        case KeyState.RETIRED:
            raise NotSigned(SigningProblem.RETIRED)
        case KeyState.EXPIRED:
            raise NotSigned(SigningProblem.EXPIRED)
    with _words_for_failures(), _signer_of(key) as signer:
        return signed_by(signer, content, key.name, _stamps_of(key))


class _Revision(IncrementalPdfFileWriter):
    """One more revision of a file that stays what it says it is: PDF/A-2 and PDF/UA-1, so PDF 1.7.

    pyHanko would rewrite the metadata that say so, and raise the file to PDF 2.0 for an EC key (ISO/TS 32002); readers
    know the algorithm without that.
    """

    def _update_meta(self) -> None:
        pass

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """The version stays."""

    def register_extension(self, ext: DeveloperExtension) -> None:
        """None is named."""


def signed_by(signer: signers.Signer, content: bytes, name: str, stamps: Timestamps | None = None) -> bytes:
    """`content` with one more revision: the field, and in it the signature of `signer`, who is called `name`."""
    room = ROOM_FOR_SIGNATURE + sum(len(one.dump()) for one in signer.cert_registry)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256", name=name
    )
    place = fields.SigFieldSpec(FIELD, invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True))
    signed: io.BytesIO = signers.PdfSigner(metadata, signer, timestamper=stamps, new_field_spec=place).sign_pdf(
        _Revision(io.BytesIO(content)),
        bytes_reserved=2 * (room + (ROOM_FOR_TIMESTAMP if stamps else 0)),
    )
    return signed.getvalue()


@contextlib.contextmanager
def _words_for_failures() -> Iterator[None]:
    try:
        yield
    except NoTimestamp as error:
        raise _not_signed(SigningProblem.TIMESTAMP, error) from error
    except PKCS11Error as error:
        raise _not_signed(SigningProblem.TOKEN, error) from error
    except InvalidToken as error:
        raise _not_signed(SigningProblem.LOCKED, error) from error
    except SigningError as error:
        raise _not_signed(SigningProblem.FAILED, error) from error


def _not_signed(problem: SigningProblem, error: Exception) -> NotSigned:
    details = f"{type(error).__name__}: {error}"[:300]
    current_app.logger.error("nothing is signed: %s: %s", problem.value, details)
    return NotSigned(problem, details)


@contextlib.contextmanager
def _signer_of(key: SigningKey) -> Iterator[signers.Signer]:
    if key.source is KeySource.PKCS12:
        yield _opened(key.sealed, lambda: secrets_of(key))
        return
    with signer_in(TokenAddress(**secrets_of(key)), key.certificate_der) as signer:
        yield signer


_signers: dict[bytes, signers.Signer] = {}


def _opened(sealed: bytes, secrets: Callable[[], dict[str, str]]) -> signers.Signer:
    """The key of a file, opened once in each process: what protects a file costs a tenth of a second on purpose."""
    digest = hashlib.sha256(sealed).digest()
    if digest not in _signers:
        opened = secrets()
        _signers[digest] = signer_of_file(base64.b64decode(opened["file"]), opened["password"])
    return _signers[digest]


def signer_of_file(content: bytes, password: str) -> signers.Signer:
    """The key in a PKCS#12 file, ready to sign. Raises `SigningError` for a file that cannot be read."""
    try:
        return QuickSigner.of(signers.SimpleSigner.load_pkcs12_data(content, [], password.encode()))
    except ValueError as error:
        raise SigningError("the key's file cannot be read") from error


@lru_cache(maxsize=16)
def _stamps(url: str, private_hosts: tuple[str, ...]) -> Timestamps:
    return Timestamps(url, private_hosts)


def _stamps_of(key: SigningKey) -> Timestamps | None:
    if not key.timestamp_url:
        return None
    return _stamps(key.timestamp_url, current_app.extensions["settings"].signatures.private_timestamp_hosts)
