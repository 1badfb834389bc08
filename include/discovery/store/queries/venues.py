"""Which venues are known, and through whom."""

from __future__ import annotations

from dataclasses import dataclass

from include.discovery.model import SourceRole
from include.discovery.store.connection import Connection, rows
from include.discovery.store.queries.events import IS_UPCOMING

_ONLY_THROUGH_AGGREGATORS = f"""
WITH known AS (
    SELECT e.venue_id, count(DISTINCT e.id) AS events,
        array_agg(DISTINCT s.slug ORDER BY s.slug) AS sources
    FROM discovery.events e
    CROSS JOIN unnest(e.source_ids) AS own (source_id)
    JOIN discovery.sources s ON s.id = own.source_id
    WHERE e.city_id = (SELECT id FROM discovery.cities WHERE slug = %(city)s) AND {IS_UPCOMING}
    GROUP BY e.venue_id
    HAVING bool_and(s.role = '{SourceRole.AGGREGATOR}')
)
SELECT v.name, v.street, v.locality, k.events, k.sources
FROM known k JOIN discovery.venues v ON v.id = k.venue_id
ORDER BY k.events DESC, v.name, v.id
"""  # noqa: S608  the module's own text


@dataclass(frozen=True, slots=True)
class KnownVenue:
    """A venue, how many upcoming events it has, and the slugs of the sources that list them."""

    name: str
    street: str | None
    locality: str | None
    events: int
    sources: list[str]


def venues_through_aggregators(conn: Connection, city: str) -> list[KnownVenue]:
    """Return the venues of a city whose upcoming events only aggregators list, the busiest first.

    A calendar or site of their own would be a better source.
    """
    return [KnownVenue(**row) for row in rows(conn, _ONLY_THROUGH_AGGREGATORS, {"city": city})]
