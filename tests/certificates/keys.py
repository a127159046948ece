"""Keys, certificates and time stamps for the tests of signing: all made here, none of them worth anything."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pikepdf
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from festival.certificates import signing_keys
from festival.certificates.key_reading import KeyProblem
from festival.certificates.models import SigningKey
from festival.certificates.tokens import TokenAddress
from festival.programme.models import Festival

PASSWORD = "mật khẩu chìa khóa"
DAY = timedelta(days=1)
SIGNS = {"digital_signature": True, "content_commitment": True}
ENCRYPTS = {"key_encipherment": True}


def usage(**flags: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: flags.get(name, False) for name in names})


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def certificate_of(
    public_key: object,
    by: object,
    name: str = "UBND phường Thử Nghiệm",
    issuer: str = "Tổ chức chứng thực Thử",
    *,
    starts: timedelta = -DAY,
    ends: timedelta = 365 * DAY,
    flags: dict[str, bool] | None = None,
    purposes: tuple[x509.ObjectIdentifier, ...] = (),
) -> x509.Certificate:
    """A certificate for `public_key`, signed by the key `by`."""
    moment = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(public_key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment + starts)
        .not_valid_after(moment + ends)
        .add_extension(usage(**(SIGNS if flags is None else flags)), critical=True)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=False)
    return builder.sign(by, hashes.SHA256())  # type: ignore[arg-type]


AUTHORITY = ec.generate_private_key(ec.SECP256R1())


def key_file(key: object | None = None, password: str = PASSWORD, **values: object) -> bytes:
    """A PKCS#12 file as a certificate authority's program exports it."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    certificate = certificate_of(key.public_key(), AUTHORITY, **values)  # type: ignore[attr-defined, arg-type]
    return pkcs12.serialize_key_and_certificates(
        b"key",
        key,  # type: ignore[arg-type]
        certificate,
        None,
        BestAvailableEncryption(password.encode()),
    )


def add_file(festival: Festival, name: str, content: bytes, password: str, timestamp_url: str = "") -> SigningKey:
    """A key from a file, kept."""
    key = signing_keys.file_key(festival, name, content, password, timestamp_url)
    assert isinstance(key, SigningKey), key
    return signing_keys.keep_key(key, festival)


def add_token(festival: Festival, name: str, address: TokenAddress) -> SigningKey | KeyProblem:
    """A key in a token, kept, or why it is not."""
    key = signing_keys.token_key(festival, name, address)
    return key if isinstance(key, KeyProblem) else signing_keys.keep_key(key, festival)


def one_page(words: bytes = b"0 0 10 10 re f") -> bytes:
    """A small PDF, the same bytes for the same words."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.pages[0].Contents = pdf.make_stream(words)
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


class TimestampServer:
    """An RFC 3161 server on this machine. `behaviour`: "" or how it misbehaves."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(65537, 2048)
        certificate = certificate_of(
            key.public_key(), AUTHORITY, "Máy chủ dấu thời gian Thử", purposes=(ExtendedKeyUsageOID.TIME_STAMPING,)
        )
        self._stamps = DummyTimeStamper(
            asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
            asn1_keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        )
        self.behaviour = ""
        self.asked = 0
        self.url = ""
        self.quiet = threading.Event()

    def answer(self, question: bytes) -> bytes:
        self.asked += 1
        asked = tsp.TimeStampReq.load(question)
        match self.behaviour:
            case "refuses":
                return bytes(tsp.TimeStampResp({"status": tsp.PKIStatusInfo({"status": "rejection"})}).dump())
            case "nonsense":
                return b"<html>Error</html>"
            case "endless":
                return b"0" * 1_000_000
            case "something_else":
                asked["message_imprint"]["hashed_message"] = b"\0" * 32
            case "other_question":
                asked["nonce"] = 1
        return bytes(self._stamps.request_tsa_response(asked).dump())

    @contextmanager
    def serving(self) -> Iterator[TimestampServer]:
        """Answer on 127.0.0.1 until the block ends."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = self.rfile.read(int(self.headers["Content-Length"]))
                if outer.behaviour == "silent":
                    outer.quiet.wait(20)
                    return
                if outer.behaviour == "redirects":
                    self.send_response(302)
                    self.send_header("Location", outer.url)
                    self.end_headers()
                    return
                content = outer.answer(question)
                self.send_response(500 if outer.behaviour == "fails" else 200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if outer.behaviour == "drops":
                    self.drop(content)
                else:
                    self.wfile.write(content)

            def drop(self, content: bytes) -> None:
                for place in range(len(content)):
                    if outer.quiet.wait(0.1):
                        return
                    try:
                        self.wfile.write(content[place : place + 1])
                        self.wfile.flush()
                    except OSError:
                        return

            def log_message(self, *_words: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}/tsa"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.quiet.set()
            server.shutdown()
            server.server_close()
