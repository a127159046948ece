"""`flask festival import` and `flask festival wards import` as an operator uses them."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus, Session
from tests.programme.workbooks import TEMPLATE_FORM, with_cell


@pytest.fixture
def command(app):
    def run(*arguments: str):
        result = app.test_cli_runner().invoke(args=["festival", *arguments])
        db.session.expire_all()
        return result

    return run


def test_the_template_form_is_imported_and_published_and_again_updated(command):
    first = command("import", str(TEMPLATE_FORM), "--publish")
    second = command("import", str(TEMPLATE_FORM), "--festival", "ngay-hoi-2027")

    assert (first.exit_code, second.exit_code) == (0, 0), (first.output, second.output)
    assert "row 37, column “Kết thúc” [18:00]: The festival closes at 17:30 already." in first.output
    assert "40 new" in first.output
    assert "41 as before" in second.output
    festival = db.session.scalars(select(Festival)).one()
    assert festival.status is FestivalStatus.PUBLISHED
    assert db.session.scalar(select(func.count()).select_from(Session)) == 41


def test_the_report_speaks_vietnamese_when_asked(command):
    result = command("import", str(TEMPLATE_FORM), "--language", "vi")

    assert "dòng 37" in result.output


def test_a_bad_file_imports_nothing_and_says_why(command, tmp_path):
    path = tmp_path / "programme.xlsx"
    path.write_bytes(b"%PDF-1.7")

    result = command("import", str(path))

    assert result.exit_code == 1
    assert "This is a PDF" in result.output
    assert db.session.scalars(select(Festival)).all() == []


def test_a_bad_row_is_named_and_the_rest_is_imported(command, tmp_path):
    path = tmp_path / "programme.xlsx"
    path.write_bytes(with_cell("Lớp học", "H2", 1.5))

    result = command("import", str(path))

    assert result.exit_code == 0
    place = "Not imported: sheet “Lớp học”, row 2, column H “Số chỗ” [1.5]"
    assert f"{place}: This should be a whole number" in result.output
    assert db.session.scalar(select(func.count()).select_from(Session)) == 2


def test_an_unknown_festival_is_refused(command):
    result = command("import", str(TEMPLATE_FORM), "--festival", "nowhere")

    assert (result.exit_code, "There is no festival nowhere." in result.output) == (1, True)


def test_wards_come_from_the_shipped_file_unless_another_is_named(command, tmp_path):
    path = tmp_path / "wards.csv"
    path.write_text("province_code,province_name\n", encoding="utf-8")

    assert "3321 new" in command("wards", "import").output
    assert "3321 as before" in command("wards", "import").output
    bad = command("wards", "import", str(path))
    assert (bad.exit_code, "lacks the column ward_code" in bad.output) == (1, True)
