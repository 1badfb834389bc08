"""How many events there are: upcoming ones of pairs and cities, and new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from include.discovery.store.connection import Connection

TODAY = "(now() AT TIME ZONE 'UTC')::date"
IS_UPCOMING = f"withdrawn_at IS NULL AND local_date >= {TODAY}"
"""Of a listing or an event: not withdrawn, and not over."""

# Counted pair by pair and city by city: in each only what is upcoming is read, from an index alone.
_LISTINGS_BY_PAIR = f"""
SELECT cs.id, (
    SELECT count(*) FROM discovery.listings
    WHERE city_source_id = cs.id AND {IS_UPCOMING})
FROM discovery.city_source cs
"""  # noqa: S608  the module's own text

_UPCOMING_BY_CITY = f"""
SELECT c.slug, (
    SELECT count(*) FROM discovery.events WHERE city_id = c.id AND {IS_UPCOMING})
FROM discovery.cities c
UNION ALL
SELECT NULL, count(*) FROM discovery.events WHERE city_id IS NULL AND {IS_UPCOMING}
"""  # noqa: S608  the module's own text

_NEW_THIS_WEEK = """
SELECT count(*) FROM discovery.events
WHERE withdrawn_at IS NULL AND created_at >= now() - interval '7 days'
"""

_LISTINGS_IN_CITY = f"""
SELECT s.slug, sum(here.listings)::bigint
FROM discovery.city_source cs
JOIN discovery.sources s ON s.id = cs.source_id
CROSS JOIN LATERAL (
    SELECT count(*) AS listings FROM discovery.listings
    WHERE city_source_id = cs.id AND {IS_UPCOMING}
      AND city_id = (SELECT id FROM discovery.cities WHERE slug = %(city)s)
) here
WHERE cs.id = ANY(%(pairs)s) AND cs.city_id IS NULL AND here.listings > 0
GROUP BY s.slug
"""  # noqa: S608  the module's own text


@dataclass(frozen=True, slots=True)
class EventCounts:
    """How much there is to see: upcoming listings of pairs, upcoming and new events."""

    listings_by_pair: Mapping[int, int]
    upcoming_by_city: Mapping[str | None, int]
    upcoming: int
    new_this_week: int


def count_events(conn: Connection) -> EventCounts:
    """Count what is upcoming and new; for hundreds of thousands keep the answer for a while."""
    by_city: dict[str | None, int] = dict(conn.execute(_UPCOMING_BY_CITY).fetchall())
    new = conn.execute(_NEW_THIS_WEEK).fetchone()
    return EventCounts(
        listings_by_pair=dict(conn.execute(_LISTINGS_BY_PAIR).fetchall()),
        upcoming_by_city=by_city,
        upcoming=sum(by_city.values()),
        new_this_week=new[0] if new else 0,
    )


def listings_in_city(conn: Connection, city: str, pairs: list[int]) -> dict[str, int]:
    """Return how many upcoming listings those of the pairs that have no city have in this one.

    By source. A pair of the city itself lists nothing elsewhere: :func:`count_events` knows it.
    """
    return dict(conn.execute(_LISTINGS_IN_CITY, {"city": city, "pairs": pairs}).fetchall())
