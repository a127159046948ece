"""Passwords that are tried first are refused, four words are not."""

from __future__ import annotations

import pytest

from festival.accounts.passwords import is_easily_guessed
from tests.conftest import PASSWORD, plain

ABOUT = ("lan.tran@phuong.vn", "Trần Thị Lan", "UBND phường Tây Hồ")


@pytest.mark.parametrize(
    "password",
    [
        *("password1234", "MatKhau@123456", "Mật khẩu 123456", "qwertyuiop123", "abcdefghijkl", "abababababab"),
        *("Nguyễn Văn An 1990", "lan.tran@phuong.vn2026", "839184710293", "UBND Tây Hồ 2026!", "xxxxxxxxxxxxxxxxxxxx"),
    ],
)
def test_what_is_tried_first_is_refused(password):
    assert is_easily_guessed(password, ABOUT)


@pytest.mark.parametrize("password", ["correct-horse-battery", "bồ câu vàng đậu mái", "bp7z-mnk2-q8vd-hw3r"])
def test_four_words_and_chance_are_taken(password):
    assert not is_easily_guessed(password, ABOUT)


def test_a_new_password_must_not_be_easily_guessed(sign_in):
    browser = sign_in()
    new = "organizer-festival-2026"

    answer = browser.post(
        "/manage/password", data={"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    )

    assert answer.status_code == 200
    assert "bốn từ" in plain(answer.text) or "four words instead" in plain(answer.text)
    new = "bồ câu vàng đậu mái"
    answer = browser.post(
        "/manage/password", data={"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    )
    assert answer.status_code == 302
