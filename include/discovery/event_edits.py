"""What a person may say of an event in place of its sources: it wins over all of them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    NaiveDatetime,
    StringConstraints,
    model_validator,
)

from include.discovery.field_types import Text, TimeZoneName, WebUrl
from include.discovery.model import Attendance, EventField, EventStatus, LanguageTag, Price, Venue

_Line = Annotated[Text, StringConstraints(max_length=500, strip_whitespace=True)]
_Lines = Annotated[tuple[_Line, ...], Field(max_length=200)]


class _Edit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EventTime(_Edit):
    """When an event is, on the clock of its place."""

    local_date: Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))]
    local_time: time | None = None
    """None: the hour is not known."""
    ends_local: Annotated[NaiveDatetime, Field(le=datetime(2200, 1, 1))] | None = None  # noqa: DTZ001  on the clock of the place
    timezone: TimeZoneName

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.local_time is not None and self.local_time.tzinfo is not None:
            raise ValueError("local_time is on the clock of the place: without an offset")
        starts = datetime.combine(self.local_date, self.local_time or time())
        if self.ends_local is not None and self.ends_local < starts:
            raise ValueError("ends before it starts")
        return self

    def columns(self) -> dict[EventField, dict[str, JsonValue]]:
        """Return start and end as the columns of an event hold them."""
        known = self.local_time is not None
        start = self._instant(datetime.combine(self.local_date, self.local_time or time()))
        end = None if self.ends_local is None else self._instant(self.ends_local)
        return {
            EventField.START: {
                "local_date": self.local_date.isoformat(),
                "time_known": known,
                "starts_at": start if known else None,
                "timezone": self.timezone,
            },
            EventField.END: {"ends_at": end},
        }

    def _instant(self, local: datetime) -> str:
        return local.replace(tzinfo=ZoneInfo(self.timezone)).isoformat()


class EventEdit(_Edit):
    """Values of an event. One that is left out is not edited; None says that there is none."""

    title: _Line = Field(default="")
    url: WebUrl | None = None
    time: EventTime = Field(default=None)  # type: ignore[assignment]  # left out
    venue: Venue | None = None
    """One of its name, town and country is that venue: its known address stays."""
    status: EventStatus = EventStatus.SCHEDULED
    attendance: Attendance = Attendance.OFFLINE
    performers: _Lines = ()
    categories: _Lines = ()
    organizer: _Line | None = None
    description: Annotated[Text, StringConstraints(max_length=20_000)] | None = None
    image_url: WebUrl | None = None
    language: LanguageTag | None = None
    price: Price | None = None

    @model_validator(mode="after")
    def _check_venue(self) -> Self:
        if self.venue is not None and not (self.venue.name or self.venue.street):
            raise ValueError("the venue has neither a name nor a street")
        return self

    def columns(self) -> dict[EventField, dict[str, JsonValue]]:
        """Return what is edited as the columns of an event hold it, all but the venue."""
        said: dict[EventField, dict[str, JsonValue]] = {}
        values: dict[str, Any] = self.model_dump(mode="json", include=self.model_fields_set)
        for name, value in values.items():
            if name == "time":
                said |= self.time.columns()
            elif name == "price":
                price = value or dict.fromkeys(Price.model_fields)
                said[EventField.PRICE] = {f"price_{part}": price[part] for part in price}
            elif name != "venue":
                said[EventField(name)] = {name: value}
        return said
