"""What a record may warn of: what was assumed, repaired, left out, or contradicts itself.

The vocabulary is fixed, so that warnings can be counted, per source as well, and looked up in
docs/warnings.md. A record holds the text; :func:`kind_of` tells which kind a text is of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final, Self

from include.discovery.model import EventField, EventStatus
from include.discovery.text.encoding import DAMAGED


class Vocabulary(StrEnum):
    """Kinds of warnings; a value is the text, with the names of what is filled in in braces."""

    assumed: EventField | None
    """What of the event was assumed or repaired; None: what is there is what the source says."""

    def __new__(cls, text: str, assumed: EventField | None = None) -> Self:
        """Make a kind of its text, and of what it is about."""
        kind = str.__new__(cls, text)
        kind._value_ = text
        kind.assumed = assumed
        return kind

    def said(self, **parts: object) -> str:
        """Return the text of the warning, filled in."""
        return self.value.format(**parts)


class SourceWarning(Vocabulary):
    """What readers of sources warn of, apart from dates and places."""

    # Left out
    FIELD_DROPPED = "{field} dropped: {reason}"
    PROPERTIES_CUT = "more than {most} properties: what comes after was not read"
    TOO_LONG = "lasts {days} days: the end is dropped"
    END_BEFORE_START = "the end lies before the start and is dropped"
    NOT_UNDERSTOOD = "{field} not understood ({reason})"
    RECURRENCE_NOT_UNDERSTOOD = "its recurrence is not understood: more dates are likely"
    RECURRENCE_CUT = "recurrence cut: {reason}"
    # Chosen among several
    FIRST_START_TAKEN = "{count} starts: the first is taken", EventField.START
    SEVERAL_PLACES = "several places; also at {others}", EventField.VENUE
    # Assumed
    ZONE_NOT_GIVEN = "no time zone given: {zone} taken", EventField.START
    ZONE_UNKNOWN = "time zone {name} is unknown: {zone} taken", EventField.START
    ZONE_BADLY_DEFINED = (
        "time zone {name} is badly defined ({reason}): {zone} taken",
        EventField.START,
    )
    ZONE_CONTRADICTS = (
        "calendar time zone {name} contradicts {place}: {zone} taken",
        EventField.START,
    )
    STATUS_FROM_TITLE = "status {status} is taken from the title", EventField.STATUS
    STATUS_UNKNOWN = "unknown status {status}: taken as {taken}", EventField.STATUS
    WHOLE_DAYS = "00:00 to 00:00: taken as whole days", EventField.START
    DATE_FROM_WORDS = "startDate read from words", EventField.START
    HOUR_OF_DOORS = "hour taken from doorTime", EventField.START
    HOUR_SHOWN_ON_PAGE = "startDate is in UTC: the page shows {shown}", EventField.START
    DATE_TO_BE_ANNOUNCED = "date to be announced"
    END_APPROXIMATE = "the end is approximate", EventField.END
    # Contradicts itself
    INSTANT_CONTRADICTS = (
        "{field}: dateTime {instant} is not local {said}, which was kept",
        EventField.START,
    )
    FREE_AGAINST_PRICE = "said to be {said}, against its price", EventField.PRICE
    # Identity
    UID_MADE = "no UID: made from title, start and place"
    UID_SHARED = "the feed uses this UID for several events"
    ID_SHARED = "another event of the feed has the same id"
    # Damage and repairs
    END_LINE_MISSING = "END:VEVENT is missing"
    JSON_REPAIRED = "JSON repaired: {repair}"
    LETTERS_DAMAGED = f"{{fields}}: {DAMAGED}"
    KEY_MASKED = "the source put the key of its connection into {field}, where it was masked"


class DateWarning(Vocabulary):
    """What reading a date may guess, repair or leave out."""

    # The calendar
    YEAR_NOT_GIVEN = "year not given; taken as {years}", EventField.START
    WEEKDAY_CONTRADICTS = "{day} is a {weekday}, not a {said}", EventField.START
    ORDER_REVERSED = (
        "day and month read in the other order, since there is no month above 12",
        EventField.START,
    )
    DAY_NOT_GIVEN = "day not given; taken as the whole month", EventField.START
    FIRST_DAY_NOT_GIVEN = "first day not given; taken as today", EventField.START
    ONLY_LAST_DAY_GIVEN = "first day not given; only the last is known", EventField.START
    LAST_DAY_NOT_GIVEN = "last day not given"
    NEXT_TAKEN_AS_FIRST = "'next' taken as the first one after today", EventField.START
    WEEKS_NOT_GIVEN = "which weeks is not given; counted from today", EventField.START
    LEFT_OUT = "{what}; left out"
    # The clock
    HOUR_UNKNOWN = "00:00 taken as an unknown hour", EventField.START
    HOUR_DOUBTFUL = "00:00 may stand for an unknown hour", EventField.START
    MIDNIGHT_AS_BEGINNING = "midnight taken as the beginning of the day", EventField.START
    MORNING_ASSUMED = "morning or evening not given; taken as morning", EventField.START
    AFTERNOON_ASSUMED = "morning or evening not given; taken as afternoon", EventField.START
    DOORS_HOUR = "the hour is when the doors open", EventField.START
    HOURS_LEFT_OUT = "not a few days in a row; its hours are left out"
    SKIPPED_BY_CLOCKS = "{time} does not exist in {zone}; moved forward", EventField.START
    # The end
    END_NEXT_DAY = "end before start: taken as past midnight", EventField.END
    END_BEFORE_START = "end {end} lies before the start and was dropped"
    END_WITHOUT_HOUR_DROPPED = "end {end} without an hour was dropped"
    END_WITHOUT_HOUR_KEPT = (
        "end {end} without an hour: taken as the end of that day",
        EventField.END,
    )
    ONLY_END_HOUR_GIVEN = "only the end of its hours is given; dropped"
    # The time zone
    OFFSET_OF_ELSEWHERE = (
        "offset {offset} is not of {zone}, where the time is shown",
        EventField.START,
    )
    OFFSET_SUSPECT = "suspect offset {offset}: taken as the time in {zone}", EventField.START
    ZONE_OF_OTHER_SEASON = (
        "{name} is not in use on that day; taken as the time in {zone}",
        EventField.START,
    )


class PlaceWarning(Vocabulary):
    """What readers of places, and of where the audience is, warn of."""

    ONLY_A_TOWN = "venue: only the town is known", EventField.VENUE
    LINK_AS_PLACE = "venue: only a web address is given; taken as online", EventField.ATTENDANCE
    ONLINE_PLACE = "attendance: said to be on site, but the place is online", EventField.ATTENDANCE
    REAL_PLACE = (
        "attendance: said to be online, but a street address is given",
        EventField.ATTENDANCE,
    )


VOCABULARIES: Final = (SourceWarning, DateWarning, PlaceWarning)


def status_of_title(
    status: EventStatus, marked: EventStatus | None, told: EventStatus | None = None
) -> tuple[str, ...]:
    """Return the warning that a status is taken from the title, if it is.

    :param marked: the one that the title speaks of.
    :param told: the one that a field of the source tells.
    """
    if marked is None or status is not marked or told is marked:
        return ()
    return (SourceWarning.STATUS_FROM_TITLE.said(status=status.value),)


def pattern_of(kind: Vocabulary) -> re.Pattern[str]:
    """Return the pattern that the texts of a kind have."""
    return re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", kind))), re.DOTALL)


@lru_cache(maxsize=2_000)
def kind_of(warning: str) -> Vocabulary | None:
    """Return the kind of which a warning is; None for one of no kind, of an older version."""
    return next((kind for kind, pattern in _patterns() if pattern.fullmatch(warning)), None)


def assumed_fields(warnings: Iterable[str]) -> tuple[EventField, ...]:
    """Return what of an event was assumed or repaired, by its warnings; in the order of fields."""
    kinds = {kind for warning in warnings if (kind := kind_of(warning)) is not None}
    assumed = {kind.assumed for kind in kinds}
    return tuple(each for each in EventField if each in assumed) if assumed else ()


ASSUMED_FIELDS: Final = tuple(
    each
    for each in EventField
    if any(kind.assumed is each for vocabulary in VOCABULARIES for kind in vocabulary)
)
"""All that may be assumed or repaired."""


@cache
def _patterns() -> list[tuple[Vocabulary, re.Pattern[str]]]:
    """Return the patterns of all kinds, those with the most fixed words first."""
    kinds = [kind for vocabulary in VOCABULARIES for kind in vocabulary]
    kinds.sort(key=lambda kind: len(re.sub(r"\{\w+\}", "", kind)), reverse=True)
    return [(kind, pattern_of(kind)) for kind in kinds]


def fixed_words(warning: str) -> str:
    """Return what all warnings of a kind share: ``year not given; taken as …``.

    A warning of no kind, of an older version, is returned as it is.
    """
    kind = kind_of(warning)
    return re.sub(r"\{\w+\}", "…", kind) if kind else warning
