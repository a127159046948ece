"""Owners invite and end roles; a link works once; nobody reaches beyond what is theirs."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from festival.accounts.models import AuditEntry, Invitation, Membership, StaffRole, User
from festival.accounts.staff import give_role, make_user
from festival.core.clock import now
from festival.extensions import db
from festival.staffing.invitations import AcceptOutcome, accept, accept_as_new, find_invitation, invite
from festival.staffing.people import end_role
from tests import factories
from tests.conftest import PASSWORD, plain

GOOD = "bồ câu vàng đậu mái"
SEEN = {"name": "Trần Thị Lan", "password": GOOD, "again": GOOD}


@pytest.fixture
def owner(sign_in):
    return sign_in(StaffRole.OWNER)


@pytest.fixture
def make_invitation(organization):
    """An invitation and the path of its link."""

    def make(role=StaffRole.ORGANIZER, festival=None, email="lan@phuong.example"):
        made, secret = invite(organization, festival, role, email, "Trần Thị Lan", None)
        db.session.commit()
        return made, f"/invitations/{secret}"

    return make


def _link(page: str) -> str:
    return re.search(r"/invitations/[\w-]{40,}", page)[0]


def _roles(email: str) -> list[tuple[StaffRole, int | None]]:
    db.session.rollback()
    query = select(Membership).join(Membership.user).where(User.email == email)
    return [(one.role, one.festival_id) for one in db.session.scalars(query)]


def test_an_invited_person_joins_for_one_festival_and_signs_in(owner, client, festival):
    form = {"name": "Trần Thị Lan", "email": "Lan@phuong.example", "role": "organizer", "place": f"f{festival.id}"}
    link = _link(owner.post("/manage/people/invite", data=form).text)
    assert link.rsplit("/", 1)[1] not in str(db.session.execute(select(Invitation.__table__)).all())

    assert festival.name in client.get(link).text
    assert client.post(link, data=SEEN).status_code == 303

    assert _roles("lan@phuong.example") == [(StaffRole.ORGANIZER, festival.id)]
    signed_in = client.post("/manage/sign-in", data={"email": "lan@phuong.example", "password": GOOD})
    assert signed_in.status_code == 302
    assert client.get(f"/manage/{festival.slug}/edit").status_code == 200
    assert client.get("/manage/people").status_code == 403
    query = select(AuditEntry.action).where(AuditEntry.action.like("invitation.%")).order_by(AuditEntry.id)
    told = db.session.scalars(query).all()
    assert told == ["invitation.made", "invitation.accepted"]


@pytest.mark.parametrize("how", ["used", "withdrawn", "expired", "made anew"])
def test_a_link_that_is_closed_says_so_and_gives_nothing(owner, client, make_invitation, how):
    made, link = make_invitation()
    if how == "used":
        assert client.post(link, data=SEEN).status_code == 303
    elif how == "withdrawn":
        owner.post(f"/manage/people/invitations/{made.id}/withdraw")
    elif how == "expired":
        made.expires_at = now() - timedelta(seconds=1)
        db.session.commit()
    else:
        newer = _link(owner.post(f"/manage/people/invitations/{made.id}/anew").text)
        assert client.get(newer).status_code == 200

    assert client.get(link).status_code == 410
    assert client.post(link, data={**SEEN, "name": "Kẻ khác"}).status_code == 410
    assert len(_roles("lan@phuong.example")) == (how == "used")


def test_an_account_that_is_there_is_neither_taken_over_nor_given_the_role_without_signing_in(client, make_invitation):
    make_user("lan@phuong.example", "Lan", PASSWORD)
    _made, link = make_invitation(StaffRole.OWNER)

    assert client.post(link, data=SEEN).status_code == 422
    assert _roles("lan@phuong.example") == []

    client.post("/manage/sign-in", data={"email": "lan@phuong.example", "password": PASSWORD})
    assert client.post(link).status_code == 303
    assert _roles("lan@phuong.example") == [(StaffRole.OWNER, None)]


def test_another_account_cannot_use_the_link(sign_in, make_invitation):
    _made, link = make_invitation(StaffRole.OWNER)
    other = sign_in(StaffRole.DOOR_MANAGER)

    assert other.get(link).status_code == 403
    assert other.post(link).status_code == 403
    assert _roles("door_manager@festival.example") == [(StaffRole.DOOR_MANAGER, None)]


def test_a_weak_password_makes_no_account(client, make_invitation):
    _made, link = make_invitation()

    for weak in ("short", "tran-thi-lan-1990"):
        assert client.post(link, data={**SEEN, "password": weak, "again": weak}).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_an_owner_gives_roles_in_the_own_tree_only(owner, make_festival, organization):
    below = factories.make_organization("UBND phường Dưới")
    below.parent_id = organization.id
    beside = factories.make_organization("UBND phường Khác")
    elsewhere = make_festival(organization_id=beside.id)
    theirs, _secret = invite(beside, None, StaffRole.OBSERVER, "a@b.example", "A", None)
    stranger = make_user("c@d.example", "C", PASSWORD)
    give_role(stranger, beside, StaffRole.ORGANIZER)
    db.session.commit()
    role = db.session.scalar(select(Membership.id).where(Membership.user_id == stranger.id))
    form = {"name": "Lan", "email": "lan@phuong.example", "role": "organizer"}

    for place in (f"o{beside.id}", f"f{elsewhere.id}", "o0"):
        assert owner.post("/manage/people/invite", data={**form, "place": place}).status_code == 422
    assert owner.post(f"/manage/people/invitations/{theirs.id}/withdraw").status_code == 404
    assert owner.post(f"/manage/people/invitations/{theirs.id}/anew").status_code == 404
    assert owner.post(f"/manage/people/{role}/end").status_code == 404
    assert "c@d.example" not in owner.get("/manage/people").text
    assert "a@b.example" not in owner.get("/manage/people/invitations").text
    assert owner.post("/manage/people/invite", data={**form, "place": f"o{below.id}"}).status_code == 200


def test_an_owner_owns_no_single_festival(owner, festival):
    form = {"name": "Lan", "email": "lan@phuong.example", "role": "owner", "place": f"f{festival.id}"}

    assert owner.post("/manage/people/invite", data=form).status_code == 422


def test_a_role_is_ended_and_the_last_owner_stays(owner, staff, organization):
    organizer = staff()
    ended = db.session.scalar(select(Membership.id).where(Membership.user_id == organizer.id))
    last = db.session.scalar(select(Membership.id).where(Membership.role == StaffRole.OWNER))

    owner.post(f"/manage/people/{ended}/end")
    answer = owner.post(f"/manage/people/{last}/end", follow_redirects=True)

    assert _roles(organizer.email) == []
    assert _roles("owner@festival.example") == [(StaffRole.OWNER, None)]
    assert 'class="notice notice--error"' in answer.text
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "role.ended"))
    assert entry.before == {"organization": organization.name, "role": "organizer"}


def _both_at_once(app, *works) -> list:
    """What each of the works gives, begun together, each in a transaction of its own."""
    ready, gave = threading.Barrier(len(works)), []

    def run(work):
        with app.test_request_context("/", method="POST"):
            ready.wait()
            gave.append(work())
            db.session.commit()
            db.session.remove()

    db.session.commit()
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return gave


def test_two_owners_who_end_each_other_at_once_leave_one(app, staff):
    for name in ("one", "two"):
        staff(StaffRole.OWNER, f"{name}@festival.example")
    ids = db.session.scalars(select(Membership.id)).all()

    gave = _both_at_once(app, *(lambda it=it: end_role(db.session.get(Membership, it)) for it in ids))

    assert sorted(gave) == [False, True]
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1


def test_of_two_who_use_a_link_at_once_one_joins(app, make_invitation):
    _made, link = make_invitation()
    secret = link.rsplit("/", 1)[1]

    gave = _both_at_once(app, *[lambda: accept_as_new(find_invitation(secret), "Lan", GOOD).value] * 2)

    assert gave.count("done") == 1
    assert len(_roles("lan@phuong.example")) == 1


def test_of_two_browsers_of_one_account_one_uses_the_link(app, make_invitation, staff):
    """Both have read that it is open: the statement that closes it decides, and the log tells of it once."""
    made, _link = make_invitation()
    user = staff(StaffRole.OBSERVER, "lan@phuong.example")

    outcomes = [accept(made, user), accept(made, user)]
    db.session.commit()

    assert outcomes == [AcceptOutcome.DONE, AcceptOutcome.CLOSED]
    told = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "invitation.accepted")
    assert db.session.scalar(told) == 1


def test_people_are_found_without_marks(owner, staff, organization):
    give_role(make_user("dinh@festival.example", "Đỗ Thị Định", PASSWORD), organization, StaffRole.ISSUER)
    db.session.commit()

    shown = plain(owner.get("/manage/people?q=do+thi+dinh").text)

    assert "dinh@festival.example" in shown
    assert "owner@festival.example" not in shown


def test_the_list_of_people_asks_as_much_for_many_as_for_few(owner, organization, festival):
    counts = []
    for number in range(8):
        give_role(make_user(f"n{number}@b.example", "Lan", PASSWORD), organization, StaffRole.ISSUER, festival.id)
        invite(organization, festival, StaffRole.ISSUER, f"i{number}@b.example", "Lan", None)
        db.session.commit()
        if number in (1, 7):
            asked: list[str] = []

            def note(*call, asked=asked):
                asked.append(call[2])

            event.listen(db.engine, "before_cursor_execute", note)
            assert f"n{number}@b.example" in owner.get("/manage/people").text
            assert f"i{number}@b.example" in owner.get("/manage/people/invitations").text
            event.remove(db.engine, "before_cursor_execute", note)
            counts.append(len(asked))

    assert counts[0] == counts[1]
