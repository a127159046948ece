"""The scanner reads the ticket's QR as Python writes it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from festival.core.signing import make_keys
from festival.registration import ticket_code
from festival.registration.models import TicketKind

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def read_by_scanner(tool: Callable[[str], str]) -> Callable[[list[str]], list[dict[str, Any]]]:
    def read(texts: list[str]) -> list[dict[str, Any]]:
        command = [tool("node"), str(Path(__file__).with_name("read_ticket_codes.mjs")), str(ROOT / "static/door")]
        said = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
        answers: list[dict[str, Any]] = json.loads(said.stdout)
        return answers

    return read


@pytest.mark.parametrize(
    ("kind", "festival_id", "ticket_id", "first_day", "days"),
    [
        (TicketKind.TICKET, 1, 1, date(2027, 10, 10), 1),
        (TicketKind.HOUSEHOLD, 16_777_215, 1_099_511_627_775, date(2020, 1, 1), 255),
        (TicketKind.TICKET, 70_000, 5_000_000_000, date(2100, 12, 31), 3),
    ],
)
def test_the_scanner_reads_every_field(
    app: Flask,
    read_by_scanner: Callable[[list[str]], list[dict[str, Any]]],
    kind: TicketKind,
    festival_id: int,
    ticket_id: int,
    first_day: date,
    days: int,
) -> None:
    _, sealed = make_keys()
    text = ticket_code.encode(kind, festival_id, ticket_id, first_day, days, sealed)
    known = ticket_code.decode(text)
    assert known is not None

    for shown in (text, f"HTTPS://FESTIVAL.TEST/Q/{text}", f" https://festival.test/q/{text.lower()}\n"):
        (answer,) = read_by_scanner([shown])
        assert answer["kind"] == "ticket"
        assert answer["code"] == {
            "kind": kind.value,
            "festivalId": festival_id,
            "ticketId": ticket_id,
            "firstDay": first_day.isoformat(),
            "days": days,
            "signed": known.signed.hex(),
            "signature": known.signature.hex(),
        }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ABCD2345", "code"),
        ("abcd-2345", "code"),
        ("abcd 2345 ", "code"),
        ("ABCD0123", "other"),  # 0 and 1 are in no short code
        ("", "other"),
        ("https://example.com/q/ABC", "other"),
        ("012345678901|123456789|Nguyễn Văn A|01011990|Nam|Hà Nội|01012021", "card"),
        ("A" * 124, "other"),
        ("đ" * 124, "other"),
    ],
)
def test_what_is_no_ticket_of_ours_stays_on_the_phone_unless_it_is_a_short_code(
    read_by_scanner: Callable[[list[str]], list[dict[str, Any]]], text: str, kind: str
) -> None:
    (answer,) = read_by_scanner([text])

    assert answer == {"code": None, "kind": kind}
