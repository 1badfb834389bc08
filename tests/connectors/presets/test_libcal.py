"""The preset for LibCal: branches and rooms, whole days, costs as text, a total to page by."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.connectors import connector_for
from include.discovery.model import Attendance, EventRecord, EventStatus
from include.discovery.parsed import Parsed
from tests.connectors.presets.preset_support import Network, assert_complete_and_repeatable, parsed
from tests.sites.libcal import CALENDAR, Site
from tests.support.reading import LookedAt, detections

BASE = "https://elm.libcal.example"
NEW_YORK = ZoneInfo("America/New_York")
EVENT = {
    "id": 61,
    "title": "Loom basics",
    "description": "",
    "shortdesc": "Bring &quot;wool&quot;.",
    "startdt": "2026-05-09 10:30:00",
    "enddt": "2026-05-09 11:00:00",
    "all_day": False,
    "url": f"{BASE}/event/61",
    "campus": "Elm Branch",
    "location": "Story Room",
    "audiences": [{"id": 1, "name": "Adults"}],
    "categories_arr": None,
    "registration_cost": "",
    "online_event": False,
    "featured_image": "",
}


def read(*changes: dict[str, Any], **settings: Any) -> Parsed:
    events = [{**EVENT, **change} for change in changes]
    payload = {"total_results": len(events), "perpage": 48, "status": 200, "results": events}
    return parsed("libcal", payload, timezone="America/New_York", site_url=BASE, **settings)


def one(**changes: Any) -> EventRecord:
    (record,) = read(changes).records
    return record


def test_a_sync_of_libcal_is_complete_and_gives_the_same_again() -> None:
    assert_complete_and_repeatable(Network(Site))


def test_pages_of_libcal_are_asked_for_by_number_up_to_the_total() -> None:
    network = Network(Site)
    pages = network.read()

    assert [page.expected for page in pages] == [5, 5, 5]
    assert [question.query for question in network.asked] == [
        {"c": f"{CALENDAR}", "date": "0000-00-00", "perpage": "2", "page": f"{number}"}
        for number in (1, 2, 3)
    ]


def test_pages_of_libcal_are_as_long_as_those_of_the_calendar_itself() -> None:
    network = Network(Site)
    network.read(without="paging")

    (question,) = network.asked
    assert (question.query["perpage"], question.query["page"]) == ("48", "1")


def test_a_server_that_serves_shorter_pages_is_read_to_its_end() -> None:
    network = Network(Site)
    network.site._events = lambda: [
        network.site._event(number, f"Talk {number}", 1 + number % 50) for number in range(100)
    ]

    pages = network.read(
        paging={"by": "page", "parameter": "page", "size_parameter": "perpage", "size": 100}
    )

    assert [len(page.records) for page in pages] == [48, 48, 4]
    assert pages[-1].incomplete_reason is None


def test_fewer_events_than_the_total_make_the_run_incomplete() -> None:
    network = Network(Site)
    complete, network.site._events = network.site._events, lambda: complete()[:3]

    pages = network.read(total="`5`")

    assert pages[-1].incomplete_reason == "the source has 5 items and returned 3"


def test_all_calendars_of_the_site_are_asked_for_without_a_setting() -> None:
    network = Network(Site)
    network.read(calendar=-1)

    assert network.asked[0].query["c"] == "-1"


def test_times_of_libcal_are_those_of_the_library() -> None:
    record = one()

    assert record.starts_at == datetime(2026, 5, 9, 10, 30, tzinfo=NEW_YORK)
    assert record.ends_at == datetime(2026, 5, 9, 11, tzinfo=NEW_YORK)
    assert record.timezone == "America/New_York"
    assert record.description == 'Bring "wool".'
    assert record.url == f"{BASE}/event/61"
    assert record.warnings == ()


@pytest.mark.parametrize(
    ("end", "ends_at"),
    [
        ("", None),
        ("2026-05-09 23:59:00", None),
        ("2026-05-09 23:59:59", None),
        ("2026-05-11 23:59:00", datetime(2026, 5, 12, tzinfo=NEW_YORK)),
    ],
)
def test_an_event_of_whole_days_has_no_time(end: str, ends_at: datetime | None) -> None:
    record = one(all_day=True, startdt="2026-05-09 00:00:00", enddt=end)

    assert record.local_date == date(2026, 5, 9)
    assert (record.starts_at, record.time_known, record.ends_at) == (None, False, ends_at)
    assert record.warnings == ()


@pytest.mark.parametrize(
    ("campus", "location", "venue"),
    [
        ("Elm Branch", "Story Room", "Elm Branch"),
        ("", "Story Room", "Story Room"),
        (None, "", None),
        ("", "Online", None),
        ("", "Off Site Location", None),
    ],
)
def test_the_venue_is_the_branch_or_else_the_room(
    campus: str | None, location: str, venue: str | None
) -> None:
    found = one(campus=campus, location=location).venue

    assert (found and found.name) == venue


def test_a_library_of_one_building_is_named_in_the_settings() -> None:
    (record,) = read({"campus": ""}, fields={"venue_name": "'Elm Library'"}).records

    assert record.venue.name == "Elm Library"


def test_an_event_with_the_online_flag_is_online() -> None:
    assert one(online_event=True).attendance is Attendance.ONLINE
    assert one(online_event=False).attendance is Attendance.OFFLINE


@pytest.mark.parametrize(
    ("cost", "low", "high", "is_free"),
    [
        ("$5.00", "5", "5", False),
        ("$5 - $10", "5", "10", False),
        ("Free", "0", "0", True),
    ],
)
def test_the_cost_of_registration_is_the_price(
    cost: str, low: str, high: str, is_free: bool
) -> None:
    price = one(registration_cost=cost).price

    assert (price.min, price.max, price.is_free) == (Decimal(low), Decimal(high), is_free)


@pytest.mark.parametrize("cost", ["", None])
def test_an_empty_cost_is_no_price(cost: str | None) -> None:
    assert one(registration_cost=cost).price is None


def test_a_cancelled_event_is_recognised_by_its_title() -> None:
    record = one(title="(Canceled) Loom basics")

    assert (record.title, record.status) == ("Loom basics", EventStatus.CANCELLED)


def test_an_empty_picture_is_none() -> None:
    assert one().image_url is None
    assert one(featured_image="https://img.example/a.jpg").image_url == "https://img.example/a.jpg"


def test_categories_and_audiences_are_categories() -> None:
    record = one(categories_arr=[{"cat_id": 4, "name": "Crafts"}])

    assert record.categories == ("Crafts", "Adults")
    assert one(audiences=None).categories == ()


def test_a_bad_event_does_not_affect_the_others() -> None:
    found = read({"startdt": "0000-00-00 00:00:00"}, {"id": 62}, {"title": ""})

    assert [record.external_id for record in found.records] == ["62"]
    assert len(found.rejects) == 2


# Recognition

ANSWER = '{"total_results": 1, "results": [{"startdt": "2026-05-09 10:30:00"}]}'
LIST = "/ajax/calendar/list?c={}&date=0000-00-00&perpage=1&page=1"


def recognised(site: LookedAt) -> list[Any]:
    return detections(connector_for("libcal"), site)


@pytest.mark.parametrize(
    "address",
    [
        f"{BASE}/calendar?cid=15865&t=d&d=0000-00-00",
        f"{BASE}/calendars?t=d&cid=15865",
        f"{BASE}/ical_subscribe.php?src=p&cid=15865",
        f"{BASE}/ajax/calendar/list?c=15865&date=0000-00-00",
    ],
)
def test_the_number_of_a_calendar_is_recognised_in_its_address(address: str) -> None:
    site = LookedAt(address, answers={LIST.format(15865): ANSWER})

    ((settings, (evidence,)),) = recognised(site)

    assert settings == {"site_url": BASE, "calendar": "15865"}
    assert evidence == f"{BASE}/ajax/calendar/list responds for calendar 15865 as LibCal does"
    assert connector_for("libcal").settings_model.model_validate(settings).calendar == 15865


def test_a_page_that_is_made_with_libcal_is_asked_for_all_calendars() -> None:
    site = LookedAt(f"{BASE}/", "<a>Springshare</a>", answers={LIST.format(-1): ANSWER})

    ((settings, _),) = recognised(site)

    assert settings == {"site_url": BASE}


@pytest.mark.parametrize("answer", ['{"events": []}', "[]", "<html>"])
def test_an_answer_of_another_form_is_not_recognised_as_libcal(answer: str) -> None:
    answers = {LIST.format(12): answer, LIST.format(-1): answer}
    site = LookedAt(f"{BASE}/calendar?cid=12", "<a>Springshare</a>", answers=answers)

    assert recognised(site) == []


def test_a_calendar_of_another_system_is_not_recognised_as_libcal() -> None:
    site = LookedAt("https://club.example/calendar?cid=12", "<p>Our dates</p>")

    assert recognised(site) == []
    assert len(site.looks) == 1
