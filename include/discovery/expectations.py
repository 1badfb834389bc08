"""What a person expects of a source or a pair, and whether it may alert: part of its configuration.

A pair has what its source says, with its own on top.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from include.discovery.field_types import Text, WebUrl


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Measure(StrEnum):
    """What is measured of a run's events; all but the first are shares from 0 to 1."""

    EVENTS = "events"
    """How many there are."""
    VENUE = "with_venue"
    TIME = "with_time"
    """Their hour is known, and not only their day."""
    PRICE = "with_price"
    MIDNIGHT = "at_midnight"
    """They start at 00:00 where they take place: what a lost hour often turns into."""
    REJECTED = "rejected"
    """Of all items, those that were not usable events."""
    WARNINGS = "with_warnings"
    """Something in them was unknown, repaired or guessed."""


class Assertion(_Frozen):
    """Bounds that a measure of each run has to stay within."""

    least: Annotated[float, Field(ge=0)] | None = None
    """Below it the run withdraws nothing."""
    most: Annotated[float, Field(ge=0)] | None = None
    """Above it the run warns."""
    muted_until: date | None = None
    """It does not apply until the end of that day (UTC)."""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.least is None and self.most is None:
            raise ValueError("least or most is needed")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("the bound at least is above the bound at most")
        return self


class Mute(_Frozen):
    """Nobody is alerted about a known problem, for as long as somebody works on it."""

    issue: WebUrl
    """Where it is worked on."""
    until: date
    """The last day (UTC): no mute lasts for ever."""
    reason: Annotated[Text, StringConstraints(max_length=200)] | None = None


_DAY: Final = re.compile(r"(\d\d)-(\d\d)")


def _day_of_year(text: str) -> tuple[int, int]:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a day of the year such as 07-01")
    month, day = int(found[1]), int(found[2])
    date(2024, month, day)  # a leap year: 02-29 is allowed
    return month, day


class Season(_Frozen):
    """Days of each year, both included; they may go beyond its end."""

    first: str
    """As ``07-01``."""
    last: str

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        _day_of_year(self.first)
        _day_of_year(self.last)
        return self

    def covers(self, day: date) -> bool:
        """Say whether a day is within the season."""
        first, last = _day_of_year(self.first), _day_of_year(self.last)
        this = (day.month, day.day)
        return first <= this <= last if first <= last else this >= first or this <= last


class Monitoring(_Frozen):
    """What is expected of a source or a pair, and whether it may alert."""

    mute: Mute | None = None
    expected_empty: Annotated[tuple[Season, ...], Field(max_length=12)] = ()
    """Seasons in which it is in order that the source lists nothing."""
    assertions: Mapping[Measure, Assertion] = {}

    def beneath(self, pair: Monitoring) -> Monitoring:
        """Return what stands for a pair of this source: the source's, with the pair's on top."""
        mutes = [mute for mute in (self.mute, pair.mute) if mute is not None]
        return Monitoring(
            mute=max(mutes, key=lambda mute: mute.until, default=None),
            expected_empty=(*self.expected_empty, *pair.expected_empty)[:12],
            assertions={**self.assertions, **pair.assertions},
        )

    def expects_empty(self, day: date) -> bool:
        """Say whether it is in order that the source lists nothing on a day."""
        return any(season.covers(day) for season in self.expected_empty)

    def mute_on(self, day: date) -> Mute | None:
        """Return the mute that holds on a day, if there is one."""
        return self.mute if self.mute is not None and day <= self.mute.until else None

    def assertions_on(self, day: date) -> dict[Measure, Assertion]:
        """Return the assertions that apply on a day."""
        return {
            measure: assertion
            for measure, assertion in self.assertions.items()
            if assertion.muted_until is None or day > assertion.muted_until
        }
