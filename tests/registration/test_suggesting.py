"""Which workshops are suggested to a household: by age, by free time, and where the family already is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from festival.programme.models import Session, Workshop
from festival.registration.models import Relation
from festival.registration.signing_up import Member
from festival.registration.suggesting import OLDEST, ages_for, reason_for, suggest

YEAR = 2026
GRANDMOTHER = ("c", Member("Nguyễn Thị Hoa", 1955, Relation.SELF))
SON = ("0", Member("Đỗ Văn Hùng", 1985, Relation.CHILD))
CHILD = ("1", Member("Đỗ Minh Anh", 2016, Relation.GRANDCHILD))
FAMILY = [GRANDMOTHER, SON, CHILD]


def session(number: int, audience: str = "", hour: int = 9, *, seats: int = 20, workshop: int = 0) -> Session:
    """A session of one hour, of a workshop of its own unless said otherwise."""
    workshop_id = workshop or number
    return Session(
        id=number,
        workshop_id=workshop_id,
        workshop=Workshop(id=workshop_id, title=f"Lớp {workshop_id}", audience=audience),
        starts_at=datetime(2026, 10, 10, hour, tzinfo=UTC),
        ends_at=datetime(2026, 10, 10, hour + 1, tzinfo=UTC),
        capacity=seats,
        seats_taken=0,
    )


def suggested(people, sessions, **wishes) -> dict[str, int]:
    chosen = {key.removeprefix("p"): frozenset(ids) for key, ids in wishes.items()}
    return {each.key: each.session.id for each in suggest(people, sessions, chosen, YEAR)}


@pytest.mark.parametrize(
    ("audience", "ages"),
    [
        ("", None),
        ("Mọi người", None),
        ("Gia đình", None),
        ("Everyone", None),
        ("Người cao tuổi", [range(60, OLDEST)]),
        ("Ông bà", [range(60, OLDEST)]),
        ("Từ 60 tuổi", [range(60, OLDEST)]),
        ("Trên 50 tuổi", [range(50, OLDEST)]),
        ("55 tuổi trở lên", [range(55, OLDEST)]),
        ("Thiếu nhi", [range(6, 16)]),
        ("Trẻ em 8–12 tuổi", [range(8, 13)]),
        ("Trẻ em từ 8 đến 12 tuổi", [range(8, 13)]),
        ("Dưới 7 tuổi", [range(7)]),
        ("Học sinh lớp 6–9", [range(6, 19)]),
        ("Học sinh, sinh viên", [range(6, 19), range(18, 26)]),
        ("Người lao động", [range(16, 63)]),
        ("Hộ kinh doanh", []),
        ("Người khuyết tật", []),
        ("Tình nguyện viên", []),
    ],
)
def test_an_audience_in_words_tells_the_ages_it_means(audience, ages):
    assert ages_for(audience) == ages


def test_each_person_is_shown_what_is_for_their_age():
    sessions = [session(1, "Thiếu nhi"), session(2, "Người lao động"), session(3, "Người cao tuổi")]

    assert suggested(FAMILY, sessions) == {"c": 3, "0": 2, "1": 1}


def test_what_is_for_an_age_goes_before_what_is_for_everybody_at_the_same_hour():
    assert suggested([GRANDMOTHER], [session(1, "Mọi người"), session(2, "Người cao tuổi")]) == {"c": 2}


def test_nobody_is_taken_for_a_trader_or_a_child_that_they_are_not():
    assert suggested([GRANDMOTHER], [session(1, "Hộ kinh doanh"), session(2, "Thiếu nhi")]) == {}


def test_the_hour_that_suits_the_whole_family_comes_before_an_earlier_one():
    sessions = [
        session(1, "Người cao tuổi", 8),
        session(2, "Người cao tuổi", 10),
        session(3, "Thiếu nhi", 10),
        session(4, "Người lao động", 10),
    ]

    assert suggested(FAMILY, sessions) == {"c": 2, "0": 4, "1": 3}


def test_what_is_for_an_age_goes_before_an_hour_that_nobody_has_chosen():
    sessions = [session(1, "Người cao tuổi", 8), session(2, "Mọi người", 8), session(3, "Thiếu nhi", 9)]

    assert suggested([GRANDMOTHER, CHILD], sessions) == {"c": 1, "1": 3}


def test_who_has_not_chosen_is_shown_the_hour_at_which_the_family_already_is():
    sessions = [session(1, "Người cao tuổi", 8), session(2, "Mọi người", 14), session(3, "Thiếu nhi", 14)]

    assert suggested([GRANDMOTHER, CHILD], sessions, p1={3})["c"] == 2


def test_what_overlaps_a_choice_of_that_person_is_not_suggested():
    sessions = [session(1, "Mọi người"), session(2, "Mọi người"), session(3, "Mọi người", 10)]

    assert suggested([GRANDMOTHER], sessions, pc={1}) == {"c": 3}


def test_the_same_workshop_is_not_suggested_again():
    assert suggested([GRANDMOTHER], [session(1, workshop=7), session(2, hour=11, workshop=7)], pc={1}) == {}


def test_who_has_chosen_twice_is_left_in_peace():
    sessions = [session(1), session(2, hour=10), session(3, hour=11)]

    assert suggested([GRANDMOTHER], sessions, pc={1, 2}) == {}


def test_a_session_is_suggested_to_no_more_people_than_it_has_seats():
    sessions = [session(1, "Mọi người", seats=2), session(2, "Mọi người", 10)]

    assert suggested(FAMILY, sessions) == {"c": 1, "0": 1, "1": 2}
    assert suggested([GRANDMOTHER], [session(1, "Mọi người", seats=0)]) == {}


def test_seats_that_the_family_has_chosen_are_not_suggested_to_another_one_of_it():
    sessions = [session(1, "Mọi người", seats=1), session(2, "Mọi người", 10)]

    assert suggested([GRANDMOTHER, SON], sessions, pc={1})["0"] == 2


def test_the_reason_is_said_in_words(app):
    sessions = [session(1, "Thiếu nhi"), session(2, "Mọi người"), session(3, "Người cao tuổi")]
    with app.test_request_context():
        words = {each.key: reason_for(each, 3) for each in suggest(FAMILY, sessions, {}, YEAR)}
        pair = [reason_for(each, 2) for each in suggest([SON, CHILD], sessions, {}, YEAR)]
        alone = [reason_for(each, 1) for each in suggest([SON], sessions, {}, YEAR)]

    assert words["1"] == "Dành cho: Thiếu nhi · cả nhà cùng giờ"
    assert words["0"] == "cả nhà cùng giờ"
    assert pair == ["cùng giờ với Đỗ Minh Anh", "Dành cho: Thiếu nhi · cùng giờ với Đỗ Văn Hùng"]
    assert alone == ["ai cũng học được, giờ này đang rảnh"]
