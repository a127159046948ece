"""The text in a ticket's QR."""

from __future__ import annotations

from datetime import date

import pytest

from festival.core.clock import today
from festival.registration.models import TicketKind
from festival.registration.ticket_code import CODE_LENGTH, CodeKind, decode, encode, verify
from festival.registration.tickets import qr_matrix, qr_text


@pytest.fixture
def code(festival):
    return encode(TicketKind.TICKET, festival.id, 77, date(2027, 10, 10), 2, festival.sealed_private_key)


def test_a_code_says_what_was_put_in(festival, code):
    read = decode(f"HTTPS://FESTIVAL.TEST/Q/{code}")

    assert (read.kind, read.festival_id, read.ticket_id) == (CodeKind.TICKET, festival.id, 77)
    assert (read.first_day, read.days) == (date(2027, 10, 10), 2)
    assert verify(read, festival.public_key)


def test_lower_case_reads_the_same(code):
    assert decode(code.lower()) == decode(code)


def test_a_changed_byte_is_not_genuine(festival, code):
    for place in range(4, CODE_LENGTH - 1, 7):
        other = "A" if code[place] != "A" else "B"
        read = decode(code[:place] + other + code[place + 1 :])
        assert read is None or not verify(read, festival.public_key), place


def test_another_festivals_key_does_not_verify_it(code, make_festival):
    assert not verify(decode(code), make_festival().public_key)


@pytest.mark.parametrize(
    "text", ["", "A" * 124, "/Q/", "https://example.vn/", "=cmd()", "Đ" * 124, "A" * 10_000, "1" * 124]
)
def test_what_is_no_ticket_is_none(app, text):
    read = decode(text)
    assert read is None or read.ticket_id >= 0
    assert text != "" or read is None


def test_the_qr_stays_small_enough_for_35_mm(festival, make_household):
    ticket = make_household(members=1).tickets[1]
    text = qr_text(ticket, festival, "https://festival.example.vn")

    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/.-")
    assert len(qr_matrix(text)) <= 45  # version 7: modules of 0.66 mm on 35 mm with its margin
    assert (decode(text).first_day, decode(text).days) == (today(), 2)
