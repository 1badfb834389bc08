"""Every field of a record is followed into the tables: set, changed, no longer named, and composed.

The fields are those of the model and the columns those of the tables: a new one of either fails
here until it has its row and its case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from include.discovery.model import (
    Attendance,
    EventRecord,
    EventStatus,
    Pair,
    Price,
    Scope,
    Source,
    SourceRole,
    SyncStats,
    Venue,
)
from include.discovery.store.columns import COLUMNS, EVENT_COLUMNS, PAGE_COLUMNS, VENUE_COLUMNS
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.runs import Attempt, PageResult, begin, finish
from tests.support.builders import KRAKOW, WARSAW, event, source, stored_pair

_runs = count()


def at(hour: int, day: int = 24) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=WARSAW)


Step = tuple[dict[str, Any], Any]
"""What a record says, and what the column holds then."""


@dataclass(frozen=True)
class Case:
    """What becomes of one field."""

    column: str
    """Of the listing, and of the event if it has one; or an expression over either row ``t``."""
    told: Step
    changed: Step
    no_longer_told: Step | None = None
    """``None``: every record has the field."""
    in_events: bool = True
    fills_blanks: bool = False
    """Where the most trusted source does not tell it, what another one says is the event's."""


def of_venue(column: str) -> str:
    return f"(SELECT v.{column} FROM discovery.venues v WHERE v.id = t.venue_id)"


def stays(field: str, one: Any, other: Any, **more: Any) -> Case:
    """Build the case of a value that is kept when the source no longer tells it."""
    return Case(
        field, ({field: one}, one), ({field: other}, other), ({}, other), **{**FILLS, **more}
    )


def listed(field: str, one: str, other: str) -> Case:
    return Case(
        field, ({field: (one,)}, [one]), ({field: (other,)}, [other]), ({}, [other]), **FILLS
    )


def priced(column: str, one: Price, other: Price) -> Case:
    name = column.removeprefix("price_")
    first, second = getattr(one, name), getattr(other, name)
    return Case(column, ({"price": one}, first), ({"price": other}, second), ({}, second), **FILLS)


def placed(column: str, value: Any, other: Any) -> Case:
    """Build the case of a part of a venue: blanks are filled, and sources do not overwrite it."""
    hall = Venue(name="Hall")
    pairs = {"latitude": "longitude", "longitude": "latitude"}

    def with_value(said: Any) -> dict[str, Any]:
        both = {column: said, pairs[column]: 1.0} if column in pairs else {column: said}
        return {"venue": hall.model_copy(update=both)}

    return Case(
        of_venue(column), (with_value(value), value), (with_value(other), value),
        ({"venue": hall}, value),
    )  # fmt: skip


FILLS: dict[str, Any] = {"fills_blanks": True}
ONLY_LISTED: dict[str, Any] = {"in_events": False, "fills_blanks": False}
NO_HOUR: dict[str, Any] = {"starts_at": None, "local_date": date(2026, 12, 24)}
PLN = {"min": Decimal(5), "currency": "PLN"}

HOUR = timedelta(hours=1)
EARLIER = at(19, day=17)
MOVED: dict[str, Any] = {"previous_date": EARLIER.date()}

CASES: dict[str, Case] = {
    "title": Case("title", ({"title": "Concert"}, "Concert"), ({"title": "Quiz"}, "Quiz")),
    "url": stays("url", "https://example.org/1", "https://example.org/2"),
    "starts_at": Case(
        "starts_at", ({"starts_at": at(19)}, at(19)), ({"starts_at": at(20)}, at(20)),
        (NO_HOUR, at(20)),
    ),
    "local_date": Case(
        "local_date", (NO_HOUR, date(2026, 12, 24)),
        ({**NO_HOUR, "local_date": date(2026, 12, 25)}, date(2026, 12, 25)),
        ({"starts_at": None, "status": EventStatus.POSTPONED}, date(2026, 12, 25)),
    ),
    "time_known": Case("time_known", (NO_HOUR, False), ({"starts_at": at(19)}, True),
                       (NO_HOUR, True)),
    "previous_date": stays("previous_date", EARLIER.date(), at(18).date(), fills_blanks=False),
    "previous_start": Case(
        "previous_start", ({**MOVED, "previous_start": EARLIER}, EARLIER),
        ({**MOVED, "previous_start": EARLIER + HOUR}, EARLIER + HOUR), ({}, EARLIER + HOUR),
    ),
    "ends_at": stays("ends_at", at(22), at(23)),
    "timezone": Case("timezone", ({"timezone": "Europe/Warsaw"}, "Europe/Warsaw"),
                     ({"timezone": "Europe/Berlin"}, "Europe/Berlin")),
    "status": Case("status", ({"status": EventStatus.TENTATIVE}, "tentative"),
                   ({"status": EventStatus.CANCELLED}, "cancelled"), ({}, "scheduled")),
    "attendance": Case("attendance", ({"attendance": Attendance.MIXED}, "mixed"),
                       ({"attendance": Attendance.ONLINE}, "online"), ({}, "offline")),
    "venue.name": Case(
        of_venue("name"), ({"venue": Venue(name="Hall")}, "Hall"),
        ({"venue": Venue(name="Club")}, "Club"), ({"venue": None}, "Club"),
    ),
    "venue.street": placed("street", "Rynek 1", "Rynek 2"),
    "venue.postcode": placed("postcode", "31-042", "31-043"),
    "venue.locality": placed("locality", "Kraków", "KRAKÓW"),
    "venue.region": placed("region", "Małopolskie", "Lesser Poland"),
    # A venue in another country is another venue.
    "venue.country": Case(
        of_venue("country"), ({"venue": Venue(name="Hall", country="PL")}, "PL"),
        ({"venue": Venue(name="Hall", country="DE")}, "DE"), ({"venue": None}, "DE"),
    ),
    "venue.latitude": placed("latitude", 50.0, 50.1),
    "venue.longitude": placed("longitude", 19.9, 20.0),
    "venue.external_id": Case(
        "venue_external_id", ({"venue": Venue(name="Hall", external_id="v1")}, "v1"),
        ({"venue": Venue(name="Hall", external_id="v2")}, "v2"),
        ({"venue": Venue(name="Hall")}, "v2"), in_events=False,
    ),
    "performers": listed("performers", "Ada", "Bob"),
    "categories": listed("categories", "Jazz", "Blues"),
    "organizer": stays("organizer", "The house", "Another house"),
    "description": stays("description", "Long ago.", "Once upon a time."),
    "image_url": stays("image_url", "https://example.org/1.jpg", "https://example.org/2.jpg"),
    "language": stays("language", "pl", "de"),
    "price.min": priced("price_min", Price(min=Decimal(5)), Price(min=Decimal(6))),
    "price.max": priced("price_max", Price(max=Decimal(5)), Price(max=Decimal(6))),
    "price.currency": priced("price_currency", Price(**PLN), Price(**{**PLN, "currency": "EUR"})),
    "price.is_free": priced("price_is_free", Price(is_free=True), Price(is_free=False)),
    "price.text": priced("price_text", Price(text="at the door"), Price(text="a donation")),
    "series_id": stays("series_id", "choir", "opera", **ONLY_LISTED),
    "source_updated_at": stays(
        "source_updated_at", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC),
        **ONLY_LISTED,
    ),
    "warnings": Case(
        "warnings", ({"warnings": ("end guessed",)}, ["end guessed"]),
        ({"warnings": ("start guessed",)}, ["start guessed"]), ({}, []), in_events=False,
    ),
}  # fmt: skip
IDENTITY = {"external_id"}
# By these two listings are one event: where they differ they are two.
IN_KEY = {"title", "starts_at", "local_date", "time_known"}
COMPOSED = [
    name for name, case in CASES.items()
    if case.in_events and name not in IN_KEY and not name.startswith("venue.")
]  # fmt: skip

NOT_OF_FIELDS = {"ordinal", "city_id", "venue_key", "match_key", "assumed"}
"""What the loader finds for a record."""

TECHNICAL = {
    "listings": {
        "id", "source_id", "city_source_id", "event_id", "first_seen_at", "last_seen_at",
        "changed_at", "withdrawn_at", "missing_since", "missed_in_doubt",
    },
    "events": {
        "id", "match_key", "listing_count", "withdrawn_at", "created_at", "updated_at", "search",
        "source_ids", "listing_id", "value_listings", "assumed", "edited",
    },
    "venues": {
        "id", "created_at", "updated_at", "search", "given_name", "same_as_id", "parent_id",
    },
}  # fmt: skip
"""Columns that no record fills."""

CONTENT = "to_jsonb(t) - ARRAY['last_seen_at', 'changed_at']"

TABLES = {"listings": COLUMNS, "events": EVENT_COLUMNS, "venues": VENUE_COLUMNS}


def fields_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = [each for each in get_args(field.annotation) if isinstance(each, type)]
        nested = [each for each in inner if issubclass(each, BaseModel)]
        if nested:
            yield from fields_of(nested[0], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def load(conn: Connection, pair: Pair, changes: dict[str, Any]) -> SyncStats:
    said = {"title": "Concert", "venue": None, **changes}
    run = begin(conn, pair, Attempt(f"run-{next(_runs)}"))
    stats = Loader(conn, pair, run).load([event("1", **said)], PageResult(SyncStats()))
    finish(conn, run.id, complete=True)
    return stats


def held(conn: Connection, table: str, column: str) -> Any:
    rows = conn.execute(f"SELECT {column} FROM discovery.{table} t".encode()).fetchall()
    assert len(rows) == 1
    return rows[0][0]


def forget_deleted_rows(conn: Connection) -> None:
    """Let the first event get the first place in the file, whatever earlier tests deleted."""
    conn.execute("VACUUM discovery.events")


def expect(conn: Connection, case: Case, value: Any) -> None:
    assert held(conn, "listings", case.column) == value
    if case.in_events:
        assert held(conn, "events", case.column) == value


def test_every_field_of_a_record_has_its_case() -> None:
    assert set(fields_of(EventRecord)) == CASES.keys() | IDENTITY


def test_every_field_of_a_record_is_read_by_one_column() -> None:
    read = sorted(column.reads.removeprefix("record.") for column in PAGE_COLUMNS if column.reads)

    assert read == sorted({*fields_of(EventRecord), *NOT_OF_FIELDS})


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_the_columns_of_the_list_with_their_types_and_technical_ones(
    conn: Connection, table: str
) -> None:
    types = dict(
        conn.execute(
            "SELECT attname, atttypid FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [f"discovery.{table}"],
        ).fetchall()
    )
    expected = {
        column.name: conn.execute("SELECT to_regtype(%s)::oid", [column.type]).fetchone()
        for column in TABLES[table]
    }

    assert types.keys() == expected.keys() | TECHNICAL[table]
    assert {name: (types[name],) for name in expected} == expected


@pytest.mark.parametrize("table", ["listings", "events"])
def test_every_column_of_the_list_is_that_of_a_case_or_found_by_the_loader(table: str) -> None:
    of_cases = {case.column for case in CASES.values() if case.in_events or table == "listings"}
    found = {"city_id", "venue_id"} if table == "events" else {
        "external_id", "city_id", "venue_id", "match_key", "assumed",
    }  # fmt: skip

    assert {column.name for column in TABLES[table]} - of_cases == found


@pytest.mark.parametrize("name", CASES)
def test_a_value_of_a_new_listing_is_stored_in_one_write(conn: Connection, name: str) -> None:
    case = CASES[name]
    said, value = case.told

    forget_deleted_rows(conn)

    load(conn, stored_pair(conn), said)

    expect(conn, case, value)
    # The first version of the row: what the insert forgets would be added by an update.
    assert held(conn, "events", "ctid::text") == "(0,1)"


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_changed_value_replaces_the_stored_one_or_not_by_the_policy_of_its_column(
    conn: Connection, name: str
) -> None:
    case, pair = CASES[name], stored_pair(conn)
    load(conn, pair, case.told[0])
    said, value = case.changed
    before = held(conn, "listings", CONTENT)

    stats = load(conn, pair, said)

    expect(conn, case, value)
    assert stats.updated == (held(conn, "listings", CONTENT) != before)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.no_longer_told])
def test_a_value_that_a_source_no_longer_gives_is_kept_or_cleared_by_the_policy_of_its_column(
    conn: Connection, name: str
) -> None:
    case, pair = CASES[name], stored_pair(conn)
    assert case.no_longer_told
    load(conn, pair, case.told[0])
    load(conn, pair, case.changed[0])
    said, value = case.no_longer_told

    load(conn, pair, said)

    expect(conn, case, value)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.no_longer_told])
def test_a_value_that_a_source_gives_later_is_filled_in(conn: Connection, name: str) -> None:
    case, pair = CASES[name], stored_pair(conn)
    assert case.no_longer_told
    load(conn, pair, case.no_longer_told[0])
    said, value = case.told

    load(conn, pair, said)

    expect(conn, case, value)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.fills_blanks])
def test_a_value_that_the_most_trusted_source_lacks_is_filled_in_by_another_source(
    conn: Connection, name: str
) -> None:
    case = CASES[name]
    venue = {"venue": Venue(name="Hall")}
    said, value = case.told
    load(conn, stored_pair(conn, source=source("low", trust=1)), {**venue, **said})

    load(conn, stored_pair(conn, source=source("high", trust=99)), venue)

    assert held(conn, "events", case.column) == value
    assert held(conn, "events", "listing_count") == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPOSED)
def test_an_event_has_the_value_of_the_most_trusted_source_where_they_differ(
    conn: Connection, name: str
) -> None:
    case, (said, value), (other, _) = CASES[name], CASES[name].changed, CASES[name].told
    venue = {"venue": Venue(name="Hall")}

    def house(slug: str, trust: int) -> Source:
        return source(slug, trust=trust, role=SourceRole.OFFICIAL_VENUE)

    load(conn, stored_pair(conn, source=house("low", 1)), {**venue, **other})
    load(conn, stored_pair(conn, source=house("high", 99)), {**venue, **said})
    assert held(conn, "events", case.column) == value

    load(conn, stored_pair(conn, source=house("middle", 50)), {**venue, **other})

    assert held(conn, "events", case.column) == value
    assert held(conn, "events", "listing_count") == 3


@pytest.mark.parametrize("name", [name for name in COMPOSED if not CASES[name].fills_blanks])
def test_a_value_that_belongs_to_its_listing_is_not_filled_in_by_another_source(
    conn: Connection, name: str
) -> None:
    case = CASES[name]
    venue = {"venue": Venue(name="Hall")}
    load(conn, stored_pair(conn, source=source("high", trust=99)), venue)
    own = held(conn, "listings", case.column)

    load(conn, stored_pair(conn, source=source("low", trust=1)), {**venue, **case.changed[0]})

    assert held(conn, "events", case.column) == own != case.changed[1]
    assert held(conn, "events", "listing_count") == 2


def test_the_price_of_an_event_is_that_of_one_listing_as_a_whole(conn: Connection) -> None:
    hall = {"venue": Venue(name="Hall")}
    told = {**hall, "price": Price(**PLN, max=Decimal(9), text="5-9")}
    load(conn, stored_pair(conn, source=source("low", trust=1)), told)

    free = {**hall, "price": Price(is_free=True)}
    load(conn, stored_pair(conn, source=source("high", trust=99)), free)

    columns = "ARRAY[price_min::text, price_max::text, price_currency, price_text]"
    assert held(conn, "events", columns) == [None] * 4
    assert held(conn, "events", "price_is_free") is True


def test_an_event_has_the_city_of_whichever_listing_knows_it(conn: Connection) -> None:
    elsewhere = {"venue": Venue(name="Hall", locality="Gdańsk")}
    load(conn, stored_pair(conn, source=source("local", trust=1)), elsewhere)
    city = held(conn, "listings", "city_id")

    national = source("national", trust=99, scope=Scope.COUNTRY)
    load(conn, stored_pair(conn, None, national), elsewhere)

    assert held(conn, "events", "listing_count") == 2
    assert held(conn, "events", "city_id") == city is not None


def test_a_record_under_another_id_is_another_listing(conn: Connection) -> None:
    pair = stored_pair(conn)
    run = begin(conn, pair, Attempt("run"))
    Loader(conn, pair, run).load([event("1"), event("2")], PageResult(SyncStats()))

    found = conn.execute("SELECT external_id FROM discovery.listings ORDER BY 1").fetchall()
    assert found == [("1",), ("2",)]


def test_the_key_of_an_event_follows_its_title(conn: Connection) -> None:
    pair = stored_pair(conn)
    hall = {"venue": Venue(name="Hall")}
    load(conn, pair, {**hall, "title": "Concert"})
    before = held(conn, "events", "match_key")

    load(conn, pair, {**hall, "title": "Quiz"})

    assert held(conn, "events", "match_key") == held(conn, "listings", "match_key") != before


def test_a_new_listing_has_the_city_of_its_pair(conn: Connection) -> None:
    forget_deleted_rows(conn)

    load(conn, stored_pair(conn), {})
    city = held(conn, "listings", "city_id")

    assert city is not None
    assert held(conn, "events", "city_id") == city
    assert held(conn, "events", "ctid::text") == "(0,1)"


def test_the_city_of_an_event_is_found_later_and_then_stays(conn: Connection) -> None:
    stored_pair(conn, KRAKOW, source("other"))
    pair = stored_pair(conn, None, source("national", scope=Scope.COUNTRY))
    hall = Venue(name="Hall", locality="Gdańsk")
    near = hall.model_copy(update={"latitude": KRAKOW.latitude, "longitude": KRAKOW.longitude})
    load(conn, pair, {"venue": hall})
    assert held(conn, "listings", "city_id") is held(conn, "events", "city_id") is None

    for venue in (near, hall):
        load(conn, pair, {"venue": venue})
        assert held(conn, "listings", "city_id") == held(conn, "events", "city_id") is not None
