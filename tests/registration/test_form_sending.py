"""How the form is sent: from an old page, from another site, by the page's own script, and in a hurry."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from festival.extensions import db
from festival.registration.models import Registration
from tests.registration.typed_forms import family, last_step

PROTECTION = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def registrations() -> int:
    return db.session.scalar(select(func.count(Registration.id)))


@pytest.fixture
def protected(app, monkeypatch):
    """The app as in earnest: a form needs the mark of the page that it comes from."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


@pytest.mark.usefixtures("protected")
@pytest.mark.parametrize("mark", [None, "nonsense"])
def test_a_page_that_was_open_for_too_long_gives_the_form_back_with_everything_typed(client, festival, mark):
    typed = last_step() | ({"csrf_token": mark} if mark else {})

    answer = client.post(f"/{festival.slug}/register", data=typed)

    assert answer.status_code == 400
    assert 'id="errors"' in answer.text
    assert 'name="contact_name" value="Nguyễn Thị Hoa"' in answer.text
    assert 'name="consent_children" value="y" checked' in answer.text
    assert registrations() == 0
    fresh = PROTECTION.search(answer.text)[1]
    assert client.post(f"/{festival.slug}/register", data=typed | {"csrf_token": fresh}).status_code == 303
    assert registrations() == 1


@pytest.mark.usefixtures("protected")
def test_the_mark_of_somebody_elses_browser_registers_nobody(app, client, festival):
    stranger: FlaskClient = app.test_client()
    theirs = PROTECTION.search(stranger.get(f"/{festival.slug}/register").text)[1]
    client.get(f"/{festival.slug}/register")

    assert client.post(f"/{festival.slug}/register", data=last_step(csrf_token=theirs)).status_code == 400
    assert registrations() == 0


def test_the_pages_script_is_told_where_the_tickets_are_and_leads_there_itself(client, festival):
    script = {"X-Requested-With": "draft"}

    first = client.post(f"/{festival.slug}/register", data=last_step(), headers=script)
    again = client.post(f"/{festival.slug}/register", data=last_step(), headers=script)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.location == again.location
    assert registrations() == 1
    assert "Xong rồi!" in client.get(first.location).text


@pytest.mark.parametrize("step", ["family", "workshops", "consents"])
def test_any_step_is_shown_again_as_it_was_left(client, festival, make_session, step):
    session = make_session()
    typed = family(step=step, go="stay", guardian_name="Trần Văn Lâm", consent_photos="y")

    page = client.post(f"/{festival.slug}/register", data=typed | {f"session-{session.id}": "0"})

    assert page.status_code == 200
    assert f'name="step" value="{step}"' in page.text
    assert 'id="errors"' not in page.text
    assert 'value="Trần Văn Lâm"' in page.text
    assert re.search(r'name="consent_photos" value="y"', page.text)
    assert re.search(rf'name="session-{session.id}" value="0"', page.text)


def test_a_first_step_half_filled_is_shown_again_without_blame(client, festival):
    page = client.post(f"/{festival.slug}/register", data={"step": "family", "go": "stay", "phone": "09"})

    assert page.status_code == 200
    assert 'id="errors"' not in page.text
    assert 'value="09"' in page.text


def test_a_suggestion_stands_once_on_the_page_and_is_never_ticked(client, festival, make_session):
    session = make_session()

    page = client.post(f"/{festival.slug}/register", data=family()).text

    boxes = re.findall(rf'<input[^>]*name="session-{session.id}" value="(\w+)"([^>]*)>', page)
    assert sorted(key for key, _more in boxes) == ["0", "c"]
    assert not any("checked" in more for _key, more in boxes)
    assert page.count(f'href="#w-{session.id}-c"') == 1
