"""The preset for Gancio: seconds since 1970, places that may be missing, the instance's zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.connectors import connector_for
from include.discovery.errors import UnreadableResponse
from include.discovery.model import Attendance, EventRecord
from include.discovery.parsed import Parsed
from tests.connectors.presets.preset_support import (
    Network,
    assert_complete_and_repeatable,
    parsed,
    records,
)
from tests.sites.gancio import ROME, Site
from tests.support.reading import LookedAt, detections

BASE = "https://agenda.example"
AT_NOON = int(datetime(2026, 5, 9, 12, tzinfo=ROME).timestamp())
EVENT = {
    "id": 31,
    "title": "Pranzo &amp; letture",
    "slug": "pranzo-e-letture",
    "start_datetime": AT_NOON,
    "end_datetime": None,
    "multidate": False,
    "media": [],
    "online_locations": None,
    "parentId": None,
    "place": {"id": 2, "name": "Orto", "address": "via dei Cardi 3", "latitude": None},
    "tags": ["cibo"],
}


def one(**changes: Any) -> EventRecord:
    (record,) = read(**changes).records
    return record


def read(**changes: Any) -> Parsed:
    event = {**EVENT, **changes}
    return parsed("gancio", [event], timezone="Europe/Rome", site_url=BASE)


def test_a_sync_of_gancio_is_complete_and_gives_the_same_again() -> None:
    assert_complete_and_repeatable(Network(Site))


def test_one_request_asks_for_all_events_of_the_window() -> None:
    network = Network(Site)
    (page,) = network.read()

    (question,) = network.asked
    first = int(datetime(2026, 5, 1, tzinfo=ZoneInfo("Europe/Rome")).timestamp())
    assert question.query == {
        "start": str(first),
        "end": str(first + 366 * 86_400 - 1),
        "show_recurrent": "true",
        "show_multidate": "true",
    }
    assert len(page.records) == 5


def test_times_of_gancio_are_shown_in_the_zone_of_the_settings() -> None:
    record = one(end_datetime=AT_NOON + 7200)

    assert record.starts_at == datetime(2026, 5, 9, 12, tzinfo=ROME)
    assert record.ends_at == datetime(2026, 5, 9, 14, tzinfo=ROME)
    assert record.timezone == "Europe/Rome"
    assert record.title == "Pranzo & letture"
    assert record.url == f"{BASE}/event/pranzo-e-letture"
    assert record.warnings == ()


def test_the_place_of_an_event_has_its_address_and_coordinates() -> None:
    place = {**EVENT["place"], "latitude": "45.07", "longitude": 7.69}
    record = one(place=place)

    assert record.venue.model_dump(exclude_none=True) == {
        "name": "Orto",
        "street": "via dei Cardi 3",
        "latitude": 45.07,
        "longitude": 7.69,
        "external_id": "2",
    }
    assert one().venue.latitude is None
    assert record.categories == ("cibo",)


def test_an_event_of_several_days_is_one_record() -> None:
    record = one(multidate=True, end_datetime=AT_NOON + 3 * 86_400)

    assert (record.ends_at - record.starts_at).days == 3


def test_dates_of_a_recurring_event_share_its_series() -> None:
    ciclofficine = [r for r in records(Network(Site).read()) if r.title == "Ciclofficina"]

    assert [record.series_id for record in ciclofficine] == ["9", "9"]
    assert len({record.external_id for record in ciclofficine}) == 2


@pytest.mark.parametrize("place", [None, {}, {"id": 3, "name": "", "address": ""}])
def test_an_event_without_a_place_has_no_venue(place: dict[str, Any] | None) -> None:
    assert one(place=place).venue is None


@pytest.mark.parametrize(
    ("place", "links", "attendance"),
    [
        (EVENT["place"], [], Attendance.OFFLINE),
        (EVENT["place"], ["https://live.example"], Attendance.MIXED),
        (None, ["https://live.example"], Attendance.ONLINE),
        ({"name": "online"}, ["https://live.example"], Attendance.ONLINE),
        ({"name": "In streaming"}, [], Attendance.ONLINE),
    ],
)
def test_the_attendance_follows_from_place_and_links(
    place: dict[str, Any] | None, links: list[str], attendance: Attendance
) -> None:
    assert one(place=place, online_locations=links).attendance is attendance


def test_the_first_picture_is_an_address_of_the_instance() -> None:
    record = one(media=[{"url": "f3.jpg"}, {"url": "f4.jpg"}])

    assert record.image_url == f"{BASE}/media/f3.jpg"
    assert one(media=None).image_url is None
    assert one(media=[{"name": "no file"}]).image_url is None


def test_an_event_without_a_slug_is_found_by_its_number() -> None:
    assert one(slug=None).url == f"{BASE}/event/31"


@pytest.mark.parametrize(
    ("start", "reason"),
    [(None, "no date"), ("soon", "unreadable date"), (10**15, "unreadable date")],
)
def test_an_event_without_a_usable_start_is_rejected(start: int | str | None, reason: str) -> None:
    (reject,) = read(start_datetime=start).rejects

    assert reject.reason.startswith(reason)


def test_an_activity_of_the_fediverse_is_refused_as_gancio() -> None:
    with pytest.raises(UnreadableResponse, match="an item with 'id' and 'title'"):
        parsed("gancio", {"type": "Create", "id": "x", "object": {"name": "y"}}, site_url=BASE)


# Recognition

HOME = '<div id="__nuxt">Gancio</div>'
NODEINFO = '{"software": {"name": "%s"}, "metadata": {"nodeTimezone": "Europe/Madrid"}}'
LOOK = "/.well-known/nodeinfo/2.0"


def recognised(site: LookedAt) -> list[Any]:
    return detections(connector_for("gancio"), site)


def test_nodeinfo_names_the_software_and_the_zone() -> None:
    site = LookedAt(f"{BASE}/event/x", HOME, answers={LOOK: NODEINFO % "gancio"})

    ((settings, (evidence,)),) = recognised(site)

    assert settings == {"site_url": BASE, "timezone": "Europe/Madrid"}
    assert evidence == f"{BASE}{LOOK} names the software Gancio"


@pytest.mark.parametrize("answer", [NODEINFO % "mastodon", "<html>", "[]", None])
def test_a_site_whose_nodeinfo_names_no_gancio_is_not_recognised_as_gancio(
    answer: str | None,
) -> None:
    answers = {} if answer is None else {LOOK: answer}

    assert recognised(LookedAt(f"{BASE}/", HOME, answers=answers)) == []


def test_a_page_without_a_sign_of_gancio_is_not_asked() -> None:
    site = LookedAt(f"{BASE}/", "<p>WordPress</p>", answers={LOOK: NODEINFO % "gancio"})

    assert recognised(site) == []
    assert site.looks == []


LISTED = '[{"id": 1, "slug": "a", "start_datetime": 1777000000, "tags": []}]'


@pytest.mark.parametrize(
    ("address", "body"),
    [
        (f"{BASE}/api/events", '[{"id": 1, "slug": "a", "start": "2026-05-01"}]'),
        (f"{BASE}/api/events", '{"data": []}'),
        (f"{BASE}/feed.json", LISTED),
    ],
)
def test_an_api_of_another_form_is_not_recognised_as_gancio(address: str, body: str) -> None:
    assert recognised(LookedAt(address, body, is_html=False)) == []


def test_the_address_of_the_gancio_api_is_recognised() -> None:
    site = LookedAt(f"{BASE}/api/events?max=3", LISTED, is_html=False)

    ((settings, _),) = recognised(site)

    assert settings == {"site_url": BASE}
