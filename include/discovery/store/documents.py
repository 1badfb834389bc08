"""Documents that are not read again as long as they are the same, and the runs that find so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from include.discovery.errors import ClaimLost
from include.discovery.fetch.conditional import Document
from include.discovery.health.measures import Measures
from include.discovery.model import SyncStats, Window
from include.discovery.store.connection import Connection, rows
from include.discovery.store.known_items import SEEN_UNREAD
from include.discovery.store.totals import COUNTS

_LONGEST_UNREAD: Final = timedelta(days=7) - timedelta(hours=1)
"""Then a document is read though it is the same: whatever else has changed is made good."""

_SEEN_BY_ITEMS: Final = SEEN_UNREAD.format(
    pair="base.city_source_id", sync_started_at="base.sync_started_at"
)

# Since the sync that read it: what it has seen, and what was rejected but is still listed.
_LISTED: Final = f"""
(SELECT count(*) FROM discovery.listings l
 WHERE l.city_source_id = base.city_source_id AND l.withdrawn_at IS NULL
   AND (l.last_seen_at >= base.sync_started_at OR l.id <@ {_SEEN_BY_ITEMS}))
"""  # noqa: S608  the module's own text

_NOT_OVER: Final = f"""
(SELECT count(*) FROM discovery.listings l
 WHERE l.city_source_id = base.city_source_id AND l.withdrawn_at IS NULL
   AND (l.last_seen_at >= base.sync_started_at OR l.id <@ {_SEEN_BY_ITEMS})
   AND COALESCE(greatest(l.local_date, l.ends_at::date) >= %(start)s, true))
"""  # noqa: S608  the module's own text

_KEEP: Final = f"""
INSERT INTO discovery.documents
    (city_source_id, run_id, read_by, good_to, listed, asked_at, not_before, address, content,
     etag, last_modified)
SELECT base.city_source_id, base.id, %(read_by)s, %(good_to)s, {_LISTED}, %(now)s, %(not_before)s,
    %(address)s, %(content)s, %(etag)s, %(last_modified)s
FROM discovery.sync_runs base WHERE base.id = %(run)s
ON CONFLICT (city_source_id) DO UPDATE SET
    run_id = EXCLUDED.run_id, read_by = EXCLUDED.read_by, good_to = EXCLUDED.good_to,
    listed = EXCLUDED.listed, asked_at = EXCLUDED.asked_at, not_before = EXCLUDED.not_before,
    address = EXCLUDED.address, content = EXCLUDED.content, etag = EXCLUDED.etag,
    last_modified = EXCLUDED.last_modified
"""  # noqa: S608  the module's own text

# Counts are those of the sync that read the document: not much of it may be over. Other pages may
# have been loaded since, other listings may have come or gone, and another pair of the source may
# have taken some over: then nobody knows what reading the document would bring.
_KNOWN: Final = f"""
SELECT d.address, d.content, d.etag, d.last_modified, d.not_before
FROM discovery.documents d
JOIN discovery.sync_runs base ON base.id = d.run_id
JOIN discovery.sync_runs this ON this.id = %(run)s AND this.city_source_id = d.city_source_id
WHERE d.read_by = %(read_by)s
  AND base.configuration_version = this.configuration_version
  AND base.window_start <= %(start)s AND %(end)s <= d.good_to
  AND base.sync_started_at > now() - %(longest)s
  AND NOT EXISTS (
      SELECT FROM discovery.sync_runs later
      WHERE later.city_source_id = d.city_source_id AND later.id > base.id
        AND later.started_at >= base.started_at AND later.pages > 0 AND NOT later.dry_run)
  AND d.listed = {_LISTED}
  AND 10 * {_NOT_OVER} >= 9 * d.listed
"""  # noqa: S608  the module's own text

_ASKED: Final = """
UPDATE discovery.documents SET asked_at = %(now)s, not_before = %(not_before)s, etag = %(etag)s,
    last_modified = %(last_modified)s
FROM discovery.sync_runs this
WHERE this.id = %(run)s AND documents.city_source_id = this.city_source_id
"""

_REPEATED: Final = [name for name in COUNTS if name not in {
    "inserted", "updated", "unchanged", "withdrawn", "pages", "requests"
}]  # fmt: skip

_REPEAT: Final = f"""
UPDATE discovery.sync_runs this SET
    {", ".join(f"{name} = base.{name}" for name in _REPEATED)},
    unchanged = base.inserted + base.updated + base.unchanged,
    rejected = base.rejected, reject_samples = base.reject_samples, expected = base.expected,
    unidentified = base.unidentified, measures = base.measures,
    unchanged_since = base.sync_started_at
FROM discovery.documents d JOIN discovery.sync_runs base ON base.id = d.run_id
WHERE this.id = %(run)s AND this.state = 'running' AND d.city_source_id = this.city_source_id
RETURNING base.sync_started_at, this.unidentified, this.measures, this.expected, this.rejected,
    {", ".join(f"this.{name}" for name in (*_REPEATED, "unchanged"))}
"""  # noqa: S608  column names of this package

_CITIES: Final = (
    "SELECT string_agg(slug || ' ' || version, ',' ORDER BY slug) FROM discovery.cities"
)


@dataclass(frozen=True, slots=True)
class Repeated:
    """What the sync that read a document made of it."""

    seen_since: datetime
    """What that sync has seen was seen since then."""
    stats: SyncStats
    measures: Measures
    unidentified: int
    expected: int | None


def cities_version(conn: Connection) -> str:
    """Return what is different when any city is: a source without one looks through all."""
    row = conn.execute(_CITIES).fetchone()
    return str(row[0]) if row else ""


def known_document(conn: Connection, run_id: int, read_by: str, window: Window) -> Document | None:
    """Return the document that the run's pair need not read again while it is the same.

    :param read_by: stands for all, beside the configuration, by which it would be read now.
    :param window: the days that would be read now.
    """
    found = rows(
        conn,
        _KNOWN,
        {
            "run": run_id,
            "read_by": read_by,
            "start": window.start,
            "end": window.end,
            "longest": _LONGEST_UNREAD,
        },
    )
    return Document(**found[0]) if found else None


def keep_document(
    conn: Connection, run_id: int, document: Document, *, read_by: str, good_to: date, now: datetime
) -> None:
    """Keep the document that a complete run has read.

    :param good_to: up to this end of the window it gives no other events.
    """
    conn.execute(
        _KEEP,
        {"run": run_id, "read_by": read_by, "good_to": good_to, "now": now, **_values(document)},
    )


def repeat(conn: Connection, run_id: int, document: Document, *, now: datetime) -> Repeated:
    """Let a run stand for the one that has read the document, which is the same now.

    :param document: with what its latest answer says.
    :raises ClaimLost: when the run's row was closed meanwhile.
    """
    conn.execute(_ASKED, {"run": run_id, "now": now, **_values(document)})
    found = rows(conn, _REPEAT, {"run": run_id})
    if not found:
        raise ClaimLost("the claim on the pair was lost: this attempt did not renew it in time")
    row = found[0]
    counts = {name: row[name] for name in (*_REPEATED, "unchanged")}
    return Repeated(
        row["sync_started_at"],
        SyncStats(**counts, rejected=row["rejected"]),
        Measures.read(row["measures"]),
        row["unidentified"],
        row["expected"],
    )


def _values(document: Document) -> dict[str, Any]:
    return {
        "not_before": document.not_before,
        "address": document.address,
        "content": document.content,
        "etag": document.etag,
        "last_modified": document.last_modified,
    }
