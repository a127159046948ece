"""Everything is traceable: who changed what, when, in words; and no household is shown by it unnoted."""

from __future__ import annotations

import ast
import csv
import importlib
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest

from festival.accounts.audit import record
from festival.accounts.models import AuditEntry, StaffRole
from festival.core.clock import local, now
from festival.extensions import db
from festival.reports.log_fields import differences
from festival.reports.log_words import ACTIONS, KINDS
from tests import factories
from tests.conftest import plain

SOURCES = sorted((Path(__file__).parents[2] / "festival").rglob("*.py"))
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def _texts(node: ast.expr | None, module: str, named: dict[str, list[ast.expr]]) -> set[str]:
    """What an expression for an action can be, as patterns: a part that is computed stands for any word."""
    match node:
        case ast.Constant(value=str(text)):
            return {re.escape(text)}
        case ast.IfExp(body=body, orelse=orelse):
            return _texts(body, module, named) | _texts(orelse, module, named)
        case ast.JoinedStr(values=parts):
            found = {""}
            for part in parts:
                inner = part.value if isinstance(part, ast.FormattedValue) else part
                more = _texts(inner, module, named) if not isinstance(inner, ast.Call) else {"[a-z_]+"}
                found = {one + other for one in found for other in more or {"[a-z_]+"}}
            return found
        case ast.Name(id=name):
            known = set().union(*(_texts(value, module, {}) for value in named.get(name, ())))
            constant = getattr(importlib.import_module(module), name, None)
            return known | ({re.escape(constant)} if isinstance(constant, str) else set())
    return set()


def _recorded() -> set[str]:
    """The actions that the code records, as patterns."""
    found: set[str] = set()
    for path in SOURCES:
        tree, text = ast.parse(path.read_text()), path.read_text()
        if "record(" not in text or "accounts.audit" not in text:
            continue
        module = ".".join(path.relative_to(SOURCES[0].parents[1]).with_suffix("").parts)
        named: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    named.setdefault(getattr(target, "id", ""), []).append(node.value)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record":
                actions = _texts(node.args[0], module, named)
                if not actions:  # handed in by its callers: every word of that shape in the module is one
                    strings = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
                    actions = {re.escape(s) for s in strings if isinstance(s, str) and _is_action(s)}
                assert actions, f"{path}:{node.lineno}"
                found |= actions
    return found


def _is_action(text: str) -> bool:
    return bool(_ACTION.fullmatch(text)) and text.partition(".")[0] in KINDS and not text.endswith(".html")


def test_every_action_that_the_code_records_has_words():
    recorded = _recorded()

    assert len(recorded) > 50, "the code is read"
    assert {pattern for pattern in recorded if not any(re.fullmatch(pattern, action) for action in ACTIONS)} == set()
    assert {
        f"{kind}.{what}"
        for kind in ("zone", "booth", "workshop", "session")
        for what in ("created", "edited", "deleted", "restored")
    } <= ACTIONS.keys()
    assert {action.partition(".")[0] for action in ACTIONS} == KINDS.keys()


@pytest.fixture
def at(festival):
    return f"/manage/{festival.slug}/log"


def words_of(browser, address: str) -> str:
    return plain(browser.get(address).get_data(as_text=True))


def body_of(browser, address: str) -> str:
    page = browser.get(address).get_data(as_text=True)
    return plain(page[page.index("<tbody>") :]) if "<tbody>" in page else ""


def test_a_change_is_told_field_by_field_with_who_and_when(organizer, at, festival):
    booth = factories.make_booth(festival, code="A01", name="Gian cũ")
    organizer.post(
        f"/manage/{festival.slug}/booths/{booth.id}", data={"code": "A01", "name": "Gian mới", "zone_id": "0"}
    )
    entry = db.session.query(AuditEntry).one()

    words = body_of(organizer, at)

    assert "Booth changed" in words
    assert "A01 Gian mới" in words
    assert re.search(r"Name ?: Gian cũ → Gian mới", words)
    assert f"{local(entry.at):%H:%M}" in words


def test_the_log_is_narrowed_by_its_address(organizer, at, festival):
    record("booth.created", "A01 Trạm 100%", festival_id=festival.id)
    record("zone.edited", "Khu sân", festival_id=festival.id)
    record("zone.deleted", "Khu xưa", festival_id=festival.id).at = now() - timedelta(days=3)
    db.session.commit()
    day = f"{local(now() - timedelta(days=3)):%Y-%m-%d}"

    found = {
        query: [subject for subject in ("A01", "Khu sân", "Khu xưa") if subject in body_of(organizer, f"{at}?{query}")]
        for query in ("", "kind=zone", "action=zone.edited", f"day={day}", "q=100%25", "who=999999", "day=nonsense")
    }

    assert found == {
        "": ["A01", "Khu sân", "Khu xưa"],
        "kind=zone": ["Khu sân", "Khu xưa"],
        "action=zone.edited": ["Khu sân"],
        f"day={day}": ["Khu xưa"],
        "q=100%25": ["A01"],
        "who=999999": [],
        "day=nonsense": ["A01", "Khu sân", "Khu xưa"],
    }


def test_another_festivals_changes_are_not_shown(organizer, at, make_festival):
    record("booth.created", "B99 Nơi khác", festival_id=make_festival().id)
    db.session.commit()

    assert "B99" not in words_of(organizer, at)


def test_no_resident_is_named_nor_found_by_name(organizer, at, festival):
    record("registration.seen", "Nguyễn Thị Hoa", festival_id=festival.id, after={"registration": 1})
    record("certificate.revoked", "HB-0001 Nguyễn Thị Hoa", festival_id=festival.id, after={"reason": "Hoa xin"})
    db.session.commit()

    everything = body_of(organizer, at) + organizer.get(f"{at}.csv").get_data(as_text=True)

    assert "Certificate revoked" in everything
    assert "Hoa" not in everything
    assert "Nothing found" in words_of(organizer, f"{at}?q=Hoa")


def test_a_deletion_is_undone_from_the_log_for_thirty_days(organizer, at, festival):
    entry = record("booth.deleted", "A01", festival_id=festival.id, before={"id": 5, "code": "A01", "name": "Gian"})
    db.session.flush()
    link = f'href="/manage/{festival.slug}/deleted/{entry.id}"'
    db.session.commit()
    assert link in organizer.get(at).get_data(as_text=True)

    entry.at = now() - timedelta(days=31)
    db.session.commit()

    assert link not in organizer.get(at).get_data(as_text=True)


def test_the_file_holds_what_the_page_shows_and_is_in_the_log_itself(organizer, at, festival):
    record("zone.edited", "=HYPERLINK(1)", festival_id=festival.id, before={"name": "+1"}, after={"name": "@2"})
    record("booth.created", "A01", festival_id=festival.id)
    db.session.commit()

    answer = organizer.get(f"{at}.csv?kind=zone")

    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[2:] for row in rows[1:]] == [["Zone changed", "'=HYPERLINK(1)", "Name", "'+1", "'@2"]]
    assert "Log of changes downloaded" in body_of(organizer, at)


def test_only_organizers_read_the_log(sign_in, at):
    assert sign_in(StaffRole.DOOR_MANAGER).get(at).status_code == 403
    assert sign_in(StaffRole.OBSERVER).get(f"{at}.csv").status_code == 403


def test_values_are_told_as_people_read_them():
    before = {"status": "draft", "first_day": "2027-10-10", "opens_at": "07:30:00", "re_entry": False, "rule": "+4 -0"}
    after = {"status": "published", "first_day": "2027-10-11", "opens_at": "08:00:00", "re_entry": True, "rule": ""}

    told = {field: values for field, *values in differences("festival.edited", before, after)}

    assert told == {
        "State": ["Draft", "Published"],
        "First day": ["10/10/2027", "11/10/2027"],
        "Doors open at": ["07:30", "08:00"],
        "Re-entry allowed": ["No", "Yes"],
        "Rule": ["+4 -0", ""],
    }
