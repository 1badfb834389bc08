"""Matches listings that are new or have changed with the others, and makes each group one event.

A sync does so at its end, also one from the command line, so that its events are right once it is
over and nothing has to wait for others. Only what is new or has changed is compared, with the
listings of its city and days. The groups follow from the judgements alone: of all listings that are
tied to one another, directly or through others, every pair is judged, so that it makes no
difference which of them came first.

Each batch is one transaction, which holds an advisory lock on its cities. A batch that is
interrupted leaves its listings noted as unmatched for the next sync. Long because one batch, from
what it reads to what it stores, is read as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations
from typing import Any, Final

import psycopg

from include.discovery.identity.candidates import candidate_pairs
from include.discovery.identity.clusters import clusters
from include.discovery.identity.context import Context
from include.discovery.identity.judging import (
    OTHER_VENUES,
    PERSON,
    Judgement,
    Verdict,
    are_sessions,
    judge_prepared,
)
from include.discovery.identity.listing import Listing
from include.discovery.identity.matching import without_garbage
from include.discovery.identity.prepared import DESCRIPTION, Prepared, prepare
from include.discovery.model import Attendance, Pair, Price, Venue
from include.discovery.store.connection import Connection, rows, transaction
from include.discovery.store.event_ids import regroup
from include.discovery.store.judgements import (
    PairOfListings,
    Ruled,
    StoredJudgement,
    judgements_of,
    keep,
    pair_of,
)

BATCH: Final = 2_000
"""Listings that one transaction matches at most. Of fewer, more days would be read twice."""
_AROUND: Final = timedelta(days=1)
"""Sources that mistake a time zone are a day apart."""
_LARGEST: Final = 60
"""Listings tied to one another of which every pair is judged; of more, only the candidates."""
_TRIES: Final = 4

_CITIES = """
SELECT city_id FROM discovery.unmatched_listings WHERE city_source_id = %(pair)s
UNION
SELECT cs.city_id FROM discovery.city_source cs WHERE cs.id = %(pair)s AND cs.city_id IS NOT NULL
ORDER BY 1
"""

_JOINED = """
SELECT COALESCE(sum(listings), 0)::int AS listings, count(*)::int AS events,
    count(*) FILTER (WHERE sources > 1)::int AS of_several
FROM (
    SELECT count(*) AS listings, count(DISTINCT cs.source_id) AS sources
    FROM discovery.planned_syncs p
    JOIN discovery.city_source cs ON cs.id = p.city_source_id
    JOIN discovery.listings l ON l.city_source_id = cs.id
    WHERE p.dag_run_id = %s AND l.withdrawn_at IS NULL
    GROUP BY l.event_id
) AS of_event
"""

# Those of other pairs, too, that a sync left behind which was killed: not while one is running,
# which will match them itself. By date, so that a batch has few days to compare with.
_TAKE = """
DELETE FROM discovery.unmatched_listings WHERE listing_id = ANY(ARRAY(
    SELECT u.listing_id FROM discovery.unmatched_listings u
    WHERE u.city_id = %(city)s AND (
        u.city_source_id = %(pair)s OR NOT EXISTS (
            SELECT FROM discovery.sync_runs r
            WHERE r.city_source_id = u.city_source_id AND r.state = 'running'
              AND r.lease_until > now()))
    ORDER BY u.local_date LIMIT %(batch)s FOR UPDATE SKIP LOCKED))
RETURNING listing_id
"""

# No more than matching looks at: of long descriptions it is the beginning.
_LISTINGS = f"""
SELECT l.id, COALESCE(l.city_id, 0) AS city_id, l.event_id, l.match_key, s.slug AS source,
    COALESCE(c.slug, '') AS city, l.external_id, l.title, l.local_date, l.timezone, l.starts_at,
    l.time_known, l.ends_at, l.url, l.organizer, left(l.description, {DESCRIPTION}) AS description,
    l.performers, l.attendance, l.price_min, l.price_max, l.price_currency, l.price_is_free,
    l.price_text, l.venue_id
FROM discovery.listings l
JOIN discovery.sources s ON s.id = l.source_id
LEFT JOIN discovery.cities c ON c.id = l.city_id
"""  # noqa: S608  the module's own text

# The venue that people have made of it, and the building in which they say that it is a hall.
_VENUES = """
SELECT own.id AS own_id, v.id AS venue_id, v.name, v.street, v.postcode, v.locality, v.region,
    v.country, v.latitude, v.longitude, b.id AS building_id, b.name AS building_name,
    b.street AS building_street, b.postcode AS building_postcode, b.locality AS building_locality,
    b.region AS building_region, b.country AS building_country, b.latitude AS building_latitude,
    b.longitude AS building_longitude
FROM discovery.venues own
JOIN discovery.venues v ON v.id = COALESCE(own.same_as_id, own.id)
LEFT JOIN discovery.venues p ON p.id = v.parent_id
LEFT JOIN discovery.venues b ON b.id = COALESCE(p.same_as_id, p.id)
WHERE own.id = ANY(%(ids)s)
"""

_BY_ID = f"{_LISTINGS} WHERE l.id = ANY(%(ids)s) AND l.event_id IS NOT NULL"

_OF_DAYS = f"""{_LISTINGS}
WHERE COALESCE(l.city_id, 0) = %(city)s AND l.local_date = ANY(%(days)s) AND l.event_id IS NOT NULL
  AND l.id <> ALL(%(known)s)
"""

_LIKEWISE_OF_EVENTS = """
SELECT id FROM discovery.listings WHERE event_id = ANY(ARRAY(
    SELECT event_id FROM discovery.listings WHERE id = ANY(%(ids)s)))
"""

# People decide about names; it holds for the venues that these are names of.
_APART = """
SELECT COALESCE(a.same_as_id, a.id), COALESCE(b.same_as_id, b.id)
FROM discovery.venue_judgements j
JOIN discovery.venues a ON a.id = j.first_id
JOIN discovery.venues b ON b.id = j.second_id
WHERE j.verdict = 'different'
"""

_CITIES_OF_EVENTS = """
SELECT DISTINCT COALESCE(city_id, 0) FROM discovery.listings WHERE event_id = ANY(%(events)s)
"""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('discovery.matching', %s))"


@dataclass(frozen=True, slots=True)
class Joined:
    """How many listings there are, of how many events, and how many of these have two sources."""

    listings: int
    events: int
    of_several: int


@dataclass(frozen=True, slots=True)
class Matched:
    """What matching did."""

    listings: int = 0
    """Listings that were compared with others."""
    judged: int = 0
    """Pairs that were judged."""
    moved: int = 0
    """Listings that went from one event to another."""

    def __add__(self, other: Matched) -> Matched:
        return Matched(
            self.listings + other.listings, self.judged + other.judged, self.moved + other.moved
        )


class _OtherCity(Exception):
    """What is tied reaches into cities that are not locked."""

    def __init__(self, cities: Collection[int]) -> None:
        super().__init__()
        self.cities = frozenset(cities)


def match_unmatched(conn: Connection, pair: Pair, limit: timedelta | None = None) -> Matched:
    """Match what a pair's syncs have brought or changed since it was last matched.

    To be called outside of a transaction: each batch is one.

    :param limit: how long each statement may take, waiting for others included.
    """
    total = Matched()
    for (city,) in conn.execute(_CITIES, {"pair": pair.id}).fetchall():

        def take(city: int = city) -> list[int]:
            values = {"city": city, "pair": pair.id, "batch": BATCH}
            return [row[0] for row in conn.execute(_TAKE, values)]

        while (done := _batch(conn, {city}, take, limit)).listings:
            total += done
    return total


def match_after(
    conn: Connection, event_ids: Collection[int], change: Callable[[], Iterable[int]]
) -> Matched:
    """Match listings once more after a change that concerns events, in one transaction with it.

    :param change: makes the change, and names the listings. It may be made again, where the
        transaction met another.
    """
    return _batch(conn, _cities_of(conn, event_ids), lambda: sorted(change()))


def _cities_of(conn: Connection, event_ids: Collection[int]) -> set[int]:
    found = conn.execute(_CITIES_OF_EVENTS, {"events": sorted(event_ids)})
    return {row[0] for row in found}


def _batch(
    conn: Connection,
    cities: Collection[int],
    take: Callable[[], list[int]],
    limit: timedelta | None = None,
) -> Matched:
    """Match the listings that ``take`` names within the transaction; repeat it where it must be.

    Loading may add to the events that are regrouped: PostgreSQL ends one of two that wait for each
    other. That is rare, and so is an event of two cities.
    """
    locked = frozenset(cities)
    for remaining in reversed(range(_TRIES)):
        try:
            with without_garbage(), transaction(conn, limit):
                for city in sorted(locked):
                    conn.execute(_LOCK, [city])
                return _Batch(conn, locked, frozenset(take())).match()
        except _OtherCity as more:
            locked |= more.cities
        except (psycopg.errors.DeadlockDetected, psycopg.errors.UniqueViolation):
            if not remaining:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


@dataclass(slots=True)
class _Batch:
    """One batch in its transaction: what was read, and what was judged."""

    conn: Connection
    locked: Collection[int]
    """Cities that no other transaction matches meanwhile."""
    taken: frozenset[int]
    """The listings that are new or have changed."""
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    places: dict[int | None, _Whereabouts] = field(default_factory=lambda: {None: _Whereabouts()})
    """By the venue that a source names."""
    listings: dict[int, Prepared] = field(default_factory=dict)
    """What was read, by id."""
    context: Context = field(default_factory=Context)
    ids: dict[str, int] = field(default_factory=dict)
    """Id of a listing in matching → id in the database."""
    judged: dict[PairOfListings, Judgement] = field(default_factory=dict)
    """What the rules say now."""
    kept: dict[PairOfListings, StoredJudgement] = field(default_factory=dict)
    """What is stored."""

    def match(self) -> Matched:
        if not self.taken:
            return Matched()
        self._read(_BY_ID, ids=sorted(self.taken))
        self._read_days()
        self._compare()
        groups = list(self._groups())
        self._keep(groups)
        moved = regroup(self.conn, list(self._parts(groups)))
        return Matched(len(self.taken), len(self.judged), moved)

    def _read(self, query: str, **values: Any) -> None:  # noqa: ANN401  of any column
        found = rows(self.conn, query, values)
        venues = {row["venue_id"] for row in found}.difference(self.places)
        if venues:
            for row in rows(self.conn, _VENUES, {"ids": sorted(venues)}):
                self.places[row["own_id"]] = _whereabouts(row)
        for row in found:
            listing = _listing(row, self.places[row["venue_id"]])
            self.rows[row["id"]] = row
            self.listings[row["id"]] = prepare(listing)
            self.ids[listing.id] = row["id"]

    def _read_days(self) -> None:
        """Read what the taken listings may be one event with."""
        days: dict[int, set[date]] = defaultdict(set)
        for listing_id in self.taken:
            row = self.rows.get(listing_id)
            if row is not None and row["local_date"] is not None:
                days[row["city_id"]] |= {row["local_date"] + n * _AROUND for n in (-1, 0, 1)}
        for city, around in sorted(days.items()):
            self._read(_OF_DAYS, city=city, days=sorted(around), known=sorted(self.rows))

    def _compare(self) -> None:
        """Judge the taken listings against what was read; a person's word is not judged again.

        What a source lists at one place on one day tells of one another, so stored judgements of
        such listings are made again, too.
        """
        beside = self._beside_taken()
        self._remember(judgements_of(self.conn, self.taken | beside))
        apart = self.conn.execute(_APART).fetchall()
        self.context = Context.of(self.listings.values(), apart)
        changed = {self._name(one) for one in self.taken if one in self.listings}
        for first, second in candidate_pairs(self.listings.values(), changed):
            # If others tie them, they are judged with their group.
            if not are_sessions(first, second):
                self._judge(pair_of(self._id(first), self._id(second)))
        for pair, kept in self.kept.items():
            if (
                kept.verdict is not Verdict.DIFFERENT
                and not beside.isdisjoint(pair)
                and self.listings.keys() >= set(pair)
            ):
                self._judge(pair)

    def _beside_taken(self) -> set[int]:
        """Return the listings that their source lists at the place and day of a taken one."""
        days = {self.listings[one].day for one in self.taken if one in self.listings} - {None}
        return {one for one, each in self.listings.items() if each.day in days} - self.taken

    def _judge(self, pair: PairOfListings) -> None:
        stored = self.kept.get(pair)
        if pair not in self.judged and (stored is None or stored.decided_by is None):
            first, second = (self.listings[one] for one in pair)
            self.judged[pair] = judge_prepared(first, second, self.context)

    def _name(self, listing: int) -> str:
        """Return the id by which matching knows a listing."""
        return self.listings[listing].listing.id

    def _id(self, one: Prepared) -> int:
        """Return the id of a listing in the database."""
        return self.ids[one.listing.id]

    def _remember(self, found: Iterable[StoredJudgement]) -> None:
        self.kept.update((each.pair, each) for each in found)

    def _is_stale(self, kept: StoredJudgement) -> bool:
        """Say whether a rule judged before a listing changed, or has judged anew."""
        return kept.decided_by is None and (
            kept.pair in self.judged or not self.taken.isdisjoint(kept.pair)
        )

    def _ties(self) -> Iterator[PairOfListings]:
        for pair, judgement in self.judged.items():
            if judgement.verdict is Verdict.SAME:
                yield pair
        for pair, kept in self.kept.items():
            if kept.verdict is Verdict.SAME and not self._is_stale(kept):
                yield pair

    def _groups(self) -> Iterator[list[int]]:
        """Yield all listings that are tied to a taken one, or are of its event, and so on.

        Of each group, every pair is judged.
        """
        known = {listing for listing in self.taken if listing in self.listings}
        known.update(*self.judged.keys() & self.kept.keys())
        known.update(*self._ties())
        new = known
        while new:
            found = {row[0] for row in self.conn.execute(_LIKEWISE_OF_EVENTS, {"ids": sorted(new)})}
            self._remember(judgements_of(self.conn, new | found))
            for pair in self._ties():
                if not known.isdisjoint(pair) or not found.isdisjoint(pair):
                    found.update(pair)
            new = found - known
            known |= new
        self._read(_BY_ID, ids=sorted(known - self.rows.keys()))
        known &= self.rows.keys()
        if beyond := {self.rows[one]["city_id"] for one in known}.difference(self.locked):
            raise _OtherCity(beyond)
        for group in self._connected(known):
            for pair in self._pairs_of(group):
                if (kept := self.kept.get(pair)) is None or self._is_stale(kept):
                    self._judge(pair)
            yield group

    def _pairs_of(self, group: list[int]) -> Iterable[PairOfListings]:
        if len(group) <= _LARGEST:
            return combinations(group, 2)
        found = candidate_pairs([self.listings[one] for one in group])
        pairs = {pair_of(self._id(first), self._id(second)) for first, second in found}
        first_of: dict[str, int] = {}
        for one in group:
            first = first_of.setdefault(self.rows[one]["match_key"], one)
            if first != one:
                pairs.add((first, one))
        return pairs

    def _connected(self, known: Collection[int]) -> list[list[int]]:
        group_of = {one: {one} for one in known}

        def join(one: int, other: int) -> None:
            larger, smaller = sorted((group_of[one], group_of[other]), key=len, reverse=True)
            if larger is not smaller:
                larger |= smaller
                for member in smaller:
                    group_of[member] = larger

        first_of: dict[int, int] = {}
        for one in known:
            join(one, first_of.setdefault(self.rows[one]["event_id"], one))
        for one, other in self._ties():
            if one in group_of and other in group_of:
                join(one, other)
        return sorted({id(group): sorted(group) for group in group_of.values()}.values())

    def _parts(self, groups: Iterable[list[int]]) -> Iterator[list[int]]:
        """Part each group into events; who is alone is one already."""
        several = {n: group for n, group in enumerate(groups) if len(group) > 1}
        group_of = {one: n for n, group in several.items() for one in group}
        of_group: dict[int, list[Judgement]] = defaultdict(list)
        for pair in self.judged.keys() | self.kept.keys():
            first, second = (group_of.get(one) for one in pair)
            if first is not None and first == second:
                judgement = self.judged.get(pair) or self._as_judgement(self.kept[pair])
                of_group[first].append(judgement)
        for n, group in several.items():
            for part in clusters(map(self._name, group), of_group[n]):
                yield [self.ids[one] for one in part]

    def _as_judgement(self, kept: StoredJudgement) -> Judgement:
        first, second = sorted(map(self._name, kept.pair))
        score = 1.0 if kept.score is None else kept.score
        return Judgement(first, second, kept.verdict, score, kept.rule or PERSON)

    def _keep(self, groups: Iterable[list[int]]) -> None:
        """Store the judgements that say why: all but 'different' between unrelated listings.

        What a decision about venues keeps apart is stored, too: nothing else would show it.
        """
        group_of = {one: n for n, group in enumerate(groups) for one in group}
        ruled = []
        for pair, judgement in self.judged.items():
            first, second = (group_of.get(one) for one in pair)
            is_of_one_group = first is not None and first == second
            tells_why = judgement.verdict is not Verdict.DIFFERENT or judgement.rule == OTHER_VENUES
            if tells_why or is_of_one_group:
                ruled.append(self._ruled(pair, judgement))
        now = {each.pair for each in ruled}
        gone = [
            pair for pair, kept in self.kept.items() if self._is_stale(kept) and pair not in now
        ]
        keep(self.conn, ruled, gone)

    def _ruled(self, pair: PairOfListings, judgement: Judgement) -> Ruled:
        dates = [day for one in pair if (day := self.rows[one]["local_date"]) is not None]
        return Ruled(
            pair,
            judgement.verdict,
            judgement.rule,
            judgement.score,
            dict(judgement.features),
            min(dates, default=None),
        )


@dataclass(frozen=True, slots=True)
class _Whereabouts:
    """Where a listing is, as people say of the venue that its source names."""

    venue: Venue | None = None
    building: Venue | None = None
    ids: frozenset[int] = frozenset()
    """Of both."""


def _whereabouts(row: Mapping[str, Any]) -> _Whereabouts:
    venue = _venue(*[row[name] for name in _OF_VENUE])
    if row["building_id"] is None:
        return _Whereabouts(venue, None, frozenset((row["venue_id"],)))
    building = _venue(*[row[f"building_{name}"] for name in _OF_VENUE])
    return _Whereabouts(venue, building, frozenset((row["venue_id"], row["building_id"])))


def _listing(row: Mapping[str, Any], where: _Whereabouts) -> Listing:
    """Make the listing that matching compares; its id does not depend on when it was stored."""
    price = None
    if row["price_min"] is not None:
        price = _price(*[row[f"price_{name}"] for name in _OF_PRICE])
    return Listing(
        id=f"{row['source']} {row['external_id']}",
        source=row["source"],
        city=row["city"],
        external_id=row["external_id"],
        title=row["title"],
        local_date=row["local_date"],
        timezone=row["timezone"],
        starts_at=row["starts_at"],
        time_known=row["time_known"],
        ends_at=row["ends_at"],
        venue=where.venue,
        building=where.building,
        venue_ids=where.ids,
        url=row["url"],
        organizer=row["organizer"],
        description=row["description"],
        performers=tuple(row["performers"]),
        price=price,
        attendance=Attendance(row["attendance"]),
    )


_OF_VENUE = tuple(name for name in Venue.model_fields if name != "external_id")
_OF_PRICE = tuple(Price.model_fields)


@lru_cache(maxsize=10_000)  # the listings of a city are at few places
def _venue(*values: Any) -> Venue:  # noqa: ANN401  of any column
    return Venue.model_construct(**dict(zip(_OF_VENUE, values, strict=True)))


@lru_cache(maxsize=10_000)
def _price(*values: Any) -> Price:  # noqa: ANN401  of any column
    return Price.model_construct(**dict(zip(_OF_PRICE, values, strict=True)))


def read_joined(conn: Connection, dag_run_id: str) -> Joined:
    """Count what the pairs of a run list now, whichever run brought it. It reads all of that."""
    (row,) = rows(conn, _JOINED, (dag_run_id,))
    return Joined(**row)
