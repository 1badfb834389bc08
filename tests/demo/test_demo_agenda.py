"""The open-data portal: paging and its limits, conditions, and records as messy as in life."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from include.demo.agenda import (
    AGENDA,
    AGENDA_INVALID,
    AGENDA_INVALID_TOTAL,
    invalid_records,
    lists_dates,
    occurrences,
)
from include.demo.agenda_api import DATASET
from include.demo.cities import all_cities
from include.demo.generator import events_for, listed
from include.demo.reply import Reply
from include.demo.site import DemoSite
from include.demo.wording import HOSTILE_URL

DATASETS = "/agenda/api/explore/v2.1/catalog/datasets"
RECORDS = f"{DATASETS}/{DATASET}/records"


def answer(site: DemoSite, **params: object) -> Reply:
    return site.answer(RECORDS, {name: str(value) for name, value in params.items()})


def error(site: DemoSite, **params: object) -> tuple[int, str, str]:
    reply = answer(site, **params)
    return reply.status, reply.json()["error_code"], reply.json()["message"]


def all_records(site: DemoSite, **params: object) -> list[Any]:
    return list(paged(site, 100, **params))


def paged(site: DemoSite, limit: int, **params: object) -> Iterator[Any]:
    offset = 0
    while True:
        body = answer(site, limit=limit, offset=offset, **params).json()
        yield from body["results"]
        offset += limit
        if offset >= body["total_count"]:
            return


def test_the_pages_add_up_to_the_total(site: DemoSite, today: date) -> None:
    total = len(listed("paris", AGENDA, today)) + AGENDA_INVALID_TOTAL
    records = list(paged(site, 40, order_by="date_start"))
    assert 150 <= total <= 250
    assert answer(site).json()["total_count"] == len(records) == total
    assert len({record["id"] for record in records}) == total
    assert all(record["id"] == str(record["event_id"]) for record in records)


def test_a_page_has_ten_records_by_default(site: DemoSite) -> None:
    assert len(answer(site).json()["results"]) == 10


def test_a_page_past_the_end_is_empty(site: DemoSite) -> None:
    body = answer(site, offset=5000).json()
    assert body["results"] == []
    assert body["total_count"] > 0


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"limit": 101}, "limit API parameter: 101 was found"),
        ({"limit": 100, "offset": 9901}, "10001 was found but <= 10000 is expected"),
        ({"limit": "many"}, "'many' is no integer"),
        ({"offset": "-1"}, "'-1' is no integer"),
    ],
)
def test_an_offset_or_limit_beyond_the_maximum_is_refused(
    site: DemoSite, params: dict[str, object], words: str
) -> None:
    status, code, message = error(site, **params)
    assert (status, code) == (400, "InvalidRESTParameterError")
    assert words in message


def test_the_last_page_within_the_maximum_offset_is_served(site: DemoSite) -> None:
    assert answer(site, limit=100, offset=9900).status == 200


@pytest.mark.parametrize(
    "params",
    [
        {"where": "date_end later 2026"},
        {"where": 'nothing > "1"'},
        {"order_by": "nothing"},
    ],
)
def test_an_unknown_condition_is_refused(site: DemoSite, params: dict[str, object]) -> None:
    assert error(site, **params)[:2] == (400, "ODSQLError")


def test_a_condition_selects_records_by_date(site: DemoSite, today: date) -> None:
    first, after = today + timedelta(days=30), today + timedelta(days=40)
    found = all_records(site, where=f'date_end >= "{first}" AND date_start < "{after}"')
    expected = [
        record
        for record in all_records(site)
        if record["date_end"][:10] >= str(first) and record["date_start"][:10] < str(after)
    ]
    assert 0 < len(found) < 60
    assert {record["id"] for record in found} == {record["id"] for record in expected}


def test_records_come_in_the_requested_order(site: DemoSite) -> None:
    records = all_records(site, order_by="date_start,date_end")
    keys = [(record["date_start"], record["date_end"]) for record in records]
    assert keys == sorted(keys)


def test_an_unknown_data_set_is_not_found(site: DemoSite) -> None:
    reply = site.answer(f"{DATASETS}/parkings/records", {})
    assert (reply.status, reply.json()["error_code"]) == (404, "UnknownDatasetError")
    assert "parkings" in reply.json()["message"]


def test_an_unknown_path_of_the_agenda_is_not_found(site: DemoSite) -> None:
    assert site.answer("/agenda/", {}).status == 404


def test_a_record_has_its_dates_or_only_their_bounds(site: DemoSite, today: date) -> None:
    records = {record["id"]: record for record in all_records(site)}
    events = listed("paris", AGENDA, today)
    for event in events:
        record, dates = records[str(event.number)], occurrences(event)
        written = ";".join(f"{a.isoformat()}_{b.isoformat()}" for a, b in dates)
        assert record["occurrences"] == (written if lists_dates(event) else None)
        if event.hour_known:
            assert datetime.fromisoformat(record["date_start"]) == dates[0][0]
            assert datetime.fromisoformat(record["date_end"]) == dates[-1][1]
        assert datetime.fromisoformat(record["date_start"]).utcoffset() == UTC.utcoffset(None)
    assert {len(occurrences(event)) for event in events} == {1, 2}
    assert {lists_dates(event) for event in events} == {True, False}


def test_an_event_without_a_known_time_is_a_whole_day(site: DemoSite, today: date) -> None:
    records = {record["id"]: record for record in all_records(site)}
    unknown = [event for event in listed("paris", AGENDA, today) if not event.hour_known]
    assert unknown
    for event in unknown:
        record = records[str(event.number)]
        start, end = (datetime.fromisoformat(record[name]) for name in ("date_start", "date_end"))
        assert f"{start.astimezone(event.city.zone):%F %T}" == f"{event.day} 00:00:00"
        assert f"{end.astimezone(event.city.zone):%T}" == "23:59:00"
        assert record["occurrences"] is None


def test_the_records_of_the_agenda_have_the_faults_of_real_ones(site: DemoSite) -> None:
    records = all_records(site)
    assert {"gratuit", "payant", "gratuit sous condition"} == {r["price_type"] for r in records}
    details = [record.get("price_detail") for record in records]
    assert any(re.fullmatch(r"<p>De \d+ € à \d+ €</p>", detail or "") for detail in details)
    assert None in details
    assert None in [record.get("lat_lon", {}) for record in records]
    assert any(record["title"].startswith("ANNULÉ :") for record in records)
    assert any(record["url"] == HOSTILE_URL for record in records)
    assert any("<script>" in record.get("description", "") for record in records)


def is_usable(record: Any) -> bool:
    """Decide about a record as a careful reader would, in the simplest way."""
    if not record["title"].replace("&nbsp;", "").strip():
        return False
    try:
        for dates in (record["occurrences"] or "").split(";"):
            for moment in dates.split("_") if dates else ():
                datetime.fromisoformat(moment)
    except ValueError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("days_later", [0, 1, 45])
def test_the_number_of_unusable_records_is_the_same_on_any_day(
    today: date, days_later: int
) -> None:
    day = today + timedelta(days=days_later)
    broken = invalid_records(all_cities()["paris"], day)
    assert len(broken) == AGENDA_INVALID_TOTAL == sum(AGENDA_INVALID.values())
    site = DemoSite(lambda: day, "http://demo.test")
    unusable = [record["id"] for record in all_records(site) if not is_usable(record)]
    assert sorted(unusable) == sorted(str(record["id"]) for record in broken)


def test_an_unusable_record_is_the_same_one_tomorrow(today: date) -> None:
    city = all_cities()["paris"]
    now, later = (
        {record["id"]: record for record in invalid_records(city, today + timedelta(days=days))}
        for days in (0, 1)
    )
    common = now.keys() & later.keys()
    assert len(common) >= AGENDA_INVALID_TOTAL - 1
    assert all(now[identity] == later[identity] for identity in common)


def test_some_events_of_the_agenda_are_those_of_other_sources(today: date) -> None:
    shared = [
        event
        for event in events_for("paris", today)
        if AGENDA in event.sources and len(event.sources) > 1
    ]
    others = {source for event in shared for source in event.sources} - {AGENDA}
    assert others == {"demo-clubs", "demo-library", "demo-theatres"}
    assert len(shared) >= 50
