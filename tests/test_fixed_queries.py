"""A page of /manage asks the database a fixed number of questions, however many rows there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time

from flask import Flask
from sqlalchemy import event

from festival.accounts.models import StaffRole
from festival.accounts.policy import POLICY, Caller
from festival.checkin.models import CheckpointKind
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration import notices
from tests import factories

FEW, MANY = 2, 14


def _fill(festival: Festival, rows: int) -> None:
    """So many of everything that a page lists."""
    factories.make_checkpoint(festival)
    for number in range(rows):
        booth = factories.make_booth(festival, code=f"B{number:02}", host_name=f"Đơn vị {number}")
        factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id, name=booth.name)
        session = factories.make_session(
            festival, room=f"Phòng {number}", booth_id=booth.id, start=time(7 + number), end=time(7 + number, 45)
        )
        place = factories.make_checkpoint(festival, CheckpointKind.SESSION, session_id=session.id, name="Lớp")
        factories.make_device(festival, name=f"Cửa {number}", checkpoints=[place])
        family = factories.make_household(festival, sessions=(session,), phone=f"+8491200{number:04}", email="a@b.vn")
        notices.confirmed(family)
    db.session.commit()


@contextmanager
def _counted() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _pages(app: Flask) -> list[tuple[str, str]]:
    """Every page of the staff whose address names nothing but the festival."""
    return sorted(
        (rule.endpoint, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint in POLICY
        and POLICY[rule.endpoint].caller is Caller.STAFF
        and rule.arguments == {"festival"}
        and "GET" in rule.methods
    )


def test_a_page_asks_as_much_for_many_rows_as_for_few(app, make_festival, sign_in):
    few, many = make_festival(), make_festival()
    _fill(few, FEW)
    _fill(many, MANY)
    browser = sign_in(StaffRole.OWNER)
    more = {}
    for endpoint, rule in _pages(app):
        counts = []
        for festival in (few, many):
            address = rule.replace("<festival>", festival.slug)
            browser.get(address)  # what is noted once a day is noted now
            with _counted() as asked:
                answer = browser.get(address)
            assert answer.status_code in (200, 302, 404), (endpoint, answer.status_code)
            counts.append(len(asked))
        if counts[0] != counts[1]:
            more[endpoint] = counts

    assert more == {}
