"""Loads pages: their records, their counts and their cursor, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

import psycopg

from include.discovery.fingerprints import ReadItem, SkippedItem
from include.discovery.health.measures import Measures
from include.discovery.model import City, EventRecord, Identity, Pair, Reject, SyncStats
from include.discovery.store.connection import Connection, transaction
from include.discovery.store.entities import read_cities
from include.discovery.store.known_items import KnownItems
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


_WRITTEN_EVERY = timedelta(seconds=30)
"""So old the counts and the cursor in a run's row get at most while pages wait."""


@dataclass(frozen=True, slots=True)
class _Pages:
    """What pages have brought that is not written yet; places are those among all its records."""

    result: PageResult | None = None
    records: Sequence[EventRecord] = ()
    read: Sequence[ReadItem] = ()
    skipped: Sequence[SkippedItem] = ()

    def plus(
        self,
        result: PageResult,
        records: Sequence[EventRecord] = (),
        read: Sequence[ReadItem] = (),
        skipped: Sequence[SkippedItem] = (),
    ) -> _Pages:
        """Return these pages and one more."""
        before = len(self.records)
        moved = [replace(each, first=each.first + before, end=each.end + before) for each in read]
        together = [*self.records, *records]
        # What is skipped before all records need not be named: its place is the first.
        known = [each._replace(first=each.first + before) for each in skipped if together]
        return _Pages(
            result if self.result is None else self.result + result,
            together,
            [*self.read, *moved],
            [*self.skipped, *known],
        )


class Loader:
    """Loads the pages of one sync.

    Pages wait until they have so many records together that a transaction is worth its cost, or a
    while: those of known items alone write nothing of their own.

    :param now: the time by which events have begun or not.
    :param known: items that are not read again; ``None``: all are.
    :param over_by: when the attempt has to be over, and its statements with it.
    :param at_once: how many records pages have together when they are written.
    """

    def __init__(
        self,
        conn: Connection,
        pair: Pair,
        run: OpenRun,
        now: Callable[[], datetime] = _utc_now,
        known: KnownItems | None = None,
        over_by: datetime | None = None,
        at_once: int = 1,
    ) -> None:
        self._conn = conn
        self._pair = pair
        self._run = run
        self._now = now
        self._known = known
        self._over_by = over_by
        self._at_once = at_once
        self._waiting = _Pages()
        self._written_at = now()

    @cached_property
    def _cities(self) -> dict[str, tuple[City, int]]:
        return read_cities(self._conn)

    @property
    def measures(self) -> Measures:
        """Those of known items whose pages are written."""
        return self._known.measures if self._known else Measures()

    def load(
        self,
        records: Sequence[EventRecord],
        result: PageResult,
        removed: Sequence[str] = (),
        *,
        read: Sequence[ReadItem] = (),
        skipped: Sequence[SkippedItem] = (),
    ) -> SyncStats:
        """Load a page's records and add its result to the run, or let them wait.

        ``removed`` names what is withdrawn: see :class:`~include.discovery.connectors.base.Page`.

        :param read: what items of the page became; they are remembered.
        :param skipped: known items of the page.

        :return: the page's counts, with those of merging what was written now.

        Two syncs that meet in the same events may deadlock; PostgreSQL then ends one of them, and
        that one loads its pages again. So does one that gives a listing the id of a row which the
        other has just added.
        """
        if self._known is not None:
            seen = self._known.skip(skipped)
            result = replace(result, stats=result.stats + seen)
        pages = self._waiting.plus(result, records, read, skipped)
        waits = (skipped or records) and not removed and len(pages.records) < self._at_once
        if waits and self._now() - self._written_at < _WRITTEN_EVERY:
            self._waiting = pages
            return result.stats
        return result.stats + self._write(pages, removed)

    def save(self) -> None:
        """Write what waits, so that another attempt can go on after it."""
        if self._waiting.result is not None:
            self._write(self._waiting)

    def save_records(self) -> SyncStats:
        """Write the pages that wait if they have records; return the merge's counts."""
        return self._write(self._waiting) if self._waiting.records else SyncStats()

    def finish(self, result: PageResult, *, is_of_everything: bool) -> None:
        """Write what the end of the sync adds to the run, after :meth:`save_records`.

        :param is_of_everything: all that the source lists was read or is known.
        """
        self._write(self._waiting.plus(result), is_last=True, forgets=is_of_everything)

    def _write(
        self,
        pages: _Pages,
        removed: Sequence[str] = (),
        *,
        is_last: bool = False,
        forgets: bool = False,
    ) -> SyncStats:
        """Load the records of pages, those that wait included, and add their results to the run.

        :return: what the merge counts.
        """
        records = pages.records
        result = pages.result or PageResult(SyncStats())

        def write() -> SyncStats:
            with self._transaction():
                if self._known is None:
                    return self._load(records, result, removed)[0]
                measures = self._known.note(is_last=is_last)
                unseen = self._known.unseen(records, pages.skipped)
                dropped = SyncStats(duplicates=len(records) - len(unseen))
                whole = replace(
                    result, stats=result.stats + dropped, measures=result.measures + measures
                )
                counts, loaded = self._load(unseen, whole, removed)
                self._known.remember(records, pages.read, loaded)
                if forgets:
                    self._known.forget()
            return counts + dropped

        counts = _retried(write)
        if self._known is not None:
            self._known.committed()
        self._waiting = _Pages()
        self._written_at = self._now()
        return counts

    def _transaction(self) -> AbstractContextManager[object]:
        limit = None if self._over_by is None else self._over_by - self._now()
        return transaction(self._conn, limit)

    def _load(
        self, records: Sequence[EventRecord], result: PageResult, removed: Sequence[str]
    ) -> tuple[SyncStats, Mapping[str, int]]:
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
        stats = SyncStats(
            inserted=counts.inserted,
            updated=counts.updated,
            unchanged=counts.unchanged,
            duplicates=counts.duplicates,
            withdrawn=withdraw_removed(self._conn, self._run.id, removed, now=self._now()),
            rejected={ID_TAKEN: len(taken)} if taken else {},
        )
        rejects = (*result.rejects, *taken)
        advance(
            self._conn, self._run.id, replace(result, stats=result.stats + stats, rejects=rejects)
        )
        return stats, counts.loaded


def _retried(write: Callable[[], SyncStats]) -> SyncStats:
    for remaining in reversed(range(_TRIES)):
        try:
            return write()
        except _MET_ANOTHER:
            if not remaining:
                raise
    raise AssertionError("unreachable: the last try returns or raises")
