"""Items that a pair's syncs have read before, and what a sync sees by them without reading them.

An item is known as long as it would change nothing: its listings are still this pair's, are listed,
and have not changed since it was read. Which listings a sync has seen by known items is one row of
``sights``; on a night without changes it is that of the night before, with another time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

from include.discovery.fingerprints import ReadItem, SkippedItem
from include.discovery.health.measures import Measures
from include.discovery.model import EventRecord, SyncStats
from include.discovery.store.connection import Connection

SEEN_UNREAD: Final = """
(SELECT range_agg(listings) FROM discovery.sights
 WHERE city_source_id = {pair} AND sync_started_at >= {sync_started_at})
"""
"""The ids of the listings of a pair that a sync has seen by known items, as a multirange of SQL."""

LAST_SEEN: Final = """
GREATEST(l.last_seen_at, (SELECT max(seen_at) FROM discovery.sights
    WHERE city_source_id = l.city_source_id AND l.id <@ listings))
"""
"""When a sync last found a listing ``l``, as an expression of SQL."""

_MEASURES: Final = tuple(
    each.name for each in fields(Measures) if each.name not in {"events", "rejected"}
)

_KNOWN = """
SELECT i.fingerprint, cardinality(i.listing_ids)
FROM discovery.known_items i
LEFT JOIN LATERAL unnest(i.listing_ids) AS became (id) ON true
LEFT JOIN discovery.listings l ON l.id = became.id AND l.city_source_id = i.city_source_id
    AND l.withdrawn_at IS NULL AND l.missing_since IS NULL AND l.changed_at <= i.read_at
WHERE i.city_source_id = %(pair)s AND i.read_on <= %(today)s AND i.good_to >= %(good_to)s
GROUP BY i.city_source_id, i.fingerprint
HAVING count(became.id) = count(l.id)
"""

_COUNT = "SELECT count(*) FROM discovery.known_items WHERE city_source_id = %(pair)s"

_SIGHTS = """
SELECT id, sync_started_at = %(sync_started_at)s FROM discovery.sights
WHERE city_source_id = %(pair)s ORDER BY seen_at
"""

# What an earlier attempt of the sync has seen or read comes a second time.
_SEEN_BEFORE = """
SELECT i.fingerprint FROM discovery.known_items i
WHERE i.city_source_id = %(pair)s AND (i.read_at >= %(sync_started_at)s
    OR i.listing_ids <> '{}' AND NOT EXISTS (
        SELECT FROM unnest(i.listing_ids) AS became (id) WHERE NOT COALESCE(
            id <@ (SELECT listings FROM discovery.sights WHERE id = %(row)s), false)))
"""

_REMEMBER = f"""
INSERT INTO discovery.known_items
    (city_source_id, fingerprint, listing_ids, read_on, good_to, read_at, {", ".join(_MEASURES)})
SELECT %(pair)s, fingerprint, listing_ids::bigint[], %(today)s, good_to, now(),
    {", ".join(_MEASURES)}
FROM unnest(%(fingerprints)s::bytea[], %(listing_ids)s::text[], %(good_to)s::date[],
    {", ".join(f"%({name})s::smallint[]" for name in _MEASURES)})
    AS read (fingerprint, listing_ids, good_to, {", ".join(_MEASURES)})
ON CONFLICT (city_source_id, fingerprint) DO UPDATE SET
    (listing_ids, read_on, good_to, read_at, {", ".join(_MEASURES)}) =
        ROW (EXCLUDED.listing_ids, EXCLUDED.read_on, EXCLUDED.good_to, EXCLUDED.read_at,
            {", ".join(f"EXCLUDED.{name}" for name in _MEASURES)})
"""  # noqa: S608  the module's own text

_FORGET = """
DELETE FROM discovery.known_items
WHERE city_source_id = %(pair)s AND read_at < %(sync_started_at)s
  AND fingerprint <> ALL(%(skipped)b::bytea[])
"""

# As binary (%b), which is a tenth of the work of writing each fingerprint as text.
_NOTE = f"""
WITH item AS MATERIALIZED (
    SELECT listing_ids, {", ".join(_MEASURES)}
    FROM unnest(%(fingerprints)b::bytea[]) AS skipped (fingerprint)
    JOIN discovery.known_items USING (fingerprint)
    WHERE city_source_id = %(pair)s
),
seen AS (
    SELECT COALESCE(range_agg(int8range(id, id, '[]')), '{{{{}}}}') AS listings
    FROM item, unnest(listing_ids) AS became (id)
),
noted AS ({{write}})
SELECT (SELECT id FROM noted), COALESCE(sum(cardinality(listing_ids)), 0),
    {", ".join(f"COALESCE(sum({name}), 0)" for name in _MEASURES)}
FROM item
"""  # noqa: S608  the module's own text

_NEW_ROW = _NOTE.format(
    write="""
    INSERT INTO discovery.sights (city_source_id, sync_started_at, seen_at, listings)
    SELECT %(pair)s, %(sync_started_at)s, now(), listings FROM seen
    RETURNING id
"""
)

_SAME_ROW = _NOTE.format(
    write="""
    UPDATE discovery.sights s SET listings = s.listings + seen.listings, seen_at = now()
    FROM seen WHERE s.id = %(row)s
    RETURNING s.id
"""
)

_ROW_OF_BEFORE = _NOTE.format(
    write="""
    UPDATE discovery.sights s SET sync_started_at = %(sync_started_at)s, seen_at = now()
    FROM seen WHERE s.id = %(row)s AND s.listings = seen.listings
    RETURNING s.id
"""
)

_SEEN_ALREADY = """
SELECT l.external_id, (
    SELECT i.fingerprint FROM discovery.known_items i
    WHERE i.city_source_id = l.city_source_id AND i.fingerprint = ANY(%(fingerprints)s)
      AND l.id = ANY(i.listing_ids) LIMIT 1)
FROM discovery.listings l JOIN discovery.sights s ON s.id = %(row)s AND l.id <@ s.listings
WHERE l.source_id = (SELECT source_id FROM discovery.city_source WHERE id = %(pair)s)
  AND l.external_id = ANY(%(external_ids)s)
"""

# What an earlier sync has seen, and this one has not, is written where it stays.
_WRITE_DOWN = """
UPDATE discovery.listings l SET last_seen_at = s.seen_at
FROM discovery.sights s
WHERE s.id = %(older)s AND l.city_source_id = s.city_source_id AND l.id <@ s.listings
  AND l.last_seen_at < s.seen_at
  AND NOT COALESCE(l.id <@ (SELECT listings FROM discovery.sights WHERE id = %(row)s), false)
"""

_DELETE_SIGHT = "DELETE FROM discovery.sights WHERE id = %(older)s"


class KnownItems:
    """What one attempt knows of the items of its pair, and what it has seen by them.

    The methods that write are called within a transaction, which may be tried again; when it has
    been committed, :meth:`committed` is called.

    :param today: the first day of the sync's window.
    :param good_to: up to which first day of a window an item has to stay as it is to be known: the
        same day, or that on which a document is read again at the latest.
    :param may_skip: false where everything is to be read.
    :param is_resumed: an earlier attempt of the sync has loaded pages.
    """

    def __init__(
        self,
        conn: Connection,
        pair_id: int,
        sync_started_at: datetime,
        today: date,
        *,
        good_to: date,
        may_skip: bool = True,
        is_resumed: bool = False,
    ) -> None:
        self._conn = conn
        self._keys: dict[str, Any] = {
            "pair": pair_id,
            "sync_started_at": sync_started_at,
            "today": today,
            "good_to": good_to,
        }
        self._stored = int(conn.execute(_COUNT, self._keys).fetchall()[0][0])
        self.by_fingerprint: Mapping[bytes, int] = {}
        """Fingerprint of an item that need not be read → how many records it became."""
        if may_skip and self._stored:
            with conn.cursor(binary=True) as cursor:
                self.by_fingerprint = dict(cursor.execute(_KNOWN, self._keys).fetchall())
        rows = conn.execute(_SIGHTS, self._keys).fetchall()
        self._row: int | None = next((row for row, is_own in rows if is_own), None)
        """Of ``sights``, of this sync."""
        self._older = [row for row, is_own in rows if not is_own]
        self._is_resumed = is_resumed
        self._skipped: set[bytes] = set()
        if is_resumed:
            with conn.cursor(binary=True) as cursor:
                seen = cursor.execute(_SEEN_BEFORE, {**self._keys, "row": self._row})
                self._skipped.update(fingerprint for (fingerprint,) in seen)
        self._waiting: list[bytes] = []
        """Of items that were skipped, and whose listings are not yet noted as seen."""
        self._noted: tuple[int | None, list[int], Measures] = (None, [], Measures())
        self.measures = Measures()
        """Of the items whose listings are noted as seen."""

    def skip(self, items: Sequence[SkippedItem]) -> SyncStats:
        """Count known items; their listings are noted as seen by the next :meth:`note`."""
        unchanged = duplicates = 0
        for item in items:
            if item.fingerprint in self._skipped:
                duplicates += item.events
            else:
                unchanged += item.events
            self._skipped.add(item.fingerprint)
            self._waiting.append(item.fingerprint)
        return SyncStats(unchanged=unchanged, duplicates=duplicates)

    def note(self, *, is_last: bool = False) -> Measures:
        """Note the listings of skipped items as seen; return the measures of these items.

        What only earlier syncs have seen is written into the listings, whose last sight that was:
        at the end of a sync, and of all syncs but the latest when another one begins to note, so
        that those of a pair which always fails do not gather.

        :param is_last: nothing is skipped in this sync any more.
        """
        keys = {**self._keys, "fingerprints": self._waiting}
        row, older, measures = self._row, self._older, Measures()
        if self._waiting:
            found = None
            if row is None and is_last and len(older) == 1:
                found, measures = self._write(_ROW_OF_BEFORE, {**keys, "row": older[0]})
                older = [] if found else older
            if found is None:
                query = _NEW_ROW if row is None else _SAME_ROW
                found, measures = self._write(query, {**keys, "row": row})
            row = found
        kept = [] if is_last else older[-1:]
        for each in older[: len(older) - len(kept)]:
            self._conn.execute(_WRITE_DOWN, {"older": each, "row": row})
            self._conn.execute(_DELETE_SIGHT, {"older": each})
        self._noted = row, kept, measures
        return measures

    def _write(self, query: str, keys: Mapping[str, Any]) -> tuple[int | None, Measures]:
        row, events, *counts = self._conn.execute(query.encode(), keys).fetchall()[0]
        counted = dict(zip(_MEASURES, map(int, counts), strict=True))
        return row, Measures(events=int(events), **counted)

    def unseen(
        self, records: Sequence[EventRecord], skipped: Sequence[SkippedItem]
    ) -> list[EventRecord]:
        """Return the records of a page without those that a known item has brought before.

        After :meth:`note`. Within one sync the first sight of a listing counts.

        :param skipped: of the same page.
        """
        row = self._noted[0]
        if row is None or not records:
            return list(records)
        places = {item.fingerprint: item.first for item in reversed(skipped)}
        values = {
            **self._keys,
            "row": row,
            "external_ids": [record.external_id for record in records],
            "fingerprints": list(places),
        }
        before = {
            external_id: places.get(fingerprint, 0)
            for external_id, fingerprint in self._conn.execute(_SEEN_ALREADY, values)
        }
        return [
            record
            for place, record in enumerate(records)
            if before.get(record.external_id, place + 1) > place
        ]

    def remember(
        self,
        records: Sequence[EventRecord],
        read: Sequence[ReadItem],
        loaded: Mapping[str, int],
    ) -> None:
        """Remember the items of a page that nothing new would come of.

        :param records: of the page.
        :param loaded: external id → listing, of what the page has brought. An item that shares an
            id with another is not remembered: which of them counts depends on their order.
        """
        times = Counter(record.external_id for record in records)
        rows: dict[bytes, list[Any]] = {}
        for item in read:
            own = records[item.first : item.end]
            ids = [record.external_id for record in own]
            if item.good_to is None or any(times[one] > 1 or one not in loaded for one in ids):
                continue
            measures = Measures.of(own).stored()
            listings = ",".join(str(loaded[one]) for one in ids)
            counts = [measures[name] for name in _MEASURES]
            rows[item.fingerprint] = [f"{{{listings}}}", item.good_to, *counts]
        if not rows:
            return
        columns = ("listing_ids", "good_to", *_MEASURES)
        values = zip(*rows.values(), strict=True)
        self._conn.execute(
            _REMEMBER,
            {
                **self._keys,
                "fingerprints": list(rows),
                **{name: list(each) for name, each in zip(columns, values, strict=True)},
            },
        )

    def forget(self) -> None:
        """Forget items that a complete sync of everything did not find as they were."""
        if not self._is_resumed and len(self._skipped) < self._stored:
            self._conn.execute(_FORGET, {**self._keys, "skipped": list(self._skipped)})

    def committed(self) -> None:
        """Go on after what was noted: the transaction has been committed."""
        self._row, self._older, measures = self._noted
        self.measures += measures
        self._waiting = []
