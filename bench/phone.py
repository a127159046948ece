"""How long a phone needs until it can judge scans, in a real Chromium the size of a cheap phone, served by gunicorn.

`first`: a phone that has just been paired fetches everybody. `again`: it is switched on again and reads what it keeps.
"""

from __future__ import annotations

import statistics
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.serving import serving
from festival.checkin.pairing import DEVICE_COOKIE
from tests.e2e.camera import PHONE, launch_options

PATIENCE = 120_000
"""Milliseconds until a phone that does not get ready is given up."""

_READY = """() => performance.getEntriesByName("door ready").at(-1)"""


def ready(url: str, folder: Path, token: str, rounds: int) -> dict[str, float]:
    """Medians in milliseconds, each from the start of the navigation: `first` and `again`."""
    times: dict[str, list[float]] = {"first": [], "again": []}
    with serving("wsgi:app", url, folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for _round in range(rounds):
            context = _paired(browser, token)
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{server.port}/door/")
            times["first"].append(_first(page))
            page.reload()
            times["again"].append(_again(page))
            context.close()
        browser.close()
    return {name: statistics.median(values) for name, values in times.items()}


def _paired(browser: Browser, token: str) -> BrowserContext:
    context = browser.new_context(**PHONE)
    context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "domain": "127.0.0.1", "path": "/door"}])
    return context


def _first(page: Page) -> float:
    page.locator("#bar-synced", has_text="Cập nhật").wait_for(state="attached", timeout=PATIENCE)
    return float(page.evaluate("() => performance.now()"))


def _again(page: Page) -> float:
    entry = page.wait_for_function(_READY, timeout=PATIENCE).json_value()
    return float(entry["startTime"] + entry["duration"])
