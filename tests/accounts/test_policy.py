"""The policy table: every route has a row, and every role gets exactly what its row says."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from festival.accounts.models import StaffRole
from festival.accounts.policy import POLICY, Caller
from festival.accounts.staff import give_role, make_user
from festival.checkin.capacity_warnings import responsible_for
from festival.extensions import db
from tests import factories
from tests.conftest import PASSWORD, plain

LIBRARY = {"security.static"}
"""Routes that a library adds and that answer nobody: no row on purpose."""


def test_every_route_has_a_row_and_every_row_a_route(app: Flask):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - LIBRARY

    assert endpoints - POLICY.keys() == set()
    assert POLICY.keys() - endpoints == set()


def _address(rule, festival) -> str:
    """The rule with a real festival and ids that nothing has."""
    values = {"festival": festival.slug}
    nothing = {"uuid": "00000000-0000-4000-8000-000000987654"}
    return re.sub(
        r"<(?:(\w+):)?(\w+)>", lambda found: str(values.get(found[2], nothing.get(found[1], 987654))), rule.rule
    )


def _calls(app: Flask, festival):
    for rule in app.url_map.iter_rules():
        if rule.endpoint in LIBRARY or rule.endpoint == "static":
            continue
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield rule.endpoint, method, _address(rule, festival)


def _answers(app: Flask, client, festival) -> dict[tuple[str, str, str], int]:
    answers = {}
    for endpoint, method, address in _calls(app, festival):
        if endpoint == "security.logout":
            continue
        answers[endpoint, method, address] = client.open(address, method=method).status_code
        db.session.rollback()
    return answers


@pytest.mark.parametrize("role", list(StaffRole))
def test_a_role_gets_the_routes_of_its_rows_and_no_others(app, festival, sign_in, role):
    for (endpoint, method, address), status in _answers(app, sign_in(role), festival).items():
        rule = POLICY[endpoint]
        if rule.caller is Caller.STAFF and role not in rule.roles:
            assert status == 403, (role, endpoint, method, address)
        elif rule.caller is Caller.STAFF:
            assert status not in (401, 403, 500), (role, endpoint, method, address)
        elif rule.caller is Caller.DEVICE:
            assert status == 401, (role, endpoint, method, address)
        else:
            assert status < 500, (role, endpoint, method, address)


def test_a_stranger_is_sent_to_the_sign_in_page_or_refused(app, festival, client):
    for (endpoint, method, address), status in _answers(app, client, festival).items():
        rule = POLICY[endpoint]
        if rule.caller is Caller.STAFF:
            assert status == (302 if method == "GET" else 403), (endpoint, method, address)
        if rule.caller is Caller.DEVICE:
            assert status == 401, (endpoint, method, address)


def test_staff_of_another_organization_find_nothing(app, make_festival, sign_in):
    elsewhere = make_festival(organization_id=factories.make_organization("UBND phường Khác").id)
    browser = sign_in(StaffRole.OWNER)

    for rule in app.url_map.iter_rules():
        if POLICY.get(rule.endpoint) and POLICY[rule.endpoint].caller is Caller.STAFF and "<festival>" in rule.rule:
            for method in rule.methods & {"GET", "POST"}:
                assert browser.open(_address(rule, elsewhere), method=method).status_code == 404, rule


def test_a_draft_is_hidden_from_strangers_and_shown_to_its_staff(app, make_festival, client, sign_in):
    draft = make_festival(status=factories.FestivalStatus.DRAFT)

    assert client.get(f"/{draft.slug}/").status_code == 404
    assert client.get(f"/{draft.slug}/register").status_code == 404
    assert sign_in().get(f"/{draft.slug}/").status_code == 200


def test_an_observer_of_the_city_sees_its_wards(app, make_festival, organization, sign_in):
    ward = factories.make_organization("UBND phường Dưới")
    ward.parent_id = organization.id
    db.session.commit()
    below = make_festival(organization_id=ward.id)
    beside = make_festival(organization_id=factories.make_organization("UBND phường Ngoài").id)
    observer = sign_in(StaffRole.OBSERVER)

    assert observer.get(f"/manage/{below.slug}/").status_code == 200
    assert observer.get(f"/manage/{beside.slug}/").status_code == 404
    assert sign_in(StaffRole.ORGANIZER).get(f"/manage/{below.slug}/").status_code == 404


@pytest.fixture
def limited(app, festival, organization):
    """A browser of somebody who has that role in `festival` only."""

    def make(role: StaffRole):
        user = make_user("limited@festival.example", "Cán bộ một ngày hội", PASSWORD)
        assert give_role(user, organization, role, festival.id)
        db.session.commit()
        browser = app.test_client()
        with browser.session_transaction() as session:
            session.update(_user_id=user.fs_uniquifier, _fresh=True, fs_cc="set", fs_paa=4102444800.0)
            session["identity"] = user.fs_uniquifier
        return browser

    return make


def test_a_role_in_one_festival_opens_no_route_of_another_one(app, make_festival, festival, limited):
    other = make_festival(name="Ngày hội khác")
    browser = limited(StaffRole.ORGANIZER)

    for rule in app.url_map.iter_rules():
        if POLICY.get(rule.endpoint) and POLICY[rule.endpoint].caller is Caller.STAFF and "<festival>" in rule.rule:
            for method in rule.methods & {"GET", "POST"}:
                assert browser.open(_address(rule, other), method=method).status_code == 404, rule
    assert browser.get(f"/manage/{festival.slug}/edit").status_code == 200


def test_what_touches_the_whole_organization_needs_a_role_in_all_of_it(app, festival, limited):
    """Its signing keys, and its next festival: whoever works for one festival only would reach into others."""
    browser, whole = limited(StaffRole.ORGANIZER), set()

    for endpoint, method, address in _calls(app, festival):
        rule = POLICY[endpoint]
        if rule.caller is Caller.STAFF and "/manage/" + festival.slug in address and StaffRole.ORGANIZER in rule.roles:
            refused = browser.open(address, method=method).status_code == 403
            assert refused == rule.whole, (endpoint, method)
            whole |= {endpoint} if refused else set()

    assert {"certificate_keys.make", "certificate_keys.retire", "preparing.prepare"} <= whole
    page = browser.get(f"/manage/{festival.slug}/certificates/keys").text
    assert f"/manage/{festival.slug}/certificates/keys/make" not in page
    assert f"/manage/{festival.slug}/next-year" not in browser.get(f"/manage/{festival.slug}/edit").text


def test_a_role_in_one_festival_lists_it_alone_and_makes_no_new_one(make_festival, festival, limited):
    other = make_festival(name="Ngày hội khác")
    browser = limited(StaffRole.ORGANIZER)

    listed = plain(browser.get("/manage/").text)

    assert festival.name in listed
    assert other.name not in listed
    assert browser.get("/manage/new").status_code == 403
    assert browser.get("/manage/password").status_code == 200


def test_an_observer_of_one_festival_sees_no_other(make_festival, organization, festival, limited):
    ward = factories.make_organization("UBND phường Dưới")
    ward.parent_id = organization.id
    db.session.commit()
    below = make_festival(organization_id=ward.id)
    observer = limited(StaffRole.OBSERVER)

    assert observer.get(f"/manage/{festival.slug}/").status_code == 200
    assert observer.get(f"/manage/{below.slug}/").status_code == 404


def test_who_works_for_one_festival_is_told_of_that_one_only(make_festival, festival, limited):
    other = make_festival(name="Ngày hội khác")
    limited(StaffRole.DOOR_MANAGER)

    assert [user.email for user in responsible_for(festival)] == ["limited@festival.example"]
    assert responsible_for(other) == []
