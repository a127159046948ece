"""A phone that loses its network: how tests pair it, scan with it, and look at what it holds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from festival.checkin.models import Scan
from festival.checkin.pairing import DEVICE_COOKIE
from festival.extensions import db

ALL_AT_ONCE = """(codes) => {
  const field = document.getElementById("code");
  for (const code of codes) {
    field.value = code;
    document.getElementById("typed").requestSubmit();
  }
}"""
HOURS_WRONG = """() => {
  const Real = Date, shift = -2 * 3600 * 1000;
  window.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + shift); }
    static now() { return Real.now() + shift; }
  };
}"""
LEFT = """async () => ({
  databases: (await indexedDB.databases()).map((one) => one.name),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  remembered: localStorage.length,
})"""
ROWS = """(space) => new Promise((resolve, reject) => {
  const opening = indexedDB.open("festival-door");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const count = opening.result.transaction(space).objectStore(space).count();
    count.onsuccess = () => { opening.result.close(); resolve(count.result); };
  };
})"""
STARTS_OFFLINE = """async () => {
  return navigator.serviceWorker.controller !== null && Boolean(await caches.match("/door/"));
}"""


@dataclass(frozen=True)
class Yard:
    """A running installation; every test makes a festival of its own in it."""

    app: Flask
    address: str


@dataclass(frozen=True)
class Gate:
    """A festival with one door and three people, each a household of its own, and a family of four."""

    token: str
    device: int
    festival: int
    tickets: tuple[str, ...]
    names: tuple[str, ...]
    registrations: tuple[int, ...]
    family: str


def cookie_of(token: str) -> Any:
    return {
        "name": DEVICE_COOKIE,
        "value": token,
        "domain": "127.0.0.1",
        "path": "/door",
        "httpOnly": True,
        "sameSite": "Strict",
        "expires": time.time() + 86400,
    }


def wait_until_ready(page: Page, *, installed: bool) -> None:
    """The list of people is there; with `installed` also all that is needed to start without a network."""
    expect(page.locator("#bar-synced")).to_contain_text("Updated at", timeout=15_000)
    for _ in range(300):
        if not installed or page.evaluate(STARTS_OFFLINE):
            return
        page.wait_for_timeout(100)
    pytest.fail("the service worker did not get ready")


def scan(page: Page, text: str) -> None:
    """A hand-held scanner types the code and presses Enter."""
    if page.locator("#verdict").is_visible():
        page.locator("#verdict-close").click()
    page.evaluate("document.activeElement.blur()")
    page.evaluate("text => { document.getElementById('code').value = text; }", text)
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_be_visible()


def scans_of(yard: Yard, gate: Gate) -> list[Scan]:
    with yard.app.app_context():
        rows = db.session.query(Scan).filter(Scan.festival_id == gate.festival).order_by(Scan.scanned_at).all()
        db.session.expunge_all()
        db.session.remove()
    return rows
