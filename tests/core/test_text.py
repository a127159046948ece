"""Vietnamese text: stored as NFC, found without marks, sorted by the last word, masked for strangers."""

from __future__ import annotations

import unicodedata

import pytest

from festival.core.phones import parse_phone, show_phone
from festival.core.text import fold, like_pattern, mask_name, name_key, tidy, tidy_lines


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Định danh", "dinh danh"),
        ("ĐỖ  Thị\tƯớc", "do thi uoc"),
        (unicodedata.normalize("NFD", "Nguyễn Thuỳ Dương"), "nguyen thuy duong"),
        ("H'Bia Êban", "hbia eban"),
        ("Ｆｕｌｌ", "full"),
        ("", ""),
    ],
)
def test_folding_finds_without_marks(typed, key):
    assert fold(typed) == key


def test_tidying_composes_letters_and_drops_what_nobody_sees():
    assert tidy(unicodedata.normalize("NFD", " Đỗ\u200b \x00Ước\n")) == "Đỗ Ước"


def test_lines_stay_lines():
    assert tidy_lines("a  b\r\n\r\n\r\n\r\nc\x07") == "a b\n\nc"


def test_names_sort_by_their_last_word():
    names = ["Trần Văn Bình", "Đỗ Thị An", "Lê An"]
    assert sorted(names, key=name_key) == ["Đỗ Thị An", "Lê An", "Trần Văn Bình"]


@pytest.mark.parametrize(("name", "masked"), [("Nguyễn Thị Hoa", "N***** T** Hoa"), ("Ân", "Â*"), ("", "")])
def test_a_masked_name_tells_its_owner_only(name, masked):
    assert mask_name(name) == masked


def test_a_search_takes_wildcards_literally():
    assert like_pattern("50%_\\") == "%50\\%\\_\\\\%"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0912 345 678", "+84912345678"),
        ("0912.345.678", "+84912345678"),
        ("(+84) 91 234 5678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("024 3826 1234", "+842438261234"),
        ("01212345678", None),
        ("0412345678", None),
        ("091234567", None),
        ("+1 202 555 0100", None),
        ("không có", None),
        ("", None),
        ("0" * 10_000, None),
        ("0912345678;ext=5", None),
    ],
)
def test_phone_numbers_as_people_write_them(typed, number):
    assert parse_phone(typed) == number


def test_a_number_is_shown_in_groups():
    assert show_phone("+84912345678") == "0912 345 678"
    assert show_phone("+842438261234") == "024 3826 1234"
