"""The programme for other programs: a calendar that any program reads, and JSON with a documented shape."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time

from flask.testing import FlaskClient
from icalendar import Calendar

from festival.core.clock import at_local, today
from festival.extensions import db
from festival.programme.models import Festival
from tests import factories

Maker = Callable[..., factories.Session]


def events(client: FlaskClient, address: str) -> list[object]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def test_the_calendar_has_every_session_at_its_time(
    client: FlaskClient, festival: Festival, make_session: Maker
) -> None:
    session = make_session(title="Viết, đọc; và \\ hỏi\nđáp", start=time(9), end=time(10, 15), day=today())
    [entry] = events(client, f"/{festival.slug}/programme.ics")
    assert entry["SUMMARY"] == session.workshop.title
    assert entry["DTSTART"].dt == datetime.combine(today(), time(2), tzinfo=UTC)
    assert entry["DTEND"].dt == at_local(today(), time(10, 15))
    assert festival.venue in entry["LOCATION"]


def test_uids_are_stable_and_apart(client: FlaskClient, festival: Festival, make_session: Maker) -> None:
    first, second = make_session(), make_session()
    uids = [str(entry["UID"]) for entry in events(client, f"/{festival.slug}/programme.ics")]
    assert len(set(uids)) == 2
    first.room, first.starts_at = "Phòng mới", at_local(today(), time(7))
    db.session.commit()
    [alone] = events(client, f"/{festival.slug}/programme.ics?session={first.id}")
    assert str(alone["UID"]) in uids
    assert str(alone["UID"]).endswith("@festival.test")
    assert second.id != first.id


def test_the_festival_itself_can_go_into_the_calendar(client: FlaskClient, festival: Festival) -> None:
    entries = events(client, f"/{festival.slug}/programme.ics?only=festival")
    assert len(entries) == len(festival.days)
    assert entries[0]["DTSTART"].dt == festival.starts


def test_an_unchanged_programme_is_not_sent_twice(client: FlaskClient, festival: Festival, make_session: Maker) -> None:
    session = make_session()
    for name in ("programme.ics", "programme.json"):
        address = f"/{festival.slug}/{name}"
        first = client.get(address)
        assert first.headers["Cache-Control"] == "public, max-age=30"
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    session.workshop.title = "Tên mới"
    db.session.commit()
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_json_has_the_documented_shape(client: FlaskClient, festival: Festival, make_session: Maker) -> None:
    booth = factories.make_booth(festival)
    session = make_session(start=time(9), end=time(10), day=today(), capacity=20, seats_taken=8, booth_id=booth.id)
    document = client.get(f"/{festival.slug}/programme.json").get_json()
    assert document["version"] == 1
    assert document["festival"]["slug"] == festival.slug
    assert document["festival"]["time_zone"] == "Asia/Ho_Chi_Minh"
    assert document["booths"][0]["url"] == f"http://festival.test/{festival.slug}/booths/{booth.code}"
    [workshop] = document["workshops"]
    assert workshop["sessions"] == [
        {
            "id": session.id,
            "room": session.room,
            "booth": booth.code,
            "starts_at": f"{today().isoformat()}T09:00+07:00",
            "ends_at": f"{today().isoformat()}T10:00+07:00",
            "capacity": 20,
            "seats_left": 12,
        }
    ]
