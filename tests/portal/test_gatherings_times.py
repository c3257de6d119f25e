"""Wall-clock time in Leipzig: series keep their hour when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import BERLIN
from portal.gatherings import times

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "shown", "expected"),
    [
        (date(2026, 10, 24), time(18), datetime(2026, 10, 24, 16)),  # summer time
        (date(2026, 10, 25), time(18), datetime(2026, 10, 25, 17)),  # the night before it ended
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30)),  # comes twice: the first
        (date(2027, 3, 27), time(18), datetime(2027, 3, 27, 17)),
        (date(2027, 3, 28), time(18), datetime(2027, 3, 28, 16)),
        (date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30)),  # skipped: as clocks do
    ],
)
def test_a_time_in_leipzig_is_the_right_moment(day, shown, expected):
    assert times.to_utc(day, shown) == expected


def test_the_hour_the_clock_skips_does_not_exist():
    assert not times.exists(date(2027, 3, 28), time(2, 30))
    assert times.exists(date(2027, 3, 28), time(3, 0))
    assert times.exists(date(2026, 10, 25), time(2, 30))


def test_something_can_last_into_the_night_of_the_clock_change():
    begin, end = times.span(date(2026, 10, 24), time(22), time(4))
    assert end - begin == timedelta(hours=7)  # one hour more than the clocks show


@given(DAYS, st.times(time(4), time(23, 59)))
def test_what_clocks_show_comes_back_whatever_the_season(day, shown):
    assert times.local(times.to_utc(day, shown)).replace(tzinfo=None) == datetime.combine(
        day, shown
    )


@given(DAYS, st.sampled_from(["weekly", "fortnightly", "monthly"]), st.integers(0, 800))
def test_every_day_of_a_series_is_the_same_weekday_in_order_and_in_time(first, rhythm, length):
    until = first + timedelta(length)
    days = times.days_of(rhythm, first, until)
    assert days[0] == first
    assert days == sorted(set(days))
    assert all(day.weekday() == first.weekday() and day <= until for day in days)
    assert len(days) <= times.MOST_DATES


def test_monthly_means_the_same_weekday_of_the_month_and_a_fifth_is_the_last():
    second_tuesday = times.days_of("monthly", date(2026, 12, 8), date(2027, 3, 31))
    assert second_tuesday == [
        date(2026, 12, 8), date(2027, 1, 12), date(2027, 2, 9), date(2027, 3, 9),
    ]  # fmt: skip
    fifth_thursday = times.days_of("monthly", date(2026, 12, 31), date(2027, 4, 30))
    assert fifth_thursday == [
        date(2026, 12, 31), date(2027, 1, 28), date(2027, 2, 25), date(2027, 3, 25),
        date(2027, 4, 29),
    ]  # fmt: skip


def test_a_weekly_series_stays_at_six_when_the_clocks_change():
    for day in times.days_of("weekly", date(2026, 10, 14), date(2026, 11, 11)):
        moment = times.to_utc(day, time(18)).replace(tzinfo=UTC)
        assert moment.astimezone(BERLIN).hour == 18
