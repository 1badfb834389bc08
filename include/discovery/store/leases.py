"""Claims are leases: an attempt holds its pair while its row is running and is renewed.

There is at most one running row per pair (a unique index ensures it), and it says until when it is
valid. Its holder renews it from a thread with connections of its own, so that neither a long page
nor a slow source lets it lapse. An attempt that wants a pair whose lease has lapsed closes the row
as interrupted. Everything that a holder writes goes through its row: one that was thought dead
(because its machine was suspended, for example) finds the row closed, and its page is rolled back.

A source may have a limit of pairs that are synced at the same time. Airflow's pools cannot keep it:
all instances of a mapped task are in one pool. So it is kept here, where pairs are claimed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import psycopg

from include.discovery.errors import DatabaseUnavailable, SourceBusy
from include.discovery.model import Pair
from include.discovery.store.connection import Connection, address_of, connect

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
"""How long a pair stays held after its holder has died."""

RENEWED_EVERY = LEASE / 6
"""Five renewals may fail, or be delayed by a parser that keeps other threads from running."""

_RENEW = """
UPDATE discovery.sync_runs SET lease_until = now() + %(lease)s
WHERE id = %(id)s AND state = 'running' RETURNING id
"""


# Who waits for the lock has to see the rows of those who had it: hence a statement of its own.
_LOCK_LIMITED_SOURCE = """
SELECT s.max_running, pg_advisory_xact_lock(hashtextextended('discovery.sources', s.id))
FROM discovery.sources s JOIN discovery.city_source cs ON cs.source_id = s.id
WHERE cs.id = %(pair)s AND s.max_running IS NOT NULL
"""

_PAIRS_OF_SOURCE = """
SELECT (
    SELECT count(*) FROM discovery.sync_runs r
    JOIN discovery.city_source other ON other.id = r.city_source_id
    WHERE other.source_id = cs.source_id AND other.id <> cs.id
      AND r.state = 'running' AND r.lease_until > now()
), (
    SELECT count(*) FROM discovery.planned_syncs p
    JOIN discovery.city_source other ON other.id = p.city_source_id
    WHERE other.source_id = cs.source_id
      AND p.dag_run_id = %(run)s AND p.map_index < %(map_index)s
      AND NOT EXISTS (
          SELECT FROM discovery.sync_runs r
          WHERE r.dag_run_id = p.dag_run_id AND r.city_source_id = p.city_source_id)
)
FROM discovery.city_source cs WHERE cs.id = %(pair)s
"""

_TURN = timedelta(seconds=15)
_LONGEST_TURN = timedelta(minutes=5)


def check_source_limit(conn: Connection, pair: Pair, dag_run_id: str, map_index: int) -> None:
    """Make sure that one more pair of the source may be synced, until the transaction ends.

    :param dag_run_id: who asks, as the plan names it; pairs of its source that stand before it in
        the plan and have not begun make its wait longer, so that a long line asks seldom.
    :raises SourceBusy: when as many are being synced as may be; it says when to ask again.
    """
    limited = conn.execute(_LOCK_LIMITED_SOURCE, {"pair": pair.id}).fetchone()
    if limited is None:
        return
    most = limited[0]
    key = {"pair": pair.id, "run": dag_run_id, "map_index": map_index}
    row = conn.execute(_PAIRS_OF_SOURCE, key).fetchone()
    running, ahead = row or (0, 0)
    if running >= most:
        wait = min(_TURN * (1 + ahead // most), _LONGEST_TURN)
        raise SourceBusy(
            f"{running} pair{'s' if running > 1 else ''} of {pair.source.slug} are being synced, as"
            f" many as its setting max_running allows; {pair.label} waits for its turn",
            retry_after=wait.total_seconds(),
        )


@contextmanager
def renewed(conn: Connection, run_id: int, every: timedelta = RENEWED_EVERY) -> Iterator[None]:
    """Renew the lease of a running row for as long as the block lasts.

    :param conn: the holder's connection; each renewal opens one of its own to the same database.
    """
    address = address_of(conn)
    ended = Event()

    def keep() -> None:
        while not ended.wait(every.total_seconds()):
            try:
                with connect(address) as own:
                    is_held = own.execute(_RENEW, {"id": run_id, "lease": LEASE}).fetchone()
            except (DatabaseUnavailable, psycopg.Error) as error:
                log.warning("The claim could not be renewed, which is tried again: %s", error)
                continue
            if not is_held:
                return

    keeper = Thread(target=keep, name=f"lease-{run_id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        # One that still waits for the database has nothing left to renew.
        keeper.join(timeout=5)
