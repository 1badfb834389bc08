"""The fake of the Discovery API: what it shares with the real one, point by point."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from include.demo.cities import City, all_cities
from include.demo.generator import listed
from include.demo.geo import distance_km, geohash_position
from include.demo.reply import Reply
from include.demo.site import DemoSite
from include.demo.tickets import is_undated
from include.demo.tickets_api import DEMO_KEY, FakeDiscovery
from include.demo.tickets_index import Entry, NotDocumented

KEY = {"apikey": DEMO_KEY}
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LOUVRE = (48.8611, 2.3364)
SKAGEN = (57.64911, 10.40744)
SKAGEN_GEOHASH = "u4pruydqq"
PATH = "/tickets/discovery/v2/events.json"


def timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def event(number: int = 0, starts: datetime | None = NOON, **start: Any) -> dict[str, Any]:
    """Make the least that the fake needs to find an event."""
    moment = {"dateTime": timestamp(starts)} if starts else {}
    return {"id": f"id{number:06}", "name": f"Event {number}", "dates": {"start": moment | start}}


def at(number: int, latitude: float, longitude: float) -> dict[str, Any]:
    location = {"latitude": str(latitude), "longitude": str(longitude)}
    return event(number) | {"_embedded": {"venues": [{"location": location}]}}


def many(count: int) -> list[dict[str, Any]]:
    return [event(number, NOON + timedelta(minutes=number)) for number in range(count)]


def ask(fake: FakeDiscovery, params: Mapping[str, str] | None = None, **more: str) -> Reply:
    return fake.answer({**KEY, **(params or {}), **more})


def ids(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.json().get("_embedded", {})
    return [one["id"] for one in found.get("events", [])]


def code(reply: Reply) -> str:
    assert reply.status == 400
    (error,) = reply.json()["errors"]
    assert set(error) == {"code", "detail", "status", "_links"}
    return str(error["code"])


class TestPaging:
    def test_the_default_page_is_the_first_of_twenty(self) -> None:
        body = ask(FakeDiscovery(many(45))).json()
        assert body["page"] == {"size": 20, "totalElements": 45, "totalPages": 3, "number": 0}
        assert len(body["_embedded"]["events"]) == 20

    def test_pages_sorted_by_id_hold_every_event_once(self) -> None:
        fake = FakeDiscovery(many(450))
        pages = [ids(ask(fake, sort="id,asc", size="200", page=str(n))) for n in range(3)]
        assert [len(page) for page in pages] == [200, 200, 50]
        assert [one for page in pages for one in page] == sorted(f"id{n:06}" for n in range(450))

    def test_pages_in_another_order_lose_events_that_sort_equal(self) -> None:
        fake = FakeDiscovery([event(number) for number in range(400)])
        seen = {
            one
            for n in range(2)
            for one in ids(ask(fake, sort="date,asc", size="200", page=str(n)))
        }
        assert len(seen) < 400

    def test_links_lead_to_the_next_page_without_the_key(self) -> None:
        links = ask(FakeDiscovery(many(45)), page="1").json()["_links"]
        assert set(links) == {"self", "first", "last", "prev", "next"}
        assert DEMO_KEY not in json.dumps(links)

    def test_an_empty_result_has_no_embedded_events(self) -> None:
        body = ask(FakeDiscovery()).json()
        assert "_embedded" not in body
        assert body["page"] == {"size": 20, "totalElements": 0, "totalPages": 0, "number": 0}

    def test_two_hundred_is_the_largest_page(self) -> None:
        fake = FakeDiscovery(many(201))
        assert len(ids(ask(fake, size="200"))) == 200
        assert code(ask(fake, size="201")) == "DIS1036"

    @pytest.mark.parametrize(("size", "last_page"), [(200, 5), (20, 50)])
    def test_offset_1000_is_served_and_the_next_page_is_not(
        self, size: int, last_page: int
    ) -> None:
        fake = FakeDiscovery(many(1_300))
        assert len(ids(ask(fake, size=str(size), page=str(last_page)))) == size
        assert code(ask(fake, size=str(size), page=str(last_page + 1))) == "DIS1035"

    def test_totals_are_capped_and_pages_beyond_are_refused(self) -> None:
        fake = FakeDiscovery(many(60), max_results=50)
        assert ask(fake).json()["page"]["totalElements"] == 50
        assert code(ask(fake, size="20", page="500")) == "DIS1024"
        assert code(ask(fake, size="20", page="499")) == "DIS1035"


class TestWindow:
    def test_both_ends_of_a_window_are_inside(self) -> None:
        fake = FakeDiscovery([event(n, NOON + timedelta(seconds=n)) for n in range(5)])
        edges = {
            "startDateTime": timestamp(NOON + timedelta(seconds=1)),
            "endDateTime": timestamp(NOON + timedelta(seconds=3)),
        }
        assert sorted(ids(ask(fake, edges))) == ["id000001", "id000002", "id000003"]

    def test_an_event_on_a_shared_end_is_in_both_windows(self) -> None:
        fake = FakeDiscovery([event()])
        assert ids(ask(fake, startDateTime=timestamp(NOON))) == ids(
            ask(fake, endDateTime=timestamp(NOON))
        )

    @pytest.mark.parametrize(
        "text",
        [
            "2026-05-01",
            "2026-05-01T12:00:00",
            "2026-05-01T12:00:00.000Z",
            "2026-05-01T12:00:00+00:00",
            "2026-02-30T12:00:00Z",
        ],
    )
    def test_any_other_date_format_is_refused(self, text: str) -> None:
        assert code(ask(FakeDiscovery(), startDateTime=text)) == "DIS1015"

    def test_an_event_without_a_time_lies_inside_its_day_at_the_venue(self) -> None:
        venue = {"timezone": "Europe/Helsinki"}
        day = event(starts=None, localDate="2026-05-01", noSpecificTime=True)
        fake = FakeDiscovery([day | {"_embedded": {"venues": [venue]}}])
        inside = ask(fake, startDateTime="2026-04-30T21:00:00Z", endDateTime="2026-05-01T21:00:00Z")
        after = ask(fake, startDateTime="2026-05-01T21:00:00Z")
        assert (len(ids(inside)), len(ids(after))) == (1, 0)


class TestDatesToBeAnnounced:
    @pytest.fixture
    def fake(self) -> FakeDiscovery:
        return FakeDiscovery([event(0), event(1, None, dateTBA=True), event(2, None, dateTBD=True)])

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({}, {"id000000"}),
            ({"includeTBA": "yes"}, {"id000000", "id000001"}),
            ({"includeTBA": "yes", "includeTBD": "yes"}, {"id000000", "id000001", "id000002"}),
            ({"includeTBA": "only"}, {"id000001"}),
            ({"includeTBD": "only"}, {"id000002"}),
            ({"includeTBA": "only", "includeTBD": "only"}, set()),
            ({"includeTBA": "yes", "startDateTime": "2020-01-01T00:00:00Z"}, {"id000000"}),
            ({"includeTBA": "only", "endDateTime": "2030-01-01T00:00:00Z"}, set()),
        ],
    )
    def test_events_with_an_unannounced_date_are_included_as_the_parameters_say(
        self, fake: FakeDiscovery, params: dict[str, str], expected: set[str]
    ) -> None:
        assert set(ids(ask(fake, params))) == expected

    def test_test_events_are_left_out_unless_asked_for(self) -> None:
        fake = FakeDiscovery([event(0) | {"test": True}])
        assert (len(ids(ask(fake))), len(ids(ask(fake, includeTest="only")))) == (0, 1)


class TestArea:
    @pytest.fixture
    def fake(self) -> FakeDiscovery:
        north = [at(n, LOUVRE[0] + n / 111.195, LOUVRE[1]) for n in range(0, 41, 10)]
        return FakeDiscovery([*north, event(99)])

    @pytest.mark.parametrize(
        ("params", "count"),
        [
            ({"radius": "15", "unit": "km"}, 2),
            ({"radius": "15"}, 3),
            ({"radius": "15", "unit": "miles"}, 3),
            ({"radius": "41", "unit": "km"}, 5),
        ],
    )
    def test_a_radius_may_be_in_miles_or_kilometres(
        self, fake: FakeDiscovery, params: dict[str, str], count: int
    ) -> None:
        position = f"{LOUVRE[0]},{LOUVRE[1]}"
        assert len(ids(ask(fake, params, latlong=position))) == count

    def test_a_geohash_is_decoded_to_its_position(self) -> None:
        assert distance_km(geohash_position(SKAGEN_GEOHASH), SKAGEN) < 0.01
        fake = FakeDiscovery([at(1, *SKAGEN), at(2, *LOUVRE)])
        assert ids(ask(fake, geoPoint=SKAGEN_GEOHASH, radius="1")) == ["id000001"]

    def test_a_venue_may_hide_its_location_and_still_be_found(self) -> None:
        fake = FakeDiscovery()
        fake.load_entries([Entry.of(event(0), LOUVRE)])
        assert len(ids(ask(fake, latlong="48.86,2.34", radius="5"))) == 1

    def test_events_are_filtered_by_country_city_and_segment(self) -> None:
        venue = {"country": {"countryCode": "FI"}, "city": {"name": " Helsinki"}}
        kind = [{"segment": {"id": "KZFzniwnSyZfZ7v7nJ", "name": "Music"}}]
        fake = FakeDiscovery(
            [event() | {"classifications": kind, "_embedded": {"venues": [venue]}}]
        )
        both = {"countryCode": "FI", "city": "Helsinki", "segmentId": "KZFzniwnSyZfZ7v7nJ"}
        assert len(ids(ask(fake, both))) == 1
        assert ids(ask(fake, countryCode="FR")) == ids(ask(fake, segmentName="Sports")) == []


class TestGate:
    def test_a_wrong_key_is_a_401(self) -> None:
        reply = FakeDiscovery().answer({"apikey": "wrong"})
        assert reply.status == 401
        assert reply.json() == {
            "fault": {
                "faultstring": "Invalid ApiKey",
                "detail": {"errorcode": "oauth.v2.InvalidApiKey"},
            }
        }

    def test_a_missing_key_is_a_401(self) -> None:
        reply = FakeDiscovery().answer({})
        errorcode = reply.json()["fault"]["detail"]["errorcode"]
        assert (reply.status, errorcode) == (401, "steps.oauth.v2.FailedToResolveAPIKey")

    def test_the_first_calls_can_be_rate_limited(self) -> None:
        fake = FakeDiscovery(spike_arrests=2)
        replies = [ask(fake) for _ in range(3)]
        assert [reply.status for reply in replies] == [429, 429, 200]
        errorcode = replies[0].json()["fault"]["detail"]["errorcode"]
        assert errorcode == "policies.ratelimit.SpikeArrestViolation"
        fake.arrest_next(1)
        assert [ask(fake).status, ask(fake).status] == [429, 200]

    def test_a_used_up_quota_is_a_429_that_echoes_the_key(self) -> None:
        fake = FakeDiscovery(quota=1, key="k-123")
        replies = [fake.answer({"apikey": "k-123"}) for _ in range(2)]
        fault = replies[1].json()["fault"]
        assert [reply.status for reply in replies] == [200, 429]
        assert fault["detail"]["errorcode"] == "policies.ratelimit.QuotaViolation"
        assert "k-123" in fault["faultstring"]

    def test_a_400_counts_against_the_quota_but_shows_no_headers(self) -> None:
        fake = FakeDiscovery(quota=10)
        bad, good = ask(fake, size="201"), ask(fake)
        assert not any(name.startswith("Rate-Limit") for name in bad.headers)
        assert good.headers["Rate-Limit"] == "10"
        assert good.headers["Rate-Limit-Available"] == "8"
        assert good.headers["Rate-Limit-Over"] == "0"

    def test_calls_answered_with_401_or_429_do_not_count_against_the_quota(self) -> None:
        fake = FakeDiscovery(spike_arrests=1)
        fake.answer({"apikey": "wrong"})
        ask(fake)
        assert fake.used == 0

    def test_the_quota_is_renewed_a_day_after_its_first_call(self) -> None:
        now = [1_000_000.0]
        fake = FakeDiscovery(quota=5, clock=lambda: now[0])
        reset = int(ask(fake).headers["Rate-Limit-Reset"])
        assert reset == int((1_000_000.0 + 86_400) * 1000)
        fake.exhaust_quota()
        now[0] = reset / 1000 - 1
        assert ask(fake).status == 429
        now[0] = reset / 1000
        assert ask(fake).status == 200
        assert fake.used == 1

    def test_calls_are_recorded(self) -> None:
        fake = FakeDiscovery()
        ask(fake, size="7")
        assert list(fake.calls) == [{**KEY, "size": "7"}]


@pytest.mark.parametrize(
    "params",
    [{"size": "0"}, {"page": "-1"}, {"sort": "best"}, {"latlong": "here"}, {"radius": "2.5"}],
)
def test_an_undocumented_parameter_is_an_error(params: dict[str, str]) -> None:
    with pytest.raises(NotDocumented):
        ask(FakeDiscovery(), {"latlong": "1,2", **params})


class TestDemoEvents:
    """The demo's own events behind the interface, asked for as a collector would."""

    @pytest.mark.parametrize("city", all_cities().values(), ids=lambda city: city.slug)
    def test_pages_and_undated_events_add_up_to_the_city(
        self, site: DemoSite, city: City, today: date
    ) -> None:
        area = {
            "latlong": f"{city.latitude},{city.longitude}",
            "radius": "25",
            "unit": "km",
            "sort": "id,asc",
            "size": "200",
        }
        dated = self.collect(
            site,
            area
            | {
                "startDateTime": f"{today - timedelta(days=8)}T00:00:00Z",
                "endDateTime": f"{today + timedelta(days=182)}T00:00:00Z",
            },
        )
        tba = self.collect(site, area | {"includeTBA": "only"})
        tbd = self.collect(site, area | {"includeTBD": "only"})
        local = [
            one for one in listed(city.slug, "demo-tickets", today) if one.venue.locality is None
        ]
        undated = sum(is_undated(one) for one in local)
        assert len(dated) == len(local) - undated
        assert len(tba) + len(tbd) == undated > 0
        assert len({one["id"] for one in [*dated, *tba, *tbd]}) == len(local)

    def collect(self, site: DemoSite, params: dict[str, str]) -> list[Any]:
        found: list[Any] = []
        for page in range(6):
            body = site.answer(PATH, {**KEY, **params, "page": str(page)}).json()
            found += body.get("_embedded", {}).get("events", [])
            if page + 1 >= body["page"]["totalPages"]:
                break
        assert len(found) == body["page"]["totalElements"]
        return found

    def test_payloads_have_the_gaps_of_real_ones(self, site: DemoSite) -> None:
        events = self.collect_everything(site)
        venues = [one["_embedded"]["venues"][0] for one in events]
        starts = [one["dates"]["start"] for one in events]
        codes = {one["dates"]["status"]["code"] for one in events}
        assert codes == {"onsale", "cancelled", "canceled", "postponed", "rescheduled"}
        assert all(13 <= len(one["id"]) <= 21 for one in events)
        assert any("location" not in venue for venue in venues)
        assert all(isinstance(v["location"]["latitude"], str) for v in venues if "location" in v)
        assert any(venue["city"]["name"].startswith(" ") for venue in venues)
        assert any("timezone" not in one["dates"] for one in events)
        assert any(start["noSpecificTime"] and "dateTime" not in start for start in starts)
        assert any("priceRanges" not in one for one in events)
        assert any("initialStartDate" in one["dates"] for one in events)
        assert any(one["classifications"][0]["genre"]["name"] == "Undefined" for one in events)
        assert any(one["sales"]["public"]["startDateTime"].startswith("1900") for one in events)

    def collect_everything(self, site: DemoSite) -> list[Any]:
        return [
            one
            for country in ("FI", "FR", "PL")
            for one in self.collect(
                site, {"countryCode": country, "sort": "id,asc", "size": "200", "includeTBA": "yes"}
            )
        ]
