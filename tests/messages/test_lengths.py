"""Text messages in parts, and cut so that the link is whole."""

from __future__ import annotations

import pytest

from festival.messages.sms.lengths import MOST_PARTS, fit, parts, without_marks
from tests.hard_names import HARD_NAMES

LINK = "https://ngay-hoi-phuong-hai-ba-trung.example.vn/r/" + "a" * 36


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ờ" * 70, 1),
        ("ờ" * 71, 2),
        ("ờ" * 134, 2),
        ("ờ" * 135, 3),
        ("🎉" * 35, 1),
        ("🎉" * 36, 2),
    ],
)
def test_parts_are_counted_as_the_networks_do(text, count):
    assert parts(text) == count


@pytest.mark.parametrize("plain", [False, True])
def test_a_long_text_is_cut_at_a_word_and_keeps_its_link(plain):
    text = fit(
        "Trả lời trước 18:00 ngày 09/10: có chỗ trong " + "Kỹ năng số cho người cao tuổi " * 9, LINK, plain=plain
    )

    assert parts(text) == MOST_PARTS
    assert text.endswith(f"... {LINK}")
    assert text.startswith("Tra loi truoc 18:00" if plain else "Trả lời trước 18:00")


def test_a_short_text_is_left_as_it_is():
    assert fit("Vé của gia đình:", LINK) == f"Vé của gia đình: {LINK}"


def test_names_without_marks_are_plain_letters():
    plain = [without_marks(name) for name in HARD_NAMES]

    assert plain[:2] == ["Do Thi Uoc", "Dang Dinh Duc"]
    assert "K' Thi Huong" in plain
    assert [name for name in plain if not name.isascii()] == ["A Pao ʼRong", "陳氏玉蘭 Tran Thi Ngoc Lan"]
