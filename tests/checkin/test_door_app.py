"""The scanner as an app: its manifest, its service worker, who is on duty, and giving the place back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.checkin.pairing import DEVICE_COOKIE
from tests.checkin.conftest import Door


def test_the_manifest_names_icons_that_exist(client: FlaskClient) -> None:
    manifest = client.get("/door/manifest.webmanifest").json

    assert manifest["start_url"] == manifest["scope"] == "/door/"
    assert manifest["display"] == "standalone"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert all(client.get(icon["src"]).status_code == 200 for icon in manifest["icons"])


def test_the_service_worker_holds_files_that_exist_and_no_calls(client: FlaskClient) -> None:
    response = client.get("/door/service-worker.js")
    held = json.loads(re.match(r"self\.DOOR = (.*);\n", response.text)[1])  # type: ignore[index]

    assert response.mimetype == "text/javascript"
    assert "/static/door/scanner.js" in held["files"]
    assert any(name.endswith(".wasm") for name in held["files"])
    assert all(name.startswith("/static/") for name in held["files"])
    assert [name for name in held["files"] if client.get(name).status_code != 200] == []


def test_only_the_page_of_a_paired_phone_may_be_kept(client: FlaskClient, door: Door) -> None:
    held = client.get("/door/service-worker.js").text

    assert "X-Door-Version" not in client.get("/door/").headers
    assert door.browser.get("/door/").headers["X-Door-Version"] in held


def test_the_version_changes_with_a_file(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from festival.checkin import installing

    before = installing.shell_version()
    monkeypatch.setattr(installing, "_PATTERNS", installing._PATTERNS[1:])

    assert installing.shell_version() != before


def test_whoever_takes_the_phone_says_so(door: Door) -> None:
    assert door.browser.post("/door/api/on-duty", json={"name": "  Anh   Tư "}).status_code == 200
    assert door.paired.device.on_duty == "Anh Tư"


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, None, 7, ["Lan"]])
def test_nobody_on_duty_has_no_name(door: Door, name: Any) -> None:
    assert door.browser.post("/door/api/on-duty", json={"name": name}).status_code == 422


def test_unpairing_takes_the_cookie_away(door: Door) -> None:
    response = door.browser.post("/door/api/unpair", json={})

    assert response.status_code == 200
    assert f"{DEVICE_COOKIE}=;" in response.headers["Set-Cookie"]
    assert door.paired.device.revoked_at is not None


def test_a_revoked_phone_learns_whose_scans_it_hands_in(
    app: Flask, make_door: Callable[..., Door], client: FlaskClient
) -> None:
    door = make_door()
    door.browser.post("/door/api/unpair", json={})
    door.browser.set_cookie(DEVICE_COOKIE, door.paired.token, path="/door")

    assert f'"festival": {door.checkpoint.festival_id},' in door.browser.get("/door/").text
    assert '"festival": 0,' in client.get("/door/").text
