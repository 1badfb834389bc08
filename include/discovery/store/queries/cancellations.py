"""Which events a source calls cancelled that are on by the word of others: for a person to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from include.discovery.store.connection import Connection, rows
from include.discovery.store.queries.events import TODAY

MOST_SHOWN: Final = 50

_DOUBTFUL = f"""
SELECT e.id, e.title, e.starts_at, e.ends_at, e.local_date, e.time_known, e.timezone, e.status,
    array_agg(DISTINCT s.name ORDER BY s.name) AS cancelled_by,
    ARRAY(
        SELECT DISTINCT other.name FROM discovery.listings o
        JOIN discovery.sources other ON other.id = o.source_id
        WHERE o.event_id = e.id AND o.withdrawn_at IS NULL AND o.status <> 'cancelled'
        ORDER BY other.name) AS listed_by
FROM discovery.listings l
JOIN discovery.events e ON e.id = l.event_id
JOIN discovery.sources s ON s.id = l.source_id
WHERE l.status = 'cancelled' AND l.withdrawn_at IS NULL AND l.local_date >= {TODAY}
  AND e.status <> 'cancelled' AND 'status' <> ALL(e.edited) {{in_city}}
GROUP BY e.id
ORDER BY e.local_date, e.id LIMIT {MOST_SHOWN}
"""  # noqa: S608  the module's own text

_IN_CITY = "AND e.city_id = (SELECT id FROM discovery.cities WHERE slug = %(city)s)"


@dataclass(frozen=True, slots=True)
class DoubtfulCancellation:
    """An event that some source calls cancelled and that is not."""

    id: int
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    local_date: date | None
    time_known: bool
    timezone: str
    status: str
    """By the sources whose word counts more, or by others together."""
    cancelled_by: list[str]
    """Names of the sources that call it cancelled."""
    listed_by: list[str]
    """Names of those that do not."""


def doubtful_cancellations(conn: Connection, city: str | None = None) -> list[DoubtfulCancellation]:
    """Return upcoming events that a source calls cancelled and others do not, what is soon first.

    No more than ``MOST_SHOWN``. Once a person has said what the status of the event is, it is none
    of them.
    """
    query = _DOUBTFUL.format(in_city="" if city is None else _IN_CITY)
    return [DoubtfulCancellation(**row) for row in rows(conn, query, {"city": city})]
