"""The organizer sets what a certificate is given for without code, and sees whom that means: without JavaScript."""

from __future__ import annotations

import re

import pytest

from festival.accounts.models import AuditEntry, StaffRole
from festival.certificates.criteria import rule_of
from festival.certificates.issuing import issue
from festival.certificates.models import CertificateKind, Design
from festival.certificates.rule_editing import version_of
from festival.certificates.rules import Condition, Group, OfMembers
from festival.extensions import db
from tests import factories
from tests.conftest import plain
from tests.nonsense import VALUES, encoded


@pytest.fixture
def issuer(sign_in):
    return sign_in(StaffRole.ISSUER)


@pytest.fixture
def make_design(festival):
    def make(rule=None, kind=CertificateKind.PARTICIPATION, **more) -> Design:
        design = Design(festival_id=festival.id, kind=kind, name="Chứng nhận", look={}, rule=rule or {}, **more)
        db.session.add(design)
        db.session.commit()
        return design

    return make


def address(design: Design, more: str = "") -> str:
    return f"/manage/{design.festival.slug}/certificates/designs/{design.id}/rule{more}?lang=en"


def rule_now(design: Design):
    db.session.refresh(design)
    return rule_of(design)


def step(issuer, design: Design, more: str, **typed):
    db.session.refresh(design)
    return issuer.post(address(design, more), data={"version": version_of(design), **typed}, follow_redirects=True)


def test_conditions_are_added_grouped_and_removed(issuer, make_design, make_session):
    design = make_design()
    vneid = make_session(title="VNeID")

    step(issuer, design, "/add/stamps", at_least="5", place="")
    step(issuer, design, "/add/workshop", ids=[vneid.workshop_id], at_least="1", place="new")
    answer = step(issuer, design, "/add/session_hours", hours="1,5", place="2")

    both = Group("any", (Condition("workshop", 1, (vneid.workshop_id,)), Condition("session_hours", 1.5)))
    assert rule_now(design) == Group("all", (Condition("entrance"), Condition("stamps", 5), both))
    words = plain(answer.text)
    assert "All of these: Come in at the entrance" in words
    assert "One of these: Attend the workshop VNeID" in words
    assert "Attend sessions for 1.5 hours together" in words

    step(issuer, design, "/need", path="", need="2")
    step(issuer, design, "/need", path="2", need="all")
    assert rule_now(design) == Group(2, (Condition("entrance"), Condition("stamps", 5), Group("all", both.of)))

    step(issuer, design, "/remove", path="2.0")
    step(issuer, design, "/remove", path="2.0")  # its group goes with it
    step(issuer, design, "/remove", path="0")
    assert rule_now(design) == Group(1, (Condition("stamps", 5),))


def test_every_change_is_in_the_audit_log(issuer, make_design):
    design = make_design()

    step(issuer, design, "/add/stamps", at_least="5", place="")

    entry = db.session.query(AuditEntry).filter_by(action="certificate.rule_changed").one()
    assert entry.before == {"rule": {"need": "all", "of": [{"fact": "entrance", "at_least": 1}]}}
    assert entry.after["rule"]["of"][1] == {"fact": "stamps", "at_least": 5}


def test_a_page_that_was_overtaken_changes_nothing(issuer, make_design):
    design = make_design()
    old = version_of(design)
    step(issuer, design, "/add/stamps", at_least="5", place="")
    before = rule_now(design)

    answer = issuer.post(address(design, "/remove"), data={"version": old, "path": "0"}, follow_redirects=True)

    assert "The rule has changed meanwhile" in answer.text
    assert rule_now(design) == before


@pytest.mark.parametrize(
    ("more", "typed"),
    [
        ("/remove", {"path": "7"}),
        ("/remove", {"path": "0.0"}),
        ("/remove", {"path": "x"}),
        ("/remove", {"path": ""}),
        ("/need", {"path": "0", "need": "any"}),
        ("/need", {"path": "", "need": "3"}),
        ("/need", {"path": "", "need": "-1"}),
        ("/need", {"path": "⁷", "need": "any"}),
    ],
)
def test_a_place_where_nothing_is_changes_nothing(issuer, make_design, more, typed):
    design = make_design({"need": "all", "of": [{"fact": "entrance"}, {"fact": "stamps"}]})
    before = rule_now(design)

    assert step(issuer, design, more, **typed).status_code == 200
    assert rule_now(design) == before


def test_the_last_condition_stays(issuer, make_design):
    design = make_design()

    assert "Remove" not in plain(issuer.get(address(design)).text)
    step(issuer, design, "/remove", path="0")
    assert rule_now(design) == Group("all", (Condition("entrance"),))


@pytest.mark.parametrize(
    ("fact", "typed", "wrong"),
    [
        ("stamps", {"at_least": "0"}, "This should be from 1 to 1000."),
        ("stamps", {"at_least": "viel"}, "Please write a whole number"),
        ("stamps", {"at_least": ""}, "Please write how many."),
        ("session_hours", {"hours": "nan"}, "This should be more than 0"),
        ("session_hours", {"hours": "-2"}, "This should be more than 0"),
        ("session_hours", {"hours": "ein"}, "Please write hours as a number"),
        ("workshop", {"at_least": "1"}, "Please choose at least one."),
        ("topics", {"names": ["Định danh số"], "at_least": "2"}, "So many are not chosen: there are only 1."),
        ("topics", {"names": ["Erfunden"], "at_least": "1"}, "is not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_changed(
    issuer, festival, make_design, make_session, fact, typed, wrong
):
    design = make_design()
    make_session()
    factories.make_booth(festival)

    answer = step(issuer, design, f"/add/{fact}", place="", **typed)

    assert answer.status_code == 422
    assert wrong in plain(answer.text)
    assert rule_now(design) == Group("all", (Condition("entrance"),))


def test_a_fact_that_nobody_records_cannot_be_chosen(issuer, make_design):
    design = make_design()

    assert "Volunteering: how many hours Not recorded at this festival yet." in plain(issuer.get(address(design)).text)
    assert issuer.get(address(design, "/add/volunteer_hours")).status_code == 404
    assert issuer.get(address(design, "/add/money")).status_code == 404


def test_hosts_and_people_have_different_facts(issuer, make_design):
    host = make_design(kind=CertificateKind.HOST)

    step(issuer, host, "/add/visitors", at_least="20", place="")

    assert rule_now(host) == Group("all", (Condition("visitors"), Condition("visitors", 20)))
    assert issuer.get(address(host, "/add/stamps")).status_code == 404
    assert issuer.get(address(make_design(), "/add/visitors")).status_code == 404


def test_a_familys_rule_says_for_whom_it_has_to_be_met(issuer, make_design):
    design = make_design(kind=CertificateKind.HOUSEHOLD)
    entrance = Group("all", (Condition("entrance"),))
    assert "Everybody in the family: All of these: Come in" in plain(issuer.get(address(design)).text)

    step(issuer, design, "/members", members="some", at_least="2")
    assert rule_now(design) == OfMembers(entrance, 2)
    step(issuer, design, "/add/skills", at_least="1", place="")
    assert rule_now(design) == OfMembers(Group("all", (Condition("entrance"), Condition("skills"))), 2)
    step(issuer, design, "/members", members="every")
    assert rule_now(design).at_least is None
    step(issuer, design, "/members", members="together")
    assert isinstance(rule_now(design), Group)
    wrong = step(issuer, design, "/members", members="some", at_least="0")
    assert wrong.status_code == 422
    assert "This should be from 1 to 50." in wrong.text
    assert step(issuer, make_design(), "/members", members="every").status_code == 404


def test_the_preview_says_how_many_would_qualify_and_why_somebody_does_not(
    issuer, festival, make_design, make_household, admit
):
    design = make_design()
    inside, also, outside = make_household(members=3).attendees
    admit(inside, also)
    issue(inside, design)
    db.session.commit()

    page = plain(issuer.get(address(design)).text)
    assert re.search(r"2 Qualify now|Qualify now 2", page)
    assert re.search(r"1 Not yet|Not yet 1", page)

    people = plain(issuer.get(address(design, "/people")).text)
    assert f"{inside.name} Yes has one already" in people
    assert f"{outside.name} Not yet 0 of 1 done. Still to do: Come in at the entrance." in people

    missing = plain(issuer.get(address(design, "/people") + "&shown=missing").text)
    assert outside.name in missing
    assert inside.name not in missing
    found = plain(issuer.get(address(design, "/people") + "&q=do+van+mau").text)
    assert also.name in found
    assert inside.name not in found


def test_the_preview_of_families_names_who_is_missing(issuer, make_design, make_household, admit):
    design = make_design(kind=CertificateKind.HOUSEHOLD)
    family = make_household(members=2)
    admit(family.attendees[0])

    people = plain(issuer.get(address(design, "/people")).text)

    assert "1 of 2 done. Still to do: Đỗ Văn Mẫu: Come in at the entrance." in people


def test_a_rule_of_another_festival_is_not_found(issuer, festival, make_design, make_festival):
    design = make_design()
    other = make_festival()

    assert issuer.get(f"/manage/{other.slug}/certificates/designs/{design.id}/rule").status_code == 404


def test_everything_can_be_done_with_the_forms_of_the_pages(issuer, make_design, make_session):
    """The pages' own forms, sent as a browser without JavaScript sends them."""
    make_session(title="VNeID")
    design = make_design()
    page = issuer.get(address(design)).text
    link = re.search(r'href="([^"]*/rule/add/workshop)"', page)[1]

    form = issuer.get(link).text
    fields = dict(re.findall(r'<input[^>]*name="(version)"[^>]*value="([^"]*)"', form))
    box = re.search(r'<input[^>]*name="ids"[^>]*value="(\d+)"', form) or re.search(
        r'<input[^>]*value="(\d+)"[^>]*name="ids"', form
    )
    issuer.post(link, data={**fields, "ids": box[1], "at_least": "1", "place": ""})
    assert len(rule_now(design).of) == 2

    page = issuer.get(address(design)).text
    removing = re.search(r'<form method="post" action="([^"]*/remove)">(.*?)</form>', page, re.S)
    asked = issuer.post(removing[1], data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', removing[2]))).text
    assert len(rule_now(design).of) == 2
    form = asked[asked.index('<form method="post">') :]
    issuer.post(removing[1], data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)))
    assert len(rule_now(design).of) == 1


def test_a_change_is_seen_before_it_is_made(issuer, make_design, make_household, admit):
    design = make_design()
    inside, also, _outside = make_household(members=3).attendees
    admit(inside, also)
    before = rule_now(design)

    tried = plain(step(issuer, design, "/add/sessions", at_least="1", place="", go="try").text)

    assert rule_now(design) == before
    assert "Nothing is changed yet." in tried
    figures = re.search(r"Qualify now (\d+) Would qualify (\d+) Would not yet (\d+)", tried)
    assert figures.groups() == ("2", "0", "3")
    assert f"Would qualify no longer {also.name} {inside.name}" in tried
    assert db.session.query(AuditEntry).filter_by(action="certificate.rule_changed").count() == 0


@pytest.mark.parametrize(
    ("more", "kind", "typed"),
    [
        ("/add/workshop", CertificateKind.PARTICIPATION, {"ids": "1", "at_least": "1", "place": ""}),
        ("/add/topics", CertificateKind.PARTICIPATION, {"names": "Định danh số", "at_least": "1", "place": "new"}),
        ("/add/session_hours", CertificateKind.PARTICIPATION, {"hours": "1", "place": "0"}),
        ("/remove", CertificateKind.PARTICIPATION, {"path": "0"}),
        ("/need", CertificateKind.PARTICIPATION, {"path": "", "need": "any"}),
        ("/members", CertificateKind.HOUSEHOLD, {"members": "some", "at_least": "2"}),
    ],
)
def test_whatever_is_sent_a_rule_stays_a_rule(issuer, festival, make_design, make_session, more, kind, typed):
    make_session()
    factories.make_booth(festival)
    design = make_design({"need": "all", "of": [{"fact": "entrance"}, {"fact": "stamps"}]}, kind)
    right = {**typed, "version": version_of(design)}

    for field in (*right, "go"):
        for value in ("empty", "nul", "invalid utf-8", "endless digits", "superscript", "float", "percent"):
            body = encoded({**right, "go": "try", field: VALUES[value]})
            sent = issuer.post(address(design, more), data=body, content_type="application/x-www-form-urlencoded")
            assert sent.status_code < 500, (field, value)
            assert rule_now(design)
        without = {name: text for name, text in right.items() if name != field}
        assert issuer.post(address(design, more), data=without).status_code < 500, field
        assert rule_now(design)
