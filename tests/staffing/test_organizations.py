"""Owners see, add to and correct the organizations from their own downwards, and no others."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from festival.accounts.models import AuditEntry, Organization, OrganizationKind, StaffRole
from festival.accounts.staff import give_role, make_user
from festival.extensions import db
from tests import factories
from tests.conftest import PASSWORD, plain

WARD = {"name": "UBND phường Dưới", "kind": "ward", "ward_code": ""}


@pytest.fixture
def owner(sign_in):
    return sign_in(StaffRole.OWNER)


def _named(name: str) -> Organization | None:
    db.session.rollback()
    return db.session.scalar(select(Organization).where(Organization.name == name))


def _below(above: Organization, name: str) -> Organization:
    added = factories.make_organization(name)
    added.parent_id = above.id
    db.session.commit()
    return added


def test_a_city_adds_a_ward_and_observes_its_festivals(owner, sign_in, organization, make_festival):
    factories.make_ward("00256", "Phường Hai Bà Trưng")
    db.session.commit()

    answer = owner.post(f"/manage/organizations/{organization.id}/new", data={**WARD, "ward_code": "00256"})

    assert answer.status_code == 303
    added = _named(WARD["name"])
    assert (added.parent_id, added.kind, added.ward_code) == (organization.id, OrganizationKind.WARD, "00256")
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "organization.added"))
    assert (entry.subject, entry.after["parent_id"]) == (added.name, organization.id)
    festival = make_festival(organization_id=added.id)
    assert sign_in(StaffRole.OBSERVER).get(f"/manage/{festival.slug}/").status_code == 200
    page = plain(owner.get("/manage/organizations").text)
    assert f"{added.name} {organization.name} " in page, "what it stands below is said in words"
    assert "Hai Bà Trưng" in page


def test_a_ward_neither_sees_nor_edits_its_city_or_its_neighbour(owner, organization):
    city, neighbour = factories.make_organization("UBND thành phố Trên"), factories.make_organization("UBND phường Bên")
    organization.parent_id = neighbour.parent_id = city.id
    db.session.commit()

    page = owner.get("/manage/organizations").text
    assert organization.name in page
    for other in (city, neighbour):
        assert other.name not in page
        for address in (f"/manage/organizations/{other.id}", f"/manage/organizations/{other.id}/new"):
            assert owner.get(address).status_code == 404
            assert owner.post(address, data=WARD).status_code == 404
    assert _named(WARD["name"]) is None


def test_an_edit_is_noted_with_what_differs_and_moves_nothing(owner, organization):
    ward = _below(organization, "UBND phường Sai")
    address, above = f"/manage/organizations/{ward.id}", ward.parent_id
    typed = {"name": "Trường Lê Lợi", "kind": "school", "ward_code": "", "parent_id": ""}

    for _time in ("first", "nothing differs"):
        assert owner.post(address, data=typed).status_code == 303

    assert _named("Trường Lê Lợi").parent_id == above
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "organization.edited")).one()
    assert entry.before == {"name": "UBND phường Sai", "kind": "ward"}
    assert entry.after == {"name": "Trường Lê Lợi", "kind": "school"}


@pytest.mark.parametrize("wrong", [{"ward_code": "99999"}, {"name": " "}, {"name": "Đ" * 201}, {"kind": "country"}])
def test_what_cannot_be_is_refused_and_changes_nothing(owner, organization, wrong):
    name = organization.name
    for address in (f"/manage/organizations/{organization.id}", f"/manage/organizations/{organization.id}/new"):
        assert owner.post(address, data={**WARD, **wrong}).status_code == 422

    db.session.rollback()
    assert db.session.scalars(select(Organization.name)).all() == [name]


@pytest.mark.parametrize("nobody", ["0", "987654", "-1", "x", str(2**31), "9" * 40])
def test_nonsense_leads_nowhere(owner, nobody):
    for address in (f"/manage/organizations/{nobody}", f"/manage/organizations/{nobody}/new"):
        assert owner.get(address).status_code == 404


def test_only_owners_come_in_and_the_menu_says_so(owner, sign_in):
    organizer = sign_in(StaffRole.ORGANIZER)

    assert organizer.get("/manage/organizations").status_code == 403
    assert "/manage/organizations" not in organizer.get("/manage/").text
    assert "/manage/organizations" in owner.get("/manage/").text


def test_each_stands_after_what_it_is_below_and_is_found_without_marks(owner, organization):
    second, first = _below(organization, "B phường Định Công"), _below(organization, "A phường")
    _below(first, "Z trường"), _below(second, "C hội")

    page = plain(owner.get("/manage/organizations").text)
    lines = ["A phường", "Z trường A phường", "B phường Định Công", "C hội B phường Định Công"]
    places = [page.index(line) for line in lines]
    assert places == sorted(places)

    found = plain(owner.get("/manage/organizations?q=dinh+cong").text)
    assert "B phường Định Công" in found
    assert "A phường" not in found


def test_the_tree_is_shown_in_pages_and_asks_as_much_for_many_as_for_few(owner, organization, make_festival):
    counts = []
    for number in range(55):
        ward = _below(organization, f"Phường {number:02}")
        if number in (1, 54):
            make_festival(organization_id=ward.id)
            give_role(make_user(f"n{number}@b.example", "Lan", PASSWORD), ward, StaffRole.ISSUER)
            db.session.commit()
            asked: list[str] = []

            def note(*call, asked=asked):
                asked.append(call[2])

            event.listen(db.engine, "before_cursor_execute", note)
            assert owner.get("/manage/organizations").status_code == 200
            event.remove(db.engine, "before_cursor_execute", note)
            counts.append(len(asked))

    assert counts[0] == counts[1]
    assert "Phường 54" not in owner.get("/manage/organizations").text
    assert "Phường 54" in owner.get("/manage/organizations?page=2").text
