"""The nouns of the system: events as sources publish them, cities, sources, pairs, counts.

Everything here is immutable and knows no I/O. Instants are aware datetimes; dates are dates at the
venue; money is exact decimals with an ISO 4217 currency; time zones are IANA names. Long because
every room speaks of these nouns, and each is easier to find among the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    model_validator,
)

from include.discovery.expectations import Monitoring
from include.discovery.field_types import (
    Amount,
    ConnectionId,
    CountryCode,
    CurrencyCode,
    ExternalId,
    GivenSettings,
    Latitude,
    Longitude,
    Slug,
    Text,
    TimeZoneName,
    Title,
    WebUrl,
    checked_connection,
)

_MOMENT = timedelta(microseconds=1)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""BCP 47."""


class EventStatus(StrEnum):
    """Whether and how an event takes place, in the words of schema.org's EventStatusType."""

    SCHEDULED = "scheduled"
    TENTATIVE = "tentative"
    RESCHEDULED = "rescheduled"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    MOVED_ONLINE = "moved_online"


class Attendance(StrEnum):
    """Where the audience is."""

    OFFLINE = "offline"
    ONLINE = "online"
    MIXED = "mixed"


_NOTHING: set[str] = set()


class _OfRecord(_Frozen):
    """What is held by the hundred thousand: it forgets which of its fields were given.

    That set takes more memory than all the values together, and no field means another thing for
    having been left out.
    """

    @model_validator(mode="after")
    def _forget_what_was_given(self) -> Self:
        object.__setattr__(self, "__pydantic_fields_set__", _NOTHING)
        return self


class Venue(_OfRecord):
    """A place as one source describes it. Coordinates are WGS 84 degrees, both or neither."""

    name: Text | None = None
    street: Text | None = None
    postcode: Text | None = None
    locality: Text | None = None
    region: Text | None = None
    country: CountryCode | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    external_id: Text | None = None

    @model_validator(mode="after")
    def _check_coordinates(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude go together")
        return self


class Price(_OfRecord):
    """What a ticket costs; ``text`` is the source's own wording where amounts do not say it all."""

    min: Amount | None = None
    max: Amount | None = None
    currency: CurrencyCode | None = None
    is_free: bool | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _check_range(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max")
        dearest = max(self.min or 0, self.max or 0)
        if self.is_free and dearest > 0:
            raise ValueError("free, yet with a price above zero")
        if self.is_free is None and (dearest > 0 or self.max is not None):
            object.__setattr__(self, "is_free", dearest == 0)  # the amounts say so
        return self


class EventRecord(_OfRecord):
    """One event as one source publishes it: what every connector yields and ``parse`` prints."""

    external_id: ExternalId
    """Stable within the source; recurring items carry their occurrence in it."""
    title: Title
    """Plain text: no HTML, no status prefix."""
    url: WebUrl | None = None
    starts_at: AwareDatetime | None = None
    """Only when date and time are both known."""
    local_date: date | None = None
    """The date at the venue; unknown only while an event is postponed."""
    time_known: bool = False
    previous_date: date | None = None
    """The date at the venue on which it was to start before it was moved, if the source says so."""
    previous_start: AwareDatetime | None = None
    """The start before it was moved, where its hour is told."""
    ends_at: AwareDatetime | None = None
    timezone: TimeZoneName
    status: EventStatus = EventStatus.SCHEDULED
    attendance: Attendance = Attendance.OFFLINE
    venue: Venue | None = None
    performers: tuple[Text, ...] = ()
    categories: tuple[Text, ...] = ()
    organizer: Text | None = None
    description: Text | None = None
    """Sanitised plain text."""
    image_url: WebUrl | None = None
    language: LanguageTag | None = None
    price: Price | None = None
    series_id: Text | None = None
    """Ties the occurrences of one series."""
    source_updated_at: AwareDatetime | None = None
    warnings: tuple[Text, ...] = ()
    """What was repaired or guessed, in words."""

    @model_validator(mode="after")
    def _check_times(self) -> Self:
        if self.local_date is None and self.status is not EventStatus.POSTPONED:
            raise ValueError("no date, and not postponed")
        if self.time_known != (self.starts_at is not None):
            raise ValueError("starts_at is given exactly when the time is known")
        if self.starts_at is not None:
            if self.local_date != _in_zone(self.starts_at, ZoneInfo(self.timezone)).date():
                raise ValueError("local_date is not the date of starts_at at the venue")
            # In UTC: two values of one zone would be compared by wall clock, DST overlap or not.
            if self.ends_at is not None and self.ends_at.astimezone(
                UTC
            ) < self.starts_at.astimezone(UTC):
                raise ValueError("ends before it starts")
        return self

    def is_within(self, window: Window) -> bool:
        """Say whether the event is on during the window; one without a date always may be."""
        if self.local_date is None:
            return True
        last = last_date(self.local_date, self.ends_at, ZoneInfo(self.timezone))
        return window.overlaps(self.local_date, last)


def _in_zone(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant if instant.tzinfo is zone else instant.astimezone(zone)


def with_texts(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401  any field's value
    """Return the value of a record's field with every text in it changed."""
    if type(value) is str:  # and no enumeration
        return change(value)
    if isinstance(value, tuple):
        return tuple(with_texts(part, change) for part in value)
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: with_texts(part, change) for name, part in value})
    return value


def last_date(first: date, ends_at: datetime | None, zone: ZoneInfo) -> date:
    """Return the last day of an event that begins on ``first``; midnight ends the day before."""
    if ends_at is None:
        return first
    return max(first, (ends_at.astimezone(UTC) - _MOMENT).astimezone(zone).date())


@dataclass(frozen=True, slots=True)
class Identity:
    """What an item is known by, though no record could be made of it.

    ``external_id`` is that of its record. ``series_id`` is given where the item may stand for
    several records, or its external id is not certain: it is that of all of them.
    """

    external_id: str | None = None
    series_id: str | None = None


NOT_LISTED: Final = Identity()
"""Of an item that is rightly no listing: the source withholds it, or it is no event at all."""


@dataclass(frozen=True, slots=True)
class Reject:
    """An item of a source that is not a usable event, and why.

    ``reason`` is a short phrase that repeats for the same defect, since rejects are counted by it;
    ``item`` says which item (an id, a line, a position); ``detail`` holds what was found.
    ``identity`` is what it is known by, since the source still lists it; ``None``: nobody can tell.
    ``url`` is its page, if it names one; ``excerpt`` shows its members, one a line. Of many items
    with the same reason only the first ones have these two, so they tell no rejects apart.
    """

    reason: str
    item: str
    detail: str | None = None
    identity: Identity | None = None
    url: str | None = field(default=None, compare=False)
    excerpt: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Window:
    """The days a sync covers, both inclusive, as dates at the venue."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"the window ends ({self.end}) before it starts ({self.start})")

    def overlaps(self, first: date, last: date) -> bool:
        """Say whether any of the days from first to last lies inside."""
        return first <= self.end and last >= self.start


class Scope(StrEnum):
    """What one run of a source covers: one city, or a whole country or region at once."""

    CITY = "city"
    COUNTRY = "country"
    REGIONAL = "regional"


class EventField(StrEnum):
    """What an event says: each has its value from one of the event's listings."""

    TITLE = "title"
    URL = "url"
    START = "start"
    """Day, hour and time zone."""
    END = "end"
    CITY = "city"
    VENUE = "venue"
    STATUS = "status"
    ATTENDANCE = "attendance"
    PERFORMERS = "performers"
    CATEGORIES = "categories"
    ORGANIZER = "organizer"
    DESCRIPTION = "description"
    IMAGE_URL = "image_url"
    LANGUAGE = "language"
    PRICE = "price"
    """Amounts, currency, and what is said of it in words."""


class SourceRole(StrEnum):
    """What a source is to the events that it lists. Its word counts more if it is primary."""

    OFFICIAL_VENUE = "official_venue"
    """The house itself tells what takes place there."""
    ORGANIZER = "organizer"
    """Whoever puts the events on."""
    TICKET_SHOP = "ticket_shop"
    """It sells the tickets, by contract with the organizer."""
    AGGREGATOR = "aggregator"
    """It collects what others announce: a portal, an open data set, a calendar that anybody fills
    in."""


class City(_Frozen):
    """A city whose events are wanted; the radius (km) says how far around it still counts."""

    slug: Slug
    name: Text
    country: CountryCode
    timezone: TimeZoneName
    latitude: Latitude
    longitude: Longitude
    radius_km: Annotated[float, Field(gt=0, le=500)] = 30
    alternate_names: tuple[Text, ...] = ()
    enabled: bool = True


class Source(_Frozen):
    """A configured source: a kind of connector plus the settings that all its pairs share."""

    slug: Slug
    name: Text
    kind: Text
    scope: Scope = Scope.CITY
    enabled: bool = True
    role: SourceRole = SourceRole.AGGREGATOR
    """Where sources disagree about one event, all others are preferred to aggregators. Forms and
    files that do not say it get the usual one of the kind."""
    trust: Annotated[int, Field(ge=0, le=100)] = 50
    """Whose word counts among sources that are equally close to the event: the higher."""
    max_running: Annotated[int, Field(ge=1, le=1_000)] | None = None
    """How many of its pairs may be synced at the same time; ``None``: as many as Airflow starts."""
    settings: GivenSettings = {}
    connection: ConnectionId | None = None
    """The Airflow connection that holds its key; ``None``: the one named after the slug."""
    homepage: WebUrl | None = None
    licence: Text | None = None
    attribution: Text | None = None
    monitoring: Monitoring = Monitoring()

    @model_validator(mode="after")
    def _check_connection(self) -> Self:
        try:
            checked_connection(self.connection_id)
        except ValueError:
            raise ValueError(
                f"the slug {self.slug} leads to {self.connection_id}, a connection of the system"
                " itself: choose another slug, or name another connection"
            ) from None
        return self

    @property
    def connection_id(self) -> str:
        """The Airflow connection that holds this source's key."""
        return self.connection or default_connection(self.slug)


def default_connection(source: str) -> str:
    """Name the connection of a source that names none itself.

    Underscores for hyphens: environment variables (``AIRFLOW_CONN_…``) cannot name the latter.
    """
    return f"discovery_{source.replace('-', '_')}"


class Pair(_Frozen):
    """A source applied to a city (to no single city when the source's scope is wider)."""

    id: int
    city: City | None
    source: Source
    enabled: bool = True
    frequency_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 24
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    """Order of syncing: the higher goes first."""
    settings: GivenSettings = {}
    monitoring: Monitoring = Monitoring()

    @property
    def label(self) -> str:
        """The pair's name wherever a person reads it: ``krakow · ticketmaster``."""
        return pair_label(self.city.slug if self.city else None, self.source.slug)

    @property
    def inactive_because(self) -> str | None:
        """Why runs do not take the pair, if they do not."""
        return inactive_because(
            pair=self.enabled,
            city=None if self.city is None else self.city.enabled,
            source=self.source.enabled,
        )

    @property
    def merged_settings(self) -> dict[str, JsonValue]:
        """The source's settings with the pair's own on top."""
        return {**self.source.settings, **self.settings}


def inactive_because(*, pair: bool, city: bool | None, source: bool) -> str | None:
    """Say why runs do not take a pair, by the switches of its three parts; ``city`` may be none."""
    if not pair:
        return "the pair is disabled"
    if city is False:
        return "its city is disabled"
    if not source:
        return "its source is disabled"
    return None


def pair_name(city: str | None, source: str) -> str:
    """Name a pair as a run is asked for it: ``krakow/ticketmaster``, or its source alone."""
    return "/".join(filter(None, (city, source)))


def pair_label(city: str | None, source: str) -> str:
    """Name a pair by its slugs; a source without a city of its own goes by its slug alone."""
    return f"{city} · {source}" if city else source


@dataclass(frozen=True, slots=True)
class SyncStats:
    """Counts of one sync attempt, addable so that attempts and pairs sum up.

    ``fetched`` counts items that the source sent; each ends as exactly one of inserted, updated,
    unchanged, duplicate (sent twice in one sync), rejected or, once the limit is reached, skipped.
    """

    fetched: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    skipped: int = 0
    withdrawn: int = 0
    pages: int = 0
    requests: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Reason → count."""

    def __add__(self, other: SyncStats) -> SyncStats:
        sums: dict[str, Any] = {
            f.name: getattr(self, f.name) + getattr(other, f.name)
            for f in fields(self)
            if f.name != "rejected"
        }
        rejected = Counter(self.rejected) + Counter(other.rejected)
        return SyncStats(**sums, rejected=dict(rejected))

    @property
    def rejected_total(self) -> int:
        """How many items were rejected, for whatever reason."""
        return sum(self.rejected.values())
