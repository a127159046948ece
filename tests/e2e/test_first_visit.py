"""What a first visit costs a phone: at most 100 kB over the wire, compressed, from our own host only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.e2e.live import Live
from tests.e2e.pages import PUBLIC, Place

LIMIT = 100_000
COMPRESSED_ALREADY = ("font/", "image/png", "image/jpeg")


@pytest.mark.parametrize("place", PUBLIC, ids=lambda place: place.path)
def test_a_first_visit_is_light(visit: Callable[..., BrowserContext], live: Live, place: Place) -> None:
    context = visit()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    answers: dict[str, dict[str, Any]] = {}
    sizes: dict[str, float] = {}
    wire.on("Network.responseReceived", lambda event: answers.update({event["requestId"]: event["response"]}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))

    page.goto(live.at(place.path), wait_until="networkidle")
    context.close()

    weights = {answers[number]["url"]: size for number, size in sizes.items()}
    assert len(weights) > 4
    assert sum(weights.values()) <= LIMIT, weights
    assert all(url.startswith((live.address, "data:")) for url in weights)
    for answer in answers.values():
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        small = int(headers.get("content-length", LIMIT)) < 500
        if not answer["mimeType"].startswith(COMPRESSED_ALREADY) and not small:
            assert headers.get("content-encoding") == "gzip", answer["url"]
