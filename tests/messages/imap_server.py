"""An IMAP server for tests: over TLS, with what the mailbox reader asks for, and answers as Dovecot gives them."""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "ngay-hoi@festival.example", "mật khẩu “dài”"


@dataclass
class Kept:
    """A mail, its number and its flags."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """Folders of mails at 127.0.0.1:`port`, for who trusts the certificate in `ca`. `said` is what clients asked."""

    def __init__(self, folder: Path, *, abilities: str = "MOVE UIDPLUS", starttls: bool = False) -> None:
        self.ca = folder / "ca.pem"
        self.abilities, self.starttls = abilities, starttls
        self.folders: dict[str, list[Kept]] = {"INBOX": []}
        self.said: list[str] = []
        self.breaks_at = ""
        self.next_uid = 1
        self.tls = _context(self.ca, folder / "key.pem")
        owner = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # a client that does not trust the certificate hangs up
                    _Conversation(owner, self.request).run()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def put(self, raw: bytes, folder: str = "INBOX") -> Kept:
        kept = Kept(self.next_uid, raw)
        self.next_uid += 1
        self.folders[folder].append(kept)
        return kept

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Conversation:
    """One client's connection."""

    def __init__(self, server: ImapServer, connection) -> None:
        self.server = server
        self.connection = connection if server.starttls else server.tls.wrap_socket(connection, server_side=True)
        self.lines = self.connection.makefile("rb")
        self.signed_in = False
        self.mails: list[Kept] = []

    def run(self) -> None:
        try:
            self.say(f"* OK [CAPABILITY {self.abilities()}] ready")
            while line := self.lines.readline().decode("utf-8").rstrip("\r\n"):
                self.server.said.append(line.partition(" ")[2])
                if self.server.breaks_at and self.server.breaks_at in line:
                    return
                tag, command, *rest = line.split(" ", 2)
                name = command.upper()
                if name == "UID":
                    name, *rest = rest[0].split(" ", 1)
                    name = f"UID_{name.upper()}"
                self.answer(tag, name, rest[0] if rest else "")
                if name == "LOGOUT":
                    return
        except (OSError, ValueError):
            return
        finally:
            self.connection.close()

    def abilities(self) -> str:
        if self.server.starttls and not isinstance(self.connection, ssl.SSLSocket):
            return "IMAP4rev1 STARTTLS LOGINDISABLED"
        return f"IMAP4rev1 {self.server.abilities}" if self.signed_in else "IMAP4rev1 AUTH=PLAIN"

    def say(self, text: str | bytes) -> None:
        self.connection.sendall((text if isinstance(text, bytes) else text.encode()) + b"\r\n")

    def answer(self, tag: str, name: str, rest: str) -> None:
        done = getattr(self, f"on_{name.lower()}", lambda _: "BAD no such command")(rest)
        self.say(f"{tag} {done}")
        if name == "STARTTLS":
            self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
            self.lines = self.connection.makefile("rb")

    def on_capability(self, _rest: str) -> str:
        self.say(f"* CAPABILITY {self.abilities()}")
        return "OK done"

    def on_starttls(self, _rest: str) -> str:
        return "OK begin"

    def on_authenticate(self, _rest: str) -> str:
        self.say("+ ")
        said = base64.b64decode(self.lines.readline()).decode()
        self.signed_in = isinstance(self.connection, ssl.SSLSocket) and said == f"\0{USER}\0{PASSWORD}"
        return "OK signed in" if self.signed_in else "NO [AUTHENTICATIONFAILED] wrong"

    def on_select(self, rest: str) -> str:
        name = rest.strip('"')
        if not self.signed_in or name not in self.server.folders:
            return "NO no such folder"
        self.mails = self.server.folders[name]
        for line in (f"{len(self.mails)} EXISTS", "0 RECENT", "OK [UIDVALIDITY 7] ok"):
            self.say(f"* {line}")
        return "OK [READ-WRITE] selected"

    def on_create(self, rest: str) -> str:
        name = rest.strip('"')
        if name in self.server.folders:
            return "NO it exists"
        self.server.folders[name] = []
        return "OK made"

    def on_uid_search(self, rest: str) -> str:
        assert rest == "UNSEEN UNDELETED"
        found = [kept.uid for kept in self.mails if not kept.flags & {"\\Seen", "\\Deleted"}]
        self.say(" ".join(["* SEARCH", *map(str, found)]))
        return "OK found"

    def on_uid_fetch(self, rest: str) -> str:
        uids, what = rest.split(" ", 1)
        for place, kept in enumerate(self.mails, start=1):
            if str(kept.uid) not in uids.split(","):
                continue
            if "HEADER.FIELDS" in what:
                head = re.split(rb"\r?\n\r?\n", kept.raw)[0]
                fields = re.findall(rb"(?im)^content-type:.*(?:\r?\n[ \t].*)*", head)
                text, name = b"\r\n".join(fields) + b"\r\n\r\n", "BODY[HEADER.FIELDS (CONTENT-TYPE)]"
            else:
                text, name = kept.raw[: int(what.partition("<0.")[2].partition(">")[0])], "BODY[]<0>"
            self.say(f"* {place} FETCH (UID {kept.uid} {name} {{{len(text)}}}")
            self.connection.sendall(text)
            self.say(")")
        return "OK fetched"

    def on_uid_store(self, rest: str) -> str:
        uid, _how, flags = rest.split(" ", 2)
        for kept in self.of(uid):
            kept.flags.update(flags.strip("()").split())
        return "OK stored"

    def on_uid_copy(self, rest: str) -> str:
        uid, folder = rest.split(" ", 1)
        for kept in self.of(uid):
            self.server.put(kept.raw, folder.strip('"')).flags.update(kept.flags)
        return "OK copied"

    def on_uid_expunge(self, rest: str) -> str:
        self.mails[:] = [one for one in self.mails if str(one.uid) != rest or "\\Deleted" not in one.flags]
        return "OK gone"

    def on_uid_move(self, rest: str) -> str:
        self.on_uid_copy(rest)
        self.mails[:] = [one for one in self.mails if str(one.uid) != rest.split(" ")[0]]
        return "OK moved"

    def on_logout(self, _rest: str) -> str:
        self.say("* BYE")
        return "OK bye"

    def of(self, uid: str) -> list[Kept]:
        return [kept for kept in self.mails if str(kept.uid) == uid]


def _context(certificate: Path, key_file: Path) -> ssl.SSLContext:
    """What 127.0.0.1 proves itself with, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "imap.test")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key_file)
    return context
