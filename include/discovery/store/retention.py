"""Deletes what is older than it is to be kept: runs, rejects, answers, audit log, past events.

In batches, each a transaction of its own: nothing is locked for long, and what is interrupted goes
on at the next time. Never touched are attempts that are running, the latest attempts of each pair,
which its health and its next sync are judged by, plans that are not over, and open alerts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from include.discovery.settings import Settings
from include.discovery.store.audit import Author, Change, note
from include.discovery.store.connection import Connection
from include.discovery.store.events import settle_events

BATCH = 2_000
"""Rows that one transaction deletes at most."""

LATEST = 50
"""So many attempts of each pair stay, however old: health looks at the latest of them."""

# What a pair's next sync goes by stays, too: its last complete sync, and the last one that read
# everything, with all their attempts.
_RUNS = f"""
WITH latest AS MATERIALIZED (
    SELECT cs.id,
        (SELECT min(started_at) FROM (
            SELECT started_at FROM discovery.sync_runs r WHERE r.city_source_id = cs.id
            ORDER BY started_at DESC LIMIT {LATEST}) newest) AS since,
        ARRAY(SELECT max(sync_started_at) FROM discovery.sync_runs r
              WHERE r.city_source_id = cs.id AND complete AND NOT dry_run AND event_limit IS NULL
              GROUP BY changed_since IS NULL) AS complete
    FROM discovery.city_source cs
)
SELECT r.id FROM discovery.sync_runs r LEFT JOIN latest ON latest.id = r.city_source_id
WHERE r.state <> 'running' AND r.started_at < %(before)s
  AND (latest.id IS NULL OR r.started_at < latest.since
       AND r.sync_started_at <> ALL (latest.complete))
"""  # noqa: S608  the module's own text

# A plan that nobody has ended for a month never will be.
_PLANS = """
SELECT p.dag_run_id, p.city_source_id FROM discovery.planned_syncs p
WHERE p.planned_at < %(before)s
  AND (p.ended_at IS NOT NULL OR p.planned_at < %(now)s - interval '30 days')
  AND NOT EXISTS (SELECT FROM discovery.sync_runs r WHERE r.dag_run_id = p.dag_run_id)
  AND p.planned_at < (SELECT max(latest.planned_at) FROM discovery.planned_syncs latest
                      WHERE latest.city_source_id = p.city_source_id)
"""

_REJECTS = """
SELECT id FROM discovery.sync_runs
WHERE reject_samples <> '[]' AND state <> 'running' AND started_at < %(before)s
"""

_ANSWERS = "SELECT id FROM discovery.kept_answers WHERE kept_at < %(before)s"

_ALERTS = "SELECT id FROM discovery.alerts WHERE closed_at < %(before)s"

_MESSAGES = """
SELECT id FROM discovery.alert_messages
WHERE created_at < %(before)s AND state NOT IN ('pending', 'sending')
"""

_AUDIT = "SELECT id FROM discovery.config_changes WHERE changed_at < %(before)s"

# Over, by the event itself and by each of its listings. What has no date is not past.
_EVENTS = """
SELECT e.id FROM discovery.events e
WHERE e.local_date < %(before)s::date AND COALESCE(e.ends_at < %(before)s, true)
  AND NOT EXISTS (
    SELECT FROM discovery.listings l WHERE l.event_id = e.id
    AND NOT COALESCE(l.local_date < %(before)s::date AND COALESCE(l.ends_at < %(before)s, true),
                     false))
"""

_HOSTS = "SELECT name FROM discovery.hosts WHERE day < %(before)s::date"

_ROBOTS = "SELECT origin FROM discovery.robots_files WHERE read_at < %(before)s"

# A complete sync of everything forgets what it did not find. Of a pair that has none, because it
# fails, is disabled or is only asked for changes, items would gather without end.
_ITEMS = """
SELECT i.city_source_id, i.fingerprint FROM discovery.known_items i
WHERE i.good_to < %(before)s::date
   OR i.read_at < %(before)s AND NOT EXISTS (
    SELECT FROM discovery.sync_runs r
    WHERE r.city_source_id = i.city_source_id AND r.started_at >= %(before)s
      AND r.complete AND NOT r.dry_run AND r.event_limit IS NULL AND r.changed_since IS NULL)
"""

_KNOWN_FOR = timedelta(days=30)
"""What nobody has asked for, or has met in a source, for so long helps nobody."""

_Delete = Callable[[Connection, dict[str, Any]], int]


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of rows: how long they are kept, which are old, and what deletes a batch of them."""

    name: str
    kept_for: Callable[[Settings], timedelta | None]
    old: str
    delete: _Delete


def _by_statement(statement: str, old: str) -> _Delete:
    query = statement.format(old=f"{old} LIMIT {BATCH}").encode()
    return lambda conn, values: conn.execute(query, values).rowcount


def _delete_events(conn: Connection, values: dict[str, Any]) -> int:
    """Delete events with their listings; one that a sync is just adding a listing to stays."""
    with conn.transaction():
        # In the order of their ids, as syncs lock them: two never wait for each other in a circle.
        query = f"{_EVENTS} AND e.id > %(last)s ORDER BY e.id LIMIT {BATCH}"
        found = [row[0] for row in conn.execute(query.encode(), values).fetchall()]
        if found:
            conn.execute("DELETE FROM discovery.listings WHERE event_id = ANY(%s)", [found])
            settle_events(conn, found)
            values["last"] = found[-1]
    return len(found)


_KINDS = (
    _Kind(
        "reject samples",
        lambda settings: settings.keep_rejects,
        _REJECTS,
        _by_statement(
            "UPDATE discovery.sync_runs SET reject_samples = '[]' WHERE id IN ({old})", _REJECTS
        ),
    ),
    _Kind(
        "answers",
        lambda settings: settings.keep_answers,
        _ANSWERS,
        _by_statement("DELETE FROM discovery.kept_answers WHERE id IN ({old})", _ANSWERS),
    ),
    _Kind(
        "runs",
        lambda settings: settings.keep_runs,
        _RUNS,
        _by_statement("DELETE FROM discovery.sync_runs WHERE id IN ({old})", _RUNS),
    ),
    _Kind(
        "plans",
        lambda settings: settings.keep_runs,
        _PLANS,
        _by_statement(
            "DELETE FROM discovery.planned_syncs WHERE (dag_run_id, city_source_id) IN ({old})",
            _PLANS,
        ),
    ),
    _Kind(
        "closed alerts",
        lambda settings: settings.keep_runs,
        _ALERTS,
        _by_statement("DELETE FROM discovery.alerts WHERE id IN ({old})", _ALERTS),
    ),
    _Kind(
        "messages",
        lambda settings: settings.keep_runs,
        _MESSAGES,
        _by_statement("DELETE FROM discovery.alert_messages WHERE id IN ({old})", _MESSAGES),
    ),
    _Kind(
        "hosts",
        lambda _: _KNOWN_FOR,
        _HOSTS,
        _by_statement("DELETE FROM discovery.hosts WHERE name IN ({old})", _HOSTS),
    ),
    _Kind(
        "robots.txt files",
        lambda _: _KNOWN_FOR,
        _ROBOTS,
        _by_statement("DELETE FROM discovery.robots_files WHERE origin IN ({old})", _ROBOTS),
    ),
    _Kind(
        "known items",
        lambda _: _KNOWN_FOR,
        _ITEMS,
        _by_statement(
            "DELETE FROM discovery.known_items WHERE (city_source_id, fingerprint) IN ({old})",
            _ITEMS,
        ),
    ),
    _Kind(
        "audit log",
        lambda settings: settings.keep_audit,
        _AUDIT,
        _by_statement("DELETE FROM discovery.config_changes WHERE id IN ({old})", _AUDIT),
    ),
    _Kind(
        "past events", lambda settings: settings.keep_past_events, _EVENTS, _delete_events
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much of one kind was old."""

    kind: str
    kept_for: timedelta | None
    """``None``: forever."""
    count: int


def prune(
    conn: Connection,
    settings: Settings,
    author: Author,
    *,
    dry_run: bool = False,
    now: datetime | None = None,
) -> list[Pruned]:
    """Delete what is older than the settings say; what was deleted is noted in the audit log.

    :param conn: outside of a transaction: each batch is one.
    :param dry_run: count it alone.
    """
    now = now or datetime.now(UTC)
    done = []
    for kind in _KINDS:
        kept_for = kind.kept_for(settings)
        count = 0
        if kept_for is not None:
            values = {"before": now - kept_for, "now": now, "last": 0}
            count = _count(conn, kind, values) if dry_run else _delete(conn, kind, values)
        done.append(Pruned(kind.name, kept_for, count))
    counts: dict[str, Any] = {each.kind: each.count for each in done if each.count}
    if counts and not dry_run:
        note(conn, Change("prune", "history", "retention", after=counts), author)
    return done


def _count(conn: Connection, kind: _Kind, values: dict[str, Any]) -> int:
    query = f"SELECT count(*) FROM ({kind.old}) old"  # noqa: S608  the module's own text
    row = conn.execute(query.encode(), values).fetchone()
    return row[0] if row else 0


def _delete(conn: Connection, kind: _Kind, values: dict[str, Any]) -> int:
    total = 0
    while deleted := kind.delete(conn, values):
        total += deleted
    return total
