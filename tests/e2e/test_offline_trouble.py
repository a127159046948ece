"""At the door when things go wrong: a stale list, a full disk, a wish to undo without a network, a day that is over."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from festival.checkin import undoing
from festival.checkin.models import Scan
from festival.core.clock import now
from festival.extensions import db
from tests import factories
from tests.checkin.conftest import tickets_of
from tests.e2e.offline_phone import ROWS, Gate, Yard, scan, scans_of
from tests.e2e.test_offline import gate, phone, yard  # noqa: F401 - fixtures
from tests.e2e.test_walk_in import write_down

Open = Callable[..., Page]

FULL_DISK = """() => {
  window.realPut = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""
HANGING_DISK = """() => {
  const real = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    const asked = real.call(this, value, key);
    if (this.name === "queue") { // the transaction never ends: another request follows each one
      const again = () => { this.count().onsuccess = again; };
      again();
    }
    return asked;
  };
}"""
ROOM_AGAIN = "() => { IDBObjectStore.prototype.put = window.realPut; dispatchEvent(new Event('online')); }"
DAYS_LATER = """() => {
  const Real = Date, shift = 3 * 86400 * 1000;
  window.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + shift); }
    static now() { return Real.now() + shift; }
  };
}"""
COUNT_SOUNDS = """() => {
  const Real = AudioContext;
  window.sounds = 0;
  window.AudioContext = class extends Real { constructor() { super(); window.sounds += 1; } };
}"""


def short_code(yard: Yard, gate: Gate, number: int) -> str:  # noqa: F811
    with yard.app.app_context():
        family = db.session.get_one(factories.Registration, gate.registrations[number])
        code = tickets_of(family)[0].short_code
        db.session.remove()
    return code


def answer_later(route: Route) -> None:
    """The server wants typed codes later; all others it answers."""
    scans = json.loads(route.request.post_data or "{}").get("scans", [])
    if all("code" in one for one in scans):
        route.fulfill(json={"answers": [{"id": one["id"], "later": True} for one in scans], "now": now().isoformat()})
    else:
        route.continue_()


def undo_last(page: Page) -> None:
    page.get_by_role("button", name="Just scanned").click()
    page.get_by_role("button", name="Undo:").first.click()
    page.get_by_label("Scanned by mistake").check()
    page.locator("#undo-form").get_by_role("button", name="Undo").click()
    expect(page.locator(".undo__taken")).to_be_visible()
    page.locator("#undo-close").click()


def test_who_was_undone_by_the_organizer_meanwhile_is_let_in_though_the_list_is_old(
    yard: Yard,  # noqa: F811
    gate: Gate,  # noqa: F811
    phone: Open,  # noqa: F811
) -> None:
    page = phone()
    scan(page, gate.tickets[0])
    expect(page.locator("#bar-waiting")).to_have_text("")
    page.locator("#verdict-close").click()
    with yard.app.app_context():
        made = db.session.scalars(select(Scan).where(Scan.festival_id == gate.festival)).one()
        undoing.undo(made, "Nhầm người", now())
        db.session.commit()
        db.session.remove()

    scan(page, gate.tickets[0])

    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    expect(page.locator("#bar-waiting")).to_have_text("")
    assert [row.passed for row in scans_of(yard, gate)] == [True, True]


def test_whom_this_phone_has_just_let_in_is_in_though_the_server_was_not_told_yet(
    yard: Yard,  # noqa: F811
    gate: Gate,  # noqa: F811
    phone: Open,  # noqa: F811
) -> None:
    page = phone()
    page.route("**/door/api/scans", answer_later)
    scan(page, short_code(yard, gate, 0))
    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    with page.expect_response("**/door/api/scans"):
        scan(page, gate.tickets[0])

    expect(page.locator("#bar-waiting")).to_have_text("1 scan waits to be sent.")
    expect(page.locator("#verdict-word")).to_have_text("Already in")
    expect(page.locator("#notices")).to_be_empty()


def test_too_many_typed_codes_are_answered_plainly_and_qr_codes_go_on(
    yard: Yard,  # noqa: F811
    gate: Gate,  # noqa: F811
    phone: Open,  # noqa: F811
) -> None:
    page = phone()
    page.route("**/door/api/scans", answer_later)
    scan(page, "ABCD2345")

    expect(page.locator("#verdict-word")).to_have_text("Too many codes typed at once. Wait a few minutes.")
    page.locator("#verdict-close").click()
    expect(page.locator("#bar-waiting")).to_have_text("1 scan waits to be sent.")
    scan(page, gate.tickets[0])
    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    expect(page.locator("#bar-waiting")).to_have_text("1 scan waits to be sent.")
    assert [row.verdict for row in scans_of(yard, gate)] == ["admitted"]

    page.unroute("**/door/api/scans")
    page.locator("#verdict-close").click()
    page.locator("#bar").click()
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#details-said")).to_have_text("Everything is sent.")
    assert sorted(row.verdict for row in scans_of(yard, gate)) == ["admitted", "unknown"]


def test_a_full_disk_is_told_the_scan_is_sent_all_the_same_and_the_warning_goes_when_there_is_room(
    yard: Yard,  # noqa: F811
    gate: Gate,  # noqa: F811
    phone: Open,  # noqa: F811
) -> None:
    page = phone()
    expect(page.locator("#bar-memory")).to_have_text("")
    page.context.set_offline(True)
    page.evaluate(FULL_DISK)
    scan(page, gate.tickets[0])
    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    page.locator("#verdict-close").click()

    expect(page.locator("#notices")).to_contain_text("This phone cannot save anything at the moment.")
    expect(page.locator("#notices button")).to_have_count(0)
    expect(page.locator("#bar-memory")).to_have_text("Not saved: keep this page open.")
    page.context.set_offline(False)
    expect(page.locator("#bar-waiting")).to_have_text("", timeout=15_000)
    assert [row.verdict for row in scans_of(yard, gate)] == ["admitted"]
    expect(page.locator("#bar-memory")).to_have_text("Not saved: keep this page open.")

    page.context.set_offline(True)
    scan(page, gate.tickets[1])
    page.locator("#verdict-close").click()
    assert page.evaluate(ROWS, "queue") == 0
    page.evaluate(ROOM_AGAIN)
    expect(page.locator("#notices")).to_be_empty()
    expect(page.locator("#bar-memory")).to_have_text("")
    assert page.evaluate(ROWS, "queue") == 1


def test_a_walk_in_that_the_disk_does_not_take_is_inside_and_told_to_be_in_memory(
    yard: Yard,  # noqa: F811
    gate: Gate,  # noqa: F811
    phone: Open,  # noqa: F811
) -> None:
    page = phone()
    page.context.set_offline(True)
    page.evaluate(FULL_DISK)
    write_down(page, "Do Thi Vang Lai", "1958")
    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    page.locator("#verdict-close").click()

    expect(page.locator("#walk-in-said")).to_have_text(
        "Kept only while this page is open: leave it open until there is a network."
    )
    page.context.set_offline(False)
    expect(page.locator("#walk-in-said")).to_contain_text("The server has it", timeout=15_000)


def test_a_disk_that_hangs_does_not_stop_the_door(yard: Yard, gate: Gate, phone: Open) -> None:  # noqa: F811
    page = phone()
    page.evaluate(HANGING_DISK)
    scan(page, gate.tickets[0])

    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    page.locator("#verdict-close").click()
    expect(page.locator("#notices")).to_contain_text("Keep this page open")
    expect(page.locator("#bar-waiting")).to_have_text("")
    assert [row.verdict for row in scans_of(yard, gate)] == ["admitted"]


def test_an_undo_without_a_network_outlasts_a_reload(
    yard: Yard,  # noqa: F811
    gate: Gate,  # noqa: F811
    phone: Open,  # noqa: F811
) -> None:
    page = phone(installed=True)
    scan(page, gate.tickets[0])
    page.locator("#verdict-close").click()
    expect(page.locator("#bar-waiting")).to_have_text("")
    with page.expect_response("**/door/api/roster*"):
        page.evaluate("dispatchEvent(new Event('online'))")  # the list on disk now tells that the person is in
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    undo_last(page)
    page.reload()
    expect(page.locator("#bar-waiting")).to_have_text("1 scan waits to be sent.")

    scan(page, gate.tickets[0])

    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    page.context.set_offline(False)
    expect(page.locator("#bar-waiting")).to_have_text("", timeout=15_000)
    expect(page.locator("#notices")).to_be_empty()
    rows = scans_of(yard, gate)
    assert [(row.passed, row.undone_at is not None) for row in rows] == [(True, True), (True, False)]


def test_a_phone_that_is_opened_days_later_without_a_network_holds_no_names(
    yard: Yard,  # noqa: F811
    gate: Gate,  # noqa: F811
    phone: Open,  # noqa: F811
) -> None:
    page = phone(installed=True)
    scan(page, gate.tickets[0])
    page.locator("#verdict-close").click()
    expect(page.locator("#bar-waiting")).to_have_text("")
    assert (page.evaluate(ROWS, "roster") > 0, page.evaluate(ROWS, "recent")) == (True, 1)

    page.context.set_offline(True)
    page.add_init_script(f"({DAYS_LATER})()")
    page.reload()

    expect(page.locator("#bar-connection")).to_contain_text("No network")
    expect(page.locator("#bar-synced")).to_have_text("")
    assert page.evaluate(ROWS, "roster") == page.evaluate(ROWS, "recent") == page.evaluate(ROWS, "queue") == 0


def test_the_bar_says_what_the_number_of_people_inside_may_lack(phone: Open) -> None:  # noqa: F811
    def tell_less(route: Route) -> None:
        told: dict[str, Any] = route.fetch().json()
        told["headcount"] |= {"inside": 210, "capacity": 500, "percent": 42, "waiting": 14, "doors_late": 2}
        route.fulfill(json=told)

    page = phone()
    expect(page.locator("#bar-missing")).to_have_text("")
    page.route("**/door/api/roster*", tell_less)
    page.evaluate("dispatchEvent(new Event('online'))")

    # A call that is under way already is answered as before; the next one comes within a quarter of a minute.
    expect(page.locator("#bar-headcount")).to_have_text("210/500 inside", timeout=20_000)
    expect(page.locator("#bar-missing")).to_have_text("14 scans not counted yet · 2 doors silent")
    page.locator("#bar").click()
    expect(page.locator("#details-inside")).to_contain_text("210 of 500 at ")
    expect(page.locator("#details-inside")).to_contain_text("14 scans to send")
    expect(page.locator("#details-inside")).to_contain_text("2 doors")


def test_the_sound_is_ready_before_the_first_scan(gate: Gate, phone: Open) -> None:  # noqa: F811
    page = phone(before=COUNT_SOUNDS)
    assert page.evaluate("window.sounds") == 1

    scan(page, gate.tickets[0])
    expect(page.locator("#verdict-word")).to_have_text("Welcome!")

    assert page.evaluate("window.sounds") == 1
