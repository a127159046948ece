"""What holds for every answer: headers, languages, errors, hosts, health, logs; and how settings are read."""

from __future__ import annotations

import io
import json
import re

import pytest

from festival.config import SettingError, Settings
from festival.extensions import db, limiter
from festival.registration.links import secret_of
from tests.conftest import plain


def test_the_content_security_policy_allows_nothing_inline(client, festival):
    policy = client.get(f"/{festival.slug}/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "wasm-unsafe-eval" in client.get("/door/").headers["Content-Security-Policy"]


def test_pages_carry_no_inline_script_or_style(client, festival, make_household):
    pages = [f"/{festival.slug}/", f"/{festival.slug}/programme", f"/{festival.slug}/register", "/door/", "/nothing/"]
    pages.append(f"/r/{secret_of(make_household(members=2))}")

    for page in pages:
        html = client.get(page).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html), page
        for script in re.findall(r"<script[^>]*>", html):
            assert "src=" in script or 'type="application/json"' in script, (page, script)


def test_every_address_on_a_page_is_our_own(client, festival):
    html = client.get(f"/{festival.slug}/").text

    fetched = re.findall(r'<(?:script|img|source|iframe)[^>]+src="([^"]+)"', html)
    fetched += re.findall(r'<link[^>]+rel="(?:stylesheet|icon|preload)"[^>]+href="([^"]+)"', html)
    assert fetched
    assert all(address.startswith("/") and not address.startswith("//") for address in fetched)


def test_personal_pages_are_never_stored(client, make_household):
    page = client.get(f"/r/{secret_of(make_household(members=1))}")

    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.text


def test_a_foreign_host_is_refused(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_vietnamese_is_spoken_first_and_a_switch_is_remembered(client, festival):
    address = f"/{festival.slug}/register"
    assert '<html lang="vi"' in client.get(address).text

    assert '<html lang="en"' in client.get(f"{address}?lang=en").text
    assert '<html lang="en"' in client.get(address).text
    assert '<html lang="vi"' in client.get(f"{address}?lang=vi").text
    assert '<html lang="vi"' in client.get(f"{address}?lang=xx").text


@pytest.mark.parametrize(("language", "words"), [("vi", "Không tìm thấy"), ("en", "not")])
def test_an_error_page_says_what_to_do_in_both_languages(client, language, words):
    page = client.get(f"/there/is/nothing?lang={language}")

    assert page.status_code == 404
    assert f'<html lang="{language}"' in page.text
    assert 'href="/' in page.text


def test_a_crash_is_a_page_and_tells_nothing_of_the_inside(app, client, monkeypatch):
    monkeypatch.setitem(app.view_functions, "programme.index", lambda: 1 / 0)
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    page = client.get("/")

    assert page.status_code == 500
    assert "division" not in page.text


def test_an_upload_beyond_the_limit_is_413(sign_in):
    answer = sign_in().post("/manage/import", data={"file": (io.BytesIO(b"x" * 11_000_000), "a.xlsx")})

    assert answer.status_code == 413
    assert "10 MB" in plain(answer.text)


def test_a_form_without_its_token_is_refused(app, client, festival, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    assert client.post(f"/{festival.slug}/register", data={"step": "family"}).status_code == 400


def test_too_many_requests_are_429_with_a_page(app, client, festival, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    answers = [client.get("/q/" + "A" * 124).status_code for _ in range(125)]

    assert answers[0] == 404
    assert answers[-1] == 429
    limiter.reset()


def test_health_says_alive_and_ready(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


def test_readiness_fails_without_tables(app, client, monkeypatch):
    db.session.execute(db.text("ALTER TABLE alembic_version RENAME TO gone"))
    db.session.commit()
    answer = client.get("/readyz")
    db.session.rollback()
    db.session.execute(db.text("ALTER TABLE gone RENAME TO alembic_version"))
    db.session.commit()

    assert answer.status_code == 503


def test_a_log_line_has_an_id_and_no_secret(client, make_household, capsys):
    secret = secret_of(make_household(members=1))
    capsys.readouterr()

    answer = client.get(f"/r/{secret}", headers={"X-Request-ID": "abc12345-test"})

    line = json.loads([line for line in capsys.readouterr().err.splitlines() if '"request"' in line][-1])
    assert (line["route"], line["status"], line["request_id"]) == ("/r/<secret>", 200, "abc12345-test")
    assert answer.headers["X-Request-ID"] == "abc12345-test"
    assert secret not in json.dumps(line)


def test_pages_are_compressed_for_browsers_that_can(client, festival):
    answer = client.get(f"/{festival.slug}/", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"


def test_the_secret_key_is_made_once_and_kept_for_the_owner_only(tmp_path):
    environment = {"FESTIVAL_DATA": str(tmp_path)}

    first = Settings.from_environment(environment)

    assert Settings.from_environment(environment).secret_key == first.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert first.hosts == ("127.0.0.1", "localhost")
    assert not first.secure


def test_clustered_mode_refuses_to_start_without_what_it_needs(tmp_path):
    with pytest.raises(SettingError, match="FESTIVAL_REDIS_URL"):
        Settings.from_environment({"FESTIVAL_DATA": str(tmp_path), "FESTIVAL_CLUSTERED": "1"})


def test_the_empty_service_greets(client):
    assert plain(client.get("/").text)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/static/images/favicon.svg?v=1", "max-age=31536000"),
        ("/static/images/favicon.svg", "no-cache"),
        ("/static/door/decision.js", "no-cache"),
    ],
)
def test_a_static_file_is_kept_long_only_under_an_address_that_changes_with_it(client, address, kept):
    assert kept in client.get(address).headers["Cache-Control"]
