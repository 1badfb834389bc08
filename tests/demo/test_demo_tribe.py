"""The WordPress sites: paging, windows, mess, and the site with broken records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from include.demo.generator import listed
from include.demo.messy import MESSY_INVALID, MESSY_INVALID_TOTAL, invalid_rows
from include.demo.reply import Reply
from include.demo.site import FLAKY_FAILURES, DemoSite

API = "wp-json/tribe/events/v1/events"
THEATRES = {city: f"/theatres/{city}/{API}" for city in ("helsinki", "krakow", "paris")}
MESSY = f"/messy/krakow/{API}"
FLAKY = f"/flaky/paris/{API}"


def window(today: date, **more: str) -> dict[str, str]:
    first, last = today - timedelta(days=30), today + timedelta(days=400)
    return {"start_date": first.isoformat(), "end_date": last.isoformat(), **more}


def pages(site: DemoSite, path: str, params: dict[str, str]) -> Iterator[Reply]:
    number = 1
    while True:
        reply = site.answer(path, {**params, "page": str(number)})
        assert reply.status == 200
        yield reply
        if "next_rest_url" not in reply.json():
            return
        number += 1


def all_rows(site: DemoSite, path: str, params: dict[str, str]) -> list[Any]:
    return [row for reply in pages(site, path, params) for row in reply.json()["events"]]


@pytest.mark.parametrize("city", THEATRES)
def test_the_pages_add_up_to_the_total(site: DemoSite, city: str, today: date) -> None:
    replies = list(pages(site, THEATRES[city], window(today, per_page="50")))
    rows = [row for reply in replies for row in reply.json()["events"]]
    body = replies[0].json()
    expected = len(listed(city, "demo-theatres", today))
    assert len(replies) >= 6
    assert len({row["id"] for row in rows}) == len(rows) == expected
    assert (body["total"], body["total_pages"]) == (expected, len(replies))
    assert replies[0].headers["X-TEC-Total"] == str(expected)
    assert replies[0].headers["X-TEC-TotalPages"] == str(len(replies))
    assert "previous_rest_url" not in body
    assert "previous_rest_url" in replies[-1].json()


@pytest.mark.slow
def test_a_page_size_above_the_maximum_is_clamped(site: DemoSite, today: date) -> None:
    body = site.answer(THEATRES["paris"], window(today, per_page="500")).json()
    assert len(body["events"]) == 50
    assert "per_page=50" in body["next_rest_url"]


def test_a_page_has_ten_events_by_default(site: DemoSite, today: date) -> None:
    assert len(site.answer(THEATRES["paris"], window(today)).json()["events"]) == 10


def test_a_page_past_the_last_is_a_404_with_its_own_code(site: DemoSite, today: date) -> None:
    reply = site.answer(THEATRES["krakow"], window(today, page="999"))
    assert reply.status == 404
    assert reply.json()["code"] == "event-archive-page-not-found"
    assert reply.json()["data"] == {"status": 404}


def test_a_first_page_without_events_is_an_empty_list(site: DemoSite, today: date) -> None:
    far = {"start_date": "2031-01-01", "end_date": "2031-01-02"}
    body = site.answer(THEATRES["krakow"], far).json()
    assert (body["events"], body["total"], body["total_pages"]) == ([], 0, 0)


@pytest.mark.parametrize(
    "bad", [{"page": "0"}, {"per_page": "x"}, {"start_date": "soon"}, {"end_date": "2026-02-31"}]
)
def test_a_bad_parameter_is_a_400_that_names_it(site: DemoSite, bad: dict[str, str]) -> None:
    reply = site.answer(THEATRES["krakow"], bad)
    assert reply.status == 400
    assert reply.json()["code"] == "rest_invalid_param"
    assert next(iter(bad)) in reply.json()["message"]


def test_a_window_takes_whole_days_and_events_that_are_still_running(
    site: DemoSite, today: date
) -> None:
    day = (today + timedelta(days=40)).isoformat()
    params = {"start_date": f"{day} 13:00:00", "end_date": f"{day} 14:00:00", "per_page": "50"}
    found = {row["slug"] for row in all_rows(site, THEATRES["helsinki"], params)}
    expected = {
        event.key
        for event in listed("helsinki", "demo-theatres", today)
        if event.starts.date().isoformat() <= day <= event.ends.date().isoformat()
    }
    assert found == expected


def test_a_request_without_a_window_starts_yesterday(site: DemoSite, today: date) -> None:
    rows = all_rows(site, THEATRES["helsinki"], {"per_page": "50"})
    yesterday = (today - timedelta(days=1)).isoformat()
    assert min(row["end_date"] for row in rows) >= yesterday
    assert any(row["end_date"] < (today + timedelta(days=1)).isoformat() for row in rows)


def test_the_rows_have_the_faults_of_real_ones(site: DemoSite, today: date) -> None:
    rows = [
        row
        for path in THEATRES.values()
        for row in all_rows(site, path, window(today, per_page="50"))
    ]
    titles = [row["title"] for row in rows]
    assert any("&#8211;" in title for title in titles)
    assert any("&#038;" in title for title in titles)
    assert any(title.startswith("ODWOŁANE:") for title in titles)
    assert [] in [row["venue"] for row in rows]
    assert {} in [row["venue"] for row in rows]
    assert {} in [row["organizer"] for row in rows]
    assert {"UTC+0", "UTC+2"} <= {row["timezone"] for row in rows}
    assert {"canceled", "postponed"} <= {row.get("event_status") for row in rows}
    assert any(re.fullmatch(r"\d+ &#8211; \d+ zł", row["cost"]) for row in rows)
    assert "" in {row["cost"] for row in rows}
    assert any("<script>" in row["description"] for row in rows)
    assert any(row["all_day"] and row["end_date"][:10] > row["start_date"][:10] for row in rows)


def test_the_costs_of_the_flaky_site_are_in_french(site: DemoSite, today: date) -> None:
    for _ in range(FLAKY_FAILURES):
        site.answer(FLAKY, {})
    costs = {row["cost"] for row in all_rows(site, FLAKY, window(today, per_page="50"))}
    assert any(cost.startswith("De ") for cost in costs)


def test_the_flaky_site_fails_twice_and_then_recovers(
    make_site: Callable[[], DemoSite],
) -> None:
    site = make_site()
    statuses = [site.answer(FLAKY, {}).status for _ in range(6)]
    assert statuses == [500, 500, 200, 200, 200, 200]
    assert make_site().answer(FLAKY, {}).status == 500


def test_requests_to_another_site_do_not_use_up_the_failures_of_the_flaky_one(
    site: DemoSite,
) -> None:
    assert site.answer(THEATRES["paris"], {}).status == 200
    assert [site.answer(FLAKY, {}).status for _ in range(3)] == [500, 500, 200]


def is_usable(row: Any) -> bool:
    """Decide about a row as a careful reader would, in the simplest way."""
    if not isinstance(row, dict) or not isinstance(row.get("title"), str):
        return False
    if not re.sub(r"<[^>]*>|&\w+;|&#8203;|\s", "", row["title"]):
        return False
    try:
        bounds = [date.fromisoformat(row[name][:10]) for name in ("start_date", "end_date")]
    except (KeyError, ValueError):
        return False
    return bounds[0] <= bounds[1]


@pytest.mark.parametrize("days_later", [0, 1, 45])
def test_the_messy_site_has_the_same_number_of_broken_records_on_any_day(
    today: date, days_later: int
) -> None:
    rows = invalid_rows(today + timedelta(days=days_later))
    assert len(rows) == MESSY_INVALID_TOTAL == sum(MESSY_INVALID.values())
    assert not any(is_usable(row.payload) for row in rows)


def test_the_messy_site_mixes_good_and_broken_records(site: DemoSite, today: date) -> None:
    rows = all_rows(site, MESSY, window(today, per_page="50"))
    good = [row for row in rows if is_usable(row)]
    assert len(good) == len(listed("krakow", "demo-messy", today))
    assert len(rows) - len(good) == MESSY_INVALID_TOTAL


def test_a_broken_record_is_the_same_one_tomorrow(today: date) -> None:
    now = {row.starts: repr(row.payload) for row in invalid_rows(today)}
    later = {row.starts: repr(row.payload) for row in invalid_rows(today + timedelta(days=1))}
    common = now.keys() & later.keys()
    assert len(common) >= MESSY_INVALID_TOTAL - 1
    assert all(now[when] == later[when] for when in common)


def test_a_client_can_detect_the_plugin_of_the_site(site: DemoSite) -> None:
    assert "tribe/events/v1" in site.answer("/theatres/krakow/wp-json/", {}).json()["namespaces"]
    home = site.answer("/theatres/krakow", {})
    assert home.headers["X-TEC-API-ROOT"].endswith("/theatres/krakow/wp-json/tribe/events/v1/")
    missing = site.answer("/theatres/krakow/wp-json/other/v1", {})
    assert (missing.status, missing.json()["code"]) == (404, "rest_no_route")
