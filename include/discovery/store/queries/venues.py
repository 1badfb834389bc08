"""Which venues are known, through whom, which may be one, and what people say of that."""

# ruff: noqa: S608  statements are made of the module's own text; values are bound

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from include.discovery.identity.judging import Verdict
from include.discovery.identity.venues import Relation, compare, place_of
from include.discovery.model import SourceRole, Venue
from include.discovery.store.connection import Connection, rows
from include.discovery.store.queries.events import IS_UPCOMING, TODAY

LEAST_TITLES: Final = 3
"""Two venues that share so many titles at the same starts may be one."""
MOST_FOUND: Final = 100
_MOST_COMPARED: Final = 1_000
"""So many pairs of venues are compared by the rules at most, those with most in common."""
LEAST_LINKED: Final = 2
"""A site to which so many events of one venue alone are linked may be that of the venue."""

_NAMED = """
    SELECT DISTINCT COALESCE(same_as_id, id) AS id FROM discovery.venues
    WHERE search @@ to_tsquery('simple', (
        SELECT string_agg(format('%%L:*', left(word, 100)), ' & ')
        FROM regexp_split_to_table(discovery.folded(%(text)s), ' ') word WHERE word <> ''))
"""
_OF_CITY = "(SELECT id FROM discovery.cities WHERE slug = %(city)s)"
_BUSIEST_OF_CITY = f"""
    SELECT venue_id AS id FROM discovery.events
    WHERE city_id = {_OF_CITY} AND {IS_UPCOMING} AND venue_id IS NOT NULL
    GROUP BY venue_id ORDER BY count(*) DESC, venue_id
"""
_NAMED_OF_CITY = f"""
    SELECT id FROM ({_BUSIEST_OF_CITY}) AS of_city JOIN ({_NAMED}) AS named USING (id)
"""

_FIND = f"""
SELECT v.id, COALESCE(v.given_name, v.name) AS name, v.given_name IS NOT NULL AS is_renamed,
    v.street, v.locality, b.id AS building, COALESCE(b.given_name, b.name) AS building_name,
    o.names, e.upcoming
FROM ({{found}} LIMIT {MOST_FOUND + 1}) found
JOIN discovery.venues v USING (id)
LEFT JOIN discovery.venues p ON p.id = v.parent_id
LEFT JOIN discovery.venues b ON b.id = COALESCE(p.same_as_id, p.id)
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(a.id, a.name) AS names FROM discovery.venues a
    WHERE a.same_as_id = v.id
) o ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS upcoming FROM discovery.events WHERE venue_id = v.id AND {IS_UPCOMING}
) e
ORDER BY e.upcoming DESC, name, v.id
"""

# A title counts once, however often it is repeated.
_PROPOSALS = f"""
WITH told AS MATERIALIZED (
    SELECT l.event_id, l.source_id, COALESCE(v.same_as_id, v.id) AS venue_id, l.starts_at,
        lower(l.title) AS title
    FROM discovery.listings l JOIN discovery.venues v ON v.id = l.venue_id
    WHERE COALESCE(l.city_id, 0) = (SELECT id FROM discovery.cities WHERE slug = %(city)s)
      AND l.local_date >= {TODAY} AND l.withdrawn_at IS NULL AND l.starts_at IS NOT NULL
),
shared AS (
    SELECT a.venue_id AS one, b.venue_id AS other, title
    FROM told a JOIN told b USING (starts_at, title)
    WHERE a.venue_id < b.venue_id AND a.source_id <> b.source_id
    UNION
    -- What matching has made one event by other signs, as a ticket or an id.
    SELECT a.venue_id, b.venue_id, LEAST(a.title, b.title)
    FROM told a JOIN told b USING (event_id, starts_at)
    WHERE a.venue_id < b.venue_id AND a.source_id <> b.source_id
),
pairs AS (
    SELECT one, other, count(*) AS titles, (array_agg(title ORDER BY title))[1:3] AS examples
    FROM shared GROUP BY one, other HAVING count(*) >= {LEAST_TITLES}
)
SELECT p.titles, p.examples, to_jsonb(a) AS first, to_jsonb(b) AS second
FROM pairs p
JOIN discovery.venues a ON a.id = p.one
JOIN discovery.venues b ON b.id = p.other
WHERE NOT EXISTS (
    SELECT FROM told x JOIN told y USING (source_id)
    WHERE x.venue_id = p.one AND y.venue_id = p.other)
  AND NOT EXISTS (
    SELECT FROM discovery.venue_judgements j
    JOIN discovery.venues f ON f.id = j.first_id
    JOIN discovery.venues s ON s.id = j.second_id
    WHERE p.one IN (f.id, f.same_as_id, s.id, s.same_as_id)
      AND p.other IN (f.id, f.same_as_id, s.id, s.same_as_id))
  AND a.parent_id IS NULL AND b.parent_id IS NULL
ORDER BY p.titles DESC, p.one, p.other
LIMIT {_MOST_COMPARED}
"""

# Of pairs that were proposed before: what people have answered since.
_ANSWERED = """
SELECT p.one, p.other
FROM unnest(%(ones)s::bigint[], %(others)s::bigint[]) AS p (one, other)
JOIN discovery.venues a ON a.id = p.one
JOIN discovery.venues b ON b.id = p.other
WHERE num_nonnulls(a.same_as_id, b.same_as_id, a.parent_id, b.parent_id) > 0
   OR EXISTS (
    SELECT FROM discovery.venue_judgements j
    WHERE j.first_id = LEAST(p.one, p.other) AND j.second_id = GREATEST(p.one, p.other))
"""

_JUDGEMENTS = """
SELECT j.verdict, j.decided_by, j.reason, j.decided_at, to_jsonb(a) AS first, to_jsonb(b) AS second
FROM discovery.venue_judgements j
JOIN discovery.venues a ON a.id = j.first_id
JOIN discovery.venues b ON b.id = j.second_id
"""

_LATEST_JUDGEMENTS = f"{_JUDGEMENTS} ORDER BY j.decided_at DESC, j.first_id, j.second_id LIMIT %s"

# Of all names of its venues: people may have said it of another one.
_JUDGEMENTS_OF_EVENT = f"""
WITH here AS MATERIALIZED (
    SELECT DISTINCT COALESCE(v.same_as_id, v.id) AS id
    FROM discovery.listings l JOIN discovery.venues v ON v.id = l.venue_id
    WHERE l.event_id = %(event)s
),
names AS MATERIALIZED (
    SELECT id FROM here UNION
    SELECT v.id FROM here JOIN discovery.venues v ON v.same_as_id = here.id
)
{_JUDGEMENTS}
WHERE j.first_id = ANY(ARRAY(SELECT id FROM names))
   OR j.second_id = ANY(ARRAY(SELECT id FROM names))
ORDER BY j.decided_at DESC, j.first_id, j.second_id LIMIT {MOST_FOUND}
"""

_HOST = "lower(substring({0} FROM '^https?://([^/:?#]+)'))"

# A site is a venue's own if several of its events are linked there, and none of another venue or
# without a venue. Sites of the sources themselves are not.
_ONLY_THROUGH_AGGREGATORS = f"""
WITH upcoming AS MATERIALIZED (
    SELECT id, venue_id, source_ids FROM discovery.events
    WHERE city_id = (SELECT id FROM discovery.cities WHERE slug = %(city)s) AND {IS_UPCOMING}
),
known AS (
    SELECT e.venue_id, count(DISTINCT e.id) AS events,
        array_agg(DISTINCT s.slug ORDER BY s.slug) AS sources
    FROM upcoming e
    CROSS JOIN unnest(e.source_ids) AS own (source_id)
    JOIN discovery.sources s ON s.id = own.source_id
    GROUP BY e.venue_id
    HAVING bool_and(s.role = '{SourceRole.AGGREGATOR}')
),
linked AS (
    SELECT e.venue_id, {_HOST.format("l.url")} AS host, count(DISTINCT e.id) AS events
    FROM upcoming e JOIN discovery.listings l ON l.event_id = e.id
    WHERE l.url IS NOT NULL AND l.withdrawn_at IS NULL GROUP BY 1, 2
),
sites AS (
    SELECT min(venue_id) AS venue_id, host FROM linked
    WHERE NOT EXISTS (SELECT FROM discovery.sources s WHERE {_HOST.format("s.homepage")} = host)
    GROUP BY host HAVING count(*) = 1 AND sum(events) >= {LEAST_LINKED}
),
own AS (
    SELECT venue_id, array_agg('https://' || host || '/' ORDER BY host) AS sites
    FROM sites GROUP BY venue_id
)
SELECT v.id, COALESCE(v.given_name, v.name) AS name, v.street, v.locality, k.events, k.sources,
    COALESCE(own.sites, '{{}}') AS sites
FROM known k JOIN discovery.venues v ON v.id = k.venue_id
LEFT JOIN own ON own.venue_id = v.id
ORDER BY k.events DESC, name, v.id
"""


@dataclass(frozen=True, slots=True)
class KnownVenue:
    """A venue, how many upcoming events it has, and the slugs of those who list them."""

    id: int
    name: str
    street: str | None
    locality: str | None
    events: int
    sources: list[str]
    sites: list[str]
    """Addresses of sites that may be its own, since only its events are linked there."""


@dataclass(frozen=True, slots=True)
class FoundVenue:
    """A venue with its names."""

    id: int
    name: str
    is_renamed: bool
    """Whether people have given it its name."""
    street: str | None
    locality: str | None
    building: int | None
    """In which it is a hall, as people say."""
    building_name: str | None
    names: Mapping[str, str]
    """Venues that people have made one with it: id → name."""
    upcoming: int
    """How many events are to come there."""


@dataclass(frozen=True, slots=True)
class FoundVenues:
    """Venues that were looked for."""

    venues: list[FoundVenue]
    is_all: bool
    """False: there are more."""


@dataclass(frozen=True, slots=True)
class VenueSide:
    """One of two venues that may be one."""

    id: int
    name: str
    street: str | None
    locality: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> VenueSide:
        """Return a venue as it is proposed."""
        name = row["given_name"] or row["name"]
        return cls(row["id"], name, row["street"], row["locality"])


@dataclass(frozen=True, slots=True)
class ProposedMerge:
    """Two venues that may be one, since sources list the same there."""

    first: VenueSide
    second: VenueSide
    titles: int
    """So many titles both have, at the same starts."""
    examples: list[str]
    """Some of these, in lower case."""
    rules: str
    """What the rules say of the two."""


@dataclass(frozen=True, slots=True)
class VenueJudgement:
    """What a person has said of two venues."""

    first: VenueSide
    second: VenueSide
    verdict: Verdict
    decided_by: str
    reason: str
    decided_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> VenueJudgement:
        """Return a row as it is shown."""
        return cls(
            VenueSide.of(row["first"]),
            VenueSide.of(row["second"]),
            Verdict(row["verdict"]),
            row["decided_by"],
            row["reason"],
            row["decided_at"],
        )


_ASKED_ABOUT = {Relation.DIFFERENT, Relation.UNKNOWN}


def find_venues(
    conn: Connection, *, text: str | None = None, city: str | None = None
) -> FoundVenues:
    """Return venues, at most ``MOST_FOUND``, those with most events to come first.

    :param text: one of their names has words that begin as those of the text do.
    :param city: slug of a city where events are to come there. Neither text nor city: nothing is
        looked for.
    """
    if text is not None:
        wanted = _NAMED if city is None else _NAMED_OF_CITY
    elif city is not None:
        wanted = _BUSIEST_OF_CITY
    else:
        return FoundVenues([], is_all=True)
    found = rows(conn, _FIND.format(found=wanted), {"text": text, "city": city})
    venues = [FoundVenue(**{**row, "names": row["names"] or {}}) for row in found]
    return FoundVenues(venues[:MOST_FOUND], is_all=len(venues) <= MOST_FOUND)


def proposed_merges(conn: Connection, city: str) -> list[ProposedMerge]:
    """Return pairs of venues of a city that may be one, those with most in common first.

    Sources list ``LEAST_TITLES`` titles or more at the same starts at both, and no source tells the
    two apart. Nothing follows until a person says so; what people have decided is not proposed
    again. Nor is what needs nobody: places that the rules take as one already, and halls and
    branches of one name, which share titles and are two.
    """
    found = []
    for row in rows(conn, _PROPOSALS, {"city": city}):
        first, second = row["first"], row["second"]
        said = compare(place_of(_venue(first), city), place_of(_venue(second), city))
        if said.relation in _ASKED_ABOUT:
            found.append(
                ProposedMerge(
                    VenueSide.of(first),
                    VenueSide.of(second),
                    row["titles"],
                    row["examples"],
                    f"{said.relation.value} ({said.reason})",
                )
            )
    return found[:MOST_FOUND]


def answered_proposals(
    conn: Connection, proposed: Collection[ProposedMerge]
) -> set[tuple[int, int]]:
    """Return those of some proposals that people have answered since they were read, by ids."""
    pairs = [(each.first.id, each.second.id) for each in proposed]
    values = {"ones": [one for one, _ in pairs], "others": [other for _, other in pairs]}
    return {(row["one"], row["other"]) for row in rows(conn, _ANSWERED, values)}


def latest_venue_judgements(conn: Connection, limit: int) -> list[VenueJudgement]:
    """Return what people have said of venues, the latest first."""
    return [VenueJudgement.of(row) for row in rows(conn, _LATEST_JUDGEMENTS, [limit])]


def venue_judgements_of_event(conn: Connection, event: int) -> list[VenueJudgement]:
    """Return what people have said of the venues of an event's listings, the latest first."""
    return [VenueJudgement.of(row) for row in rows(conn, _JUDGEMENTS_OF_EVENT, {"event": event})]


def _venue(row: Mapping[str, Any]) -> Venue:
    told = {name: row[name] for name in Venue.model_fields if name != "external_id"}
    return Venue.model_construct(external_id=None, **told)


def venues_through_aggregators(conn: Connection, city: str) -> list[KnownVenue]:
    """Return the venues of a city whose upcoming events only aggregators list, the busiest first.

    A calendar or site of their own would be a better source: probe what ``sites`` names.
    """
    return [KnownVenue(**row) for row in rows(conn, _ONLY_THROUGH_AGGREGATORS, {"city": city})]
