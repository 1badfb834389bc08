"""Sync runs: one row per attempt, written as it goes, and read by the next attempt.

Long because every statement that writes such a row stands here: together they keep it consistent.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from include.discovery.errors import INTERRUPTED, KILLED, ClaimLost, PairBusy, Parking
from include.discovery.health.measures import Measures
from include.discovery.model import Pair, Reject, SyncStats, Window
from include.discovery.store.connection import Connection
from include.discovery.store.leases import LEASE, check_source_limit
from include.discovery.store.rejects import SAMPLED, samples_of, storable
from include.discovery.store.schedule import note_success, park
from include.discovery.store.totals import COUNTS, closing

_RESUMABLE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who syncs: one try of one mapped task of one Airflow run (or of one command)."""

    dag_run_id: str
    map_index: int = -1
    try_number: int = 1


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A begun run row, with what an earlier attempt of the same Airflow run left to go on from."""

    id: int
    sync_started_at: datetime
    window: Window | None = None
    cursor: str | None = None
    already_loaded: int = 0
    """Events that earlier attempts loaded: they count towards the limit."""
    expected: int | None = None
    gaps: tuple[str, ...] = ()
    """What earlier attempts did not get: who goes on after a gap has not filled it."""
    unidentified: int = 0
    """How many items earlier attempts rejected without telling which they are."""
    measures: Measures = field(default_factory=Measures)
    """What the events of earlier attempts look like in numbers."""
    changed_since: datetime | None = None
    """The sync reads only what has changed since then; ``None``: everything."""


@dataclass(frozen=True, slots=True)
class PageResult:
    """What one page adds to a run's row."""

    stats: SyncStats
    cursor: str | None = None
    expected: int | None = None
    gaps: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """What a person should look at although nothing failed."""
    rejects: tuple[Reject, ...] = ()
    measures: Measures = field(default_factory=Measures)
    failed_assertions: tuple[str, ...] = ()
    """Names of what is below its bound."""

    @property
    def unidentified(self) -> int:
        """How many rejects do not tell which item they are."""
        return sum(reject.identity is None for reject in self.rejects)

    def __add__(self, later: PageResult) -> PageResult:
        """Return what this page and a later one add together."""
        return PageResult(
            self.stats + later.stats,
            self.cursor if later.cursor is None else later.cursor,
            self.expected if later.expected is None else later.expected,
            self.gaps + later.gaps,
            self.warnings + later.warnings,
            self.rejects + later.rejects,
            self.measures + later.measures,
            self.failed_assertions + later.failed_assertions,
        )


_CONFIGURATION_VERSION = """
    (SELECT concat_ws('.', s.version, cs.version, c.version) FROM discovery.city_source cs
     JOIN discovery.sources s ON s.id = cs.source_id
     LEFT JOIN discovery.cities c ON c.id = cs.city_id WHERE cs.id = %(pair)s)
"""

# Who found the pair held has done nothing that could be gone on with. A cursor leads into a
# listing, which is another one when the configuration has changed.
_PREVIOUS = f"""
SELECT id, state, window_start, window_end, sync_started_at, changed_since, cursor, expected, gaps,
    unidentified, measures, started_at > now() - %(resumable)s AS is_fresh,
    dry_run = %(dry_run)s AND event_limit IS NOT DISTINCT FROM %(limit)s
        AND configuration_version = {_CONFIGURATION_VERSION} AS is_alike,
    (SELECT COALESCE(sum(inserted + updated + unchanged), 0)::int FROM discovery.sync_runs earlier
     WHERE earlier.dag_run_id = r.dag_run_id AND earlier.city_source_id = r.city_source_id
       AND earlier.sync_started_at = r.sync_started_at) AS already_loaded
FROM discovery.sync_runs r
WHERE dag_run_id = %(run)s AND city_source_id = %(pair)s
  AND (error_category IS DISTINCT FROM %(busy)s OR cursor IS NOT NULL)
ORDER BY id DESC LIMIT 1
"""  # noqa: S608  the module's own text

_CLOSE_INTERRUPTED = closing("""
UPDATE discovery.sync_runs SET state = 'failed', finished_at = LEAST(now(), lease_until),
    error_category = %(category)s, error_message = %(message)s
WHERE state = 'running' AND (dag_run_id = %(run)s OR lease_until <= now())
  AND (%(pair)s::bigint IS NULL OR city_source_id = %(pair)s)
""")

_FINISH = closing("""
UPDATE discovery.sync_runs SET state = 'success', finished_at = now(), complete = %(complete)s
WHERE id = %(id)s AND state = 'running'
""")

_FAIL = closing("""
UPDATE discovery.sync_runs SET state = 'failed', finished_at = now(),
    error_category = %(category)s, error_message = %(message)s, may_retry = %(may_retry)s,
    parked_until = now() + %(wait)s::interval, requests = requests + %(requests)s
WHERE id = %(id)s AND state = 'running'
""")

_BEGIN = f"""
INSERT INTO discovery.sync_runs
    (city_source_id, city_slug, source_slug, dag_run_id, map_index, try_number, state, dry_run,
     event_limit, window_start, window_end, sync_started_at, started_at, lease_until,
     changed_since, cursor, expected, gaps, unidentified, measures, configuration_version)
SELECT %(pair)s, %(city)s, %(source)s, %(run)s, %(map_index)s, %(try_number)s, 'running',
     %(dry_run)s, %(limit)s, %(window_start)s, %(window_end)s,
     COALESCE(%(sync_started_at)s, now()), now(), now() + %(lease)s, %(changed_since)s, %(cursor)s,
     %(expected)s, %(gaps)s, %(unidentified)s, %(measures)s, {_CONFIGURATION_VERSION}
ON CONFLICT (city_source_id) WHERE state = 'running' DO NOTHING
RETURNING id, sync_started_at, window_start, window_end, changed_since, cursor, expected, gaps,
    unidentified, measures
"""

_HOLDER = """
SELECT dag_run_id, started_at, lease_until FROM discovery.sync_runs
WHERE city_source_id = %s AND state = 'running'
"""

_REFUSE = """
INSERT INTO discovery.sync_runs
    (city_source_id, city_slug, source_slug, dag_run_id, map_index, try_number, state, dry_run,
     sync_started_at, started_at, finished_at, error_category, error_message)
VALUES (%(pair)s, %(city)s, %(source)s, %(run)s, %(map_index)s, %(try_number)s, 'failed', false,
    now(), now(), now(), %(category)s, %(message)s)
"""

# Asked of the source's changes since the last complete sync, a pair misses nothing as long as the
# sync before was read by the same configuration. What comes into the window by the passing of days
# alone has not changed: hence a sync of everything every week. After one of everything that found
# nothing, or missed much of what was there, the source is read whole until it is itself again:
# changes since then would bring back nothing of what it did not show.
_CHANGED_SINCE = """
WITH complete AS (
    SELECT r.sync_started_at, r.changed_since IS NULL AS of_everything,
        r.warnings <> '{}' OR NOT EXISTS (
            SELECT FROM discovery.sync_runs part
            WHERE part.city_source_id = r.city_source_id
              AND part.sync_started_at = r.sync_started_at
              AND part.inserted + part.updated + part.unchanged > 0) AS is_doubtful
    FROM discovery.sync_runs r JOIN discovery.sync_runs this ON this.id = %(id)s
    WHERE r.city_source_id = this.city_source_id AND r.complete AND NOT r.dry_run
      AND r.event_limit IS NULL AND r.configuration_version = this.configuration_version
)
SELECT max(sync_started_at) - %(overlap)s FROM complete
HAVING max(sync_started_at) FILTER (WHERE of_everything) > now() - %(longest)s
   AND NOT (array_agg(is_doubtful ORDER BY sync_started_at DESC) FILTER (WHERE of_everything))[1]
"""
_OVERLAP = timedelta(hours=1)
"""What a source writes while it is being read may carry an earlier time; clocks differ, too."""
_LONGEST_WITHOUT_ALL = timedelta(days=7) - timedelta(hours=1)


def begin(
    conn: Connection,
    pair: Pair,
    attempt: Attempt,
    *,
    dry_run: bool = False,
    limit: int | None = None,
) -> OpenRun:
    """Claim the pair and open the row of an attempt, or go on where an earlier one has stopped.

    Earlier attempts of the same run, and any whose lease has lapsed, are dead and are closed: one
    pair is synced by one task at a time.

    :raises PairBusy: when another run is syncing the pair.
    :raises SourceBusy: when as many pairs of its source are being synced as may be.
    """
    key: dict[str, Any] = {
        "run": attempt.dag_run_id,
        "pair": pair.id,
        "dry_run": dry_run,
        "limit": limit,
        "resumable": _RESUMABLE,
        "busy": PairBusy.category,
        "lease": LEASE,
    }
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        previous = cursor.execute(_PREVIOUS, key).fetchone()
        close_interrupted(conn, attempt.dag_run_id, pair.id)
        check_source_limit(conn, pair, attempt.dag_run_id, attempt.map_index)
        resumes = (
            previous is not None
            and previous["state"] != "success"
            and previous["is_fresh"]
            and previous["is_alike"]
        )
        inherited = previous if previous is not None and resumes else {}
        # From the start again, the source tells again what it has and what it does not give.
        told = inherited if inherited.get("cursor") is not None else {}
        row = cursor.execute(
            _BEGIN,
            {
                **key,
                "city": pair.city.slug if pair.city else None,
                "source": pair.source.slug,
                "map_index": attempt.map_index,
                "try_number": attempt.try_number,
                "window_start": inherited.get("window_start"),
                "window_end": inherited.get("window_end"),
                "sync_started_at": inherited.get("sync_started_at"),
                "changed_since": inherited.get("changed_since"),
                "cursor": inherited.get("cursor"),
                "expected": told.get("expected"),
                "gaps": told.get("gaps", []),
                "unidentified": told.get("unidentified", 0),
                "measures": Jsonb(told.get("measures", {})),
            },
        ).fetchone()
        if row is None:
            raise _busy(conn, pair)
    return OpenRun(
        id=row["id"],
        sync_started_at=row["sync_started_at"],
        window=Window(row["window_start"], row["window_end"]) if row["window_start"] else None,
        cursor=row["cursor"],
        already_loaded=inherited.get("already_loaded", 0),
        expected=row["expected"],
        gaps=tuple(row["gaps"]),
        unidentified=row["unidentified"],
        measures=Measures.read(row["measures"]),
        changed_since=row["changed_since"],
    )


def _busy(conn: Connection, pair: Pair) -> PairBusy:
    holder = conn.execute(_HOLDER, [pair.id]).fetchone()
    if holder is None:  # it has ended between the two statements
        return PairBusy(f"{pair.label} was being synced by another run; try again")
    run, since, until = holder
    return PairBusy(
        f"{pair.label} is being synced by run {run} since {since:%H:%M} UTC; wait for its end"
        f" (if it was killed, the pair is free at {until:%H:%M:%S} UTC)"
    )


def refuse(conn: Connection, pair: Pair, attempt: Attempt, error: PairBusy) -> None:
    """Leave a row of an attempt that found its pair held."""
    conn.execute(
        _REFUSE,
        {
            "pair": pair.id,
            "city": pair.city.slug if pair.city else None,
            "source": pair.source.slug,
            "run": attempt.dag_run_id,
            "map_index": attempt.map_index,
            "try_number": attempt.try_number,
            "category": error.category,
            "message": str(error),
        },
    )


def ask_for_changes(conn: Connection, run_id: int) -> datetime | None:
    """Make a run one that reads changes alone, if the pair's last complete syncs allow it.

    Return since when; ``None`` when everything has to be read.
    """
    row = conn.execute(
        _CHANGED_SINCE,
        {"id": run_id, "overlap": _OVERLAP, "longest": _LONGEST_WITHOUT_ALL},
    ).fetchone()
    if row is None:
        return None
    since: datetime = row[0]
    conn.execute("UPDATE discovery.sync_runs SET changed_since = %s WHERE id = %s", [since, run_id])
    return since


def bound(conn: Connection, run_id: int, window: Window) -> None:
    """Note which days the run covers; a later attempt covers the same, also after midnight."""
    conn.execute(
        "UPDATE discovery.sync_runs SET window_start = %s, window_end = %s WHERE id = %s",
        [window.start, window.end, run_id],
    )


_ADDED_MEASURES = ", ".join(
    f"'{name}', COALESCE((measures->>'{name}')::int, 0) + %(measures_{name})s"
    for name in Measures().stored()
)

_ADVANCE = f"""
UPDATE discovery.sync_runs SET
    {", ".join(f"{name} = {name} + %({name})s" for name in COUNTS)},
    cursor = COALESCE(%(cursor)s, cursor),
    expected = COALESCE(%(expected)s, expected),
    gaps = gaps || %(gaps)s::text[],
    warnings = warnings || %(warnings)s::text[],
    unidentified = unidentified + %(unidentified)s,
    failed_assertions = failed_assertions || %(failed_assertions)s::text[],
    measures = jsonb_build_object({_ADDED_MEASURES}),
    rejected = (
        SELECT COALESCE(jsonb_object_agg(reason, total), '{{}}') FROM (
            SELECT key AS reason, sum(value::int) AS total
            FROM (SELECT * FROM jsonb_each_text(rejected)
                  UNION ALL SELECT * FROM jsonb_each_text(%(rejected)s)) counts
            GROUP BY key) sums),
    reject_samples = {SAMPLED}
WHERE id = %(id)s AND state = 'running'
"""  # noqa: S608  column names of this module


def advance(conn: Connection, run_id: int, result: PageResult) -> None:
    """Add one page's counts and move the cursor, in the transaction that loads the page.

    A page and the fact that it is loaded are one: a task killed between them cannot exist.

    :raises ClaimLost: when the row was closed meanwhile; the page's transaction must not commit.
    """
    stats = result.stats
    rejected = Counter[str]()
    for reason, count in stats.rejected.items():
        rejected[storable(reason)] += count
    advanced = conn.execute(
        _ADVANCE,
        {
            "id": run_id,
            "cursor": result.cursor,
            "expected": result.expected,
            "gaps": [storable(gap) for gap in result.gaps],
            "warnings": [storable(warning) for warning in result.warnings],
            "unidentified": result.unidentified,
            "failed_assertions": list(result.failed_assertions),
            "rejected": Jsonb(rejected),
            "reject_samples": Jsonb(samples_of(result.rejects)),
            **{name: getattr(stats, name) for name in COUNTS},
            **{f"measures_{name}": n for name, n in result.measures.stored().items()},
        },
    )
    if not advanced.rowcount:
        raise ClaimLost(_LOST)


_LOST = (
    "the claim on the pair was lost: this attempt did not renew it in time and was thought dead; "
    "what it had loaded stays, and the next attempt goes on"
)


def finish(conn: Connection, run_id: int, *, complete: bool) -> None:
    """Close a run that went to its end, and use up the pair's period if that was a scheduled run's.

    :raises ClaimLost: when the row was closed meanwhile.
    """
    with conn.transaction():
        row = conn.execute(_FINISH, {"id": run_id, "complete": complete}).fetchone()
        if not row or not row[0]:
            raise ClaimLost(_LOST)
        note_success(conn, run_id)


def fail(
    conn: Connection,
    run_id: int,
    *,
    category: str,
    message: str,
    may_retry: bool = True,
    parking: Parking | None = None,
    requests: int = 0,
) -> None:
    """Close a run that raised; what it had loaded stays, and so does its cursor.

    :param may_retry: whether another attempt of the same run may help.
    :param parking: parks the pair: until then no run takes it unless it is forced to.
    :param requests: how many were sent since the last page that was loaded.
    """
    with conn.transaction():
        conn.execute(
            _FAIL,
            {
                "id": run_id,
                "category": category,
                "message": storable(message),
                "may_retry": may_retry,
                "wait": parking and parking.wait,
                "requests": requests,
            },
        )
        if parking:
            park(conn, run_id, parking.because)


def close_interrupted(conn: Connection, dag_run_id: str, pair_id: int | None = None) -> int:
    """Close the rows of dead attempts as interrupted; return how many there were.

    Dead are attempts of any run whose lease has lapsed, and all of the given run: it is called by
    those who know that no task of it is alive, which are its plan, the next attempt, the report.

    :param pair_id: close only those of this pair.
    """
    row = conn.execute(
        _CLOSE_INTERRUPTED,
        {"run": dag_run_id, "pair": pair_id, "category": INTERRUPTED, "message": KILLED},
    ).fetchone()
    return row[0] if row else 0
