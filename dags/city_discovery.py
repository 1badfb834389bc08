"""# City discovery

Pulls public events from every enabled (city, source) pair that is due into the discovery database.

| task | what it does |
|---|---|
| `plan` | chooses the due pairs, by priority, then those that have waited longest |
| `sync` | a mapped task per pair, named after it, or for pairs that share one: fetches and loads |
| `report` | logs the result of every pair, leaves a summary; fails if too many pairs failed |
| `alert` | tells by e-mail, Slack or any notifier what has changed since the last run |

A failed pair is retried after 30 s, 2 min and 8 min and continues where it stopped. Errors that
waiting cannot fix (a missing key, a wrong URL) fail at once. Trigger it manually to sync only some
cities or sources, to sync pairs that are not due (`force`), or to try without writing (`dry_run`):
manual runs do not replace a pair's next scheduled run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, CronTriggerTimetable, Param, dag, get_current_context, task

from include.discovery.choices import read_choices
from include.discovery.orchestration.retry import PairBackoff
from include.discovery.settings import Settings
from include.discovery.slugs import (
    MOST_PAIRS,
    PAIR_LENGTH,
    PAIR_PATTERN,
    SLUG_LENGTH,
    SLUG_PATTERN,
)

# By name alone: a URI would make every parse load the asset handlers of all providers.
EVENTS = Asset(name="discovery/events")
CITY_EVENTS = Asset(name="discovery/city-events")
NO_CITY = "-"

SETTINGS = Settings.from_environment(os.environ)

SCHEDULE = (
    CronTriggerTimetable(SETTINGS.schedule, timezone=SETTINGS.schedule_timezone)
    if SETTINGS.schedule_timezone
    else SETTINGS.schedule
)

DEADLINE = None
if SETTINGS.late_after:
    from airflow.sdk import DeadlineAlert, DeadlineReference, SyncCallback

    # Of the schedule's own time: triggered runs have none, and no deadline.
    DEADLINE = DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=SETTINGS.late_after,
        callback=SyncCallback("include.discovery.orchestration.alerting.run_is_late"),
    )

CHOICES = read_choices(SETTINGS.choices_file)


def slugs_of(offered: Mapping[str, str]) -> dict[str, Any]:
    """Describe a list of slugs; what is offered to choose from limits nothing: the plan checks."""
    choices = {"examples": list(offered), "values_display": dict(offered)} if offered else {}
    return {
        # A form that is emptied sends null.
        "type": ["null", "array"],
        "items": {"type": "string", "pattern": SLUG_PATTERN, "maxLength": SLUG_LENGTH},
        "uniqueItems": True,
        **choices,
    }


@dag(
    dag_id="city_discovery",
    schedule=SCHEDULE,
    catchup=False,
    max_active_runs=1,
    max_active_tasks=16,
    deadline=DEADLINE,
    default_args={
        "owner": "discovery",
        "retries": 3,
        "retry_policy": PairBackoff(),
        # For tasks that were killed: the retry policy is not used for those.
        "retry_delay": SETTINGS.retry_delays[0],
        "retry_exponential_backoff": 4,
        "max_retry_delay": SETTINGS.retry_delays[-1],
    },
    params={
        "cities": Param(
            [],
            **slugs_of(CHOICES.cities),
            title="Cities",
            description="The cities to sync, by their slugs, such as krakow. Empty: all.",
        ),
        "sources": Param(
            [],
            **slugs_of(CHOICES.sources),
            title="Sources",
            description="The sources to sync, by their slugs, such as ticketmaster. Empty: all.",
        ),
        "pairs": Param(
            [],
            type=["null", "array"],
            items={"type": "string", "pattern": PAIR_PATTERN, "maxLength": PAIR_LENGTH},
            uniqueItems=True,
            maxItems=MOST_PAIRS,
            title="Pairs",
            description="Single pairs to sync, such as krakow/ticketmaster, instead of cities and "
            "sources; a source that covers more than one city by its slug alone.",
        ),
        "limit": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            maximum=1_000_000_000,
            title="Limit",
            description="The most events to load per pair. Empty: no limit.",
        ),
        "force": Param(
            default=False,
            type="boolean",
            title="Force",
            description="Sync pairs that are not due, too, and read all of each source, not its "
            "changes alone.",
        ),
        "dry_run": Param(
            default=False,
            type="boolean",
            title="Dry run",
            description="Fetch and parse, but write no events.",
        ),
        "withdraw_missing": Param(
            default=False,
            type="boolean",
            title="Withdraw missing",
            description="Withdraw at once all that the sources no longer list, however much it is: "
            "you have looked at them. Name the sources.",
        ),
    },
    tags=["discovery", "events"],
    doc_md=__doc__,
)
def city_discovery() -> None:
    """Wire plan → sync → report, alert. Bodies are imported in the tasks: parsing is cheap."""

    @task
    def plan() -> list[str]:
        """Choose the pairs of this run; name a task for each, or for some that share it."""
        from include.discovery.orchestration.tasks import plan_run

        return plan_run(get_current_context())

    @task(
        map_index_template="{{ task.op_kwargs['name'] }}",
        execution_timeout=SETTINGS.task_timeout,
    )
    def sync(name: str) -> None:
        """Sync the pair of that name, or those that share the task."""
        from include.discovery.orchestration.tasks import sync_mapped

        sync_mapped(get_current_context(), name)

    # Whatever became of the pairs, but not where there was no plan, or nothing in it.
    @task(trigger_rule="all_done_min_one_success", outlets=[EVENTS, CITY_EVENTS])
    def report() -> None:
        """Report the result of every pair, and tell other DAGs what has changed."""
        from include.discovery.orchestration.tasks import report_run

        context: Any = get_current_context()
        changed = report_run(context)
        context["outlet_events"][EVENTS].extra = changed.run
        of_cities = context["outlet_events"][CITY_EVENTS]
        of_cities.extra = {**changed.run, "cities": changed.by_city}
        # An event without a partition would start those who wait for any city.
        of_cities.add_partitions(list(changed.by_city) or [NO_CITY])

    @task(trigger_rule="all_done", execution_timeout=timedelta(minutes=10))
    def alert() -> None:
        """Tell whoever should know what has changed: see docs/alerts.md."""
        from include.discovery.orchestration.alerting import alert_run

        alert_run(get_current_context())

    planned = plan()
    synced = sync.expand(name=planned)
    # Beside each other: whether the run succeeded is what both of them say.
    [planned, synced] >> report()
    synced >> alert()


city_discovery()
