"""Lets a listing that its source shows under a new id stay the listing, and the event, that it was.

A page takes over what has the same content, before it is merged: nothing is doubled, and no event
is written, however often a source replaces its ids. What changed together with its id is found when
a source was read completely: only then is it known that the old one is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from include.discovery.identity.renewals import Sight, renewed, succeeded
from include.discovery.model import Pair, Window
from include.discovery.store.columns import COLUMNS, changing, merged, names
from include.discovery.store.connection import Connection
from include.discovery.store.event_ids import unite
from include.discovery.store.events import note_unmatched, refresh_events
from include.discovery.store.known_items import SEEN_UNREAD

_REMEMBERED: Final = timedelta(days=60)
"""So long a listing that is over tells that its event recurs."""
_ON_ITS_EVE: Final = timedelta(days=1)

_SEEN_BY_ITEMS: Final = SEEN_UNREAD.format(
    pair="%(pair_id)s", sync_started_at="%(sync_started_at)s"
)

# Of this pair alone. Whether they come on a later page nobody knows; if one does, it is a listing
# of the same content as the one that took its place, and either is as good as the other.
_NOT_SEEN_YET = f"""
SELECT l.id, l.external_id, l.title, l.starts_at, l.local_date, v.match_key, l.url, l.series_id
FROM discovery.listings l LEFT JOIN discovery.venues v ON v.id = l.venue_id
WHERE l.city_source_id = %(pair_id)s AND l.source_id = %(source_id)s
  AND l.local_date = ANY(%(days)s) AND l.last_seen_at < %(sync_started_at)s
  AND NOT COALESCE(l.id <@ {_SEEN_BY_ITEMS}, false)
  -- Asked once, before any row is read: of a first sync all are new, and each page would read them.
  AND EXISTS (
    SELECT FROM discovery.listings earlier
    WHERE earlier.city_source_id = %(pair_id)s AND earlier.first_seen_at < %(sync_started_at)s)
  AND NOT EXISTS (SELECT FROM incoming i WHERE i.external_id = l.external_id)
ORDER BY l.withdrawn_at IS NOT NULL, l.last_seen_at DESC, l.id
"""  # noqa: S608  the module's own text

_TAKE_OVER = """
UPDATE discovery.listings l SET external_id = i.external_id
FROM unnest(%(ids)s::bigint[], %(ordinals)s::integer[]) AS renewed (id, ordinal)
JOIN incoming i USING (ordinal)
WHERE l.id = renewed.id
"""

# What their items become is listed under other ids now.
_FORGET_ITEMS = """
DELETE FROM discovery.known_items
WHERE city_source_id = %(pair_id)s AND listing_ids && %(ids)s::bigint[]
"""

# The content is the same, and so is the key; one that is made of the id must not follow the id.
_KEEP_KEY = """
UPDATE incoming i SET match_key = l.match_key
FROM discovery.listings l
WHERE l.id = ANY(%(ids)s) AND l.source_id = %(source_id)s AND l.external_id = i.external_id
"""


def take_over_renewed(conn: Connection, keys: Mapping[str, Any], new: Sequence[Sight]) -> None:
    """Give listings the new ids under which the page in ``incoming`` shows them.

    In the caller's transaction, before the page is merged.

    :param keys: ``source_id``, ``pair_id`` and ``sync_started_at``.
    :param new: what the page shows under ids that the source did not have before, by its ordinal.
    """
    if not new:
        return
    days = sorted({sight.local_date for sight in new if sight.local_date})
    earlier = [Sight(*row) for row in conn.execute(_NOT_SEEN_YET, {**keys, "days": days})]
    pairs = renewed(earlier, new)
    if not pairs:
        return
    taken = {**keys, "ids": [old for old, _ in pairs], "ordinals": [each for _, each in pairs]}
    conn.execute(_TAKE_OVER, taken)
    conn.execute(_FORGET_ITEMS, taken)
    conn.execute(_KEEP_KEY, taken)


# Nothing is read of a pair of which nothing is missing.
_OF_PAIR = f"""
WITH of_pair AS MATERIALIZED (
SELECT l.id, l.external_id, l.title, l.starts_at, l.local_date, v.match_key, l.url, l.series_id,
    l.withdrawn_at IS NULL AND l.local_date BETWEEN %(from)s AND %(end)s
        AND l.last_seen_at < %(sync_started_at)s
        AND NOT COALESCE(l.id <@ {_SEEN_BY_ITEMS}, false) AS is_missing,
    l.first_seen_at, l.last_seen_at
FROM discovery.listings l LEFT JOIN discovery.venues v ON v.id = l.venue_id
WHERE l.city_source_id = %(pair_id)s AND l.local_date BETWEEN %(since)s AND %(end)s
)
SELECT * FROM of_pair WHERE EXISTS (SELECT FROM of_pair WHERE is_missing) ORDER BY id
"""  # noqa: S608  the module's own text

_SUCCESSORS = """
CREATE TEMP TABLE successors ON COMMIT DROP AS
SELECT pairs.old_id, l.*
FROM unnest(%(old)s::bigint[], %(new)s::bigint[]) AS pairs (old_id, new_id)
JOIN discovery.listings l ON l.id = pairs.new_id
"""

_REMOVE = """
DELETE FROM discovery.listings l USING successors s WHERE l.id = s.id
"""

_CHANGING = changing(COLUMNS)

# As a newer sight of the same listing is merged, whose row is called EXCLUDED there.
_SUCCEED = f"""
UPDATE discovery.listings stored SET
    external_id = EXCLUDED.external_id,
    ({names(_CHANGING)}) = ROW ({merged(_CHANGING)}),
    missing_since = NULL,
    last_seen_at = EXCLUDED.last_seen_at,
    changed_at = now()
FROM successors EXCLUDED
WHERE stored.id = EXCLUDED.old_id
"""  # noqa: S608  the module's own text


def tie_successors(
    conn: Connection, pair: Pair, *, window: Window, sync_started_at: datetime
) -> int:
    """Let missing listings of a pair be the new ones that they turned into; return how many did.

    In the caller's transaction, after a complete sync of everything. The older row stays, with its
    id, its event and the day it was first seen, and takes what the newer one says, which goes.
    """
    keys = {
        "pair_id": pair.id,
        "since": window.start - _REMEMBERED,
        # What is dropped on the eve of its day is not missing, and has not become the next one.
        "from": window.start + _ON_ITS_EVE,
        "end": window.end,
        "sync_started_at": sync_started_at,
    }
    rows = conn.execute(_OF_PAIR, keys).fetchall()
    lives = {row[0]: (row[-2], row[-1]) for row in rows}
    missing = [Sight(*row[:-3]) for row in rows if row[-3]]
    if not missing:
        return 0
    earliest = min(lives[sight.key][1] for sight in missing)
    new: list[Sight] = []
    others: list[Sight] = []
    for row in rows:
        first_seen, last_seen = lives[row[0]]
        if not row[-3]:
            is_new = first_seen > earliest and last_seen >= sync_started_at
            (new if is_new else others).append(Sight(*row[:-3]))
    # Two that were listed beside each other are two.
    pairs = [
        (old, each)
        for old, each in succeeded(missing, new, others)
        if lives[each][0] > lives[old][1]
    ]
    if not pairs:
        return 0
    unite(conn, pairs)
    conn.execute(_SUCCESSORS, {"old": [old for old, _ in pairs], "new": [new for _, new in pairs]})
    conn.execute(_REMOVE)
    conn.execute(_SUCCEED)
    note_unmatched(conn, [old for old, _ in pairs])
    refresh_events(conn, [old for old, _ in pairs])
    return len(pairs)
