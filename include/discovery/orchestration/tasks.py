"""The bodies of the DAG's tasks: they translate between Airflow and the library, and no more."""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import Connection as AirflowConnection
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowNotFoundException,
    AirflowRescheduleException,
)

from include.discovery.credentials import StoredConnection, credentials_of
from include.discovery.dates.timezones import zone_named
from include.discovery.due import ALMOST_OVER, RunTime
from include.discovery.errors import (
    DiscoveryError,
    HostBusy,
    InvalidSettings,
    PairBusy,
    SourceBusy,
    parking_of,
)
from include.discovery.failures import failure_of
from include.discovery.fetch.keys import Credentials
from include.discovery.model import Pair
from include.discovery.monitoring.metrics import of_attempt, of_run
from include.discovery.orchestration.connection import open_discovery_db, open_for_migration
from include.discovery.orchestration.metrics import emit
from include.discovery.orchestration.sharing import sync_share
from include.discovery.plan import RunParams, plan
from include.discovery.redaction.masking import redact
from include.discovery.report import close_run
from include.discovery.settings import Settings
from include.discovery.shares import name_of_task
from include.discovery.store.audit import Author, note_trigger
from include.discovery.store.connection import Connection, reported
from include.discovery.store.hosts import SharedHosts
from include.discovery.store.migrate import check_schema, migrate
from include.discovery.store.plans import PlannedPair, planned_pairs
from include.discovery.store.queries.outcomes import read_changes_by_city
from include.discovery.store.runs import Attempt, refuse
from include.discovery.store.schedule import parked_until
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import sync_pair
from include.discovery.sync.stopping import terminable
from include.discovery.text.wording import in_words

log = logging.getLogger(__name__)

Context = Any
"""Airflow's task context: a mapping whose values are Airflow's."""


class TooManyFailedError(AirflowFailException):
    """More pairs failed than may fail: the run as a whole has failed.

    Reporting once more would not change that, hence no retry.
    """


def plan_run(context: Context, chance: Callable[[], float] = random.random) -> list[str]:
    """Plan the run's pairs; ``sync`` is mapped over the names that are returned, one a task.

    :param chance: a number from 0 up to 1, by which the start of a scheduled run is put off.
    """
    with _said_in_one_line("The plan failed"):
        settings = Settings.from_environment(os.environ)
        _start_late(context, settings.start_spread * chance())
        if settings.auto_migrate:
            _migrate()
        params = RunParams.read(context["params"])
        with _discovery_db() as conn:
            _note_trigger(conn, context["dag_run"], params)
            planned = plan(
                conn,
                context["dag_run"].run_id,
                params,
                RunTime(datetime.now(UTC), scheduled_for(context)),
                capacity=conf.getint("core", "max_map_length"),
                most=settings.max_pairs,
                per_task=settings.pairs_per_task,
            )
    return [name_of_task(pairs) for pairs in planned.tasks]


def _start_late(context: Context, delay: timedelta) -> None:
    """Let a scheduled run begin so long after its time, without holding a slot meanwhile."""
    meant = scheduled_for(context)
    if meant is None or context.get("task_reschedule_count"):
        return
    at = meant.astimezone(UTC) + delay
    # One that is late anyway, as after a pause of the DAG, begins at once.
    if timedelta() < at - datetime.now(UTC) <= delay:
        log.info("The run begins at %s, as DISCOVERY_START_SPREAD says.", f"{at:%H:%M:%S} UTC")
        raise AirflowRescheduleException(at)  # type: ignore[no-untyped-call]


def _note_trigger(conn: Connection, run: Any, params: RunParams) -> None:  # noqa: ANN401
    """Put a run that the schedule has not started into the audit log.

    'Run now', Airflow's own form, its API and its command line all come through here.
    """
    if run.run_type == "scheduled":
        return
    # Airflow knows nobody where another DAG or an asset started it.
    name = (
        getattr(run, "triggering_user_name", None)
        or f"Airflow ({getattr(run.run_type, 'value', run.run_type)})"
    )
    with reported():
        note_trigger(conn, run.run_id, params.model_dump(mode="json"), Author(name, "dag"))


def scheduled_for(context: Context) -> datetime | None:
    """Return when the schedule meant the run, in the schedule's time zone; ``None``: triggered.

    That is when the run was to start at the earliest: the logical date of a schedule without data
    intervals, as ours is, and the end of the interval of one that has them. Backfills make good
    what a schedule has left out, which for today's listings is nothing; assets come as they come.
    """
    run, dag = context["dag_run"], context["dag"]
    if run.run_type != "scheduled":
        return None
    # Airflow's own timetables name it so; one that is a delta, or somebody's own, has the DAG's.
    zone = zone_named(str(getattr(dag.timetable, "timezone", dag.timezone)))
    return datetime.fromtimestamp(run.run_after.timestamp(), zone or ZoneInfo("UTC"))


def sync_mapped(context: Context, name: str) -> None:
    """Sync the pair behind this mapped task, or those that share it, one after the other.

    A failure leaves its category and message as XCom ``error``, for those who read the metadata
    database, since Airflow keeps no error text by itself.

    :param name: of the task, as the plan has named it.
    """
    ti = context["ti"]
    log.info("%s: attempt %d of %d.", name, ti.try_number, ti.max_tries + 1)
    params = RunParams.read(context["params"])
    settings = Settings.from_environment(os.environ)
    try:
        with _said_in_one_line(f"{name} failed"), terminable(), _discovery_db() as conn:

            def sync(pair: Pair) -> None:
                _sync(conn, pair, context, params, settings)

            pairs = _planned(conn, context)
            if len(pairs) == 1:
                sync(pairs[0].pair)
            else:
                sync_share(lambda: _planned(conn, context), sync, ti.try_number, settings)
    except AirflowRescheduleException:
        raise
    except Exception as error:
        failure = failure_of(error)
        ti.xcom_push(
            key="error",
            value={"category": failure.category, "message": redact(str(failure))},
        )
        raise


def _sync(
    conn: Connection, pair: Pair, context: Context, params: RunParams, settings: Settings
) -> None:
    """Sync one pair of a task, and measure the attempt."""
    ti = context["ti"]
    attempt = Attempt(context["dag_run"].run_id, ti.map_index, ti.try_number)
    began = datetime.now(UTC)
    try:
        if not params.force:
            _wait_while_parked(conn, pair)
        try:
            sync_pair(
                conn,
                pair,
                attempt,
                SyncEnvironment.live(_credentials, settings, SharedHosts.beside(conn)),
                limit=params.limit,
                dry_run=params.dry_run,
                everything=params.force,
                withdraw_missing=params.withdraw_missing,
            )
        except PairBusy as busy:
            # Told in the run's report, should the retries not find the pair free either.
            with reported():
                refuse(conn, pair, attempt, busy)
            raise
        except (SourceBusy, HostBusy) as busy:
            if parking_of(busy, datetime.now(UTC), settings.longest_wait):
                raise
            raise _turn_later(busy) from None
    except AirflowRescheduleException:
        raise
    except Exception as error:
        _measure(context, pair.source.slug, began, failure_of(error).category)
        raise
    _measure(context, pair.source.slug, began, None)


def _measure(context: Context, source: str, began: datetime, failure: str | None) -> None:
    """Measure an attempt that has just ended."""
    is_retry = context["ti"].try_number > 1
    run_began = context["dag_run"].start_date
    emit(
        of_attempt(
            source,
            is_retry=is_retry,
            failure=failure,
            duration=datetime.now(UTC) - began,
            waited=None if is_retry or run_began is None else began - run_began,
        )
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """What a run changed, as its asset events tell it."""

    run: dict[str, Any]
    by_city: dict[str, dict[str, int]]
    """Of each city that was synced."""


def report_run(context: Context) -> Changed:
    """Print what the run did, judge it, and return what it changed.

    Outcomes come from the discovery database, not from XComs: failed tasks leave none. The summary
    is left as XCom ``summary``, in Markdown: a task cannot write the note of its DAG run, which
    Airflow's API for tasks only lets it read.

    :raises TooManyFailedError: past the threshold of ``DISCOVERY_FAILURE_THRESHOLD``, and when the
        discovery database failed a pair.
    """
    with _said_in_one_line("No report"), _discovery_db() as conn:
        threshold = Settings.from_environment(os.environ).failure_threshold
        run = close_run(conn, context["dag_run"].run_id)
        with reported():
            by_city = read_changes_by_city(conn, run.dag_run_id)
    emit(of_run(run.outcomes))
    context["ti"].xcom_push(key="summary", value=run.as_markdown())
    log.info("City discovery, run %s:\n%s", run.dag_run_id, run.as_table())
    verdict = run.verdict(threshold)
    if verdict is not None:
        log.error("The run failed: %s.", verdict)
        raise TooManyFailedError(verdict)
    if shortfall := run.shortfall():
        log.warning("The run succeeded in part: %s.", shortfall)
    dry_run = RunParams.read(context["params"]).dry_run
    return Changed({"dag_run_id": run.dag_run_id, "dry_run": dry_run, **run.counts()}, by_city)


@contextmanager
def _discovery_db() -> Iterator[Connection]:
    """Open the database for a task, provided that it has the schema that this code needs."""
    with closing(open_discovery_db()) as conn:
        check_schema(conn)
        yield conn


def _migrate() -> None:
    with closing(open_for_migration()) as conn, reported():
        migrate(conn)


def _planned(conn: Connection, context: Context) -> tuple[PlannedPair, ...]:
    ti = context["ti"]
    # Airflow moves the last try on by as many as there are when somebody clears a task.
    first_try = ti.max_tries - context["task"].retries + 1
    with reported():
        pairs = planned_pairs(conn, context["dag_run"].run_id, ti.map_index, first_try)
    if not pairs:
        raise InvalidSettings("what this task was to sync was deleted after the run was planned")
    return pairs


def _turn_later(busy: SourceBusy | HostBusy) -> AirflowRescheduleException:
    """Give the task's slot to another pair; Airflow starts it again and counts no attempt."""
    now = datetime.now(UTC)
    log.info("%s, and is asked again in %s.", busy, in_words(busy.asked_wait(now)))
    at = now + busy.asked_wait(now)
    return AirflowRescheduleException(at)  # type: ignore[no-untyped-call]


def _wait_while_parked(conn: Connection, pair: Pair) -> None:
    """Wait for the rest of a parking that was as good as over when the run was planned."""
    with reported():
        until = parked_until(conn, pair.id)
    wait = until - datetime.now(UTC) if until else timedelta()
    if timedelta() < wait <= ALMOST_OVER:
        log.info("%s waits for %s, as its source has asked.", pair.label, in_words(wait))
        time.sleep(wait.total_seconds())


@contextmanager
def _said_in_one_line(what: str) -> Iterator[None]:
    """Put a failure of our own into the log as one line, before Airflow adds its traceback."""
    try:
        yield
    except DiscoveryError as error:
        log.error("%s: %s", what, error)  # noqa: TRY400  the traceback follows
        raise


def _credentials(connection_id: str) -> Credentials | None:
    try:
        connection = AirflowConnection.get(connection_id)
    except AirflowNotFoundException:
        return None
    return credentials_of(connection_id, StoredConnection.of(connection))
