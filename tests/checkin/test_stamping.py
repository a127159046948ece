"""The codes of booths' screens and posters: made alike in Python and JavaScript, and believed only as long as told."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from festival.checkin import stamping
from festival.checkin.models import CheckpointKind
from festival.checkin.stamping import CodeKind, CodeState, NumberOutcome
from festival.config import ROOT
from festival.core.clock import local
from festival.extensions import limiter
from festival.programme.models import FestivalStatus
from tests import factories
from tests.conftest import plain

VECTORS_PATH = ROOT / "tests" / "vectors" / "stamp_codes.json"
VECTORS = json.loads(VECTORS_PATH.read_text())
AT = datetime(2027, 10, 10, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["case"])
def test_python_makes_the_codes_of_the_vectors(vector):
    key, at = base64.urlsafe_b64decode(vector["key"] + "="), datetime.fromisoformat(vector["at"])

    assert stamping.window_of(at) == vector["window"]
    assert stamping.screen_code(key, vector["checkpoint"], vector["window"]) == vector["code"]
    assert local(at).date().isoformat() == vector["day"]
    assert stamping.number_of_the_day(key, date.fromisoformat(vector["day"])) == vector["number"]


def test_javascript_makes_the_codes_of_the_vectors(tool: Callable[[str], str]):
    runner = ROOT / "tests" / "checkin" / "stamp_vectors.mjs"
    command = [tool("node"), str(runner), str(ROOT / "static/door/stamp-code.js"), str(VECTORS_PATH)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)

    assert json.loads(said.stdout) == {"checked": len(VECTORS), "wrong": []}


@pytest.fixture
def code(app):
    """The code that the screen of checkpoint 7 shows at AT."""
    read = stamping.read_stamp_code(stamping.screen_code(stamping.key_of(7), 7, stamping.window_of(AT)))
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (-6, CodeState.OLD),
        (-5, CodeState.FRESH),
        (0, CodeState.FRESH),
        (29.9, CodeState.FRESH),
        (59.9, CodeState.FRESH),
        (60, CodeState.OLD),
        (86_400, CodeState.OLD),
    ],
)
def test_a_screens_code_counts_in_its_thirty_seconds_and_the_next(code, seconds, state):
    assert (code.kind, code.checkpoint_id) == (CodeKind.SCREEN, 7)
    assert stamping.judge_code(code, AT + timedelta(seconds=seconds)) is state


def test_every_changed_character_makes_a_code_forged(app):
    window = stamping.window_of(AT)
    for text in (stamping.screen_code(stamping.key_of(7), 7, window), stamping.poster_code(7)):
        for place, character in enumerate(text):
            changed = f"{text[:place]}{'A' if character != 'A' else 'B'}{text[place + 1 :]}"
            read = stamping.read_stamp_code(changed)
            assert read is None or stamping.judge_code(read, AT) is CodeState.FORGED, place


def test_a_screens_key_makes_no_posters_code(app):
    key = stamping.key_of(7)
    poster = stamping.read_stamp_code(stamping.poster_code(7))

    assert poster is not None
    assert stamping.judge_code(poster, AT) is CodeState.NEEDS_NUMBER
    assert poster.mark not in stamping._mac(key, b"stamp" + (7).to_bytes(4, "big"))
    assert stamping.key_of(7) != stamping.key_of(8)


@pytest.mark.parametrize(
    "text", ["", "A", "A" * 31, "A" * 33, "1" * 32, "Ắ" * 32, "A" * 24, "7" * 24, "\ud800" * 24, "A" * 10_000, " " * 32]
)
def test_what_is_no_code_of_ours_is_read_as_none_or_forged(app, text):
    read = stamping.read_stamp_code(text)

    assert read is None or stamping.judge_code(read, AT) is CodeState.FORGED


def test_codes_are_read_in_small_letters_too(code):
    assert stamping.read_stamp_code(f" {code.text.lower()} ") == code


def test_the_qr_is_alphanumeric(code):
    text = stamping.qr_text_of(code.text, "https://ngay-hoi.hai-ba-trung.example.vn")

    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def test_the_number_of_the_day_has_two_digits_and_changes(app):
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    numbers = {stamping.number_of_the_day(stamping.key_of(7), day) for day in days}

    assert {len(number) for number in numbers} == {2}
    assert len(numbers) > 80
    assert min(numbers) >= "10"


def test_five_numbers_may_be_tried_in_ten_minutes_by_each_family_at_each_booth(app, code, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    day = date(2027, 10, 10)
    right = stamping.number_of_the_day(stamping.key_of(7), day)
    wrong = str(int(right) % 90 + 10)

    tries = [stamping.try_number(code, wrong, day, "family:1") for _again in range(6)]

    assert tries == [NumberOutcome.WRONG] * 5 + [NumberOutcome.TOO_MANY]
    assert stamping.try_number(code, right, day, "family:1") is NumberOutcome.TOO_MANY
    assert stamping.try_number(code, right, day, "family:2") is NumberOutcome.RIGHT
    limiter.reset()


def test_a_right_number_forgives_the_wrong_ones(app, code, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    day = date(2027, 10, 10)
    right = stamping.number_of_the_day(stamping.key_of(7), day)

    assert {stamping.try_number(code, right, day, "family:1") for _again in range(20)} == {NumberOutcome.RIGHT}
    limiter.reset()


def test_only_a_booths_checkpoint_of_a_public_festival_stamps(festival):
    booth = factories.make_booth(festival)
    place = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id)
    gate = factories.make_checkpoint(festival)

    def found(checkpoint_id):
        read = stamping.read_stamp_code(stamping.poster_code(checkpoint_id))
        assert read is not None
        return stamping.find_place(read)

    assert found(place.id) is place
    assert found(gate.id) is None
    assert found(2**31 - 1) is None
    festival.status = FestivalStatus.DRAFT
    assert found(place.id) is None


# --- posters -----------------------------------------------------------------------------------------------------


def test_posters_show_their_code_and_never_the_number(festival, sign_in):
    booth = factories.make_booth(festival, code="A05", name="Gian hàng số")
    place = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id)
    browser = sign_in()
    number = stamping.number_of_the_day(stamping.key_of(place.id), festival.first_day)

    listed = browser.get(f"/manage/{festival.slug}/door/posters").text
    printed = browser.get(f"/manage/{festival.slug}/door/posters/{place.id}").text

    assert f'<strong class="day-number">{number}</strong>' in listed
    assert printed.count('<svg class="qr"') == 1
    assert "A05 Gian hàng số" in plain(printed)
    assert "day-number" not in printed
    assert browser.get(f"/manage/{festival.slug}/door/posters/print").text.count('<svg class="qr"') == 1


def test_a_poster_of_another_festivals_booth_is_not_printed(festival, make_festival, sign_in):
    other = make_festival()
    booth = factories.make_booth(other)
    place = factories.make_checkpoint(other, CheckpointKind.BOOTH, booth_id=booth.id)

    assert sign_in().get(f"/manage/{festival.slug}/door/posters/{place.id}").status_code == 404
