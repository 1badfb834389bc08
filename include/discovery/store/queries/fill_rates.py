"""How much of what an event can say a source does say, and what had to be assumed of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from include.discovery.record_warnings import fixed_words
from include.discovery.store.connection import Connection, rows
from include.discovery.store.queries.events import IS_UPCOMING

_IS_FILLED = {
    "link": "l.url IS NOT NULL",
    "time": "l.time_known",
    "end": "l.ends_at IS NOT NULL",
    "venue": "l.venue_id IS NOT NULL",
    "address": "v.street IS NOT NULL",
    "coordinates": "v.latitude IS NOT NULL",
    "price": "num_nonnulls(l.price_min, l.price_max, l.price_is_free, l.price_text) > 0",
    "description": "l.description IS NOT NULL",
    "image": "l.image_url IS NOT NULL",
    "organizer": "l.organizer IS NOT NULL",
    "performers": "l.performers <> '{}'",
    "categories": "l.categories <> '{}'",
    "language": "l.language IS NOT NULL",
}

_FILL_RATES = f"""
SELECT count(*) AS events,
    {", ".join(f"count(*) FILTER (WHERE {test}) AS {name}" for name, test in _IS_FILLED.items())}
FROM discovery.listings l LEFT JOIN discovery.venues v ON v.id = l.venue_id
WHERE l.city_source_id = ANY(%(pairs)s) AND {IS_UPCOMING}
"""  # noqa: S608  the module's own text


_MOST_TEXTS = 1_000
_WARNINGS = f"""
SELECT warning, count(*) AS events
FROM discovery.listings l CROSS JOIN unnest(l.warnings) AS warning
WHERE l.city_source_id = ANY(%(pairs)s) AND {IS_UPCOMING}
GROUP BY warning ORDER BY events DESC, warning LIMIT {_MOST_TEXTS}
"""  # noqa: S608  the module's own text


@dataclass(frozen=True, slots=True)
class FillRates:
    """How many upcoming events say what."""

    events: int
    """All of them."""
    filled: Mapping[str, int]
    """Field → how many events say it."""


def fill_rates(conn: Connection, pairs: Collection[int]) -> FillRates:
    """Count what the upcoming events say that some pairs list."""
    (row,) = rows(conn, _FILL_RATES, {"pairs": list(pairs)})
    return FillRates(events=row.pop("events"), filled=row)


def warnings_told(conn: Connection, pairs: Collection[int]) -> Mapping[str, int]:
    """Count the upcoming events of some pairs by their warnings, the commonest kinds first.

    Warnings of one kind are counted as one, by their fixed words; of more than 1,000 different
    texts the commonest are counted.
    """
    counts: Counter[str] = Counter()
    for row in rows(conn, _WARNINGS, {"pairs": list(pairs)}):
        counts[fixed_words(row["warning"])] += row["events"]
    return dict(counts.most_common())
