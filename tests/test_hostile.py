"""Whatever is sent, to whatever address: never an error of ours, never a tag of theirs on our page.

In tests an error is raised instead of answered with 500, so that each call that returns has passed.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from festival.accounts.models import User
from festival.checkin.pairing import DEVICE_COOKIE
from festival.core.secrets import random_token
from festival.extensions import db
from festival.registration.models import Registration
from tests import hostile
from tests.hostile import Form, House
from tests.invariants import broken
from tests.nonsense import SCRIPT, SHARP, VALUES, a_file, encoded

URLENCODED = "application/x-www-form-urlencoded"
ARGUMENTS = [
    "q",
    "page",
    "lang",
    "session",
    "topic",
    "audience",
    "time",
    "day",
    "free",
    "show",
    "by",
    "only",
    "code",
    "zone",
    "workshop",
    "after",
    "shown",
    "next",
    "v",
]
IN_ADDRESSES = ("empty", "script", "nul", "invalid utf-8", "huge", "first day")
"""What an address is tried with."""

VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture
def house(festival, staff) -> House:
    return hostile.build(festival, staff())


@pytest.fixture
def browsers(client, sign_in) -> dict[bool, FlaskClient]:
    """A stranger's browser, and under True that of an organizer."""
    return {False: client, True: sign_in()}


def send(browser: FlaskClient, form: Form, **call: object) -> int:
    if form.name in ("register", "help to register"):  # a form sent again is not looked at again
        form.fields["submission"] = random_token()
    answer = browser.post(form.address, **call)
    db.session.rollback()
    db.session.expire_all()
    assert SCRIPT not in answer.text
    return answer.status_code


SLOW = (".pdf", ".png", ".xlsx", "<int:attendee_id>", "<holder>/<int:design_id>")
"""How addresses end that are slow to draw and ask nothing."""


def names_of_forms() -> list[str]:
    return [
        *("register", "sign-in", "add a person", "correct a person", "sessions", "consents", "pair"),
        *("stamp", "stamp of a family", "help to register", "class list", "new helper", "release a flood"),
        *("move a ticket", "find tickets", "send the link", "correct the contact", "ask about data"),
        *("answer a request", "finish a request", "write to many", "wait", "answer an offer"),
        *("new festival", "edit festival", "new zone", "edit zone", "new booth", "edit booth"),
        *("edit booth seen", "delete booth", "undo a deletion"),
        *("next edition", "columns of a list", "rows of a list"),
        *("new workshop", "edit workshop", "new session", "edit session", "entrance", "invite a phone"),
        *("move a session", "copy a session"),
        *("edit entrance", "checkpoint of a session", "checkpoint of a booth", "volunteers", "prize", "walk-ins"),
        *("rename a phone", "invite", "join", "add an organization", "edit an organization"),
        *("blank slips", "take a scan back", "typed list", "revoke", "password"),
        *("replace", "publish the list", "issue", "issue to some", "decide", "correct a name", "compare a name"),
    ]


@pytest.mark.parametrize("name", names_of_forms())
def test_no_field_takes_down_its_form(house, browsers, name):
    form = next(form for form in hostile.forms(house) if form.name == name)
    browser = browsers[form.staff]

    for field in form.fields:
        for value in SHARP if form.staff else VALUES:
            sent = encoded({**form.fields, field: VALUES[value]})
            assert send(browser, form, data=sent, content_type=URLENCODED) < 500, (field, value)
            if name == "edit festival":  # what was accepted can be shown
                assert browser.get(f"/{house.festival.slug}/").status_code in (200, 404), (field, value)
                assert browser.get(f"/r/{house.secret}").status_code == 200, (field, value)
        as_file = {**form.fields, field: a_file()}
        assert send(browser, form, data=as_file, content_type="multipart/form-data") < 500, field
        assert send(browser, form, data={**form.fields, field: [form.fields[field], "x"]}) < 500, field
        assert send(browser, form, data={k: v for k, v in form.fields.items() if k != field}) < 500, field
    for body in ([1, 2], {name: [1] for name in form.fields}, dict.fromkeys(form.fields, "a"), "x"):
        assert send(browser, form, json=body) == 415
    assert broken() == []


def test_every_form_is_tried(house):
    assert sorted(form.name for form in hostile.forms(house)) == sorted(names_of_forms())


def test_no_address_takes_down_its_page(app: Flask, house, browsers):
    boss = browsers[True]
    boss.set_cookie(DEVICE_COOKIE, house.token, path="/door")
    right = house.paths()
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in ("static", "security.static"):
            continue
        address = VARIABLE.sub(lambda found: right[found[1]], rule.rule)
        calls = [("HEAD", address), ("OPTIONS", address), ("GET", f"{address.rstrip('/')}/")]
        for value in map(VALUES.__getitem__, IN_ADDRESSES):
            if not rule.rule.endswith(SLOW):
                calls.append(("GET", address + "?" + "&".join(f"{name}={quote(value)}" for name in ARGUMENTS)))
            for variable in VARIABLE.findall(rule.rule):
                odd = right | {variable: quote(value, safe="")}
                calls.append(("GET", VARIABLE.sub(lambda found, odd=odd: odd[found[1]], rule.rule)))
        for method, asked in calls:
            answer = boss.open(asked, method=method)
            db.session.rollback()
            assert answer.status_code < 500, (method, asked[:200])
            if answer.mimetype.startswith("text/html"):
                assert SCRIPT not in answer.text, asked[:200]
            assert "b=c" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("field", ["id", "checkpoint", "ticket", "code", "attendee", "members", "scanned_at", "shown"])
def test_the_door_answers_whatever_a_phone_sends(app: Flask, house, field):
    phone = app.test_client()
    phone.set_cookie(DEVICE_COOKIE, house.token, path="/door")
    scan = {"id": "00000000-0000-4000-8000-000000000000", "checkpoint": house.checkpoint, "code": "ABCD2345"}
    scan |= {"scanned_at": "2027-10-10T08:00:00+07:00"}
    odd = [value for value in VALUES.values() if isinstance(value, str)]
    odd += [None, True, 0, -1, 2**31, 2**70, 1.5, [], [[]], {}, "\ud800", ["\ud800"], [2**40], ["1"]]
    for value in odd:
        answer = phone.post("/door/api/scans", json={"scans": [{**scan, field: value}]})
        assert answer.status_code in (200, 422), value
        answer = phone.post("/door/api/people", json={"name": value, "checkpoint": house.checkpoint})
        assert answer.status_code in (200, 422), value
    for body in (b"", b"{", b"[1]", b'"\xff"', b"[" * 50_000, b'{"scans": ' + b"9" * 5000 + b"}", b'{"scans": "a"}'):
        assert 400 <= phone.post("/door/api/scans", data=body, content_type="application/json").status_code < 500
    for origin in ("null", "http://[", "https://elsewhere.example", "\u00e9"):
        answer = phone.post("/door/api/scans", json={"scans": [scan]}, headers={"Origin": origin})
        assert answer.status_code == 403
    assert broken() == []


def test_a_button_that_takes_out_no_person_takes_out_none(client, festival, house):
    form = next(hostile.forms(house))
    for go in ("remove-²", "remove--1", "remove-" + "9" * 5000, "remove-", "remove-x", "workshops", "toString"):
        assert client.post(form.address, data={**form.fields, "go": go}).status_code in (200, 303)


def test_two_forms_without_a_mark_are_two_registrations(client, house):
    """An empty mark would show the second family the first one's page."""
    form = next(hostile.forms(house))
    before = db.session.scalar(select(func.count(Registration.id)))

    pages = {
        client.post(form.address, data={**form.fields, "submission": mark}).location for mark in ("", "", "x", "x")
    }

    assert len(pages) == 4
    assert db.session.scalar(select(func.count(Registration.id))) == before + 4


def test_sixty_thousand_wishes_are_not_looked_at(client, house):
    many = "&".join(f"session-{number}={house.attendee}" for number in range(10_000, 70_000))

    assert client.post(f"/r/{house.secret}/sessions", data=many, content_type=URLENCODED).status_code in (303, 409, 413)


def test_nothing_of_another_festival_is_taken(house, browsers, make_festival):
    other = hostile.build(make_festival(), db.session.get_one(User, 1))
    boss = browsers[True]
    manage, theirs = f"/manage/{house.festival.slug}", {form.name: form for form in hostile.forms(other)}

    assert boss.post(f"{manage}/booths/new", data=theirs["new booth"].fields).status_code == 422
    assert boss.post(f"{manage}/sessions/new", data=theirs["new session"].fields).status_code == 422
    assert boss.post(f"{manage}/door/pair", data=theirs["invite a phone"].fields).status_code == 422
    for address in (
        f"zones/{other.zone}",
        f"booths/{other.booth}",
        f"workshops/{other.workshop}",
        f"sessions/{other.session}",
        f"sessions/new?after={other.session}",
        "registrations/2",
        f"certificates/{other.certificate}.pdf",
        f"certificates/{other.certificate}/revoke",
        f"certificates/{other.certificate}",
        f"certificates/{other.certificate}/replace",
        f"certificates/designs/{other.design}/issue",
        f"certificates/corrections/{other.correction}",
        f"certificates/runs/{other.run}",
    ):
        assert boss.get(f"{manage}/{address}").status_code == 404, address
    for address in (f"door/devices/{other.device}/revoke", f"door/checkpoints/{other.checkpoint}/remove"):
        assert boss.post(f"{manage}/{address}").status_code == 404, address
    stranger = browsers[False]
    assert stranger.get(f"/r/{house.secret}/members/{other.attendee}").status_code == 404
    assert stranger.get(f"/r/{house.secret}/certificates/{other.attendee}").status_code == 404
    assert stranger.get(f"/r/{house.secret}/certificates/{house.attendee}/{other.design}").status_code == 404
    assert stranger.get(f"/r/{house.secret}/certificates/correct/{other.certificate}").status_code == 404
    wish = {f"session-{other.session}": str(house.attendee), f"session-{house.session}": str(other.attendee)}
    stranger.post(f"/r/{house.secret}/sessions", data=wish)
    assert broken() == []


@pytest.mark.parametrize(
    "target",
    ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "\\\\elsewhere.example", "https:x"],
)
def test_signing_in_leads_nowhere_else(client, staff, target):
    user = staff()
    answer = client.post(
        f"/manage/sign-in?next={quote(target)}", data={"email": user.email, "password": "correct-horse-battery"}
    )

    assert answer.status_code in (200, 302)
    assert not urlsplit(answer.headers.get("Location", "")).netloc
    assert "elsewhere" not in answer.headers.get("Location", "").split("%5C")[0]


def test_a_personal_page_is_kept_by_nobody(house, browsers, app):
    boss = browsers[True]
    ticket = db.session.get_one(Registration, 1).tickets[0]
    for address in (f"/r/{house.secret}", f"/r/{house.secret}/print", f"/r/{house.secret}/tickets/{ticket.id}.png"):
        assert browsers[False].get(address).headers["Cache-Control"] == "no-store", address
    for address in ("registrations", "registrations/1", "registrations.xlsx", f"certificates/{house.certificate}.pdf"):
        answer = boss.get(f"/manage/{house.festival.slug}/{address}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), address
