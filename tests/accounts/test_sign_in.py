"""Signing in, out, and changing the password."""

from __future__ import annotations

from festival import create_app
from festival.accounts.models import StaffRole
from festival.accounts.staff import make_password
from tests.conftest import PASSWORD, make_settings, plain


def _sign_in(client, email, password=PASSWORD, **query):
    return client.post("/manage/sign-in", data={"email": email, "password": password}, query_string=query)


def test_an_organizer_signs_in_and_lands_where_they_wanted(client, staff, festival):
    staff()
    asked = client.get(f"/manage/{festival.slug}/registrations")
    assert asked.location.startswith("/manage/sign-in?next=")

    answer = _sign_in(client, "organizer@festival.example", next=f"/manage/{festival.slug}/registrations")

    assert answer.status_code == 302
    assert answer.location.endswith(f"/manage/{festival.slug}/registrations")
    assert client.get(answer.location).status_code == 200


def test_nobody_learns_whether_an_address_has_an_account(client, staff):
    staff()

    wrong = _sign_in(client, "organizer@festival.example", "wrong-wrong-wrong")
    unknown = _sign_in(client, "nobody@festival.example", "wrong-wrong-wrong")

    assert wrong.status_code == unknown.status_code == 200
    shown = [plain(page.text).replace("organizer@", "").replace("nobody@", "") for page in (wrong, unknown)]
    assert shown[0] == shown[1]
    assert "không đúng" in shown[0]


def test_the_way_back_never_leads_to_another_host(client, staff):
    staff()

    answer = _sign_in(client, "organizer@festival.example", next="https://evil.example/")

    assert "evil" not in (answer.location or "")


def test_signing_out_needs_a_post_and_ends_the_session(client, staff):
    staff(StaffRole.OWNER, "owner@festival.example")
    _sign_in(client, "owner@festival.example")
    assert client.get("/manage/").status_code == 200

    assert client.get("/manage/sign-out", follow_redirects=True).status_code == 404
    assert client.get("/manage/").status_code == 200
    client.post("/manage/sign-out")

    assert client.get("/manage/").status_code == 302


def test_a_password_is_kept_as_argon2(staff):
    assert staff().password.startswith("$argon2id$")


def test_a_guess_at_a_stolen_password_costs_memory_and_time(tmp_path):
    """19 MiB and two rounds at least (OWASP, Password Storage Cheat Sheet); other tests let it cost nothing."""
    kept = create_app(make_settings(tmp_path)).extensions["security"].pwd_context.hash("so-long-a-password")

    cost = dict(part.split("=") for part in kept.split("$")[3].split(","))
    assert int(cost["m"]) >= 19 * 1024
    assert int(cost["t"]) >= 2


def test_a_generated_password_is_long_and_never_the_same():
    assert len(make_password()) == 19
    assert make_password() != make_password()
