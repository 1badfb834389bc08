"""What happens in a demo city: how much, when, and that it stays what it is."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from include.demo.cities import all_cities
from include.demo.generator import (
    DAYS_AHEAD,
    DAYS_BACK,
    WINDOW_DAYS,
    events_for,
    listed,
    series_for,
    steady_days,
    window,
)
from include.demo.geo import distance_km
from include.demo.model import Status
from include.demo.wording import listed_title

CITIES = ("helsinki", "krakow", "paris")


def test_the_generator_knows_three_cities() -> None:
    assert tuple(all_cities()) == CITIES


@pytest.mark.parametrize("city", CITIES)
def test_a_city_has_more_than_a_thousand_events(city: str, today: date) -> None:
    assert 1_000 <= len(events_for(city, today)) <= 1_900


@pytest.mark.parametrize("city", CITIES)
def test_the_same_day_gives_equal_events(city: str, today: date) -> None:
    assert events_for.__wrapped__(city, today, 0) == events_for(city, today, 0)


@pytest.mark.slow
@pytest.mark.parametrize("city", CITIES)
def test_the_next_day_keeps_every_event_of_the_days_in_common(city: str, today: date) -> None:
    tomorrow = today + timedelta(days=1)
    gone, come = window(today)[0], window(tomorrow)[-1]
    before = [event for event in events_for(city, today) if event.day != gone]
    after = [event for event in events_for(city, tomorrow) if event.day != come]
    assert before == after


def test_two_seeds_give_different_demo_events(today: date) -> None:
    ours = {event.key for event in events_for("krakow", today, 0)}
    theirs = {event.key for event in events_for("krakow", today, 1)}
    assert ours != theirs


@pytest.mark.parametrize("city", CITIES)
def test_identities_are_unique_within_a_city(city: str, today: date) -> None:
    events = events_for(city, today)
    assert len({event.key for event in events}) == len(events)
    assert len({event.number for event in events}) == len(events)


@pytest.mark.parametrize("city", CITIES)
def test_events_lie_in_the_window_in_order_of_time(city: str, today: date) -> None:
    events = events_for(city, today)
    assert today - timedelta(days=DAYS_BACK) <= events[0].day
    assert events[-1].day <= today + timedelta(days=DAYS_AHEAD)
    assert all(one.starts <= other.starts for one, other in pairwise(events))


def test_the_window_is_as_long_as_requested(today: date) -> None:
    assert len(window(today)) == WINDOW_DAYS


@pytest.mark.parametrize("city", CITIES)
def test_no_event_was_modified_in_the_future(city: str, today: date) -> None:
    assert all(event.modified.date() < today for event in events_for(city, today))


@pytest.mark.parametrize("city", CITIES)
def test_two_events_of_a_venue_never_start_together(city: str, today: date) -> None:
    events = [event for event in events_for(city, today) if not event.all_day]
    assert len({(event.venue.slug, event.starts) for event in events}) == len(events)


@pytest.mark.parametrize("city", CITIES)
def test_the_events_of_a_city_have_every_status_and_some_gaps(city: str, today: date) -> None:
    events = events_for(city, today)
    assert {event.status for event in events} == set(Status)
    assert any(event.all_day and event.days > 1 for event in events)
    assert any(event.price is None for event in events)
    assert any(not event.hour_known for event in events)


@pytest.mark.parametrize("city", CITIES)
def test_some_events_are_listed_twice_under_another_title(city: str, today: date) -> None:
    twice = [event for event in events_for(city, today) if len(event.sources) > 1]
    titles = [{listed_title(event, source) for source in event.sources} for event in twice]
    assert len(twice) >= 50
    assert all(len(variants) == 2 for variants in titles)


@pytest.mark.parametrize("city", CITIES)
def test_venues_lie_in_their_city_or_say_their_town(city: str) -> None:
    home = all_cities()[city]
    for venue in home.venues:
        away = distance_km((home.latitude, home.longitude), (venue.latitude, venue.longitude))
        assert (away > 40) if venue.locality else (away < 15), venue.slug


def test_events_of_steady_days_are_as_many_on_any_day_and_stay_until_they_are_past(
    today: date,
) -> None:
    chosen = [
        steady_days([today + timedelta(days=ahead + offset) for offset in range(10)], 3)
        for ahead in range(30)
    ]
    assert all(len(set(days)) == 3 for days in chosen)
    for ahead, (now, later) in enumerate(pairwise(chosen)):
        assert set(now) - set(later) <= {today + timedelta(days=ahead)}


def test_events_are_selected_by_source(today: date) -> None:
    events = listed("helsinki", "demo-university", today)
    assert {event.venue.source for event in events} == {"demo-university"}


def test_a_series_has_one_part_for_each_quarter_of_the_window(today: date) -> None:
    parts = series_for("krakow", "demo-university", today)
    assert [part.quarter for part in parts] == ["2026q1", "2026q2", "2026q3"]
    assert {day.weekday() for part in parts for day in part.days} == {2}
    assert all(len({part.skipped, part.moved, part.cancelled}) == 3 for part in parts)
