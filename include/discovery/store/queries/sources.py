"""Which sources there are, with what hangs on them."""

from __future__ import annotations

from dataclasses import dataclass

from include.discovery.model import Source
from include.discovery.store.connection import Connection, rows
from include.discovery.store.entities import IS_ACTIVE, SOURCE

_SOURCES = f"""
SELECT {SOURCE}, s.version, count(cs.id) AS pairs,
    count(cs.id) FILTER (WHERE {IS_ACTIVE})
        AS active_pairs
FROM discovery.sources s
LEFT JOIN discovery.city_source cs ON cs.source_id = s.id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
GROUP BY s.id ORDER BY s.slug
"""  # noqa: S608  the columns are the store's own text


_PAIRS_OF_SOURCE = """
SELECT cs.id FROM discovery.city_source cs JOIN discovery.sources s ON s.id = cs.source_id
WHERE s.slug = %s
"""


@dataclass(frozen=True, slots=True)
class SourceInUse:
    """A source and what hangs on it."""

    source: Source
    version: int
    pairs: int
    active_pairs: int


def read_sources_in_use(conn: Connection) -> list[SourceInUse]:
    """Return all sources."""
    return [
        SourceInUse(
            version=row.pop("version"),
            pairs=row.pop("pairs"),
            active_pairs=row.pop("active_pairs"),
            source=Source.model_validate(row),
        )
        for row in rows(conn, _SOURCES)
    ]


def pairs_of_source(conn: Connection, source: str) -> list[int]:
    """Return the ids of a source's pairs."""
    return [row[0] for row in conn.execute(_PAIRS_OF_SOURCE, [source]).fetchall()]
