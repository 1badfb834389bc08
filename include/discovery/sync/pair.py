"""Syncs one pair, start to end: fetch → parse → load → close, page by page and resumable.

The next page is fetched while the last one is loaded. Pages are loaded with their counts and cursor
in one transaction, small ones that come quickly several at once, so an attempt may be killed at any
moment: the next goes on after the last page that is loaded, and nothing is loaded twice.

Long because an attempt is one object from its preparation to its end.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Connector, Page, SyncContext
from include.discovery.credentials import key_of
from include.discovery.errors import AllRejected, ClaimLost
from include.discovery.failures import one_line
from include.discovery.fetch.conditional import Document, Unchanged
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fetch.watched import WatchedFetcher
from include.discovery.fingerprints import Fingerprints
from include.discovery.health.measures import Measures
from include.discovery.model import Pair, SyncStats, Window
from include.discovery.redaction.errors_and_logs import keeping_secret
from include.discovery.redaction.masking import redact
from include.discovery.redaction.typed_secrets import secret_values
from include.discovery.response import Response
from include.discovery.store import runs
from include.discovery.store.connection import Connection, reported
from include.discovery.store.documents import cities_version, repeat
from include.discovery.store.known_items import KnownItems
from include.discovery.store.leases import renewed
from include.discovery.store.loader import Loader
from include.discovery.store.matching import match_unmatched
from include.discovery.store.runs import Attempt, OpenRun, PageResult
from include.discovery.sync.ahead import one_ahead
from include.discovery.sync.conclusions import conclude
from include.discovery.sync.document import AHEAD, DocumentReading
from include.discovery.sync.environment import OpenFetcher, SyncEnvironment
from include.discovery.sync.failure import Remains, note_failure
from include.discovery.sync.resuming import missing_after_resuming
from include.discovery.sync.versions import version_of_reading

log = logging.getLogger(__name__)

_LOADED_AT_ONCE = 200
"""Small pages are loaded together until they have so many records: a transaction takes as long as
merging a hundred."""
_PATIENCE = 0.5
"""Seconds that loaded pages wait for the next one: of a slow source, each is written by itself."""
_LOGGED_REJECTS = 20
"""So many rejected items of a sync are named in its log."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one attempt did."""

    stats: SyncStats
    complete: bool
    gaps: tuple[str, ...] = ()
    expected: int | None = None
    warnings: tuple[str, ...] = ()
    """What a person should look at although nothing failed."""


def sync_pair(
    conn: Connection,
    pair: Pair,
    attempt: Attempt,
    environment: SyncEnvironment,
    *,
    limit: int | None = None,
    dry_run: bool = False,
    everything: bool = False,
    withdraw_missing: bool = False,
) -> SyncResult:
    """Sync a pair and leave a row of what happened, whatever happens.

    :param limit: load so many events at most; the rest of the source is not read.
    :param dry_run: fetch and parse only; nothing is written but the run row, and the answer that a
        failure is about.
    :param everything: read the whole source also where its changes would do.
    :param withdraw_missing: a person has said that what the source lists no more is gone, however
        much it is; the whole source is read, and nothing is withdrawn unless it is complete.
    :raises PairBusy: when another run is syncing the pair; such an attempt leaves no row.
    :raises DiscoveryError: what went wrong, after the run row says so, too.
    """
    with reported():
        run = runs.begin(conn, pair, attempt, dry_run=dry_run, limit=limit)
    if run.cursor is not None:
        log.info("%s goes on after the last page that was loaded.", pair.label)
    job: _Job | None = None
    began = environment.now()
    with ExitStack() as until_closed:
        try:
            with reported(), renewed(conn, run.id):
                wants_changes = limit is None and not everything and not withdraw_missing
                job = _prepare(
                    conn,
                    pair,
                    run,
                    environment,
                    limit=limit,
                    dry_run=dry_run,
                    wants_changes=wants_changes,
                    withdraw_missing=withdraw_missing,
                )
                until_closed.enter_context(keeping_secret(job.secrets))
                asyncio.run(job.read(environment.open_fetcher))
                return job.close()
        except BaseException as error:  # noqa: BLE001  raised on below
            if job is not None and not isinstance(error, ClaimLost):
                job.save()
            raised = note_failure(
                conn,
                run.id,
                error,
                job.remains if job else Remains(),
                began=began,
                now=environment.now(),
                longest_wait=environment.longest_wait,
            )
        # Not within the except clause: what is raised there brings along what was caught.
        raise raised


def _prepare(
    conn: Connection,
    pair: Pair,
    run: OpenRun,
    environment: SyncEnvironment,
    *,
    limit: int | None,
    dry_run: bool,
    wants_changes: bool,
    withdraw_missing: bool,
) -> _Job:
    connector = connector_for(pair.source.kind)
    settings = connector.validated(pair.merged_settings, owner=pair.label)
    zone = ZoneInfo(settings.timezone or (pair.city.timezone if pair.city else "UTC"))
    today = environment.now().astimezone(zone).date()
    window = run.window or Window(today, today + timedelta(days=settings.horizon_days))
    runs.bound(conn, run.id, window)
    reading = None
    if connector.has_one_document(settings):
        may_be_known = wants_changes and not dry_run and run.cursor is None
        reading = DocumentReading.begin(conn, pair, run.id, window, may_be_known=may_be_known)
    changed_since = run.changed_since
    if wants_changes and run.cursor is None and connector.reads_changes(settings):
        changed_since = runs.ask_for_changes(conn, run.id)
    credentials = key_of(pair.source, settings, environment.find_credentials)
    typed = secret_values(pair.merged_settings)
    secrets = typed | (credentials.secrets if credentials else frozenset())
    known = fingerprints = None
    if not dry_run and limit is None:
        # Of changes alone, those are withdrawn that a change no longer brings: it has to be read.
        may_skip = wants_changes and changed_since is None
        known = KnownItems(
            conn,
            pair.id,
            run.sync_started_at,
            window.start,
            good_to=window.start + (AHEAD if reading else timedelta()),
            may_skip=may_skip,
            is_resumed=run.cursor is not None,
        )
        cities = None if pair.city else cities_version(conn)
        version = version_of_reading(pair, zone, window, secrets, cities)
        fingerprints = Fingerprints(version, window, known.by_fingerprint)
    over_by = environment.now() + environment.time_limit
    return _Job(
        conn=conn,
        pair=pair,
        run_id=run.id,
        sync_started_at=run.sync_started_at,
        connector=connector,
        context=SyncContext(
            settings=settings,
            timezone=zone,
            window=reading.ahead if reading else window,
            city=pair.city,
            credentials=credentials,
            cursor=run.cursor,
            changed_since=changed_since,
            fingerprints=fingerprints,
        ),
        secrets=secrets,
        loader=None
        if dry_run
        else Loader(conn, pair, run, environment.now, known, over_by, at_once=_LOADED_AT_ONCE),
        over_by=over_by,
        now=environment.now,
        on_page=environment.on_page,
        withdraw_missing=withdraw_missing,
        window=window,
        reading=reading,
        remaining=None if limit is None else max(0, limit - run.already_loaded),
        already_loaded=run.already_loaded,
        gaps=run.gaps,
        unidentified=run.unidentified,
        measures=run.measures,
        expected=run.expected,
    )


@dataclass(slots=True)
class _Job:
    """One attempt in motion: what it reads from, what it loads into, and what it has counted."""

    conn: Connection
    pair: Pair
    run_id: int
    sync_started_at: datetime
    connector: Connector[Any]
    context: SyncContext[Any]
    loader: Loader | None
    """Where records go; nowhere in a dry run."""
    now: Callable[[], datetime]
    on_page: Callable[[SyncStats], None]
    secrets: frozenset[str]
    """What must not leave the process: the key, and what was typed into settings."""
    withdraw_missing: bool
    """Whether a person has confirmed that what is missing is gone."""
    window: Window
    """The days that are wanted; the context's may reach further."""
    reading: DocumentReading | None
    """Of a source whose answer is one document."""
    over_by: datetime
    """When the attempt has to be over."""
    remaining: int | None
    """How many events the limit still allows."""
    already_loaded: int = 0
    """Events that earlier attempts loaded; what they did not get or know stands, too."""
    stats: SyncStats = field(default_factory=SyncStats)
    gaps: tuple[str, ...] = ()
    unidentified: int = 0
    """Items that were rejected without telling which they are."""
    measures: Measures = field(default_factory=Measures)
    expected: int | None = None
    warnings: tuple[str, ...] = ()
    unread: int = 0
    """Events of known items, which are not among the measures before the end."""
    uncounted_requests: int = 0
    """Requests sent since the last page that was loaded: they are not in the run's row yet."""
    last_answer: tuple[Response, int] | None = None
    """What the source answered last, shortened, and the bytes that it had."""

    _unchanged: Document | None = None
    """The source's document, if it is as it was read before."""
    _ends: datetime | None = None
    """When the attempt takes no further page."""
    _is_over: bool = False
    """Whether a limit or bound was reached."""

    @property
    def remains(self) -> Remains:
        """What is in hand if the attempt ends here."""
        return Remains(self.uncounted_requests, self.last_answer, self.secrets)

    async def read(self, open_fetcher: OpenFetcher) -> None:
        """Take page after page until the source ends, or a limit or bound is reached.

        Where its one document has not changed, there are none, and it is not even asked before the
        time that it has named itself.
        """
        known = self.reading.known if self.reading else None
        if known is not None and self.now() < known.not_before:
            log.info("%s is not to be asked before %s.", self.pair.label, known.not_before)
            self._unchanged = known
            return
        self._ends = self.now() + timedelta(minutes=self.context.settings.max_minutes)
        async with open_fetcher(self.context.settings, self.context.credentials) as fetch:
            counted = 0
            watched = WatchedFetcher(self._asking(fetch))
            pages = self.connector.pages(self.context, watched)
            try:
                ahead = one_ahead(pages, idle=self._write_records, patience=_PATIENCE)
                async with aclosing(ahead) as upcoming:
                    async for page in upcoming:
                        sent = fetch.requests
                        # In a thread, so that the next page keeps arriving meanwhile.
                        await asyncio.to_thread(self._take, page, sent - counted)
                        counted = sent
                        if self._is_over:
                            break
            except Unchanged as same:
                self._unchanged = same.document
            finally:
                self.uncounted_requests = fetch.requests - counted
                self.last_answer = watched.last

    def _asking(self, fetch: Fetcher) -> Fetcher:
        if self.reading is None:
            return fetch
        return self.reading.asking(fetch, self.connector.asked_interval, self.now)

    async def _write_records(self) -> None:
        """Write the records that wait, so that an attempt that is killed now need not be repeated.

        The source takes its time, and so may the transaction.
        """
        if self.loader is not None:
            self.stats += await asyncio.to_thread(self.loader.save_records)

    def _take(self, page: Page, requests: int) -> None:
        page = page.without_secrets(self.secrets)
        if self.reading is not None:
            page = self.reading.wanted(page)
        records = page.records[: self.remaining]
        gaps = (page.incomplete_reason,) if page.incomplete_reason else ()
        if self.remaining is not None:
            self.remaining -= len(records)
            if self.remaining == 0:
                gaps = (*gaps, "stopped at the limit")
                self._is_over = True
        if beyond := self._beyond_bounds(page.count):
            gaps = (*gaps, beyond)
            self._is_over = True
        page_stats = SyncStats(
            fetched=page.count,
            skipped=len(page.records) - len(records),
            pages=1,
            requests=requests,
            rejected=dict(Counter(reject.reason for reject in page.rejects)),
        )
        # The first ones in full; the counts by reason tell of the others.
        for reject in page.rejects[: max(0, _LOGGED_REJECTS - self.stats.rejected_total)]:
            log.warning("%s rejected %s: %s.", self.pair.label, reject.item, reject.reason)
        advance = PageResult(
            page_stats,
            page.cursor,
            page.expected,
            gaps,
            rejects=tuple(page.rejects),
            measures=Measures.of(records, len(page.rejects)),
        )
        if self.loader is None:
            runs.advance(self.conn, self.run_id, advance)
        else:
            page_stats = self.loader.load(
                records, advance, page.removed, read=page.read, skipped=page.skipped
            )
        self.stats += page_stats
        self.gaps += gaps
        self.unidentified += advance.unidentified
        self.measures += advance.measures
        self.unread += sum(item.events for item in page.skipped)
        self.expected = page.expected if page.expected is not None else self.expected
        log.info(
            "%s page %d: %d events, %d of them known, %d rejected, %d new, %d updated.",
            self.pair.label,
            self.stats.pages,
            page.count - len(page.rejects),
            sum(item.events for item in page.skipped),
            len(page.rejects),
            page_stats.inserted,
            page_stats.updated,
        )
        self.on_page(self.stats)

    def _beyond_bounds(self, count: int) -> str | None:
        """Say which bound is reached with so many more items: a source may go on for ever.

        A source that ends just there is incomplete, too: nobody has seen that it does.
        """
        settings = self.context.settings
        read = self.already_loaded + self.stats.fetched + count
        if read >= settings.max_events:
            return f"stopped after {read:,} events: raise max_events if the source has so many"
        if self._ends is not None and self.now() >= self._ends:
            return (
                f"stopped after {settings.max_minutes} minutes: raise max_minutes if the source"
                " takes so long"
            )
        return None

    def close(self) -> SyncResult:
        """End a sync that read its source to the end: judge it, and conclude what has vanished."""
        if self.loader is not None:
            self.stats += self.loader.save_records()
        gaps = self._gaps_of_resuming()
        self.gaps += gaps
        if self._unchanged is not None:
            self._repeat(self._unchanged)
        all_rejected = self.stats.fetched == self.stats.rejected_total > 0
        complete = not self.gaps
        # Asked for changes alone, a source does not name what has not changed. A run with a limit
        # is a trial and concludes nothing, even where the limit was not reached.
        is_of_everything = self.context.changed_since is None and self.remaining is None
        self._write_last(gaps, is_of_everything=complete and is_of_everything and not all_rejected)
        if all_rejected and not self.already_loaded:
            reasons = ", ".join(f"{n} × {reason}" for reason, n in self.stats.rejected.items())
            raise AllRejected(f"all {self.stats.fetched} items were rejected: {reasons}")
        if complete and self.loader is not None and is_of_everything:
            self._conclude()
            is_whole = self._unchanged is None and self.context.cursor is None
            if self.reading is not None and is_whole:
                self.reading.keep(self.conn, self.run_id, self.now())
        if self.loader is not None:
            match_unmatched(self.conn, self.pair, limit=self.over_by - self.now())
        runs.finish(self.conn, self.run_id, complete=complete)
        log.info("%s is synced: %s.", self.pair.label, _in_words(self.stats))
        return SyncResult(self.stats, complete, self.gaps, self.expected, self.warnings)

    def save(self) -> None:
        """Write what was taken, if possible, so that another attempt can go on after it."""
        try:
            if self.loader is not None:
                self.loader.save()
        except (psycopg.Error, ClaimLost) as error:  # must not hide what went wrong before
            log.warning("The last pages could not be written: %s", redact(one_line(error)))

    def _write_last(self, gaps: tuple[str, ...], *, is_of_everything: bool) -> None:
        """Write what was taken, and what is known at the end.

        That are requests that no page came of, such as one past the end, and what came twice.
        """
        counts = SyncStats(requests=self.uncounted_requests)
        last = PageResult(counts, gaps=gaps)
        if self.loader is None or self._unchanged is not None:
            runs.advance(self.conn, self.run_id, last)
        else:
            self.loader.finish(last, is_of_everything=is_of_everything)
            self.measures += self.loader.measures
        self.stats += counts
        self.uncounted_requests = 0

    def _gaps_of_resuming(self) -> tuple[str, ...]:
        if self.loader is None or self.context.cursor is None:
            return ()
        rejected = self.measures.rejected
        loaded = self.stats.inserted + self.stats.updated + self.stats.unchanged
        missing = missing_after_resuming(
            self.expected,
            came=self.measures.events + self.unread + rejected,
            different=self.already_loaded + loaded + rejected,
        )
        return (missing,) if missing else ()

    def _repeat(self, document: Document) -> None:
        """Let the sync that has read the document stand for this one."""
        with self.conn.transaction():
            before = repeat(self.conn, self.run_id, document, now=self.now())
        self.stats += before.stats
        self.measures = before.measures
        self.unidentified = before.unidentified
        self.expected = before.expected
        self.sync_started_at = before.seen_since
        log.info("%s has not changed since %s.", self.pair.label, before.seen_since)

    def _conclude(self) -> None:
        concluded = conclude(
            self.conn,
            self.pair,
            self.run_id,
            measures=self.measures,
            window=self.window,
            sync_started_at=self.sync_started_at,
            now=self.now().astimezone(self.context.timezone),
            limit=self.over_by - self.now(),
            unidentified=self.unidentified,
            is_confirmed=self.withdraw_missing,
        )
        for warning in concluded.warnings:
            log.warning("%s: %s.", self.pair.label, warning)
        self.warnings += concluded.warnings
        self.stats += SyncStats(withdrawn=concluded.withdrawn)


def _in_words(stats: SyncStats) -> str:
    return (
        f"{stats.fetched} fetched, {stats.inserted} new, {stats.updated} updated, "
        f"{stats.unchanged} unchanged, {stats.rejected_total} rejected, "
        f"{stats.withdrawn} withdrawn"
    )
