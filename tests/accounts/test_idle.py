"""Accounts that nobody uses for 45 days let nobody in until an owner says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from festival.accounts.models import AuditEntry, Membership, StaffRole, User
from festival.accounts.staff import set_password
from festival.core.clock import now
from festival.extensions import db
from tests.conftest import PASSWORD, plain


def _sign_in(app, user: User, password: str = PASSWORD):
    return app.test_client().post("/manage/sign-in", data={"email": user.email, "password": password})


def _seen(user: User, days: int) -> None:
    user.last_active_at = now() - timedelta(days=days, minutes=1)
    db.session.commit()


def test_each_sign_in_is_noted(app, staff):
    user = staff()

    assert _sign_in(app, user).status_code == 302
    db.session.refresh(user)
    assert now() - user.last_active_at < timedelta(minutes=1)


@pytest.mark.parametrize(("days", "status"), [(44, 302), (45, 200)])
def test_an_account_is_closed_after_45_days(app, staff, days, status):
    user = staff()
    _seen(user, days)

    answer = _sign_in(app, user)

    assert answer.status_code == status
    assert ("45" in plain(answer.text)) == (status == 200)


def test_only_whoever_knows_the_password_learns_that_the_account_is_idle(app, staff):
    user = staff()
    _seen(user, 50)

    assert "45" not in plain(_sign_in(app, user, "not the password").text)


def test_an_owner_lets_somebody_in_again(app, staff, sign_in):
    user = staff(StaffRole.DOOR_MANAGER)
    _seen(user, 50)
    owner = sign_in(StaffRole.OWNER)
    number = db.session.scalar(select(Membership.id).where(Membership.user_id == user.id))
    address = f"/manage/people/{number}/let-in"
    assert address in owner.get("/manage/people").text

    assert owner.post(address).status_code == 303

    db.session.refresh(user)
    assert _sign_in(app, user).status_code == 302
    assert address not in owner.get("/manage/people").text
    assert "staff.let_in_again" in db.session.scalars(select(AuditEntry.action)).all()


def test_a_new_password_opens_the_account(app, staff):
    user = staff()
    _seen(user, 50)
    set_password(user, "another-horse-battery")
    db.session.commit()

    assert _sign_in(app, user, "another-horse-battery").status_code == 302
