"""The map of fields as it is configured: which member of an item becomes which field of a record.

A field is a JMESPath expression, or an object of one (``path``) and how to read what it finds.
Paths see the item; where items have occurrences, the item with one more member, ``occurrence``.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from include.discovery.connectors.json_feed.map.paths import JsonPath
from include.discovery.field_types import Latitude, Longitude, TimeZoneName
from include.discovery.model import Attendance, EventStatus

Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldOf(_Part):
    """Where a field is found."""

    path: JsonPath = Field(description="JMESPath expression within an item.")

    @model_validator(mode="before")
    @classmethod
    def _by_path_alone(cls, given: Any) -> Any:  # noqa: ANN401  raw input of any shape
        return {"path": given} if isinstance(given, str) else given


class TextOf(FieldOf):
    """A text; HTML, numbers and translations (``{"fi": …, "en": …}``) are understood."""

    ignore: tuple[Word, ...] = Field(
        (), description="Values to treat as empty, such as 'TBA'; case and accents are ignored."
    )


class ListOf(TextOf):
    """A list of texts, or one text that holds them."""

    split: Annotated[str, StringConstraints(min_length=1, max_length=10)] | None = Field(
        None, description="Characters that separate the entries of a text, such as ',;'."
    )


class MomentOf(FieldOf):
    """A date, with or without its hour.

    ``iso`` reads machine-written dates with all their near misses; ``local`` the same, but the hour
    is meant as written whatever offset stands behind it; ``day_first`` and ``month_first`` are
    dates of numbers such as 24.12.2026 or 12/24/26; ``words`` are dates as people write them, which
    may be several.
    """

    as_: Literal["iso", "local", "epoch_s", "epoch_ms", "day_first", "month_first", "words"] = (
        Field("iso", alias="as", description="Format of the date.")
    )
    zone: TimeZoneName | None = Field(
        None, description="Zone of dates without an offset, such as UTC. Empty: that of the event."
    )
    unknown_at: tuple[Clock, ...] = Field(
        (), description="Times (HH:MM, as written) that mean unknown, such as 23:59."
    )


class FlagOf(FieldOf):
    """Yes or no: true, 1, and these words in the languages of Europe.

    With ``yes`` or ``no`` exactly these count, and anything else says neither.
    """

    yes: tuple[Word, ...] = Field((), description="Texts that mean yes.")
    no: tuple[Word, ...] = Field((), description="Texts that mean no.")


class StatusOf(FieldOf):
    """The status; the words of schema.org and their variants are understood by themselves."""

    map: dict[Word, EventStatus] = Field({}, description="The source's words for a status.")


class AttendanceOf(FieldOf):
    """Where the audience is; the words of schema.org are understood by themselves."""

    map: dict[Word, Attendance] = Field({}, description="The source's words for an attendance.")


class CoordinatesOf(FieldOf):
    """Both coordinates at once: an object, a list of two numbers, a text of two, GeoJSON, WKT."""

    order: Literal["lat_lon", "lon_lat"] = Field(
        "lat_lon", description="Which comes first in lists and texts: latitude or longitude."
    )
    ignore: tuple[tuple[Latitude, Longitude], ...] = Field(
        (), description="Coordinates that mean unknown, each as [latitude, longitude]."
    )


class FieldMap(_Part):
    """Which member of an item becomes which field of a record. What is left out stays unknown."""

    external_id: FieldOf | None = Field(None, description="A value that is unique to the item.")
    occurrence_id: FieldOf | None = Field(
        None,
        description="A value that is unique to an occurrence within its item. Empty: its start.",
    )
    series_id: FieldOf | None = Field(
        None, description="A value that all items of a series share. Empty: each item is a series."
    )
    title: TextOf = Field(description="Title, as text or HTML.")
    url: TextOf | None = Field(None, description="URL of the event's page; may be relative.")
    starts_at: MomentOf = Field(description="Start: a date, or a date with its time.")
    start_time: TextOf | None = Field(
        None, description="Time of the start, if separate from its date."
    )
    ends_at: MomentOf | None = Field(None, description="End, or last day.")
    end_time: TextOf | None = Field(None, description="Time of the end, if separate from its date.")
    sessions: TextOf | None = Field(
        None,
        description="Words that tell the days and hours of an item whose start and end only span"
        " them; each session becomes an event.",
    )
    all_day: FlagOf | None = Field(
        None, description="True if neither start nor end has a known time."
    )
    time_unknown: FlagOf | None = Field(None, description="True if the start has no known time.")
    end_time_unknown: FlagOf | None = Field(None, description="True if the end has no known time.")
    date_unknown: FlagOf | None = Field(None, description="True if the date is unknown.")
    timezone: TextOf | None = Field(None, description="Time zone of the event.")
    status: StatusOf | None = Field(None, description="Status: whether the event takes place.")
    attendance: AttendanceOf | None = Field(
        None, description="Attendance: on site, online or both."
    )
    is_online: FlagOf | None = Field(
        None,
        description="Whether there is an online audience: with a venue, besides the one on site.",
    )
    venue_id: FieldOf | None = Field(None, description="The source's id of the venue.")
    venue_name: TextOf | None = Field(None, description="Name of the venue.")
    venue_street: TextOf | None = Field(None, description="Street and number.")
    venue_postcode: TextOf | None = Field(None, description="Postcode.")
    venue_locality: TextOf | None = Field(None, description="Town.")
    venue_region: TextOf | None = Field(None, description="Region, state or county.")
    venue_country: TextOf | None = Field(None, description="Country, by code or name.")
    venue_latitude: FieldOf | None = Field(None, description="Latitude, in degrees.")
    venue_longitude: FieldOf | None = Field(None, description="Longitude, in degrees.")
    venue_coordinates: CoordinatesOf | None = Field(None, description="Both at once.")
    performers: ListOf | None = Field(None, description="Who performs.")
    categories: ListOf | None = Field(None, description="Categories, keywords, tags.")
    organizer: TextOf | None = Field(None, description="Who is responsible.")
    description: TextOf | None = Field(None, description="Description, as text or HTML.")
    image_url: TextOf | None = Field(None, description="URL of a picture; may be relative.")
    language: TextOf | None = Field(None, description="Language of the event, such as 'fi'.")
    price: ListOf | None = Field(None, description="Prices in words.")
    price_min: FieldOf | None = Field(None, description="Lowest price, a number.")
    price_max: FieldOf | None = Field(None, description="Highest price, a number.")
    currency: TextOf | None = Field(None, description="Currency of the prices, such as EUR.")
    is_free: FlagOf | None = Field(None, description="Whether admission is free.")
    source_updated_at: MomentOf | None = Field(None, description="When the item last changed.")

    @model_validator(mode="before")
    @classmethod
    def _check_names(cls, given: Any) -> Any:  # noqa: ANN401  raw input of any shape
        for name in given if isinstance(given, dict) else ():
            if name not in cls.model_fields:
                close = get_close_matches(str(name), cls.model_fields, n=1)
                hint = f"did you mean {close[0]}?" if close else f"there are: {_listed(cls)}"
                raise ValueError(f"there is no field {name!r}; {hint}")
        return given


def _listed(model: type[BaseModel]) -> str:
    return ", ".join(model.model_fields)


class ListMoments(MomentOf):
    """Several dates: a list, or one text that holds them."""

    split: Annotated[str, StringConstraints(min_length=1, max_length=10)] | None = Field(
        None, description="Characters that separate the dates in a text, such as ';'."
    )


class Recurrence(_Part):
    """How items say that they recur between the days of their start and their end."""

    days: JsonPath | None = Field(
        None, description="Weekdays, such as 'MO,TU', or a list of English names or abbreviations."
    )
    frequency: JsonPath | None = Field(None, description="DAILY, WEEKLY, MONTHLY or YEARLY.")
    interval: JsonPath | None = Field(
        None, description="Interval, in days, weeks, months or years."
    )
    rule: JsonPath | None = Field(
        None, description="An iCalendar rule (RRULE) instead of the other members."
    )
    excluded: ListMoments | None = Field(None, description="Dates on which it does not take place.")
