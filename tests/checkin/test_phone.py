"""What a phone does by itself, without a page: its queue, its clock, its roster and its own verdict (`phone.mjs`)."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROOT = Path(__file__).resolve().parents[2]
FIRST_DAY = date(2027, 10, 10)
NOW = "2027-10-10T09:00:00+07:00"
KEY = Ed25519PrivateKey.generate()

Play = Callable[..., dict[str, Any]]


@pytest.fixture
def play(tool: Callable[[str], str]) -> Play:
    """Plays a story, a list of [act, what is given]; gives what happened."""

    def run(*story: list[Any]) -> dict[str, Any]:
        runner = Path(__file__).with_name("phone.mjs")
        command = [tool("node"), "--no-warnings", str(runner), str(ROOT / "static/door")]
        said = subprocess.run(
            command, input=json.dumps(story), capture_output=True, text=True, check=True, timeout=60, cwd=ROOT
        )
        result: dict[str, Any] = json.loads(said.stdout)
        return result

    return run


def qr(ticket: int, kind: int = 0, festival: int = 7, key: Ed25519PrivateKey = KEY) -> dict[str, Any]:
    """A ticket as it is read: signed by the festival, or by somebody else."""
    head = bytes([0x10 | kind, 1]) + festival.to_bytes(3, "big") + ticket.to_bytes(5, "big")
    head += (FIRST_DAY - date(2020, 1, 1)).days.to_bytes(2, "big") + bytes([1])
    code = base64.b32encode(head + key.sign(head)).decode().rstrip("=")
    return {"kind": "ticket", "key": code, "ticket": code}


def somebody(attendee: int, name: str = "Lê Thị Hai", flags: int = 0, **more: Any) -> list[Any]:
    registration = more.get("registration", attendee + 100)
    bookings, admissions = more.get("bookings", {}), more.get("admissions", [])
    head = [attendee, registration, name, 1960, "5678", attendee + 1000, f"CODE{attendee:04}"]
    head += [registration + 5000, f"PASS{registration:04}", flags, bookings, admissions, more.get("stamps", 0)]
    return [*head, more["slip"]] if "slip" in more else head


def roster(*people: list[Any], **place: Any) -> dict[str, Any]:
    """The server's answer: one checkpoint, and these people."""
    checkpoint = {
        "id": 1, "kind": "entrance", "name": "Cổng", "opens": None, "closes": None, "starts_at": None, "ends_at": None,
        "opens_before": 30, "re_entry": True, "walk_ins": False, "per_household": False, "stamps_needed": 0,
        "stock_left": None, "session": None, "room": "", "skills": [], "lease": 0, "stamp": None,
    }  # fmt: skip
    public_key = base64.urlsafe_b64encode(KEY.public_key().public_bytes_raw()).decode().rstrip("=")
    festival = {"id": 7, "name": "Ngày hội", "first_day": "2027-10-10", "last_day": "2027-10-10"}
    return {
        "cursor": "1",
        "more": False,
        "reset": False,
        "scope": "all",
        "festival": {**festival, "ends": "2099-10-10T17:00:00+07:00", "over": False, "public_key": public_key},
        "device": {"id": 3, "name": "Cửa A", "on_duty": "Chị Lan", "mode": "staff"},
        "checkpoints": [{**checkpoint, **place}],
        "people": list(people),
        "slips": [],
        "headcount": None,
    }


def verdicts(played: dict[str, Any]) -> list[Any]:
    return [said["answer"].get("verdict") for said in played["said"] if isinstance(said, dict) and "answer" in said]


def judge(reading: dict[str, Any], now: str = NOW, **more: Any) -> list[Any]:
    return ["judge", {"reading": reading, "now": now, "note": True, **more}]


# --- the queue and sending ------------------------------------------------------------------------------------------


def test_what_was_scanned_without_a_network_goes_out_in_batches_and_as_offline(play: Play) -> None:
    played = play(
        ["set", {"down": True}],
        ["scans", {"from": 0, "to": 450}],
        ["send", None],
        ["set", {"down": False}],
        ["send", None],
    )

    assert [len(batch) for batch in played["sent"]] == [200, 200, 50]
    assert {one["offline"] for one in played["sent"][0]} == {True}
    assert (played["waiting"], played["aside"]) == (0, 0)


def test_a_scan_that_is_answered_at_once_is_not_offline(play: Play) -> None:
    assert play(["scan", "a"], ["send", None])["sent"] == [[{"id": "a", "offline": False}]]


@pytest.mark.parametrize("status", [500, 413, 422])
def test_one_bad_scan_is_found_by_halves_and_blocks_nobody(play: Play, status: int) -> None:
    played = play(
        ["set", {"poison": ["17", "140"], "status": status, "roster": roster()}],
        ["scans", {"from": 0, "to": 200}],
        ["send", None],
        ["wait", 4500],
    )

    assert sorted(one["id"] for batch in played["sent"] for one in batch) == sorted(
        str(number) for number in range(200) if number not in (17, 140)
    )
    assert sorted(one[0] for one in played["asideOnes"]) == ["140", "17"]
    assert played["waiting"] == 0


def test_a_server_that_is_ill_keeps_everything_waiting_and_is_not_stormed(play: Play) -> None:
    played = play(
        ["set", {"poison": ["0", "1", "2", "3"]}], ["scans", {"from": 0, "to": 4}], ["send", None], ["send", None]
    )

    assert (played["waiting"], played["aside"]) == (4, 0)
    assert played["requests"] < 15


def test_a_refused_scan_is_kept_aside_with_its_reason(play: Play) -> None:
    played = play(["refuse", ["b"]], ["scan", "a"], ["scan", "b"], ["scan", "c"], ["send", None])

    assert played["asideOnes"] == [["b", "members"]]
    assert (played["waiting"], played["aside"]) == (0, 1)


def test_half_a_day_after_the_festival_the_names_go_unless_something_waits(play: Play) -> None:
    over = roster(somebody(1))
    over["festival"]["ends"] = "2020-10-10T17:00:00+07:00"
    story: list[Any] = [
        ["roster", over],
        ["people", None],
        ["set", {"roster": over}],
        ["cycle", None],
        ["people", None],
    ]

    assert play(*story)["said"][1] == 1
    assert play(*story)["said"][4] == 0


# --- the clock ------------------------------------------------------------------------------------------------------


def test_the_shortest_round_trip_tells_the_time(play: Play) -> None:
    hour = 3_600_000
    played = play(
        ["measure", [hour, -4000, 0]],
        ["offset", None],
        ["measure", [hour + 100, -200, 0]],
        ["offset", None],
        ["measure", [hour - 900, -3000, 0]],
        ["offset", None],
    )

    far, near, still = (played["said"][place] for place in (1, 3, 5))
    assert abs(far - hour - 2000) < 60
    assert abs(near - hour - 200) < 160
    assert still == near


def test_a_clock_that_is_set_back_while_scanning_is_noticed(play: Play) -> None:
    _, jumps, offset = play(["measure", [0, -50, 0]], ["back", 600_000], ["offset", None])["said"]

    assert jumps == 1
    assert abs(offset - 600_000) < 60


def test_a_right_clock_stays_right_though_the_answer_was_slow(play: Play) -> None:
    assert play(["measure", [-900, -1000, 0]], ["offset", None])["said"][1] == 0


# --- the phone's own verdict ----------------------------------------------------------------------------------------


def test_a_ticket_passes_once_and_a_forged_one_never(play: Play) -> None:
    forged = qr(1001, key=Ed25519PrivateKey.generate())
    played = play(
        ["roster", roster(somebody(1))], judge(qr(1001)), judge(qr(1001), "2027-10-10T09:05:00+07:00"), judge(forged)
    )

    assert verdicts(played) == ["admitted", "already_admitted", "bad_signature"]
    assert played["said"][1]["answer"]["name"] == "Lê Thị Hai"
    assert played["said"][2]["answer"]["first"]["at"] == "09:00"
    assert "name" not in played["said"][3]["answer"]


def test_a_good_ticket_that_is_not_in_the_roster_yet_passes_once(play: Play) -> None:
    assert verdicts(play(["roster", roster()], judge(qr(9)), judge(qr(9)))) == ["admitted", "already_admitted"]


def test_without_a_roster_the_phone_says_nothing_by_itself(play: Play) -> None:
    assert play(judge(qr(9)))["said"] == [None]


@pytest.mark.parametrize(
    ("reading", "person", "place", "verdict"),
    [
        (qr(1001), {"flags": 1}, {}, "revoked"),
        (qr(1001), {"flags": 2}, {}, "cancelled"),
        (qr(1001, festival=8), {}, {}, "wrong_festival"),
        (qr(1001), {}, {"opens": "09:30"}, "too_early"),
        (qr(1001), {}, {"closes": "08:30"}, "closed"),
        ({"kind": "code", "key": "", "code": "CODE0001"}, {}, {}, "admitted"),
        ({"kind": "code", "key": "", "code": "WXYZ2345"}, {}, {}, "unknown"),
        ({"kind": "attendee", "key": "", "attendee": 1}, {}, {}, "admitted"),
        (qr(1001), {}, {"kind": "session", "session": 5}, "not_booked"),
        (qr(1001), {"bookings": {"5": "c"}}, {"kind": "session", "session": 5}, "admitted"),
        (qr(1001), {"bookings": {"5": "w"}}, {"kind": "session", "session": 5}, "waitlisted"),
        (qr(1001), {}, {"kind": "session", "session": 5, "walk_ins": True, "lease": 1}, "admitted"),
        (qr(1001), {}, {"kind": "session", "session": 5, "walk_ins": True, "lease": 0}, "full"),
        (qr(1001), {"stamps": 2}, {"kind": "custom", "stamps_needed": 3}, "not_earned"),
        (qr(1001), {}, {"kind": "custom", "stock_left": 0}, "full"),
    ],
)  # fmt: skip
def test_the_phone_decides_as_the_server_does(
    play: Play, reading: dict[str, Any], person: dict[str, Any], place: dict[str, Any], verdict: str
) -> None:
    assert verdicts(play(["roster", roster(somebody(1, **person), **place)], judge(reading))) == [verdict]


@pytest.mark.parametrize(
    ("person", "place", "verdict"),
    [
        ({}, {}, "admitted"),
        ({"flags": 1}, {}, "revoked"),
        ({"flags": 2}, {}, "cancelled"),
        ({}, {"kind": "session", "session": 5}, "not_booked"),
        ({"bookings": {"5": "c"}}, {"kind": "session", "session": 5}, "admitted"),
        ({"stamps": 2}, {"kind": "custom", "stamps_needed": 3}, "not_earned"),
    ],
)
def test_a_used_slip_is_its_persons_ticket(
    play: Play, person: dict[str, Any], place: dict[str, Any], verdict: str
) -> None:
    (said,) = play(["roster", roster(somebody(1, slip=17, **person), **place)], judge(qr(17, kind=2)))["said"][1:]

    assert said["answer"]["verdict"] == verdict
    assert (said["answer"]["attendee"], said["answer"]["name"]) == (1, "Lê Thị Hai")


def test_the_slip_the_code_and_the_name_are_the_same_person(play: Play) -> None:
    code = {"kind": "code", "key": "", "code": "CODE0001"}
    played = play(
        ["roster", roster(somebody(1, slip=17), somebody(2))], judge(qr(17, kind=2)), judge(code), judge(qr(1001))
    )

    assert verdicts(played) == ["admitted", "already_admitted", "already_admitted"]


def test_who_was_let_in_at_another_door_with_a_slip_does_not_pass_again(play: Play) -> None:
    inside = somebody(1, slip=17, admissions=[[1, 1_823_130_000_000, "Cửa B", 0]])
    played = play(["roster", roster(inside)], judge(qr(17, kind=2)))

    assert verdicts(played) == ["already_admitted"]
    assert played["said"][-1]["answer"]["first"]["door"] == "Cửa B"


def test_a_slips_number_is_not_a_tickets_number(play: Play) -> None:
    people = [somebody(1, flags=1, slip=1002), somebody(2, "Trần Văn Một")]
    played = play(["roster", roster(*people)], judge(qr(1002, kind=2)), judge(qr(1002)))

    assert verdicts(played) == ["revoked", "admitted"]


def test_a_slip_is_somebody_elses_or_nobodys_when_the_server_says_so(play: Play) -> None:
    played = play(
        ["roster", roster(somebody(1, slip=17, flags=2))],
        ["roster", roster(somebody(1), somebody(2, "Trần Văn Một", slip=17))],
        judge(qr(17, kind=2)),
        ["roster", roster([2, 0, "", 0, "", 0, "", 0, "", 2, {}, [], 0])],
        judge(qr(17, kind=2), "2027-10-10T09:05:00+07:00"),
    )

    assert [said["answer"].get("name") for said in played["said"] if said] == ["Trần Văn Một", None]


@pytest.mark.parametrize(("reading", "more"), [(qr(17, kind=2), {"slip": 17}), (qr(1001), {})])
def test_who_was_let_in_by_the_signature_alone_is_inside_when_the_roster_brings_the_name(
    play: Play, reading: dict[str, Any], more: dict[str, Any]
) -> None:
    played = play(["roster", roster()], judge(reading), ["roster", roster(somebody(1, **more))], judge(reading))

    assert verdicts(played) == ["admitted", "already_admitted"]
    assert played["said"][-1]["answer"]["name"] == "Lê Thị Hai"


def test_a_pass_lists_its_people_and_lets_the_rest_in(play: Play) -> None:
    family = [somebody(number, f"Người {number}", registration=50) for number in (1, 2, 3)]
    whole = qr(5050, kind=1)
    played = play(
        ["roster", roster(*family)], judge(whole, members=[2]), judge(whole), judge(whole, members=[1, 3]), judge(whole)
    )

    listed = played["said"][2]["answer"]
    assert [one["verdict"] for one in listed["members"]] == ["admitted", "already_admitted", "admitted"]
    assert verdicts(played) == ["admitted", None, "admitted", "already_admitted"]


def test_what_a_household_gets_once_is_gone_for_all_of_it(play: Play) -> None:
    family = [somebody(number, registration=50) for number in (1, 2)]
    played = play(["roster", roster(*family, kind="custom", per_household=True)], judge(qr(1001)), judge(qr(1002)))

    assert verdicts(played) == ["admitted", "already_admitted"]


def test_who_went_out_may_come_in_again(play: Play) -> None:
    came, went = 1_823_130_000_000, 1_823_131_000_000  # 08:00 and later on that day
    again = somebody(1, admissions=[[1, came, "Cửa B", went]])
    assert verdicts(play(["roster", roster(again)], judge(qr(1001), "2027-10-10T23:00:00+07:00"))) == ["admitted"]


def test_somebody_is_found_by_the_beginnings_of_words(play: Play) -> None:
    people = [somebody(1, "Đỗ Thị Ánh"), somebody(2, "Đỗ Văn Anh"), somebody(3, "Đỗ Văn Bảo")]
    played = play(["roster", roster(*people)], ["search", [["do", "anh"], None]], ["search", [["bao"], 1961]])

    assert [sorted(found) for found in played["said"][1:]] == [[1, 2], []]
