"""Events of Mobilizon: elements of its search, and ActivityPub objects."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.mobilizon.activity import (
    activity_known_as,
    activity_record,
    events_in,
)
from include.discovery.connectors.mobilizon.event import event_record, known_as
from include.discovery.errors import UnreadableResponse
from include.discovery.model import Attendance, EventField, EventRecord, EventStatus
from include.discovery.parsed import RejectItem, parse_items
from include.discovery.record_warnings import assumed_fields

WARSAW = ZoneInfo("Europe/Warsaw")
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
PLACE = {
    "description": "Stara Zajezdnia",
    "street": "Wawrzyńca 12",
    "postalCode": "31-060",
    "locality": "Kraków",
    "region": "małopolskie",
    "country": "Polska",
    "geom": "19.9476;50.0497",
}


def element(**more: Any) -> dict[str, Any]:
    return {
        "url": "https://zloty.example/events/5b1f",
        "title": "Naprawiamy rowery",
        "beginsOn": "2026-05-08T17:00:00Z",
        "endsOn": "2026-05-08T19:30:00Z",
        "status": "CONFIRMED",
        "options": {"timezone": "Europe/Warsaw", "showStartTime": True, "showEndTime": True},
        "physicalAddress": PLACE,
        **more,
    }


def record(**more: Any) -> EventRecord:
    return event_record(element(**more), WARSAW)


def options(**more: Any) -> dict[str, Any]:
    return {"options": {**element()["options"], **more}}


# Elements of a search


def test_an_event_of_the_search_is_read() -> None:
    found = record(
        description="<p>Bring <b>tools</b>.</p>",
        category="SPORTS",
        tags=[{"title": "rower"}, {"title": ""}, "loose"],
        attributedTo={"name": "Warsztat", "preferredUsername": "warsztat"},
        picture={"url": "https://zloty.example/media/1.jpg"},
        language="pl",
        updatedAt="2026-04-01T08:00:00Z",
    )

    assert found.external_id == found.url == "https://zloty.example/events/5b1f"
    assert found.starts_at == datetime(2026, 5, 8, 17, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 5, 8, 19, 30, tzinfo=UTC)
    assert (found.timezone, found.local_date) == ("Europe/Warsaw", date(2026, 5, 8))
    assert found.status is EventStatus.SCHEDULED
    assert found.attendance is Attendance.OFFLINE
    assert found.description == "Bring tools."
    assert found.categories == ("Sports", "rower")
    assert found.organizer == "Warsztat"
    assert found.image_url == "https://zloty.example/media/1.jpg"
    assert found.language == "pl"
    assert found.source_updated_at == datetime(2026, 4, 1, 8, tzinfo=UTC)
    assert found.warnings == ()


def test_a_place_is_read_with_its_longitude_first() -> None:
    venue = record().venue

    assert (venue.name, venue.street, venue.postcode) == (
        "Stara Zajezdnia",
        "Wawrzyńca 12",
        "31-060",
    )
    assert (venue.locality, venue.region, venue.country) == ("Kraków", "małopolskie", "PL")
    assert (venue.latitude, venue.longitude) == (50.0497, 19.9476)


@pytest.mark.parametrize("geom", ["19.9", "x;y", "500;500", "0;0"])
def test_invalid_coordinates_cost_only_themselves(geom: str) -> None:
    venue = record(physicalAddress={**PLACE, "geom": geom}).venue

    assert (venue.name, venue.latitude) == ("Stara Zajezdnia", None)


def test_an_unknown_country_is_dropped_with_a_warning() -> None:
    found = record(physicalAddress={**PLACE, "country": "Ruritania"})

    assert found.venue.country is None
    assert "venue country dropped: 'Ruritania' is none that is known" in found.warnings


def test_the_zone_of_the_place_decides_the_day() -> None:
    found = record(beginsOn="2026-05-08T23:30:00Z", endsOn=None, **options(timezone="Asia/Tokyo"))

    assert (found.timezone, found.local_date) == ("Asia/Tokyo", date(2026, 5, 9))


def test_a_missing_or_unknown_zone_is_replaced_by_the_default() -> None:
    assert record(**options(timezone=None)).timezone == "Europe/Warsaw"
    odd = record(**options(timezone="Mars/Phobos"))
    assert odd.timezone == "Europe/Warsaw"
    assert odd.warnings == ("time zone 'Mars/Phobos' is unknown: Europe/Warsaw taken",)


def test_a_start_whose_time_is_not_shown_is_a_day() -> None:
    found = record(endsOn="2026-05-10T21:00:00Z", **options(showStartTime=False))

    assert (found.local_date, found.time_known, found.starts_at) == (date(2026, 5, 8), False, None)
    assert found.ends_at.astimezone(WARSAW) == datetime(2026, 5, 11, tzinfo=WARSAW)


def test_an_end_whose_time_is_not_shown_keeps_its_day_only() -> None:
    assert record(**options(showEndTime=False)).ends_at is None
    later = record(endsOn="2026-05-09T21:00:00Z", **options(showEndTime=False))
    assert later.ends_at.astimezone(WARSAW) == datetime(2026, 5, 10, tzinfo=WARSAW)


def test_an_invalid_end_costs_only_itself() -> None:
    found = record(endsOn="late")

    assert (found.ends_at, found.warnings) == (None, ('end dropped: "late" is no date',))
    assert record(endsOn=None).warnings == record(endsOn="").warnings == ()


@pytest.mark.parametrize(
    ("status", "title", "expected"),
    [
        ("TENTATIVE", "Naprawiamy", EventStatus.TENTATIVE),
        ("CANCELLED", "Naprawiamy", EventStatus.CANCELLED),
        ("CONFIRMED", "ODWOŁANE: Naprawiamy", EventStatus.CANCELLED),
        ("TENTATIVE", "ODWOŁANE: Naprawiamy", EventStatus.CANCELLED),
        ("CANCELLED", "PRZEŁOŻONE: Naprawiamy", EventStatus.CANCELLED),
        (None, "Naprawiamy", EventStatus.SCHEDULED),
    ],
)
def test_the_status_comes_from_the_field_or_the_title(
    status: str | None, title: str, expected: EventStatus
) -> None:
    found = record(status=status, title=title)

    assert (found.status, found.title) == (expected, "Naprawiamy")
    is_of_title = title != "Naprawiamy" and status != "CANCELLED"
    assert (EventField.STATUS in assumed_fields(found.warnings)) is is_of_title


def test_an_unknown_status_gives_a_warning() -> None:
    assert record(status="PERHAPS").warnings == ("unknown status 'PERHAPS': taken as confirmed",)


def test_an_online_event_is_attended_online_or_in_both_ways_with_a_place() -> None:
    assert record(**options(isOnline=True)).attendance is Attendance.MIXED
    alone = record(physicalAddress=None, **options(isOnline=True))
    assert (alone.attendance, alone.venue) == (Attendance.ONLINE, None)


@pytest.mark.parametrize(
    ("category", "expected"), [("MEETING", ()), ("BOOK_CLUBS", ("Book clubs",))]
)
def test_the_category_for_events_without_one_is_none(
    category: str, expected: tuple[str, ...]
) -> None:
    assert record(category=category).categories == expected


def test_a_person_is_the_organizer_where_there_is_no_group() -> None:
    actor = {"name": None, "preferredUsername": "ola"}

    assert record(attributedTo=None, organizerActor=actor).organizer == "ola"


@pytest.mark.parametrize("language", ["und", None])
def test_an_undetermined_language_is_none(language: str | None) -> None:
    assert record(language=language).language is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"url": None}, "no address of its own"),
        ({"url": "javascript:alert(1)"}, "no address of its own"),
        ({"title": "  "}, "no title"),
        ({"title": 7}, "no title"),
        ({"beginsOn": None}, "no start date"),
        ({"beginsOn": "soon"}, "unreadable date"),
        ({"beginsOn": 17}, "unreadable date"),
    ],
)
def test_an_event_without_a_required_value_is_rejected(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(RejectItem, match=reason):
        record(**change)


def test_fields_of_another_type_cost_only_themselves() -> None:
    found = record(picture=[], tags={}, attributedTo="x", description=[], options=7, updatedAt={})

    assert found.title == "Naprawiamy rowery"
    assert len(found.warnings) == 6


# ActivityPub


def note(**more: Any) -> dict[str, Any]:
    return {
        "type": "Event",
        "id": "https://zloty.example/events/5b1f",
        "name": "Naprawiamy rowery",
        "startTime": "2026-05-08T19:00:00+02:00",
        "to": [PUBLIC],
        **more,
    }


def create(**more: Any) -> dict[str, Any]:
    return {"type": "Create", "object": note(**more)}


def federated(**more: Any) -> EventRecord:
    return activity_record(note(**more), WARSAW)


def test_an_event_is_the_same_in_every_form() -> None:
    of_search = record(endsOn=None, physicalAddress=None)

    assert federated(timezone="Europe/Warsaw", status="CONFIRMED") == of_search


def test_a_federated_event_is_read() -> None:
    found = federated(
        endTime="2026-05-08T21:00:00+02:00",
        content="<p>Bring tools.</p>",
        url=[{"type": "Link", "href": "https://zloty.example/rowery"}],
        category="repair",
        tag=[
            {"type": "Hashtag", "name": "#rower"},
            {"type": "Mention", "name": "@ola@zloty.example"},
        ],
        attachment=[
            {"type": "Link", "href": "https://elsewhere.example", "mediaType": "text/html"},
            {"type": "Document", "mediaType": "image/png", "url": "https://zloty.example/1.png"},
        ],
        location={
            "type": "Place",
            "name": "Zajezdnia",
            "address": {"streetAddress": "Wawrzyńca 12", "addressCountry": "Poland"},
            "latitude": 50.0497,
            "longitude": 19.9476,
        },
        attributedTo={"type": "Group", "name": "Warsztat"},
        inLanguage="pl",
        updated="2026-04-01T08:00:00Z",
    )

    assert found.url == "https://zloty.example/rowery"
    assert found.categories == ("repair", "rower")
    assert found.image_url == "https://zloty.example/1.png"
    assert (found.venue.name, found.venue.country, found.venue.latitude) == (
        "Zajezdnia",
        "PL",
        50.0497,
    )
    assert (found.organizer, found.language) == ("Warsztat", "pl")
    assert found.ends_at == datetime(2026, 5, 8, 19, tzinfo=UTC)
    assert found.source_updated_at == datetime(2026, 4, 1, 8, tzinfo=UTC)


def test_a_federated_event_may_be_online() -> None:
    assert federated(isOnline=True).attendance is Attendance.ONLINE
    assert federated(isOnline=False).attendance is Attendance.OFFLINE


def test_a_place_may_have_its_address_as_a_text_or_be_virtual() -> None:
    texted = federated(location=[{"type": "Place", "name": "Klub", "address": "Wąska 1"}])
    assert (texted.venue.name, texted.venue.street) == ("Klub", "Wąska 1")
    virtual = federated(location=[{"type": "VirtualLocation", "url": "https://x.example"}])
    assert (virtual.venue, virtual.attendance) == (None, Attendance.ONLINE)


def test_the_old_name_of_the_status_is_read_too() -> None:
    assert federated(**{"ical:status": "CANCELLED"}).status is EventStatus.CANCELLED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"to": ["https://zloty.example/@ola/followers"], "cc": [PUBLIC]},
            "not addressed to the public",
        ),
        ({"draft": True}, "a draft"),
        ({"id": None}, "no address of its own"),
        ({"name": None}, "no title"),
        ({"startTime": None}, "no start date"),
    ],
)
def test_a_federated_event_that_is_private_or_incomplete_is_rejected(
    change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RejectItem, match=reason):
        federated(**change)


def test_events_are_found_in_activities_and_collections() -> None:
    outbox = {
        "type": "OrderedCollectionPage",
        "orderedItems": [
            create(),
            {"type": "Create", "object": {"type": "Note", "content": "Hello"}},
            {"type": "Announce", "object": "https://elsewhere.example/events/9"},
            {"type": "Join", "object": "https://zloty.example/events/5b1f"},
            "a stray text",
            note(),
        ],
    }

    assert events_in(outbox) == [note(), "https://elsewhere.example/events/9", note()]
    assert events_in(create()) == [note()]
    assert events_in(note()) == [note()]
    assert events_in({"type": "Collection", "items": create()}) == [note()]
    assert events_in({"type": "OrderedCollection", "totalItems": 0}) == []


def test_a_mere_link_to_an_event_is_rejected() -> None:
    with pytest.raises(RejectItem, match="only a link to an event"):
        activity_record("https://elsewhere.example/events/9", WARSAW)


@pytest.mark.parametrize(
    "document", [{"type": "Join"}, {"type": "Person"}, {}, [], None, 7, {"type": 7}]
)
def test_a_document_without_events_is_refused(document: Any) -> None:
    with pytest.raises(UnreadableResponse):
        events_in(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(element())), JSON))
def test_an_element_of_any_shape_is_a_record_or_a_reject(change: dict[str, Any]) -> None:
    result = parse_items(
        [{**element(), **change}, element()],
        lambda item: event_record(item, WARSAW),
        lambda n, _: str(n),
        known_as,
    )

    assert "unexpected shape" not in {reject.reason for reject in result.rejects}
    assert result.records[-1].title == "Naprawiamy rowery"


ACTIVITY_FIELDS = (
    *("id", "name", "startTime", "endTime", "to", "draft", "url", "location", "tag", "attachment"),
    *("image", "content", "summary", "attributedTo", "timezone", "status", "category", "isOnline"),
    *("inLanguage", "updated"),
)


@given(st.dictionaries(st.sampled_from(ACTIVITY_FIELDS), JSON))
def test_a_federated_event_of_any_shape_is_a_record_or_a_reject(change: dict[str, Any]) -> None:
    result = parse_items(
        [{**note(), **change}, note()],
        lambda item: activity_record(item, WARSAW),
        lambda n, _: str(n),
        activity_known_as,
    )

    assert "unexpected shape" not in {reject.reason for reject in result.rejects}
    assert result.records[-1].title == "Naprawiamy rowery"
