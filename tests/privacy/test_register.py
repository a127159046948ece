"""The register of processing: facts of the service, the organizer's own words over them, to print and take away."""

from __future__ import annotations

import csv
import io
import subprocess

import pytest
from sqlalchemy import select

from festival.accounts.models import AuditEntry
from festival.extensions import db
from festival.privacy.models import ProcessingRegister
from tests import factories
from tests.conftest import plain


@pytest.fixture
def desk(festival):
    return f"/manage/{festival.slug}/privacy"


@pytest.fixture
def browser(sign_in):
    return sign_in()


def rows_of(browser, desk) -> list[dict[str, str]]:
    answer = browser.get(f"{desk}/register.csv")
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_organizers_words_stand_where_they_are_written_and_ours_elsewhere(browser, desk, festival):
    usual = rows_of(browser, desk)
    own = {"controller": "UBND phường Mẫu", "protection_officer": "Bà Lò Thị Én", "recipients_photos": "Đài xã"}

    browser.post(f"{desk}/register/edit", data={**own, "kept_doors": "12 tháng, trên giấy"})

    page, rows = plain(browser.get(f"{desk}/register").text), rows_of(browser, desk)
    assert all(words in page for words in (*own.values(), "12 tháng, trên giấy"))
    assert {row["Bên kiểm soát dữ liệu"] for row in rows} == {"UBND phường Mẫu"}
    changed = [
        (new["Mục đích"], column)
        for old, new in zip(usual, rows, strict=True)
        for column in ("Ai nhận", "Thời gian giữ")
        if old[column] != new[column]
    ]
    assert changed == [(usual[1]["Mục đích"], "Thời gian giữ"), (usual[-2]["Mục đích"], "Ai nhận")]


def test_what_is_emptied_says_what_the_service_does_again(browser, desk, festival):
    usual = rows_of(browser, desk)
    browser.post(f"{desk}/register/edit", data={"controller": "Khác", "kept_doors": "Khác", "added": "Sổ giấy"})
    assert rows_of(browser, desk) != usual

    browser.post(f"{desk}/register/edit", data={"controller": "", "kept_doors": " ", "added": ""})

    assert rows_of(browser, desk) == usual


def test_words_for_an_activity_that_is_not_there_now_come_back_with_it(browser, desk, festival):
    booth = factories.make_booth(festival)
    place = factories.make_checkpoint(festival, factories.CheckpointKind.BOOTH, name="A05", booth_id=booth.id)
    browser.post(f"{desk}/register/edit", data={"recipients_stamps": "Ngân hàng Mẫu"})
    place.kind = factories.CheckpointKind.ENTRANCE
    place.booth_id = None
    db.session.commit()
    assert "Ngân hàng Mẫu" not in browser.get(f"{desk}/register").text

    browser.post(f"{desk}/register/edit", data={"added": "Sổ giấy"})

    assert db.session.get(ProcessingRegister, festival.id).recipients == {"stamps": "Ngân hàng Mẫu"}


def test_a_change_is_in_the_audit_log_with_what_was_before(browser, desk):
    for contact in ("0912 000 111", "0912 000 222"):
        browser.post(f"{desk}/register/edit", data={"contact": contact})

    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "privacy.register_edited")).all()
    assert (entries[1].before["contact"], entries[1].after["contact"]) == ("0912 000 111", "0912 000 222")


def test_too_long_a_text_is_refused_and_kept_in_the_form(browser, desk):
    answer = browser.post(f"{desk}/register/edit", data={"contact": "a" * 301})

    assert answer.status_code == 422
    assert "a" * 301 in answer.text


def test_the_pdf_holds_the_same(browser, desk, tool, tmp_path):
    browser.post(f"{desk}/register/edit", data={"controller": "UBND phường Mẫu", "added": "Sổ giấy ở Đoàn"})
    answer = browser.get(f"{desk}/register.pdf")
    file = tmp_path / "register.pdf"
    file.write_bytes(answer.data)

    text = subprocess.run([tool("pdftotext"), "-layout", file, "-"], capture_output=True, text=True, check=True).stdout

    assert answer.mimetype == "application/pdf"
    assert "UBND phường Mẫu" in text
    assert "Sổ giấy ở Đoàn" in text


def test_no_cell_of_the_table_becomes_a_formula(browser, desk):
    browser.post(f"{desk}/register/edit", data={"controller": '=HYPERLINK("http://x")', "contact": "+84912000111"})

    row = rows_of(browser, desk)[0]

    assert row["Bên kiểm soát dữ liệu"] == '\'=HYPERLINK("http://x")'
    assert row["Người liên hệ"] == "'+84912000111"
