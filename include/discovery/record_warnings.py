"""What a record may warn of: what was assumed, repaired, left out, or contradicts itself.

The vocabulary is fixed, so that warnings can be counted, per source as well, and looked up in
docs/warnings.md. A record holds the text; :func:`kind_of` tells which kind a text is of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache, lru_cache

from include.discovery.text.encoding import DAMAGED


class Vocabulary(StrEnum):
    """Kinds of warnings; a value is the text, with the names of what is filled in in braces."""

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
    FIRST_START_TAKEN = "{count} starts: the first is taken"
    SEVERAL_PLACES = "several places; also at {others}"
    # Assumed
    ZONE_NOT_GIVEN = "no time zone given: {zone} taken"
    ZONE_UNKNOWN = "time zone {name} is unknown: {zone} taken"
    ZONE_BADLY_DEFINED = "time zone {name} is badly defined ({reason}): {zone} taken"
    ZONE_CONTRADICTS = "calendar time zone {name} contradicts {place}: {zone} taken"
    SUSPECT_OFFSET = "suspect offset {name}: start_date taken as time in {zone}"
    STATUS_UNKNOWN = "unknown status {status}: taken as {taken}"
    WHOLE_DAYS = "00:00 to 00:00: taken as whole days"
    DATE_FROM_WORDS = "startDate read from words"
    HOUR_OF_DOORS = "hour taken from doorTime"
    HOUR_SHOWN_ON_PAGE = "startDate is in UTC: the page shows {shown}"
    DATE_TO_BE_ANNOUNCED = "date to be announced"
    END_APPROXIMATE = "the end is approximate"
    # Contradicts itself
    INSTANT_CONTRADICTS = "{field}: dateTime {instant} is not local {said}, which was kept"
    FREE_AGAINST_PRICE = "said to be {said}, against its price"
    # Identity
    UID_MADE = "no UID: made from title, start and place"
    UID_SHARED = "the feed uses this UID for several events"
    ID_SHARED = "another event of the feed has the same id"
    # Damage and repairs
    END_LINE_MISSING = "END:VEVENT is missing"
    JSON_REPAIRED = "JSON repaired: {repair}"
    LETTERS_DAMAGED = f"{{fields}}: {DAMAGED}"
    KEY_MASKED = "the source put the key of its connection into {field}, where it was masked"


def pattern_of(kind: Vocabulary) -> re.Pattern[str]:
    """Return the pattern that the texts of a kind have."""
    return re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", kind))), re.DOTALL)


def kind_of(warning: str, vocabularies: Sequence[type[Vocabulary]]) -> Vocabulary | None:
    """Return the kind of which a warning is; None for one of no kind."""
    return _kind_of(warning, tuple(vocabularies))


@lru_cache(maxsize=2_000)
def _kind_of(warning: str, vocabularies: tuple[type[Vocabulary], ...]) -> Vocabulary | None:
    patterns = (each for vocabulary in vocabularies for each in _patterns(vocabulary))
    return next((kind for kind, pattern in patterns if pattern.fullmatch(warning)), None)


@cache
def _patterns(vocabulary: type[Vocabulary]) -> list[tuple[Vocabulary, re.Pattern[str]]]:
    """Return the patterns of a vocabulary, those with the most fixed words first."""
    kinds = sorted(vocabulary, key=lambda kind: len(re.sub(r"\{\w+\}", "", kind)), reverse=True)
    return [(kind, pattern_of(kind)) for kind in kinds]
