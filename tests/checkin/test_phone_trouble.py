"""What a phone does when the server wants it slower, when something is undone, runs out, or the festival is over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checkin.test_phone import Play, judge, play, qr, roster, somebody, verdicts  # noqa: F401 - play is a fixture

AT = "2027-10-10T09:00:00+07:00"
AT_MS = 1_823_133_600_000


# --- the server wants typed codes later -----------------------------------------------------------------------------


def test_a_typed_code_that_the_server_wants_later_waits_and_all_others_go_on(play: Play) -> None:  # noqa: F811
    played = play(
        ["still", None],
        ["set", {"roster": roster()}],
        ["later", ["typed"]],
        ["type", "typed"],
        ["scan", "a"],
        ["wish", {"id": "u", "scan": "a"}],
        ["send", None],
        ["counts", None],
        ["goOn", 50_000],
        ["counts", None],
        ["later", []],
        ["goOn", 30_000],
    )

    assert [one["id"] for batch in played["sent"] for one in batch] == ["typed", "a", "typed"]
    assert played["undos"] == ["a"]
    first, second = (played["said"][place] for place in (7, 9))
    assert (first["waiting"], second["waiting"], played["waiting"]) == (1, 1, 0)
    assert second["requests"] - first["requests"] <= 4  # the list of people, every 15 seconds


def test_whoever_typed_the_code_is_told_that_it_has_to_wait(play: Play) -> None:  # noqa: F811
    played = play(["later", ["typed"]], ["type", "typed"], ["sendAsked", "typed"])

    assert played["said"][2] == {"id": "typed", "later": True}


def test_a_call_that_is_refused_for_its_typed_codes_is_sent_without_them(play: Play) -> None:  # noqa: F811
    played = play(["set", {"hasty": True}], ["type", "typed"], ["scan", "a"], ["scan", "b"], ["send", None])

    assert [one["id"] for batch in played["sent"] for one in batch] == ["a", "b"]
    assert (played["waiting"], played["aside"]) == (1, 0)


def test_typed_codes_of_a_long_time_without_a_network_go_out_as_the_server_takes_them(play: Play) -> None:  # noqa: F811
    many: list[Any] = [["type", str(number)] for number in range(7)]
    played = play(["set", {"typed": 3, "down": True}], *many, ["send", None], ["set", {"down": False}], ["send", None])

    assert [len(batch) for batch in played["sent"]] == [7, 4, 1]
    assert played["waiting"] == 0


def test_a_typed_code_that_nobody_has_leaves_the_queue(play: Play) -> None:  # noqa: F811
    played = play(["unknown", ["typed"]], ["type", "typed"], ["send", None], ["send", None])

    assert len(played["sent"]) == 1
    assert (played["waiting"], played["aside"]) == (0, 0)


def test_an_undo_waits_for_its_scan(play: Play) -> None:  # noqa: F811
    played = play(
        ["later", ["typed"]],
        ["type", "typed"],
        ["wish", {"id": "u", "scan": "typed"}],
        ["send", None],
        ["counts", None],
    )

    assert played["undos"] == []
    assert played["waiting"] == 2


def test_a_busy_door_still_fetches_the_list(play: Play) -> None:  # noqa: F811
    played = play(["still", None], ["set", {"roster": roster()}], ["goOn", 20_000], ["busy", {"seconds": 40}])

    assert played["said"][3] >= 2


def test_half_a_new_list_does_not_take_the_place_of_the_old_one(play: Play) -> None:  # noqa: F811
    first = {**roster(somebody(1)), "reset": True, "more": True}
    second = roster(somebody(2))
    played = play(
        ["roster", roster(somebody(1), somebody(2))],
        ["set", {"pages": [first, None]}],
        ["cycle", None],
        ["people", None],
        ["set", {"pages": [first, second]}],
        ["cycle", None],
        ["people", None],
    )

    assert (played["said"][3], played["said"][6]) == (2, 2)


# --- what was undone ------------------------------------------------------------------------------------------------


def told(**more: Any) -> dict[str, Any]:
    """The roster tells that this phone's scan let the person in."""
    return roster(somebody(1, admissions=[[1, AT_MS, "Cửa A", 0]]), **more)


def later(minutes: int) -> str:
    return f"2027-10-10T09:{minutes:02}:00+07:00"


KEPT = ["keep", {"id": "s", "who": [1], "at": AT}]
LOOK = ["judge", {"reading": qr(1001), "now": later(5)}]


def test_who_was_undone_without_a_network_may_come_in_again_also_after_the_page_was_opened_anew(
    play: Play,  # noqa: F811
) -> None:
    assert verdicts(play(["roster", told()], KEPT, LOOK, ["undo", "s"], LOOK, ["roster", told()], LOOK)) == [
        "already_admitted",
        "admitted",
        "admitted",
    ]
    undone = ["keep", {"id": "s", "who": [1], "at": AT, "undone": True}]
    assert verdicts(play(["roster", told()], undone, LOOK, ["open", None], LOOK)) == ["already_admitted", "admitted"]


def test_who_came_in_again_after_the_undo_is_in(play: Play) -> None:  # noqa: F811
    again = roster(somebody(1, admissions=[[1, AT_MS + 30_000, "Cửa B", 0]]))
    assert verdicts(play(["roster", told()], KEPT, ["undo", "s"], LOOK, ["roster", again], LOOK)) == [
        "admitted",
        "already_admitted",
    ]


def test_an_undo_that_the_server_refuses_counts_for_nothing(play: Play) -> None:  # noqa: F811
    played = play(["roster", told()], KEPT, ["undo", "s"], LOOK, ["settleUndo", ["s", False]], LOOK)

    assert verdicts(played) == ["admitted", "already_admitted"]


def test_an_undone_scan_is_kept_until_the_list_tells_so(play: Play) -> None:  # noqa: F811
    played = play(
        KEPT, ["undo", "s"], ["prune", 1000], ["keptRecents", None],
        ["settleUndo", ["s", True]], ["prune", -1000], ["keptRecents", None], ["prune", 1000], ["keptRecents", None],
    )  # fmt: skip

    assert [said for said in played["said"] if isinstance(said, int)] == [1, 1, 0]


def test_undoing_a_going_out_leaves_the_person_inside(play: Play) -> None:  # noqa: F811
    came = ["judge", {"reading": qr(1001), "now": AT, "note": True}]
    out = ["exit", {"who": 1, "at": later(2), "scan": "o"}]
    kept = ["keep", {"id": "o", "who": [1], "at": later(2), "direction": "out"}]
    played = play(["roster", roster(somebody(1))], came, out, LOOK, kept, ["undo", "o"], LOOK)

    assert verdicts(played) == ["admitted", "admitted", "already_admitted"]


# --- what runs out --------------------------------------------------------------------------------------------------


def test_a_family_gets_no_more_seats_than_the_phone_holds(play: Play) -> None:  # noqa: F811
    family = [somebody(number, registration=50) for number in (1, 2, 3)]
    place = {"kind": "session", "session": 5, "walk_ins": True, "lease": 2}
    played = play(["roster", roster(*family, **place)], judge(qr(5050, kind=1), members=[1, 2, 3]))

    local = played["said"][1]
    assert [one["verdict"] for one in local["answer"]["members"]] == ["admitted", "admitted", "full"]
    assert (local["passed"], local["leased"], local["sure"]) == ([1, 2], 2, False)


def test_a_family_gets_no_more_presents_than_there_are(play: Play) -> None:  # noqa: F811
    family = [somebody(number, registration=50) for number in (1, 2, 3)]
    played = play(["roster", roster(*family, kind="custom", stock_left=1)], judge(qr(5050, kind=1), members=[1, 2, 3]))

    assert [one["verdict"] for one in played["said"][1]["answer"]["members"]] == ["admitted", "full", "full"]


def test_what_was_given_away_does_not_come_back_before_the_server_has_counted_it(play: Play) -> None:  # noqa: F811
    holding = roster(lease=2)
    played = play(
        ["roster", holding], ["takeLease", ["s", 1]], ["lease", None],
        ["roster", holding], ["lease", None],
        ["settleLease", "s"], ["forward", 1000], ["roster", holding], ["lease", None],
    )  # fmt: skip

    assert [said for said in played["said"] if isinstance(said, int)] == [1, 1, 2]


def test_a_slip_is_given_to_one_person_even_if_the_server_tells_of_it_again(play: Play) -> None:  # noqa: F811
    slips = {"slips": [{"id": 5, "ticket": "X/5", "short_code": "A"}, {"id": 6, "ticket": "X/6", "short_code": "B"}]}
    page = {**roster(), **slips}
    played = play(["roster", page], ["slip", None], ["roster", page], ["slip", None], ["roster", page], ["slip", None])

    assert [played["said"][place] for place in (1, 3, 5)] == [5, 6, None]


# --- afterwards -----------------------------------------------------------------------------------------------------


def over() -> dict[str, Any]:
    page = roster(somebody(1))
    page["festival"]["ends"] = "2020-10-10T17:00:00+07:00"
    return page


def test_half_a_day_after_the_festival_the_last_scans_go_with_the_names(play: Play) -> None:  # noqa: F811
    played = play(KEPT, ["set", {"roster": over()}], ["cycle", None], ["recents", None], ["keptRecents", None])

    assert played["said"][3:] == [0, 0]


@pytest.mark.parametrize("refused", [["a"], []])
def test_what_was_put_aside_is_handed_in_once_more_after_the_festival_and_then_goes(
    play: Play,  # noqa: F811
    refused: list[str],
) -> None:
    played = play(
        ["refuse", ["a"]], ["scan", "a"], ["send", None], ["counts", None],
        ["refuse", refused], ["forward", 600_000], ["set", {"roster": over()}], ["cycle", None],
    )  # fmt: skip

    assert played["said"][3]["aside"] == 1
    assert (played["aside"], played["waiting"]) == (0, 0)
    assert len(played["sent"]) == 2


def test_what_the_server_breaks_on_is_not_thrown_away_after_the_festival(play: Play) -> None:  # noqa: F811
    played = play(
        ["refuse", ["a"]], ["scan", "a"], ["send", None],
        ["set", {"poison": ["a"], "roster": over()}], ["forward", 600_000], ["cycle", None],
    )  # fmt: skip

    assert played["aside"] + played["waiting"] == 1


def test_the_scans_of_the_last_minutes_are_there_though_the_phones_clock_is_fast(play: Play) -> None:  # noqa: F811
    hour = 3_600_000
    played = play(
        ["measure", [-hour, 0, 0]],
        ["keepNow", "s"],
        ["prune", 1000],
        ["recents", None],
    )

    assert played["said"][3] == 1
