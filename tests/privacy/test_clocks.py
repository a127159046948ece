"""The law's clocks: two working days to answer, then 10, 15 or 20 days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from festival.core.clock import at_local
from festival.privacy.clocks import Stage, clocks_of
from festival.privacy.models import RequestKind, SubjectRequest
from festival.privacy.working_days import HOLIDAYS, is_working_day, working_days_after


def asked(day: date, kind: RequestKind = RequestKind.SEE, hour: int = 9, **values: object) -> SubjectRequest:
    return SubjectRequest(kind=kind, received_at=at_local(day, time(hour)), **values)


@pytest.mark.parametrize(
    ("received", "answer_by"),
    [
        ("2027-10-04", "2027-10-06"),  # Monday: Wednesday
        ("2027-10-07", "2027-10-11"),  # Thursday: over the weekend, Monday
        ("2027-10-09", "2027-10-12"),  # Saturday: Tuesday
        ("2027-04-29", "2027-05-05"),  # before 30 April (Friday), 1 May (Saturday, so Monday is off): Wednesday
        ("2027-02-04", "2027-02-12"),  # before Tết, which is on Saturday 6 February
        ("2026-11-23", "2026-11-26"),  # the day of culture
    ],
)
def test_the_answer_is_due_on_the_second_working_day(received, answer_by):
    clocks = clocks_of(asked(date.fromisoformat(received)), date.fromisoformat(received))

    assert clocks.answer_by == date.fromisoformat(answer_by)
    assert clocks.stage is Stage.NEW


@pytest.mark.parametrize(
    ("kind", "days"),
    [(RequestKind.SEE, 10), (RequestKind.CORRECT, 10), (RequestKind.RESTRICT, 15), (RequestKind.DELETE, 20)],
)
def test_each_kind_has_its_own_number_of_days(kind, days):
    received = date(2027, 10, 4)

    assert clocks_of(asked(received, kind), received).done_by == received + timedelta(days=days)


def test_the_day_is_the_one_on_vietnamese_clocks():
    request = SubjectRequest(kind=RequestKind.SEE, received_at=datetime.fromisoformat("2027-10-03T18:00:00+00:00"))

    assert clocks_of(request, date(2027, 10, 4)).answer_by == date(2027, 10, 6)


def test_a_request_is_overdue_after_the_day_and_not_on_it():
    request = asked(date(2027, 10, 4))
    assert not clocks_of(request, date(2027, 10, 6)).overdue
    assert clocks_of(request, date(2027, 10, 7)).overdue

    request.acknowledged_at = at_local(date(2027, 10, 7), time(9))
    assert clocks_of(request, date(2027, 10, 14)).stage is Stage.ANSWERED
    assert not clocks_of(request, date(2027, 10, 14)).overdue
    assert clocks_of(request, date(2027, 10, 15)).overdue

    request.done_at = at_local(date(2027, 10, 20), time(9))
    assert clocks_of(request, date(2027, 11, 20)).stage is Stage.DONE
    assert not clocks_of(request, date(2027, 11, 20)).overdue


def test_the_second_clock_may_be_put_off_once_by_as_many_days_and_only_before_it_runs_out():
    request = asked(date(2027, 10, 4), RequestKind.DELETE)
    assert clocks_of(request, date(2027, 10, 24)).may_put_off_to == date(2027, 11, 13)
    assert clocks_of(request, date(2027, 10, 25)).may_put_off_to is None

    request.acknowledged_at = request.put_off_at = at_local(date(2027, 10, 24), time(9))
    clocks = clocks_of(request, date(2027, 11, 13))
    assert (clocks.done_by, clocks.overdue, clocks.may_put_off_to) == (date(2027, 11, 13), False, None)
    assert clocks_of(request, date(2027, 11, 14)).overdue


def test_around_a_long_holiday_being_done_may_be_due_before_the_answer_and_counts_first():
    request = asked(date(2027, 10, 4))
    clocks = clocks_of(request, date(2027, 10, 4))

    assert clocks.next_by == min(clocks.answer_by, clocks.done_by) == clocks.answer_by


def test_the_table_holds_weekdays_only_and_each_year_has_tet_and_the_national_days():
    assert all(day.weekday() < 5 for day in HOLIDAYS)
    for year in range(2026, 2031):
        tet = [day for day in HOLIDAYS if day.year == year and date(year, 1, 20) < day < date(year, 2, 25)]
        assert len(tet) >= 4, year
    assert not is_working_day(date(2027, 4, 16))  # 10 March of the lunar calendar
    assert working_days_after(date(2040, 1, 6), 1) == date(2040, 1, 9)
