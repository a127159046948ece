"""The list of wards: shipped, loaded once, replaced without losing what is in use."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from festival.extensions import db
from festival.programme.models import Ward
from festival.programme.wards import SHIPPED_FILE, WardsUnreadable, ensure_wards, read_wards, replace_wards
from tests import factories

HEADER = "province_code,province_name,ward_code,ward_name,kind"
HAI_BA_TRUNG = "01,Thành phố Hà Nội,00256,Phường Hai Bà Trưng,phường"
NEW = "75,Tỉnh Đồng Nai,99001,Phường Mới,phường"


@pytest.fixture
def ward_file(tmp_path):
    def make(*lines: str, encoding: str = "utf-8"):
        path = tmp_path / "wards.csv"
        path.write_bytes("\n".join((HEADER, *lines)).encode(encoding))
        return path

    return make


def test_the_shipped_list_has_every_ward_of_the_34_provinces():
    rows = read_wards(SHIPPED_FILE)

    assert len(rows) == 3321
    assert len({row["province_code"] for row in rows}) == 34
    assert {row["kind"] for row in rows} == {"phường", "xã", "đặc khu"}


def test_an_empty_table_is_filled_once(app):
    assert ensure_wards() == 3321
    assert ensure_wards() == 3321
    assert db.session.scalar(select(func.count()).select_from(Ward)) == 3321
    assert db.session.get(Ward, "00256").folded == "phuong hai ba trung thanh pho ha noi"


def test_a_new_list_adds_changes_and_removes(app, ward_file):
    replace_wards(ward_file(HAI_BA_TRUNG, "01,Thành phố Hà Nội,00004,Phường Ba Đình,phường"), date(2026, 9, 1))

    result = replace_wards(ward_file(HAI_BA_TRUNG.replace("Hai Bà Trưng", "Hai Bà"), NEW), date(2027, 1, 1))

    assert (result.added, result.changed, result.unchanged, result.removed, result.kept) == (1, 1, 0, 1, ())
    ward = db.session.get(Ward, "00256")
    assert (ward.name, ward.as_of) == ("Phường Hai Bà", date(2027, 1, 1))


def test_a_ward_that_a_festival_or_a_household_names_is_kept_and_reported(app, ward_file, festival, make_household):
    replace_wards(ward_file(HAI_BA_TRUNG, NEW.replace("99001", "99002"), NEW), date(2026, 9, 1))
    festival.ward_code = "00256"
    make_household().ward_code = "99002"
    db.session.flush()

    result = replace_wards(ward_file(NEW), date(2027, 1, 1))

    assert (result.removed, result.kept) == (0, ("00256", "99002"))
    assert db.session.get(Ward, "00256") is not None


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), "1 to 20000 wards"),
        (("01,Hà Nội,256,Phường Hai Bà Trưng,phường",), "line 2: '256' is no ward code"),
        (("x,Hà Nội,00256,Phường Hai Bà Trưng,phường",), "line 2: 'x' is no province code"),
        (("01,Hà Nội,00256,,phường",), "line 2: a name is missing"),
        ((HAI_BA_TRUNG, HAI_BA_TRUNG), "00256 occurs twice"),
    ],
)
def test_a_bad_list_is_refused_with_its_line_and_changes_nothing(app, ward_file, lines, words):
    factories.make_ward()

    with pytest.raises(WardsUnreadable, match=words.replace("(", r"\(")):
        replace_wards(ward_file(*lines), date(2027, 1, 1))

    assert db.session.get(Ward, "00256") is not None


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"PK\x03\x04\x00"])
def test_a_file_that_is_no_list_is_refused(tmp_path, content):
    path = tmp_path / "wards.csv"
    path.write_bytes(content)

    with pytest.raises(WardsUnreadable):
        read_wards(path)
