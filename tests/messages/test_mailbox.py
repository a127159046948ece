"""The mailbox that undeliverable mail comes back to: reports mark messages once, letters of people are left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from festival.config import SettingError, Settings
from festival.extensions import db
from festival.mailbox_settings import MailboxSettings
from festival.messages.mailbox import BounceMailbox, MailboxRead
from festival.messages.models import MessageState
from tests.messages.conftest import state_of
from tests.messages.imap_server import PASSWORD, USER, ImapServer
from tests.messages.test_bounces import notification

LETTER = b"From: Hoa <hoa@festival.example>\r\nSubject: Cho em hoi\r\nContent-Type: text/plain\r\n\r\nMay gio?\r\n"
FOREIGN = b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B--\r\n"


@pytest.fixture
def sent(message):
    message.state = MessageState.SENT
    db.session.commit()
    return message


@pytest.fixture
def serve(tmp_path) -> Iterator[Callable[..., ImapServer]]:
    servers: list[ImapServer] = []

    def start(**kinds: object) -> ImapServer:
        servers.append(ImapServer(tmp_path, **kinds))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def mailbox_of(server: ImapServer, **values: object) -> BounceMailbox:
    settings = MailboxSettings(host="127.0.0.1", port=server.port, user=USER, password=PASSWORD, ca=str(server.ca))
    return BounceMailbox(replace(settings, **values))


def test_a_report_marks_its_message_and_is_marked_as_read(sent, serve):
    server = serve()
    report = server.put(notification(sent))

    assert mailbox_of(server).read() == MailboxRead(reports=1, marked=1)
    assert state_of(sent) is MessageState.BOUNCED
    assert sent.reason == "550 5.1.1 <hoa@festival.example>: no such user"
    assert report.flags == {"\\Seen"}


def test_letters_and_other_reports_stay_unread_and_are_opened_once_at_most(sent, serve):
    server = serve()
    letter, foreign = server.put(LETTER), server.put(FOREIGN)
    mailbox = mailbox_of(server)

    assert [mailbox.read(), mailbox.read()] == [MailboxRead(), MailboxRead()]
    assert not letter.flags
    assert not foreign.flags
    assert [line for line in server.said if "BODY.PEEK[]" in line] == [
        f"UID FETCH {foreign.uid} (UID BODY.PEEK[]<0.2097152>)"
    ]


@pytest.mark.parametrize("abilities", ["MOVE UIDPLUS", "UIDPLUS", ""])
def test_what_was_read_is_moved_where_a_folder_is_named(sent, serve, abilities):
    server = serve(abilities=abilities)
    server.put(LETTER)
    raw = notification(sent)
    server.put(raw)

    assert mailbox_of(server, done="Thư trả lại & cũ").read() == MailboxRead(reports=1, marked=1)
    (moved,) = server.folders["Th&AbA- tr&HqM- l&HqE-i &- c&AWk-"]
    assert (moved.raw, moved.flags) == (raw, {"\\Seen"})
    left = [kept for kept in server.folders["INBOX"] if "\\Deleted" not in kept.flags]
    assert [kept.raw for kept in left] == [LETTER]


def test_a_reader_that_died_before_it_put_the_report_away_reads_it_again(sent, serve):
    server = serve()
    report = server.put(notification(sent))
    server.breaks_at = "STORE"

    broken = mailbox_of(server).read()
    assert broken.trouble
    assert state_of(sent) is MessageState.BOUNCED
    server.breaks_at = ""

    assert mailbox_of(server).read() == MailboxRead(reports=1, marked=0)
    assert report.flags == {"\\Seen"}


def test_the_password_is_said_only_after_starttls(sent, serve):
    server = serve(starttls=True)
    server.put(notification(sent))

    assert mailbox_of(server, starttls=True).read() == MailboxRead(reports=1, marked=1)
    assert server.said.index("STARTTLS") < server.said.index("AUTHENTICATE PLAIN")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"password": "wrong"}, "AUTHENTICATIONFAILED"),
        ({"folder": "Không có"}, "no such folder"),
        ({"ca": ""}, "CERTIFICATE_VERIFY_FAILED"),
        ({"host": "localhost"}, "CERTIFICATE_VERIFY_FAILED"),
    ],
)
def test_trouble_is_told_in_the_servers_words_and_nothing_is_read(sent, serve, values, words):
    server = serve()
    report = server.put(notification(sent))

    told = mailbox_of(server, **values).read()

    assert (told.reports, words in told.trouble) == (0, True)
    assert PASSWORD not in told.trouble
    assert not report.flags


def test_the_command_reads_the_mailbox_now_and_says_what_is_wrong(app, sent, serve, settings_of):
    server = serve()
    server.put(notification(sent))
    settings = MailboxSettings(host="127.0.0.1", port=server.port, user=USER, password=PASSWORD, ca=str(server.ca))
    settings_of(bounces=settings)

    done = app.test_cli_runner().invoke(args=["festival", "bounce-mailbox"])
    assert done.output.strip() == "1 reports about our mail, 1 messages marked"
    settings_of(bounces=replace(settings, password="wrong"))
    assert app.test_cli_runner().invoke(args=["festival", "bounce-mailbox"]).exit_code == 1


def test_settings_name_what_is_missing(tmp_path):
    given = {"FESTIVAL_DATA": str(tmp_path), "FESTIVAL_BOUNCES_HOST": "imap.example.vn"}
    with pytest.raises(SettingError, match="FESTIVAL_BOUNCES_PASSWORD"):
        Settings.from_environment(given)
    given |= {"FESTIVAL_BOUNCES_USER": "a", "FESTIVAL_BOUNCES_PASSWORD": "b"}
    assert Settings.from_environment(given).bounces.port == 993
    assert Settings.from_environment(given | {"FESTIVAL_BOUNCES_HOST": "imap.example.vn:143"}).bounces.starttls
    with pytest.raises(SettingError, match="FESTIVAL_BOUNCES_HOST"):
        Settings.from_environment(given | {"FESTIVAL_BOUNCES_HOST": "imap.example.vn:imap"})
