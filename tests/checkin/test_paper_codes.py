"""The codes of printed lists: whatever is typed wrong is noticed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from festival.checkin.paper_codes import LONGEST, SHORTEST, paper_code, read_paper_code
from festival.core.secrets import CODE_ALPHABET

NUMBERS = st.integers(1, 2**31 - 1)


@given(NUMBERS)
def test_a_code_says_its_number_again(number):
    code = paper_code(number)

    assert SHORTEST <= len(code) <= LONGEST
    assert set(code) <= set(CODE_ALPHABET)
    assert read_paper_code(code) == number
    assert read_paper_code(f" {code.lower()[:2]}-{code.lower()[2:]} ") == number


@given(st.integers(1, 30**4 - 1))
def test_a_code_of_up_to_810_000_people_has_five_characters(number):
    assert len(paper_code(number)) == 5


@settings(max_examples=50)
@given(NUMBERS)
def test_every_single_wrong_character_is_caught(number):
    code = paper_code(number)

    for place in range(len(code)):
        for wrong in set(CODE_ALPHABET) - {code[place]}:
            assert read_paper_code(code[:place] + wrong + code[place + 1 :]) is None


@given(NUMBERS)
def test_every_swap_of_neighbours_is_caught(number):
    code = paper_code(number)

    for place, (left, right) in enumerate(pairwise(code)):
        if left != right:
            assert read_paper_code(code[:place] + right + left + code[place + 2 :]) is None


@pytest.mark.parametrize(
    "typed", ["", "0", "2222", "O0I1L", "ĐẠI", "２３４５６", "9" * 5000, "\0" * 5, "222222222", "ß" * 5]
)
def test_what_is_no_code_is_none(typed):
    assert read_paper_code(typed) is None
