"""How long the server looks for a person among ten thousand and among a million, at the door and in /manage.

In one process, through the whole application, on PostgreSQL and on SQLite. Each search is made `ROUNDS` times by turns
in both festivals and counts with its median; a kind of search has the median and the worst of its searches. `limit` is
the goal in milliseconds; `cost_of_a_million` says how many times longer the same search takes there.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import truediv
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from bench.residents import Ward, settle
from bench.seeding import application
from bench.serving import say
from festival.checkin.pairing import DEVICE_COOKIE
from festival.core.paging import page_of
from festival.extensions import db, limiter
from festival.programme.models import Festival
from festival.reports.registration_search import search_registrations
from tests.postgres import empty_database, throwaway_postgres

FEW, MANY = 10_000, 1_000_000
ROUNDS = 5
GOAL = 200
"""Milliseconds of the server for one search."""

DOOR = {
    "rare_name": ("khuat oc", "oc khuat", "tong khuyen", "nong thi xoa", "au duong phi", "quach ngoc thoai", "loc ong"),
    "family_name": ("nguyen", "tran", "do", "nguyễn n", "tran t", "le th", "ho ho", "nguyen nguyen"),
    "name_and_year": ("nguyen 1960", "do 1954", "anh 1990", "an 1971", "thi 1962", "dong 1948", "ty 1941"),
    "two_words": ("nguyen anh", "nguyen van", "do dong", "thi lan", "van nam", "tran hung", "dac hung", "dieu anh"),
    "three_words": ("nguyen thi lan", "nguyen van an", "do thi thu", "hoang xuan hai", "thi kim anh", "vo dang tung"),
    "common_and_rare": ("nguyen oc", "khuat linh", "tong anh", "phi nguyen", "anh ong", "thi ong", "van quach"),
    "phone": ("1234", "0071", "30415", "112233", "0912345678", "nguyen 1234", "thi 0071", "van 30415"),
    "nobody": ("nguyen zz", "xu yz", "thi zz", "zz 1970", "nguyen van zz", "87654321", "090000000", "n z 1950"),
}  # fmt: skip
OFFICE = {
    "office_name": ("khuất đình ốc", "nguyen", "nguyen thi lan", "anh", "dac loc", "do dong", "thi"),
    "office_phone": ("1234", "0912345678", "112233"),
    "office_code": ("0000 9999", "00000001", "ZZZZ 2222"),
    "office_nobody": ("nguyen zz", "zz", "xu yz", "9999999999"),
}


@dataclass
class Place:
    """A festival of so many people, a phone at its entrance, and how long each search took, in milliseconds."""

    rows: int
    app: Flask
    ward: Ward
    phone: FlaskClient
    took: dict[str, list[float]] = field(default_factory=dict)


def run() -> Iterator[dict[str, object]]:
    """Median and worst milliseconds of every kind of search."""
    limiter.enabled = False
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with throwaway_postgres(folder) as cluster:
            urls = {rows: empty_database(cluster, f"festival_{rows}") for rows in (FEW, MANY)}
            yield from _measure("postgresql", urls, folder / "postgresql")
        urls = {rows: f"sqlite:///{folder / 'sqlite' / str(rows) / 'festival.sqlite'}" for rows in (FEW, MANY)}
        yield from _measure("sqlite", urls, folder / "sqlite")


def _measure(database: str, urls: dict[int, str], folder: Path) -> Iterator[dict[str, object]]:
    places = [_settle(url, rows, folder / str(rows)) for rows, url in urls.items()]
    for turn in range(ROUNDS + 1):  # the first one warms up and is not counted
        say(f"finding: {database}, round {turn}")
        for place in places:
            with place.app.app_context():
                for typed in _all(DOOR):
                    _note(place, turn, typed, _at_the_door(place, typed))
                for typed in _all(OFFICE):
                    _note(place, turn, f"/{typed}", _in_the_office(place, typed))
    for kind, searches in {**DOOR, **OFFICE}.items():
        keys = [f"/{typed}" if kind in OFFICE else typed for typed in searches]
        for place in places:
            yield from _figures(database, kind, place.rows, [statistics.median(place.took[key]) for key in keys])
        few, many = ([statistics.median(place.took[key]) for key in keys] for place in places)
        yield _line(
            database,
            kind,
            MANY,
            "cost_of_a_million",
            statistics.median(map(truediv, many, few)),
            f"times that of {FEW}",
        )
    for place in places:
        with place.app.app_context():
            db.engine.dispose()


def _settle(url: str, rows: int, folder: Path) -> Place:
    folder.mkdir(parents=True)
    say(f"finding: {rows} people for {url.partition(':')[0]}")
    app = application(url, folder)
    with app.app_context():
        ward = settle(rows)
        db.session.remove()
    phone = app.test_client()
    phone.set_cookie(DEVICE_COOKIE, ward.token, domain="127.0.0.1", path="/door")
    return Place(rows, app, ward, phone)


def _at_the_door(place: Place, typed: str) -> float:
    begin = time.perf_counter()
    call = {"name": typed, "checkpoint": place.ward.checkpoint}
    answer = place.phone.post("/door/api/people", json=call, base_url="http://127.0.0.1")
    took = time.perf_counter() - begin
    if answer.status_code != 200:
        raise RuntimeError(f"{typed}: {answer.status_code} {answer.text[:200]}")
    return took


def _in_the_office(place: Place, typed: str) -> float:
    """The first page of what /manage lists, as the page reads it."""
    festival = db.session.get_one(Festival, place.ward.festival_id)
    begin = time.perf_counter()
    page_of(search_registrations(festival, typed).query, 1)
    took = time.perf_counter() - begin
    db.session.remove()
    return took


def _all(kinds: dict[str, tuple[str, ...]]) -> Iterator[str]:
    for searches in kinds.values():
        yield from searches


def _note(place: Place, turn: int, key: str, seconds: float) -> None:
    if turn:
        place.took.setdefault(key, []).append(seconds * 1000)


def _figures(database: str, kind: str, rows: int, medians: list[float]) -> Iterator[dict[str, object]]:
    for metric, value in (("median", statistics.median(medians)), ("worst", max(medians))):
        yield {**_line(database, kind, rows, metric, value, "ms"), "limit": GOAL, "ratio": round(value / GOAL, 3)}


def _line(database: str, kind: str, rows: int, metric: str, value: float, unit: str) -> dict[str, object]:
    return {
        "bench": "finding",
        "metric": metric,
        "value": round(value, 2),
        "unit": unit,
        "search": kind,
        "database": database,
        "rows": rows,
    }


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))
