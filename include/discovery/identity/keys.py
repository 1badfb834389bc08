"""Match keys: listings with equal keys are the same venue or the same event beyond doubt.

The keys are exact on purpose. They join what differs in case, accents and punctuation only; a wrong
merge hides an event from people, a missed one merely shows it twice.
"""

from __future__ import annotations

import hashlib
from datetime import UTC

from include.discovery.model import EventRecord, Venue
from include.discovery.text.cleaning import fold


def venue_key(venue: Venue | None, city_slug: str | None) -> str | None:
    """Key of a venue: its folded name (or street) within its place; None if it has neither.

    The place is the venue's own locality, else the city that was searched.
    """
    if venue is None:
        return None
    name = fold(venue.name or venue.street or "")
    if not name:
        return None
    place = fold(venue.locality or city_slug or "")
    return _bounded("|".join((name, place, (venue.country or "").lower())))


def event_key(record: EventRecord, venue: str | None, source_slug: str) -> str:
    """Key of an event: what, when and where, all three.

    Without a place or a date nothing but the listing itself says what it is: two story hours of one
    library network may share title and time and still be two.
    """
    title = fold(record.title)
    if venue is None or record.local_date is None or not title:
        return _bounded(f"{source_slug}:{record.external_id}")
    when = record.starts_at.astimezone(UTC).isoformat() if record.starts_at else ""
    return _bounded("|".join((record.local_date.isoformat(), when, venue, title)))


def _bounded(key: str) -> str:
    """Keep keys readable, and within what a PostgreSQL index entry can hold (2,704 bytes)."""
    if len(key) <= 400:
        return key
    return f"{key[:300]}#{hashlib.sha256(key.encode()).hexdigest()}"
