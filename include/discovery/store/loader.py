"""Loads one page: its records, its counts and its cursor, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

import psycopg

from include.discovery.model import City, EventRecord, Identity, Pair, Reject, SyncStats
from include.discovery.store.connection import Connection
from include.discovery.store.entities import read_cities
from include.discovery.store.listings import load_records, mark_listed
from include.discovery.store.runs import OpenRun, PageResult, advance
from include.discovery.store.withdrawals import withdraw_removed

_TRIES = 4
_MET_ANOTHER = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.UniqueViolation,
)

ID_TAKEN = "its id belongs to another event of this source; give each site a source of its own"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Loader:
    """Loads the pages of one sync.

    :param now: the time by which events have begun or not.
    """

    def __init__(
        self, conn: Connection, pair: Pair, run: OpenRun, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._conn = conn
        self._pair = pair
        self._run = run
        self._now = now

    @cached_property
    def _cities(self) -> dict[str, tuple[City, int]]:
        return read_cities(self._conn)

    def load(
        self, records: Sequence[EventRecord], result: PageResult, removed: Sequence[str] = ()
    ) -> SyncStats:
        """Load a page's records and add its result to the run; return the counts with the merge's.

        ``removed`` names what is withdrawn: see :class:`~include.discovery.connectors.base.Page`.

        Two syncs that meet in the same events may deadlock; PostgreSQL then ends one of them, and
        that one loads its page again. So does one that gives a listing the id of a row which the
        other has just added.
        """
        for remaining in reversed(range(_TRIES)):
            try:
                return self._load(records, result, removed)
            except _MET_ANOTHER:
                if not remaining:
                    raise
        raise AssertionError("unreachable: the last try returns or raises")

    def _load(
        self, records: Sequence[EventRecord], result: PageResult, removed: Sequence[str]
    ) -> SyncStats:
        with self._conn.transaction():
            counts = load_records(
                self._conn,
                self._pair,
                records,
                cities=[city for city, _ in self._cities.values()],
                city_ids={slug: city_id for slug, (_, city_id) in self._cities.items()},
                sync_started_at=self._run.sync_started_at,
            )
            still_listed = (each.identity for each in result.rejects if each.identity is not None)
            mark_listed(self._conn, self._run.id, still_listed)
            taken = [
                Reject(ID_TAKEN, external_id, identity=Identity(external_id))
                for external_id in counts.collisions
            ]
            stats = replace(
                result.stats,
                inserted=counts.inserted,
                updated=counts.updated,
                unchanged=counts.unchanged,
                duplicates=counts.duplicates,
                withdrawn=withdraw_removed(self._conn, self._run.id, removed, now=self._now()),
            ) + SyncStats(rejected={ID_TAKEN: len(taken)} if taken else {})
            rejects = (*result.rejects, *taken)
            advance(self._conn, self._run.id, replace(result, stats=stats, rejects=rejects))
        return stats
